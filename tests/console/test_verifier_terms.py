"""What is proven: browser and command find the same flaws in agreements, whatever stands in them."""

from __future__ import annotations

import os
import random  # noqa: TID251 - seeded by the run
from collections.abc import Iterator
from typing import Any

import cbor2
from msgspec.structs import replace

from builders import pair
from comity.agreements import rescue
from comity.agreements.answering import Budget
from comity.agreements.clause import Blur, Clause, Marks
from comity.agreements.crosswalk import Crosswalk, Mapped, Unmapped
from comity.agreements.dispute import Claim, Dispute
from comity.agreements.drawn import Baseline, Breadth, DrawnZone
from comity.agreements.frame import After, Basis, Term, Witnesses
from comity.agreements.posture import Remaining
from comity.agreements.powers import Duty, Ground, Limit, Power, Units
from comity.agreements.relation import Relation
from comity.agreements.scheme import Code, Scheme
from comity.exchange.evidence import Bundle
from comity.foundation import canonical
from comity.vocabulary import country, zone
from comity.vocabulary.handling import Onward, Tlp
from comity.vocabulary.inquiry import InquiryKind
from comity.vocabulary.instant import DAY, HOUR, MINUTE
from comity.vocabulary.offence import Offence
from comity.vocabulary.place import Area, Position
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from comity.vocabulary.suite import Suite
from comity.vocabulary.unit import Moment, UnitAct, UnitKind
from comity.vocabulary.zone import Zone, ZoneKind
from console.bench import Bench
from console.judging import agreed, remade, sound
from exchange import conftest as pairs
from exchange import test_bundle as bundles

make_party, north, south, parts = pairs.make_party, pairs.north, pairs.south, bundles.parts


def test_agreements_changed_and_signed_are_judged_alike(verifier: Bench, parts: Bundle) -> None:
    """All parties sign an agreement that is flawed, or that gives something else: both find the same."""
    clause, ring = pair.TERMS.clauses[0], pair.TERMS.areas[0].polygons[0][0]
    changes: list[dict[str, Any]] = [
        {"agreement": "Kattegat"},
        {"version": 0},
        {"between": ("dk.coord", "se.coord")},
        {"between": ("dk.coord", "dk.coord", "se.coord", "de.coord")},
        {"between": ("dk.coord", "se.coord", "de.coord", "all")},
        {"basis": ()},
        {"basis": (Basis(instrument=" "),)},
        {"in_force": Term(start=5, end=4)},
        {"in_force": Term(start=pair.NOW + DAY, end=pair.NOW + 2 * DAY)},
        {"in_force": Term(start=pair.NOW - DAY, end=pair.NOW + DAY)},
        {"purposes": (Purpose.CUSTOMS,)},
        {"clauses": ()},
        {"clauses": (clause, clause)},
        {"rescue": ()},
        {"suite": Suite.BOTH},
        {"rescue": (rescue.Centre(node="no.coord", areas=("kattegat",)),)},
        {"after": After(erase=0, prove="receipt")},
        {"after": After(erase=DAY, prove="word")},
        {"witnesses": Witnesses(quorum=0, required=("oversight",))},
        {"witnesses": Witnesses(quorum=1, required=())},
        {"witnesses": Witnesses(quorum=3, required=("oversight",))},
        {"areas": ()},
        {"areas": (replace(pair.TERMS.areas[0], polygons=()), *pair.TERMS.areas[1:])},
        {"areas": (replace(pair.TERMS.areas[0], polygons=((ring[:-1],),)), *pair.TERMS.areas[1:])},
        {"areas": (replace(pair.TERMS.areas[0], name="x y"), *pair.TERMS.areas[1:])},
    ]
    answer = pair.TERMS.answers[0]
    others: list[dict[str, Any]] = [
        {"id": "safeguard-9"},
        {"id": clause.id},
        {"answer": InquiryKind.PERSON},
        {"among": ()},
        {"among": (RecordKind.SIGHTING,)},
        {"to": ("fi.coord",)},
        {"purposes": (Purpose.CUSTOMS,)},
        {"ask_at_most": Budget(per_day=0)},
        {"keep": HOUR},
        {"keep": 2 * DAY},
    ]
    changes += [{"answers": (replace(answer, **each),)} for each in others]
    changes += [{"answers": ()}, {"clauses": (), "answers": ()}]
    changes += [{"clauses": (other, *pair.TERMS.clauses[1:])} for other in _clauses(clause)]
    found = agreed(verifier, [remade(parts, replace(pair.TERMS, **each)) for each in changes])
    assert {1, 5, 7} <= {len(each["checks"]) for each in found}


def _clauses(clause: Clause) -> Iterator[Clause]:
    """Yield the clause with each thing in it changed, and with conditions of every form."""
    marks = clause.handling
    changes: list[dict[str, Any]] = [
        {"id": "safeguard-1"},
        {"id": ""},
        {"give": RecordKind.TRACK},
        {"give": RecordKind.PERSON},
        {"where": ()},
        {"where": ("nowhere",)},
        {"to": ("de.coord",)},
        {"givers": ("se.coord", "se.coord")},
        {"givers": ("se.coord",)},
        {"purposes": (Purpose.CUSTOMS,)},
        {"fields": ("position",)},
        {"fields": ("time", "horns")},
        {"fields": ("time", "explanation")},
        {"blur": Blur(position=500)},
        {"blur": Blur(position=-1), "fields": ("time", "position")},
        {"blur": Blur(position=100_001), "fields": ("time", "position")},
        {"handling": Marks(tlp=Tlp.RED, onward=Onward.NO)},
        {"handling": Marks(tlp=marks.tlp, onward=marks.onward, proceedings=True)},
        {"keep": 0},
        {"keep": 4000 * DAY},
        {"keep": MINUTE},
    ]
    for change in changes:
        yield replace(clause, **change)
    for text in (
        "alert.kind == meeting",
        "alert.kind == crossing",
        "alert.kind != meeting",
        "alert.kind  == meeting",
        "not alert.kind == meeting",
        "alert.kind in [meeting, crossing]",
        "alert.kind in [meeting, meeting]",
        "not alert.kind in [meeting]",
        "alert.kind not in [meeting]",
        "alert.severity >= urgent",
        "alert.severity >= medium and alert.kind == meeting",
        "(alert.severity >= urgent or alert.kind == crossing) and alert.confidence > 0.5",
        "alert.severity >= urgent or alert.kind == crossing and alert.confidence > 0.5",
        "(alert.kind == meeting)",
        "alert.confidence > 0.75",
        "alert.confidence > 0.80",
        "alert.confidence < 0.8",
        "alert.confidence <= 0.8",
        "alert.confidence > 10",
        "alert.confidence > 100",
        "alert.confidence > much",
        "subject.kind == person",
        "not subject.kind == person",
        "subject.kind > person",
        "alert.colour == red",
        "alert.kind ==",
        "alert.kind == meeting or",
        "alert.kind == meeting meeting",
        "alert.kind = meeting",
        "(" * 25 + "alert.kind == meeting" + ")" * 25,
        "not " * 25 + "alert.kind == meeting",
        "or" * 1001,
    ):
        yield replace(clause, condition=text)


def _drawing(north: float, west: float) -> tuple[tuple[tuple[Position, ...], ...], ...]:
    """Return a square of half a degree."""
    corners = ((0.0, 0.0), (0.0, 0.5), (-0.5, 0.5), (-0.5, 0.0), (0.0, 0.0))
    return ((tuple(Position(north + up, west + across) for up, across in corners),),)


def _codes(*codes: str) -> tuple[Code, ...]:
    return tuple(Code(code=code, meaning=f"what falls under {code}") for code in codes)


GROUND = Area(name="middle-ground", polygons=_drawing(57.0, 11.0), title="", source="")
WHOLE = replace(
    pair.TERMS,
    areas=(*pair.TERMS.areas, GROUND),
    after=replace(pair.TERMS.after, keep=(RecordKind.REPORT, RecordKind.ALERT), account=(RecordKind.NOTICE,)),
    postures=(
        Remaining(
            posture=Posture.GUARDED,
            only=(pair.TERMS.clauses[0].id, pair.TERMS.answers[0].id),
            purposes=pair.TERMS.purposes,
        ),
        Remaining(posture=Posture.RESTRICTED, only=(pair.TERMS.clauses[0].id,), purposes=(Purpose.SMUGGLING,)),
        Remaining(posture=Posture.SUSPENDED, only=(), purposes=pair.TERMS.purposes),
    ),
    disputes=(
        Dispute(
            area=GROUND.name,
            claimants=("XA", "XB", "XC"),
            source="a note",
            status="open",
            mask=("de.coord",),
            claims=(Claim(by="XB", says="notes of 1931"), Claim(by="XA", says="the median line")),
            step="call the other centre",
        ),
        Dispute(area="sound", claimants=("XA",), source="a map", status="before arbitrators"),
    ),
    zones=(DrawnZone(zone=zone.read("dk.eez"), polygons=_drawing(56.0, 11.0), source="a map", error=50),),
    baselines=(
        Baseline(state="se", polygons=_drawing(58.0, 12.0), breadth=Breadth(eez=0)),
        Baseline(state="de", polygons=_drawing(54.0, 10.0), source="a map", error=10_000),
    ),
    powers=(
        Power(
            id="pursuit",
            unit=Units(of="dk.coord", kind=(UnitKind.PATROL_VESSEL, UnitKind.DRONE)),
            may=(UnitAct.OBSERVE, UnitAct.PURSUE),
            where=("kattegat", "se.territorial-sea", "high-seas"),
            within=Limit(distance=18_520, time=2 * HOUR),
            on=Ground(offence=(Offence.SMUGGLING, Offence.DRUGS)),
            must=(Duty(notify="se.coord", before=Moment.ENTRY), Duty(notify="se.coord", before=Moment.ACT)),
            never=(UnitAct.ARREST,),
            instrument="a treaty",
            article="5(2)",
        ),
        Power(
            id="not-here",
            unit=Units(of="se.coord", kind=(UnitKind.WARSHIP,)),
            where=("dk.land",),
            never=(UnitAct.ENTER,),
            within=Limit(time=DAY),
        ),
    ),
    crosswalks=(
        Crosswalk(
            crosswalk="offences",
            version=1,
            source=Scheme(scheme="xa-codes", source="the code of XA", parts=(_codes("1", "2", "3", "4"),)),
            target=Scheme(
                scheme="comity-offence", source="this program", parts=(_codes(*(one.value for one in Offence)),)
            ),
            mappings=(
                Mapped(code="1", to="smuggling", relation=Relation.EXACT),
                Mapped(code="2", to="arms", relation=Relation.BROADER, loses="which arms"),
                Mapped(code="3", to="arms", relation=Relation.EXACT),
            ),
            none=(Unmapped(code="4", why="a lesser offence"),),
        ),
        Crosswalk(
            crosswalk="gradings",
            version=2,
            source=Scheme(scheme="ours", source="the manual", parts=(_codes("A", "B"), _codes("1"))),
            target=Scheme(scheme="theirs", source="the manual", parts=(_codes("I", "J"), _codes("9", "8"))),
            mappings=(
                Mapped(code="A", to="I", relation=Relation.EXACT),
                Mapped(code="B", to="J", relation=Relation.NARROWER, loses="some"),
                Mapped(code="1", to="9", relation=Relation.LOSSY, loses="much"),
            ),
        ),
    ),
)
"""The example with all that an agreement can hold."""
NEWER = ("postures", "after", "disputes", "zones", "baselines", "powers", "crosswalks")
WORDS: tuple[object, ...] = ("", " ", "\x85", "\ufeff", "a\u2028b", "x y", "dk.coord", "kattegat", 7)
MORE = {
    **dict.fromkeys(("only", "for", "keep", "return"), ("alert", "track", "smuggling", "notices-to-all")),
    **dict.fromkeys(("may", "never", "kind", "offence"), ("rescue", "observe", "drone", "drugs", "land", "high-seas")),
    **dict.fromkeys(("state", "by"), ("se", "zz", "SE", "dk.land", "XA", "XB")),
    "posture": ("open", "guarded", "suspended"),
    "where": ("middle-ground", "dk.land", "high-seas", "dk.high-seas", ".high-seas", ".land", "zz.land"),
    "before": ("act",),
    "area": ("sound", "all"),
    "as": ("exact", "lossy", "narrower"),
    "scheme": ("admiralty", "comity-offence", "tlp-2.0"),
    "code": ("1", "smuggling"),
    "to": ("2", "arms", "9"),
}
"""Other words that have a meaning under some keys."""
LONGEST = {
    **dict.fromkeys(("status", "claimants", "instrument", "article"), 200),
    **dict.fromkeys(("step", "says"), 500),
    **dict.fromkeys(("meaning", "loses", "why"), 400),
    "source": 1_000,
    "code": 40,
    "id": 63,
}
NUMBERS: tuple[object, ...] = (0, -1, 10_001, 22_224, 22_225, 370_400, 1_000_001, 2**31, 2**63, 1.0, True, "1")


def test_agreements_that_hold_every_key_are_known_whole(verifier: Bench, parts: Bundle) -> None:
    """All that the parties can write and sign, each part of it alone and together, is judged as the node does."""
    parted = [replace(pair.TERMS, **{key: getattr(WHOLE, key)}) for key in NEWER if key != "disputes"]
    found = agreed(verifier, [remade(parts, each) for each in (WHOLE, *parted)])
    assert {len(each["checks"]) for each in found} == {7}  # of the seventh: the logs hold another entry


def test_every_key_of_an_agreement_changed_is_judged_alike(verifier: Bench, parts: Bundle) -> None:
    """Whatever stands in an agreement, left out, doubled, turned round or another: both find it sound, or flawed.

    Of some two thousand changes each run tries every eighth, another eighth by its seed; all with COMITY_SOAK.
    """
    plain = cbor2.loads(canonical.written(WHOLE))
    changes = [other for key in NEWER for other in _changed(plain, key)]
    every = 1 if os.environ.get("COMITY_SOAK") else 8
    tried = changes[random.randrange(every) :: every]  # noqa: S311 - no secret
    found = sound(verifier, parts, [cbor2.dumps(other, canonical=True) for other in tried])
    assert len(tried) > 200
    assert len(tried) / 20 < sum(found) < len(found) / 2


def _changed(plain: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    for other in _others(plain[key], key):
        yield {**plain, key: other}
    yield {name: value for name, value in plain.items() if name != key}


def _others(value: Any, key: str) -> Iterator[Any]:  # noqa: ANN401 - whatever CBOR holds
    """Yield other values that could stand there, and the value with something in it changed."""
    if isinstance(value, str):
        longest = LONGEST.get(key, 1_000)
        yield from (*WORDS, *MORE.get(key, ()), "z" * longest, "z" * (longest + 1))
    elif isinstance(value, int):
        yield from NUMBERS
    elif isinstance(value, float):
        yield from (value + 1, 181.0, -0.0, 12, None)
    elif isinstance(value, list):
        yield from ([], value[::-1], value[:-1], [*value, *value[-1:]], value * 30)
        for place, item in enumerate(value[:2]):
            yield from ([*value[:place], other, *value[place + 1 :]] for other in _others(item, key))
    else:
        yield from ({}, {**value, "extra": 1})
        for name, item in value.items():
            yield {other: each for other, each in value.items() if other != name}
            yield from ({**value, name: other} for other in _others(item, name))


def test_agreements_beyond_their_limits_are_refused_alike(verifier: Bench, parts: Bundle) -> None:
    """Too many powers, lines, codes or degrees, and one fewer."""
    power, line, walk = WHOLE.powers[1], WHOLE.baselines[0], WHOLE.crosswalks[0]
    codes = [f"c{number}" for number in range(1001)]
    states = sorted(country.BY_NUMBER.values())
    changes: list[dict[str, Any]] = [
        *({"powers": tuple(replace(power, id=f"p{at}") for at in range(count))} for count in (200, 201)),
        *({"baselines": tuple(replace(line, state=state) for state in states[:count])} for count in (100, 101)),
        *({"baselines": (replace(line, polygons=_wide(count)),)} for count in (5, 6)),
        *({"crosswalks": (_plain_walk(walk, codes[:count]),)} for count in (1000, 1001)),
        *({"zones": tuple(_zones(states, count))} for count in (200, 201)),
    ]
    found = sound(verifier, parts, [canonical.written(replace(pair.TERMS, **each)) for each in changes])
    assert found == [True, False] * 5


def _wide(rings: int) -> tuple[tuple[tuple[Position, ...], ...], ...]:
    """Return rings of 400 degrees each."""
    corners = ((0.0, 0.0), (0.0, 170.0), (30.0, 170.0), (30.0, 0.0), (0.0, 0.0))
    return tuple((tuple(Position(*corner) for corner in corners),) for _ in range(rings))


def _plain_walk(walk: Crosswalk, codes: list[str]) -> Crosswalk:
    source = replace(walk.source, parts=(_codes(*codes),))
    return replace(walk, source=source, mappings=(), none=tuple(Unmapped(code=code, why="none") for code in codes))


def _zones(states: list[str], count: int) -> Iterator[DrawnZone]:
    for at in range(count):
        kind = (ZoneKind.LAND, ZoneKind.EEZ)[at % 2]
        yield replace(WHOLE.zones[0], zone=Zone(kind, states[at // 2]))
