"""The administration of people: technical administrators only, who see no dossier content."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import actions
from accounts.access import actor_for, staff_required
from accounts.forms import AbsenceForm, DelegationForm, EndForm, NewPersonForm, RoleForm
from accounts.models import Absence, Delegation, Role, RoleGrant, User
from accounts.once import once
from journal.refusals import Blocked

administrators = staff_required(Role.TECHNICAL_ADMINISTRATOR)


@never_cache
@administrators
@once
def add_person(request: HttpRequest) -> HttpResponse:
    """An account for somebody of the Institute."""
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = actor_for(request, Role.TECHNICAL_ADMINISTRATOR)
        user = actions.create_person(**form.cleaned_data, at=timezone.now(), by=by)
        messages.success(
            request, _("Le compte de {name} est ouvert. Donnez-lui maintenant un rôle.").format(name=user)
        )
        return redirect("staff_person", user.pk)
    return render(request, "accounts/person_new.html", {"form": form})


@never_cache
@administrators
def show_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: roles, delegations, absences; the account can be closed and opened again."""
    user = get_object_or_404(User, pk=pk)
    problem = ""
    if request.method == "POST" and request.POST.get("go") in ("close", "reopen"):
        problem = _open_or_close(request, user, request.POST["go"])
        if not problem:
            return redirect("staff_person", pk)
    page = {
        "person": User.objects.get(pk=pk),
        "roles": user.role_grants.order_by("-starts_on", "pk"),
        "delegations": user.delegations.order_by("-starts_on", "pk"),
        "absences": user.absences.select_related("substitute").order_by("-starts_on", "pk"),
        "today": timezone.localdate(),
        "problem": problem,
    }
    return render(request, "accounts/person.html", page)


def _open_or_close(request: HttpRequest, user: User, go: str) -> str:
    by, now = actor_for(request, Role.TECHNICAL_ADMINISTRATOR), timezone.now()
    try:
        if go == "close":
            actions.close_account(user=user, at=now, by=by)
            messages.success(
                request, _("Le compte de {name} est fermé. Rien n'est effacé.").format(name=user)
            )
        else:
            actions.reopen_account(user=user, at=now, by=by)
            messages.success(request, _("Le compte de {name} est de nouveau ouvert.").format(name=user))
    except Blocked as refusal:
        return str(refusal)
    return ""


@never_cache
@administrators
def give_role(request: HttpRequest, pk: int) -> HttpResponse:
    """A role, its service and its dates."""
    user = get_object_or_404(User, pk=pk)
    form = RoleForm(request.POST or None)
    return _filled(request, user, form, actions.grant_role, _("Donner un rôle"))


@never_cache
@administrators
def delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """A delegation of signature, its act and its dates."""
    user = get_object_or_404(User, pk=pk)
    form = DelegationForm(request.POST or None)
    return _filled(request, user, form, actions.delegate_signature, _("Donner une délégation de signature"))


@never_cache
@administrators
def note_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """An absence noted for somebody who cannot do it."""
    user = get_object_or_404(User, pk=pk)
    form = AbsenceForm(request.POST or None, away=user, on=timezone.localdate())
    return _filled(request, user, form, actions.record_absence, _("Noter une absence"))


@once
def _filled(request: HttpRequest, user: User, form: ModelForm, action: Any, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        by = actor_for(request, Role.TECHNICAL_ADMINISTRATOR)
        try:
            action(user=user, **form.cleaned_data, at=timezone.now(), by=by)
        except Blocked as refusal:
            form.add_error(refusal.reasons[0].code or None, str(refusal))
        else:
            kept = _("C'est enregistré pour {name}.")
            if action is not actions.record_absence:
                kept = _("C'est enregistré pour {name}. Cela prend effet quand une autre personne confirme.")
            messages.success(request, kept.format(name=user))
            return redirect("staff_person", user.pk)
    return render(request, "accounts/person_form.html", {"form": form, "person": user, "title": title})


@never_cache
@administrators
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of a role."""
    grant = get_object_or_404(RoleGrant.objects.select_related("user"), pk=pk)
    return _ended(request, grant, "grant", actions.end_role, _("Arrêter ce rôle"))


@never_cache
@administrators
def end_delegation(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of a delegation."""
    delegation = get_object_or_404(Delegation.objects.select_related("user"), pk=pk)
    return _ended(request, delegation, "delegation", actions.end_delegation, _("Arrêter cette délégation"))


def _ended(request: HttpRequest, row: Any, name: str, action: Any, title: str) -> HttpResponse:
    form = EndForm(request.POST or None, starts_on=row.starts_on)
    if request.method == "POST" and form.is_valid():
        by = actor_for(request, Role.TECHNICAL_ADMINISTRATOR)
        try:
            action(**{name: row}, ends_on=form.cleaned_data["ends_on"], at=timezone.now(), by=by)
        except Blocked as refusal:
            form.add_error("ends_on", str(refusal))
        else:
            messages.success(request, _("C'est enregistré pour {name}.").format(name=row.user))
            return redirect("staff_person", row.user_id)
    page = {"form": form, "person": row.user, "title": title, "row": row}
    return render(request, "accounts/person_form.html", page)


@never_cache
@administrators
def end_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """The person is back."""
    absence = get_object_or_404(Absence.objects.select_related("user", "substitute"), pk=pk)
    if request.method == "POST":
        by = actor_for(request, Role.TECHNICAL_ADMINISTRATOR)
        actions.end_absence(absence=absence, at=timezone.now(), by=by)
        messages.success(request, _("C'est enregistré pour {name}.").format(name=absence.user))
        return redirect("staff_person", absence.user_id)
    return render(request, "account/absence_end.html", {"absence": absence, "person": absence.user})
