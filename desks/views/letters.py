"""Letters on paper to serve, mails that did not arrive, and people to call back."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_for, staff_required
from accounts.models import Role
from desks.forms import HelpFilter, LetterFilter
from desks.keyset import NEWEST, OLDEST, PAGE, filters_of, key, page_of
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet
from journal.keys import row_key
from label import actions
from label.models import HelpRequest
from letters.actions import tell_by_hand
from letters.models import Letter, Mail
from letters.views.letters import SERVING_ROLES, STEP_WORDS, next_step

CALLING_ROLES = (Role.CASE_OFFICER, Role.SECRETARIAT)
# How each step of the service by post is recognised (letters.views.letters.next_step).
STEPS = {
    "sign": Q(signed_scan=None),
    "post": Q(signed_scan__isnull=False, sent_on=None),
    "receive": Q(sent_on__isnull=False),
}


@staff_required(*SERVING_ROLES)
def staff_letters(request: HttpRequest) -> HttpResponse:
    """Letters on paper whose receipt is awaited, mails that did not arrive, what is to be said to who has no e-mail."""
    if request.method == "POST":
        return _said_by_hand(request)
    form, rows = _letters(request)
    page = page_of(rows, request, order=NEWEST)
    unreached = Mail.objects.filter(status__in=Mail.NOT_REACHED).select_related("recipient")
    context = {
        "form": form,
        "page": page,
        "letters": [(row, STEP_WORDS[next_step(row)]) for row in page.rows],
        "unreached": unreached.order_by("-pk")[:PAGE],
        "file_url": reverse("staff_letters_file") + filters_of(request),
    }
    return render(request, "desks/staff_letters.html", context)


def _said_by_hand(request: HttpRequest) -> HttpResponse:
    """Somebody was called or written to instead of the mail."""
    go, _dash, key = request.POST.get("go", "").partition("-")
    pk = row_key(key)
    if go != "said" or pk is None:
        raise Http404
    found = Mail.objects.filter(pk=pk, status__in=Mail.NOT_REACHED).first()
    if found is None:
        messages.error(request, _("C'est déjà fait."))
    else:
        tell_by_hand(mail_pk=found.pk, at=timezone.now(), by=actor_for(request, *SERVING_ROLES))
        messages.success(request, _("C'est noté."))
    return redirect("staff_letters")


@staff_required(*SERVING_ROLES)
def staff_letters_file(request: HttpRequest) -> HttpResponse:
    """The same letters as a file."""
    _form, rows = _letters(request)
    columns = [
        _("Référence"),
        _("Courrier"),
        _("Destinataire"),
        _("Étape"),
        _("Écrite le"),
        _("Postée le"),
        _("Numéro du recommandé"),
    ]
    lines = (
        (
            row.reference,
            row.title,
            row.addressee or "",
            STEP_WORDS[next_step(row)],
            row.issued_at,
            row.sent_on,
            row.registered_number,
        )
        for row in rows.order_by("-pk")[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet("courriers", columns, lines)


def _letters(request: HttpRequest) -> tuple[LetterFilter, QuerySet[Letter]]:
    form = LetterFilter(request.GET, steps=[(step, STEP_WORDS[step]) for step in STEPS])
    chosen = form.chosen()
    rows = Letter.objects.to_serve_by_post()
    if step := chosen.get("etape"):
        rows = rows.filter(STEPS[step])
    if words := chosen.get("texte"):
        named = Q(addressee__last_name__icontains=words) | Q(addressee__first_name__icontains=words)
        rows = rows.filter(Q(reference__icontains=words) | Q(title__icontains=words) | named)
    return form, rows.select_related("addressee").defer("content")


@staff_required(*CALLING_ROLES)
def staff_helps(request: HttpRequest) -> HttpResponse:
    """The people who asked to be called back, oldest first; a call that was made is noted here."""
    if request.method == "POST":
        return _called(request)
    form, rows = _helps(request)
    page = page_of(rows, request, order=OLDEST)
    file_url = reverse("staff_helps_file") + filters_of(request)
    return render(request, "desks/staff_helps.html", {"form": form, "page": page, "file_url": file_url})


def _called(request: HttpRequest) -> HttpResponse:
    try:
        known = HelpRequest.objects.filter(pk=key(request.POST.get("help", ""))).first()
    except ValueError:
        known = None
    if known is None:
        raise Http404
    actions.handle_help(help_pk=known.pk, at=timezone.now(), by=actor_for(request, *CALLING_ROLES))
    messages.success(request, _("L'appel est noté."))
    return redirect("staff_helps")


@staff_required(*CALLING_ROLES)
def staff_helps_file(request: HttpRequest) -> HttpResponse:
    """The same calls as a file."""
    _form, rows = _helps(request)
    columns = [
        _("Personne"),
        _("Téléphone"),
        _("Quand"),
        _("Structure"),
        _("Numéro de dossier"),
        _("Demandé le"),
        _("Rappelé le"),
    ]
    lines = (
        (
            row.asked_by,
            row.phone,
            row.when,
            row.application.structure.name,
            row.application.reference,
            row.asked_at,
            row.handled_at,
        )
        for row in rows.order_by("pk")[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet("aides", columns, lines)


def _helps(request: HttpRequest) -> tuple[HelpFilter, QuerySet[HelpRequest]]:
    form = HelpFilter(request.GET)
    chosen = form.chosen()
    rows = HelpRequest.objects.filter(handled_at__isnull=chosen.get("etat") != "faits")
    if words := chosen.get("texte"):
        rows = rows.filter(
            Q(application__reference__icontains=words) | Q(application__structure__name__icontains=words)
        )
    return form, rows.select_related("application__structure", "asked_by", "asked_by__shares_mailbox_with")
