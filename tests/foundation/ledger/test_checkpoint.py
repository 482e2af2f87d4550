"""Checkpoints: written one way, read back the same, and believed only from their own log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.foundation.keys import SigningKey
from comity.foundation.ledger import checkpoint as checkpoints
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.note import Ed25519Key, Note, NoteFault

_KEY = SigningKey(bytes(range(32)))
_LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@given(
    checkpoint=st.builds(
        Checkpoint,
        _LINES,
        st.integers(0, 2**63 - 1),
        st.binary(min_size=32, max_size=32),
        st.lists(_LINES, max_size=3).map(tuple),
    )
)
def test_a_checkpoint_is_read_as_it_was_written(checkpoint: Checkpoint) -> None:
    assert checkpoints.read(checkpoints.text(checkpoint)) == checkpoint


@given(text=st.text(max_size=120))
def test_arbitrary_text_is_refused_or_comes_out_the_same(text: str) -> None:
    for each in (text, f"log\n{text}\n{'A' * 43}=\n", f"log\n1\n{'A' * 43}=\n{text}"):
        try:
            checkpoint = checkpoints.read(each)
        except NoteFault:
            continue
        assert checkpoints.text(checkpoint) == each


@pytest.mark.parametrize("size", ["00", "01", "-1", "+1", " 1", "1 ", "1_0", "٣", "", "9223372036854775808", "1e3"])
def test_a_size_is_plain_digits(size: str) -> None:
    with pytest.raises(NoteFault):
        checkpoints.read(f"log\n{size}\n{'A' * 43}=\n")


@pytest.mark.parametrize("text", ["log\n1\n", "log\n1\nAAAA\n", f"log\n1\n{'A' * 43}=", f"log\n1\n{'A' * 43}=\n\n"])
def test_a_checkpoint_cut_short_or_with_an_empty_line_is_refused(text: str) -> None:
    with pytest.raises(NoteFault):
        checkpoints.read(text)


def test_a_checkpoint_is_believed_only_from_its_own_log() -> None:
    """Signed with the key it must be; a log's key does not vouch for another origin."""
    own = checkpoints.sign(Checkpoint("north/log", 3, bytes(32)), _KEY)
    assert checkpoints.opened(own, Ed25519Key("north/log", _KEY.public))[0].size == 3
    with pytest.raises(NoteFault):
        checkpoints.opened(own, Ed25519Key("north/log", SigningKey(bytes(32)).public))
    text = checkpoints.text(Checkpoint("south/log", 3, bytes(32)))
    foreign = notes.written(Note(text, (notes.sign(text, "north/log", _KEY),)))
    with pytest.raises(NoteFault, match="south/log"):
        checkpoints.opened(foreign, Ed25519Key("north/log", _KEY.public))
