"""What is proven: the words that the browser's verifier knows are those of the node."""

from __future__ import annotations

import json
from pathlib import Path

from comity.agreements import condition, field, index, rescue, scheme, veto
from comity.agreements.answering import ANSWERABLE, SEARCHABLE
from comity.agreements.relation import Relation
from comity.vocabulary import country
from comity.vocabulary.entry import Act
from comity.vocabulary.handling import Onward, Tlp
from comity.vocabulary.inquiry import InquiryKind, Manner
from comity.vocabulary.message import Lane, MessageKind
from comity.vocabulary.offence import Offence
from comity.vocabulary.posture import Posture
from comity.vocabulary.purpose import Purpose
from comity.vocabulary.record import WRITTEN, RecordKind
from comity.vocabulary.suite import Suite
from comity.vocabulary.thing import ThingKind
from comity.vocabulary.unit import Moment, UnitAct, UnitKind
from comity.vocabulary.writing import MOST_SUBJECTS
from comity.vocabulary.zone import ZoneKind

VOCABULARY = Path(__file__).parents[2] / "console/src/proof/verify/vocabulary.json"


def test_the_words_are_those_of_the_node() -> None:
    """What the verifier knows of kinds, fields, purposes, marks and conditions is the node's own vocabulary."""
    known = json.loads(VOCABULARY.read_text("utf-8"))
    assert known["kinds"] == [each.value for each in RecordKind]
    assert known["purposes"] == [each.value for each in Purpose]
    assert known["tlp"] == [each.value for each in Tlp]
    assert known["suites"] == [each.value for each in Suite]
    assert known["inquiries"] == [each.value for each in InquiryKind]
    assert known["answerable"] == [each.value for each in ANSWERABLE]
    assert known["searchable"] == [each.value for each in SEARCHABLE]
    assert known["manners"] == [each.value for each in Manner]
    assert known["onward"] == [each.value for each in Onward]
    assert known["messages"] == [each.value for each in MessageKind]
    assert known["lanes"] == [each.value for each in Lane]
    assert known["acts"] == [each.value for each in Act]
    assert {kind: set(fields) for kind, fields in known["fields"].items()} == {
        kind.value: field.known(kind) for kind in field.GIVABLE
    }
    assert set(known["free_text"]) == field.FREE_TEXT
    assert {name: frozenset(told) for name, told in known["told"].items()} == field.TOLD
    assert set(known["written"]) == {kind.value for kind in WRITTEN}
    assert known["needed"] == list(field.NEEDED)
    assert set(known["identifiers"]) == field.IDENTIFIERS
    assert set(known["shared"]) == {kind.value for kind in veto.SHARED_PICTURE}
    assert known["things"] == [kind.value for kind in ThingKind]
    assert known["most_subjects"] == MOST_SUBJECTS
    assert {RecordKind(kind): tuple(names) for kind, names in known["asked"].items()} == index.ASKED
    assert set(known["without_path"]) == {kind.value for kind in veto.WITHOUT_PATH}
    assert known["postures"] == [each.value for each in Posture]
    assert known["relations"] == [each.value for each in Relation]
    assert set(known["gradings"]) == scheme.GRADINGS
    assert {name: tuple(map(frozenset, parts)) for name, parts in known["schemes"].items()} == scheme.OURS
    assert known["unit_kinds"] == [each.value for each in UnitKind]
    assert known["unit_acts"] == [each.value for each in UnitAct]
    assert known["moments"] == [each.value for each in Moment]
    assert known["offences"] == [each.value for each in Offence]
    assert known["zone_kinds"] == [each.value for each in ZoneKind]
    assert known["countries"] == sorted(country.BY_NUMBER.values())
    assert known["conditions"] == {
        name: {"choices": list(word.choices), "ordered": word.ordered, "kind": word.kind.value if word.kind else None}
        for name, word in condition.WORDS.items()
    }
    assert known["rescue"] == {
        "clause": rescue.CLAUSE,
        "purpose": Purpose.SEARCH_AND_RESCUE.value,
        "fields": list(rescue.FIELDS),
        "keep": rescue.KEEP,
        "marks": {"tlp": rescue.MARKS.tlp.value, "onward": rescue.MARKS.onward.value, "proceedings": False},
    }
