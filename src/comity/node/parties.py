"""Parties: which text of an agreement is meant, who is party to it, and telling all of them a step."""

from __future__ import annotations

from collections.abc import Collection

from comity.agreements import terms
from comity.agreements.standing import State
from comity.exchange import cards, outbox, step
from comity.exchange.cards import Own
from comity.exchange.step import Step, StepKind
from comity.foundation.store import agreements, partners
from comity.foundation.store.agreements import KeptAgreement
from comity.foundation.store.store import ActTransaction, Transaction
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Missing, Refused
from comity.vocabulary.instant import Instant
from comity.vocabulary.message import MessageKind
from comity.vocabulary.partner import Card, Station

_STOPS = frozenset({StepKind.SUSPENDED, StepKind.REVOKED, StepKind.TERMINATED})


def tell(act: ActTransaction, own: Own, kept: KeptAgreement, told: Step, now: Instant) -> None:
    """Send the step to every other party.

    Parties that are unknown here or cut off are not told of a stop: whatever has become of them, it must not keep the
    others from stopping. Comes last in its act, before the entry: rows are locked before the log's head everywhere, so
    that acts never wait crosswise.

    Raises:
        Missing: a party's card is not known here.
    """
    for party in terms.from_canonical(kept.body).between:
        if party != own.card.name and (told.step not in _STOPS or _reachable(act, party)):
            outbox.tell(act, own, card(act, own, party), MessageKind.AGREEMENT, step.written(told), now)


def entry(kept: KeptAgreement, detail: str, officer: str = "", partner: str = "") -> Entry:
    """Return the entry of a step in the life of the agreement."""
    return Entry(
        act=Act.AGREEMENT,
        officer=officer,
        basis=f"{kept.name} {kept.version}",
        subject=kept.digest.hex(),
        partner=partner,
        digest=kept.digest,
        detail=detail,
    )


def card(transaction: Transaction, own: Own, name: str) -> Card:
    """Return the card of a party, cut off or not; this node's own among them.

    Raises:
        Missing: it is not known here.
    """
    if name == own.card.name:
        return own.card
    kept = partners.get(transaction, name)
    if kept is None:
        raise Missing(f"the party {name} is not a partner here", remedy="Accept its card first: comity partner add.")
    return cards.read(kept.card, name)


def meant(
    transaction: Transaction, name: str, version: int, digest: str, states: Collection[State] = tuple(State)
) -> KeptAgreement:
    """Return the one text that is meant, whose digest begins like this: people must never sign or stop another.

    Raises:
        Missing: there is none in one of these states.
        Refused: there are several.
    """
    texts = agreements.named(transaction, name, version)
    found = [kept for kept in texts if State(kept.state) in states and kept.digest.hex().startswith(digest.lower())]
    if not found:
        raise Missing(
            f"no text of {name} version {version} with the digest {digest!r}… is here that this can be done with",
            remedy="See which are here, and how they stand: comity agreement list.",
        )
    if len(found) > 1:
        several = ", ".join(kept.digest.hex()[:16] for kept in found)
        raise Refused(
            f"there are {len(found)} texts of {name} version {version}: {several}",
            remedy="Compare them with the other parties, and name the one meant with --digest.",
        )
    return found[0]


def _reachable(transaction: Transaction, party: str) -> bool:
    """Whether the party is a partner to whom anything may go."""
    known = partners.get(transaction, party)
    return known is not None and known.cut_off is None and known.station is Station.NODE
