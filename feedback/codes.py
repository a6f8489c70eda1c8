"""The code that gives somebody back the page of their report: given once, kept as a keyed digest only."""

from __future__ import annotations

import re
import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

from feedback.models import Report

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that looks like another
LENGTH = 12  # 58 bits: nobody tries them all, so nobody needs to be locked out


def new_code() -> str:
    """A code to read aloud: three groups of four signs."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return "-".join(signs[place : place + 4] for place in range(0, LENGTH, 4))


def plain(code: str) -> str:
    """A code as people type it, without its dashes and spaces, in capitals."""
    return re.sub(r"[^A-Z0-9]", "", code.upper()[:60])


def digest(reference: str, code: str) -> str:
    """What is kept of a code: useless without the key of the service, and for another report."""
    return salted_hmac("feedback.codes", f"{reference}:{plain(code)}", algorithm="sha256").hexdigest()


def opens(reference: str, code: str, kept: str) -> bool:
    """Whether that code is the one given for that report."""
    return constant_time_compare(digest(reference, code), kept)


def found_with(*, reference: str, code: str) -> Report | None:
    """The report of that number when the code is its own; None for anything else, without saying which is wrong."""
    reports = Report.objects.select_related("source", "duplicate_of", "label__structure")
    found = reports.filter(reference=reference).first()
    return found if opens(reference, code, found.source.secret if found else "") else None
