"""Reception: for each kind of message from partners, which thread of the work takes it in."""

from __future__ import annotations

from comity.exchange.inbox import Reception
from comity.foundation.store.store import ActTransaction
from comity.node.assemble import Node
from comity.node.standings import standings
from comity.vocabulary.message import Given, MessageKind


def reception(node: Node) -> Reception:
    """Return what takes messages in for the node."""
    return Reception(
        store=node.store,
        own=node.own,
        clock=node.clock,
        standings=standings,
        prekeys=node.prekeys,
        on_release=_kept_as_it_came,
        takers={
            MessageKind.AGREEMENT: node.agreements.take,
            MessageKind.RECALL: node.recalls.take,
            MessageKind.RECALLED: node.recalls.take_answer,
            MessageKind.ACKNOWLEDGEMENT: node.casework.take_acknowledgement,
            MessageKind.CANCELLATION: node.casework.take_cancellation,
            MessageKind.SUBSCRIPTION: node.subscriptions.take,
            MessageKind.INQUIRY: node.inquiries.take,
        },
    )


def _kept_as_it_came(act: ActTransaction, sender: str, given: Given) -> None:
    """Do no more with a release than to keep it, which the inbox does."""
    del act, sender, given
