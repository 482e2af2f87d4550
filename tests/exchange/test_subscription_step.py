"""What is proven: a step of a subscription reads as it was written, and holds what its kind has and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.exchange import subscription_step
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import LATEST
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subscription import Step, SubscriptionStep, Wish

_NAMES = st.text(st.characters(codec="ascii", categories=["Ll", "Nd"]), min_size=1, max_size=63)
_WISHES = st.builds(
    Wish,
    kind=st.sampled_from(RecordKind),
    area=st.one_of(st.just(""), _NAMES),
    purpose=st.sampled_from(Purpose),
    agreement=_NAMES,
    clauses=st.lists(_NAMES, min_size=1, max_size=20).map(tuple),
    until=st.integers(0, LATEST),
)
_IDS = st.binary(min_size=32, max_size=32)
_PLAIN = [SubscriptionStep.ACCEPTED, SubscriptionStep.DECLINED, SubscriptionStep.ENDED]
_ENDS = [SubscriptionStep.RENEWAL, SubscriptionStep.RENEWED]
STEPS = st.one_of(
    st.builds(Step, step=st.just(SubscriptionStep.ASKED), subscription=_IDS, wish=_WISHES),
    st.builds(Step, step=st.sampled_from(_ENDS), subscription=_IDS, until=st.integers(1, LATEST)),
    st.builds(Step, step=st.sampled_from(_PLAIN), subscription=_IDS),
)
EXAMPLE = Wish(
    kind=RecordKind.TRACK,
    purpose=Purpose.SMUGGLING,
    agreement="kattegat-maritime",
    clauses=("tracks-in-the-kattegat",),
    until=1,
)


@given(STEPS)
def test_a_step_reads_as_it_was_written(step: Step) -> None:
    assert subscription_step.read(subscription_step.written(step)) == step


@pytest.mark.parametrize("kind", SubscriptionStep)
@pytest.mark.parametrize("wish", [None, EXAMPLE])
@pytest.mark.parametrize("until", [0, 1])
def test_a_step_holds_what_its_kind_has(kind: SubscriptionStep, wish: Wish | None, until: int) -> None:
    """Of all that fits the form, one shape a kind is taken: there is no room for anything else."""
    right = (wish is not None, until != 0) == (kind is SubscriptionStep.ASKED, kind in _ENDS)
    data = subscription_step.written(Step(step=kind, subscription=bytes(32), wish=wish, until=until))
    if right:
        assert subscription_step.read(data).step is kind
    else:
        with pytest.raises(Fault, match="more or less"):
            subscription_step.read(data)


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_no_step(data: bytes) -> None:
    with pytest.raises(Fault):
        subscription_step.read(data)


@given(STEPS, st.data())
def test_a_mutated_step_is_refused_or_another_whole_one(step: Step, data: st.DataObject) -> None:
    """Whatever a byte is changed to, what is read writes the very same bytes again."""
    written = bytearray(subscription_step.written(step))
    written[data.draw(st.integers(0, len(written) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        read = subscription_step.read(bytes(written))
    except Fault:
        return
    assert subscription_step.written(read) == bytes(written)
