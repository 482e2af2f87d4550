"""Standing: in force only when signed and proven by all, within its dates, and never by way of an older version."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.cases import NOW, in_force
from comity.agreements.frame import Term
from comity.agreements.standing import Standing, State, current, obstacle
from comity.agreements.terms import Terms
from comity.vocabulary.instant import DAY

PARTIES = ("dk.coord", "se.coord", "de.coord")


@given(
    state=st.sampled_from(State),
    signed=st.sets(st.sampled_from(PARTIES)),
    proven=st.sets(st.sampled_from(PARTIES)),
    now=st.integers(0, 2**45),
)
def test_in_force_only_when_all_is_there(
    standing: Standing, state: State, signed: set[str], proven: set[str], now: int
) -> None:
    """No obstacle if and only if it is finalized, all have signed, all logs are proven, and the dates hold."""
    changed = msgspec.structs.replace(standing, state=state, signed=frozenset(signed), standing_at=frozenset(proven))
    term = standing.terms.in_force
    sound = state is State.FINALIZED and signed == proven == set(PARTIES) and term.start <= now < term.end
    assert (obstacle(changed, now) is None) == sound


def test_dates_to_the_millisecond(standing: Standing) -> None:
    """In force from the first instant of its first day up to and without the first after its last."""
    term = standing.terms.in_force
    assert obstacle(standing, term.start) is None
    assert obstacle(standing, term.end - 1) is None
    assert "only from" in str(obstacle(standing, term.start - 1))
    assert "only until" in str(obstacle(standing, term.end))


def _version(terms: Terms, number: int, *, start: int = NOW - DAY, state: State = State.FINALIZED) -> Standing:
    term = Term(start=start, end=terms.in_force.end)
    return in_force(msgspec.structs.replace(terms, version=number, in_force=term), state)


@pytest.mark.parametrize("state", [State.SUSPENDED, State.TERMINATED])
def test_no_older_version_takes_its_place(terms: Terms, state: State) -> None:
    """While the newest version is suspended or ended, the older one does not come back."""
    chosen = list(current([_version(terms, 1), _version(terms, 2, state=state)], NOW))
    assert [(one.terms.version, one.state) for one in chosen] == [(2, state)]


def test_a_version_waits_for_its_day(terms: Terms) -> None:
    """A signed version that begins tomorrow leaves today's in force; one only offered never does otherwise."""
    tomorrow = _version(terms, 2, start=NOW + DAY)
    offered = _version(terms, 3, state=State.OFFERED)
    both = [_version(terms, 1), tomorrow, offered]
    assert [one.terms.version for one in current(both, NOW)] == [1]
    assert [one.terms.version for one in current(both, NOW + DAY)] == [2]


def test_two_texts_of_one_version(terms: Terms) -> None:
    """Where two proven texts claim to be the same version, neither counts."""
    other = msgspec.structs.replace(terms, purposes=terms.purposes[::-1])
    assert list(current([_version(terms, 1), _version(other, 1)], NOW)) == []


def test_an_offer_cannot_disturb(terms: Terms) -> None:
    """A text that is only offered, though it claims the version in force, takes nothing away from it."""
    other = msgspec.structs.replace(terms, purposes=terms.purposes[::-1])
    assert len(list(current([_version(terms, 1), _version(other, 1, state=State.OFFERED)], NOW))) == 1
