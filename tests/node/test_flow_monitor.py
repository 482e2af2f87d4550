"""The monitor's story, over real HTTP: a log that lies is found out, with both of its notes, and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from litestar import Litestar

from builders.lying import LyingLog
from builders.stations import station
from builders.web import serving
from comity.api.witness import witness_router
from comity.exchange import cards, partners, witnessing
from comity.exchange.cards import Own
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock, wall
from comity.foundation.ledger import checkpoint as checkpoint_format
from comity.foundation.ledger import note as notes
from comity.foundation.ledger import witness as witness_format
from comity.foundation.ledger.note import Ed25519Key, Note, Signature
from comity.foundation.store import checkpoints, findings, followed, ledger
from comity.foundation.store.findings import KeptFinding
from comity.foundation.store.store import Store
from comity.node.flow_checkpoint import checkpoint_once
from comity.node.flow_monitor import Monitor
from comity.review.acknowledge import acknowledge
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.finding import FindingKind
from comity.vocabulary.instant import MINUTE
from comity.vocabulary.officer import Officer, Role
from comity.vocabulary.partner import Card, Station

NORTH, SOUTH = station("north"), station("south")
ANNA = Officer(name="anna", role=Role.OFFICER)
MakeStore = Callable[[str], Store]


@dataclass
class Scene:
    """The node `north`, its partner `south` whose log may lie, and the oversight witness."""

    store: Store
    log: LyingLog
    oversight: Card
    answering: Store
    """The witness's own store."""

    def look(self, patience: int = MINUTE) -> list[KeptFinding]:
        """Let the monitor look once, and return what is open."""
        Monitor(self.store, NORTH, Clock(), patience).look()
        with self.store.reading() as transaction:
            return [kept for kept in findings.newest(transaction, 10) if kept.acknowledged is None]

    def cosigned(self, note: bytes, old: int, proof: list[bytes]) -> tuple[Signature, ...] | witnessing.Behind:
        """Have the witness cosign a note of the partner's log."""
        request = witness_format.written(old, proof, note)
        return witnessing.cosign(self.oversight, request, notes.read(note).text)

    def entries(self) -> list[Entry]:
        """Return what stands in the node's log about findings."""
        with self.store.reading() as transaction:
            read = [kept.read() for kept in ledger.entries(transaction, 0)]
        return [entry for entry in read if entry and entry.act is Act.FINDING]

    def known(self, other: Own) -> None:
        """Accept a station."""
        with self.store.acting() as act:
            partners.accept(act, NORTH, other.signed, cards.fingerprint(other.signed), officer="anna", now=wall())


@pytest.fixture
def scene(store: Store, make_store: MakeStore) -> Iterator[Scene]:
    with ExitStack() as stack:
        log = LyingLog(SOUTH)
        log.branch(b"true", 9)
        answering = make_store("oversight")
        keys = {"south/log": SOUTH.card.log, "north/log": NORTH.card.log}
        own = station("oversight", kind=Station.WITNESS)
        second = own.keys.witness_pq
        router = witness_router(answering, own.card.witness_name, own.keys.witness, keys.get, lattice=second)
        witness = station("oversight", stack.enter_context(serving(Litestar([router]))), Station.WITNESS)
        made = Scene(store, log, witness.card, answering)
        made.known(station("south", stack.enter_context(serving(log.application()))))
        made.known(witness)
        yield made


def test_an_honest_log_is_followed_and_nothing_is_found(scene: Scene) -> None:
    """Through growth, cosignatures and looks at the same tree; the newest note is remembered."""
    assert scene.look() == []
    scene.cosigned(scene.log.note, 0, [])
    assert scene.look() == []
    scene.log.grow(b"more", 300)
    assert scene.look() == scene.look() == []
    with scene.store.reading() as transaction:
        assert followed.note(transaction, "south/log") == scene.log.note
    assert scene.entries() == []


@pytest.mark.parametrize("size", [9, 12, 300])
def test_a_log_that_shows_another_tree_is_found_once_with_both_notes(scene: Scene, size: int) -> None:
    """Of the same size or larger; it goes on lying and growing, and stays one finding with one entry."""
    before = scene.log.note
    scene.look()
    now = scene.log.branch(b"other", size)
    (kept,) = scene.look()
    finding = kept.finding
    assert (finding.kind, finding.partner, finding.shown_by) == (FindingKind.SPLIT_VIEW, "south", "south")
    assert (finding.before, finding.now) == (before, now)
    key = Ed25519Key("south/log", SOUTH.card.log)
    assert all(checkpoint_format.opened(note, key) for note in (finding.before, finding.now))
    scene.log.grow(b"more", 5)
    assert scene.look() == [kept]
    (entry,) = scene.entries()
    assert (entry.partner, entry.digest, entry.officer) == ("south", digest(before, now), "north")


def test_a_log_that_goes_back_is_found(scene: Scene) -> None:
    scene.look()
    scene.log.branch(b"true", 5)
    (kept,) = scene.look()
    assert kept.finding.kind is FindingKind.ROLLBACK
    assert "from 9 entries to 5" in kept.finding.words


@pytest.mark.parametrize(
    ("size", "kind"), [(9, FindingKind.SPLIT_VIEW), (30, FindingKind.SPLIT_VIEW), (4, FindingKind.ROLLBACK)]
)
def test_a_log_that_shows_a_witness_another_tree_than_us_is_found(scene: Scene, size: int, kind: FindingKind) -> None:
    """We have never seen the tree that the witness cosigned: its word, signed by the log itself, is the evidence."""
    shown = scene.log.note
    scene.cosigned(shown, 0, [])
    scene.log.branch(b"other", size)
    (kept,) = scene.look()
    assert (kept.finding.kind, kept.finding.shown_by, kept.finding.partner) == (kind, "oversight", "south")
    assert notes.read(kept.finding.before).text == notes.read(shown).text
    assert kept.finding.now == scene.log.note
    scene.log.grow(b"more", 3)
    assert len(scene.look()) == 1


def test_a_witness_that_has_seen_more_than_the_log_shows_is_no_finding(scene: Scene) -> None:
    """A log shows the checkpoint that enough have cosigned, and has the tiles of newer ones."""
    small = scene.log.note
    scene.log.grow(b"more", 20)
    scene.cosigned(scene.log.note, 0, [])
    scene.log.note = small
    assert scene.look() == []


def test_our_own_log_is_held_against_what_witnesses_show(scene: Scene) -> None:
    """Our key signs another tree on another machine; and a backup that is too old is restored."""
    copy = LyingLog(NORTH)
    copy.branch(b"elsewhere", 1)
    scene.cosigned(copy.note, 0, [])
    checkpoint_once(scene.store, NORTH, [])
    (kept,) = scene.look()
    assert (kept.finding.kind, kept.finding.partner) == (FindingKind.SPLIT_VIEW, "north")
    assert "somebody else has the key" in kept.finding.words
    copy.grow(b"more", 400)
    scene.cosigned(copy.note, 1, copy.consistency(1))
    kinds = {each.finding.kind: each.finding.words for each in scene.look()}
    assert kinds.keys() == {FindingKind.SPLIT_VIEW, FindingKind.ROLLBACK}
    assert "once had 401 entries" in kinds[FindingKind.ROLLBACK]


def test_a_required_witness_that_stays_behind_is_found_in_time_and_not_before(scene: Scene) -> None:
    """The oversight witness has not cosigned our log; once it has, the next silence is a finding of its own."""
    checkpoint_once(scene.store, NORTH, [])
    assert scene.look() == scene.look() == [], "it has a minute"
    (kept,) = scene.look(patience=0)
    finding = kept.finding
    assert (finding.kind, finding.origin, finding.shown_by) == (FindingKind.UNCOSIGNED, "north/log", "oversight")
    with scene.store.reading() as transaction:
        first = checkpoints.at(transaction, 2)
    assert first is not None
    assert finding.before == first.note
    acknowledge(scene.store, Clock(), ANNA, kept.sequence, "its operator was called")
    assert scene.look(patience=0) == [], "acknowledged, and still the same silence"
    assert checkpoint_once(scene.store, NORTH, [scene.oversight]).cosigned == ("oversight",)
    assert scene.look(patience=0) == []
    with scene.store.acting() as act:
        act.log(Entry(act=Act.CONSULTED))
    checkpoint_once(scene.store, NORTH, [])
    assert scene.look(patience=0) == [], "the waiting begins with this look"
    (again,) = scene.look(patience=0)
    assert again.finding.before != finding.before


def test_what_proves_nothing_is_no_finding(scene: Scene) -> None:
    """A note by a stranger's key, garbage, an empty answer, a witness's forged word: looked over, and asked again."""
    true = scene.log.note
    scene.look()
    stranger = LyingLog(station("stranger"))
    for note in (stranger.branch(b"true", 20), b"", b"\xff" * 2_000, true[:-9]):
        scene.log.note = note
        assert scene.look() == []
    text = notes.read(true).text
    forged = Signature("south/log", notes.read(true).signatures[0].id, bytes(64))
    scene.log.note = notes.written(Note(text, (forged,)))
    assert scene.look() == []
    with scene.store.reading() as transaction:
        assert followed.note(transaction, "south/log") == true


def test_a_finding_stands_until_a_person_answers_for_it_with_a_reason(scene: Scene) -> None:
    """Who and why are kept and logged; the log is followed from there, and its next lie is found again."""
    scene.look()
    scene.log.branch(b"other", 9)
    (kept,) = scene.look()
    for officer, reason, fault in (
        (Officer(name="root", role=Role.ADMINISTRATOR), "I said so", Refused),
        (ANNA, "  ", Fault),
    ):
        with pytest.raises(fault):
            acknowledge(scene.store, Clock(), officer, kept.sequence, reason)
    with pytest.raises(Missing):
        acknowledge(scene.store, Clock(), ANNA, 99, "which?")
    assert scene.look() == [kept]
    acknowledge(scene.store, Clock(), ANNA, kept.sequence, "they restored a backup and told us")
    with pytest.raises(Fault, match="acknowledged by anna"):
        acknowledge(scene.store, Clock(), ANNA, kept.sequence, "again")
    assert [entry.detail for entry in scene.entries()][-1] == "acknowledged: they restored a backup and told us"
    assert [entry.officer for entry in scene.entries()] == ["north", "anna"]
    scene.log.grow(b"more", 3)
    assert scene.look() == []
    scene.log.branch(b"third", 40)
    (second,) = scene.look()
    assert second.sequence != kept.sequence
