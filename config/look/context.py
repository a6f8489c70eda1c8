"""Context processor of the house: header, footer, help, end of session; nothing is computed unread."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from config.look.navigation import Navigation, counter
from config.look.session import end_of_session

ACCESSIBILITY_WORDS = {
    "not": _("Accessibilité : non conforme"),
    "partially": _("Accessibilité : partiellement conforme"),
    "fully": _("Accessibilité : totalement conforme"),
}


class House:
    """`{{ house.phone }}`: what every page says about the service."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def phone(self) -> str:
        """Phone number of the help."""
        return str(getattr(settings, "SERVICE_PHONE", ""))

    @property
    def hours(self) -> Any:
        """Hours of the help, in words: « du lundi au vendredi, de 9 h à 17 h »; marked as French among English."""
        french = settings.SERVICE_HOURS
        if not self.in_english or not french:
            return french
        return settings.SERVICE_HOURS_EN or format_html('<span lang="fr">{}</span>', french)

    @property
    def post(self) -> Any:
        """Postal address of the help."""
        return getattr(settings, "SERVICE_ADDRESS", "")

    @property
    def source_code(self) -> str:
        """Address of the source code."""
        return str(getattr(settings, "SOURCE_CODE_URL", ""))

    @property
    def accessibility(self) -> Any:
        """The compulsory mention; raises KeyError for a status that the law does not know."""
        return ACCESSIBILITY_WORDS[str(getattr(settings, "ACCESSIBILITY_STATUS", "not"))]

    @property
    def in_english(self) -> bool:
        """Whether the page is in English."""
        return (get_language() or "fr").startswith("en")

    @property
    def other_language_address(self) -> str:
        """The same page in the other language; empty where languages cannot be changed."""
        code = "fr" if self.in_english else "en"
        back = self.request.get_full_path() if self.request.method == "GET" else "/"
        try:
            return f"{reverse('set_language_simple', args=[code])}?{urlencode({'next': back})}"
        except NoReverseMatch:
            return ""

    @cached_property
    def session_ends_at(self) -> datetime | None:
        """When the session of a signed-in person ends."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        return end_of_session(self.request)

    @property
    def session_warning_at(self) -> datetime | None:
        """Ten minutes before the end of the session."""
        return self.session_ends_at and self.session_ends_at - timedelta(minutes=10)

    @property
    def stay_address(self) -> str:
        """Where « Rester connecté » leads: this page again, which extends the session."""
        return self.request.get_full_path() if self.request.method == "GET" else self.request.path


def house(request: HttpRequest) -> dict[str, Any]:
    """`navigation` (links, areas, addresses) and `house` (help, footer) for every template."""
    return {"navigation": Navigation(request, counter()), "house": House(request)}
