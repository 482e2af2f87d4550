"""What is proven: the archive answers page by page, within an area, as known then, and each look is entered."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from builders import centre
from comity.node.assemble import Node
from comity.vocabulary.entry import Act
from comity.vocabulary.instant import HOUR
from comity.vocabulary.officer import Role


def test_a_period_is_replayed_page_by_page(sign_in: Callable[[Role], httpx.Client], node: Node) -> None:
    assert node.archive.proceed() == 3
    client = sign_in(Role.OFFICER)
    found, after, pages = [], "", 0
    while pages < 9:
        asked = {"since": centre.BEGIN, "span": HOUR, "limit": 2, "after": after}
        answer = client.get("/archive", params=asked).json()
        found, pages, after = found + answer["movements"], pages + 1, answer["next"]
        if after is None:
            break
    assert ([one["sighting"]["id"] for one in found], pages) == ([f"sighting-{number}" for number in range(3)], 2)
    assert found[0]["tlp"] == "AMBER"
    assert found[0]["purposes"] == ["smuggling", "border-surveillance"]
    entry = centre.acts(node)[-1]
    assert (entry.act, entry.officer, entry.basis, entry.subject) == (
        *(Act.CONSULTED, "officer", "role officer", "archive"),
    )


def test_an_area_and_a_moment_narrow_it(sign_in: Callable[[Role], httpx.Client], node: Node) -> None:
    node.archive.proceed()
    client = sign_in(Role.AUDITOR)

    def count(**asked: float) -> int:
        return len(client.get("/archive", params={"since": centre.BEGIN, **asked}).json()["movements"])

    assert count() == 3
    assert count(south=56, north=57, west=11.505, east=12) == 2
    assert count(south=57, north=56, west=11.505, east=12) == 2, "parallels in either order"
    assert count(west=11.515, east=-179) == 1
    assert count(known=centre.BEGIN) == 0
    refused = client.get("/archive", params={"since": 0, "span": 32 * 24 * HOUR})
    assert refused.status_code == 400
