"""How a page finds its evaluation or its dossier, and how it tells a refusal: nothing is lost, nothing leaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from accounts.access import person
from journal.moves import Actor
from journal.refusals import Blocked, Missing, NotAllowed
from journal.visibility import VisibleQuerySet
from label.models import Application
from reviewers.models import Assignment, Mandate
from reviewers.rules import MEMBER

View = Callable[..., HttpResponse]
RELATED = ("mandate__user", "snapshot", "application__edition", "application__structure")


def own_assignment(request: HttpRequest, pk: int, *states: str) -> Assignment:
    """The evaluation asked of this person, in one of these states; Http404 otherwise, as for an old link."""
    visible = Assignment.objects.visible_to(request.user, on=timezone.localdate())
    mine = visible.filter(pk=pk, mandate__user=person(request).pk).select_related(*RELATED)
    found: Assignment | None = mine.first()
    if found is None or (states and found.state not in states):
        raise Http404
    return found


def open_dossier(request: HttpRequest, pk: int, *states: str) -> Assignment:
    """An evaluation whose dossier this person may read today: accepted, no link, still under way."""
    found = own_assignment(request, pk, *(states or Assignment.READING))
    visible = Application.objects.visible_to(request.user, on=timezone.localdate())
    if not visible.filter(pk=found.application_id).exists():
        raise Http404
    return found


def visible_mandates(request: HttpRequest) -> VisibleQuerySet[Mandate]:
    """The mandates that this person may see today."""
    return Mandate.objects.visible_to(request.user, on=timezone.localdate())


def own_mandate(request: HttpRequest) -> Mandate:
    """The mandate that this person holds, else the one proposed, else the last one; Http404 for who never had any."""
    mine = visible_mandates(request).filter(user=person(request).pk).select_related("user")
    ranks = [
        When(state__in=Mandate.SEATED, then=Value(0)),
        When(state__in=Mandate.PENDING, then=Value(1)),
    ]
    rank = Case(*ranks, default=Value(2), output_field=IntegerField())
    found: Mandate | None = mine.order_by(rank, "-pk").first()
    if found is None:
        raise Http404
    return found


def proposed_mandate(request: HttpRequest) -> Mandate | None:
    """The mandate proposed to this person that waits for their consent: a second one may wait beside the first."""
    mine = visible_mandates(request).filter(user=person(request).pk, state=Mandate.State.APPROACHED)
    found: Mandate | None = mine.filter(Q(consented_at=None) | Q(consent_withdrawn_at__isnull=False)).first()
    return found


def staff_dossier(request: HttpRequest, reference: str) -> Application:
    """The dossier of that number, as this person of the Institute may see it."""
    visible = Application.objects.visible_to(request.user, on=timezone.localdate())
    related = visible.filter(reference=reference.upper()).select_related(
        "edition", "snapshot", "structure", "thread"
    )
    found: Application | None = related.first()
    if found is None:
        raise Http404
    return found


def as_member(request: HttpRequest) -> Actor:
    """The signed-in person, acting as a member of the committee."""
    return Actor(person(request), MEMBER)


@contextmanager
def refusals(form: forms.Form | None = None, *, into: list[Missing] | None = None) -> Iterator[None]:
    """Turn what an action refuses into errors of a form or a list of reasons; NotAllowed is "not found"."""
    try:
        yield
    except NotAllowed:
        raise Http404 from None
    except Blocked as refusal:
        _keep(refusal.reasons, form, into)
    except TransitionNotAllowed:
        text = _("Quelqu'un vient de le faire. Voici la page à jour.")
        _keep([Missing(text)], form, into)
    except forms.ValidationError as error:
        _keep([Missing(text, code="scan") for text in error.messages], form, into)


def _keep(reasons: Iterable[Missing], form: forms.Form | None, into: list[Missing] | None) -> None:
    for reason in reasons:
        if form is not None:
            code = getattr(form, "also_said_as", {}).get(reason.code, reason.code)
            form.add_error(code if code in form.fields else None, str(reason.text))
        elif into is not None:
            into.append(reason)


def tell(request: HttpRequest, reasons: Iterable[Missing]) -> None:
    """E38: why an act is not possible yet."""
    text = " ".join(str(reason.text) for reason in reasons)
    messages.error(
        request, _("Cette étape n'est pas encore possible : {reason} Rien n'a changé.").format(reason=text)
    )


def reading(content: dict[str, Any], code: str) -> dict[str, Any]:
    """What the association says about one criterion, with the documents that it names."""
    said = content.get("criteria", {}).get(code, {})
    named = set(said.get("documents", []))
    return {
        "text": said.get("text", ""),
        "documents": [row for row in content.get("documents", []) if row["key"] in named],
    }
