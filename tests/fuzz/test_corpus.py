"""What is proven: no bytes of the kept corpus, seeds or former crashes, bring anything but a value or a Fault.

`make fuzz` looks for more with coverage as its guide (tests/fuzz/hunt.py) and keeps what broke a decoder in the corpus
as `crash-…`: from then on it is tried here.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.vocabulary.fault import Fault
from fuzz.decoders import DECODERS, harmless
from fuzz.seeds import CORPUS


def _kept(name: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


def test_every_decoder_has_seeds_and_every_seed_a_decoder() -> None:
    """Nothing is kept for nobody, and nobody starts from nothing."""
    assert {path.name for path in CORPUS.iterdir() if path.is_dir()} == set(DECODERS)


@pytest.mark.parametrize("name", DECODERS)
def test_a_seed_is_read(name: str) -> None:
    """At least one of the seeds is what the decoder is for. If not, renew them: python tests/fuzz/seeds.py."""
    read = 0
    for data in _kept(name):
        try:
            DECODERS[name](data)
        except Fault:
            continue
        read += 1
    assert read or name == "feed-ais"  # whose recordings all hold something that is counted as a loss


@pytest.mark.parametrize("name", DECODERS)
def test_what_once_broke_a_decoder_does_so_no_more(name: str) -> None:
    """Every file kept, and every one cut short at each of fifty places, is a value or a Fault."""
    for data in _kept(name):
        harmless(name, data)
        for place in range(0, len(data), max(1, len(data) // 50)):
            harmless(name, data[:place])


@pytest.mark.parametrize("name", DECODERS)
def test_mutated_seeds_are_read_or_refused(name: str) -> None:
    """Bytes changed, taken away, doubled: a value or a Fault, never anything else."""

    @settings(deadline=None, max_examples=25)
    @given(st.data())
    def mutated(data: st.DataObject) -> None:
        raw = bytearray(data.draw(st.sampled_from(_kept(name))))
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, max(len(raw) - 1, 0)))
            raw[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        harmless(name, bytes(raw))

    mutated()
