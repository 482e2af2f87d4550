"""`comity recall`: what was given is called back from the terminal, by named people, and what became of it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from builders import pair
from builders.calling import OVERSIGHT, Given, made
from comity.cli.main import comity
from comity.exchange import cards
from comity.foundation.ledger.commitment import commitment
from comity.foundation.ledger.policy import Quorum
from comity.foundation.ledger.proof import LogProof
from comity.foundation.store import recalls
from comity.foundation.store.recalls import RecalledHere
from comity.foundation.store.store import Store
from comity.node.assemble import opened
from comity.node.settings import FILE
from comity.vocabulary.entry import Act, Entry
from comity.vocabulary.fault import Fault, Missing, Refused
from comity.vocabulary.recall import RecallAct, RecallOutcome

AS = ("--officer", "officer")
WHY = ("--reason", "it was another ship", *AS)


@pytest.fixture
def given(tmp_path: Path, make_store: Callable[[str], Store]) -> Given:
    return made(tmp_path / "dk", make_store("se.coord"))


def run(*words: object) -> Result:
    return CliRunner().invoke(comity, ["recall", *map(str, words)])


def told(*words: object) -> Any:  # noqa: ANN401 - JSON
    result = run(*words, "--json")
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def fault(*words: object) -> Fault:
    result = run(*words)
    assert isinstance(result.exception, Fault), result.output
    assert result.exception.remedy
    return result.exception


def test_a_release_is_called_back_answered_listed_and_proven(given: Given, tmp_path: Path) -> None:
    """Waiting, erased by the partner, proven by its log; the proof is a file that anybody's tools check."""
    folder, (first, _) = given.folder, given.messages
    assert "no recalls yet" in run("list", folder, *AS).stdout
    (recall,) = told("erase", folder, first[:12], *WHY)["recalls"]
    (line,) = told("list", folder, *AS)
    assert (line["recall"], line["partner"], line["record"], line["state"]) == (
        recall,
        "se.coord",
        "alert-1",
        "waiting",
    )
    assert line["officer"] == "officer"
    assert "recalled already" in str(fault("erase", folder, first, *WHY))
    given.carry()
    assert told("list", folder, *AS)[0]["state"] == "erased"
    assert isinstance(fault("proof", folder, recall, *AS), Missing)
    given.prove(recall)
    assert "\tproven\t" in run("list", folder, *AS).stdout
    assert "nothing is overdue" in run("overdue", folder, *AS).stdout
    file = tmp_path / "recall.tlog-proof"
    proven = told("proof", folder, recall, "-o", file, *AS)
    assert (proven["outcome"], proven["origin"], proven["cosigned"]) == ("erased", "se.coord/log", "oversight")
    leaf = commitment(bytes.fromhex(proven["salt"]), bytes.fromhex(proven["entry"]))
    log, keys = given.holder.own.card.log, cards.cosigning_keys(OVERSIGHT.card)
    LogProof.from_text(file.read_bytes()).verify(leaf, "se.coord/log", log, keys, Quorum(1))
    assert str(file) in run("proof", folder, recall, "-o", file, *AS).stdout


def test_a_record_is_called_back_from_everyone(given: Given) -> None:
    """By its id, once; of what is gone nothing more is called back, and what was never given is said."""
    (recall,) = told("erase", given.folder, "--record", "alert-2", *WHY)["recalls"]
    assert told("erase", given.folder, "--record", "alert-2", *WHY)["recalls"] == []
    assert "already" in run("erase", given.folder, "--record", "alert-2", *WHY).stdout
    assert isinstance(run("erase", given.folder, "--record", "alert-9", *WHY).exception, Missing)
    assert recall in run("list", given.folder, *AS).stdout


def test_a_release_is_corrected_by_another(given: Given) -> None:
    """The partner's people learn which release took its place."""
    first, second = given.messages
    assert isinstance(fault("correct", given.folder, first, "--by", first, *WHY), Refused)
    (recall,) = told("correct", given.folder, first, "--place", 0, "--by", second, *WHY)["recalls"]
    assert told("list", given.folder, *AS)[0]["act"] == "correct"
    assert recall in run("list", given.folder, *AS).stdout


def test_what_is_overdue_is_listed_until_the_partner_s_log_has_proven_it(given: Given) -> None:
    """Answered or not; the longest overdue first, and each look is logged."""
    folder, (first, second) = given.folder, given.messages
    settings = folder / FILE
    written, table = settings.read_text(), "[exchange]\n"
    settings.write_text(written.replace(table, f'{table}recall = "0 s"\n'))
    called = [told("erase", folder, message, *WHY)["recalls"][0] for message in (first, second)]
    lines = told("overdue", folder, *AS)
    assert [(line["recall"], line["state"], line["partner"]) for line in lines] == [
        (recall, "overdue", "se.coord") for recall in called
    ]
    assert [line["recall"] for line in told("overdue", folder, "--limit", "1", *AS)] == called[:1]
    given.carry()
    assert {line["recall"]: line["outcome"] for line in told("overdue", folder, *AS)} == dict.fromkeys(called, "erased")
    given.prove(called[0])
    assert [line["recall"] for line in told("overdue", folder, *AS)] == called[1:]


def test_what_a_partner_called_back_is_listed_and_nothing_of_the_record(given: Given) -> None:
    """First nothing; then that it was, and why. What the record said is not here any more."""
    assert "called anything back" in run("received", given.folder, *AS).stdout
    assert told("received", given.folder, *AS) == []
    with opened(given.folder) as node, node.store.acting() as act:
        recalls.add_here(
            act,
            RecalledHere(
                sender="se.coord",
                message=bytes(32),
                place=3,
                record="alert-7",
                act=RecallAct.ERASE,
                reason="it was another ship",
                corrected_by=None,
                time=pair.NOW,
                outcome=RecallOutcome.ERASED,
            ),
        )
        act.log(Entry(act=Act.ERASED, basis="recall by se.coord", subject="alert-7"))
    (line,) = told("received", given.folder, *AS)
    said = (line["partner"], line["release"], line["place"], line["act"], line["reason"])
    assert said == ("se.coord", bytes(32).hex(), 3, "erase", "it was another ship")
    assert "it was another ship" in run("received", given.folder, *AS).stdout


def test_what_is_not_right_is_refused(given: Given) -> None:
    """No release, both, an id that is none; somebody who is none of the node's people, or may not."""
    folder, (first, _) = given.folder, given.messages
    assert run("erase", folder, *WHY).exit_code == 2
    assert run("erase", folder, first, "--record", "alert-1", *WHY).exit_code == 2
    assert "no such release" in str(fault("erase", folder, "ffff", *WHY))
    assert "no such release" in str(fault("erase", folder, first, "--place", 7, *WHY))
    assert "hexadecimal" in str(fault("proof", folder, "xyz", *AS))
    assert "no such recall" in str(fault("proof", folder, "00", *AS))
    assert isinstance(fault("erase", folder, first, "--reason", "why", "--officer", "nobody"), Missing)
    for role in ("auditor", "administrator"):
        assert isinstance(fault("erase", folder, first, "--reason", "why", "--officer", role), Refused)
    assert isinstance(run("list", folder, "--officer", "administrator").exception, Refused)
