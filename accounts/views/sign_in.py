"""Who are you? An address, a code received there, and the name of the person when several share the mailbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import codes
from accounts.access import network_of, person, safe_next, with_next
from accounts.codes import CodeRefused, clock
from accounts.forms import AddressForm, CodeForm, WhoForm
from accounts.models import OneTimeCode, User

# What a session remembers between the pages: the address asked, then the address proved.
PENDING = "sign_in"
PROVED = "proved_address"


@login_not_required
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """P02, first page: the address. The answer is the same whether it is known or not."""
    wanted = safe_next(request)
    if request.user.is_authenticated:
        return redirect(with_next("account_landing", wanted))
    asked = request.session.get(PENDING, {}).get("address", "")
    form = AddressForm(request.POST or None, initial={"email": asked})
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="request_login_code"):
            return too_many(request)
        problem = _send(request, form.cleaned_data["email"], wanted)
        if not problem:
            return redirect("account_code")
        form.add_error("email", problem)
    page = {"form": form, "wanted": wanted, "after_device": with_next("account_landing", wanted)}
    return render(request, "account/login.html", page)


@login_not_required
@never_cache
def enter_code(request: HttpRequest) -> HttpResponse:
    """P02, second page: the code received."""
    pending = request.session.get(PENDING)
    if request.user.is_authenticated or not pending:
        return redirect("account_landing" if request.user.is_authenticated else "account_login")
    now = timezone.now()
    again_at = datetime.fromisoformat(pending["sent_at"]) + codes.RESEND_AFTER
    if request.method == "POST" and not ratelimit.consume(request, action="confirm_login_code"):
        return too_many(request)
    form, problem = CodeForm(), ""
    if request.POST.get("go") == "again":
        problem = _wait(again_at) if now < again_at else _send(request, pending["address"], pending["next"])
        if not problem:
            messages.success(request, _("Un nouveau code est parti. Utilisez le dernier reçu."))
            return redirect("account_code")
    elif request.method == "POST":
        form = CodeForm(request.POST)
        if form.is_valid() and _is_right(form, pending, now):
            return _welcome(request, pending["address"], pending["next"])
    page = {"form": form, "problem": problem, "address": pending["address"], "again_at": clock(again_at)}
    return render(request, "account/code.html", {**page, "may_ask": now >= again_at})


@login_not_required
@never_cache
def who(request: HttpRequest) -> HttpResponse:
    """« Qui êtes-vous ? »: the people behind the address that was proved in this session."""
    address = request.session.get(PROVED)
    if not address:
        return redirect(with_next("account_login", safe_next(request)))
    people = User.objects.behind(address).filter(is_active=True)
    form = WhoForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        return _enter(request, form.cleaned_data["person"], address, safe_next(request))
    return render(
        request, "account/who.html", {"form": form, "address": address, "wanted": safe_next(request)}
    )


@never_cache
def change_person(request: HttpRequest) -> HttpResponse:
    """Another person of the same mailbox takes over: signs this one out, then asks who is there."""
    if request.method == "POST":
        address = request.session.get(PROVED)
        logout(request)
        if address:
            request.session[PROVED] = address
            return redirect("account_who")
        return redirect("account_login")
    return render(request, "account/change_person.html")


@login_not_required
def inactive(request: HttpRequest) -> HttpResponse:
    """The account is closed."""
    return render(request, "account/inactive.html", status=403)


def too_many(request: HttpRequest) -> HttpResponse:
    """Error E04 as a page: too many requests from one place."""
    again_at = clock(timezone.now() + timedelta(minutes=10))
    return render(request, "429.html", {"again_at": again_at}, status=429)


def _send(request: HttpRequest, address: str, wanted: str) -> str:
    """Send a code and remember it in the session; returns what went wrong, in words, or nothing."""
    now = timezone.now()
    try:
        row = codes.send_code_to_address(
            address=address,
            purpose=codes.SIGN_IN,
            language=_language(),
            network=network_of(request),
            at=now,
        )
    except CodeRefused as refusal:
        return str(refusal)
    except (SMTPException, OSError):
        return _("Le code n'est pas parti. Réessayez dans quelques minutes, ou appelez-nous.")
    pending = {"address": address, "code": row.pk, "sent_at": now.isoformat(), "next": wanted}
    request.session[PENDING] = pending
    return ""


def _wait(until: datetime) -> str:
    return _("Vous pourrez demander un autre code à {time}.").format(time=clock(until))


def _language() -> str:
    return (get_language() or "fr")[:2]


def _is_right(form: CodeForm, pending: dict[str, Any], now: datetime) -> bool:
    row = OneTimeCode.objects.filter(
        pk=pending["code"], purpose=codes.SIGN_IN, address=pending["address"]
    ).first()
    try:
        codes.check_row(row, code=form.cleaned_data["code"], at=now)
    except CodeRefused as refusal:
        form.add_error("code", str(refusal))
        return False
    return True


def _welcome(request: HttpRequest, address: str, wanted: str) -> HttpResponse:
    """The address is proved: make the account at the first visit, ask who is there when several share it."""
    del request.session[PENDING]
    request.session[PROVED] = address
    people = list(User.objects.behind(address))
    if not people:
        people = [User.objects.first_visit(address, language=_language())]
    active = [one for one in people if one.is_active]
    if not active:
        return redirect("account_inactive")
    if len(active) > 1:
        return redirect(with_next("account_who", wanted))
    return _enter(request, active[0], address, wanted)


def _enter(request: HttpRequest, user: User, address: str, wanted: str) -> HttpResponse:
    """Sign that person in, through their second factor when they have one."""
    if request.user.is_authenticated and person(request).pk != user.pk:
        logout(request)
        request.session[PROVED] = address
    record_authentication(request, user, method="code")
    response: HttpResponse = perform_login(
        request, Login(user=user, redirect_url=with_next("account_landing", wanted))
    )
    return response
