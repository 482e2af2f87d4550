"""The quorum: satisfied or not, and in words what is missing."""

from __future__ import annotations

import pytest

from builders.lattice import LatticeKey
from comity.foundation.keys import SigningKey
from comity.foundation.ledger import note as notes
from comity.foundation.ledger.cosignature import LatticeWitnessKey, WitnessKey, cosign, cosign_lattice
from comity.foundation.ledger.note import Note, NoteFault, Signature
from comity.foundation.ledger.policy import Quorum, weigh

_KEYS = {f"{name}/witness": SigningKey(name.encode().ljust(32)) for name in ("east", "south", "west")}
_WITNESSES = [WitnessKey(name, key.public) for name, key in _KEYS.items()]
_TEXT = "north/log\n17\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def _note(*names: str) -> Note:
    log = notes.sign(_TEXT, "north/log", SigningKey(bytes(32)))
    return Note(_TEXT, (log, *(cosign(_TEXT, f"{name}/witness", _KEYS[f"{name}/witness"], 1) for name in names)))


@pytest.mark.parametrize(
    ("names", "quorum", "missing"),
    [
        ([], Quorum(0), ""),
        ([], Quorum(1), "1 of 1 cosignatures missing"),
        (["east"], Quorum(1), ""),
        (["east"], Quorum(2), "1 of 2 cosignatures missing"),
        (["east", "south"], Quorum(2, frozenset({"south/witness"})), ""),
        (["east", "west"], Quorum(2, frozenset({"south/witness"})), "the cosignature of south/witness missing"),
        (
            [],
            Quorum(2, frozenset({"south/witness"})),
            "the cosignature of south/witness and 1 of 2 cosignatures missing",
        ),
        (["east"], Quorum(1, frozenset({"nobody/witness"})), "the cosignature of nobody/witness missing"),
    ],
)
def test_a_quorum_says_what_is_missing(names: list[str], quorum: Quorum, missing: str) -> None:
    weighed = weigh(_note(*names), _WITNESSES, quorum)
    assert weighed.missing == missing
    assert weighed.satisfied == (not missing)
    assert weighed.cosigned == tuple(f"{name}/witness" for name in names)


def test_where_both_must_have_cosigned_one_of_them_is_not_enough() -> None:
    """Under such a quorum a witness counts by both its keys, under any other by either; never twice."""
    lattice = {name: LatticeKey(name) for name in ("east/witness", "south/witness")}
    known = [*_WITNESSES, *(LatticeWitnessKey(name, each.public) for name, each in lattice.items())]
    second = tuple(cosign_lattice(_TEXT, name, each, 1) for name, each in lattice.items())
    note = Note(_TEXT, (*_note("south", "west").signatures, *second))
    assert weigh(note, known, Quorum(3)).cosigned == ("east/witness", "south/witness", "west/witness")
    weighed = weigh(note, known, Quorum(2, frozenset({"east/witness"}), both=True))
    assert weighed.cosigned == ("south/witness",)
    assert weighed.missing == "both cosignatures of east/witness missing"
    assert weigh(note, known, Quorum(1, frozenset({"south/witness"}), both=True)).satisfied


def test_strangers_do_not_count_and_a_bad_cosignature_spoils_the_note() -> None:
    known = [key for key in _WITNESSES if key.name != "east/witness"]
    assert weigh(_note("east"), known, Quorum(1)).cosigned == ()
    bad = Signature("east/witness", _WITNESSES[0].id, bytes(72))
    with pytest.raises(NoteFault):
        weigh(Note(_TEXT, (*_note("south").signatures, bad)), _WITNESSES, Quorum(1))
