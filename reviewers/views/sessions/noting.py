"""« Noter la réponse »: what a member wrote, or said by phone or face to face, of a session and of its items (6.9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, person, staff_required
from accounts.models import Role
from reviewers.actions import sessions as actions
from reviewers.models import AgendaItem, Invitation, ItemStatement, Mandate, Session
from reviewers.noted_forms import NotedAnswerForm, NotedStatementForm
from reviewers.reading import contributions_of
from reviewers.views.access import refusals
from reviewers.views.sessions.access import Row, agenda_of, named_items, visible_session
from reviewers.views.sessions.ordering import away_by_item

STATED = (*Session.AWAITED, Session.State.OPEN)


@dataclass
class Line:
    """One item of the agenda and what the member said of it; the form while something may be noted."""

    row: Row
    statement: ItemStatement | None
    is_away: bool
    form: NotedStatementForm | None

    @property
    def is_free(self) -> bool:
        """Whether the member said that there is no link, for the session or to review the dossier."""
        return self.row.has_stated and not self.is_away


@staff_required(Role.SECRETARIAT)
def answer(request: HttpRequest, reference: str, member: int) -> HttpResponse:
    """One member convened: whether and how they come, then each item; by post, by phone or face to face."""
    found = visible_session(request, reference, *STATED)
    invitation = _invitation(found, member)
    mandate = invitation.mandate
    rows = agenda_of(found, person(request), mandate=mandate)
    form = _answer_form(request, found, invitation, rows)
    lines = _lines(request, found, mandate, rows)
    if request.method == "POST":
        page = _post(request, invitation, form, lines)
        if page is not None:
            return page
    forms = [one for one in (form, *(line.form for line in lines)) if one is not None and one.is_bound]
    context = {
        "session": found,
        "mandate": mandate,
        "invitation": invitation,
        "form": form,
        "lines": lines,
        "problem_forms": forms,
        "has_errors": any(one.errors for one in forms),
    }
    return render(request, "reviewers/sessions/noting.html", context)


def _invitation(found: Session, mandate_pk: int) -> Invitation:
    """The last convocation of that member; Http404 for somebody who was not convened."""
    invitation = (
        Invitation.objects.filter(session=found, convocation=found.convocation, mandate=mandate_pk)
        .select_related("mandate__user__shares_mailbox_with", "holder__user", "letter")
        .first()
    )
    if invitation is None:
        raise Http404
    return invitation


def _answer_form(
    request: HttpRequest, found: Session, invitation: Invitation, rows: Sequence[Row]
) -> NotedAnswerForm | None:
    if found.state not in Session.AWAITED:
        return None
    mandate = invitation.mandate
    holders = (
        Mandate.objects.filter(college=mandate.college, state=Mandate.State.ACTIVE)
        .exclude(pk=mandate.pk)
        .select_related("user")
        .order_by("user__last_name", "pk")
    )
    kept = ("answer", "on_paper", "means")
    initial = {**{name: getattr(invitation, name) for name in kept}, "holder": invitation.holder_id}
    data = request.POST if request.POST.get("go") == "answer" else None
    said = {one.item_id: one.text for one in contributions_of(found, mandate)}
    items = [(key, name, said.get(key, "")) for key, name in named_items(rows)]
    return NotedAnswerForm(data, initial=initial, holders=holders, items=items)


def _lines(request: HttpRequest, found: Session, mandate: Mandate, rows: Sequence[Row]) -> list[Line]:
    """The items that the reader may know; a member kept away by a link is asked nothing more."""
    away = away_by_item(found, [mandate])
    said = {one.item_id: one for one in ItemStatement.objects.filter(item__session=found, mandate=mandate)}
    lines = []
    for row in rows:
        if not row.is_open:
            continue
        item = row.item
        is_away = mandate.pk in away.get(item.pk, ()) or (item.pk in said and said[item.pk].has_link)
        form = None
        if item.state in AgendaItem.PENDING and not is_away:
            data = request.POST if request.POST.get("go") == f"item-{item.pk}" else None
            form = NotedStatementForm(data, prefix=f"item-{item.pk}")
        lines.append(Line(row, said.get(item.pk), is_away, form))
    return lines


def _post(
    request: HttpRequest, invitation: Invitation, form: NotedAnswerForm | None, lines: list[Line]
) -> HttpResponse | None:
    """Keep the answer or what was said of one item; None when a form must be shown again."""
    if form is not None and form.is_bound:
        done = form.is_valid() and _keep_answer(request, invitation, form)
    else:
        line = next((one for one in lines if one.form is not None and one.form.is_bound), None)
        if line is None or line.form is None:
            raise Http404
        done = line.form.is_valid() and _keep_statement(request, invitation.mandate, line.row.item, line.form)
    if not done:
        return None
    messages.success(request, _("C'est noté."))
    return redirect("staff_session_answer", invitation.session.reference, invitation.mandate_id)


def _keep_answer(request: HttpRequest, invitation: Invitation, form: NotedAnswerForm) -> bool:
    data = form.cleaned_data
    with refusals(form):
        actions.answer_invitation(
            session_pk=invitation.session_id,
            mandate_pk=invitation.mandate_id,
            answer=data["answer"],
            holder_pk=int(data["holder"]) if data["answer"] == Invitation.Answer.PROXY else None,
            contributions=form.texts() if data["answer"] == Invitation.Answer.WRITTEN else None,
            on_paper=data["on_paper"],
            means=data["means"],
            at=timezone.now(),
            by=actor_for(request, Role.SECRETARIAT),
        )
        return True
    return False


def _keep_statement(
    request: HttpRequest, mandate: Mandate, item: AgendaItem, form: NotedStatementForm
) -> bool:
    with refusals(form):
        actions.state_on_item(
            item_pk=item.pk,
            mandate_pk=mandate.pk,
            has_link=form.has_link,
            text=form.cleaned_data["text"] if form.has_link else "",
            means=form.cleaned_data["means"],
            at=timezone.now(),
            by=actor_for(request, Role.SECRETARIAT),
        )
        return True
    return False
