"""Reception: for each kind of message from partners, which thread of the work takes it in."""

from __future__ import annotations

from comity.exchange.inbox import Arrived, Reception
from comity.foundation.store.store import ActTransaction
from comity.node.assemble import Node
from comity.node.standings import standings
from comity.vocabulary.message import MessageKind


def reception(node: Node) -> Reception:
    """Return what takes messages in for the node."""
    return Reception(
        store=node.store,
        own=node.own,
        clock=node.clock,
        standings=standings,
        prekeys=node.prekeys,
        on_release=node.onwards.renewed,
        takers={
            MessageKind.AGREEMENT: node.agreements.take,
            MessageKind.RECALL: node.recalls.take,
            MessageKind.RECALLED: node.recalls.take_answer,
            MessageKind.ACKNOWLEDGEMENT: node.casework.take_acknowledgement,
            MessageKind.CANCELLATION: lambda act, arrived: _cancelled(node, act, arrived),
            MessageKind.SUBSCRIPTION: node.subscriptions.take,
            MessageKind.INQUIRY: node.inquiries.take,
            MessageKind.ONWARD: node.onwards.take,
        },
    )


def _cancelled(node: Node, act: ActTransaction, arrived: Arrived) -> None:
    """Take in that what a partner gave counts no more, and tell those to whom it was passed on."""
    node.casework.take_cancellation(act, arrived)
    node.onwards.cancelled(act, arrived)
