"""The TAK listener: takes connections of clients, a thread each, and no more than so many."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from threading import Event

import structlog

from comity.exchange.tak_connection import Patience, Talk, talked
from comity.vocabulary.fault import Fault

STRANGERS = 16
"""Connections of clients that have not said who they are: they take no place of those that have."""
EACH = 8
"""Of them, those from one address: one machine that says nothing keeps nobody out."""
_ON_ITS_WAY = 65_536
"""Bytes that the machine holds for a client: what is there already can be held back no more."""
_GLANCE = 0.5
_JOIN = 5.0
_log = structlog.get_logger()


def identity(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return what shows clients who the node is: TLS 1.2 or later.

    Raises:
        Fault: certificate or key cannot be used.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        made.load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise Fault(
            f"certificate and key for TAK clients cannot be used ({error})",
            where=str(certificate),
            remedy="Give both in PEM, the key without a password.",
        ) from error
    return made


class TakServer:
    """Serves TAK clients at a host and port; `open_talk` is called with the address of each that connects."""

    def __init__(
        self,
        host: str,
        port: int,
        open_talk: Callable[[str], Talk],
        *,
        most: int,
        tls: ssl.SSLContext | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._open_talk = open_talk
        self._most = most + STRANGERS
        self._tls = tls
        self._patience = patience or Patience()
        self._talks: dict[threading.Thread, tuple[str, Talk]] = {}
        """Of each connection's thread the address, and what it is about."""
        self._socket = _bound(host, port)
        self.port: int = self._socket.getsockname()[1]

    def run(self, stop: Event) -> None:
        """Take connections until `stop` is set; then end them all and close the port."""
        with self._socket:
            self._socket.settimeout(self._patience.glance)
            while not stop.is_set():
                try:
                    connection, address = self._socket.accept()
                except TimeoutError:
                    continue
                except OSError as error:  # as when the client is gone again, or there are no descriptors left
                    _log.warning("no TAK client taken", fault=str(error))
                    stop.wait(_GLANCE)
                    continue
                self._taken(connection, str(address[0]), stop)
        for thread in list(self._talks):
            thread.join(_JOIN)

    def _taken(self, connection: socket.socket, peer: str, stop: Event) -> None:
        self._talks = {thread: talk for thread, talk in self._talks.items() if thread.is_alive()}
        if crowd := self._crowd(peer):
            connection.close()
            _log.warning("TAK client turned away", peer=peer, why=crowd)
            return
        talk = self._open_talk(peer)
        thread = threading.Thread(
            target=talked, args=(connection, talk, stop, self._patience, self._tls), name=f"tak {peer}", daemon=True
        )
        self._talks[thread] = peer, talk
        thread.start()

    def _crowd(self, peer: str) -> str:
        """Return who is in the way of another connection from this address, empty if nobody is."""
        strangers = [address for address, talk in self._talks.values() if not talk.greeted]
        if strangers.count(peer) >= EACH:
            return f"{EACH} from there have not said who they are"
        if len(strangers) >= STRANGERS:
            return f"{STRANGERS} have not said who they are"
        return f"{self._most} are connected" if len(self._talks) >= self._most else ""


def _bound(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        made = socket.create_server((host, port), family=family, backlog=STRANGERS)
    except (OSError, OverflowError) as error:
        raise Fault(
            f"TAK clients cannot connect here ({error})", where=f"{host}:{port}", remedy="Correct tak.listen."
        ) from error
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ON_ITS_WAY)  # each connection inherits it
    return made
