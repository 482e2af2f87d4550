"""What is proven: a wish to be kept informed rests on clauses in force between the two, or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.cases import EXAMPLE, in_force
from comity.agreements import subscribing, terms
from comity.agreements.standing import Standing, State
from comity.agreements.subscribing import KINDS, LONGEST, flaw
from comity.vocabulary.instant import DAY, read
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subscription import Wish

_STANDING = in_force(terms.read(EXAMPLE.read_text("utf-8"), EXAMPLE.name))
NOW = read("2026-06-01T12:00:00Z")
WISH = Wish(
    kind=RecordKind.TRACK,
    area="kattegat",
    purpose=Purpose.SMUGGLING,
    agreement="kattegat-maritime",
    clauses=("tracks-in-the-kattegat",),
    until=NOW + DAY,
)


def judged(wish: Wish, *standings: Standing, owner: str = "dk.coord", subscriber: str = "se.coord") -> str | None:
    return flaw(wish, owner, subscriber, standings, NOW)


def test_what_a_clause_in_force_gives_can_be_subscribed_to(standing: Standing) -> None:
    assert judged(WISH, standing) is None
    assert judged(replace(WISH, area=""), standing) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": RecordKind.ALERT}, "gives no alert"),
        ({"kind": RecordKind.PERSON}, "cannot be subscribed to"),
        ({"area": "skagerrak"}, "has no area skagerrak"),
        ({"purpose": Purpose.FISHERIES}, "for fisheries"),
        ({"purpose": Purpose.TRAFFICKING}, "for trafficking"),
        ({"agreement": "another"}, "there is no agreement another"),
        ({"clauses": ("no-such",)}, "the clause no-such"),
        ({"clauses": ("tracks-in-the-kattegat", "alerts-in-the-kattegat")}, "sorted order"),
        ({"clauses": ("tracks-in-the-kattegat",) * 2}, "each once"),
        ({"until": NOW}, "in the past"),
        ({"until": NOW + LONGEST + 1}, "after 2027"),
    ],
)
def test_a_wish_that_rests_on_nothing_is_refused(standing: Standing, change: dict[str, object], reason: str) -> None:
    assert reason in (judged(replace(WISH, **change), standing) or "")


@pytest.mark.parametrize(
    ("owner", "subscriber"),
    [("dk.coord", "de.coord"), ("dk.coord", "dk.coord"), ("dk.coord", "no.coord"), ("no.coord", "se.coord")],
)
def test_only_a_party_to_whom_the_clause_gives_subscribes(standing: Standing, owner: str, subscriber: str) -> None:
    assert judged(WISH, standing, owner=owner, subscriber=subscriber)


def test_an_agreement_that_is_not_in_force_carries_nothing(standing: Standing) -> None:
    """Suspended, unproven, or replaced by a version that is: an older one does not count either."""
    assert "suspended" in (judged(WISH, replace(standing, state=State.SUSPENDED)) or "")
    assert "log" in (judged(WISH, replace(standing, standing_at=frozenset())) or "")
    newer = replace(in_force(replace(standing.terms, version=standing.terms.version + 1)), state=State.SUSPENDED)
    assert "suspended" in (judged(WISH, standing, newer) or "")
    ended = replace(WISH, until=standing.terms.in_force.end + 1)
    assert flaw(ended, "dk.coord", "se.coord", (standing,), standing.terms.in_force.end - DAY)


@given(
    st.sampled_from(RecordKind),
    st.sampled_from(Purpose),
    st.sampled_from(["dk.coord", "se.coord", "de.coord"]),
    st.sampled_from(["dk.coord", "se.coord", "de.coord"]),
    st.sampled_from(["alerts-in-the-kattegat", "alerts-in-the-western-baltic", "tracks-in-the-kattegat"]),
)
def test_no_wish_goes_beyond_its_clause(
    kind: RecordKind, purpose: Purpose, owner: str, subscriber: str, clause: str
) -> None:
    """Whatever is asked of whom: it is founded only if the clause itself gives that kind to that party for that."""
    standing = _STANDING
    wish = replace(WISH, kind=kind, purpose=purpose, area="", clauses=(clause,))
    founded = judged(wish, standing, owner=owner, subscriber=subscriber) is None
    named = next(one for one in _STANDING.terms.clauses if one.id == clause)
    gives = named.give is kind and subscriber in named.to and owner in named.givers and purpose in named.purposes
    assert founded == (gives and owner != subscriber and kind in KINDS)
    assert subscribing.standing_of("kattegat-maritime", [standing], NOW, owner, subscriber) is standing
