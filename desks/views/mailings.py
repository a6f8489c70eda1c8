"""Mailings: who would receive what and why, looked at and confirmed before anything leaves (screens P22)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import actor_for, staff_required
from accounts.models import Role
from desks.forms import ConfirmMailing
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet
from journal.refusals import Blocked
from letters.actions import abandon_mailing, confirm_mailing, prepare_mailing
from letters.campaigns import campaigns
from letters.models import Mailing, MailingRecipient
from letters.sending import words_for
from structures.forms import add_reasons

SENDERS = (Role.CASE_OFFICER, Role.SECRETARIAT)
SAMPLES = 3
LATEST = 50
on_mailings = staff_required(*SENDERS)


@require_http_methods(["GET", "HEAD", "POST"])
@on_mailings
def staff_mailings(request: HttpRequest) -> HttpResponse:
    """What may be sent to many today, and what was."""
    if request.method == "POST" and (answer := _prepare(request)) is not None:
        return answer
    on = timezone.localdate()
    pending = {mailing.kind: mailing for mailing in Mailing.objects.pending()}
    offers = [
        {"campaign": campaign, "pending": pending.get(code), "criteria": campaign.criteria(on)}
        for code, campaign in campaigns.items()
    ]
    past = Mailing.objects.select_related("prepared_by", "confirmed_by").order_by("-pk")[:LATEST]
    context = {
        "offers": offers,
        "mailings": [{"mailing": one, "campaign": campaigns[one.kind]} for one in past],
    }
    return render(request, "desks/staff_mailings.html", context)


def _prepare(request: HttpRequest) -> HttpResponse | None:
    kind = request.POST.get("kind", "")
    if kind not in campaigns:
        messages.error(request, _("Choisissez un envoi de la liste."))
        return None
    try:
        mailing = prepare_mailing(kind=kind, at=timezone.now(), by=actor_for(request, *SENDERS))
    except Blocked as blocked:
        for reason in blocked.reasons:
            messages.error(request, str(reason.text))
        return redirect("staff_mailings")
    return redirect("staff_mailing", mailing.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@on_mailings
def staff_mailing(request: HttpRequest, mailing_pk: int) -> HttpResponse:
    """One mailing: who, which letter, why, how many, three real samples; its number typed again lets it leave."""
    mailing = get_object_or_404(Mailing.objects.select_related("prepared_by", "confirmed_by"), pk=mailing_pk)
    form = ConfirmMailing(request.POST or None)
    if request.method == "POST":
        answer = _decide(request, mailing, form)
        if answer is not None:
            return answer
    rows = mailing.recipients.select_related("person__shares_mailbox_with", "mailing", "mail")
    samples = [
        {"recipient": row, "words": row.mail or words_for(row, at=timezone.now())}
        for row in rows.filter(person__isnull=False).order_by("pk")[:SAMPLES]
    ]
    context = {
        "mailing": mailing,
        "campaign": campaigns[mailing.kind],
        "form": form,
        "samples": samples,
        "outcomes": _outcomes(mailing),
        "unknown": rows.filter(person=None).order_by("pk")[:LATEST],
        "may_confirm": mailing.confirmed_at is None and mailing.abandoned_at is None,
    }
    return render(request, "desks/staff_mailing.html", context)


def _decide(request: HttpRequest, mailing: Mailing, form: ConfirmMailing) -> HttpResponse | None:
    at, by = timezone.now(), actor_for(request, *SENDERS)
    try:
        if request.POST.get("go") == "abandon":
            abandon_mailing(mailing_pk=mailing.pk, at=at, by=by)
            messages.success(request, _("Envoi abandonné. Rien n'est parti."))
            return redirect("staff_mailings")
        if not form.is_valid():
            return None
        confirm_mailing(mailing_pk=mailing.pk, typed=form.cleaned_data["typed"], at=at, by=by)
    except Blocked as blocked:
        add_reasons(form, blocked)
        return None
    messages.success(request, _("Envoi confirmé. Les messages partent un par un."))
    return redirect("staff_mailing", mailing.pk)


def _outcomes(mailing: Mailing) -> list[tuple[str, int]]:
    """How many recipients are in each outcome, in one query."""
    counts: dict[str, int] = mailing.recipients.aggregate(
        **{f"n_{code}": Count("pk", filter=Q(outcome=code)) for code in MailingRecipient.Outcome.values}
    )
    found = [(one.label, counts[f"n_{one.value}"]) for one in MailingRecipient.Outcome]
    return [(str(words), n) for words, n in found if n]


@on_mailings
def staff_mailing_file(request: HttpRequest, mailing_pk: int) -> HttpResponse:
    """Every recipient of a mailing, and what became of it."""
    mailing = get_object_or_404(Mailing, pk=mailing_pk)
    columns = [_("À propos de"), _("Destinataire"), _("Moyen"), _("État"), _("Le")]
    rows: Any = mailing.recipients.select_related("person__shares_mailbox_with").order_by("pk")
    lines = (
        (row.about, row.person or "", _means(row), row.get_outcome_display(), row.done_at)
        for row in rows[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet(f"envoi-{mailing.pk}", columns, lines)


def _means(row: MailingRecipient) -> str:
    if row.person is None:
        return _("personne à prévenir inconnue")
    return _("e-mail") if row.person.mailbox else _("de vive voix ou par courrier")
