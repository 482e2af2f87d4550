"""A chart: tracks, alerts and areas over the coastline, drawn as one SVG file that needs nothing else.

The same findings give the same bytes. It is drawn in Mercator's projection, north up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

import numpy as np

from comity.cli.findings import alerts_of, placed, who
from comity.foundation.coastline import Coastline
from comity.foundation.geodesy import RADIUS
from comity.node.recorded import Findings
from comity.picture.areas import Areas
from comity.vocabulary.alert import Alert
from comity.vocabulary.instant import written
from comity.vocabulary.place import Position

_WIDTH = 1_100.0
"""Of the map, pixels."""
_NARROWEST = 900.0
"""Of the words below it."""
_TALLEST, _FLATTEST = 1_100.0, 380.0
_MARGIN = 14.0
_LINE = 15.0
_LISTED = 40
"""Alerts told in words below the map."""
_MANY = 200
"""From so many places on, the farthest half of a hundredth does not widen the map: one false position is enough."""
_LEAST = 0.02
"""Degrees that a map spans at least."""
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 45.0)
_LENGTHS = tuple(step * 10.0**power for power in range(1, 7) for step in (1.0, 2.0, 5.0))
"""Metres that a scale can show."""
_STYLE = """
text{font:11px sans-serif;fill:#1c2b36}.sea{fill:#eaf2f6}.coast{fill:none;stroke:#7d8f6d;stroke-width:1}
.grid{stroke:#c9d8e0;stroke-width:.6}.area{fill:none;stroke:#8a6fb0;stroke-width:1;stroke-dasharray:5 4}
.area-name{fill:#6b5391}.known{fill:none;stroke:#1f6f9f;stroke-width:1.1}.unknown{fill:none;stroke:#b8651b;
stroke-width:1.2}.truth{fill:none;stroke:#2d2d2d;stroke-width:.9;stroke-dasharray:2 3}.dot-known{fill:#1f6f9f}
.dot-unknown{fill:#b8651b}.plot{fill:#9aa7b0}.own{fill:none;stroke:#1f6f9f;stroke-width:1.6}
.other{fill:none;stroke:#a9b9c2;stroke-width:.7}.alert{fill:#c81e3a;fill-opacity:.14;stroke:#c81e3a;stroke-width:1.6}
.number{fill:#c81e3a;font-weight:bold}.title{font-size:14px;font-weight:bold}.faint{fill:#5b6b76}
"""


class Chart:
    """A map of one region, to which things are added in the order in which they are drawn."""

    def __init__(self, places: Sequence[Position], *, title: str) -> None:
        """Begin a chart that shows the places."""
        self._title = title
        self._middle = _middle(places)
        south, north, west, east = self._bounds(places)
        self._west, self._north = west, _mercator(north)
        height = _mercator(north) - _mercator(south)
        self._scale = min(_WIDTH / (east - west), _TALLEST / height)
        self._width = (east - west) * self._scale
        self._height = max(height * self._scale, _FLATTEST)
        self._north += (self._height / self._scale - height) / 2
        self._drawn: list[str] = []
        self._words: list[str] = []
        self._extent = (south, north, west, east)

    @classmethod
    def of(cls, findings: Findings, areas: Areas, coastline: Coastline, *, title: str) -> Chart:
        """Return the chart of what was found."""
        alerts = alerts_of(findings)
        places = [place for wake in findings.wakes.values() for _, place in wake.places()]
        chart = cls([*places, *(alert.position for alert in alerts)], title=title)
        if not chart.ground(coastline):
            chart.say("no coast is drawn: the coastline's file has none here (--coastline takes another)")
        chart.areas(areas)
        for id_, wake in findings.wakes.items():
            known = _known(findings, id_)
            way = [place for _, place in wake.places()]
            chart.line(way, "known" if known else "unknown")
            chart.dot(way[-1], "dot-known" if known else "dot-unknown", who(findings.tracks[id_].identity))
        chart.alerts(alerts)
        shown, all_ = len(findings.wakes), len(findings.tracks)
        chart.say(f"{shown:,} of {all_:,} tracks: blue say who they are, brown do not; {len(alerts):,} alerts")
        return chart

    def ground(self, coastline: Coastline) -> bool:
        """Draw the lines of latitude and longitude, and the coast; return whether the file has any here."""
        self._lines_of_the_globe()
        inside = False
        for arc in coastline.drawing.arcs:
            points = np.frombuffer(arc.points, ">i4").reshape(-1, 2).astype(np.float64) / 100_000
            parts = self._visible(points)
            inside = inside or bool(parts)
            for part in parts:
                self.line([Position(float(lat), float(lon)) for lat, lon in part], "coast")
        return inside

    def areas(self, areas: Areas) -> None:
        """Draw the areas and their names."""
        for name in areas.names():
            area = areas.get(name)
            for polygon in area.polygons if area else ():
                for ring in polygon:
                    self.line([*ring, ring[0]], "area")
                x, y = self._xy(max(polygon[0], key=lambda corner: corner.latitude))
                self._text(x, y - 3, name, "area-name")

    def line(self, places: Sequence[Position], style: str) -> None:
        """Draw a line through the places; points that would not show are left out."""
        points: list[tuple[float, float]] = []
        for x, y in map(self._xy, places):
            if not points or math.hypot(x - points[-1][0], y - points[-1][1]) >= 0.7:
                points.append((x, y))
        if len(points) > 1:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            self._drawn.append(f'<polyline class="{style}" points="{path}"/>')

    def dot(self, place: Position, style: str, words: str = "", radius: float = 2.2) -> None:
        """Draw a dot that says in words what it is when it is pointed at."""
        x, y = self._xy(place)
        title = f"<title>{_escaped(words)}</title>" if words else ""
        self._drawn.append(f'<circle class="{style}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}">{title}</circle>')

    def alerts(self, alerts: Sequence[Alert]) -> None:
        """Draw a numbered ring where each alert is, and tell the first of them in words below."""
        for number, alert in enumerate(alerts, 1):
            x, y = self._xy(alert.position)
            title = f"<title>{_escaped(alert.explanation)}</title>"
            self._drawn.append(f'<circle class="alert" cx="{x:.1f}" cy="{y:.1f}" r="9">{title}</circle>')
            self._text(x + 11, y - 6, str(number), "number")
        for number, alert in enumerate(alerts[:_LISTED], 1):
            self.say(
                f"{number}  {alert.kind.value} ({alert.severity.value}), {written(alert.time)},"
                f" {placed(alert.position)}: {'; '.join(map(who, alert.subjects))}"
            )
        if len(alerts) > _LISTED:
            self.say(f"and {len(alerts) - _LISTED:,} more alerts")

    def say(self, words: str) -> None:
        """Write a line below the map."""
        self._words.append(words)

    def svg(self) -> str:
        """Return the file."""
        top = 34.0
        width, bottom = max(self._width, _NARROWEST) + 2 * _MARGIN, top + self._height
        height = bottom + 24 + _LINE * len(self._words)
        lines = (
            f'<text x="{_MARGIN}" y="{bottom + 20 + _LINE * place:.1f}">{_escaped(words)}</text>'
            for place, words in enumerate(self._words)
        )
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}">',
                f"<style>{_STYLE}</style>",
                f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
                f'<text class="title" x="{_MARGIN}" y="22">{_escaped(self._title)}</text>',
                f'<svg x="{_MARGIN}" y="{top}" width="{self._width:.1f}" height="{self._height:.1f}">',
                f'<rect class="sea" width="{self._width:.1f}" height="{self._height:.1f}"/>',
                *self._drawn,
                *self._ruler(),
                "</svg>",
                *lines,
                "</svg>\n",
            ]
        )

    def _xy(self, place: Position) -> tuple[float, float]:
        across = (place.longitude - self._middle + 180.0) % 360.0 - 180.0
        return (across - self._west) * self._scale, (self._north - _mercator(place.latitude)) * self._scale

    def _text(self, x: float, y: float, words: str, style: str) -> None:
        self._drawn.append(f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{_escaped(words)}</text>')

    def _bounds(self, places: Sequence[Position]) -> tuple[float, float, float, float]:
        """Return south and north in degrees, west and east in degrees from the middle."""
        latitudes = np.array([place.latitude for place in places] or [0.0])
        across = np.array([(place.longitude - self._middle + 180.0) % 360.0 - 180.0 for place in places] or [0.0])
        ends = (0.005, 0.995) if len(places) >= _MANY else (0.0, 1.0)
        south, north = (float(value) for value in np.quantile(latitudes, ends))
        west, east = (float(value) for value in np.quantile(across, ends))
        tall, wide = max(north - south, _LEAST) * 0.06, max(east - west, _LEAST) * 0.06
        return max(south - tall, -85.0), min(north + tall, 85.0), max(west - wide, -180.0), min(east + wide, 180.0)

    def _visible(self, points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[list[list[float]]]:
        """Return the runs of an arc that lie on the map or join a point that does."""
        south, north, west, east = self._extent
        tall, wide = (north - south) / 2, (east - west) / 2
        across = (points[:, 1] - self._middle + 180.0) % 360.0 - 180.0
        near = (points[:, 0] > south - tall) & (points[:, 0] < north + tall) & (across > west - wide)
        near &= across < east + wide
        edges = np.flatnonzero(np.diff(np.concatenate(([False], near, [False])).astype(np.int8)))
        return [points[begin:end].tolist() for begin, end in zip(edges[::2], edges[1::2], strict=True)]

    def _lines_of_the_globe(self) -> None:
        south, north, west, east = self._extent
        step = next((each for each in _STEPS if (east - west) / each <= 8), _STEPS[-1])
        for number in range(math.ceil(south / step), math.floor(north / step) + 1):
            y = (self._north - _mercator(number * step)) * self._scale
            self._drawn.append(f'<path class="grid" d="M0 {y:.1f}H{self._width:.1f}"/>')
            self._text(3, y - 2, f"{abs(number * step):g}° {'NS'[number < 0]}", "faint")
        west, east = west + self._middle, east + self._middle
        for number in range(math.ceil(west / step), math.floor(east / step) + 1):
            x = (number * step - self._middle - self._west) * self._scale
            degrees = (number * step + 180.0) % 360.0 - 180.0
            self._drawn.append(f'<path class="grid" d="M{x:.1f} 0V{self._height:.1f}"/>')
            self._text(x + 2, 11, f"{abs(degrees):g}° {'EW'[degrees < 0]}", "faint")

    def _ruler(self) -> Iterable[str]:
        south, north, _, _ = self._extent
        metre = self._scale / (math.radians(1.0) * RADIUS * math.cos(math.radians((south + north) / 2)))
        length = max((each for each in _LENGTHS if each * metre <= self._width / 5), default=_LENGTHS[0])
        x, y = self._width - length * metre - 14, self._height - 12
        words = f"{length:g} m" if length < 1_000 else f"{length / 1_000:g} km"
        yield f'<path d="M{x:.1f} {y:.1f}h{length * metre:.1f}" stroke="#1c2b36" stroke-width="2"/>'
        yield f'<text x="{x:.1f}" y="{y - 5:.1f}">{words}</text>'


def _middle(places: Sequence[Position]) -> float:
    """Return the longitude round which the places lie, so that a map can cross the antimeridian."""
    angles = np.radians([place.longitude for place in places] or [0.0])
    return round(math.degrees(math.atan2(float(np.sin(angles).sum()), float(np.cos(angles).sum()))), 6)


def _mercator(latitude: float) -> float:
    """Return the height of a latitude in degrees of longitude at the equator (Snyder, USGS 1395, 7-2)."""
    limited = max(-85.0, min(85.0, latitude))
    return math.degrees(math.asinh(math.tan(math.radians(limited))))


def _known(findings: Findings, track: str) -> bool:
    identity = findings.tracks[track].identity
    said = (identity.mmsi, identity.icao, identity.imo, identity.call_sign, identity.name)
    return any(value is not None for value in said)


def _escaped(words: str) -> str:
    """Return words that others chose so that XML can hold them."""
    return escape("".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in words))
