"""One report as the Institute handles it: what is told, what comes next, and who may do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_fsm import TransitionNotAllowed

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from accounts.rules import may
from feedback import actions
from feedback.checklist import missing_before_concluding, missing_to_close
from feedback.forms import (
    AnswerForm,
    ChangeLabelForm,
    CloseForm,
    ConclusionForm,
    HandOverForm,
    InquiryForm,
    LinkForm,
    PassOnForm,
    QualifyForm,
    SendBackForm,
    SettleForm,
    TakeOverForm,
)
from feedback.history import history
from feedback.models import Report
from feedback.reading import campaign_of, exchanges_of, following_of
from journal.moves import Actor
from journal.numbering import InvalidNumber, parse_number
from journal.refusals import Blocked, NotAllowed
from letters.models import Letter

READING = (Role.CASE_OFFICER, Role.SIGNATORY)
State = Report.State
# What may be asked of a report: its form, in which states, the permission, in which role.
Step = tuple[type[forms.Form], tuple[str, ...], str, str]
STEPS: dict[str, Step] = {
    "settle": (SettleForm, Report.NEW, "feedback.settle_label", Role.SIGNATORY),
    "danger": (forms.Form, Report.OPEN, "feedback.note_danger", Role.SIGNATORY),
    "qualify": (QualifyForm, Report.NEW, "feedback.qualify_report", Role.CASE_OFFICER),
    "link": (LinkForm, Report.NEW, "feedback.qualify_report", Role.CASE_OFFICER),
    "inquire": (InquiryForm, (State.QUALIFIED,), "feedback.handle_report", Role.CASE_OFFICER),
    "set_aside": (AnswerForm, (State.QUALIFIED,), "feedback.handle_report", Role.CASE_OFFICER),
    "change_label": (
        ChangeLabelForm,
        (*Report.NEW, State.QUALIFIED, State.UNDER_INQUIRY),
        "feedback.change_label",
        "",
    ),
    "take_over": (TakeOverForm, Report.FOLLOWED, "feedback.take_over_report", Role.CASE_OFFICER),
    "hand_over": (HandOverForm, Report.FOLLOWED, "feedback.hand_over_report", Role.SIGNATORY),
    "pass_on": (PassOnForm, (State.QUALIFIED,), "feedback.pass_on_report", Role.SIGNATORY),
    "propose": (ConclusionForm, (State.UNDER_INQUIRY,), "feedback.handle_report", Role.CASE_OFFICER),
    "confirm": (forms.Form, (State.UNDER_INQUIRY,), "feedback.conclude_report", Role.SIGNATORY),
    "send_back": (SendBackForm, (State.UNDER_INQUIRY,), "feedback.conclude_report", Role.SIGNATORY),
    "close": (CloseForm, (State.FOUNDED,), "feedback.handle_report", Role.CASE_OFFICER),
    "erase_text": (forms.Form, tuple(State), "feedback.erase_report", ""),
    "erase_source": (forms.Form, tuple(State), "feedback.erase_source", ""),
}


@staff_required(*READING)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_report(request: HttpRequest, reference: str) -> HttpResponse:
    """A report; each step that this person may take now has its form. The usual officer of the label finds no page."""
    now = timezone.now()
    report = _found(request, reference, now)
    open_steps = _steps(request, report, now)
    go = request.POST.get("go", "")
    if request.method == "POST" and go not in open_steps:
        if go in STEPS:
            messages.error(request, _("Cette étape n'est plus possible. Voici le signalement à jour."))
            return redirect("staff_report", reference=report.reference)
        raise Http404
    shown = {name: STEPS[name][0](prefix=name, initial=_initial(name, report)) for name in open_steps}
    status = 200
    if request.method == "POST":
        form = shown[go] = STEPS[go][0](request.POST, prefix=go)
        if form.is_valid() and _done(request, report, go, form, now):
            return redirect("staff_report", reference=report.reference)
        status = 409 if form.non_field_errors() else 200
        report = _found(request, reference, now)
    return render(request, "feedback/report.html", _context(request, report, shown, now), status=status)


def _context(
    request: HttpRequest, report: Report, shown: dict[str, forms.Form], now: datetime
) -> dict[str, Any]:
    today = timezone.localdate(now)
    to_conclude = {"propose", "confirm"} & shown.keys()
    return {
        "report": report,
        "steps": shown,
        "both": list(shown.values()),
        "has_errors": any(form.errors for form in shown.values()),
        "waits": missing_before_concluding(report, on=today) if to_conclude else [],
        "following": following_of(report) if "change_label" in shown else None,
        "to_close": missing_to_close(report) if "close" in shown else [],
        "seen": report.proposed_at.isoformat() if report.proposed_at else "",
        "campaign": campaign_of(report, person(request), on=today),
        "exchanges": exchanges_of(report),
        "letters": Letter.objects.of(report).defer("content"),
        "may_read_source": report.source.says_something
        and may("feedback.read_source", request.user, report, on=today),
        "signs": actor_is(request, Role.SIGNATORY),
        "events": history(report),
        "today": today,
    }


def actor_is(request: HttpRequest, role: str) -> bool:
    """Whether this person holds that role today."""
    try:
        actor_for(request, role)
    except Http404:
        return False
    return True


def _found(request: HttpRequest, reference: str, now: datetime) -> Report:
    try:
        number = parse_number(reference).canonical
    except InvalidNumber:
        raise Http404 from None
    visible = Report.objects.visible_to(request.user, on=timezone.localdate(now))
    related = visible.select_related(
        "source",
        "officer",
        "proposed_by",
        "confirmed_by",
        "duplicate_of",
        "asked",
        "gap",
        "label__structure",
        "label__application",
    )
    found: Report | None = related.filter(reference=number).first()
    if found is None:
        raise Http404
    return found


def _steps(request: HttpRequest, report: Report, now: datetime) -> list[str]:
    """The steps open to this person in this state."""
    on = timezone.localdate(now)
    without = {
        "settle": report.settled_at is not None,
        "change_label": report.settled_at is None,
        "danger": report.alerted_at is None or report.seen_by_signatory_at is not None,
        "confirm": report.proposed_at is None,
        "send_back": report.proposed_at is None,
        "erase_text": report.state in Report.NEW or not report.text,
        "erase_source": not report.source.says_something,
        "inquire": report.label is None,
    }
    follows = report.duplicate_of_id is not None
    return [
        name
        for name, (_form, states, permission, _role) in STEPS.items()
        if report.state in states
        and not without.get(name)
        and not (follows and not name.startswith("erase"))
        and may(permission, request.user, report, on=on)
    ]


def _initial(name: str, report: Report) -> dict[str, Any]:
    """What stands in a form before somebody writes: the proposal that was sent back, the last words to both sides."""
    if name == "change_label":
        following = following_of(report)
        return {"label": following.number if following else ""}
    if name == "propose":
        gap = report.gap_terms
        return {
            "conclusion": report.conclusion,
            "measure": report.measure,
            "reasons": report.reasons,
            "told": report.told,
            "answer": report.answer,
            "gap_severity": gap.get("severity", ""),
            "gap_expected": gap.get("expected", ""),
            "gap_due_on": gap.get("due_on", ""),
        }
    return {}


def _done(request: HttpRequest, report: Report, go: str, form: forms.Form, now: datetime) -> bool:
    """Do it; False when something is left to say."""
    role = STEPS[go][3]
    by = actor_for(request, *([role] if role else READING))
    try:
        words = DOING[go](report, form, request, now, by)
    except NotAllowed:
        raise Http404 from None
    except Blocked as blocked:
        for reason in blocked.reasons:
            form.add_error(reason.code if reason.code in form.fields else None, str(reason.text))
        return False
    except TransitionNotAllowed:
        form.add_error(None, _("Quelqu'un vient de le faire. Voici la page à jour."))
        return False
    messages.success(request, words)
    return True


Doing = Callable[[Report, Any, HttpRequest, datetime, Actor], str]


def _settle(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    actions.settle_label(report_pk=report.pk, label=form.cleaned_data["label"], at=at, by=by)
    return _("C'est noté.")


def _danger(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    actions.note_danger(report_pk=report.pk, at=at, by=by)
    return _("C'est noté : vous avez lu ce signalement.")


def _qualify(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    actions.qualify(report_pk=report.pk, **form.cleaned_data, at=at, by=by)
    return _("Ce signalement est à vous.")


def _link(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    try:
        number = parse_number(form.cleaned_data["first"]).canonical
    except InvalidNumber:
        number = ""
    first = (
        Report.objects.visible_to(request.user, on=timezone.localdate(at)).filter(reference=number).first()
    )
    actions.link(report_pk=report.pk, first=first, at=at, by=by)
    return _("Les deux signalements sont liés : ils auront la même réponse.")


def _inquire(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    actions.inquire(report_pk=report.pk, **form.cleaned_data, at=at, by=by)
    return _("Les faits sont présentés à l'association, sans dire qui les a signalés.")


def _set_aside(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    actions.set_aside(report_pk=report.pk, **form.cleaned_data, at=at, by=by)
    return _("La réponse est partie.")


def _pass_on(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    actions.pass_on(report_pk=report.pk, **form.cleaned_data, at=at, by=by)
    return _("C'est noté, et la réponse est partie. Écrivez maintenant à l'autorité.")


def _propose(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    said = {name: form.cleaned_data[name] for name in ("conclusion", "measure", "reasons", "told", "answer")}
    actions.propose(report_pk=report.pk, **said, gap=form.gap(), at=at, by=by)
    return _("Votre conclusion est transmise à la signature.")


def _confirm(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    actions.confirm(report_pk=report.pk, seen=request.POST.get("seen", "")[:40], at=at, by=by)
    return _("La conclusion est confirmée, et les deux côtés sont prévenus.")


def _send_back(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    actions.send_back(report_pk=report.pk, at=at, by=by.because(form.cleaned_data["reason"]))
    return _("La conclusion est rendue à la personne qui l'a écrite.")


def _change_label(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    label, reason = form.cleaned_data["label"], form.cleaned_data["reason"]
    actions.change_label(report_pk=report.pk, label=label, at=at, by=by.because(reason))
    return _("Ce signalement est rattaché au label {number}.").format(number=label.number)


def _take_over(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    actions.take_over(report_pk=report.pk, at=at, by=by.because(form.cleaned_data["reason"]))
    return _("Ce signalement est à vous.")


def _hand_over(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    officer, reason = form.cleaned_data["officer"], form.cleaned_data["reason"]
    actions.hand_over(report_pk=report.pk, officer=officer, at=at, by=by.because(reason))
    return _("Ce signalement est confié à {name}.").format(name=officer)


def _close(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    actions.close(report_pk=report.pk, **form.cleaned_data, at=at, by=by)
    return _("Le signalement est terminé, et les deux côtés sont prévenus.")


def _erase_text(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    actions.erase_text(report_pk=report.pk, at=at, by=by)
    return _("Le texte est effacé.")


def _erase_source(report: Report, form: Any, request: HttpRequest, at: datetime, by: Actor) -> str:
    actions.erase_source(report_pk=report.pk, at=at, by=by)
    return _("Ce que l'on savait de la personne est effacé.")


DOING: dict[str, Doing] = {
    "settle": _settle,
    "danger": _danger,
    "qualify": _qualify,
    "link": _link,
    "inquire": _inquire,
    "set_aside": _set_aside,
    "pass_on": _pass_on,
    "propose": _propose,
    "confirm": _confirm,
    "send_back": _send_back,
    "close": _close,
    "change_label": _change_label,
    "take_over": _take_over,
    "hand_over": _hand_over,
    "erase_text": _erase_text,
    "erase_source": _erase_source,
}


@staff_required(*READING)
@require_POST
def staff_report_source(request: HttpRequest, reference: str) -> HttpResponse:
    """Who reported, shown once per press of the button: each reading is noted in the journal. Never in a GET."""
    now = timezone.now()
    report = _found(request, reference, now)
    try:
        source = actions.read_source(report_pk=report.pk, at=now, by=actor_for(request, *READING))
    except NotAllowed:
        raise Http404 from None
    response = render(request, "feedback/source.html", {"report": report, "source": source})
    response["Cache-Control"] = "private, no-store"
    return response
