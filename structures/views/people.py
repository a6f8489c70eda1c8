"""« Personnes »: who acts for the structure, invitations, requests, hand-over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.once import once
from accounts.rules import may
from journal.keys import row_key
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from structures import actions
from structures.context import choose_structure, for_structure, hats, member_actor
from structures.forms import HandOverForm, InviteForm, PersonForm, add_reasons, posted
from structures.models import Invitation, Membership, Structure

Role = Membership.Role
LONGEST_LIST = 200


@require_http_methods(["GET", "HEAD", "POST"])
@for_structure
def people(request: HttpRequest, structure: Structure) -> HttpResponse:
    """Members, requests to join and open invitations, with what this person may do to each."""
    if request.method == "POST":
        return _act(request, structure)
    now = timezone.now()
    today = timezone.localdate(now)
    waiting = Invitation.objects.filter(structure=structure, answered_at=None, expires_at__gt=now)
    manages = may("structures.invite_member", request.user, structure, on=today)
    members = (
        Membership.objects.current().filter(structure=structure).select_related("user__shares_mailbox_with")
    )
    context = {
        "structure": structure,
        "members": members.order_by("pk")[:LONGEST_LIST],
        "requests": waiting.exclude(requested_by=None).select_related("requested_by")[:LONGEST_LIST]
        if may("structures.answer_request", request.user, structure, on=today)
        else [],
        "invitations": waiting.filter(requested_by=None).order_by("pk")[:LONGEST_LIST] if manages else [],
        "manages": manages,
        "may_write": may("structures.edit_structure", request.user, structure, on=today),
        "may_end": may("structures.end_membership", request.user, structure, on=today),
        "may_hand_over": may("structures.hand_over", request.user, structure, on=today),
        "representative": structure.representative(),
    }
    return render(request, "structures/people.html", {**context, **hats(request)})


def _act(request: HttpRequest, structure: Structure) -> HttpResponse:
    """One act on one row of the page; an unknown act is not found."""
    act = ACTS.get(request.POST.get("go", ""))
    key = row_key(request.POST.get("row", ""))
    if act is None or key is None:
        raise Http404
    try:
        told = act(request, structure, key)
    except (NotAllowed, Membership.DoesNotExist, Invitation.DoesNotExist):
        raise Http404 from None
    except Blocked as blocked:
        for reason in blocked.reasons:
            messages.error(request, str(reason.text))
    else:
        messages.success(request, told)
    return redirect("structure_people")


def _accept(request: HttpRequest, structure: Structure, key: int) -> str:
    return _answer(request, structure, key, accepted=True, role=Role.EDITOR)


def _accept_as_reader(request: HttpRequest, structure: Structure, key: int) -> str:
    return _answer(request, structure, key, accepted=True, role=Role.READER)


def _decline(request: HttpRequest, structure: Structure, key: int) -> str:
    return _answer(request, structure, key, accepted=False, role=Role.READER)


def _answer(request: HttpRequest, structure: Structure, key: int, *, accepted: bool, role: str) -> str:
    asked = Invitation.objects.exclude(requested_by=None).get(pk=key, structure=structure)
    actions.answer_request(
        invitation_pk=asked.pk,
        accepted=accepted,
        role=role,
        at=timezone.now(),
        by=member_actor(request, structure),
    )
    return _("Demande acceptée.") if accepted else _("Demande refusée.")


def _withdraw(request: HttpRequest, structure: Structure, key: int) -> str:
    sent = Invitation.objects.get(pk=key, structure=structure, requested_by=None)
    actions.withdraw_invitation(invitation_pk=sent.pk, at=timezone.now(), by=member_actor(request, structure))
    return _("Invitation annulée.")


def _end(request: HttpRequest, structure: Structure, key: int) -> str:
    member = Membership.objects.current().get(pk=key, structure=structure)
    actions.end_membership(membership_pk=member.pk, at=timezone.now(), by=member_actor(request, structure))
    return _("Cette personne n'a plus accès à l'espace.")


def _write(request: HttpRequest, structure: Structure, key: int) -> str:
    return _change(request, structure, key, Role.EDITOR)


def _read(request: HttpRequest, structure: Structure, key: int) -> str:
    return _change(request, structure, key, Role.READER)


def _change(request: HttpRequest, structure: Structure, key: int, role: str) -> str:
    member = Membership.objects.current().get(pk=key, structure=structure)
    actions.change_role(
        membership_pk=member.pk, role=role, at=timezone.now(), by=member_actor(request, structure)
    )
    return _("Rôle changé.")


ACTS: dict[str, Callable[[HttpRequest, Structure, int], str]] = {
    "accept": _accept,
    "accept_reader": _accept_as_reader,
    "decline": _decline,
    "withdraw": _withdraw,
    "end": _end,
    "write": _write,
    "read": _read,
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_structure
def invite(request: HttpRequest, structure: Structure) -> HttpResponse:
    """« Inviter une personne »."""
    _only("structures.invite_member", request, structure)
    form = InviteForm(*posted(request), offers_representation=structure.representative() is None)

    def act() -> str:
        actions.invite(
            structure_pk=structure.pk,
            **form.cleaned_data,
            at=timezone.now(),
            by=member_actor(request, structure),
        )
        return _("Invitation envoyée à {email}.").format(email=form.cleaned_data["email"])

    return _form_page(request, structure, form, act, "structures/invite.html")


@require_http_methods(["GET", "HEAD", "POST"])
@for_structure
def add_person(request: HttpRequest, structure: Structure) -> HttpResponse:
    """Add somebody without an e-mail address of their own."""
    _only("structures.add_person", request, structure)
    form = PersonForm(*posted(request), offers_representation=structure.representative() is None)

    def act() -> str:
        data = dict(form.cleaned_data)
        shares = data.pop("mailbox") == PersonForm.SHARED
        actions.add_person(
            structure_pk=structure.pk,
            shares_mailbox_with=person(request) if shares else None,
            **data,
            at=timezone.now(),
            by=member_actor(request, structure),
        )
        return _("{first} {last} est dans l'espace.").format(first=data["first_name"], last=data["last_name"])

    return _form_page(request, structure, form, act, "structures/add_person.html")


@require_http_methods(["GET", "HEAD", "POST"])
@for_structure
def hand_over(request: HttpRequest, structure: Structure) -> HttpResponse:
    """« Passer la main »: the next representative, with the proof."""
    _only("structures.hand_over", request, structure)
    form = HandOverForm(*posted(request))

    def act() -> str:
        actions.hand_over(
            structure_pk=structure.pk,
            **form.cleaned_data,
            at=timezone.now(),
            by=member_actor(request, structure),
        )
        return _("Un e-mail est parti à {email}. Vous représentez la structure jusqu'à sa réponse.").format(
            email=form.cleaned_data["email"]
        )

    return _form_page(request, structure, form, act, "structures/hand_over.html")


@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """The invitations that wait for the address with which this person signs in."""
    now = timezone.now()
    user = person(request)
    address = (user.mailbox or "").lower()
    waiting = (
        Invitation.objects.filter(email=address, answered_at=None, expires_at__gt=now) if address else None
    )
    mine = (
        list(waiting.select_related("structure").order_by("pk")[:LONGEST_LIST]) if waiting is not None else []
    )
    if request.method == "POST":
        return _answer_invitation(request, mine)
    return render(request, "structures/invitations.html", {"invitations": mine, **hats(request)})


def _answer_invitation(request: HttpRequest, mine: list[Invitation]) -> HttpResponse:
    accepted = {"accept": True, "decline": False}.get(request.POST.get("go", ""))
    chosen = next((one for one in mine if str(one.pk) == request.POST.get("row")), None)
    if accepted is None or chosen is None:
        raise Http404
    by = Actor(person(request), "invited", subject_key(chosen.structure))
    try:
        actions.answer_invitation(invitation_pk=chosen.pk, accepted=accepted, at=timezone.now(), by=by)
    except NotAllowed:
        raise Http404 from None
    except Blocked as blocked:
        for reason in blocked.reasons:
            messages.error(request, str(reason.text))
        return redirect("structure_invitations")
    if not accepted:
        messages.success(request, _("Invitation refusée."))
        return redirect("structure_invitations")
    choose_structure(request, chosen.structure)
    messages.success(request, _("Vous êtes dans l'espace de {structure}.").format(structure=chosen.structure))
    return redirect("structure_people")


def _only(permission: str, request: HttpRequest, structure: Structure) -> None:
    if not may(permission, request.user, structure, on=timezone.localdate()):
        raise Http404


@once
def _form_page(
    request: HttpRequest, structure: Structure, form: Any, act: Callable[[], str], template: str
) -> HttpResponse:
    """Show a form; once right, act and go back to « Personnes ». Reasons of a refusal stand in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            told = act()
        except NotAllowed:
            raise Http404 from None
        except Blocked as blocked:
            add_reasons(form, blocked)
        except ValidationError as wrong:
            form.add_error("proof", wrong)
        else:
            messages.success(request, told)
            return redirect("structure_people")
    return render(request, template, {"form": form, "structure": structure, **hats(request)})
