"""The monitor's story, over real HTTP: a log that lies is found out, with both of its notes, and once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from litestar import Litestar, Response, get, post
from litestar.params import FromPath, RawBody

from builders import centre, pair
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
from comity.foundation.ledger.cosignature import cosign, cosign_lattice
from comity.foundation.ledger.note import Ed25519Key, Note, Signature
from comity.foundation.store import checkpoints, findings, followed, ledger
from comity.foundation.store.findings import KeptFinding
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.node.flow_checkpoint import checkpoint_once
from comity.node.flow_monitor import Monitor
from comity.review.acknowledge import acknowledge
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.finding import Finding, FindingKind
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
    url: str = ""
    """Where the partner's log is."""

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
        url = stack.enter_context(serving(log.application()))
        made = Scene(store, log, witness.card, answering, url)
        made.known(station("south", url))
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


def _oversight_answering(answer: Callable[[str], list[Signature]]) -> Litestar:
    """Return a witness that answers every request with what `answer` makes of its checkpoint."""

    @post("/witness/add-checkpoint", sync_to_thread=True, status_code=200)
    def add_checkpoint(body: RawBody) -> bytes:
        return "".join(map(notes.line, answer(witness_format.read(body).note.text))).encode()

    @get("/witness/{digest:str}/checkpoint", sync_to_thread=True)
    def checkpoint(digest: FromPath[str]) -> Response[bytes]:
        del digest
        return Response(b"", status_code=404)

    return Litestar([add_checkpoint, checkpoint])


@pytest.fixture
def oversight() -> Iterator[tuple[Own, list[str]]]:
    """Return a witness that leaves out one of its two keys, or stays at the first tree; the list says which."""
    keys, name, ways, first = station("oversight").keys, "oversight/witness", ["half"], list[str]()

    def answer(text: str) -> list[Signature]:
        first.append(text)
        shown = first[0] if "old" in ways else text
        whole = [cosign(shown, name, keys.witness, 1), cosign_lattice(shown, name, keys.witness_pq, 1)]
        return whole[:1] if "half" in ways else whole

    with serving(_oversight_answering(answer)) as url:
        yield station("oversight", url, Station.WITNESS), ways


def test_a_witness_that_leaves_out_one_of_its_keys_is_found(store: Store, oversight: tuple[Own, list[str]]) -> None:
    """However large the trees are that it signs with the other; with both keys it is believed at once."""
    witness, ways = oversight
    scene = Scene(store, LyingLog(SOUTH), witness.card, store)
    scene.known(witness)
    done = checkpoint_once(store, NORTH, [witness.card])
    assert (done.cosigned, list(done.refused)) == ((), ["oversight"])
    assert scene.look() == scene.look() == [], "it has a minute"
    checkpoint_once(store, NORTH, [witness.card])
    (kept,) = scene.look(patience=0)
    assert (kept.finding.kind, kept.finding.shown_by) == (FindingKind.UNCOSIGNED, "oversight")
    assert "it leaves out one of 2" in kept.finding.words
    acknowledge(store, Clock(), ANNA, kept.sequence, "its operator was called")
    ways.clear()
    assert checkpoint_once(store, NORTH, [witness.card]).cosigned == ("oversight",)
    assert scene.look(patience=0) == []


def test_a_witness_that_cosigns_an_old_tree_again_and_again_is_found(
    store: Store, oversight: tuple[Own, list[str]]
) -> None:
    witness, ways = oversight
    ways[:] = ["old"]
    scene = Scene(store, LyingLog(SOUTH), witness.card, store)
    scene.known(witness)
    assert checkpoint_once(store, NORTH, [witness.card]).cosigned == ("oversight",)
    assert scene.look(patience=0) == []
    for _ in range(2):
        with store.acting() as act:
            act.log(Entry(act=Act.CONSULTED))
        done = checkpoint_once(store, NORTH, [witness.card])
        assert "no cosignature of this checkpoint" in done.refused["oversight"]
        found = scene.look(patience=0)
    (kept,) = found
    assert (kept.finding.kind, kept.finding.shown_by) == (FindingKind.UNCOSIGNED, "oversight")
    assert "in time" in kept.finding.words


@dataclass
class Between:
    """`dk.coord`, under an agreement with `se.coord` that requires the oversight witness, which shows what it likes."""

    node: Node
    log: LyingLog
    """Of `se.coord`."""
    oversight: Own
    shows: dict[str, bytes]
    """What the witness shows, by the origin of the log."""

    def cosigned(self, note: bytes, *, half: bool = False) -> bytes:
        """Return the note with the witness's cosignatures: of both keys, or of one."""
        text, keys, name = notes.read(note).text, self.oversight.keys, self.oversight.card.witness_name
        whole = [cosign(text, name, keys.witness, 1), cosign_lattice(text, name, keys.witness_pq, 1)]
        return notes.written(notes.joined(notes.read(note), whole[: 1 if half else 2]))

    def vouches_for_ours(self) -> None:
        """Have the witness cosign our log's newest tree with both keys, and show that."""
        with self.node.store.upkeep() as transaction:
            kept = checkpoints.newest(transaction)
            assert kept is not None
            whole = self.shows[self.node.own.card.origin] = self.cosigned(kept.note)
            checkpoints.add_cosignatures(transaction, kept.size, notes.read(whole).signatures[1:])

    def look(self) -> list[Finding]:
        """Let the monitor look, without patience, and return what is found by then."""
        Monitor(self.node.store, self.node.own, Clock(), 0).look()
        with self.node.store.reading() as transaction:
            return [kept.finding for kept in findings.newest(transaction, 10)]


@pytest.fixture
def between(store: Store, tmp_path: Path) -> Iterator[Between]:
    shows: dict[str, bytes] = {}

    @get("/witness/{digest:str}/checkpoint", sync_to_thread=True)
    def checkpoint(digest: FromPath[str]) -> Response[bytes]:
        for origin, note in shows.items():
            if hashlib.sha256(origin.encode()).hexdigest() == digest:
                return Response(note)
        return Response(b"", status_code=404)

    log = LyingLog(pair.own("se.coord", 2))
    log.branch(b"true", 9)
    with serving(log.application()) as partner, serving(Litestar([checkpoint])) as witness:
        node = centre.node(store, tmp_path)
        centre.known(node, "se.coord", 2, partner)
        centre.agreed(node)
        oversight = pair.own("oversight", 9, witness, Station.WITNESS)
        typed = cards.fingerprint(oversight.signed)
        with store.acting() as act:
            partners.accept(act, node.own, oversight.signed, typed, officer="anna", now=pair.NOW)
        checkpoint_once(store, node.own, [])
        made = Between(node, log, oversight, shows)
        made.vouches_for_ours()
        yield made


@pytest.mark.parametrize(("way", "words"), [("half", "it leaves out one of 2"), ("not at all", "in time")])
def test_a_partners_witness_that_cosigns_by_half_or_cosigns_ours_alone_is_found(
    between: Between, way: str, words: str
) -> None:
    """Of the partner's log as of ours, where an agreement requires it; with both keys nothing more is found."""
    if way == "half":
        between.log.note = between.shows["se.coord/log"] = between.cosigned(between.log.note, half=True)
    first = between.log.note
    assert between.look() == [], "the waiting begins with this look"
    (finding,) = between.look()
    assert (finding.kind, finding.origin, finding.partner, finding.shown_by) == (
        *(FindingKind.UNCOSIGNED, "se.coord/log", "se.coord", "oversight"),
    )
    assert words in finding.words
    assert finding.before == first
    between.log.note = between.shows["se.coord/log"] = between.cosigned(between.log.grow(b"more", 3))
    assert between.look() == between.look() == [finding]


def test_a_witness_that_cosigns_two_trees_of_a_partner_is_found_with_both_under_its_own_keys(between: Between) -> None:
    """Partner and witness lie together: each note alone is in order, and the two convict both."""
    shown = between.shows["se.coord/log"] = between.cosigned(between.log.note)
    now = between.log.note = between.cosigned(between.log.branch(b"other", 12))
    (finding,) = between.look()
    assert (finding.kind, finding.origin, finding.shown_by) == (FindingKind.SPLIT_VIEW, "se.coord/log", "oversight")
    assert (finding.before, finding.now) == (shown, now)
    keys = cards.cosigning_keys(between.oversight.card)
    assert all(len(notes.verified(notes.read(note), keys)) == 2 for note in (finding.before, finding.now))


def test_a_log_that_hides_the_tiles_of_what_it_signs_is_found_in_time(scene: Scene) -> None:
    """The tiles by which it would continue what was seen. What is served again is no news; the finding stands."""
    scene.look()
    before = scene.log.note
    now = scene.log.grow(b"more", 300)
    scene.log.hidden = {(0, 0)}
    assert scene.look() == scene.look() == [], "it has a minute"
    (kept,) = scene.look(patience=0)
    finding = kept.finding
    assert (finding.kind, finding.partner, finding.shown_by) == (FindingKind.WITHHELD, "south", "south")
    assert finding.words == f"the log signs a tree and does not serve {scene.url}/log/tile/0/000"
    assert (finding.before, finding.now) == (now, now)
    assert len(scene.entries()) == 1
    acknowledge(scene.store, Clock(), ANNA, kept.sequence, "their disk is being mended")
    with scene.store.reading() as transaction:
        assert followed.note(transaction, "south/log") == before, "an answer does not make up for the proof"
    assert scene.look(patience=0) == [], "it is the same silence"
    scene.log.hidden = set()
    assert scene.look(patience=0) == []
    with scene.store.reading() as transaction:
        assert (followed.note(transaction, "south/log"), followed.withheld(transaction, "south/log")) == (now, None)


@pytest.mark.parametrize("way", ["hidden", "shortened"])
def test_a_log_that_hides_entries_of_a_tree_seen_before_is_found(scene: Scene, way: str) -> None:
    """Nothing has grown: an entry drawn by lot is asked for. The one that was not proven is asked for again."""
    scene.log.grow(b"more", 700)
    scene.look()
    if way == "hidden":
        scene.log.hidden = {(0, index) for index in range(3)}
    else:
        scene.log.shortened = 1
    assert scene.look() == []
    with scene.store.reading() as transaction:
        kept = followed.withheld(transaction, "south/log")
    assert kept is not None
    if way == "hidden":
        scene.log.hidden = {(0, kept.index // 256)}
    (found,) = scene.look(patience=0)
    assert found.finding.kind is FindingKind.WITHHELD
    assert ("does not serve" in found.finding.words, found.finding.now) == (True, scene.log.note)


def test_a_log_whose_tiles_are_not_of_the_tree_that_it_signs_is_found(scene: Scene) -> None:
    """It signs the root of another tree than it serves, the first that is seen of it."""
    true = scene.log.note
    scene.log.branch(b"other", 9)
    scene.log.note = true
    assert scene.look() == []
    (found,) = scene.look(patience=0)
    assert (found.finding.kind, found.finding.words) == (
        FindingKind.WITHHELD,
        "the log's tiles do not make up the tree that it signs",
    )


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
