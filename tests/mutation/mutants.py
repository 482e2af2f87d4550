"""Mutants: the files that decide, each changed in one place at a time, and whether the tests notice.

    python tests/mutation/mutants.py [--seconds 600] [--anew] [FILE…]

What is changed, and what came of it: docs/mutants.md. Each mutant is a process of its own, in which one function has
the changed code; it is killed if a test fails in it. Prints those that survive; the last line is one JSON object. Those
that no test can kill stand in judged.py with the reason, are not tried, and do not count.

Those that were killed are noted in artefacts/mutants.txt, so that a run can end and the next goes on from there: a
mutant stays killed as long as the text of its function is the same. Those that survived are tried again each time.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Final

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

import pytest  # noqa: E402 - where the tests lie is said above

from comity.agreements import distress, footing, permit, personal, request, safeguards, veto  # noqa: E402
from mutation.mutant import Mutant, mutants  # noqa: E402

TRIED: Final = (
    *("permit", "safeguards", "veto", "footing", "personal", "posture", "national", "dispute", "onward", "admission"),
    "inquiring",
)
TESTS: Final = [str(ROOT / "tests" / "agreements" / f"test_{name}.py") for name in TRIED]
MUTATED: Final = {
    Path(str(module.__file__)).stem: module
    for module in (permit, distress, personal, veto, safeguards, request, footing)
}
FIRST: Final = {"distress": "safeguards", "request": "permit"}
"""Whose tests are run first, where it is not a file of the same name."""
OPTIONS: Final = ["--quiet", "--capture=sys", "--no-summary", "-p", "no:cacheprovider", "-p", "no:randomly"]
EXAMPLES = 60
LONGEST = 300
"""Seconds after which a mutant counts as killed: it runs for ever."""
KILLED: Final = ROOT / "artefacts" / "mutants.txt"


def _code(compiled: CodeType, name: str) -> CodeType | None:
    """Return the code of a function, by its qualified name."""
    for each in compiled.co_consts:
        if isinstance(each, CodeType):
            if each.co_qualname == name:
                return each
            if (found := _code(each, name)) is not None:
                return found
    return None


def _function(module: ModuleType, name: str) -> FunctionType | None:
    found: object = module
    for part in name.split("."):
        found = vars(found)[part]
    found = getattr(found, "fget", found)  # of a property
    found = getattr(found, "__wrapped__", found)  # of what is remembered
    return found if isinstance(found, FunctionType) else None


def _tries(item: pytest.Item) -> bool:
    """Whether the test tries examples."""
    return hasattr(getattr(item, "obj", None), "hypothesis")


def _shortened(item: pytest.Item) -> bool:
    """Whether the test tries examples; if so it tries fewer than it does elsewhere, and comes last."""
    from hypothesis import settings  # noqa: PLC0415 - pytest must load it first

    if not _tries(item):
        return False
    test = getattr(item, "obj", None)
    wanted = test._hypothesis_internal_use_settings
    test._hypothesis_internal_use_settings = settings(wanted, max_examples=min(wanted.max_examples, EXAMPLES))
    return True


class _Trial:
    """Stands in for pytest's loop over the tests: once they are collected, each mutant is a fork that runs them."""

    def __init__(self, names: Sequence[str], seconds: float) -> None:
        self._names, self._end = names, time.monotonic() + seconds
        self._known = frozenset(KILLED.read_text().split()) if KILLED.exists() else frozenset()
        self.tried = self.killed = self.judged = self.left = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try every mutant, and print what survives."""
        items = sorted(session.items, key=_shortened)
        if self._failed(session, items, lambda: None):
            raise pytest.UsageError("the tests fail as they are: nothing can be learnt from mutants")
        for name in self._names:
            first = f"test_{FIRST.get(Path(name).stem, name)}.py"
            items.sort(
                key=lambda item: (hasattr(item, "obj") and hasattr(item.obj, "hypothesis"), first not in item.nodeid)
            )
            for mutant in mutants(MUTATED[Path(name).stem]):
                if mutant.id in self._known:
                    self.tried += 1
                    self.killed += 1
                elif mutant.judged(Path(name).stem):
                    self.judged += 1
                elif time.monotonic() > self._end:
                    self.left += 1
                else:
                    self._try(session, items, name, mutant)
        return True

    def _try(self, session: pytest.Session, items: Sequence[pytest.Item], name: str, mutant: Mutant) -> None:
        self.tried += 1
        if self._failed(session, items, partial(_put, MUTATED[Path(name).stem], mutant)):
            self.killed += 1
            with KILLED.open("a") as noted:
                noted.write(f"{mutant.id}\n")
        else:
            sys.stderr.write(f"{name}:{mutant.line} {mutant.name}: {mutant.before}  ->  {mutant.after}\n")
        if self.tried % 20 == 0:
            sys.stderr.write(f"{self.tried} tried, {self.killed} killed …\n")

    def _failed(self, session: pytest.Session, items: Sequence[pytest.Item], change: Callable[[], object]) -> bool:
        """Whether a test fails in a process in which this was done first, or it does not end."""
        child = os.fork()
        if child == 0:
            os.setsid()
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            change()
            for item in items:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
                if session.testsfailed:
                    os._exit(1)
            os._exit(0)
        end = time.monotonic() + LONGEST
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status) != 0
            time.sleep(0.02)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return True


def _put(module: ModuleType, mutant: Mutant) -> None:
    code = _code(compile(mutant.tree, str(module.__file__), "exec"), mutant.name)
    function = _function(module, mutant.name)
    assert code is not None, mutant.name
    assert function is not None, mutant.name
    function.__code__ = code


def main() -> None:
    """Try every mutant of the files named, or of all."""
    words = argparse.ArgumentParser(description="Whether the tests notice changes in the files that decide.")
    words.add_argument("files", nargs="*", metavar="FILE", help=f"of {', '.join(MUTATED)} (default: all)")
    words.add_argument("--seconds", type=float, default=1e9, help="begin no mutant after so many")
    words.add_argument("--anew", action="store_true", help="forget which were killed before")
    said = words.parse_args()
    KILLED.parent.mkdir(exist_ok=True)
    if said.anew:
        KILLED.unlink(missing_ok=True)
    trial = _Trial(said.files or list(MUTATED), said.seconds)
    ended = pytest.main([*OPTIONS, *TESTS], plugins=[trial])
    if ended:
        raise SystemExit(int(ended))
    score = round(trial.killed / max(trial.tried, 1), 3)
    counts = {"mutants": trial.tried, "killed": trial.killed, "equivalent": trial.judged, "left": trial.left}
    sys.stdout.write(json.dumps({**counts, "score": score}) + "\n")


if __name__ == "__main__":
    main()
