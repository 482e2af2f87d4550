"""The play: what the officers of the three nodes do, told in the terminal as it happens.

Everything goes over the nodes' own APIs, as it would from a screen. With a person at the terminal, the person decides;
unattended, the play does.
"""

from __future__ import annotations

from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from comity.demo.desk import Desk, wait_for
from comity.demo.stage import Stage
from comity.vocabulary.instant import Instant, written

_LAST = 90.0
"""Seconds to wait for what the story brings."""


class Played(msgspec.Struct, kw_only=True):
    """What the play itself has seen happen, to be held against what the nodes say at the end."""

    decisions: int = 0
    releases: list[tuple[str, str]] = msgspec.field(default_factory=list)
    """Node and message id of each."""
    withheld: set[str] = msgspec.field(default_factory=set)
    """Fields that the first share kept back."""
    denied: int = 0


class Play:
    """The scenes, in order."""

    def __init__(self, stage: Stage, desks: list[Desk], console: Console, *, unattended: bool) -> None:
        self._stage = stage
        self._facts = stage.facts
        self._denmark, self._sweden, self._germany = desks
        self._console = console
        self._unattended = unattended
        self.played = Played()
        self._shown: set[tuple[str, str]] = set()

    def run(self) -> Played:
        """Play all scenes and return what happened."""
        dark = self._vessels_go_dark()
        meeting = self._something_meets()
        self._shares(dark, meeting)
        self._is_denied(dark[0])
        self._answers_distress()
        return self.played

    def _vessels_go_dark(self) -> list[dict[str, Any]]:
        self._scene("Two vessels fall silent", "Danish waters; AIS alone, so no telling where they are")
        found = [self._await(self._denmark, "going-dark", mmsi) for mmsi in self._facts.meeting]
        for alert in found:
            self._tell(alert)
            self._judge(self._denmark, alert, "silent for hours while others around were heard; no reason known")
        return found

    def _something_meets(self) -> dict[str, Any]:
        self._scene("Something meets something", "the same waters; a Swedish radar, which knows no names")
        alert = self._await(self._sweden, "meeting", None)
        self._tell(alert)
        self._judge(self._sweden, alert, "two targets side by side, slow, and no transponder on either")
        return alert

    def _shares(self, dark: list[dict[str, Any]], meeting: dict[str, Any]) -> None:
        self._scene("Each gives the other what the agreement permits", "names go east, the meeting place goes west")
        for alert in dark:
            self._share(self._denmark, alert, self._sweden, "smuggling")
        self._reads(self._sweden)
        self._share(self._sweden, meeting, self._denmark, "smuggling")
        self._reads(self._denmark)
        self._say("The meeting lies between the last and the next word of both vessels: two nations, one story.")

    def _reads(self, desk: Desk) -> None:
        """Show what the partner's officer now has."""
        arrived = wait_for(f"the record at {desk.node}", lambda: desk.received() or None)[0]
        table = Table(title=f"{desk.officer} at {desk.node} reads, from {arrived['sender']}", title_justify="left")
        table.add_column("field")
        table.add_column("value")
        for name, value in sorted(arrived["fields"].items()):
            table.add_row(name, written(value) if name in {"time", "until"} else str(value))
        self._console.print(table)
        self._say(
            f"to be used for {arrived['purpose']}, TLP:{arrived['handling']['tlp']}, onward "
            f"{arrived['handling']['onward']}, erased by {written(arrived['keep_until'])[:10]}"
        )

    def _is_denied(self, alert: dict[str, Any]) -> None:
        self._scene("The third neighbour asks too", "it is no party to the clause on the Kattegat")
        answer = self._denmark.release(alert["id"], self._germany.node, "smuggling")
        if not answer["permitted"]:
            self.played.denied += 1
            self._say(f"[bold]denied[/bold]: {answer['reason']}")
            for near in answer.get("nearest", ()):
                self._say(f"nearest: {near['clause'] or near['agreement']} — {near['condition']}")
            self._say(f"[dim]all that the partner could be told: {answer['code']}[/dim]")

    def _answers_distress(self) -> None:
        self._scene("A beacon calls", "rescue first: position and need to the competent centre, and nothing else")
        alert = self._await(self._denmark, "distress", self._facts.distress)
        self._tell(alert)
        self._judge(self._denmark, alert, "a search-and-rescue transmitter; no sign of a test")
        self._share(self._denmark, alert, self._sweden, "search-and-rescue")

    def _share(self, giver: Desk, alert: dict[str, Any], taker: Desk, purpose: str) -> None:
        """Show what the partner will see, send it, and follow it to the receipt."""
        preview = giver.preview(alert["id"], taker.node, purpose)
        self._show(giver, taker, alert, preview)
        if not preview["permitted"] or not self._agrees(f"Send it to {taker.node}?"):
            return
        answer = giver.release(alert["id"], taker.node, purpose)
        if not answer["permitted"]:
            self._say(f"[bold]denied[/bold]: {answer['reason']}")
            return
        self.played.withheld |= {item["field"] for item in answer["withheld"]}
        self.played.releases.append((giver.node, answer["message"]))
        release = wait_for("the receipt", lambda: self._receipted(giver, answer["message"]))
        self._say(
            f"sealed, sent, and receipted by {taker.node} after {release['milliseconds']} ms: {release['state']} "
            f"(message {answer['message'][:12]}…, entry {release['entry']} of our log)"
        )

    def _receipted(self, desk: Desk, message: str) -> dict[str, Any] | None:
        found = [item for item in desk.releases() if item["message"] == message]
        return found[0] if found and found[0]["milliseconds"] is not None else None

    def _show(self, giver: Desk, taker: Desk, alert: dict[str, Any], preview: dict[str, Any]) -> None:
        if not preview["permitted"]:
            self._say(f"[bold]{giver.node} may not give this to {taker.node}[/bold]: {preview['reason']}")
            return
        clause = f"clause [bold]{preview['clause']}[/bold] ({preview['basis']}), alert {alert['id'][:12]}…"
        if (taker.node, preview["clause"]) in self._shown:
            self._say(f"{giver.node} → {taker.node}: the same fields, by the same {clause}")
            return
        self._shown.add((taker.node, preview["clause"]))
        table = Table(title=f"{giver.node} → {taker.node}: what they will see", title_justify="left", expand=False)
        table.add_column("given")
        table.add_column("withheld")
        table.add_column("why")
        withheld = [(item["field"], item["reason"]) for item in preview["withheld"]]
        for place in range(max(len(preview["fields"]), len(withheld))):
            given = preview["fields"][place] if place < len(preview["fields"]) else ""
            table.add_row(given, *(withheld[place] if place < len(withheld) else ("", "")))
        self._console.print(table)
        self._say(clause)

    def _judge(self, desk: Desk, alert: dict[str, Any], reason: str) -> None:
        """Let the person judge, or unattended confirm."""
        judgement = "confirmed"
        if not self._unattended:
            choice = click.Choice(["confirmed", "rejected", "unsure"])
            judgement = click.prompt(f"{desk.officer}, your judgement", type=choice, default="confirmed")
            reason = click.prompt("and why", default=reason)
        desk.decide(alert["id"], judgement, reason)
        self.played.decisions += 1
        self._say(f"{desk.officer} at {desk.node}: [bold]{judgement}[/bold] — {reason}")

    def _agrees(self, question: str) -> bool:
        return self._unattended or click.confirm(question, default=True)

    def _await(self, desk: Desk, kind: str, mmsi: int | None) -> dict[str, Any]:
        """Wait for a simulated alert of this kind, about this vessel if one is named, and open it."""

        def look() -> dict[str, Any] | None:
            for queued in desk.alerts():
                alert = queued["alert"]
                numbers = [subject.get("mmsi") for subject in alert["subjects"]]
                if alert["kind"] == kind and alert.get("simulated") and (mmsi is None or mmsi in numbers):
                    return dict(desk.open(alert["id"])["alert"])
            return None

        return wait_for(f"the {kind} alert", look, _LAST)

    def _tell(self, alert: dict[str, Any]) -> None:
        self._say(f"[bold]{alert['kind']}[/bold] at {_at(alert['time'])}, {alert['severity']}: {alert['explanation']}")
        self._say(
            f"[dim]rule {alert['rule']} {alert['version']}, confidence {alert['confidence']:.2f}, stands on "
            f"{len(alert['sightings'])} sightings; what would change its mind: {alert['would_change']}[/dim]"
        )

    def _scene(self, title: str, where: str) -> None:
        self._console.print()
        self._console.rule(f"[bold]{title}[/bold]", align="left")
        self._say(f"[dim]{where}[/dim]")

    def _say(self, words: str) -> None:
        self._console.print(f"  {words}", highlight=False)


def _at(instant: Instant) -> str:
    return written(instant)[11:16] + " UTC"
