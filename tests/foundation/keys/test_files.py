"""What is proven: key files come back the same, are closed to others, and those of an older node are completed."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.foundation import keys
from comity.vocabulary.fault import Fault, Missing


def test_files_come_back_and_are_closed_to_others(tmp_path: Path) -> None:
    """Keys are read back the same from files that only their owner may read, and are never written over."""
    folder = tmp_path / "keys"
    made = keys.create(folder)
    read = keys.load(folder)
    for name in ("identity", "identity_pq", "log", "witness", "witness_pq", "sealing"):
        assert getattr(made, name).public == getattr(read, name).public
        assert (folder / f"{name}.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len({made.identity.public, made.log.public, made.witness.public}) == 3
    assert made.identity_pq.public != made.witness_pq.public
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


def test_a_folder_of_the_first_version_is_completed(tmp_path: Path) -> None:
    """The keys that came later are added, closed like the others; those that were there stay as they are."""
    folder = tmp_path / "keys"
    made = keys.create(folder)
    for name in ("identity_pq", "witness_pq"):
        (folder / f"{name}.key").unlink()
    with pytest.raises(Missing):
        keys.load(folder)
    assert keys.complete(folder)
    completed = keys.load(folder)
    assert completed.identity.public == made.identity.public
    assert completed.identity_pq.public != made.identity_pq.public
    assert (folder / "identity_pq.key").stat().st_mode & 0o777 == 0o600
    assert not keys.complete(folder)
    assert keys.load(folder).identity_pq.public == completed.identity_pq.public


def test_where_no_keys_are_none_are_completed(tmp_path: Path) -> None:
    """A folder that is none of a node's gets no keys by mistake."""
    with pytest.raises(Missing, match="no key here"):
        keys.complete(tmp_path)
    assert list(tmp_path.iterdir()) == []
