"""Files: one for each private key, in a folder of their own, readable by their owner alone.

`identity.key` holds a seed; `identity.uri` names a key in hardware instead. A number tells since which card a key is in
use (`identity-3.key`); without one it is since the first.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from comity.foundation.keys import hardware
from comity.foundation.keys.hardware import HardwareUri
from comity.foundation.keys.random import random_bytes
from comity.foundation.keys.sealing import SealingKey
from comity.foundation.keys.signing import LatticeKey, SigningKey
from comity.vocabulary.fault import Fault, Missing


class Keys(msgspec.Struct, frozen=True):
    """The key pairs of a node or witness."""

    identity: SigningKey
    identity_pq: LatticeKey
    log: SigningKey
    witness: SigningKey
    witness_pq: LatticeKey
    sealing: SealingKey


_SEEDS = {"identity": 32, "log": 32, "witness": 32, "sealing": 96}
_SIGNING = ("identity", "log", "witness")
"""Ed25519 keys, which may be in hardware."""
_LATER = {"identity_pq": 32, "witness_pq": 32}
"""Keys that nodes made by the first version do not have yet."""


def create(folder: Path) -> Keys:
    """Make the key pairs and write each to its file, readable by the owner alone.

    Raises:
        Fault: the folder already holds keys.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name, length in (_SEEDS | _LATER).items():
        try:
            write_new(folder / f"{name}.key", random_bytes(length))
        except FileExistsError as error:
            raise Fault("there are keys here already", where=str(folder), remedy="Choose another folder.") from error
    return load(folder)


def complete(folder: Path) -> bool:
    """Add the keys that a folder made by the first version lacks, and say whether there were any.

    Only where the card names no such key may this be done: a key that a card names is restored, not made anew.

    Raises:
        Missing: there are no keys here.
    """
    if not (folder / "identity.key").exists():
        load(folder)
    lacking = [name for name in _LATER if not (folder / f"{name}.key").exists()]
    for name in lacking:
        write_new(folder / f"{name}.key", random_bytes(_LATER[name]))
    return bool(lacking)


def load(folder: Path, serial: int = 1) -> Keys:
    """Read the key pairs that the card with this serial number names.

    Raises:
        Missing: a file is not there.
        Fault: one is malformed, or others than its owner may read it.
    """
    files = {name: _newest(folder, name, serial) for name in _SEEDS | _LATER}
    seeds = {name: seed(files[name], length) for name, length in (_SEEDS | _LATER).items() if name not in _SIGNING}
    signing = {name: _signing(files[name]) for name in _SIGNING}
    return Keys(
        identity=signing["identity"],
        identity_pq=LatticeKey(seeds["identity_pq"]),
        log=signing["log"],
        witness=signing["witness"],
        witness_pq=LatticeKey(seeds["witness_pq"]),
        sealing=SealingKey(seeds["sealing"]),
    )


def rotate(folder: Path, names: Iterable[str], serial: int, within: HardwareUri | None = None) -> Keys:
    """Make new keys of these names for the card with this serial number, beside those in use, and return all.

    With `within`, Ed25519 keys are made in that hardware, each under its object's label and the key's name. Once the
    card is in use, `destroy_former` does away with those before.

    Raises:
        Fault: a key cannot be read, or the hardware cannot be used.
    """
    for file in sorted(folder.iterdir()):  # of a rotation that broke off before its card was in use
        if _number(file) >= serial:
            destroy(file)
    for name in names:
        if within is None or name not in _SIGNING:
            write_new(_file(folder, name, serial), random_bytes((_SEEDS | _LATER)[name]))
            continue
        uri = replace(within, object=f"{within.object}-{name}-{serial}")
        _write(_file(folder, name, serial).with_suffix(".uri"), uri.written())
        hardware.generate(uri)
    return load(folder, serial)


def destroy_former(folder: Path, serial: int) -> int:
    """Destroy the keys that the card with this serial number names no more, or not yet; return how many."""
    kept = {_newest(folder, name, serial) for name in _SEEDS | _LATER}
    gone = [file for file in sorted(folder.iterdir()) if file not in kept and _number(file)]
    for file in gone:
        destroy(file)
    return len(gone)


def destroy(file: Path) -> None:
    """Overwrite a key, durably, and remove its file, durably; one in hardware is destroyed there first.

    A disk that writes elsewhere than it is told, or a snapshot, may keep the old bytes: docs/decisions/0112.
    """
    if file.suffix == ".uri":
        hardware.destroy(HardwareUri.read(file.read_text("utf-8"), str(file)))
    with file.open("r+b") as opened:
        opened.write(bytes(file.stat().st_size))
        opened.flush()
        os.fsync(opened.fileno())
    file.unlink()
    settle(file.parent)


def _file(folder: Path, name: str, serial: int) -> Path:
    return folder / (f"{name}.key" if serial == 1 else f"{name}-{serial}.key")


def _number(file: Path) -> int:
    """Return since which serial number a key file is in use; 0: it is none of ours."""
    name, _, digits = file.stem.rpartition("-") if "-" in file.stem else (file.stem, "", "")
    if name not in _SEEDS | _LATER or file.suffix not in {".key", ".uri"} or (digits and not digits.isdecimal()):
        return 0
    return int(digits or 1)


def _newest(folder: Path, name: str, serial: int) -> Path:
    """Return the file of the newest key of this name that is not newer than the serial number."""
    found = [file for file in folder.glob(f"{name}*") if file.stem.partition("-")[0] == name]
    usable = [file for file in found if 1 <= _number(file) <= serial]
    return max(usable, key=_number, default=_file(folder, name, 1))


def write_new(file: Path, content: bytes) -> None:
    """Write a seed to a file that is not there yet, durably, readable by the owner alone.

    Raises:
        FileExistsError: it is there; nothing is written over.
    """
    _write(file, content.hex())


def _write(file: Path, text: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(text.encode() + b"\n")
        opened.flush()
        os.fsync(opened.fileno())
    settle(file.parent)


def _signing(file: Path) -> SigningKey:
    if file.suffix == ".uri":
        return hardware.held(HardwareUri.read(file.read_text("utf-8"), str(file)))
    return SigningKey(seed(file, _SEEDS["identity"]))


def settle(folder: Path) -> None:
    """Make durable what was made, renamed or removed in the folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def seed(file: Path, length: int) -> bytes:
    """Return the seed of that length that a file holds.

    Raises:
        Missing: the file is not there.
        Fault: it is malformed, or others than its owner may read it.
    """
    try:
        if file.stat().st_mode & 0o077:
            raise Fault("others may read this key", where=str(file), remedy=f"Run: chmod 600 {file}")
        found = bytes.fromhex(file.read_text("ascii").strip())
    except FileNotFoundError as error:
        raise Missing("there is no key here", where=str(file), remedy="Make a node with: comity node init") from error
    except ValueError as error:
        raise Fault("the key is not hexadecimal", where=str(file), remedy="Restore it from its backup.") from error
    if len(found) != length:
        raise Fault(f"the key has {len(found)} bytes and not {length}", where=str(file), remedy="Restore its backup.")
    return found
