"""Whether a request is whole: what is missing or none of its type is told, and the short way takes nothing on trust."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agreements.cases import KATTEGAT, NOW, alert, asked, guard, report, seeking, track
from comity.agreements.footing import About, Way, footing
from comity.agreements.request import laid, missing
from comity.agreements.standing import Standing
from comity.vocabulary.instant import LATEST
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind
from comity.vocabulary.subject import SubjectKind

UNSOUND: dict[str, list[object]] = {
    "id": [None, 7, "", "  ", b"id"],
    "time": [None, "now", 1.5, -1, LATEST + 1],
    "purposes": [None, Purpose.SMUGGLING, ("smuggling",), [Purpose.SMUGGLING], {Purpose.SMUGGLING}],
    "handling": [None, "GREEN", {}],
    "area": [None, 7, b""],
    "fields": [None, [], (), {7: "seven"}],
    "expires": ["never", 1.5, -1, LATEST + 1],
    "cancelled": [None, 0, "no"],
    "distress": [None, 0, "no"],
    "simulated": [None, 0, "no"],
    "guard": [False, seeking("SY")],
    "position": [None, (56.8, 11.4), {"latitude": 56.8, "longitude": 11.4}],
}


@pytest.mark.parametrize("record", [alert(), track(), report()], ids=["alert", "track", "report"])
@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in UNSOUND.items() for value in values])
def test_what_is_missing_or_none_of_its_type_is_told(
    standing: Standing, record: Record, name: str, value: object
) -> None:
    """Whichever datum of the record it is, and the short way does not hold the record to be whole."""
    request = asked(replace(record, **{name: value}), standing)
    told = missing(request)
    assert told is not None
    assert name in told
    assert laid(request) is None


REQUESTED: dict[str, list[object]] = {
    "record": [None, {}],
    "partner": [None, "", "Se.Coord", "se coord", 7],
    "partner_country": [None, "se", "SWE", "", 7],
    "purpose": [None, "smuggling"],
    "officer": [None, "", " ", 7],
    "decision": [False, "confirmed"],
    "now": [None, "now", 1.5, -1, LATEST + 1],
    "standings": [None, [], ("agreement",)],
    "own": [None, "", 7],
    "own_country": [None, "dk", ""],
    "posture": [None, "open"],
    "law": [False, "none"],
    "leave": [False, "given"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in REQUESTED.items() for value in values])
def test_a_request_lacks_nothing_unseen(standing: Standing, name: str, value: object) -> None:
    """The law is asked about none that lacks something, and no footing is laid for it."""
    request = replace(asked(alert(), standing), **{name: value})
    told = missing(request)
    assert told is not None
    assert f"the request's {name} is missing" in told
    if name not in {"record", "purpose", "officer", "decision", "posture", "law", "leave"}:
        assert footing(request) is None


def test_what_is_no_request_is_told() -> None:
    assert missing(None) == "nothing is asked"
    assert missing({"record": alert()}) == "nothing is asked"


@pytest.mark.parametrize("time", [0, LATEST])
def test_a_record_is_whole_up_to_the_edges_of_time(standing: Standing, time: int) -> None:
    request = asked(alert(time=time, expires=LATEST), standing)
    assert missing(request) is None
    assert laid(request) is not None


@pytest.mark.parametrize("now", [0, LATEST])
def test_a_request_is_whole_up_to_the_edges_of_time(standing: Standing, now: int) -> None:
    assert missing(replace(asked(alert(), standing), now=now)) is None


def stated(**changes: object) -> dict[str, object]:
    return {"latitude": KATTEGAT.latitude, "longitude": KATTEGAT.longitude} | changes


@pytest.mark.parametrize(
    "said",
    [
        None,
        "56.8 N",
        {},
        stated(latitude=56.9),
        stated(longitude=11.5),
        stated(latitude="56.8"),
        stated(longitude=None),
    ],
)
def test_a_place_is_the_one_that_is_stated(standing: Standing, said: object) -> None:
    """A position beside a field that says another, or nothing, is none of which the short way is sure."""
    record = alert()
    request = asked(replace(record, fields=record.fields | {"position": said}), standing)
    assert laid(request) is None


@pytest.mark.parametrize("place", [(90.0, 11.4), (-90.0, 11.4), (56.8, 180.0), (56.8, -180.0)])
def test_the_edges_of_the_world_are_places(standing: Standing, place: tuple[float, float]) -> None:
    assert laid(asked(alert(Position(*place)), standing)) is not None


@pytest.mark.parametrize("place", [(90.5, 11.4), (-90.5, 11.4), (56.8, 180.5), (56.8, -180.5), (91, 11), (56, 11)])
def test_beyond_them_there_is_none(standing: Standing, place: tuple[float, float]) -> None:
    """Nor is a whole number one of which the short way is sure: a position is of two floats."""
    assert laid(asked(alert(Position(*place)), standing)) is None


def test_a_report_is_where_its_fields_say_or_in_its_area(standing: Standing) -> None:
    here, there = report(), report(None, area="kattegat-lane")
    assert laid(asked(here, standing)) is not None
    assert laid(asked(replace(here, area="kattegat-lane"), standing)) is None
    both = replace(here, area="kattegat-lane", fields=here.fields | {"area": "kattegat-lane"})
    assert laid(asked(both, standing)) is None
    assert missing(asked(both, standing)) is not None
    assert laid(asked(replace(there, area="elsewhere"), standing)) is None


def test_what_is_guarded_or_in_distress_is_not_ordinary(standing: Standing) -> None:
    for changes in ({"guard": guard()}, {"distress": True}, {"cancelled": True}, {"expires": NOW}):
        assert laid(asked(replace(alert(), **changes), standing)) is None


WAY = Way(RecordKind.ALERT, Purpose.SMUGGLING, ())


@pytest.mark.parametrize(
    "subjects",
    [
        [SubjectKind.VESSEL],
        ("vessel",),
        (SubjectKind.VESSEL, None),
        (SubjectKind.VESSEL,) * 17,
        (SubjectKind.PERSON,),
        (SubjectKind.VESSEL, SubjectKind.PERSON),
    ],
)
def test_of_what_is_no_subject_or_is_vetoed_the_short_way_knows_nothing(subjects: object) -> None:
    assert WAY.about(subjects) is None  # type: ignore[arg-type]


def test_what_subjects_decide_is_found_once() -> None:
    found = WAY.about((SubjectKind.VESSEL,) * 16)
    assert isinstance(found, About)
    assert WAY.abouts[(SubjectKind.VESSEL,) * 16] is found


def test_a_footing_rests_on_the_same_agreements_alone(standing: Standing) -> None:
    """Its own in another tuple; none that differs in digest, signers or text, and nothing that is no tuple of them."""
    laid_down = footing(asked(alert(), standing))
    assert laid_down is not None
    assert laid_down.rests_on((replace(standing),)) is True
    others: list[object] = [
        [standing],
        (standing, standing),
        (),
        ("standing",),
        (None,),
        (replace(standing, digest=bytes(32)),),
        (replace(standing, signed=frozenset()),),
        (replace(standing, standing_at=frozenset()),),
        (replace(standing, terms=replace(standing.terms)),),
    ]
    assert [laid_down.rests_on(each) for each in others] == [False] * len(others)  # type: ignore[arg-type]
