"""The seeds of feeds whose pieces are frames: one short recording each, written by the builders."""

from __future__ import annotations

from pathlib import Path

from builders import ais_lines, cot, klv, mavlink, ulog
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
        "feed-ais-by-block": [_sentences()],
        "feed-mavlink": [b"".join(mavlink.logged(mavlink.two(message), _NOON) for message in _MESSAGES)],
        "feed-geojson": [_shown("feed-geojson.md")],
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


def _sentences() -> bytes:
    """Return AIS as receivers pass it on: tag blocks, a time line, two parts, and types of several layouts."""
    first = b"AIVDM,2,1,6,A,53@o0E000001Q0CG37U8u<Tp4q@D00000000000018330400000000000000,0"
    lines = [
        ais_lines.block(b"g:1-2-1604,s:r,c:1418169601") + ais_lines.sentence(first),
        ais_lines.block(b"g:2-2-1604") + ais_lines.sentence(b"AIVDM,2,2,6,A,00000000008,2"),
        ais_lines.block(b"si:AISD"),
        ais_lines.other(b"PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,62"),
        b"!BSVDM,1,1,,A,13@:`L001N0ded0O6Fp8wW<00<0t,0*62",
        ais_lines.sentence(b"AIVDM,1,1,,B,B52K>;h00Fc>jpUlNV@ikwpUoP06,0") + b",r003669946,1325394060",
        ais_lines.sentence(b"AIVDM,1,1,,A,H42O55i18tMET00000000000000,2"),
        ais_lines.sentence(b"AIVDO,1,1,,A,402=481uaUcf;OQ55JS9ITi025Jp,0"),
    ]
    return b"\n".join(lines) + b"\n"


def _shown(page: str, block: int = 1) -> bytes:
    return (_PAGES / page).read_text("utf-8").split("```\n")[block].encode()
