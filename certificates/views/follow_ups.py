"""P24: what the association says of its year, in five minutes when nothing changed; the office may type it for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import staff_required
from accounts.models import Role
from certificates import actions
from certificates.actions import Declaration
from certificates.follow_up import QUESTIONS, since
from certificates.follow_up_forms import FirstQuestionForm, FollowUpForm, ProofForm
from certificates.models import FollowUp, Gap
from certificates.views import following
from journal.moves import Actor
from journal.refusals import Stale
from letters.spoken import told_date
from reviewers.views.access import refusals
from structures.context import for_structure, member_actor
from structures.models import Structure

State = FollowUp.State
SENT = "send"


@for_structure
def follow_up(request: HttpRequest, structure: Structure, year: int) -> HttpResponse:
    """The follow-up of one year: to fill in, sent, to mend or over."""
    found = following.own_follow_up(request, structure, year)
    may_fill = following.allowed(request, "certificates.fill_follow_up", found)
    if found.state in FollowUp.AWAITED and may_fill and found.label.state in found.label.LIVE:
        return _fill(request, found, member_actor(request, structure), typed=False)
    if request.method == "POST":
        if not may_fill:
            raise Http404
        messages.info(request, _("Ce suivi n'attend plus rien de vous ici. Voici où il en est."))
        return redirect(request.path)
    # A gap that came from elsewhere is told with the others, once the follow-up is read.
    is_read = found.state != FollowUp.State.SUBMITTED
    gaps = list(found.gaps.select_related("proof")) if is_read else []
    context = {
        **following.shown(found),
        "gaps": gaps,
        "waiting": [gap for gap in gaps if gap.closed_at is None and gap.proved_at is None],
        "may_fill": may_fill,
        "back": reverse("space_label"),
    }
    return render(request, "certificates/follow_up.html", context)


@staff_required(Role.CASE_OFFICER, Role.SECRETARIAT)
def entry(request: HttpRequest, number: str, year: int) -> HttpResponse:
    """The same page, typed by the office for somebody who wrote, called or came."""
    found = following.staff_follow_up_of(request, number, year)
    following.must(request, "certificates.type_follow_up", found)
    if found.state not in FollowUp.AWAITED or found.label.state not in found.label.LIVE:
        return redirect("staff_follow_up", found.label.number, found.year)
    return _fill(request, found, following.officer_on(request, found.label.structure), typed=True)


def _fill(request: HttpRequest, found: FollowUp, by: Actor, *, typed: bool) -> HttpResponse:
    if found.nothing_changed is None or "question" in request.GET:
        return _ask_first(request, found, by, typed)
    posted = request.method == "POST"
    form = FollowUpForm(
        request.POST if posted else None, request.FILES if posted else None, follow_up=found, typed=typed
    )
    conflicts: list[dict[str, str]] = []
    if posted and request.POST.get("go") == "theirs":
        return redirect(request.path)
    if posted and form.is_valid():
        with refusals(form):
            try:
                return _write(request, found, form, by)
            except Stale as stale:
                conflicts = _both(form, stale.theirs)
    context = {
        **following.shown(found),
        "form": form,
        "conflicts": conflicts,
        "typed": typed,
        "open_questions": [form[question.key] for question in form.open_questions()],
        "closed": [row for row in following.shown(found)["sections"] if row["key"] not in form.fields],
        "back": _back(found, typed),
    }
    return render(request, "certificates/follow_up_fill.html", context)


def _ask_first(request: HttpRequest, found: FollowUp, by: Actor, typed: bool) -> HttpResponse:
    """« Depuis le …, est-ce que quelque chose a changé ? »: kept at once, nothing is sent."""
    known = (
        {True: "rien", False: "oui"}.get(found.nothing_changed) if found.nothing_changed is not None else None
    )
    form = FirstQuestionForm(request.POST or None, initial={"nothing_changed": known})
    form.fields["nothing_changed"].label = _("Depuis le {date}, est-ce que quelque chose a changé ?").format(
        date=told_date(since(found.label))
    )
    if request.method == "POST" and form.is_valid():
        first: bool = form.cleaned_data["nothing_changed"]
        declaration = Declaration(nothing_changed=first, changed=found.answers.get("changed", []))
        with refusals(form):
            actions.save_follow_up(follow_up_pk=found.pk, declaration=declaration, at=timezone.now(), by=by)
            return redirect(request.path)
    context = {**following.shown(found), "form": form, "typed": typed, "back": _back(found, typed)}
    return render(request, "certificates/follow_up_first.html", context)


def _write(request: HttpRequest, found: FollowUp, form: FollowUpForm, by: Actor) -> HttpResponse:
    """Only the named button sends; anything else keeps what was typed."""
    now = timezone.now()
    chosen = request.POST.get("theirs", "") if request.POST.get("go") == "mine" else ""
    version = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
    version = version or form.cleaned_data.get("version")
    if request.POST.get("go") != SENT:
        actions.save_follow_up(
            follow_up_pk=found.pk, declaration=form.declaration(), version=version, at=now, by=by
        )
        messages.success(request, _("C'est enregistré. Rien n'est encore envoyé."))
        return redirect(request.path)
    actions.send_follow_up(
        follow_up_pk=found.pk,
        declaration=form.declaration(),
        exact=form.cleaned_data["exact"],
        paper=form.paper(),
        version=version,
        at=now,
        by=by,
    )
    messages.success(request, _("Le suivi est transmis. Vous n'avez rien d'autre à faire."))
    return redirect(_back(found, form.typed))


def _both(form: FollowUpForm, theirs: FollowUp) -> list[dict[str, str]]:
    """E11: each text that differs from what somebody else kept meanwhile."""
    titles = {question.key: question.title for question in QUESTIONS}
    names: Sequence[str] = [name for name in form.fields if name in theirs.answers or name in titles]
    rows = [
        {
            "what": str(form.fields[name].label),
            "mine": _as_text(form.cleaned_data.get(name)),
            "theirs": _as_text(theirs.answers.get(name)),
            "seen": "",
        }
        for name in names
        if _as_text(form.cleaned_data.get(name)) != _as_text(theirs.answers.get(name))
    ]
    if not rows:
        words = _("La réponse à la première question, ou les comptes")
        rows = [{"what": words, "mine": "", "theirs": "", "seen": ""}]
    rows[0]["seen"] = str(theirs.version)
    return rows


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(question.title) for question in QUESTIONS if question.key in value)
    return "" if value is None else str(value)


def _back(found: FollowUp, typed: bool) -> str:
    if typed:
        return reverse("staff_follow_up", args=[found.label.number, found.year])
    return reverse("space_label")


@for_structure
def gap(request: HttpRequest, structure: Structure, year: int, pk: int) -> HttpResponse:
    """One gap: what is expected, and the proof to send."""
    found = following.own_follow_up(request, structure, year)
    following.must(request, "certificates.answer_gap", found)
    one = get_object_or_404(Gap.objects.select_related("proof"), pk=pk, follow_up=found)
    if found.state != State.GAPS or one.closed_at or one.proved_at:
        return redirect("follow_up", found.year)
    return _prove(
        request, found, one, member_actor(request, structure), reverse("follow_up", args=[found.year])
    )


@staff_required(Role.CASE_OFFICER, Role.SECRETARIAT)
def gap_entry(request: HttpRequest, number: str, year: int, pk: int) -> HttpResponse:
    """The same, typed by the office."""
    found = following.staff_follow_up_of(request, number, year)
    following.must(request, "certificates.type_follow_up", found)
    one = get_object_or_404(Gap.objects.select_related("proof"), pk=pk, follow_up=found)
    page = reverse("staff_follow_up", args=[found.label.number, found.year])
    if found.state != State.GAPS or one.closed_at or one.proved_at:
        return redirect(page)
    by = following.officer_on(request, found.label.structure)
    return _prove(request, found, one, by, page)


def _prove(request: HttpRequest, found: FollowUp, one: Gap, by: Actor, back: str) -> HttpResponse:
    known = {"plan": one.plan, "proof_text": one.proof_text, "version": one.version}
    form = ProofForm(request.POST or None, request.FILES or None, initial=known)
    conflicts: list[dict[str, str]] = []
    go = request.POST.get("go", "")
    if go == "theirs":
        return redirect(request.path)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        with refusals(form):
            try:
                actions.answer_gap(
                    gap_pk=one.pk,
                    plan=clean["plan"],
                    proof_text=clean["proof_text"],
                    proof=clean["upload"],
                    send=go == SENT,
                    version=None if go == "mine" else clean["version"],
                    at=timezone.now(),
                    by=by,
                )
            except Stale as stale:
                conflicts = [
                    {"what": str(form.fields[name].label), "mine": clean[name], "theirs": theirs, "seen": ""}
                    for name, theirs in (("plan", stale.theirs.plan), ("proof_text", stale.theirs.proof_text))
                    if clean[name] != theirs
                ]
            else:
                words = (
                    _("La preuve est envoyée. Nous la lisons et nous vous écrivons.")
                    if go == SENT
                    else _("C'est enregistré. Rien n'est encore envoyé.")
                )
                messages.success(request, words)
                return redirect(back if go == SENT else request.path)
    context = {
        **following.shown(found),
        "gap": one,
        "form": form,
        "conflicts": conflicts,
        "back": back,
    }
    return render(request, "certificates/gap.html", context)
