"""What is missing before somebody may rely on what a structure says of itself."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from journal.refusals import Missing
from structures.models import RegisterCheck, Registration, Structure

WITH_PROOF = frozenset(
    {
        Registration.Kind.NONE,
        Registration.Kind.FOREIGN,
        Registration.Kind.ALSACE_MOSELLE,
        Registration.Kind.AMALIA,
    }
)
ACCEPTED = (RegisterCheck.Conclusion.CONFIRMED, RegisterCheck.Conclusion.WAIVED)


def missing_number(structure: Structure) -> list[Missing]:
    """Before filing: a number, with a proof when no open register holds it (domain 5.1, deposer)."""
    main = structure.main_registration()
    url = reverse("structure_number")
    if main is None:
        return [Missing(_("Indiquez le numéro de la structure, ou joignez un justificatif."), url, "number")]
    if main.kind in WITH_PROOF and main.proof_id is None:
        return [
            Missing(
                _("Joignez un justificatif : récépissé, extrait du registre ou photo lisible."), url, "proof"
            )
        ]
    return []


def missing_representative(structure: Structure) -> list[Missing]:
    """Before filing: somebody represents the structure."""
    if structure.representative() is None:
        words = _("Invitez la personne qui représente la structure : elle signe et dépose.")
        return [Missing(words, reverse("structure_people"), "representative")]
    return []


def missing_identity_check(structure: Structure) -> list[Missing]:
    """Before admissibility: a person concluded on what a register said, or waived it with a reason."""
    concluded = structure.register_checks.exclude(conclusion="").order_by("-concluded_at", "-pk").first()
    if concluded is not None and concluded.conclusion in ACCEPTED:
        return []
    url = reverse("staff_structure", args=[structure.pk])
    return [
        Missing(
            _("Concluez sur la réponse du registre, ou dites pourquoi vous vous en passez."), url, "register"
        )
    ]
