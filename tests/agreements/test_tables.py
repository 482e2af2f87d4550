"""The built-in crosswalks: sound, two ways alike, and a grading never told as better than it is."""

from __future__ import annotations

from itertools import product

import msgspec
import pytest

from comity.agreements import tables
from comity.agreements.crosswalk import Crosswalk
from comity.agreements.relation import Relation, inverse
from comity.agreements.route import routes
from comity.agreements.scheme import GRADINGS, OURS
from comity.agreements.seen import seen
from comity.agreements.translation import translated
from comity.vocabulary.fault import Missing
from comity.vocabulary.handling import (
    Credibility,
    Evaluation,
    Grading,
    Handling,
    Information,
    Onward,
    Reliability,
    Source,
    Tlp,
)
from comity.vocabulary.offence import Offence

TABLES = tables.built_in()
BY_ENDS = {(one.source.scheme, one.target.scheme): one for one in TABLES}


def test_all_are_there_under_their_names() -> None:
    assert len(TABLES) == len(BY_ENDS) == 16
    assert {one.crosswalk for one in TABLES} >= {"iccs-to-offence", "tlp-to-europol", "admiralty-to-4x4"}
    assert tables.get("tlp-to-europol").source.scheme == "tlp-2.0"
    with pytest.raises(Missing, match="no such crosswalk"):
        tables.get("tlp-to-nobody")


def test_a_scheme_has_the_same_codes_and_words_wherever_it_stands() -> None:
    told: dict[str, object] = {}
    for table in TABLES:
        for one in (table.source, table.target):
            assert told.setdefault(one.scheme, one) == one


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.crosswalk)
def test_the_way_back_says_the_reverse(table: Crosswalk) -> None:
    """Where a code leads to another and that one back, each relation is the inverse of the other."""
    back = BY_ENDS.get((table.target.scheme, table.source.scheme))
    if back is None:
        return
    returning = {one.code: one for one in back.mappings}
    for one in table.mappings:
        other = returning.get(one.to)
        if other is not None and other.to == one.code:
            assert other.relation is inverse(one.relation), one.code
        assert one.relation is not Relation.EXACT or (other is not None and other.to == one.code), one.code


def _grades(name: str) -> list[str]:
    letters, figures = (sorted(part) for part in OURS[name])
    return ["".join(pair) for pair in product(letters, figures)]


@pytest.mark.parametrize("name", ["admiralty", "4x4"])
def test_no_grade_rises_by_translation(name: str) -> None:
    """There and back, over and over, no sign is better than it was, and every step is lossy (decision 0135)."""
    other = ({"admiralty", "4x4"} - {name}).pop()
    there, back = BY_ENDS[name, other], BY_ENDS[other, name]
    for grade in _grades(name):
        for rounds in (1, 2, 3):
            found = translated(grade, [there, back] * rounds)
            assert found.relation is Relation.LOSSY
            assert found.losses
            assert found.shown is not None
            assert all(after >= before for before, after in zip(grade, found.shown, strict=True)), grade


@pytest.mark.parametrize(("name", "target"), [("admiralty", "4x4"), ("4x4", "admiralty")])
def test_each_sign_is_told_as_no_better_by_what_it_means(name: str, target: str) -> None:
    """How good a sign is at most, on a common ladder of words, is written here apart from the tables."""
    ladder = {
        "admiralty": {
            **dict(zip("ABCDEF", (5, 4, 3, 2, 1, 0), strict=True)),
            **dict(zip("123456", (5, 4, 3, 2, 1, 0), strict=True)),
        },
        "4x4": {"A": 5, "B": 4, "C": 2, "X": 0, "1": 5, "2": 3, "3": 4, "4": 0},
    }
    for one in BY_ENDS[name, target].mappings:
        assert ladder[target][one.to] <= ladder[name][one.code], one.code


def test_gradings_are_lossy_everywhere() -> None:
    graded = [one for one in TABLES if GRADINGS & {one.source.scheme, one.target.scheme}]
    assert len(graded) == 3
    assert {mapped.relation for one in graded for mapped in one.mappings} == {Relation.LOSSY}


def test_no_mark_is_told_as_wider() -> None:
    """Where a handling code leaves it open who may see a record, and comes back from TLP, it came no wider."""
    order = [one.value for one in Tlp]
    there, back = BY_ENDS["tlp-2.0", "europol-handling"], BY_ENDS["europol-handling", "tlp-2.0"]
    for mark in order:
        found = translated(mark, [there, back])
        assert found.shown is not None
        assert order.index(found.shown) >= order.index(mark)


def test_national_codes_reach_the_international_classes() -> None:
    (way,) = routes("dk-penal", "iccs-1.0", TABLES)
    assert translated("strfl. 262 a", way).relation is Relation.EXACT
    drugs = translated("strfl. 191", way)
    assert (drugs.shown, drugs.relation, drugs.losses) == (
        "0601",
        Relation.BROADER,
        ("strfl. 191 as drugs: that it is serious",),
    )


HANDLING = Handling(tlp=Tlp.AMBER, onward=Onward.ASK, grading=Grading(Reliability.C, Credibility.ONE))


def test_what_a_reader_sees_and_what_is_lost() -> None:
    found = {one.mark: one for one in seen(HANDLING, Offence.DRUGS, ["europol-handling", "4x4", "iccs-1.0"], TABLES)}
    assert {name: (one.code, one.shown, one.relation) for name, one in found.items()} == {
        "tlp": ("AMBER", "H2", Relation.LOSSY),
        "onward": ("ask", "H2", Relation.EXACT),
        "proceedings": ("no", "H1", Relation.EXACT),
        "grading": ("C1", "C3", Relation.LOSSY),
        "offence": ("drugs", "0601", Relation.EXACT),
    }
    assert found["offence"].losses == ()
    assert found["offence"].words == "it means the same"
    assert "clients" in found["tlp"].losses[0]


def test_what_is_not_told_is_left_out_or_says_why() -> None:
    """A reader of our own schemes sees the marks themselves; what has no counterpart says so."""
    assert seen(HANDLING, Offence.DRUGS, ["comity-offence", "no-such-scheme"], TABLES) == ()
    (none,) = seen(HANDLING, Offence.OTHER, ["iccs-1.0"], TABLES)
    assert (none.shown, none.told_in, none.relation) == (None, "iccs-1.0", Relation.LOSSY)
    assert "has no counterpart: it says only what it is not" in none.words


def test_a_grading_on_the_other_scale_is_told_from_that_scale() -> None:
    graded = Handling(evaluation=Evaluation(Source.B, Information.THREE))
    (found,) = seen(graded, None, ["admiralty"], TABLES)
    assert (found.scheme, found.code, found.shown) == ("4x4", "B3", "B2")


def test_the_parties_own_crosswalk_counts_first() -> None:
    built = tables.get("offence-to-iccs")
    agreed = [one for one in built.mappings if one.code != "drugs"]
    theirs = msgspec.structs.replace(
        built,
        crosswalk="ours",
        mappings=tuple(agreed),
        none=(*built.none, type(built.none[0])(code="drugs", why="not agreed")),
    )
    (first,) = seen(HANDLING, Offence.DRUGS, ["iccs-1.0"], [theirs, *TABLES])
    assert first.shown is None
