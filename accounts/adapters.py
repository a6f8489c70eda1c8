"""How allauth behaves in this house."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.utils.encoding import force_bytes
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise

    from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by code: nobody signs up with a password, and our own pages say what was done."""

    error_messages: ClassVar[dict[str, StrOrPromise]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _("Trop d'essais. Recommencez dans 15 minutes, ou appelez-nous."),
        "rate_limited": _("Trop d'essais. Recommencez dans 15 minutes, ou appelez-nous."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by our own page, once an address is proved."""
        return False

    def get_login_stages(self) -> list[str]:
        """What stands between the e-mail code and the session."""
        return ["accounts.second_factor.SecondFactorStage"]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Our own door (`accounts.access.fresh_sign_in`) asks again who is there."""
        return False

    def add_message(
        self, request: HttpRequest, level: int, *args: Any, message: str = "", **kwargs: Any
    ) -> None:
        """Only sentences; allauth's templates of messages speak another tone."""
        if message:
            messages.add_message(request, level, message)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors; their secrets are encrypted at rest with a key drawn from SECRET_KEY."""

    error_messages: ClassVar[dict[str, StrOrPromise]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Cet appareil n'a pas été reconnu. Recommencez, ou demandez un code par e-mail."),
    }

    def encrypt(self, text: str) -> str:
        """The text as it is stored."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The text as it was."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002
        """The name proposed for a device."""
        return str(_("Mon appareil"))

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)


def _box() -> MultiFernet:
    keys = (force_bytes(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    digests = (hashlib.sha256(b"second factor:" + key).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
