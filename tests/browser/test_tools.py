"""The tools of the browser tests see what they must see: else every journey would pass unwatched."""

import pytest
from playwright.sync_api import Page

GOOD = (
    "<!doctype html><html lang='fr'><head><title>Page</title></head>"
    "<body><main><h1>Page</h1></main></body></html>"
)
POLICY = {"content-security-policy": "default-src 'none'; script-src 'self'", "content-type": "text/html"}


def show(page: Page, body: str, *, status: int = 200) -> None:
    """Shows a page of the test's own, under the policy of ours."""
    page.route("**/probe", lambda route: route.fulfill(body=body, headers=POLICY, status=status))
    page.goto("/probe")


def test_a_blocked_script_or_style_is_seen(page, watch):
    show(page, GOOD.replace("<h1>", "<script>1</script><h1 style='color: red'>"))
    page.wait_for_function("document.readyState === 'complete'")
    assert len(watch.problems) == 2
    assert all("Content Security Policy" in problem for problem in watch.problems)
    watch.problems.clear()


def test_a_missing_resource_is_seen(page, watch):
    pictured = GOOD.replace("<h1>", "<img alt='' src='/absent.png'><h1>")
    page.route("**/absent.png", lambda route: route.fulfill(status=404))
    page.route("**/probe", lambda route: route.fulfill(body=pictured, content_type="text/html"))
    page.goto("/probe")
    assert any("404" in problem for problem in watch.problems)
    watch.problems.clear()


def test_a_page_that_is_not_found_on_purpose_is_no_problem(page, watch):
    show(page, GOOD, status=404)
    assert watch.problems == []


def test_axe_accepts_a_good_page_and_refuses_a_bad_one(page, axe):
    show(page, GOOD)
    axe(page)
    page.unroute("**/probe")
    show(page, GOOD.replace("<h1>", "<input type='text'><h1>"))
    with pytest.raises(AssertionError, match="label"):
        axe(page)


def test_a_page_too_wide_for_a_phone_is_seen(phone, fits):
    show(phone, GOOD)
    fits(phone)
    phone.unroute("**/probe")
    show(phone, GOOD.replace("Page</h1>", "P" * 400 + "</h1>"))
    with pytest.raises(AssertionError, match="needs"):
        fits(phone)
    assert phone.viewport_size["width"] == 360


def test_each_person_has_a_browser_of_her_own(another):
    first, second = another(), another(language="en-GB")
    for page in (first, second):
        show(page, GOOD)
    first.context.add_cookies([{"name": "who", "value": "first", "url": first.url}])
    assert second.context.cookies() == []
    assert second.evaluate("navigator.language") == "en-GB"


@pytest.mark.parametrize(("javascript", "asked"), [(True, 1), (False, 0)])
def test_a_browser_without_javascript_runs_none(another, javascript, asked):
    page, scripts = another(javascript=javascript), []
    page.route(
        "**/probe.js", lambda route: scripts.append(route.fulfill(body="", content_type="text/javascript"))
    )
    show(page, GOOD.replace("<h1>", "<script src='/probe.js'></script><h1>"))
    assert len(scripts) == asked
