"""What is proven: of every bundle the verifier in the browser says what `comity verify` says, and claims no more."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import cbor2
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from playwright.sync_api import Browser

from agreements import cases
from builders import pair
from builders.pair import Party
from comity.agreements import condition, field, index, redaction, rescue, signing, terms, veto
from comity.agreements.answering import ANSWERABLE, SEARCHABLE, Budget
from comity.agreements.clause import Blur, Clause, Marks
from comity.agreements.dispute import Dispute
from comity.agreements.posture import Remaining
from comity.agreements.terms import Terms
from comity.exchange import bundle, inbox, receipts, wire
from comity.exchange.evidence import Bundle
from comity.exchange.inbox import Accepted
from comity.foundation import canonical
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.tree import flat_inclusion, leaf_hash
from comity.foundation.store import ledger
from comity.foundation.store import outbox as kept_outbox
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.handling import Handling, Onward, Tlp
from comity.vocabulary.inquiry import InquiryKind, Manner
from comity.vocabulary.instant import DAY, HOUR, MINUTE
from comity.vocabulary.message import Given, Lane, MessageKind
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import WRITTEN, RecordKind
from comity.vocabulary.suite import Suite
from comity.vocabulary.thing import ThingKind
from comity.vocabulary.writing import MOST_SUBJECTS
from console.bench import Bench, Verdict, bench
from exchange import conftest as pairs
from exchange import test_bundle as bundles

make_party, north, south, parts = pairs.make_party, pairs.north, pairs.south, bundles.parts

VOCABULARY = Path(__file__).parents[2] / "console/src/proof/verify/vocabulary.json"
FUZZED = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DERAILED = "cannot be read ("
"""What the browser says where its own code failed."""
SECRET = b"\x00" * 16


@pytest.fixture(scope="module")
def verifier(browser: Browser) -> Iterator[Bench]:
    """Return the built verifier in a real browser."""
    with bench(browser) as made:
        yield made


def agreed(verifier: Bench, datas: list[bytes], trusted: tuple[str, ...] = ()) -> list[Verdict]:
    """Return the browser's verdicts, each of which must be what the command says, check by check."""
    found = verifier.verdicts(datas, trusted)
    for place, (data, theirs) in enumerate(zip(datas, found, strict=True)):
        ours = bundle.verify(data, trusted)
        told = [(check.words, "holds" if check.holds else "fails") for check in ours.checks]
        said = [(check["words"], check["state"]) for check in theirs["checks"]]
        assert theirs["told"] == theirs["checks"]
        assert DERAILED not in said[-1][0], f"bundle {place}: {said[-1]}"
        assert (len(said), said[-1][1], said[:-1]) == (len(told), told[-1][1], told[:-1]), f"bundle {place}: {told[-1]}"
        assert theirs["state"] == ("fails" if not ours.ok else "partly" if theirs["unchecked"] else "holds")
        assert theirs["facts"] == (None if ours.facts is None else msgspec.to_builtins(ours.facts))
        assert theirs["fingerprints"] == ours.fingerprints
    return found


def proven(north: Party, south: Party, message: bytes, place: int = 0) -> bytes:
    """Return the bundle of one record of a release that went from north to south."""
    with north.store.reading() as t:
        kept = kept_outbox.get(t, message)
        assert kept is not None
        items = kept_outbox.items(t, message)
        entry = ledger.entry(t, items[place].entry)
    assert entry is not None
    answer = inbox.accept(south.reception(), kept.envelope)
    assert isinstance(answer, Accepted)
    leaves = [leaf_hash(item.item or b"") for item in items]
    index = receipts.read(answer.receipt, south.own.card.identity).index
    made = Bundle(
        cards=tuple(own.signed for own in bundles.EVERYONE),
        agreement=canonical.written(pair.TERMS),
        signatures=signed(pair.TERMS),
        cover=kept.cover,
        place=place,
        count=len(items),
        path=tuple(flat_inclusion(leaves, place)),
        item=items[place].item or b"",
        entry=entry.entry or b"",
        salt=entry.salt or b"",
        disclosed=bundles.proof(north, items[place].entry, (bundles.OVERSIGHT, bundles.SWEDEN, bundles.GERMANY)),
        receipt=answer.receipt,
        received=bundles.proof(south, index, (bundles.OVERSIGHT, bundles.DENMARK)),
    )
    return bundle.make(made)


def signed(agreement: Terms) -> dict[str, bytes]:
    """Return the signatures of all parties."""
    digest = terms.digest(agreement)
    return {own.card.name: signing.sign(own.keys.identity, digest) for own in bundles.PARTIES}


def remade(parts: Bundle, agreement: Terms = pair.TERMS, entry: dict[str, Any] | None = None, **given: object) -> bytes:
    """Return the bundle as the two would have made it by this agreement and with this record, but for the logs."""
    digest = terms.digest(agreement)
    record = replace(canonical.read(parts.item, Given), **{"agreement": digest, **given})
    item = canonical.written(record)
    header = replace(bundles.header_of(parts), agreement=digest, purpose=record.purpose)
    said = {
        "digest": canonical.digest(item),
        "clause": record.clause,
        "purpose": record.purpose,
        "subject": record.id,
        "basis": f"{agreement.agreement} {agreement.version}",
        **(entry or {}),
    }
    changed = replace(
        parts,
        agreement=canonical.written(agreement),
        signatures=signed(agreement),
        cover=bundles.sealed(header, item),
        item=item,
        entry=canonical.written(replace(canonical.read(parts.entry, Entry), **said)),
    )
    return canonical.written(changed)


def disclosing(*disclosures: bytes) -> dict[str, Any]:
    """Return what a record says that discloses exactly this."""
    digests = {canonical.digest(each) for each in disclosures}
    decoys = (canonical.digest(bytes([number])) for number in range(256))
    size = max(-(-len(digests) // 16), 1) * 16
    return {"disclosures": disclosures, "digests": b"".join(sorted([*digests, *islice(decoys, size - len(digests))]))}


def telling(**fields: object) -> dict[str, Any]:
    """Return what a record says that gives these fields."""
    return disclosing(*(canonical.written([SECRET, name, value]) for name, value in fields.items()))


def test_true_bundles_hold_in_the_browser_too(verifier: Bench, north: Party, south: Party, parts: Bundle) -> None:
    """A single record, one of three, a distress call past a suspended agreement, and one that was refused."""
    data = bundle.make(parts)
    three = north.release_many(south.own, [pair.alert(f"alert-{number}") for number in range(3)])
    second = proven(north, south, three, 1)
    south.suspend()
    refused = proven(north, south, north.release(south.own, pair.alert("alert-9")))
    found = agreed(verifier, [data, second, refused])
    assert [each["state"] for each in found] == ["holds"] * 3
    assert [each["unchecked"] for each in found] == [[]] * 3
    assert [len(each["checks"]) for each in found] == [9] * 3
    assert [each["facts"]["outcome"] for each in found] == ["accepted", "accepted", "refused"]
    assert found[1]["among"] == {"place": 1, "count": 3}
    for each in found:
        for way in each["ways"]:
            assert "oversight" in way["cosigned"]
            assert 0 <= way["index"] < way["size"]


def test_bundles_of_two_signatures_hold_and_one_left_out_fails_at_the_same_check(
    verifier: Bench, north: Party, south: Party
) -> None:
    """Agreement, envelope, receipt and cosignatures are checked by ML-DSA-44 in the browser as well."""
    parts = bundles.signed_twice(north, south)
    (true,) = agreed(verifier, [bundle.make(parts)])
    assert (true["state"], true["unchecked"], len(true["checks"])) == ("holds", [], 9)
    fewer = agreed(verifier, [canonical.written(each) for each in bundles.signed_once(parts)])
    assert {each["state"] for each in fewer} == {"fails"}
    data = canonical.written(parts)
    places = [data.index(each) + 900 for each in _second_signatures(parts)]
    other = {place: b"B" if data[place : place + 1] == b"A" else b"A" for place in places}  # in base64 a letter too
    changed = [data[:place] + other[place] + data[place + 1 :] for place in places]
    found = agreed(verifier, changed)
    assert [len(each["checks"]) for each in found] == [1, 2, 3, 7, 8, 9]


def _second_signatures(parts: Bundle) -> list[bytes]:
    """Return bytes that hold an ML-DSA-44 signature: of a card, the agreement, the envelope, each log, the receipt."""
    notes_read = [notes.read(proof.checkpoint).signatures for proof in (parts.disclosed, parts.received)]
    disclosed, received = (
        next(base64.b64encode(each.id + each.signature) for each in read if len(each.signature) > 2420)
        for read in notes_read
    )
    return [
        cbor2.loads(parts.cards[0])["signature_pq"],
        parts.signatures["de.coord"][64:],
        wire.cover(parts.cover).signature_pq,
        disclosed,
        cbor2.loads(parts.receipt)["signature_pq"],
        received,
    ]


def test_what_was_signed_under_earlier_cards_holds_in_the_browser_too(
    verifier: Bench, north: Party, south: Party, parts: Bundle
) -> None:
    """A party and a witness that have new keys since; a card too many or of a stranger fails alike."""
    oversight, germany = pair.successor(bundles.OVERSIGHT, 31), pair.successor(bundles.GERMANY, 32)
    every = (*(own.signed for own in bundles.EVERYONE), oversight.signed, germany.signed)
    signatures = {
        **parts.signatures,
        "de.coord": signing.sign(germany.keys.identity, pair.in_force().digest),
    }
    north.negotiate(south.own, b"step")
    cosigned = bundles.proof(north, parts.disclosed.index, (bundles.OVERSIGHT, oversight, bundles.GERMANY))
    rotated = replace(parts, cards=every, signatures=signatures, disclosed=cosigned)
    made = bundle.make(rotated)
    (true,) = agreed(verifier, [made])
    assert true["state"] == "holds"
    assert {"oversight", "oversight card 1", "de.coord", "de.coord card 1"} <= true["fingerprints"].keys()
    read = canonical.read(made, Bundle)
    spare = pair.successor(bundles.SWEDEN, 33)
    changes = [
        replace(read, cards=(*read.cards, spare.signed)),
        *(replace(read, cards=(*read.cards[:place], *read.cards[place + 1 :])) for place in range(len(read.cards))),
        replace(read, cards=read.cards[::-1]),
    ]
    assert {each["state"] for each in agreed(verifier, [canonical.written(each) for each in changes])} == {"fails"}


def test_reports_and_notices_hold_in_the_browser_too(verifier: Bench, north: Party, south: Party) -> None:
    """With every field that they can have; without one, or with another value in it, both say the same of them."""
    datas = [proven(north, south, north.release(south.own, record)) for record in (cases.report(), cases.notice())]
    found = agreed(verifier, datas)
    assert [each["facts"]["kind"] for each in found] == ["report", "notice"]
    assert [(each["state"], each["unchecked"]) for each in found] == [
        ("holds", []),
        ("partly", ["whether the attachments are of the type that they say"]),
    ]
    changed: list[bytes] = []
    for data in datas:
        true = canonical.read(data, Bundle)
        fields = redaction.disclosed(canonical.read(true.item, Given))
        for name in fields:
            changed.append(remade(true, **telling(**{other: fields[other] for other in fields if other != name})))
            changed += [
                remade(true, **telling(**{**fields, name: value})) for value in (None, 0, "", "x" * 5000, [], [7])
            ]
    for each in agreed(verifier, changed):
        assert each["state"] == "fails"  # of the seventh check at best: the logs hold another entry


def test_a_browser_that_cannot_load_the_second_check_says_so(browser: Browser, parts: Bundle) -> None:
    """The library is a file of its own; without it nothing is claimed, neither yes nor no."""
    with bench(browser, without="**/ml-dsa-*.js") as cut:
        found = cut.verdict(bundle.make(parts))
    assert (found["state"], found["facts"]) == ("open", None)
    assert "comity verify" in found["checks"][0]["words"]


def test_every_part_changed_fails_at_the_same_check(verifier: Bench, parts: Bundle) -> None:
    """Each key of the bundle left out, emptied or changed: both verifiers stop at the same check."""
    plain = cbor2.loads(canonical.written(parts))
    changed: list[bytes] = []
    for key, value in plain.items():
        changed.append(_rewritten({name: other for name, other in plain.items() if name != key}))
        changed += [_rewritten({**plain, key: other}) for other in _others(value) if other != value]
    changed += [_rewritten({**plain, "extra": b""}), b"", b"\xa0", canonical.written(parts) + b"\x00"]
    for found in agreed(verifier, changed):
        assert found["state"] == "fails"


def _rewritten(plain: object) -> bytes:
    return cbor2.dumps(plain, canonical=True)


def _others(value: Any) -> list[Any]:  # noqa: ANN401 - whatever CBOR holds
    """Return other values that could stand there, one level down as well."""
    if isinstance(value, bytes):
        return [b"", value[:-1], value + b"\x00", bytes([value[0] ^ 1]) + value[1:] if value else b"\x01"]
    if isinstance(value, int):
        return [value + 1, -1, 2**64 - 1, float(value), "1", None]
    if isinstance(value, list):
        return [[], value[::-1] if len(value) > 1 else [b"\x00" * 32], [*value, *(value[-1:] or [b""])]]
    inner = [{**value, key: other} for key, each in value.items() for other in _others(each) if other != each]
    return [{}, {**value, "extra": 1}, *inner]


def test_single_bytes_changed_fail_at_the_same_check(verifier: Bench, parts: Bundle) -> None:
    """Two hundred single bits, in second signatures too: both stop at the same check."""
    data = canonical.written(parts)
    flipped: list[bytes] = []
    for number in range(200):
        changed = bytearray(data)
        changed[number * len(data) // 200] ^= 1 << (number * 5 % 8)
        flipped.append(bytes(changed))
    assert {each["state"] for each in agreed(verifier, flipped)} == {"fails"}


def test_headers_changed_fail_at_the_same_check(verifier: Bench, parts: Bundle) -> None:
    """Every field of the header, sealed anew by the true sender."""
    header = bundles.header_of(parts)
    changes: list[dict[str, Any]] = [
        {"kind": MessageKind.RECALL},
        {"sender": "oversight"},
        {"recipient": "dk.coord"},
        {"recipient": "de.coord"},
        {"id": bytes(32)},
        {"lane": Lane.BULK},
        {"sequence": 2**63 - 1},
        {"agreement": bytes(32)},
        {"purpose": "customs"},
        {"created": -1},
        {"expires": 2**60},
    ]
    datas = [
        canonical.written(replace(parts, cover=bundles.sealed(replace(header, **each), parts.item))) for each in changes
    ]
    raw = cbor2.loads(wire.cover(parts.cover).header)
    cover = cbor2.loads(parts.cover)
    for change in (
        {"version": 2},
        {"suite": "none"},
        {"epoch": 2},
        {"bucket": 1025},
        {"sequence": 0},
        {"lane": "slow"},
    ):
        outside = _rewritten({**cover, "header": _rewritten({**raw, **change})})
        datas.append(canonical.written(replace(parts, cover=outside)))
    for found in agreed(verifier, datas):
        assert found["state"] == "fails"


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
        {"basis": (terms.Basis(instrument=" "),)},
        {"in_force": terms.Term(start=5, end=4)},
        {"in_force": terms.Term(start=pair.NOW + DAY, end=pair.NOW + 2 * DAY)},
        {"in_force": terms.Term(start=pair.NOW - DAY, end=pair.NOW + DAY)},
        {"purposes": (Purpose.CUSTOMS,)},
        {"clauses": ()},
        {"clauses": (clause, clause)},
        {"rescue": ()},
        {"suite": Suite.BOTH},
        {"rescue": (rescue.Centre(node="no.coord", areas=("kattegat",)),)},
        {"after": terms.After(erase=0, prove="receipt")},
        {"after": terms.After(erase=DAY, prove="word")},
        {"witnesses": terms.Witnesses(quorum=0, required=("oversight",))},
        {"witnesses": terms.Witnesses(quorum=1, required=())},
        {"witnesses": terms.Witnesses(quorum=3, required=("oversight",))},
        {"areas": ()},
        {"areas": (replace(pair.TERMS.areas[0], polygons=()), *pair.TERMS.areas[1:])},
        {"areas": (replace(pair.TERMS.areas[0], polygons=((ring[:-1],),)), *pair.TERMS.areas[1:])},
        {"areas": (replace(pair.TERMS.areas[0], name="x y"), *pair.TERMS.areas[1:])},
    ]
    changes += _postures() + _disputes()
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


def _postures() -> list[dict[str, Any]]:
    """Return postures as they should be, and flawed in each way."""
    ids, purposes = tuple(one.id for one in pair.TERMS.clauses), pair.TERMS.purposes
    all_, some, none = (
        Remaining(posture=posture, only=only, purposes=purposes)
        for posture, only in ((Posture.GUARDED, ids), (Posture.RESTRICTED, ids[:1]), (Posture.SUSPENDED, ()))
    )
    written: list[tuple[Remaining, ...]] = [
        (all_, some, none),
        (none,),
        (some, all_),
        (all_, all_),
        (replace(all_, posture=Posture.OPEN),),
        (replace(all_, only=(*ids, "vessel-inquiry")),),
        (replace(all_, only=(*ids, ids[0])),),
        (replace(all_, only=("nothing",)),),
        (replace(all_, purposes=()),),
        (replace(all_, purposes=purposes[:1] * 2),),
        (replace(all_, purposes=(Purpose.CUSTOMS,)),),
        (some, replace(none, only=ids[1:2])),
        (replace(all_, purposes=purposes[1:]), some),
        (replace(all_, purposes=purposes[1:]), none),
    ]
    return [{"postures": each} for each in written]


def _disputes() -> list[dict[str, Any]]:
    """Return disputes as they should be, with the record that is given in the masked area or outside, and flawed."""
    said = Dispute(area="kattegat", claimants=("XA", "XB"), source="a note", status="open", mask=("se.coord",))
    written: list[tuple[Dispute, ...]] = [
        (said,),
        (replace(said, mask=()),),
        (replace(said, mask=("de.coord",)),),
        (replace(said, area="sound"),),
        (said, replace(said, area="sound")),
        (said, said),
        (replace(said, area="skagerrak"),),
        (replace(said, claimants=()),),
        (replace(said, claimants=("XA", "XA")),),
        (replace(said, source=" "),),
        (replace(said, source="s" * 1001),),
        (replace(said, status=""),),
        (replace(said, status="s" * 201),),
        (replace(said, mask=("fi.coord",)),),
        (replace(said, mask=("se.coord", "se.coord")),),
    ]
    return [{"disputes": each} for each in written]


def test_a_masked_place_is_judged_alike(verifier: Bench, north: Party, south: Party, parts: Bundle) -> None:
    """Told in spite of a mask, by its position or its name, or not told, or coarse: both say the same."""
    said = Dispute(area="kattegat", claimants=("XA",), source="a note", status="open", mask=("se.coord",))
    masked = replace(pair.TERMS, disputes=(said,))
    alert = {"kind": "meeting", "severity": "high", "time": pair.NOW}
    place = {"latitude": 56.5, "longitude": 11.5}
    datas = [
        remade(parts, masked, **telling(**alert, **more)) for more in ({}, {"position": place}, {"area": "kattegat"})
    ]
    blurred = replace(pair.TERMS.clauses[0], blur=Blur(position=2_000))
    coarse = replace(masked, clauses=(blurred, *pair.TERMS.clauses[1:]))
    datas.append(remade(parts, coarse, **telling(**alert, position={**place, "within": 2_000})))
    written = canonical.read(
        proven(north, south, north.release(south.own, cases.report(None, area="kattegat"))), Bundle
    )
    fields = redaction.disclosed(canonical.read(written.item, Given))
    datas += [remade(written, masked, **telling(**{**fields, "area": area})) for area in ("kattegat", "sound")]
    reached = [len(each["checks"]) for each in agreed(verifier, datas)]
    assert reached == [7, 5, 7, 7, 5, 7]


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


def test_trust_is_in_the_fingerprints_that_were_compared(verifier: Bench, parts: Bundle) -> None:
    """With fingerprints named, each card must have one of them, in the browser as in the command."""
    data = bundle.make(parts)
    everyone = tuple(bundles.FINGERPRINTS.values())
    assert agreed(verifier, [data], tuple(each.lower() for each in everyone))[0]["state"] == "holds"
    for name in bundles.FINGERPRINTS:
        found = agreed(verifier, [data], tuple(f for other, f in bundles.FINGERPRINTS.items() if other != name))
        assert found[0]["state"] == "fails"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(allow_nan=False, allow_infinity=False, width=16)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


@FUZZED
@given(
    values=st.lists(st.tuples(VALUES, st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12)
)
def test_mutated_values_are_read_alike(verifier: Bench, parts: Bundle, values: list[tuple[Any, float, int]]) -> None:
    """Canonical form is read as strictly in the browser: what is disclosed is the true value, or is refused by both."""
    datas: list[bytes] = []
    for value, place, mask in values:
        written = bytearray(canonical.written([SECRET, "name", value]))
        written[17 + int(place * (len(written) - 17))] ^= mask
        datas.append(remade(parts, **disclosing(bytes(written))))
    agreed(verifier, datas)


@FUZZED
@given(datas=st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_arbitrary_bytes_prove_nothing(verifier: Bench, datas: list[bytes]) -> None:
    """Whatever the bytes are, there is a verdict, it is no, and it is the verifier's own word."""
    for found in agreed(verifier, datas):
        assert found["state"] == "fails"


def test_deep_and_endless_things_are_refused(verifier: Bench, parts: Bundle) -> None:
    """Nesting beyond the limit, lengths that promise more than there is, tags, and indefinite lengths end at once."""
    deep = [_rewritten_deep(levels) for levels in (29, 30, 31, 32, 33, 40)]
    for found in agreed(verifier, [remade(parts, **disclosing(each)) for each in deep]):
        assert found["state"] == "fails"  # of the seventh check at best: the logs hold another entry
    endless = [
        b"\x9b" + b"\xff" * 8,
        b"\xbb" + b"\x00" * 3 + b"\xff" * 5,
        b"\x5b" + b"\xff" * 8,
        b"\x9f\xff",
        b"\xd8\x1c\x80",
        b"\x81" * 100_000,
        b"\xc4" * 100_000,
    ]
    for found in agreed(verifier, endless):
        assert found["state"] == "fails"


def _rewritten_deep(levels: int) -> bytes:
    value: Any = []
    for _ in range(levels - 1):
        value = [value]
    return cbor2.dumps([SECRET, "name", value], canonical=True)


def test_a_browser_without_cryptography_says_that_it_did_not_check(browser: Browser, parts: Bundle) -> None:
    """Over plain http from elsewhere a page has no Web Crypto: the verdict is open, neither yes nor no."""
    with bench(browser, origin="http://console.example") as elsewhere:
        found = elsewhere.verdict(bundle.make(parts))
    assert found["state"] == "open"
    assert [check["state"] for check in found["checks"]] == ["open"]
    assert "comity verify" in found["checks"][0]["words"]
    assert found["facts"] is None


def test_the_words_are_those_of_the_node() -> None:
    """What the verifier knows of kinds, fields, purposes, marks and conditions is the node's own vocabulary."""
    known = json.loads(VOCABULARY.read_text("utf-8"))
    assert known["kinds"] == [each.value for each in RecordKind]
    assert known["purposes"] == [each.value for each in Purpose]
    assert known["tlp"] == [each.value for each in Tlp]
    assert known["postures"] == [each.value for each in Posture]
    assert known["suites"] == [each.value for each in Suite]
    assert known["inquiries"] == [each.value for each in InquiryKind]
    assert known["answerable"] == [each.value for each in ANSWERABLE]
    assert known["searchable"] == [each.value for each in SEARCHABLE]
    assert known["manners"] == [each.value for each in Manner]
    assert known["onward"] == [each.value for each in Onward]
    assert known["messages"] == [each.value for each in MessageKind]
    assert known["lanes"] == [each.value for each in Lane]
    assert known["acts"] == [each.value for each in Act]
    assert {kind: set(fields) for kind, fields in known["fields"].items()} == {
        kind.value: field.known(kind) for kind in field.GIVABLE
    }
    assert set(known["free_text"]) == field.FREE_TEXT
    assert {name: frozenset(told) for name, told in known["told"].items()} == field.TOLD
    assert set(known["written"]) == {kind.value for kind in WRITTEN}
    assert known["needed"] == list(field.NEEDED)
    assert set(known["identifiers"]) == field.IDENTIFIERS
    assert set(known["shared"]) == {kind.value for kind in veto.SHARED_PICTURE}
    assert known["things"] == [kind.value for kind in ThingKind]
    assert known["most_subjects"] == MOST_SUBJECTS
    assert {RecordKind(kind): tuple(names) for kind, names in known["asked"].items()} == index.ASKED
    assert set(known["without_path"]) == {kind.value for kind in veto.WITHOUT_PATH}
    assert known["conditions"] == {
        name: {"choices": list(word.choices), "ordered": word.ordered, "kind": word.kind.value if word.kind else None}
        for name, word in condition.WORDS.items()
    }
    assert known["rescue"] == {
        "clause": rescue.CLAUSE,
        "purpose": Purpose.SEARCH_AND_RESCUE.value,
        "fields": list(rescue.FIELDS),
        "keep": rescue.KEEP,
        "marks": {"tlp": rescue.MARKS.tlp.value, "onward": rescue.MARKS.onward.value, "proceedings": False},
    }
