"""Pages about the next dossier of a label: renewing it (P25), giving that up, another solution, a hearing."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import staff_required
from accounts.rules import may
from certificates import actions
from certificates.forms import ContemplatedForm
from certificates.models import Label
from certificates.openings import band, filing_fact, label_to_follow
from certificates.renewals import renewal_under_way, window_of
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from label.registry import obstacles_to_open
from label.views.access import after, allowed, dossier, officer, tell
from label.visibility import HANDLING_ROLES
from structures.context import for_structure, member_actor
from structures.models import Structure

Kind = Application.Kind
OPENING = {Kind.RENEWAL: actions.open_renewal, Kind.ADDITION: actions.open_addition}


def renewal_part(label: Label, on: date, *, request: HttpRequest) -> dict[str, Any]:
    """What `certificates/parts/renewal.html` shows of the renewal of a label, to its holder or to the staff."""
    structure = label.structure
    is_open = not obstacles_to_open(structure, kind=Kind.RENEWAL, on=on)
    draft = _open_dossier(structure, on)
    follows = label_to_follow(structure) == label
    may_open = may("label.open_application", request.user, structure, on=on)
    stage = window_of(label).stage(on)
    return {
        "window": window_of(label),
        "stage": stage,
        "band": band(label, on) if follows and not label.renewal_filed_on else "",
        "fact": filing_fact(label, on) if stage in ("open", "late") else "",
        "declined_on": label.renewal_declined_on,
        "open_dossier": draft,
        "can_renew": follows and is_open and draft is None and may_open,
        "can_decline": follows
        and stage in ("open", "late")
        and label.state in Label.LIVE
        and label.renewal_declined_on is None
        and renewal_under_way(label) is None
        and may("certificates.decline_renewal", request.user, label, on=on),
        "can_add": follows
        and may_open
        and draft is None
        and not obstacles_to_open(structure, kind=Kind.ADDITION, on=on),
    }


def _open_dossier(structure: Structure, on: date) -> Application | None:
    found: Application | None = (
        Application.objects.open_as_told(on=on).filter(structure=structure).order_by("-pk").first()
    )
    return found


@for_structure
def renewal(request: HttpRequest, structure: Structure) -> HttpResponse:
    """P25: until when, what is taken from the last dossier, and one button; with a draft open, the way to it."""
    return _opening(request, structure, Kind.RENEWAL, "certificates/renewal.html")


@for_structure
def addition(request: HttpRequest, structure: Structure) -> HttpResponse:
    """« Présenter une autre action »: what the light dossier asks, and one button."""
    return _opening(request, structure, Kind.ADDITION, "certificates/addition.html")


def _opening(request: HttpRequest, structure: Structure, kind: Kind, template: str) -> HttpResponse:
    on = timezone.localdate()
    label = label_to_follow(structure)
    if label is None:
        return redirect("space_label")
    if request.method == "POST" and request.POST.get("go") == "open":
        try:
            made = OPENING[kind](
                structure_pk=structure.pk, at=timezone.now(), by=member_actor(request, structure)
            )
        except NotAllowed:
            raise Http404 from None
        except Blocked as refusal:
            tell(request, refusal)
            return redirect(request.path)
        return redirect("application", made.reference)
    found = _open_dossier(structure, on)
    return render(
        request,
        template,
        {
            "structure": structure,
            "label": label,
            "window": window_of(label),
            "stage": window_of(label).stage(on),
            "band": band(label, on),
            "open_dossier": found,
            "missing": [] if found else obstacles_to_open(structure, kind=kind, on=on),
            "may_open": may("label.open_application", request.user, structure, on=on),
            "can_decline": kind == Kind.RENEWAL and renewal_part(label, on, request=request)["can_decline"],
            "recognised": list(label.recognised.order_by("pk")),
            "today": on,
        },
    )


@for_structure
def decline(request: HttpRequest, structure: Structure) -> HttpResponse:
    """« Je ne renouvelle pas »: its own page, what it means, one button; it can be changed until the end."""
    on = timezone.localdate()
    label = label_to_follow(structure)
    if label is None or not may("certificates.decline_renewal", request.user, label, on=on):
        raise Http404
    if request.method == "POST" and request.POST.get("go") == "decline":
        by = member_actor(request, structure)
        act = partial(actions.decline_renewal, label_pk=label.pk, at=timezone.now(), by=by)
        return after(act, request, _("C'est noté. Nous ne vous relancerons pas."), "space_label")
    context = {"structure": structure, "label": label, "window": window_of(label)}
    return render(request, "certificates/decline.html", context)


@staff_required(*HANDLING_ROLES)
def refusal_hearing(request: HttpRequest, reference: str) -> HttpResponse:
    """Before a refusal of a renewal: the reasons contemplated are written and sent; then the page of the hearing."""
    found = dossier(request, reference)
    if found.kind != Kind.RENEWAL or found.submitted_at is None:
        raise Http404
    known = found.hearings.filter(dropped_at=None).first()
    if known is not None:
        return redirect("staff_hearing", known.pk)
    can_offer = allowed(request, "decisions.prepare_decision", found)
    form = ContemplatedForm(request.POST or None)
    if request.method == "POST":
        if not can_offer:
            raise Http404
        if form.is_valid():
            return _offered(request, found, form)
    context = {"application": found, "form": form, "can_offer": can_offer}
    return render(request, "certificates/staff_refusal_hearing.html", context)


def _offered(request: HttpRequest, found: Application, form: ContemplatedForm) -> HttpResponse:
    try:
        made = actions.offer_refusal_hearing(
            application_pk=found.pk,
            contemplated=form.cleaned_data["contemplated"],
            at=timezone.now(),
            by=officer(request),
        )
    except Blocked as refusal:
        tell(request, refusal)
        return redirect("staff_refusal_hearing", found.reference)
    messages.success(request, _("La lettre est écrite. Le temps de réponse part de sa réception."))
    return redirect("staff_hearing", made.pk)
