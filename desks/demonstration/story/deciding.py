"""The acts of the Institute: prepared, signed, served."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from decisions import actions
from decisions.content import Content
from decisions.models import Decision
from desks.demonstration.answers import paper
from desks.demonstration.story.context import Story
from desks.demonstration.story.reviewing import CONDITION
from label.models import Application
from letters import actions as letters
from letters import files
from letters.models import Letter, StoredFile

IN_LAW = (
    "Vu la décision de l'Institut qui crée le label associatif et fixe son référentiel, édition 2027, notamment ses "
    "critères et les seuils au-dessous desquels le label ne peut être accordé ; vu la charte d'engagement signée par "
    "la structure ; vu le règlement du comité ; vu l'avis rendu par le comité sur le dossier tel qu'il a été déposé."
)
IN_FACT = (
    "Considérant que les actions présentées répondent à un besoin constaté avec les personnes concernées ; que les "
    "patients et les aidants prennent part aux décisions de la structure ; que les intervenants sont formés et que "
    "les actions complètent les soins sans les remplacer ; que les comptes sont présentés chaque année à l'assemblée."
)
AGAINST = (
    "Considérant que les personnes concernées ne prennent pas part aux décisions de la structure ; que les "
    "informations données au guichet ne sont ni datées ni relues par un professionnel ; que les comptes joints ne "
    "disent pas d'où vient l'argent ; que ces points comptent parmi ceux au-dessous desquels le label ne peut être "
    "accordé."
)
IMPROVE = (
    "Faire entrer deux personnes concernées au conseil, faire relire les informations par un service social "
    "hospitalier et publier les comptes. Le service peut vous aider à préparer une nouvelle demande."
)


def prepare(story: Story) -> None:
    """The case officer writes the act and sends it for signature."""
    if (
        story.state != Application.State.ADVISED
        or Decision.objects.filter(application=story.application).exists()
    ):
        return
    decision = actions.prepare(
        application_pk=story.application.pk, content=_content(story), at=story.at(40), by=story.officer
    )
    actions.send_for_signature(decision_pk=decision.pk, at=story.at(41), by=story.officer)


def _content(story: Story) -> Content:
    solutions = list(story.application.solutions.values_list("pk", flat=True))
    if story.told.stage == "refused":
        return Content(
            kind=Decision.Kind.REFUSE,
            reasons_in_law=IN_LAW,
            reasons_in_fact=AGAINST,
            how_to_improve=IMPROVE,
            criteria=("A3.2", "A4.1", "A5.1"),
        )
    conditions = story.told.stage == "granted_with_conditions"
    due_on = timezone.localdate(story.now) + timedelta(days=120)
    return Content(
        kind=Decision.Kind.GRANT_WITH_CONDITIONS if conditions else Decision.Kind.GRANT,
        reasons_in_law=IN_LAW,
        reasons_in_fact=IN_FACT,
        criteria=("A2.1", "A3.2", "A5.2"),
        solution_pks=solutions,
        conditions=((CONDITION, "Adresse de la page où ils sont publiés", due_on),) if conditions else (),
    )


def sign(story: Story) -> None:
    """Somebody else signs; the label exists from that moment on."""
    decision = Decision.objects.filter(application=story.application, state=Decision.State.PREPARED).first()
    if decision is not None and decision.submitted_at is not None:
        actions.sign(decision_pk=decision.pk, at=story.at(45), by=story.signatory)


def open_letters(story: Story) -> None:
    """The president opens the letters that came online."""
    rows = _letters(story).filter(channel=Letter.Channel.ONLINE, opened_at=None)
    for letter in rows:
        at = min(letter.issued_at + timedelta(days=2), story.now)
        letters.open_online(letter_pk=letter.pk, at=at, by=story.president)


def serve_by_post(story: Story) -> None:
    """Every letter is printed, signed by hand, posted and received, with its proof."""
    for letter in _letters(story).filter(channel=Letter.Channel.POST, received_on=None):
        _post(story, letter)


def serve_all_but_the_last(story: Story) -> None:
    """The letters before the decision were posted; the decision waits on the desk of the secretariat."""
    waiting = list(_letters(story).filter(channel=Letter.Channel.POST, received_on=None))
    for letter in waiting:
        if letter.code not in ("L6", "L7", "L8"):
            _post(story, letter)


def _post(story: Story, letter: Letter) -> None:
    day = timezone.localdate(letter.issued_at)
    at = letter.issued_at + timedelta(days=1)
    letters.record_hand_signature(
        letter_pk=letter.pk, scan=_kept(story, letter, "letter_scan"), at=at, by=story.secretary
    )
    letters.record_posting(
        letter_pk=letter.pk,
        registered_number=f"2C {100_000_000 + letter.pk}",
        sent_on=day + timedelta(days=1),
        at=at,
        by=story.secretary,
    )
    at = letter.issued_at + timedelta(days=5)
    letters.record_receipt(
        letter_pk=letter.pk,
        presented_on=day + timedelta(days=3),
        received_on=day + timedelta(days=4),
        proof=_kept(story, letter, "letter_proof"),
        at=at,
        by=story.secretary,
    )


def _kept(story: Story, letter: Letter, purpose: str) -> StoredFile:
    words = "Lettre signée à la main" if purpose == "letter_scan" else "Avis de réception"
    return files.store(
        upload=paper(f"{purpose}.pdf", words, story.told.name),
        subject=letter.subject,
        purpose=purpose,
        thread=letter.thread,
        at=letter.issued_at + timedelta(days=1),
        by=story.secretary,
    )


def _letters(story: Story) -> QuerySet[Letter]:
    return Letter.objects.filter(thread=story.application.thread).select_related("thread").order_by("pk")
