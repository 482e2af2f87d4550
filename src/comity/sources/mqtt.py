"""Live feeds over MQTT 3.1.1: subscribe to a topic of a broker; each message is what a datagram would be."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from threading import Event
from urllib.parse import unquote, urlsplit

import msgspec
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from comity.foundation.clock import steady
from comity.sources.batch import LARGEST, Batch
from comity.sources.feed import open_stream
from comity.sources.origin import Origin
from comity.vocabulary.fault import Fault
from comity.vocabulary.sighting import Sighting

LONGEST = 65_535
"""Bytes of a message; what is longer is counted and passed over."""
_PORTS = {"mqtt": 1_883, "mqtts": 8_883}
_LONGEST_TOPIC = 65_535
_QOS = 1


class Address(msgspec.Struct, frozen=True):
    """A topic, or filter of topics (`+`, `#`), at a broker."""

    host: str
    port: int
    topic: str
    tls: bool


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait, in seconds."""

    connect: float = 10.0
    silence: int = 60
    """The broker is asked for a sign of life so often."""
    glance: float = 0.5
    first_retry: float = 1.0
    longest_retry: float = 60.0


def address(url: str) -> Address:
    """Return the address that a text such as `mqtt://127.0.0.1/sensors/#` writes.

    Raises:
        Fault: it is none, or holds a password.
    """
    try:
        parts = urlsplit(url.replace("#", "%23"))
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        host, port, parts = "", 0, urlsplit("")
    topic = unquote(parts.path[1:])
    if not host or not port or parts.password is not None or not 0 < len(topic.encode()) <= _LONGEST_TOPIC:
        raise Fault(
            "this is no topic of an MQTT broker, or holds a password",
            where=url[:200].rpartition("@")[2],
            remedy="Write mqtt://host:port/topic or mqtts://…, and the password into the feed's secret.",
        )
    return Address(host, port, topic, parts.scheme == "mqtts")


class Subscribed:
    """A feed of messages. Its reports get the time of their arrival where they carry none.

    A message is acknowledged when the batch with its sightings has been taken, so that the broker brings again what
    was not (quality of service 1, a session that the broker keeps).
    """

    def __init__(
        self,
        url: str,
        format_name: str,
        origin: Origin,
        *,
        secret: str = "",
        skip: int = 0,
        patience: Patience | None = None,
    ) -> None:
        if origin.arrival is None:
            raise Fault("a live feed needs the time of arrival", where=url, remedy="Give it the clock.")
        self._address = address(url)
        self._stream = open_stream(format_name, origin)
        self._position = skip
        self._patience = patience or Patience()
        self._came: deque[MQTTMessage] = deque()
        self._client = self._made(origin.source, secret)
        self.report = self._stream.report
        self.connected = False
        self.trouble = ""
        """Why the last connection was lost or refused; empty while one stands."""

    def batches(self, stop: Event) -> Iterator[Batch]:
        """Yield what comes in, connecting anew as often as it takes, until `stop` is set.

        Retries wait 1 s, then twice as long each time up to a minute, and begin anew after a connection that stood.
        """
        pause = self._patience.first_retry
        while not stop.is_set():
            yield from self._connection(stop)
            if self.connected:
                pause = self._patience.first_retry
            self.connected = False
            stop.wait(pause)
            pause = min(2 * pause, self._patience.longest_retry)

    def _connection(self, stop: Event) -> Iterator[Batch]:
        self._came.clear()
        try:
            begun = steady()
            code = self._client.connect(self._address.host, self._address.port, keepalive=self._patience.silence)
            while code == MQTTErrorCode.MQTT_ERR_SUCCESS and not stop.is_set():
                code = self._client.loop(self._patience.glance)
                yield from self._taken()
                if not self.connected and steady() > begun + self._patience.connect:
                    self.trouble = f"the broker does not answer within {self._patience.connect:g} s"
                    return
            if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
                self.trouble = self.trouble or f"the line broke ({code.name})"
        except (OSError, ValueError) as error:  # the latter: a host name that is none
            self.trouble = str(error)
        finally:
            self._client.disconnect()

    def _taken(self) -> Iterator[Batch]:
        """Yield what has come, then acknowledge it: whoever takes a batch asks for the next when it is kept."""
        came = list(self._came)
        self._came.clear()
        taken: list[Sighting] = []
        for message in came:
            if len(message.payload) > LONGEST:
                self.report.reject("message too long", bytes(message.payload[:120]))
                continue
            taken += self._stream.datagram(bytes(message.payload))
        for start in range(0, len(taken), LARGEST):
            part = taken[start : start + LARGEST]
            self._position += len(part)
            yield Batch(tuple(part), self._position, self.report.rejected)
        for message in came:
            self._client.ack(message.mid, message.qos)

    def _made(self, source: str, secret: str) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"comity-{source}",
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = self._patience.connect
        if secret:
            user, _, password = secret.partition(":")
            client.username_pw_set(user, password)
        if self._address.tls:
            client.tls_set()
        client.on_connect = self._entered
        client.on_message = lambda _client, _data, message: self._came.append(message)
        return client

    def _entered(
        self,
        client: Client,
        _data: object,
        _flags: ConnectFlags,
        code: ReasonCode,
        _: Properties | None,
    ) -> None:
        if code.is_failure:
            self.trouble = f"the broker refuses: {code.getName()}"
            return
        self.connected, self.trouble = True, ""
        client.subscribe(self._address.topic, _QOS)
