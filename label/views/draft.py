"""The draft: its summary, its sections of plain questions, the charter, and the check before filing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import with_next
from accounts.once import once
from accounts.rules import may
from journal.moves import Actor
from label import actions
from label.answers import texts_of
from label.checklist import (
    missing_by_section,
    missing_to_choose_edition,
    missing_to_submit,
    section_url,
    signature_of,
)
from label.forms.answers import AnswersForm
from label.forms.material import ContributorForm
from label.models import Application
from label.questions import BY_SLUG, Section, axes_of, questions_in, sections_of
from label.registry import notices_of, obstacles_to_file
from label.snapshots import content_of
from label.views.access import actor_on, allowed, dossier, is_staff_here, told
from label.views.reading import reading_of
from label.views.saving import (
    Saved,
    autosaved,
    before_of,
    editable,
    is_autosave,
    onwards,
    optional_of,
    page_of,
    rows_of,
    save_posted,
    told_refusal,
)
from label.views.solutions import solutions_section
from structures.context import choose_structure


def application(request: HttpRequest, reference: str) -> HttpResponse:
    """P05: where am I? The sections of a draft; a filed dossier shows its follow-up instead."""
    found = dossier(request, reference)
    if is_staff_here(request, found) and not allowed(request, "label.edit_application", found):
        return redirect("staff_application", found.reference)
    if found.submitted_at is not None:
        return redirect("application_tracking", found.reference)
    if not found.is_draft():
        raise Http404
    return render(
        request,
        "label/application.html",
        {
            "application": found,
            "structure": found.structure,
            "sections": sections_state(found),
            "can_edit": allowed(request, "label.edit_application", found),
            "can_correct": may(
                "label.enter_on_behalf", request.user, found.structure, on=timezone.localdate()
            ),
            "can_ask": allowed(request, "label.ask_help", found),
            "help": found.help_requests.filter(handled_at=None).order_by("-pk").first(),
            "frozen": found.structure.frozen_at,
            "entry": getattr(found, "paper_entry", None),
            "notices": notices_of(found, on=timezone.localdate()),
            "newer_edition": allowed(request, "label.submit_application", found)
            and not missing_to_choose_edition(found),
        },
    )


def sections_state(application: Application) -> list[dict[str, Any]]:
    """Each section with its word: « À commencer », « À compléter : 3 réponses », « Complet »."""
    texts = texts_of(application)
    lacking = missing_by_section(application)
    lacking["check"] = [missing for rows in lacking.values() for missing in rows]
    found = []
    for section in sections_of(application):
        missing = lacking[section.key]
        found.append(
            {
                "section": section,
                "url": section_url(application, section.key),
                "word": _word(section, len(missing), started=_is_started(application, section, texts)),
                "done": not missing and section.key != "check",
            }
        )
    return found


def _is_started(application: Application, section: Section, texts: Mapping[str, str]) -> bool:
    if section.key == "solutions":
        return application.solutions.exists()
    return any(texts.get(question.key) for question in questions_in(application.edition, section.key))


def _word(section: Section, missing: int, *, started: bool) -> str:
    if section.key == "check":
        if not missing:
            return _("Prêt à déposer")
        return ngettext("Il manque {n} chose", "Il manque {n} choses", missing).format(n=missing)
    if not missing:
        return _("Complet")
    if section.key == "charter":
        return _("À signer")
    return _to_complete(section, missing) if started else _("À commencer")


def _to_complete(section: Section, missing: int) -> str:
    if section.key == "solutions":
        return ngettext("À compléter : {n} action", "À compléter : {n} actions", missing).format(n=missing)
    return ngettext("À compléter : {n} réponse", "À compléter : {n} réponses", missing).format(n=missing)


@told("application")
def section(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    """One section of the form: each kind of section has its page."""
    found = editable(request, reference)
    wanted = BY_SLUG.get(slug)
    if wanted is None or wanted.key not in {step.key for step in sections_of(found)}:
        raise Http404
    if wanted.key == "evidence":
        first = axes_of(found)[0]["code"]
        return redirect("application_evidence", found.reference, first)
    page = {"solutions": solutions_section, "charter": _charter, "check": _check}.get(wanted.key, _questions)
    return page(request, found, wanted)


def _questions(request: HttpRequest, found: Application, wanted: Section) -> HttpResponse:
    questions = questions_in(found.edition, wanted.key)
    extra = ContributorForm() if wanted.key == "contributors" else None
    before = before_of(found, questions)
    if request.method != "POST":
        form = AnswersForm(questions, rows_of(found, questions), optional_of(found), before=before)
        return _section_page(request, found, wanted, form, extra=extra)
    now, by = timezone.now(), actor_on(request, found)
    saved = save_posted(request, found, questions, at=now, by=by)
    if is_autosave(request):
        return autosaved(request, saved, at=now)
    kept = saved.kept_tokens(request.POST)
    rows = rows_of(found, questions)
    form = AnswersForm(questions, rows, optional_of(found), request.POST, kept, before=before)
    told_refusal(form, saved)
    # A name typed is never thrown away, whichever button was pressed.
    typed = request.POST.get("go") == "add_contributor" or bool(request.POST.get("name", "").strip())
    adding = extra is not None and typed
    extra = ContributorForm(request.POST) if adding else extra
    if saved.conflicts or not form.is_valid() or (adding and extra and not extra.is_valid()):
        return _section_page(request, found, wanted, form, saved, extra=extra)
    if adding and extra:
        added = _add_contributor(request, found, extra.cleaned_data, at=now, by=by)
        if request.POST.get("go") == "add_contributor":
            return added
    return onwards(request, found, wanted)


@once
def _add_contributor(
    request: HttpRequest, found: Application, typed: Mapping[str, Any], *, at: datetime, by: Actor
) -> HttpResponse:
    actions.save_contributor(application_pk=found.pk, **typed, at=at, by=by)
    return redirect(section_url(found, "contributors") + "#contributors")


def _section_page(
    request: HttpRequest,
    found: Application,
    wanted: Section,
    form: AnswersForm,
    saved: Saved | None = None,
    *,
    extra: ContributorForm | None = None,
) -> HttpResponse:
    return render(
        request,
        "label/section.html",
        page_of(
            found,
            wanted,
            form=form,
            conflicts=saved.conflicts if saved else [],
            autosave_url=request.path,
            register=_register_facts(found) if wanted.key == "structure" else None,
            contact_url=_contact_url(request, found) if wanted.key == "structure" else "",
            extra=extra,
            contributors=found.contributors.order_by("pk") if extra else (),
        ),
    )


def _contact_url(request: HttpRequest, found: Application) -> str:
    """Where the postal address is completed or mended, by the structure or by the office for it."""
    if is_staff_here(request, found):
        return with_next("staff_structure_contact", request.path, found.structure_id)
    choose_structure(
        request, found.structure
    )  # who has several hats writes for the structure of this dossier
    return with_next("structure_contact", request.path)


def _register_facts(found: Application) -> list[tuple[str, str]]:
    """What the register already gives: shown, not asked."""
    structure = found.structure
    facts = [(_("Nom"), structure.name)]
    facts += [
        (row.get_kind_display(), row.value or _("justificatif joint"))
        for row in structure.registrations.filter(superseded_at=None).order_by("pk")
    ]
    place = f"{structure.postal_code} {structure.city}".strip()
    facts.append((_("Adresse postale"), ", ".join(part for part in (structure.address, place) if part)))
    representative = structure.representative()
    facts.append((_("Représentée par"), representative.get_full_name() if representative else ""))
    return facts


def _charter(request: HttpRequest, found: Application, wanted: Section) -> HttpResponse:
    """7 Charte: signed by whom and when, or where to sign."""
    if not is_staff_here(request, found):
        choose_structure(
            request, found.structure
        )  # who has several hats signs for the structure of this dossier
    context = page_of(
        found,
        wanted,
        signature=signature_of(found),
        representative=found.structure.representative(),
        entry=getattr(found, "paper_entry", None) if is_staff_here(request, found) else None,
    )
    return render(request, "label/charter.html", context)


def _check(request: HttpRequest, found: Application, wanted: Section) -> HttpResponse:
    """P06: can I send? What is missing, else everything read back with « Modifier »."""
    reading = reading_of(found, content_of(found, signature_of(found)))
    reading["answers"] = [(one, section_url(found, one.key), rows) for one, _url, rows in reading["answers"]]
    return render(
        request,
        "label/check.html",
        page_of(
            found,
            wanted,
            missing=[*obstacles_to_file(found, on=timezone.localdate()), *missing_to_submit(found)],
            completeness_days=settings.COMPLETENESS_DAYS,
            **reading,
        ),
    )
