"""The quorum: whose cosignatures a checkpoint needs before it counts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.foundation.ledger import note as notes
from comity.foundation.ledger.cosignature import CosigningKey, LatticeWitnessKey, WitnessKey
from comity.foundation.ledger.note import Note


class Quorum(msgspec.Struct, frozen=True):
    """How many of the known witnesses must have cosigned, and which of them in any case (their key names)."""

    number: int
    required: frozenset[str] = frozenset()
    both: bool = False
    """Whether a witness counts only once it has cosigned by both mathematics: Ed25519 and ML-DSA-44."""


class Weighed(msgspec.Struct, frozen=True):
    """Which witnesses have cosigned, in the order of their names, and in words what is missing; empty if nothing is."""

    cosigned: tuple[str, ...]
    missing: str

    @property
    def satisfied(self) -> bool:
        """Whether the quorum is reached."""
        return not self.missing


def weigh(note: Note, witnesses: Sequence[CosigningKey], quorum: Quorum, where: str = "") -> Weighed:
    """Weigh the cosignatures below a checkpoint. A witness counts once, however many keys it has.

    Raises:
        NoteFault: a cosignature that names a known witness does not hold.
    """
    cosigned = tuple(sorted(_counting(notes.verified(note, witnesses, where), quorum)))
    word = "both cosignatures" if quorum.both else "the cosignature"
    wants = [f"{word} of {name}" for name in sorted(quorum.required.difference(cosigned))]
    lacking = quorum.number - len(cosigned)
    if lacking > len(wants):
        wants.append(f"{lacking - len(wants)} of {quorum.number} cosignatures")
    return Weighed(cosigned, " and ".join(wants) + (" missing" if wants else ""))


def _counting(signed: Sequence[CosigningKey], quorum: Quorum) -> set[str]:
    lattice = {key.name for key in signed if isinstance(key, LatticeWitnessKey)}
    classical = {key.name for key in signed if isinstance(key, WitnessKey)}
    return classical & lattice if quorum.both else classical | lattice
