"""Duties: what officers do at their desks, and wait for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from comity.demo.desk import Desk, wait_for
from comity.foundation.clock import wall
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import HOUR, Instant
from stories.house import PATIENCE

PURPOSE = "smuggling"


def all_settled(desk: Desk) -> bool:
    """Whether every message of the node has its receipt."""
    return all("queued" not in states for states in desk.summary()["outbox"].values())


def in_force(desk: Desk) -> bool:
    """Whether the agreement is in force at a node."""
    return any(agreement["in_force"] for agreement in desk.agreements())


def alerts(desk: Desk, count: int, kind: str = "going-dark") -> list[dict[str, Any]]:
    """Wait until the node has so many alerts of a kind, and return them in the order in which they were raised."""

    def look() -> list[dict[str, Any]] | None:
        found = [queued["alert"] for queued in desk.alerts() if queued["alert"]["kind"] == kind]
        return found if len(found) >= count else None

    return wait_for(f"{count} {kind} alerts at {desk.node}", look, PATIENCE)


def release(desk: Desk, alert: dict[str, Any], partner: str, purpose: str = PURPOSE) -> str:
    """Confirm the alert and give it to the partner; return the message's id."""
    desk.decide(alert["id"], "confirmed", "silent while others were heard; no reason known")
    answer = desk.release(alert["id"], partner, purpose)
    assert answer["permitted"], answer
    return str(answer["message"])


def settled(desk: Desk, messages: list[str], state: str = "accepted") -> list[dict[str, Any]]:
    """Wait until each of these releases has come to a state, and return them in the order of their sequence."""

    def look() -> list[dict[str, Any]] | None:
        found = [release for release in desk.releases() if release["message"] in messages]
        return found if {release["state"] for release in found} == {state} and len(found) == len(messages) else None

    return sorted(wait_for(f"{len(messages)} times {state}", look, PATIENCE), key=lambda item: item["sequence"])


def past(fleet_length: int) -> Instant:
    """Return a beginning for a fleet that has already sailed: its whole feed is due at once."""
    return wall() - fleet_length - HOUR


def refused(act: Callable[[], object]) -> Fault:
    """Return the fault that an act at a desk ends with, which it must."""
    try:
        act()
    except Fault as fault:
        return fault
    raise AssertionError("it was not refused")
