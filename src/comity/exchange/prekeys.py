"""Prekeys: the keys to which messages to this node are sealed, each for a few days (docs/formats/prekey.md)."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import msgspec
import structlog

from comity.exchange.cards import Own
from comity.foundation import canonical, keys
from comity.foundation.canonical import digest
from comity.foundation.clock import Clock
from comity.foundation.store.store import Unavailable
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import Duration, Instant
from comity.vocabulary.message import Digest
from comity.vocabulary.partner import Card

LARGEST = 16 * 1024
"""Bytes of a signed prekey."""

_LABEL = "comity/prekey/v1"
_PUBLIC = 1184 + 32
_SEED = 96
_log = structlog.get_logger()


class Prekey(msgspec.Struct, frozen=True, kw_only=True):
    """A key to seal to, whose it is, and until when."""

    owner: str
    public: Annotated[bytes, msgspec.Meta(min_length=_PUBLIC, max_length=_PUBLIC)]
    created: Instant
    expires: Instant

    @property
    def kem(self) -> Digest:
        """What names the key in envelopes."""
        return digest(self.public)

    @property
    def halfway(self) -> Instant:
        """When a sender should look for the next one."""
        return (self.created + self.expires) // 2


class _Signed(msgspec.Struct, frozen=True):
    prekey: bytes
    signature: bytes
    signature_pq: bytes


def sign(prekey: Prekey, own: keys.Keys) -> bytes:
    """Return the signed prekey."""
    body = canonical.written(prekey)
    return canonical.written(_Signed(body, own.identity.sign(_LABEL, body), own.identity_pq.sign(_LABEL, body)))


def read(signed: bytes, card: Card) -> Prekey:
    """Return the prekey of the node with this card.

    Raises:
        Fault: the bytes are no signed prekey, or it is another's.
    """
    if len(signed) > LARGEST:
        raise Fault(f"{len(signed)} bytes are too many for a prekey", where=card.name)
    outer = canonical.read(signed, _Signed, where=card.name)
    prekey = canonical.read(outer.prekey, Prekey, where=card.name)
    keys.verify(card.identity, _LABEL, outer.prekey, outer.signature)
    keys.verify_lattice(card.identity_pq, _LABEL, outer.prekey, outer.signature_pq)
    if prekey.owner != card.name or prekey.created >= prekey.expires:
        raise Fault("the prekey is another's, or contradicts itself", where=card.name)
    return prekey


@lru_cache(maxsize=256)
def believed(signed: bytes) -> Prekey:
    """Return the prekey, of one that was read before."""
    return canonical.read(canonical.read(signed, _Signed).prekey, Prekey)


class _Held(msgspec.Struct, frozen=True):
    file: Path
    prekey: Prekey
    key: keys.SealingKey
    signed: bytes


def _begun(held: Mapping[bytes, _Held], now: Instant) -> list[_Held]:
    """Return those whose time has begun."""
    return [each for each in held.values() if each.prekey.created <= now]


class Prekeys:
    """This node's prekeys: private keys in a folder, each in a file that is named by its times."""

    def __init__(self, folder: Path, own: Own, clock: Clock, every: Duration, overlap: Duration) -> None:
        self._folder = folder
        self._own = own
        self._clock = clock
        self._every = every
        self._overlap = overlap
        self._lock = threading.Lock()
        self._held: dict[bytes, _Held] | None = None

    def renew(self) -> int:
        """Make a new key if the newest is a period old, destroy those whose time is over; return how many were.

        One made while the clock was ahead counts from its time on: until then it neither serves nor stands in the way.
        """
        with self._lock:
            held = self._loaded()
            now = self._clock.now()
            begun = _begun(held, now)
            if not begun or now >= max(each.prekey.created for each in begun) + self._every:
                self._make(now)
            over = [each for each in held.values() if now >= each.prekey.expires + self._overlap]
            for each in over:
                del held[each.prekey.kem]
                keys.destroy(each.file)
        return len(over)

    def present(self) -> bytes:
        """Return the newest signed prekey; one made while the clock was ahead only if there is no other.

        Raises:
            Unavailable: there is none yet.
        """
        with self._lock:
            held = self._loaded()
            if not held:
                raise Unavailable("there is no prekey yet", where=self._own.card.name)
            begun = _begun(held, self._clock.now()) or list(held.values())
            return max(begun, key=lambda each: each.prekey.created).signed

    def key(self, kem: Digest) -> keys.SealingKey | None:
        """Return the private key of this name, None if there is none or it was destroyed."""
        with self._lock:
            held = self._loaded().get(kem)
        return held.key if held else None

    def _make(self, now: Instant) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._folder / f"{now}-{now + 2 * self._every}.key"
        keys.write_new(file, keys.random_bytes(_SEED))
        self._take(file)

    def _loaded(self) -> dict[bytes, _Held]:
        if self._held is None:
            self._held = {}
            for file in sorted(self._folder.glob("*-*.key")) if self._folder.is_dir() else ():
                try:
                    self._take(file)
                except Fault as fault:  # written half when the machine stopped: nobody has sealed to it
                    _log.warning("prekey destroyed", file=str(file), fault=str(fault))
                    keys.destroy(file)
        return self._held

    def _take(self, file: Path) -> None:
        """Hold the key in this file, signed anew: the identity keys may have changed since it was made."""
        created, _, expires = file.stem.partition("-")
        if not (created.isdecimal() and expires.isdecimal()):
            raise Fault("the file is not named by the times of a prekey", where=str(file))
        key = keys.SealingKey(keys.seed(file, _SEED))
        prekey = Prekey(owner=self._own.card.name, public=key.public, created=int(created), expires=int(expires))
        assert self._held is not None  # noqa: S101 - `_loaded` was called
        self._held[prekey.kem] = _Held(file, prekey, key, sign(prekey, self._own.keys))
