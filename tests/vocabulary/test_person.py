"""A person's record: attributes say how they came to be known, grounds are few, and marks that loosen are found out."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.agreements.personal import by_protection, by_risk
from comity.vocabulary.person import Birth, Ground, Nationality, PersonName, Recorded, RecordedSex, born_by
from comity.vocabulary.protection import Guard, Protection, Risk, loosened

CODES = ("SE", "DE", "NO", "FI")
COUNTRIES = st.lists(st.sampled_from(CODES), unique=True, max_size=3).map(tuple)
GUARDS = st.builds(
    Guard,
    protection=st.none() | st.builds(Protection, since=st.just(0), origin=COUNTRIES, fled=COUNTRIES),
    risks=COUNTRIES.map(lambda codes: tuple(Risk(country=one, since=0, source="office") for one in codes)),
    review=st.just(1),
)


def _forbids(guard: Guard, country: str) -> bool:
    return by_protection(guard, country) is not None or by_risk(guard, country) is not None


@given(old=GUARDS, new=GUARDS)
def test_what_does_not_loosen_forbids_all_that_was_forbidden(old: Guard, new: Guard) -> None:
    """No country that the old marks kept it from is let in by new ones that are not called looser."""
    if not loosened(new, old):
        assert all(_forbids(new, country) for country in CODES if _forbids(old, country))
    assert not loosened(old, old)


@pytest.mark.parametrize(
    ("date", "first"), [("1984", "1984-01-01"), ("1984-05", "1984-05-01"), ("1984-05-17", "1984-05-17")]
)
def test_a_date_of_birth_as_far_as_it_is_known(date: str, first: str) -> None:
    assert born_by(Birth(date=date, by=Recorded.DOCUMENT)) == first


@pytest.mark.parametrize("date", ["", "84", "1984-13", "1984-02-30", "1984-5", "1984-05-17T", "0000", "about 1984"])
def test_a_date_that_is_none(date: str) -> None:
    with pytest.raises(ValueError, match="no date"):
        Birth(date=date, by=Recorded.DOCUMENT)


def test_no_attribute_without_how_it_came_to_be_known() -> None:
    """Nor with a word that says it was guessed (safeguard 24)."""
    for kind, value in ((Birth, {"date": "1984"}), (RecordedSex, {"value": "F"}), (Nationality, {"country": "NO"})):
        for by in ({}, {"by": None}, {"by": "inferred"}, {"by": "name"}, {"by": "face"}, {"by": "guess"}):
            with pytest.raises(msgspec.ValidationError):
                msgspec.convert({**value, **by}, kind)
        assert msgspec.convert({**value, "by": "document"}, kind)


def test_what_is_no_ground_has_no_word() -> None:
    """Belief, opinion, origin, health and sexuality are not among the grounds (safeguard 20)."""
    words = {word for ground in Ground for word in ground.value.split("-")}
    assert not words & {
        "belief",
        "religion",
        "opinion",
        "origin",
        "race",
        "health",
        "sexuality",
        "union",
        "nationality",
    }


@pytest.mark.parametrize("code", ["XX", "ZZ", "se", "SWE", "", "S"])
def test_a_country_that_is_none(code: str) -> None:
    for plain, kind in (
        ({"country": code, "by": "stated"}, Nationality),
        ({"country": code, "since": 0, "source": "office"}, Risk),
        ({"since": 0, "origin": [code], "fled": []}, Protection),
        ({"since": 0, "origin": ["SE", "SE"], "fled": []}, Protection),
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(plain, kind)


def test_a_name_is_not_empty() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"kind": "alias", "family": " ", "given": ""}, PersonName)
