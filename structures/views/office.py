"""What the office sees of a structure, and does: registers, numbers, representative, read-only space."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django_fsm import TransitionNotAllowed

from accounts.access import actor_for, staff_only
from accounts.models import Role
from accounts.rules import may
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from structures import actions, register
from structures.forms import add_reasons, posted
from structures.identifiers import InvalidIdentifier
from structures.models import Membership, RegisterCheck, Structure
from structures.office_forms import ConclusionForm, CorrectionForm, ReasonForm, RepresentativeForm

LATEST = 50
EVENTS: dict[str, Promise] = {
    "open": gettext_lazy("Espace ouvert"),
    "freeze": gettext_lazy("Espace mis en lecture seule"),
    "unfreeze": gettext_lazy("Espace rouvert"),
    "save_structure": gettext_lazy("Renseignements modifiés"),
    "correct_identifier": gettext_lazy("Numéro corrigé"),
    "tell_other_entity": gettext_lazy("Autre structure prévenue : son numéro avait été porté par erreur"),
    "check_identity": gettext_lazy("Vérifié qui a signé à la main"),
    "settle_staff_match": gettext_lazy("Nom d'un agent rapproché de la structure, examiné"),
    "read_officers": gettext_lazy("Liste des dirigeants lue au registre"),
    "mail_returned": gettext_lazy("Les e-mails à une adresse reviennent"),
    "mail_arrives": gettext_lazy("Les e-mails à une adresse arrivent de nouveau"),
    "contact_attempt": gettext_lazy("Essai pour joindre la structure autrement"),
    "add_proof": gettext_lazy("Justificatif ajouté"),
    "conclude_check": gettext_lazy("Conclusion sur la réponse d'un registre"),
    "invite": gettext_lazy("Personne invitée"),
    "accept_invitation": gettext_lazy("Invitation acceptée"),
    "decline_invitation": gettext_lazy("Invitation refusée"),
    "withdraw_invitation": gettext_lazy("Invitation annulée"),
    "ask_to_join": gettext_lazy("Demande pour rejoindre l'espace"),
    "accept_request": gettext_lazy("Demande acceptée"),
    "decline_request": gettext_lazy("Demande refusée"),
    "change_role": gettext_lazy("Rôle changé"),
    "leave": gettext_lazy("Une personne a quitté l'espace"),
    "end_membership": gettext_lazy("Accès retiré"),
    "add_person": gettext_lazy("Personne ajoutée"),
    "hand_over": gettext_lazy("Main passée : en attente de réponse"),
    "replace_representative": gettext_lazy("Nouvelle personne pour représenter la structure"),
    "give_service_consent": gettext_lazy("Accord pour recevoir les décisions en ligne"),
    "revoke_service_consent": gettext_lazy("Retour au courrier recommandé"),
    "add_solution": gettext_lazy("Action ajoutée"),
    "remove_solution": gettext_lazy("Action retirée"),
    "ask_to_sign": gettext_lazy("Signature de la charte demandée"),
    "sign_charter": gettext_lazy("Charte signée"),
}


def visible_structure(request: HttpRequest, structure_pk: int) -> Structure:
    """The structure, for whoever may see it; not found for the others."""
    return get_object_or_404(
        Structure.objects.visible_to(request.user, on=timezone.localdate()), pk=structure_pk
    )


@require_safe
@staff_only
def staff_structure(request: HttpRequest, structure_pk: int) -> HttpResponse:
    """One structure as the office knows it."""
    structure = visible_structure(request, structure_pk)
    today = timezone.localdate()
    members = Membership.objects.filter(structure=structure).select_related("user__shares_mailbox_with")
    members = members.order_by("ended_at", "pk")
    context = {
        "structure": structure,
        "today": today,
        "registrations": structure.registrations.select_related("proof").order_by("superseded_at", "pk"),
        "checks": structure.register_checks.select_related("concluded_by").order_by("-pk")[:LATEST],
        "members": members[:LATEST],
        "consents": structure.service_consents.select_related("given_by").order_by("-pk")[:LATEST],
        "look_alikes": register.look_alikes(structure),
        "history": _history(structure),
        "may_conclude": may("structures.conclude_check", request.user, structure, on=today),
        "may_correct": may("structures.correct_identifier", request.user, structure, on=today),
        "may_tell": may("structures.tell_other_entity", request.user, structure, on=today),
        "may_edit": may("structures.edit_structure", request.user, structure, on=today),
        "may_freeze": may("structures.freeze_structure", request.user, structure, on=today),
        "may_replace": may("structures.replace_representative", request.user, structure, on=today),
        "officers_reads": structure.officers_reads.select_related("person", "proof").order_by("-pk")[:LATEST],
        "may_read_officers": may("structures.read_officers", request.user, structure, on=today),
        "mail_comes_back": structure.mail_comes_back(),
        "reached_by_no_mail": Structure.objects.filter(pk=structure.pk).reached_by_no_mail().exists(),
        "may_reach": may("structures.note_returned_mail", request.user, structure, on=today),
        "may_record_paper_charter": may("charter.record_paper_signature", request.user, structure, on=today),
        # Upper rooms add their part by giving a template of this name; ours says nothing.
        "signature_part": ["charter/structure_part.html", "structures/nothing.html"],
        "certificates_part": ["certificates/structure_part.html", "structures/nothing.html"],
        "dossiers_part": ["label/structure_part.html", "structures/nothing.html"],
    }
    return render(request, "structures/staff_structure.html", context)


def _history(structure: Structure) -> list[dict[str, Any]]:
    events = Event.objects.filter(thread=structure.thread_id).select_related("actor", "reason")
    return [
        {
            "at": event.at,
            "words": EVENTS.get(event.move, event.move),
            "detail": event.reason.text
            if hasattr(event, "reason") and event.reason.erased_at is None
            else "",
            "who": event.actor,
        }
        for event in events.order_by("-position")[:LATEST]
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def staff_check(request: HttpRequest, structure_pk: int, check_pk: int) -> HttpResponse:
    """Conclude on one answer of a register."""
    structure = visible_structure(request, structure_pk)
    check = get_object_or_404(RegisterCheck, pk=check_pk, structure=structure)
    form = ConclusionForm(*posted(request))

    def act() -> str:
        actions.conclude_check(
            check_pk=check.pk,
            **form.cleaned_data,
            at=timezone.now(),
            by=actor_for(request, Role.CASE_OFFICER),
        )
        return _("Conclusion enregistrée.")

    more = {"check": check, "permission": "structures.conclude_check"}
    return act_page(request, structure, form, act, "structures/staff_check.html", more)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def staff_freeze(request: HttpRequest, structure_pk: int) -> HttpResponse:
    """Make the space read only, or open it again."""
    structure = visible_structure(request, structure_pk)
    form = ReasonForm(*posted(request))
    is_open = structure.state == Structure.State.OPEN

    def act() -> str:
        change = actions.freeze if request.POST.get("go") == "freeze" else actions.unfreeze
        change(
            structure_pk=structure.pk,
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
            by=actor_for(request, Role.CASE_OFFICER),
        )
        return _("L'espace est en lecture seule.") if change is actions.freeze else _("L'espace est rouvert.")

    more = {"is_open": is_open, "permission": "structures.freeze_structure"}
    return act_page(request, structure, form, act, "structures/staff_freeze.html", more)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def staff_number(request: HttpRequest, structure_pk: int) -> HttpResponse:
    """Correct the main number, with its proof; the wrong one is kept."""
    structure = visible_structure(request, structure_pk)
    main = structure.main_registration()
    form = CorrectionForm(*posted(request))
    if main is None:
        del form.fields["other_entity"]

    def act() -> str:
        actions.correct_identifier(
            structure_pk=structure.pk,
            registration_pk=main.pk if main else None,
            **form.cleaned_data,
            at=timezone.now(),
            by=actor_for(request, Role.CASE_OFFICER),
        )
        return _("Numéro corrigé. L'ancien est gardé dans l'histoire.")

    more = {"main": main, "permission": "structures.correct_identifier"}
    return act_page(request, structure, form, act, "structures/staff_number.html", more)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def staff_representative(request: HttpRequest, structure_pk: int) -> HttpResponse:
    """Record who represents the structure from a signed mandate."""
    structure = visible_structure(request, structure_pk)
    form = RepresentativeForm(*posted(request), structure_pk=structure.pk)

    def act() -> str:
        data = dict(form.cleaned_data)
        actions.replace_representative(
            structure_pk=structure.pk,
            user=data.pop("member").user,
            **data,
            at=timezone.now(),
            by=actor_for(request, Role.CASE_OFFICER),
        )
        return _("La personne qui représente la structure a changé. Les deux sont prévenues.")

    more = {"permission": "structures.replace_representative"}
    return act_page(request, structure, form, act, "structures/staff_representative.html", more)


def act_page(
    request: HttpRequest, structure: Structure, form: Any, act: Any, template: str, more: dict[str, Any]
) -> HttpResponse:
    """Show the form of an act of the office; once right, act and go back to the structure."""
    if not may(more["permission"], request.user, structure, on=timezone.localdate()):
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            told = act()
        except NotAllowed:
            raise Http404 from None
        except Blocked as blocked:
            add_reasons(form, blocked)
        except InvalidIdentifier as wrong:
            form.add_error("raw_number", str(wrong.message))
        except ValidationError as wrong:
            form.add_error("proof", wrong)
        except TransitionNotAllowed:
            form.add_error(None, _("Quelqu'un vient de le faire. Voici la page à jour."))
        else:
            messages.success(request, told)
            return redirect("staff_structure", structure.pk)
    return render(request, template, {"form": form, "structure": structure, **more})
