"""Which pages a kind of person can open, and what is wrong with one of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Page

from tests.browser.conftest import RULES, SMALLEST
from tests.browser.stages import Kind
from tests.factories.accounts import signed_in
from tests.test_access import ARGUMENT, PLAIN, addresses, arguments

MAIN = re.compile(rb"<main\b.*</main>", re.DOTALL)
CHANGING = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|\d\d? h \d\d')
WHOLE_WIDTH = "document.documentElement.scrollWidth"
# What a person reads, and can press; `kept` is what waits, hidden, for a script that can do more.
WORDS = """(kept) => Array.from(document.querySelectorAll('main :is(h1, h2, h3, label, legend, button, a)'))
    .filter(one => one.checkVisibility() || (kept && one.closest('[hidden]')))
    .map(one => one.textContent.trim()).filter(Boolean)"""


def reachable(kind: Kind, seen: set[bytes]) -> Iterator[str]:
    """The addresses of the pages that this person can open and whose content nobody met before."""
    client = signed_in(Client(), kind.user) if kind.user else Client()
    asked: set[str] = set()
    for keys in kind.records:
        for name, route in addresses().items():
            address = address_of(name, route, keys)
            if address in asked or not is_in(kind.spaces, address):
                continue
            asked.add(address)
            response = client.get(address)
            content = b"".join(response)
            if is_page(response) and (digest := mark_of(content)) not in seen:
                seen.add(digest)
                yield address


def is_in(spaces: tuple[str, ...], address: str) -> bool:
    """Whether that address is one of these spaces; the home page is a place of visitors."""
    return address.startswith(spaces) or (address == "/" and "/verifier/" in spaces)


def is_page(response: HttpResponse) -> bool:
    """Whether that answer is read by a person; a label that is not known has a page of its own."""
    good = response.status_code == 200 or "/verifier/" in response.request["PATH_INFO"]
    return good and response.headers.get("Content-Type", "").startswith("text/html")


def mark_of(content: bytes) -> bytes:
    """What tells a page from another: its main content, without what changes at each reading."""
    found = MAIN.search(content)
    return hashlib.sha256(CHANGING.sub(b"", found[0] if found else content)).digest()


def address_of(name: str, route: str, keys: dict[str, object]) -> str:
    """The address of one page about these records; empty when no such address can be written."""
    first = {argument: 1 for argument in ARGUMENT.findall(route) if argument not in PLAIN}
    known = {one: {"pk": key} for one, key in keys.items()}
    known |= {"usual": first | keys, "committee": {"pk": keys.get("assignment", 0)}}
    try:
        return reverse(name, kwargs=arguments(name, route, known))
    except NoReverseMatch:
        return ""


def faults(page: Page, plain: Page, address: str) -> Iterator[str]:
    """What is wrong with one page: `page` runs scripts on a wide screen, `plain` none on the smallest phone."""
    page.goto(address)
    yield from of_structure(page)
    found = Axe().run(
        page, options={"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    )
    if found.violations_count:
        yield found.generate_report()
    page.set_viewport_size({"width": SMALLEST, "height": 900})
    if (needed := page.evaluate(WHOLE_WIDTH)) > SMALLEST:
        yield f"needs {needed} px"
    said = set(page.evaluate(WORDS, False))
    page.set_viewport_size({"width": 1280, "height": 900})
    plain.goto(address)
    if (needed := plain.evaluate(WHOLE_WIDTH)) > SMALLEST:
        yield f"needs {needed} px without JavaScript"
    hidden = said - set(plain.evaluate(WORDS, True))
    if hidden:
        yield f"without JavaScript one misses: {sorted(hidden)}"


def of_structure(page: Page) -> Iterator[str]:
    """One title, one heading, a language, and the parts that assistive tools jump to."""
    if page.locator("h1").count() != 1:
        yield f"{page.locator('h1').count()} h1"
    if not re.fullmatch(r"\S.* – Label associatif", page.title()):
        yield f"title: {page.title()}"
    if page.locator("html").get_attribute("lang") != "fr":
        yield "no language"
    if page.locator("main#content").count() != 1:
        yield "no main content"
