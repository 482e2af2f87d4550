"""A scenario's text: YAML in, a scenario out, or a fault that says where. The page is docs/formats/scenario.md."""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec

from comity.agreements import document
from comity.agreements.document import Mapping, Node, Scalar, Sequence
from comity.training.measure import length, span, speed
from comity.training.scenario import EVENTS, Group, Scenario
from comity.vocabulary.fault import Fault
from comity.vocabulary.instant import DAY

LONGEST = 7 * DAY
MOST_TARGETS = 5_000
_ERRAND = 90
"""Seconds that ordinary ones can go in one direction at least."""
_MOST_ERRANDS = 50_000
_PAGE = "See docs/formats/scenario.md."
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


def read(text: str, where: str) -> Scenario:
    """Return the scenario in a YAML text, whose subset is that of agreements.

    Raises:
        Fault: it is none; says where, and what.
    """
    tree = document.load(text, where)
    try:
        scenario = msgspec.convert(_plain(tree), Scenario, strict=False)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `")
        raise Fault(f"not a scenario: {what}", where=_place(tree, path.rstrip("`")), remedy=_PAGE) from error
    _check(scenario, where)
    return scenario


def _plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.items.items()}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return node.text


def _place(node: Node, path: str) -> str:
    """Return where in the file the thing stands that a path such as `$.groups[1].name` leads to."""
    place = node.place
    for key, index in _STEP.findall(path.removeprefix("$").removeprefix("[...]")):
        if isinstance(node, Mapping) and key in node.items:
            place = node.keys[key]
            node = node.items[key]
        elif isinstance(node, Sequence) and index and int(index) < len(node.items):
            node = node.items[int(index)]
            place = node.place
        else:
            break
    return node.place if isinstance(node, Scalar) else place


def _check(scenario: Scenario, where: str) -> None:
    scenario.began  # noqa: B018 - it must be a time
    if not 0 < span(scenario.duration) <= LONGEST:
        raise Fault("a scenario lasts more than nothing and at most seven days", where=where, remedy=_PAGE)
    count = sum(group.copies * len(group.targets) for group in scenario.groups)
    count += sum(one.count for one in scenario.traffic)
    if not 0 < count <= MOST_TARGETS:
        raise Fault(f"{count} targets: there must be some, and at most {MOST_TARGETS}", where=where, remedy=_PAGE)
    for what, names in (
        ("sensor", [sensor.name for sensor in scenario.sensors]),
        ("group", [*(one.name for one in scenario.groups), *(one.name for one in scenario.traffic)]),
        ("area", [area.name for area in scenario.areas]),
    ):
        _expect_different(what, names, where)
    if not all(span(text) for text in (scenario.truth, *(sensor.every for sensor in scenario.sensors))):
        raise Fault("nobody looks every no time", where=where, remedy="Write every and truth like 20 s.")
    for traffic in scenario.traffic:
        slowest, fastest = speed(traffic.slowest), speed(traffic.fastest)
        if not 0 < slowest <= fastest or length(traffic.radius) < _ERRAND * fastest:
            what = f"{traffic.name} needs speeds from slow to fast, and a radius of {_ERRAND} s at the fastest"
            raise Fault(what, where=where, remedy=_PAGE)
        if traffic.count * span(scenario.duration) / 1_000 * fastest / length(traffic.radius) > _MOST_ERRANDS:
            raise Fault(f"{traffic.name} goes to and fro too often", where=where, remedy="Widen its radius.")
    for group in scenario.groups:
        _check_group(group, f"{where}: group {group.name}")


def _check_group(group: Group, where: str) -> None:
    names = [target.name for target in group.targets]
    _expect_different("target", names, where)
    for place, target in enumerate(group.targets):
        if bool(target.way) == bool(target.follows) or len(target.way) == 1:
            raise Fault(f"{target.name} needs a way of two places, or whom it follows", where=where, remedy=_PAGE)
        times = [span(time) for time, _, _ in target.way]
        if any(later <= before for before, later in pairwise(times)):
            raise Fault(f"{target.name} is somewhere before it was there", where=where, remedy="Write times in order.")
        if target.follows and target.follows.target not in names[:place]:
            raise Fault(f"{target.name} follows nobody who stands before it", where=where, remedy=_PAGE)
    for event in group.events:
        if event.kind not in EVENTS:
            raise Fault(f"there is no event {event.kind!r}", where=where, remedy=f"Choose one of: {', '.join(EVENTS)}.")
        if not event.targets or not set(event.targets) <= set(names) or span(event.end) < span(event.begin):
            raise Fault(f"the {event.kind} is of nobody here, or ends before it begins", where=where, remedy=_PAGE)


def _expect_different(what: str, names: list[str], where: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise Fault(f"two have the name {name!r}", where=f"{where}: {what}", remedy="Give each its own name.")
