"""A link: a line on loopback between two nodes that harms what passes as the test tells it to.

It stands at the address on a node's card and hands each request on to the node itself, one connection a request. What
it does to a delivery is a harm: a function below. The test names the harms that the next deliveries meet, in order;
all else passes, other paths always.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from stories.door import PATIENCE, Door, heard, pair

INBOX = b"POST /exchange/inbox "


@dataclass
class Passage:
    """One request on its way: what came, whether it is a delivery, and the lines to either side."""

    link: Link
    near: socket.socket
    head: bytes
    body: bytes

    @property
    def request(self) -> bytes:
        """The request as it came, asking for the line to be closed after the answer."""
        return _told_to_close(self.head) + self.body

    def asked(self, request: bytes, pieces: Iterable[bytes] = ()) -> bytes:
        """Send a request, or its pieces one after another, to the node, and return the whole answer."""
        with socket.create_connection(self.link.target, PATIENCE) as far:
            for piece in pieces or (request,):
                far.sendall(piece)
            return _until_closed(far)

    def answer(self, whole: bytes) -> None:
        """Give the sender an answer."""
        self.near.sendall(whole)


Harm: TypeAlias = Callable[[Passage], None]


class Link:
    """The line. `with Link(address, target)` opens it; every thread of it has ended after the block."""

    def __init__(self, address: str, target: str) -> None:
        self.address = address
        self.target = pair(target)
        self.harms: deque[Harm] = deque()
        """What the next deliveries meet, first come, first harmed."""
        self.met: list[str] = []
        """Names of what each delivery met."""
        self.held: deque[bytes] = deque()
        """Requests that were held back."""
        self._turn = threading.Lock()
        self._down = threading.Event()
        self._door = Door(address, self._serve)

    def __enter__(self) -> Link:
        self._door.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._door.__exit__(*error)

    def cut(self) -> None:
        """Cut the line: whoever calls is hung up on, whatever the path."""
        self._down.set()

    def mend(self) -> None:
        """Let calls through again."""
        self._down.clear()

    def harm(self, *harms: Harm) -> None:
        """Let the next deliveries meet these, one each."""
        with self._turn:
            self.harms.extend(harms)

    def _serve(self, near: socket.socket) -> None:
        came = heard(near)
        if came is not None and not self._down.is_set():
            passage = Passage(self, near, *came)
            self._next(passage.head)(passage)

    def _next(self, head: bytes) -> Harm:
        if not head.startswith(INBOX):
            return passed
        with self._turn:
            harm = self.harms.popleft() if self.harms else passed
            self.met.append(getattr(harm, "__name__", "harm"))
        return harm


def passed(passage: Passage) -> None:
    """Hand the request on and the answer back; then what was held back goes, too late."""
    passage.answer(passage.asked(passage.request))
    while passage.link.held:
        passage.asked(passage.link.held.popleft())


def lost_on_the_way(passage: Passage) -> None:
    """Cut before the node heard anything."""


def answer_lost(passage: Passage) -> None:
    """Cut after the node has answered: it took the message in, the sender does not know."""
    passage.asked(passage.request)


def held_back(passage: Passage) -> None:
    """Hold the request until the next has passed, and hang up on the sender meanwhile."""
    passage.link.held.append(passage.request)


def doubled(passage: Passage) -> None:
    """Hand the request on twice, one after the other, and give the second answer back."""
    passage.asked(passage.request)
    passage.answer(passage.asked(passage.request))


def doubled_at_once(passage: Passage) -> None:
    """Hand the request on four times at the same moment, and give one of the answers back."""
    answers: list[bytes] = []
    threads = [threading.Thread(target=lambda: answers.append(passage.asked(passage.request))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    passage.answer(answers[0])


def slowed(passage: Passage) -> None:
    """Let request and answer drip, a piece of 400 bytes every 20 ms."""
    whole = passage.asked(b"", _dripping(passage.request))
    for piece in _dripping(whole):
        passage.answer(piece)


def request_cut_short(passage: Passage) -> None:
    """Hand on half of the body, then hang up on both."""
    with socket.create_connection(passage.link.target, PATIENCE) as far:
        far.sendall(passage.head + passage.body[: len(passage.body) // 2])
        far.shutdown(socket.SHUT_WR)
        _until_closed(far)


def answer_cut_short(passage: Passage) -> None:
    """Give back all of the answer but its last half, then hang up."""
    whole = passage.asked(passage.request)
    passage.answer(whole[: len(whole) - len(whole) // 2])


def request_changed(passage: Passage) -> None:
    """Change one bit in the middle of the body on its way."""
    passage.answer(passage.asked(_told_to_close(passage.head) + _flipped(passage.body)))


def answer_changed(passage: Passage) -> None:
    """Change one bit of the answer's body on its way back."""
    head, _, body = passage.asked(passage.request).partition(b"\r\n\r\n")
    passage.answer(head + b"\r\n\r\n" + _flipped(body))


@dataclass
class Mixed:
    """A harm that is drawn anew for each delivery from a seeded chance."""

    draw: Callable[[], Harm]
    __name__: str = field(default="mixed", init=False)

    def __call__(self, passage: Passage) -> None:
        """Do what was drawn."""
        self.draw()(passage)


def _told_to_close(head: bytes) -> bytes:
    lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


def _until_closed(far: socket.socket) -> bytes:
    whole = bytearray()
    while piece := far.recv(65_536):
        whole += piece
    return bytes(whole)


def _dripping(whole: bytes) -> Iterable[bytes]:
    pause = threading.Event()
    for place in range(0, len(whole), 400):
        pause.wait(0.02)
        yield whole[place : place + 400]


def _flipped(body: bytes) -> bytes:
    changed = bytearray(body)
    changed[len(changed) // 2] ^= 0x10
    return bytes(changed)
