"""The live badge that an association shows on its site, and the page that gives its code (screens P28)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.access import for_everybody
from journal.numbering import InvalidNumber
from portal import badge
from portal.answers import answer_of
from portal.forms import read_number
from portal.served import FIVE_MINUTES, for_programs, fresh
from portal.verification import Heading, dated, heading_of
from portal.views.verification import about_a_label
from portal.words import PANELS, sentence

SVG = "image/svg+xml; charset=utf-8"
ENGLISH = "en"


@for_everybody
def live_badge(request: HttpRequest, number: str) -> HttpResponse:
    """The state of a label today as an image, in French unless the address asks for English (`langue=en`).

    The address decides of the language, not a cookie: a site shows to each visitor the same image. A number under
    which there is no label to tell answers 404, with an image that says why.
    """
    language = ENGLISH if request.GET.get("langue") == ENGLISH else settings.LANGUAGE_CODE
    with override(language):
        drawing, status = _drawing(number, language)
    response = for_programs(request, drawing.encode(), SVG, seconds=FIVE_MINUTES, status=status)
    response["Content-Language"] = language
    return response


def _drawing(number: str, language: str) -> tuple[str, int]:
    now = timezone.now()
    try:
        canonical = read_number(number).canonical
    except InvalidNumber as error:
        return badge.refused(error.reason), 404
    heading = heading_of(canonical)
    if heading is None or heading.is_on_its_way:
        return badge.refused("on_its_way" if heading else "unknown", number=canonical), 404
    today = timezone.localdate(now)
    answer = answer_of("badge", heading, now, lambda: badge.drawn(dated(heading), today, language=language))
    return answer, 200


@about_a_label
def badge_code(request: HttpRequest, heading: Heading, now: datetime) -> HttpResponse:
    """« Afficher le badge sur votre site »: what it looks like, the code to paste, what may be done with it.

    Open to all: it holds nothing but the number, and who makes the site of an association has no account here.
    """
    public = dated(heading)  # what a label that goes on would say more is not said here
    status = public.status(timezone.localdate(now))
    if status.code == "annulled":
        return redirect("verify_label", heading.number)
    english = (get_language() or "").startswith(ENGLISH)
    title = heading.title_en if english else heading.title_fr
    address = reverse("live_badge", args=[heading.number]) + (f"?langue={ENGLISH}" if english else "")
    # What the badge says changes: the words beside it never tell a state.
    alternative = _("{title}, numéro {number} : vérifier ce label").format(title=title, number=heading.number)
    is_offered = status.is_current or status.code == "not_yet_issued"
    context = {
        "number": heading.number,
        "address": address,
        "alternative": alternative,
        "code": _code(heading.number, address, alternative),
        "is_offered": is_offered,
        "word": PANELS[status.code].word,
        "say": "" if is_offered else sentence(public, status),
    }
    return fresh(request, render(request, "portal/badge_code.html", context).content)


def _code(number: str, address: str, alternative: str) -> SafeString:
    """The HTML to paste: an image in a link, nothing that runs."""
    return format_html(
        '<a href="{}{}"><img src="{}{}" width="240" height="80" alt="{}"></a>',
        settings.PUBLIC_URL,
        reverse("verify_label", args=[number]),
        settings.PUBLIC_URL,
        address,
        alternative,
    )
