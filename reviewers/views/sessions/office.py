"""A session for the secretariat: planned, changed, its agenda put in order, convened, cancelled, convened again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import actor_for, person, staff_required
from accounts.models import Role, User
from accounts.once import once
from accounts.rules import may
from journal.refusals import Missing
from letters.actions import preview
from letters.models import Letter
from letters.shown import letter_as_page
from reviewers.actions import sessions as actions
from reviewers.actions.sessions.convening import line_of, target_day
from reviewers.actions.sessions.holding import invitations_of
from reviewers.addresses import home_of, is_on_paper
from reviewers.models import AgendaItem, Expert, Invitation, Mandate, Session
from reviewers.reading import closed_keys
from reviewers.registry import subject_of
from reviewers.room import members_in_office
from reviewers.session_checklist import missing_to_convene
from reviewers.session_forms import AddressForm, LogbookForm, SessionForm, WhenForm, WhyForm
from reviewers.views.access import refusals
from reviewers.views.sessions.access import (
    READERS,
    STAFF,
    Row,
    agenda_of,
    page_of_session,
    visible_session,
)
from reviewers.views.sessions.member import entries_of, logbook_form, write_in_logbook
from reviewers.views.sessions.noting import STATED
from reviewers.views.sessions.ordering import away_by_item
from reviewers.views.sessions.papers import copies_of

State = Session.State
Away = Mapping[int, Collection[int]]  # the members whom a link keeps away from each item
secretariat = staff_required(Role.SECRETARIAT)


@secretariat
def plan(request: HttpRequest) -> HttpResponse:
    """Put a session in the calendar."""
    form = SessionForm(request.POST or None, members=members_in_office(on=timezone.localdate()))
    if request.method == "POST" and form.is_valid():
        page = _plan(request, form)
        if page is not None:
            return page
    return render(request, "reviewers/sessions/plan.html", {"form": form})


@once
def _plan(request: HttpRequest, form: SessionForm) -> HttpResponse | None:
    data = form.cleaned_data
    with refusals(form):
        found = actions.plan_session(
            sits_at=form.sits_at,
            lay_chair_pk=int(data["lay_chair"]),
            professional_chair_pk=int(data["professional_chair"]),
            **form.facts(),
            at=timezone.now(),
            by=actor_for(request, Role.SECRETARIAT),
        )
        messages.success(request, _("La séance est planifiée. Composez son ordre du jour."))
        return redirect("staff_session_agenda", found.reference)
    return None


@secretariat
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Change the place, the link, the notes, the length; the date while nobody was told."""
    found = visible_session(request, reference, *Session.TO_COME)
    moment = timezone.localtime(found.sits_at)
    initial = {
        "day": moment.date(),
        "hour": moment.strftime("%H:%M"),
        **{name: getattr(found, name) for name in ("place", "link", "minutes_planned", "access_notes")},
        "expenses_notes": found.expenses_notes,
    }
    form = SessionForm(request.POST or None, initial=initial, changes=True)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            actions.change_session(
                session_pk=found.pk,
                sits_at=form.sits_at,
                **form.facts(),
                at=timezone.now(),
                by=actor_for(request, Role.SECRETARIAT),
            )
            messages.success(request, _("La séance est modifiée."))
            if found.state in Session.AWAITED and {"place", "link"} & set(form.changed_data):
                _tell_who_to_call(request, found)
            return redirect("staff_session", found.reference)
    return render(request, "reviewers/sessions/plan.html", {"form": form, "session": found})


def _tell_who_to_call(request: HttpRequest, found: Session) -> None:
    """Those convened were told by mail that the place changed; those without a mailbox wait for a call."""
    users = [one.mandate.user for one in invitations_of(found)]
    names = ", ".join(str(user) for user in users if not user.mailbox)
    if names:
        text = _("Appelez ou écrivez par courrier à : {names}. Les autres sont prévenus par e-mail.")
        messages.warning(request, text.format(names=names))
    else:
        messages.info(request, _("Les personnes convoquées sont prévenues par e-mail."))


@staff_required(*READERS)
def session(request: HttpRequest, reference: str) -> HttpResponse:
    """Where the session stands, what comes next, its agenda, the answers, afterwards its logbook."""
    found = visible_session(request, reference)
    works = may("reviewers.plan_session", request.user, found, on=timezone.localdate())
    go = request.POST.get("go", "")
    cancel = WhyForm(request.POST if go == "cancel" else None, prefix="cancel")
    rows = agenda_of(found, person(request))
    logbook = logbook_form(request, rows)
    unwritten = [
        (one, AddressForm(request.POST if go == f"write-{one.pk}" else None, prefix=f"write-{one.pk}"))
        for one in (_unwritten(found) if works else [])
    ]
    if request.method == "POST":
        if not works:
            raise Http404
        page = (
            _write(request, unwritten) if go.startswith("write-") else _post(request, found, cancel, logbook)
        )
        if page is not None:
            return page
    forms: list[Form] = [cancel, logbook, *(form for _one, form in unwritten)]
    invitations = invitations_of(found)
    notes = works and found.state in STATED
    context = {
        "session": found,
        "works": works,
        "rows": rows,
        "documents": [(one.name, one.url) for row in rows if row.is_open for one in documents_of(row.item)],
        "experts": _experts(rows),
        "invitations": sorted(invitations, key=lambda one: bool(one.mandate.user.mailbox)),
        "notes": notes,
        "copies": copies_of(found, rows) if notes else [],
        "unwritten": unwritten,
        "cancel": cancel if works and found.state in (State.PLANNED, *Session.AWAITED) else None,
        "logbook": logbook if works and found.state in Session.HELD else None,
        "entries": entries_of(found, rows),
        "minutes": getattr(found, "minutes", None),
        "target": timezone.localdate(target_day(found)),
        "today": timezone.localdate(),
        "can_change": works and found.state in Session.TO_COME,
        "problem_forms": [form for form in forms if form.is_bound],
        "has_errors": any(form.errors for form in forms),
    }
    return render(request, "reviewers/sessions/staff_session.html", context)


def _experts(rows: list[Row]) -> list[Expert]:
    """Who comes from outside, on the items that the person of these rows may read."""
    known = [row.item.pk for row in rows if row.is_open]
    return list(Expert.objects.invited().filter(item__in=known).select_related("item"))


def documents_of(item: AgendaItem) -> list[Any]:
    """The documents of an item for the office."""
    return list(subject_of(item.kind).documents(item, for_office=True))


def _post(request: HttpRequest, found: Session, cancel: WhyForm, logbook: LogbookForm) -> HttpResponse | None:
    go = request.POST.get("go", "")
    if go == "logbook":
        return write_in_logbook(request, found, logbook, STAFF)
    if go != "cancel":
        raise Http404
    if not cancel.is_valid():
        return None
    with refusals(cancel):
        actions.cancel_session(
            session_pk=found.pk,
            at=timezone.now(),
            by=actor_for(request, Role.SECRETARIAT).because(cancel.cleaned_data["reason"]),
        )
        messages.success(request, _("La séance est annulée. Les personnes convoquées sont prévenues."))
        return redirect(page_of_session(STAFF, found))
    return None


@secretariat
def convene(request: HttpRequest, reference: str) -> HttpResponse:
    """The letters as they will leave, who gets paper; then they leave. After a session without quorum, a new date."""
    found = visible_session(request, reference, State.PLANNED, State.NO_QUORUM)
    again = found.state == State.NO_QUORUM
    form = WhenForm(request.POST or None, initial=soonest(found)) if again else None
    refused: list[Missing] = []
    if request.method == "POST" and request.POST.get("go") == "send":
        page = _convene(request, found, form, refused)
        if page is not None:
            return page
    members, chosen = members_in_office(on=timezone.localdate()), request.GET.get("membre", "")
    away = away_by_item(found, members)
    shown = next((one for one in members if str(one.pk) == chosen), members[0] if members else None)
    context = {
        "session": found,
        "again": again,
        "form": form,
        "missing": [] if again else missing_to_convene(found, on=timezone.localdate()),
        "refused": refused,
        "people": people_of(members, away),
        "shown": shown,
        **(letter_as_it_leaves(request, found, shown, form, away) if shown is not None else {}),
        "problem_forms": [form] if form is not None and form.is_bound else [],
        "has_errors": bool((form is not None and form.errors) or refused),
    }
    return render(request, "reviewers/sessions/convene.html", context)


def soonest(found: Session) -> dict[str, Any]:
    """What the form of a second convocation proposes: the same hour, on the first day that is allowed."""
    moment = timezone.localtime(found.sits_at + timedelta(days=settings.SECOND_CONVOCATION_DAYS))
    return {
        "day": moment.date(),
        "hour": moment.strftime("%H:%M"),
        "place": found.place,
        "link": found.link,
    }


def _convene(
    request: HttpRequest, found: Session, form: WhenForm | None, refused: list[Missing]
) -> HttpResponse | None:
    by, at = actor_for(request, Role.SECRETARIAT), timezone.now()
    if form is None:
        with refusals(into=refused):
            actions.convene(session_pk=found.pk, at=at, by=by)
            messages.success(request, _("Les convocations sont parties."))
            _tell_unwritten(request, found)
            return redirect("staff_session", found.reference)
        return None
    if not form.is_valid():
        return None
    with refusals(form):
        actions.reconvene(
            session_pk=found.pk,
            sits_at=form.sits_at,
            place=form.cleaned_data["place"],
            link=form.cleaned_data["link"],
            at=at,
            by=by,
        )
        messages.success(request, _("Les secondes convocations sont parties."))
        _tell_unwritten(request, found)
        return redirect("staff_session", found.reference)
    return None


def _tell_unwritten(request: HttpRequest, found: Session) -> None:
    """Name those to whom no letter could be written; the page of the session takes their address."""
    if names := [str(one.mandate.user) for one in _unwritten(found)]:
        words = ngettext(
            "Une convocation n'est pas écrite, l'adresse manque : {names}. Ajoutez-la ici.",
            "{n} convocations ne sont pas écrites, l'adresse manque : {names}. Ajoutez-les ici.",
            len(names),
        )
        messages.warning(request, words.format(n=len(names), names=", ".join(names)))


def _unwritten(found: Session) -> list[Invitation]:
    rows = Invitation.objects.unwritten().filter(session=found).select_related("mandate__user")
    return list(rows.order_by("mandate__user__last_name", "pk"))


def _write(request: HttpRequest, unwritten: list[tuple[Invitation, AddressForm]]) -> HttpResponse | None:
    """The address of a member convened without a letter; then the letter is written."""
    chosen = next(((one, form) for one, form in unwritten if form.is_bound), None)
    if chosen is None:
        raise Http404
    invitation, form = chosen
    if form.is_valid():
        with refusals(form):
            actions.write_to_invited(
                invitation_pk=invitation.pk,
                address=form.cleaned_data["address"],
                at=timezone.now(),
                by=actor_for(request, Role.SECRETARIAT),
            )
            messages.success(request, _("La convocation est écrite. Imprimez-la et postez-la."))
            return redirect(page_of_session(STAFF, invitation.session))
    return None


def people_of(members: list[Mandate], away: Away) -> list[dict[str, Any]]:
    """Who is written to, how, and from how many items a link keeps each."""
    return [
        {
            "mandate": one,
            "on_paper": is_on_paper(one.user),
            "no_address": is_on_paper(one.user) and not home_of(one.user),
            "large_print": one.user.preferred_format == User.Format.LARGE_PRINT,
            "away": sum(one.pk in people for people in away.values()),
        }
        for one in members
    ]


def letter_as_it_leaves(
    request: HttpRequest, found: Session, mandate: Mandate, form: WhenForm | None, away: Away
) -> dict[str, Any]:
    """The convocation of that member as it would leave now, without the items that the reader may not know.

    A second one takes the date and place of its form, or what the form proposes.
    """
    again: dict[str, Any] = {}
    if form is not None:
        written = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
        hour = written["hour"]
        again = {
            "second": True,
            "sits_on": written["day"],
            "sits_time": (hour if isinstance(hour, str) else hour.strftime("%H:%M")).replace(":", " h "),
            "place": written["place"],
            "link": written["link"],
        }
    items = AgendaItem.objects.filter(session=found, state=AgendaItem.State.LISTED)
    ordered = items.order_by("position", "pk")
    related = ordered.select_related("application__structure").prefetch_related("experts")
    kept = closed_keys(found, request.user, on=timezone.localdate())
    letter = preview(
        "L14",
        record=found,
        at=timezone.now(),
        addressee=mandate.user,
        channel=Letter.Channel.POST if is_on_paper(mandate.user) else Letter.Channel.ONLINE,
        signed_by=found.secretary,
        agenda=[line_of(one, is_away=mandate.pk in away[one.pk] or one.pk in kept) for one in related],
        member=mandate.user,
        **again,
    )
    return {"preview": letter, **letter_as_page(letter.content)}
