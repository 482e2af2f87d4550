"""A flood of false identities: what every rule remembers stays bounded, and nothing is told of them."""

from __future__ import annotations

import tracemalloc

import msgspec
import pytest

from builders.tracks import BEGIN, KATTEGAT, vessel
from builders.watching import handling
from comity.detection.bearers import Bearers, BearersSettings
from comity.detection.convoy import Convoy, ConvoySettings
from comity.detection.detector import Detector
from comity.detection.encounter import Encounter, EncounterSettings
from comity.detection.identity_change import IdentityChange, IdentityChangeSettings
from comity.detection.loitering import Loitering, LoiteringSettings
from comity.detection.port_visit import PortVisit, PortVisitSettings
from comity.detection.shadowing import Shadowing, ShadowingSettings
from comity.foundation.geodesy import offset
from comity.vocabulary.sighting import Sighting
from comity.vocabulary.track import Track

RULES: list[Detector] = [
    Bearers(BearersSettings(), handling),
    Convoy(ConvoySettings(), handling),
    Encounter(EncounterSettings(), lambda _, __: (), handling),
    IdentityChange(IdentityChangeSettings(newcomers=1_000), handling),
    Loitering(LoiteringSettings(), lambda _, __: True, handling),
    PortVisit(PortVisitSettings(ports=("quay",)), lambda _, __: ("quay",), handling),
    Shadowing(ShadowingSettings(), handling),
]


def flood(rule: Detector, begin: int, count: int) -> None:
    """Show the rule so many numbers, each once, with a name, spread over an hour."""
    for k in range(begin, begin + count):
        identity = msgspec.structs.replace(vessel(k), name=f"N {k}")
        place, time = offset(KATTEGAT, k % 499 * 90.0, k % 997 * 60.0), BEGIN + k * 36
        sighting = Sighting(id=f"s{k}", source="ais", time=time, identity=identity, position=place, speed=0.5)
        track = Track(
            id=f"t{k}", identity=identity, sources=("ais",), first=time, last=time, sightings=1, position=place
        )
        assert rule.observe(track, sighting) == []
        if k % 100 == 0:
            assert rule.advance(time) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_a_flood_of_false_identities_takes_no_memory(rule: Detector) -> None:
    """After the first thousands, thousands more leave nothing behind."""
    tracemalloc.start()
    try:
        flood(rule, 0, 3_000)
        before, _ = tracemalloc.get_traced_memory()
        flood(rule, 3_000, 5_000)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 300_000
