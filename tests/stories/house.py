"""A house: one node of a town, its process, its settings, and all that it keeps, to be counted and searched."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from builders import nursery
from comity.demo.desk import Desk
from comity.exchange import cards, prekeys
from comity.exchange.deadline import trusted
from comity.foundation.store.server import attached
from comity.node.assemble import opened
from comity.node.create import NewNode, create
from comity.node.settings import FILE
from comity.vocabulary.entry import Act
from comity.vocabulary.instant import Instant, written
from stories.process import Process

OFFICER = "vera"
ADMINISTRATOR = "odd"
PASSWORD = "correct horse 9"
PATIENCE = 100.0
"""Seconds to wait for what takes a second on a machine that does nothing else; a courier may rest for sixty."""


def command(*arguments: object, told: str = "") -> subprocess.CompletedProcess[str]:
    """Run a `comity` command to its end, with `told` as its standard input."""
    words = [str(argument) for argument in arguments]
    return nursery.run(words, told=told, environment={"COLUMNS": "200"}, timeout=120)


class House:
    """One node of the town."""

    def __init__(self, folder: Path, country: str, console: str, exchange: str) -> None:
        self.name = folder.name
        self.country = country
        self.folder = folder
        self.console = console
        self.exchange = exchange
        self.endpoint = ""
        """Where partners reach it, if not at its own address: a line may stand between."""
        self.log = folder / "node.log"
        self.process = Process(["node", "run", str(folder)], self.log, f"http://{console}/healthz")
        self.reached: Callable[[], str] | None = None
        """How its database is reached while it runs on a disk of its own."""
        self._desks: list[Desk] = []

    def create(self) -> None:
        """Make the node."""
        create(
            self.folder,
            NewNode(
                name=self.name,
                agency=f"Agency {self.name}",
                country=self.country,
                console=self.console,
                exchange=self.exchange,
                endpoint=self.endpoint,
            ),
        )

    @property
    def card(self) -> bytes:
        """The node's signed card."""
        return cards.from_text((self.folder / "card.txt").read_text("ascii"))

    def configure(self, table: str, text: str) -> None:
        """Add to a table that the node's settings have already."""
        file = self.folder / FILE
        file.write_text(file.read_text("utf-8").replace(f"{table}\n", f"{table}\n{text}\n", 1), "utf-8")

    def set(self, text: str) -> None:
        """Add to the node's settings."""
        with (self.folder / FILE).open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")

    def set_clock(self, *points: tuple[Instant, Instant]) -> None:
        """Set the points, wall and shown, that the node's clock passes through from its next start on."""
        before = (self.folder / FILE).read_text("utf-8").split("\n[clock]", 1)[0]
        pairs = ", ".join(f'["{written(moment)}", "{written(shown)}"]' for moment, shown in points)
        (self.folder / FILE).write_text(f"{before}\n[clock]\npoints = [{pairs}]\n", "utf-8")

    def start(self) -> None:
        """Start the node's process and wait until it answers."""
        self.process.start()
        self.process.ready()

    def restart(self) -> None:
        """Stop the node as an administrator would, and start it."""
        assert self.process.stop() == 0
        self.start()

    def desk(self, officer: str = OFFICER) -> Desk:
        """Sign in; the town closes it."""
        self._desks.append(Desk(self.name, f"http://{self.console}", officer, PASSWORD))
        return self._desks[-1]

    def close(self) -> None:
        """Close every desk."""
        for desk in self._desks:
            desk.close()
        self._desks.clear()

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what stands in the node's database, whether it runs or not."""
        with self._asking() as ask:
            return ask(statement, *values)

    @contextmanager
    def _asking(self) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
        url = self.reached() if self.reached else attached(self.folder / "database")
        if url is None:
            with opened(self.folder) as node, node.store.reading() as transaction:
                yield transaction.rows
        else:
            with psycopg.connect(url) as connection:
                yield lambda statement, *values: connection.execute(statement.encode(), values).fetchall()

    def count(self, statement: str, *values: object) -> int:
        """Return the one number that a statement asks for."""
        return int(self.rows(statement, *values)[0][0])

    def dump(self) -> bytes:
        """Return every value of every table of the node's database, one after another."""
        with self._asking() as ask:
            tables = ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            everything = [ask(f'SELECT * FROM "{table}"') for (table,) in tables]  # noqa: S608 - names of its own
        kept = (value for rows in everything for row in rows for value in row)
        return b"\n".join(bytes(value) if isinstance(value, bytes) else str(value).encode() for value in kept)

    def acts(self, act: Act) -> int:
        """Return how many entries of this act the node's log has."""
        return self.count("SELECT count(*) FROM ledger_entry WHERE act = %s", act.value)

    def said(self) -> list[dict[str, Any]]:
        """Return what the node has written to its log so far, one object a line."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines() if line.startswith("{")]

    def assert_calm(self) -> None:
        """Assert that nothing failed inside the node: its log tells of no error that it did not expect."""
        failures = [line for line in self.said() if line["event"] == "failure" or "exception" in line]
        assert not failures, f"{self.name}: {json.dumps(failures[:3], indent=1)}"
        assert "Traceback" not in self.log.read_text("utf-8")

    def assert_sound(self) -> None:
        """Assert that the whole log of the node holds, as `comity ledger fsck` reads it again."""
        checked = command("ledger", "fsck", self.folder, "--json")
        report = json.loads(checked.stdout)
        assert (checked.returncode, report["faults"]) == (0, [])

    def sealing(self) -> bytes:
        """Return the key to which the node says that messages are sealed at present."""
        told = httpx.get(f"http://{self.exchange}/exchange/prekey", timeout=PATIENCE, trust_env=False, verify=trusted())
        return prekeys.believed(told.content).public

    def post(self, body: bytes | Any, kind: str = "application/cbor") -> httpx.Response:  # noqa: ANN401 - or pieces
        """Post something to the node's inbox, as anyone on the network can."""
        return httpx.post(
            f"http://{self.exchange}/exchange/inbox",
            content=body,
            headers={"content-type": kind},
            timeout=PATIENCE,
            trust_env=False,
            verify=trusted(),
        )
