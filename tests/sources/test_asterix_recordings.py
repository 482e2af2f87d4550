"""Recordings of real radars and trackers, beside what another decoder made of them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from builders.recordings import recordings
from comity.sources.asterix_feed import AsterixReader
from comity.sources.feed import read_file
from comity.sources.origin import Origin
from comity.vocabulary.instant import DAY

if recordings("radar/cat_062_065.pcap"):

    @pytest.mark.parametrize("path", recordings("radar/cat_062_065.pcap"), ids=lambda path: path.name)
    def test_a_recording_is_read_as_another_decoder_reads_it(path: Path) -> None:
        """Two tracks of the sample beside CroatiaControl's decoder, whose output lies with it."""
        text = (path.parent / "cat_062_065_json.txt").read_text("utf-8")
        told = [json.loads(line) for line in text.splitlines() if '"cat":62' in line]
        reader = AsterixReader(Origin(source="test"))
        found = list(read_file(path, reader))
        assert len(found) == len(told) == 2
        assert (reader.report.messages, reader.report.faults) == (3, {})
        for sighting, other in zip(found, (each["CAT062"] for each in told), strict=True):
            assert sighting.position is not None
            where = sighting.position.latitude, sighting.position.longitude
            assert where == pytest.approx((other["I105"]["Lat"], other["I105"]["Lon"]), abs=1e-7)
            assert sighting.time % DAY == int(other["I070"]["ToT"] * 1_000)
            assert sighting.identity.icao == int(other["I380"]["ADR"]["ADR"], 16)
            assert sighting.identity.call_sign == other["I380"]["ID"]["ACID"].strip()
            assert sighting.speed == pytest.approx(math.hypot(other["I185"]["Vx"], other["I185"]["Vy"]))
            assert sighting.altitude == pytest.approx(other["I130"]["Alt"] * 0.3048)
            assert sighting.pressure_altitude == pytest.approx(other["I136"]["MFL"] * 0.3048)


if recordings("radar/cat_034_048.pcap"):

    @pytest.mark.parametrize("path", recordings("radar/cat_034_048.pcap"), ids=lambda path: path.name)
    def test_radars_of_a_recording(path: Path) -> None:
        """162 records in 100 datagrams, each sent twice; one of the radars says where it stands."""
        reader = AsterixReader(Origin(source="test"))
        found = list(read_file(path, reader))
        assert (reader.report.sentences, reader.report.messages, reader.report.rejected) == (162, 81, 0)
        assert reader.report.faults == {"a radar that stands nowhere known": 54, "a record that came twice": 81}
        assert len(found) == 9
