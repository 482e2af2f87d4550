"""Seeds: one or more real values for each decoder, kept in tests/vectors/corpus; run this to renew them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import msgspec

from builders import asterix, pair, squitters
from builders.trees import MemoryTiles, naive_proof
from comity.agreements import revocation, terms
from comity.agreements.redaction import give
from comity.agreements.revocation import Revocation
from comity.exchange import cards, prekeys, stack, wire
from comity.exchange.evidence import Bundle, Shown
from comity.exchange.notes import Acknowledgement, Cancellation
from comity.exchange.prekeys import Prekey
from comity.exchange.step import Effect, Step, StepKind
from comity.foundation import canonical, coastline, topology
from comity.foundation.coastline import Drawing
from comity.foundation.ledger import checkpoint, cosignature, note, tile, witness
from comity.foundation.ledger.checkpoint import Checkpoint
from comity.foundation.ledger.proof import LogProof
from comity.foundation.topology import Bounds
from comity.node.create import NewNode, create
from comity.node.settings import FILE
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.handling import Handling, Onward, Tlp
from comity.vocabulary.instant import DAY
from comity.vocabulary.message import Lane, MessageKind
from comity.vocabulary.onward import Leave
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.recall import Recall, RecallAct, Recalled, RecallOutcome
from comity.vocabulary.record import RecordKind
from comity.vocabulary.writing import Ending
from fuzz import feed_seeds

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "vectors" / "corpus"
_PURSUIT = ROOT / "examples" / "agreements" / "sound-pursuit.yaml"
_NORTH, _SOUTH = pair.own("dk.coord", 1), pair.own("se.coord", 2)
_LEAVES = [bytes([number]) * 32 for number in range(5)]


def seeds() -> dict[str, list[bytes]]:
    """Return the seeds of each decoder."""
    return {**_exchange(), **_ledger(), **_agreements(), **_coastline(), **_files(), **feed_seeds.seeds()}


def _example(page: str) -> bytes:
    return (ROOT / "docs" / "formats" / page).read_text("utf-8").split("```\n")[-2].encode()


def _record() -> bytes:
    request = pair.Party(own=_NORTH, store=None, clock=pair.clock(), standing=pair.in_force())  # type: ignore[arg-type]
    return canonical.written(give(request.permit(_SOUTH, pair.alert()), bytes))


def _exchange() -> dict[str, list[bytes]]:
    given = _record()
    header = wire.Header(
        kind=MessageKind.RELEASE,
        sender="dk.coord",
        recipient="se.coord",
        id=bytes(32),
        lane=Lane.ORDINARY,
        sequence=1,
        created=pair.NOW,
        expires=pair.NOW + DAY,
    )
    envelope = wire.seal(header, [given], _NORTH.keys.identity, _SOUTH.card.sealing)
    parsed = wire.parse(envelope)
    receipt = bytes.fromhex(_example("receipt.md").decode())
    proof = LogProof(0, (), _note())
    bundle = Bundle(
        cards=(_NORTH.signed, _SOUTH.signed),
        agreement=terms.canonical(pair.TERMS),
        signatures={"dk.coord": bytes(64)},
        cover=parsed.cover.written(),
        place=0,
        count=1,
        path=(),
        item=given,
        entry=_entry(),
        salt=bytes(32),
        disclosed=proof,
        receipt=receipt,
        received=proof,
    )
    onward = msgspec.structs.replace(bundle, onward=Shown(leave=b"leave", signature=bytes(64)))
    prekey = Prekey(owner="se.coord", public=_SOUTH.card.sealing, created=pair.NOW, expires=pair.NOW + DAY)
    recall = Recall(
        message=bytes(32),
        place=0,
        record="r",
        act=next(iter(RecallAct)),
        reason="mistaken",
        corrected_by=bytes(32),
        due=pair.NOW,
    )
    recalled = Recalled(
        recall=bytes(32),
        outcome=next(iter(RecallOutcome)),
        copies=1,
        origin="se.coord/log",
        index=0,
        entry=_entry(),
        salt=bytes(32),
    )
    return {
        "given": [given],
        "envelope": [envelope],
        "header": [parsed.cover.header],
        "cover": [parsed.cover.written()],
        "items": [wire.written([given, b""])],
        "card": [_NORTH.signed],
        "card-file": [cards.text(_NORTH.signed).encode()],
        "receipt": [receipt],
        "stack": [stack.written((envelope, envelope))],
        "stack-answers": [stack.answers_written((stack.Answered(200, receipt), stack.Answered(429, b"wait", 3)))],
        "bundle": [canonical.written(bundle), canonical.written(onward)],
        "prekey": [prekeys.sign(prekey, _SOUTH.keys)],
        "acknowledgement": [canonical.written(Acknowledgement(message=bytes(32), place=0, time=pair.NOW))],
        "cancellation": [canonical.written(Cancellation(record="r", ending=Ending.OVER, time=pair.NOW))],
        "recall": [canonical.written(recall)],
        "recalled": [canonical.written(recalled)],
        "step": [
            canonical.written(Step(step=StepKind.SIGNED, agreement=bytes(32), terms=b"t", signatures={"a": bytes(64)})),
            canonical.written(Step(step=StepKind.STANDING, agreement=bytes(32), entry=_entry(), salt=bytes(32))),
        ],
        "effect": [canonical.written(Effect(erased=3, kept=1, returned=bytes(36)))],
        "revocation": [revocation.sign(_WITHDRAWAL, _SOUTH.keys.identity)],
        "inquiry-step": [bytes.fromhex(_example("inquiry.md").decode())],
        "onward-step": [bytes.fromhex(_example("onward.md").decode())],
        "leave": [canonical.written(_LEAVE)],
        "missing": [canonical.written({"expected": 7})],
        "subscription-step": [bytes.fromhex(_example("subscription.md").decode())],
    }


_WITHDRAWAL = Revocation(agreement=bytes(32), party="se.coord", time=pair.NOW, reason="the treaty ended")


_LEAVE = Leave(
    onward=bytes(32),
    originator="de.coord",
    holder="dk.coord",
    recipient="se.coord",
    message=bytes(32),
    place=0,
    kind=RecordKind.ALERT,
    record="r",
    version=1,
    bound=bytes(32),
    handling=Handling(tlp=Tlp.AMBER, onward=Onward.ASK),
    purpose=Purpose.SMUGGLING,
    keep_until=pair.NOW + DAY,
    until=pair.NOW + DAY,
    time=pair.NOW,
    officer="anna",
)


def _entry() -> bytes:
    return canonical.written(Entry(act=Act.RECEIVED, node="north", time=pair.NOW, officer="anna", digest=bytes(32)))


def _tree() -> tuple[MemoryTiles, Checkpoint]:
    tiles = MemoryTiles()
    grown = tiles.append(_LEAVES)
    return tiles, Checkpoint("dk.coord/log", grown.size, grown.root())


def _note() -> bytes:
    return checkpoint.sign(_tree()[1], _NORTH.keys.log)


def _ledger() -> dict[str, list[bytes]]:
    tiles, tree = _tree()
    cosigned = cosignature.cosign(checkpoint.text(tree), "se.coord/witness", _SOUTH.keys.witness, 1)
    lattice = cosignature.cosign_lattice(checkpoint.text(tree), "se.coord/witness", _SOUTH.keys.witness_pq, 1)
    vectors = ROOT / "tests" / "vectors" / "transparency" / "log"
    policy = (ROOT / "docs" / "formats" / "policy.md").read_text("utf-8").split("```\n")[1]
    return {
        "policy": [policy.encode()],
        "verifier-key": [policy.split()[1].encode()],
        "key-in-hardware": [b"pkcs11:token=T;object=north?module-path=/usr/lib/m.so&pin-source=file:/pin"],
        "entry": [_entry()],
        "note": [_note(), (vectors / "checkpoint").read_bytes()],
        "checkpoint": [checkpoint.text(tree).encode()],
        "log-proof": [LogProof(0, tuple(_LEAVES[:3]), _note()).text()],
        "tile-path": [b"tile/0/x001/x234/067", b"tile/entries/000.p/12"],
        "tile": [tiles.tile(0, 0, 5)],
        "entry-bundle": [bytes([3]) + tile.bundle([b"", b"one", b"two" * 40])],
        "witness-request": [witness.written(3, naive_proof(3, _LEAVES), _note())],
        "log-proof-form": [LogProof(0, tuple(_LEAVES[:3]), _note()).written()],
        "cosignature": [cosigned.signature],
        "cosignature-lattice": [lattice.signature],
        "cosignatures": [(note.line(cosigned) + note.line(lattice)).encode()],
    }


def _agreements() -> dict[str, list[bytes]]:
    return {
        "agreement": [pair.EXAMPLE.read_bytes(), _PURSUIT.read_bytes()],
        "agreement-form": [terms.canonical(pair.TERMS), terms.canonical(terms.read(_PURSUIT.read_text(), "pursuit"))],
        "condition": [
            b"alert.kind == going-dark and not (severity == low or confidence < 0.5)",
            b"subject.kind == vessel",
        ],
        "crosswalk": [(ROOT / "src/comity/agreements/crosswalks/tlp-to-europol.yaml").read_bytes()],
    }


def _coastline() -> dict[str, list[bytes]]:
    square = {
        "type": "Topology",
        "objects": {"countries": {"geometries": [{"type": "Polygon", "arcs": [[0]], "id": "752"}]}},
        "arcs": [[[1000, 5500], [100, 0], [0, 100], [-100, 0], [0, -100]]],
        "transform": {"scale": [0.01, 0.01], "translate": [0, 0]},
    }
    data = json.dumps(square).encode()
    bounds = Bounds(south=54.0, west=9.0, north=57.0, east=12.0)
    drawing = Drawing(
        name="a",
        source="b",
        licence="c",
        error=1,
        unseen=0,
        arcs=topology.arcs(data, bounds, "seed"),
        **msgspec.structs.asdict(bounds),
    )
    return {
        "coastline": [coastline.written(drawing)],
        "coastline-map": [data],
        "coastline-islets": [b"name,state,latitude,longitude,metres\nOne,dk,55.5,11.5,900\n"],
        "pursuit-track": [_example("pursuit.md")],
    }


_SCENARIOS = ("meeting.yaml", "shared-identity.yaml")


def _blocks() -> bytes:
    plot = {"010": b"\0\7", "140": b"\0\0\1", "020": b"\xa0", "040": b"\x20\0\x40\0", "220": b"\0\0\7"}
    track = {"010": b"\0\7", "070": b"\0\0\1", "105": bytes(8), "380": asterix.compound({1: b"\0\0\7"})}
    report = {"010": b"\0\7", "040": b"\0", "071": b"\0\0\1", "131": bytes(8), "090": b"\1\x12"}
    service = {"010": b"\0\7", "000": b"\1", "120": bytes(8)}
    made = {48: plot, 62: track, 21: report, 34: service}
    return b"".join(asterix.block(number, asterix.record(number, items)) for number, items in made.items())


def _files() -> dict[str, list[bytes]]:
    vectors = ROOT / "tests" / "vectors" / "ais"
    squitter = squitters.squitter(0x48AABB, squitters.in_air(55.6, 12.6, odd=False))
    plot = _example("feed-plots.md")
    with tempfile.TemporaryDirectory() as folder:
        create(Path(folder), NewNode(name="north", agency="Coast", country="DK"))
        settings = (Path(folder) / FILE).read_bytes()
    return {
        "settings": [settings],
        "picture-settings": [b'[picture]\nborders = [["a", "b"]]\ndark = "40 min"\n', settings],
        "rules": [b'[loitering]\nspeed = "3 kn"\nduration = "2 h"\n[encounter]\non = true\nanchorages = ["a"]\n'],
        "scenario": [(ROOT / "src/comity/training/scenarios" / name).read_bytes() for name in _SCENARIOS],
        "expected-answers": [(ROOT / "examples" / "requests" / "lusatia-police" / "expected.yaml").read_bytes()],
        "station": [b"55.6,12.5", b"25/201=55.6,12.5,40,30,0.1"],
        "tak-greeting": [b'<event/><auth><cot username="phone" password="token" uid="A-1"/></auth><event'],
        "national-law": [(ROOT / "examples" / "laws" / "dk-sharing.yaml").read_bytes()],
        "disputed-lines": [(ROOT / "examples" / "disputes" / "invented-lines.geojson").read_bytes()],
        "areas": [(ROOT / "src" / "comity" / "demo" / "areas.geojson").read_bytes()],
        "machine-readable-zone": [
            b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
            b"I<UTOD23145890<1233<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<2ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
        ],
        "feed-adsb": [
            b"1700000000.5,%s\n*%s;\n" % (squitter.hex().encode(), squitter.hex().encode()),
            squitters.beast(squitters.squitter(7, squitters.name("TST42")), 1)
            + squitters.beast(squitters.squitter(7, squitters.over_ground(9, 9)), 2),
        ],
        "feed-asterix": [_blocks(), asterix.captured((pair.NOW / 1_000, _blocks()))],
        "feed-ais": [(vectors / "typeexamples.nmea").read_bytes(), (vectors / "gatehouse.nmea").read_bytes()],
        "feed-plots": [plot],
        "feed-state-vectors": [
            _example("feed-state-vectors.md"),
            b"".join((vectors.parent / "adsb" / "england-2021.csv").read_bytes().splitlines(keepends=True)[:9]),
        ],
        "feed-tracks": [b"".join((vectors / "solent-2016.csv").read_bytes().splitlines(keepends=True)[:12])],
    }


if __name__ == "__main__":
    for decoder, values in seeds().items():
        (CORPUS / decoder).mkdir(parents=True, exist_ok=True)
        for number, value in enumerate(values):
            (CORPUS / decoder / f"seed-{number}").write_bytes(value)
