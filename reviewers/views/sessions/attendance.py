"""The attendance sheet: who takes part and how, who goes out and comes back, what is to be paid back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import person
from journal.moves import Actor
from journal.refusals import Blocked, Missing
from letters.fields import FrenchAmountField
from reviewers.actions import sessions as actions
from reviewers.models import (
    Attendance,
    AttendanceMode,
    College,
    Contribution,
    Invitation,
    Mandate,
    Session,
    StepOut,
)
from reviewers.room import Room, room_of
from reviewers.session_checklist import missing_quorum
from reviewers.session_forms import InWriting, named
from reviewers.views.access import refusals, tell
from reviewers.views.sessions.access import (
    COMMITTEE,
    STAFF,
    agenda_of,
    named_items,
    own_seat,
    page_of_session,
    visible_session,
    who_runs,
)

State = Session.State
WRITTEN = (*Session.AWAITED, State.OPEN)
PAID = (State.OPEN, State.CLOSED, State.MINUTES_APPROVED)
LARGEST_EUROS = 10_000
ORDER = list(College.values)
MODES = {mode.value for mode in AttendanceMode}


class SeatForm(InWriting):
    """How one member takes part."""

    is_filter = True  # a sheet is empty by nature: no « facultatif » on each of its lines

    mode = forms.ChoiceField(
        label=gettext_lazy("Comment"),
        choices=[("", gettext_lazy("Non noté")), *AttendanceMode.choices],
        required=False,
    )
    holder = forms.ChoiceField(label=gettext_lazy("Pouvoir donné à"), required=False)

    def __init__(self, *args: Any, holders: list[Mandate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["holder"]
        if isinstance(field, forms.ChoiceField):
            field.choices = named(holders)


class ExpensesForm(forms.Form):
    """What one member spent to take part."""

    euros = FrenchAmountField(
        label=gettext_lazy("Frais, en euros"), required=False, max_value=Decimal(LARGEST_EUROS)
    )
    notes = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)


@dataclass
class Line:
    """One member on the sheet."""

    mandate: Mandate
    seat: Attendance | None
    invitation: Invitation | None
    form: SeatForm | None
    expenses: ExpensesForm | None
    is_out: bool
    is_away: bool  # out because of a link with the item under way: called back when it is settled

    @property
    def can_go_out(self) -> bool:
        """In the room or on the line now."""
        return self.seat is not None and self.seat.in_person and self.seat.left_at is None and not self.is_out

    @property
    def can_come_back(self) -> bool:
        """Out for a moment, or gone before the end."""
        return self.seat is not None and self.seat.in_person and not self.can_go_out and not self.is_away


def attendance(request: HttpRequest, reference: str, space: str = COMMITTEE) -> HttpResponse:
    """One line per member, by college; every change is written at once, or none."""
    if space == COMMITTEE:
        own_seat(request)
    found = visible_session(request, reference, *WRITTEN, State.CLOSED, State.MINUTES_APPROVED)
    by = who_runs(request, found, space)
    room = room_of(found, on=timezone.localdate())
    lines = _lines(request, found, room, space)
    if request.method == "POST":
        page = _do(request, found, space, lines, by)
        if page is not None:
            return page
    bound = [
        form for line in lines for form in (line.form, line.expenses) if form is not None and form.is_bound
    ]
    context = {
        "session": found,
        "space": space,
        "is_staff": space == STAFF,
        "lines": lines,
        "writes": found.state in WRITTEN,
        "is_open": found.state == State.OPEN,
        "quorum": room.quorum if found.state in WRITTEN else None,
        "missing": list(missing_quorum(room.quorum)) if found.state in Session.AWAITED else [],
        "here_url": page_of_session(space, found, "attendance"),
        "run_url": page_of_session(space, found, "run") if found.state in WRITTEN else "",
        "back_url": page_of_session(space, found),
        "problem_forms": bound,
        "has_errors": any(form.errors for form in bound),
    }
    return render(request, "reviewers/sessions/attendance.html", context)


def _lines(request: HttpRequest, found: Session, room: Room, space: str) -> list[Line]:
    """Every member in office, with the seat written or the answer to the convocation."""
    rows = found.invitations.filter(convocation=found.convocation).select_related("holder__user")
    invitations = {one.mandate_id: one for one in rows}
    go = request.POST.get("go", "")
    items = named_items([row for row in agenda_of(found, person(request)) if not row.is_over])
    rows_said = Contribution.objects.filter(item__session=found).values_list("mandate_id", "item_id", "text")
    said = {(mandate, item): text for mandate, item, text in rows_said}
    left = StepOut.objects.filter(attendance__session=found, returned_at=None, cause=StepOut.Cause.CONFLICT)
    away = set(left.values_list("attendance__mandate_id", flat=True))
    lines = []
    for mandate in sorted(room.members.values(), key=lambda one: ORDER.index(one.college)):
        seat, invitation = room.seats.get(mandate.pk), invitations.get(mandate.pk)
        holders = [
            one for one in room.members.values() if one.college == mandate.college and one.pk != mandate.pk
        ]
        form = expenses = None
        if found.state in WRITTEN:
            prefix, initial = f"seat-{mandate.pk}", _initial(seat, invitation)
            mode = request.POST.get(f"{prefix}-mode") if go == "save" else initial.get("mode")
            form = SeatForm(
                request.POST if go == "save" else None,
                prefix=prefix,
                initial=initial,
                holders=holders,
                items=[(key, name, said.get((mandate.pk, key), "")) for key, name in items]
                if mode == AttendanceMode.WRITTEN
                else [],
            )
        if space == STAFF and found.state in PAID and seat is not None:
            expenses = ExpensesForm(
                request.POST if go == "expenses" else None,
                prefix=f"spent-{mandate.pk}",
                initial={
                    "euros": None if seat.expenses_cents is None else Decimal(seat.expenses_cents) / 100,
                    "notes": seat.expenses_notes,
                },
            )
        lines.append(
            Line(mandate, seat, invitation, form, expenses, mandate.pk in room.out, mandate.pk in away)
        )
    return lines


def _initial(seat: Attendance | None, invitation: Invitation | None) -> dict[str, Any]:
    """What is written, else what the member announced."""
    if seat is not None:
        return {"mode": seat.mode, "holder": seat.holder_id}
    if invitation is None or invitation.answer not in MODES:
        return {}
    return {"mode": invitation.answer, "holder": invitation.holder_id}


def _do(
    request: HttpRequest, found: Session, space: str, lines: list[Line], by: Actor
) -> HttpResponse | None:
    """Write the sheet, the expenses, or one movement; None when the sheet must be shown again."""
    go = request.POST.get("go", "")
    here = redirect(page_of_session(space, found, "attendance"))
    if go in ("save", "expenses"):
        is_kept = _save(found, lines, by) if go == "save" else _pay(found, lines, by)
        if not is_kept:
            return None
        messages.success(
            request, _("Les présences sont notées.") if go == "save" else _("Les frais sont notés.")
        )
        return here
    word, _dash, key = go.partition("-")
    acts = {
        "out": actions.record_step_out,
        "back": actions.record_return,
        "gone": actions.record_departure,
    }
    line = next((one for one in lines if str(one.mandate.pk) == key), None)
    if word not in acts or line is None:
        raise Http404
    reasons: list[Missing] = []
    with refusals(into=reasons):
        acts[word](session_pk=found.pk, mandate_pk=line.mandate.pk, at=timezone.now(), by=by)
        messages.success(request, _("C'est noté."))
    if reasons:
        tell(request, reasons)
    return here


def _save(found: Session, lines: list[Line], by: Actor) -> bool:
    """Write each changed line: those who are there first, since they hold the proxies. All or nothing."""
    if not all(line.form is not None and line.form.is_valid() for line in lines):
        return False
    changed = [line for line in lines if line.form is not None and _is_changed(line, line.form.cleaned_data)]
    order = [AttendanceMode.PRESENT, AttendanceMode.REMOTE, AttendanceMode.WRITTEN, AttendanceMode.PROXY]
    changed.sort(key=lambda line: order.index(_data(line)["mode"]))
    try:
        with transaction.atomic():
            for line in changed:
                _write(found, line, by)
    except ValidationError:
        return False
    return True


def _data(line: Line) -> dict[str, Any]:
    return line.form.cleaned_data if line.form is not None else {}


def _is_changed(line: Line, data: dict[str, Any]) -> bool:
    if not data["mode"]:
        return False
    seat, form = line.seat, line.form
    if seat is None or (form is not None and form.texts() != form.said):
        return True
    holder = data["holder"] if data["mode"] == AttendanceMode.PROXY else ""
    return (seat.mode, str(seat.holder_id or "")) != (data["mode"], holder)


def _write(found: Session, line: Line, by: Actor) -> None:
    """Write one line; its refusal stands beside the member, and nothing of the sheet is kept."""
    data, form = _data(line), line.form
    is_proxy = data["mode"] == AttendanceMode.PROXY
    with refusals(form):
        actions.record_attendance(
            session_pk=found.pk,
            mandate_pk=line.mandate.pk,
            mode=data["mode"],
            holder_pk=int(data["holder"]) if is_proxy and data["holder"] else None,
            contributions=form.texts() if form is not None else {},
            at=timezone.now(),
            by=by,
        )
    if form is not None and form.errors:
        raise ValidationError("refused")


def _pay(found: Session, lines: list[Line], by: Actor) -> bool:
    """Write what each member spent; all or nothing."""
    paid = [(line, line.expenses) for line in lines if line.expenses is not None]
    if not all(form.is_valid() for _line, form in paid):
        return False
    try:
        with transaction.atomic():
            for line, form in paid:
                if form.cleaned_data["euros"] is None or not form.has_changed():
                    continue
                actions.record_expenses(
                    session_pk=found.pk,
                    mandate_pk=line.mandate.pk,
                    cents=int(form.cleaned_data["euros"] * 100),
                    notes=form.cleaned_data["notes"],
                    at=timezone.now(),
                    by=by,
                )
    except Blocked as refusal:
        for _line, form in paid[:1]:
            form.add_error(None, " ".join(str(reason.text) for reason in refusal.reasons))
        return False
    return True
