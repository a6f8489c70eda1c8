"""Pages about one label: the certificate that anybody downloads, the association's page, the page of the staff."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import etag, require_safe

from accounts.access import for_everybody, person, staff_required
from accounts.rules import may
from certificates.acts import acts_on
from certificates.follow_up_part import follow_ups_part
from certificates.forms import DayForm
from certificates.history import history
from certificates.models import FollowUp, Hearing, Label, Withdrawal
from certificates.renewals import window_of
from certificates.status import Status, status_on, with_periods
from certificates.views.renewals import renewal_part
from decisions.models import Appeal, Decision
from journal.numbering import InvalidNumber, parse_number
from label.visibility import HANDLING_ROLES
from letters.models import Letter, StoredFile
from letters.views.documents import attached
from letters.visibility import on_thread
from structures.context import current_structure
from structures.models import Structure

LATEST = 200


def is_told(hearing: Hearing) -> bool:
    """Whether the association knows of it: its letter is in its space, or was received on paper."""
    letter = hearing.letter
    return letter is not None and (letter.channel == Letter.Channel.ONLINE or letter.received_on is not None)


def canonical(number: str) -> str:
    """The number as it is stored, however it was typed. Raises Http404 for what is no number."""
    try:
        return parse_number(number).canonical
    except InvalidNumber as error:
        raise Http404 from error


@for_everybody
def certificate_pdf(request: HttpRequest, number: str) -> HttpResponse | FileResponse:
    """The certificate in force of a label; until a worker has sealed it, the page of the label, which says so.

    None once annulled, and none before the act is notified.
    """
    label = get_object_or_404(
        Label.objects.told().exclude(state=Label.State.ANNULLED), number=canonical(number)
    )
    certificate = label.certificates.select_related("file").order_by("-issue").first()
    if certificate is None:
        raise Http404
    file = certificate.newest_file()
    if file is None:
        return redirect("verify_label", label.number)
    response = _sent(request, file)
    response["Cache-Control"] = "public, no-cache"  # a label may be annulled at any time
    return response


@etag(lambda request, file: f'"{file.sha256}"')
def _sent(request: HttpRequest, file: StoredFile) -> HttpResponse | FileResponse:
    """The file, unless whoever asks holds the same bytes."""
    return attached(file)


@require_safe
def space_label(request: HttpRequest) -> HttpResponse:
    """What the association holds, what it may do with it, and what it has to do by when."""
    structure = current_structure(request)
    if structure is None:
        return redirect("structure_find")
    on = timezone.localdate()
    labels = [(label, status_on(label, on)) for label in _labels_of(request, structure, on)]
    shown = _shown_first(labels)
    context: dict[str, Any] = {"structure": structure, "today": on, "shown": shown}
    if shown is not None:
        label, status = shown
        # Once renewed, and until the next label starts, what is asked and decided is about the next one.
        held = next((one for one, _status in labels if one.state in Label.LIVE), label)
        context |= {
            "label": label,
            "held": held,
            "status": status,
            "letter": label.decision.letter,
            "recognised": label.recognised.all(),
            "duties": duties(held, on) if status.is_current else [],
            **_hearings_of(held),
            "may_relinquish": held.state in Label.LIVE
            and may("certificates.relinquish", request.user, held, on=on),
            "renewal": renewal_part(label, on, request=request),
            "others": [pair for pair in labels if pair[0].pk != label.pk],
            **follow_ups_part(held, person(request), on=on, staff=False),
        }
    return render(request, "certificates/space_label.html", context)


def _measures(request: HttpRequest, label: Label, on: date) -> list[Decision]:
    """The acts on that label that this person may read, the newest first."""
    visible = Decision.objects.visible_to(request.user, on=on).filter(measure__label=label)
    return list(visible.select_related("measure").order_by("-pk")[:LATEST])


def _hearings_of(label: Label) -> dict[str, list[Hearing]]:
    """The invitations to answer that the association knows: those that are open, then the others."""
    told = [one for one in label.hearings.select_related("letter") if is_told(one)]
    is_open = {one.pk for one in told if one.closed_on is None and one.dropped_at is None}
    return {
        "hearings": [one for one in told if one.pk in is_open],
        "closed_hearings": [one for one in told if one.pk not in is_open],
    }


def _shown_first(labels: list[tuple[Label, Status]]) -> tuple[Label, Status] | None:
    """The label of today: one that holds or is suspended, else one that is to come, else the newest."""
    today = [pair for pair in labels if pair[1].is_current]
    live = [pair for pair in labels if pair[0].state in Label.LIVE]
    return next(iter([*today, *live, *labels]), None)


def _labels_of(request: HttpRequest, structure: Structure, on: date) -> list[Label]:
    found = Label.objects.visible_to(request.user, on=on).filter(structure=structure)
    related = found.select_related("application", "decision", "structure").prefetch_related("recognised")
    return with_periods(related.order_by("-pk")[:LATEST])


def duties(label: Label, on: date) -> list[dict[str, Any]]:
    """What the holder has to do, soonest first: open conditions, the follow-up, the renewal (domain 5.1 LABEL, M-4)."""
    waiting = [row for row in label.conditions.all() if row.met_on is None]
    rows = [
        {
            "words": row.text,
            "detail": _("Preuve à envoyer : {proof}").format(proof=row.proof),
            "before": row.due_on,
            "url": reverse("condition_proof", args=[row.pk]),
            "action": _("Envoyer la preuve"),
            "is_sent": row.answered_at is not None,
            "asked_again": row.asked_again,
        }
        for row in waiting
    ]
    rows += [
        {
            "words": _("Remplir le suivi annuel"),
            "detail": _("Cinq minutes suffisent si rien n'a changé."),
            "before": follow_up.due_on,
            "url": reverse("follow_up", args=[follow_up.year]),
            "action": _("Remplir le suivi"),
        }
        for follow_up in label.follow_ups.filter(state__in=FollowUp.AWAITED)
    ]
    if label.renewal_filed_on is None and label.state in Label.LIVE:
        rows.append(
            {
                "words": _("Demander le renouvellement"),
                "detail": _("Pour que le label ne s'interrompe pas."),
                "before": window_of(label).protected_until,
            }
        )
    return sorted(rows, key=lambda row: row["before"])


@staff_required(*HANDLING_ROLES)
@require_safe
def staff_label(request: HttpRequest, number: str) -> HttpResponse:
    """P32: the state today and at any date, periods, conditions, letters, certificate versions, journal."""
    on = timezone.localdate()
    found = Label.objects.visible_to(request.user, on=on).select_related(
        "structure",
        "application__structure",
        "application__case_officer",
        "decision",
        "edition",
        "previous",
    )
    label = get_object_or_404(
        found.prefetch_related("recognised", "certificates__file"),
        number=canonical(number),
    )
    with_periods([label])
    asked = DayForm(request.GET if "jour" in request.GET else None)
    day = asked.cleaned_data["jour"] if asked.is_valid() else None
    return render(
        request,
        "certificates/staff_label.html",
        {
            "label": label,
            "status": status_on(label, on),
            "today": on,
            "form": asked,
            "day": day,
            "then": status_on(label, day) if day else None,
            "letters": on_thread(label.thread_id, person(request), on=on),
            "makes_bundle": may("decisions.make_bundle", request.user, label.application, on=on),
            "reads_decision": Decision.objects.visible_to(request.user, on=on)
            .filter(pk=label.decision_id)
            .exists(),
            "following": Label.objects.filter(previous=label).first(),
            "renewal": renewal_part(label, on, request=request),
            "events": history(label),
            **follow_ups_part(label, person(request), on=on, staff=True),
            "acts": acts_on(label, person(request), on=on),
            "hearings": label.hearings.order_by("-pk"),
            "measures": _measures(request, label, on),
            "withdrawals": Withdrawal.objects.visible_to(request.user, on=on)
            .filter(label=label)
            .order_by("-pk"),
            "appeals": Appeal.objects.filter(decision__application=label.application_id).order_by("-pk"),
        },
    )
