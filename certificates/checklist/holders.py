"""What is missing before the holder answers a condition or gives its label up."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import delegation_of
from certificates.models import Condition, Label
from decisions.checklist import delegation_gap
from journal.numbering import InvalidNumber, parse_number
from journal.refusals import Missing
from journal.wording import is_blank
from letters.spoken import told_date


def missing_to_send_proof(condition: Condition, label: Label, *, text: str, has_file: bool) -> list[Missing]:
    """What a proof lacks."""
    if label.state not in Label.LIVE:
        return [Missing(_("Le label n'est plus en cours : cette preuve n'est plus attendue."))]
    if condition.met_on is not None:
        return [Missing(_("Cette réserve est déjà levée : vous n'avez rien à envoyer."))]
    if condition.accepted_at is not None:
        return [Missing(_("Votre preuve est acceptée : vous n'avez rien à envoyer."))]
    if is_blank(text) and not has_file:
        return [Missing(_("Ajoutez un document, ou décrivez ce qui a été fait."), "#id_text", "text")]
    return []


def missing_to_lift(condition: Condition, user: User, *, on: date) -> list[Missing]:
    """What forbids that person to lift a condition that day: no accepted proof, their own reading, no delegation."""
    found = []
    if condition.label.state not in Label.LIVE:
        found.append(Missing(_("Le label n'est plus en cours.")))
    if condition.accepted_at is None:
        found.append(Missing(_("Aucune preuve acceptée n'attend.")))
    if condition.accepted_by_id == user.pk:
        found.append(Missing(_("Vous avez accepté cette preuve : une autre personne lève la réserve.")))
    if delegation_of(user, on=on) is None:
        found.append(Missing(delegation_gap(user, on)))
    return found


def missing_to_move_condition(
    condition: Condition, label: Label, *, due_on: date, reason: str, on: date
) -> list[Missing]:
    """What forbids to leave more time for a condition."""
    found = []
    if label.state not in Label.LIVE:
        found.append(Missing(_("Le label n'est plus en cours.")))
    if condition.met_on is not None:
        found.append(Missing(_("Cette réserve est déjà levée.")))
    last = label.valid_until
    first = max(condition.due_on, on)
    if not first < due_on <= last:
        words = _("Choisissez une date après le {first} et jusqu'au {last}.")
        words = words.format(first=told_date(first), last=told_date(last))
        found.append(Missing(words, "#id_due_on", "due_on"))
    if is_blank(reason):
        found.append(Missing(_("Dites en une phrase pourquoi."), "#id_reason", "reason"))
    return found


def missing_to_relinquish(
    label: Label, *, statement: str, received_on: date | None = None, on: date | None = None
) -> list[Missing]:
    """What forbids to give a label up: it has ended, its number is not the one typed, or an absurd day."""
    if label.state not in Label.LIVE:
        return [Missing(_("Le label n'est plus en cours."))]
    found = []
    if _number_in(statement) != label.number:
        words = _("Écrivez le numéro du label, {number}, pour confirmer.").format(number=label.number)
        found.append(Missing(words, "#id_number", "number"))
    if received_on is not None and on is not None and not label.starts_on <= received_on <= on:
        words = _("Choisissez une date entre le {first} et le {last}.")
        words = words.format(first=told_date(label.starts_on), last=told_date(on))
        found.append(Missing(words, "#id_received_on", "received_on"))
    return found


def _number_in(statement: str) -> str:
    try:
        return parse_number(statement.strip()).canonical
    except InvalidNumber:
        return ""
