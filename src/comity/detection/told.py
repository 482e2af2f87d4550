"""Told: what a rule has said of one subject, so that it can say it better, or take it back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from comity.vocabulary.alert import Alert, Severity
from comity.vocabulary.instant import Duration, Instant


def withdrawn(alert: Alert, why: str) -> Alert:
    """Return the alert taken back: the same id, no confidence, and why."""
    return replace(
        alert,
        severity=Severity.LOW,
        confidence=0.0,
        explanation=f"This does not stand any more: {why} It had said: {alert.explanation}",
    )


class Found(msgspec.Struct, frozen=True):
    """What a rule finds now, whatever it has said before."""

    alert: Alert
    over: bool
    """Whether it has come to an end."""


class Told:
    """The alerts told of one subject."""

    __slots__ = ("_alerts", "_revised")

    def __init__(self, revised: Duration) -> None:
        """Tell again what goes on every `revised`, and at once what else has changed."""
        self._revised = revised
        self._alerts: list[Alert] = []

    def __len__(self) -> int:
        return len(self._alerts)

    @property
    def until(self) -> Instant:
        """When the newest of them was last seen to go on."""
        return max((alert.until for alert in self._alerts), default=0)

    def settle(self, found: Sequence[Found], since: Instant, why: str) -> list[Alert]:
        """Return what is to be told, given all that is found now from `since` on: new, revised, or withdrawn.

        What is found and lies in time over what was told is the same thing. What began before `since` keeps its begin.
        """
        tell: list[Alert] = []
        kept: list[Alert] = []
        for one in found:
            alert, before = one.alert, self._same(one.alert)
            if before is not None:
                self._alerts.remove(before)
                begin = before.time if before.time < since else alert.time
                alert = replace(alert, id=before.id, time=begin)
            if before is None or self._worth(before, alert, over=one.over):
                tell.append(alert)
                before = alert
            kept.append(before)
        old = [alert for alert in self._alerts if alert.time < since]  # of which too little is known to judge it again
        tell += [withdrawn(alert, why) for alert in self._alerts if alert.time >= since]
        self._alerts = kept + [alert for alert in old if alert.until >= since]
        return tell

    def _same(self, alert: Alert) -> Alert | None:
        return next((one for one in self._alerts if one.time <= alert.until and alert.time <= one.until), None)

    def _worth(self, before: Alert, alert: Alert, *, over: bool) -> bool:
        """Whether the alert says so much more or other than before that it is to be told."""
        if alert.time != before.time or alert.until < before.until:
            return True
        if (alert.kind, alert.severity) != (before.kind, before.severity):
            return True
        return alert.until - before.until >= (1 if over else self._revised)
