"""What is proven: a bundle of a record passed on rests on its originator's leave, and on nothing less or other."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from builders import pair
from builders.pair import Party
from comity.agreements import redaction
from comity.exchange import bundle
from comity.exchange.evidence import Bundle, NotProven, Shown
from comity.foundation import canonical
from comity.vocabulary.entry import Entry
from comity.vocabulary.handling import Credibility, Grading, Handling, Onward, Reliability
from comity.vocabulary.instant import DAY, MINUTE
from comity.vocabulary.message import Given
from comity.vocabulary.onward import Leave
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from exchange import passing
from exchange import test_bundle as bundles
from exchange.test_bundle import FLIPPED, STRANGER, refusal

NO_LEAVE = "no leave of it is shown"


@pytest.fixture
def passed(north: Party, south: Party) -> Bundle:
    """Return the parts of a true bundle of a report that a stranger originated."""
    return passing.parts(north, south)


def leave_of(parts: Bundle) -> Leave:
    assert isinstance(parts.onward, Shown)
    return canonical.read(parts.onward.leave, Leave)


def test_it_tells_who_originated_what_was_passed_on(passed: Bundle) -> None:
    """Of a node that is no party to the agreement; its card is in, to be compared as every other."""
    made = bundle.make(replace(passed, cards=(*passed.cards, pair.own("fi.coord", 9).signed)))
    assert made == canonical.written(passed)
    verdict = bundle.verify(made)
    assert verdict.ok, verdict.checks[-1]
    assert len(verdict.checks) == 9
    assert "passed on by leave that no.coord signed" in verdict.checks[3].words
    assert verdict.facts is not None
    assert (verdict.facts.originator, verdict.facts.sender, verdict.facts.leave_by) == ("no.coord", "dk.coord", "nora")
    assert "no.coord" in verdict.fingerprints
    trusted = list(verdict.fingerprints.values())
    assert bundle.verify(made, trusted).ok
    assert not bundle.verify(made, [one for one in trusted if one != verdict.fingerprints["no.coord"]]).ok


def test_a_party_can_be_the_originator(north: Party, south: Party) -> None:
    made = passing.parts(north, south, bundles.GERMANY)
    verdict = bundle.verify(bundle.make(made))
    assert verdict.ok, verdict.checks[-1]
    assert verdict.facts is not None
    assert verdict.facts.originator == "de.coord"


def test_a_bundle_of_ones_own_record_has_not_changed(parts: Bundle) -> None:
    """It holds no leave, and no key for one; its facts say that the sender originated it."""
    assert "onward" not in cbor2.loads(canonical.written(parts))
    facts = bundle.verify(bundle.make(parts)).facts
    assert facts is not None
    assert (facts.originator, facts.leave_by) == ("dk.coord", "")


parts = bundles.parts


def test_without_the_leave_or_with_one_too_many_nothing_is_proven(passed: Bundle, parts: Bundle) -> None:
    """No leave; one beside a record of the sender's own; one by another originator, whose card is in."""
    fewer = tuple(own.signed for own in bundles.EVERYONE)
    assert NO_LEAVE in refusal(passed, onward=UNSET, cards=fewer)
    assert "not exactly those" in refusal(passed, onward=UNSET)
    assert "not exactly those" in refusal(passed, cards=fewer)
    assert "not by the originator" in refusal(parts, onward=passed.onward, cards=passed.cards)
    other = replace(leave_of(passed), originator="de.coord")
    assert "not by the originator" in refusal(passed, onward=passing.signed(bundles.GERMANY, other), cards=fewer)
    with pytest.raises(NotProven, match="no leave"):
        bundle.make(replace(passed, onward=UNSET))


def test_a_witness_originates_nothing(passed: Bundle) -> None:
    """A card that is no node's, although its key signed the leave."""
    record = replace(canonical.read(passed.item, Given), owner="oversight")
    leave = replace(leave_of(passed), originator="oversight")
    found = refusal(
        remade(passed, record),
        onward=passing.signed(bundles.OVERSIGHT, leave),
        cards=tuple(own.signed for own in bundles.EVERYONE),
    )
    assert "is no node" in found


def remade(parts: Bundle, record: Given) -> Bundle:
    """Return the bundle with this record, as its sender would have sealed it."""
    item = canonical.written(record)
    header = bundles.header_of(parts)
    entry = replace(canonical.read(parts.entry, Entry), digest=canonical.digest(item))
    return replace(parts, item=item, cover=bundles.sealed(header, item), entry=canonical.written(entry))


def test_neither_key_of_the_originator_is_believed_alone(passed: Bundle) -> None:
    leave, shown = leave_of(passed), passed.onward
    assert isinstance(shown, Shown)
    lattice = replace(shown, signature=bytes(64) + shown.signature[64:])
    forged = passing.signed(pair.own("no.coord", 40), leave)
    for each in (passing.signed(STRANGER, leave, once=True), lattice, forged, replace(shown, signature=b"")):
        assert "signature does not hold" in refusal(passed, onward=each)


def test_an_earlier_card_of_the_originator_serves(passed: Bundle) -> None:
    """It signed the leave before it got new keys: that card goes in, the new one does not."""
    renewed = pair.successor(STRANGER, 41)
    made = bundle.make(replace(passed, cards=(*passed.cards, renewed.signed)))
    assert made == canonical.written(passed)
    again = passing.signed(renewed, leave_of(passed))
    other = bundle.make(replace(passed, cards=(*passed.cards, renewed.signed), onward=again))
    assert bundle.verify(other).fingerprints["no.coord"] != bundle.verify(made).fingerprints["no.coord"]


OTHERS: list[dict[str, Any]] = [
    {"holder": "de.coord"},
    {"recipient": "de.coord"},
    {"kind": RecordKind.NOTICE},
    {"record": "another"},
    {"version": 3},
    {"bound": bytes(32)},
    {"purpose": Purpose.BORDER_SURVEILLANCE},
    {"handling": Handling(onward=Onward.NO)},
    {"handling": Handling()},
    {"keep_until": pair.NOW + DAY},
    {"until": pair.NOW - 6 * MINUTE},
]


@pytest.mark.parametrize("change", OTHERS, ids=lambda change: next(iter(change)))
def test_a_leave_for_anything_else_proves_nothing(passed: Bundle, change: dict[str, Any]) -> None:
    """Signed by the originator, and not for this: as the recipient's node would have refused it."""
    shown = passing.signed(STRANGER, replace(leave_of(passed), **change))
    assert "did not allow it" in refusal(passed, onward=shown)


def test_what_the_holder_changes_proves_nothing(passed: Bundle) -> None:
    """A word of its own, a wider mark, a better grading, a longer keep: sealed and entered by it as if true."""
    record = canonical.read(passed.item, Given)
    better = replace(record.handling, grading=Grading(Reliability.A, Credibility.ONE))
    own = canonical.written([bytes(16), "title", "of the holder's own"])
    digests = b"".join(sorted([*redaction.apart(record.digests)[1:], canonical.digest(own)]))
    for changed in (
        replace(record, keep_until=record.keep_until + 1),
        replace(record, handling=better),
        replace(record, disclosures=(own,), digests=digests),
        replace(record, id="another"),
    ):
        assert "did not allow it" in refusal(remade(passed, changed))


def test_a_cut_off_originator_lifts_nothing(passed: Bundle) -> None:
    """Nothing in a bundle shows that a leave was signed before the keys were stolen."""
    data = bundle.make(passed)
    verdict = bundle.verify(data, cut_offs={"no.coord": 10**9})
    assert not verdict.ok
    assert "nothing shows that they signed the leave before" in verdict.checks[-1].words
    assert bundle.verify(data, cut_offs={"de.coord": 0}).ok


@FLIPPED
@given(place=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_a_leave_changed_anywhere_proves_nothing(passed: Bundle, place: float, mask: int) -> None:
    shown = passed.onward
    assert isinstance(shown, Shown)
    changed = bytearray(shown.leave + shown.signature)
    changed[int(place * len(changed))] ^= mask
    size = len(shown.leave)
    forged = Shown(leave=bytes(changed[:size]), signature=bytes(changed[size:]))
    assert not bundle.verify(canonical.written(replace(passed, onward=forged))).ok
