"""What is proven: whoever does what a tutorial says sees what it shows. Every page is done, line for line, for real.

Of a fenced block the first words say what it is: `yaml NAME`, `json NAME` or `text NAME` is a file to write, `diff NEW
from OLD` one to make from another, `console` what is typed after `$` and what is seen then. What the page cuts short
with `…` is not looked at; a fingerprint is another each time, and the page's is taken for the one that came. A page
with commands that go on in the background (`&`, ended by `kill %1`) is done with ids and addresses of its own, and says
again what must wait for others, until it shows what it should.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from builders import nursery
from builders.ports import free_addresses
from comity.foundation.clock import steady

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
_FENCE = re.compile(r"^```(?P<info>\S[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FINGERPRINT = re.compile(r"\b[0-9A-F]{4}(?:-[0-9A-F]{4}){4}\b")
_ANOTHER = re.compile(rf"{_FINGERPRINT.pattern}|\b[0-9a-f]{{64}}\b")
_ADDRESS = re.compile(r"\b127\.0\.0\.1:\d+")
_WAITING = {"accept", "list", "receipts"}
_PATIENCE = 100.0
"""Seconds that something takes at most on a machine with much else to do."""
_WRONG = ("✗ ", "different  ", "NOT PROVED  ")
"""How lines begin by which a command says that it ends in exit code 1."""


class Block(NamedTuple):
    """A fenced block of a page."""

    kind: str
    about: list[str]
    text: str


class Typed(NamedTuple):
    """A command of a page, and what the page shows after it."""

    command: str
    shown: str


def blocks(page: Path) -> Iterator[Block]:
    for found in _FENCE.finditer(page.read_text("utf-8")):
        kind, *about = found["info"].split()
        yield Block(kind, about, found["text"])


def typed(text: str) -> Iterator[Typed]:
    """Return the commands of a console block; one that ends with a backslash goes on in the next line."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.replace("\\\n", "").partition("\n")
        yield Typed(command, shown)


def changed(text: str, change: str) -> str:
    """Return the text with each hunk's lines, of which there must be just these, put in the place of the old ones."""
    for hunk in change.strip("\n").split("\n\n"):
        lines = [(line[:1], line[1:]) for line in hunk.splitlines()]
        old, new = ("".join(f"{rest}\n" for sign, rest in lines if sign != other) for other in "+-")
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


class Nodes:
    """What a page starts in the background, and its commands meanwhile, at addresses that are free."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._addresses: dict[str, str] = {}
        self._jobs: list[nursery.Child] = []

    def see(self, one: Typed, told: dict[str, str]) -> None:
        """Run a command, until it shows what the page does if it waits for others; start one; or end one."""
        command = _ADDRESS.sub(self._address, _ANOTHER.sub(lambda found: told.get(found[0], found[0]), one.command))
        if command.startswith("kill %"):
            self._end(self._jobs[int(command.removeprefix("kill %")) - 1])
        elif command.endswith(" &"):
            self._start(*command.removesuffix(" 2>&1 &").split(" > "))  # what a node tells comes by standard error
        else:
            deadline = steady() + (_PATIENCE if command.split()[2] in _WAITING else 0)
            while (came := self._run(command)) and not self._shown(one, came, told):
                assert steady() < deadline, f"$ {command}\n{came}"
                threading.Event().wait(1.5)

    def close(self) -> None:
        """End all that still runs."""
        for job in self._jobs:
            self._end(job)

    def _shown(self, one: Typed, came: str, told: dict[str, str]) -> bool:
        pages, ours = _ANOTHER.findall(one.shown), _ANOTHER.findall(came)
        if pages and len(pages) <= len(ours):
            told.update(zip(pages, ours, strict=False))
        back = {real: shown for shown, real in told.items()}
        return matches(one.shown, _ANOTHER.sub(lambda found: back.get(found[0], found[0]), came))

    def _address(self, found: re.Match[str]) -> str:
        if found[0] not in self._addresses:
            self._addresses[found[0]] = free_addresses(1)[0]
        return self._addresses[found[0]]

    def _run(self, command: str) -> str:
        command, _, file = command.partition(" < ")
        told = (self._folder / file).read_text("utf-8") if file else ""
        words = shlex.split(command)[1:]
        done = nursery.run(words, told=told, environment={"COLUMNS": "200"}, timeout=120, folder=str(self._folder))
        return done.stdout + done.stderr

    def _start(self, command: str, log: str) -> None:
        file = self._folder / log
        with file.open("wb") as output, Path(os.devnull).open("rb") as nothing:
            files = {"stdin": nothing.fileno(), "stdout": output.fileno(), "stderr": output.fileno()}
            self._jobs.append(nursery.begin(shlex.split(command)[1:], folder=str(self._folder), **files))
        deadline = steady() + _PATIENCE
        while "running" not in file.read_text("utf-8"):
            assert steady() < deadline, file.read_text("utf-8")
            assert self._jobs[-1].poll() is None, file.read_text("utf-8")
            threading.Event().wait(0.05)

    def _end(self, job: nursery.Child) -> None:
        job.terminate()
        job.wait(_PATIENCE)


def run(command: str, folder: Path) -> tuple[str, int]:
    """Run a command as it was typed; return what it wrote, and its exit code."""
    program, *arguments = shlex.split(command)
    assert program == "comity", command
    done = subprocess.run(
        [sys.executable, "-m", "comity.cli.main", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "COLUMNS": "200", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return done.stdout, done.returncode


def matches(shown: str, came: str) -> bool:
    """Whether what came is what the page shows, whose `…` stands for anything within its line, or for several lines."""
    pattern = re.escape(shown.rstrip("\n")).replace(re.escape("\n…\n"), r"\n(?:.*\n)*?").replace("…", "[^\n]*")
    return re.fullmatch(pattern, came.rstrip("\n")) is not None


def do(page: Path, folder: Path) -> int:
    """Do what the page says in a folder; return how many commands that were."""
    (folder / "examples").symlink_to(ROOT / "examples")
    told: dict[str, str] = {}
    count = 0
    alone = not any(one.command.endswith(" &") for block in blocks(page) for one in typed(block.text))
    with closing(Nodes(folder)) as nodes:
        see = partial(_see, folder=folder) if alone else nodes.see
        for block in blocks(page):
            if block.kind == "console":
                for one in typed(block.text):
                    see(one, told=told)
                    count += 1
            elif block.about:
                _write(block, folder)
    return count


def _write(block: Block, folder: Path) -> None:
    file = folder / block.about[0]
    file.parent.mkdir(parents=True, exist_ok=True)
    text = block.text
    if block.kind == "diff":
        new, word, old = block.about
        assert word == "from", new
        text = changed((folder / old).read_text("utf-8"), text)
    file.write_text(text, "utf-8")


def _see(one: Typed, told: dict[str, str], folder: Path) -> None:
    """Run a command, with the fingerprints that came in the place of the page's, and look at what it shows."""
    came, code = run(_FINGERPRINT.sub(lambda found: told[found[0]], one.command), folder)
    pages, ours = _FINGERPRINT.findall(one.shown), _FINGERPRINT.findall(came)
    assert len(pages) == len(ours), came
    told.update(zip(pages, ours, strict=True))
    back = {real: shown for shown, real in told.items()}
    came = _FINGERPRINT.sub(lambda found: back[found[0]], came)
    assert matches(one.shown, came), f"$ {one.command}\n{came}"
    assert code == any(line.startswith(_WRONG) for line in came.splitlines()), f"$ {one.command}\n{code}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_who_does_what_the_page_says_sees_what_it_shows(page: Path, tmp_path: Path) -> None:
    assert do(page, tmp_path) > 5


def test_the_page_on_agreements_shows_every_step() -> None:
    """Check, explain, ask, test, compare, prove, sign."""
    page = next(page for page in PAGES if page.name == "an-agreement.md")
    done = {tuple(one.command.split()[1:3]) for block in blocks(page) for one in typed(block.text)}
    assert {("agreement", verb) for verb in ("check", "explain", "ask", "test", "diff", "prove", "sign")} <= done


def test_what_is_shown_must_have_come() -> None:
    """The comparison finds a word that is another, a line too few and one too many."""
    came = "one two\nthree\nfour\nfive\n"
    assert matches("one two\nthree\nfour\nfive", came)
    assert matches("one …\nthree\nfour\nfive", came)
    assert matches("one two\n…\nfive", came)
    for shown in ("one\nthree\nfour\nfive", "one two\nthree\nfour", f"{came}six", "one …\n…\nfour"):
        assert not matches(shown, came)


def test_a_change_must_find_its_lines() -> None:
    assert changed("a\nb\nc\n", " a\n-b\n+d\n") == "a\nd\nc\n"
    assert changed("a\nb\nc\n", "-a\n+d\n\n c\n+e\n") == "d\nb\nc\ne\n"
    for change in ("-x\n+y\n", "-a\n-c\n+y\n"):
        with pytest.raises(AssertionError):
            changed("a\nb\nc\n", change)
