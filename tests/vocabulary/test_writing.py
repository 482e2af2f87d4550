"""Reports and notices: no person fits in, none is without its grading, and each version names the one before."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.pair import NOW
from builders.writings import VESSEL, notice, report
from comity.foundation import canonical
from comity.vocabulary.handling import Evaluation, Grading, Handling, Information, Scale, Source
from comity.vocabulary.instant import HOUR
from comity.vocabulary.notice import Ask, Notice, NoticeKind
from comity.vocabulary.place import Position
from comity.vocabulary.report import Report
from comity.vocabulary.subject import SubjectKind
from comity.vocabulary.thing import IDENTIFIED, Thing, ThingKind


def test_they_come_back_from_canonical_form() -> None:
    for made, kind in ((report(), Report), (notice(), Notice)):
        assert canonical.read(canonical.written(made), kind) == made


@given(st.sampled_from(SubjectKind))
def test_a_person_is_no_kind_of_thing(kind: SubjectKind) -> None:
    """Persons, unknown parties and organisations, which are persons too, are refused by type (safeguards 3 and 20)."""
    raw = {"kind": kind.value, "description": "seen twice"}
    if kind in {SubjectKind.PERSON, SubjectKind.PARTY, SubjectKind.ORGANISATION}:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(raw, Thing)
    else:
        assert msgspec.convert(raw, Thing).kind.subject is kind


@given(
    st.sampled_from(ThingKind),
    st.sampled_from([("mmsi", 1), ("imo", 1), ("call_sign", "AB12345"), ("name", "AB 12 345")]),
)
def test_only_ships_and_aircraft_have_identifiers(kind: ThingKind, identifier: tuple[str, object]) -> None:
    """A plate or a document's number fits into no field (safeguard 6)."""
    raw = {"kind": kind.value, "description": "white van", identifier[0]: identifier[1]}
    if kind in IDENTIFIED:
        assert msgspec.convert(raw, Thing)
    else:
        with pytest.raises(msgspec.ValidationError, match="leads to a person"):
            msgspec.convert(raw, Thing)


def test_a_field_for_a_person_does_not_exist() -> None:
    for extra in ({"person": "x"}, {"plate": "AB 12 345"}, {"owner": "x"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"kind": "vehicle", "description": "white van", **extra}, Thing)


EUROPOL = Handling(evaluation=Evaluation(Source.X, Information.FOUR))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"names_nobody": False}, "names a person"),
        ({"area": "kattegat"}, "not both"),
        ({"until": NOW - 4 * 24 * HOUR}, "before it began"),
        ({"expires": NOW}, "would have expired"),
        ({"scale": Scale.FOUR_BY_FOUR}, "one scale"),
        ({"handling": EUROPOL}, "one scale"),
        ({"handling": msgspec.structs.replace(EUROPOL, grading=report().handling.grading)}, "one scale"),
        ({"version": 2}, "names the one before"),
        ({"version": 2, "before": bytes(32)}, "names the one before"),
        ({"version": 2, "before": bytes(31), "reason": "more is known"}, "names the one before"),
        ({"before": bytes(32)}, "names the one before"),
        ({"reason": "more is known"}, "names the one before"),
        ({"purposes": (report().purposes[0],) * 2}, "stands twice"),
    ],
)
def test_what_is_none_cannot_be_made(changes: dict[str, object], told: str) -> None:
    for make in (report, notice):
        with pytest.raises(ValueError, match=told):
            make(**changes)


def test_a_notice_asks_something_of_the_reader_about_something() -> None:
    with pytest.raises(ValueError, match="what to look out for"):
        notice(subjects=(), position=None)
    with pytest.raises(ValueError, match="asked twice"):
        notice(asks=(Ask.OBSERVE, Ask.OBSERVE))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**msgspec.to_builtins(notice(attachments=())), "asks": []}, Notice)
    assert notice(subjects=(), position=None, kind=NoticeKind.THREAT).asks


@given(
    scale=st.sampled_from(Scale),
    version=st.integers(1, 3),
    where=st.sampled_from([{}, {"area": "kattegat"}, {"position": Position(1.0, 2.0)}]),
    subjects=st.sampled_from([(), (VESSEL,), (Thing(kind=ThingKind.VEHICLE, description="white van"),)]),
)
def test_the_forms_that_are_sound(
    scale: Scale, version: int, where: dict[str, object], subjects: tuple[Thing, ...]
) -> None:
    """With a place, an area or neither, on either scale, first or later: what is sound comes back as it was."""
    europol = scale is Scale.FOUR_BY_FOUR
    later = {"before": bytes(32), "reason": "more is known"} if version > 1 else {}
    handling = EUROPOL if europol else Handling(grading=Grading())
    changes = {"scale": scale, "handling": handling, "version": version, "subjects": subjects, "position": None}
    made = report(**{**changes, **later, **where})
    assert canonical.read(canonical.written(made), Report) == made
