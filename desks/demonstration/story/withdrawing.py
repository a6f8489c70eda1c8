"""Two withdrawal procedures: one in which the association has just answered, one that ended in a withdrawal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from certificates import actions
from certificates.actions.withdrawals import open_hearing
from certificates.answers import said_in_procedure
from certificates.models import Label, Withdrawal
from certificates.subjects import KIND
from decisions import actions as acts
from decisions.content import Content
from decisions.models import Decision
from desks.demonstration.story import sitting
from desks.demonstration.story.context import Story
from desks.demonstration.story.deciding import open_letters

KNOWN = "Deux personnes disent que les séances annoncées n'ont plus lieu. Le site ne donne plus d'horaires."
FACT = "Les séances annoncées n'ont pas eu lieu depuis trois mois, et aucune date de reprise n'est donnée."
BREACHED = "Conditions de maintien du label : l'action reconnue continue, et ses informations sont à jour."
SOURCE = "Deux personnes accompagnées, et le site de la structure"
SORRY = (
    "Notre animatrice est partie et nous cherchons à la remplacer. Deux candidates viennent la semaine prochaine. "
    "Nous vous enverrons les nouvelles dates dès qu'elles sont fixées."
)
STOPPED = (
    "Nous n'avons plus d'animateur ni de local, et nous ne savons pas dire quand nous pourrions reprendre."
)
ANSWERED = (
    "Vous confirmez que l'action s'est arrêtée et ne donnez pas de date de reprise. Vous pourrez demander un nouveau "
    "label quand elle aura repris."
)
OPINION = (
    "Le comité a lu les motifs et la réponse de la structure. L'action reconnue n'existe plus et rien ne permet de "
    "dire quand elle reprendrait. Des personnes s'y présentent encore : il propose de retirer le label."
)
IN_LAW = (
    "Vu la décision de l'Institut qui crée le label associatif et fixe son référentiel, notamment ses conditions de "
    "maintien ; vu l'article L. 242-2 du code des relations entre le public et l'administration ; vu la lettre par "
    "laquelle les motifs ont été notifiés, la réponse de la structure et l'avis du comité. Le maintien du label dépend "
    "d'une condition : que l'action reconnue continue et que ses informations soient à jour."
)
IN_FACT = (
    "Considérant que les séances reconnues par le label n'ont plus lieu depuis trois mois ; que la structure le "
    "confirme et ne peut pas dire quand elles reprendraient ; que des personnes malades s'y présentent encore avec "
    "l'annuaire, et trouvent porte close un jour de traitement ; qu'aucune autre structure n'a repris l'action ; que "
    "la condition dont dépend le maintien du label n'est donc plus remplie, et qu'une suspension n'y changerait rien."
)


def notify_and_answer(story: Story) -> None:
    """The grounds were notified three weeks ago; the association has answered and asks to be heard."""
    label = _label(story)
    if label is None or label.withdrawals.exists():
        return
    found = _notified(story, label, story.now - timedelta(days=21))
    hearing = open_hearing(found)
    if hearing is not None:
        answering: dict[str, Any] = {
            "hearing_pk": hearing.pk,
            "at": story.now - timedelta(days=2),
            "by": story.president,
        }
        actions.open_file(**answering)
        actions.observe(text=SORRY, **answering)
        actions.ask_to_be_heard(assisted_by="Une administratrice de la fédération", **answering)


def withdraw(story: Story) -> None:
    """Notified, answered, advised by the committee, decided, received: the verification page says so."""
    label = _label(story)
    if label is None or label.withdrawals.exists():
        return
    found = _notified(story, label, story.at(51))
    hearing = open_hearing(found)
    if hearing is None:
        return
    answering: dict[str, Any] = {"hearing_pk": hearing.pk, "at": story.at(58), "by": story.president}
    actions.observe(text=STOPPED, **answering)
    actions.say_nothing_to_add(**answering)
    actions.close_procedure_hearing(withdrawal_pk=found.pk, at=story.at(60), by=story.officer)
    sitting.hold_session_on(
        story,
        kind=KIND,
        subject_pk=found.pk,
        day=80,
        choice="withdraw",
        against="conditions",
        reasons=OPINION,
    )
    measure = actions.prepare_end(
        withdrawal_pk=found.pk,
        content=Content(kind=Decision.Kind.WITHDRAW, reasons_in_law=IN_LAW, reasons_in_fact=IN_FACT),
        ground_pks=tuple(hearing.grounds.values_list("pk", flat=True)),
        legal_effect="repeal",
        answers={one.name: ANSWERED for one in said_in_procedure(found)},
        at=story.at(84),
        by=story.officer,
    )
    acts.send_for_signature(decision_pk=measure.decision_id, at=story.at(84), by=story.officer)
    acts.sign(decision_pk=measure.decision_id, at=story.at(86), by=story.signatory)
    open_letters(story)


def _label(story: Story) -> Label | None:
    return Label.objects.live().filter(application=story.application).first()


def _notified(story: Story, label: Label, at: datetime) -> Withdrawal:
    """Opened, its grounds written by the officer and signed by somebody else; the letter is opened."""
    found = actions.open_withdrawal(label_pk=label.pk, origin="report", facts=KNOWN, at=at, by=story.officer)
    ground = actions.GroundContent(
        fact=FACT,
        text_breached=BREACHED,
        source=SOURCE,
        occurred_on=timezone.localdate(at) - timedelta(days=90),
    )
    content = actions.StepContent(step="hearing", grounds=[ground], days=30, measure="withdraw")
    proposal = actions.propose(withdrawal_pk=found.pk, content=content, at=at, by=story.officer)
    actions.sign_step(proposal_pk=proposal.pk, at=at + timedelta(hours=3), by=story.signatory)
    open_letters(story)
    return Withdrawal.objects.get(pk=found.pk)
