"""What is proven: what waits goes in one request, and all that is true of a message by itself is true in a stack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
import pytest
from litestar import Litestar, Request, Response, post
from litestar.concurrency import sync_to_thread
from msgspec.structs import replace

from builders import pair
from builders.pair import Party, served
from builders.web import serving
from comity.api.exchange import LARGEST
from comity.exchange import inbox, posting, receipts, stack, wire
from comity.exchange.delivery import Courier
from comity.exchange.inbox import Accepted
from comity.exchange.recheck import Waiting
from comity.foundation import canonical
from comity.foundation.store import inbox as kept_inbox
from comity.foundation.store import outbox as kept_outbox
from comity.foundation.store.outbox import KeptMessage
from comity.foundation.store.store import Transaction
from comity.vocabulary.entry import Act
from comity.vocabulary.message import Given

_STACK, _ONE = "/exchange/inbox/stack", "/exchange/inbox"
_CBOR = {"content-type": "application/cbor"}


class Permits:
    """Answers for the permit when it is asked again: one record may not go."""

    stopped = ""

    def __call__(self, _: Transaction, waiting: Sequence[Waiting]) -> list[str | None]:
        """Return the obstacles."""
        ids = [canonical.read(one.given, Given).id for one in waiting]
        return ["it was rejected" if record == self.stopped else None for record in ids]


class Sender:
    """North's courier, with what it asked for."""

    def __init__(self, north: Party, line: httpx.Client) -> None:
        self.paths: list[str] = []
        self.permits = Permits()
        line.event_hooks["request"].append(lambda request: self.paths.append(request.url.path))
        self.courier = Courier(north.store, north.own, "se.coord", north.clock, self.permits, line)

    def brings(self) -> list[str]:
        """Bring all that waits, and return where it was brought, one path for each request."""
        self.paths.clear()
        self.courier.deliver_due()
        return [path for path in self.paths if not path.endswith("prekey")]


@pytest.fixture
def sender(north: Party) -> Iterator[Sender]:
    """Return the courier from north to south."""
    with posting.line() as line:
        yield Sender(north, line)


def introduced(north: Party, south: Party, sender: Sender, endpoint: str) -> None:
    """Tell north where south is served, and bring a first message, by which north learns south's prekey."""
    card = replace(south.own.card, endpoint=endpoint)
    keys = south.own.keys
    north.knows(replace(south.own, card=card, signed=pair.cards.sign(card, keys.identity, keys.identity_pq)))
    north.release(south.own, pair.alert("first"))
    assert sender.brings() == [_ONE]


def released(north: Party, south: Party, *names: str) -> list[bytes]:
    return [north.release(south.own, pair.alert(name)) for name in names]


def kept(north: Party, messages: Sequence[bytes]) -> list[KeptMessage]:
    with north.store.reading() as t:
        found = [kept_outbox.get(t, message) for message in messages]
    return [one for one in found if one is not None]


def taken(south: Party) -> list[tuple[str, int]]:
    """Return each record that south took in, with the number of its message in the lane, in that order."""
    with south.store.reading() as t:
        numbers = {one.id: one.sequence for one in kept_inbox.recent(t)}
        records = kept_inbox.releases(t, pair.NOW)
    return sorted(((one.record or "", numbers[one.message]) for one in records), key=lambda each: each[1])


def expect_receipted(north: Party, south: Party, messages: Sequence[bytes]) -> None:
    """Check that each message has a true receipt, and each receipt its entry at both sides, once."""
    for one in kept(north, messages):
        receipt = receipts.read(one.receipt or b"", south.own.card.identity)
        assert (receipt.message, one.state) == (one.id, "accepted")
        with south.store.reading() as t:
            assert t.row("SELECT entry FROM ledger_entry WHERE index = %s", receipt.index) == (receipt.entry,)
    assert len(north.did(Act.RECEIPTED)) == len(south.did(Act.RECEIVED)) == 1 + len(messages)


def test_what_waits_goes_in_one_request(north: Party, south: Party, sender: Sender) -> None:
    """Releases go together, in order, each with its receipt and entries; what is no release goes by itself."""
    with served(south) as endpoint:
        introduced(north, south, sender, endpoint)
        messages = released(north, south, "a", "b", "c")
        north.negotiate(south.own, b"step")
        assert sender.brings() == [_STACK, _ONE]
    assert taken(south) == [("first", 1), ("a", 2), ("b", 3), ("c", 4)]
    assert [entry.subject for entry in north.did(Act.RECEIPTED)][1:4] == ["a", "b", "c"]
    with south.store.reading() as t:
        assert kept_inbox.expected(t, "dk.coord", "ordinary") == 6
    assert {one.state for one in kept(north, messages)} == {"accepted"}


def test_what_must_not_go_any_more_stays_out_of_a_stack(north: Party, south: Party, sender: Sender) -> None:
    """The permit of each is asked again; one that is denied is withdrawn, and what came after goes on."""
    with served(south) as endpoint:
        introduced(north, south, sender, endpoint)
        messages = released(north, south, "a", "b", "c", "d", "e")
        sender.permits.stopped = "c"
        assert sender.brings() == [_STACK, _ONE, _STACK]
    assert [name for name, _ in taken(south)] == ["first", "a", "b", "d", "e"]
    assert [one.state for one in kept(north, messages)] == ["accepted", "accepted", "withdrawn", "accepted", "accepted"]


@pytest.mark.parametrize("answer", [(500, b""), (200, b"junk"), (404, b"")])
def test_where_a_stack_is_not_answered_each_is_brought_by_itself(
    north: Party, south: Party, sender: Sender, answer: tuple[int, bytes]
) -> None:
    """It may have been taken in or be unknown there: each gets its one receipt, and nothing is doubled."""
    reception = replace(south.reception(), prekeys=south.prekeys)

    def one(body: bytes) -> Response[bytes]:
        told = inbox.accept(reception, body)
        assert isinstance(told, Accepted)
        return Response(told.receipt, status_code=200)

    def several(body: bytes) -> Response[bytes]:
        if answer[0] != 404:
            assert inbox.together(reception, [wire.parse(each) for each in stack.read(body)])
        return Response(answer[1], status_code=answer[0])

    @post(_ONE, status_code=200)
    async def single(request: Request[Any, Any, Any]) -> Response[bytes]:
        return await sync_to_thread(one, await request.body())

    @post(_STACK, status_code=200)
    async def stacked(request: Request[Any, Any, Any]) -> Response[bytes]:
        return await sync_to_thread(several, await request.body())

    with serving(Litestar([single, stacked], openapi_config=None)) as endpoint:
        with north.store.upkeep() as t:
            t.run("INSERT INTO partner_prekey VALUES (%s, %s)", "se.coord", south.prekeys.present())
        card, keys = replace(south.own.card, endpoint=endpoint), south.own.keys
        with north.store.upkeep() as t:
            signed = pair.cards.sign(card, keys.identity, keys.identity_pq)
            t.run("UPDATE partner SET card = %s WHERE name = %s", signed, "se.coord")
        messages = released(north, south, "first", "a", "b")
        assert sender.brings() == [_STACK, _ONE, _ONE, _ONE]
        more = released(north, south, "c", "d")
        again = [_STACK] if answer[0] != 404 else []  # an earlier version is not asked each time
        assert sender.brings() == [*again, _ONE, _ONE]
    assert [name for name, _ in taken(south)] == ["first", "a", "b", "c", "d"]
    expect_receipted(north, south, [*messages, *more][1:])


def test_a_stack_is_taken_in_whole_or_not_at_all(north: Party, south: Party) -> None:
    """Whatever must be answered by itself has nothing of the stack kept: a gap, a step, one twice, one that came."""
    reception = replace(south.reception(), prekeys=south.prekeys)
    released(north, south, "a", "b", "c")
    north.negotiate(south.own, b"step")
    with north.store.reading() as t:
        a, b, c, step = [wire.parse(one.envelope) for one in kept_outbox.waiting(t, "se.coord", "ordinary", 9)]
    reception = replace(reception, prekeys=None)  # they are sealed to the key on the card
    for wrong in ([b, c], [a, c], [a, a], [a, b, c, step], [b, a]):
        assert inbox.together(reception, wrong) is None
    assert taken(south) == []
    assert south.did(Act.RECEIVED) == []
    found = inbox.together(reception, [a, b])
    assert found is not None
    assert [receipts.read(one, south.own.card.identity).message for one in found] == [a.header.id, b.header.id]
    assert inbox.together(reception, [a, b]) is None
    assert [name for name, _ in taken(south)] == ["a", "b"]


def test_each_of_a_stack_is_answered_up_to_the_first_that_is_not_taken_in(
    north: Party, south: Party, sender: Sender
) -> None:
    """One changed on the way is refused, what came before it is kept, and what comes after is not looked at."""
    with served(south) as endpoint:
        introduced(north, south, sender, endpoint)
        first, second, third = (one.envelope for one in kept(north, released(north, south, "a", "b", "c")))
        body = stack.written((first, forged(second), third))
        answer = httpx.post(f"{endpoint}{_STACK}", content=body, headers=_CBOR)
        assert [one.status for one in stack.answers_read(answer.content)] == [200, 400]
        assert httpx.post(f"{endpoint}{_STACK}", content=b"junk", headers=_CBOR).status_code == 400
        too_many = canonical.written({"envelopes": [first] * (stack.MOST + 1)})
        assert httpx.post(f"{endpoint}{_STACK}", content=too_many, headers=_CBOR).status_code == 400
    assert [name for name, _ in taken(south)] == ["first", "a"]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return how often from now on a signature was checked, an envelope opened, and the database looked at."""
    done = Counter[str]()
    for module, name in ((wire, "authenticate"), (wire, "open"), (kept_inbox, "glance"), (kept_inbox, "claim")):
        real: Callable[..., Any] = getattr(module, name)

        def counted(*values: object, _real: Callable[..., Any] = real, _name: str = name) -> object:
            done[_name] += 1
            return _real(*values)

        monkeypatch.setattr(module, name, counted)
    return done


def forged(envelope: bytes) -> bytes:
    return envelope[:-1] + bytes([envelope[-1] ^ 1])


def test_a_stack_of_forgeries_costs_three_checks_at_most_however_many_it_holds(
    north: Party, south: Party, sender: Sender, work: Counter[str]
) -> None:
    """Of what a stranger made, or saw pass, nothing is opened, claimed or kept, and no partner pays for it.

    A stack where nothing is true, where the first is ahead of its turn, where the first came before: each is looked at
    together, then one by one up to the first that is not taken in. The partner's own next stack, as large as may be,
    is taken in at once.
    """
    with served(south) as endpoint:
        introduced(north, south, sender, endpoint)
        (passed,) = kept(north, released(north, south, "passed"))
        assert sender.brings() == [_ONE]
        true = [one.envelope for one in kept(north, released(north, south, *map(str, range(stack.MOST))))]
        for envelopes, statuses, checks in (
            ([*map(forged, true)], [400], 2),
            ([true[1], *map(forged, true[2:])], [409], 2),
            ([passed.envelope, *map(forged, true[:-1])], [200, 400], 3),
        ):
            work.clear()
            answer = httpx.post(f"{endpoint}{_STACK}", content=stack.written(tuple(envelopes)), headers=_CBOR)
            assert [one.status for one in stack.answers_read(answer.content)] == statuses
            assert work == {"authenticate": checks, "glance": checks}
        assert sender.brings() == [_STACK]
    assert [name for name, _ in taken(south)] == ["first", "passed", *map(str, range(stack.MOST))]


def test_of_a_stack_no_more_is_read_than_one_envelope_may_have(south: Party, work: Counter[str]) -> None:
    """However many envelopes are in it, and before any of them is looked at."""
    with served(south) as endpoint:
        body = stack.written((bytes(LARGEST // 2), bytes(LARGEST // 2)))
        assert httpx.post(f"{endpoint}{_STACK}", content=body, headers=_CBOR).status_code == 413
    assert work == {}
