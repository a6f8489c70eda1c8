"""What associations contest: an appeal under review, one rejected then brought to court, one upheld that reopens."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import Role
from decisions import actions
from decisions.content import Answer, Content
from decisions.models import Appeal, Decision, Litigation, LitigationStep
from desks.demonstration import people
from desks.demonstration.answers import paper
from desks.demonstration.story.context import Story
from desks.demonstration.story.deciding import IN_LAW, open_letters
from journal.moves import Actor
from label.models import Application

OUT_OF_SCOPE = (
    "Considérant que l'action présentée, telle que le dossier la décrit, s'adresse à toutes les personnes du quartier "
    "et ne porte pas sur l'accompagnement de celles qui sont touchées par un cancer ; que le texte qui crée le label "
    "réserve l'examen sur le fond aux actions qui entrent dans ce champ ; que la qualité n'est pas en cause "
    "et n'a pas été évaluée."
)
CONTESTED = (
    "Notre action s'adresse d'abord aux personnes malades : la page 3 du dossier le dit, et le bilan joint compte "
    "deux cents personnes en traitement. Le reste du quartier ne vient que pour les conférences."
)
ASKED = "Nous demandons que notre dossier soit examiné par le comité."
POINTS = {
    "appeal_rejected": (
        "Le bilan compte des personnes reçues au local, sans dire lesquelles sont en traitement. Rien dans le dossier "
        "ne permet de les distinguer.",
        "Considérant que le bilan joint ne distingue pas les personnes touchées par un cancer ; que les horaires, le "
        "public et les contenus décrits sont ceux d'une activité de quartier ; que les pièces du recours ne montrent "
        "pas autre chose ; que la structure peut déposer une nouvelle demande avec une action dédiée.",
    ),
    "appeal_upheld": (
        "C'est exact : la page 3 et le bilan montrent que deux cents personnes en traitement ont été reçues.",
        "Considérant que la page 3 du dossier et le bilan joint établissent que l'action s'adresse d'abord aux "
        "personnes en traitement ; que la décision contestée ne les a pas lus ainsi ; que la demande entre donc dans "
        "le champ du label et doit être examinée sur le fond par le comité, qui n'a pas encore lu ce dossier.",
    ),
}


def declare_inadmissible(story: Story) -> None:
    """The case officer finds the request out of scope; the signatory signs."""
    if story.state != Application.State.SUBMITTED or _act(story) is not None:
        return
    content = Content(
        kind=Decision.Kind.INADMISSIBLE,
        reasons_in_law=IN_LAW,
        reasons_in_fact=OUT_OF_SCOPE,
        closed_reason="out_of_scope",
    )
    act = actions.prepare(
        application_pk=story.application.pk, content=content, at=story.at(20), by=story.officer
    )
    actions.send_for_signature(decision_pk=act.pk, at=story.at(21), by=story.officer)
    actions.sign(decision_pk=act.pk, at=story.at(22), by=story.signatory)


def _act(story: Story) -> Decision | None:
    """The act that ended the first dossier."""
    return Decision.objects.filter(application=story.application, kind__in=Decision.ON_A_REQUEST).first()


def contest(story: Story) -> None:
    """The president lodges an appeal, opens its receipt, and the appeal officer takes it up."""
    contested = _act(story)
    if contested is None or contested.appeals.exists():
        return
    upload = paper("bilan.pdf", "Bilan de l'année", story.told.name)
    actions.lodge(
        decision_pk=contested.pk,
        contested=CONTESTED,
        asked=ASKED,
        uploads=[upload],
        at=story.at(70),
        by=story.president,
    )
    open_letters(story)
    actions.take_up(appeal_pk=_appeal(story).pk, at=story.at(74), by=_examiner())


def answer(story: Story) -> None:
    """The appeal officer answers point by point; a signatory who had no part in the act signs."""
    appeal = _appeal(story)
    if appeal.answer_id is not None:
        return
    words, fact = POINTS[story.told.stage]
    outcome = Appeal.Outcome.UPHELD if story.told.stage == "appeal_upheld" else Appeal.Outcome.REJECTED
    written = Answer(
        outcome=outcome,
        reasons_in_law=IN_LAW,
        reasons_in_fact=fact,
        what_changes="La demande est reprise : ses pièces sont vérifiées, puis le comité l'évalue.",
        points=((CONTESTED, words),),
    )
    act = actions.prepare_answer(appeal_pk=appeal.pk, answer=written, at=story.at(90), by=_examiner())
    actions.send_for_signature(decision_pk=act.pk, at=story.at(91), by=_examiner())
    actions.sign(decision_pk=act.pk, at=story.at(92), by=_other_signatory())
    open_letters(story)


def go_to_court(story: Story) -> None:
    """The association, whose appeal was rejected, goes to court; the Institute must answer by a day."""
    contested = _act(story)
    if contested is None or contested.litigations.exists():
        return
    at, by = story.at(104), _examiner()
    opened_on = timezone.localdate(at) - timedelta(days=2)
    case = actions.open_litigation(
        decision_pk=contested.pk,
        court=settings.COURT_NAME,
        number="2609917-4",
        opened_on=opened_on,
        brought_by=Litigation.BroughtBy.HOLDER,
        at=at,
        by=by,
    )
    actions.add_step(
        litigation_pk=case.pk,
        kind=LitigationStep.Kind.BRIEF_DUE,
        happened_on=timezone.localdate(at),
        text="Le greffe demande le mémoire en défense.",
        due_on=timezone.localdate(story.now) + timedelta(days=45),
        at=at,
        by=by,
    )


def _appeal(story: Story) -> Appeal:
    found: Appeal = Appeal.objects.get(decision__application=story.application)
    return found


def _examiner() -> Actor:
    return people.acting(people.APPEALS, Role.APPEAL_OFFICER)


def _other_signatory() -> Actor:
    return people.acting(people.OTHER_SIGNATORY, Role.SIGNATORY)
