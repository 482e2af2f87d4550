"""Fixtures of the browser tests: three real nodes with the rehearsal's story over, and seats at their consoles."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from comity.demo.stage import Neighbour
from console.bench import Bench, bench
from console.seat import Seat
from console.town import PASSWORD, ConsoleTown, played

_FLAGS = [
    "--no-sandbox",  # as root there is none
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--disable-gpu-rasterization",
]
TakeSeat = Callable[..., Seat]

expect.set_options(timeout=40_000)


@pytest.fixture(scope="session")
def console_town() -> Iterator[ConsoleTown]:
    """Return the rehearsal's three nodes after its story."""
    with tempfile.TemporaryDirectory(prefix="comity-console-") as folder, played(Path(folder)) as town:
        yield town


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a real Chromium."""
    found = shutil.which("chromium")
    if found is None:
        pytest.fail("the browser tests need Chromium: run requirements/browser.sh as root", pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def verifier(browser: Browser) -> Iterator[Bench]:
    """Return the built verifier in a real browser."""
    with bench(browser) as made:
        yield made


@pytest.fixture
def take_seat(browser: Browser) -> Iterator[TakeSeat]:
    """Return a maker of seats, whose pages must end without a fault and without a breach of the content policy."""
    taken: list[Seat] = []

    def take(neighbour: Neighbour, name: str = "", theme: Literal["dark", "light"] = "dark") -> Seat:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=theme)
        context.set_default_timeout(40_000)
        seat = Seat(context, neighbour)
        taken.append(seat)
        seat.sign_in(name or neighbour.officer, PASSWORD if name else neighbour.password)
        return seat

    yield take
    for seat in taken:
        seat.context.close()
    assert [fault for seat in taken for fault in seat.faults] == []
