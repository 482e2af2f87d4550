"""A desk: one officer signed in at one node, over the node's own API."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from comity.exchange.deadline import trusted
from comity.foundation.clock import steady
from comity.vocabulary.fault import Fault

_TIMEOUT = 20.0

_Found = TypeVar("_Found")


class Desk:
    """What an officer can do, by name; every answer is the node's JSON."""

    def __init__(self, node: str, address: str, name: str, password: str) -> None:
        self.node = node
        self.officer = name
        self.address = address
        self._client = httpx.Client(base_url=f"{address}/api", timeout=_TIMEOUT, trust_env=False, verify=trusted())
        try:
            session = self._call("POST", "/session", {"name": name, "password": password})
        except BaseException:
            self.close()
            raise
        self._client.headers["authorization"] = f"Bearer {session['token']}"

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def summary(self) -> dict[str, Any]:
        """Return the node's counts."""
        return dict(self._call("GET", "/summary"))

    def alerts(self) -> list[dict[str, Any]]:
        """Return every alert of the node."""
        found: list[dict[str, Any]] = []
        while page := self._call("GET", f"/alerts?limit=500&after={found[-1]['sequence'] if found else 0}"):
            found += page
        return found

    def agreements(self) -> list[dict[str, Any]]:
        """Return the node's agreements."""
        return list(self._call("GET", "/agreements"))

    def open(self, alert: str) -> dict[str, Any]:
        """Open one alert with its sightings."""
        return dict(self._call("GET", f"/alerts/{alert}"))

    def decide(self, alert: str, judgement: str, reason: str) -> dict[str, Any]:
        """Judge one alert."""
        return dict(self._call("POST", f"/alerts/{alert}/decision", {"judgement": judgement, "reason": reason}))

    def preview(self, alert: str, partner: str, purpose: str) -> dict[str, Any]:
        """Ask what the partner would be given."""
        return dict(self._call("POST", f"/alerts/{alert}/preview", {"partner": partner, "purpose": purpose}))

    def release(self, alert: str, partner: str, purpose: str) -> dict[str, Any]:
        """Give the alert to the partner."""
        return dict(self._call("POST", f"/alerts/{alert}/release", {"partner": partner, "purpose": purpose}))

    def releases(self) -> list[dict[str, Any]]:
        """Return the node's newest releases."""
        return list(self._call("GET", "/releases?limit=500"))

    def bundle(self, message: str) -> bytes:
        """Fetch the proof bundle of one release."""
        response = self._client.get(f"/releases/{message}/bundle")
        self._check(response)
        return response.content

    def recall(self, message: str, act: str, reason: str, **more: object) -> str:
        """Call a record of a release back, and return the recall's id."""
        return str(self._call("POST", "/recalls", {"message": message, "act": act, "reason": reason, **more})["recall"])

    def recalls(self, query: str = "") -> list[dict[str, Any]]:
        """Return the recalls that the node sent."""
        return list(self._call("GET", f"/recalls{query}"))

    def recalled_here(self) -> list[dict[str, Any]]:
        """Return what partners called back from the node."""
        return list(self._call("GET", "/recalls/here"))

    def received(self) -> list[dict[str, Any]]:
        """Return the newest records that partners gave."""
        return list(self._call("GET", "/received?limit=500"))

    def received_tracks(self) -> list[dict[str, Any]]:
        """Return partners' tracks, of each the newest position."""
        return list(self._call("GET", "/received/tracks?limit=5000"))

    def tracks(self) -> list[dict[str, Any]]:
        """Return the node's own tracks."""
        return list(self._call("GET", "/tracks"))

    def subscriptions(self) -> list[dict[str, Any]]:
        """Return the node's subscriptions, of both sides."""
        return list(self._call("GET", "/subscriptions?limit=500"))

    def subscribe(self, wish: dict[str, object]) -> str:
        """Ask a partner to be kept informed; return the subscription's id."""
        return str(self._call("POST", "/subscriptions", wish)["subscription"])

    def accept_subscription(self, subscription: str, reason: str) -> None:
        """Accept what a partner asked for."""
        self._post(f"/subscriptions/{subscription}/accept", {"reason": reason})

    def end_subscription(self, subscription: str, reason: str) -> None:
        """End a subscription."""
        self._post(f"/subscriptions/{subscription}/end", {"reason": reason})

    def inquiries(self) -> list[dict[str, Any]]:
        """Return the node's inquiries, of both sides."""
        return list(self._call("GET", "/inquiries?limit=500"))

    def inquiry(self, inquiry: str) -> dict[str, Any]:
        """Return one inquiry, with what was hit and which messages bring what lies behind."""
        return dict(self._call("GET", f"/inquiries/{inquiry}"))

    def inquire(self, owner: str, question: dict[str, object], reason: str) -> str:
        """Ask a partner whether it holds anything on a thing; return the inquiry's id."""
        body: dict[str, object] = {"owner": owner, "question": question, "reason": reason}
        return str(self._call("POST", "/inquiries", body)["inquiry"])

    def give(self, inquiry: str, records: list[str]) -> list[dict[str, Any]]:
        """Give the asker records that were hit."""
        return list(self._call("POST", f"/inquiries/{inquiry}/give", {"records": records}))

    def decline(self, inquiry: str, reason: str) -> None:
        """Keep back what lies behind a hit."""
        self._post(f"/inquiries/{inquiry}/decline", {"reason": reason})

    def _post(self, path: str, body: dict[str, object]) -> None:
        self._check(self._client.post(path, json=body))

    def _call(self, method: str, path: str, body: dict[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
        response = self._client.request(method, path, json=body)
        self._check(response)
        return response.json()

    def _check(self, response: httpx.Response) -> None:
        if response.is_error:
            told = response.json() if "json" in response.headers.get("content-type", "") else {}
            what = told.get("what") or told.get("detail") or f"status {response.status_code}"
            raise Fault(what, where=f"{self.node} {response.request.url.path}", remedy=told.get("remedy", ""))


def wait_for(what: str, look: Callable[[], _Found | None], seconds: float = 60.0) -> _Found:
    """Look again and again until there is something to return.

    Raises:
        Fault: it did not come in time.
    """
    deadline = steady() + seconds
    pause = threading.Event()
    while True:
        found = look()
        if found:
            return found
        if steady() > deadline:
            raise Fault(f"{what} did not come within {seconds:g} s", remedy="Look at the nodes' logs in .demo/.")
        pause.wait(0.1)
