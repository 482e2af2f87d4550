"""The bench: the console's own verifier, as it was built, in a real Chromium, over bundles that a test hands it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar
from playwright.sync_api import Browser, Page, Route

from builders.web import serving
from comity.api.headers import guarded
from comity.api.static import FOLDER, console_files

Verdict = dict[str, Any]

_VERIFY = """
async ({worker, bundles, trusted}) => {
    const running = new Worker(worker, {type: "module"});
    const answers = new Map(), checks = new Map();
    const bytes = (text) => {
        const raw = atob(text), made = new Uint8Array(raw.length);
        for (let at = 0; at < raw.length; at++) made[at] = raw.charCodeAt(at);
        return made;
    };
    await new Promise((resolve, reject) => {
        running.onerror = (event) => reject(new Error(event.message || "the verifier did not start"));
        running.onmessage = ({data}) => {
            if ("check" in data) checks.set(data.turn, [...(checks.get(data.turn) ?? []), data.check]);
            else answers.set(data.turn, {...data.verdict, told: checks.get(data.turn) ?? []});
            if (answers.size === bundles.length) resolve();
        };
        bundles.forEach((bundle, turn) => running.postMessage({turn, bundle: bytes(bundle), trusted}));
    });
    running.terminate();
    return bundles.map((_, turn) => answers.get(turn));
}
"""


class Bench:
    """The built verifier in a page of its own."""

    def __init__(self, page: Page) -> None:
        self._page = page
        (built,) = (FOLDER / "assets").glob("verifier-*.js")
        self._worker = f"/assets/{built.name}"

    def verdicts(self, bundles: Iterable[bytes], trusted: Iterable[str] = ()) -> list[Verdict]:
        """Return what the browser finds of each bundle, and as `told` each check as it was told on the way."""
        asked = [base64.b64encode(bundle).decode() for bundle in bundles]
        if not asked:
            return []
        found: list[Verdict] = self._page.evaluate(
            _VERIFY, {"worker": self._worker, "bundles": asked, "trusted": list(trusted)}
        )
        return found

    def verdict(self, bundle: bytes, trusted: Iterable[str] = ()) -> Verdict:
        """Return what the browser finds of one bundle."""
        return self.verdicts([bundle], trusted)[0]


@contextmanager
def bench(browser: Browser, origin: str = "", without: str = "") -> Iterator[Bench]:
    """Serve the console's files as a node does, and yield the verifier among them; to the page, by `origin`.

    Files whose address matches `without` do not arrive.
    """
    with serving(Litestar([console_files()], before_send=[guarded], openapi_config=None)) as address:
        context = browser.new_context()
        if origin:
            context.route(f"{origin}/**", lambda route: _from(address, route))
        if without:
            context.route(without, lambda route: route.abort())
        page = context.new_page()
        page.goto(origin or address)
        yield Bench(page)
        context.unroute_all(behavior="ignoreErrors")  # what the page still fetches is answered no more
        context.close()


def _from(address: str, route: Route) -> None:
    """Answer a request for another host with what the server on loopback says."""
    path = urlsplit(route.request.url).path
    route.fulfill(response=route.fetch(url=f"{address}{path}"))
