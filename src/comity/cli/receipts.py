"""`comity ledger receipts`: what was given, and whether both logs prove it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from comity.cli.options import FOLDER, JSON, LIMIT
from comity.foundation.store.store import Transaction


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """One release, and where it stands in both logs."""

    release: str
    partner: str
    records: int
    state: str
    entry: int
    """Of the first of its entries in our log."""
    received: int | None
    """Of the entry in the partner's log, by its receipt; None: there is no receipt that counts."""
    proven: bool
    """Whether the partner's log has proven that entry, under a checkpoint that others have cosigned."""


@click.command()
@FOLDER
@LIMIT
@JSON
def receipts(folder: Path, *, limit: int, as_json: bool) -> None:
    """List the newest releases of the node in FOLDER with their entries in both logs; exit 1 while one is not proven.

    Positions that subscribers are given all the time are left out.
    """
    from comity.cli import options  # noqa: PLC0415 - loads the whole node, which help need not wait for
    from comity.node.assemble import opened  # noqa: PLC0415

    with opened(folder) as node, node.store.reading() as transaction:
        found = list(_given(transaction, limit))
    if as_json:
        click.echo(options.encoded(found))
    else:
        for one in found:
            click.echo(_line(one))
        receipted, proven = sum(one.received is not None for one in found), sum(one.proven for one in found)
        click.echo(f"{len(found)} releases, {receipted} receipted, {proven} proven by the partner's log")
    sys.exit(0 if all(one.proven for one in found) else 1)


def _given(transaction: Transaction, limit: int) -> Iterator[Given]:
    from comity.exchange import partners  # noqa: PLC0415 - as above
    from comity.foundation.store import outbox, receipt_proofs  # noqa: PLC0415
    from comity.vocabulary.fault import Fault  # noqa: PLC0415

    kept = outbox.releases(transaction, limit)
    proven = receipt_proofs.among(transaction, [one.id for one in kept])
    for one in kept:
        received = None
        if one.receipt:
            try:
                received = partners.receipt(transaction, one.partner, one.receipt).index
            except Fault:  # by a key that was cut off since: it counts no more
                received = None
        yield Given(
            release=one.id.hex(),
            partner=one.partner,
            records=one.count,
            state=one.state,
            entry=one.entry,
            received=received,
            proven=one.id in proven,
        )


def _line(one: Given) -> str:
    theirs = "no receipt" if one.received is None else f"entry {one.received} there"
    proof = "proven" if one.proven else "not proven yet"
    return f"{one.release[:16]}\t{one.partner}\t{one.state}\tentry {one.entry} here\t{theirs}\t{proof}"
