"""The recheck: for each kind of message that waits, which thread of the work says whether it may still go."""

from __future__ import annotations

from collections.abc import Sequence

from comity.exchange.recheck import Recheck, Waiting
from comity.foundation.store.store import Transaction
from comity.node.flow_informing import Informing
from comity.node.flow_inquiry import Inquiries
from comity.vocabulary.message import MessageKind


def recheck(informing: Informing, inquiries: Inquiries) -> Recheck:
    """Return what couriers ask before each attempt: of records the permit, of inquiries the clause that answers."""

    def obstacles(transaction: Transaction, waiting: Sequence[Waiting]) -> list[str | None]:
        steps = [one for one in waiting if one.kind is MessageKind.INQUIRY]
        records = [one for one in waiting if one.kind is not MessageKind.INQUIRY]
        of_steps = iter(inquiries.obstacles(transaction, steps) if steps else [])
        of_records = iter(informing.obstacles(transaction, records) if records else [])
        return [next(of_steps) if one.kind is MessageKind.INQUIRY else next(of_records) for one in waiting]

    return obstacles
