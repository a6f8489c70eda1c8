"""Around the evaluation: the facts that the office writes before it, the second round after it."""

from __future__ import annotations

from desks.demonstration.story.context import Story
from journal.moves import Actor
from label.models import Application
from reviewers import actions
from reviewers.grid import with_finding
from reviewers.models import Assignment, OfficeFinding

FINDINGS = {
    "A1.1": "Récépissé de la préfecture joint. Les statuts de 2019 disent un but non lucratif (article 2).",
    "A3.1": "Procès-verbaux des trois dernières assemblées joints. La présidence a été élue en mars, comme les "
    "statuts le prévoient.",
    "A4.1": "Comptes des deux derniers exercices joints et approuvés en assemblée. Ils ne sont pas en ligne.",
    "A6.1": "La fiche d'accueil contient la mention d'information. Le registre des traitements est joint.",
    "A6.2": "Liste des outils jointe : un hébergement en France, un mot de passe par bénévole.",
}
USUAL = "Les pièces demandées sont jointes et lisibles."
# What the second round changes in the dossier that is discussed: pseudonym -> criterion, score, reason.
CHANGES = {
    "Professionnel A": (
        "A2.3",
        2,
        "Les témoignages lus par les aidants du panel montrent que l'accueil existe vraiment.",
    ),
    "Patient A": ("A5.2", 3, "La conduite à tenir en cas d'alerte n'est écrite que dans une annexe."),
}
READ_TO_THE_END = "Aidant A"


def write_findings(story: Story) -> None:
    """The officer writes the facts that the edition asks for, before the panel."""
    application = story.application
    if story.state != Application.State.ADMISSIBLE or application.snapshot is None:
        return
    kept = OfficeFinding.objects.current(application.snapshot_id)
    wanted = with_finding(application.edition, application.snapshot)
    actions.record_office_findings(
        application_pk=application.pk,
        findings={code: FINDINGS.get(code, USUAL) for code in wanted if code not in kept},
        seen={},
        at=story.at(11),
        by=story.officer,
    )


def discuss(story: Story) -> None:
    """The secretariat opens the second round; two members change one score, one has finished, the others have not."""
    rows = Assignment.objects.filter(application=story.application).select_related("mandate__user")
    if story.state != Application.State.IN_DELIBERATION or rows.exclude(reopened_at=None).exists():
        return
    actions.open_discussion(application_pk=story.application.pk, at=story.at(34), by=story.secretary)
    for row in rows.order_by("pk"):
        by = Actor(row.mandate.user, "member")
        if row.pseudonym in CHANGES:
            criterion, value, reason = CHANGES[row.pseudonym]
            actions.change_score(
                assignment_pk=row.pk,
                criterion=criterion,
                verdict="scored",
                value=value,
                reason=reason,
                version=0,
                at=story.at(36, 19),
                by=by,
            )
        if row.pseudonym == READ_TO_THE_END:
            actions.keep_score(assignment_pk=row.pk, criterion="A2.3", version=0, at=story.at(37, 19), by=by)
            actions.finish_rereading(assignment_pk=row.pk, at=story.at(37, 20), by=by)
