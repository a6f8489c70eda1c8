"""Transitions that keep the signature of the method, so that mypy checks every call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, cast

from django_fsm import transition

P = ParamSpec("P")


def move(source: str | Sequence[str], target: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """A transition of the field `state` from one or several sources to one target."""
    sources = source if isinstance(source, str) else list(source)
    return cast(Any, transition("state", sources, target))
