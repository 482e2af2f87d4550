"""Deciding: a named officer judges an alert, with a reason, and the ledger keeps it."""

from __future__ import annotations

import msgspec

from comity.foundation.canonical import digest, written
from comity.foundation.clock import Clock
from comity.foundation.store import alerts, decisions
from comity.foundation.store.store import Store
from comity.vocabulary.decision import Decision, Judgement
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.officer import Officer, Role

DECIDERS = frozenset({Role.OFFICER, Role.SUPERVISOR})
"""Roles that may judge alerts and release records."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer says of one alert."""

    alert: str
    judgement: Judgement
    reason: str
    duplicate_of: str | None = None


def decide(store: Store, clock: Clock, officer: Officer, verdict: Verdict) -> Decision:
    """Set an alert's judgement, in one transaction with its ledger entry, and return the decision.

    Raises:
        Refused: the officer's role does not decide.
        Missing: there is no such alert, or none of which it is called a duplicate.
        Fault: no reason, a judgement that is none, or an alert called its own duplicate.
    """
    _check(officer, verdict)
    decision = Decision(
        alert=verdict.alert,
        judgement=verdict.judgement,
        officer=officer.name,
        reason=verdict.reason.strip(),
        time=clock.now(),
        duplicate_of=verdict.duplicate_of,
    )
    with store.acting() as act:
        for alert in filter(None, (verdict.alert, verdict.duplicate_of)):
            if alerts.get(act, alert) is None:
                raise Missing("there is no such alert", where=alert, remedy="Take it from the queue.")
        decisions.add(act, decision)
        act.log(
            Entry(
                act=Act.ALTERED,
                officer=officer.name,
                basis="review",
                subject=verdict.alert,
                digest=digest(written(decision)),
                detail=f"judged {verdict.judgement.value}",
            )
        )
    return decision


def _check(officer: Officer, verdict: Verdict) -> None:
    if officer.role not in DECIDERS:
        raise Refused(f"the role {officer.role.value} does not decide on alerts", remedy="Ask a duty officer.")
    if not 1 <= len(verdict.reason.strip()) <= 2_000:
        raise Fault("a decision needs a reason of 1 to 2,000 characters", where="reason", remedy="Say why.")
    if verdict.judgement is Judgement.UNREVIEWED:
        raise Fault("unreviewed is no judgement", where="judgement", remedy="Say confirmed, rejected or unsure.")
    if verdict.duplicate_of == verdict.alert:
        raise Fault("an alert is not its own duplicate", where="duplicate_of", remedy="Name the other alert.")
