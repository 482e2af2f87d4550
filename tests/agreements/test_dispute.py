"""Disputes: to whom an area is masked, nobody tells that something lies there, by no field and by no giving."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.cases import KATTEGAT, NOW, alert, asked, drawing, in_force, notice, placed, report, track
from agreements.test_admission import bound
from agreements.test_permit import requests
from comity.agreements import dispute, field, rescue
from comity.agreements.admission import admit
from comity.agreements.clause import Blur, Clause
from comity.agreements.dispute import Dispute
from comity.agreements.explanation import explained
from comity.agreements.permit import Denial, Permit, permit
from comity.agreements.redaction import disclosed, give
from comity.agreements.standing import Standing
from comity.agreements.terms import Terms
from comity.foundation import canonical
from comity.foundation.geodesy import contains, touches
from comity.vocabulary.place import Area, Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind

Make = Callable[..., Record]
MAKERS: dict[RecordKind, Make] = {
    RecordKind.ALERT: alert,
    RecordKind.TRACK: track,
    RecordKind.REPORT: report,
    RecordKind.NOTICE: notice,
}
WHERE = {
    RecordKind.ALERT: {"position", "area", "sightings", "sources", "explanation", "would_change", "reason"},
    RecordKind.TRACK: {"position", "velocity", "accuracy", "sources"},
    RecordKind.REPORT: {"position", "area", "title", "text", "descriptions", "reason", "independent"},
    RecordKind.NOTICE: {"position", "area", "title", "text", "descriptions", "reason", "independent", "attachments"},
}
OF_PERSONS = {"area", "facts", "description"}
"""The fields that tell where something is, of each kind that can be given."""
NEAR = Position(57.2, 11.4)
"""In the Kattegat, outside of the middle ground."""
CORNERS = ((56.7, 11.3), (56.7, 11.5), (56.9, 11.5), (56.9, 11.3), (56.7, 11.3))
GROUND = Area(name="middle-ground", polygons=((tuple(Position(*corner) for corner in CORNERS),),))


def everything(terms: Terms, kind: RecordKind, **changes: object) -> Clause:
    """Return a clause that gives every field of a kind of record, for everything, to everybody, in the Kattegat."""
    like = next(one for one in terms.clauses if one.give is kind)
    whole: dict[str, object] = {"id": f"all-{kind.value}s", "condition": "", "to": terms.between}
    return replace(like, **{**whole, "purposes": terms.purposes, "fields": tuple(sorted(field.known(kind))), **changes})


def disputed(terms: Terms, *clauses: Clause, mask: tuple[str, ...] = ("se.coord",)) -> Standing:
    """Return the terms in force with a masked area amid the Kattegat."""
    said = Dispute(area=GROUND.name, claimants=("XA", "XB"), source="a note", status="open", mask=mask)
    every = clauses or tuple(everything(terms, kind) for kind in MAKERS)
    return in_force(replace(terms, clauses=every, areas=(*terms.areas, GROUND), disputes=(said,)))


def _permitted(standing: Standing, record: Record, **changes: object) -> Permit:
    answer = permit(asked(record, standing, **changes))
    assert isinstance(answer, Permit), answer
    return answer


def _denied(standing: Standing, record: Record, **changes: object) -> str:
    answer = permit(asked(record, standing, **changes))
    assert isinstance(answer, Denial), answer
    assert answer.code == "not-permitted"
    return answer.reason


@pytest.mark.parametrize("kind", MAKERS)
def test_every_field_that_tells_where_is_masked(terms: Terms, kind: RecordKind) -> None:
    """Of a record in the area every field of its kind is given to others, and to those named all but these."""
    record = MAKERS[kind](KATTEGAT)
    assert set(record.fields) == set(field.known(kind)), "the case has every field"
    standing = disputed(terms)
    masked, others = (_permitted(standing, record, partner=name) for name in ("se.coord", "de.coord"))
    assert set(others.fields) == set(record.fields)
    assert set(record.fields) - set(masked.fields) == WHERE[kind]
    assert {one.field for one in masked.withheld} == WHERE[kind]
    assert all("middle-ground, masked for se.coord" in one.reason for one in masked.withheld)
    assert disclosed(give(masked, drawing())).keys() == record.fields.keys() - WHERE[kind]
    assert set(_permitted(standing, MAKERS[kind](NEAR)).fields) == set(record.fields), "near it nothing is masked"


def test_somebody_has_said_of_every_field_whether_it_tells_where() -> None:
    """A field that comes new is masked until it is put to those that are plain; none of these is unknown."""
    every = frozenset[str]().union(*(field.known(kind) for kind in RecordKind))
    assert every - dispute.PLAIN == set().union(*WHERE.values(), OF_PERSONS)
    assert every >= dispute.PLAIN
    assert not (field.FREE_TEXT | field.TOLD.keys()) & dispute.PLAIN
    assert all(name in dispute.PLAIN for kind in RecordKind for name in field.needed(kind))


@given(st.data())
def test_a_mask_only_narrows(terms: Terms, data: st.DataObject) -> None:
    """Over any requests: what is given with a mask lies within what is without, distress aside, and holds no place."""
    mask = data.draw(st.lists(st.sampled_from(terms.between), unique=True).map(tuple))
    plain = disputed(terms, *terms.clauses, mask=())
    request = data.draw(requests(plain))
    masked = replace(disputed(terms, *terms.clauses, mask=mask), state=request.standings[0].state)
    masked = replace(masked, signed=request.standings[0].signed, standing_at=request.standings[0].standing_at)
    without, within = permit(request), permit(replace(request, standings=(masked,)))
    if isinstance(within, Denial):
        return
    if within.distress:
        assert set(within.fields) <= set(rescue.FIELDS)
        return
    assert isinstance(without, Permit)
    assert set(within.fields) <= set(without.fields)
    place = request.record.position
    if request.partner in mask and place is not None and contains(GROUND, place):
        assert not set(within.fields) & WHERE[request.record.kind]


@pytest.mark.parametrize("make", [report, notice])
@pytest.mark.parametrize(
    ("area", "masked"), [("middle-ground", True), ("kattegat", True), ("sound", False), ("western-baltic", False)]
)
def test_a_report_without_a_position_lies_where_its_area_touches(
    terms: Terms, make: Make, area: str, *, masked: bool
) -> None:
    """An area that has a point in common with the masked one may be there: its name, and its words, stay at home."""
    everywhere = tuple(one.name for one in (*terms.areas, GROUND))
    clauses = [everything(terms, kind, where=everywhere) for kind in (RecordKind.REPORT, RecordKind.NOTICE)]
    answer = _permitted(disputed(terms, *clauses), make(None, area=area))
    assert ("area" not in answer.fields, "text" not in answer.fields) == (masked, masked)


def test_that_it_is_given_at_all_does_not_tell(terms: Terms) -> None:
    """A crossing lies on a border; and a clause for masked areas alone tells by its name where that is."""
    for kind in ("crossing", "repeated-infiltration", "repeated-route"):
        crossing = alert(fields={**alert().fields, "kind": kind})
        assert "a crossing would tell" in _denied(disputed(terms), crossing)
    _permitted(disputed(terms), crossing, partner="de.coord")
    there = everything(terms, RecordKind.ALERT, where=(GROUND.name,))
    assert "this clause" in _denied(disputed(terms, there), alert())
    answer = _permitted(disputed(terms, there, everything(terms, RecordKind.ALERT, id="wide")), alert())
    assert answer.clause == "wide"


def test_no_reason_leaves_with_the_record(terms: Terms) -> None:
    """What is given names neither the area nor a mask: the reasons are for the officer."""
    sent = canonical.written(give(_permitted(disputed(terms), alert()), drawing()))
    assert b"middle-ground" not in sent
    assert b"mask" not in sent


def test_13_a_rescue_needs_to_know_where(terms: Terms) -> None:
    """There distress gives place and need to the rescue centre, though a clause would give who: never both."""
    call = alert(distress=True, fields={**alert().fields, "kind": "distress"})
    answer = _permitted(disputed(terms), call, purpose=Purpose.SEARCH_AND_RESCUE)
    assert (answer.clause, set(answer.fields)) == (rescue.CLAUSE, set(rescue.FIELDS))
    near = replace(call, position=NEAR, fields={**call.fields, "position": placed(NEAR)})
    elsewhere = _permitted(disputed(terms), near, purpose=Purpose.SEARCH_AND_RESCUE)
    assert "name" in elsewhere.fields
    assert "position" not in _permitted(disputed(terms), call).fields, "for another purpose it is masked"
    not_the_centre = disputed(terms, mask=("de.coord",))
    assert "masked for de.coord" in _denied(not_the_centre, call, purpose=Purpose.SEARCH_AND_RESCUE, partner="de.coord")


@pytest.mark.parametrize(
    ("receiver", "fields", "code"),
    [
        ("se.coord", {"position": placed(KATTEGAT)}, "not-permitted"),
        ("de.coord", {"position": placed(KATTEGAT)}, None),
        ("se.coord", {"position": placed(NEAR)}, None),
        ("se.coord", {}, None),
    ],
)
def test_who_is_told_in_spite_of_it_refuses(
    terms: Terms, receiver: str, fields: dict[str, object], code: str | None
) -> None:
    """A position in the masked area, given by whoever does not keep to the text, is not taken in by those named."""
    standing = disputed(terms)
    honest = give(_permitted(standing, alert(NEAR), partner=receiver), drawing())
    forged = bound(honest, {"kind": "meeting", "severity": "high", "time": NOW, **fields})
    assert admit(forged, "dk.coord", receiver, (standing,), NOW) == code


def test_the_name_of_the_area_is_refused_too(terms: Terms) -> None:
    everywhere = tuple(one.name for one in (*terms.areas, GROUND))
    standing = disputed(terms, everything(terms, RecordKind.REPORT, where=everywhere))
    masked = give(_permitted(standing, report(None, area=GROUND.name)), drawing())
    assert admit(masked, "dk.coord", "se.coord", (standing,), NOW) is None
    forged = bound(masked, {**disclosed(masked), "area": GROUND.name})
    assert admit(forged, "dk.coord", "se.coord", (standing,), NOW) == "not-permitted"


@given(latitude=st.floats(56.6, 57.0), longitude=st.floats(11.2, 11.6), blur=st.sampled_from([0, 2_000]))
def test_what_is_masked_honestly_is_admitted(terms: Terms, latitude: float, longitude: float, blur: int) -> None:
    """In and around the area, blurred or not: what the permit gives, the receiver takes in."""
    fields = tuple(sorted(field.known(RecordKind.ALERT) - (field.FREE_TEXT if blur else frozenset())))
    clause = everything(terms, RecordKind.ALERT, fields=fields, blur=Blur(position=blur))
    standing = disputed(terms, clause)
    made = give(_permitted(standing, alert(Position(latitude, longitude))), drawing())
    assert admit(made, "dk.coord", "se.coord", (standing,), NOW) is None


def test_it_is_told_in_words(terms: Terms) -> None:
    said = "\n".join(explained(disputed(terms).terms))
    assert "middle-ground is disputed, and this settles nothing: claimed by XA and XB" in said
    assert "se.coord is told nothing" in said


RINGS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda corner: Position(*map(float, corner))),
    min_size=3,
    max_size=6,
    unique=True,
)


@given(RINGS, RINGS)
def test_areas_that_have_a_point_in_common_touch(one: list[Position], other: list[Position]) -> None:
    """By another library's judgement; where edges meet, a common point is one."""
    shapes = [shapely.Polygon([(each.longitude, each.latitude) for each in ring]) for ring in (one, other)]
    if not all(shape.is_valid and shape.area for shape in shapes):
        return
    areas = [Area(name="a", polygons=(((*ring, ring[0]),),)) for ring in (one, other)]
    assert touches(*areas) == shapes[0].intersects(shapes[1])
    assert touches(*areas) == touches(*reversed(areas))


def _coast(steps: int, east: float, inland: float) -> Area:
    """Return an area whose one side is a zigzag."""
    side = [Position(place / steps, east + (0.1 if place % 2 else 0.0)) for place in range(steps)]
    ring = (*side, Position(side[-1].latitude, inland), Position(0.0, inland), side[0])
    return Area(name="coast", polygons=((ring,),))


@pytest.mark.parametrize(("steps", "touching"), [(20, False), (1_000, True)])
def test_what_would_take_too_long_to_tell_touches(steps: int, *, touching: bool) -> None:
    """Two coasts that face each other do not touch; with very many edges they are taken to: unknown is masked."""
    assert touches(_coast(steps, 0.0, -1.0), _coast(steps, 0.05, 2.0)) == touching
    assert not touches(_coast(steps, 0.0, -1.0), _coast(steps, 0.3, 2.0)), "far enough apart to see at once"
