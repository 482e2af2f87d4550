"""`comity agreement test`: requests put to an agreement, and each answer beside the one that was expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import click
import msgspec

from comity.agreements import document, terms
from comity.agreements.national import Law
from comity.agreements.permit import permit
from comity.agreements.standing import State
from comity.agreements.terms import Terms
from comity.cli import asking, expectation
from comity.cli.expectation import Difference, Expectation, Part
from comity.cli.main import printable
from comity.cli.options import JSON, encoded
from comity.cli.text import loaded, read
from comity.node import relations
from comity.vocabulary.fault import Fault

EXPECTED: Final = "expected.yaml"
_LARGEST: Final = 1_000_000
"""Bytes of one request."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One request: what was expected, what was found, and wherein they differ."""

    request: str
    expected: Mapping[str, Part] | None
    """None: of this request nothing is expected."""
    found: Mapping[str, Part] | None
    """None: there is no such request."""
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether the answer is as expected."""
        return self.expected is not None and self.found is not None and not self.differences


@click.command(name="test")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@JSON
def test_(file: Path, folder: Path, as_json: bool) -> None:
    """Put the requests in FOLDER to the agreement in FILE, and tell which answers are not those in its expected.yaml.

    The agreement is taken as signed and proven by all parties.
    """
    agreed = read(file)
    done = tuple(trials(agreed, folder))
    different = sum(not one.ok for one in done)
    if as_json:
        digest = terms.digest(agreed).hex()
        requests = [{**msgspec.to_builtins(one), "ok": one.ok} for one in done]
        click.echo(encoded({"digest": digest, "different": different, "requests": requests}))
    else:
        click.echo("\n".join(printable(line) for one in done for line in told(one)))
        click.echo(f"{len(done)} requests: {len(done) - different} as expected, {different} different")
    if different:
        raise SystemExit(1)


def trials(agreed: Terms, folder: Path) -> Iterator[Trial]:
    """Yield each request of the folder, in the order of its expected.yaml, then those of which it says nothing.

    Raises:
        Fault: a file in it is not in its format, or it holds more requests than can be tried.
    """
    file = folder / EXPECTED
    if not file.is_file():
        raise Fault(f"there is no {EXPECTED}", where=str(folder), remedy="See docs/formats/expected.md.")
    expected = expectation.read(loaded(file, document.LARGEST), str(file))
    paths = {path.stem: path for path in sorted(folder.glob("*.json"))}
    if len(paths) > expectation.MOST:
        raise Fault(f"{len(paths)} requests are more than {expectation.MOST}", where=str(folder), remedy="Part them.")
    law = cache(lambda path: relations.read(folder / path) if path else None)
    for name in (*expected, *(name for name in paths if name not in expected)):
        wanted = expected.get(name)
        answered = _answered(paths[name], agreed, wanted, law) if name in paths else None
        yield Trial(
            request=name,
            expected=wanted.parts if wanted else None,
            found=answered,
            differences=tuple(expectation.differences(wanted.parts, answered)) if wanted and answered else (),
        )


def _answered(
    path: Path, agreed: Terms, expected: Expectation | None, law: Callable[[str], Law | None]
) -> dict[str, Part]:
    """Return what the agreement answers; of a request of which nothing is expected, as it stands in force."""
    state, file = (expected.state, expected.law) if expected else (State.FINALIZED, "")
    data = loaded(path, _LARGEST).encode()
    return expectation.found(permit(asking.request(data, agreed, state, str(path), law(file))))


def told(one: Trial) -> Iterator[str]:
    """Yield the lines that people read of it."""
    if one.ok and one.found is not None:
        yield f"ok         {one.request}: {expectation.headline(one.found)}"
        return
    yield f"different  {one.request}"
    if one.found is None:
        yield f"  expected but not asked: there is no {one.request}.json"
    elif one.expected is None:
        yield f"  asked but not expected: {expectation.headline(one.found)}"
    elif one.expected["answer"] != one.found["answer"]:
        yield f"  expected {expectation.headline(one.expected)}"
        yield f"  found    {expectation.headline(one.found)}"
    else:
        yield from (f"  {each}" for each in one.differences)
