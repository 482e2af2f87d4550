"""Traces: what the archive holds of what a person asks after, though the database holds it no more."""

from __future__ import annotations

from contextlib import suppress

from comity.foundation.archive import trace
from comity.foundation.archive.engine import Gone
from comity.foundation.archive.replay import Files
from comity.foundation.archive.trace import Trace
from comity.foundation.store import archiving
from comity.foundation.store.store import Transaction
from comity.node.flow_archive import Archive
from comity.node.inventory import Question
from comity.vocabulary.fault import Missing
from comity.vocabulary.instant import Instant

_PATIENCE = 60.0
"""Seconds that looking through all files may take."""
_LOOKS = 3
"""How often files are looked through anew where some were replaced meanwhile."""


def traces(archive: Archive, transaction: Transaction, question: Question, now: Instant) -> list[Trace]:
    """Return what the archive holds of what the question names, but for what is ordered out of it already.

    Raises:
        Fault: it takes too long.
        Missing: files are gone.
    """
    for _ in range(_LOOKS):
        found = archiving.all_files(transaction)
        if not found:
            return []
        files = Files(found, ordered=archiving.ordered_out(transaction))
        with suppress(Gone):
            asked = (archive.folder, files, question.mark.value, question.value)
            return trace.traces(*asked, now=now, patience=_PATIENCE)
    raise Missing("files of the archive are missing", remedy="Bring it back with its database.")
