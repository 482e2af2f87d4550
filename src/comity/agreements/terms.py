"""The terms: an agreement as people wrote it and as machines obey it (docs/formats/agreement.md)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from comity.agreements import annex, answering, clause, dispute, document, drawn, frame, posture, powers, rescue
from comity.agreements.answering import Answering
from comity.agreements.clause import Clause, marked, words
from comity.agreements.crosswalk import Crosswalk
from comity.agreements.dispute import Dispute
from comity.agreements.document import Mapping, Unreadable, converted, mapping, placed, sequence
from comity.agreements.drawn import Baseline, DrawnZone
from comity.agreements.flaw import NAME, Flaw, Path, empty, ill_named, repeated, too_many
from comity.agreements.frame import After, Basis, Term, Witnesses
from comity.agreements.posture import Remaining
from comity.agreements.powers import Power
from comity.agreements.quantity import whole
from comity.agreements.rescue import Centre
from comity.foundation import canonical as form
from comity.vocabulary.fault import Fault
from comity.vocabulary.place import Area
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.suite import Suite

KEYS = ("agreement", "version", "between", "basis", "in_force", "purposes", "clauses", "after", "witnesses", "annex")
OPTIONAL = ("rescue", "postures", "suite", "powers")
_LABEL = b"comity/terms/v1\x00"
MOST_CLAUSES = 500
MOST_PARTIES = 100


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the parties sign. Made by `read` or `from_canonical`, which leave no flaw in it."""

    agreement: str
    version: int
    between: tuple[str, ...]
    basis: tuple[Basis, ...]
    in_force: Term
    purposes: tuple[Purpose, ...]
    clauses: tuple[Clause, ...]
    answers: tuple[Answering, ...] = ()
    """Which inquiries are answered: in the document they stand among the clauses."""
    rescue: tuple[Centre, ...] = ()
    postures: tuple[Remaining, ...] = ()
    """What remains while relations are narrower than open."""
    after: After
    witnesses: Witnesses
    areas: tuple[Area, ...]
    disputes: tuple[Dispute, ...] = ()
    crosswalks: tuple[Crosswalk, ...] = ()
    """In the document they stand in the annex."""
    suite: Suite = Suite.ED25519
    """By which signatures what passes under it is signed."""
    powers: tuple[Power, ...] = ()
    zones: tuple[DrawnZone, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    """In the document both stand in the annex."""


def read(text: str, where: str) -> Terms:
    """Return the terms that an agreement's YAML says.

    Raises:
        Unreadable: it is not in the format; `where` is then file:line:column.
    """
    root = document.load(text, where)
    terms = _terms(root)
    for flaw in flaws(terms):
        raise Unreadable(flaw.what, where=placed(root, _written_path(root, flaw.path)), remedy=flaw.remedy)
    return terms


def canonical(terms: Terms) -> bytes:
    """Return the canonical bytes that are hashed, stored and sent."""
    return form.written(terms)


def digest(terms: Terms) -> bytes:
    """Return the SHA-256 that parties sign: over a label and the canonical bytes."""
    return form.digest(_LABEL, canonical(terms))


def from_canonical(data: bytes, where: str = "agreement") -> Terms:
    """Return the terms that these canonical bytes are, checked as strictly as YAML is.

    Raises:
        Fault: they are not canonical, no terms, or flawed.
    """
    terms = form.read(data, Terms, where=where)
    if canonical(terms) != data:
        raise Fault("a part is written out that the form leaves out", where=where, remedy="Write it in its one form.")
    for flaw in flaws(terms):
        path = ".".join(map(str, flaw.path))
        raise Fault(flaw.what, where=f"{where}: {path}", remedy=flaw.remedy)
    return terms


def _terms(root: Mapping) -> Terms:
    items = mapping(root, required=KEYS, optional=OPTIONAL).items
    parties = words(items["between"])
    purposes = tuple(marked(item, Purpose) for item in sequence(items["purposes"], most=100))
    zones, baselines = drawn.read(items["annex"])
    written = sequence(items["clauses"], most=MOST_CLAUSES)
    return Terms(
        agreement=converted(items["agreement"], str),
        version=converted(items["version"], whole),
        between=parties,
        basis=frame.bases(items["basis"]),
        in_force=frame.term(items["in_force"]),
        purposes=purposes,
        clauses=tuple(clause.read(item, parties) for item in written if not answering.is_one(item)),
        answers=tuple(answering.read(item, parties) for item in written if answering.is_one(item)),
        rescue=rescue.read(items["rescue"]) if "rescue" in items else (),
        postures=posture.read(items["postures"], purposes) if "postures" in items else (),
        after=frame.after(items["after"]),
        witnesses=frame.witnesses(items["witnesses"]),
        areas=annex.read(items["annex"]),
        disputes=dispute.read(items["annex"], parties),
        crosswalks=annex.crosswalks(items["annex"]),
        suite=marked(items["suite"], Suite) if "suite" in items else Suite.ED25519,
        powers=powers.read(items["powers"]) if "powers" in items else (),
        zones=zones,
        baselines=baselines,
    )


def _written_path(root: Mapping, path: Path) -> Path:
    """Return where in the document the thing of this path stands: both sorts of clause are in one list there."""
    clauses = root.items["clauses"]
    if len(path) < 2 or path[0] not in ("clauses", "answers") or not isinstance(clauses, document.Sequence):
        return path
    answers = path[0] == "answers"
    places = [place for place, item in enumerate(clauses.items) if answering.is_one(item) is answers]
    return ("clauses", *(places[step] for step in path[1:2] if isinstance(step, int)), *path[2:])


def flaws(terms: Terms) -> Iterator[Flaw]:
    """Find all that makes the terms unusable, by path into the document."""
    yield from ill_named(terms.agreement, ("agreement",), "an agreement")
    if not 1 <= terms.version < 2**31:
        yield Flaw(("version",), "the version is not a whole number from 1", "Count versions from 1.")
    yield from _party_flaws(terms)
    yield from frame.basis_flaws(terms.basis)
    yield from frame.time_flaws(terms.in_force, terms.after)
    yield from _purpose_flaws(terms)
    yield from (flaw.under("annex") for flaw in annex.flaws(terms.areas))
    yield from (flaw.under("annex") for flaw in annex.crosswalk_flaws(terms.crosswalks))
    yield from _clause_flaws(terms)
    areas = [area.name for area in terms.areas]
    yield from (flaw.under("annex", "disputes") for flaw in dispute.flaws(terms.disputes, terms.between, areas))
    yield from (flaw.under("postures") for flaw in posture.flaws(terms.postures, _ids(terms), terms.purposes))
    yield from (flaw.under("rescue", "centres") for flaw in rescue.flaws(terms.rescue, terms.between, areas))
    yield from frame.witness_flaws(terms.witnesses)
    yield from (flaw.under("annex") for flaw in drawn.flaws((terms.zones, terms.baselines)))
    yield from (flaw.under("powers") for flaw in powers.flaws(terms.powers, terms.between, terms.areas))


def _party_flaws(terms: Terms) -> Iterator[Flaw]:
    if len(terms.between) < 2:
        yield Flaw(("between",), "an agreement needs two parties", "Name both nodes.")
    yield from too_many(terms.between, MOST_PARTIES, "between")
    yield from repeated(terms.between, "between")
    for place, name in enumerate(terms.between):
        yield from ill_named(name, ("between", place), "a node", NAME)
        if name == "all":
            yield Flaw(("between", place), "`all` stands for every party", "Name the node otherwise.")


def _purpose_flaws(terms: Terms) -> Iterator[Flaw]:
    purposes = [purpose.value for purpose in terms.purposes]
    yield from empty(purposes, "purposes", "purpose")
    yield from repeated(purposes, "purposes")
    if terms.rescue and Purpose.SEARCH_AND_RESCUE not in terms.purposes:
        yield Flaw(("purposes",), "rescue centres are named, but no such purpose", "Add search-and-rescue.")


def _clause_flaws(terms: Terms) -> Iterator[Flaw]:
    areas = [area.name for area in terms.areas]
    every = _ids(terms)
    yield from empty(every, "clauses", "clause")
    yield from too_many(every, MOST_CLAUSES, "clauses")
    yield from _twice(terms)
    for place, one in enumerate(terms.clauses):
        found = clause.flaws(one, terms.between, terms.purposes, areas)
        yield from (flaw.under("clauses", place) for flaw in found)
    for place, answer in enumerate(terms.answers):
        found = answering.flaws(answer, terms.between, terms.purposes)
        yield from (flaw.under("answers", place) for flaw in found)


def _ids(terms: Terms) -> list[str]:
    return [*(one.id for one in terms.clauses), *(one.id for one in terms.answers)]


def _twice(terms: Terms) -> Iterator[Flaw]:
    seen: set[str] = set()
    named = {"clauses": [one.id for one in terms.clauses], "answers": [one.id for one in terms.answers]}
    for key, names in named.items():
        for place, name in enumerate(names):
            if name in seen:
                yield Flaw((key, place, "id"), f"the clause {name!r} stands twice", "Give each its own id.")
            seen.add(name)
