"""Signed notes: they come back as they went, and no byte of one can change unnoticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation.keys import SigningKey
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.cosignature import WitnessKey, cosign
from comity.foundation.ledger.note import Ed25519Key, Note, NoteFault, Signature
from comity.vocabulary.fault import Fault

_LOG, _WITNESS = SigningKey(bytes(range(32))), SigningKey(bytes(range(32, 64)))
_KEYS = [Ed25519Key("north/log", _LOG.public), WitnessKey("south/witness", _WITNESS.public)]
_BODY = "north/log\n17\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
_NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="+"), min_size=1, max_size=20)
_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=80).map(
    lambda text: text + "\n"
)
_SIGNATURES = st.builds(Signature, _NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80))


def _signed() -> bytes:
    by_log = notes.sign(_BODY, "north/log", _LOG)
    by_witness = cosign(_BODY, "south/witness", _WITNESS, 1_700_000_000)
    return notes.written(Note(_BODY, (by_log, by_witness)))


@given(
    text=_TEXTS, signatures=st.lists(_SIGNATURES, min_size=1, max_size=5, unique_by=lambda each: (each.name, each.id))
)
def test_a_note_is_read_as_it_was_written(text: str, signatures: list[Signature]) -> None:
    note = Note(text, tuple(signatures))
    assert notes.read(notes.written(note)) == note


def test_every_change_of_a_byte_is_refused() -> None:
    """Each byte of a note, changed in each of its bits and left out: it is no note, or a line is not by a known key."""
    data = _signed()
    assert len(notes.verify(notes.read(data), _KEYS)) == 2
    changes = [
        data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]
        for place in range(len(data))
        for bit in range(8)
    ]
    changes += [data[:place] + data[place + 1 :] for place in range(len(data))]
    for changed in changes:
        try:
            note = notes.read(changed)
            found = notes.verify(note, _KEYS)
        except NoteFault:
            continue
        assert len(found) < len(note.signatures), "a line is by a key that is not known any more"


@given(data=st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_or_come_out_the_same(data: bytes) -> None:
    for each in (data, _BODY.encode() + b"\n" + data, _BODY.encode() + "\n\N{EM DASH} ".encode() + data + b"\n"):
        try:
            note = notes.read(each)
        except Fault:
            continue
        assert notes.written(note) == each


@pytest.mark.parametrize(
    "data",
    [
        "text\n\n",
        "text\n\n— name AAAAAAA=",
        "text\n\n— name AAAA\n",
        "text\n\n— name AAAAAAB=\n",
        "text\n\n— name AAAAAAA\n",
        "text\n\n— name AAAA AAA=\n",
        "text\n\n— na+me AAAAAAA=\n",
        "text\n\n— na\u2003me AAAAAAA=\n",
        "text\n\n—  AAAAAAA=\n",
        "text\n\n- name AAAAAAA=\n",
        "te\txt\n\n— name AAAAAAA=\n",
        "text\r\n\n— name AAAAAAA=\n",
        "text\n\n— name AAAAAAA=\n— name AAAAAAE=\n",
        "text\n— name AAAAAAA=\n",
        "text\n\n" + "".join(f"— name{number} AAAAAAA=\n" for number in range(65)),
        "t" * notes.LARGEST + "\n\n— name AAAAAAA=\n",
    ],
)
def test_what_is_not_exactly_a_note_is_refused(data: str) -> None:
    with pytest.raises(NoteFault):
        notes.read(data.encode())
    with pytest.raises(NoteFault):
        notes.read(b"\xff" + data.encode())


def test_signatures_of_unknown_keys_are_ignored_and_of_known_ones_must_hold() -> None:
    """As C2SP signed-note says: an unknown name or id is passed over, a known one that fails spoils the note."""
    note = notes.read(_signed())
    stranger = Ed25519Key("north/log", _WITNESS.public)
    assert notes.verified(note, [stranger]) == ()
    with pytest.raises(NoteFault, match="not signed by north/log"):
        notes.verify(note, [stranger])
    spoilt = Note(note.text, (note.signatures[0], Signature("south/witness", _KEYS[1].id, bytes(72))))
    with pytest.raises(NoteFault, match="south/witness does not hold"):
        notes.verify(spoilt, _KEYS)


def test_a_signature_of_one_type_is_not_one_of_another() -> None:
    """The same key and name as log and as witness have two ids, and neither's signature passes for the other's."""
    assert Ed25519Key("a", _LOG.public).id != WitnessKey("a", _LOG.public).id
    as_log = notes.sign(_BODY, "a", _LOG)
    swapped = Signature("a", WitnessKey("a", _LOG.public).id, as_log.signature)
    with pytest.raises(NoteFault):
        notes.verify(Note(_BODY, (swapped,)), [WitnessKey("a", _LOG.public)])


def test_only_and_joined_choose_lines_by_key() -> None:
    note = notes.read(_signed())
    assert [each.name for each in notes.only(note, _KEYS[1:]).signatures] == ["south/witness"]
    newer = cosign(_BODY, "south/witness", _WITNESS, 1_800_000_000)
    assert notes.joined(note, [newer]).signatures == (note.signatures[0], newer)
