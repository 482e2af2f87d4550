"""Vetoes one by one: what each says at its edge, whatever stands before or behind it."""

from __future__ import annotations

from msgspec.structs import replace

from agreements.cases import KATTEGAT, alert, asked, report, track
from comity.agreements import veto
from comity.agreements.field import FREE_TEXT, IDENTIFIERS
from comity.agreements.standing import Standing
from comity.vocabulary.alert import AlertKind
from comity.vocabulary.decision import Judgement
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subject import SubjectKind


def test_what_is_no_part_of_the_picture_is_named_as_people_write() -> None:
    """The officer reads a sentence."""
    found = veto.by_picture(RecordKind.ALERT, (SubjectKind.ORGANISATION,))
    assert found == veto.Veto(6, "an alert about an organisation is no part of the shared picture")
    found = veto.by_picture(RecordKind.TRACK, (SubjectKind.VEHICLE,))
    assert found == veto.Veto(6, "a track about a vehicle is no part of the shared picture")


def test_a_judgement_counts_from_its_own_moment(standing: Standing) -> None:
    """At that very moment, and not before."""
    request = asked(alert(), standing)
    decision = request.decision
    assert decision is not None
    at = replace(request, decision=replace(decision, time=request.now))
    assert veto.confirmed(at)
    assert not veto.confirmed(replace(at, now=request.now - 1))


def test_distress_is_of_what_has_a_place_until_an_officer_judges_it_false(standing: Standing) -> None:
    """A call is one however its track goes on; a report is none; a judgement of another record changes nothing."""
    call = asked(replace(track(KATTEGAT), distress=True), standing)
    assert veto.in_distress(call) is True
    assert veto.in_distress(asked(track(KATTEGAT), standing)) is False
    told = report()
    claims = replace(told, distress=True, fields=told.fields | {"kind": AlertKind.DISTRESS.value})
    assert veto.in_distress(asked(claims, standing)) is False
    decision = asked(alert(), standing).decision
    assert decision is not None
    false = replace(decision, judgement=Judgement.REJECTED)
    assert veto.in_distress(replace(call, decision=replace(false, alert="another"))) is True
    assert veto.in_distress(replace(call, decision=replace(false, alert=call.record.id))) is False


def test_words_are_kept_back_where_no_officer_answers_for_them() -> None:
    """Identifiers of what is no ship or aircraft never go; explanations of a machine neither."""
    assert veto.concealable(RecordKind.ALERT) == IDENTIFIERS | FREE_TEXT
    assert veto.concealable(RecordKind.REPORT) == IDENTIFIERS
