"""`comity picture run`: a recording becomes tracks, alerts and a map, without a database."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from comity.cli.main import comity
from comity.cli.picture import picture
from comity.foundation.geodesy import offset
from comity.node.recorded import merged
from comity.vocabulary import instant
from comity.vocabulary.fault import Fault, Missing
from comity.vocabulary.instant import MINUTE, SECOND, written
from comity.vocabulary.place import Position
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.subject import Identity, SubjectKind

VECTORS = Path(__file__).resolve().parent.parent / "vectors" / "ais"
BEGIN = instant.read("2026-01-01T23:40:00Z")
PLACE = Position(57.25, 11.28)
AREAS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": name, "kind": kind},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for name, kind, ring in (
            ("west", "waters", [[11.0, 56.0], [11.4, 56.0], [11.4, 58.0], [11.0, 58.0], [11.0, 56.0]]),
            ("east", "waters", [[11.4, 56.0], [13.0, 56.0], [13.0, 58.0], [11.4, 58.0], [11.4, 56.0]]),
            ("deep", "region", [[11.0, 56.0], [13.0, 56.0], [13.0, 58.0], [11.0, 58.0], [11.0, 56.0]]),
        )
    ],
}


def answered(*arguments: str | Path) -> Result:
    return CliRunner().invoke(picture, ["run", *map(str, arguments)], catch_exceptions=False)


def printed(*arguments: str | Path) -> str:
    result = answered(*arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def lines(*arguments: str | Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed(*arguments, "--json").splitlines()]


def refused(*arguments: str | Path) -> BaseException | None:
    return CliRunner().invoke(picture, ["run", *map(str, arguments)]).exception


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write two that lie together for forty minutes, round midnight, and one that goes over into other waters."""
    rows = ["time,latitude,longitude,speed,course,mmsi,name"]
    for step in range(80):
        time = BEGIN + step * 30 * SECOND
        near = offset(PLACE, 150.0 + 4.0 * step, 0.0)
        away = offset(PLACE, -2_000.0 + 180.0 * step, 9_000.0)
        rows += [
            f"{written(time)},{PLACE.latitude},{PLACE.longitude},0.1,10,299000001,ASTER",
            f"{written(time + 5 * SECOND)},{near.latitude:.6f},{near.longitude:.6f},0.1,10,299000002,BIRK",
            f"{written(time + 9 * SECOND)},{away.latitude:.6f},{away.longitude:.6f},6,90,299000003,CEDER",
        ]
    path = tmp_path_factory.mktemp("recording") / "boats.csv"
    path.write_text("\n".join(rows), "utf-8")
    return path


@pytest.fixture(scope="module")
def areas(recording: Path) -> Path:
    """Write the waters of two sides."""
    path = recording.parent / "areas.geojson"
    path.write_text(json.dumps(AREAS), "utf-8")
    return path


def test_tracks_alerts_and_summary_by_machine(recording: Path, areas: Path) -> None:
    """Three tracks, one meeting and one crossing are found, the region is named, and the summary comes last."""
    found = lines("--format", "tracks", recording, "--areas", areas, "--tracks", "--alerts")
    assert [one["type"] for one in found] == ["track"] * 3 + ["alert"] * 2 + ["summary"]
    assert [one["identity"]["name"] for one in found[:3]] == ["ASTER", "BIRK", "CEDER"]  # type: ignore[index]
    meeting, crossing = found[3:5]
    assert (meeting["kind"], meeting["area"]) == ("meeting", "deep")
    assert (crossing["kind"], crossing["area"]) == ("crossing", "east")
    assert crossing["sightings"]
    assert crossing["explanation"]
    summary = found[-1]
    assert (summary["sightings"], summary["tracks"]) == (240, 3)
    assert summary["alerts"] == {"crossing": 1, "meeting": 1}
    assert summary["first"] == BEGIN


def test_without_areas_no_border_is_watched(recording: Path) -> None:
    """Only the meeting is left, and only the summary is printed unless more is asked for."""
    (summary,) = lines("--format", "tracks", recording)
    assert summary["alerts"] == {"meeting": 1}


def test_lying_together_in_a_port_is_no_meeting(recording: Path, tmp_path: Path) -> None:
    """Areas drawn as ports or anchorages are known to the rule of meetings."""
    ring = [[11.2, 57.2], [11.35, 57.2], [11.35, 57.3], [11.2, 57.3], [11.2, 57.2]]
    for kind, alerts in (("port", {}), ("anchorage", {}), ("region", {"meeting": 1})):
        shape = {"type": "Polygon", "coordinates": [ring]}
        feature = {"type": "Feature", "properties": {"name": "haven", "kind": kind}, "geometry": shape}
        path = tmp_path / f"{kind}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
        assert lines("--format", "tracks", recording, "--areas", path)[-1]["alerts"] == alerts


def test_words_for_people(recording: Path, areas: Path) -> None:
    """Each alert says what, when, where, who, by which rule and why; each track has a line."""
    text = printed("--format", "tracks", recording, "--areas", areas, "--tracks", "--alerts")
    assert "crossing (low): 2026-01-02T00:0" in text
    assert "at       57.33" in text
    assert "N 11.40" in text
    assert "rule crossing 1, confidence" in text
    assert "unless   A notice of its passage" in text
    assert "vessel 299000002 BIRK, by file" in text
    assert "alerts: 2 (1 crossing, 1 meeting)" in text


def test_settings_of_a_node(recording: Path, tmp_path: Path) -> None:
    """A node.toml, even in part, sets the thresholds; a feed's name sets the handling."""
    settings = tmp_path / "node.toml"
    settings.write_text(
        '[picture]\nmeeting = "50 min"\n[[feed]]\nname = "coast"\nformat = "tracks"\npath = "x.csv"\n'
        'purposes = ["border-surveillance"]\ntlp = "GREEN"\n'
    )
    assert lines("--format", "tracks", recording, "--settings", settings)[-1]["alerts"] == {}
    settings.write_text(settings.read_text().replace("50 min", "25 min"))
    alert, _ = lines("--format", "tracks", recording, "--source", "coast", "--settings", settings, "--alerts")
    assert alert["handling"]["tlp"] == "GREEN"  # type: ignore[index]


def test_other_feeds_come_in_by_time(recording: Path, tmp_path: Path) -> None:
    """Radar beside the transponders is merged by time; what nobody identifies becomes a track of its own."""
    plots = tmp_path / "Radar 1.jsonl"
    plots.write_text(
        "\n".join(
            json.dumps({"time": written(BEGIN + k * 20 * SECOND), "latitude": 57.5, "longitude": 11.2, "accuracy": 30})
            for k in range(30)
        )
    )
    found = lines("--format", "tracks", recording, "--with", "plots", plots, "--tracks")
    assert found[-1]["kinds"] == {"unidentified vessel": 1, "vessel": 3}
    assert sorted(str(one["sources"]) for one in found[:-1]) == ["['file']"] * 3 + ["['radar-1']"]


def test_merging_keeps_each_feeds_order() -> None:
    """Feeds are merged by the time each has reached; what comes late in one stays where it was."""

    def sighting(source: str, time: int) -> Sighting:
        return Sighting(id=f"{source}{time}", source=source, time=time, identity=Identity(kind=SubjectKind.VESSEL))

    one = [sighting("a", time) for time in (1 * MINUTE, 9 * MINUTE, 2 * MINUTE)]
    two = [sighting("b", time) for time in (3 * MINUTE, 12 * MINUTE)]
    assert [each.id for each in merged([one, two])] == ["a60000", "b180000", "a540000", "a120000", "b720000"]


def test_packed_recordings_and_several_files(recording: Path, tmp_path: Path) -> None:
    """A .gz is unpacked; two files of one format are one feed."""
    packed = tmp_path / "boats.csv.gz"
    packed.write_bytes(gzip.compress(recording.read_bytes()))
    once, twice = (lines("--format", "tracks", *files)[-1]["sightings"] for files in ([packed], [packed, recording]))
    assert (once, twice) == (240, 480)


def test_the_map_can_be_looked_at_alone(recording: Path, areas: Path, tmp_path: Path) -> None:
    """The map is one well-formed file, with a line a track and a ring an alert, and always the same bytes."""
    for name in ("one.svg", "two.svg"):
        printed("--format", "tracks", recording, "--areas", areas, "--map", tmp_path / name)
    text = (tmp_path / "one.svg").read_text("utf-8")
    assert text == (tmp_path / "two.svg").read_text("utf-8")
    drawn = [element.get("class") for element in ElementTree.fromstring(text).iter()]  # noqa: S314 - our own file
    assert drawn.count("alert") == 2
    assert drawn.count("dot-known") == 3
    assert drawn.count("known") == 2  # one lies still
    assert "coast" in drawn
    assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_names_steer_neither_terminal_nor_map(tmp_path: Path) -> None:
    """What a vessel calls itself is text, whatever it holds."""
    rows = ["time,latitude,longitude,mmsi,name"]
    rows += [f"2026-01-01T00:0{k}:00Z,57.{k},11.5,299000001,<b>&\N{RIGHT-TO-LEFT ISOLATE}" for k in range(5)]
    path = tmp_path / "odd.csv"
    path.write_text("\n".join(rows[:1] + [row.replace("\N{RIGHT-TO-LEFT ISOLATE}", "") for row in rows[1:]]), "utf-8")
    text = printed("--format", "tracks", path, "--tracks", "--map", tmp_path / "odd.svg")
    assert "<b>&" in text
    assert "&lt;b&gt;&amp;" in (tmp_path / "odd.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "kind", "says"),
    [
        (("--format", "ais", "nowhere.nmea"), Missing, "there is no such file"),
        (("--format", "aiss", "boats"), Missing, "Did you mean 'ais'?"),
        (("--format", "ais", "boats"), Fault, "there is no sighting in it"),
        (("--format", "ais", VECTORS / "timeless.nmea"), Fault, "no message carries a time"),
        (("--format", "tracks", "boats", "--areas", "boats"), Fault, "not a GeoJSON FeatureCollection"),
        (("--format", "tracks", "boats", "--settings", "boats"), Fault, "the settings are not right"),
        (("--format", "tracks", "boats", "--map", "no/where/map.svg"), Missing, "there is no such folder"),
        (("--format", "tracks", "boats", "--with", "plots", "no.jsonl"), Missing, "there is no such file"),
        (("--format", "tracks", "boats", "--with", "tracks", "file.csv"), Fault, "two feeds"),
    ],
)
def test_bad_input_is_told(
    recording: Path, tmp_path: Path, arguments: tuple[str | Path, ...], kind: type[Fault], says: str
) -> None:
    """What is wrong, where, and what to do."""
    timeless = tmp_path / "timeless.nmea"
    timeless.write_text("!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A\n")
    files: dict[str | Path, Path] = {"boats": recording, VECTORS / "timeless.nmea": timeless}
    given = [files.get(each, each) for each in arguments]
    fault = refused(*given)
    assert isinstance(fault, kind)
    assert says in str(fault)
    assert fault.remedy


def test_the_command_is_listed() -> None:
    """The group stands among the others."""
    assert "picture" in CliRunner().invoke(comity, ["--help"]).stdout
