"""The seeds of feeds whose pieces are frames: one short recording each, written by the builders."""

from __future__ import annotations

from pathlib import Path

from builders import cot, klv, mavlink, ulog
from comity.sources.cot.event import Event
from comity.sources.mavlink.messages import AdsbVehicle, AisVessel, GlobalPosition, GpsRaw, Heartbeat, SystemTime

_PAGES = Path(__file__).parents[2] / "docs" / "formats"
_VECTORS = Path(__file__).parents[1] / "vectors"
_NOON = 1_767_268_800_000
_MESSAGES = (
    Heartbeat(0, 2, 3, 0, 4, 3),
    SystemTime(_NOON * 1_000, 500),
    GpsRaw(_NOON * 1_000, 569_000_000, 117_000_000, 0, 80, 0, 150, 4_500, 3, 12, 0, 2_500, 0, 0, 0, 0),
    GlobalPosition(1_000, 569_000_000, 117_000_000, 120_000, 0, 0, 200, 0, 9_000),
    AisVessel(1, 569_000_000, 117_000_000, 0, 0, 0, 0, 0, 0, 6_144, 0, 0, 70, 0, 0, b"LYNG", b"LYNGEN STAR"),
    AdsbVehicle(0x4AC8B3, 569_000_000, 117_000_000, 0, 0, 0, 0, 17, 0, 0, b"SAS123", 1, 2),
)
_OVERLAND = klv.packet({**klv.place(13, 56.9, 11.7), 59: b"GULL 1", 48: bytes([1, 1, 1])}, _NOON)
_DRONE = Event(
    type="a-f-A-M-F-Q", uid="drone-1", how="m-g", time=_NOON, latitude=56.9, longitude=11.7, error=5.0,
    speed=21.5, course=90.0, call_sign="GULL 1",
)  # fmt: skip


def seeds() -> dict[str, list[bytes]]:
    """Return the seeds of each."""
    return {
        "feed-mavlink": [b"".join(mavlink.logged(mavlink.two(message), _NOON) for message in _MESSAGES)],
        "feed-gpx": [_shown("feed-gpx.md")],
        "feed-ground-sensors": [_shown("feed-ground-sensors.md")],
        "feed-plate-readers": [_shown("feed-plate-readers.md")],
        "wanted-plates": [_shown("feed-plate-readers.md", 3)],
        "feed-ulog": [
            ulog.head() + ulog.status(2) + ulog.gps(1_000_000, _NOON, 56.9, 11.7) + ulog.position(2_000_000, 57.0, 12.0)
        ],
        "feed-klv": [(_VECTORS / "klv" / "DynamicOnlyMISMMSPacketData.bin").read_bytes(), klv.transport(_OVERLAND)],
        "feed-cot": [cot.xml(_DRONE), cot.stream(_DRONE) + cot.mesh(_DRONE)],
    }


def _shown(page: str, block: int = 1) -> bytes:
    return (_PAGES / page).read_text("utf-8").split("```\n")[block].encode()
