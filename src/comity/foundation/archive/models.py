"""Models: the newest file of what was learned, whole, and the older ones gone (docs/formats/traffic-model.md)."""

from __future__ import annotations

import os
from pathlib import Path

from comity.vocabulary.fault import Fault

_NAME = "unusual-*.model"


class Models:
    """The folder of learned models: of two processes that learn at once, the last counts."""

    def __init__(self, root: Path) -> None:
        self._root = root / "models"

    def newest(self) -> int:
        """Return the number of the newest model, 0 where there is none."""
        found = sorted(self._root.glob(_NAME))
        return int(found[-1].stem.partition("-")[2]) if found else 0

    def read(self) -> bytes | None:
        """Return the newest model, None where there is none."""
        number = self.newest()
        try:
            return self._file(number).read_bytes() if number else None
        except FileNotFoundError:  # a newer one took its place in this moment
            return self.read()

    def put(self, number: int, content: bytes) -> None:
        """Keep a model, and remove all others.

        Raises:
            Fault: the disk does not take it.
        """
        try:
            self._write(number, content)
            self.remove(number)
        except OSError as error:
            raise Fault(
                f"the model cannot be written: {error.strerror}",
                where=str(self._root),
                remedy="Make room on the disk.",
            ) from error

    def _write(self, number: int, content: bytes) -> None:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        coming = self._root / "coming"
        with coming.open("wb") as file:
            coming.chmod(0o600)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        coming.replace(self._file(number))

    def remove(self, but: int = 0) -> None:
        """Remove every model but that of a number."""
        for file in self._root.glob(_NAME):
            if file != self._file(but):
                file.unlink(missing_ok=True)
        if self._root.is_dir():
            folder = os.open(self._root, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _file(self, number: int) -> Path:
        return self._root / f"unusual-{number:010d}.model"
