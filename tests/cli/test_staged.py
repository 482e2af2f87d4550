"""What is proven: each scenario of one alert raises that alert, of those whom it stages, and no other of its kind."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from comity.cli.staged import LEARNED, Staged, staged
from comity.training import library
from comity.training.world import World
from comity.vocabulary.alert import Alert

ITS_OWN = {"encounter": {"meeting": 1, "encounter": 1}, "repeated-route": {"repeated-route": 1}, "unusual-motion": {}}
"""All that is raised in a scenario, but for what was learned."""


@cache
def found(name: str) -> Staged:
    return staged(World(library.load(name), 1))


def crafts(one: Staged, alert: Alert) -> set[str]:
    """Return whose reports the alert stands on."""
    return {report.craft for report in one.reports if report.sighting.id in alert.sightings and report.craft}


@pytest.mark.parametrize("name", ITS_OWN)
def test_a_scenario_raises_exactly_its_alert(name: str) -> None:
    """With every rule on: nothing else is raised, and the alert stands on the reports of those who are staged."""
    one = found(name)
    alerts = one.findings.alerts.values()
    assert Counter(alert.kind.value for alert in alerts) == Counter({**ITS_OWN[name], name: 1})
    (alert,) = (alert for alert in alerts if alert.kind.value == name)
    (happening,) = (each for each in one.world.happenings() if each.kind == name)
    assert crafts(one, alert) == set(happening.crafts)
    assert alert.simulated


def test_who_changes_number_and_name_is_known_by_the_hull() -> None:
    """Three keep their IMO number and are found; two have none, and are not: only their numbers fall silent."""
    one = found("identity-change")
    alerts = list(one.findings.alerts.values())
    changed = [alert for alert in alerts if alert.kind.value == "identity-change"]
    assert {frozenset(crafts(one, alert)) for alert in changed} == {frozenset({f"changer-{k}-a"}) for k in (1, 2, 3)}
    assert len(changed) == 3
    assert {alert.kind.value for alert in alerts} - {"identity-change"} == {"going-dark"}


def test_what_is_usual_is_learned_before_it_is_watched() -> None:
    """The two days that teach are not watched, and of the one who is to be found they know nothing."""
    one = found("unusual-motion")
    begin = one.world.began + LEARNED
    assert max(report.sighting.time for report in one.learned) < begin <= min(r.sighting.time for r in one.reports)
    assert "runner-a" not in {report.craft for report in one.learned}
