"""Pages of the office: who leads a structure according to the register, and how to reach it when mails come back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import actor_for, staff_only
from accounts.models import Role
from accounts.once import once
from accounts.rules import may
from journal.keys import row_key
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed
from structures import actions
from structures.forms import add_reasons, posted
from structures.models import Membership, Registration, Structure
from structures.office_forms import AttemptForm, OfficersForm, ToldForm
from structures.views.office import LATEST, act_page, visible_structure

RETURNED = {"returned": actions.note_returned_mail, "arrives": actions.note_mail_arrives}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
@once
def staff_officers(request: HttpRequest, structure_pk: int) -> HttpResponse:
    """Note what the list of officers says of a member."""
    structure = visible_structure(request, structure_pk)
    form = OfficersForm(*posted(request), structure_pk=structure.pk)

    def act() -> str:
        data = dict(form.cleaned_data)
        actions.read_officers(
            structure_pk=structure.pk,
            person=data.pop("member").user,
            **data,
            at=timezone.now(),
            by=actor_for(request, Role.CASE_OFFICER),
        )
        return _("C'est noté.")

    more = {"permission": "structures.read_officers"}
    return act_page(request, structure, form, act, "structures/staff_officers.html", more)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
@once
def staff_told(request: HttpRequest, structure_pk: int, registration_pk: int) -> HttpResponse:
    """Note that the entity whose number was borne by mistake was told."""
    structure = visible_structure(request, structure_pk)
    rows = Registration.objects.exclude(other_entity="")
    registration = get_object_or_404(rows, pk=registration_pk, structure=structure)
    form = ToldForm(*posted(request))

    def act() -> str:
        actions.tell_other_entity(
            registration_pk=registration.pk,
            **form.cleaned_data,
            at=timezone.now(),
            by=_office(request),
        )
        return _("C'est noté.")

    more = {"registration": registration, "permission": "structures.tell_other_entity"}
    return act_page(request, structure, form, act, "structures/staff_told.html", more)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
@once
def staff_reach(request: HttpRequest, structure_pk: int) -> HttpResponse:
    """Which mails come back, and what was tried instead."""
    structure = visible_structure(request, structure_pk)
    if not may("structures.note_returned_mail", request.user, structure, on=timezone.localdate()):
        raise Http404
    go = request.POST.get("go", "")
    form = AttemptForm(request.POST if go == "attempt" else None)
    if request.method == "POST" and (answer := _reach(request, structure, form, go)) is not None:
        return answer
    members = Membership.objects.current().with_mailbox().filter(structure=structure)
    context = {
        "structure": structure,
        "members": members.select_related("user__shares_mailbox_with").order_by("pk")[:LATEST],
        "people": Membership.objects.current()
        .filter(structure=structure)
        .select_related("user")
        .order_by("pk")[:LATEST],
        "attempts": structure.contact_attempts.select_related("noted_by").order_by("-pk")[:LATEST],
        "comes_back": structure.mail_comes_back(),
        "form": form,
    }
    return render(request, "structures/staff_reach.html", context)


def _reach(request: HttpRequest, structure: Structure, form: AttemptForm, go: str) -> HttpResponse | None:
    """Do what was asked; None shows the form again, with its reasons."""
    if go in RETURNED:
        _note_address(request, structure, RETURNED[go])
        return redirect("staff_structure_reach", structure.pk)
    if go != "attempt":
        raise Http404
    if not form.is_valid():
        return None
    try:
        actions.note_attempt(
            structure_pk=structure.pk, **form.cleaned_data, at=timezone.now(), by=_office(request)
        )
    except NotAllowed:
        raise Http404 from None
    except Blocked as blocked:
        add_reasons(form, blocked)
        return None
    messages.success(request, _("C'est noté."))
    return redirect("staff_structure_reach", structure.pk)


def _note_address(request: HttpRequest, structure: Structure, change: Any) -> None:
    key = row_key(request.POST.get("row", ""))
    if key is None or not Membership.objects.filter(pk=key, structure=structure).exists():
        raise Http404
    try:
        change(membership_pk=key, at=timezone.now(), by=_office(request))
    except NotAllowed:
        raise Http404 from None
    except Blocked as blocked:
        for reason in blocked.reasons:
            messages.error(request, str(reason.text))
    else:
        messages.success(request, _("C'est noté."))


def _office(request: HttpRequest) -> Actor:
    return actor_for(request, Role.CASE_OFFICER, Role.SECRETARIAT)
