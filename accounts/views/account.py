"""After the door: where to go; and the person's own account: names, preferences, address, devices, sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn, begin_registration
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import actions, codes, second_factor
from accounts.access import fresh_sign_in, network_of, person, safe_next, with_next
from accounts.codes import CodeRefused
from accounts.forms import (
    AbsenceForm,
    AddressForm,
    CodeForm,
    NamesForm,
    PasskeyForm,
    PreferencesForm,
)
from accounts.models import Absence, OneTimeCode, User
from accounts.once import once
from accounts.rules import may, roles_of
from accounts.views.sign_in import PROVED
from journal.moves import Actor
from journal.refusals import Blocked

NEW_ADDRESS = "new_address"


@dataclass(frozen=True)
class Space:
    """A space that a person may enter."""

    words: str
    address: str


def spaces_of(user: User) -> list[Space]:
    """The spaces of that person today; that of associations when they have none, to make their first dossier."""
    hats = import_string(settings.HATS_OF)(user, on=timezone.localdate())
    found = []
    if hats.roles:
        found.append(Space(_("Espace de l'Institut"), "/inca/"))
    if hats.is_member_of_committee:
        found.append(Space(_("Espace du comité"), "/comite/"))
    if hats.has_structures or not found:
        found.append(Space(_("Espace de l'association"), "/espace/"))
    return found


@never_cache
def landing(request: HttpRequest) -> HttpResponse:
    """Every sign-in arrives here: names at the first visit, second factor, device, then the right space."""
    user, wanted = person(request), safe_next(request)
    step = _next_step(user)
    if step:
        response: HttpResponse = redirect(with_next(step, wanted))
    elif wanted:
        response = redirect(wanted)
    else:
        spaces = spaces_of(user)
        response = redirect("account_spaces") if len(spaces) > 1 else redirect(spaces[0].address)
    return _with_language(response, user.language)


def _next_step(user: User) -> str:
    if not user.first_name or not user.last_name:
        return "account_names"
    if _must_enrol(user):
        return "mfa_activate_totp"
    devices = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    if user.device_offer_declined_at is None and not devices.exists():
        return "account_device"
    return ""


def _must_enrol(user: User) -> bool:
    """Whether that person holds an INCa role and has not set the application up."""
    held = import_string(settings.HATS_OF)(user, on=timezone.localdate()).roles
    return bool(held) and not second_factor.is_enrolled(user)


@never_cache
def spaces(request: HttpRequest) -> HttpResponse:
    """« Vous agissez pour… »: the spaces of a person with several hats."""
    return render(request, "account/spaces.html", {"spaces": spaces_of(person(request))})


@never_cache
def names(request: HttpRequest) -> HttpResponse:
    """First visit: first and last name."""
    form = NamesForm(request.POST or None, instance=_mine(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect(with_next("account_landing", safe_next(request)))
    return render(request, "account/names.html", {"form": form, "wanted": safe_next(request)})


@never_cache
def offer_device(request: HttpRequest) -> HttpResponse:
    """« Ajouter cet appareil ? » « Plus tard » is remembered."""
    wanted = safe_next(request)
    if request.method == "POST":
        User.objects.filter(pk=person(request).pk).update(device_offer_declined_at=timezone.now())
        return redirect(with_next("account_landing", wanted))
    return render(request, "account/device_offer.html", {"wanted": wanted})


@never_cache
@fresh_sign_in
def add_device(request: HttpRequest) -> HttpResponse:
    """Register this device: afterwards its finger, face or code signs its owner in.

    Staff set the application up first: a device that signs in must not come before the second factor.
    """
    user, wanted = person(request), safe_next(request)
    if _must_enrol(user):
        return redirect(with_next("mfa_activate_totp", request.get_full_path()))
    form = PasskeyForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        WebAuthn.add(user, form.cleaned_data["name"], form.cleaned_data["credential"])
        messages.success(
            request, _("Cet appareil est ajouté. La prochaine fois, il suffira pour vous connecter.")
        )
        return redirect(with_next("account_landing", wanted) if wanted else "account_home")
    options = {"creation_options": begin_registration(user, passwordless=True)}
    return render(request, "mfa/webauthn/add_form.html", {"form": form, "js_data": options, "wanted": wanted})


@never_cache
@fresh_sign_in
def remove_device(request: HttpRequest, pk: int) -> HttpResponse:
    """A device that was lost, sold or lent no longer signs anybody in."""
    device = get_object_or_404(Authenticator, pk=pk, user=person(request), type=Authenticator.Type.WEBAUTHN)
    if request.method == "POST":
        device.delete()
        messages.success(request, _("Cet appareil est retiré : il ne permet plus de se connecter."))
        return redirect("account_home")
    return render(request, "mfa/webauthn/authenticator_confirm_delete.html", {"device": device})


@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """« Mon compte »."""
    user, today = person(request), timezone.localdate()
    people = User.objects.behind(user.mailbox).filter(is_active=True) if user.mailbox else User.objects.none()
    page = {
        "person": user,
        "devices": Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("pk"),
        "is_staff_member": bool(roles_of(user, on=today)),
        "may_help": may("accounts.recover_access", user, on=today),
        "is_enrolled": second_factor.is_enrolled(user),
        "absences": Absence.objects.filter(user=user).exclude(ends_on__lt=today).select_related("substitute"),
        "shares_mailbox": people.count() > 1,
        "spaces": spaces_of(user),
    }
    return render(request, "account/home.html", page)


@never_cache
def preferences(request: HttpRequest) -> HttpResponse:
    """Names, language, and how we may reach the person."""
    form = PreferencesForm(request.POST or None, instance=_mine(request))
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        with translation.override(saved.language):
            messages.success(request, _("Vos préférences sont enregistrées."))
        return _with_language(redirect("account_home"), saved.language)
    return render(request, "account/preferences.html", {"form": form})


@never_cache
@fresh_sign_in
def change_address(request: HttpRequest) -> HttpResponse:
    """Another e-mail address: a code goes there first."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        try:
            row = codes.send_code_to_address(
                address=address,
                purpose=codes.CHANGE_ADDRESS,
                language=person(request).language,
                network=network_of(request),
                at=timezone.now(),
            )
        except CodeRefused as refusal:
            form.add_error("email", str(refusal))
        else:
            request.session[NEW_ADDRESS] = {"address": address, "code": row.pk}
            return redirect("account_address_code")
    return render(request, "account/address.html", {"form": form})


@never_cache
@fresh_sign_in
def change_address_code(request: HttpRequest) -> HttpResponse:
    """The code received at the new address; an address that somebody else holds is told only to who reads it."""
    pending = request.session.get(NEW_ADDRESS)
    if not pending:
        return redirect("account_address")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = OneTimeCode.objects.filter(pk=pending["code"], purpose=codes.CHANGE_ADDRESS).first()
        try:
            codes.check_row(row, code=form.cleaned_data["code"], at=timezone.now())
            user = person(request)
            actions.change_address(user=user, address=pending["address"], by=_acting(request, user))
        except (CodeRefused, actions.AddressTaken) as refusal:
            form.add_error("code", str(refusal))
        else:
            del request.session[NEW_ADDRESS]
            request.session.pop(PROVED, None)
            messages.success(request, _("Votre adresse e-mail est changée."))
            return redirect("account_home")
    return render(request, "account/address_code.html", {"form": form, "address": pending["address"]})


@never_cache
def sessions(request: HttpRequest) -> HttpResponse:
    """Where this account is open; the other sessions can be ended."""
    user = person(request)
    if request.method == "POST":
        second_factor.end_sessions(user, except_key=request.session.session_key)
        messages.success(request, _("Vous êtes déconnecté partout ailleurs."))
        return redirect("usersessions_list")
    rows = [
        {"at": row.created_at, "device": device_name(row.user_agent), "is_this_one": row.is_current()}
        for row in UserSession.objects.purge_and_list(user)
    ]
    rows.sort(key=lambda row: (not row["is_this_one"], row["at"]))
    return render(request, "usersessions/usersession_list.html", {"sessions": rows, "others": len(rows) > 1})


@never_cache
@once
def absence(request: HttpRequest) -> HttpResponse:
    """A staff member says when they are away and who takes their tasks."""
    user, now = person(request), timezone.now()
    today = timezone.localdate(now)
    if not roles_of(user, on=today):
        raise Http404
    form = AbsenceForm(request.POST or None, away=user, on=today)
    if request.method == "POST" and form.is_valid():
        fields: dict[str, Any] = form.cleaned_data
        try:
            actions.record_absence(user=user, **fields, at=now, by=_acting(request, user))
        except Blocked as refusal:
            form.add_error("substitute", str(refusal))
        else:
            messages.success(
                request,
                _("Votre absence est notée. Vos tâches iront à {name}.").format(name=fields["substitute"]),
            )
            return redirect("account_home")
    return render(request, "account/absence.html", {"form": form})


@never_cache
def absence_end(request: HttpRequest, pk: int) -> HttpResponse:
    """« Je suis de retour »."""
    row = get_object_or_404(Absence, pk=pk, user=person(request))
    if request.method == "POST":
        actions.end_absence(absence=row, at=timezone.now(), by=_acting(request, person(request)))
        messages.success(request, _("Vos tâches sont de nouveau pour vous."))
        return redirect("account_home")
    return render(request, "account/absence_end.html", {"absence": row})


def device_name(user_agent: str) -> str:
    """« Firefox, Windows »: what people recognise of their browser."""
    browsers = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in user_agent), "")
    system = next((name for mark, name in systems if mark in user_agent), "")
    return ", ".join(filter(None, (browser, system))) or _("Appareil inconnu")


def _acting(request: HttpRequest, user: User) -> Actor:
    held = sorted(roles_of(user, on=timezone.localdate()))
    return Actor(user, held[0] if held else "")


def _mine(request: HttpRequest) -> User:
    """A fresh copy, so that a form refused does not change the name shown in the header."""
    return User.objects.get(pk=person(request).pk)


def _with_language(response: HttpResponse, language: str) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
