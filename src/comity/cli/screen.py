"""`comity screen`: read travel documents, with everything about them that is not as it should be."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import TextIO

import click
import msgspec

from comity.cli.options import JSON, encoded
from comity.foundation.clock import wall
from comity.screening import mrz as zones
from comity.screening.mrz import Reading

_LONGEST = 10_000
"""Characters that are read at most."""


@click.group()
def screen() -> None:
    """Read travel documents."""


@screen.command()
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Judge by this day and not by today.")
@JSON
def mrz(*, file: TextIO, today: datetime | None, as_json: bool) -> None:
    """Read the machine-readable zone in FILE, or as it is typed: two or three lines, as they are printed.

    Ends with code 1 if anything about it is doubtful.
    """
    found = zones.read(file.read(_LONGEST), today.date() if today else _today())
    click.echo(encoded(msgspec.to_builtins(found)) if as_json else "\n".join(_told(found)))
    if found.doubts:
        sys.exit(1)


def _today() -> date:
    return datetime.fromtimestamp(wall() / 1000, UTC).date()


def _told(found: Reading) -> list[str]:
    document = found.document
    cut = " (may be cut short)" if document.truncated else ""
    return [
        f"{document.kind.value}\t{document.code} of {document.issuer}, laid out as {document.size.value}",
        f"number\t{document.number}",
        f"name\t{document.family}, {document.given}{cut}",
        f"born\t{document.birth or 'unknown'}\tsex {document.sex.value}\tnational of {document.nationality}",
        f"expires\t{document.expiry or 'unknown'}",
        *(f"besides\t{each}" for each in document.optional),
        *(
            f"repaired\tline {each.line}, column {each.column}: read {each.read}, taken for {each.taken}"
            for each in found.repairs
        ),
        *(f"doubt\t{each.what}" for each in found.doubts),
    ]
