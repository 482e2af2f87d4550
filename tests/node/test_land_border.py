"""A land border: what ground sensors notice on three nights, over a restart, and a report that comes late."""

from __future__ import annotations

import json

from comity.detection.infiltration import Infiltration, InfiltrationSettings
from comity.detection.land import Land, LandSettings
from comity.foundation.clock import Clock
from comity.foundation.geodesy import offset
from comity.foundation.store import alerts, feeds, ledger
from comity.foundation.store.store import Store
from comity.node.feed_settings import FeedSettings
from comity.node.flow_sighting import Watch
from comity.picture.areas import Areas
from comity.picture.coverage import Could
from comity.picture.tracks import Picture
from comity.sources.batch import Batch
from comity.sources.ground_sensors import GroundSensorReader
from comity.sources.origin import Origin
from comity.vocabulary.alert import Alert, AlertKind
from comity.vocabulary.entry import Act
from comity.vocabulary.handling import Handling, Tlp
from comity.vocabulary.instant import DAY, HOUR, MINUTE, Instant, written
from comity.vocabulary.place import Area, Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.subject import SubjectKind

POST = Position(51.5, 14.7)
FEED = FeedSettings(name="sensors", format="ground-sensors", path="x", purposes=(Purpose.BORDER_SURVEILLANCE,))
SETTINGS = LandSettings(borders=(("home", "abroad"),), points=("bridge",))


def box(name: str, west: float, south: float, east: float, north: float) -> Area:
    corners = tuple(offset(POST, e, n) for e, n in ((west, south), (east, south), (east, north), (west, north)))
    return Area(name=name, polygons=((corners,),))


AREAS = Areas(
    [
        box("home", -20_000, -20_000, 0, 20_000),
        box("abroad", 0, -20_000, 20_000, 20_000),
        box("bridge", -300, 4_700, 300, 5_300),
    ]
)


def line(time: Instant, sensor: str, east: float, north: float, kind: str = "party") -> bytes:
    place = offset(POST, east, north)
    said = {
        "sensing": "near",
        "time": written(time),
        "sensor": sensor,
        "modality": "seismic",
        "reach": 40,
        "kind": kind,
    }
    return json.dumps(said | {"kind": kind, "latitude": place.latitude, "longitude": place.longitude}).encode()


def night(begin: Instant, north: float = 0.0) -> list[bytes]:
    """Return what four sensors notice of a party that walks from abroad, and of a car at home that comes by."""
    easts = (1_500, 600, -600, -1_500)
    walked = [line(begin + (1_500 - east) * 1_000, f"s{k}", east, north) for k, east in enumerate(easts)]
    return [*walked, line(begin + HOUR, "s3", -1_500, north, "vehicle"), b'{"kind":"person"}']


class Border:
    """A node's watch over the store, fed line by line."""

    def __init__(self, store: Store) -> None:
        self._store = store
        rules = [Land(SETTINGS, AREAS.at, lambda _: Handling(tlp=Tlp.AMBER)), Infiltration(InfiltrationSettings())]
        self.watch = Watch(store, Clock(), Picture(), rules, {"sensors": FEED})
        self._reader = GroundSensorReader(Origin(source="sensors"))
        with store.reading() as transaction:
            self._read = feeds.position(transaction, "sensors")

    def notice(self, lines: list[bytes], size: int = 3) -> None:
        """Take lines in, in batches of that size."""
        sightings = [sighting for line in lines if (sighting := self._reader.take(line)) is not None]
        for begin in range(0, len(sightings), size):
            part = tuple(sightings[begin : begin + size])
            self._read += len(part)
            self.watch.take("sensors", Batch(part, self._read, self._reader.report.rejected))

    def queue(self) -> list[Alert]:
        """Return the alerts that are stored."""
        with self._store.reading() as transaction:
            return [kept.alert for kept in alerts.queue(transaction)]


def test_three_nights_at_a_land_border(store: Store) -> None:
    """Each crossing is an alert about an unidentified party; the third makes a pattern, over a restart."""
    begin = Clock().now() - 6 * DAY
    border = Border(store)
    for k in range(2):
        border.notice(night(begin + k * 2 * DAY))
    found = border.queue()
    assert [(alert.kind, alert.area) for alert in found] == [(AlertKind.CROSSING, "home")] * 2
    assert {who.kind for alert in found for who in alert.subjects} == {SubjectKind.PARTY}
    assert all(len(alert.sightings) >= 3 and alert.would_change for alert in found)
    assert border.watch.coverage.could("sensors", POST, begin + 9 * HOUR).could is Could.NO
    restarted = Border(store)
    restarted.watch.rebuild(12 * HOUR)
    restarted.notice(night(begin + 4 * DAY))
    kinds = [alert.kind for alert in restarted.queue()]
    assert kinds.count(AlertKind.CROSSING) == 3
    (pattern,) = [alert for alert in restarted.queue() if alert.kind is AlertKind.REPEATED_INFILTRATION]
    assert pattern.explanation.startswith("3 crossings from ")
    assert pattern.handling.tlp is Tlp.AMBER
    with store.reading() as transaction:
        acts = [entry.read() for entry in ledger.entries(transaction, 0)]
    assert sum(entry is not None and entry.act is Act.COMBINED for entry in acts) == 4


def test_a_report_that_comes_late_takes_a_stored_alert_back(store: Store) -> None:
    """It went over the bridge, as the sensor there tells late: the alert in the queue says so, with an entry."""
    begin = Clock().now() - DAY
    border = Border(store)
    easts = (1_500, 800, -800, -1_800)
    border.notice([line(begin + k * 25 * MINUTE, f"s{k}", east, 4_000) for k, east in enumerate(easts)])
    (alert,) = border.queue()
    assert alert.confidence > 0.5
    border.notice([line(begin + 36 * MINUTE, "bridge", 50, 4_950)])
    (alert,) = border.queue()
    assert alert.confidence == 0.0
    assert "does not stand any more" in alert.explanation
    with store.reading() as transaction:
        acts = [entry.read() for entry in ledger.entries(transaction, 0)]
    assert any(entry is not None and entry.act is Act.ALTERED for entry in acts)
