"""The safeguards: what no agreement can lift, each with its legal source, and where it is held (docs/safeguards.md)."""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec


class Status(Enum):
    """Whether a safeguard stands."""

    HELD = "held"
    WAITS = "waits"
    """What it guards does not exist yet; where a kind of record is named, nothing can release that kind until then."""


class Safeguard(msgspec.Struct, frozen=True):
    """One invariant over every path."""

    id: int
    invariant: str
    source: str
    status: Status
    how: str
    """Where it is held, or what it waits for."""


_HELD, _WAITS = Status.HELD, Status.WAITS

SAFEGUARDS: Final = (
    Safeguard(
        1,
        "The purpose asked for is one of the agreement's and one of the record's",
        "INTERPOL Rules on the Processing of Data, art. 10; Directive (EU) 2016/680, art. 4(1)(b)",
        _HELD,
        "permit and admission",
    ),
    Safeguard(
        2,
        "Collecting, altering, consulting, disclosing, combining and erasing each write one log entry, in one"
        " transaction with the act and never after it",
        "Directive (EU) 2016/680, art. 25; Regulation (EU) 2024/1358, art. 41",
        _HELD,
        "the store: an act without its entry does not commit",
    ),
    Safeguard(
        3,
        "Of a person who seeks protection nothing reaches the country of origin or flight, directly, derived,"
        " counted in a group under ten or passed on, and an answer never tells whether there is a record",
        "Regulation (EU) 2019/1896, art. 89(5); Regulation (EU) 2024/1358, art. 49",
        _HELD,
        "permit, before any clause and again before each attempt to deliver: nothing goes to a country of origin or"
        " flight, and to none while the origin is not known. The mark is no field: no clause, digest, message, entry of"
        " the log, count or answer has it. What was given before is called back in the words of any recall. A record"
        " about a person is not passed on, subscribed to, asked after, counted or put into a bundle, and no other kind"
        " of record has a person in it; reports and notices are about things by type, and for their words, which no"
        " machine can judge, an officer answers; inquiries that lead to persons have no answer by their kind, those on"
        " ships and aircraft are told hit or no-hit on a beat, and what may not be given is no hit",
    ),
    Safeguard(
        4,
        "A hit moves nobody to act until a named officer confirms it; one found by biometric search needs two,"
        " neither of them the one who asked",
        "Regulation (EU) 2024/1689, art. 14(5); Regulation (EU) 2018/1862",
        _HELD,
        "permit, for alerts, and inquiries, for which only a confirmed alert is a hit; biometric records are denied by"
        " their kind",
    ),
    Safeguard(
        5,
        "A forecast is about a place, a route or a flow, and its type cannot hold a person",
        "Regulation (EU) 2024/1689, art. 5(1)(d)",
        _WAITS,
        "forecasts; the type of an alert already refuses a person",
    ),
    Safeguard(
        6,
        "The shared picture carries identifiers of ships and aircraft and no other personal data; number plates"
        " stay out of it",
        "Regulation (EU) 2019/1896, art. 89(2)",
        _HELD,
        "permit; reports and notices have no field for a plate or the number of a document; TAK clients are shown"
        " no track to which a plate reader has contributed",
    ),
    Safeguard(
        7,
        "A record about a person cannot be read after its review date unless it was renewed with a reason",
        "28 CFR 23.20(h); Regulation (EU) 2018/1862",
        _HELD,
        "the store: whatever reads a body takes the time; permit and admission; a partner keeps none beyond that date."
        " A supervisor may renew it for 30 days more, unread; then it is erased",
    ),
    Safeguard(
        8,
        "What is derived inherits the strictest handling, and passing on needs the originator's signed release",
        "Europol handling code H2; originator control; TLP 2.0",
        _HELD,
        "permit and admission: a report or notice is passed on as its originator gave it, by its signed leave for this"
        " recipient and purpose; nothing else of another's is; a later version of a report or notice widens no mark",
    ),
    Safeguard(
        9,
        "While an agreement is suspended, and once it has expired or been ended, nothing goes out under it, what is"
        " on its way included",
        "The agreement itself; Vienna Convention on the Law of Treaties, art. 57 and 70",
        _HELD,
        "permit and admission; the permit is asked again before each attempt to deliver",
    ),
    Safeguard(
        10,
        "A narrower posture never widens",
        "The agreement itself",
        _HELD,
        "the terms: what remains in a narrower posture lies within what does in a wider one; permit and inquiries; the"
        " permit is asked again before each attempt to deliver; no posture widens by itself",
    ),
    Safeguard(
        11,
        "No agreement is in force before all parties' logs hold it under a checkpoint that the oversight witness"
        " cosigned",
        "The agreement itself",
        _HELD,
        "permit and admission",
    ),
    Safeguard(
        12,
        "A stop by the fundamental-rights officer halts tasking",
        "Regulation (EU) 2019/1896, art. 46 and 109",
        _WAITS,
        "tasking",
    ),
    Safeguard(
        13,
        "Distress, by a beacon or a named officer's word, outranks 9 and 10 to give position and need to the"
        " competent rescue centre, for rescue, for a short time, never to be passed on and never who it is",
        "SOLAS V/33; MSC.167(78)",
        _HELD,
        "permit and admission",
    ),
    Safeguard(
        14,
        "Correction and erasure reach every recipient, archive, replay and learned model, and each proves it",
        "Directive (EU) 2016/680, art. 16",
        _HELD,
        "recall: each holder erases in the transaction that receives it, calls back in the same what it passed on, and"
        " its log proves it. The node's archive of its own movements, the picture in its memory and the model learned"
        " from them: what is erased is replayed to nobody from that moment on, its files are written anew without it,"
        " the model is learned again, and the log tells when; there is no archive, replay or learned model of what"
        " partners gave. Erased bytes on a disk, copies of the files and backups no program reaches: encrypt the disk",
    ),
    Safeguard(
        15,
        "Every report carries its source grading, and none rises without an independent source",
        "Europol; Admiralty system",
        _HELD,
        "the lattice of handling, for the Admiralty system and for 4x4; permit and admission, for reports and notices;"
        " a later version rises only by an independent source that its officer names",
    ),
    Safeguard(
        16,
        "Emergency access needs a reason, is a class of its own in the log and is reviewed by a second officer"
        " within 24 hours; it never lifts 3, 4, 5 or 12",
        "Directive (EU) 2016/680, art. 25",
        _WAITS,
        "emergency access, of which there is none",
    ),
    Safeguard(
        17,
        "What a person asks about their data can be answered from the log alone, recipients included",
        "Directive (EU) 2016/680, art. 14 to 16",
        _HELD,
        "the data-protection officer finds a record by its id, or while it is kept, in the archive too, by a name,"
        " document or ship's mark in it; what was done with it and who received it, by release, subscription, hit or"
        " passing on, the log alone tells, also once it is erased, as long as entries can be opened. What is erased"
        " nobody finds by a name: the log holds none. Who received it from a partner, that partner's log tells",
    ),
    Safeguard(
        18,
        "The log is read for lawfulness, self-monitoring, integrity and proceedings, and for nothing else",
        "Directive (EU) 2016/680, art. 25(2)",
        _WAITS,
        "a stated reason for reading the log",
    ),
    Safeguard(
        19,
        "Nothing about a person goes where a real risk to that person is marked",
        "Regulation (EU) 2024/1358, art. 49(2)",
        _HELD,
        "permit, before any clause and again before each attempt to deliver; the mark is no field, and comes off by the"
        " data-protection officer only, as that of safeguard 3 does",
    ),
    Safeguard(
        20,
        "Criminal intelligence on a person needs a suspicion and an offence; belief, opinion and origin are no grounds",
        "28 CFR 23.20(a) and (b)",
        _HELD,
        "the type of a record about a person, permit and admission: an offence, a ground out of a closed list, facts,"
        " and the officer's word that neither belief, opinion, origin, health nor sexuality is told or a ground;"
        " persons, parties and organisations are refused by the type of reports and notices, by permit and admission;"
        " free text no machine can judge: without the officer's word that it names nobody no report or notice is"
        " written, given or admitted; cases are denied by their kind",
    ),
    Safeguard(
        21,
        "What is so marked is not used in proceedings without a release",
        "Europol handling code H1",
        _WAITS,
        "cases; the mark already travels, and only tightens",
    ),
    Safeguard(
        22,
        "An obligation that is not acknowledged in time raises a breach alert",
        "The agreement itself",
        _HELD,
        "recalls, and what is owed after an agreement has ended: one not proven in time is a finding for which a person"
        " must answer",
    ),
    Safeguard(
        23,
        "A biometric search names its authorisation, or what it found is destroyed after 48 hours",
        "Regulation (EU) 2024/1689, art. 26(10)",
        _WAITS,
        "biometric records; denied by their kind",
    ),
    Safeguard(
        24,
        "Statistics on groups use attributes that were recorded, never ones guessed from names or faces",
        "Charter of Fundamental Rights, art. 21",
        _WAITS,
        "statistics, of which there are none; birth, sex and nationality of a person say how they came to be known, and"
        " no word for that is a guess",
    ),
    Safeguard(
        25,
        "Whoever runs the machine sees no records",
        "Directive (EU) 2016/680, art. 29",
        _WAITS,
        "records encrypted at rest; the console already shows an administrator none",
    ),
)


def page() -> str:
    """Return docs/safeguards.md."""
    lines = [
        "# Safeguards",
        "",
        "Built in, and in no agreement's power to lift: they are judged before any clause, and whatever they forbid is",
        "denied. Generated from `src/comity/agreements/safeguards.py`; a test compares the two.",
        "",
        "| id | invariant | source | status | where, or what for |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {one.id} | {one.invariant} | {one.source} | {one.status.value} | {one.how} |" for one in SAFEGUARDS]
    return "\n".join(lines) + "\n"
