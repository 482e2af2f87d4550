"""Law: what the general law lets a unit do in a zone where no agreement says anything, and what it adds on land.

The United Nations Convention on the Law of the Sea (1982), and the Convention implementing the Schengen Agreement
(1990), articles 40 and 41. The table is in docs/formats/powers.md. What national law adds is not told here.
"""

from __future__ import annotations

from typing import Final

import msgspec

from comity.agreements.leave import Leave, contested, forbidden, permitted
from comity.vocabulary.country import UNNAMED
from comity.vocabulary.offence import Offence
from comity.vocabulary.unit import FLYING, VESSELS, UnitAct, UnitKind
from comity.vocabulary.zone import INSIDE, Zone, ZoneKind

ENFORCING: Final = frozenset({UnitAct.STOP, UnitAct.BOARD, UnitAct.SEARCH, UnitAct.SEIZE, UnitAct.ARREST})
IN_PURSUIT: Final = ENFORCING | {UnitAct.PURSUE}
"""What hot pursuit lets a unit do, where it holds."""
CUSTOMS: Final = frozenset({Offence.SMUGGLING, Offence.DRUGS, Offence.DOCUMENTS})
"""Against customs, fiscal, immigration or sanitary law (art. 33(1))."""
RESOURCES: Final = frozenset({Offence.ILLEGAL_FISHING})
POLLUTION: Final = frozenset({Offence.ENVIRONMENTAL})
_SCHENGEN: Final = frozenset(
    {"at", "be", "bg", "ch", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hr", "hu", "is", "it", "li", "lt", "lu",
     "lv", "mt", "nl", "no", "pl", "pt", "ro", "se", "si", "sk"}
)  # fmt: skip
"""Where articles 40 and 41 apply, in 2025."""
_HOMES: Final = "no entry into homes or places not accessible to the public"
_SCHENGEN_TERMS: Final = {
    UnitAct.OBSERVE: (
        "Schengen Convention, art. 40",
        (
            "of a person under criminal investigation, on an authorised request (40(1))",
            "without one only for an offence of art. 40(7), told at once, and for five hours from the crossing (40(2))",
            f"{_HOMES}, no stopping, no arrest (40(3))",
        ),
    ),
    UnitAct.PURSUE: (
        "Schengen Convention, art. 41",
        (
            "of a person caught in the act or escaped from custody, of whom the others could not be told (41(1))",
            "over the land border only; stop as soon as the State you are in asks (41(1), (5))",
            f"{_HOMES}; identifiable; arms for self-defence only (41(5))",
            "report to the authorities of that State afterwards, whatever came of it (41(5))",
        ),
    ),
}
_OWN_LAW: Final = "as your own law allows"
_CLAIMED: Final = "if your State has declared this zone"
_MARKED: Final = "clearly marked and identifiable as on government service, and authorised to that effect"
_VESSEL_KINDS: Final = VESSELS | FLYING


class Doing(msgspec.Struct, frozen=True, kw_only=True):
    """Who does what, and of what somebody is suspected."""

    state: str
    """The State whose unit it is; empty: not told."""
    kind: UnitKind
    act: UnitAct
    offence: Offence | None = None


def general(doing: Doing, zone: Zone) -> Leave:
    """Return what general law says of this in this zone, hot pursuit not considered."""
    if zone.state == UNNAMED:
        return contested("the coastline does not name the State whose land is near")
    if doing.act is UnitAct.RESCUE:
        return _rescue(doing, zone)
    if zone.kind in INSIDE:
        return _inside(doing, zone)
    if doing.act in (UnitAct.OBSERVE, UnitAct.ENTER):
        return permitted("beyond the territorial sea every State may navigate and observe", *_free(zone))
    if doing.state and doing.state == zone.state:
        return _own_beyond(doing, zone)
    return _others_beyond(doing, zone)


def _free(zone: Zone) -> tuple[str, ...]:
    return ("UNCLOS art. 87",) if zone.kind is ZoneKind.HIGH_SEAS else ("UNCLOS art. 58(1)", "UNCLOS art. 87")


def _rescue(doing: Doing, zone: Zone) -> Leave:
    article = "UNCLOS art. 98"
    if zone.state and zone.state == doing.state and zone.kind in INSIDE:
        return permitted("your own State's waters or land", article)
    if zone.kind in (ZoneKind.LAND, ZoneKind.INTERNAL_WATERS):
        return forbidden(f"{zone} is another State's, and no power lets you in", article)
    if doing.kind in VESSELS or (doing.kind in FLYING and zone.kind is not ZoneKind.TERRITORIAL_SEA):
        told = ("tell the competent rescue centre at once",)
        return permitted("whoever is in danger at sea is to be helped", article, "SOLAS V/33", conditions=told)
    return forbidden(f"a {doing.kind.value} has no right to enter {zone} without leave", article)


def _inside(doing: Doing, zone: Zone) -> Leave:
    """Return what holds where a State is sovereign."""
    if doing.state and doing.state == zone.state:
        return _own_inside(doing, zone)
    if zone.kind is ZoneKind.TERRITORIAL_SEA and doing.act is UnitAct.ENTER and doing.kind in VESSELS:
        passing = (
            "in innocent passage only: continuous and expeditious, no enforcement, no surveillance (art. 18, 19)",
        )
        return permitted("innocent passage", "UNCLOS art. 17", conditions=passing)
    article = "UNCLOS art. 2" if zone.kind is not ZoneKind.LAND else "territorial sovereignty"
    return forbidden(f"no power lets {_unit(doing)} {doing.act.value} in {zone}{_by_declaration(doing, zone)}", article)


def _own_inside(doing: Doing, zone: Zone) -> Leave:
    conditions = [_OWN_LAW]
    if zone.kind is ZoneKind.TERRITORIAL_SEA and doing.act in ENFORCING:
        conditions.append("on board a foreign ship in innocent passage only in the cases of UNCLOS art. 27(1)")
    article = "UNCLOS art. 2" if zone.kind is not ZoneKind.LAND else "territorial sovereignty"
    return permitted(f"{zone} is your own State's", article, conditions=tuple(conditions))


def _own_beyond(doing: Doing, zone: Zone) -> Leave:
    """Return what a State may enforce in its own zones beyond the territorial sea."""
    if doing.act is UnitAct.USE_OF_FORCE or doing.kind not in _VESSEL_KINDS:
        return forbidden(f"no rule lets {_unit(doing)} {doing.act.value} in {zone}", "UNCLOS art. 56")
    if doing.offence in RESOURCES:
        return permitted("the living resources are your own State's", "UNCLOS art. 73", conditions=(_CLAIMED,))
    if doing.offence in POLLUTION and doing.act in (UnitAct.PURSUE, UnitAct.STOP, UnitAct.BOARD):
        grounds = "on clear grounds for a discharge in the zone, as far as art. 220(3), (5) and (6) allow"
        return permitted("pollution in your own State's zone", "UNCLOS art. 220", conditions=(_CLAIMED, grounds))
    if zone.kind is ZoneKind.CONTIGUOUS_ZONE and doing.offence in CUSTOMS:
        aim = "to prevent an infringement within your territory or territorial sea, or to punish one committed there"
        return permitted("control in the contiguous zone", "UNCLOS art. 33", conditions=(_CLAIMED, aim))
    of = f"of {doing.offence.value}" if doing.offence else "of an offence that is not told"
    return forbidden(f"on suspicion {of} your State has no enforcement in {zone}", "UNCLOS art. 33, 56, 73, 220")


def _others_beyond(doing: Doing, zone: Zone) -> Leave:
    told = f"no power and no hot pursuit lets {_unit(doing)} {doing.act.value} in {zone}"
    visit = "; a ship may be visited on the grounds of art. 110 only, such as having no nationality"
    return forbidden(told + visit, "UNCLOS art. 92", "UNCLOS art. 110")


def pursuing(doing: Doing) -> Leave:
    """Return what article 111 asks of whoever pursues: the right sort of unit."""
    article = "UNCLOS art. 111"
    if doing.kind is UnitKind.DRONE:
        return contested("whether article 111(5) lets a drone pursue is not settled", article)
    if doing.kind not in _VESSEL_KINDS:
        return forbidden(f"a {doing.kind.value} does not pursue at sea", article)
    if doing.act not in IN_PURSUIT:
        return forbidden(f"hot pursuit does not let anybody {doing.act.value}", article)
    return permitted("hot pursuit", article, conditions=(_MARKED,))


def on_land(doing: Doing, zone: Zone) -> tuple[str, tuple[str, ...]] | None:
    """Return the article of the Schengen Convention that goes with a power on this land, and its conditions."""
    if zone.kind is not ZoneKind.LAND or not {doing.state, zone.state} <= _SCHENGEN or doing.state == zone.state:
        return None
    return _SCHENGEN_TERMS.get(doing.act)


def _by_declaration(doing: Doing, zone: Zone) -> str:
    found = on_land(doing, zone)
    return f"; {found[0]} may, by declarations that this agreement does not hold" if found else ""


def _unit(doing: Doing) -> str:
    return f"a {doing.kind.value} of {doing.state}" if doing.state else f"a {doing.kind.value} of a State not told"
