"""Crosswalks: each flaw at its place, none through either door of an agreement, and no more claimed than is written."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.agreements import scheme
from comity.agreements.crosswalk import Crosswalk, Mapped, Unmapped, flaws, read
from comity.agreements.difference import differences
from comity.agreements.explanation import explained
from comity.agreements.relation import Relation
from comity.agreements.route import routes
from comity.agreements.scheme import Code, Scheme
from comity.agreements.terms import Terms, canonical, digest, from_canonical
from comity.agreements.terms import read as read_terms
from comity.agreements.translation import translated
from comity.vocabulary.fault import Fault, Missing

TEXT = """\
crosswalk: north-to-offence
version: 1
from:
  scheme: north
  source: a penal code
  codes: {a: drugs, b: weapons and fireworks, c: gambling}
to:
  scheme: south
  source: another
  codes: {x: drugs, y: weapons}
mappings:
  - {code: a, to: x, as: exact}
  - {code: b, to: y, as: narrower, loses: fireworks are left out}
none:
  - {code: c, why: no code is about it}
"""
CHANGES = [
    ("version: 1", "version: 0", "whole number", "2:10"),
    ("crosswalk: north-to-offence", "crosswalk: North", "no name of a crosswalk", "1:12"),
    ("scheme: south", "scheme: north", "told in itself", "8:11"),
    ("scheme: south", "scheme: comity-offence", "other codes in the vocabulary", "10:3"),
    ("source: another", "source: ''", "nothing is written", "9:11"),
    ("as: exact", "as: same", "no relation between codes", "12:26"),
    ("as: exact", "as: broader", "nothing says what is lost", "12:26"),
    ("as: exact}", "as: exact, loses: much}", "loses nothing", "12:40"),
    ("to: x", "to: z", "no code of south", "12:19"),
    ("code: b", "code: a", "stands twice", "13:12"),
    ("code: b", "code: d", "no code of north", "13:12"),
    ("  - {code: b, to: y, as: narrower, loses: fireworks are left out}\n", "", "nothing is said of the code", "11:1"),
    ("to: y, as: narrower, loses: fireworks are left out", "to: x, as: exact", "cannot both be exactly 'x'", "13:26"),
    ("why: no code is about it", "why: ' '", "nothing is written", "15:20"),
    ("codes: {x: drugs, y: weapons}", "codes: [{x: drugs}, {y: weapons}]", "same number of parts", "10:3"),
    ("codes: {x: drugs, y: weapons}", "codes: {}", "each with a code", "10:3"),
    ("b: weapons and fireworks", "' b': weapons", "no code of 1 to 40", "6:27"),
    ("to: y, as", "two: y, as", "unknown key 'two'", "13:15"),
]


@pytest.mark.parametrize(("old", "new", "what", "place"), CHANGES, ids=[change[2] for change in CHANGES])
def test_flaws(old: str, new: str, what: str, place: str) -> None:
    assert old in TEXT
    with pytest.raises(Fault) as caught:
        read(TEXT.replace(old, new, 1), "f")
    assert what in caught.value.what
    assert caught.value.where == f"f:{place}"
    assert caught.value.remedy


GRADES = """\
crosswalk: ours-to-admiralty
version: 1
from: {scheme: ours, source: us, codes: [{A: good}, {"9": true}]}
to:
  scheme: admiralty
  source: NATO
  codes:
    - {A: a, B: b, C: c, D: d, E: e, F: f}
    - {"1": a, "2": b, "3": c, "4": d, "5": e, "6": f}
mappings:
  - {code: A, to: B, as: lossy, loses: how good}
  - {code: "9", to: "2", as: lossy, loses: how true}
"""


def test_of_a_code_in_parts_each_sign_goes_into_its_own_place() -> None:
    found = translated("A9", [read(GRADES, "f")])
    assert (found.shown, found.relation) == ("B2", Relation.LOSSY)
    assert found.losses == ("A as B: how good", "9 as 2: how true")
    for code in ("A", "9A", "AA", "A99", ""):
        with pytest.raises(Missing):
            translated(code, [read(GRADES, "f")])
    with pytest.raises(Fault, match="stands in another part"):
        read(GRADES.replace("to: B", 'to: "2"'), "f")


@pytest.mark.parametrize("claimed", ["exact", "broader, loses: how good", "narrower, loses: how good"])
def test_no_grading_is_said_to_be_kept(claimed: str) -> None:
    """Whatever a file claims of a grading, nothing but lossy is taken (decision 0135)."""
    with pytest.raises(Fault, match="no grading is kept"):
        read(GRADES.replace("lossy, loses: how good", claimed), "f")


def test_crosswalks_that_do_not_join_are_refused() -> None:
    one = read(TEXT, "f")
    with pytest.raises(Fault, match="ends in south"):
        translated("a", [one, one])
    with pytest.raises(Fault, match="no crosswalk"):
        translated("a", [])


def test_a_code_without_a_counterpart_says_why() -> None:
    found = translated("c", [read(TEXT, "f")])
    assert (found.shown, found.relation, found.missing) == (None, Relation.LOSSY, "no code is about it")


SIGNS = "abcde"


def _made(name: str, source: int, target: int, mapped: dict[str, tuple[str, Relation] | None]) -> Crosswalk:
    """Return the crosswalk from one scheme of the same five codes to another."""
    codes = (tuple(Code(code=one, meaning=one) for one in SIGNS),)
    ends = [Scheme(scheme=f"s{number}", source="nobody", parts=codes) for number in (source, target)]
    return Crosswalk(
        crosswalk=name,
        version=1,
        source=ends[0],
        target=ends[1],
        mappings=tuple(
            Mapped(code=code, to=to[0], relation=to[1], loses="" if to[1] is Relation.EXACT else "it")
            for code, to in mapped.items()
            if to
        ),
        none=tuple(Unmapped(code=code, why="it has none") for code, to in mapped.items() if to is None),
    )


MEANINGS = st.fixed_dictionaries(
    {sign: st.frozensets(st.integers(0, 3), min_size=1) for sign in SIGNS},
)


@st.composite
def chains(draw: st.DrawFn) -> tuple[list[dict[str, frozenset[int]]], list[Crosswalk]]:
    """Return what the codes of each scheme mean, and crosswalks that say no more of them than is true."""
    meanings = draw(st.lists(MEANINGS, min_size=2, max_size=4))
    made = []
    for place, (one, after) in enumerate(itertools.pairwise(meanings)):
        mapped: dict[str, tuple[str, Relation] | None] = {}
        for sign in SIGNS:
            to = draw(st.sampled_from(SIGNS))
            held = [
                relation
                for relation in Relation
                if ("meant is within shown" not in relation.claims or one[sign] <= after[to])
                and ("shown is within meant" not in relation.claims or after[to] <= one[sign])
            ]
            mapped[sign] = draw(st.one_of(st.none(), st.sampled_from(held).map(lambda one, to=to: (to, one))))
        made.append(_made(f"c{place}", place, place + 1, mapped))
    return meanings, made


@given(chains(), st.sampled_from(SIGNS))
def test_a_translation_claims_only_what_holds_of_the_meanings(
    drawn: tuple[list[dict[str, frozenset[int]]], list[Crosswalk]], code: str
) -> None:
    """However long the way, what is shown at its end stands to what was meant as it is said to."""
    meanings, chain = drawn
    found = translated(code, chain)
    if found.shown is None:
        assert found.missing
        assert found.relation is Relation.LOSSY
        return
    meant, shown = meanings[0][code], meanings[-1][found.shown]
    assert "meant is within shown" not in found.relation.claims or meant <= shown
    assert "shown is within meant" not in found.relation.claims or shown <= meant
    assert bool(found.losses) >= (found.relation is not Relation.EXACT)


@given(chains())
def test_a_route_is_found_wherever_there_is_one(
    drawn: tuple[list[dict[str, frozenset[int]]], list[Crosswalk]],
) -> None:
    _, chain = drawn
    assert routes("s0", f"s{len(chain)}", reversed(chain)) == (tuple(chain),)
    assert routes(f"s{len(chain)}", "s0", chain) == ()


def _carrying(example: str, text: str) -> str:
    lines = text.splitlines()
    inside = "\n".join(f"      {line}" for line in lines[1:])
    return f"{example.rstrip()}\n  crosswalks:\n    {lines[0].split()[1]}:\n{inside}\n"


def test_an_agreement_carries_crosswalks_and_its_digest_tells_them(example: str, terms: Terms) -> None:
    found = read_terms(_carrying(example, TEXT), "f")
    assert found.crosswalks == (read(TEXT, "f"),)
    assert from_canonical(canonical(found)) == found
    assert digest(found) != digest(terms)
    assert msgspec.structs.replace(found, crosswalks=()) == terms
    assert b"crosswalks" not in canonical(terms)
    assert any("told in south by north-to-offence" in line for line in explained(found))
    assert [str(one) for one in differences(terms, found)] == ["codes told by the crosswalk north-to-offence"]
    other = read_terms(_carrying(example, TEXT.replace("fireworks are", "much is")), "f")
    assert [str(one) for one in differences(found, other)] == ["the crosswalk north-to-offence tells codes otherwise"]


@pytest.mark.parametrize(("old", "new", "what", "place"), CHANGES[2:], ids=[change[2] for change in CHANGES[2:]])
def test_flaws_inside_an_agreement(example: str, old: str, new: str, what: str, place: str) -> None:
    """They are told at their line of the agreement, and refused in canonical bytes too."""
    above = len(example.rstrip().splitlines()) + 1
    line, column = map(int, place.split(":"))
    with pytest.raises(Fault) as caught:
        read_terms(_carrying(example, TEXT.replace(old, new, 1)), "f")
    assert what in caught.value.what
    assert caught.value.where == f"f:{line + above}:{column + 6}"


def test_two_of_one_way_are_refused(terms: Terms) -> None:
    one = read(TEXT, "f")
    other = msgspec.structs.replace(one, crosswalk="another")
    forged = msgspec.structs.replace(terms, crosswalks=(one, other))
    with pytest.raises(Fault, match="a second crosswalk leads"):
        from_canonical(canonical(forged))


@given(st.data())
def test_canonical_bytes_are_checked_like_yaml(terms: Terms, data: st.DataObject) -> None:
    """A crosswalk that has a flaw comes through no other door than a file does."""
    sound = read(TEXT, "f")
    change: dict[str, object] = data.draw(
        st.sampled_from(
            [
                {"version": 0},
                {"mappings": ()},
                {"mappings": (*sound.mappings, sound.mappings[0])},
                {"target": sound.source},
                {"none": ()},
                {"source": Scheme(scheme="x", source="y", parts=())},
                {"mappings": (msgspec.structs.replace(sound.mappings[0], loses="much"), *sound.mappings[1:])},
            ]
        )
    )
    broken = msgspec.structs.replace(sound, **change)
    assert list(flaws(broken))
    with pytest.raises(Fault):
        from_canonical(canonical(msgspec.structs.replace(terms, crosswalks=(broken,))))


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    with pytest.raises(Fault):
        read(text, "f")


def test_our_schemes_are_the_vocabulary() -> None:
    """A scheme of ours with a code too few is refused, so no table can fall behind the words."""
    words = sorted(scheme.OURS[scheme.OFFENCE][0])
    whole = Scheme(scheme=scheme.OFFENCE, source="us", parts=(tuple(Code(code=one, meaning=one) for one in words),))
    assert not list(scheme.flaws(whole))
    fewer = msgspec.structs.replace(whole, parts=(whole.parts[0][1:],))
    assert [one.what for one in scheme.flaws(fewer)] == ["comity-offence has other codes in the vocabulary"]
