"""Compiled functions: the same results, lazily, and never from a stale cache."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from comity.foundation.compiled import compiled

_CALLEE = """
from comity.foundation.compiled import compiled

@compiled
def factor(value):
    return value * {factor}
"""
_CALLER = """
import sys
assert "numba" not in sys.modules
from comity.foundation.compiled import compiled
from callee import factor

@compiled
def scaled(value):
    return factor(value) + 1.0

assert "numba" not in sys.modules, "importing compiled functions must not load the compiler"
print(scaled(2.0))
print(sum(scaled._dispatcher.stats.cache_hits.values()))
"""


@compiled
def _doubled(values: np.ndarray[tuple[int], np.dtype[np.float64]], by: float) -> float:
    total = 0.0
    for value in values:
        total += value / by
    return total


def test_a_compiled_function_answers_as_the_plain_one() -> None:
    """Arrays and numbers go in; a division by zero is infinite as in NumPy."""
    assert _doubled(np.array([1.0, 2.0]), 0.5) == 6.0
    assert _doubled(np.array([1.0]), 0.0) == np.inf
    assert _doubled.__name__ == "_doubled"


def _run(folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, str(folder / "caller.py")], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.split()


def test_a_change_of_a_called_function_is_not_missed(tmp_path: Path) -> None:
    """A second process takes the code from disk; once the callee in another file changed, it does not."""
    (tmp_path / "caller.py").write_text(_CALLER)
    (tmp_path / "callee.py").write_text(_CALLEE.format(factor="10.0"))
    assert _run(tmp_path) == ["21.0", "0"]
    assert _run(tmp_path) == ["21.0", "1"]
    (tmp_path / "callee.py").write_text(_CALLEE.format(factor="300.0"))
    assert _run(tmp_path) == ["601.0", "0"]
