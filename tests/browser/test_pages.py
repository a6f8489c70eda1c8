"""Every page that each kind of person can open: axe, the smallest phone, no script, one title, no complaint."""

import pytest

from tests.browser.pages import faults, reachable
from tests.browser.people import enter
from tests.browser.stages import kinds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.timeout(3000)  # several hundred pages, each looked at by axe
def test_every_page_reads_well_for_everybody(another, live_server, watch):
    problems, seen, opened = {}, set(), 0
    for name, kind in kinds().items():
        page, plain = another(), another(width=320, javascript=False)
        for one in (page, plain) if kind.user else ():
            enter(one, live_server.url, kind.user)
        for address in reachable(kind, seen):
            opened += 1
            found = [*faults(page, plain, address), *watch.problems]
            watch.problems.clear()
            if found:
                problems[f"{name}: {address}"] = found
        page.context.close()
        plain.context.close()
    assert opened > 150
    assert problems == {}, "\n\n".join("\n".join([where, *told]) for where, told in problems.items())
