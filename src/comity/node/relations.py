"""Relations: what stands over all agreements between the node and a partner: its posture, and its own state's law."""

from __future__ import annotations

from pathlib import Path

from comity.agreements import document, national
from comity.agreements.national import Law
from comity.foundation.store import postures
from comity.foundation.store.store import Transaction
from comity.vocabulary.fault import Fault
from comity.vocabulary.posture import Posture


class Relations:
    """The node's relations: how wide each partner's are, and what the law forbids to all."""

    def __init__(self, law: Law | None) -> None:
        self.law = law

    @staticmethod
    def posture(transaction: Transaction, partner: str) -> Posture:
        """Return the node's posture towards a partner: open where nobody has set any."""
        kept = postures.current(transaction, partner)
        return kept.posture if kept else Posture.OPEN


def load(folder: Path, file: str, country: str) -> Law | None:
    """Return the national law in the file that the settings name, None where they name none.

    Raises:
        Fault: it cannot be read, is not in the format, or is another state's.
    """
    if not file:
        return None
    return national.expect_own(read(folder / file), country, str(folder / file))


def read(path: Path) -> Law:
    """Return the national law in a file.

    Raises:
        Fault: it cannot be read, or is not in the format.
    """
    try:
        with path.open("rb") as file:
            text = file.read(document.LARGEST + 1).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(f"the law cannot be read: {error}", where=str(path), remedy="Name a file in UTF-8.") from error
    return national.read(text, str(path))
