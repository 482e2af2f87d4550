"""A chart: tracks, alerts and areas over the coastline, drawn as one SVG file that needs nothing else.

The same findings give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

import numpy as np

from comity.cli.findings import alerts_of, placed, who
from comity.cli.labels import Label, Labels
from comity.cli.projection import WIDTH, Projection
from comity.foundation.coastline import Coastline
from comity.node.recorded import Findings
from comity.picture.areas import Areas
from comity.vocabulary.alert import Alert
from comity.vocabulary.instant import written
from comity.vocabulary.place import Area, Position

_MARGIN = 14.0
_LINE = 15.0
_KEYS = 4
"""Signs explained in one row."""
_LISTED = 40
"""Alerts told in words below the map."""
_STEPS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 45.0)
_LENGTHS = tuple(step * 10.0**power for power in range(1, 7) for step in (1.0, 2.0, 5.0))
"""Metres that a scale can show."""
_STYLE = """
text{font:11px sans-serif;fill:#1c2b36}.label{paint-order:stroke;stroke:#fff;stroke-opacity:.8;stroke-width:3px}
.sea{fill:#eaf2f6}.land{fill:#f4f1e8}.coast{fill:none;stroke:#7d8f6d;stroke-width:1}
.grid{stroke:#c9d8e0;stroke-width:.6}.area{fill:none;stroke:#8a6fb0;stroke-width:1.2;stroke-dasharray:5 4}
.area-name{fill:#6b5391;font-style:italic}.known{fill:none;stroke:#1f6f9f;stroke-width:1.1}.unknown{fill:none;
stroke:#b8651b;stroke-width:1.2}.truth{fill:none;stroke:#2d2d2d;stroke-width:.9;stroke-dasharray:2 3}
.dot-known,.head{fill:#1f6f9f}.dot-unknown{fill:#b8651b}.plot{fill:#9aa7b0}.hour{fill:#fff;stroke:#1f6f9f;
stroke-width:1.2}.own{fill:none;stroke:#1f6f9f;stroke-width:1.8}.own-name{fill:#174f72;font-weight:bold}
.gap{fill:none;stroke:#c81e3a;stroke-width:1.4;stroke-dasharray:3 4}.other{fill:none;stroke:#a9b9c2;stroke-width:.8}
.head-other{fill:#a9b9c2}.alert{fill:#c81e3a;fill-opacity:.14;stroke:#c81e3a;stroke-width:1.6}
.number{fill:#c81e3a;font-weight:bold}.report{fill:#c81e3a}.sensor{fill:#2f7d4f}.reach{fill:none;stroke:#2f7d4f;
stroke-width:.8;stroke-dasharray:1 4}.sensor-name{fill:#2f7d4f}.title{font-size:15px;font-weight:bold}
.faint,.hour-name{fill:#46545e}.head-truth{fill:#2d2d2d}.truth-name{fill:#2d2d2d;font-weight:bold}
"""


class Chart:
    """A map of one region, to which things are added in the order in which they are drawn."""

    def __init__(self, places: Sequence[Position], *, title: str, told: str = "", land: bool = False) -> None:
        """Begin a chart that shows the places; `told` is a line below its title; `land` says that it is none of sea."""
        self._title, self._told, self._ground = title, told, "land" if land else "sea"
        self._map = Projection(places)
        self._drawn: list[str] = []
        self._words: list[str] = []
        self._keys: list[str] = []
        self._labels: list[Label] = []
        self._room = Labels(WIDTH, self._map.height)

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
        chart.key('<path class="key known" d="M0 0h22"/>', "says who it is")
        chart.key('<path class="key unknown" d="M0 0h22"/>', "does not")
        chart.key('<circle class="key alert" cx="11" cy="0" r="6"/>', "alert, told below by its number")
        shown, all_ = len(findings.wakes), len(findings.tracks)
        chart.say(f"{shown:,} of {all_:,} tracks, {len(alerts):,} alerts")
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
        """Draw the areas, and their names and kinds where they show."""
        for name in areas.names():
            area = areas.get(name)
            if area is None:
                continue
            for polygon in area.polygons:
                for ring in polygon:
                    self.line([*ring, ring[0]], "area")
            self._name_area(area)

    def line(self, places: Sequence[Position], style: str) -> None:
        """Draw a line through the places; points that would not show are left out."""
        points: list[tuple[float, float]] = []
        for x, y in map(self._map.xy, places):
            if not points or math.hypot(x - points[-1][0], y - points[-1][1]) >= 0.7:
                points.append((x, y))
        if len(points) > 1:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            self._drawn.append(f'<polyline class="{style}" points="{path}"/>')

    def dot(self, place: Position, style: str, words: str = "", radius: float = 2.2) -> None:
        """Draw a dot that says in words what it is when it is pointed at."""
        x, y = self._map.xy(place)
        title = f"<title>{_escaped(words)}</title>" if words else ""
        self._drawn.append(f'<circle class="{style}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}">{title}</circle>')

    def head(self, way: Sequence[Position], style: str) -> None:
        """Draw an arrow's head at the end of a way, as it went last."""
        points = [self._map.xy(place) for place in way]
        x, y = points[-1]
        before = next((one for one in reversed(points) if math.dist(one, (x, y)) >= 2.0), (x, y + 1.0))
        angle = math.degrees(math.atan2(x - before[0], before[1] - y))
        turned = f"translate({x:.1f} {y:.1f}) rotate({angle:.0f})"
        self._drawn.append(f'<path class="{style}" d="M0 -6L4 4H-4Z" transform="{turned}"/>')

    def sensor(self, place: Position, name: str, reach: Sequence[Position]) -> None:
        """Draw where a sensor stands and, as a ring, how far it sees."""
        self.line(reach, "reach")
        x, y = self._map.xy(place)
        self._drawn.append(f'<path class="sensor" d="M{x:.1f} {y - 5:.1f}l5 9h-10z"/>')
        self.label(place, name, "sensor-name", keep=6.0)

    def label(self, place: Position, words: str, style: str, keep: float = 0.0) -> None:
        """Write words beside a place if there is room; `keep` pixels round it are kept free of other words."""
        x, y = self._map.xy(place)
        if keep:
            self._room.keep(x, y, keep)
        self._labels.append(Label(x, y, words, style))

    def ring(self, alert: Alert, number: str = "") -> None:
        """Draw a ring where an alert is."""
        x, y = self._map.xy(alert.position)
        title = f"<title>{_escaped(alert.explanation)}</title>"
        self._drawn.append(f'<circle class="alert" cx="{x:.1f}" cy="{y:.1f}" r="9">{title}</circle>')
        if number:
            self.label(alert.position, number, "number", keep=8.0)

    def alerts(self, alerts: Sequence[Alert]) -> None:
        """Draw a numbered ring where each alert is, and tell the first of them in words below."""
        for number, alert in enumerate(alerts, 1):
            self.ring(alert, str(number))
        for number, alert in enumerate(alerts[:_LISTED], 1):
            self.say(
                f"{number}  {alert.kind.value} ({alert.severity.value}), {written(alert.time)},"
                f" {placed(alert.position)}: {'; '.join(map(who, alert.subjects))}"
            )
        if len(alerts) > _LISTED:
            self.say(f"and {len(alerts) - _LISTED:,} more alerts")

    def key(self, sign: str, words: str) -> None:
        """Explain a sign, drawn round the height 0 and 22 wide."""
        place = len(self._keys)
        x, y = place % _KEYS * (WIDTH / _KEYS), place // _KEYS * _LINE
        text = f'<text x="{x + 30:.0f}" y="{y + 4:.0f}">{_escaped(words)}</text>'
        self._keys.append(f'<g transform="translate({x:.0f} {y:.0f})">{sign}</g>{text}')

    def say(self, words: str) -> None:
        """Write a line below the map."""
        self._words.append(words)

    def svg(self) -> str:
        """Return the file."""
        tall, top = self._map.height, 34.0 + (_LINE if self._told else 0.0)
        keys = _LINE * math.ceil(len(self._keys) / _KEYS)
        below = top + tall + 14.0
        words = below + keys + 8.0
        width, height = WIDTH + 2 * _MARGIN, words + _LINE * len(self._words) + 4.0
        lines = (
            f'<text x="{_MARGIN}" y="{words + _LINE * place:.1f}">{_escaped(text)}</text>'
            for place, text in enumerate(self._words)
        )
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}">',
                f"<style>{_STYLE}</style>",
                f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
                f'<text class="title" x="{_MARGIN}" y="22">{_escaped(self._title)}</text>',
                f'<text class="faint" x="{_MARGIN}" y="39">{_escaped(self._told)}</text>' if self._told else "",
                f'<svg x="{_MARGIN}" y="{top}" width="{WIDTH:.1f}" height="{tall:.1f}">',
                f'<rect class="{self._ground}" width="{WIDTH:.1f}" height="{tall:.1f}"/>',
                *self._drawn,
                *self._written(),
                *self._ruler(),
                "</svg>",
                f'<g transform="translate({_MARGIN} {below})">{"".join(self._keys)}</g>',
                *lines,
                "</svg>\n",
            ]
        )

    def _written(self) -> Iterable[str]:
        """Yield the words on the map, those that are most wanted placed first."""
        self._room.keep(WIDTH - 60, self._map.height - 12, 60)  # the scale
        for label in filter(None, map(self._room.place, self._labels)):
            words = _escaped(label.words)
            yield f'<text class="label {label.style}" x="{label.x:.1f}" y="{label.y:.1f}">{words}</text>'

    def _text(self, x: float, y: float, words: str, style: str) -> None:
        self._drawn.append(f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{_escaped(words)}</text>')

    def _name_area(self, area: Area) -> None:
        """Write an area's name at the middle of the upper edge of what shows of it."""
        points = [self._map.xy(corner) for polygon in area.polygons for corner in polygon[0]]
        left, right = (min(max(edge, 0.0), WIDTH) for edge in (min(x for x, _ in points), max(x for x, _ in points)))
        top, low = (
            min(max(edge, 0.0), self._map.height) for edge in (min(y for _, y in points), max(y for _, y in points))
        )
        if right - left > 1.0 and low - top > 1.0:
            kind = getattr(area, "kind", "")
            words = f"{area.name} ({kind})" if kind else area.name
            self._labels.append(Label((left + right) / 2, top + 18.0, words, "area-name"))

    def _visible(self, points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[list[list[float]]]:
        """Return the runs of an arc that lie on the map or join a point that does."""
        shown = self._map
        tall, wide = (shown.north - shown.south) / 2, (shown.east - shown.west) / 2
        across = (points[:, 1] - shown.middle + 180.0) % 360.0 - 180.0
        near = (points[:, 0] > shown.south - tall) & (points[:, 0] < shown.north + tall)
        near &= (across > shown.west - wide) & (across < shown.east + wide)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], near, [False])).astype(np.int8)))
        return [points[begin:end].tolist() for begin, end in zip(edges[::2], edges[1::2], strict=True)]

    def _lines_of_the_globe(self) -> None:
        shown = self._map
        step = next((each for each in _STEPS if (shown.east - shown.west) / each <= 8), _STEPS[-1])
        for number in range(math.ceil(shown.south / step), math.floor(shown.north / step) + 1):
            y = shown.y(number * step)
            self._drawn.append(f'<path class="grid" d="M0 {y:.1f}H{WIDTH:.1f}"/>')
            self._text(3, y - 2, f"{abs(number * step):g}° {'NS'[number < 0]}", "faint")
        west, east = shown.west + shown.middle, shown.east + shown.middle
        for number in range(math.ceil(west / step), math.floor(east / step) + 1):
            x = shown.x(number * step - shown.middle)
            degrees = (number * step + 180.0) % 360.0 - 180.0
            self._drawn.append(f'<path class="grid" d="M{x:.1f} 0V{shown.height:.1f}"/>')
            self._text(x + 2, 11, f"{abs(degrees):g}° {'EW'[degrees < 0]}", "faint")

    def _ruler(self) -> Iterable[str]:
        metre = 1.0 / self._map.metres(1.0)
        length = max((each for each in _LENGTHS if each * metre <= WIDTH / 8), default=_LENGTHS[0])
        x, y = WIDTH - length * metre - 14, self._map.height - 12
        words = f"{length:g} m" if length < 1_000 else f"{length / 1_000:g} km"
        yield f'<path d="M{x:.1f} {y:.1f}h{length * metre:.1f}" stroke="#1c2b36" stroke-width="2"/>'
        yield f'<text class="label" x="{x:.1f}" y="{y - 5:.1f}">{words}</text>'


def _known(findings: Findings, track: str) -> bool:
    identity = findings.tracks[track].identity
    said = (identity.mmsi, identity.icao, identity.imo, identity.call_sign, identity.name)
    return any(value is not None for value in said)


def _escaped(words: str) -> str:
    """Return words that others chose so that XML can hold them."""
    return escape("".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in words))
