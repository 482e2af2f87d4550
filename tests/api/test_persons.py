"""Records about suspects over the API: written, shown to the partner before it is sent, corrected, received."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from builders import centre, suspects
from builders.neighbours import Neighbours
from comity.foundation.store.store import Store
from comity.node.assemble import Node
from comity.vocabulary.officer import Role

_TO_SWEDEN = {"partner": "se.coord", "purpose": "smuggling"}
_SUSPECT = msgspec.to_builtins(suspects.draft())


@pytest.fixture
def both(make_store: Callable[[str], Store], tmp_path: Path) -> Iterator[Neighbours]:
    """Return two nodes with an agreement that gives records about persons, and their people."""
    with suspects.two(make_store("dk.coord"), make_store("se.coord"), tmp_path) as made:
        for node in (made.dk, made.se):
            centre.staffed(node)
        yield made


@pytest.fixture
def sign(both: Neighbours) -> Iterator[Callable[[Node, Role], httpx.Client]]:
    """Return a maker of clients, each signed in at a node as the person of a role."""
    with ExitStack() as stack:
        addresses = {id(node): stack.enter_context(centre.served(node)) for node in (both.dk, both.se)}
        yield lambda node, role: stack.enter_context(centre.signed_in(node, addresses[id(node)], role))


def _answer(answer: httpx.Response, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    assert answer.status_code == status, answer.text
    return answer.json()


def test_from_the_desk_to_the_partners(both: Neighbours, sign: Callable[[Node, Role], httpx.Client]) -> None:
    """What is previewed is what arrives; the lists that other roles read have nothing of it."""
    officer, theirs = sign(both.dk, Role.OFFICER), sign(both.se, Role.OFFICER)
    made = _answer(officer.post("/persons", json=_SUSPECT), 201)
    seen = _answer(officer.post(f"/persons/{made['id']}/preview", json=_TO_SWEDEN))
    assert seen["permitted"]
    assert seen["ours"].keys() - seen["theirs"].keys() == {"officer"}
    sent = _answer(officer.post(f"/persons/{made['id']}/release", json=_TO_SWEDEN), 201)
    both.carry()
    (arrived,) = _answer(theirs.get("/persons/received"))
    assert (arrived["record"], arrived["fields"]) == (made["id"], seen["theirs"])
    assert arrived["keep_until"] == suspects.REVIEW
    opened = _answer(officer.get(f"/persons/{made['id']}"))
    assert opened["given"] == [{"message": sent["message"], "partner": "se.coord", "state": "accepted"}]
    assert _answer(theirs.get("/received")) == []
    assert _answer(officer.get(f"/releases/{sent['message']}/bundle"), 403)["what"].startswith("no bundle is made")


def test_a_mark_denies_and_a_correction_calls_back(
    both: Neighbours, sign: Callable[[Node, Role], httpx.Client]
) -> None:
    """The officer reads the safeguard; the partner has nothing any more and does not learn why."""
    officer, theirs = sign(both.dk, Role.OFFICER), sign(both.se, Role.OFFICER)
    made = _answer(officer.post("/persons", json=_SUSPECT), 201)["id"]
    _answer(officer.post(f"/persons/{made}/release", json=_TO_SWEDEN), 201)
    both.carry()
    marked = {**_SUSPECT, "protection": {"since": 0, "origin": ["SE"], "fled": []}}
    done = _answer(officer.post(f"/persons/{made}/correct", json={"version": 1, "draft": marked}), 201)
    (told,) = done["told"]
    assert (told["answer"]["permitted"], told["answer"]["safeguard"], len(told["recalls"])) == (False, 3, 1)
    assert done["person"]["protection"]["origin"] == ["SE"]
    both.carry()
    assert _answer(theirs.get("/persons/received")) == []
    (recalled,) = _answer(theirs.get("/recalls/here"))
    assert recalled["reason"] == "its originator calls it back"
    seen = _answer(officer.post(f"/persons/{made}/preview", json=_TO_SWEDEN))
    assert (seen["permitted"], seen["safeguard"], seen["theirs"]) == (False, 3, {})
    assert "protection" not in seen["ours"], "the fields are those that could be given"


@pytest.mark.parametrize(
    "changes",
    [
        {"ground": "religion"},
        {"ground": "ethnic-origin"},
        {"health": "ill"},
        {"sex": {"value": "F", "by": "face"}},
        {"nationalities": [{"country": "NO", "by": "name"}]},
        {"on_conduct_alone": False},
        {"offence": None},
        {"facts": " "},
        {"risks": [{"country": "SE", "since": 0}]},
    ],
)
def test_what_is_no_ground_and_no_record_of_an_attribute_is_refused(
    both: Neighbours, sign: Callable[[Node, Role], httpx.Client], changes: dict[str, object]
) -> None:
    """Belief, origin and health have no word, a guessed attribute neither (safeguards 20 and 24)."""
    answer = sign(both.dk, Role.OFFICER).post("/persons", json={**_SUSPECT, **changes})
    assert _answer(answer, 400)["remedy"]
