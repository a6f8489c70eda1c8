"""P35 Before applying: is it for us, is it worth it? Read without an account."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from label import clocks, mails, papers
from label.example import MODEL, MODEL_CRITERIA, MODEL_SOLUTION
from label.models import Edition
from label.questions import PLAIN_QUESTIONS, SECTIONS, Words, criterion_questions
from label.registry import obstacles_to_open
from label.rules import applications_are_open
from structures.context import current_structure


@login_not_required
@require_safe
def apply(request: HttpRequest) -> HttpResponse:
    """Who may apply, the papers to gather, the time it takes, who reads, what happens next; and who has the label."""
    structure = current_structure(request)
    return render(
        request,
        "label/apply.html",
        {
            "is_open": applications_are_open(settings),
            "obstacles": obstacles_to_open(structure, on=timezone.localdate()) if structure else [],
            "months": settings.SILENCE_MONTHS,
            "silence": mails.silence_sentence(),
            "delays": clocks.usual_delays(),
            "validity_months": settings.VALIDITY_MONTHS,
            "max_documents": settings.MAX_DOCUMENTS,
        },
    )


@login_not_required
@require_safe
def model_dossier(request: HttpRequest) -> HttpResponse:
    """A model dossier to read: an invented association, short answers."""
    edition = Edition.objects.in_force()
    if edition is None:
        raise Http404
    rows: dict[str, list[tuple[Words, Words]]] = {section.key: [] for section in SECTIONS}
    for question in PLAIN_QUESTIONS:
        if question.key in MODEL:
            rows[question.section].append((question.label, MODEL[question.key]))
    rows["solutions"].append((MODEL_SOLUTION["name"], MODEL_SOLUTION["summary"]))
    for question in criterion_questions(edition):
        if question.criterion in MODEL_CRITERIA:
            told = f"{question.criterion} – {question.label}"
            rows["evidence"].append((told, MODEL_CRITERIA[question.criterion]))
    sections = [(section, rows[section.key]) for section in SECTIONS if rows[section.key]]
    return render(request, "label/model.html", {"sections": sections})


@login_not_required
@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """« Je préfère le papier »: how to apply by post, by phone or in person."""
    return render(
        request,
        "label/paper.html",
        {
            "is_open": applications_are_open(settings),
            "address": settings.SERVICE_ADDRESS,
            "service": settings.SERVICE_NAME,
        },
    )


@login_not_required
@require_safe
def paper_form(request: HttpRequest) -> HttpResponse:
    """The blank form, to print and fill in by hand."""
    edition = Edition.objects.in_force()
    if edition is None:
        raise Http404
    response = HttpResponse(papers.blank_form_pdf(edition), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="formulaire.pdf"'
    return response
