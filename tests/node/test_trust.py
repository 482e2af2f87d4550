"""The node's trust policy: what an agreement asks, as a policy, asks the same; one of its own only ever asks more."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from builders import centre, pair
from comity.agreements.frame import Witnesses
from comity.cli.ledger import ledger as group
from comity.exchange.cards import cosigning_keys
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import trust as trust_format
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import WitnessKey, cosign, cosign_lattice
from comity.foundation.ledger.policy import weigh
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.tree import ProofFault, leaf_hash
from comity.foundation.store import agreements
from comity.foundation.store.store import Store
from comity.node import trust
from comity.node.assemble import opened
from comity.node.create import NewNode, create
from comity.node.run import running
from comity.node.settings import FILE
from comity.node.witnesses import quorum
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.partner import Station
from comity.vocabulary.suite import Suite

NORTH, SOUTH, WEST = (pair.own(name, number) for number, name in enumerate(("dk.coord", "se.coord", "de.coord"), 1))
OVERSIGHT = pair.own("oversight", 8, station=Station.WITNESS)
EVERYONE = (NORTH, SOUTH, WEST, OVERSIGHT)
CARDS = [own.card for own in EVERYONE]
LEAF = b"leaf"
KINDS = ("ed25519", "ml-dsa-44")


def _note(*witnesses: str) -> notes.Note:
    checkpoint = Checkpoint(NORTH.card.origin, 1, leaf_hash(LEAF))
    note = notes.read(checkpoints.sign(checkpoint, NORTH.keys.log))
    below = [own for own in EVERYONE if own.card.name in witnesses]
    return notes.joined(note, [cosign(note.text, own.card.witness_name, own.keys.witness, 1) for own in below])


@pytest.mark.parametrize("number", [0, 1, 2, 3])
@pytest.mark.parametrize("required", [(), ("oversight",), ("oversight", "se.coord")])
def test_a_derived_policy_asks_what_the_agreement_asks(number: int, required: tuple[str, ...]) -> None:
    """Of every set of witnesses, both say the same; one that nobody could meet is none; written, it is read again."""
    agreed = replace(pair.TERMS, witnesses=Witnesses(quorum=number, required=required))
    if (number, required) == (3, ()):
        with pytest.raises(Missing, match="asks for 3 cosignatures, and 2 witnesses are known"):
            trust.derived(agreed, NORTH.card, CARDS)
        return
    policy = trust.derived(agreed, NORTH.card, CARDS)
    assert trust_format.read(trust_format.written(policy).encode()) == policy
    count = {*agreed.between, *required} - {"dk.coord"}
    keys = [WitnessKey(card.witness_name, card.witness) for card in CARDS if card.name in count]
    for size in range(len(count) + 1):
        for names in combinations(sorted(count), size):
            note = _note(*names)
            assert policy.met(names) is weigh(note, keys, quorum(agreed)).satisfied, names
    trust.expect_required(policy, [card for card in CARDS if card.name in required], "derived")


@pytest.mark.parametrize("required", [(), ("oversight",), ("oversight", "se.coord")])
def test_a_policy_derived_from_an_agreement_of_two_signatures_asks_for_both_keys(required: tuple[str, ...]) -> None:
    """Whoever has cosigned with one key only counts neither for the agreement nor for its policy."""
    agreed = replace(pair.TERMS, witnesses=Witnesses(quorum=2, required=required), suite=Suite.BOTH)
    policy = trust.derived(agreed, NORTH.card, CARDS)
    assert trust_format.read(trust_format.written(policy).encode()) == policy
    count = sorted({*agreed.between, *required} - {"dk.coord"})
    keys = {f"{card.name}/{kind}": key for card in CARDS for kind, key in zip(KINDS, cosigning_keys(card), strict=True)}
    own = {each.card.name: each for each in EVERYONE}
    for signed in product((0, 1, 2), repeat=len(count)):
        note = _note(*(name for name, number in zip(count, signed, strict=True) if number))
        twice = [own[name] for name, number in zip(count, signed, strict=True) if number == 2]
        second = [cosign_lattice(note.text, each.card.witness_name, each.keys.witness_pq, 1) for each in twice]
        note = notes.joined(note, second)
        known = [key for name, key in keys.items() if name.split("/")[0] in count]
        holds = weigh(note, known, quorum(agreed)).satisfied
        try:
            policy.check(note)
        except ProofFault:
            assert not holds, signed
        else:
            assert holds, signed
    trust.expect_required(policy, [card for card in CARDS if card.name in required], "derived")
    old = [replace(card, witness_pq=b"") for card in CARDS]
    with pytest.raises(Missing, match="no ML-DSA-44 key"):
        trust.derived(agreed, NORTH.card, old)


def test_a_required_witness_whose_card_is_not_here_derives_nothing() -> None:
    with pytest.raises(Missing, match="card of a required witness"):
        trust.derived(pair.TERMS, NORTH.card, [NORTH.card, SOUTH.card])


def test_a_policy_of_the_node_s_own_comes_on_top_of_the_agreement() -> None:
    """It takes nothing away: a proof that meets it and not the agreement is refused, and the other way round."""
    witnesses = [WitnessKey(own.card.witness_name, own.card.witness) for own in (SOUTH, WEST, OVERSIGHT)]
    strict = trust.derived(
        replace(pair.TERMS, witnesses=Witnesses(quorum=3, required=("oversight",))), NORTH.card, CARDS
    )
    loose = trust_format.read(b"quorum none\n")

    def proven(*names: str) -> LogProof:
        return LogProof(0, (), notes.written(_note(*names)))

    for names, policy, holds in (
        (("oversight", "se.coord"), None, True),
        (("oversight", "se.coord"), loose, True),
        (("oversight", "se.coord"), strict, False),
        (("de.coord", "se.coord"), loose, False),
    ):
        asked = (proven(*names), LEAF, NORTH.card, witnesses, quorum(pair.TERMS), policy)
        if holds:
            trust.believe(*asked)
        else:
            with pytest.raises(ProofFault):
                trust.believe(*asked)


def test_a_policy_without_the_oversight_witness_stops_the_node_at_its_start(
    make_store: Callable[[str], Store], tmp_path: Path
) -> None:
    """An agreement in force requires it, so the file cannot leave it out."""
    node = centre.node(make_store("dk.coord"), tmp_path)
    centre.furnished(node)
    with node.store.acting() as act:
        pair.partners.accept(
            act,
            node.own,
            OVERSIGHT.signed,
            pair.cards.fingerprint(OVERSIGHT.signed),
            officer="anna",
            now=pair.NOW,
        )
    without = replace(node, policy=trust_format.read(b"quorum none\n"))
    with pytest.raises(Fault, match="could be met without oversight"), running(without, lambda: True):
        pass


def test_the_policy_is_read_from_the_settings_and_written_by_the_command(tmp_path: Path) -> None:
    """That of the file; without one that of the agreement in force, and neither where there is none."""
    folder = tmp_path / "dk"
    create(folder, NewNode(name="dk.coord", agency="Agency", country="DK"))
    none = CliRunner().invoke(group, ["policy", str(folder)])
    assert isinstance(none.exception, Missing)
    with opened(folder) as node, node.store.acting() as act:
        body, digest = pair.terms.canonical(pair.TERMS), pair.terms.digest(pair.TERMS)
        agreements.add(act, digest, pair.TERMS.agreement, pair.TERMS.version, body)
        for party in pair.TERMS.between:
            agreements.add_signature(act, digest, party, b"signed")
            agreements.add_standing(act, digest, party, b"proven")
        agreements.set_state(act, digest, "finalized")
        for own in (SOUTH, WEST, OVERSIGHT):
            typed = pair.cards.fingerprint(own.signed)
            pair.partners.accept(act, node.own, own.signed, typed, officer="anna", now=pair.NOW)
        act.log(Entry(act=Act.AGREEMENT))
    derived = CliRunner().invoke(group, ["policy", str(folder), "--log-of", "se.coord"])
    read = trust_format.read(derived.stdout.encode())
    assert [log.key.name for log in read.logs] == ["se.coord/log"]
    assert {each.name for each in read.witnesses} == {"oversight", "dk.coord", "de.coord"}
    stranger = CliRunner().invoke(group, ["policy", str(folder), "--log-of", "fi.coord"])
    assert isinstance(stranger.exception, Missing)
    settings = (folder / FILE).read_text("utf-8").replace("[exchange]", '[exchange]\npolicy = "policy.txt"')
    (folder / FILE).write_text(settings, "utf-8")
    lost = CliRunner().invoke(group, ["policy", str(folder)])
    assert isinstance(lost.exception, Missing)
    (folder / "policy.txt").write_text(derived.stdout, "utf-8")
    filed = CliRunner().invoke(group, ["policy", str(folder)])
    assert trust_format.read(filed.stdout.encode()) == read
