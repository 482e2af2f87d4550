"""The permit: decisions a second under an agreement of 50 clauses, beside Cedar (cedarpy) on the same requests.

Both sides decide the same mixed requests: alerts, tracks, reports and notices of three nodes, for several purposes, of
which more than a third are allowed. Ours finds out in which areas a position lies, and makes of each a whole permit,
with fields, reasons, marks and dates, or a whole denial. Cedar is told the areas beforehand, has its policies and
entities parsed once, gets its requests ready made, and answers yes or no. Before anything is measured, the answers are
compared, the deciding clause among them.

Time is that of the processor, since a machine may do other things besides. Every round has requests that were not asked
before; those before them have made ways and areas known, as a node's first minutes do. Prints medians; then how long
500 clauses take to be made ready, and 50 to be proved. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import process_time
from typing import TypeVar

import cedarpy
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the tests' cases are the benchmark's too

from msgspec.structs import replace

from agreements import cases
from builders import cedar
from comity.agreements import index
from comity.agreements.clause import Blur, Clause, Marks
from comity.agreements.permit import Permit, Request, permit, permit_many
from comity.agreements.proof import proved
from comity.agreements.request import laid
from comity.agreements.shape import shape
from comity.agreements.standing import Standing
from comity.agreements.terms import Terms, read
from comity.vocabulary.handling import Onward, Tlp
from comity.vocabulary.instant import DAY
from comity.vocabulary.place import Area, Position
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind

_Asked = TypeVar("_Asked")
CLAIM = "decisions a second, single, 50 clauses, beside cedarpy with policies and entities parsed once"
CLAUSES, REQUESTS, WARMING, ROUNDS, CORNERS = 50, 2_000, 5, 10, 24
PURPOSES = tuple(Purpose)[:6]
CONDITIONS = {
    RecordKind.ALERT: (
        "",
        "alert.kind in [meeting, going-dark]",
        "alert.severity >= medium and not subject.kind == object",
        "alert.kind == crossing or alert.confidence >= 0.5",
    ),
    RecordKind.TRACK: ("", "subject.kind == vessel", "subject.kind in [vessel, aircraft]"),
    RecordKind.REPORT: ("", "report.offence in [smuggling, trafficking]", "not report.offence == drugs"),
    RecordKind.NOTICE: ("", "notice.kind == look-out", "notice.offence in [smuggling, arms]"),
}
"""What clauses of each kind ask, in turn."""
FIELDS = {
    RecordKind.ALERT: "kind severity time until position area mmsi call_sign name ship_type confidence grading",
    RecordKind.TRACK: "position velocity time mmsi name call_sign ship_type",
    RecordKind.REPORT: "offence title text time since until position area subjects mmsi name grading version expires"
    " names_nobody",
    RecordKind.NOTICE: "kind asks offence title text time until position area subjects mmsi name grading version"
    " expires names_nobody",
}
MADE = {
    RecordKind.ALERT: cases.alert,
    RecordKind.TRACK: cases.track,
    RecordKind.REPORT: cases.report,
    RecordKind.NOTICE: cases.notice,
}


def area(number: int) -> Area:
    """Return an area with so many corners around a place of its own, not convex."""
    centre = 10.5 + number % 4 * 1.1, 54.5 + number // 4 * 1.3
    turns = [2 * np.pi * place / CORNERS for place in range(CORNERS)]
    reach = [0.9 if place % 2 else 0.7 for place in range(CORNERS)]
    ring = [
        Position(
            round(centre[1] + far * float(np.sin(turn)) * 0.8, 6), round(centre[0] + far * float(np.cos(turn)) * 0.8, 6)
        )
        for turn, far in zip(turns, reach, strict=True)
    ]
    return Area(name=f"area-{number}", polygons=(((*ring, ring[0]),),))


def clause(number: int, areas: int) -> Clause:
    """Return one clause: kinds, areas, recipients, purposes and conditions go round at different paces."""
    kind = tuple(MADE)[(0, 1, 0, 2, 1, 0, 3)[number % 7]]
    where = tuple(dict.fromkeys(f"area-{(number * step + 3) % areas}" for step in (1, 5, 7)))
    givers = cases.PARTIES if number % 3 else cases.PARTIES[:2]
    return Clause(
        id=f"clause-{number}",
        give=kind,
        where=where,
        condition=CONDITIONS[kind][number % len(CONDITIONS[kind])],
        to=(cases.PARTIES[number % 3], cases.PARTIES[(number + 1) % 3]),
        givers=givers,
        purposes=tuple(dict.fromkeys(PURPOSES[(number + step) % len(PURPOSES)] for step in (1, 2, 3, 5))),
        fields=tuple(FIELDS[kind].split()),
        blur=Blur(position=2_000 if number % 5 == 4 and kind in (RecordKind.ALERT, RecordKind.TRACK) else 0),
        handling=Marks(tlp=Tlp.AMBER if number % 2 else Tlp.AMBER_STRICT, onward=Onward.ASK),
        keep=(7 + number % 30) * DAY,
    )


def agreement(clauses: int, areas: int = 12) -> Terms:
    """Return the example agreement with so many clauses of the benchmark's own."""
    example = read(cases.EXAMPLE.read_text(), "example")
    return replace(
        example,
        purposes=PURPOSES,
        clauses=tuple(clause(number, areas) for number in range(clauses)),
        answers=(),
        rescue=(),
        areas=tuple(area(number) for number in range(areas)),
    )


def asked(standing: Standing, count: int, seed: int) -> Iterator[Request]:
    """Yield requests: most are sound, and what is wrong with the others differs."""
    random = np.random.default_rng(seed)
    kinds, standings = tuple(MADE), (standing,)
    for number in range(count):
        kind = kinds[int(random.choice(4, p=[0.5, 0.3, 0.12, 0.08]))]
        partner = cases.PARTIES[1 + int(random.integers(2))]
        position = Position(round(float(random.uniform(54.2, 57.2)), 6), round(float(random.uniform(10.1, 14.2)), 6))
        purpose = PURPOSES[int(random.integers(len(PURPOSES)))]
        record = MADE[kind](position, purposes=PURPOSES if number % 11 else PURPOSES[:2], id=f"record-{number}")
        fields = {**record.fields, "mmsi": 219_000_000 + number, "confidence": int(random.integers(9)) / 8}
        if kind is RecordKind.ALERT:
            fields["kind"] = ("meeting", "going-dark", "crossing")[number % 3]
            fields["severity"] = ("high", "low", "medium", "urgent")[number % 4]
        else:
            fields.pop("confidence")
        unconfirmed = number % 17 == 0
        record = replace(record, fields=fields)
        yield replace(
            cases.asked(record, standing, partner, purpose=purpose, standings=standings),
            **({"decision": None} if unconfirmed else {}),
        )


def rate(work: Callable[[list[_Asked]], object], rounds: Sequence[list[_Asked]]) -> float:
    """Return how many a second, by the median round, each with requests of its own."""
    taken = []
    for each in rounds:
        begun = process_time()
        work(each)
        taken.append((process_time() - begun) / len(each))
    return 1 / statistics.median(taken)


def compared(requests: list[Request], policies: cedar.Policies) -> int:
    """Return how many are allowed, after both sides and both of our ways have said the same of each."""
    answers = permit_many(requests)
    assert answers == [permit(one) for one in requests]
    ours = [answer.clause if isinstance(answer, Permit) else None for answer in answers]
    assert ours == policies.decided(requests), "Cedar says otherwise"
    return sum(one is not None for one in ours)


def looked_at(answered: list[tuple[Request, Permit | None]]) -> None:
    """Look at the type of each datum of each request, and at the shape of what is given; decide and make nothing."""
    for request, given in answered:
        laid(request)
        if given is not None:
            shape(request.record.kind, given.fields).fits(request.record.fields)


def prepared(clauses: int) -> float:
    """Return the seconds that so many clauses take to be made ready, everything about them anew."""
    standing = cases.in_force(agreement(clauses, 100))
    begun = process_time()
    index.index(standing)
    return process_time() - begun


def proof(clauses: int) -> float:
    """Return the seconds that a version of so many clauses takes to be proved beside the one before."""
    old = agreement(clauses)
    first = replace(old.clauses[0], fields=old.clauses[0].fields[:-1])
    new = replace(old, version=2, clauses=(first, *old.clauses[1:]))
    begun = process_time()
    assert len(list(proved(new, old))) > 10
    return process_time() - begun


def main() -> None:
    """Measure, and print."""
    words = argparse.ArgumentParser(description="Permits beside Cedar's decisions.")
    words.add_argument("--requests", type=int, default=REQUESTS, help=f"how many (default: {REQUESTS})")
    count: int = words.parse_args().requests
    standing = cases.in_force(agreement(CLAUSES))
    policies, entities = cedar.Policies([standing]), cedarpy.Entities.from_json_str("[]")
    rounds = [list(asked(standing, count, seed)) for seed in range(WARMING + ROUNDS)]
    allowed = compared(rounds[0], policies)
    print(f"{count:,} requests, {allowed / count:.0%} allowed, equal answers, clause by clause; {platform.machine()}")
    assert allowed * 3 >= count, "too few are allowed"
    for each in rounds[:WARMING]:
        permit_many(each)
    fresh = rounds[WARMING:]
    single = rate(lambda several: [permit(one) for one in several], fresh[::2])
    batch = rate(permit_many, fresh[1::2])
    theirs = [[cedar.cedar(one, "give") for one in each] for each in fresh[:3]]
    peer = rate(lambda several: [cedarpy.is_authorized(one, policies.prepared, entities) for one in several], theirs)
    peers = rate(lambda several: cedarpy.is_authorized_batch(several, policies.prepared, entities), theirs)
    texts = [each[:100] for each in theirs]
    text = rate(lambda several: [cedarpy.is_authorized(one, policies.text, "[]") for one in several], texts)
    known = [[(one, found if isinstance(found := permit(one), Permit) else None) for one in each] for each in fresh]
    looking = rate(looked_at, known)
    ready, shown = prepared(500), proof(CLAUSES)
    print(f"single: {single:,.0f}/s, Cedar {peer:,.0f}/s ({text:,.0f}/s from text), ratio {single / peer:.1f}")
    print(f"batch: {batch:,.0f}/s, Cedar {peers:,.0f}/s, ratio {batch / peers:.1f}")
    print(f"only to look at what is asked, and to decide and make nothing: {looking:,.0f}/s (docs/decisions/0221)")
    print(f"500 clauses made ready in {ready:.2f} s, {CLAUSES} proved beside the version before in {shown:.2f} s")
    said = {
        "claim": CLAIM,
        "ours": round(single),
        "theirs": round(peer),
        "ratio": round(single / peer, 2),
        "holds": single >= 25 * peer and batch >= 300_000,
        "single_ours": round(single),
        "single_theirs": round(peer),
        "single_theirs_from_text": round(text),
        "batch_ours": round(batch),
        "batch_theirs": round(peers),
        "batch_ratio": round(batch / peers, 2),
        "looking_only": round(looking),
        "allowed_share": round(allowed / count, 3),
        "ready_500_clauses_s": round(ready, 3),
        "proof_50_clauses_s": round(shown, 3),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
