"""The rehearsal: the stage is set, the processes run, the play is played, and everything is checked."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from comity.demo import outcome, stage
from comity.demo.desk import Desk, wait_for
from comity.demo.outcome import Outcome
from comity.demo.play import Play
from comity.demo.process import Cast
from comity.demo.stage import Pace, Stage
from comity.exchange import cards
from comity.foundation import canonical
from comity.foundation.clock import steady, wall
from comity.vocabulary.instant import written

_LOOK = 1.0
"""Seconds between two looks at what has changed."""


class Rehearsal:
    """The nodes at work, the story told to its end, and the officers' desks."""

    def __init__(self, made: Stage, desks: list[Desk], console: Console, begun: float) -> None:
        self._made = made
        self._desks = desks
        self._console = console
        self._begun = begun

    def play(self, *, unattended: bool) -> Outcome:
        """Play the officers in the terminal, check everything, and return what came of it."""
        played = Play(self._made, self._desks, self._console, unattended=unattended).run()
        found = outcome.examine(self._made, self._desks, played, self._begun)
        outcome.show(found, self._console)
        _point_to_proofs(self._made, self._console)
        return found

    def guide(self) -> None:
        """Tell the person at the terminal what to do at the screen."""
        denmark, sweden, germany = self._made.neighbours
        self._console.print()
        self._console.rule("[bold]Now you are the duty officer[/bold]", align="left")
        for number, words in enumerate(
            (
                f"Open {denmark.address} and sign in:  {denmark.officer}  {denmark.password}",
                "Take the alert on LYNGEN STAR (J and K move, Enter opens). Read why. Press 1, say why you confirm.",
                f"Press S, choose {sweden.name} and smuggling: your record beside what they will see. Send it.",
                f"Open {sweden.address} as  {sweden.officer}  {sweden.password}  and find it under Received.",
                f"Back in Denmark, try to give it to {germany.name}: denied, and why.",
                "Under Exchange, see receipt and proof; download the bundle; check it: .venv/bin/comity verify FILE",
            ),
            start=1,
        ):
            self._console.print(f"  {number}  {words}", soft_wrap=True)
        self._console.print("\nWhat you do is told here. Ctrl-C stops everything.")

    def follow(self, ending: threading.Event) -> None:
        """Tell what changes at the nodes, until told to end."""
        before = [_counted(desk) for desk in self._desks]
        while not ending.wait(_LOOK):
            now = [_counted(desk) for desk in self._desks]
            for desk, was, has in zip(self._desks, before, now, strict=True):
                for words, number in has.items():
                    if number > was[words]:
                        self._console.print(f"  {desk.node}: {number - was[words]} {words}")
            before = now


def _counted(desk: Desk) -> dict[str, int]:
    summary = desk.summary()
    states = [state for found in summary["outbox"].values() for state in found.items()]
    return {
        "decided": summary["decisions"],
        "sent, and receipted by the partner": sum(number for state, number in states if state == "accepted"),
        "refused by the partner": sum(number for state, number in states if state == "refused"),
        "received": summary["received"],
    }


@contextmanager
def rehearse(folder: Path, console: Console) -> Iterator[Rehearsal]:
    """Set the stage, start the nodes, let the story pass, and yield the rehearsal while they run."""
    begun = steady()
    canonical.prepare()
    os.environ.pop("COMITY_DATABASE", None)  # each node of the demo has a database of its own
    console.rule("[bold]Comity[/bold]: three neighbours around the Kattegat and the Sound", align="left")
    made = stage.build(folder.absolute(), Pace())
    with Cast(made.processes()), ExitStack() as closing_time:
        stage.introduce(made)
        desks = [
            closing_time.enter_context(closing(Desk(each.name, each.address, each.officer, each.password)))
            for each in made.neighbours
        ]
        _present(made, console)
        _agree(made, desks, console)
        _watch(made, desks, console)
        yield Rehearsal(made, desks, console, begun)


def _present(made: Stage, console: Console) -> None:
    console.print("Four processes on loopback, each with its own keys and database:\n")
    for each in made.neighbours:
        console.print(f"  [bold]{each.name}[/bold]  {each.agency}")
        console.print(f"    address      {each.address}", soft_wrap=True)
        console.print(f"    sign-in      {each.officer}  {each.password}", soft_wrap=True)
        console.print(f"    fingerprint  {cards.fingerprint(made.cards[each.name])}")
    name = made.witness.name
    console.print(f"  [bold]{name}[/bold]  the oversight board's witness, which sees logs grow and no records")
    console.print(f"    fingerprint  {cards.fingerprint(made.cards[name])}")
    console.print("\n[green]✓[/green] cards exchanged; each was accepted by an officer who compared its fingerprint")
    console.print(
        f"[green]✓[/green] recorded AIS of 2013-11-12 12:00 UTC is shown {made.shift} ms later, at "
        f"{written(made.begin)}; original times are kept, identities in it are invented; the rest is simulated, and "
        "marked so"
    )


def _agree(made: Stage, desks: list[Desk], console: Console) -> None:
    """Bring the agreement into force: signed by all, in every log, under witnessed checkpoints."""
    name = stage.agree(made)
    for neighbour in made.neighbours[1:]:
        wait_for(f"the offer at {neighbour.name}", partial(stage.accept, neighbour))
    for desk in desks:
        wait_for(f"{name} in force at {desk.node}", partial(_in_force, desk))
    console.print(f"[green]✓[/green] agreement {name}: signed by all three, in all three logs, witnessed, in force")


def _point_to_proofs(made: Stage, console: Console) -> None:
    """Tell where the proofs are and how anybody checks one."""
    for file in sorted(made.folder.glob("*.comity-bundle"))[:1]:
        console.print(f"\none file proves a release, offline:  .venv/bin/comity verify {file}", soft_wrap=True)


def _in_force(desk: Desk) -> bool:
    return any(agreement["in_force"] for agreement in desk.agreements())


def _watch(made: Stage, desks: list[Desk], console: Console) -> None:
    """Show sightings and tracks coming in until every feed has been read to its end."""
    lasts = made.pace.recording + made.pace.hours
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[now]}"))
    with Progress(*columns, console=console, transient=False) as progress:
        task = progress.add_task("sightings come in", total=lasts, now="")

        def look() -> bool:
            counts = [desk.summary() for desk in desks]
            sightings, tracks = sum(c["sightings"] for c in counts), sum(c["tracks"] for c in counts)
            shown = written(counts[0]["now"])[11:16]
            told = f"{shown} UTC  {sightings:,} sightings  {tracks:,} tracks  {sum(c['alerts'] for c in counts)} alerts"
            progress.update(task, completed=min(max(wall() - made.curtain, 0), lasts), now=told)
            return all(c["feeds"] == made.expected[c["node"]] for c in counts)

        wait_for("the end of the replay", look, 120)
