"""What becomes of one label: invited to answer, suspended by an act, then another measure in view."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from certificates import actions
from certificates.answers import said_in
from certificates.models import Hearing, Label
from decisions import actions as acts
from decisions.content import Content
from decisions.models import Decision
from decisions.observations import joined
from desks.demonstration.story.context import Story
from desks.demonstration.story.deciding import open_letters

IN_LAW = (
    "Vu la décision de l'Institut qui crée le label associatif et fixe son référentiel, notamment ses conditions de "
    "maintien ; vu la charte d'engagement signée par la structure ; vu l'invitation à répondre qui lui a été envoyée "
    "et le dossier de la procédure. Le label suppose que l'action reconnue continue. Il peut être suspendu pour un "
    "temps limité quand l'action s'arrête et peut reprendre."
)
IN_FACT = (
    "Considérant que le local où l'action reconnue a lieu est fermé depuis un dégât des eaux ; que les personnes qui "
    "s'y présentent avec l'annuaire trouvent une porte close ; que la structure l'a confirmé dans sa réponse, et "
    "prévoit de rouvrir après les travaux ; que la suspension laisse le temps de ces travaux sans retirer le label."
)
ANSWER = "Le local est fermé après un dégât des eaux. Nous rouvrons dès la fin des travaux, avant l'été."


def _label(story: Story) -> Label | None:
    return Label.objects.live().filter(application=story.application).first()


def _invite(story: Story, label: Label, measure: str, fact: str, text: str, at: datetime) -> Hearing:
    return actions.notify_grounds(
        label_pk=label.pk,
        measure=measure,
        grounds=[
            actions.GroundContent(
                fact=fact,
                text_breached=f"Conditions de maintien du label : {text}.",
                source="Une personne venue à l'accueil, et le site de la structure",
                occurred_on=timezone.localdate(at) - timedelta(days=6),
            )
        ],
        days=30,
        at=at,
        by=story.officer,
    )


def suspend(story: Story) -> None:
    """Invited to answer, the association answers; the suspension binds from the day it opens the letter."""
    label = _label(story)
    if label is None or label.hearings.exists():
        return
    asked = story.now - timedelta(days=52)
    hearing = _invite(
        story,
        label,
        "suspend",
        "Le local de l'action reconnue est fermé depuis dix jours.",
        "l'action reconnue continue",
        asked,
    )
    open_letters(story)
    answered: dict[str, Any] = {
        "hearing_pk": hearing.pk,
        "at": asked + timedelta(days=5),
        "by": story.president,
    }
    actions.open_file(**answered)
    actions.observe(text=ANSWER, **answered)
    actions.say_nothing_to_add(**answered)
    actions.close_hearing(hearing_pk=hearing.pk, at=asked + timedelta(days=8), by=story.officer)
    at = story.now - timedelta(days=20)
    measure = actions.prepare_measure(
        label_pk=label.pk,
        kind=Decision.Kind.SUSPEND,
        content=Content(kind=Decision.Kind.SUSPEND, reasons_in_law=IN_LAW, reasons_in_fact=IN_FACT),
        terms=actions.Terms(
            hearing_id=hearing.pk,
            ground_pks=tuple(hearing.grounds.values_list("pk", flat=True)),
            ends_on=timezone.localdate(story.now) + timedelta(days=60),
            public_reason="activity_stopped",
            what_lifts_it="L'accueil rouvre, et ses horaires sont de nouveau sur votre site.",
            answers_to_observations=joined(
                {
                    one.name: "Vous confirmez la fermeture. La suspension dure le temps des travaux annoncés."
                    for one in said_in(label.hearings.all())
                }
            ),
        ),
        at=at,
        by=story.officer,
    )
    acts.send_for_signature(decision_pk=measure.decision_id, at=at, by=story.officer)
    acts.sign(decision_pk=measure.decision_id, at=at + timedelta(days=2), by=story.signatory)
    open_letters(story)


def contemplate_conditions(story: Story) -> None:
    """Another measure is in view: the association has until a date to answer."""
    label = _label(story)
    if label is None or label.hearings.count() != 1:
        return
    fact = "Les comptes de l'année passée ne sont pas encore publiés."
    _invite(
        story,
        label,
        "conditions",
        fact,
        "les comptes sont publiés chaque année",
        story.now - timedelta(days=9),
    )
    open_letters(story)
