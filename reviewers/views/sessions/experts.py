"""The people from outside invited to one item: who, why, what they were handed; the page of the secretariat."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, staff_required
from accounts.models import Role
from accounts.once import once
from accounts.rules import may
from journal.refusals import Missing
from reviewers.actions import sessions as actions
from reviewers.expert_forms import DocumentsForm, ExpertForm
from reviewers.models import AgendaItem, Expert, Session
from reviewers.registry import subject_of
from reviewers.views.access import refusals, tell
from reviewers.views.sessions.access import visible_item

Rows = list[tuple[Expert, DocumentsForm | None]]


@staff_required(Role.SECRETARIAT)
def experts(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Invite somebody to be heard on that item, list what they are handed, take an invitation back."""
    found = visible_item(request, reference, pk)
    if not may("reviewers.invite_expert", request.user, found, on=timezone.localdate()):
        raise Http404
    go = request.POST.get("go", "")
    can_invite = found.session.state == Session.State.PLANNED and found.state == AgendaItem.State.LISTED
    form = ExpertForm(request.POST if go == "invite" else None) if can_invite else None
    rows = _rows(request, found)
    if request.method == "POST":
        page = _do(request, found, form, rows)
        if page is not None:
            return page
    forms = [one for one in (form, *(documents for _expert, documents in rows)) if one is not None]
    context = {
        "item": found,
        "session": found.session,
        "title": subject_of(found.kind).title(found),
        "form": form,
        "rows": rows,
        "can_give_up": can_invite,
        "problem_forms": [one for one in forms if one.is_bound],
        "has_errors": any(one.errors for one in forms),
    }
    return render(request, "reviewers/sessions/experts.html", context)


def _rows(request: HttpRequest, found: AgendaItem) -> Rows:
    """Each invited person, with the list of their documents to write while the item is not over."""
    go, pending = request.POST.get("go", ""), found.state in AgendaItem.PENDING
    return [
        (
            one,
            DocumentsForm(
                request.POST if go == f"documents-{one.pk}" else None,
                prefix=f"documents-{one.pk}",
                initial={"documents": "\n".join(one.documents)},
            )
            if pending
            else None,
        )
        for one in found.experts.invited()
    ]


def _do(request: HttpRequest, found: AgendaItem, form: ExpertForm | None, rows: Rows) -> HttpResponse | None:
    """Do one act; None when its form must be shown again."""
    go = request.POST.get("go", "")
    here = redirect("staff_session_experts", found.session.reference, found.pk)
    if go == "invite" and form is not None:
        return _invite(request, found, form) if form.is_valid() else None
    chosen = next((row for row in rows if go in (f"documents-{row[0].pk}", f"off-{row[0].pk}")), None)
    if chosen is None:
        tell(request, [Missing(_("Quelqu'un vient de le faire. Voici la page à jour."))])
        return here
    expert, documents = chosen
    facts: dict[str, Any] = {
        "expert_pk": expert.pk,
        "at": timezone.now(),
        "by": actor_for(request, Role.SECRETARIAT),
    }
    reasons: list[Missing] = []
    if go.startswith("off-"):
        with refusals(into=reasons):
            actions.give_up_expert(**facts)
            messages.success(request, _("L'invitation est retirée."))
        tell(request, reasons)
        return here
    if documents is None or not documents.is_valid():
        return None
    with refusals(documents):
        actions.hand_documents(documents=documents.lines(), **facts)
        messages.success(request, _("La liste des documents est enregistrée."))
        return here
    return None


@once
def _invite(request: HttpRequest, found: AgendaItem, form: ExpertForm) -> HttpResponse | None:
    data = form.cleaned_data
    with refusals(form):
        actions.invite_expert(
            item_pk=found.pk,
            name=data["name"],
            quality=data["quality"],
            why=data["why"],
            declared_on=data["declared_on"],
            confidentiality_signed_on=data["confidentiality_signed_on"],
            no_link=data["no_link"],
            documents=form.lines(),
            at=timezone.now(),
            by=actor_for(request, Role.SECRETARIAT),
        )
        messages.success(request, _("La personne est invitée. La convocation le dira aux membres."))
        return redirect("staff_session_experts", found.session.reference, found.pk)
    return None
