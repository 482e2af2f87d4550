"""Offences: the classes in which reports and notices are filed. Ours, common to all nations, and few."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final


class Offence(Enum):
    """What it is about. National codes are told in these words, not these in national codes."""

    TERRORISM = "terrorism"
    ARMS = "arms"
    DRUGS = "drugs"
    TRAFFICKING = "trafficking"
    SMUGGLING = "smuggling"
    DOCUMENTS = "documents"
    ILLEGAL_FISHING = "illegal-fishing"
    ENVIRONMENTAL = "environmental"
    OTHER = "other"


MEANING: Final[Mapping[Offence, str]] = {
    Offence.TERRORISM: "terrorist acts, their preparation and support",
    Offence.ARMS: "weapons, ammunition, explosives and what they are made of",
    Offence.DRUGS: "drugs and what they are made of",
    Offence.TRAFFICKING: "trade in human beings",
    Offence.SMUGGLING: "goods or people brought across a border against the law",
    Offence.DOCUMENTS: "forged, stolen or misused documents",
    Offence.ILLEGAL_FISHING: "fishing that is unlawful, unreported or unregulated",
    Offence.ENVIRONMENTAL: "pollution, dumping, trade in protected species",
    Offence.OTHER: "none of these",
}
