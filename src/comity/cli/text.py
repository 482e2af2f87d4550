"""A text in a file, read for a command: an agreement, or another."""

from __future__ import annotations

from pathlib import Path

from comity.agreements import document, terms
from comity.agreements.terms import Terms
from comity.vocabulary.fault import Fault


def read(file: Path) -> Terms:
    """Return the terms in a file.

    Raises:
        Fault: it is too large, no UTF-8, or no agreement; with line and column.
    """
    return terms.read(loaded(file, document.LARGEST), str(file))


def loaded(file: Path, most: int) -> str:
    """Return the text in a file of at most so many bytes.

    Raises:
        Fault: it is larger, or no UTF-8.
    """
    size = file.stat().st_size
    if size > most:
        raise Fault(f"{size} bytes are more than the {most} allowed", where=str(file), remedy="Split it.")
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Fault("the file is not UTF-8", where=str(file), remedy="Save it as UTF-8.") from error
