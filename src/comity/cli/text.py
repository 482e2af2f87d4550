"""A text: an agreement in a file, read for a command."""

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
    size = file.stat().st_size
    if size > document.LARGEST:
        raise Fault(f"{size} bytes are more than the {document.LARGEST} allowed", where=str(file), remedy="Split it.")
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Fault("the file is not UTF-8", where=str(file), remedy="Save it as UTF-8.") from error
    return terms.read(text, str(file))
