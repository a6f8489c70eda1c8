"""Conducting the sitting, by who presides or by the secretariat: opening, each item called, voted, written, the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person
from journal.moves import Actor
from journal.refusals import Missing
from reviewers import tally
from reviewers.actions import sessions as actions
from reviewers.actions.sessions.voting import awaited
from reviewers.models import AgendaItem, Assignment, Ballot, Rapporteur, Session
from reviewers.registry import choice_in_words, scale_of, subject_of, why_lost
from reviewers.room import Room, room_of, who_stated
from reviewers.session_checklist import (
    has_no_issue,
    missing_to_begin,
    missing_to_close,
    missing_to_count,
    missing_to_keep_secret,
    missing_to_open_vote,
)
from reviewers.session_forms import (
    ActingChairForm,
    AdoptForm,
    AloudForm,
    CastingForm,
    PaperBallotsForm,
    SendBackForm,
    WhyForm,
)
from reviewers.views.access import refusals, tell
from reviewers.views.opinion import point_sentences
from reviewers.views.sessions.access import (
    COMMITTEE,
    STAFF,
    Row,
    agenda_of,
    own_seat,
    page_of_session,
    visible_session,
    who_runs,
)
from reviewers.views.sessions.live import quorum_told

State = Session.State
Item = AgendaItem.State


@dataclass
class Desk:
    """All that the page of one sitting knows: who conducts it, the agenda, the item under way and its room."""

    request: HttpRequest
    session: Session
    space: str
    by: Actor
    forms: dict[str, Form] = field(default_factory=dict)

    @cached_property
    def rows(self) -> list[Row]:
        """The agenda as this person may read it."""
        return agenda_of(self.session, person(self.request))

    @cached_property
    def row(self) -> Row | None:
        """The item under way, if this person may know it."""
        return next((one for one in self.rows if one.is_under_way and one.is_open), None)

    @cached_property
    def item(self) -> AgendaItem | None:
        """The item under way with its dossier."""
        if self.row is None:
            return None
        related = ("application__structure", "application__edition", "session", "casting_by__user")
        found: AgendaItem = AgendaItem.objects.select_related(*related).get(pk=self.row.item.pk)
        return found

    @cached_property
    def room(self) -> Room:
        """The room for the item under way, else for the sitting as a whole."""
        return room_of(self.session, on=timezone.localdate(), item=self.item)

    @property
    def leaves(self) -> bool:
        """A link keeps this person away from the item under way."""
        return self.row is None and any(one.is_under_way for one in self.rows)

    def form(self, name: str, form: Callable[..., Form], **facts: Any) -> Form:
        """The form of one act, bound when it was sent."""
        if name not in self.forms:
            data = self.request.POST if self.request.POST.get("go") == name else None
            self.forms[name] = form(data, prefix=name, **facts)
        return self.forms[name]


def run(request: HttpRequest, reference: str, space: str = COMMITTEE) -> HttpResponse:
    """What can be done now, one thing at a time; the page of who presides and of the secretariat."""
    if space == COMMITTEE:
        own_seat(request)
    found = visible_session(request, reference, *Session.AWAITED, State.OPEN, State.CLOSED, State.NO_QUORUM)
    desk = Desk(request, found, space, who_runs(request, found, space))
    if found.state in (State.CLOSED, State.NO_QUORUM):
        return redirect(page_of_session(space, found))
    offered = _offer(desk)
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


def _offer(desk: Desk) -> dict[str, Any]:
    """What the page shows in the present state of the sitting and of the item under way."""
    if desk.session.state in Session.AWAITED:
        quorum = desk.room.quorum
        return {
            "quorum": quorum,
            "missing": missing_to_begin(desk.session, quorum, on=timezone.localdate()),
            "can_find_no_quorum": desk.session.state == State.CONVENED
            and not quorum.is_reached
            and desk.session.sits_on <= timezone.localdate(),
        }
    shown: dict[str, Any] = {
        "acting": None if desk.leaves else _acting(desk),
        "missing": missing_to_close([one.item for one in desk.rows]),
    }
    if desk.item is None:
        return shown
    return shown | _offer_item(desk, desk.item)


def _offer_item(desk: Desk, item: AgendaItem) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "quorum_told": quorum_told(desk.row, desk.session),
        "points": point_sentences(item),
        "rapporteur": Rapporteur.objects.current(item.application),
        "away": [desk.room.members[key].user for key in desk.room.away if key in desk.room.members],
        "secrecy": missing_to_keep_secret(desk.room),
    }
    if item.state == Item.IN_DISCUSSION or has_no_issue(item, desk.room):
        only_later = not subject_of(item.kind).on_a_request
        shown["send_back"] = desk.form("send_back", SendBackForm, only_later=only_later)
    if item.state == Item.IN_DISCUSSION:
        points = [point for point, _words in shown["points"]]
        shown["missing_to_vote"] = missing_to_open_vote(item, points, desk.room)
        if item.hearing_planned:
            shown["waive"] = desk.form("waive", WhyForm)
    elif item.vote_closed_at is None:
        writes = desk.space == STAFF
        shown["awaited"] = awaited(item, desk.room)
        shown["voted"] = Ballot.objects.filter(item=item).count()
        if item.is_secret:
            facts = {"voters": shown["awaited"], "states": writes}
            shown["paper"] = desk.form("paper", PaperBallotsForm, kind=item.kind, **facts)
        elif writes:
            shown["aloud"] = desk.form("aloud", AloudForm, kind=item.kind, voters=shown["awaited"])
    else:
        shown |= _offer_result(desk, item)
    if item.state == Item.VOTING:
        shown |= _offer_to_leave(desk, item)
    return shown


def _offer_to_leave(desk: Desk, item: AgendaItem) -> dict[str, Any]:
    """What stops the count, and the way out of a vote that has lost its quorum or its dossier."""
    no_quorum = missing_to_count(desk.room)
    lost = why_lost(item)
    if not no_quorum and not lost:
        return {}
    form = desk.form("send_back", SendBackForm, only_later=not lost)
    return {"no_count": [*no_quorum, *lost], "send_back": form}


def _offer_result(desk: Desk, item: AgendaItem) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "counts": [(choice_in_words(item.kind, code), number) for code, number in item.counts.items()],
        "outcome": choice_in_words(item.kind, item.outcome) if item.outcome else "",
        "is_tied": not item.outcome and bool(tally.tied(item.counts, scale_of(item.kind))),
    }
    if item.outcome:
        shown["adopt"] = desk.form("adopt", AdoptForm, item=item)
    elif shown["is_tied"] and desk.space == COMMITTEE:
        shown["casting"] = desk.form("casting", CastingForm, item=item)
    return shown


def _acting(desk: Desk) -> Form:
    members = [one for one in desk.room.members.values() if one.pk in desk.room.seats]
    return desk.form("acting_chair", ActingChairForm, members=members)


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
WITH_A_FORM = frozenset({"aloud", "paper", "casting", "adopt", "send_back", "acting_chair", "waive"})
