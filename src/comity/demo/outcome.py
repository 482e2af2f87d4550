"""The outcome: what the nodes say happened, counted and checked, every proof verified from its file alone."""

from __future__ import annotations

import math
import subprocess
import sys
from functools import partial

import msgspec
from rich.console import Console
from rich.table import Table

from comity.demo.desk import Desk, wait_for
from comity.demo.play import Played
from comity.demo.process import at_once
from comity.demo.stage import Stage
from comity.exchange import cards
from comity.exchange.partners import log_keys
from comity.foundation.clock import steady
from comity.foundation.store.fsck import fsck
from comity.node.assemble import opened
from comity.vocabulary.fault import Fault

_NODES = 3
_TRACKS = 1_000
_PROOF = 30.0
"""Seconds until both logs must prove a release."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Real counts, added up over the nodes."""

    nodes: int
    sightings: int
    tracks: int
    alerts: int
    decisions: int
    releases: int
    receipts: int
    withheld_fields: int
    denied: int
    proofs_checked: int
    proofs_failed: int
    lost: int
    """Releases that the partner does not have, and sightings in the feeds' files that the nodes do not have."""
    latency_ms_p50: float
    """From the release decided to the partner's receipt in hand, so a little more than to durable at the partner."""
    latency_ms_p99: float
    seconds: float

    @property
    def sound(self) -> bool:
        """Whether all went as it should."""
        return (
            self.nodes == _NODES
            and self.tracks >= _TRACKS
            and min(self.alerts, self.decisions) > 1
            and self.receipts == self.releases >= 1
            and min(self.withheld_fields, self.denied) >= 1
            and self.proofs_checked > 0
            and self.proofs_failed == self.lost == 0
        )


def examine(stage: Stage, desks: list[Desk], played: Played, begun: float) -> Outcome:
    """Ask the nodes, verify each release's bundle, re-read each log, and return what came out."""
    summaries = [desk.summary() for desk in desks]
    releases = {desk.node: desk.releases() for desk in desks}
    received = {desk.node: {item["message"] for item in desk.received()} for desk in desks}
    every = [release for found in releases.values() for release in found]
    times = sorted(release["milliseconds"] for release in every if release["milliseconds"] is not None)
    checked, failed = _verify(stage, desks, played)
    logs, broken = _read_logs(stage)
    return Outcome(
        nodes=len(summaries),
        sightings=sum(summary["sightings"] for summary in summaries),
        tracks=sum(summary["tracks"] for summary in summaries),
        alerts=sum(summary["alerts"] for summary in summaries),
        decisions=sum(summary["decisions"] for summary in summaries),
        releases=len(every),
        receipts=sum(release["state"] == "accepted" for release in every),
        withheld_fields=len(played.withheld),
        denied=played.denied,
        proofs_checked=checked + logs,
        proofs_failed=failed + broken,
        lost=sum(release["message"] not in received[release["partner"]] for release in every)
        + sum(sum(stage.expected[summary["node"]].values()) - summary["sightings"] for summary in summaries),
        latency_ms_p50=_percentile(times, 0.50),
        latency_ms_p99=_percentile(times, 0.99),
        seconds=round(steady() - begun, 1),
    )


def _verify(stage: Stage, desks: list[Desk], played: Played) -> tuple[int, int]:
    """Fetch each release's bundle once both logs prove it, and let `comity verify` check each from its file alone."""
    by_node = {desk.node: desk for desk in desks}
    trusted = [word for card in stage.cards.values() for word in ("--trust", cards.fingerprint(card))]
    exits: list[int] = []

    def check(node: str, message: str) -> None:
        desk = by_node[node]
        wait_for(f"the proof of {message[:12]}", partial(_proven, desk, message), _PROOF)
        file = stage.folder / f"{message[:16]}.comity-bundle"
        file.write_bytes(desk.bundle(message))
        command = [sys.executable, "-m", "comity.cli.main", "verify", str(file), *trusted]
        exits.append(subprocess.run(command, stdout=subprocess.DEVNULL, check=False, timeout=_PROOF).returncode)

    at_once([partial(check, node, message) for node, message in played.releases])
    return len(exits), sum(code != 0 for code in exits)


def _proven(desk: Desk, message: str) -> bool:
    if not any(release["message"] == message and release["proven"] for release in desk.releases()):
        return False
    try:
        desk.bundle(message)
    except Fault:
        return False
    return True


def _read_logs(stage: Stage) -> tuple[int, int]:
    """Re-read every node's whole log and hold it against itself."""
    faults = 0
    for neighbour in stage.neighbours:
        with opened(neighbour.folder) as node, node.store.reading() as transaction:
            faults += fsck(transaction, log_keys(transaction, node.own.card), _silently).found
    return len(stage.neighbours), faults


def _silently(done: int, total: int) -> None:
    """Show no progress: the logs of a rehearsal are short."""
    del done, total


def _percentile(values: list[int], share: float) -> float:
    if not values:
        return math.nan
    return float(values[min(len(values) - 1, math.ceil(share * len(values)) - 1)])


def show(found: Outcome, console: Console) -> None:
    """Print the summary for people."""
    console.print()
    console.rule("[bold]What came of it[/bold]", align="left")
    table = Table.grid(padding=(0, 2))
    for words, value in (
        ("sightings taken in", f"{found.sightings:,}"),
        ("tracks", f"{found.tracks:,}"),
        ("alerts", f"{found.alerts:,}"),
        ("decisions by named officers", f"{found.decisions:,}"),
        ("releases, all receipted" if found.receipts == found.releases else "releases", f"{found.releases:,}"),
        ("fields withheld", f"{found.withheld_fields:,}"),
        ("requests denied", f"{found.denied:,}"),
        ("proofs checked (bundles and whole logs)", f"{found.proofs_checked:,}, {found.proofs_failed} failed"),
        ("lost", f"{found.lost:,}"),
        ("decided to receipted", f"{found.latency_ms_p50:.0f} ms median, {found.latency_ms_p99:.0f} ms at most"),
        ("seconds", f"{found.seconds:g}"),
    ):
        table.add_row(words, value)
    console.print(table)
    console.print("[green]✓ all as it should be[/green]" if found.sound else "[red]✗ something failed[/red]")
