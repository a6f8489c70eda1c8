"""A real Chromium, driven through the pages as people see them.

`page` is 1280 px wide, `phone` 360 px, `plain_page` has no JavaScript; `another(...)` opens one more person's
browser. A message of the console, a blocked script or style, or an error of the page fails the test.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from tests.browser import chromium

# Playwright runs an event loop in this thread; Django would refuse its own synchronous calls.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

WIDE, NARROW, SMALLEST = 1280, 360, 320
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker("browser")


class Watch:
    """Remembers what went wrong in the pages of one test."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.refused: set[str] = set()

    def follow(self, page: Page) -> None:
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("response", self.note)

    def note(self, response: Response) -> None:
        """A page that answers 404 on purpose also tells the console: that one is expected."""
        if response.request.is_navigation_request() and response.status >= 400:
            self.refused.add(response.url)

    def hear(self, message: ConsoleMessage) -> None:
        expected = (
            message.text.startswith("Failed to load resource") and message.location["url"] in self.refused
        )
        if message.type in {"error", "warning"} and not expected:
            self.problems.append(f"{message.location['url']}: {message.text}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; its absence is a failure, not a skip."""
    program = chromium.path()
    if program is None:
        pytest.fail(
            "No Chromium: install it (Debian: apt-get install chromium) or name it in CHROMIUM.",
            pytrace=False,
        )
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program, headless=True, args=list(chromium.SWITCHES)
        )
        yield opened
        opened.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What the consoles of this test said; a test that expects a message takes it out of `problems`."""
    watch = Watch()
    yield watch
    assert watch.problems == []


@pytest.fixture
def another(browser: Browser, live_server, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Opens the browser of one more person, with its own cookies."""
    contexts: list[BrowserContext] = []

    def open_page(*, width: int = WIDE, javascript: bool = True, language: str = "fr-FR") -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale=language,
            timezone_id="Europe/Paris",
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            accept_downloads=True,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        watch.follow(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(another: Callable[..., Page]) -> Page:
    return another()


@pytest.fixture
def phone(another: Callable[..., Page]) -> Page:
    return another(width=NARROW)


@pytest.fixture
def plain_page(another: Callable[..., Page]) -> Page:
    return another(javascript=False)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Fails with axe's own report when the page on screen breaks one accessibility rule."""

    def run(page: Page) -> None:
        options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
        found = Axe().run(page, options=options)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return run


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """Fails when a page has to be scrolled sideways at the width of the smallest phone."""

    def run(page: Page) -> None:
        before = page.viewport_size
        page.set_viewport_size({"width": SMALLEST, "height": 900})
        needed = page.evaluate("document.documentElement.scrollWidth")
        page.set_viewport_size(before)
        assert needed <= SMALLEST, f"{page.url} needs {needed} px"

    return run
