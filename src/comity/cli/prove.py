"""`comity agreement prove`: what a text permits in every case that there can be, found by proof and not by trying."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import msgspec

from comity.agreements.claim import Claim, Finding
from comity.agreements.remainder import narrowings
from comity.cli import text
from comity.foundation.clock import steady

_EVERY = 2.0
"""Seconds between two lines about what is being looked at."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="An older version: prove that nothing more is permitted, or tell all that is.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def prove(file: Path, against: Path | None, as_json: bool) -> None:
    """Prove what the agreement in FILE claims of every request that there can be.

    No clause is idle or repeated, the safeguards that a text can go against hold, a narrower posture permits nothing
    more, and neither does this version beside an older one. Whatever is not proved is told with a case in which it is
    not so; the exit code is then 1.
    """
    from comity.agreements.proof import proved  # noqa: PLC0415 - loads the solver, which other commands need not

    terms = text.read(file)
    old = text.read(against) if against is not None else None
    claims = proved(terms, old, tuple(narrowings(terms)), _Progress().tell)
    every = [*_shown(claims, as_json=as_json)]
    if as_json:
        answer = [{"proved": one.proved, **msgspec.to_builtins(one)} for one in every]
        click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())
    if not all(one.proved for one in every):
        raise SystemExit(1)


def _shown(claims: Iterable[Claim], *, as_json: bool) -> Iterator[Claim]:
    """Yield the claims, and print each as soon as it is known."""
    for one in claims:
        if not as_json:
            click.echo(f"{'proved    ' if one.proved else 'NOT PROVED'}  {one.name}: {one.words}")
            for finding in one.findings:
                click.echo(f"            - {finding.words}{_reach(finding)}")
        yield one


def _reach(finding: Finding) -> str:
    """Return for what else it is so, where that is more than the one case."""
    wide = [f"{key} {', '.join(names)}" for key, names in finding.reach.items() if len(names) > 1]
    return f" (in all: {'; '.join(wide)})" if wide else ""


class _Progress:
    """Tells on standard error what is being looked at, every two seconds."""

    def __init__(self) -> None:
        self._last = steady()

    def tell(self, words: str) -> None:
        now = steady()
        if now - self._last >= _EVERY:
            self._last = now
            click.echo(f"looking at {words} …", err=True)
