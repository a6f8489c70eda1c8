"""What a member is asked: the list of evaluations, the gate before a dossier, unavailability (P14, P15)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from accounts.once import once
from journal.keys import row_key
from journal.refusals import Missing
from label import notification
from label.models import Application
from reviewers import actions
from reviewers.checklist import missing_to_accept, missing_to_extend, missing_to_work
from reviewers.forms import GateForm, UnavailableForm
from reviewers.grid import criteria
from reviewers.models import Assignment
from reviewers.models.reviews import DISCUSSED
from reviewers.views.access import as_member, own_assignment, own_mandate, refusals, tell

State = Assignment.State
PAGE = 50

DONE: dict[str, tuple[str | Promise, str | Promise]] = {
    "lien": (
        _("Merci"),
        _("Merci. Le déontologue vous répond. Vous ne voyez pas le dossier en attendant."),
    ),
    "refus": (_("C'est noté"), _("Nous demandons à quelqu'un d'autre. Rien d'autre à faire.")),
    "envoi": (
        _("Évaluation envoyée. Merci."),
        _("Vos notes sont fermées jusqu'à la discussion. Nous vous écrirons."),
    ),
    "accord": (
        _("Votre accord est retiré"),
        _("C'est fait. Votre nom n'est plus sur la page publique. Merci pour votre travail."),
    ),
    "indisponible": (_("C'est noté."), _("Vous pourrez revenir quand vous voudrez.")),
    "temps": (_("C'est noté."), _("Vous avez plus de temps. Les autres membres ne le voient pas.")),
}


def reviews(request: HttpRequest) -> HttpResponse:
    """« Mes évaluations »: what is asked, under way and sent, newest first, 50 per page."""
    own_mandate(request)
    visible = Assignment.objects.visible_to(request.user, on=timezone.localdate())
    chosen = ~Q(scores__verdict="scored") | Q(scores__value__isnull=False)
    given = Count("scores", filter=chosen & Q(scores__round=1))
    rows = (
        visible.filter(mandate__user=person(request).pk)
        .select_related("mandate", "application__structure", "application__edition", "snapshot", "entry")
        .annotate(given=given)
        .order_by("-pk")
    )
    before = row_key(request.GET.get("avant", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found: list[Any] = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    today = timezone.localdate()
    told = notification.outcomes([row.application_id for row in shown if row.state == State.FINAL], on=today)
    for row in shown:
        row.total = len(criteria(row.application.edition, row.snapshot))
        row.outcome = told.get(row.application_id)
        discussed = row.reopened_at is not None and row.state == State.FINAL
        row.may_read_others = discussed and row.application.state in DISCUSSED
    going_on = next((row for row in shown if row.state in Assignment.READING), None)
    context = {
        "closed": missing_to_work(going_on, on=today) if going_on is not None else [],
        "waiting": [row for row in shown if row.state == State.PROPOSED],
        "under_way": [row for row in shown if row.state == State.ACCEPTED],
        "to_reread": [row for row in shown if row.state == State.REOPENED],
        "sent": [row for row in shown if row.state in (State.SUBMITTED, State.FINAL)],
        "next_url": f"?avant={shown[-1].pk}" if len(found) > PAGE else "",
        "today": today,
    }
    return render(request, "reviewers/reviews.html", context)


def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """The one address that mails give: the gate before an answer, the dossier after it."""
    found = own_assignment(request, pk)
    if found.state != State.PROPOSED and missing_to_work(found, on=timezone.localdate()):
        return redirect("committee_reviews")  # which says why the dossier is not open
    pages = {State.PROPOSED: "committee_gate", State.REOPENED: "committee_reread"}
    return redirect(pages.get(State(found.state), "committee_dossier"), found.pk)


@once
def gate(request: HttpRequest, pk: int) -> HttpResponse:
    """P15: name, number and public summary, nothing else, until the member has answered.

    A link told from a page older than the opening of the dossier is heard all the same.
    """
    found = own_assignment(request, pk)
    reports = request.method == "POST" and request.POST.get("go") == "report"
    if found.state != State.PROPOSED and not (reports and found.state in Assignment.OPEN):
        if reports:
            tell(request, [Missing(_("Votre évaluation est envoyée. Pour dire un lien, appelez-nous."))])
        return redirect("committee_dossier", found.pk)
    form = GateForm(request.POST or None, reports=request.POST.get("go", "report") == "report")
    if request.method == "POST" and form.is_valid():
        page = _answer(request, found, form)
        if page is not None:
            return page
    context = {
        "assignment": found,
        "structure": found.application.structure,
        "number": found.application.structure.number(),
        "summary": found.application.public_summary,
        "missing": missing_to_accept(found, on=timezone.localdate()),
        "form": form,
        "today": timezone.localdate(),
    }
    return render(request, "reviewers/gate.html", context)


def _answer(request: HttpRequest, found: Assignment, form: GateForm) -> HttpResponse | None:
    """Do what the button says; None when something is left to write."""
    now, by = timezone.now(), as_member(request)
    match request.POST.get("go", ""):
        case "open":
            if not form.cleaned_data["no_link"]:
                form.add_error("no_link", _("Cochez la case si vous n'avez aucun lien."))
                return None
            if form.cleaned_data["statement"]:
                form.add_error(
                    "statement",
                    _("Vous décrivez un lien : signalez-le, ou effacez ce texte pour ouvrir le dossier."),
                )
                return None
            with refusals(form):
                actions.accept_assignment(assignment_pk=found.pk, at=now, by=by)
            return redirect("committee_dossier", found.pk) if form.is_valid() else None
        case "report":
            statement = form.cleaned_data["statement"]
            with refusals(form):
                actions.stand_down(assignment_pk=found.pk, statement=statement, at=now, by=by)
            return redirect("committee_done", "lien") if form.is_valid() else None
        case "decline":
            with refusals(form):
                actions.decline(assignment_pk=found.pk, at=now, by=by)
            return redirect("committee_done", "refus") if form.is_valid() else None
    form.add_error(None, _("Choisissez une des réponses proposées."))
    return None


def stand_down(request: HttpRequest, pk: int) -> HttpResponse:
    """A link discovered while reading: the dossier closes at once."""
    found = own_assignment(request, pk, *Assignment.OPEN)
    form = GateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.stand_down(
                assignment_pk=found.pk,
                statement=form.cleaned_data["statement"],
                at=timezone.now(),
                by=as_member(request),
            )
            return redirect("committee_done", "lien")
    return render(request, "reviewers/stand_down.html", {"assignment": found, "form": form})


def done(request: HttpRequest, what: str) -> HttpResponse:
    """The thing that was done, as a page of its own."""
    own_mandate(request)
    if what not in DONE:
        raise Http404
    title, words = DONE[what]
    return render(request, "reviewers/done.html", {"title": title, "words": words})


def unavailable(request: HttpRequest, pk: int) -> HttpResponse:
    """« Je suis indisponible » for one dossier: more time, a replacement or a break; no reason is asked."""
    found = own_assignment(request, pk, *Assignment.OPEN)
    may_ask = found.state == State.ACCEPTED and not missing_to_extend(found, asked_by_member=True)
    choices = ("more_time", "replace", "pause") if may_ask else ("replace", "pause")
    form = UnavailableForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        now, by, choice = timezone.now(), as_member(request), form.cleaned_data["choice"]
        reasons: list[Missing] = []
        with refusals(into=reasons):
            if choice == "more_time":
                actions.extend_review(assignment_pk=found.pk, at=now, by=by)
                return redirect("committee_done", "temps")
            if choice == "replace":
                actions.replace(assignment_pk=found.pk, at=now, by=by)
            else:
                actions.pause(mandate_pk=own_mandate(request).pk, at=now, by=by)
            return redirect("committee_done", "indisponible")
        tell(request, reasons)
    context = {
        "form": form,
        "assignment": found,
        "is_open": found.state == State.ACCEPTED and found.application.state not in Application.FINAL,
        "has_asked": found.more_time_asked_at is not None,
        "back": reverse("committee_assignment", args=[found.pk]),
    }
    return render(request, "reviewers/unavailable.html", context)
