"""`comity recall`: call back what was given, and see what became of it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import click

from comity.api.access import reader
from comity.api.consulted import consulted
from comity.cli import options
from comity.cli.main import printable
from comity.cli.options import FOLDER, JSON, LIMIT, OFFICER
from comity.foundation import canonical
from comity.foundation.ledger import checkpoint, note
from comity.foundation.ledger.proof import LogProof
from comity.foundation.store import outbox, recalls
from comity.foundation.store.recalls import KeptRecall, RecalledHere
from comity.foundation.store.store import ActTransaction
from comity.node.assemble import Node, opened
from comity.node.flow_recall import AlreadyRecalled, Calling
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant, written
from comity.vocabulary.officer import Officer
from comity.vocabulary.recall import RecallAct, Recalled

_REASON = click.option("--reason", required=True, help="Why: the partner's people read it.")
_PLACE = click.option("--place", type=click.IntRange(0, 999), help="Which record of the release, from 0.")
_RELEASE = click.argument("release")


@click.group()
def recall() -> None:
    """Call back what was given to partners, and see what became of it."""


@recall.command()
@FOLDER
@click.argument("release", required=False, default="")
@_PLACE
@click.option("--record", default="", help="Instead of RELEASE: everywhere this record was given.")
@_REASON
@OFFICER
@JSON
def erase(
    folder: Path, *, release: str, place: int | None, record: str, reason: str, officer: str, as_json: bool
) -> None:
    """Have partners erase what RELEASE of the node in FOLDER gave them, all of it or one record.

    RELEASE is a message id, or the first digits of one.
    """
    if bool(release) == bool(record) or (record and place is not None):
        raise click.UsageError("name a RELEASE, with --place for one of its records, or a --record")
    calling = Calling(act=RecallAct.ERASE, reason=reason)
    with opened(folder) as node:
        who = options.named(node, officer)
        if record:
            made = node.recalls.recall_record(who, record, calling)
        else:
            made = _call_back(node, who, options.release(node.store, release), place, calling)
    _tell(made, as_json)


@recall.command()
@FOLDER
@_RELEASE
@_PLACE
@click.option("--by", "by", required=True, help="The RELEASE with the corrected record, to the same partner.")
@_REASON
@OFFICER
@JSON
def correct(
    folder: Path, *, release: str, place: int | None, by: str, reason: str, officer: str, as_json: bool
) -> None:
    """Have a partner erase what RELEASE of the node in FOLDER gave, since another release took its place."""
    with opened(folder) as node:
        who, message = options.named(node, officer), options.release(node.store, release)
        calling = Calling(act=RecallAct.CORRECT, reason=reason, corrected_by=options.release(node.store, by))
        if place is None and _count(node, message) > 1:
            raise Refused("the release has several records", where=release, remedy="Name one with --place.")
        made = [node.recalls.recall(who, message, place or 0, calling)]
    _tell(made, as_json)


@recall.command(name="list")
@FOLDER
@OFFICER
@LIMIT
@JSON
def list_(folder: Path, officer: str, limit: int, as_json: bool) -> None:
    """List the recalls that the node in FOLDER sent, newest first. The look is logged."""
    _show(folder, officer, limit, as_json, overdue=False)


@recall.command()
@FOLDER
@OFFICER
@LIMIT
@JSON
def overdue(folder: Path, officer: str, limit: int, as_json: bool) -> None:
    """List the recalls of the node in FOLDER that no partner's log has proven in time. The look is logged."""
    _show(folder, officer, limit, as_json, overdue=True)


@recall.command()
@FOLDER
@OFFICER
@LIMIT
@JSON
def received(folder: Path, officer: str, limit: int, as_json: bool) -> None:
    """List what partners called back from the node in FOLDER: that and why, nothing of the record."""
    with opened(folder) as node, _consulted(node, officer) as transaction:
        found = recalls.here(transaction, limit)
    lines = [_here(each) for each in found]
    _lines(lines, as_json, "no partner has called anything back")


@recall.command()
@FOLDER
@click.argument("recall_id", metavar="RECALL")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File  [default: its own name]")
@OFFICER
@JSON
def proof(folder: Path, recall_id: str, output: Path | None, officer: str, as_json: bool) -> None:
    """Write the proof that the partner's log holds what it answered to RECALL of the node in FOLDER.

    It is a C2SP tlog-proof; the leaf that it proves is told with it, and with entry and salt in the JSON answer.
    """
    with opened(folder) as node, _consulted(node, officer) as transaction:
        kept = recalls.get(transaction, options.identifier(recall_id))
    told, text = _proven(kept, recall_id)
    file = output or Path(f"{recall_id[:16]}.tlog-proof")
    file.write_bytes(text)
    if as_json:
        click.echo(options.encoded({**told, "file": str(file)}))
        return
    for name, value in told.items():
        click.echo(f"{name}\t{value}")
    click.echo(f"{file}: {len(text):,} bytes")


def _consulted(node: Node, officer: str) -> AbstractContextManager[ActTransaction]:
    """Open a transaction in which a person of the node looks at recalls."""
    return consulted(node.store, reader(options.named(node, officer)), "recalls")


def _call_back(node: Node, who: Officer, message: bytes, place: int | None, calling: Calling) -> list[bytes]:
    """Call one record of the release back, or every one that was not called back before."""
    if place is not None:
        return [node.recalls.recall(who, message, place, calling)]
    made: list[bytes] = []
    refused: AlreadyRecalled | None = None
    for each in range(_count(node, message)):
        try:
            made.append(node.recalls.recall(who, message, each, calling))
        except AlreadyRecalled as fault:
            refused = fault
    if refused is not None and not made:
        raise refused
    return made


def _count(node: Node, message: bytes) -> int:
    with node.store.reading() as transaction:
        return len(outbox.items(transaction, message))


def _show(folder: Path, officer: str, limit: int, as_json: bool, *, overdue: bool) -> None:
    with opened(folder) as node:
        now = node.clock.now()
        with _consulted(node, officer) as transaction:
            found = recalls.overdue(transaction, now, limit) if overdue else recalls.recent(transaction, limit)
    _lines([_sent(each, now) for each in found], as_json, "nothing is overdue" if overdue else "no recalls yet")


def _sent(kept: KeptRecall, now: Instant) -> dict[str, object]:
    proven = kept.proof is not None
    late = kept.due <= now and not proven
    answer = "waiting" if kept.outcome is None else kept.outcome.value
    return {
        "recall": kept.id.hex(),
        "partner": kept.partner,
        "release": kept.message.hex(),
        "place": kept.place,
        "record": kept.record,
        "act": kept.act.value,
        "state": "overdue" if late else "proven" if proven else answer,
        "outcome": kept.outcome.value if kept.outcome else None,
        "made": written(kept.made),
        "due": written(kept.due),
        "officer": kept.officer,
        "reason": kept.reason,
    }


def _here(kept: RecalledHere) -> dict[str, object]:
    return {
        "partner": kept.sender,
        "release": kept.message.hex(),
        "place": kept.place,
        "record": kept.record,
        "act": kept.act.value,
        "outcome": kept.outcome.value,
        "time": written(kept.time),
        "reason": kept.reason,
    }


def _proven(kept: KeptRecall | None, wanted: str) -> tuple[dict[str, object], bytes]:
    """Return what is proven, and the proof as text."""
    if kept is None:
        raise Missing("there is no such recall", where=wanted[:80], remedy="See: comity recall list.")
    if kept.proof is None or kept.answer is None:
        raise Missing(
            f"the log of {kept.partner} has not proven it yet",
            where=wanted[:80],
            remedy="Ask again once it has answered and its checkpoint is witnessed; see: comity recall overdue.",
        )
    answer, found = canonical.read(kept.answer, Recalled), LogProof.read(kept.proof)
    below = note.read(found.checkpoint)
    names = {each.name for each in below.signatures} - {answer.origin}
    told: dict[str, object] = {
        "recall": kept.id.hex(),
        "partner": kept.partner,
        "record": kept.record,
        "outcome": answer.outcome.value,
        "origin": answer.origin,
        "index": answer.index,
        "size": checkpoint.read(below.text).size,
        "cosigned": ", ".join(sorted(name.removesuffix("/witness") for name in names)),
        "entry": answer.entry.hex(),
        "salt": answer.salt.hex(),
    }
    return told, found.text()


def _lines(lines: list[dict[str, object]], as_json: bool, none: str) -> None:
    if as_json:
        click.echo(options.encoded(lines))
        return
    if not lines:
        click.echo(none)
    for line in lines:
        click.echo("\t".join(printable(str(value)) for value in line.values() if value is not None))


def _tell(made: list[bytes], as_json: bool) -> None:
    found = [each.hex() for each in made]
    if as_json:
        click.echo(options.encoded({"recalls": found}))
        return
    for each in found:
        click.echo(f"called back: {each}")
    if not found:
        click.echo("it had been called back from everyone already")
