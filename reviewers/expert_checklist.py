"""What is missing before somebody from outside is invited to an item, and before the committee deliberates on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from journal.refusals import Missing
from journal.wording import is_blank
from reviewers.conflicts import facts_of, recent_members
from reviewers.likeness import person_key
from reviewers.models import AgendaItem, Expert, Mandate
from structures.models import Membership

MOST_EXPERTS = 3
MOST_DOCUMENTS = 30
LONGEST_DOCUMENT = 300


def missing_to_invite(
    item: AgendaItem,
    *,
    name: str,
    quality: str,
    why: str,
    declared_on: date,
    confidentiality_signed_on: date,
    no_link: bool,
    on: date,
) -> list[Missing]:
    """Before somebody is invited: who, why, a declaration of interests without a link, and the secret promised.

    Whoever takes part in an expertise declares their interests, members or not (CSP L1451-1, L1452-3).
    """
    found = []
    if is_blank(name):
        found.append(Missing(_("Écrivez le nom de la personne."), code="name"))
    if is_blank(quality):
        text = _("Dites qui est cette personne : son métier, son expérience.")
        found.append(Missing(text, code="quality"))
    if is_blank(why):
        text = _("Dites pourquoi aucun membre du comité ni de la liste de réserve ne peut éclairer ce point.")
        found.append(Missing(text, code="why"))
    if not no_link:
        text = _("Un lien avec la structure empêche d'être entendu : choisissez une autre personne.")
        found.append(Missing(text, code="no_link"))
    for day, code in ((declared_on, "declared_on"), (confidentiality_signed_on, "confidentiality_signed_on")):
        if day > on:
            found.append(Missing(_("Cette date n'est pas encore passée."), code=code))
    if not is_blank(name):
        found += _already_known(item, name, on)
    return found


def _already_known(item: AgendaItem, name: str, on: date) -> list[Missing]:
    """A member of the committee has a seat or a link, never a chair beside; who leads the structure judges itself."""
    key, invited = person_key(name), list(item.experts.invited())
    found = []
    if key in {person_key(one.name) for one in invited}:
        found.append(Missing(_("Cette personne est déjà invitée sur ce point."), code="name"))
    if len(invited) >= MOST_EXPERTS:
        text = _("Invitez {n} personnes au plus sur un point.")
        found.append(Missing(text.format(n=MOST_EXPERTS), code="name"))
    seated = Mandate.objects.filter(state__in=Mandate.SEATED).select_related("user")
    if key in {person_key(one.user.get_full_name()) for one in seated}:
        text = _("Cette personne siège au comité : elle ne peut pas être invitée en plus.")
        found.append(Missing(text, code="name"))
    facts = facts_of([item.application])[item.application.structure_id]
    members = Membership.objects.filter(recent_members(on), structure=item.application.structure_id)
    names = {person_key(one.user.get_full_name()) for one in members.select_related("user")}
    if ("officer", key) in facts.keys or key in names:
        text = _("Une personne de ce nom agit pour la structure : choisissez une autre personne.")
        found.append(Missing(text, code="name"))
    return found


def missing_documents(documents: Sequence[str]) -> list[Missing]:
    """Why this list of documents handed over cannot be kept; nothing when it can."""
    if len(documents) > MOST_DOCUMENTS:
        text = _("Écrivez {n} documents au plus.").format(n=MOST_DOCUMENTS)
        return [Missing(text, code="documents")]
    if any(len(one) > LONGEST_DOCUMENT for one in documents):
        text = _("Un nom de document a {n} caractères au plus.").format(n=LONGEST_DOCUMENT)
        return [Missing(text, code="documents")]
    return []


def missing_without_experts(experts: Sequence[Expert]) -> list[Missing]:
    """Before the committee deliberates: nobody from outside is in the room; each was heard, or it is said why not."""
    found = []
    if any(one.heard_at is not None and one.left_at is None for one in experts):
        text = _("Une personne extérieure est encore dans la séance : elle sort avant la délibération.")
        found.append(Missing(text, code="expert_in_the_room"))
    if any(one.heard_at is None and not one.not_heard for one in experts):
        text = _("Une personne extérieure invitée n'a pas encore été entendue.")
        found.append(Missing(text, code="expert_awaited"))
    return found
