"""Attempts: failures are limited, successes are not, and the memory of them does not grow."""

from __future__ import annotations

from threading import Thread

import pytest

from comity.api import attempts
from comity.api.attempts import PER_ADDRESS, PER_NAME, WINDOW, Attempts
from comity.api.problems import TooMany


def _fail(counted: Attempts, name: str, address: str, times: int) -> int:
    """Fail so often, and return how many attempts were let through."""
    through = 0
    for _ in range(times):
        try:
            counted.begin(name, address)
        except TooMany:
            continue
        through += 1
    return through


def test_a_name_from_one_address_fails_so_often_and_no_more() -> None:
    counted = Attempts()
    assert _fail(counted, "anna", "10.0.0.1", 40) == PER_NAME
    assert _fail(counted, "bo", "10.0.0.1", 1) == 1
    assert _fail(counted, "anna", "10.0.0.2", 1) == 1, "who attacks anna from elsewhere does not lock her out"


def test_one_address_fails_so_often_with_any_names() -> None:
    counted = Attempts()
    through = sum(_fail(counted, f"name-{number}", "10.0.0.1", 1) for number in range(200))
    assert through == PER_ADDRESS


def test_who_gets_in_is_never_limited() -> None:
    counted = Attempts()
    for _ in range(500):
        counted.begin("anna", "10.0.0.1")
        counted.succeeded("anna", "10.0.0.1")
    assert len(counted) == 0


def test_failures_are_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(attempts, "steady", lambda: now[0])
    counted = Attempts()
    assert _fail(counted, "anna", "10.0.0.1", 20) == PER_NAME
    with pytest.raises(TooMany) as limited:
        counted.begin("anna", "10.0.0.1")
    assert limited.value.seconds == WINDOW
    now[0] += WINDOW
    assert _fail(counted, "anna", "10.0.0.1", 20) == PER_NAME


def test_the_memory_is_bounded() -> None:
    counted = Attempts(most=100)
    for number in range(10_000):
        _fail(counted, "anna", f"10.0.{number // 256}.{number % 256}", 1)
    assert len(counted) <= 100


def test_many_at_once_are_counted_before_they_have_failed() -> None:
    counted, through = Attempts(), [0] * 20
    threads = [
        Thread(target=lambda at=at: through.__setitem__(at, _fail(counted, "anna", "::1", 5))) for at in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(through) == PER_NAME
