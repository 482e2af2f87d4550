"""National law: it only narrows, what is missing counts against giving, and a wrong file is refused in place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.cases import KATTEGAT, SOUND, alert, asked, drawing, notice, report, track
from agreements.test_permit import requests
from comity.agreements import field, national, rescue
from comity.agreements.document import Unreadable
from comity.agreements.inquiring import uncounted
from comity.agreements.national import Law
from comity.agreements.permit import Denial, Permit, permit
from comity.agreements.redaction import disclosed, give
from comity.agreements.standing import Standing
from comity.vocabulary.alert import AlertKind
from comity.vocabulary.fault import Fault
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import Record, RecordKind

AREA = "{type: Polygon, coordinates: [[[11.3, 56.7], [11.5, 56.7], [11.5, 56.9], [11.3, 56.9], [11.3, 56.7]]]}"


def law(*rules: str, of: str = "DK") -> Law:
    """Return the law of these rules; `bay` is a square around the middle of the Kattegat."""
    lines = "\n".join(f"  - {{{rule}}}" for rule in rules)
    text = (
        f"law: quiet\nof: {of}\nversion: 3\nbasis: [{{instrument: Act on the watch, article: '7'}}]\nforbid:\n{lines}\n"
    )
    return national.read(f"{text}annex:\n  areas:\n    bay: {AREA}\n", "law")


def answered(standing: Standing, found: Law, record: Record | None = None, **changes: object) -> Permit | Denial:
    return permit(asked(record or alert(), standing, law=found, **changes))


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("give: alert", {}),
        ("give: [track, alert]", {}),
        ("to: all", {}),
        ("to: se.coord", {}),
        ("to: [SE, NO]", {}),
        ("for: smuggling", {}),
        ("for: [smuggling, customs]", {}),
        ("where: bay", {}),
        ("give: alert, if: alert.kind == meeting", {}),
        ("if: subject.kind == vessel", {}),
        ("give: alert, if: alert.confidence < 0.5", {"fields": {"time": 1, "kind": "meeting"}}),
        ("where: bay", {"make": report, "area": "sound", "position": None}),
    ],
)
def test_what_it_forbids_is_not_given(standing: Standing, rule: str, changes: dict[str, object]) -> None:
    """By kind, receiver, state, purpose, area and condition; what the record lacks is taken as if it held."""
    changes = dict(changes)
    make = changes.pop("make", alert)
    record = make(changes.pop("position", KATTEGAT), **changes)  # type: ignore[operator]
    assert isinstance(permit(asked(record, standing)), Permit)
    answer = answered(standing, law(f"id: stay, {rule}"), record)
    assert isinstance(answer, Denial)
    assert answer.reason == "quiet 3, stay, forbids it (Act on the watch, art. 7)"
    assert (answer.code, answer.safeguard) == ("not-permitted", None)


@pytest.mark.parametrize(
    "rule",
    [
        "give: track",
        "to: [de.coord, DE]",
        "for: customs",
        "give: alert, if: alert.kind == crossing",
        "give: alert, to: de.coord",
        "where: bay, for: customs",
        "fields: [velocity]",
    ],
)
def test_what_it_does_not_forbid_is_given(standing: Standing, rule: str) -> None:
    """One part that is known not to hold, and the rule does not count."""
    plain = permit(asked(alert(), standing))
    answer = answered(standing, law(f"id: stay, {rule}"))
    assert isinstance(answer, Permit)
    assert isinstance(plain, Permit)
    assert (answer.fields, answer.clause) == (plain.fields, plain.clause)
    assert isinstance(answered(standing, law("id: stay, where: bay"), alert(SOUND)), Permit)


def test_fields_that_it_keeps_back_are_withheld_with_what_could_tell_them(standing: Standing) -> None:
    """A name that stays at home stays out of the words as well; the officer reads by which rule."""
    found = law("id: names, fields: [name]")
    for make in (alert, track, report, notice):
        plain, answer = permit(asked(make(), standing)), answered(standing, found, make())
        assert isinstance(plain, Permit)
        assert isinstance(answer, Permit)
        assert set(plain.fields) - set(answer.fields) == set(plain.fields) & ({"name"} | field.FREE_TEXT)
        assert ("name", "quiet 3, names, forbids it (Act on the watch, art. 7)") in {
            (one.field, one.reason) for one in answer.withheld
        }
        assert "name" not in disclosed(give(answer, drawing()))


def test_withheld_at_least_is_what_the_machine_could_tell() -> None:
    """Whatever is kept back, no field remains of which it is known that its words can tell it."""
    for name in sorted(field.known(RecordKind.ALERT)):
        telling = field.telling(frozenset({name}))
        assert all(name not in tells or told in telling for told, tells in field.TOLD.items())


KINDS = st.sampled_from([kind.value for kind in field.GIVABLE])
PARTS = {
    "give": st.lists(KINDS, min_size=1, unique=True).map(lambda kinds: f"[{', '.join(kinds)}]"),
    "to": st.sampled_from(["all", "se.coord", "[de.coord, SE]", "NO"]),
    "for": st.sampled_from([purpose.value for purpose in Purpose]),
    "where": st.just("bay"),
    "if": st.sampled_from(["subject.kind == vessel", "not subject.kind == vessel"]),
    "fields": st.sampled_from(["[position]", "[name]", "[mmsi, area]"]),
}
RULES = st.fixed_dictionaries({}, optional=PARTS).filter(bool)


@st.composite
def laws(draw: st.DrawFn) -> Law:
    """Return any law of some rules."""
    rules = []
    for number, parts in enumerate(draw(st.lists(RULES, min_size=1, max_size=3))):
        more = {"give": "[alert, report, notice]"} if "fields" in parts and "give" in parts else {}
        if draw(st.booleans()) and "fields" not in parts:
            more["rescue"] = "yes"
        rules.append(", ".join([f"id: r{number}", *(f"{key}: {value}" for key, value in (parts | more).items())]))
    return law(*rules)


@given(st.data(), laws())
def test_it_only_narrows(standing: Standing, data: st.DataObject, found: Law) -> None:
    """Over any laws and requests: what is given with a law lies within what is given without, distress included."""
    request = data.draw(requests(standing))
    without, within = permit(request), permit(replace(request, law=found))
    if isinstance(within, Denial):
        return
    assert isinstance(without, Permit)
    if within.distress and not without.distress:
        assert set(within.fields) <= set(rescue.FIELDS), "the law forbade the clause, safeguard 13 stands"
        return
    assert set(within.fields) <= set(without.fields)
    assert (within.clause, within.digest, within.keep_until) == (without.clause, without.digest, without.keep_until)


def _distress(standing: Standing, found: Law) -> Permit | Denial:
    call = alert(distress=True, fields={**alert().fields, "kind": AlertKind.DISTRESS.value})
    return answered(standing, found, call, purpose=Purpose.SEARCH_AND_RESCUE)


def test_13_a_rule_stops_a_rescue_only_where_it_says_so(standing: Standing) -> None:
    """Decision 0133: who wrote of alerts thought of no drowning people, unless they say that they did."""
    answer = _distress(standing, law("id: stay, give: alert"))
    assert isinstance(answer, Permit)
    assert (answer.clause, set(answer.fields)) == (rescue.CLAUSE, set(rescue.FIELDS))
    denied = _distress(standing, law("id: stay, give: alert, rescue: yes"))
    assert isinstance(denied, Denial)
    assert denied.safeguard is None, "the law forbids it, and no safeguard"
    assert "stay" in denied.reason
    assert "otherwise" not in denied.reason, "one reason is told once"
    call = alert(distress=True, fields={**alert().fields, "kind": AlertKind.DISTRESS.value})
    stays = law("id: stay, give: alert, rescue: yes")
    unjudged = answered(standing, stays, call, purpose=Purpose.SEARCH_AND_RESCUE, decision=None)
    assert isinstance(unjudged, Denial)
    assert unjudged.reason == f"{denied.reason}; nor is it given otherwise: no named officer has confirmed it"
    assert isinstance(_distress(standing, law("id: stay, give: track, rescue: yes")), Permit)


def test_what_is_not_given_is_no_hit(standing: Standing) -> None:
    """Nor is a record whose identifiers are kept back from who asks."""
    request = asked(alert(), standing)
    assert uncounted(request) is None
    for rule, counts in (
        ("give: alert", False),
        ("fields: [mmsi]", False),
        ("fields: [position]", True),
        ("fields: [mmsi], to: de.coord", True),
    ):
        assert (uncounted(replace(request, law=law(f"id: stay, {rule}"))) is None) == counts


HEAD = "law: a\nof: DK\nversion: 1\nbasis: [{instrument: Act}]\n"


@pytest.mark.parametrize(
    ("text", "what", "place"),
    [
        (f"{HEAD}forbid: []", "list is empty", "5:9"),
        (f"{HEAD}forbid: [{{id: a}}]", "nothing but its id", "5:10"),
        (f"{HEAD}forbid: [{{id: a, permit: alert}}]", "unknown key 'permit'", "5:18"),
        (f"{HEAD}forbid: [{{id: a, give: alerts}}]", "no kind of record", "5:24"),
        (f"{HEAD}forbid: [{{id: a, to: Sweden}}]", "no name of a node", "5:22"),
        (f"{HEAD}forbid: [{{id: a, where: bay}}]", "no area of this file's annex", "5:25"),
        (f"{HEAD}forbid: [{{id: a, if: alert.kind == meeting}}]", "it asks about alert.kind", "5:22"),
        (f"{HEAD}forbid: [{{id: a, give: alert, if: alert.kind == meting}}]", "never 'meting'", "5:49"),
        (f"{HEAD}forbid: [{{id: a, fields: [time]}}]", "travels without time", "5:27"),
        (f"{HEAD}forbid: [{{id: a, give: track, fields: [text]}}]", "no field of what is given", "5:40"),
        (f"{HEAD}forbid: [{{id: a, fields: [name], rescue: yes}}]", "whole or not at all", "5:42"),
        (f"{HEAD}forbid: [{{id: a, to: all, rescue: no}}]", "'no' is not yes", "5:35"),
        (f"{HEAD}forbid: [{{id: a, to: all}}, {{id: a, to: all}}]", "stands twice", "5:33"),
        (HEAD.replace("DK", "Denmark") + "forbid: [{id: a, to: all}]", "no code of a state", "2:5"),
        (HEAD.replace("version: 1", "version: one") + "forbid: [{id: a, to: all}]", "whole number", "3:10"),
        ("permit: all", "unknown key 'permit'", "1:1"),
    ],
)
def test_a_wrong_file_is_refused_in_place(text: str, what: str, place: str) -> None:
    """With line and column, and what to write instead."""
    with pytest.raises(Unreadable) as caught:
        national.read(text, "law.yaml")
    assert what in caught.value.what
    assert caught.value.where == f"law.yaml:{place}"
    assert caught.value.remedy


def test_another_states_law_is_none(standing: Standing) -> None:
    with pytest.raises(Fault, match="the law of SE"):
        national.expect_own(law("id: a, to: all", of="SE"), "DK", "law.yaml")
    assert national.expect_own(law("id: a, to: all"), "DK", "law.yaml").country == "DK"


def test_its_digest_is_of_all_that_it_says() -> None:
    assert law("id: a, to: all").digest == law("id: a, to: [all]").digest
    assert len({law(f"id: a, {rule}").digest for rule in ("to: all", "to: SE", "give: alert", "rescue: yes")}) == 4


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: f"{HEAD}forbid: {raw!r}"))
def test_only_faults_come_out_of_any_text(text: str) -> None:
    with pytest.raises(Fault):
        national.read(text, "law.yaml")
