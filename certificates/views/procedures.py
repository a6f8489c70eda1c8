"""The withdrawal procedure as the association sees it (screens P26), and as the committee reads it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import person
from accounts.rules import may
from certificates import actions
from certificates.actions.withdrawals import grounds_of, open_hearing
from certificates.checklist import missing_to_answer_notice
from certificates.forms import AnswerForm
from certificates.models import Label, Withdrawal, WithdrawalProposal
from certificates.status import status_on, with_periods
from certificates.subjects import KIND, OpinionOnWithdrawal
from certificates.views.labels import is_told
from certificates.views.withdrawals import found_procedure
from decisions.models import Decision
from journal.refusals import Blocked, Missing, NotAllowed
from letters.models import StoredFile
from letters.views.documents import attached
from letters.visibility import may_see_letter
from reviewers.room import who_stated
from reviewers.views.sessions.access import own_seat, visible_item
from structures.context import member_actor

State = Withdrawal.State
Step = WithdrawalProposal.Step


@require_http_methods(["GET", "HEAD", "POST"])
def procedure(request: HttpRequest, pk: int) -> HttpResponse:
    """P26: what is held against us, until when, and what we can do; nothing before the first letter."""
    now = timezone.now()
    on = timezone.localdate(now)
    found = found_procedure(request, pk, now)
    if not may("certificates.read_procedure", request.user, found.label, on=on):
        raise Http404
    form = AnswerForm(request.POST or None, request.FILES or None)
    reasons: list[Missing] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_notice(
                withdrawal_pk=found.pk,
                text=form.cleaned_data["text"],
                file=form.cleaned_data["file"],
                at=now,
                by=member_actor(request, found.label.structure),
            )
        except NotAllowed as error:
            raise Http404 from error
        except ValidationError as error:
            form.add_error("file", error)
        except Blocked as blocked:
            reasons = blocked.reasons
        else:
            messages.success(request, _("Votre réponse est envoyée. Vous pouvez encore la compléter."))
            return redirect("procedure", found.pk)
    return render(
        request,
        "certificates/procedure.html",
        _told(request, found, form, reasons, on),
        status=409 if reasons else 200,
    )


def _told(
    request: HttpRequest, found: Withdrawal, form: AnswerForm, reasons: list[Missing], on: date
) -> dict[str, Any]:
    label = with_periods(Label.objects.filter(pk=found.label_id))[0]
    hearings = [
        row for row in found.hearings.select_related("letter").prefetch_related("grounds") if is_told(row)
    ]
    notice = found.proposals.filter(step=Step.FORMAL_NOTICE, signed_at__isnull=False).first()
    answers = may("certificates.answer_hearing", request.user, found.label, on=on)
    letters = [found.formal_notice, *(row.letter for row in hearings), found.closing_letter]
    awaits = found.state == State.FORMAL_NOTICE and answers
    current = open_hearing(found)
    return {
        "withdrawal": found,
        "label": found.label,
        "shown_state": shown_state(found),
        "status": status_on(label, on),
        "today": on,
        "hearings": hearings,
        "hearing": current if current in hearings else None,
        "notice": notice,
        "notice_grounds": grounds_of(notice) if notice else [],
        "answers": found.notice_answers.select_related("file"),
        "form": form if awaits else None,
        "missing": missing_to_answer_notice(found, text="x", means="online", received_on=on, on=on),
        "letters": [one for one in letters if one is not None and may_see_letter(one, request.user, on=on)],
        "reasons": reasons,
        "events": _events(found, hearings),
    }


def shown_state(found: Withdrawal) -> str:
    """The state as the association may know it: an act that is on its way is not told yet (docs/adr/0009)."""
    waits = Decision.objects.filter(measure__withdrawal=found, state=Decision.State.SIGNED)
    return State.ADVISED if found.state not in Withdrawal.LIVE and waits.exists() else found.state


def _events(found: Withdrawal, hearings: list[Any]) -> list[dict[str, Any]]:
    """What happened since the first letter, oldest first, in the words of the association."""
    rows: list[tuple[date | datetime | None, str]] = []
    if found.formal_notice:
        rows.append((found.formal_notice.issued_at, _("Nous vous avons demandé de corriger des points")))
    rows += [(one.recorded_at, _("Vous avez répondu")) for one in found.notice_answers.all()]
    for hearing in hearings:
        rows.append((hearing.notified_at, _("Nous vous avons dit les motifs")))
        rows += [(one.recorded_at, _("Vous avez répondu")) for one in hearing.observations.all()]
    if found.advised_at:
        rows.append((found.advised_at, _("Le comité a donné son avis")))
    if found.ended_at and shown_state(found) == found.state:
        rows.append((found.ended_at, _("La procédure est terminée")))
    return [{"at": at, "words": words} for at, words in rows]


@require_safe
def committee_session_procedure(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """All that was notified and answered, word for word, for a member who said that there is no link."""
    found = _read_in_session(request, reference, pk)
    context = {
        "item_pk": pk,
        "reference": reference,
        "withdrawal": found,
        "label": found.label,
        "hearings": found.hearings.filter(dropped_at=None).prefetch_related("grounds", "observations__file"),
        "answers": found.notice_answers.select_related("file"),
        "notice": found.proposals.filter(step=Step.FORMAL_NOTICE, signed_at__isnull=False).first(),
    }
    return render(request, "certificates/committee_procedure.html", context)


@require_safe
def committee_session_procedure_file(
    request: HttpRequest, reference: str, pk: int, file: int
) -> HttpResponse | FileResponse:
    """A document joined to an answer, for the same members."""
    found = _read_in_session(request, reference, pk)
    stored = get_object_or_404(StoredFile, pk=file, quarantined_at=None, removed_at=None)
    if stored.pk not in _files_of(found):
        raise Http404
    return attached(stored)


def _files_of(found: Withdrawal) -> set[int]:
    """The keys of the documents of a procedure: of its answers, of the minutes of its hearings."""
    hearings = found.hearings.filter(dropped_at=None)
    keys = [
        *hearings.values_list("observations__file", flat=True),
        *hearings.values_list("oral_file", flat=True),
        *found.notice_answers.values_list("file", flat=True),
    ]
    return {key for key in keys if key is not None}


def _read_in_session(request: HttpRequest, reference: str, pk: int) -> Withdrawal:
    """The procedure of an item, for who sits, has no link with it and may read its documents; Http404 otherwise."""
    mandate = own_seat(request)
    item = visible_item(request, reference, pk)
    subject = OpinionOnWithdrawal()
    if (
        item.kind != KIND
        or not who_stated(item, [mandate.pk])
        or not subject.reads(item, person(request), on=timezone.localdate())
    ):
        raise Http404
    related = ("label__structure", "label__edition", "formal_notice", "opinion")
    found: Withdrawal = Withdrawal.objects.select_related(*related).get(pk=subject.record(item).pk)
    return found
