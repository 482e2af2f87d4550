"""A translation: what is shown for a code after one crosswalk or several, and what was lost on the way."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from comity.agreements.crosswalk import Crosswalk
from comity.agreements.document import suggestion
from comity.agreements.relation import Relation, composed
from comity.vocabulary.fault import Fault, Missing


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown for a code. It is for reading only: it takes the place of nothing (decision 0135)."""

    codes: tuple[str, ...]
    """The code that was meant, and what each step made of it."""
    schemes: tuple[str, ...]
    """Of each of them, in their order."""
    relation: Relation
    losses: tuple[str, ...]
    """What each step loses, in words; none where it means the same."""
    missing: str = ""
    """Why the last code has no counterpart in the scheme after it; empty where it has."""

    @property
    def shown(self) -> str | None:
        """The code to show, None where there is none."""
        return None if self.missing else self.codes[-1]


def translated(code: str, chain: Sequence[Crosswalk]) -> Translation:
    """Return what is shown for a code after these crosswalks, one after another.

    Raises:
        Missing: the code is none of the first scheme's.
        Fault: no crosswalk is given, or one does not begin where the one before it ends.
    """
    _joined(chain)
    if chain[0].source.signs(code) is None:
        known = [one.code for part in chain[0].source.parts for one in part]
        where = chain[0].source.scheme
        raise Missing(f"{code[:80]!r} is no code of {where}", where=where, remedy=suggestion(code, known))
    codes, relations, losses = [code], [Relation.EXACT], [""]
    for crosswalk in chain:
        shown, relation, lost, missing = _stepped(codes[-1], crosswalk)
        relations.append(relation)
        losses += lost
        if missing:
            return _told(codes, chain, Relation.LOSSY, losses, missing)
        codes.append(shown)
    return _told(codes, chain, composed(relations), losses, "")


def _told(
    codes: list[str], chain: Sequence[Crosswalk], relation: Relation, losses: list[str], missing: str
) -> Translation:
    schemes = [chain[0].source.scheme, *(one.target.scheme for one in chain)]
    return Translation(
        codes=tuple(codes),
        schemes=tuple(schemes[: len(codes)]),
        relation=relation,
        losses=tuple(lost for lost in losses if lost),
        missing=missing,
    )


def _joined(chain: Sequence[Crosswalk]) -> None:
    if not chain:
        raise Fault("there is no crosswalk to translate by", remedy="Name one.")
    for one, after in pairwise(chain):
        if one.target.scheme != after.source.scheme:
            what = f"{one.crosswalk} ends in {one.target.scheme}, {after.crosswalk} begins with {after.source.scheme}"
            raise Fault(what, remedy="Name crosswalks of which each begins where the one before it ends.")


def _stepped(code: str, crosswalk: Crosswalk) -> tuple[str, Relation, list[str], str]:
    """Return what one crosswalk makes of a code, how much is kept, what is lost, and why there is no counterpart."""
    signs = crosswalk.source.signs(code)
    if signs is None:  # two crosswalks can know different codes of one scheme
        return "", Relation.LOSSY, [], f"{crosswalk.crosswalk} does not know {code} of {crosswalk.source.scheme}"
    by_code = {one.code: one for one in crosswalk.mappings}
    why = {one.code: one.why for one in crosswalk.none}
    for sign in signs:
        if sign not in by_code:
            return "", Relation.LOSSY, [], why.get(sign, f"{crosswalk.crosswalk} says nothing of {sign}")
    found = [by_code[sign] for sign in signs]
    losses = [f"{one.code} as {one.to}: {one.loses}" for one in found if one.loses]
    return "".join(one.to for one in found), composed(one.relation for one in found), losses, ""
