"""Hardware: Ed25519 keys inside a PKCS#11 module, which signs and never gives them away (PKCS#11 3.0, section 2.3).

A key is named by a URI (RFC 7512), with the module's path and a file that holds the PIN in its query:

    pkcs11:token=border;object=dk.coord-identity-2?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/srv/pin
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

import msgspec

from comity.foundation.keys.signing import SigningKey
from comity.vocabulary.fault import Fault, Missing

if TYPE_CHECKING:
    import pkcs11

_ED25519 = bytes.fromhex("06032b6570")
"""DER of the object identifier 1.3.101.112 (RFC 8410), by which the curve is named."""
_ATTRIBUTES = {"token": "path", "object": "path", "module-path": "query", "pin-source": "query"}
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
_LOCK = threading.RLock()
"""A session does one thing at a time."""


class HardwareUri(msgspec.Struct, frozen=True, kw_only=True):
    """Where a key is: by the labels of token and object, the path of the module, and the file with the PIN."""

    token: str
    object: str
    module_path: str
    pin_source: str

    @classmethod
    def read(cls, text: str, where: str = "") -> Self:
        """Return what the URI says.

        Raises:
            Fault: it is malformed, lacks a part, or has one that is not used here.
        """
        head, _, query = text.strip().partition("?")
        scheme, _, path = head.partition(":")
        found = {("path", *_pair(part)) for part in path.split(";")} | {
            ("query", *_pair(part)) for part in query.split("&")
        }
        values = {name: value for place, name, value in found if _ATTRIBUTES.get(name) == place and value}
        if scheme != "pkcs11" or len(values) != len(found) or len(values) != len(_ATTRIBUTES):
            raise Fault(
                "this names no key in a PKCS#11 module",
                where=where,
                remedy="Write it like pkcs11:token=T;object=O?module-path=/usr/lib/M.so&pin-source=file:/F",
            )
        if not values["pin-source"].startswith("file:"):
            raise Fault("the PIN is not in a file", where=where, remedy="Write pin-source=file: and its path.")
        return cls(
            token=values["token"],
            object=values["object"],
            module_path=values["module-path"],
            pin_source=values["pin-source"].removeprefix("file:"),
        )

    def written(self) -> str:
        """Return the URI."""
        path = f"token={_quoted(self.token)};object={_quoted(self.object)}"
        return f"pkcs11:{path}?module-path={_quoted(self.module_path)}&pin-source=file:{_quoted(self.pin_source)}"


def held(uri: HardwareUri) -> SigningKey:
    """Return the key that this URI names.

    Raises:
        Missing: there is no such token or key.
        Fault: the module cannot be used.
    """
    with _using(uri) as session:
        public, private = _find(session, uri)
        if public is None or private is None:
            raise Missing("there is no such key in the module", where=uri.written(), remedy="Restore the token.")
    return SigningKey.held(_point(public), lambda message: _sign(uri, message))


def generate(uri: HardwareUri) -> None:
    """Make the key that this URI names, which never leaves the module.

    Raises:
        Fault: there is one already, or the module cannot be used or does not make such keys.
    """
    with _using(uri) as session:
        if any(_find(session, uri)):
            raise Fault("there is a key of this name already", where=uri.written(), remedy="Name another object.")
        kinds = _library()
        curve = session.create_domain_parameters(
            kinds.KeyType.EC_EDWARDS, {kinds.Attribute.EC_PARAMS: _ED25519}, local=True
        )
        curve.generate_keypair(
            mechanism=kinds.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=uri.object, id=uri.object.encode()
        )


def destroy(uri: HardwareUri) -> None:
    """Destroy the key that this URI names, if it is there.

    Raises:
        Fault: the module cannot be used.
    """
    with _using(uri) as session:
        for key in _find(session, uri):
            if key is not None:
                key.destroy()


def _sign(uri: HardwareUri, message: bytes) -> bytes:
    with _using(uri) as session:
        _, private = _find(session, uri)
        if private is None:
            raise Missing("there is no such key in the module", where=uri.written(), remedy="Restore the token.")
        return bytes(private.sign(message, mechanism=_library().Mechanism.EDDSA))


def _find(session: pkcs11.Session, uri: HardwareUri) -> tuple[Any, Any]:
    """Return the public and the private key object, None where there is none."""
    kinds = _library()
    found: list[Any] = []
    for kind in (kinds.ObjectClass.PUBLIC_KEY, kinds.ObjectClass.PRIVATE_KEY):
        try:
            found.append(session.get_key(object_class=kind, key_type=kinds.KeyType.EC_EDWARDS, label=uri.object))
        except kinds.NoSuchKey:
            found.append(None)
    return found[0], found[1]


def _point(public: pkcs11.PublicKey) -> bytes:
    """Return the raw public key; modules give it bare, or inside a DER octet string."""
    point = bytes(public[_library().Attribute.EC_POINT])
    return point[2:] if point[:2] == b"\x04\x20" and len(point) == 34 else point


@contextmanager
def _using(uri: HardwareUri) -> Iterator[pkcs11.Session]:
    """Yield the one session with the token, to one user at a time; the module's errors come out as faults.

    After an error the next user gets a new session.
    """
    kinds = _library()
    with _LOCK:
        try:
            yield _session(uri.module_path, uri.token, uri.pin_source)
        except kinds.NoSuchToken as error:
            raise Missing("there is no such token in the module", where=uri.written()) from error
        except (kinds.PKCS11Error, RuntimeError) as error:
            _session.cache_clear()  # one that the module has ended, as when a token is taken out, is no use any more
            raise Fault(
                f"the PKCS#11 module failed ({type(error).__name__} {error})".rstrip(),
                where=uri.written(),
                remedy="Check module, token and PIN.",
            ) from error


@lru_cache(maxsize=8)
def _session(module: str, token: str, pin_source: str) -> pkcs11.Session:
    opened: pkcs11.Session = (
        _library().lib(module).get_token(token_label=token).open(rw=True, user_pin=_pin(Path(pin_source)))
    )
    return opened


def _pin(file: Path) -> str:
    try:
        if file.stat().st_mode & 0o077:
            raise Fault("others may read this PIN", where=str(file), remedy=f"Run: chmod 600 {file}")
        return file.read_text("utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Missing("the file with the PIN cannot be read", where=str(file)) from error


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    plain = _PERCENT.sub(lambda found: bytes([int(found[1], 16)]), value.encode())
    try:
        return name, plain.decode()
    except UnicodeDecodeError as error:
        raise Fault("a part of the URI is not UTF-8", where=name) from error


def _quoted(value: str) -> str:
    """Return the value with all but plain characters and slashes written as octets (RFC 3986, section 2.1)."""
    return "".join(chr(octet) if chr(octet) in _PLAIN else f"%{octet:02X}" for octet in value.encode())


def _library() -> ModuleType:
    """Return the library, which only those need who keep keys in hardware."""
    try:
        import pkcs11  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise Missing("keys in hardware need the extra hsm", remedy="Run: pip install 'comity[hsm]'") from error
    return pkcs11
