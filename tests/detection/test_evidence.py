"""What alerts have in common: evidence, ids, words."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from builders.tracks import BEGIN, KATTEGAT, World, vessel
from builders.watching import handling
from comity.detection.detector import alert_id, watchable
from comity.detection.evidence import MOST, Evidence
from comity.detection.wording import called, lasting
from comity.vocabulary.handling import Handling, Tlp
from comity.vocabulary.instant import HOUR, MINUTE, SECOND
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.track import Track


@given(count=st.integers(1, 3_000))
def test_evidence_is_bounded_even_and_keeps_its_ends(count: int) -> None:
    """At most 200 ids, oldest first, the first and last among them, no gap more than twice another but the last."""
    world, evidence = World(), Evidence()
    for k in range(count):
        evidence.add(world.add("ais", BEGIN + k, vessel(1), KATTEGAT))
    kept = [[sighting.id for sighting in world.sightings].index(name) for name in evidence.sightings()[-3:]]
    names = evidence.sightings()
    assert len(names) == len(set(names)) <= MOST
    assert min(count, 90) <= len(names)
    assert names[0] == world.sightings[0].id
    assert kept[-1] == count - 1
    times = {sighting.id: sighting.time for sighting in world.sightings}
    steps = [times[b] - times[a] for a, b in pairwise(names[:-1])]
    assert len(set(steps)) <= 1


def test_handling_is_the_strictest_of_the_sources() -> None:
    """Radar is amber and AIS green: together amber. An unknown source is as strict as can be."""
    world, evidence = World(), Evidence()
    assert evidence.handling(handling) == Handling()
    for source, tlp in (("ais", Tlp.GREEN), ("radar", Tlp.AMBER), ("nobody", Tlp.RED)):
        evidence.add(world.add(source, BEGIN, vessel(1), KATTEGAT))
        assert evidence.handling(handling).tlp is tlp


def test_ids_are_of_what_was_found() -> None:
    """The order of tracks is nothing; rule, version, tracks and time are everything."""
    one = alert_id("meeting", 1, ["a", "b"], BEGIN)
    assert one == alert_id("meeting", 1, ["b", "a"], BEGIN)
    assert len({one, alert_id("meeting", 2, ["a", "b"], BEGIN), alert_id("meeting", 1, ["a", "b"], BEGIN + 1)}) == 3
    assert len(one) == 32


def test_no_rule_looks_at_a_person() -> None:
    """A track of a person is never watched (safeguard 5)."""
    for kind in SubjectKind:
        track = Track(id="t", identity=Identity(kind=kind), sources=(), first=0, last=0, sightings=1)
        assert watchable(track) is (kind is not SubjectKind.PERSON)


def test_words() -> None:
    """Durations and names as an officer reads them."""
    assert [lasting(time) for time in (45 * SECOND, 30 * MINUTE, 2 * HOUR + 31 * MINUTE)] == [
        "45 s",
        "30 min",
        "2 h 31 min",
    ]
    assert called(vessel(1)) == "the vessel with MMSI 000000001"
    assert called(Identity(kind=SubjectKind.PARTY)) == "an unidentified party"
