"""`comity verify`: check a proof bundle from the file alone, without a node, a database or a network."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from comity.cli.main import printable
from comity.exchange import bundle
from comity.exchange.bundle import Facts, Verdict
from comity.exchange.evidence import LARGEST
from comity.foundation.ledger import trust as trust_policy
from comity.foundation.ledger.trust import TrustPolicy
from comity.vocabulary.instant import written
from comity.vocabulary.record import Value


@click.command()
@click.argument("file", metavar="BUNDLE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--trust", multiple=True, metavar="FINGERPRINT", help="Of a card, from its agency; may be repeated.")
@click.option(
    "--policy", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="That both logs must meet."
)
@click.option(
    "--cut-off",
    multiple=True,
    metavar="NAME=SIZE",
    help="Of a node whose keys were stolen: how many entries its log had before; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the verdict as one JSON object.")
def verify(file: Path, trust: tuple[str, ...], policy: Path | None, cut_off: tuple[str, ...], as_json: bool) -> None:
    """Check the BUNDLE that proves a release; exit 1 if anything in it does not hold.

    With --trust every card in the bundle must have one of the fingerprints named. Without it the verdict lists them,
    for a person to compare: the bundle then proves only that it is of one piece. With --policy both logs' checkpoints
    must besides be what a trust policy of your own asks for.
    """
    asked = _policy(policy) if policy else None
    with file.open("rb") as opened:
        verdict = bundle.verify(opened.read(LARGEST + 1), trust, policy=asked, cut_offs=dict(map(_cut_off, cut_off)))
    show(verdict, compared=bool(trust), as_json=as_json, console=Console(highlight=False))
    sys.exit(0 if verdict.ok else 1)


def _policy(file: Path) -> TrustPolicy:
    with file.open("rb") as opened:
        return trust_policy.read(opened.read(trust_policy.LARGEST + 1), str(file))


def _cut_off(written: str) -> tuple[str, int]:
    name, _, size = written.rpartition("=")
    if not name or not size.isdecimal():
        raise click.BadParameter(f"{written!r} is no name and size", param_hint="--cut-off")
    return name, int(size)


def show(verdict: Verdict, *, compared: bool, as_json: bool, console: Console) -> None:
    """Write the verdict: as one JSON object, or check by check and then what is proven."""
    if as_json:
        plain = {"ok": verdict.ok, **msgspec.to_builtins(verdict)}
        console.file.write(msgspec.json.encode(plain).decode() + "\n")
        return
    for check in verdict.checks:
        console.print(_line(check.words, holds=check.holds), soft_wrap=True)
    if verdict.facts is None:
        console.print(Text("this proves nothing", "bold red"))
        return
    console.print()
    console.print(_facts(verdict.facts))
    if not compared:
        console.print()
        console.print("compare with each agency, over another channel, or name them with --trust:")
        for name, fingerprint in verdict.fingerprints.items():
            console.print(Text(f"  {fingerprint}  {name}"))


def _line(words: str, *, holds: bool) -> Text:
    return Text.assemble(("✓ ", "green") if holds else ("✗ ", "red"), words)


def _facts(facts: Facts) -> Table:
    table = Table.grid(padding=(0, 2))
    simulated = " (an exercise)" if facts.simulated else ""
    rows = {
        "given": f"{facts.kind.value} {facts.record}{simulated}",
        "by": f"{facts.officer}, {facts.sender}, at {written(facts.given)}",
        **({"of": f"{facts.originator}, passed on by leave of {facts.leave_by}"} if facts.leave_by else {}),
        "to": f"{facts.receiver}, {facts.outcome} at {written(facts.answered)}"
        + (f" ({facts.reason})" if facts.reason else ""),
        "under": f"{facts.agreement} {facts.version}, clause {facts.clause}",
        "for": facts.purpose,
        "handling": f"TLP:{facts.handling.tlp.value}, onward {facts.handling.onward.value},"
        f" to be erased at {written(facts.keep_until)}",
    }
    for name, words in rows.items():
        table.add_row(name, Text(words))
    for field, value in sorted(facts.fields.items()):
        table.add_row("field", Text(f"{field}: {printable(_plain(field, value))}"))
    return table


def _plain(field: str, value: Value) -> str:
    if field in {"time", "until"} and isinstance(value, int):
        return written(value)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
