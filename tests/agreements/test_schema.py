"""The schema for editors: what it refuses Comity refuses too, and every word and key of the language is in it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from agreements.test_terms import _dumped, documents
from comity.agreements import document, schema, schema_part, tables, terms
from comity.agreements.document import Mapping, Node, Scalar
from comity.cli.agreement import agreement
from comity.vocabulary.fault import Fault
from comity.vocabulary.purpose import Purpose

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "agreements").glob("*.yaml"))
FILES = Path(tables.__file__).parent / "crosswalks"
VALIDATOR = Draft202012Validator(schema.schema())


def plain(node: Node) -> Any:  # noqa: ANN401 - JSON
    """Return the tree as an editor has it that takes every scalar for a text, as Comity does."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return {key: plain(item) for key, item in node.items.items()}
    return [plain(item) for item in node.items]


def test_it_is_a_schema_and_printed() -> None:
    Draft202012Validator.check_schema(schema.schema())
    printed = CliRunner().invoke(agreement, ["schema"])
    assert json.loads(printed.stdout) == schema.schema()
    assert json.loads(printed.stdout)["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_examples_are_accepted(file: Path) -> None:
    text = file.read_text("utf-8")
    assert terms.read(text, "f")
    assert list(VALIDATOR.iter_errors(plain(document.load(text, "f")))) == []


ANSWER = {
    "id": "asking",
    "answer": "vessel-inquiry",
    "as": "hit-no-hit",
    "among": ["alert", "track"],
    "to": "all",
    "for": ["search-and-rescue"],
    "ask_at_most": {"per_day": 20},
    "keep": "30 d",
}


SAID = {"claimants": ["XA", "XB"], "source": "a note", "status": "open"}
MORE = {"mask": "all", "claims": [{"by": "XB", "says": "a map"}], "step": "call first"}


def _crosswalk(name: str) -> dict[str, Any]:
    found = plain(document.load((FILES / f"{name}.yaml").read_text("utf-8"), name))
    assert found.pop("crosswalk") == name
    return found  # type: ignore[no-any-return]  # a mapping, by its format


@st.composite
def whole(draw: st.DrawFn) -> dict[str, Any]:
    """Return any agreement without a flaw, with whatever parts an agreement can have."""
    made: dict[str, Any] = draw(documents())
    if draw(st.booleans()):
        made["clauses"].append(ANSWER)
    if draw(st.booleans()):
        made["suite"] = "Ed25519+ML-DSA-44"
    if draw(st.booleans()):
        made["clauses"][0]["handling"]["proceedings"] = draw(st.sampled_from(["yes", "no"]))
    names = draw(st.lists(st.sampled_from(sorted(file.stem for file in FILES.glob("*.yaml"))), max_size=2, unique=True))
    if names:
        made["annex"]["crosswalks"] = {name: _crosswalk(name) for name in names}
    if draw(st.booleans()):
        made["annex"]["disputes"] = {
            next(iter(made["annex"]["areas"])): draw(st.sampled_from([SAID, {**SAID, **MORE}]))
        }
    if draw(st.booleans()):
        area = next(iter(made["annex"]["areas"].values()))
        area.update(type="MultiPolygon", coordinates=[area["coordinates"]], title="An area", source="by hand")
    return made


@given(whole())
def test_whatever_is_read_is_accepted(made: dict[str, Any]) -> None:
    """As texts, and as the numbers that an editor takes some of them for."""
    text = _dumped(made)
    terms.read(text, "f")
    assert list(VALIDATOR.iter_errors(plain(document.load(text, "f")))) == []
    assert list(VALIDATOR.iter_errors(made)) == []


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - JSON
    inside = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [path, *(found for step, item in inside for found in _places(item, (*path, step)))]


ODD = st.one_of(
    st.sampled_from(
        ["no", "yes", "RED", "1", "0", "30 d", "30", "5 km", "all", "time", "safeguard-1", "2026-01-01", "exact"]
    ),
    st.sampled_from([[], {}, ["x"], [["x"]], {"x": "y"}, ["all", "all"]]),
    st.text("abc.-é ", max_size=5),
)


@given(whole(), st.data())
def test_what_it_refuses_is_refused(made: dict[str, Any], data: st.DataObject) -> None:
    """One thing anywhere is put in, taken out, named otherwise or exchanged: the schema is never the stricter."""
    changed = copy.deepcopy(made)
    path = data.draw(st.sampled_from([one for one in _places(changed) if one and "coordinates" not in one[:-1]]))
    holder: Any = changed
    for step in path[:-1]:
        holder = holder[step]
    change = data.draw(st.sampled_from(["exchange", "remove", "double", "rename"]))
    if change == "exchange":
        holder[path[-1]] = data.draw(ODD)
    elif change == "remove":
        del holder[path[-1]]
    elif isinstance(holder, list):
        holder.append(holder[path[-1]])
    else:
        holder[data.draw(st.sampled_from(["if", "blur", "rescue", "x", "from", "title"]))] = holder.pop(path[-1])
    text = _dumped(changed)
    try:
        tree = plain(document.load(text, "f"))
    except Fault:
        return
    if not VALIDATOR.is_valid(tree):
        with pytest.raises(Fault):
            terms.read(text, "f")


WRONG = [
    (("version",), "one"),
    (("version",), 0),
    (("versions",), 1),
    (("between",), []),
    (("purposes",), ["smugling"]),
    (("in_force", "from"), "01.01.2026"),
    (("clauses", 0, "give"), "person"),
    (("clauses", 0, "id"), "safeguard-13"),
    (("clauses", 0, "keep"), "30"),
    (("clauses", 0, "keep"), "30 weeks"),
    (("clauses", 0, "fields"), ["position"]),
    (("clauses", 0, "fields"), ["time", "colour"]),
    (("clauses", 0, "handling"), {"tlp": "RED", "onward": "no"}),
    (("clauses", 0, "handling"), {"tlp": "GREEN"}),
    (("clauses", 0, "blur"), {"position": "5"}),
    (("clauses", 0, "if"), "alert.kind == 'meeting'"),
    (("clauses", 0, "whom"), "all"),
    (("after",), {"erase": "30 d", "prove": "word"}),
    (("witnesses", "quorum"), "none"),
    (("suite",), "RSA"),
    (("annex", "areas", "Kattegat"), {"type": "Polygon", "coordinates": [[[1, 2], [2, 3], [3, 4], [1, 2]]]}),
    (("annex", "area"), {}),
]


@pytest.mark.parametrize(("path", "value"), WRONG, ids=lambda part: json.dumps(part)[:40])
def test_what_is_wrong_is_told_while_one_types(path: tuple[Any, ...], value: object) -> None:
    made: Any = plain(document.load(EXAMPLES[0].read_text("utf-8"), "f"))
    assert VALIDATOR.is_valid(made)
    holder = made
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    assert not VALIDATOR.is_valid(made)
    with pytest.raises(Fault):
        terms.read(_dumped(made), "f")


def test_no_word_is_missing() -> None:
    """A purpose more in the vocabulary is one more in the schema; a key that nothing tells of stops its making."""
    properties: Any = schema.schema()["properties"]
    assert properties["purposes"]["items"]["enum"] == [one.value for one in Purpose]
    assert set(properties) == {*terms.KEYS, *terms.OPTIONAL}
    with pytest.raises(TypeError, match="colour"):
        schema_part.mapping(["name", "colour"], [], {"name": {}})
    with pytest.raises(TypeError, match="colour"):
        schema_part.mapping(["name"], [], {"name": {}, "colour": {}})
