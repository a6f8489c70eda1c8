"""The whole map of addresses: each room gives its lists, by the space in which they stand."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

ROOMS = (
    "accounts",
    "letters",
    "structures",
    "charter",
    "label",
    "reviewers",
    "decisions",
    "certificates",
    "feedback",
    "portal",
    "workflows",
    "desks",
)
SPACES = {"public_urls": "", "account_urls": "compte/", "space_urls": "espace/", "committee_urls": "comite/"}
SPACES["staff_urls"] = "inca/"


def _patterns() -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = []
    for room in ROOMS:
        module = import_module(f"{room}.urls")
        for name, prefix in SPACES.items():
            patterns = getattr(module, name, None)
            if patterns:
                found.append(path(prefix, include(patterns)))
    return found


urlpatterns = _patterns()
handler429 = "accounts.views.sign_in.too_many"
