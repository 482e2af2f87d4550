"""Listening: web applications served at their addresses until the process is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import uvicorn
import uvloop
from litestar import Litestar

from comity.api.connections import Limits, limited
from comity.vocabulary.fault import Fault

_GRACE = 3
"""Seconds that open requests have to end."""
_THREADS = 24
"""Calls worked on at once; by default a small machine has six, which a slow disk soon holds up."""
_LIMITS = Limits()


class _Server(uvicorn.Server):
    """A server that leaves signals to `listen`, so that all stop together and the process ends by itself."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Unbroken(logging.Filter):
    """Leaves out the trace of a request that was broken off because its time to end was over: that is said besides."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def listen(
    applications: Mapping[str, Litestar], ready: Callable[[], None], limits: Mapping[str, Limits] | None = None
) -> None:
    """Serve each application at its address (`host:port`) until SIGTERM or SIGINT; call `ready` once all answer.

    `limits` says of an address what connections to it may cost, where that is not the usual.

    Raises:
        Fault: an address is taken.
    """
    for address in applications:
        _expect_free(address)
    servers = [
        _server(application, address, (limits or {}).get(address, _LIMITS))
        for address, application in applications.items()
    ]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_told(servers, ready))


def _expect_free(address: str) -> None:
    """Refuse a taken address before anything runs, in one sentence."""
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise Fault(
                f"the address cannot be had ({error.strerror})",
                where=address,
                remedy="End what holds it, or set another listen address in the settings.",
            ) from error


def configured(application: Litestar, host: str, port: int, limits: Limits = _LIMITS) -> uvicorn.Config:
    """Return how an application is served."""
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        http=limited(limits),
        loop="none",  # whoever listens has one
        ws="websockets-sansio",
        ws_max_size=4_096,  # what consoles may say; nothing is expected
        ws_per_message_deflate=False,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who calls is who connects: a header says what its writer likes
        timeout_keep_alive=limits.idle,
        timeout_graceful_shutdown=_GRACE,
        limit_concurrency=512,
    )


def _server(application: Litestar, address: str, limits: Limits) -> _Server:
    host, _, port = address.rpartition(":")
    return _Server(configured(application, host, int(port), limits))


async def _until_told(servers: list[_Server], ready: Callable[[], None]) -> None:
    logging.getLogger("uvicorn.error").addFilter(_Unbroken())  # after the servers were made: they set their log up
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_THREADS, "call"))

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    tasks = [asyncio.create_task(_served(server, stop)) for server in servers]
    while not all(server.started for server in servers) and not any(task.done() for task in tasks):
        await asyncio.sleep(0.01)
    if all(server.started for server in servers):
        ready()
    await asyncio.gather(*tasks)


async def _served(server: _Server, stop: Callable[[], None]) -> None:
    try:
        await server.serve()
    except SystemExit as error:  # how uvicorn says that it cannot have the port
        raise Fault("the address is taken", where=f"{server.config.host}:{server.config.port}") from error
    finally:
        stop()
