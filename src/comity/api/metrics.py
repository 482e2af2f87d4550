"""Metrics: numbers about the node for Prometheus to collect. They are counts and times, and hold no record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from threading import Lock

from litestar import Response, get
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from comity.foundation.clock import steady
from comity.foundation.store import (
    alerts,
    checkpoints,
    feeds,
    findings,
    inbox,
    ledger,
    outbox_state,
    sightings,
    tracks,
)
from comity.foundation.store.store import Transaction
from comity.node.assemble import Node
from comity.picture.registration import Offset

_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FRESH = 2.0
"""Seconds for which one answer serves all: anyone on the agency's network may ask, as often as they like."""
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


disable_created_metrics()  # type: ignore[no-untyped-call]  # one more series for each, which nobody reads


class Durations(ASGIMiddleware):
    """Measures for each route how long it takes until an answer begins."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "comity_request_seconds",
            "Seconds until an answer begins.",
            ("method", "route", "status"),
            registry=registry,
            buckets=_BUCKETS,
        )

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Serve the request and measure it; routes are told as templates, so that no id becomes a label."""
        begun = steady()

        async def measured(message: Message) -> None:
            if message["type"] == "http.response.start" and not _of_persons(scope):
                labels = (scope.get("method", ""), scope.get("path_template", ""), str(message["status"]))
                self._seconds.labels(*labels).observe(steady() - begun)
            await send(message)

        await next_app(scope, receive, measured)


def _of_persons(scope: Scope) -> bool:
    """Whether it is asked about persons: how often that is would count them, in a node that has few (safeguard 3)."""
    return str(scope.get("path_template", "")).startswith("/api/persons")


class Counts(Collector):
    """What the node's store and threads can count."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def describe(self) -> list[Metric]:
        """Return nothing: the store is asked only when somebody collects."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Return the metrics of this moment."""
        with self._node.store.reading() as transaction:
            found = [*_taken_in(transaction), *_found_out(transaction), *_exchanged(transaction), *_logged(transaction)]
        faults = CounterMetricFamily("comity_faults", "Faults of the node's threads.", labels=("part",))
        for part, number in self._node.faults.counts().items():
            faults.add_metric((part,), number)
        yield from (*found, faults, *sensors_off(self._node.watch.offsets()))


def _gauge(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"comity_{name}", told, value=value)


def _taken_in(t: Transaction) -> Iterator[Metric]:
    items = CounterMetricFamily("comity_feed_items", "Items taken in, the rejected included.", labels=("feed",))
    rejected = CounterMetricFamily("comity_feed_rejected", "Items that could not be read.", labels=("feed",))
    for feed in feeds.all(t):
        items.add_metric((feed.name,), feed.position)
        rejected.add_metric((feed.name,), feed.rejected)
    yield from (items, rejected)
    yield _gauge("sightings", "Sightings kept, beyond 200,000 as the database estimates.", sightings.count(t))
    yield _gauge("tracks", "Tracks kept, beyond 200,000 as the database estimates.", tracks.count(t))


def sensors_off(offsets: Mapping[str, Sequence[Offset]]) -> Iterator[Metric]:
    """Return by how much the sensors of each feed are off where enough plots have told; a feed's are numbered."""
    labels = ("feed", "sensor", "of")
    off = GaugeMetricFamily(
        "comity_sensor_offset", "By how much a sensor is off: metres, degrees, seconds.", None, labels
    )
    doubt = GaugeMetricFamily("comity_sensor_offset_deviation", "The standard deviation of that.", None, labels)
    for feed, sensors in offsets.items():
        for number, sensor in enumerate(sensors):
            names = ("range", "azimuth", "clock") if sensor.polar else ("east", "north", "clock")
            for of, value, deviation in zip(names, sensor.values, sensor.deviations, strict=True):
                if sensor.known:
                    off.add_metric((feed, str(number), of), value)
                    doubt.add_metric((feed, str(number), of), deviation)
    yield from (off, doubt)


def _found_out(t: Transaction) -> Iterator[Metric]:
    found = GaugeMetricFamily(
        "comity_alerts", "The newest 20,000 alerts by kind and judgement.", labels=("kind", "judgement")
    )
    for kind, judgement, number in alerts.by_kind(t):
        found.add_metric((kind, judgement), number)
    yield found


def _exchanged(t: Transaction) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        "comity_releases",
        "Releases among the newest 20,000 messages, and older ones that wait, by state.",
        labels=("state",),
    )
    for state, number in outbox_state.release_states(t).items():
        states.add_metric((state,), number)
    waiting = GaugeMetricFamily(
        "comity_outbox_waiting",
        "Messages without receipt, counted up to 20,000 beyond the newest 20,000.",
        labels=("partner",),
    )
    for partner, counted in outbox_state.counts(t).items():
        waiting.add_metric((partner,), counted.get("queued", 0) + counted.get("withdrawn", 0))
    yield from (states, waiting, _gauge("received", "Partners' records kept of the 20,000 newest.", inbox.count(t)))


def _logged(t: Transaction) -> Iterator[Metric]:
    newest = checkpoints.newest(t)
    yield _gauge("ledger_entries", "Entries in the log.", ledger.logged(t))
    yield _gauge("checkpoint_size", "Entries under the newest checkpoint.", newest.size if newest else 0)
    found = CounterMetricFamily("comity_findings", "The newest 20,000 findings, by kind.", labels=("kind",))
    still = GaugeMetricFamily("comity_findings_open", "Findings that nobody has acknowledged.", labels=("kind",))
    for kind, (number, unanswered) in findings.counts(t).items():
        found.add_metric((kind,), number)
        still.add_metric((kind,), unanswered)
    yield from (found, still)
    yield _gauge("checkpoint_cosignatures", "Cosignatures of the newest checkpoint.", newest.cosigned if newest else 0)


def metrics_route(node: Node, registry: CollectorRegistry) -> HTTPRouteHandler:
    """Return the route at which Prometheus collects."""
    registry.register(Counts(node))
    turn = Lock()
    kept: tuple[float, bytes] = (float("-inf"), b"")

    @get("/metrics", sync_to_thread=True, include_in_schema=False)
    def metrics() -> Response[bytes]:
        """Return every metric in the Prometheus text format."""
        nonlocal kept
        with turn:
            if steady() >= kept[0] + _FRESH:
                kept = (steady(), generate_latest(registry))
            return Response(kept[1], headers={"content-type": _TYPE})

    return metrics
