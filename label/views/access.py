"""How a page finds its dossier, in whose name it acts, and how it tells a refusal: nothing is lost, nothing leaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from accounts.access import actor_for, person
from accounts.models import Role
from accounts.rules import Claim, may, roles_of
from journal.models import Event
from journal.moves import Actor, subject_key
from journal.numbering import InvalidNumber, parse_number
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from label.visibility import HANDLING_ROLES
from letters.spoken import told_time
from structures.context import member_actor
from structures.rules import role_in

RELATED = ("structure", "edition", "case_officer", "snapshot", "charter_signature__charter", "paper_entry")


def dossier(request: HttpRequest, reference: str) -> Application:
    """The dossier of that number as this person may see it today; Http404 otherwise.

    These pages show letters and exchanges: they are for the structure and for the Institute. Whoever sees a
    dossier for another reason (the committee) reads it on pages of their own.
    """
    try:
        number = parse_number(reference).canonical
    except InvalidNumber:
        raise Http404 from None
    today = timezone.localdate()
    visible = Application.objects.as_told(on=today).visible_to(request.user, on=today)
    found: Application | None = visible.filter(reference=number).select_related(*RELATED).first()
    if found is None:
        raise Http404
    handles = HANDLING_ROLES & roles_of(request.user, on=today)
    if not (handles or role_in(Claim(person(request), today), found.structure)):
        raise Http404
    return found


def actor_on(request: HttpRequest, application: Application) -> Actor:
    """The person acting as a member of the structure, or as the office for somebody who sent a paper dossier."""
    user = person(request)
    if role_in(Claim(user, timezone.localdate()), application.structure):
        return member_actor(request, application.structure)
    return actor_for(
        request,
        Role.CASE_OFFICER,
        Role.SECRETARIAT,
        on_behalf_of=subject_key(application.structure) if hasattr(application, "paper_entry") else "",
    )


def officer(request: HttpRequest) -> Actor:
    """The person acting as case officer, else as secretariat; Http404 when neither."""
    return actor_for(request, Role.CASE_OFFICER, Role.SECRETARIAT)


def allowed(request: HttpRequest, permission: str, application: Application) -> bool:
    """Whether the page may offer an act on this dossier to this person today."""
    return may(permission, request.user, application, on=timezone.localdate())


def is_staff_here(request: HttpRequest, application: Application) -> bool:
    """Whether the person reads this dossier as the Institute and not as a member of the structure."""
    today = timezone.localdate()
    inside = role_in(Claim(person(request), today), application.structure)
    return not inside and bool(HANDLING_ROLES & roles_of(request.user, on=today))


def told(page: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Turn the refusals of an action into what a person reads on `page` (by its name and the number of the dossier).

    NotAllowed is "not found"; what is missing is E38; a move made by somebody a moment ago is E39.
    """

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, reference: str, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return view(request, reference, *args, **kwargs)
            except NotAllowed:
                raise Http404 from None
            except Blocked as refusal:
                if request.headers.get("X-Autosave") == "1":
                    return render(
                        request, "label/parts/refused.html", {"reasons": refusal.reasons}, status=409
                    )
                tell(request, refusal)
            except TransitionNotAllowed:
                messages.error(request, somebody_first(request, reference))
            return redirect(page, reference)

        return guarded

    return guard


def led_to_the_dossier(request: HttpRequest, application: Application) -> HttpResponse | None:
    """For an officer who does not follow this dossier: its page, where it is taken; None for whom it is not found."""
    if request.method == "POST" or not allowed(request, "label.take_file", application):
        return None
    if application.case_officer is None:
        messages.info(request, _("Personne ne suit encore ce dossier. Prenez-le d'abord."))
    else:
        words = _("{name} suit ce dossier. Prenez-le d'abord, si c'est à vous de le faire.")
        messages.info(request, words.format(name=application.case_officer.get_full_name()))
    return redirect("staff_application", application.reference)


def tell(request: HttpRequest, refusal: Blocked) -> None:
    """Say why an act is not possible yet (E38)."""
    reasons = " ".join(str(reason.text) for reason in refusal.reasons)
    words = _("Cette étape n'est pas encore possible : {reason} Rien n'a changé.")
    messages.error(request, words.format(reason=reasons))


def after(act: Callable[[], object], request: HttpRequest, done: str, page: str, *args: Any) -> HttpResponse:
    """Do an act of a page without form, say what became of it, and go to a page, by its name.

    NotAllowed is "not found"; what is missing is E38, and the page shows that nothing has changed.
    """
    try:
        act()
    except NotAllowed:
        raise Http404 from None
    except Blocked as refusal:
        tell(request, refusal)
    else:
        messages.success(request, done)
    return redirect(page, *args)


def given_back(request: HttpRequest, reference: str, typed: Iterable[tuple[str, str]]) -> HttpResponse:
    """E39 with what the person had typed, question and words, for a text that can no longer be kept (409)."""
    context = {
        "application": dossier(request, reference),
        "first": somebody_first(request, reference),
        "typed": [(question, text) for question, text in typed if text],
    }
    return render(request, "label/given_back.html", context, status=409)


def somebody_first(request: HttpRequest, reference: str) -> str:
    """E39: who has just done it and when; outside the Institute, « L'Institut »."""
    application = dossier(request, reference)
    event = Event.objects.filter(thread=application.thread_id).order_by("-position").first()
    name = _("L'Institut")
    if event is not None and event.actor is not None and is_staff_here(request, application):
        name = event.actor.get_full_name()
    at: datetime = event.at if event else timezone.now()
    return _("{name} vient de le faire, à {time}. Voici le dossier à jour.").format(
        name=name, time=told_time(at)
    )
