"""What is proven: the examples on the pages of the wire formats are real, and the pages name every field there is."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from builders import pair
from comity.exchange import cards, inquiry_step, onward_step, receipts, subscription_step, wire
from comity.exchange.evidence import Bundle
from comity.foundation import canonical
from comity.vocabulary import inquiry, onward
from comity.vocabulary.message import Outcome, Receipt
from comity.vocabulary.partner import Card
from comity.vocabulary.record import RecordKind
from comity.vocabulary.subscription import Step, SubscriptionStep, Wish

PAGES = Path(__file__).parents[2] / "docs" / "formats"


def example(page: str) -> str:
    """Return the last block of code on the page."""
    return (PAGES / page).read_text("utf-8").split("```\n")[-2]


def test_the_card_on_its_page_is_one() -> None:
    """Its file reads, its signature holds."""
    signed = cards.from_text(example("card.md"))
    assert cards.read(signed) == pair.own("dk.coord", 1, "https://exchange.dk.example:8450").card


def test_the_header_on_its_page_is_one() -> None:
    """It is canonical, and says what the page says of it."""
    header = canonical.read(bytes.fromhex(example("envelope.md")), wire.Header)
    assert (header.sender, header.recipient, header.sequence, header.lane.value) == (
        "dk.coord",
        "se.coord",
        17,
        "ordinary",
    )


def test_the_receipt_on_its_page_is_one() -> None:
    """Its signature holds, and its entry says the same."""
    receipt = receipts.read(bytes.fromhex(example("receipt.md")), pair.keys(2).identity.public)
    assert (receipt.outcome, receipt.index) == (Outcome.ACCEPTED, 41)


def test_the_subscription_on_its_page_is_one() -> None:
    """It asks for what the page says."""
    step = subscription_step.read(bytes.fromhex(example("subscription.md")))
    assert step.wish is not None
    assert (step.step, step.wish.kind, step.wish.area) == (SubscriptionStep.ASKED, RecordKind.TRACK, "kattegat")


def test_the_inquiry_on_its_page_is_one() -> None:
    """It asks what the page says."""
    step = inquiry_step.read(bytes.fromhex(example("inquiry.md")))
    assert step.question is not None
    assert (step.question.kind, step.question.mmsi) == (inquiry.InquiryKind.VESSEL, 219_000_001)


def test_the_wish_on_its_page_is_one() -> None:
    """It names what the page says."""
    step = onward_step.read(bytes.fromhex(example("onward.md")))
    assert step.wish is not None
    assert (step.step, step.wish.recipient) == (onward.OnwardStep.ASKED, "de.coord")


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        *(("card.md", Card), ("envelope.md", wire.Header), ("receipt.md", Receipt), ("bundle.md", Bundle)),
        *(("subscription.md", Step), ("subscription.md", Wish)),
        *(("inquiry.md", inquiry.Step), ("inquiry.md", inquiry.Question)),
        *(("onward.md", onward.Step), ("onward.md", onward.Leave), ("onward.md", onward.Wish)),
    ],
)
def test_a_page_names_every_field(page: str, kind: type[msgspec.Struct]) -> None:
    """A field that is added without a word on its page is found here."""
    text = (PAGES / page).read_text("utf-8")
    assert [name for name in kind.__struct_encode_fields__ if f"`{name}`" not in text] == []
