"""The account that PostgreSQL runs under: ours, or an unprivileged one where we are root, which it refuses to be."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import msgspec

from comity.vocabulary.fault import Fault

_UNPRIVILEGED = "nobody"
_SEARCH = "dac_read_search"
"""The one capability that a process may need besides: to pass through folders that are closed to its account."""
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
_PATIENCE = 20.0
"""Seconds for a command that only looks."""


class Account(msgspec.Struct, frozen=True):
    """Who PostgreSQL runs as, and the words before its command that make it so.

    The words also bind it to us: when the thread that started it ends, however it ends, the kernel sends it SIGQUIT,
    and it stops at once, to recover at the next start.
    """

    uid: int
    gid: int
    words: tuple[str, ...]

    def give(self, folder: Path) -> None:
        """Make the folder this account's own, so far as we are somebody else.

        Raises:
            Fault: we may not.
        """
        if self.uid == os.geteuid():
            return
        try:
            os.chown(folder, self.uid, self.gid)
        except PermissionError as error:
            raise Fault(
                f"the folder cannot be given to the account with uid {self.uid}",
                where=str(folder),
                remedy="Run the node as an ordinary user instead of root.",
            ) from error


def account(data: Path, *programs: Path) -> Account:
    """Return the account for the database folder `data`, one that reaches it and runs the `programs`.

    Where we are not root that is ours. Where we are, it is the folder's owner if it exists, else `nobody`; if
    a folder above is closed to it, it gets one capability, to look through folders, rather than the folder being
    opened for all (docs/decisions/0011-root-becomes-nobody.md).

    Raises:
        Fault: `setpriv` or the account is missing, or nothing makes the folders reachable.
    """
    tie = (_setpriv(), "--pdeathsig", "QUIT")
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), tie)
    uid, gid = _ordinary(data)
    drop = (*tie, "--reuid", str(uid), "--regid", str(gid), "--clear-groups")
    only = f"-all,+{_SEARCH}"
    # access(2), by which initdb looks for its siblings, forgets capabilities unless no_setuid_fixup is set.
    search = (
        *(*drop, "--inh-caps", only, "--ambient-caps", only, "--bounding-set", only),
        *("--securebits", "+no_setuid_fixup"),
    )
    hindrances = []
    for words in (drop, search):
        hindrance = _hindrance(words, data.parent, programs)
        if hindrance is None:
            return Account(uid, gid, words)
        hindrances.append(hindrance)
    raise Fault(
        f"PostgreSQL cannot run as root, and as uid {uid} it cannot get there ({'; '.join(hindrances)})",
        where=str(data.parent),
        remedy="Run the node as an ordinary user, or choose a folder below one that all may pass, such as /var/lib.",
    )


def _setpriv() -> str:
    found = shutil.which("setpriv")
    if found is None:
        raise Fault("the command setpriv is missing", remedy="Install the package util-linux (2.33 or later).")
    return found


def _ordinary(data: Path) -> tuple[int, int]:
    if data.exists() and data.stat().st_uid != 0:
        return data.stat().st_uid, data.stat().st_gid
    try:
        entry = pwd.getpwnam(_UNPRIVILEGED)
    except KeyError as error:
        raise Fault(
            f"PostgreSQL cannot run as root, and there is no account {_UNPRIVILEGED!r}",
            remedy="Run the node as an ordinary user.",
        ) from error
    return entry.pw_uid, entry.pw_gid


def _hindrance(words: tuple[str, ...], folder: Path, programs: tuple[Path, ...]) -> str | None:
    reached = (["test", "-e", f"{folder}/."], *(["test", "-x", str(program)] for program in programs))
    for attempt in (*reached, *([str(program), "--version"] for program in programs)):
        done = subprocess.run(
            [*words, *attempt],
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
            env=ENVIRONMENT,
            cwd="/",
        )
        if done.returncode != 0:
            return done.stderr.strip() or f"{folder} is closed to it"
    return None
