"""A mutant: a file that decides with one thing in it changed.

Comparisons, `and` and `or`, `not`, parts of conditions, numbers, truth values, returns, sums and loops are changed;
words that are only read are not.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple

from mutation.judged import EQUIVALENT

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
