"""What every page of the draft shares: answers saved one by one, two texts to choose from, the way onwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from journal.moves import Actor
from journal.refusals import Blocked
from label import actions
from label.answers import normalise, optional_criteria, texts_of, token, untouched, version_of
from label.checklist import section_url
from label.forms.answers import AnswersForm, token_name
from label.models import Answer, Application
from label.questions import Question, Section, sections_of
from label.views.access import allowed, dossier


@dataclass
class Conflict:
    """One answer changed elsewhere (E11): what was typed here, and what is kept."""

    question: Question
    mine: str
    theirs: Answer
    given: str

    @property
    def seen(self) -> str:
        """The token of the text that is kept, so that a choice is made knowingly."""
        return token(self.theirs.version, self.theirs.text)


@dataclass
class Saved:
    """What became of the answers of a page."""

    conflicts: list[Conflict] = field(default_factory=list)
    rows: list[Answer] = field(default_factory=list)
    refusal: Blocked | None = None

    def kept_tokens(self, posted: Mapping[str, Any]) -> dict[str, str]:
        """The tokens to leave as they were: of answers changed elsewhere, of all when nothing was kept."""
        if self.refusal is not None:
            return {
                name.removeprefix("token_"): str(posted[name]) for name in posted if name.startswith("token_")
            }
        return {conflict.question.key: conflict.given for conflict in self.conflicts}


def save_answers(
    application: Application,
    questions: Sequence[Question],
    posted: Mapping[str, Any],
    *,
    at: datetime,
    by: Actor,
) -> Saved:
    """Save each answer that was touched on this page; the two buttons of a conflict choose a text."""
    saved = Saved()
    go, tab = str(posted.get("go", "")), str(posted.get("tab", "")).replace("\x00", "")[:16]
    for question in questions:
        if question.key not in posted or go == f"theirs-{question.key}":
            continue
        text = normalise(str(posted[question.key]))
        given = str(posted.get(token_name(question.key), ""))
        chosen = go == f"mine-{question.key}"
        if untouched(given, text) and not chosen:
            continue
        version = version_of(str(posted.get(f"seen_{question.key}", ""))) if chosen else version_of(given)
        try:
            row = actions.save_answer(
                application_pk=application.pk,
                question=question.key,
                text=text,
                version=max(version, 0),
                tab=tab,
                at=at,
                by=by,
            )
            saved.rows.append(row)
        except actions.StaleAnswer as stale:
            saved.conflicts.append(Conflict(question, text, stale.theirs, given))
    return saved


def save_posted(
    request: HttpRequest, application: Application, questions: Sequence[Question], *, at: datetime, by: Actor
) -> Saved:
    """Save what was posted; when nothing can be kept any more, the refusal says why."""
    try:
        return save_answers(application, questions, request.POST, at=at, by=by)
    except Blocked as refusal:
        return Saved(refusal=refusal)


def rows_of(application: Application, questions: Sequence[Question]) -> dict[str, Answer]:
    """The kept answers to these questions."""
    keys = [question.key for question in questions]
    return {row.question: row for row in application.answers.filter(question__in=keys)}


def is_autosave(request: HttpRequest) -> bool:
    """Whether the script of the page saves by itself."""
    return request.headers.get("X-Autosave") == "1"


def autosaved(request: HttpRequest, saved: Saved, *, at: datetime) -> HttpResponse:
    """The answer to an autosave: « Enregistré à… » and new tokens; with 409, both texts or why nothing was kept."""
    if saved.refusal is not None:
        return render(request, "label/parts/refused.html", {"reasons": saved.refusal.reasons}, status=409)
    tokens = [(token_name(row.question), token(row.version, row.text)) for row in saved.rows]
    kept_at = at if saved.rows or not saved.conflicts else None
    context = {"at": kept_at, "tokens": tokens, "conflicts": saved.conflicts}
    return render(request, "label/parts/autosaved.html", context, status=409 if saved.conflicts else 200)


def editable(request: HttpRequest, reference: str) -> Application:
    """A draft that this person may write in; a filed one or a frozen space is told on the summary page."""
    found = dossier(request, reference)
    if not allowed(request, "label.edit_application", found):
        raise Blocked([_("Vous pouvez lire ce dossier, pas y écrire.")])
    if not found.is_draft():
        raise Blocked([_("Ce dossier est déposé : ses réponses ne changent plus.")])
    return found


def page_of(found: Application, wanted: Section, **more: Any) -> dict[str, Any]:
    """What every section page shows."""
    here, following, count = _place_of(found, wanted)
    return {
        "application": found,
        "section": here,
        "sections_count": count,
        "next_section": following,
        "summary_url": reverse("application", args=[found.reference]),
        "max_documents": settings.MAX_DOCUMENTS,
        **more,
    }


def _place_of(found: Application, wanted: Section) -> tuple[Section, Section | None, int]:
    """The step as numbered in this dossier, the one after it, and how many there are."""
    steps = sections_of(found)
    here = next((step for step in steps if step.key == wanted.key), wanted)
    return here, next((step for step in steps if step.number == here.number + 1), None), len(steps)


def before_of(found: Application, questions: Sequence[Question]) -> dict[str, str] | None:
    """The answers of the dossier that this one follows, to tell what changed; None for a first request."""
    if found.previous_id is None:
        return None
    keys = [question.key for question in questions]
    rows = Answer.objects.filter(application=found.previous_id, question__in=keys)
    return {**dict.fromkeys(keys, ""), **dict(rows.values_list("question", "text"))}


def optional_of(found: Application) -> frozenset[str]:
    """The criteria that this structure may leave out."""
    return optional_criteria(found.edition, texts_of(found))


Form = TypeVar("Form", bound=AnswersForm)


def told_refusal(form: Form, saved: Saved) -> Form:
    """The form with the reasons for which nothing could be kept, if any."""
    for reason in saved.refusal.reasons if saved.refusal else []:
        form.add_error(None, str(reason.text))
    return form


def onwards(request: HttpRequest, found: Application, wanted: Section) -> HttpResponse:
    """After saving: the next section, the summary, or the same page."""
    go = request.POST.get("go", "")
    following = _place_of(found, wanted)[1]
    if go == "continue" and following is not None:
        return redirect(section_url(found, following.key))
    if go == "summary":
        return redirect("application", found.reference)
    messages.success(request, _("Vos réponses sont enregistrées. Rien n'est encore déposé."))
    return redirect(request.path)
