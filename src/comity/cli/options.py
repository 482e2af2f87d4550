"""Options: what several commands ask for alike, and how it is read."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from comity.foundation.store import officers, outbox
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.officer import Officer

FOLDER = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
OFFICER = click.option("--officer", required=True, help="Who does this: one of the node's people.")
LIMIT = click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="How many at most.")
JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
_NEWEST = 1_000
"""Releases among which one is sought by its first digits."""


def named(node: Node, name: str) -> Officer:
    """Return the node's user of this name: only named people act.

    Raises:
        Missing: there is none.
    """
    with node.store.reading() as transaction:
        found = officers.get(transaction, name)
    if found is None:
        raise Missing("there is nobody of this name", where=name, remedy="Add them: comity user add.")
    return found[0]


def identifier(text: str) -> bytes:
    """Return the id that the hexadecimal text writes.

    Raises:
        Fault: it is not hexadecimal.
    """
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Fault("an id is written in hexadecimal", where=text[:80], remedy="Take it from the list.") from error


def release(store: Store, text: str) -> bytes:
    """Return the id of the release that begins with these digits.

    Raises:
        Missing: none does, or several do.
    """
    with store.reading() as transaction:
        found = [kept.id for kept in outbox.releases(transaction, _NEWEST) if kept.id.hex().startswith(text.lower())]
    if len(found) != 1:
        what = "there is no such release" if not found else f"{len(found)} releases begin so"
        raise Missing(what, where=text, remedy="Give the message id, as the releases list it.")
    return found[0]


def encoded(answer: object) -> str:
    """Return the answer in JSON, for programs."""
    return msgspec.json.format(msgspec.json.encode(answer), indent=2).decode()
