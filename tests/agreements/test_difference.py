"""What is proven: the difference of two versions names each change, on the right side, and promises nothing wrong."""

from __future__ import annotations

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.cases import EXAMPLE, alert, asked, confirmed, in_force, notice, report, track
from comity.agreements.clause import Blur, Clause
from comity.agreements.difference import Effect, differences
from comity.agreements.permit import Permit, permit
from comity.agreements.terms import Terms, read
from comity.cli.agreement import agreement
from comity.vocabulary.handling import Onward, Tlp
from comity.vocabulary.instant import DAY
from comity.vocabulary.purpose import Purpose

TEXT = EXAMPLE.read_text("utf-8")
OLD = read(TEXT, "old")


def told(old: str, new: str) -> list[tuple[str, str]]:
    assert old in TEXT
    return [(one.effect.value, str(one)) for one in differences(OLD, read(TEXT.replace(old, new, 1), "new"))]


def test_nothing_differs_from_itself() -> None:
    assert differences(OLD, OLD) == []
    assert differences(OLD, replace(OLD, version=2)) == []


@pytest.mark.parametrize(
    ("old", "new", "effect", "words"),
    [
        ("keep: 14 d", "keep: 20 d", "newly allowed", "alerts-in-the-western-baltic: kept for 14 d becomes 20 d"),
        ("keep: 14 d", "keep: 12 h", "newly forbidden", "alerts-in-the-western-baltic: kept for 14 d becomes 12 h"),
        ("{position: 2 km}", "{position: 500 m}", "newly allowed", "positions within 2 km becomes 500 m"),
        ("{position: 2 km}", "{position: 5 km}", "newly forbidden", "positions within 2 km becomes 5 km"),
        ("per_day: 500", "per_day: 600", "newly allowed", "vessel-inquiry: questions a day: 500 becomes 600"),
        ("among: [alert, report, ", "among: [alert, ", "newly forbidden", "among records of the kind report"),
        ("if: subject.kind == vessel\n    ", "", "newly allowed", "subject.kind == vessel becomes no condition"),
        ("severity >= medium", "severity >= low", "otherwise changed", "alert.severity >= low"),
        ("{tlp: AMBER+STRICT, onward: no}", "{tlp: GREEN, onward: no}", "newly allowed", "becomes TLP:GREEN"),
        ("{tlp: AMBER+STRICT, onward: no}", "{tlp: GREEN, onward: yes}", "newly allowed", "onward yes"),
        (
            "{tlp: AMBER, onward: ask}\n    keep: 90 d",
            "{tlp: GREEN, onward: no}\n    keep: 90 d",
            "otherwise changed",
            "",
        ),
        ("until: 2028-12-31", "until: 2029-12-31", "newly allowed", "in force until 2028-12-31 becomes 2029-12-31"),
        ("from: 2026-01-01", "from: 2026-02-01", "newly forbidden", "in force from 2026-01-01 becomes 2026-02-01"),
        ("prove: receipt", "prove: receipt, keep: [report]", "newly allowed", "kept after the end"),
        ("prove: receipt", "prove: receipt, return: [alert]", "otherwise changed", "accounted for one by one"),
        ("[10.3, 56.0]", "[10.2, 56.0]", "otherwise changed", "kattegat is drawn otherwise"),
        ("quorum: 2", "quorum: 3", "otherwise changed", "quorum"),
        ("    dk.coord: [sound]\n", "", "newly forbidden", "distress in sound is told to dk.coord"),
        ("id: notices-to-all", "id: notices", "newly forbidden", "the clause notices-to-all"),
    ],
)
def test_a_change_is_told_on_its_side(old: str, new: str, effect: str, words: str) -> None:
    if "[10.3" in old:
        changed = read(TEXT.replace(old, new), "new")  # a ring ends where it begins
        found = [(one.effect.value, str(one)) for one in differences(OLD, changed)]
    else:
        found = told(old, new)
    assert [one for one in found if one[0] == effect and words in one[1]], found


CLAUSES = st.sampled_from(OLD.clauses)


@st.composite
def amended(draw: st.DrawFn) -> Terms:
    """Return terms in which clauses were changed at random, gone or doubled under another name."""
    clauses = [draw(_changed(one)) for one in OLD.clauses if draw(st.booleans()) or draw(st.booleans())]
    return replace(OLD, clauses=tuple(clauses) or OLD.clauses[:1], version=2)


@st.composite
def _changed(draw: st.DrawFn, one: Clause) -> Clause:
    some = st.lists(st.sampled_from(OLD.between), min_size=1, max_size=3, unique=True).map(tuple)
    purposes = st.lists(st.sampled_from(OLD.purposes), min_size=1, max_size=4, unique=True).map(tuple)
    return replace(
        one,
        to=draw(st.just(one.to) | some),
        givers=draw(st.just(one.givers) | some),
        purposes=draw(st.just(one.purposes) | purposes),
        fields=draw(st.just(one.fields) | st.just(one.fields[:-1])),
        blur=draw(st.just(one.blur) | st.just(Blur(position=one.blur.position * 2))),
        keep=draw(st.sampled_from([one.keep, one.keep + DAY, one.keep - DAY])),
        handling=draw(st.sampled_from([one.handling, replace(one.handling, tlp=Tlp.GREEN, onward=Onward.NO)])),
    )


@given(amended(), st.sampled_from(list(Purpose)), st.sampled_from(["se.coord", "de.coord"]), st.data())
def test_where_nothing_is_newly_allowed_nothing_is(
    new: Terms, purpose: Purpose, partner: str, data: st.DataObject
) -> None:
    """If the difference names nothing new and nothing undecided, whatever the new terms permit the old ones did.

    And the other way round, so that what is named newly forbidden is not merely everything.
    """
    record = data.draw(st.sampled_from([alert(), track(), report(), notice()]))
    effects = {one.effect for one in differences(OLD, new)}

    def given_by(terms: Terms) -> Permit | None:
        request = asked(record, in_force(terms), partner, purpose=purpose, decision=confirmed(record))
        answer = permit(request)
        return answer if isinstance(answer, Permit) else None

    before, now = given_by(OLD), given_by(new)
    if not effects & {Effect.ALLOWS, Effect.ALTERS} and now is not None:
        assert before is not None
        assert set(now.fields) <= set(before.fields)
        assert now.keep_until <= before.keep_until
    if not effects & {Effect.FORBIDS, Effect.ALTERS} and before is not None:
        assert now is not None
        assert set(before.fields) <= set(now.fields)


def test_every_part_of_a_clause_is_compared() -> None:
    """A part added to clauses or answers without a word in the difference is found here."""
    for number, one in enumerate((OLD.clauses[1], OLD.answers[0])):
        for name in one.__struct_fields__:
            if name in ("id", "manner"):
                continue
            other = _other(getattr(one, name))
            key = "answers" if number else "clauses"
            changed = msgspec.structs.replace(one, **{name: other})
            whole = tuple(changed if each is one else each for each in getattr(OLD, key))
            assert differences(OLD, msgspec.structs.replace(OLD, **{key: whole})), name


def _other(value: object) -> object:
    if isinstance(value, tuple):
        return value[1:]
    if isinstance(value, (int, str)):
        return value * 2
    if isinstance(value, msgspec.Struct):
        name = next(iter(value.__struct_fields__))
        return msgspec.structs.replace(value, **{name: _other(getattr(value, name))})
    return next(one for one in type(value) if one is not value)  # type: ignore[call-overload]


def test_the_command(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("texts")
    new = folder / "new.yaml"
    new.write_text(TEXT.replace("keep: 14 d", "keep: 20 d"))
    printed = CliRunner().invoke(agreement, ["diff", str(EXAMPLE), str(new)])
    assert printed.stdout == "newly allowed:\n  alerts-in-the-western-baltic: kept for 14 d becomes 20 d\n"
    assert "nothing that decides" in CliRunner().invoke(agreement, ["diff", str(EXAMPLE), str(EXAMPLE)]).stdout
    told = msgspec.json.decode(CliRunner().invoke(agreement, ["diff", str(EXAMPLE), str(new), "--json"]).stdout)
    assert [one["effect"] for one in told] == ["newly allowed"]


def test_every_part_of_an_agreement_is_compared() -> None:
    """A part added to the terms, or to what is owed after the end, without a word in the difference is found here."""
    before = read(
        TEXT.replace("prove: receipt", "prove: receipt, keep: [report, track], return: [notice, alert]").replace(
            "witnesses: {", "postures: {guarded: {only: [notices-to-all, vessel-inquiry]}}\nwitnesses: {"
        ),
        "before",
    )
    for name in before.__struct_fields__:
        value = getattr(before, name)
        if name in ("version", "areas") or value == ():
            continue
        assert differences(before, replace(before, **{name: _other(value)})), name
    for name in ("erase", "keep", "account"):
        after = replace(before.after, **{name: _other(getattr(before.after, name))})
        assert differences(before, replace(before, after=after)), name


def test_another_agreement_is_told() -> None:
    """Two agreements can be compared, but not by mistake."""
    found = [str(one) for one in differences(OLD, replace(OLD, agreement="baltic"))]
    assert found == ["the agreement: kattegat-maritime becomes baltic"]
