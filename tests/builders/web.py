"""A web application served on loopback, in a thread, for as long as a test needs it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from litestar import Litestar

from comity.api.connections import Limits
from comity.api.listener import configured

_LIMITS = Limits()


@contextmanager
def serving(application: Litestar, limits: Limits = _LIMITS) -> Iterator[str]:
    """Serve the application at a free port within the block, and yield its address, such as `http://127.0.0.1:4711`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(configured(application, "127.0.0.1", 0, limits))
        thread = Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()  # the socket listens already: a request that comes too early waits for the server
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
