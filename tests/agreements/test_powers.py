"""What is proven: powers and drawings read back, no flaw gets through either door, and nothing else has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agreements.cases import EXAMPLE
from agreements.waters import PURSUIT, TERMS
from comity.agreements import drawn, powers
from comity.agreements.difference import Effect, differences
from comity.agreements.drawn import FULL, Breadth
from comity.agreements.explanation import explained
from comity.agreements.powers import Duty, Ground, Limit, Power, Units
from comity.agreements.terms import canonical, digest, flaws, from_canonical, read
from comity.foundation import canonical as form
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY, HOUR
from comity.vocabulary.offence import Offence
from comity.vocabulary.unit import Moment, UnitAct, UnitKind

TEXT = PURSUIT.read_text("utf-8")
PAGE = Path(__file__).parents[2] / "docs" / "formats" / "powers.md"
BASELINE = """  baselines:
    se:
      type: Polygon
      error: 100 m
      breadth: {territorial-sea: 3 nm, contiguous-zone: 0 m}
      coordinates: [[[12, 55], [14, 55], [14, 57], [12, 55]]]
"""


def test_the_example() -> None:
    """It says what it says, and reads back from its canonical bytes."""
    first = TERMS.powers[0]
    assert first.unit == Units(of="dk.coord", kind=(UnitKind.PATROL_VESSEL, UnitKind.HELICOPTER))
    assert first.within == Limit(distance=18_520, time=2 * HOUR)
    assert first.basis == "Police cooperation in the maritime border area (invented), art. 5(2)"
    assert TERMS.powers[3].may == (UnitAct.PURSUE,)
    assert [str(one.zone) for one in TERMS.zones] == ["dk.territorial-sea", "se.territorial-sea"]
    assert from_canonical(canonical(TERMS)) == TERMS


def test_an_agreement_without_powers_is_what_it_was() -> None:
    """No key of them is in its canonical form, so that its digest is the one that its parties signed."""
    plain = form.read_plain(canonical(read(EXAMPLE.read_text(), "example")))
    assert isinstance(plain, dict)
    assert not {"powers", "zones", "baselines", "disputes"} & plain.keys()


def test_the_page_shows_a_power_that_can_be_read() -> None:
    shown = PAGE.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    start, end = TEXT.index("powers:\n"), TEXT.index("rescue:\n")
    terms = read(TEXT[:start] + shown + "\n" + TEXT[end:], "page")
    assert [power.id for power in terms.powers] == ["pursuit-at-sea"]


def test_the_page_names_every_word() -> None:
    page = " ".join(PAGE.read_text("utf-8").split())
    assert f"Kinds of unit: `{' '.join(kind.value for kind in UnitKind)}`" in page
    assert f"Acts: `{' '.join(act.value for act in UnitAct)}`" in page


def test_a_baseline() -> None:
    terms = read(TEXT + BASELINE, "f")
    assert terms.baselines[0].breadth == Breadth(territorial_sea=5_556, contiguous_zone=0)
    assert from_canonical(canonical(terms)) == terms


@pytest.mark.parametrize(
    ("old", "new", "told", "at", "remedy"),
    [
        ("  - id: pursuit-at-sea\n", "  - id: Pursuit\n", "no name of a power", "Pursuit", "small letters"),
        ("id: watch-in-the-sound", "id: pursuit-at-sea", "'pursuit-at-sea' stands twice", "pursuit-at-sea", "own id"),
        (
            "unit: {of: dk.coord, kind: vehicle}",
            "unit: {of: no.coord, kind: vehicle}",
            "'no.coord' is no party",
            "no.coord",
            "",
        ),
        ("kind: vehicle", "kind: tank", "'tank' is no kind of unit", "tank", "vehicle"),
        ("kind: vehicle", "kind: [vehicle, vehicle]", "'vehicle' stands twice", "vehicle]", ""),
        ("may: pursue", "may: persue", "'persue' is no act of a unit", "persue", "'pursue'"),
        ("may: pursue", "never: rescue", "rescue cannot be forbidden", "rescue", "Remove"),
        ("    may: pursue\n", "", "neither lets nor forbids anything", "pursuit-on-land", "Add `may:`"),
        ("may: pursue", "may: pursue\n    never: pursue", "'pursue' is both let and forbidden", "pursue", ""),
        ("where: se.land", "where: se.lands", "'se.lands' is no area of the annex, nor a zone", "se.lands", ""),
        ("where: se.land", "where: xx.land", "'xx.land' is no area of the annex, nor a zone", "xx.land", ""),
        ("{distance: 25 km}", "{distance: 25}", "not a quantity with its unit", "25}", "500 m"),
        ("{distance: 25 km}", "{distance: 0 m}", "no distance is no limit", "0 m}", "Leave distance out"),
        ("{distance: 25 km}", "{distance: 1001 km}", "exceeds 1000 km", "1001 km", "10 nm"),
        ("{distance: 25 km}", "{time: 31 d}", "exceeds 30 d", "31 d", "2 h"),
        ("offence: [smuggling", "offence: [smugling", "'smugling' is no offence", "smugling", "'smuggling'"),
        (
            "notify: dk.coord, before: act",
            "notify: dk.cord, before: act",
            "'dk.cord' is no party",
            "dk.cord",
            "'dk.coord'",
        ),
        (
            "notify: dk.coord, before: act",
            "notify: dk.coord, before: dusk",
            "'dusk' is no moment",
            "dusk",
            "act, entry",
        ),
        ("    sound:\n      type", "    se.land:\n      type", "is no area of the annex", "sound", ""),
        (
            "    dk.territorial-sea:\n",
            "    dk.teritorial-sea:\n",
            "is no zone",
            "dk.teritorial-sea",
            "se.territorial-sea",
        ),
        ("    dk.territorial-sea:\n", "    high-seas:\n", "the high seas are nobody's to draw", "high-seas", ""),
        ("error: 200 m", "error: 11 km", "exceeds 10000 m", "11 km", "100 m"),
        ("{by: dk, says: an", "{by: no, says: an", "'no' is no claimant", "no, says", "dk, se"),
        ("{by: dk, says: an", "{by: se, says: an", "'se' stands twice", "se, says: the", ""),
        ("      step: call", "      step: x\n      steps: call", "unknown key 'steps'", "steps", "'step'"),
        ("  zones:\n", "  zone:\n", "unknown key 'zone'", "zone:", "'zones'"),
    ],
)
def test_faults_have_their_place(old: str, new: str, told: str, at: str, remedy: str) -> None:
    """What is wrong is told with line and column, and what to write instead."""
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    with pytest.raises(Fault) as caught:
        read(text, "f.yaml")
    assert told in caught.value.what
    assert remedy in caught.value.remedy
    _, line, column = caught.value.where.split(":")
    assert text.splitlines()[int(line) - 1][int(column) - 1 :].startswith(at)


def test_a_breadth_beyond_the_law() -> None:
    with pytest.raises(Fault, match="a territorial-sea reaches at most 12 nm") as caught:
        read(TEXT + BASELINE.replace("3 nm", "13 nm"), "f.yaml")
    assert caught.value.where.startswith("f.yaml:")


def test_an_outline_without_end() -> None:
    """What would take long to look at is refused: over two thousand degrees of outline."""
    ring = ", ".join(f"[{'-100' if place % 2 else '70'}, {place / 10}]" for place in range(20))
    text = f"  baselines:\n    se:\n      type: Polygon\n      coordinates: [[{ring}, [70, 0.0]]]\n"
    with pytest.raises(Fault, match="degrees of outline"):
        read(TEXT + text, "f.yaml")


@pytest.mark.parametrize(
    "change",
    [
        {"powers": (replace(TERMS.powers[0], may=(UnitAct.ARREST,)),)},
        {"powers": (replace(TERMS.powers[0], where=("nowhere",)),)},
        {"powers": (replace(TERMS.powers[0], within=Limit(distance=-1)),)},
        {"powers": (replace(TERMS.powers[0], instrument="a\nb"),)},
        {"powers": (replace(TERMS.powers[0], must=(Duty(notify="x", before=Moment.ACT),)),)},
        {"zones": (replace(TERMS.zones[0], error=-1),)},
        {"zones": (TERMS.zones[0], TERMS.zones[0])},
        {"disputes": (replace(TERMS.disputes[0], claims=TERMS.disputes[0].claims[:1] * 2),)},
        {"disputes": (replace(TERMS.disputes[0], claimants=("dk",)),)},
        {"disputes": (replace(TERMS.disputes[0], step=" "),)},
        {"disputes": (replace(TERMS.disputes[0], step="x" * 501),)},
    ],
)
def test_canonical_bytes_are_checked_as_strictly(change: dict[str, object]) -> None:
    flawed = replace(TERMS, **change)
    assert list(flaws(flawed))
    with pytest.raises(Fault):
        from_canonical(canonical(flawed))


_POWERS = st.builds(
    Power,
    id=st.sampled_from(["one", "two"]),
    unit=st.builds(Units, of=st.just("dk.coord"), kind=st.just((UnitKind.DRONE,))),
    may=st.sampled_from([(UnitAct.OBSERVE,), (UnitAct.OBSERVE, UnitAct.STOP)]),
    where=st.sampled_from([("sound",), ("se.eez", "high-seas")]),
    within=st.builds(Limit, distance=st.integers(0, 10**6), time=st.integers(0, 30 * DAY)),
    on=st.builds(Ground, offence=st.sampled_from([(), (Offence.ARMS,)])),
    must=st.sampled_from([(), (Duty(notify="se.coord", before=Moment.ENTRY),)]),
    never=st.sampled_from([(), (UnitAct.ARREST,)]),
    instrument=st.sampled_from(["", "A treaty"]),
)


@given(_POWERS)
def test_every_power_has_one_form(power: Power) -> None:
    """Whatever it leaves out is left out of its bytes, and it reads back."""
    terms = replace(TERMS, powers=(power,))
    assert not list(flaws(terms))
    data = canonical(terms)
    assert from_canonical(data) == terms
    assert digest(terms) != digest(replace(TERMS, powers=(replace(power, article="9", instrument="B"),)))


def test_a_breadth_written_out_is_left_out() -> None:
    line = drawn.Baseline(state="se", polygons=TERMS.zones[0].polygons, breadth=Breadth())
    assert line.breadth is FULL
    assert b"breadth" not in canonical(replace(TERMS, baselines=(line,)))


def test_places_are_zones_or_areas() -> None:
    assert powers.zone_of("sound") is None
    assert str(powers.zone_of("se.eez")) == "se.eez"


@pytest.mark.parametrize(
    ("old", "new", "effect", "words"),
    [
        ("may: pursue\n", "may: [pursue, stop]\n", Effect.ALLOWS, "pursuit-on-land: to stop"),
        ("{distance: 25 km}", "{distance: 20 km}", Effect.FORBIDS, "pursuit-on-land: within 25 km becomes 20 km"),
        ("{distance: 25 km}", "{time: 2 h}", Effect.ALLOWS, "pursuit-on-land: within 25 km becomes any"),
        ("may: [observe, enter]", "may: observe", Effect.FORBIDS, "watch-in-the-sound: to enter"),
        ("never: [arrest, use-of-force]", "never: arrest", Effect.ALLOWS, "pursuit-at-sea: ever to use-of-force"),
        ("kind: vehicle", "kind: drone", Effect.ALLOWS, "pursuit-on-land: units of the kind drone"),
        (
            "    must: [{notify: se.coord, before: entry}]\n\nrescue",
            "\nrescue",
            Effect.ALLOWS,
            "pursuit-on-land: without notifying se.coord before entry",
        ),
        (
            "    on: {offence: [smuggling, trafficking]}\n",
            "",
            Effect.ALLOWS,
            "pursuit-at-sea: on suspicion of anything, no more smuggling, trafficking",
        ),
        (
            "12.700, 55.750], [12.668, 55.860], [12.645",
            "12.710, 55.750], [12.668, 55.860], [12.645",
            Effect.ALTERS,
            "the zone dk.territorial-sea is drawn otherwise",
        ),
        (
            "step: call",
            "step: hail",
            Effect.ALTERS,
            "what is done in middle-ground lest the parties meet: hail the other",
        ),
        ("says: the median line", "says: a map", Effect.ALTERS, "what is said of the dispute over middle-ground"),
    ],
)
def test_the_difference_of_two_versions(old: str, new: str, effect: Effect, words: str) -> None:
    """Each change of a power is named, on the right side."""
    assert old in TEXT
    found = differences(TERMS, read(TEXT.replace(old, new, 1), "new"))
    assert [one for one in found if one.effect is effect and str(one).startswith(words)], found


def test_a_power_that_comes_or_goes() -> None:
    without = replace(TERMS, powers=TERMS.powers[1:])
    gone = differences(TERMS, without)
    assert {one.clause for one in gone} == {"pursuit-at-sea"}
    assert ("newly forbidden", "pursuit-at-sea: to pursue") in [(one.effect.value, str(one)) for one in gone]
    came = differences(without, TERMS)
    assert ("newly allowed", "pursuit-at-sea: to pursue") in [(one.effect.value, str(one)) for one in came]
    assert differences(TERMS, TERMS) == []


def test_the_explanation_tells_each_power() -> None:
    told = "\n".join(explained(TERMS))
    assert "A patrol-vessel or helicopter of dk.coord may observe and pursue in se.territorial-sea," in told
    assert "Never may a patrol-vessel or helicopter of dk.coord arrest or use-of-force in se.territorial-sea." in told
    assert "The annex draws dk.territorial-sea and se.territorial-sea." in told
    assert "middle-ground is disputed, and this settles nothing: claimed by dk and se;" in told
    assert "dk says an exchange of notes of 1931 (invented)." in told
    assert "There: call the other centre" in told
    silent = replace(TERMS, disputes=(replace(TERMS.disputes[0], step=""),))
    assert "What is done there lest the parties meet is not agreed." in "\n".join(explained(silent))
