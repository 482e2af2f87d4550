"""The listener as a process: consoles that follow are told that the node stops, and do not keep it from stopping."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from builders import centre
from comity.cli.main import comity
from comity.foundation.clock import steady
from comity.node.create import NewNode, create

pytestmark = pytest.mark.story


def _free() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def console(tmp_path: Path) -> str:
    """Return the address of the console of a node that was made, with an officer, and does not run yet."""
    address = _free()
    made = NewNode(name="north", agency="North", country="DK", console=address, exchange=_free())
    create(tmp_path / "north", made)
    command = ["user", "add", str(tmp_path / "north"), "anna", "--role", "officer", "--password-stdin"]
    assert CliRunner().invoke(comity, command, input=f"{centre.PASSWORD}\n").exit_code == 0
    return address


@pytest.fixture
def process(tmp_path: Path, console: str) -> Iterator[subprocess.Popen[bytes]]:
    """Return the running node."""
    command = [sys.executable, "-m", "comity.cli.main", "node", "run", str(tmp_path / "north")]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(command, stderr=log, stdout=log) as running:
        deadline = steady() + 60
        while not _answers(console):
            assert steady() < deadline
            assert running.poll() is None, (tmp_path / "log").read_text()
        yield running
        running.kill()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/healthz", trust_env=False).is_success
    except httpx.ConnectError:
        return False


def _to_the_end(channel: ClientConnection) -> None:
    while True:
        channel.recv(timeout=15)


def test_a_node_that_is_told_to_stop_tells_its_followers_and_goes(
    process: subprocess.Popen[bytes], console: str, tmp_path: Path
) -> None:
    person = {"name": "anna", "password": centre.PASSWORD}
    token = httpx.post(f"http://{console}/api/session", json=person, trust_env=False).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    with connect(f"ws://{console}/api/live", additional_headers=headers, proxy=None) as channel:
        assert '"live":1' in str(channel.recv(timeout=15))
        begun = steady()
        process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            _to_the_end(channel)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
    assert process.wait(15) == 0
    assert steady() - begun < 15
    assert "failure" not in (tmp_path / "log").read_text()
    assert "Traceback" not in (tmp_path / "log").read_text()
