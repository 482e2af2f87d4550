"""Mutants: the files that decide, each changed in one place at a time, and whether the tests notice.

    python tests/mutation/mutants.py [--seconds 600] [--anew] [FILE…]

Comparisons, `and` and `or`, `not`, parts of conditions, numbers, truth values, returns, sums and loops are changed;
words that are only read are not. Each mutant is a process of its own, in which one function has the changed code; it
is killed if a test fails in it. Prints those that survive, and the score; the last line is one JSON object. Those that
no test can kill stand in judged.py with the reason, are not tried, and do not count. docs/mutants.md tells the rest.

Those that were killed are noted in artefacts/mutants.txt, so that a run can end and the next goes on from there: a
mutant stays killed as long as the text of its function is the same. Those that survived are tried again each time.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Final, NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

import pytest  # noqa: E402 - where the tests lie is said above

from comity.agreements import distress, footing, permit, personal, request, safeguards, veto  # noqa: E402
from mutation.judged import EQUIVALENT  # noqa: E402

TRIED: Final = (
    *("permit", "safeguards", "footing", "personal", "posture", "national", "dispute", "onward", "admission"),
    "inquiring",
)
TESTS: Final = [str(ROOT / "tests" / "agreements" / f"test_{name}.py") for name in TRIED]
MUTATED: Final = {
    Path(str(module.__file__)).stem: module
    for module in (permit, distress, personal, veto, safeguards, request, footing)
}
FIRST: Final = {"veto": "safeguards", "distress": "safeguards", "request": "permit"}
"""Whose tests are run first, where it is not a file of the same name."""
OPTIONS: Final = ["--quiet", "--capture=sys", "--no-summary", "-p", "no:cacheprovider", "-p", "no:randomly"]
EXAMPLES = 60
LONGEST = 300
"""Seconds after which a mutant counts as killed: it runs for ever."""
KILLED: Final = ROOT / "artefacts" / "mutants.txt"
_COMPARED: Final = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_SUMMED: Final = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


class Mutant(NamedTuple):
    """One change: in which function, at which line, from what to what."""

    name: str
    line: int
    before: str
    after: str
    tree: ast.Module
    id: str
    """Of this change in a function of just this text."""
    left_out: str = ""
    """The part of a condition that the change leaves out."""

    def judged(self, file: str) -> bool:
        """Whether it is known that no test can kill it."""
        said = (self.left_out, "") if self.left_out else (self.before, self.after)
        return (file, self.name, *said) in EQUIVALENT


def mutants(module: ModuleType) -> Iterator[Mutant]:
    """Yield every mutant of a module."""
    tree = ast.parse(Path(str(module.__file__)).read_text())
    for path, function in _functions(tree):
        text = ast.unparse(function)
        for place, node in enumerate(_inside(function)):
            for turn, after in enumerate(_changes(node)):
                copied = deepcopy(tree)
                twin = next(each for name, each in _functions(copied) if name == path)
                _Put(list(_inside(twin))[place], after).visit(copied)
                ast.fix_missing_locations(copied)
                made = hashlib.sha256(f"{module.__name__} {path} {place} {turn} {text}".encode()).hexdigest()
                line, texts = getattr(node, "lineno", 0), (ast.unparse(node), ast.unparse(after))
                yield Mutant(path, line, *texts, copied, made, _left_out(node, turn))


def _functions(tree: ast.AST, above: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield f"{above}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{above}{node.name}.")


def _inside(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield all that runs in a function: types that are only stated are not among it."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop(0)
        yield node
        stated = [node.annotation] if isinstance(node, ast.AnnAssign) else []
        waiting += [each for each in ast.iter_child_nodes(node) if each not in stated]


class _Put(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self._new, node) if node is self._old else self.generic_visit(node)


def _changes(node: ast.AST) -> Iterator[ast.AST]:  # noqa: C901 - one branch a sort
    """Yield what a node can be changed into."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            changed = deepcopy(node)
            changed.ops[place] = _COMPARED[type(operator)]()
            yield changed
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for place in range(len(node.values)):
            left = [*node.values[:place], *node.values[place + 1 :]]
            yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.BinOp) and type(node.op) in _SUMMED:
        yield ast.BinOp(node.left, _SUMMED[type(node.op)](), node.right)
    elif isinstance(node, ast.Constant) and isinstance(node.value, (bool, int)):
        yield ast.Constant(not node.value if isinstance(node.value, bool) else node.value + 1)
    elif isinstance(node, ast.Return) and node.value is not None and not _nothing(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Continue):
        yield ast.Break()


def _left_out(node: ast.AST, turn: int) -> str:
    """Return which part of a condition the change of this turn leaves out, nothing if it is another change."""
    parts = node.values if isinstance(node, ast.BoolOp) else []
    return ast.unparse(parts[turn - 1]) if len(parts) > 2 and turn else ""


def _nothing(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


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
