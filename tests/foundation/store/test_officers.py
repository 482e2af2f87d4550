"""Officers and their sessions."""

from __future__ import annotations

import pytest

from comity.foundation.store import officers, sessions
from comity.foundation.store.store import Store
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.officer import Officer, Role

_LIND = Officer(name="lind", role=Role.OFFICER)
_TOKEN = bytes(32)


def test_an_officer_is_added_once(store: Store) -> None:
    """A second of the same name is refused and changes nothing."""
    with store.upkeep() as t:
        officers.add(t, _LIND, "hash")
        with pytest.raises(Refused, match="already"):
            officers.add(t, Officer(name="lind", role=Role.ADMINISTRATOR), "other")
        officers.add(t, Officer(name="berg", role=Role.AUDITOR), "hash")
        assert officers.get(t, "lind") == (_LIND, "hash")
        assert officers.get(t, "none") is None
        assert [officer.name for officer in officers.all(t)] == ["berg", "lind"]


def test_a_changed_officer_must_log_in_again(store: Store) -> None:
    """A change of role or password ends the sessions opened before it."""
    with store.upkeep() as t:
        officers.add(t, _LIND, "hash")
        sessions.open(t, _TOKEN, "lind", 100)
        officers.change(t, Officer(name="lind", role=Role.SUPERVISOR), "new")
        assert sessions.find(t, _TOKEN, 1) is None
        assert officers.get(t, "lind") == (Officer(name="lind", role=Role.SUPERVISOR), "new")
        with pytest.raises(Missing):
            officers.change(t, Officer(name="none", role=Role.OFFICER), "new")


def test_a_session_runs_until_it_expires_or_is_closed(store: Store) -> None:
    """It is found before its end only, and not once closed; expired ones are cleared away."""
    other = bytes([1]) * 32
    with store.upkeep() as t:
        officers.add(t, _LIND, "hash")
        sessions.open(t, _TOKEN, "lind", 100)
        sessions.open(t, other, "lind", 200)
        assert sessions.find(t, _TOKEN, 99) == _LIND
        assert sessions.find(t, _TOKEN, 100) is None
        assert sessions.expire(t, 100) == 1
        sessions.close(t, other)
        sessions.close(t, other)
        assert sessions.find(t, other, 1) is None


def test_no_session_without_an_officer(store: Store) -> None:
    """A session is only opened for an officer there is."""
    with store.upkeep() as t, pytest.raises(Missing, match="no such officer"):
        sessions.open(t, _TOKEN, "none", 100)
