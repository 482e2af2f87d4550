"""The TAK listener: TLS, no more clients than it serves, and what it says when it cannot stand."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from comity.exchange import tak_door
from comity.exchange.tak_connection import Patience, Talk
from comity.exchange.tak_door import Leaving
from comity.exchange.tak_server import EACH, STRANGERS, TakServer, identity
from comity.vocabulary.fault import Fault

PATIENCE = Patience(greeting=20.0, taking=20.0, glance=0.02)


class Echo:
    """Greets whoever says anything, and tells each of its lines back in an event."""

    def __init__(self) -> None:
        self.version = 0
        self.heard = b""
        self.why = ""

    @property
    def greeted(self) -> bool:
        """Whether it has said anything."""
        return bool(self.heard)

    def received(self, data: bytes) -> None:
        """Keep it."""
        self.heard += data

    def due(self) -> Sequence[Leaving]:
        """Answer once."""
        if not self.heard:
            return ()
        count, self.heard = len(self.heard), b"."
        return [tak_door.present(1)] if count > 1 else ()

    def closed(self, why: str) -> None:
        """Keep why."""
        self.why = why


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a certificate for 127.0.0.1 and its key."""
    made = tmp_path_factory.mktemp("tls")
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + datetime.timedelta(days=3_650))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True)
        .sign(key, hashes.SHA256())
    )
    (made / "c.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (made / "k.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return made


@contextmanager
def served(talks: list[Echo], most: int = 4, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    def opened(_: str) -> Talk:
        talks.append(Echo())
        return talks[-1]

    stop = threading.Event()
    server = TakServer("127.0.0.1", 0, opened, most=most, tls=tls, patience=PATIENCE)
    thread = threading.Thread(target=server.run, args=(stop,))
    thread.start()
    try:
        yield server.port
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def test_through_tls_all_goes_both_ways(folder: Path) -> None:
    """Large pieces too, of which a record of TLS holds only a part."""
    talks: list[Echo] = []
    trusting = ssl.create_default_context(cafile=str(folder / "c.pem"))
    trusting.verify_flags &= ~ssl.VERIFY_X509_STRICT if hasattr(ssl, "VERIFY_X509_STRICT") else trusting.verify_flags
    with served(talks, tls=identity(folder / "c.pem", folder / "k.pem")) as port:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
            trusting.wrap_socket(plain, server_hostname="127.0.0.1") as line,
        ):
            line.sendall(bytes(100_000))
            assert b"t-x-c-t-r" in line.recv(65_536)
            assert line.version() in {"TLSv1.2", "TLSv1.3"}
        with socket.create_connection(("127.0.0.1", port), timeout=20) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
            with suppress(ConnectionResetError):
                while plain.recv(65_536):
                    pass
    assert "line broke" in talks[1].why


def connected(port: int, machine: int = 1) -> socket.socket:
    """Connect from one of several machines on loopback."""
    return socket.create_connection(("127.0.0.1", port), timeout=20, source_address=(f"127.0.0.{machine}", 0))


def test_no_more_are_served_than_may_be() -> None:
    """Whoever comes beyond is turned away, and the others stay."""
    talks: list[Echo] = []
    with served(talks, most=1) as port:
        lines = [connected(port, 1 + number // EACH) for number in range(STRANGERS)]
        with connected(port, 9) as one_more:
            assert one_more.recv(1) == b""
        lines[0].sendall(b"hello")
        assert b"t-x-c-t-r" in lines[0].recv(65_536)
        lines.append(connected(port, 9))
        with connected(port, 8) as one_more:
            assert one_more.recv(1) == b""
        for line in lines:
            line.close()
    assert {talk.why for talk in talks} <= {"the client has gone", "the node stops"}


def test_one_machine_that_says_nothing_keeps_nobody_else_out() -> None:
    """However many connections it opens, and however often: others have places still."""
    talks: list[Echo] = []
    with served(talks, most=1) as port:
        crowd = [connected(port) for _ in range(2 * STRANGERS)]
        with connected(port, 2) as client:
            client.sendall(b"hello")
            assert b"t-x-c-t-r" in client.recv(65_536)
        for line in crowd:
            line.close()
    assert len(talks) == EACH + 1


def test_what_is_not_made_by_the_door_is_not_sent() -> None:
    """However it came to be due."""

    class Leaky(Echo):
        def due(self) -> Sequence[Leaving]:
            """Return what nobody has judged."""
            return [object()]  # type: ignore[list-item]

    talks: list[Echo] = []

    def opened(_: str) -> Talk:
        talks.append(Leaky())
        return talks[-1]

    stop = threading.Event()
    server = TakServer("127.0.0.1", 0, opened, most=1, patience=PATIENCE)
    thread = threading.Thread(target=server.run, args=(stop,))
    thread.start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(b"hello")
        assert line.recv(65_536) == b""
    stop.set()
    thread.join(20)
    assert "only what is drawn" in talks[0].why


def test_what_cannot_stand_says_why(folder: Path) -> None:
    """An address that is taken, a key that fits no certificate."""
    with served([]) as port, pytest.raises(Fault, match=r"Correct tak\.listen"):
        TakServer("127.0.0.1", port, lambda _: Echo(), most=1)
    with pytest.raises(Fault, match="cannot be used"):
        identity(folder / "k.pem", folder / "c.pem")
