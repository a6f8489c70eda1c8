"""Finding one's structure: choose the kind of number, look it up, confirm, create the space or ask to join it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import person
from accounts.once import led_to, once
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from structures import actions, register
from structures.checklist import WITH_PROOF
from structures.context import (
    choose_structure,
    current_structure,
    for_structure,
    hats,
    member_actor,
    memberships_of,
)
from structures.forms import (
    NUMBER_FORMS,
    WAYS,
    ConfirmForm,
    JoinForm,
    ProofForm,
    WayForm,
    add_reasons,
    posted,
)
from structures.models import Membership, RegisterCheck, Registration, Structure

SEARCH = "structure_search"
Result = RegisterCheck.Result


@require_http_methods(["GET", "HEAD", "POST"])
def find_kind(request: HttpRequest) -> HttpResponse:
    """Step 1: which kind of number."""
    form = WayForm(*posted(request))
    if request.method == "POST" and form.is_valid():
        return redirect("structure_search", form.cleaned_data["way"])
    return render(request, "structures/find_kind.html", {"form": form, **hats(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def find_number(request: HttpRequest, way: str) -> HttpResponse:
    """Step 1, the page of that kind: name and number; the search waits in the session."""
    if way not in NUMBER_FORMS:
        raise Http404
    form = NUMBER_FORMS[way](*posted(request))
    if request.method == "POST" and form.is_valid():
        kind, value = form.result
        request.session[SEARCH] = {
            "way": way,
            "kind": kind,
            "value": value,
            "name": form.cleaned_data["name"],
        }
        return redirect("structure_confirm")
    context = {"form": form, "way": way, "words": WAYS[way]}
    return render(request, "structures/find_number.html", {**context, **hats(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Step 2: « Est-ce bien elle ? », whatever the register answers; then the space is opened."""
    if (done := led_to(request)) is not None:
        return done
    search = request.session.get(SEARCH)
    if not search:
        return redirect("structure_find")
    taken = _structure_of(search)
    if taken is not None:
        return render(request, "structures/already_there.html", _already_there(request, taken))
    found = register.find(search["kind"], search["value"], search["name"])
    form = ConfirmForm(
        *posted(request),
        wants_reason=found.result == Result.MISMATCH,
        wants_proof=search["kind"] in WITH_PROOF,
        offers_proof=found.result != Result.MATCH,
    )
    if request.method == "POST" and form.is_valid():
        answer = _create(request, search, found, form)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "found": found,
        "search": search,
        "has_register": search["kind"] not in WITH_PROOF,
    }
    context["kind_words"] = Registration.Kind(search["kind"]).label
    return render(request, "structures/confirm.html", {**context, **hats(request)})


@require_http_methods(["POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Ask to join the structure whose number was typed; the representative answers."""
    search = request.session.get(SEARCH)
    taken = _structure_of(search) if search else None
    if taken is None:
        return redirect("structure_find")
    form = JoinForm(request.POST)
    if not form.is_valid():
        context = {**_already_there(request, taken), "form": form}
        return render(request, "structures/already_there.html", context)
    now = timezone.now()
    try:
        actions.ask_to_join(
            structure_pk=taken.pk,
            quality=form.cleaned_data["quality"],
            at=now,
            by=Actor(person(request), "visitor", subject_key(taken)),
        )
    except NotAllowed:
        return redirect("structure_choose")
    del request.session[SEARCH]
    return render(request, "structures/asked_to_join.html", {"at": now, **hats(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """« Vous agissez pour… changer »: the structures of the person, and the way to another one."""
    mine = memberships_of(request)
    if request.method == "POST":
        chosen = next((one for one in mine if str(one.structure_id) == request.POST.get("structure")), None)
        if chosen is None:
            raise Http404
        choose_structure(request, chosen.structure)
        return redirect("space")
    return render(
        request,
        "structures/choose.html",
        {"mine": mine, "current": current_structure(request), **hats(request)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_structure
def number(request: HttpRequest, structure: Structure) -> HttpResponse:
    """The numbers of the structure; a proof can be added where no open register holds the number."""
    form = ProofForm(*posted(request))
    main = structure.main_registration()
    lacks_proof = main is not None and main.proof_id is None and main.kind in WITH_PROOF
    if request.method == "POST" and form.is_valid() and main is not None:
        try:
            actions.add_proof(
                registration_pk=main.pk,
                proof=form.cleaned_data["proof"],
                at=timezone.now(),
                by=member_actor(request, structure),
            )
        except NotAllowed:
            raise Http404 from None
        except Blocked as blocked:
            add_reasons(form, blocked)
        else:
            messages.success(request, _("Justificatif enregistré."))
            return redirect("structure_number")
    registrations = [row for row in structure.registrations.order_by("pk") if row.superseded_at is None]
    context: dict[str, Any] = {"structure": structure, "registrations": registrations, "form": form}
    return render(request, "structures/number.html", {**context, "lacks_proof": lacks_proof, **hats(request)})


def _structure_of(search: dict[str, str]) -> Structure | None:
    """The structure that bears the number typed."""
    if not search["value"] or search["kind"] == Registration.Kind.OLD_RNA:
        return None
    rows = Registration.objects.filter(kind=search["kind"], value=search["value"], superseded_at=None)
    row = rows.select_related("structure").first()
    return row.structure if row else None


def _already_there(request: HttpRequest, taken: Structure) -> dict[str, Any]:
    is_mine = any(one.structure_id == taken.pk for one in memberships_of(request))
    return {"form": JoinForm(), "is_mine": is_mine, "structure": taken if is_mine else None, **hats(request)}


@once
def _create(
    request: HttpRequest, search: dict[str, str], found: register.Finding, form: ConfirmForm
) -> HttpResponse | None:
    """Open the space and go on; None when the form must be shown again."""
    data = form.cleaned_data
    by = Actor(person(request), data["role"])
    try:
        made = actions.create_structure(
            name=search["name"],
            registration_kind=search["kind"],
            raw_number=search["value"],
            founder=person(request),
            quality=data["quality"],
            role=data["role"],
            proof=data.get("proof"),
            at=timezone.now(),
            by=by.because(data["reason"]) if data.get("reason") else by,
            **_facts(search["kind"], found),
        )
    except actions.AlreadyRegistered as blocked:
        taken = Structure.objects.get(pk=blocked.structure_pk)
        return render(request, "structures/already_there.html", _already_there(request, taken))
    except Blocked as blocked:
        add_reasons(form, blocked)
        return None
    except ValidationError as wrong:
        form.add_error("proof" if "proof" in form.fields else None, wrong)
        return None
    del request.session[SEARCH]
    choose_structure(request, made)
    if data["role"] == Membership.Role.EDITOR:
        messages.success(
            request, _("L'espace est ouvert. Invitez maintenant la personne qui représente la structure.")
        )
        return redirect("structure_people")
    messages.success(request, _("L'espace de votre structure est ouvert."))
    return redirect("space")


def _facts(kind: str, found: register.Finding) -> dict[str, Any]:
    """What the register gives and is not asked again."""
    local_law = kind in (Registration.Kind.ALSACE_MOSELLE, Registration.Kind.AMALIA)
    website = found.website if found.website.startswith(("http://", "https://")) else ""
    return {
        "structure_type": "association_local_law" if local_law else "association_1901",
        "address": found.address,
        "postal_code": found.postal_code,
        "city": found.city,
        "website": website,
        "founded_on": found.created_on,
    }
