"""A deadline over a whole exchange: a partner that sends one byte now and then holds nobody up.

The time-outs of an HTTP client are for one step each; a header that drips in takes as many steps as it likes.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import httpcore
import httpx

from comity.foundation.clock import steady

_KEPT = 100
"""Connections that are kept open for the next exchange."""
_end: ContextVar[float] = ContextVar("end", default=float("inf"))
"""When what this thread does now must be over."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let what is said over a transport of this room within the block take so long in all, and no longer."""
    token = _end.set(min(steady() + seconds, _end.get()))
    try:
        yield
    finally:
        _end.reset(token)


@cache
def trusted() -> ssl.SSLContext:
    """Return whom TLS trusts: read once, because to read all authorities takes longer than many a request."""
    return httpx.create_ssl_context(trust_env=False)


def transport() -> httpx.HTTPTransport:
    """Return a transport that heeds the deadline in every single step.

    Who shares it waits for nobody's connection: each speaks one exchange at a time, and partners that never answer
    would else take all that there may be.
    """
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=_KEPT)
    made = httpx.HTTPTransport(verify=trusted(), trust_env=False, limits=limits)
    made._pool._network_backend = _Backend()  # noqa: SLF001 - httpx has no public way to say this; a test holds it
    return made


def _left(timeout: float | None) -> float | None:
    left = _end.get() - steady()
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline is over")
    return min(left, timeout) if timeout is not None else None if left == float("inf") else left


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore has it
        return self._inner.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(host, port, _left(timeout), local_address, socket_options))
