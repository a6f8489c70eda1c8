"""What is missing before who presides rules on a deliberation whose secret was broken."""

from __future__ import annotations

from django.utils.translation import gettext as _

from journal.refusals import Missing
from journal.wording import is_blank
from label.models import Application
from reviewers.models import AgendaItem, DeliberationAct, Mandate


def why_not_ruled(item: AgendaItem) -> list[Missing]:
    """Why nobody rules on that deliberation now: no opinion yet, an act already, or a decision that is signed."""
    opinion = getattr(item, "opinion", None)
    if opinion is None:
        return [Missing(_("Aucun avis n'a été adopté sur ce point."), code="opinion")]
    if hasattr(opinion, "act"):
        return [Missing(_("La présidence s'est déjà prononcée sur cette délibération."), code="act")]
    if item.application.state != Application.State.ADVISED:
        return [
            Missing(
                _("Le dossier a changé d'étape : la décision est signée, ou l'avis est à refaire."),
                code="state",
            )
        ]
    if item.application.opinions.filter(pk__gt=opinion.pk).exists():
        return [Missing(_("Un autre avis a été adopté depuis."), code="opinion")]
    return []


def missing_to_rule(
    item: AgendaItem,
    *,
    outcome: DeliberationAct.Outcome,
    facts: str,
    reasons: str,
    set_apart: Mandate | None,
    is_known: bool,
    by: int | None,
) -> list[Missing]:
    """What the act still lacks; `by` is the key of who signs it, `is_known` whether who is set apart was found."""
    found = why_not_ruled(item)
    if is_blank(facts):
        found.append(Missing(_("Dites ce qui s'est passé."), code="facts"))
    if is_blank(reasons):
        found.append(Missing(_("Dites pourquoi."), code="reasons"))
    if not is_known:
        found.append(Missing(_("Choisissez une des réponses proposées."), code="set_apart"))
    if set_apart is not None and outcome == DeliberationAct.Outcome.MAINTAINED:
        text = _("Si la délibération est maintenue, personne n'est écarté.")
        found.append(Missing(text, code="set_apart"))
    if set_apart is not None and set_apart.user_id == by:
        text = _("Vous ne pouvez pas vous prononcer sur votre propre manquement : l'autre personne préside.")
        found.append(Missing(text, code="set_apart"))
    return found
