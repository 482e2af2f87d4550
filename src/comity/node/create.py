"""Creation: the keys, card and settings of a new node."""

from __future__ import annotations

from pathlib import Path

import msgspec

from comity.exchange import cards
from comity.foundation import keys
from comity.foundation.clock import wall
from comity.node.rotation import CARD
from comity.node.setting import Address
from comity.node.settings import FILE, read
from comity.vocabulary.fault import Fault
from comity.vocabulary.partner import Card, Station


class NewNode(msgspec.Struct, frozen=True, kw_only=True):
    """What a new node is called and where it will listen."""

    name: str
    agency: str
    country: str
    console: Address = "127.0.0.1:8440"
    exchange: Address = "127.0.0.1:8450"
    endpoint: str = ""
    """How partners reach the exchange; empty: by http at its address."""


def create(folder: Path, new: NewNode) -> bytes:
    """Make a node's folder with keys, card and settings, and return the signed card.

    Raises:
        Fault: there is a node already, or a name, country or address is malformed.
    """
    if (folder / FILE).exists():
        raise Fault("there is a node here already", where=str(folder), remedy="Choose another folder.")
    endpoint = new.endpoint or f"http://{new.exchange}"
    settings = _settings(new, endpoint)
    read(settings, "what the new node is called")  # before any key is made
    made = keys.create(folder / "keys")
    card = Card(
        station=Station.NODE,
        name=new.name,
        agency=new.agency,
        country=new.country,
        endpoint=endpoint,
        identity=made.identity.public,
        identity_pq=made.identity_pq.public,
        log=made.log.public,
        witness=made.witness.public,
        witness_pq=made.witness_pq.public,
        sealing=made.sealing.public,
        created=wall(),
    )
    signed = cards.sign(card, made.identity, made.identity_pq)
    (folder / CARD).write_text(cards.text(signed), "ascii")
    (folder / FILE).touch(mode=0o600)  # a database's password may come to stand in it
    (folder / FILE).write_text(settings, "utf-8")
    return signed


def readdressed(folder: Path, endpoint: str) -> None:
    """Write another endpoint into the settings of the node in the folder.

    Raises:
        Fault: the endpoint is no address, or the line cannot be found.
    """
    file = folder / FILE
    written = file.read_text("utf-8")
    lines = [line for line in written.splitlines() if line.split("=")[0].strip() == "endpoint"]
    if len(lines) != 1:
        raise Fault(
            f"the endpoint stands {len(lines)} times in the settings",
            where=str(file),
            remedy='Write it once below [exchange]: endpoint = "https://…".',
        )
    changed = written.replace(lines[0], f"endpoint = {quoted(endpoint)}")
    read(changed, str(file))
    file.write_text(changed, "utf-8")


def _settings(new: NewNode, endpoint: str) -> str:
    tables = {
        "node": {"name": new.name, "agency": new.agency, "country": new.country},
        "console": {"listen": new.console},
        "exchange": {"listen": new.exchange, "endpoint": endpoint},
    }
    return "\n".join(
        f"[{table}]\n" + "".join(f"{key} = {quoted(value)}\n" for key, value in values.items())
        for table, values in tables.items()
    )


def quoted(text: str) -> str:
    """Return the text as a TOML basic string, whose escapes are those of JSON and one more."""
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")
