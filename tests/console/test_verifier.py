"""What is proven: of every bundle the verifier in the browser says what `comity verify` says, and claims no more."""

from __future__ import annotations

import base64
from typing import Any

import cbor2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from playwright.sync_api import Browser

from agreements import cases
from builders import pair
from builders.pair import Party
from comity.agreements import redaction, signing
from comity.exchange import bundle, wire
from comity.exchange.evidence import Bundle
from comity.foundation import canonical
from comity.foundation.ledger import note as notes
from comity.vocabulary.message import Given, Lane, MessageKind
from console.bench import Bench, bench
from console.judging import SECRET, agreed, disclosing, proven, remade, telling
from exchange import conftest as pairs
from exchange import test_bundle as bundles

make_party, north, south, parts = pairs.make_party, pairs.north, pairs.south, bundles.parts

FUZZED = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_true_bundles_hold_in_the_browser_too(verifier: Bench, north: Party, south: Party) -> None:
    """A single record, one of three, a distress call past a suspended agreement, and one that was refused."""
    three = north.release_many(south.own, [pair.alert(f"alert-{number}") for number in range(3)])
    second = proven(north, south, three, 1)
    data = proven(north, south, north.release(south.own))
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
