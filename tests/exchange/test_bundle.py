"""What is proven: a bundle proves one release from its bytes alone, and with any one byte changed it proves nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from builders import pair
from builders.pair import Party
from comity.agreements import signing, terms
from comity.agreements.redaction import apart
from comity.cli.verify import verify
from comity.exchange import bundle, cards, inbox, receipts, wire
from comity.exchange.bundle import Verdict
from comity.exchange.cards import Own
from comity.exchange.evidence import LARGEST, Bundle, NotProven
from comity.exchange.inbox import Accepted
from comity.foundation import canonical
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import trust
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.cosignature import LatticeWitnessKey, WitnessKey, cosign, cosign_lattice
from comity.foundation.ledger.note import Ed25519Key
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.proof import LogProof
from comity.foundation.ledger.trust import Group, Log, TrustPolicy, Witness
from comity.foundation.store import checkpoints as kept_checkpoints
from comity.foundation.store import ledger
from comity.foundation.store import outbox as kept_outbox
from comity.vocabulary.entry import Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import Given, MessageKind
from comity.vocabulary.partner import Station
from comity.vocabulary.suite import Suite

DENMARK, SWEDEN, GERMANY = (pair.own(name, number) for number, name in enumerate(pair.TERMS.between, 1))
OVERSIGHT = pair.own("oversight", 8, station=Station.WITNESS)
STRANGER = pair.own("no.coord", 7)
PARTIES = (DENMARK, SWEDEN, GERMANY)
EVERYONE = (GERMANY, DENMARK, OVERSIGHT, SWEDEN)
"""In the order of their names."""
FINGERPRINTS = {own.card.name: cards.fingerprint(own.signed) for own in EVERYONE}
FLIPPED = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def proof(
    party: Party, index: int, witnesses: tuple[Own, ...], number: int = 2, classical: tuple[Own, ...] = ()
) -> LogProof:
    """Return the proof of an entry under a checkpoint of the whole log, cosigned by these witnesses with both keys.

    Those in `classical` have cosigned with Ed25519 alone.
    """
    with party.store.upkeep() as t:
        ledger.integrate(t)
        size, root = ledger.head(t)
        note = checkpoints.sign(Checkpoint(party.own.card.origin, size, root), party.own.keys.log)
        kept_checkpoints.put(t, size, note)
        text = notes.read(note).text
        for own in (*witnesses, *classical):
            name, now = own.card.witness_name, pair.NOW // 1000
            second = [] if own in classical else [cosign_lattice(text, name, own.keys.witness_pq, now)]
            kept_checkpoints.add_cosignatures(t, size, [cosign(text, name, own.keys.witness, now), *second])
        keys = [key for own in (*witnesses, *classical) for key in cards.cosigning_keys(own.card)]
        written = ledger.witnessed_proof(t, index, Quorum(number), keys)
    assert written is not None
    return LogProof.read(written)


@pytest.fixture
def parts(north: Party, south: Party) -> Bundle:
    """Return the parts of a true bundle, made from two nodes' own stores."""
    message = north.release(south.own)
    with north.store.reading() as t:
        kept = kept_outbox.get(t, message)
        assert kept is not None
        entry = ledger.entry(t, kept.entry)
        (item,) = kept_outbox.items(t, message)
    assert entry is not None
    answer = inbox.accept(south.reception(), kept.envelope)
    assert isinstance(answer, Accepted)
    receipt = receipts.read(answer.receipt, south.own.card.identity)
    made = Bundle(
        cards=tuple(own.signed for own in EVERYONE),
        agreement=canonical.written(pair.TERMS),
        signatures={own.card.name: signing.sign(own.keys.identity, pair.in_force().digest) for own in PARTIES},
        cover=kept.cover,
        place=0,
        count=1,
        path=(),
        item=item.item or b"",
        entry=entry.entry or b"",
        salt=entry.salt or b"",
        disclosed=proof(north, kept.entry, (OVERSIGHT, SWEDEN, GERMANY)),
        receipt=answer.receipt,
        received=proof(south, receipt.index, (OVERSIGHT, DENMARK)),
    )
    assert bundle.verify(canonical.written(made)).ok
    return made


def header_of(parts: Bundle) -> wire.Header:
    return wire.head(wire.cover(parts.cover).header)


def sealed(header: wire.Header, item: bytes) -> bytes:
    """Return the cover of an envelope with this header and item, by the true sender."""
    return wire.parse(wire.seal(header, [item], DENMARK.keys.identity, SWEDEN.card.sealing)).cover.written()


def refusal(parts: Bundle, **changes: object) -> str:
    """Return in words what a verifier finds wrong."""
    verdict = bundle.verify(canonical.written(replace(parts, **changes)))
    assert not verdict.ok
    return verdict.checks[-1].words


def test_a_true_bundle_tells_who_gave_what_to_whom(parts: Bundle) -> None:
    """Offline, from the bytes alone: both sides, the clause, the fields, and not what was withheld."""
    verdict = bundle.verify(bundle.make(parts))
    assert verdict.ok
    assert len(verdict.checks) == 9
    assert verdict.fingerprints == FINGERPRINTS
    facts = verdict.facts
    assert facts is not None
    assert (facts.sender, facts.receiver, facts.officer) == ("dk.coord", "se.coord", "anna")
    assert (facts.agreement, facts.clause, facts.outcome) == (
        "kattegat-maritime",
        "alerts-in-the-kattegat",
        "accepted",
    )
    assert facts.fields["name"] == ["FREJA", "SAGA"]
    assert not {"sources", "reason", "officer"} & facts.fields.keys()


def _policy(quorum: str, *logs: Own) -> bytes:
    """Return a policy that names these logs and asks for this quorum of everybody."""
    own = [*PARTIES, OVERSIGHT]
    groups = {
        "any-two": Group("any-two", 2, ("dk.coord", "de.coord")),
        "both": Group("both", 2, ("oversight", "any-two")),
        "both-of-oversight": Group("both-of-oversight", 2, ("oversight", "lattice-of-oversight")),
    }
    wanted = ("any-two", "both") if quorum == "both" else (quorum,)
    return trust.written(
        TrustPolicy(
            quorum,
            tuple(Log(Ed25519Key(each.card.origin, each.card.log)) for each in logs),
            (
                *(Witness(each.card.name, WitnessKey(each.card.witness_name, each.card.witness)) for each in own),
                *(
                    Witness(name, LatticeWitnessKey(each.card.witness_name, each.card.witness_pq))
                    for name, each in (("lattice-of-oversight", OVERSIGHT), ("lattice-of-germany", GERMANY))
                ),
            ),
            tuple(groups[name] for name in wanted if name in groups),
        )
    ).encode()


@pytest.mark.parametrize(
    ("policy", "wrong"),
    [
        (_policy("oversight"), ""),
        (_policy("oversight", DENMARK, SWEDEN, STRANGER), ""),
        (_policy("none", DENMARK, SWEDEN), ""),
        (_policy("oversight", DENMARK), "se.coord/log: the note is not signed by dk.coord/log"),
        (
            _policy("both"),
            "dk.coord/log: the policy asks for both, and it is cosigned by se.coord, de.coord, oversight",
        ),
        (_policy("se.coord"), "se.coord/log: the policy asks for se.coord"),
        (_policy("both-of-oversight"), ""),
        (_policy("lattice-of-germany"), "se.coord/log: the policy asks for lattice-of-germany"),
    ],
)
def test_a_policy_of_one_s_own_is_asked_of_both_logs(parts: Bundle, tmp_path: Path, policy: bytes, wrong: str) -> None:
    """From the command line, beside what the agreement asks; what is no policy is said with its line."""
    file, rule = tmp_path / "a.comity-bundle", tmp_path / "policy.txt"
    file.write_bytes(bundle.make(parts))
    rule.write_bytes(policy)
    done = CliRunner().invoke(verify, [str(file), "--policy", str(rule), "--json"])
    told = json.loads(done.stdout)
    assert (done.exit_code, told["ok"], len(told["checks"])) == (int(bool(wrong)), not wrong, 10)
    last = told["checks"][-1]["words"]
    assert last.startswith(wrong or "both checkpoints meet your policy")
    rule.write_bytes(b"quorum nobody\n")
    with pytest.raises(Fault, match="names one witness") as fault:
        CliRunner().invoke(verify, [str(file), "--policy", str(rule)], catch_exceptions=False)
    assert fault.value.where == f"{rule}:1"


@FLIPPED
@given(place=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_a_bundle_changed_anywhere_proves_nothing(parts: Bundle, place: float, mask: int) -> None:
    """Every byte is covered by a hash, a signature or the strictness of reading."""
    changed = bytearray(canonical.written(parts))
    changed[int(place * len(changed))] ^= mask
    assert not bundle.verify(bytes(changed)).ok


def test_no_part_of_a_bundle_is_free(parts: Bundle) -> None:
    """The same through the whole file, at every twenty-third byte, with its lowest or its highest bit changed."""
    data = canonical.written(parts)
    for place in range(0, len(data), 23):
        changed = bytearray(data)
        changed[place] ^= 0x01 if place % 2 else 0x80
        assert not bundle.verify(bytes(changed)).ok, f"byte {place}"


@given(st.binary(max_size=600))
def test_arbitrary_bytes_prove_nothing(data: bytes) -> None:
    """Whatever the bytes are, there is a verdict, and it is no."""
    assert not bundle.verify(data).ok


@FLIPPED
@given(cut=st.floats(0, 1, exclude_max=True), more=st.binary(min_size=1, max_size=50))
def test_a_bundle_cut_or_lengthened_proves_nothing(parts: Bundle, cut: float, more: bytes) -> None:
    """Neither a beginning of it nor anything behind it is read."""
    data = canonical.written(parts)
    assert not bundle.verify(data[: int(cut * len(data))]).ok
    assert not bundle.verify(data + more).ok


def test_trust_is_in_the_fingerprints_that_were_compared(parts: Bundle) -> None:
    """With fingerprints named, each card must have one of them; they may be typed in small letters."""
    data = bundle.make(parts)
    assert bundle.verify(data, [print_.lower() for print_ in FINGERPRINTS.values()]).ok
    for name in FINGERPRINTS:
        verdict = bundle.verify(data, [print_ for other, print_ in FINGERPRINTS.items() if other != name])
        assert not verdict.ok
        assert name in verdict.checks[-1].words


def test_a_stranger_cannot_pose_as_the_sender(parts: Bundle) -> None:
    """A bundle forged from one's own cards is of one piece at most: the fingerprint tells."""
    forged = pair.own("dk.coord", 9)
    swapped = tuple(forged.signed if own is DENMARK else own.signed for own in EVERYONE)
    assert "signature does not hold" in refusal(parts, cards=swapped)


def test_cards_are_exactly_those_needed(parts: Bundle) -> None:
    """A card too many or too few, twice, or out of order is refused; making a bundle leaves out those not needed."""
    signed = parts.cards
    for more in ((*signed[:2], STRANGER.signed, *signed[2:]), signed[1:], signed[:-1]):
        assert "not exactly" in refusal(parts, cards=more)
    for disordered in ((*signed, signed[-1]), signed[::-1]):
        assert "order" in refusal(parts, cards=disordered)
    assert bundle.make(replace(parts, cards=(STRANGER.signed, *signed[::-1]))) == canonical.written(parts)


def test_what_was_signed_under_an_earlier_card_stays_proven(parts: Bundle) -> None:
    """Whoever has a new card since, old signatures are checked with the old one, and new ones with the new."""
    renewed = {own.card.name: pair.successor(own, 20 + number) for number, own in enumerate(EVERYONE)}
    every = tuple(signed for own in EVERYONE for signed in (own.signed, renewed[own.card.name].signed))
    again = signing.sign(renewed["de.coord"].keys.identity, pair.in_force().digest)
    mixed = replace(parts, cards=every, signatures={**parts.signatures, "de.coord": again})
    made = bundle.make(mixed)
    verdict = bundle.verify(made)
    assert verdict.ok
    # de.coord cosigned under its old card and signed the agreement under the new one: both are in, of others one each.
    assert verdict.checks[0].words.startswith("5 cards")
    prints = dict(FINGERPRINTS)
    prints["de.coord card 1"] = prints["de.coord"]
    prints["de.coord"] = cards.fingerprint(renewed["de.coord"].signed)
    assert verdict.fingerprints == prints
    assert bundle.verify(made, list(prints.values())).ok
    assert not bundle.verify(made, list(FINGERPRINTS.values())).ok
    assert "nothing was signed" in refusal(mixed)


def signed_twice(north: Party, south: Party) -> Bundle:
    """Return the parts of a true bundle under an agreement of two signatures."""
    agreed = replace(pair.TERMS, suite=Suite.BOTH)
    digest = terms.digest(agreed)
    for party in (north, south):
        party.standing = replace(party.standing, terms=agreed, digest=digest)
    message = north.release(south.own)
    with north.store.reading() as t:
        kept = kept_outbox.get(t, message)
        assert kept is not None
        entry = ledger.entry(t, kept.entry)
        (item,) = kept_outbox.items(t, message)
    answer = inbox.accept(south.reception(), kept.envelope)
    assert isinstance(answer, Accepted)
    assert entry is not None
    index = receipts.read(answer.receipt, south.own.card.identity).index
    return Bundle(
        cards=tuple(own.signed for own in EVERYONE),
        agreement=terms.canonical(agreed),
        signatures={own.card.name: signing.sign(own.keys.identity, digest, own.keys.identity_pq) for own in PARTIES},
        cover=kept.cover,
        place=0,
        count=1,
        path=(),
        item=item.item or b"",
        entry=entry.entry or b"",
        salt=entry.salt or b"",
        disclosed=proof(north, kept.entry, (OVERSIGHT, SWEDEN, GERMANY)),
        receipt=answer.receipt,
        received=proof(south, index, (OVERSIGHT, DENMARK)),
    )


def signed_once(parts: Bundle) -> list[Bundle]:
    """Return what is left of a bundle of two signatures where one of each kind of the second ones is not there."""
    signatures = {**parts.signatures, "de.coord": parts.signatures["de.coord"][:64]}
    receipt = receipts.read(parts.receipt, SWEDEN.card.identity)
    note = notes.read(parts.disclosed.checkpoint)
    fewer = tuple(each for each in note.signatures if each.name != "oversight/witness" or len(each.signature) == 72)
    return [
        replace(parts, signatures=signatures),
        replace(parts, cover=replace(wire.cover(parts.cover), signature_pq=b"").written()),
        replace(parts, cover=sealed(header_of(parts), parts.item)),
        replace(parts, disclosed=replace(parts.disclosed, checkpoint=notes.written(replace(note, signatures=fewer)))),
        replace(parts, receipt=receipts.sign(receipt, SWEDEN.keys.identity)),
    ]


def test_under_an_agreement_of_two_signatures_all_are_there_twice(north: Party, south: Party) -> None:
    """Agreement, envelope, receipt and cosignatures; with any second signature left out the bundle proves nothing."""
    parts = signed_twice(north, south)
    assert bundle.verify(bundle.make(parts)).ok
    said = [refusal(each) for each in signed_once(parts)]
    wrong = ("second signature", "second signature", "demands two signatures", "both cosignatures of oversight/witness")
    assert all(words in told for words, told in zip(wrong, said, strict=False))
    assert "another suite" in said[-1]
    north.negotiate(south.own, b"step")
    enough = proof(north, parts.disclosed.index, (OVERSIGHT, SWEDEN), classical=(GERMANY,))
    assert bundle.verify(canonical.written(replace(parts, disclosed=enough))).ok
    north.negotiate(south.own, b"step")
    few = proof(north, parts.disclosed.index, (OVERSIGHT,), classical=(SWEDEN, GERMANY))
    assert "1 of 2 cosignatures missing" in refusal(parts, disclosed=few)


def test_under_an_agreement_of_one_signature_either_cosignature_counts(
    north: Party, south: Party, parts: Bundle
) -> None:
    """A witness that cosigns with Ed25519 alone, as the first version did, is as good; whoever signs twice is one."""
    north.negotiate(south.own, b"step")
    old = proof(north, parts.disclosed.index, (), classical=(OVERSIGHT, SWEDEN))
    assert bundle.verify(canonical.written(replace(parts, disclosed=old))).ok
    north.negotiate(south.own, b"step")
    alone = proof(north, parts.disclosed.index, (OVERSIGHT,), number=1)
    assert "1 of 2 cosignatures missing" in refusal(parts, disclosed=alone)


def test_a_witness_that_has_new_keys_counts_once_with_those_before(north: Party, south: Party, parts: Bundle) -> None:
    """One log's checkpoint cosigned before, the other's after; or one checkpoint by both: both cards are in."""
    renewed = pair.successor(OVERSIGHT, 31)
    every = (*(own.signed for own in EVERYONE), renewed.signed)
    north.negotiate(south.own, b"step")
    after = replace(parts, cards=every, disclosed=proof(north, parts.disclosed.index, (renewed, SWEDEN)))
    verdict = bundle.verify(bundle.make(after))
    assert verdict.ok
    assert {"oversight", "oversight card 1"} <= verdict.fingerprints.keys()
    north.negotiate(south.own, b"step")
    by_both = proof(north, parts.disclosed.index, (OVERSIGHT, renewed, SWEDEN))
    assert bundle.verify(bundle.make(replace(after, disclosed=by_both))).ok
    north.negotiate(south.own, b"step")
    alone = proof(north, parts.disclosed.index, (OVERSIGHT, renewed), number=1)
    with pytest.raises(NotProven, match="1 of 2 cosignatures missing"):
        bundle.make(replace(after, disclosed=alone))


def test_what_stands_beyond_a_cut_proves_nothing(parts: Bundle) -> None:
    """A verifier who knows at which size keys were cut off believes what stands before it, and no more."""
    data = bundle.make(parts)
    for name, index in (("dk.coord", parts.disclosed.index), ("se.coord", parts.received.index)):
        assert bundle.verify(data, cut_offs={name: index + 1}).ok
        verdict = bundle.verify(data, cut_offs={name: index})
        assert not verdict.ok
        assert "cut off" in verdict.checks[-1].words
    assert bundle.verify(data, cut_offs={"de.coord": 0}).ok


def test_the_agreement_needs_every_partys_signature(parts: Bundle) -> None:
    """A party that has not signed, or somebody who is none and has, makes the bundle void."""
    fewer = {name: signature for name, signature in parts.signatures.items() if name != "de.coord"}
    assert "signatures of its parties" in refusal(parts, signatures=fewer)
    more = {**parts.signatures, "oversight": signing.sign(OVERSIGHT.keys.identity, pair.in_force().digest)}
    assert "signatures of its parties" in refusal(parts, signatures=more)
    swapped = {**parts.signatures, "de.coord": parts.signatures["se.coord"]}
    assert "signature does not hold" in refusal(parts, signatures=swapped)


def test_the_witnesses_are_those_the_agreement_demands(north: Party, south: Party, parts: Bundle) -> None:
    """Two cosignatures, oversight's among them: one too few, the wrong ones, or the log's own are not enough."""
    index = parts.disclosed.index
    north.negotiate(south.own, b"step")
    lonely = proof(north, index, (OVERSIGHT,), number=1)
    assert "cosignatures missing" in refusal(parts, disclosed=lonely)
    north.negotiate(south.own, b"step")
    without = proof(north, index, (SWEDEN, GERMANY))
    assert "oversight" in refusal(parts, disclosed=without)
    north.negotiate(south.own, b"step")
    itself = proof(north, index, (OVERSIGHT, DENMARK))
    assert refusal(parts, disclosed=itself)
    north.negotiate(south.own, b"step")
    invented = proof(north, index, (OVERSIGHT, STRANGER))
    known = tuple(own.signed for own in (GERMANY, DENMARK, STRANGER, OVERSIGHT, SWEDEN))
    assert "unknown key named no.coord/witness" in refusal(parts, disclosed=invented, cards=known)
    north.negotiate(south.own, b"step")
    assert bundle.verify(canonical.written(replace(parts, disclosed=proof(north, index, (OVERSIGHT, GERMANY))))).ok


def test_another_entry_of_the_same_log_does_not_serve(north: Party, south: Party, parts: Bundle) -> None:
    """A true entry of the sender's about another release is not about this one."""
    message = north.release(south.own, pair.alert("alert-2"))
    with north.store.reading() as t:
        kept = kept_outbox.get(t, message)
        assert kept is not None
        (item,) = kept_outbox.items(t, message)
        entry = ledger.entry(t, kept.entry)
    assert entry is not None
    other = proof(north, kept.entry, (OVERSIGHT, SWEDEN, GERMANY))
    assert "something else" in refusal(parts, entry=entry.entry, salt=entry.salt, disclosed=other)
    assert refusal(parts, entry=entry.entry, salt=entry.salt)
    assert refusal(parts, disclosed=other)
    assert refusal(parts, cover=kept.cover)
    assert refusal(parts, item=item.item)
    assert refusal(parts, cover=kept.cover, item=item.item)


def test_a_receipt_for_another_message_does_not_serve(north: Party, south: Party, parts: Bundle) -> None:
    """A true receipt of the receiver's, truly in its log, for another release proves nothing of this one."""
    with north.store.reading() as t:
        kept = kept_outbox.get(t, header_of(parts).id)
    assert kept is not None
    message = north.release(south.own, pair.alert("alert-2"))
    with north.store.reading() as t:
        other = kept_outbox.get(t, message)
    assert other is not None
    answer = inbox.accept(south.reception(), other.envelope)
    assert isinstance(answer, Accepted)
    index = receipts.read(answer.receipt, south.own.card.identity).index
    received = proof(south, index, (OVERSIGHT, DENMARK))
    assert "not for the message" in refusal(parts, receipt=answer.receipt, received=received)
    assert "another place" in refusal(parts, received=received)


def test_what_the_clause_does_not_give_is_found(parts: Bundle) -> None:
    """Had both sides conspired to pass a field that the agreement withholds, the bundle shows it."""
    record = canonical.read(parts.item, Given)
    extra = canonical.written([bytes(16), "officer", "anna"])
    digests = b"".join(sorted([*apart(record.digests)[1:], canonical.digest(extra)]))
    kept = tuple(each for each in record.disclosures if canonical.digest(each) in apart(digests))
    item = canonical.written(replace(record, disclosures=(*kept, extra), digests=digests))
    header = header_of(parts)
    entry = replace(canonical.read(parts.entry, Entry), digest=canonical.digest(item))
    assert "did not allow it" in refusal(parts, item=item, cover=sealed(header, item), entry=canonical.written(entry))


def test_only_a_release_is_proven(parts: Bundle) -> None:
    """An envelope of another kind, to itself or to somebody who is no party, is no release under the agreement."""
    header = header_of(parts)
    for changes in (
        {"kind": MessageKind.AGREEMENT},
        {"agreement": bytes(32)},
        {"recipient": "dk.coord"},
        {"recipient": "oversight"},
        {"sender": "oversight"},
    ):
        assert "envelope" in refusal(parts, cover=sealed(replace(header, **changes), parts.item))


def test_another_version_and_a_bundle_too_large_are_refused(parts: Bundle) -> None:
    """Nothing unknown is read, and nothing large."""
    assert "version 2" in refusal(parts, version=2)
    assert "too many" in bundle.verify(bytes(LARGEST + 1)).checks[-1].words


def test_making_a_bundle_that_would_not_be_believed_is_refused(parts: Bundle) -> None:
    """Who makes it learns at once what is missing, not the auditor later."""
    with pytest.raises(NotProven, match="proves no release"):
        bundle.make(replace(parts, salt=bytes(32)))


def test_a_verdict_stops_at_the_first_fault(parts: Bundle) -> None:
    """What was shown before stays shown; what comes after is not claimed."""
    verdict: Verdict = bundle.verify(canonical.written(replace(parts, receipt=b"")))
    assert [check.holds for check in verdict.checks] == [True] * 7 + [False]
    assert verdict.facts is None
    assert verdict.fingerprints


def test_the_command_verifies_the_file_alone(parts: Bundle, tmp_path: Path) -> None:
    """The file, and the fingerprints that were compared, are all that `comity verify` needs."""
    file = tmp_path / "release.comity-bundle"
    file.write_bytes(bundle.make(parts))
    trust = [word for print_ in FINGERPRINTS.values() for word in ("--trust", print_)]
    assert CliRunner().invoke(verify, [str(file), *trust]).exit_code == 0
    assert CliRunner().invoke(verify, [str(file), "--cut-off", "dk.coord=0"]).exit_code == 1
    assert CliRunner().invoke(verify, [str(file), "--cut-off", "dk.coord=1000"]).exit_code == 0
    assert CliRunner().invoke(verify, [str(file), "--cut-off", "dk.coord"]).exit_code == 2
    result = CliRunner().invoke(verify, [str(file), "--json", "--trust", FINGERPRINTS["dk.coord"]])
    assert result.exit_code == 1
    assert not json.loads(result.stdout)["ok"]
