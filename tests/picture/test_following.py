"""Following by columns: the same placements, tracks and limits as one sighting after another."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from builders.tracks import ANYBODY, BEGIN, KATTEGAT
from comity.foundation.geodesy import offset
from comity.picture.settings import PictureSettings
from comity.picture.tracks import FEW, Picture
from comity.vocabulary.instant import HOUR, SECOND
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

NARROW = PictureSettings(identified=4, newcomers=3, namesakes=2, ended=5, waiting=2)
"""Limits that a handful of vessels reach."""
EDGE = Position(-17.0, 179.999)
"""Where vessels cross the antimeridian."""

reports = st.tuples(
    st.integers(1, 7),  # who
    st.sampled_from([1, 1, 1, 1, 1, 2, 10, 60, 400, -20, -400, 7 * 3_600]),  # seconds since the one before
    st.sampled_from([0, 0, 0, 0, 0, 0, 0, 3_000, 90_000]),  # metres beside its way
    st.sampled_from([None, 0.1, 6.0, 6.0]),  # metres a second
    st.sampled_from([None, 90.0, 90.0]),
    st.sampled_from(["coast", "coast", "coast", "ship"]),
    st.sampled_from(["place"] * 12 + ["named", "name", "distress", "simulated", "aircraft", "plot", "nobody"]),
)


def sightings(drawn: Sequence[tuple[int, int, int, float | None, float | None, str, str]]) -> list[Sighting]:
    """Return reports of vessels that go east, some of which say or do something else."""
    made, time = list[Sighting](), BEGIN
    for number, (who, passed, aside, speed, course, source, what) in enumerate(drawn):
        time += passed * SECOND
        begin = EDGE if who % 2 else offset(KATTEGAT, 0, 2_000.0 * who)
        place = offset(begin, 6.0 * (time - BEGIN) / 1000 % 40_000, float(aside))
        kind = SubjectKind.AIRCRAFT if what == "aircraft" else SubjectKind.VESSEL
        said = Identity(kind=kind, mmsi=219_000_000 + who, name="ANNA" if what in {"named", "name"} else None)
        made.append(
            Sighting(
                id=f"s{number}",
                source=source,
                time=time,
                identity=ANYBODY if what in {"plot", "nobody"} else said,
                position=None if what in {"name", "nobody"} else place,
                accuracy=10.0 if who > 3 else None,
                speed=speed,
                course=course,
                distress=what == "distress",
                simulated=what == "simulated",
            )
        )
    return made


@given(st.lists(reports, min_size=60, max_size=160), st.integers(FEW, 90), st.booleans())
@settings(max_examples=12, deadline=None)
def test_by_columns_becomes_what_becomes_one_by_one(
    drawn: list[tuple[int, int, int, float | None, float | None, str, str]],
    length: int,
    narrow: bool,  # noqa: FBT001 - drawn
) -> None:
    """Whatever is reported in whatever order, and at the limits too: placements, tracks and their order."""
    chosen = NARROW if narrow else PictureSettings()
    one, many = Picture(chosen), Picture(chosen)
    given = sightings(drawn)
    for start in range(0, len(given), length):
        some = given[start : start + length]
        assert one.take(some) == list(many.follow(some))
        if start % 2:
            now = max(sighting.time for sighting in some)
            assert one.advance(now - HOUR) == many.advance(now - HOUR)
    assert one.live() == many.live()
    assert one.advance(given[-1].time + 7 * HOUR) == many.advance(given[-1].time + 7 * HOUR)
