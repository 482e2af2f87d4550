"""A web application served on loopback, in a thread, for as long as a test needs it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Literal

import uvicorn
from litestar import Litestar


@contextmanager
def serving(application: Litestar, ws: Literal["none", "websockets-sansio"] = "none") -> Iterator[str]:
    """Serve the application at a free port within the block, and yield its address, such as `http://127.0.0.1:4711`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(application, log_level="error", access_log=False, ws=ws))
        thread = Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()  # the socket listens already: a request that comes too early waits for the server
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
