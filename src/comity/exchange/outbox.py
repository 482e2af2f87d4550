"""The outbox: what leaves is sealed, kept and entered in the ledger in one transaction, or does not leave.

Each envelope has one recipient, so that each partner's lane counts without gaps (docs/decisions/0040).
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from comity.agreements.permit import Permit
from comity.agreements.redaction import give
from comity.exchange import wire
from comity.exchange.cards import Own
from comity.foundation import canonical, clock, keys
from comity.foundation.canonical import digest
from comity.foundation.store import ledger, outbox, partners
from comity.foundation.store.outbox import KeptMessage
from comity.foundation.store.store import ActTransaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Refused
from comity.vocabulary.instant import DAY, Duration, Instant
from comity.vocabulary.message import Given, Lane, MessageKind
from comity.vocabulary.partner import Card, Station

LARGEST_STEP = 1024 * 1024
"""Bytes of a step of an agreement."""

_PATIENCE: Duration = 365 * DAY
"""How long a message that carries no record may be on its way."""


class _Parcel(msgspec.Struct, frozen=True, kw_only=True):
    kind: MessageKind
    lane: Lane
    payload: bytes
    now: Instant
    expires: Instant
    given: Given | None = None
    request: bytes | None = None


def release(
    act: ActTransaction, own: Own, partner: Card, permit: Permit, *, officer: str, request: bytes, now: Instant
) -> bytes:
    """Give the partner what the permit gives, as part of the act, and return the message's id.

    `request` is what the permit was asked, in the caller's words: the courier shows it to the caller again before
    each attempt to deliver. A permit for distress goes in the lane of its own. The entry `disclosed` is logged here.

    Raises:
        Refused: the permit is for another partner, or none; or the partner is unknown, a witness, or cut off.
    """
    if type(permit) is not Permit or permit.partner != partner.name:
        raise Refused("nothing leaves without a permit for this partner", where=partner.name, remedy="Ask the permit.")
    given = give(permit, keys.random_bytes)
    parcel = _Parcel(
        kind=MessageKind.RELEASE,
        lane=Lane.DISTRESS if permit.distress else Lane.ORDINARY,
        payload=canonical.written(given),
        now=now,
        expires=given.keep_until,
        given=given,
        request=request,
    )
    message = _dispatch(act, own, partner, parcel)
    act.log(
        Entry(
            act=Act.DISCLOSED,
            officer=officer,
            basis=f"{permit.agreement} {permit.version}",
            clause=given.clause,
            purpose=given.purpose,
            subject=given.id,
            partner=partner.name,
            digest=digest(parcel.payload),
        )
    )
    return message


def negotiate(act: ActTransaction, own: Own, partner: Card, step: bytes, now: Instant) -> bytes:
    """Send the partner a step of an agreement, as part of the act, and return the message's id.

    The caller logs the act next, once for all partners told; without that nothing is sent.

    Raises:
        Refused: the partner is unknown, a witness, or cut off.
        Fault: the step is too large to be one.
    """
    if len(step) > LARGEST_STEP:
        raise Fault(f"{len(step)} bytes are too many for a step of an agreement", remedy="Shorten the agreement.")
    parcel = _Parcel(kind=MessageKind.AGREEMENT, lane=Lane.ORDINARY, payload=step, now=now, expires=now + _PATIENCE)
    return _dispatch(act, own, partner, parcel)


def withdraw(act: ActTransaction, own: Own, partner: Card, message: KeptMessage, obstacle: str, now: Instant) -> bool:
    """Put an empty envelope in the place of a release that must not go any more; False if there is one already.

    It has the release's id and sequence, so that the lane goes on without a gap. The release itself is kept: if it had
    arrived before, its receipt comes back and counts. The entry `withdrawn` is logged here.
    """
    header = wire.parse(message.envelope).header
    stopped = replace(header, kind=MessageKind.WITHDRAWN, created=now, expires=max(header.expires, now + _PATIENCE))
    envelope = wire.seal(stopped, b"", own.keys.identity, partner.sealing)
    if not outbox.withdraw(act, message.id, envelope):
        return False
    kept = ledger.entry(act, message.entry)
    disclosed = kept.read() if kept else None
    entry = disclosed or Entry(act=Act.DISCLOSED, subject=message.record or "", partner=partner.name)
    act.log(replace(entry, act=Act.WITHDRAWN, officer="", detail=obstacle[:500]))
    return True


def _dispatch(act: ActTransaction, own: Own, partner: Card, parcel: _Parcel) -> bytes:
    _expect_known(act, partner)
    entry = outbox.next_entry(act)
    header = wire.Header(
        kind=parcel.kind,
        sender=own.card.name,
        recipient=partner.name,
        id=keys.random_bytes(32),
        lane=parcel.lane,
        sequence=outbox.next_sequence(act, partner.name, parcel.lane.value),
        agreement=parcel.given.agreement if parcel.given else wire.ZEROS,
        purpose=parcel.given.purpose if parcel.given else "",
        created=parcel.now,
        expires=parcel.expires,
    )
    message = KeptMessage(
        id=header.id,
        partner=partner.name,
        kind=parcel.kind.value,
        lane=parcel.lane.value,
        sequence=header.sequence,
        created=parcel.now,
        decided_wall=clock.wall(),
        envelope=wire.seal(header, parcel.payload, own.keys.identity, partner.sealing),
        payload=parcel.payload,
        record=parcel.given.id if parcel.given else None,
        request=parcel.request,
        entry=entry,
    )
    outbox.add(act, message)
    return header.id


def _expect_known(act: ActTransaction, partner: Card) -> None:
    kept = partners.get(act, partner.name)
    if kept is None or kept.cut_off is not None or kept.station is not Station.NODE:
        raise Refused("this is no partner to whom anything may go", where=partner.name, remedy="Accept its card first.")
