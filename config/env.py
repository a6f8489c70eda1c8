"""Typed reading of the environment; a missing or absurd value fails at start and names itself."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, overload
from urllib.parse import parse_qsl, unquote, urlparse

BASE_DIR = Path(__file__).resolve().parent.parent


def load_file(path: Path) -> None:
    """Read KEY=value lines into the environment; what is already set wins."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        key, separator, value = line.partition("=")
        if separator and not key.lstrip().startswith("#"):
            os.environ.setdefault(key.strip(), value.strip())


def text(name: str, default: str | None = None) -> str:
    """The value of a variable; ValueError naming it when it is absent and has no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise ValueError(f"the environment variable {name} is missing")
    return value


def one_of(name: str, allowed: Iterable[str], default: str) -> str:
    """A value of a closed list; ValueError naming the variable and the list for any other."""
    value, known = os.environ.get(name, default), tuple(allowed)
    if value not in known:
        words = ", ".join(word or "nothing" for word in known)
        raise ValueError(f"the environment variable {name} must be one of: {words}; it is {value!r}")
    return value


def day(name: str) -> date | None:
    """A date written 2027-03-31; None when absent; ValueError naming the variable for anything else."""
    value = os.environ.get(name, "")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise ValueError(f"the environment variable {name} must be a date like 2027-03-31") from None


def flag(name: str, default: bool) -> bool:
    """A yes/no variable written 1/0, true/false, yes/no."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in {"1", "true", "yes"}:
        return True
    if value.lower() in {"0", "false", "no", ""}:
        return False
    raise ValueError(f"the environment variable {name} must be yes or no")


@overload
def number(name: str, default: int, *, low: int = 0, high: int = 10**6) -> int: ...


@overload
def number(name: str, default: int | None, *, low: int = 0, high: int = 10**6) -> int | None: ...


def number(name: str, default: int | None, *, low: int = 0, high: int = 10**6) -> int | None:
    """A bounded whole number."""
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    try:
        found = int(value)
    except ValueError:
        raise ValueError(f"the environment variable {name} must be a whole number, not {value!r}") from None
    if not low <= found <= high:
        raise ValueError(f"the environment variable {name} must lie between {low} and {high}")
    return found


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def first_tuesdays(first: int, last: int) -> str:
    """The first Tuesday of each month of these years, as a comma-separated list of ISO dates."""
    months = [date(year, month, 1) for year in range(first, last + 1) for month in range(1, 13)]
    return ",".join((day + timedelta(days=(1 - day.weekday()) % 7)).isoformat() for day in months)


def database(url: str) -> dict[str, Any]:
    """Django's settings of one database from its address.

    `sqlite:///path` (default) or `postgresql://user:password@host:port/name`; for a socket,
    `postgresql:///name?host=/folder`. Raises ValueError for any other scheme.
    """
    parsed = urlparse(url)
    if parsed.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parsed.path[1:]) or str(BASE_DIR / "var" / "label.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    if parsed.scheme in {"postgres", "postgresql"}:
        options = dict(parse_qsl(parsed.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parsed.path[1:]),
            "USER": unquote(parsed.username or options.pop("user", "")),
            "PASSWORD": unquote(parsed.password or ""),
            "HOST": parsed.hostname or options.pop("host", ""),
            "PORT": str(parsed.port or options.pop("port", "")),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # Compiling a query that is run once takes longer than running it: no just-in-time compiler.
            "OPTIONS": {"options": "-c lock_timeout=15000 -c jit=off", **options},
        }
    raise ValueError("DATABASE_URL must start with sqlite:// or postgresql://")
