"""A text in a file, read for a command: an agreement, a card, or another. No more of it is read than it may have."""

from __future__ import annotations

from pathlib import Path

from comity.agreements import document, terms
from comity.agreements.terms import Terms
from comity.exchange import cards
from comity.vocabulary.fault import Fault, Missing


def read(file: Path) -> Terms:
    """Return the terms in a file.

    Raises:
        Fault: it is too large, no UTF-8, or no agreement; with line and column.
    """
    return terms.read(loaded(file, document.LARGEST), str(file))


def card(file: Path) -> bytes:
    """Return the signed card in a file. Its signature is not yet checked.

    Raises:
        Missing: there is no such file.
        Fault: it holds no card.
    """
    try:
        return cards.from_text(loaded(file, 2 * cards.LARGEST), str(file))
    except FileNotFoundError as error:
        raise Missing("there is no card here", where=str(file), remedy="Make a node with: comity node init") from error


def loaded(file: Path, most: int) -> str:
    """Return the text in a file of at most so many bytes.

    Raises:
        Fault: it is larger, or no UTF-8.
    """
    with file.open("rb") as opened:
        data = opened.read(most + 1)  # a pipe or a device does not say how much is in it
    if len(data) > most:
        raise Fault(f"its bytes are more than the {most} allowed", where=str(file), remedy="Split it.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Fault("the file is not UTF-8", where=str(file), remedy="Save it as UTF-8.") from error
