"""A format in one file: the how-to's own, through every door that formats have, and files that are none."""

from __future__ import annotations

import json
import re
import shutil
import socket
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.cli.feed import feed
from comity.node import feed_ways
from comity.node.create import NewNode, create
from comity.node.settings import FILE, load
from comity.sources.feed import open_stream
from comity.sources.origin import Origin
from comity.sources.udp import Datagrams
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.place import Position

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "add-a-feed.md"
EXAMPLE = ROOT / "examples" / "feeds" / "drift_buoys.py"
RECORDING = ROOT / "examples" / "feeds" / "drift-buoys.txt"


def block(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found.group(1)


def test_the_page_shows_the_file_as_it_stands() -> None:
    assert block("python") == EXAMPLE.read_text("utf-8")


def test_the_pages_commands_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts, faults by name, and sightings, as of any format."""
    for file in (EXAMPLE, RECORDING):
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    typed = [
        line.removeprefix("$ comity feed ").split() for line in block("console").splitlines() if line.startswith("$ ")
    ]
    assert len(typed) == 2
    counts, records = (CliRunner().invoke(feed, words, catch_exceptions=False).stdout for words in typed)
    assert json.loads(counts)["sightings"] == len(records.splitlines()) == 3
    assert json.loads(counts)["faults"] == {"a position or time that cannot be": 1, "not a position of a buoy": 1}


def test_the_pages_settings_run_it(tmp_path: Path) -> None:
    """A node takes them once the file is there; the feed then comes in by the way that they name."""
    create(tmp_path, NewNode(name="aa.coord", agency="Agency", country="DK"))
    with (tmp_path / FILE).open("a", encoding="utf-8") as file:
        file.write("\n" + block("toml"))
    with pytest.raises(Fault, match=r"no file 'drift_buoys\.py'"):
        load(tmp_path, {})
    shutil.copy(EXAMPLE, tmp_path)
    (made,) = load(tmp_path, {}).feed
    form = feed_ways.format_name(tmp_path, made.format)
    origin, stop = Origin(source=made.name, arrival=lambda: 0), threading.Event()
    port = Datagrams("127.0.0.1", 0, form, origin, glance=0.02)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(RECORDING.read_bytes().splitlines()[0], ("127.0.0.1", port.port))
        batches = port.batches(stop)
        (seen,) = next(batches).sightings
    stop.set()
    assert list(batches) == []
    assert (seen.source, seen.position, seen.identity.name) == ("drift-buoys", Position(56.9, 11.7), "B-7")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from([*RECORDING.read_bytes().splitlines(), b";;;", b"\xff;B;1;2"]) | st.binary(max_size=60))
)
def test_the_example_raises_nothing_whatever_comes(lines: list[bytes]) -> None:
    """Every line is a sighting or a fault, or empty bytes between."""
    stream = open_stream(str(EXAMPLE), Origin(source="fuzz"))
    found = [*stream.feed(b"\n".join(lines)), *stream.end()]
    assert len(found) == stream.report.sightings
    assert stream.report.sightings + stream.report.rejected == stream.report.sentences


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no open_feed"),
        ("open_feed = 7", "no open_feed"),
        ("1 / 0", "ZeroDivisionError"),
        ("def broken(:", "SyntaxError"),
        ("open_feed = lambda origin: object()", "neither a reader nor a stream"),
    ],
)
def test_a_file_that_is_no_format_says_why(tmp_path: Path, text: str, words: str) -> None:
    """With where it is and what to read."""
    (tmp_path / "mine.py").write_text(text)
    with pytest.raises(Fault, match=words) as fault:
        open_stream(str(tmp_path / "mine.py"), Origin(source="x"))
    assert "add-a-feed" in str(fault.value)


def test_a_file_that_anybody_may_write_to_is_refused(tmp_path: Path) -> None:
    """Whoever writes it would do all that the node does."""
    with pytest.raises(Missing):
        open_stream(str(tmp_path / "mine.py"), Origin(source="x"))
    shutil.copy(EXAMPLE, tmp_path / "mine.py")
    (tmp_path / "mine.py").chmod(0o666)
    with pytest.raises(Fault, match="anybody may write"):
        open_stream(str(tmp_path / "mine.py"), Origin(source="x"))
