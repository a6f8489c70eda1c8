"""Words sent by somebody who was signed out meanwhile, or from a page older than their sign-in: kept, then given back.

They lie in the session of the browser that sent them, for one page, for the person for whom that page was made, and no
longer than a session. The page carries the key of that person, signed: nobody else receives the words, and a stranger
without such a page stores nothing here.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from accounts.models import User

MADE_FOR = "page_made_for"  # the hidden field that `{% csrf_token %}` adds to every form
KEY = "kept_words"
MOST_PAGES, MOST_CHARACTERS = 5, 1_000_000
NOT_WORDS = {"csrfmiddlewaretoken", MADE_FOR, "go", "code"}

# What the forms of the page under way show instead of what is stored.
words: ContextVar[MultiValueDict[str, str] | None] = ContextVar("kept_words", default=None)

_signer = Signer(salt="accounts.kept")


def mark_of(user: User | AnonymousUser) -> str:
    """What a form carries to say for whom its page was made; nothing for a visitor."""
    return _signer.sign(str(user.pk)) if user.is_authenticated else ""


def keep(request: HttpRequest, *, at: datetime) -> str:
    """Keep the words of a refused POST; the address of their page, or nothing when they are not to be kept."""
    made_for = _person_of(request.POST.get(MADE_FOR, ""))
    if not made_for or (request.user.is_authenticated and str(request.user.pk) != made_for):
        return ""
    typed = {name: texts for name, texts in request.POST.lists() if name not in NOT_WORDS}
    length = sum(len(text) for texts in typed.values() for text in texts)
    if not length or length > MOST_CHARACTERS:
        return ""
    page = page_of(request)
    pages = {where: one for where, one in request.session.get(KEY, {}).items() if where != page}
    pages = dict(list(pages.items())[1 - MOST_PAGES :])
    row = {"for": made_for, "until": at.timestamp() + settings.SESSION_COOKIE_AGE, "words": typed}
    request.session[KEY] = {**pages, page: {**row, "files": bool(request.FILES)}}
    return page


def given_back(request: HttpRequest, *, at: datetime) -> MultiValueDict[str, str] | None:
    """The words kept for this page and this person; what was kept for another person is thrown away."""
    pages = request.session.get(KEY)
    if not pages or not request.user.is_authenticated:
        return None
    own = {
        where: row
        for where, row in pages.items()
        if row["for"] == str(request.user.pk) and at.timestamp() < row["until"]
    }
    if own != pages:
        request.session[KEY] = own
    row = own.get(request.get_full_path())
    if row is None:
        return None
    request.kept_words = row  # type: ignore[attr-defined]
    return MultiValueDict(row["words"])


def forget(request: HttpRequest) -> None:
    """The page was sent again, and received: its words need not be kept any more."""
    pages = request.session.get(KEY, {})
    if page_of(request) in pages:
        request.session[KEY] = {where: row for where, row in pages.items() if where != page_of(request)}


def page_of(request: HttpRequest) -> str:
    """The address of the page that holds the form: a form may be sent to an address that shows nothing."""
    found = urlsplit(request.headers.get("Referer", ""))
    if found.netloc != request.get_host():
        return request.get_full_path()
    return f"{found.path}?{found.query}" if found.query else found.path


def _person_of(mark: str) -> str:
    try:
        return _signer.unsign(mark)
    except BadSignature:
        return ""
