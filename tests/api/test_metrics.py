"""Metrics: what Prometheus reads is right, and holds no record."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from msgspec import structs
from prometheus_client.parser import text_string_to_metric_families

from builders import centre
from comity.api import metrics
from comity.foundation.store import checkpoints, ledger
from comity.node.assemble import Node
from comity.picture.registration import Offset
from comity.vocabulary.officer import Role

Sample = tuple[str, frozenset[tuple[str, str]]]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_FRESH", 0.0)


def _read(browser: httpx.Client) -> dict[Sample, float]:
    answer = browser.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(answer.text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def _of(name: str, **labels: str) -> Sample:
    return f"comity_{name}", frozenset(labels.items())


def test_the_numbers_are_those_of_the_node(
    browser: httpx.Client, node: Node, sign_in: Callable[[Role], httpx.Client]
) -> None:
    officer = sign_in(Role.OFFICER)
    officer.post("/alerts/alert-1/decision", json={"judgement": "confirmed", "reason": "seen"})
    officer.post("/alerts/alert-1/release", json={"partner": "se.coord", "purpose": "smuggling"})
    centre.taken_in(node, [centre.sighting(number) for number in range(10, 14)])
    node.faults.count("courier se.coord")
    with node.store.upkeep() as transaction:
        size = ledger.integrate(transaction)
        checkpoints.put(transaction, 3, b"note")
    found = _read(browser)
    expected = {
        _of("feed_items_total", feed="ais-north"): 4,
        _of("feed_rejected_total", feed="ais-north"): 0,
        _of("sightings"): 7,
        _of("tracks"): 2,
        _of("alerts", kind="meeting", judgement="confirmed"): 1,
        _of("alerts", kind="meeting", judgement="unreviewed"): 1,
        _of("releases", state="queued"): 1,
        _of("outbox_waiting", partner="se.coord"): 1,
        _of("received"): 0,
        _of("ledger_entries"): len(centre.acts(node)),
        _of("checkpoint_size"): 3,
        _of("checkpoint_cosignatures"): 0,
        _of("faults_total", part="courier se.coord"): 1,
    }
    assert {sample: found.get(sample) for sample in expected} == expected
    del size


def test_requests_are_timed_by_route_not_by_record(
    browser: httpx.Client, sign_in: Callable[[Role], httpx.Client]
) -> None:
    officer = sign_in(Role.OFFICER)
    for alert in ("alert-1", "alert-2", "none"):
        officer.get(f"/alerts/{alert}")
    found = _read(browser)
    route = {"method": "GET", "route": "/api/alerts/{alert}"}
    assert found[_of("request_seconds_count", **route, status="200")] == 2
    assert found[_of("request_seconds_count", **route, status="404")] == 1
    assert found[_of("request_seconds_sum", **route, status="200")] > 0


def test_no_record_and_no_person_is_in_them(browser: httpx.Client, sign_in: Callable[[Role], httpx.Client]) -> None:
    sign_in(Role.OFFICER).get("/alerts/alert-1")
    text = browser.get("/metrics").text
    for secret in ("FREJA", "219000001", "alert-1", "track-1", "officer", "56.5"):
        assert secret not in text


def test_many_who_ask_cost_the_store_one_look(
    browser: httpx.Client, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "_FRESH", 60.0)
    before = browser.get("/metrics").text
    centre.raised(node, "alert-3")
    assert browser.get("/metrics").text == before


def test_by_how_much_sensors_are_off_is_told_where_it_is_known() -> None:
    """Metres, degrees and seconds of each sensor of a feed; nothing of one that too few plots have told of."""
    known = Offset(polar=True, values=(90.0, 0.5, 2.0), deviations=(9.0, 0.1, 0.4), pairs=40, applied=(0.0, 0.5, 2.0))
    off, doubt = metrics.sensors_off({"radar": (structs.replace(known, pairs=3), known)})
    told = {(sample.labels["of"], sample.labels["sensor"]): sample.value for sample in off.samples}
    assert told == {("range", "1"): 90.0, ("azimuth", "1"): 0.5, ("clock", "1"): 2.0}
    assert [sample.value for sample in doubt.samples] == [9.0, 0.1, 0.4]
