"""System checks of the registries: an entry that is missing or double stops the start."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.checks import Error, register

RegistryCheck = Callable[[], Iterable[str]]
_checks: list[RegistryCheck] = []


def registry_check(check: RegistryCheck) -> RegistryCheck:
    """Declare a function that returns one sentence per fault of a registry."""
    _checks.append(check)
    return check


@register()
def registries_are_complete(app_configs: Any, **_: Any) -> list[Error]:
    """Every declared registry has exactly the entries that it must have."""
    return [Error(fault, id="registry.E001") for check in _checks for fault in check()]
