"""Findings: what a look at a recording found, in words for people and in JSON lines for programs.

The lines for programs are described in docs/formats/picture-run.md.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

from comity.cli.main import printable
from comity.detection.wording import called
from comity.foundation.geodesy import KNOT
from comity.node.recorded import Findings
from comity.picture.registration import Offset
from comity.sources.report import Summary
from comity.vocabulary.alert import Alert
from comity.vocabulary.instant import Instant, written
from comity.vocabulary.place import Position
from comity.vocabulary.subject import Identity
from comity.vocabulary.track import Track

_HEAD = (
    f"{'track':32} {'first':24} {'last':24} {'position':20} {'kn':>5} {'course':>6} {'± m':>6} {'seen':>6}  "
    "who, by which sources"
)

_PLANE = (("east", "m"), ("north", "m"), ("clock", "s late"))


def tracks_of(findings: Findings) -> list[Track]:
    """Return the tracks, oldest first."""
    return sorted(findings.tracks.values(), key=lambda track: (track.first, track.id))


def alerts_of(findings: Findings) -> list[Alert]:
    """Return the alerts, oldest first."""
    return sorted(findings.alerts.values(), key=lambda alert: (alert.time, alert.id))


def json_lines(
    findings: Findings, read: Mapping[str, Summary], *, tracks: bool, alerts: bool
) -> Iterator[dict[str, object]]:
    """Yield an object for each track and alert that is wanted and each sensor that was measured; the summary last."""
    if tracks:
        yield from ({"type": "track", **msgspec.to_builtins(track)} for track in tracks_of(findings))
    if alerts:
        yield from ({"type": "alert", **msgspec.to_builtins(alert)} for alert in alerts_of(findings))
    for source, offset in _known(findings):
        yield {"type": "sensor", "source": source, **msgspec.to_builtins(offset)}
    yield {
        "type": "summary",
        "sightings": findings.sightings,
        "first": findings.first,
        "last": findings.last,
        "outcomes": dict(sorted(findings.outcomes.items())),
        "tracks": len(findings.tracks) + findings.tracks_left_out,
        "tracks_left_out": findings.tracks_left_out,
        "kinds": _kinds(findings),
        "alerts": dict(sorted(Counter(alert.kind.value for alert in findings.alerts.values()).items())),
        "alerts_left_out": findings.alerts_left_out,
        "feeds": {source: msgspec.to_builtins(summary) for source, summary in read.items()},
    }


def words(findings: Findings, read: Mapping[str, Summary], *, tracks: bool, alerts: bool) -> Iterator[str]:
    """Yield the lines that people read: the tracks and alerts that are wanted, and the summary last."""
    if tracks:
        yield _HEAD
        yield from map(_track, tracks_of(findings))
        yield ""
    if alerts:
        for alert in alerts_of(findings):
            yield from _alert(alert)
            yield ""
    yield from _summary(findings, read)


def placed(position: Position) -> str:
    """Return a position such as `56.9313 N 11.7041 E`."""
    north, east = "NS"[position.latitude < 0], "EW"[position.longitude < 0]
    return f"{abs(position.latitude):.4f} {north} {abs(position.longitude):.4f} {east}"


def who(identity: Identity) -> str:
    """Return what a subject is, and all that it says of itself."""
    said = [
        f"{identity.mmsi:09d}" if identity.mmsi is not None else "",
        f"{identity.icao:06x}" if identity.icao is not None else "",
        f"IMO {identity.imo:07d}" if identity.imo is not None else "",
        identity.call_sign or "",
        identity.name or "",
    ]
    known = " ".join(filter(None, said))
    return printable(f"{identity.kind.value} {known}" if known else f"unidentified {identity.kind.value}")


def _track(track: Track) -> str:
    place = placed(track.position) if track.position else "-"
    speed = f"{track.speed / KNOT:.1f}" if track.speed is not None else "-"
    course = f"{track.course:.0f}" if track.course is not None else "-"
    deviation = f"{math.sqrt(track.variance):.0f}" if track.variance is not None else "-"
    return (
        f"{track.id:32} {written(track.first)} {written(track.last)} {place:20} {speed:>5} {course:>6} {deviation:>6}"
        f" {track.sightings:>6}  {who(track.identity)}, by {', '.join(track.sources)}"
    )


def _alert(alert: Alert) -> Iterator[str]:
    until = f" until {written(alert.until)}" if alert.until != alert.time else ""
    area = f", {printable(alert.area)}" if alert.area else ""
    simulated = ", simulated" if alert.simulated else ""
    yield f"{alert.kind.value} ({alert.severity.value}{simulated}): {written(alert.time)}{until}"
    yield f"  at       {placed(alert.position)}{area}"
    yield f"  who      {printable('; '.join(map(called, alert.subjects)))}"
    yield (
        f"  by       rule {alert.rule} {alert.version}, confidence {alert.confidence:.2f},"
        f" {len(alert.sightings)} sightings of {', '.join(alert.sources)}"
    )
    yield f"  why      {printable(alert.explanation)}"
    yield f"  unless   {printable(alert.would_change)}"
    yield f"  id       {alert.id}"


def _summary(findings: Findings, read: Mapping[str, Summary]) -> Iterator[str]:
    for source, one in read.items():
        lost = f", {one.rejected:,} rejected" if one.rejected else ""
        lost += f", {one.untimed:,} without a time" if one.untimed else ""
        yield f"{source}: {one.messages:,} messages{lost}, {one.sightings:,} sightings of {one.subjects:,} identities"
        yield from (f"  {count:,} times: {fault}" for fault, count in one.faults.items())
    yield from (_offset(source, offset) for source, offset in _known(findings))
    yield f"from {_when(findings.first)} to {_when(findings.last)}"
    became = ", ".join(f"{count:,} {name}" for name, count in sorted(findings.outcomes.items()))
    yield f"{findings.sightings:,} sightings: {became}"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in _kinds(findings).items()) or "none"
    yield f"tracks: {len(findings.tracks) + findings.tracks_left_out:,} ({kinds})"
    if findings.tracks_left_out:
        yield f"  {findings.tracks_left_out:,} of them, reported longest ago, are left out"
    counts = Counter(alert.kind.value for alert in findings.alerts.values())
    told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items())) or "none"
    yield f"alerts: {len(findings.alerts) + findings.alerts_left_out:,} ({told})"
    if findings.alerts_left_out:
        yield f"  {findings.alerts_left_out:,} of them, the oldest, are left out"


def _known(findings: Findings) -> list[tuple[str, Offset]]:
    """Return the sensors whose offsets enough plots have told, by source."""
    return [(source, one) for source, offsets in sorted(findings.offsets.items()) for one in offsets if one.known]


def _offset(source: str, offset: Offset) -> str:
    names = (("range", "m"), ("azimuth", "°"), ("clock", "s late")) if offset.polar else _PLANE
    told = [
        f"{name} {value:+.2f} ± {deviation:.2f} {unit}{', corrected' if applied else ''}"
        for (name, unit), value, deviation, applied in zip(
            names, offset.values, offset.deviations, offset.applied, strict=True
        )
    ]
    where = f" at {placed(offset.station)}" if offset.station else ""
    return f"{source}{where} is off, by {offset.pairs:,} plots of who tell where they are: {'; '.join(told)}"


def _kinds(findings: Findings) -> dict[str, int]:
    counts = Counter(_kind(track.identity) for track in findings.tracks.values())
    return dict(sorted(counts.items()))


def _kind(identity: Identity) -> str:
    said = (identity.mmsi, identity.imo, identity.icao, identity.call_sign, identity.name)
    return identity.kind.value if any(value is not None for value in said) else f"unidentified {identity.kind.value}"


def _when(instant: Instant | None) -> str:
    return "-" if instant is None else written(instant)
