"""Every address with what nobody should type: huge keys, NUL, stray bytes. Never a failure of ours."""

from typing import Any

import pytest
from django.urls import NoReverseMatch, reverse

from tests.test_access import addresses, arguments, sign_of, world

HUGE = 99_999_999_999_999_999_999
STRANGE = ("a%00b", "%FF%FE")
QUESTIONS = ("texte", "q", "apres", "avant", "numero", "on", "jour", "date", "next", "champ", "lieu", "etape")
ANSWERS = {"200", "in", "go", "400", "403", "404", "405"}


def hostile(name: str, route: str, keys: dict[str, Any]) -> list[str]:
    """The address with each of its arguments made strange in turn, then with strange questions."""
    usual = arguments(name, route, keys)
    found = [f"{reverse(name, kwargs=usual)}?{'&'.join(f'{one}=a%00b' for one in QUESTIONS)}"]
    for argument in usual:
        if f"<int:{argument}>" in route:
            found.append(reverse(name, kwargs={**usual, argument: HUGE}))
            continue
        try:
            marked = reverse(name, kwargs={**usual, argument: "LEPOINT"})
        except NoReverseMatch:
            continue
        found += [marked.replace("LEPOINT", one) for one in STRANGE]
    return found


@pytest.mark.walk
@pytest.mark.django_db
def test_no_address_fails_whatever_is_typed_in_it() -> None:
    clients, keys = world()
    failed = {}
    for name, route in addresses().items():
        for path in hostile(name, route, keys):
            for who in ("officer", "member"):
                try:
                    found = sign_of(clients[who].get(path))
                except Exception as error:  # the client gives back what the page raised
                    found = repr(error)
                if found not in ANSWERS:
                    failed[who, path] = found
    assert failed == {}
