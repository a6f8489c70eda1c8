"""The hearing before a measure: the page on which the association answers (P26), the pages of the office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.rules import may
from certificates import actions
from certificates.checklist import missing_to_add, missing_to_answer, missing_to_close
from certificates.forms import (
    AnswerForm,
    AskedForThemForm,
    GroundFormSet,
    InvitationForm,
    MinutesForm,
    ObservationOnBehalfForm,
    OralForm,
    OralPlanForm,
    PostedLaterForm,
)
from certificates.models import Hearing, Label
from certificates.status import status_on, with_periods
from certificates.views.labels import canonical, is_told
from decisions.correspondence import axis_results
from journal.refusals import Blocked, Missing, NotAllowed
from label.models import Application
from label.visibility import HANDLING_ROLES
from letters.visibility import may_see_letter
from structures.context import member_actor

OFFICE = (Role.CASE_OFFICER, Role.SECRETARIAT)


def _found(request: HttpRequest, pk: int, now: datetime) -> Hearing:
    """The hearing of a label that this person may see; "not found" otherwise."""
    labels = Label.objects.visible_to(request.user, on=timezone.localdate(now))
    dossiers = Application.objects.visible_to(request.user, on=timezone.localdate(now))
    shown = Q(renewal=None) | Q(renewal__in=dossiers.values("pk"))
    people = ("structure", "case_officer")
    rows = Hearing.objects.filter(shown, label__in=labels.values("pk")).select_related(
        "letter",
        "label__structure",
        "withdrawal",
        *(f"{way}__{name}" for way in ("label__application", "renewal") for name in people),
    )
    found: Hearing = get_object_or_404(rows.prefetch_related("grounds", "observations__file"), pk=pk)
    return found


def _told(request: HttpRequest, pk: int, now: datetime) -> Hearing:
    """The same for a member of the association: once its letter may be read."""
    found = _found(request, pk, now)
    on = timezone.localdate(now)
    if not may("certificates.read_procedure", request.user, found, on=on) or not is_told(found):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def hearing(request: HttpRequest, pk: int) -> HttpResponse:
    """P26 without a withdrawal: what is held against us, until when, and how to answer."""
    now = timezone.now()
    found = _told(request, pk, now)
    answer, oral = AnswerForm(), OralForm(initial={"assisted_by": found.assisted_by})
    reasons: list[Any] = []
    status = 200
    if request.method == "POST":
        go = request.POST.get("go", "answer")
        answer = AnswerForm(request.POST, request.FILES) if go == "answer" else answer
        oral = OralForm(request.POST) if go == "oral" else oral
        try:
            said = _answered(request, found, go, answer, oral, now)
        except NotAllowed as error:
            raise Http404 from error
        except ValidationError as error:
            answer.add_error("file", error)
            said = ""
        except Blocked as blocked:
            said, reasons, status = "", blocked.reasons, 409
        if said:
            messages.success(request, said)
            return redirect("hearing", found.pk)
    on = timezone.localdate(now)
    label = with_periods(Label.objects.filter(pk=found.label_id))[0]
    context = {
        "hearing": found,
        "label": found.label,
        "status": status_on(label, on),
        "today": on,
        "answer": answer,
        "oral": oral,
        "both": [answer, oral],
        "reasons": reasons,
        "over": missing_to_answer(found),
        "can_answer": may("certificates.answer_hearing", request.user, found, on=on)
        and not missing_to_answer(found),
        "can_give_up": may("certificates.give_up_answering", request.user, found, on=on),
        "letter": found.letter
        if found.letter and may_see_letter(found.letter, request.user, on=on)
        else None,
    }
    return render(request, "certificates/hearing.html", context, status=status)


def _answered(
    request: HttpRequest, found: Hearing, go: str, answer: AnswerForm, oral: OralForm, now: datetime
) -> str:
    """What was done, in one sentence; empty when a form has faults. Raises as the actions do."""
    who: dict[str, Any] = {
        "hearing_pk": found.pk,
        "at": now,
        "by": member_actor(request, found.label.structure),
    }
    if go == "answer":
        if not answer.is_valid():
            return ""
        actions.observe(text=answer.cleaned_data["text"], file=answer.cleaned_data["file"], **who)
        return _("Votre réponse est envoyée. Vous pouvez encore la compléter.")
    if go == "oral":
        if not oral.is_valid():
            return ""
        actions.ask_to_be_heard(assisted_by=oral.cleaned_data["assisted_by"], **who)
        return _("C'est noté : vous demandez à être entendu. Nous vous appelons pour fixer une date.")
    if go == "waive":
        actions.waive_oral_hearing(**who)
        return _("C'est noté : vous ne demandez plus à être entendu.")
    if go == "done":
        actions.say_nothing_to_add(**who)
        return _("C'est noté : vous n'avez rien à ajouter.")
    raise Blocked([_("Cette action n'existe pas.")])


@require_safe
def hearing_file(request: HttpRequest, pk: int) -> HttpResponse:
    """« Voir le dossier de la procédure »: grounds, letters, answers, minutes (CRPA L122-2); reading it is kept."""
    now = timezone.now()
    found = _told(request, pk, now)
    if request.method == "GET":
        actions.open_file(hearing_pk=found.pk, at=now, by=member_actor(request, found.label.structure))
    on = timezone.localdate(now)
    opens = found.letter is not None and may_see_letter(found.letter, request.user, on=on)
    context = {
        "hearing": found,
        "label": found.label,
        "letter": found.letter if opens else None,
        **_judged(found.renewal),
    }
    return render(request, "certificates/hearing_file.html", context)


def _judged(renewal: Application | None) -> dict[str, Any]:
    """What the committee said of that renewal, as its refusal would say it (L8); nothing before another measure."""
    opinion = renewal and renewal.opinions.select_related("evaluation").order_by("-pk").first()
    if not renewal or not opinion:
        return {}
    return {"opinion": opinion, "axes": axis_results(opinion.evaluation, renewal)}


@staff_required(Role.CASE_OFFICER, Role.SIGNATORY)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_hearing_new(request: HttpRequest, number: str) -> HttpResponse:
    """Inviting the association to answer: the measure, the facts one by one, the time."""
    now = timezone.now()
    on = timezone.localdate(now)
    visible = Label.objects.visible_to(request.user, on=on).select_related(
        "structure", "application__structure"
    )
    label = get_object_or_404(visible, number=canonical(number))
    if not may("certificates.notify_grounds", request.user, label, on=on):
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = InvitationForm(data, initial={"measure": request.GET.get("mesure", "")})
    grounds: Any = GroundFormSet(data, prefix="grounds")
    reasons: list[Any] = []
    if data is not None and form.is_valid() and grounds.is_valid():
        try:
            made = actions.notify_grounds(
                label_pk=label.pk,
                measure=form.cleaned_data["measure"],
                grounds=[actions.GroundContent(**row) for row in grounds.written()],
                days=form.cleaned_data["days"],
                is_urgent=form.cleaned_data["is_urgent"],
                at=now,
                by=actor_for(request, Role.CASE_OFFICER, Role.SIGNATORY),
            )
        except NotAllowed as error:
            raise Http404 from error
        except Blocked as blocked:
            reasons = blocked.reasons
        else:
            messages.success(request, _("La lettre est écrite. Le temps de réponse part de sa réception."))
            return redirect("staff_hearing", made.pk)
    context = {
        "label": label,
        "form": form,
        "grounds": grounds,
        "both": [form, grounds],
        "reasons": reasons,
        "has_errors": bool(form.errors or grounds.total_error_count()) if data is not None else False,
    }
    return render(request, "certificates/staff_hearing_new.html", context, status=409 if reasons else 200)


Did = Callable[[HttpRequest, Hearing, Any, datetime], str]


@staff_required(*HANDLING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_hearing(request: HttpRequest, pk: int) -> HttpResponse:
    """One hearing, for the office: the letter, the answers, the oral hearing and its minutes, the end."""
    now = timezone.now()
    found = _found(request, pk, now)
    on = timezone.localdate(now)
    runs = may("certificates.run_hearing", request.user, found, on=on)
    go = request.POST.get("go", "") if request.method == "POST" else ""
    if go and not runs:
        raise Http404
    panels = _panels(request, found, go)
    reasons: list[Any] = []
    if request.method == "POST":
        try:
            said = _run(request, found, go, panels, now)
        except NotAllowed as error:
            raise Http404 from error
        except ValidationError as error:
            panels[go].add_error("file", error)
            said = ""
        except Blocked as blocked:
            said, reasons = "", _beside_the_fields(panels.get(go), blocked)
        if said:
            messages.success(request, said)
            return redirect("staff_hearing", found.pk)
        found = _found(request, pk, now)
    context = {
        "hearing": found,
        "label": found.label,
        "today": on,
        "runs": runs and found.closed_on is None and found.dropped_at is None,
        "adds": runs and found.closed_on is not None and not missing_to_add(found, None),
        "may_decide": found.renewal is not None
        and found.closed_on is not None
        and may("decisions.prepare_decision", request.user, found.renewal, on=on),
        "may_drop": may("certificates.notify_grounds", request.user, found, on=on),
        "panels": panels,
        "both": list(panels.values()),
        "refused": reasons,
        "reasons": missing_to_close(found, on=on),
    }
    return render(request, "certificates/staff_hearing.html", context, status=409 if reasons else 200)


PANELS: dict[str, type[forms.Form]] = {
    "observe": ObservationOnBehalfForm,
    "asked": AskedForThemForm,
    "plan": OralPlanForm,
    "minutes": MinutesForm,
}


def _panels(request: HttpRequest, found: Hearing, go: str) -> dict[str, forms.Form]:
    """The forms of the page, the one that was posted bound."""
    kinds = PANELS if found.closed_on is None else PANELS | {"observe": PostedLaterForm}
    return {
        name: form(request.POST, request.FILES, prefix=name) if name == go else form(prefix=name)
        for name, form in kinds.items()
    }


def _beside_the_fields(panel: forms.Form | None, blocked: Blocked) -> list[Missing]:
    """Put each reason beside its field; those that are about no field."""
    if panel is None:
        return blocked.reasons
    for reason in blocked.reasons:
        if reason.code in panel.fields:
            panel.add_error(reason.code, reason.text)
    return [reason for reason in blocked.reasons if reason.code not in panel.fields]


def _run(request: HttpRequest, found: Hearing, go: str, panels: dict[str, forms.Form], now: datetime) -> str:
    """What was done, in one sentence; empty when a form has faults. Raises as the actions do."""
    who: dict[str, Any] = {"hearing_pk": found.pk, "at": now, "by": actor_for(request, *OFFICE)}
    if go == "close":
        actions.close_hearing(**who)
        return _("Le temps de réponse est terminé.")
    if go == "drop":
        actions.drop_hearing(**{**who, "by": actor_for(request, Role.CASE_OFFICER, Role.SIGNATORY)})
        return _("La mesure n'est plus envisagée.")
    if go not in panels:
        raise Blocked([_("Cette action n'existe pas.")])
    if not panels[go].is_valid():
        return ""
    data = panels[go].cleaned_data
    return _noted(go, data, who)


def _noted(go: str, data: dict[str, Any], who: dict[str, Any]) -> str:
    if go == "observe":
        actions.observe(**data, **who)
        return _("La réponse est gardée.")
    if go == "asked":
        actions.ask_to_be_heard(**data, **who)
        return _("La demande d'audition est notée.")
    if go == "minutes":
        actions.record_oral_hearing(**data, **who)
        return _("Le compte rendu est gardé.")
    moment = datetime.combine(data["planned_on"], data["planned_time"])
    actions.plan_oral_hearing(planned_at=timezone.make_aware(moment), **who)
    return _("La date de l'audition est gardée.")
