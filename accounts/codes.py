"""A fresh code sent to somebody to confirm one act: kept as a hash, short-lived, few tries."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import OneTimeCode, Suppression, User, UserQuerySet

SIGN_IN = "sign_in"
CONFIRM_PERSON = "confirm_person"
CHANGE_ADDRESS = "change_address"

Limits = tuple[tuple[timedelta, int], ...]

MAX_FAILURES = 5
# How many codes somebody may ask for within each duration: few enough that guessing stays hopeless.
MAX_CODES = ((timedelta(minutes=15), 5), (timedelta(days=1), 30))
# The same for one address from everywhere: wide, so that a stranger who asks in the place of somebody from one
# network does not shut them out; 300 codes with 5 tries each leave 1.5 chances in a thousand a day.
MAX_CODES_FROM_EVERYWHERE = ((timedelta(days=1), 300),)
KEPT = timedelta(days=1)  # as long as they are counted
RESEND_AFTER = timedelta(seconds=60)


class CodeRefused(Exception):
    """The code is not accepted; the message tells the person how to go on (errors E02, E03, E04)."""


def send_code(*, user: User, purpose: str, at: datetime) -> OneTimeCode:
    """Make a code of six digits for one purpose and mail it after commit; the code itself is never stored.

    Asked again within a minute (a double click), no second code leaves: the first one would stop working on its way.
    Raises `CodeRefused` when the person has no mailbox or asked for too many codes.
    """
    if not user.mailbox:
        raise CodeRefused(_("Nous n'avons pas d'adresse e-mail pour vous. Vous pouvez signer sur papier."))
    codes = OneTimeCode.objects.filter(user=user, purpose=purpose)
    just_sent = codes.filter(created_at__gt=at - RESEND_AFTER, used_at=None, failures__lt=MAX_FAILURES)
    if known := just_sent.order_by("-created_at", "-pk").first():
        return known
    _refuse_too_many(codes, MAX_CODES, at)
    row, code = _new(at, user=user, purpose=purpose)
    _mail_after_commit(user.mailbox, code, purpose, user.language)
    return row


def send_code_to_address(
    *, address: str, purpose: str, language: str, network: str, at: datetime
) -> OneTimeCode:
    """The same for an address, whether or not we know it, so that the answer never tells who has an account.

    `network` is from where it is asked (`accounts.access.network_of`): requests are counted for each. Nothing is
    mailed to people on the suppression list. Raises `CodeRefused` when too many codes were asked.
    """
    asked = OneTimeCode.objects.filter(address=address)
    _refuse_too_many(asked.filter(network=network), MAX_CODES, at)
    _refuse_too_many(asked, MAX_CODES_FROM_EVERYWHERE, at)
    row, code = _new(at, address=address, purpose=purpose, network=network)
    if not Suppression.objects.silences(address):
        known = User.objects.behind(address).filter(never_contact=False).only("language").first()
        _mail_after_commit(address, code, purpose, known.language if known else language)
    return row


def check_code(*, user: User, purpose: str, code: str, at: datetime) -> None:
    """Accept the latest code of that person and purpose, once. Raises `CodeRefused` otherwise.

    Failures are counted even when the caller's transaction is undone: call it before opening the transaction.
    """
    codes = OneTimeCode.objects.filter(user=user, purpose=purpose)
    check_row(codes.order_by("-created_at", "-pk").first(), code=code, at=at)


def check_row(row: OneTimeCode | None, *, code: str, at: datetime) -> None:
    """Accept this code, once. Raises `CodeRefused` when wrong, used, expired or tried too often."""
    if row is None or row.used_at is not None:
        raise CodeRefused(wrong_code())
    if at >= row.expires_at:
        raise CodeRefused(_("Ce code a dépassé 15 minutes. Demandez-en un nouveau."))
    mine = OneTimeCode.objects.filter(pk=row.pk, used_at=None)
    if not mine.filter(failures__lt=MAX_FAILURES).update(failures=F("failures") + 1):
        raise CodeRefused(too_many(row.expires_at))
    if not check_password(digits(code), row.code_hash):
        raise CodeRefused(wrong_code() if row.failures + 1 < MAX_FAILURES else too_many(row.expires_at))
    if not mine.update(used_at=at):
        raise CodeRefused(wrong_code())
    _received(row).mail_arrives()


def _received(row: OneTimeCode) -> UserQuerySet:
    """Everybody behind the mailbox that received that code."""
    if row.user_id is None:
        return User.objects.behind(row.address)
    return User.objects.sharing(row.user_id)


def forget_old_codes(at: datetime) -> int:
    """Delete codes that count no longer; returns how many. They are no evidence: acts keep their own."""
    deleted, _by_model = OneTimeCode.objects.filter(created_at__lte=at - KEPT).delete()
    return deleted


def digits(text: str) -> str:
    """What was typed or pasted, without spaces or dashes: « 482 913 » is 482913."""
    return "".join(character for character in text if character.isdigit())


def wrong_code() -> str:
    """Error E02."""
    return _("Ce code ne correspond pas. Recopiez les 6 chiffres du dernier e-mail reçu.")


def too_many(until: datetime) -> str:
    """Error E04."""
    return _("Trop d'essais. Recommencez à {time}, ou appelez-nous.").format(time=clock(until))


def clock(at: datetime) -> str:
    """« 14 h 50 », rounded up to the minute, in Paris."""
    local = timezone.localtime(at)
    if local.second or local.microsecond:
        local += timedelta(minutes=1)
    return _("{hour} h {minute:02d}").format(hour=local.hour, minute=local.minute)


def _refuse_too_many(codes: QuerySet[OneTimeCode], limits: Limits, at: datetime) -> None:
    for duration, allowed in limits:
        recent = codes.filter(created_at__gt=at - duration).order_by("-created_at", "-pk")
        if oldest := recent.values_list("created_at", flat=True)[allowed - 1 : allowed].first():
            raise CodeRefused(too_many(oldest + duration))


def _new(
    at: datetime, *, purpose: str, user: User | None = None, address: str = "", network: str = ""
) -> tuple[OneTimeCode, str]:
    code = f"{secrets.randbelow(10**6):06d}"
    row = OneTimeCode.objects.create(
        user=user,
        address=address,
        network=network,
        purpose=purpose,
        code_hash=make_password(code),
        created_at=at,
        expires_at=at + settings.CODE_VALIDITY,
    )
    return row, code


def _mail_after_commit(address: str, code: str, purpose: str, language: str) -> None:
    transaction.on_commit(lambda: _mail(address, code, purpose, language))


def _mail(address: str, code: str, purpose: str, language: str) -> None:
    with translation.override(language):
        shown = f"{code[:3]} {code[3:]}"
        words = {
            "code": shown,
            "to_enter": purpose == SIGN_IN,
            "to_confirm": purpose in (CONFIRM_PERSON, CHANGE_ADDRESS),
            "phone": settings.SERVICE_PHONE,
            "language": language,
        }
        message = EmailMultiAlternatives(
            _("{code} est votre code").format(code=shown),
            render_to_string("account/mail_code.txt", words).strip() + "\n",
            to=[address],
        )
        message.attach_alternative(render_to_string("account/mail_code.html", words), "text/html")
        message.send()
