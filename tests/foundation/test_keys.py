"""Keys: what is signed holds and nothing else does; what is sealed opens for one only; the files are closed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation import keys
from comity.foundation.keys import BadSignature, CannotOpen, SealingKey, SigningKey
from comity.vocabulary.fault import Fault, Missing

_VECTORS = Path(__file__).parents[1] / "vectors" / "crypto" / "ed25519.json"
_KEY = SigningKey(bytes(range(32)))
_SEALING = SealingKey(bytes(range(96)))
_CONTENT_KEY = bytes(range(32))


def _flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)


@given(st.binary(max_size=200), st.sampled_from(["comity/card/v1", "comity/receipt/v1"]))
def test_a_signature_holds(message: bytes, label: str) -> None:
    """What was signed under a label holds under that label, and the same is always signed alike."""
    signature = _KEY.sign(label, message)
    keys.verify(_KEY.public, label, message, signature)
    assert signature == SigningKey(bytes(range(32))).sign(label, message)


@given(st.binary(min_size=1, max_size=200), st.integers(0, 8 * 200), st.sampled_from(["message", "signature", "key"]))
def test_any_flipped_bit_is_refused(message: bytes, bit: int, where: str) -> None:
    """One bit changed in the message, the signature or the public key, and the signature does not hold."""
    public, signature = _KEY.public, _KEY.sign("comity/card/v1", message)
    if where == "message":
        message = _flipped(message, bit)
    elif where == "signature":
        signature = _flipped(signature, bit)
    else:
        public = _flipped(public, bit)
    with pytest.raises(BadSignature):
        keys.verify(public, "comity/card/v1", message, signature)


def test_a_signature_holds_for_its_label_only() -> None:
    """A signature cannot be passed off as one over something else, nor a labelled one as a bare one."""
    signature = _KEY.sign("comity/card/v1", b"message")
    with pytest.raises(BadSignature):
        keys.verify(_KEY.public, "comity/receipt/v1", b"message", signature)
    with pytest.raises(BadSignature):
        keys.verify_bare(_KEY.public, b"message", signature)
    keys.verify_bare(_KEY.public, b"message", _KEY.sign_bare(b"message"))


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_garbage_is_no_signature(public: bytes, signature: bytes) -> None:
    """Keys and signatures of any length and content are refused by our own fault."""
    with pytest.raises(BadSignature):
        keys.verify_bare(public, b"message", signature)


def test_the_known_attacks_on_ed25519() -> None:
    """Every vector of Wycheproof is judged as it should be: forged, malleable, truncated, misencoded ones refused."""
    groups = json.loads(_VECTORS.read_text("utf-8"))["testGroups"]
    judged = 0
    for group in groups:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for vector in group["tests"]:
            assert _holds(public, vector["msg"], vector["sig"]) == (vector["result"] == "valid"), vector["tcId"]
            judged += 1
    assert judged == 151


def _holds(public: bytes, message: str, signature: str) -> bool:
    try:
        keys.verify_bare(public, bytes.fromhex(message), bytes.fromhex(signature))
    except BadSignature:
        return False
    return True


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
def test_a_wrapped_key_comes_back(content_key: bytes, info: bytes) -> None:
    """What is wrapped to a public key its owner unwraps with the same info; its length is always the same."""
    wrapped = keys.wrap(_SEALING.public, content_key, info)
    assert len(wrapped) == keys.WRAP_LENGTH
    assert _SEALING.unwrap(wrapped, info) == content_key


@given(st.integers(0, 8 * keys.WRAP_LENGTH - 1))
def test_a_changed_wrapping_does_not_open(bit: int) -> None:
    """One bit changed anywhere, and it does not open."""
    wrapped = keys.wrap(_SEALING.public, _CONTENT_KEY, b"info")
    with pytest.raises(CannotOpen):
        _SEALING.unwrap(_flipped(wrapped, bit), b"info")


def test_a_wrapping_is_for_one_key_and_one_info() -> None:
    """Another's key or another info does not open it, and no two wrappings are alike."""
    wrapped = keys.wrap(_SEALING.public, _CONTENT_KEY, b"info")
    with pytest.raises(CannotOpen):
        _SEALING.unwrap(wrapped, b"other")
    with pytest.raises(CannotOpen):
        SealingKey(bytes(96)).unwrap(wrapped, b"info")
    assert wrapped != keys.wrap(_SEALING.public, _CONTENT_KEY, b"info")


@given(st.binary(max_size=2_000))
def test_garbage_does_not_open(wrapped: bytes) -> None:
    """Bytes of any length and content are refused by our own fault."""
    with pytest.raises(CannotOpen):
        _SEALING.unwrap(wrapped, b"info")


@pytest.mark.parametrize(
    "public",
    [
        b"",
        bytes(1216),  # the X25519 half is a point of low order
        _SEALING.public[:-1],
        _SEALING.public + b"\x00",
        b"\xff" * 1184 + _SEALING.public[1184:],  # coefficients of ML-KEM out of range (FIPS 203, section 7.2)
    ],
    ids=["empty", "zeros", "short", "long", "out of range"],
)
def test_a_malformed_sealing_key_is_refused(public: bytes) -> None:
    """Nothing is sealed to a key that is none."""
    with pytest.raises(Fault, match="malformed"):
        keys.wrap(public, _CONTENT_KEY, b"info")


@given(st.binary(max_size=300), st.binary(max_size=50))
def test_what_is_sealed_comes_back(plaintext: bytes, associated: bytes) -> None:
    """What is sealed opens with the same key and associated data."""
    assert keys.unseal(_CONTENT_KEY, keys.seal(_CONTENT_KEY, plaintext, associated), associated) == plaintext


@given(st.binary(max_size=100), st.integers(0, 8 * 116))
def test_what_was_changed_does_not_open(plaintext: bytes, bit: int) -> None:
    """One bit changed in content, key or associated data, or bytes cut, and it does not open."""
    sealed = keys.seal(_CONTENT_KEY, plaintext, b"header")
    for key, content, associated in (
        (_CONTENT_KEY, _flipped(sealed, bit), b"header"),
        (_flipped(_CONTENT_KEY, bit), sealed, b"header"),
        (_CONTENT_KEY, sealed, _flipped(b"header", bit)),
        (_CONTENT_KEY, sealed[: bit % len(sealed)], b"header"),
        (_CONTENT_KEY[:31], sealed, b"header"),
    ):
        with pytest.raises(CannotOpen):
            keys.unseal(key, content, associated)


def test_files_come_back_and_are_closed_to_others(tmp_path: Path) -> None:
    """Keys are read back the same from files that only their owner may read, and are never written over."""
    folder = tmp_path / "keys"
    made = keys.create(folder)
    read = keys.load(folder)
    for name in ("identity", "log", "witness", "sealing"):
        assert getattr(made, name).public == getattr(read, name).public
        assert (folder / f"{name}.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len({made.identity.public, made.log.public, made.witness.public}) == 3
    with pytest.raises(Fault, match="keys here already"):
        keys.create(folder)
    assert keys.load(folder).identity.public == made.identity.public


def test_files_that_are_wrong_are_refused(tmp_path: Path) -> None:
    """A file that others may read, or that is malformed, short or missing is named, with what to do."""
    keys.create(tmp_path)
    file = tmp_path / "log.key"
    file.chmod(0o640)
    with pytest.raises(Fault, match=r"log\.key: others may read this key\. Run: chmod 600"):
        keys.load(tmp_path)
    file.chmod(0o600)
    for content, complaint in ((b"zz", "not hexadecimal"), (b"\xff\xfe", "not hexadecimal"), (b"0011", "2 bytes")):
        file.write_bytes(content)
        with pytest.raises(Fault, match=complaint):
            keys.load(tmp_path)
    file.unlink()
    with pytest.raises(Missing, match="no key here"):
        keys.load(tmp_path)


def test_random_bytes_are_as_many_as_asked_and_differ() -> None:
    """The generator gives the asked length, and two draws of 32 bytes do not agree."""
    assert [len(keys.random_bytes(count)) for count in (0, 1, 32)] == [0, 1, 32]
    assert keys.random_bytes(32) != keys.random_bytes(32)
