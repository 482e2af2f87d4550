"""A seat: one person at one console, in a browser of their own."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from comity.demo.stage import Neighbour


class Seat:
    """One person at one console, in a browser of their own."""

    def __init__(self, context: BrowserContext, neighbour: Neighbour) -> None:
        self.context = context
        self.address = neighbour.address
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Refused to" in message.text:
            self.faults.append(message.text)

    def sign_in(self, name: str, password: str) -> None:
        """Sign in by hand."""
        self.page.goto(self.address)
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()

    def call(self, method: str, path: str, body: dict[str, str] | None = None) -> int:
        """Call the API past the console with the browser's own session, and return the status."""
        found = self.context.request.get(f"{self.address}/api/session").json()
        headers = {"x-comity-csrf": found["csrf"], "origin": self.address}
        return self.context.request.fetch(f"{self.address}/api{path}", method=method, data=body, headers=headers).status
