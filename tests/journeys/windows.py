"""Windows of a real browser that complain of everything a person could not see."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from lainaamo.core.web import LANGUAGE_COOKIE
from lainaamo.people.visitor import COOKIE

Theme = Literal["light", "dark"]
PHONE, DESK = 390, 1280
HEIGHTS = {PHONE: 844, DESK: 900}
PATIENCE_MS = 15_000
FAILING = 400
# Chromium says this of every answer that is an error; which answers may be, is checked by status.
OF_AN_ANSWER = "Failed to load resource: the server responded"
# What a person interrupts by going on to the next page did not fail.
INTERRUPTED = "net::ERR_ABORTED"
TELL_OF_POLICY = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI}`));
"""


@dataclass
class Windows:
    """Opens windows and remembers what any of them complained of."""

    chromium: Browser
    address: str
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        *,
        width: int = PHONE,
        scripts: bool = True,
        theme: Theme = "light",
        cookie: str | None = None,
        language: str | None = None,
        expects: Collection[int] = (),
    ) -> Page:
        """Open a window of somebody's own; `expects` are the error answers of the story."""
        context = self.chromium.new_context(
            base_url=self.address,
            viewport={"width": width, "height": HEIGHTS.get(width, 844)},
            has_touch=width < DESK,
            java_script_enabled=scripts,
            color_scheme=theme,
            reduced_motion="reduce",
            locale="fi-FI",
            timezone_id="Europe/Helsinki",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(TELL_OF_POLICY)
        for name, value in ((COOKIE, cookie), (LANGUAGE_COOKIE, language)):
            if value is not None:
                context.add_cookies([{"name": name, "value": value, "url": self.address}])
        self._listen(context, expects)
        return context.new_page()

    def _listen(self, context: BrowserContext, expects: Collection[int]) -> None:
        self.contexts.append(context)

        def said(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and OF_AN_ANSWER not in message.text:
                self.complaints.append(f"console: {message.text}")

        def answered(response: Response) -> None:
            asked = response.request
            is_a_persons = asked.is_navigation_request() or asked.method == "POST"
            expected = is_a_persons and response.status in expects
            if response.status >= FAILING and not expected:
                self.complaints.append(f"{response.status} of {response.url}")

        def failed(request: Request) -> None:
            if request.failure != INTERRUPTED:
                self.complaints.append(f"{request.failure} of {request.url}")

        context.on("console", said)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        context.on("response", answered)
        context.on("requestfailed", failed)

    def close(self) -> None:
        """Close every window, and fail when any had complained."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()
        assert not self.complaints, "\n".join(self.complaints)
