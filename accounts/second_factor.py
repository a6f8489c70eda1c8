"""The second factor of INCa staff: an application on their phone that shows six digits (TOTP, RFC 6238)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.codes import CodeRefused, digits, too_many

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User

STEP = 30  # seconds that one code lasts
DRIFT = 1  # steps by which a phone's clock may be early or late
OF_THE_APPLICATION = {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}
MAX_FAILURES = 5
FAILURES_WITHIN = timedelta(minutes=15)


def is_enrolled(user: User) -> bool:
    """Whether that person has set the application up."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def was_given(request: HttpRequest, user: User) -> bool:
    """Whether this session went through the second factor of staff: the application, or one of its recovery codes.

    A device that knows its owner counts too, for whoever has set the application up: alone it opens no staff page.
    """
    records = get_authentication_records(request, user)
    kinds = {record.get("type") for record in records if record.get("method") == "mfa"}
    return bool(kinds & OF_THE_APPLICATION) or (Authenticator.Type.WEBAUTHN in kinds and is_enrolled(user))


def check_totp(*, user: User, code: str, at: datetime) -> None:
    """Accept the code that the application of this person shows now, once. Raises `CodeRefused`.

    Asked again before signing an act. Failures are counted: call it before opening a transaction.
    """
    _refuse_after_failures(user, at)
    authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    typed = digits(code)
    step = int(at.timestamp()) // STEP
    secret = decrypt(authenticator.data["secret"]) if authenticator else ""
    around = range(step - DRIFT, step + DRIFT + 1) if secret else ()
    fits = [
        near for near in around if constant_time_compare(typed, format_hotp_value(hotp_value(secret, near)))
    ]
    if not fits:
        _count_failure(user, at)
        raise CodeRefused(
            _("Ce code ne correspond pas. Recopiez les 6 chiffres affichés par votre application.")
        )
    # A code seen over a shoulder is worth nothing once used.
    if not cache.add(f"totp-used:{user.pk}:{fits[0]}", 1, timeout=STEP * (2 * DRIFT + 2)):
        raise CodeRefused(_("Ce code a déjà servi. Attendez que votre application affiche le suivant."))
    cache.delete(_failures_key(user))


def check_totp_or_recovery_code(*, user: User, code: str, at: datetime) -> str:
    """Accept the application's code or an unused recovery code; tells which by its type. Raises `CodeRefused`."""
    if len(digits(code)) <= 6:
        check_totp(user=user, code=code, at=at)
        return str(Authenticator.Type.TOTP)
    _refuse_after_failures(user, at)
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    if codes is None or not RecoveryCodes(codes).validate_code(digits(code)):
        _count_failure(user, at)
        raise CodeRefused(_("Ce code de secours ne correspond pas, ou a déjà servi. Essayez le suivant."))
    cache.delete(_failures_key(user))
    return str(Authenticator.Type.RECOVERY_CODES)


def confirm(request: HttpRequest, code: str) -> bool:
    """Ask the second factor again within a session; remembers it in the session when it is right."""
    user: User = request.user  # type: ignore[assignment]
    try:
        check_totp(user=user, code=code, at=timezone.now())
    except CodeRefused:
        return False
    remember(request, user, str(Authenticator.Type.TOTP))
    return True


def remember(request: HttpRequest, user: User, kind: str) -> None:
    """Write in the session that the second factor was given just now."""
    record_authentication(request, user, "mfa", type=kind, reauthenticated=True)


def remember_code(request: HttpRequest, user: User) -> None:
    """Write in the session that a code from the mailbox was given just now."""
    record_authentication(request, user, "code", reauthenticated=True)


def new_secret() -> str:
    """A fresh secret to show as a QR code."""
    return str(generate_totp_secret())


def enrol(user: User, *, secret: str | None = None) -> str:
    """Set the application of that person up and make recovery codes; returns the secret."""
    secret = secret or new_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_at(secret: str, at: datetime) -> str:
    """The six digits that an application with this secret shows at that moment."""
    return str(format_hotp_value(hotp_value(secret, int(at.timestamp()) // STEP)))


def fits(secret: str, code: str, at: datetime) -> bool:
    """Whether these digits come from an application that has just been given this secret."""
    moments = (at + timedelta(seconds=STEP * near) for near in range(-DRIFT, DRIFT + 1))
    return any(constant_time_compare(digits(code), code_at(secret, moment)) for moment in moments)


def recovery_codes(user: User) -> list[str]:
    """The recovery codes that this person has not used."""
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return list(RecoveryCodes(codes).get_unused_codes()) if codes else []


def renew_recovery_codes(user: User) -> None:
    """Replace the recovery codes: the old ones stop working."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)


def take_away(user: User) -> None:
    """Remove the application, devices and recovery codes of a person, and end their sessions."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)


def end_sessions(user: User, *, except_key: str | None = None) -> None:
    """Sign this person out everywhere, but for one session."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=except_key or ""):
        session.end()


class SecondFactorStage(AuthenticateStage):
    """After the e-mail code, people who have the application show its code.

    A device alone asks nothing more: for associations it replaces the e-mail code and is no second lock, or
    losing a phone would lock a volunteer out.
    """

    def _should_handle(self, request: HttpRequest) -> bool:
        return bool(super()._should_handle(request)) and is_enrolled(self.login.user)


def _failures_key(user: User) -> str:
    return f"totp-failures:{user.pk}"


def _recent_failures(user: User, at: datetime) -> list[float]:
    since = (at - FAILURES_WITHIN).timestamp()
    return [moment for moment in cache.get(_failures_key(user), []) if moment > since]


def _refuse_after_failures(user: User, at: datetime) -> None:
    failures = _recent_failures(user, at)
    if len(failures) >= MAX_FAILURES:
        oldest = datetime.fromtimestamp(failures[-MAX_FAILURES], tz=at.tzinfo)
        raise CodeRefused(too_many(oldest + FAILURES_WITHIN))


def _count_failure(user: User, at: datetime) -> None:
    failures = [*_recent_failures(user, at), at.timestamp()]
    cache.set(_failures_key(user), failures, timeout=int(FAILURES_WITHIN.total_seconds()))
