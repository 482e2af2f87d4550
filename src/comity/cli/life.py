"""`comity agreement`: the life of an agreement at a node, from the request to what is owed after its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from comity.agreements import terms
from comity.agreements.standing import obstacle
from comity.cli.main import printable
from comity.cli.options import FOLDER, JSON, encoded
from comity.cli.text import read
from comity.exchange.step import Effect, StepKind
from comity.foundation import canonical
from comity.foundation.store import agreements, obligations
from comity.foundation.store.obligations import KeptObligation
from comity.foundation.store.store import Transaction
from comity.node.assemble import opened
from comity.node.standings import standings
from comity.vocabulary.instant import Instant, written

_NAME = click.argument("name")
_FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_VERSION = click.option("--version", type=click.IntRange(1), required=True, help="Which version of it.")
_DIGEST = click.option("--digest", default="", help="First digits of its digest, where there are several texts.")
_OFFICER = click.option("--officer", required=True, help="Who does this, for the ledger.")
_REASON = click.option("--reason", required=True, help="Why, for the ledger and the other parties.")
_MOST = 10_000


@click.command()
@FOLDER
@_FILE
@_OFFICER
def request(folder: Path, file: Path, officer: str) -> None:
    """Ask the other parties to sign the agreement in FILE, which the node in FOLDER has not signed yet."""
    found = read(file)
    with opened(folder) as node:
        digest = node.agreements.request(found, officer)
    _say(found.agreement, found.version, f"is asked of {', '.join(found.between)}", digest)


@click.command()
@FOLDER
@_FILE
@_OFFICER
def sign(folder: Path, file: Path, officer: str) -> None:
    """Sign the agreement in FILE for the node in FOLDER, and offer it to the other parties."""
    found = read(file)
    with opened(folder) as node:
        digest = node.agreements.sign(found, officer)
    _say(found.agreement, found.version, f"is signed and offered, between {', '.join(found.between)}", digest)


@click.command()
@FOLDER
@_NAME
@_VERSION
@_DIGEST
@_OFFICER
def offer(folder: Path, name: str, version: int, digest: str, officer: str) -> None:
    """Send the agreement NAME that the node in FOLDER has signed to the other parties once more."""
    with opened(folder) as node:
        offered = node.agreements.offer(name, version, officer, digest)
    _say(name, version, "is offered again", offered)


@click.command()
@FOLDER
@_NAME
@_VERSION
@_DIGEST
@_OFFICER
def accept(folder: Path, name: str, version: int, digest: str, officer: str) -> None:
    """Sign the agreement NAME that another party has offered to the node in FOLDER, or asked it for."""
    with opened(folder) as node:
        signed = node.agreements.accept(name, version, officer, digest)
    _say(name, version, "is signed", signed)


@click.command()
@FOLDER
@_NAME
@_VERSION
@_DIGEST
@_OFFICER
@_REASON
def suspend(folder: Path, **asked: Any) -> None:  # noqa: ANN401 - the options above
    """Suspend the agreement NAME: nothing goes out under it from this instant, here and soon at the other parties."""
    _stop(folder, StepKind.SUSPENDED, **asked)


@click.command()
@FOLDER
@_NAME
@_VERSION
@_DIGEST
@_OFFICER
@_REASON
def revoke(folder: Path, **asked: Any) -> None:  # noqa: ANN401 - the options above
    """Withdraw from the agreement NAME for good, by a signature that can be shown to anyone."""
    _stop(folder, StepKind.REVOKED, **asked)


@click.command()
@FOLDER
@_NAME
@_VERSION
@_DIGEST
@_OFFICER
@_REASON
def terminate(folder: Path, **asked: Any) -> None:  # noqa: ANN401 - the options above
    """End the agreement NAME for good, in force or not."""
    _stop(folder, StepKind.TERMINATED, **asked)


def _stop(folder: Path, kind: StepKind, *, name: str, version: int, digest: str, officer: str, reason: str) -> None:
    with opened(folder) as node:
        node.endings.stop(name, version, kind, officer, reason, digest)
    click.echo(f"{name} version {version} is {kind.value}")


@click.command(name="list")
@FOLDER
@JSON
def list_(folder: Path, as_json: bool) -> None:
    """List the agreements of the node in FOLDER: the state of each, and why it is not in force."""
    with opened(folder) as node, node.store.reading() as transaction:
        found = [
            {
                "agreement": one.terms.agreement,
                "version": one.terms.version,
                "digest": one.digest.hex(),
                "state": one.state.value,
                "obstacle": obstacle(one, node.clock.now()),
            }
            for one in standings(transaction)
        ]
    if as_json:
        click.echo(encoded(found))
        return
    if not found:
        click.echo("no agreements yet: comity agreement sign, or accept what a partner offers")
    for one in found:
        digest, why = str(one["digest"])[:16], one["obstacle"] or "in force"
        click.echo(f"{one['agreement']} version {one['version']}\t{digest}\t{one['state']}\t{why}")


@click.command(name="obligations")
@FOLDER
@click.option("--overdue", is_flag=True, help="Only what partners have not proven in time.")
@JSON
def obligations_(folder: Path, overdue: bool, as_json: bool) -> None:
    """List what parties owe each other after agreements ended, and what was proven."""
    with opened(folder) as node, node.store.reading() as transaction:
        now = node.clock.now()
        found = obligations.overdue(transaction, now, _MOST) if overdue else obligations.recent(transaction, _MOST)
        told = [_told(transaction, one, now) for one in found]
    if as_json:
        click.echo(encoded(told))
        return
    for one in told:
        click.echo(printable(f"{one['agreement']}\t{one['holder']}\tdue {one['due']}\t{one['state']}"))
    if not told:
        click.echo("nothing is overdue" if overdue else "nothing is owed")


def _told(transaction: Transaction, owed: KeptObligation, now: Instant) -> dict[str, object]:
    kept = agreements.get(transaction, owed.agreement)
    agreed = terms.from_canonical(kept.body) if kept else None
    effect = canonical.own(owed.effect, Effect) if owed.effect else None
    state = "overdue" if owed.met is None and owed.due < now else "open"
    if owed.met is not None and effect is not None:
        state = f"proven: {effect.erased} erased, {effect.kept} kept"
    return {
        "agreement": f"{agreed.agreement} version {agreed.version}" if agreed else owed.agreement.hex(),
        "holder": "this node" if owed.ours else owed.partner,
        "owner": owed.partner if owed.ours else "this node",
        "due": written(owed.due),
        "state": state,
        "erased": effect.erased if effect else None,
        "kept": effect.kept if effect else None,
    }


def _say(name: str, version: int, what: str, digest: bytes) -> None:
    click.echo(f"{name} version {version} {what}")
    click.echo(f"digest  {digest.hex()}")


COMMANDS = (request, sign, offer, accept, suspend, revoke, terminate, list_, obligations_)
"""In the order in which they come in an agreement's life."""
