"""What is proven: the primitives that keys rest on judge every known attack of Wycheproof as they should."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from comity.foundation import keys
from comity.foundation.keys import BadSignature

_FOLDER = Path(__file__).parents[2] / "vectors" / "crypto"


def _vectors(name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for group in json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))["testGroups"]:
        for vector in group["tests"]:
            yield group, vector


def _bytes(vector: dict[str, Any], *names: str) -> list[bytes]:
    return [bytes.fromhex(vector[name]) for name in names]


def test_ed25519() -> None:
    """Forged, malleable, truncated and misencoded signatures are refused, and no good one is."""
    judged = 0
    for group, vector in _vectors("ed25519"):
        message, signature = _bytes(vector, "msg", "sig")
        assert _holds(bytes.fromhex(group["publicKey"]["pk"]), message, signature) == _valid(vector), vector["tcId"]
        judged += 1
    assert judged == 151


def _valid(vector: dict[str, Any]) -> bool:
    return bool(vector["result"] == "valid")


def _holds(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        keys.verify_bare(public, message, signature)
    except BadSignature:
        return False
    return True


def test_ml_dsa_44() -> None:
    """Every vector, those without a context string through our own door, the others at the library's."""
    judged = through_our_door = 0
    for group, vector in _vectors("mldsa_44_verify"):
        (public,) = _bytes(group, "publicKey")
        message, signature = _bytes(vector, "msg", "sig")
        context = bytes.fromhex(vector.get("ctx", ""))
        if context:
            holds = _lattice_holds(public, message, signature, context)
        else:
            through_our_door += 1
            try:
                keys.verify_lattice_bare(public, message, signature)
                holds = True
            except BadSignature:
                holds = False
        assert holds == _valid(vector), vector["tcId"]
        judged += 1
    assert judged == 180
    assert through_our_door > 100


def _lattice_holds(public: bytes, message: bytes, signature: bytes, context: bytes) -> bool:
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message, context)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_ml_kem_768() -> None:
    """Encapsulations open to the right secret, implicit rejection included, and malformed ones are refused."""
    judged = 0
    for _, vector in _vectors("mlkem_768"):
        try:
            key = MLKEM768PrivateKey.from_seed_bytes(bytes.fromhex(vector["seed"]))
            secret = key.decapsulate(bytes.fromhex(vector["c"]))
        except ValueError:
            assert not _valid(vector), vector["tcId"]
        else:
            right = (key.public_key().public_bytes_raw().hex(), secret.hex()) == (vector["ek"], vector["K"])
            assert right == _valid(vector), vector["tcId"]
        judged += 1
    assert judged == 193


def test_x25519() -> None:
    """The shared secret is right; where the peer's point leaves nothing secret, there is none at all."""
    judged = 0
    for _, vector in _vectors("x25519"):
        private, public, shared = _bytes(vector, "private", "public", "shared")
        try:
            secret = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError:
            assert "ZeroSharedSecret" in vector["flags"], vector["tcId"]
            assert not _valid(vector), vector["tcId"]
        else:
            assert secret == shared, vector["tcId"]
        judged += 1
    assert judged == 518


def test_chacha20_poly1305() -> None:
    """What is right opens and what was changed does not; nonces are of 12 bytes."""
    judged = 0
    for _, vector in _vectors("chacha20_poly1305"):
        key, nonce, associated, message, sealed, tag = _bytes(vector, "key", "iv", "aad", "msg", "ct", "tag")
        try:
            opened = ChaCha20Poly1305(key).decrypt(nonce, sealed + tag, associated) == message
        except (InvalidTag, ValueError):
            opened = False
        assert opened == _valid(vector), vector["tcId"]
        judged += 1
    assert judged == 325


def test_hkdf_sha256() -> None:
    """Keys derive as they should, and no more than the function can give."""
    judged = 0
    for _, vector in _vectors("hkdf_sha256"):
        secret, salt, info = _bytes(vector, "ikm", "salt", "info")
        try:
            derived = HKDF(SHA256(), vector["size"], salt, info).derive(secret).hex() == vector["okm"]
        except ValueError:
            derived = False
        assert derived == _valid(vector), vector["tcId"]
        judged += 1
    assert judged == 86
