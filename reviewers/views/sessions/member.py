"""A session as a member reads it: where and when, how they take part, the agenda, one item and its documents (P19)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import person
from accounts.once import once
from journal.wording import is_blank
from label.differences import since_last_dossier
from label.models import Application
from label.views.reading import reading_of
from reviewers import reopenings
from reviewers.actions import sessions as actions
from reviewers.actions.evaluations import latest
from reviewers.deliberation_checklist import why_not_ruled
from reviewers.models import (
    AgendaItem,
    DeliberationAct,
    Invitation,
    LogbookEntry,
    Mandate,
    PlainSummary,
    Rapporteur,
    Session,
)
from reviewers.pack import paragraphs
from reviewers.questions import asked_of
from reviewers.reading import contributions_of, of_items
from reviewers.registry import subject_of
from reviewers.reopenings import reopened
from reviewers.room import who_stated
from reviewers.session_forms import AnswerForm, LogbookForm, StatementForm
from reviewers.views.access import as_member, refusals
from reviewers.views.opinion import point_sentences, result_of
from reviewers.views.sessions.access import (
    COMMITTEE,
    Row,
    agenda_of,
    chair_users,
    named_items,
    own_seat,
    page_of_session,
    visible_item,
    visible_session,
    who_writes,
)
from reviewers.views.sessions.papers import owes_a_review

State = Session.State
MOST_ENTRIES = 100
ANSWERED: dict[str, Any] = {
    Invitation.Answer.PRESENT: gettext_lazy("Vous venez sur place."),
    Invitation.Answer.REMOTE: gettext_lazy("Vous participez à distance."),
    Invitation.Answer.PROXY: gettext_lazy("Vous donnez un pouvoir."),
    Invitation.Answer.WRITTEN: gettext_lazy("Vous envoyez votre contribution par écrit."),
    Invitation.Answer.ABSENT: gettext_lazy("Vous ne participez pas."),
}


def session(request: HttpRequest, reference: str) -> HttpResponse:
    """When, where and how to take part; the agenda; afterwards the minutes and the logbook."""
    mandate = own_seat(request)
    found = visible_session(request, reference)
    invitation = _invitation(found, mandate)
    rows = (
        []
        if found.state in (State.PLANNED, State.CANCELLED)
        else agenda_of(found, person(request), mandate=mandate)
    )
    answer = _answer_form(request, found, mandate, invitation, rows)
    logbook = logbook_form(request, rows)
    if request.method == "POST":
        page = _post(request, found, mandate, answer, logbook)
        if page is not None:
            return page
    context = {
        "session": found,
        "today": timezone.localdate(),
        "mandate": mandate,
        "invitation": invitation,
        "answered": ANSWERED.get(invitation.answer) if invitation is not None else None,
        "answer": answer,
        "rows": rows,
        "left_to_state": [row for row in rows if row.is_open and not row.is_over and not row.has_stated],
        "logbook": logbook if found.state in Session.HELD else None,
        "entries": entries_of(found, rows),
        "minutes": readable_minutes(found),
        "presides": person(request).pk in chair_users(found)
        and found.state in (*Session.AWAITED, State.OPEN, State.CLOSED),
        "problem_forms": [form for form in (answer, logbook) if form is not None and form.is_bound],
        "has_errors": any(form is not None and form.errors for form in (answer, logbook)),
    }
    return render(request, "reviewers/sessions/session.html", context)


def _invitation(found: Session, mandate: Mandate) -> Invitation | None:
    rows = found.invitations.filter(convocation=found.convocation, mandate=mandate)
    return rows.select_related("holder__user", "letter").first()


def _answer_form(
    request: HttpRequest,
    found: Session,
    mandate: Mandate,
    invitation: Invitation | None,
    rows: Sequence[Row],
) -> AnswerForm | None:
    """The form of the answer while it is awaited, for somebody convened."""
    if invitation is None or found.state not in Session.AWAITED:
        return None
    holders = (
        Mandate.objects.filter(college=mandate.college, state=Mandate.State.ACTIVE)
        .exclude(pk=mandate.pk)
        .select_related("user")
        .order_by("user__last_name", "pk")
    )
    initial = {
        "answer": invitation.answer,
        "holder": invitation.holder_id,
        "on_paper": invitation.on_paper,
    }
    data = request.POST if request.POST.get("go") == "answer" else None
    said = {one.item_id: one.text for one in contributions_of(found, mandate)}
    items = [(key, name, said.get(key, "")) for key, name in named_items(rows)]
    return AnswerForm(data, initial=initial, holders=holders, items=items)


def _post(
    request: HttpRequest,
    found: Session,
    mandate: Mandate,
    answer: AnswerForm | None,
    logbook: LogbookForm,
) -> HttpResponse | None:
    """Keep an answer or a lesson; None when a form must be shown again."""
    go = request.POST.get("go", "")
    if go == "answer" and answer is not None:
        return _answer(request, found, mandate, answer)
    if go == "logbook" and found.state in Session.HELD:
        return write_in_logbook(request, found, logbook, COMMITTEE)
    if go == "answer":
        messages.error(request, _("Vous n'êtes pas convoqué à cette séance, ou elle a commencé."))
        return redirect("committee_session", found.reference)
    raise Http404


def _answer(request: HttpRequest, found: Session, mandate: Mandate, form: AnswerForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    data = form.cleaned_data
    is_proxy = data["answer"] == Invitation.Answer.PROXY
    with refusals(form):
        actions.answer_invitation(
            session_pk=found.pk,
            mandate_pk=mandate.pk,
            answer=data["answer"],
            holder_pk=int(data["holder"]) if is_proxy else None,
            contributions=form.texts(),
            on_paper=data["on_paper"],
            at=timezone.now(),
            by=as_member(request),
        )
        messages.success(
            request, _("C'est noté. Vous pouvez changer votre réponse jusqu'au début de la séance.")
        )
        return redirect("committee_session", found.reference)
    return None


@once
def write_in_logbook(
    request: HttpRequest, found: Session, form: LogbookForm, space: str
) -> HttpResponse | None:
    """Keep one lesson of the session; None when it must be written again."""
    if not form.is_valid():
        return None
    with refusals(form):
        actions.write_logbook(
            session_pk=found.pk,
            text=form.cleaned_data["text"],
            item_pk=form.cleaned_data["item"],
            at=timezone.now(),
            by=who_writes(request, space),
        )
        messages.success(request, _("C'est écrit dans le journal de bord."))
        return redirect(page_of_session(space, found))
    return None


def logbook_form(request: HttpRequest, rows: Sequence[Row]) -> LogbookForm:
    """What the session taught: of the whole, or of an item that this person may read."""
    data = request.POST if request.POST.get("go") == "logbook" else None
    return LogbookForm(data, items=[(str(key), name) for key, name in named_items(rows)])


def entries_of(found: Session, rows: Sequence[Row]) -> list[LogbookEntry]:
    """The logbook, newest last, without what is about an item that the person of these rows may not read."""
    if found.state not in Session.HELD:
        return []
    known = {key for key, _name in named_items(rows)}
    return of_items(found.logbook.select_related("author", "item"), known)[:MOST_ENTRIES]


def readable_minutes(found: Session) -> bool:
    """Whether there are minutes for those who sit to read: once sent for agreement."""
    minutes = getattr(found, "minutes", None)
    return minutes is not None and minutes.sent_at is not None


def item(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """One item: who it is about, whether the member has a link with it; then what must be discussed, the documents."""
    mandate = own_seat(request)
    found = visible_item(request, reference, pk)
    stated = bool(who_stated(found, [mandate.pk]))
    form = StatementForm(request.POST or None)
    if request.method == "POST":
        page = _state(request, found, mandate, form)
        if page is not None:
            return page
    subject, is_request = subject_of(found.kind), subject_of(found.kind).on_a_request
    reads = is_request and stated and not owes_a_review(found, mandate)
    opens = stated and subject.reads(found, person(request), on=timezone.localdate())
    plain = PlainSummary.objects.of(found.application.snapshot) if opens and is_request else None
    context = {
        "item": found,
        "session": found.session,
        "title": subject.title(found),
        "summary": found.application.public_summary,
        "stated": stated,
        "form": form if found.state in AgendaItem.PENDING else None,
        "points": point_sentences(found) if reads else [],
        "result": result_of(found.application, latest(found.application)) if reads else None,
        "plain": paragraphs(plain.text) if plain is not None else [],
        "rapporteur": Rapporteur.objects.current(found.application) if reads else None,
        "documents": subject.documents(found, for_office=False) if opens else [],
        "experts": list(found.experts.invited()),
        "asked": asked_of([found.application_id]) if reads else [],
        "files": opens,
        "opinion": subject.written(found),
        "reopened": reopenings.before(found, reopened([found.application_id])) if reads else [],
        "act": _act_of(found) if stated else None,
        "may_rule": found.state == AgendaItem.State.ADOPTED
        and is_request
        and person(request).pk in chair_users(found.session)
        and not why_not_ruled(found),
    }
    return render(request, "reviewers/sessions/item.html", context)


def _act_of(found: AgendaItem) -> DeliberationAct | None:
    """What who presides wrote once the secret of that deliberation was broken."""
    acts = DeliberationAct.objects.filter(opinion__item=found)
    return acts.select_related("signed_by__user", "set_apart__user").first()


def _state(
    request: HttpRequest, found: AgendaItem, mandate: Mandate, form: StatementForm
) -> HttpResponse | None:
    """« Je n'ai aucun lien » or « J'ai un lien »; None when the form must be shown again."""
    go = request.POST.get("go", "")
    if go not in ("none", "link"):
        raise Http404
    if form.is_valid() and go == "none" and not form.cleaned_data["no_link"]:
        form.add_error("no_link", _("Cochez la case pour confirmer."))
    if form.is_valid() and go == "link" and is_blank(form.cleaned_data["text"]):
        form.add_error("text", _("Dites en quelques mots quel est ce lien."))
    if not form.is_valid():
        return None
    has_link = go == "link"
    with refusals(form):
        actions.state_on_item(
            item_pk=found.pk,
            mandate_pk=mandate.pk,
            has_link=has_link,
            text=form.cleaned_data["text"] if has_link else "",
            at=timezone.now(),
            by=as_member(request),
        )
        if has_link:
            messages.success(
                request, _("Merci. Vous ne prenez pas part à ce point : nous vous rappelons après.")
            )
            return redirect("committee_session", found.session.reference)
        messages.success(request, _("C'est noté : vous n'avez pas de lien avec ce point."))
        return redirect("committee_session_item", found.session.reference, found.pk)
    return None


def can_read(request: HttpRequest, found: AgendaItem) -> bool:
    """Whether this person may read the dossier of the item today."""
    visible = Application.objects.visible_to(request.user, on=timezone.localdate())
    return visible.filter(pk=found.application_id).exists()


def dossier(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The dossier as it is judged; Http404 before the member said that there is no link."""
    own_seat(request)
    found = visible_item(request, reference, pk)
    snapshot = found.application.snapshot
    if snapshot is None or not can_read(request, found):
        raise Http404
    context: dict[str, Any] = {
        "item": found,
        "session": found.session,
        "application": found.application,
        "since_last": since_last_dossier(found.application),
        **reading_of(found.application, snapshot.content),
    }
    return render(request, "reviewers/sessions/dossier.html", context)
