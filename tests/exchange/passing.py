"""Passing: a report that north holds of a third node, passed on to south by leave of that node, and its bundle."""

from __future__ import annotations

import secrets

from msgspec.structs import replace

from agreements import cases
from builders import pair
from builders.pair import Party
from comity.agreements import onward as leaves
from comity.agreements import signing
from comity.agreements.held import held
from comity.agreements.permit import Permit, permit
from comity.agreements.redaction import disclosed, give
from comity.exchange import inbox, outbox, receipts
from comity.exchange.cards import Own
from comity.exchange.evidence import Bundle, Shown
from comity.exchange.inbox import Accepted
from comity.foundation import canonical
from comity.foundation.store import ledger, onward
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.onward import KeptOnward
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import Given
from comity.vocabulary.onward import Leave, OnwardState
from comity.vocabulary.purpose import Purpose
from exchange import test_bundle as bundles

EVERYONE = (bundles.GERMANY, bundles.DENMARK, bundles.STRANGER, bundles.OVERSIGHT, bundles.SWEDEN)
"""In the order of their names. The stranger is no party to the agreement: the report is originally its own."""


def originally(originator: Own, holder: str = "dk.coord") -> Given:
    """Return a report as its originator gave it to the holder, under an agreement of theirs."""
    name = originator.card.name
    clauses = tuple(replace(one, givers=tuple({*one.givers, name})) for one in pair.TERMS.clauses)
    standing = cases.in_force(replace(pair.TERMS, between=tuple({*pair.TERMS.between, name}), clauses=clauses))
    asked = cases.asked(cases.report(owner=name), standing, holder, own=name, own_country=originator.card.country)
    answer = permit(asked)
    assert isinstance(answer, Permit), answer
    return give(answer, secrets.token_bytes)


def leave_for(given: Given, **changes: object) -> Leave:
    """Return the leave to pass it on from north to south, unless the changes say otherwise."""
    sound: dict[str, object] = {
        "onward": bytes(32),
        "originator": given.owner,
        "holder": "dk.coord",
        "recipient": "se.coord",
        "message": bytes(32),
        "place": 0,
        "kind": given.kind,
        "record": given.id,
        "version": disclosed(given)["version"],
        "bound": leaves.bound(given),
        "handling": given.handling,
        "purpose": Purpose.SMUGGLING,
        "keep_until": given.keep_until,
        "until": pair.NOW + 7 * DAY,
        "time": pair.NOW,
        "officer": "nora",
    }
    return Leave(**{**sound, **changes})  # type: ignore[arg-type]


def signed(originator: Own, leave: Leave, *, once: bool = False) -> Shown:
    """Return the leave signed by the originator, by both its keys or by the first alone."""
    second = None if once else originator.keys.identity_pq
    signature = leaves.sign(originator.keys.identity, leave, second)
    return Shown(leave=canonical.written(leave), signature=signature)


def passed(north: Party, south: Party, originator: Own = bundles.STRANGER) -> tuple[bytes, Shown]:
    """Let north pass the report on to south, which was shown the leave; return the message, and the leave."""
    given = originally(originator)
    leave = leave_for(given)
    shown = signed(originator, leave)
    granted = leaves.granted(leave, shown.signature, originator.card.identity, originator.card.identity_pq)
    record = held(given, granted, cancelled=False)
    answer = permit(cases.asked(record, north.standing, south.name, leave=granted, now=north.clock.now()))
    assert isinstance(answer, Permit), answer
    if south.name != originator.card.name:
        south.knows(originator)
    _show(south, leave, shown)
    with north.store.acting() as act:
        one = outbox.Give(answer, b"asked", "leave", given)
        now = north.clock.now()
        return outbox.release_one(act, north.own, south.own.card, one, officer="anna", now=now), shown


def _show(south: Party, leave: Leave, shown: Shown) -> None:
    kept = KeptOnward(
        id=leave.onward,
        originator=leave.originator,
        holder=leave.holder,
        recipient=leave.recipient,
        message=leave.message,
        place=leave.place,
        record=leave.record,
        purpose=leave.purpose,
        state=OnwardState.SHOWN,
        made=pair.NOW,
        leave=shown.leave,
        signature=shown.signature,
    )
    with south.store.acting() as act:
        assert onward.add(act, kept)
        act.log(Entry(act=Act.ONWARD, subject=leave.record, partner=leave.holder))


def parts(north: Party, south: Party, originator: Own = bundles.STRANGER) -> Bundle:
    """Return the parts of the true bundle of what was passed on, made from both nodes' own stores."""
    message, shown = passed(north, south, originator)
    with north.store.reading() as t:
        kept = kept_outbox.get(t, message)
        assert kept is not None
        entry = ledger.entry(t, kept.entry)
        (item,) = kept_outbox.items(t, message)
    assert entry is not None
    answer = inbox.accept(south.reception(), kept.envelope)
    assert isinstance(answer, Accepted)
    receipt = receipts.read(answer.receipt, south.own.card.identity)
    assert receipt.reason == ""
    digest = pair.in_force().digest
    return Bundle(
        cards=tuple(own.signed for own in EVERYONE if originator is bundles.STRANGER or own is not bundles.STRANGER),
        agreement=canonical.written(pair.TERMS),
        signatures={own.card.name: signing.sign(own.keys.identity, digest) for own in bundles.PARTIES},
        cover=kept.cover,
        place=0,
        count=1,
        path=(),
        item=item.item or b"",
        entry=entry.entry or b"",
        salt=entry.salt or b"",
        disclosed=bundles.proof(north, kept.entry, (bundles.OVERSIGHT, bundles.SWEDEN, bundles.GERMANY)),
        receipt=answer.receipt,
        received=bundles.proof(south, receipt.index, (bundles.OVERSIGHT, bundles.DENMARK)),
        onward=shown,
    )
