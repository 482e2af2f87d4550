"""A travel document: what its machine-readable zone tells (ICAO Doc 9303, eighth edition)."""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from comity.vocabulary.person import DocumentKind, Sex

_STATES = (
    "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM "
    "BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR "
    "CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB "
    "GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA "
    "JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA "
    "MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR "
    "NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS "
    "SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON "
    "TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE "
)
STATES: Final = frozenset(_STATES.split())
"""ISO 3166-1 alpha-3."""
_OTHERS = "D EUE GBD GBN GBO GBP GBS RKS UNA UNK UNO XBA XCC XCE XCO XDC XEC XES XIM XMP XOM XPO XXA XXB XXC XXX"
OTHERS: Final = frozenset(_OTHERS.split())
"""What part 3 section 5 adds for issuers and nationalities; XXX is of whoever's nationality is not told."""


class Size(Enum):
    """The layouts of a machine-readable zone."""

    TD1 = "td1"
    TD2 = "td2"
    TD3 = "td3"
    MRV_A = "mrv-a"
    MRV_B = "mrv-b"


class TravelDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What the zone says; dates as far as they are known, like those of a person."""

    size: Size
    kind: DocumentKind
    code: str
    """The document's code, one or two letters; the second is the issuer's choice."""
    issuer: str
    number: str
    family: str
    given: str
    nationality: str
    birth: str
    """`1984`, `1984-05` or `1984-05-17`; empty if not even the year is known."""
    sex: Sex
    expiry: str
    optional: tuple[str, ...] = ()
    truncated: bool = False
    """The names fill their field to its end: they may go on."""


def is_issuer(code: str) -> bool:
    """Whether the code, in capitals, is one that a document can bear."""
    return code in STATES or code in OTHERS
