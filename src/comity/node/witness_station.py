"""A witness by itself: a station without records, which watches over others' logs and cosigns them.

An oversight body runs one. It has a card, keys and a database as a node has, and `witness.toml` for its settings.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace

from comity.exchange import cards
from comity.exchange.cards import Own
from comity.foundation import keys
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock, wall
from comity.foundation.store import partners
from comity.foundation.store.server import Server, attached
from comity.foundation.store.store import ActTransaction, Store
from comity.node import rotation
from comity.node.rotation import CARD
from comity.node.setting import Address
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.partner import Card, Station

FILE = "witness.toml"


class WitnessSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is set of a witness."""

    listen: Address
    """Address and port at which logs ask it to cosign."""


class WitnessStation(msgspec.Struct, frozen=True):
    """A witness's parts."""

    own: Own
    settings: WitnessSettings
    store: Store


def create(folder: Path, *, name: str, agency: str, country: str, listen: str, endpoint: str = "") -> bytes:
    """Make keys, card and settings of a witness in the folder, and return the signed card.

    Raises:
        Fault: there is one already, or a name, country or address is malformed.
    """
    if (folder / FILE).exists():
        raise Fault("there is a witness here already", where=str(folder), remedy="Choose another folder.")
    settings = _checked({"listen": listen}, "--listen")
    card = _card(name, agency, country, endpoint or f"http://{settings.listen}")
    made = keys.create(folder / "keys")
    whole = replace(
        card,
        identity=made.identity.public,
        identity_pq=made.identity_pq.public,
        witness=made.witness.public,
        witness_pq=made.witness_pq.public,
    )
    signed = cards.sign(whole, made.identity, made.identity_pq)
    (folder / CARD).write_text(cards.text(signed), "ascii")
    (folder / FILE).write_text(f"listen = {msgspec.json.encode(settings.listen).decode()}\n", "utf-8")
    return signed


def _card(name: str, agency: str, country: str, endpoint: str) -> Card:
    """Return the card without its keys."""
    plain = {"name": name, "agency": agency, "country": country, "endpoint": endpoint}
    none = dict.fromkeys(("identity", "log", "witness", "sealing"), b"")
    try:
        return msgspec.convert({"station": Station.WITNESS.value, "created": wall(), **plain, **none}, Card)
    except msgspec.ValidationError as error:
        raise Fault(f"the card cannot be made: {error}", remedy="Give other names.") from error


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """See to it that the witness in the folder does not run.

    Raises:
        Refused: it runs.
    """
    if attached(folder / "database"):
        raise Refused("the witness is running", where=str(folder), remedy="Stop it, do this, and start it again.")
    yield


@contextmanager
def opened(
    folder: Path, *, officer: str = "", reason: str = "made or renewed since the last start"
) -> Iterator[WitnessStation]:
    """Open the witness in the folder; its database is started unless the witness runs already.

    Where its card is a new one, that is entered in its log, with officer and reason.

    Raises:
        Missing: there is no witness in the folder.
        Fault: a setting or key is not right, or the database does not start.
    """
    settings, own = _loaded(folder)
    running = attached(folder / "database")
    if running:
        with _store(running, own, officer, reason) as store:
            yield WitnessStation(own, settings, store)
        return
    with Server.start(folder / "database") as server, _store(server.url, own, officer, reason) as store:
        yield WitnessStation(own, settings, store)


@contextmanager
def _store(url: str, own: Own, officer: str, reason: str) -> Iterator[Store]:
    store = Store(url, node=own.card.name, clock=Clock())
    try:
        store.migrate()
        rotation.remember(store, own, officer or own.card.name, reason)
        yield store
    finally:
        store.close()


def _loaded(folder: Path) -> tuple[WitnessSettings, Own]:
    try:
        settings = _checked(tomllib.loads((folder / FILE).read_text("utf-8")), FILE)
        own = rotation.loaded(folder)
    except FileNotFoundError as error:
        raise Missing("there is no witness here", where=str(folder), remedy="Make one: comity witness init.") from error
    except ValueError as error:
        raise Fault(f"the settings or the card cannot be read ({error})", where=str(folder)) from error
    return settings, own


def _checked(plain: dict[str, object], where: str) -> WitnessSettings:
    try:
        return msgspec.convert(plain, WitnessSettings)
    except msgspec.ValidationError as error:
        raise Fault(
            f"a setting is not right: {error}", where=where, remedy='Write: listen = "127.0.0.1:8460"'
        ) from error


def accept(store: Store, signed: bytes, fingerprint: str, officer: str) -> Card:
    """Take the log of the node with this card under watch, after a person has compared the fingerprint.

    Raises:
        Fault: the card does not hold, is of a station without a log, or the fingerprint is another.
    """
    cards.confirm(signed, fingerprint)
    card = cards.read(signed)
    if not card.log:
        raise Fault("this station has no log", where=card.name, remedy="Give the card of a node.")
    with store.acting() as act:
        _keep(act, card, signed, officer, "fingerprint compared", "log taken under watch")
    return card


def follow(store: Store, signed: bytes, officer: str) -> Card:
    """Follow a node whose log is watched to its next card, which the keys of its last one have signed.

    Raises:
        Missing: its log is not watched.
        Fault: the card does not hold, or does not succeed the one known.
    """
    name = cards.read(signed).name
    with store.acting() as act:
        kept = partners.get(act, name)
        if kept is None or kept.cut_off is not None:
            raise Missing("its log is not watched here", where=name, remedy="Add its card: comity witness add.")
        card = cards.follow(signed, kept.card, name)
        _keep(act, card, signed, officer, "signed by the card before", f"followed to card {card.serial}")
    return card


def _keep(act: ActTransaction, card: Card, signed: bytes, officer: str, basis: str, detail: str) -> None:
    partners.add(act, card.name, card.station, signed, officer, wall())
    act.log(
        Entry(
            act=Act.PARTNER,
            officer=officer,
            basis=basis,
            subject=card.name,
            partner=card.name,
            digest=digest(signed),
            detail=detail,
        )
    )


def log_key(store: Store, origin: str) -> bytes | None:
    """Return the public key of the log with this origin, or None if it is of no accepted partner, or one cut off."""
    with store.reading() as transaction:
        kept = partners.get(transaction, origin.removesuffix("/log"))
    if kept is None or kept.cut_off is not None:
        return None
    card = cards.read(kept.card, kept.name)
    return card.log if card.log and card.origin == origin else None
