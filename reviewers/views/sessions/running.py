"""Conducting the sitting, by who presides or by the secretariat: opening, each item called, voted, written, the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from journal.moves import Actor
from journal.refusals import Missing
from reviewers.actions import sessions as actions
from reviewers.models import AgendaItem, Assignment, Session
from reviewers.room import who_stated
from reviewers.views.access import refusals, tell
from reviewers.views.opinion import point_sentences
from reviewers.views.sessions.access import (
    COMMITTEE,
    STAFF,
    own_seat,
    page_of_session,
    visible_session,
    who_runs,
)
from reviewers.views.sessions.offering import Desk, offer

State = Session.State


def run(request: HttpRequest, reference: str, space: str = COMMITTEE) -> HttpResponse:
    """What can be done now, one thing at a time; the page of who presides and of the secretariat."""
    if space == COMMITTEE:
        own_seat(request)
    found = visible_session(request, reference, *Session.AWAITED, State.OPEN, State.CLOSED, State.NO_QUORUM)
    desk = Desk(request, found, space, who_runs(request, found, space))
    if found.state in (State.CLOSED, State.NO_QUORUM):
        return redirect(page_of_session(space, found))
    offered = offer(desk)
    if request.method == "POST":
        page = _do(desk)
        if page is not None:
            return page
    context = {
        "session": found,
        "space": space,
        "is_staff": space == STAFF,
        "desk": desk,
        "back_url": page_of_session(space, found),
        "here_url": page_of_session(space, found, "run"),
        "attendance_url": page_of_session(space, found, "attendance"),
        "problem_forms": [form for form in desk.forms.values() if form.is_bound],
        "has_errors": any(form.errors for form in desk.forms.values()),
        **offered,
    }
    return render(request, "reviewers/sessions/run.html", context)


def _do(desk: Desk) -> HttpResponse | None:
    """Do one act; None when its form must be shown again."""
    go = desk.request.POST.get("go", "")
    act = ACTS.get(go.partition("-")[0])
    if act is None:
        raise Http404
    form = desk.forms.get(go)
    if form is None and go in WITH_A_FORM:
        tell(desk.request, [Missing(_("Quelqu'un vient de le faire. Voici la page à jour."))])
        return redirect(page_of_session(desk.space, desk.session, "run"))
    if form is not None and not form.is_valid():
        return None
    reasons: list[Missing] = []
    with refusals(form, into=reasons if form is None else None):
        told = act(desk, form)
        messages.success(desk.request, told)
        return redirect(page_of_session(desk.space, desk.session, "run"))
    if form is not None:
        return None
    tell(desk.request, reasons)
    return redirect(page_of_session(desk.space, desk.session, "run"))


def _common(desk: Desk) -> dict[str, Any]:
    return {"at": timezone.now(), "by": desk.by}


def _under_way(desk: Desk) -> AgendaItem:
    """The item under way; Http404 for whom a link keeps away from it, or when there is none."""
    if desk.item is None:
        raise Http404
    return desk.item


def _begin(desk: Desk, form: Form | None) -> str:
    actions.begin_session(session_pk=desk.session.pk, **_common(desk))
    return _("La séance est ouverte.")


def _no_quorum(desk: Desk, form: Form | None) -> str:
    actions.find_no_quorum(session_pk=desk.session.pk, **_common(desk))
    return _("Le quorum n'est pas atteint : une nouvelle date peut être proposée.")


def _call(desk: Desk, form: Form | None) -> str:
    key = desk.request.POST["go"].partition("-")[2]
    row = next((one for one in desk.rows if str(one.item.pk) == key and one.is_open), None)
    if row is None:
        raise Http404
    actions.call_item(item_pk=row.item.pk, **_common(desk))
    return _("Le point est appelé.")


def _heard(desk: Desk, form: Form | None) -> str:
    actions.record_hearing(item_pk=_under_way(desk).pk, **_common(desk))
    return _("L'audition est notée.")


def _waive(desk: Desk, form: Any) -> str:
    by = desk.by.because(form.cleaned_data["reason"])
    actions.waive_hearing(item_pk=_under_way(desk).pk, at=timezone.now(), by=by)
    return _("La raison est notée : le vote peut s'ouvrir sans l'audition.")


def _discussed(desk: Desk, form: Form | None) -> str:
    item = _under_way(desk)
    ticked = set(desk.request.POST.getlist("point"))
    keys = [point.pk for point, _words in point_sentences(item) if str(point.pk) in ticked]
    actions.mark_discussed(item_pk=item.pk, point_pks=keys, **_common(desk))
    return _("Les points discutés sont notés.")


def _expert_of(desk: Desk) -> int:
    """The key of the person from outside named in the button, on the item under way; Http404 for anything else."""
    key = desk.request.POST.get("go", "").partition("-")[2]
    found = next((pk for pk in _under_way(desk).experts.values_list("pk", flat=True) if str(pk) == key), None)
    if found is None:
        raise Http404
    return found


def _hear(desk: Desk, form: Form | None) -> str:
    actions.hear_expert(expert_pk=_expert_of(desk), **_common(desk))
    return _("L'entrée de la personne est notée.")


def _out(desk: Desk, form: Form | None) -> str:
    actions.see_expert_out(expert_pk=_expert_of(desk), **_common(desk))
    return _("La sortie de la personne est notée.")


def _without_expert(desk: Desk, form: Any) -> str:
    actions.do_without_expert(
        expert_pk=int(form.cleaned_data["expert"]),
        at=timezone.now(),
        by=desk.by.because(form.cleaned_data["reason"]),
    )
    return _("La délibération se fait sans cette audition. La raison figure au procès-verbal.")


def _open_vote(desk: Desk, form: Form | None) -> str:
    actions.open_vote(item_pk=_under_way(desk).pk, **_common(desk))
    return _("Le vote est ouvert.")


def _secret(desk: Desk, form: Form | None) -> str:
    actions.ask_secret_ballot(item_pk=_under_way(desk).pk, **_common(desk))
    return _("Le vote est secret.")


def _open_ballot(desk: Desk, form: Form | None) -> str:
    actions.give_up_secret_ballot(item_pk=_under_way(desk).pk, **_common(desk))
    return _("Le vote se fait à main levée : chacun vote de nouveau.")


def _close_vote(desk: Desk, form: Form | None) -> str:
    item = actions.close_vote(item_pk=_under_way(desk).pk, **_common(desk))
    if item.vote_closed_at is None:
        return _("Un lien a été trouvé pendant le vote secret : l'urne est vidée, chacun vote de nouveau.")
    return _("Le vote est clos.")


def _on_behalf(desk: Desk, key: int) -> Actor:
    return Actor(desk.by.user, desk.by.role, f"reviewers.mandate:{key}")


def _state_for(desk: Desk, keys: list[int]) -> None:
    """Write that those who vote said in the room that they have no link, unless they said it before."""
    item, voters = _under_way(desk), desk.room.casters(keys)
    for key in sorted(voters - who_stated(item, voters)):
        facts: dict[str, Any] = {"item_pk": item.pk, "mandate_pk": key, "means": Assignment.Means.VISIT}
        actions.state_on_item(**facts, has_link=False, at=timezone.now(), by=_on_behalf(desk, key))


@transaction.atomic
def _aloud(desk: Desk, form: Any) -> str:
    key = int(form.cleaned_data["voter"])
    _state_for(desk, [key])
    actions.cast_ballot(
        item_pk=_under_way(desk).pk,
        mandate_pk=key,
        choice=form.cleaned_data["spoken"],
        at=timezone.now(),
        by=_on_behalf(desk, key),
    )
    return _("Le vote dit à voix haute est noté.")


@transaction.atomic
def _paper(desk: Desk, form: Any) -> str:
    keys = [int(key) for key in form.cleaned_data["voters"]]
    if form.cleaned_data.get("no_link"):
        _state_for(desk, keys)
    actions.count_paper_ballots(
        item_pk=_under_way(desk).pk, mandate_pks=keys, counts=form.counts(), **_common(desk)
    )
    return _("Les bulletins sont comptés.")


def _casting(desk: Desk, form: Any) -> str:
    actions.cast_deciding_vote(
        item_pk=_under_way(desk).pk,
        choice=form.cleaned_data["choice"],
        at=timezone.now(),
        by=desk.by.because(form.cleaned_data["reason"]),
    )
    return _("L'égalité est tranchée.")


def _adopt(desk: Desk, form: Any) -> str:
    data, shown = form.cleaned_data, _under_way(desk)
    counted = actions.close_vote(item_pk=shown.pk, **_common(desk))
    if (counted.vote_closed_at, counted.counts) != (shown.vote_closed_at, shown.counts):
        return _("Un lien a été trouvé depuis le vote : il a été compté de nouveau. Relisez le résultat.")
    actions.adopt_opinion(
        item_pk=shown.pk,
        reasons=data["reasons"],
        conditions=data.get("conditions", "").splitlines(),
        minority=data["minority"],
        solutions=[int(key) for key in data.get("solutions", [])],
        **_common(desk),
    )
    return _("L'avis est adopté.")


def _send_back(desk: Desk, form: Any) -> str:
    data = form.cleaned_data
    actions.send_back(
        item_pk=_under_way(desk).pk,
        sent_to=data["sent_to"],
        questions=data.get("questions", "").splitlines(),
        hearing=data.get("hearing", False),
        at=timezone.now(),
        by=desk.by.because(data["reason"]),
    )
    return _("Le point est reporté.")


def _close(desk: Desk, form: Form | None) -> str:
    actions.close_session(session_pk=desk.session.pk, **_common(desk))
    return _("La séance est close. Le procès-verbal peut être rédigé.")


def _acting_chair(desk: Desk, form: Any) -> str:
    actions.name_acting_chair(
        session_pk=desk.session.pk, mandate_pk=int(form.cleaned_data["acting_chair"]), **_common(desk)
    )
    return _("La présidence de remplacement est notée.")


ACTS: dict[str, Callable[[Desk, Any], str]] = {
    "begin": _begin,
    "no_quorum": _no_quorum,
    "call": _call,
    "heard": _heard,
    "waive": _waive,
    "hear": _hear,
    "out": _out,
    "without_expert": _without_expert,
    "discussed": _discussed,
    "open_vote": _open_vote,
    "secret": _secret,
    "open_ballot": _open_ballot,
    "close_vote": _close_vote,
    "aloud": _aloud,
    "paper": _paper,
    "casting": _casting,
    "adopt": _adopt,
    "send_back": _send_back,
    "close": _close,
    "acting_chair": _acting_chair,
}
# Acts that need what was written: sent without their form, they are not of this page.
WITH_A_FORM = frozenset(
    {"aloud", "paper", "casting", "adopt", "send_back", "acting_chair", "waive", "without_expert"}
)
