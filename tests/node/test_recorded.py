"""A look at a recording: what it keeps is bounded, and does not depend on how the recording was cut."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.node.recorded import Look
from comity.node.wake import MOST, Wake
from comity.picture.tracks import Picture
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind
from comity.vocabulary.track import Track


def sighting(number: int, time: int, mmsi: int) -> Sighting:
    return Sighting(
        id=f"{number:032x}",
        source="coast",
        time=time,
        identity=Identity(kind=SubjectKind.VESSEL, mmsi=mmsi),
        position=Position(56.0 + (mmsi % 100) / 50, 11.0),
    )


def test_a_flood_of_identities_leaves_the_oldest_out() -> None:
    """What is kept stays bounded, what was left out is counted, and those reported last are there."""
    look = Look(Picture(), [], wakes=True, most_tracks=100)
    for findings in look.run([(sighting(k, 1_000 * k, 299_000_000 + k) for k in range(3_000))]):
        assert len(findings.tracks) <= 100
        assert len(findings.wakes) <= 100
    findings = look.findings
    assert (findings.sightings, len(findings.tracks), findings.tracks_left_out) == (3_000, 100, 2_900)
    assert {track.identity.mmsi for track in findings.tracks.values()} == set(range(299_002_900, 299_003_000))


def test_a_recording_of_one_instant_is_taken_in_bounded_pieces() -> None:
    """A file that gives all rows one time is no reason to hold all of it at once."""
    sizes, before = [], 0
    for findings in Look(Picture(), []).run([(sighting(k, 5_000, 299_000_000 + k % 50) for k in range(10_000))]):
        sizes.append(findings.sightings - before)
        before = findings.sightings
    assert sum(sizes) == 10_000
    assert max(sizes) <= 4_000


@given(st.lists(st.integers(0, 1_000_000), max_size=1_000))
@settings(max_examples=30)
def test_a_wake_keeps_its_ends_and_its_order(times: list[int]) -> None:
    """However long: the first place, the last, in order of time, and no more than so many."""
    wake = Wake()
    newest: list[int] = []
    for time in times:
        wake.add(
            Track(
                id="a",
                identity=Identity(kind=SubjectKind.VESSEL),
                sources=("coast",),
                first=0,
                last=time,
                sightings=1,
                position=Position(0.0, time / 1e5),
            )
        )
        if not newest or time > newest[-1]:
            newest.append(time)
    kept = [time for time, _ in wake.places()]
    assert len(kept) <= MOST + 1
    assert kept == sorted(set(kept))
    assert kept[:1] == newest[:1]
    assert kept[-1:] == newest[-1:]
