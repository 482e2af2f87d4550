"""Keys: signing (Ed25519), sealing (HPKE with MLKEM768-X25519), and the files that hold them.

A node has four key pairs, so that none signs what another's reader could mistake: `identity` signs cards,
agreements, envelopes and receipts; `log` signs checkpoints; `witness` cosigns others' checkpoints; `sealing` opens
what is sealed to the node. Every signature by `identity` is over a label that says what is signed.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from comity.foundation.canonical import digest
from comity.vocabulary.fault import Fault, Missing

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_MLKEM_PUBLIC = 1184
_MLKEM_SEED = 64
WRAP_LENGTH = 1168
"""Bytes of one wrapped content key: encapsulation 1,120, sealed key 32, tag 16."""


class BadSignature(Fault):
    """A signature that is not by the key it should be by, over the bytes it should be over."""


class CannotOpen(Fault):
    """A sealed message that is not for this key, or was changed on its way."""


def random_bytes(count: int) -> bytes:
    """Return bytes from the operating system's generator."""
    return os.urandom(count)


def _labelled(label: str, message: bytes) -> bytes:
    return label.encode() + b"\x00" + message


class SigningKey:
    """An Ed25519 private key (RFC 8032)."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, label: str, message: bytes) -> bytes:
        """Return the signature of 64 bytes over the label, a zero byte and the message."""
        return self._key.sign(_labelled(label, message))

    def pseudonym(self, name: str) -> str:
        """Return 32 hexadecimal digits that stand for the name: always the same, and nobody else can compute them.

        They are drawn from a signature, which Ed25519 makes without randomness (RFC 8032, section 5.1.6).
        """
        return digest(self.sign("comity/pseudonym/v1", name.encode())).hex()[:32]

    def sign_bare(self, message: bytes) -> bytes:
        """Return the signature over the message alone: for formats of others that fix the bytes (signed notes)."""
        return self._key.sign(message)


def verify(public: bytes, label: str, message: bytes, signature: bytes) -> None:
    """Check a signature made by `SigningKey.sign`.

    Raises:
        BadSignature: it does not hold.
    """
    verify_bare(public, _labelled(label, message), signature)


def verify_bare(public: bytes, message: bytes, signature: bytes) -> None:
    """Check a signature made by `SigningKey.sign_bare`.

    Raises:
        BadSignature: it does not hold.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise BadSignature("the signature does not hold") from error


class SealingKey:
    """A private key of the HPKE KEM MLKEM768-X25519: an ML-KEM-768 seed of 64 bytes, then an X25519 key of 32."""

    def __init__(self, seed: bytes) -> None:
        self._key = MLKEM768X25519PrivateKey(
            MLKEM768PrivateKey.from_seed_bytes(seed[:_MLKEM_SEED]),
            X25519PrivateKey.from_private_bytes(seed[_MLKEM_SEED:]),
        )
        self.public = (
            MLKEM768PrivateKey.from_seed_bytes(seed[:_MLKEM_SEED]).public_key().public_bytes_raw()
            + X25519PrivateKey.from_private_bytes(seed[_MLKEM_SEED:]).public_key().public_bytes_raw()
        )

    def unwrap(self, wrapped: bytes, info: bytes) -> bytes:
        """Return the content key that `wrap` sealed to this key with the same `info`.

        Raises:
            CannotOpen: it was not, or was changed.
        """
        try:
            return _SUITE.decrypt(wrapped, self._key, info=info)
        except (InvalidTag, ValueError) as error:
            raise CannotOpen("the content key is not sealed to this node") from error


def wrap(public: bytes, content_key: bytes, info: bytes) -> bytes:
    """Seal a content key of 32 bytes to a `SealingKey`'s public bytes (HPKE base mode, RFC 9180).

    Raises:
        Fault: the public key is malformed.
    """
    try:
        recipient = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]),
        )
        return _SUITE.encrypt(content_key, recipient, info=info)
    except ValueError as error:  # of encryption too: an X25519 point of low order comes to light only there
        raise Fault("the sealing key on the card is malformed", remedy="Ask the partner for a new card.") from error


_NONCE = bytes(12)  # each content key seals one message only, so that its nonce may stand still


def seal(content_key: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """Encrypt with ChaCha20-Poly1305 (RFC 8439). The content key must be fresh: it seals one message only."""
    return ChaCha20Poly1305(content_key).encrypt(_NONCE, plaintext, associated)


def unseal(content_key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Decrypt what `seal` made.

    Raises:
        CannotOpen: bytes or associated data were changed.
    """
    try:
        return ChaCha20Poly1305(content_key).decrypt(_NONCE, sealed, associated)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("the sealed content was changed on its way") from error


class Keys(msgspec.Struct, frozen=True):
    """The four key pairs of a node or witness."""

    identity: SigningKey
    log: SigningKey
    witness: SigningKey
    sealing: SealingKey


_SEEDS = {"identity": 32, "log": 32, "witness": 32, "sealing": 96}


def create(folder: Path) -> Keys:
    """Make the four key pairs and write each to its file, readable by the owner alone.

    Raises:
        Fault: the folder already holds keys.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name, length in _SEEDS.items():
        try:
            handle = os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise Fault("there are keys here already", where=str(folder), remedy="Choose another folder.") from error
        with os.fdopen(handle, "wb") as file:
            file.write(random_bytes(length).hex().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    return load(folder)


def load(folder: Path) -> Keys:
    """Read the four key pairs.

    Raises:
        Missing: a file is not there.
        Fault: one is malformed, or others than its owner may read it.
    """
    seeds = {name: _seed(folder / f"{name}.key", length) for name, length in _SEEDS.items()}
    return Keys(
        identity=SigningKey(seeds["identity"]),
        log=SigningKey(seeds["log"]),
        witness=SigningKey(seeds["witness"]),
        sealing=SealingKey(seeds["sealing"]),
    )


def _seed(file: Path, length: int) -> bytes:
    try:
        if file.stat().st_mode & 0o077:
            raise Fault("others may read this key", where=str(file), remedy=f"Run: chmod 600 {file}")
        seed = bytes.fromhex(file.read_text("ascii").strip())
    except FileNotFoundError as error:
        raise Missing("there is no key here", where=str(file), remedy="Make a node with: comity node init") from error
    except ValueError as error:
        raise Fault("the key is not hexadecimal", where=str(file), remedy="Restore it from its backup.") from error
    if len(seed) != length:
        raise Fault(f"the key has {len(seed)} bytes and not {length}", where=str(file), remedy="Restore its backup.")
    return seed
