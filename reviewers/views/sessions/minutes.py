"""Is this what we said? The minutes drafted, completed, approved, beside their public extract (P20)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, person
from accounts.models import Role
from accounts.rules import may
from journal.refusals import Missing
from letters.pdf import render_document
from reviewers.actions import sessions as actions
from reviewers.actions.sessions.minutes import LONGEST_PART
from reviewers.forms import Lines
from reviewers.minutes import blocks_of, extract_blocks, parts_of, title_of
from reviewers.models import AgendaItem, Mandate, Minutes, Session
from reviewers.reading import items_nobody_presides, open_keys
from reviewers.room import kept_away, members_in_office
from reviewers.session_forms import ActingChairForm
from reviewers.views.access import as_member, refusals, tell
from reviewers.views.sessions.access import (
    COMMITTEE,
    READERS,
    STAFF,
    chair_users,
    own_seat,
    page_of_session,
    visible_session,
)

State = Session.State
WRITTEN = (State.CLOSED, State.MINUTES_APPROVED)
PDF = "application/pdf"
WITH_PARTS = ("draft", "save", "send")


class PartsForm(forms.Form):
    """The parts that only a person can write."""

    def __init__(self, *args: Any, minutes: Minutes, record: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, title in parts_of(record).items():
            self.fields[name] = forms.CharField(
                label=title,
                help_text="" if minutes.parts.get(name) else _("À compléter"),
                widget=Lines(5),
                max_length=LONGEST_PART,
                required=False,
                initial=minutes.parts.get(name, ""),
            )


def read(request: HttpRequest, reference: str, space: str = COMMITTEE) -> HttpResponse:
    """The minutes as this person may read them, what was changed, and what they can do about them."""
    found, record = _readable(request, reference, space)
    minutes: Minutes | None = getattr(found, "minutes", None)
    writes = space == STAFF and may("reviewers.draft_minutes", request.user, found, on=timezone.localdate())
    form = None
    if writes and minutes is not None and not minutes.digest:
        data = request.POST if request.POST.get("go") in WITH_PARTS else None
        form = PartsForm(data, minutes=minutes, record=record)
    acting = _acting(request, found) if writes and minutes is not None and not minutes.digest else None
    if request.method == "POST" and request.POST.get("go") == "acting_chair" and acting is not None:
        page = _name(request, found, acting)
        if page is not None:
            return page
    elif request.method == "POST":
        page = _do(request, found, space, form, writes=writes)
        if page is not None:
            return page
    is_whole = minutes is not None and len(record["items"]) == len(minutes.record["items"])
    context = {
        "session": found,
        "space": space,
        "minutes": minutes,
        "form": form,
        "writes": writes,
        "is_whole": is_whole,
        "title": title_of(record) if minutes is not None else "",
        "blocks": blocks_of(record, minutes.parts, is_draft=not minutes.digest)
        if minutes is not None
        else [],
        "extract": extract_blocks([record], on=timezone.localdate()) if minutes is not None else [],
        "changes": _changes(minutes, record) if minutes is not None else [],
        "approvals": _approvals(minutes, record) if minutes is not None else [],
        "approves": minutes is not None
        and _may_approve(request, found, minutes, {one["pk"] for one in record["items"]}, space),
        "acting": acting,
        "back_url": page_of_session(space, found),
        "pdf_url": page_of_session(space, found, "minutes_pdf"),
        "problem_forms": [one for one in (form, acting) if one is not None and one.is_bound],
        "has_errors": any(one is not None and one.errors for one in (form, acting)),
    }
    return render(request, "reviewers/sessions/minutes.html", context)


def _readable(request: HttpRequest, reference: str, space: str) -> tuple[Session, dict[str, Any]]:
    """The session and the record of its minutes, without the items from which a link keeps this person.

    Http404 for a member before they were sent for agreement.
    """
    if space == COMMITTEE:
        own_seat(request)
    else:
        actor_for(request, *READERS)
    found = visible_session(request, reference, *WRITTEN)
    minutes: Minutes | None = Minutes.objects.filter(session=found).first()
    if minutes is None:
        if space == COMMITTEE:
            raise Http404
        return found, {"items": []}
    if space == COMMITTEE and minutes.sent_at is None:
        raise Http404
    found.minutes = minutes
    known = open_keys(found.items.all(), request.user, on=timezone.localdate())
    items = [one for one in minutes.record["items"] if one["pk"] in known]
    return found, {**minutes.record, "items": items}


def _changes(minutes: Minutes, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each corrected line with its old and new words, of the parts that this person may read."""
    titles = parts_of(record)
    rows = minutes.changes.filter(part__in=titles).select_related("changed_by")
    return [
        {
            "title": titles[one.part],
            "old": one.old,
            "new": one.new,
            "by": one.changed_by,
            "at": one.changed_at,
        }
        for one in rows
    ]


def _approvals(minutes: Minutes, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """While the agreement of the chair is not whole: the items that have one, of those that this person may read."""
    if minutes.chair_approved_at is not None:
        return []
    positions = {item["pk"]: item["position"] for item in record["items"]}
    rows = minutes.chair_approvals.filter(item__in=list(positions)).select_related("approved_by")
    return [
        {"position": positions[one.item_id], "by": one.approved_by, "at": one.approved_at}
        for one in sorted(rows, key=lambda one: positions[one.item_id])
    ]


def _may_approve(
    request: HttpRequest, found: Session, minutes: Minutes, readable: Collection[int], space: str
) -> bool:
    """Whether this person's agreement is awaited: on what a chair may read, or on the whole for the secretariat."""
    if minutes.sent_at is None or minutes.digest:
        return False
    if not may("reviewers.approve_minutes", request.user, found, on=timezone.localdate()):
        return False
    if space == STAFF:
        return minutes.secretary_approved_at is None and len(readable) == len(minutes.record["items"])
    user = person(request)
    left = set(readable) - set(minutes.chair_approvals.values_list("item_id", flat=True))
    is_chair = user.pk in chair_users(found) and user.pk != minutes.secretary_approved_by_id
    return is_chair and bool(left)


def _acting(request: HttpRequest, found: Session) -> ActingChairForm | None:
    """The form that names who approves what nobody who presides may read; None when there is no such item."""
    on = timezone.localdate()
    left = items_nobody_presides(found, on=on)
    if not left:
        return None
    members = [one for one in members_in_office(on=on) if one.state == Mandate.State.ACTIVE]
    items = AgendaItem.objects.filter(pk__in=left).select_related("application__structure")
    away = {key for item in items for key in kept_away(item, members, on=on)}
    data = request.POST if request.POST.get("go") == "acting_chair" else None
    return ActingChairForm(data, members=[one for one in members if one.pk not in away])


def _name(request: HttpRequest, found: Session, form: ActingChairForm) -> HttpResponse | None:
    """Name that person; None when the form must be shown again."""
    if not form.is_valid():
        return None
    with refusals(form):
        actions.name_acting_chair(
            session_pk=found.pk,
            mandate_pk=int(form.cleaned_data["acting_chair"]),
            at=timezone.now(),
            by=actor_for(request, Role.SECRETARIAT),
        )
        messages.success(request, _("La présidence de remplacement est notée."))
        return redirect(page_of_session(STAFF, found, "minutes"))
    return None


def _do(
    request: HttpRequest, found: Session, space: str, form: PartsForm | None, *, writes: bool
) -> HttpResponse | None:
    """Draft, keep, send or approve; None when the form must be shown again."""
    go, at = request.POST.get("go", ""), timezone.now()
    here = redirect(page_of_session(space, found, "minutes"))
    if go == "approve":
        return _approve(request, found, space)
    if not writes or go not in WITH_PARTS:
        raise Http404
    if form is not None and not form.is_valid():
        return None
    # Whatever button is pressed, what was typed beside it is kept.
    typed = {name: text for name, text in form.cleaned_data.items() if name in request.POST} if form else {}
    by = actor_for(request, Role.SECRETARIAT)
    reasons: list[Missing] = []
    with refusals(form, into=reasons), transaction.atomic():
        if typed or go == "save":
            actions.complete_minutes(session_pk=found.pk, parts=typed, at=at, by=by)
        if go == "draft":
            actions.draft_minutes(session_pk=found.pk, at=at, by=by)
            messages.success(request, _("Le procès-verbal est rédigé à partir de la séance."))
        elif go == "send":
            actions.send_minutes(session_pk=found.pk, at=at, by=by)
            messages.success(request, _("Le procès-verbal est parti pour accord."))
        else:
            messages.success(request, _("Le procès-verbal est enregistré."))
    if reasons:
        tell(request, reasons)
    return None if form is not None and form.errors else here


def _approve(request: HttpRequest, found: Session, space: str) -> HttpResponse:
    minutes: Minutes | None = getattr(found, "minutes", None)
    here = redirect(page_of_session(space, found, "minutes"))
    if minutes is None:
        raise Http404
    reasons: list[Missing] = []
    with refusals(into=reasons):
        actions.approve_minutes(
            session_pk=found.pk,
            at=timezone.now(),
            by=actor_for(request, Role.SECRETARIAT) if space == STAFF else as_member(request),
        )
        messages.success(request, _("Votre accord est noté."))
    if reasons:
        tell(request, reasons)
    return here


def pdf(request: HttpRequest, reference: str, space: str = COMMITTEE) -> HttpResponse:
    """The minutes as a file: the one approved, or a draft; without the items from which a link keeps this person."""
    found, record = _readable(request, reference, space)
    minutes: Minutes | None = getattr(found, "minutes", None)
    if minutes is None:
        raise Http404
    is_whole = len(record["items"]) == len(minutes.record["items"])
    if minutes.pdf is not None and is_whole:
        with minutes.pdf.content.open("rb") as kept:
            content = kept.read()
    else:
        content = render_document(
            title_of(record),
            blocks_of(record, minutes.parts, is_draft=not minutes.digest),
            reference=found.reference,
            dated=timezone.now(),
        )
    response = HttpResponse(content, content_type=PDF)
    response["Content-Disposition"] = f'attachment; filename="proces-verbal-{found.reference}.pdf"'
    return response
