"""`comity feed`: counts and sightings of a recording, readable and by machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from comity.cli.feed import feed
from comity.sources.feed import formats
from comity.vocabulary.fault import Fault, Missing

_TESTS = Path(__file__).resolve().parent.parent
DANISH = _TESTS.parent / "src" / "comity" / "demo" / "recordings" / "danish-waters-2013.nmea.gz"
MIXED = _TESTS / "vectors" / "ais" / "mixed.txt"
REPLAY = _TESTS / "vectors" / "ais" / "replay_dump.txt"


def printed(*arguments: str | Path) -> str:
    result = CliRunner().invoke(feed, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def refused(*arguments: str | Path) -> BaseException | None:
    return CliRunner().invoke(feed, [str(argument) for argument in arguments]).exception


def test_counts_by_machine() -> None:
    """One JSON object with what is known to be in the recording."""
    counts = json.loads(printed("read", "ais", DANISH, "--json"))
    assert counts["sentences"] == 25_671
    assert counts["messages"] == 25_602
    assert counts["rejected"] == 0
    assert counts["subjects"] == 1_504
    assert counts["first"] == "2013-11-12T12:00:00.011Z"
    assert counts["last"] == "2013-11-12T12:04:59.979Z"


def test_several_files_are_one_feed() -> None:
    """Counts of two files add up."""
    counts = json.loads(printed("read", "ais", REPLAY, MIXED, "--json"))
    assert (counts["sentences"], counts["messages"]) == (65, 61)


@pytest.mark.parametrize(
    ("name", "file", "sightings"),
    [
        ("cot", "corpus/feed-cot/seed-0", 1),
        ("geojson", "corpus/feed-geojson/seed-0", 2),
        ("gpx", "corpus/feed-gpx/seed-0", 1),
        ("ground-sensors", "corpus/feed-ground-sensors/seed-0", 2),
        ("klv", "klv/DynamicOnlyMISMMSPacketData.bin", 1),
        ("mavlink", "corpus/feed-mavlink/seed-0", 4),
        ("plate-readers", "corpus/feed-plate-readers/seed-0", 0),
        ("ulog", "ulog/sample-first-256k.ulg", 8),
    ],
)
def test_every_format_is_read(name: str, file: str, sightings: int) -> None:
    """Counts by machine and sightings agree, whatever the format's pieces are."""
    path = _TESTS / "vectors" / file
    assert json.loads(printed("read", name, path, "--json"))["sightings"] == sightings
    assert len(printed("read", name, path, "--records").splitlines()) == sightings
    assert name in json.loads(printed("formats", "--json"))


def test_a_list_of_wanted_plates_makes_hits() -> None:
    """With the list the same reading is a hit, which shows the case."""
    corpus = _TESTS / "vectors" / "corpus"
    arguments = ("read", "plate-readers", corpus / "feed-plate-readers" / "seed-0", "--records")
    text = printed(*arguments, "--wanted", corpus / "wanted-plates" / "seed-0")
    assert "case 2026-17" in text
    assert "345" not in text


def test_counts_to_read() -> None:
    """A table with the counts, the faults by name and where each was first."""
    text = printed("read", "ais", MIXED)
    assert "rejected" in text
    assert "wrong tag block" in text
    assert "line 14" in text


def test_records_are_sightings() -> None:
    """Each line is one sighting."""
    lines = printed("read", "ais", REPLAY, "--records", "--source", "mast").splitlines()
    assert len(lines) == 48
    assert all(json.loads(line)["source"] == "mast" for line in lines)


@pytest.mark.parametrize("format_name", ["adsb", "asterix", "state-vectors"])
def test_sensors_of_the_air_are_counted(format_name: str) -> None:
    """Every seed of the format has messages; where a clock tells no day, it is told when the recording began."""
    seeds = sorted((_TESTS / "vectors" / "corpus" / f"feed-{format_name}").glob("seed-*"))
    options = ("--begin", "2026-01-01T12:00:00Z", "--station", "0/7=55.6,12.6,20")
    for seed in seeds:
        counts = json.loads(printed("read", format_name, seed, "--json", *options))
        assert counts["messages"] > 0
        assert counts["untimed"] + counts["rejected"] <= 1
    records = printed("read", format_name, seeds[-1], "--records", *options).splitlines()
    assert all(json.loads(line)["identity"]["kind"] == "aircraft" for line in records)


def test_formats_are_listed() -> None:
    """To read, and by machine."""
    assert "docs/formats/feed-plots.md" in printed("formats").replace("\n", " ")
    assert set(json.loads(printed("formats", "--json"))) == set(formats())


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (("read", "aiz", MIXED), "'ais'"),
        (("read", "ais", MIXED, "/nowhere/at/all"), "path"),
        (("read", "ais", MIXED, "--json", "--records"), "Choose"),
        (("read", "ais", MIXED, "--begin", "noon"), "2026-01-01T00:00:00Z"),
        (("read", "ais", MIXED, "--station", "here"), "latitude"),
    ],
)
def test_what_is_wrong_says_what_to_do(arguments: tuple[str | Path, ...], remedy: str) -> None:
    """A fault, before anything is printed."""
    fault = refused(*arguments)
    assert isinstance(fault, (Fault, Missing))
    assert remedy in fault.remedy
