"""« Saisir un dossier reçu »: the office types what came by post, by phone or on a visit."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import staff_required
from accounts.models import Role
from accounts.once import once
from accounts.rules import may
from journal.refusals import Blocked, NotAllowed
from label import actions
from label.forms.office import CorrectEntryForm, NewStructureForm, OnBehalfForm
from label.registry import kind_to_open, obstacles_to_open
from label.views.access import actor_on, dossier, officer
from structures.actions import create_structure, register_person
from structures.forms import add_reasons
from structures.models import Registration, Structure

MOST = 20


@staff_required(Role.CASE_OFFICER, Role.SECRETARIAT)
def find(request: HttpRequest) -> HttpResponse:
    """First the structure: by its name or its number."""
    wanted = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    found = Structure.objects.none()
    if wanted:
        compact = "".join(wanted.split()).upper()
        numbered = Registration.objects.filter(value=compact, superseded_at=None).values("structure_id")
        visible = Structure.objects.visible_to(request.user, on=timezone.localdate())
        found = visible.filter(Q(name__icontains=wanted) | Q(pk__in=numbered)).order_by("name", "pk")[:MOST]
    return render(request, "label/on_behalf_find.html", {"wanted": wanted, "found": found})


@staff_required(Role.CASE_OFFICER, Role.SECRETARIAT)
@once
def new_structure(request: HttpRequest) -> HttpResponse:
    """A structure without space yet, and the person who represents it."""
    form = NewStructureForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _open_space(request, form)
        except Blocked as refusal:
            form.add_error("raw_number", [str(reason.text) for reason in refusal.reasons])
        except ValidationError as error:
            form.add_error("proof", error)
        else:
            return redirect("on_behalf_enter", made.pk)
    return render(request, "label/on_behalf_structure.html", {"form": form})


def _open_space(request: HttpRequest, form: NewStructureForm) -> Structure:
    clean = dict(form.cleaned_data)
    now, by = timezone.now(), officer(request)
    place = {name: clean.pop(name) for name in ("address", "postal_code", "city")}
    with transaction.atomic():
        founder = register_person(
            first_name=clean.pop("first_name"),
            last_name=clean.pop("last_name"),
            phone=clean.pop("phone"),
            **place,
            at=now,
            by=by,
        )
        return create_structure(founder=founder, **clean, **place, at=now, by=by)


@staff_required(Role.CASE_OFFICER, Role.SECRETARIAT)
@once
def enter(request: HttpRequest, structure_pk: int) -> HttpResponse:
    """Then how it came and when; the same form pages follow, filled in for the person."""
    structure = get_object_or_404(
        Structure.objects.visible_to(request.user, on=timezone.localdate()), pk=structure_pk
    )
    person, kind = structure.representative(), kind_to_open(structure, on=timezone.localdate())
    form = OnBehalfForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and person is not None:
        try:
            made = actions.enter_on_behalf(
                structure_pk=structure.pk,
                person=person,
                **form.cleaned_data,
                kind=kind,
                at=timezone.now(),
                by=officer(request),
            )
        except NotAllowed:
            raise Http404 from None
        except Blocked as refusal:
            add_reasons(form, refusal)
        except ValidationError as error:
            form.add_error("scan", error)
        else:
            return redirect("application", made.reference)
    context = {
        "structure": structure,
        "person": person,
        "form": form,
        "has_errors": bool(form.errors),
        "obstacles": obstacles_to_open(structure, kind=kind, on=timezone.localdate()),
        "title": _("Saisir un dossier reçu"),
    }
    return render(request, "label/on_behalf_enter.html", context)


@staff_required(Role.CASE_OFFICER, Role.SECRETARIAT)
def correct(request: HttpRequest, reference: str) -> HttpResponse:
    """« Corriger »: how and when the paper came, with the reason, while the dossier is a draft."""
    found = dossier(request, reference)
    entry = getattr(found, "paper_entry", None)
    may_enter = may("label.enter_on_behalf", request.user, found.structure, on=timezone.localdate())
    if entry is None or not found.is_draft() or not may_enter:
        raise Http404
    known = {name: getattr(entry, name) for name in ("means", "received_on", "postmarked_on")}
    form = CorrectEntryForm(request.POST or None, request.FILES or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_entry(
                application_pk=found.pk,
                **form.cleaned_data,
                at=timezone.now(),
                by=actor_on(request, found),
            )
        except Blocked as refusal:
            add_reasons(form, refusal)
        except ValidationError as error:
            form.add_error("scan", error)
        else:
            messages.success(request, _("La réception du dossier est corrigée."))
            return redirect("application", found.reference)
    return render(
        request, "label/on_behalf_correct.html", {"application": found, "entry": entry, "form": form}
    )
