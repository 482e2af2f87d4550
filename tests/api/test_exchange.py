"""The exchange over HTTP: each answer of docs/formats/envelope.md, and no body read further or longer than allowed."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing

import httpx
import pytest
from litestar import Litestar
from msgspec.structs import replace

from builders import pair
from builders.pair import Party
from builders.web import serving
from comity.api import exchange
from comity.api.exchange import LARGEST, exchange_router
from comity.exchange import prekeys, receipts, wire
from comity.foundation import canonical
from comity.foundation.store.store import Unavailable
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import Lane, MessageKind, Outcome

_CBOR = {"Content-Type": "application/cbor"}


@pytest.fixture
def south(borrow_database: Callable[[], str]) -> Iterator[Party]:
    party = pair.party("se.coord", 2, borrow_database(), pair.own("dk.coord", 1))
    yield party
    party.store.close()


@pytest.fixture
def endpoint(south: Party) -> Iterator[str]:
    with pair.served(south) as address:
        yield f"{address}/exchange/inbox"


def envelope(sequence: int, number: int = 1, sealing: bytes = b"") -> bytes:
    header = wire.Header(
        kind=MessageKind.AGREEMENT,
        sender="dk.coord",
        recipient="se.coord",
        id=bytes([sequence]) * 32,
        lane=Lane.ORDINARY,
        sequence=sequence,
        created=pair.NOW,
        expires=pair.NOW + DAY,
    )
    own = pair.keys(number)
    return wire.seal(header, [b"step"], own.identity, sealing or pair.keys(2).sealing.public, own.identity_pq)


def sealing(south: Party) -> bytes:
    """Return the key to which messages to it are sealed at present."""
    return prekeys.believed(south.prekeys.present()).public


def test_an_envelope_is_answered_with_a_receipt(endpoint: str, south: Party) -> None:
    """200, and the receiver's signature on what became of it; the same again gets the same bytes."""
    data = envelope(1, sealing=sealing(south))
    first, again = (httpx.post(endpoint, content=data, headers=_CBOR) for _ in range(2))
    assert (first.status_code, first.headers["content-type"]) == (200, "application/cbor")
    assert receipts.read(first.content, south.own.card.identity).outcome is Outcome.ACCEPTED
    assert again.content == first.content
    assert south.steps == [("dk.coord", b"step")]


def test_what_comes_before_its_turn_is_told_where_to_begin(endpoint: str) -> None:
    """409, and the number expected in canonical form."""
    answer = httpx.post(endpoint, content=envelope(3), headers=_CBOR)
    assert (answer.status_code, canonical.read(answer.content, dict)) == (409, {"expected": 1})


@pytest.mark.parametrize("kind", ["forged", "junk", "empty", "untyped"])
def test_whatever_is_not_certain_is_told_nothing(endpoint: str, south: Party, kind: str) -> None:
    """400 and one word, the same for a forged signature as for noise: no oracle."""
    body = {"forged": envelope(1, 9), "junk": b"junk", "empty": b"", "untyped": envelope(1)}[kind]
    answer = httpx.post(endpoint, content=body, headers={} if kind == "untyped" else _CBOR)
    assert (answer.status_code, answer.content) == (400, b"refused")
    assert south.steps == []


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_too_large_is_not_read_to_its_end(endpoint: str, *, chunked: bool) -> None:
    """413, whether the length is stated or not."""
    body = bytes(LARGEST + 1)
    pieces = (body[place : place + 65_536] for place in range(0, len(body), 65_536))
    answer = httpx.post(endpoint, content=pieces if chunked else body, headers=_CBOR)
    assert (answer.status_code, answer.content) == (413, b"too large")


def test_a_body_that_does_not_end_is_given_up(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender that stalls holds the door no longer than it may."""
    monkeypatch.setattr(exchange, "SLOWEST", 0.2)
    address = httpx.URL(endpoint)
    with closing(socket.create_connection((address.host, address.port or 80), timeout=30)) as line:
        line.sendall(
            b"POST /exchange/inbox HTTP/1.1\r\nHost: south\r\nContent-Type: application/cbor\r\n"
            b"Content-Length: 1000\r\n\r\nbegun"
        )
        assert line.recv(65_536).startswith(b"HTTP/1.1 400")


def test_a_database_that_does_not_answer_is_told_as_such(south: Party) -> None:
    """503: the sender keeps the message and tries again; nothing of it was kept."""

    def unavailable(_: object) -> tuple[()]:
        raise Unavailable("the database does not answer")

    reception = replace(south.reception(), standings=unavailable)
    with serving(Litestar([exchange_router(reception)], openapi_config=None)) as address:
        answer = httpx.post(f"{address}/exchange/inbox", content=envelope(1), headers=_CBOR)
    assert (answer.status_code, answer.content) == (503, b"unavailable")
    with pair.served(south) as address:
        data = envelope(1, sealing=sealing(south))
        assert httpx.post(f"{address}/exchange/inbox", content=data, headers=_CBOR).status_code == 200


def test_a_partner_that_brings_too_much_is_told_to_wait(south: Party) -> None:
    """429, and after how many seconds: whatever it is, it is not looked at before."""
    slow = Litestar([exchange_router(south.reception(), 0.1)], openapi_config=None)
    with serving(slow) as address, httpx.Client(base_url=address, headers=_CBOR) as partner:
        answers = [partner.post("/exchange/inbox", content=envelope(number)) for number in range(1, 5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert (answers[-1].content, answers[-1].headers["content-type"]) == (b"wait", "text/plain; charset=utf-8")
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 10
    assert len(south.steps) == 3


def test_the_prekey_is_told_to_anybody_and_again_to_whoever_seals_to_another_key(endpoint: str, south: Party) -> None:
    """GET gives it, 410 too; what came is not kept."""
    told = httpx.get(endpoint.replace("/inbox", "/prekey"))
    assert (told.status_code, told.headers["cache-control"]) == (200, "no-store")
    assert prekeys.read(told.content, south.own.card).public == sealing(south)
    answer = httpx.post(endpoint, content=envelope(1), headers=_CBOR)
    assert (answer.status_code, answer.content) == (410, told.content)
    assert south.steps == []
