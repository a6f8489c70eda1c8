"""Texts that change: the editions of the framework with their dry run, and who signed the new charter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_fsm import TransitionNotAllowed

from accounts.access import actor_for, person, staff_only, staff_required
from accounts.models import Role
from accounts.rules import may, roles_of
from certificates.models import Label
from certificates.norms import Tried, dry_run, with_signature
from charter.checklist import earliest_effect
from charter.forms import AdoptionForm
from charter.models import Charter
from desks.forms import SignatureFilter
from desks.keyset import filters_of, page_of
from desks.spreadsheets import MAXIMUM_ROWS, spreadsheet
from journal.refusals import Blocked
from label.actions import abandon_edition, adopt_edition
from label.actions.editions import missing_to_adopt
from label.changes import changes
from label.models import Edition
from structures.forms import add_reasons

MOST_EDITIONS = 50
SHOWN = 50
RESULT_ROLES = frozenset({Role.SECRETARIAT, Role.CASE_OFFICER, Role.SIGNATORY, Role.ETHICS_OFFICER})
on_results = staff_required(*RESULT_ROLES)


@staff_only
def staff_editions(request: HttpRequest) -> HttpResponse:
    """The editions of the framework, the newest first."""
    context = {
        "editions": Edition.objects.order_by("-pk")[:MOST_EDITIONS],
        "opens": bool(RESULT_ROLES & roles_of(person(request), on=timezone.localdate())),
    }
    return render(request, "desks/staff_editions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@on_results
def staff_edition(request: HttpRequest, edition_pk: int) -> HttpResponse:
    """One edition: what it changes, which labels would fall under it, then its adoption."""
    edition = get_object_or_404(Edition, pk=edition_pk)
    today = timezone.localdate()
    present = Edition.objects.in_force()
    may_adopt = edition.state == Edition.State.DRAFT and may(
        "label.adopt_edition", request.user, edition, on=today
    )
    form = AdoptionForm(request.POST or None, replaces=present is not None)
    if request.method == "POST":
        if not may_adopt:
            raise Http404
        if request.POST.get("go") == "abandon" or form.is_valid():
            answer = _decide(request, edition, form)
            if answer is not None:
                return answer
    missing = missing_to_adopt(edition.data)
    tried = [] if missing or not _is_coming(edition) else _tried(request, edition)
    failing = [row for row in tried if row.trial is not None and row.trial.would_fall]
    context = {
        "edition": edition,
        "present": present,
        "changes": changes(present, edition, get_language() or "fr")
        if present and present != edition and not missing
        else [],
        "is_coming": _is_coming(edition),
        "missing": missing,
        "tried": len(tried),
        "failing": failing[:SHOWN],
        "failing_count": len(failing),
        "unscored": sum(row.trial is None for row in tried),
        "form": form,
        "may_adopt": may_adopt,
        "earliest": earliest_effect(today),
    }
    return render(request, "desks/staff_edition.html", context)


@on_results
def staff_edition_file(request: HttpRequest, edition_pk: int) -> HttpResponse:
    """The dry run as a file: every live label, and what its frozen scores give under this edition."""
    edition = get_object_or_404(Edition, pk=edition_pk)
    if not _is_coming(edition) or missing_to_adopt(edition.data):
        raise Http404
    columns = [
        _("Numéro du label"),
        _("Structure"),
        _("Édition du label"),
        _("Total à l'octroi"),
        _("Total avec cette édition"),
        _("Resterait au-dessus des seuils"),
        _("Critères sous leur minimum"),
        _("Axes trop bas"),
        _("Critères jamais notés"),
    ]
    return spreadsheet(f"essai-{edition.version}", columns, _lines(_tried(request, edition)))


def _lines(tried: list[Tried]) -> Iterator[tuple[Any, ...]]:
    for row in tried:
        known = (row.label.number, row.label.structure.name, row.label.edition.version)
        trial = row.trial
        if trial is None:
            yield (*known, None, None, _("jamais noté"), "", "", "")
            continue
        yield (
            *known,
            None if trial.before is None else float(trial.before),
            None if trial.total is None else float(trial.total),
            _("non") if trial.would_fall else _("oui"),
            ", ".join(trial.low_criteria),
            ", ".join(trial.low_axes),
            ", ".join(trial.unjudged),
        )


def _is_coming(edition: Edition) -> bool:
    return edition.state in (Edition.State.DRAFT, Edition.State.ADOPTED)


def _tried(request: HttpRequest, edition: Edition) -> list[Tried]:
    return list(dry_run(edition, _live(request)))


def _live(request: HttpRequest) -> QuerySet[Label]:
    """The labels that hold today and that this person may see."""
    on = timezone.localdate()
    return Label.objects.listed(on=on) & Label.objects.visible_to(person(request), on=on)


def _decide(request: HttpRequest, edition: Edition, form: AdoptionForm) -> HttpResponse | None:
    by = actor_for(request, Role.SIGNATORY, Role.SECRETARIAT)
    try:
        if request.POST.get("go") == "abandon":
            abandon_edition(edition_pk=edition.pk, at=timezone.now(), by=by)
            messages.success(request, _("Projet abandonné."))
            return redirect("staff_editions")
        adopt_edition(edition_pk=edition.pk, **form.cleaned_data, at=timezone.now(), by=by)
    except Blocked as blocked:
        add_reasons(form, blocked)
        return None
    except TransitionNotAllowed:
        messages.error(request, _("Quelqu'un vient de le faire. Voici la page à jour."))
    else:
        messages.success(request, _("Édition adoptée. Elle prendra effet à sa date."))
    return redirect("staff_edition", edition.pk)


@staff_required(Role.SECRETARIAT, Role.CASE_OFFICER, Role.SIGNATORY)
def staff_charter_signatures(request: HttpRequest) -> HttpResponse:
    """How far the holders of labels have signed the charter in force."""
    charter, form, rows = _signatures(request)
    today = timezone.localdate()
    whole = with_signature(_live(request), charter)
    page = page_of(rows, request)
    counts = [
        (code, words, whole.filter(SignatureFilter.which(code, today)).count())
        for code, words in SignatureFilter.STATES
    ]
    context = {
        "charter": charter,
        "form": form,
        "page": page,
        "counts": counts,
        "today": today,
        "file_url": reverse("staff_charter_signatures_file") + filters_of(request),
    }
    return render(request, "desks/staff_charter_signatures.html", context)


@staff_required(Role.SECRETARIAT, Role.CASE_OFFICER, Role.SIGNATORY)
def staff_charter_signatures_file(request: HttpRequest) -> HttpResponse:
    """The same list as a file."""
    charter, _form, rows = _signatures(request)
    columns = [_("Structure"), _("Numéro du label"), _("Signée le"), _("À signer avant le")]
    lines = (
        (label.structure.name, label.number, label.signed_at, None if label.signed_at else label.sign_by)
        for label in rows.order_by("-pk")[:MAXIMUM_ROWS].iterator(chunk_size=2000)
    )
    return spreadsheet(f"signatures-charte-{charter.version}", columns, lines)


def _signatures(request: HttpRequest) -> tuple[Charter, SignatureFilter, QuerySet[Label]]:
    charter = Charter.objects.in_force()
    if charter is None:
        raise Http404
    form = SignatureFilter(request.GET)
    rows = with_signature(_live(request), charter).select_related("structure")
    if state := form.chosen().get("etat"):
        rows = rows.filter(SignatureFilter.which(state, timezone.localdate()))
    return charter, form, rows
