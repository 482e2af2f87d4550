"""Machine-readable zones: specimens are read, mistakes of readers are told, and nothing is guessed.

The specimens (Utopia, Anna Maria Eriksson) are those of Doc 9303 parts 4 to 7; all other zones here are made up.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.screening.check_digit import ALPHABET, check_digit
from comity.screening.layout import LAYOUTS, Layout, Name, Place
from comity.screening.mrz import DoubtKind, Reading, read
from comity.screening.repair import MOST
from comity.vocabulary.fault import Fault
from comity.vocabulary.person import DocumentKind, Sex
from comity.vocabulary.travel_document import STATES, Size, is_issuer

TODAY = date(2012, 1, 1)
PASSPORT = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
CARD = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
LARGE_CARD = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
VISA = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"
SMALL_VISA = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<"


def kinds(found: Reading) -> list[tuple[Name, DoubtKind]]:
    return [(doubt.field, doubt.kind) for doubt in found.doubts]


@pytest.mark.parametrize(
    ("zone", "size", "kind", "number", "birth", "expiry"),
    [
        (PASSPORT, Size.TD3, DocumentKind.PASSPORT, "L898902C3", "1974-08-12", "2012-04-15"),
        (CARD, Size.TD1, DocumentKind.IDENTITY_CARD, "D23145890", "1974-08-12", "2012-04-15"),
        (LARGE_CARD, Size.TD2, DocumentKind.IDENTITY_CARD, "D23145890", "1974-08-12", "2012-04-15"),
        (VISA, Size.MRV_A, DocumentKind.VISA, "L8988901C", "1940-09-07", "1996-12-10"),
        (SMALL_VISA, Size.MRV_B, DocumentKind.VISA, "L8988901C", "1940-09-07", "1996-12-10"),
    ],
)
def test_specimens(zone: str, size: Size, kind: DocumentKind, number: str, birth: str, expiry: str) -> None:
    """Each size, with Utopia doubted; run together in one line it reads the same."""
    found = read(zone, date(1996, 1, 1) if size in {Size.MRV_A, Size.MRV_B} else TODAY)
    told = found.document
    assert (told.size, told.kind, told.number, told.birth, told.expiry) == (size, kind, number, birth, expiry)
    assert (told.family, told.given, told.sex, told.issuer) == ("ERIKSSON", "ANNA MARIA", Sex.F, "UTO")
    assert {kind for _, kind in kinds(found)} == {DoubtKind.ISSUER}
    assert not found.repairs
    assert read(zone.replace("\n", ""), TODAY).document.number == number


def test_a_long_number_goes_on_in_the_optional_field() -> None:
    """As part 5 has it for cards: a filler stands for the check digit, which comes after the rest of the number."""
    zone = made(LAYOUTS[Size.TD1], {Name.NUMBER: "D23145890", Name.OPTIONAL: "7349<ABC", Name.CODE: "I<"}, long=True)
    found = read(zone, TODAY)
    assert found.document.number == "D23145890734"
    assert found.document.optional == ("ABC",)
    assert (Name.NUMBER, DoubtKind.CHECK_DIGIT) not in kinds(found)
    assert (Name.NUMBER, DoubtKind.CHECK_DIGIT) in kinds(read(zone.replace("7349", "7348"), TODAY))


def test_one_mistake_of_a_reader_is_put_right_and_told() -> None:
    """O for 0 in the number, where the check digits tell; 5 for S in a name, where only a letter can be."""
    found = read(PASSPORT.replace("L898902C3", "L8989O2C3").replace("ERIKSSON", "ERIK5SON"), TODAY)
    assert (found.document.number, found.document.family) == ("L898902C3", "ERIKSSON")
    assert [(each.line, each.column, each.read, each.taken) for each in found.repairs] == [
        (1, 10, "5", "S"),
        (2, 6, "O", "0"),
    ]


def test_what_is_read_too_badly_is_not_put_right() -> None:
    """Three mistakes are more than is repaired: all are told, and nothing is taken for anything."""
    found = read(PASSPORT.replace("ERIKSSON", "ER1K5SON").replace("MARIA", "MAR1A"), TODAY)
    assert found.repairs == ()
    assert found.document.family == "ER1K5SON"
    assert kinds(found)[:3] == [(Name.NAMES, DoubtKind.CHARACTER)] * 3


@pytest.mark.parametrize(
    ("birth", "told"),
    [("74<<<<", "1974"), ("7408<<", "1974-08"), ("<<<<<<", ""), ("120102", "1912-01-02"), ("120101", "2012-01-01")],
)
def test_a_birth_is_told_as_far_as_it_is_known_and_never_in_the_future(birth: str, told: str) -> None:
    zone = made(LAYOUTS[Size.TD3], {Name.BIRTH: birth})
    found = read(zone, TODAY)
    assert found.document.birth == told
    assert (Name.BIRTH, DoubtKind.DATE) not in kinds(found)


@pytest.mark.parametrize("birth", ["741345", "74<<12", "<<0812", "740230", "<4<<<<"])
def test_a_birth_that_is_no_date_is_doubted(birth: str) -> None:
    found = read(made(LAYOUTS[Size.TD3], {Name.BIRTH: birth}), TODAY)
    assert found.document.birth == ""
    assert (Name.BIRTH, DoubtKind.DATE) in kinds(found)


def test_expiry_is_the_nearest_and_told_when_it_is_past() -> None:
    past, ahead = (read(made(LAYOUTS[Size.TD3], {Name.EXPIRY: each}), TODAY) for each in ("111231", "380615"))
    assert (past.document.expiry, kinds(past)) == ("2011-12-31", [(Name.EXPIRY, DoubtKind.EXPIRED)])
    assert (ahead.document.expiry, kinds(ahead)) == ("2038-06-15", [])


def test_names_that_fill_their_field_may_be_cut_short() -> None:
    assert read(made(LAYOUTS[Size.TD1], {Name.NAMES: "A" * 20 + "<<" + "B" * 8}), TODAY).document.truncated
    assert not read(made(LAYOUTS[Size.TD1], {Name.NAMES: "A" * 20 + "<<" + "B" * 7}), TODAY).document.truncated


@pytest.mark.parametrize(
    ("zone", "what"),
    [
        ("", "0 lines of none"),
        (PASSPORT[:-1], "2 lines of 44, 43"),
        (PASSPORT.replace("MARIA", "MÄRIA"), "is no character of a zone"),
        ("IDFRABERTHIER".ljust(36, "<") + "\n" + "9409923102854CORINNE<<<<<<<6512068F4", "French card of 1995"),
        ("<" * 1_001, "none has so many"),
    ],
)
def test_what_is_no_zone_is_a_fault(zone: str, what: str) -> None:
    with pytest.raises(Fault, match=what) as told:
        read(zone, TODAY)
    assert told.value.remedy


def test_every_state_is_an_issuer_and_utopia_is_none() -> None:
    assert len(STATES) == 249
    assert [is_issuer(code) for code in ("DNK", "D", "XXB", "XXX", "UTO", "DK", "")] == [True] * 4 + [False] * 3


FILLS = {Name.CODE: "P<", Name.ISSUER: "DNK", Name.NATIONALITY: "SWE", Name.BIRTH: "740812", Name.SEX: "F"}
FILLS |= {Name.EXPIRY: "170415", Name.NAMES: "HOLM<<EVA", Name.NUMBER: "A1234567B", Name.OPTIONAL: ""}


def made(layout: Layout, fills: dict[Name, str], *, long: bool = False) -> str:
    """Return a zone with these fields and all check digits right; `long`: the number's is in the optional field."""
    lines = [["<"] * layout.length for _ in range(layout.lines)]
    for name, field in layout.fields.items():
        body = (FILLS | fills).get(name, "").ljust(field.end - field.begin, "<")
        lines[field.line][field.begin : field.end] = body
        if field.check is not None and not (long and name is Name.NUMBER):
            lines[field.line][field.check] = check_digit(body)
    if layout.last is not None:
        row, column = layout.last
        lines[row][column] = check_digit("".join("".join(lines[line][a:b]) for line, a, b in layout.over_all))
    return "\n".join("".join(line) for line in lines)


@st.composite
def zones(draw: st.DrawFn) -> tuple[Size, str]:
    size = draw(st.sampled_from(Size))
    number = draw(st.text(ALPHABET, min_size=1, max_size=9))
    family, forename = (draw(st.text(ALPHABET[10:], min_size=1, max_size=9)) for _ in range(2))
    code = {Size.MRV_A: "V<", Size.MRV_B: "V<", Size.TD3: "P<"}.get(size, "C<")
    return size, made(LAYOUTS[size], {Name.NUMBER: number, Name.CODE: code, Name.NAMES: f"{family}<<{forename}"})


@given(zones())
@settings(max_examples=60)
def test_whatever_is_written_right_is_read_without_a_doubt(zone: tuple[Size, str]) -> None:
    found = read(zone[1], TODAY)
    assert (found.document.size, found.doubts, found.repairs) == (zone[0], (), ())


@given(zones(), st.data())
@settings(max_examples=120)
def test_a_digit_read_wrong_is_never_passed_over(zone: tuple[Size, str], data: st.DataObject) -> None:
    """In whatever has a check digit: it is doubted or put right, and what is put right is told."""
    size, text = zone
    lines = text.split("\n")
    checked = [
        field for field in LAYOUTS[size].fields.values() if field.check is not None and field.holds is Place.DIGIT
    ]
    field = data.draw(st.sampled_from(checked))
    column = data.draw(st.integers(field.begin, field.end - 1))
    read_as = data.draw(st.sampled_from([each for each in ALPHABET if each != lines[field.line][column]]))
    line = lines[field.line]
    lines[field.line] = line[:column] + read_as + line[column + 1 :]
    found = read("\n".join(lines), TODAY)
    assert found.doubts or found.repairs
    assert len(found.repairs) <= MOST
    if not found.doubts:
        assert found.document == read(text, TODAY).document
