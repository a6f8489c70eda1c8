"""The questions of the committee to an association, and its answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import actor_for
from accounts.models import Role
from accounts.once import once
from journal.fields import WordsField
from journal.moves import Actor, subject_key
from label.models import Application
from label.views.access import allowed, dossier, is_staff_here, told
from letters.forms import CheckedFilesField
from reviewers.actions.sessions import answer_deferral
from reviewers.actions.sessions.deferrals import LONGEST_ANSWER, open_deferral
from reviewers.session_checklist import too_many_documents
from structures.context import member_actor


class AnswerForm(forms.Form):
    """What the association answers."""

    answer = WordsField(
        label=gettext_lazy("Votre réponse"),
        help_text=gettext_lazy("Répondez question par question. Ne citez pas de personne malade."),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=LONGEST_ANSWER,
    )
    documents = CheckedFilesField(
        label=gettext_lazy("Documents à joindre"),
        help_text=gettext_lazy(
            "Si besoin, un ou plusieurs. PDF, image, texte ou tableur, 20 Mo au plus. "
            "Pas de nom de personne malade."
        ),
        required=False,
    )

    def clean_documents(self) -> list[Any]:
        """Not more than the committee can read."""
        uploads: list[Any] = self.cleaned_data["documents"]
        for reason in too_many_documents(len(uploads)):
            self.add_error("documents", str(reason.text))
        return uploads


@once
@told("application_tracking")
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """What does the committee ask, until when? One text for all the questions."""
    found = dossier(request, reference)
    waiting = open_deferral(found)
    if waiting is None or found.state != Application.State.DEFERRED:
        return redirect("application_tracking", found.reference)
    may_answer = allowed(request, "reviewers.answer_deferral", found)
    if request.method == "POST" and not may_answer:
        raise Http404
    form = AnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        answer_deferral(
            application_pk=found.pk,
            answer=form.cleaned_data["answer"],
            uploads=form.cleaned_data["documents"],
            at=timezone.now(),
            by=_actor(request, found),
        )
        messages.success(request, _("Votre réponse est envoyée. Le comité la lira à sa prochaine séance."))
        return redirect("application_tracking", found.reference)
    context: dict[str, Any] = {
        "application": found,
        "waiting": waiting,
        "form": form if may_answer else None,
        "today": timezone.localdate(),
        "days": settings.DEFERRAL_DAYS,
    }
    return render(request, "reviewers/deferral.html", context)


def _actor(request: HttpRequest, found: Application) -> Actor:
    """A member of the structure, or the secretariat for an answer that came by post or phone."""
    if is_staff_here(request, found):
        return actor_for(request, Role.SECRETARIAT, on_behalf_of=subject_key(found.structure))
    return member_actor(request, found.structure)
