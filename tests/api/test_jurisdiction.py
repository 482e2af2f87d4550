"""Jurisdiction over the API: the node answers by its own agreements, cards and coastline."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.conftest import SignIn
from builders import pair
from comity.vocabulary.instant import MINUTE
from comity.vocabulary.officer import Role

OFF_GILLELEJE = {"latitude": 56.20, "longitude": 12.30}
INLAND = {"latitude": 56.30, "longitude": 9.50}


def _asked(client: httpx.Client, **changes: object) -> Any:  # noqa: ANN401 - JSON
    question = {"unit": "dk.coord", "kind": "patrol-vessel", "act": "observe", "place": OFF_GILLELEJE, **changes}
    answer = client.post("/jurisdiction", json=question)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def client(sign_in: SignIn) -> httpx.Client:
    """Return the client of an officer."""
    return sign_in(Role.OFFICER)


def test_at_home_and_abroad(client: httpx.Client) -> None:
    """A State's own unit on its own land is permitted; another's, with no power there, is not."""
    at_home = _asked(client, kind="vehicle", act="enter", place=INLAND)
    assert (at_home["verdict"], at_home["zones"]) == ("permitted", ["dk.land"])
    abroad = _asked(client, unit="se.coord", kind="vehicle", act="enter", place=INLAND)
    assert abroad["verdict"] == "forbidden"
    assert abroad["indicative"]


def test_a_time_is_taken_as_said(client: httpx.Client) -> None:
    """The answer is the same for a time that is said as for now, where nothing hangs on it."""
    now = _asked(client)
    assert _asked(client, time=pair.NOW + MINUTE)["verdict"] == now["verdict"]


@pytest.mark.parametrize(
    "changes",
    [{"act": "fly"}, {"place": {"latitude": 91, "longitude": 0}}, {"unit": "Denmark"}, {"time": -1}, {"more": 1}],
    ids=["act", "place", "unit", "time", "key"],
)
def test_what_is_no_question_is_refused(client: httpx.Client, changes: dict[str, object]) -> None:
    question = {"unit": "dk.coord", "kind": "patrol-vessel", "act": "observe", "place": OFF_GILLELEJE, **changes}
    assert client.post("/jurisdiction", json=question).status_code == 400
