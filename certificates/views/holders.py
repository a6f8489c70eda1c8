"""What the holder does on its label: the proof of a condition, giving the label up; and the office that reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.rules import may
from certificates import actions
from certificates.checklist import missing_to_relinquish
from certificates.forms import (
    AgainForm,
    MoveDateForm,
    PaperRelinquishForm,
    ProofForm,
    ReissueForm,
    RelinquishForm,
)
from certificates.models import Condition, Label
from certificates.views.labels import canonical
from decisions.forms import SendBackForm
from journal.refusals import Blocked, NotAllowed
from label.visibility import HANDLING_ROLES
from structures.context import member_actor

OFFICE = (Role.CASE_OFFICER, Role.SECRETARIAT)
RELATED = (
    "label__structure",
    "label__application__structure",
    "label__application__case_officer",
    "answer_file",
)


def _condition(request: HttpRequest, pk: int, now: datetime) -> Condition:
    labels = Label.objects.visible_to(request.user, on=timezone.localdate(now))
    rows = Condition.objects.filter(label__in=labels.values("pk")).select_related(*RELATED)
    found: Condition = get_object_or_404(rows, pk=pk)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def condition_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """« Envoyer la preuve »: what to correct, with which proof, before when."""
    now = timezone.now()
    found = _condition(request, pk, now)
    on = timezone.localdate(now)
    if not may("certificates.read_procedure", request.user, found.label, on=on):
        raise Http404
    can_send = may("certificates.send_condition_proof", request.user, found.label, on=on)
    if request.method == "POST" and not can_send:
        raise Http404
    form = ProofForm(request.POST or None, request.FILES or None, initial={"text": found.answer})
    reasons: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.send_condition_proof(
                condition_pk=found.pk,
                **form.cleaned_data,
                at=now,
                by=member_actor(request, found.label.structure),
            )
        except NotAllowed as error:
            raise Http404 from error
        except ValidationError as error:
            form.add_error("file", error)
        except Blocked as blocked:
            reasons = blocked.reasons
        else:
            messages.success(request, _("Votre preuve est envoyée. Nous la lisons et nous vous répondons."))
            return redirect("space_label")
    context = {
        "condition": found,
        "label": found.label,
        "away": found.days_given_back(),
        "form": form,
        "reasons": reasons,
        "can_send": can_send
        and found.met_on is None
        and found.accepted_at is None
        and found.label.state in Label.LIVE,
        "today": on,
    }
    return render(request, "certificates/condition.html", context, status=409 if reasons else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def relinquish(request: HttpRequest, number: str) -> HttpResponse:
    """« Rendre le label »: what it changes, and the number typed to confirm."""
    now = timezone.now()
    on = timezone.localdate(now)
    found = get_object_or_404(
        Label.objects.visible_to(request.user, on=on).select_related("structure", "application__structure"),
        number=canonical(number),
    )
    if not may("certificates.relinquish", request.user, found, on=on):
        raise Http404
    form = RelinquishForm(request.POST or None)
    over = found.state not in Label.LIVE
    if request.method == "POST" and not over and form.is_valid():
        try:
            actions.relinquish(
                label_pk=found.pk,
                statement=form.cleaned_data["number"],
                at=now,
                by=member_actor(request, found.structure),
            )
        except NotAllowed as error:
            raise Http404 from error
        except Blocked as blocked:
            for reason in blocked.reasons:
                form.add_error("number", str(reason.text))
        else:
            messages.success(request, _("Le label est rendu. Retirez le logo de vos supports."))
            return redirect("space_label")
    context = {
        "label": found,
        "form": form,
        "over": missing_to_relinquish(found, statement=found.number) if over else [],
    }
    return render(request, "certificates/relinquish.html", context)


@staff_required(*OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_relinquish(request: HttpRequest, number: str) -> HttpResponse:
    """A signed statement that came by post: its scan, and the day on which it came."""
    now = timezone.now()
    on = timezone.localdate(now)
    found = get_object_or_404(
        Label.objects.visible_to(request.user, on=on).select_related("structure", "application__structure"),
        number=canonical(number),
    )
    if not may("certificates.record_relinquishment", request.user, found, on=on):
        raise Http404
    form = PaperRelinquishForm(request.POST or None, request.FILES or None)
    reasons: list[Any] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_relinquishment(
                label_pk=found.pk, **form.cleaned_data, at=now, by=actor_for(request, *OFFICE)
            )
        except NotAllowed as error:
            raise Http404 from error
        except ValidationError as error:
            form.add_error("letter", error)
        except Blocked as blocked:
            reasons = blocked.reasons
        else:
            messages.success(request, _("Le label est rendu."))
            return redirect("staff_label", found.number)
    context = {"label": found, "form": form, "reasons": reasons}
    return render(request, "certificates/staff_relinquish.html", context, status=409 if reasons else 200)


@staff_required(Role.CASE_OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_reissue(request: HttpRequest, number: str) -> HttpResponse:
    """Issuing the certificate again, when what it prints was wrong."""
    now = timezone.now()
    on = timezone.localdate(now)
    found = get_object_or_404(
        Label.objects.visible_to(request.user, on=on).select_related(
            "structure", "application__structure", "application__case_officer"
        ),
        number=canonical(number),
    )
    if not may("certificates.prepare_measure", request.user, found, on=on):
        raise Http404
    form = ReissueForm(request.POST or None)
    reasons: list[Any] = []
    if request.method == "POST" and form.is_valid():
        by = actor_for(request, Role.CASE_OFFICER).because(form.cleaned_data["reason"])
        try:
            actions.reissue_certificate(label_pk=found.pk, at=now, by=by)
        except NotAllowed as error:
            raise Http404 from error
        except Blocked as blocked:
            reasons = blocked.reasons
        else:
            messages.success(request, _("Le certificat est réédité, avec le même numéro et les mêmes dates."))
            return redirect("staff_label", found.number)
    context = {"label": found, "form": form, "reasons": reasons}
    return render(request, "certificates/staff_reissue.html", context, status=409 if reasons else 200)


CONDITION_FORMS: dict[str, type[forms.Form]] = {
    "again": AgainForm,
    "back": SendBackForm,
    "move": MoveDateForm,
    "proof": ProofForm,
}


# What each button does, as whom, and what the page says once it is done.
SIGNING = (Role.SIGNATORY,)
ON_CONDITIONS: dict[str, tuple[Callable[..., object], tuple[str, ...], Any]] = {
    "accept": (
        actions.accept_condition_proof,
        OFFICE,
        gettext_lazy("La preuve est acceptée. Un signataire lève la réserve."),
    ),
    "again": (actions.ask_condition_again, OFFICE, gettext_lazy("La structure sait ce qui manque.")),
    "lift": (actions.lift_condition, SIGNING, gettext_lazy("La réserve est levée.")),
    "back": (
        actions.send_back_condition,
        SIGNING,
        gettext_lazy("La preuve est rendue à la personne qui l'a lue."),
    ),
    "move": (actions.move_condition_date, OFFICE, gettext_lazy("La date est changée.")),
    "proof": (actions.send_condition_proof, OFFICE, gettext_lazy("La preuve est gardée.")),
}


@staff_required(*HANDLING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_condition(request: HttpRequest, pk: int) -> HttpResponse:
    """One condition, for the office: the proof that came, accepted or asked for again; more time; a proof on paper."""
    now = timezone.now()
    found = _condition(request, pk, now)
    on = timezone.localdate(now)
    reads = may("certificates.read_condition_proof", request.user, found.label, on=on)
    types = may("certificates.send_condition_proof", request.user, found.label, on=on)
    lifts = may("certificates.lift_condition", request.user, found.label, on=on)
    go = request.POST.get("go", "") if request.method == "POST" else ""
    if request.method == "POST" and not (reads or types or lifts):
        raise Http404
    panels: dict[str, forms.Form] = {
        name: form(request.POST, request.FILES, prefix=name) if name == go else form(prefix=name)
        for name, form in CONDITION_FORMS.items()
    }
    reasons: list[Any] = []
    if request.method == "POST":
        try:
            said = _read(request, found, go, panels, now)
        except NotAllowed as error:
            raise Http404 from error
        except ValidationError as error:
            panels["proof"].add_error("file", error)
            said = ""
        except Blocked as blocked:
            said, reasons = "", blocked.reasons
        if said:
            messages.success(request, said)
            return redirect("staff_condition", found.pk)
        found = _condition(request, pk, now)
    context = {
        "condition": found,
        "label": found.label,
        "away": found.days_given_back(),
        "panels": panels,
        "both": list(panels.values()),
        "reasons": reasons,
        "today": on,
        "late": found.is_waiting and found.due_on < on,
        "is_open": found.met_on is None and found.label.state in Label.LIVE,
        "reads": reads,
        "types": types,
        "lifts": lifts,
        "seen": found.answered_at.isoformat() if found.answered_at else "",
    }
    return render(request, "certificates/staff_condition.html", context, status=409 if reasons else 200)


def _read(
    request: HttpRequest, found: Condition, go: str, panels: dict[str, forms.Form], now: datetime
) -> str:
    """What was done, in one sentence; empty when a form has faults. Raises as the actions do."""
    if go not in ON_CONDITIONS:
        raise Blocked([_("Cette action n'existe pas.")])
    if go in panels and not panels[go].is_valid():
        return ""
    typed = dict(panels[go].cleaned_data) if go in panels else {}
    act, roles, done = ON_CONDITIONS[go]
    by = actor_for(request, *roles).because(typed.pop("reason", ""))
    if go in ("accept", "again"):
        typed["seen"] = _moment(request.POST.get("seen", ""))
    act(condition_pk=found.pk, at=now, by=by, **typed)
    return str(done)


def _moment(text: str) -> datetime | None:
    """A moment carried by the page; None for anything else."""
    try:
        return parse_datetime(text[:40])
    except ValueError:
        return None
