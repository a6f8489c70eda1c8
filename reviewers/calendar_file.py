"""A sitting as a calendar file (RFC 5545), to add to one's own calendar: pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

PRODUCT = "-//Institut national du cancer//Label//FR"
LINE = 75  # bytes, the end of the line not counted (section 3.1)
CONTENT_TYPE = "text/calendar; charset=utf-8"


def calendar_file(  # noqa: PLR0913 - the fields of one event
    *,
    uid: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    stamped_at: datetime,
    place: str = "",
    description: str = "",
    url: str = "",
    sequence: int = 0,
    is_cancelled: bool = False,
) -> bytes:
    """One event. Times are written in UTC; a later file of the same `uid` with a higher `sequence` replaces it."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        f"METHOD:{'CANCEL' if is_cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{_text(uid)}",
        f"DTSTAMP:{_utc(stamped_at)}",
        f"DTSTART:{_utc(starts_at)}",
        f"DTEND:{_utc(ends_at)}",
        f"SEQUENCE:{sequence}",
        f"STATUS:{'CANCELLED' if is_cancelled else 'CONFIRMED'}",
        f"SUMMARY:{_text(title)}",
        *([f"LOCATION:{_text(place)}"] if place else []),
        *([f"DESCRIPTION:{_text(description)}"] if description else []),
        *([f"URL:{_address(url)}"] if url else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    """A value of type TEXT: the signs that mean something are escaped, other control characters go (3.3.11)."""
    plain = words.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in plain if sign in "\n\t" or sign.isprintable() or ord(sign) > 159)
    for sign in ("\\", ";", ","):
        kept = kept.replace(sign, f"\\{sign}")
    return kept.replace("\n", "\\n")


def _address(url: str) -> str:
    """An address on one line."""
    return "".join(sign for sign in url if sign.isprintable() and not sign.isspace())


def _folded(line: str) -> Iterator[bytes]:
    """The line in parts of 75 bytes at most, never cut inside a character; the next ones begin with a space."""
    part, room = b"", LINE
    for sign in line:
        encoded = sign.encode("utf-8")
        if len(part) + len(encoded) > room:
            yield part
            part, room = b" ", LINE
        part += encoded
    yield part
