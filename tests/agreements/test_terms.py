"""Terms: YAML, canonical bytes and back are the same agreement, and no flaw gets through either door."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from comity.agreements import field, posture
from comity.agreements.dispute import Claim, Dispute
from comity.agreements.posture import Remaining
from comity.agreements.standing import Standing
from comity.agreements.terms import Terms, canonical, digest, flaws, from_canonical, read
from comity.foundation import canonical as form
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import RecordKind


def test_example(terms: Terms) -> None:
    """The example says what its page says."""
    assert terms.between == ("dk.coord", "se.coord", "de.coord")
    kattegat, baltic, tracks, reports, notices = terms.clauses
    assert kattegat.to == ("dk.coord", "se.coord")
    assert kattegat.keep == 30 * DAY
    assert not {"sightings", "sources", "rule", "officer", "reason"} & set(kattegat.fields)
    assert baltic.to == terms.between
    assert baltic.blur.position == 2_000
    assert [each.give for each in (tracks, reports, notices)] == [
        RecordKind.TRACK,
        RecordKind.REPORT,
        RecordKind.NOTICE,
    ]
    assert terms.witnesses.quorum == 2
    assert terms.witnesses.required == ("oversight",)


def test_example_reads_back(terms: Terms) -> None:
    """From YAML to canonical bytes to terms nothing is lost."""
    assert from_canonical(canonical(terms)) == terms


NAMES = st.text("abcdemnz019", min_size=2, max_size=8)
DEGREES = st.integers(-80_000, 80_000).map(lambda count: count / 1000)


def _some(items: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(items), min_size=1, max_size=len(items), unique=True)


@st.composite
def _rings(draw: st.DrawFn) -> list[list[float]]:
    points = draw(st.lists(st.tuples(DEGREES, DEGREES).map(list), min_size=3, max_size=5))
    return [*points, points[0]]


def _whole(fields: list[str]) -> list[str]:
    """Return the fields without those whose words can tell one that is not among them."""
    return [name for name in fields if field.TOLD.get(name, frozenset()) <= set(fields)]


@st.composite
def _clauses(
    draw: st.DrawFn, name: str, parties: list[str], purposes: list[str], areas: list[str]
) -> dict[str, object]:
    kind = draw(st.sampled_from(field.GIVABLE))
    person = kind is RecordKind.PERSON
    blur = 0 if person else draw(st.sampled_from([0, 100, 2000]))
    needed = {*field.needed(kind), *({"position"} & field.known(kind))}
    known = sorted(field.known(kind) - needed - (field.FREE_TEXT if blur else frozenset()))
    clause: dict[str, object] = {
        "id": name,
        "give": kind.value,
        "where": draw(_some(areas)),
        "to": draw(st.one_of(st.just("all"), _some(parties))),
        "for": draw(_some(purposes)),
        "fields": _whole([*sorted(needed), *draw(st.lists(st.sampled_from(known), unique=True))]),
        "handling": {
            "tlp": draw(
                st.sampled_from(["AMBER", "AMBER+STRICT"] if person else ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT"])
            ),
            "onward": draw(st.sampled_from(["no"] if person else ["yes", "ask", "no"])),
        },
        "keep": f"{draw(st.integers(1, 366 if person else 3000))} d",
        "blur": {"position": f"{blur} m"},
        "from": draw(_some(parties)),
    }
    if draw(st.booleans()):
        clause["if"] = draw(st.sampled_from(["subject.kind   in [vessel,aircraft]", "not (subject.kind==party)"]))
    return clause


@st.composite
def _postures(draw: st.DrawFn, ids: list[str], purposes: list[str]) -> dict[str, object]:
    """Return what remains in some of the postures, each within the one before."""
    found: dict[str, object] = {}
    for name in draw(st.sets(st.sampled_from(posture.NARROWED)).map(sorted)):
        ids = draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []
        purposes = draw(_some(purposes))
        found[name] = {"only": ids, "for": purposes}
    return found  # guarded, restricted, suspended: from a to z as from wide to narrow


@st.composite
def _disputes(draw: st.DrawFn, parties: list[str], areas: list[str]) -> dict[str, object]:
    named = draw(st.lists(st.sampled_from(areas), unique=True))
    masks = st.one_of(st.just("all"), _some(parties))
    told = {"claimants": ["XA", "XB"], "source": "a note", "status": "open"}
    return {area: {**told, **({"mask": draw(masks)} if draw(st.booleans()) else {})} for area in named}


@st.composite
def documents(draw: st.DrawFn) -> dict[str, object]:
    """Return any agreement without a flaw, as YAML would hold it."""
    parties = draw(st.lists(NAMES, min_size=2, max_size=4, unique=True))
    purposes = draw(
        st.lists(
            st.sampled_from([purpose.value for purpose in Purpose if purpose is not Purpose.SEARCH_AND_RESCUE]),
            min_size=1,
            unique=True,
        )
    )
    purposes.append("search-and-rescue")
    areas = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    ids = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    required = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
    disputes = draw(_disputes(parties, areas))
    return {
        **({"postures": found} if (found := draw(_postures(ids, purposes))) else {}),
        "agreement": draw(NAMES),
        "version": draw(st.integers(1, 10**6)),
        "between": parties,
        "basis": [{"instrument": draw(st.text("abc é:#'\"[]{}", min_size=1).filter(str.strip)), "article": "5(2)"}],
        "in_force": {"from": "2026-01-01", "until": draw(st.dates(date(2026, 1, 1), date(9999, 12, 30))).isoformat()},
        "purposes": purposes,
        "clauses": [draw(_clauses(name, parties, purposes, areas)) for name in ids],
        "rescue": {"centres": {parties[0]: areas}},
        "after": {"erase": "30 d", "prove": "receipt"},
        "witnesses": {"quorum": draw(st.integers(len(required), 5)), "required": required},
        "annex": {
            "areas": {area: {"type": "Polygon", "coordinates": [draw(_rings())]} for area in areas},
            **({"disputes": disputes} if disputes else {}),
        },
    }


class _Plain(yaml.SafeDumper):
    """Writes a value that occurs twice out twice."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the name is the library's
        return True


def _dumped(document: dict[str, object], *, flow: bool = False) -> str:
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, default_flow_style=flow)


@given(documents())
def test_every_agreement_reads_back(document: dict[str, object]) -> None:
    """Whatever agreement is written, its canonical bytes give the same terms, and nobody is let in who is not named."""
    terms = read(_dumped(document), "f")
    assert from_canonical(canonical(terms)) == terms
    for clause in terms.clauses:
        assert set(clause.to) <= set(terms.between)
        assert clause.to


@given(documents(), st.data())
def test_any_change_changes_the_digest(document: dict[str, object], data: st.DataObject) -> None:
    """Two different agreements never share a digest; layout and comments do not count."""
    text = _dumped(document)
    terms = read(text, "f")
    assert digest(read("# a comment\n" + _dumped(document, flow=True), "f")) == digest(terms)
    other = msgspec.structs.replace(terms, version=data.draw(st.integers(1, 100)))
    assert (digest(other) == digest(terms)) == (other == terms)


_AFTER = "after: {erase: 30 d, prove: receipt}"


def _kept(postures: str) -> str:
    return f"postures:\n  {postures}\n{_AFTER}"


def _disputed(disputes: str) -> str:
    return f"annex:\n  disputes:\n    {disputes}\n"


CHANGES = [
    ("version: 1", "version: one", "not a whole number", "3:10", "digits"),
    ("version: 1", "version: 1\nversions: 2", "unknown key 'versions'", "4:1", "'version'"),
    ("version: 1", "version: [1]", "should be a word", "3:10", ""),
    ("after: {erase: 30 d, prove: receipt}", "", "'after' is missing", "2:1", "Add `after:`"),
    ("after: {erase: 30 d, prove: receipt}", "after: {erase: 30, prove: receipt}", "its unit", "80:16", "30 d"),
    ("prove: receipt", "prove: word", "cannot be proved by 'word'", "80:29", "receipt"),
    ("between: [dk.coord, se.coord, de.coord]", "between: [dk.coord]", "needs two parties", "4:1", "both"),
    ("between: [dk.coord, se.coord, de.coord]", "between: []", "list is empty", "4:10", ""),
    ("between: [dk.coord,", "between: [DK,", "is no name of a node", "4:11", "small letters"),
    ("between: [dk.coord,", "between: [dk.coord, dk.coord,", "'dk.coord' stands twice", "4:21", ""),
    ("until: 2028-12-31", "until: 2025-12-31", "ends before it begins", "8:37", ""),
    ("until: 2028-12-31", "until: 2028-12-32", "not a date", "8:37", "2026-01-01"),
    (
        "purposes: [border-surveillance, smuggling",
        "purposes: [border-surveillance, smugling",
        "'smugling' is no purpose",
        "9:33",
        "'smuggling'",
    ),
    (
        "    to: [dk.coord, se.coord]\n    for: [border",
        "    to: [dk.coord, se.cord]\n    for: [border",
        "'se.cord' is no party",
        "16:20",
        "'se.coord'",
    ),
    ("id: alerts-in-the-western-baltic", "id: alerts-in-the-kattegat", "stands twice", "23:9", ""),
    ("id: alerts-in-the-western-baltic", "id: safeguard-13", "kept for the safeguards", "23:9", ""),
    ("give: track", "give: case", "a case cannot be given", "35:11", "alert or report or notice or track or person"),
    ("give: track", "give: tracks", "no kind of record", "35:11", "'track'"),
    ("where: western-baltic", "where: western-balti", "no area of the annex", "25:12", "'western-baltic'"),
    ("if: subject.kind == vessel", "if: subject.kind == vesel", "never 'vesel'", "37:25", "'vessel'"),
    ("if: subject.kind == vessel", "if: 'subject.kind = vessel'", "not known", "37:23", "=="),
    ("if: subject.kind == vessel", "if: subject.kind ==", "breaks off", "37:24", ""),
    ("if: subject.kind == vessel", "if: alert.kind == meeting", "a track has no alert.kind", "37:9", "subject.kind"),
    (
        "fields: [position, velocity",
        "fields: [position, explanation",
        "'explanation' is no field of track",
        "40:24",
        "",
    ),
    (
        "fields: [position, velocity, time",
        "fields: [position, velocity",
        "no track travels without it",
        "40:5",
        "Add time",
    ),
    ("area, ship_type, confidence", "area, explanation, confidence", "could tell the position", "29:52", "Remove"),
    ("mmsi, call_sign, name", "mmsi, call_sign, name, explanation", "can tell sources", "18:82", "give sources too"),
    ("mmsi, call_sign, name", "call_sign, name, would_change", "can tell sources", "18:76", "Remove would_change"),
    ("blur: {position: 2 km}", "blur: {position: 2}", "its unit", "30:22", "500 m"),
    ("blur: {position: 2 km}", "blur: {name: 2 km}", "unknown key 'name'", "30:12", "position"),
    (
        "severity, time, position, area, ship_type",
        "severity, time, area, ship_type",
        "blurred that is not given",
        "30:5",
        "",
    ),
    ("tlp: AMBER+STRICT, onward: no", "tlp: RED, onward: no", "RED is never given", "31:21", ""),
    ("tlp: AMBER+STRICT, onward: no", "tlp: AMBER, onward: never", "no rule for passing on", "31:36", "ask, no, yes"),
    ("keep: 14 d", "keep: 0 d", "kept for no time", "32:11", ""),
    ("keep: 14 d", "keep: 14 d\n    keeps: 14 d", "unknown key 'keeps'", "33:5", "'keep'"),
    ("se.coord: [kattegat]", "se.cord: [kattegat]", "'se.cord' is no party", "76:5", "'se.coord'"),
    ("dk.coord: [sound]", "dk.coord: [sound, kattegat]", "has se.coord for its centre", "77:23", ""),
    ("quorum: 2", "quorum: 0", "whole number", "81:21", ""),
    (
        "quorum: 2, required: [oversight]",
        "quorum: 1, required: [oversight, press]",
        "smaller than the witnesses",
        "81:21",
        "",
    ),
    ("[10.0, 54.3], [10.9, 54.2]", "[10.0, 154.3], [10.9, 54.2]", "not on the Earth", "101:22", ""),
    ("[10.0, 54.3], [10.9, 54.2]", "[10.0, 54.4], [10.9, 54.2]", "not closed", "101:7", ""),
    ("[10.0, 54.3], [10.9, 54.2]", "[10.0], [10.9, 54.2]", "two numbers", "101:22", ""),
    ("[10.0, 54.3], [10.9, 54.2]", "[10.0, nan], [10.9, 54.2]", "not a number of degrees", "101:29", ""),
    (_AFTER, _kept("guarded: {only: [tracks]}"), "no clause of this agreement", "81:20", ""),
    (_AFTER, _kept("guarded: {only: []}\n  open: {only: []}"), "unknown key 'open'", "82:3", "restricted"),
    (_AFTER, _kept("guarded: {only: [vessel-inquiry], for: [customs]}"), "no purpose of this", "81:43", ""),
    (_AFTER, _kept("guarded: {only: [vessel-inquiry], for: []}"), "list is empty", "81:42", ""),
    (_AFTER, _kept("guarded: {for: [smuggling]}"), "'only' is missing", "81:12", ""),
    (
        _AFTER,
        _kept("restricted: {only: [notices-to-all]}\n  guarded: {only: [vessel-inquiry]}"),
        "'notices-to-all' remains, and does not in guarded",
        "81:23",
        "keep it in guarded too",
    ),
    (
        _AFTER,
        _kept("guarded: {only: [notices-to-all], for: [smuggling]}\n  suspended: {only: [notices-to-all]}"),
        "'border-surveillance' remains, and does not in guarded",
        "82:3",
        "",
    ),
    ("annex:\n", _disputed("skagerrak: {claimants: [XA], source: s, status: t}"), "no area of the annex", "85:5", ""),
    ("annex:\n", _disputed("sound: {claimants: [], source: s, status: t}"), "list is empty", "85:24", ""),
    ("annex:\n", _disputed("sound: {claimants: [XA], status: t}"), "'source' is missing", "85:12", ""),
    (
        "annex:\n",
        _disputed("sound: {claimants: [XA], source: s, status: t, mask: [no.coord]}"),
        "is no party",
        "85:59",
        "",
    ),
    (
        "annex:\n",
        _disputed("sound: {claimants: [XA], source: s, status: t, claims: [{by: XB, says: u}]}"),
        "'XB' is no claimant",
        "85:66",
        "XA",
    ),
    ("annex:\n", _disputed("sound: {claimants: XA, source: s, status: t, step: ''}"), "nothing is", "85:56", ""),
    (", search-and-rescue]\n\nclauses", "]\n\nclauses", "no such purpose", "9:1", "search-and-rescue"),
]


@pytest.mark.parametrize(("old", "new", "what", "place", "remedy"), CHANGES, ids=[change[2] for change in CHANGES])
def test_flaws(example: str, old: str, new: str, what: str, place: str, remedy: str) -> None:
    """Each flaw is told at its line and column, with what to write instead."""
    assert old in example
    with pytest.raises(Fault) as caught:
        read(example.replace(old, new, 1), "f")
    assert what in caught.value.what
    assert caught.value.where == f"f:{place}"
    assert remedy in caught.value.remedy


_NOTHING = Remaining(posture=Posture.RESTRICTED, only=(), purposes=(Purpose.SMUGGLING,))
_DISPUTE = Dispute(area="sound", claimants=("XA",), source="a note", status="open")
FORGED = [
    {"clauses": (), "answers": ()},
    {"version": 0},
    {"between": ("dk.coord", "dk.coord", "se.coord", "de.coord")},
    {"purposes": ()},
    {"basis": ()},
    {"areas": ()},
    {"postures": (Remaining(posture=Posture.OPEN, only=(), purposes=(Purpose.SMUGGLING,)),)},
    {"postures": (_NOTHING, _NOTHING)},
    {"postures": (_NOTHING, replace(_NOTHING, posture=Posture.GUARDED))},
    {"disputes": (_DISPUTE, _DISPUTE)},
    {"disputes": (replace(_DISPUTE, source=""),)},
    {"disputes": (replace(_DISPUTE, status="two\nlines"),)},
    {"disputes": (replace(_DISPUTE, claimants=("",)),)},
    {"disputes": (replace(_DISPUTE, claims=(Claim(by="XB", says="a map"),)),)},
    {"disputes": (replace(_DISPUTE, claims=(Claim(by="XA", says="a map"),) * 2),)},
    {"disputes": (replace(_DISPUTE, claims=(Claim(by="XA", says=" "),)),)},
    {"disputes": (replace(_DISPUTE, step="x" * 501),)},
]


@pytest.mark.parametrize("change", FORGED, ids=lambda change: next(iter(change)))
def test_canonical_bytes_are_checked_like_yaml(terms: Terms, change: dict[str, object]) -> None:
    """Canonical bytes of flawed terms are refused: a partner's bytes come through no wider door than a file."""
    forged = msgspec.structs.replace(terms, **change)
    assert list(flaws(forged))
    with pytest.raises(Fault):
        from_canonical(canonical(forged))


def test_condition_must_be_in_its_one_text(terms: Terms) -> None:
    """Canonical bytes whose condition is written otherwise are refused, so that one agreement has one digest."""
    clause = msgspec.structs.replace(terms.clauses[2], condition="subject.kind  ==  vessel")
    forged = msgspec.structs.replace(terms, clauses=(clause,))
    with pytest.raises(Fault, match="not in its one text"):
        from_canonical(canonical(forged))


def test_unknown_keys_in_canonical_bytes(terms: Terms) -> None:
    """Canonical bytes with a key that this version does not know are refused, not read without it."""
    plain = msgspec.to_builtins(terms)
    with pytest.raises(Fault):
        from_canonical(form.written({**plain, "powers": []}))


@pytest.mark.parametrize("part", [{"blur": {}}, {"blur": {"position": 0}}, {"if": ""}], ids=str)
def test_what_the_form_leaves_out_cannot_be_written_out(terms: Terms, part: dict[str, object]) -> None:
    """One agreement has one form: nobody signs the same terms in other bytes."""
    plain = msgspec.to_builtins(terms)
    whole = next(one for one in plain["clauses"] if not part.keys() & one.keys())
    whole.update(part)
    with pytest.raises(Fault):
        from_canonical(form.written(plain))


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Whatever bytes come, only a fault comes out."""
    with pytest.raises(Fault):
        from_canonical(data)


@given(st.data())
def test_mutated_bytes(standing: Standing, data: st.DataObject) -> None:
    """The example's bytes with some changed are refused, or are other sound terms with another digest."""
    raw = bytearray(canonical(standing.terms))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = from_canonical(bytes(raw))
    except Fault:
        return
    assert (digest(found) == standing.digest) == (found == standing.terms)
    assert canonical(found) == bytes(raw)
