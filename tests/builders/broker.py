"""An MQTT 3.1.1 broker for tests, of one subscriber: as much of the protocol as shows what a client does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Queue

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 13, 14


class Broker:
    """Takes one connection after another; tells what it was sent, and sends what it is told to."""

    def __init__(self, listener: socket.socket, refuse: int = 0) -> None:
        self.port: int = listener.getsockname()[1]
        self.connected: Queue[bytes] = Queue()
        """Payloads of CONNECT."""
        self.subscribed: Queue[bytes] = Queue()
        """Filters asked for."""
        self.acknowledged: Queue[int] = Queue()
        """Numbers of messages that were taken."""
        self._listener = listener
        self._refuse = refuse
        self._line: socket.socket | None = None

    def serve(self) -> None:
        """Serve until the listener is closed."""
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                self._line = line
                with suppress(OSError, ValueError):  # the client breaks the line, in the middle of a packet or not
                    self._talked(line)

    def publish(self, topic: str, payload: bytes, number: int) -> None:
        """Send a message of quality of service 1."""
        assert self._line is not None
        name = topic.encode()
        body = len(name).to_bytes(2, "big") + name + number.to_bytes(2, "big") + payload
        self._line.sendall(bytes([PUBLISH << 4 | 2]) + _length(len(body)) + body)

    def drop(self) -> None:
        """Break the connection."""
        assert self._line is not None
        self._line.shutdown(socket.SHUT_RDWR)

    def _talked(self, line: socket.socket) -> None:
        with line.makefile("rb") as file:
            while head := file.read(1):
                size = shift = 0
                while True:
                    (byte,) = file.read(1)
                    size, shift = size | (byte & 0x7F) << shift, shift + 7
                    if byte < 0x80:
                        break
                self._took(line, head[0] >> 4, file.read(size))

    def _took(self, line: socket.socket, kind: int, body: bytes) -> None:
        if kind == CONNECT:
            self.connected.put(body)
            line.sendall(bytes([CONNACK << 4, 2, 0, self._refuse]))
        elif kind == SUBSCRIBE:
            self.subscribed.put(body[4:-1])
            line.sendall(bytes([SUBACK << 4, 3]) + body[:2] + b"\x01")
        elif kind == PUBACK:
            self.acknowledged.put(int.from_bytes(body, "big"))
        elif kind == PINGREQ:
            line.sendall(bytes([PINGRESP << 4, 0]))


def _length(size: int) -> bytes:
    out = bytearray()
    while size >= 0x80:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*out, size])


@contextmanager
def broker(refuse: int = 0) -> Iterator[Broker]:
    """Serve on loopback within the block; `refuse` is the code with which every connection is refused."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Broker(listener, refuse)
        thread = threading.Thread(target=made.serve, daemon=True)
        thread.start()
        yield made
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(20)
    assert not thread.is_alive()
