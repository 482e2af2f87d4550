"""What is proven: browser and command judge alike what is given under a clause, right or wider than it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cbor2
from msgspec import UNSET
from msgspec.structs import replace

from agreements import cases
from agreements.test_dispute import GROUND
from builders import pair
from builders.pair import Party
from comity.agreements import redaction, rescue
from comity.agreements.dispute import Dispute
from comity.exchange import bundle
from comity.exchange.evidence import Bundle, Shown
from comity.foundation import canonical
from comity.vocabulary.entry import Act
from comity.vocabulary.handling import (
    Credibility,
    Evaluation,
    Grading,
    Handling,
    Information,
    Onward,
    Reliability,
    Source,
    Tlp,
)
from comity.vocabulary.instant import DAY, HOUR, MINUTE
from comity.vocabulary.message import Given
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind
from console.bench import Bench
from console.judging import SECRET, agreed, disclosing, proven, remade, telling
from exchange import conftest as pairs
from exchange import passing
from exchange import test_bundle as bundles
from exchange import test_onward_bundle as onward_bundles

make_party, north, south, parts = pairs.make_party, pairs.north, pairs.south, bundles.parts


def test_what_the_clause_does_not_give_is_found(verifier: Bench, parts: Bundle) -> None:
    """Both judge alike what both sides could have conspired to pass: fields, kinds, marks, times, places, purposes."""
    kept = canonical.read(parts.item, Given)
    now, alert = pair.NOW, {"kind": "meeting", "severity": "high", "time": pair.NOW}
    changes: list[dict[str, Any]] = [
        {},
        {"purpose": "customs"},
        {"purpose": "nothing"},
        {"clause": "none"},
        {"clause": "alerts-in-the-western-baltic"},
        {"owner": "se.coord"},
        *({"kind": kind} for kind in RecordKind),
        *({"handling": Handling(tlp=tlp, onward=onward)} for tlp in Tlp for onward in Onward),
        {"handling": Handling(tlp=Tlp.AMBER, proceedings=True)},
        *({"keep_until": now + shift} for shift in (-1, 0, 1, 14 * DAY, 30 * DAY, 30 * DAY + 6 * MINUTE, 400 * DAY)),
        {"digests": kept.digests[: 8 * 32]},
        {"digests": kept.digests[:-1]},
        {"digests": b"".join(reversed(redaction.apart(kept.digests)))},
        {"digests": kept.digests * 2},
        {"disclosures": (*kept.disclosures, kept.disclosures[0])},
        disclosing(canonical.written([SECRET, "time"])),
        disclosing(canonical.written([bytes(15), "time", 1])),
        disclosing(canonical.written([SECRET, "time", b"1"])),
        disclosing(canonical.written([SECRET, "time", 1]), canonical.written([bytes(16), "time", 1])),
        telling(**alert, officer="anna"),
        telling(**alert, confidence="much"),
        telling(**alert, confidence=1),
        telling(**alert, confidence=True),
        telling(kind="crossing", severity="low", time=now),
        telling(kind="distress", severity="urgent", time=now),
        telling(kind=7, severity="urgent", time=now),
        telling(**alert, mmsi=[1, None, "a"]),
        telling(**alert, mmsi=[1.5]),
        telling(**alert, mmsi=["a"] * 1001),
        telling(**alert, name="n" * 4001),
        telling(**alert, name="\U0001f6a2" * 4000),
        *(
            telling(**alert, position=place)
            for place in (
                {"latitude": 56.5, "longitude": 11.5},
                {"latitude": 54.5, "longitude": 11.5},
                {"latitude": 56, "longitude": 12},
                {"latitude": 91, "longitude": 12},
                {"latitude": 56.5},
                {"latitude": 56.5, "longitude": 11.5, "within": 2000},
                {"latitude": 56.5, "longitude": 11.5, "height": 1},
                {"latitude": "56", "longitude": 11.5},
                56,
            )
        ),
        {
            "clause": "alerts-in-the-western-baltic",
            "handling": Handling(tlp=Tlp.AMBER_STRICT),
            **telling(**alert, position={"latitude": 54.5, "longitude": 11.0, "within": 2000}),
        },
        {
            "clause": "alerts-in-the-western-baltic",
            "handling": Handling(tlp=Tlp.AMBER_STRICT),
            **telling(**alert, position={"latitude": 54.5, "longitude": 11.0, "within": 1999}),
        },
        *_rescues(now),
    ]
    datas = [remade(parts, **each) for each in changes]
    datas += [remade(parts, entry={"time": moment}) for moment in (0, now - 400 * DAY, now + 4000 * DAY)]
    said = ({"act": Act.ERASED}, {"node": "se.coord"}, {"partner": "de.coord"}, {"basis": "x 1"}, {"digest": b""})
    datas += [remade(parts, entry=each) for each in (*said, {"subject": "al-2"}, {"clause": "c"}, {"count": 2})]
    found = agreed(verifier, datas)
    reached = {len(each["checks"]) for each in found}
    assert {4, 5, 6, 7} <= reached


def _rescues(now: int) -> Iterator[dict[str, Any]]:
    """Yield records that claim safeguard 13: one as it should be, the others wider."""
    place = {"latitude": 57.5, "longitude": 11.5}
    true = {
        "clause": rescue.CLAUSE,
        "purpose": Purpose.SEARCH_AND_RESCUE.value,
        "handling": Handling(tlp=Tlp.AMBER_STRICT, onward=Onward.NO),
        "keep_until": now + 72 * HOUR,
        **telling(kind="distress", severity="urgent", time=now, position=place),
    }
    yield true
    yield {**true, "keep_until": now + 74 * HOUR}
    yield {**true, "purpose": "smuggling"}
    yield {**true, "handling": Handling(tlp=Tlp.AMBER, onward=Onward.NO)}
    yield {**true, **telling(time=now)}
    yield {**true, **telling(time=now, position=place, name="FREJA")}
    for latitude in (54.2, 55.0, 56.0, 57.0, 58.0, 59.0):
        yield {**true, **telling(time=now, position={"latitude": latitude, "longitude": 11.5})}


def test_what_tells_that_it_lies_in_a_masked_area_is_found(
    verifier: Bench, north: Party, south: Party, parts: Bundle
) -> None:
    """Both refuse a position, or the name of an area, that tells a party so from whom the agreement masks it."""
    clauses = tuple(replace(one, where=(*one.where, GROUND.name)) for one in pair.TERMS.clauses)
    masked, open_ = (
        replace(pair.TERMS, areas=(*pair.TERMS.areas, GROUND), clauses=clauses, disputes=(_dispute(mask),))
        for mask in (("se.coord", "de.coord"), ("de.coord",))
    )
    report = canonical.read(proven(north, south, north.release(south.own, cases.report())), Bundle)
    fields = redaction.disclosed(canonical.read(report.item, Given))
    told = {name: value for name, value in fields.items() if name not in ("position", "area")}
    alert = {"kind": "meeting", "severity": "high", "time": pair.NOW}
    inside, outside = ({"latitude": latitude, "longitude": 11.4} for latitude in (56.8, 57.2))
    coarse = {
        "clause": "alerts-in-the-western-baltic",
        "handling": Handling(tlp=Tlp.AMBER_STRICT),
        "keep_until": pair.NOW + 10 * DAY,
    }
    changes: list[tuple[Bundle, dict[str, Any], bool]] = [
        (parts, telling(**alert, position=inside), False),
        (parts, telling(**alert, position=outside), True),
        (parts, telling(**alert), True),
        (parts, telling(**alert, area=GROUND.name), True),  # of an alert it is the name of another kind of area
        (parts, {**coarse, **telling(**alert, position={**inside, "within": 2000})}, True),
        (report, telling(**told, position=inside), False),
        (report, telling(**told, position=outside), True),
        (report, telling(**told, area=GROUND.name), False),
        (report, telling(**told, area="kattegat"), True),
        (report, telling(**told), True),
    ]
    found = agreed(verifier, [remade(each, masked, **given) for each, given, _ in changes])
    assert [len(each["checks"]) for each in found] == [7 if passes else 5 for _, _, passes in changes]
    found = agreed(verifier, [remade(each, open_, **given) for each, given, _ in changes])
    assert {len(each["checks"]) for each in found} == {7}


def test_what_was_passed_on_is_judged_alike(verifier: Bench, north: Party, south: Party) -> None:
    """By a leave that is for it, or another, or signed by somebody else, or not at all: both say the same."""
    true = passing.parts(north, south)
    (found,) = agreed(verifier, [bundle.make(true)])
    assert (found["state"], len(found["checks"])) == ("holds", 9)
    assert (found["facts"]["originator"], found["facts"]["leave_by"]) == ("no.coord", "nora")
    leave, record = onward_bundles.leave_of(true), canonical.read(true.item, Given)
    assert isinstance(true.onward, Shown)
    shown = [
        *(passing.signed(bundles.STRANGER, replace(leave, **change)) for change in onward_bundles.OTHERS),
        *(passing.signed(bundles.STRANGER, replace(leave, **change)) for change in ALLOWED),
        passing.signed(bundles.STRANGER, leave, once=True),
        passing.signed(bundles.GERMANY, leave),
        passing.signed(bundles.GERMANY, replace(leave, originator="de.coord")),
        replace(true.onward, leave=b""),
        replace(true.onward, leave=true.onward.leave + b"\x00"),
        replace(true.onward, signature=true.onward.signature[:-1]),
    ]
    changed = [replace(true, onward=each) for each in shown]
    changed += [replace(true, onward=UNSET), replace(true, cards=true.cards[:2] + true.cards[3:])]
    handlings = [
        replace(record.handling, **change)
        for change in (
            {"onward": Onward.YES},
            {"onward": Onward.NO},
            {"grading": Grading(Reliability.A, Credibility.ONE)},
            {"grading": Grading()},
            {"evaluation": Evaluation(Source.A, Information.ONE)},
        )
    ]
    records = [
        *(replace(record, handling=each) for each in handlings),
        replace(record, keep_until=record.keep_until + 1),
    ]
    records += [replace(record, owner=name) for name in ("dk.coord", "se.coord", "de.coord", "fi.coord")]
    changed += [onward_bundles.remade(true, each) for each in records]
    datas = [canonical.written(each) for each in changed]
    plain = cbor2.loads(true.onward.leave)
    for key in plain:
        for other in (None, 0, -1, 2**63, "", "x" * 201, b"", "no.coord\n", "a\x00"):
            forged = cbor2.dumps({**plain, key: other}, canonical=True)
            datas.append(canonical.written(replace(true, onward=replace(true.onward, leave=forged))))
    reached = [len(each["checks"]) for each in agreed(verifier, datas)]
    assert {1, 4, 5, 7} <= set(reached)
    assert 9 in reached[: len(shown)]


ALLOWED: list[dict[str, Any]] = [
    {"until": pair.NOW - MINUTE},
    {"keep_until": pair.NOW + 900 * DAY},
    {"officer": "somebody"},
    {"handling": Handling(tlp=Tlp.CLEAR, onward=Onward.YES, grading=Grading(Reliability.A, Credibility.ONE))},
]
"""What a leave can say otherwise and lift as much."""


def _dispute(mask: tuple[str, ...]) -> Dispute:
    return Dispute(area=GROUND.name, claimants=("XA", "XB"), source="a note", status="open", mask=mask)
