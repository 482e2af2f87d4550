"""Every decoder of what others send or people write, by name: functions that raise nothing but a Fault."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from builders import pair
from comity.agreements import crosswalk, grammar, national, revocation, terms, track_file
from comity.cli import expectation
from comity.exchange import (
    cards,
    evidence,
    inquiry_step,
    onward_step,
    posting,
    prekeys,
    receipts,
    stack,
    step,
    subscription_step,
    wire,
)
from comity.exchange.notes import Acknowledgement, Cancellation
from comity.exchange.step import Effect
from comity.foundation import canonical, coastline, topology
from comity.foundation.keys.hardware import HardwareUri
from comity.foundation.ledger import checkpoint, cosignature, note, tile, trust, vkey, witness
from comity.foundation.ledger.proof import LogProof
from comity.node import rules, settings, watching
from comity.node.settings import PictureSettings
from comity.picture import disputes
from comity.picture.areas import read_geojson
from comity.screening import mrz
from comity.sources import station, wanted
from comity.sources.ais_feed import AisReader
from comity.sources.ais_stream import AisStream
from comity.sources.cot.greeting import Greeting, Hall
from comity.sources.feed import open_stream
from comity.sources.origin import Origin
from comity.sources.station import Station
from comity.sources.stream import Cut
from comity.training import text as scenario
from comity.vocabulary.entry import Entry
from comity.vocabulary.fault import Fault
from comity.vocabulary.message import Given
from comity.vocabulary.onward import Leave
from comity.vocabulary.place import Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.recall import Recall, Recalled


def _feed(name: str) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        stream = open_stream(name, Origin(source="fuzz", begin=pair.NOW, stations=_STATIONS))
        for place in range(0, len(data), 1_000):
            for _ in stream.feed(data[place : place + 1_000]):
                pass
        for _ in stream.end():
            pass
        if not any(stream.report.faults.values()):
            return stream
        raise Fault("the reader counted faults")

    return read


def _ais_both_ways(data: bytes) -> object:
    """Read AIS by the block and by the line, and assert that both find the same."""
    pieces = [data[place : place + 1_000] for place in range(0, len(data), 1_000)]
    found = []
    for stream in (AisStream(Origin(source="fuzz"), few=0), Cut(AisReader(Origin(source="fuzz")))):
        sightings = [sighting for piece in pieces for sighting in stream.feed(piece)]
        found.append(([*sightings, *stream.end()], vars(stream.report)))
    assert found[0] == found[1]
    if found[0][1]["faults"]:
        raise Fault("the reader counted faults")
    return found[0]


def _greeting(data: bytes) -> Greeting:
    """Read a TAK client's greeting, as it comes in two pieces."""
    hall, half = Hall(), len(data) // 2
    found = hall.feed(data[:half]) or hall.feed(data[half:])
    if found is None:
        raise Fault("more is waited for")
    return found


@cache
def _folder() -> Path:
    return Path(mkdtemp(prefix="comity-fuzz-"))


def _rules(data: bytes) -> object:
    (_folder() / "rules.toml").write_bytes(data)
    return rules.rules(PictureSettings(rules="rules.toml"), _folder())


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    def decode(data: bytes) -> object:
        try:
            return read(data.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise Fault("not UTF-8") from error

    return decode


def _same(read: Callable[[bytes], object], written: Callable[..., bytes]) -> Callable[[bytes], object]:
    """Return a decoder that also asserts that there is one way only to write what was read."""

    def decode(data: bytes) -> object:
        found = read(data)
        assert written(found) == data
        return found

    return decode


_STATIONS = (Station(position=Position(55.6, 12.6)),)
_BOUNDS = topology.Bounds(south=54.0, west=9.0, north=57.0, east=12.0)
_SEEN = pair.own("se.coord", 2)
"""Whose receipts and prekeys are read."""

DECODERS: dict[str, Callable[[bytes], object]] = {
    "entry": _same(lambda data: canonical.read(data, Entry), canonical.written),
    "given": _same(lambda data: canonical.read(data, Given), canonical.written),
    "envelope": wire.parse,
    "header": _same(wire.head, canonical.written),
    "cover": _same(wire.cover, canonical.written),
    "items": _same(wire.items, wire.written),
    "card": cards.read,
    "card-file": _text(cards.from_text),
    "stack": _same(stack.read, stack.written),
    "stack-answers": _same(stack.answers_read, stack.answers_written),
    "receipt": lambda data: receipts.read(data, _SEEN.card.identity),
    "bundle": _same(evidence.read, canonical.written),
    "step": _same(step.read, step.written),
    "effect": _same(lambda data: canonical.read(data, Effect), canonical.written),
    "revocation": lambda data: revocation.read(data, _SEEN.card.identity),
    "acknowledgement": _same(lambda data: canonical.read(data, Acknowledgement), canonical.written),
    "cancellation": _same(lambda data: canonical.read(data, Cancellation), canonical.written),
    "recall": _same(lambda data: canonical.read(data, Recall), canonical.written),
    "recalled": _same(lambda data: canonical.read(data, Recalled), canonical.written),
    "prekey": lambda data: prekeys.read(data, _SEEN.card),
    "subscription-step": _same(subscription_step.read, subscription_step.written),
    "inquiry-step": _same(inquiry_step.read, inquiry_step.written),
    "onward-step": _same(onward_step.read, onward_step.written),
    "leave": _same(lambda data: canonical.read(data, Leave), canonical.written),
    "missing": posting.missing,
    "note": _same(note.read, note.written),
    "checkpoint": _text(checkpoint.read),
    "log-proof": _same(LogProof.from_text, LogProof.text),
    "log-proof-form": _same(LogProof.read, LogProof.written),
    "tile-path": _text(tile.read),
    "tile": lambda data: tile.hashes(data, len(data) // 32),
    "entry-bundle": lambda data: tile.entries(data[1:], data[0] if data else 1),
    "witness-request": witness.read,
    "cosignature": cosignature.seconds,
    "cosignature-lattice": lambda data: cosignature.seconds(data, cosignature.ML_DSA_44),
    "cosignatures": _text(note.lines),
    "policy": trust.read,
    "verifier-key": _text(vkey.read),
    "key-in-hardware": _text(HardwareUri.read),
    "agreement": _text(lambda text: terms.read(text, "fuzz")),
    "agreement-form": _same(terms.from_canonical, terms.canonical),
    "condition": _text(grammar.read),
    "crosswalk": _text(lambda text: crosswalk.read(text, "fuzz")),
    "pursuit-track": lambda data: track_file.read(data, "fuzz"),
    "coastline": _same(lambda data: coastline.read(data, "fuzz").drawing, coastline.written),
    "coastline-map": lambda data: topology.arcs(data, _BOUNDS, "fuzz"),
    "coastline-islets": _text(lambda text: topology.islets(text, "fuzz")),
    "settings": _text(lambda text: settings.read(text, "fuzz")),
    "national-law": _text(lambda text: national.read(text, "fuzz")),
    "areas": read_geojson,
    "disputed-lines": lambda data: disputes.read(data, "fuzz", "fuzz"),
    "feed-adsb": _feed("adsb"),
    "feed-ais": _feed("ais"),
    "feed-ais-by-block": _ais_both_ways,
    "feed-asterix": _feed("asterix"),
    "feed-cot": _feed("cot"),
    "feed-geojson": _feed("geojson"),
    "feed-gpx": _feed("gpx"),
    "feed-ground-sensors": _feed("ground-sensors"),
    "feed-klv": _feed("klv"),
    "feed-mavlink": _feed("mavlink"),
    "feed-plate-readers": _feed("plate-readers"),
    "feed-plots": _feed("plots"),
    "feed-state-vectors": _feed("state-vectors"),
    "feed-tracks": _feed("tracks"),
    "feed-ulog": _feed("ulog"),
    "machine-readable-zone": _text(lambda text: mrz.read(text, date(2026, 6, 1))),
    "picture-settings": _text(lambda text: watching.read(text, "fuzz")),
    "rules": _rules,
    "scenario": _text(lambda text: scenario.read(text, "fuzz")),
    "expected-answers": _text(lambda text: expectation.read(text, "fuzz")),
    "station": _text(station.read),
    "tak-greeting": _greeting,
    "wanted-plates": _text(lambda text: wanted.read(text, "fuzz", frozenset(Purpose))),
}


def harmless(name: str, data: bytes) -> None:
    """Decode; whatever is raised that is no Fault is a defect."""
    with suppress(Fault):
        DECODERS[name](data)
