"""A stack: messages that come next in one lane go in one request, and each is answered (docs/formats/envelope.md).

POST {endpoint}/exchange/inbox/stack        [envelope, envelope, envelope]
200                                         [[200, receipt], [200, receipt], [429, "wait", 3]]
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from comity.foundation import canonical

MOST: Final = 16
"""Envelopes in one request: they are taken in together, and nobody else's act is logged meanwhile."""
LARGEST: Final = 1024 * 1024
"""Bytes of one that goes; one that comes may have as many as an envelope."""

_Envelopes = Annotated[tuple[bytes, ...], msgspec.Meta(min_length=1, max_length=MOST)]


class Answered(msgspec.Struct, frozen=True, array_like=True):
    """What one envelope by itself would have been answered with."""

    status: Annotated[int, msgspec.Meta(ge=200, le=599)]
    body: bytes
    wait: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 0
    """Seconds after which it may be tried again, of a 429."""


class _Stack(msgspec.Struct, frozen=True):
    envelopes: _Envelopes


class _Answers(msgspec.Struct, frozen=True):
    answers: Annotated[tuple[Answered, ...], msgspec.Meta(min_length=1, max_length=MOST)]


def written(envelopes: tuple[bytes, ...]) -> bytes:
    """Return the request's body."""
    return canonical.written(_Stack(envelopes))


def read(body: bytes) -> tuple[bytes, ...]:
    """Return the envelopes of a request.

    Raises:
        NotCanonical: it holds none, or too many, or is no stack.
    """
    return canonical.read(body, _Stack).envelopes


def answers_written(answers: tuple[Answered, ...]) -> bytes:
    """Return the answer's body: what came after the first that was not taken in is not answered."""
    return canonical.written(_Answers(answers))


def answers_read(body: bytes, where: str = "") -> tuple[Answered, ...]:
    """Return what was answered to the first, the second and so on.

    Raises:
        NotCanonical: nothing that could be read.
    """
    return canonical.read(body, _Answers, where=where).answers
