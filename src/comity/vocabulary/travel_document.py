"""A travel document: what its machine-readable zone tells (ICAO Doc 9303, eighth edition)."""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec

from comity.vocabulary.country import is_code
from comity.vocabulary.person import DocumentKind, Sex

_STATES = (
    "abwaw afgaf agoao aiaai alaax albal andad areae argar armam asmas ataaq atftf atgag ausau autat azeaz bdibi "
    "belbe benbj besbq bfabf bgdbd bgrbg bhrbh bhsbs bihba blmbl blrby blzbz bmubm bolbo brabr brbbb brnbn btnbt "
    "bvtbv bwabw cafcf canca cckcc chech chlcl chncn civci cmrcm codcd cogcg cokck colco comkm cpvcv cricr cubcu "
    "cuwcw cxrcx cymky cypcy czecz deude djidj dmadm dnkdk domdo dzadz ecuec egyeg erier esheh espes estee ethet "
    "finfi fjifj flkfk frafr frofo fsmfm gabga gbrgb geoge ggygg ghagh gibgi gingn glpgp gmbgm gnbgw gnqgq grcgr "
    "grdgd grlgl gtmgt gufgf gumgu guygy hkghk hmdhm hndhn hrvhr htiht hunhu idnid imnim indin iotio irlie irnir "
    "irqiq islis isril itait jamjm jeyje jorjo jpnjp kazkz kenke kgzkg khmkh kirki knakn korkr kwtkw laola lbnlb "
    "lbrlr lbyly lcalc lieli lkalk lsols ltult luxlu lvalv macmo mafmf marma mcomc mdamd mdgmg mdvmv mexmx mhlmh "
    "mkdmk mliml mltmt mmrmm mneme mngmn mnpmp mozmz mrtmr msrms mtqmq musmu mwimw mysmy mytyt namna nclnc nerne "
    "nfknf ngang nicni niunu nldnl norno nplnp nrunr nzlnz omnom pakpk panpa pcnpn perpe phlph plwpw pngpg polpl "
    "pripr prkkp prtpt prypy pseps pyfpf qatqa reure rouro rusru rwarw sausa sdnsd sensn sgpsg sgsgs shnsh sjmsj "
    "slbsb slesl slvsv smrsm somso spmpm srbrs ssdss stpst sursr svksk svnsi swese swzsz sxmsx sycsc syrsy tcatc "
    "tcdtd tgotg thath tjktj tkltk tkmtm tlstl tonto ttott tuntn turtr tuvtv twntw tzatz ugaug ukrua umium uryuy "
    "usaus uzbuz vatva vctvc venve vgbvg virvi vnmvn vutvu wlfwf wsmws yemye zafza zmbzm zwezw"
)
STATES: Final = {entry[:3].upper(): entry[3:] for entry in _STATES.split()}
"""ISO 3166-1 alpha-3, each with its code of two small letters."""
OTHERS: Final = {
    "D": "de",
    "EUE": None,
    "GBD": "gb",
    "GBN": "gb",
    "GBO": "gb",
    "GBP": "gb",
    "GBS": "gb",
    "RKS": None,
    "UNA": None,
    "UNK": None,
    "UNO": None,
    "XBA": None,
    "XCC": None,
    "XCE": None,
    "XCO": None,
    "XDC": None,
    "XEC": None,
    "XES": None,
    "XIM": None,
    "XMP": None,
    "XOM": None,
    "XPO": None,
    "XXA": None,
    "XXB": None,
    "XXC": None,
    "XXX": None,
}
"""Codes that part 3 section 5 adds for issuers and nationalities, each with its country, if it is one."""


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


def country_of(code: str) -> str | None:
    """Return the country of an issuer or nationality in two small letters; None for a code that is no country's."""
    found = STATES.get(code) or OTHERS.get(code)
    return found if found is not None and is_code(found) else None
