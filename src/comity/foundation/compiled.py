"""Compiled: functions on arrays and numbers that Numba turns into machine code, each at its first call.

Numba is imported (1 s) and a function compiled, or read from the cache on disk, only when it is called. The
cache lies in `__pycache__` beside the source, else in the user's own cache folder; where neither can be written,
functions are compiled in every process. What is cached is compiled anew when a file changes that the function's code
came from: its own, or that of a compiled function which it calls (Numba itself looks at its own file only).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import update_wrapper
from pathlib import Path
from types import FunctionType
from typing import Any, Generic, ParamSpec, TypeVar, cast

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class _Compiled(Generic[_Given, _Result]):
    """What stands for a function, and makes its compiled form when it is first wanted."""

    def __init__(self, function: Callable[_Given, _Result]) -> None:
        self.function = cast("FunctionType", function)
        self._dispatcher: Any = None
        update_wrapper(self, function)

    def __call__(self, *given: _Given.args, **named: _Given.kwargs) -> _Result:
        made = self._dispatcher or self._made()
        return cast("_Result", made(*given, **named))

    @property
    def _numba_type_(self) -> Any:  # noqa: ANN401 - Numba has no types of its own; it asks this of a callee
        from numba import types  # noqa: PLC0415 - takes a second, which only those who calculate need wait for

        return types.Dispatcher(self._dispatcher or self._made())

    def _made(self) -> Any:  # noqa: ANN401
        import numba  # noqa: PLC0415

        made: Any = numba.njit(nogil=True, error_model="numpy")(self.function)
        try:
            made.enable_caching()
            made._cache._cache_file._source_stamp = self._stamp()  # noqa: SLF001 - see above; nothing public sets it
        except RuntimeError:
            pass  # nowhere to keep it
        self._dispatcher = made
        return made

    def _stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Return the files that the machine code comes from, with when each was written and its length."""
        files = {one.function.__code__.co_filename for one in self._reached()}
        return tuple((file, (held := Path(file).stat()).st_mtime_ns, held.st_size) for file in sorted(files))

    def _reached(self) -> Iterator[_Compiled[Any, Any]]:
        """Yield this function and every compiled one that it calls, directly or not."""
        seen: set[int] = set()
        pending: list[_Compiled[Any, Any]] = [self]
        while pending:
            one = pending.pop()
            if id(one) not in seen:
                seen.add(id(one))
                yield one
                called = (one.function.__globals__.get(name) for name in one.function.__code__.co_names)
                pending.extend(callee for callee in called if isinstance(callee, _Compiled))


def compiled(function: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """Return the function in machine code, compiled at its first call for the types it is given.

    It runs without the interpreter's lock. As in NumPy, a division by zero gives infinity or no number and raises
    nothing; an index out of range is not noticed. It may call other compiled functions, and reads a module's constants
    as they were when it was compiled: take them from its own module.
    """
    return _Compiled(function)
