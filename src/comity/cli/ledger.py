"""`comity ledger`: what can be done with a whole log."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from comity.agreements.standing import State, unproven
from comity.agreements.terms import Terms
from comity.cli import keeping, receipts
from comity.exchange.partners import log_keys
from comity.foundation.ledger import trust, vkey
from comity.foundation.ledger.note import Ed25519Key
from comity.foundation.store import findings as found
from comity.foundation.store.export import export as written_out
from comity.foundation.store.export import exported, reread
from comity.foundation.store.findings import KeptFinding
from comity.foundation.store.fsck import Report
from comity.foundation.store.fsck import fsck as read_again
from comity.foundation.store.store import Transaction
from comity.node.standings import standings
from comity.node.trust import derived
from comity.node.witnesses import known
from comity.vocabulary import instant
from comity.vocabulary.fault import Missing

_NEWEST = 1_000
"""Findings that are listed."""
_BINDING = frozenset({State.FINALIZED, State.SUSPENDED})


@click.group()
def ledger() -> None:
    """Bundle proofs, check a whole log, and see how long its entries are kept."""


for _command in (keeping.kept, keeping.hold, keeping.lift, receipts.receipts):
    ledger.add_command(_command)


@ledger.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Write the report as one JSON object.")
@click.option("--key", metavar="VKEY", help="Of an exported log: whose signature its checkpoint must have.")
def fsck(folder: Path, as_json: bool, key: str | None) -> None:
    """Re-read the whole log in FOLDER and hold it against itself; exit 1 if anything is wrong.

    FOLDER is a node's, or one that holds the files of a log, as `comity ledger export` or other tools write them: then
    neither a node nor a database is needed.
    """
    report = _reread_files(folder, key) if exported(folder) else _reread_node(folder)
    show(report, as_json=as_json, console=Console())
    sys.exit(1 if report.found else 0)


def _reread_files(folder: Path, key: str | None) -> Report:
    err = Console(stderr=True)
    if key is None:
        err.print("the signature is not checked: name the log's key with --key")
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task("entries", total=None)
        return reread(
            folder,
            vkey.read(key, "--key") if key else None,
            lambda done, total: progress.update(task, completed=done, total=total),
        )


def _reread_node(folder: Path) -> Report:
    from comity.node.assemble import opened  # noqa: PLC0415 - loads the whole node, which help need not wait for

    err = Console(stderr=True)
    with opened(folder) as node, node.store.reading() as transaction, Progress(console=err, transient=True) as progress:
        task = progress.add_task("entries", total=None)
        return read_again(
            transaction,
            log_keys(transaction, node.own.card),
            lambda done, total: progress.update(task, completed=done, total=total),
        )


@ledger.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
def export(folder: Path, out: Path) -> None:
    """Write the whole log of the node in FOLDER into OUT, as files that anyone's tools read (C2SP tlog-tiles)."""
    from comity.node.assemble import opened  # noqa: PLC0415 - loads the whole node, which help need not wait for

    err = Console(stderr=True)
    with opened(folder) as node, node.store.reading() as transaction, Progress(console=err, transient=True) as progress:
        task = progress.add_task("tiles", total=None)
        done = written_out(transaction, out, lambda done, total: progress.update(task, completed=done, total=total))
        card = node.own.card
    click.echo(f"{out}: {done.size:,} entries in {done.files:,} files, and the checkpoint")
    click.echo(
        f"check it anywhere with: comity ledger fsck {out} --key {vkey.written(Ed25519Key(card.origin, card.log))}"
    )


@ledger.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("release")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File  [default: its own name]")
def bundle(folder: Path, release: str, output: Path | None) -> None:
    """Write one file that proves RELEASE (a message id, or the first digits of one) of the node in FOLDER."""
    from comity.cli import options  # noqa: PLC0415 - loads the whole node, which help need not wait for
    from comity.node.assemble import opened  # noqa: PLC0415

    with opened(folder) as node:
        message = options.release(node.store, release)
        made = node.proofs.bundle(message)
    file = output or Path(f"{message.hex()[:16]}.comity-bundle")
    file.write_bytes(made)
    click.echo(f"{file}: {len(made):,} bytes")
    click.echo(f"check it anywhere with: comity verify {file}")


@ledger.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Write them as a JSON list, both signed notes included.")
def findings(folder: Path, as_json: bool) -> None:
    """List what the monitor of the node in FOLDER has found about logs; exit 1 if any of it is open."""
    from comity.node.assemble import opened  # noqa: PLC0415 - loads the whole node, which help need not wait for

    with opened(folder) as node, node.store.reading() as transaction:
        kept = found.newest(transaction, _NEWEST)
    show_findings(kept, as_json=as_json, console=Console())
    sys.exit(1 if any(each.acknowledged is None for each in kept) else 0)


@ledger.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--agreement", default="", help="Whose witnesses count  [default: the one that is in force]")
@click.option("--log-of", default="", metavar="NODE", help="Party whose log it is for  [default: this node]")
def policy(folder: Path, agreement: str, log_of: str) -> None:
    """Write the trust policy of the node in FOLDER: that of its settings, or the one an agreement makes of a log."""
    from comity.node.assemble import opened  # noqa: PLC0415 - loads the whole node, which help need not wait for

    with opened(folder) as node, node.store.reading() as transaction:
        if node.policy is not None and not agreement:
            click.echo(trust.written(node.policy), nl=False)
            return
        cards = [node.own.card, *known(transaction)]
        agreed = _in_force(transaction, agreement)
        log = next((card for card in cards if card.name == (log_of or node.own.card.name)), None)
        if log is None or log.name not in agreed.between:
            raise Missing("there is no such party", where=log_of, remedy=f"Parties: {', '.join(agreed.between)}.")
        click.echo(f"# what {agreed.agreement} {agreed.version} asks of a checkpoint of {log.origin}")
        click.echo(trust.written(derived(agreed, log, cards)), nl=False)


def _in_force(transaction: Transaction, name: str) -> Terms:
    """Return the newest version in force of the agreement so named, or of the only one there is."""
    found = [each.terms for each in standings(transaction) if unproven(each) is None and each.state in _BINDING]
    wanted = [each for each in found if name in {"", each.agreement}]
    names = sorted({each.agreement for each in wanted})
    if len(names) != 1:
        what = "no such agreement is in force" if not names else "several agreements are in force"
        raise Missing(what, where=name, remedy=f"Name one: {', '.join(names) or 'none is'}.")
    return max(wanted, key=lambda each: each.version)


def show_findings(kept: list[KeptFinding], *, as_json: bool, console: Console) -> None:
    """Write the findings: as a JSON list, or a paragraph for each, those still open first."""
    if as_json:
        plain = msgspec.to_builtins(kept, builtin_types=(bytes,))
        for each in plain:
            each["finding"] |= {name: each["finding"][name].decode() for name in ("before", "now")}
        console.file.write(msgspec.json.encode(plain).decode() + "\n")
        return
    for each in kept:
        finding = each.finding
        mark = ("✗ ", "red") if each.acknowledged is None else ("✓ ", "green")
        head = f"{each.sequence}  {finding.kind.value}  {finding.origin}, shown by {finding.shown_by}  "
        console.print(Text.assemble(mark, head, instant.written(each.found)), soft_wrap=True)
        console.print(Text(f"  {finding.words}"), soft_wrap=True)
        if each.acknowledged is not None:
            console.print(Text(f"  acknowledged by {each.officer}: {each.reason}"), soft_wrap=True)
    if not kept:
        console.print(Text("✓ nothing was found", "green"))


def show(report: Report, *, as_json: bool, console: Console) -> None:
    """Write the report: as one JSON object, or as a table and a line for each fault."""
    if as_json:
        plain = msgspec.to_builtins(report, builtin_types=(bytes,))
        console.file.write(msgspec.json.encode({**plain, "root": report.root.hex()}).decode() + "\n")
        return
    table = Table.grid(padding=(0, 2))
    for words, value in (
        ("entries read", f"{report.entries:,}"),
        ("of them erased", f"{report.erased:,}"),
        ("in the tree", f"{report.size:,}"),
        ("tiles", f"{report.tiles:,}"),
        ("checkpoints", f"{report.checkpoints:,}"),
        ("root", report.root.hex()),
    ):
        table.add_row(words, value)
    console.print(table)
    for fault in report.faults:
        console.print(Text.assemble(("✗ ", "red"), fault), soft_wrap=True)
    if report.found > len(report.faults):
        console.print(f"… and {report.found - len(report.faults):,} more")
    console.print(Text("✓ the log holds", "green") if not report.found else Text(f"✗ {report.found:,} faults", "red"))
