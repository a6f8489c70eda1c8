"""The committee: the panel, the evaluations, the opinion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from desks.demonstration.answers import paper
from desks.demonstration.people import MEMBERS
from desks.demonstration.story import sitting
from desks.demonstration.story.context import Story, member_of_committee
from journal.moves import Actor
from label.models import Application
from reviewers import actions
from reviewers.grid import criteria
from reviewers.gridcode import code_of
from reviewers.models import Assignment, College, Mandate, Opinion
from reviewers.panels import panel_token
from reviewers.paper import printed_grid

State = Application.State
PATTERNS = {3: (3, 3, 4, 3, 2, 3), 1: (1, 2, 1, 2, 2)}
COMMENTS = {
    1: "Le dossier en dit trop peu : rien ne montre que c'est fait.",
    4: "C'est clair, vérifié par les documents, et d'autres pourraient s'en inspirer.",
}
REASONS = (
    "Le comité a lu le dossier et entendu le rapport des six membres du panel. Les actions répondent à un besoin "
    "dit par les personnes concernées ; leur place dans les décisions est réelle et vérifiable. Les documents "
    "joints montrent un fonctionnement régulier et des comptes accessibles. Les intervenants sont formés et "
    "rappellent que ces actions complètent les soins sans les remplacer."
)
AGAINST = (
    "Le comité a lu le dossier et entendu le rapport des six membres du panel. Les personnes concernées ne prennent "
    "pas part aux décisions, et rien ne montre que les informations données sont relues ni datées. Les comptes "
    "joints ne permettent pas de savoir d'où vient l'argent. Le comité invite la structure à revenir quand ces "
    "points seront établis, et la remercie pour l'utilité de son guichet."
)
CONDITION = "Publier les comptes du dernier exercice sur le site de l'association."
BY_PHONE = ("Patient B", "Aidant B")  # they have no computer at home
# Where the colleges disagree in the dossier that is discussed.
DISPUTED = {
    "A2.3": {College.PATIENTS: 3, College.CAREGIVERS: 4, College.PROFESSIONALS: 1},
    "A5.2": {College.PATIENTS: 4, College.CAREGIVERS: 3, College.PROFESSIONALS: 1},
}
# For the dossier that is being evaluated: what each of the six does, by last name; the others send theirs.
UNDER_WAY = {"Moreau": "half", "Bonnet": "declines", "Haddad": "late", "Castel": "paper"}
READ_WITH = (
    "Ce résumé ne remplace pas le dossier. Il ne dit rien de sa qualité : c'est à vous de l'évaluer, critère par "
    "critère."
)


def name_panel(story: Story) -> None:
    """Two members per college."""
    if story.state != State.ADMISSIBLE:
        return
    keys = [
        Mandate.objects.get(user=member_of_committee(MEMBERS[college][place])).pk
        for college in College.values
        for place in _places(story)
    ]
    actions.name_panel(
        application_pk=story.application.pk, mandate_pks=keys, at=story.at(12), by=story.secretary
    )


def _places(story: Story) -> tuple[int, int]:
    first = 0 if story.told.stage == "under_review" else story.place % 6
    return first, (first + 1) % 6


def write_summary(story: Story) -> None:
    """Two pages in plain language, before anybody is asked."""
    if story.state != State.ADMISSIBLE or story.application.plain_summaries.exists():
        return
    actions.write_summary(
        application_pk=story.application.pk, text=_plain(story), at=story.at(11), by=story.secretary
    )


def _plain(story: Story) -> str:
    """What the secretariat says of that dossier."""
    shown = [f"{one.name} : {one.summary}" for one in story.application.solutions.order_by("pk")]
    return "\n\n".join([story.told.summary, "Ce que l'association présente :", *shown, READ_WITH])


def review_all(story: Story) -> None:
    """The six evaluations, the last of which closes the evaluation."""
    if story.state != State.UNDER_REVIEW:
        return
    asked = _assignments(story)
    for assignment in asked:
        if assignment.pseudonym not in BY_PHONE:
            _accept(story, assignment)
    for rank, assignment in enumerate(asked):
        if assignment.pseudonym in BY_PHONE:
            _type(story, assignment, means=Assignment.Means.PHONE, at=story.at(20 + rank, 16))
        else:
            _send(story, assignment, day=20 + rank)
    _seal_what_was_typed(story)


def _seal_what_was_typed(story: Story) -> None:
    """The days to correct are over, and nobody corrected."""
    typed = Assignment.objects.filter(application=story.application, entry__isnull=False, state="accepted")
    for pk in typed.order_by("pk").values_list("pk", flat=True):
        actions.seal_entry(assignment_pk=pk, at=story.at(33), by=Actor.system())


def _type(story: Story, assignment: Assignment, *, means: str, at: datetime) -> None:
    """A member gives the scores by phone or by post; the secretariat types them and reads them back."""
    if assignment.state != Assignment.State.PROPOSED:
        return
    by_post = means == Assignment.Means.POST
    actions.enter_paper_grid(
        assignment_pk=assignment.pk,
        lines={
            code: actions.Given(value=value, comment=comment)
            for code, value, comment in _lines(story, assignment)
        },
        advice=_advice(story),
        comment=_comment(story),
        means=means,
        code=str(code_of(assignment)) if by_post else "",
        statement_signed=True,
        read_back_on=timezone.localdate(at),
        scan=SimpleUploadedFile("grille.pdf", printed_grid(assignment)) if by_post else None,
        at=at,
        by=story.secretary,
    )


def review_some(story: Story) -> None:
    """Two evaluations sent, one on paper, one half done, one late, one declined and asked again of somebody else."""
    if story.state != State.UNDER_REVIEW or story.application.assignments.exclude(state="proposed").exists():
        return
    asked = [(one, UNDER_WAY.get(one.mandate.user.last_name, "sends")) for one in _assignments(story)]
    for assignment, does in asked:
        if does not in ("declines", "paper"):
            _accept(story, assignment)
    for assignment, does in asked:
        if does == "declines":
            actions.decline(assignment_pk=assignment.pk, at=story.at(14), by=_member(assignment))
    for rank, (assignment, does) in enumerate(asked):
        if does == "sends":
            _send(story, assignment, day=20 + rank)
    for assignment, does in asked:
        if does == "half":
            _score(story, assignment, day=25, share=2)
            actions.extend_review(assignment_pk=assignment.pk, at=story.at(33), by=story.secretary)
    instead = Mandate.objects.get(user=member_of_committee(MEMBERS[College.CAREGIVERS][4]))
    actions.replace_members(
        application_pk=story.application.pk,
        mandate_pks=[instead.pk],
        seen=panel_token(story.application),
        at=story.at(38),
        by=story.secretary,
    )
    _type_what_came_by_post(story, asked)


def _type_what_came_by_post(story: Story, asked: list[tuple[Assignment, str]]) -> None:
    """A grid on paper, read back yesterday: the member may still correct it."""
    yesterday = story.now - timedelta(days=1)
    for assignment, does in asked:
        if does == "paper":
            _type(story, assignment, means=Assignment.Means.POST, at=yesterday)


def advise(story: Story) -> None:
    """The opinion of the session, in the sense of the story."""
    if story.state != State.IN_DELIBERATION:
        return
    kind = {
        "refused": Opinion.Kind.UNFAVOURABLE,
        "granted_with_conditions": Opinion.Kind.FAVOURABLE_WITH_CONDITIONS,
    }.get(story.told.stage, Opinion.Kind.FAVOURABLE)
    against = kind == Opinion.Kind.UNFAVOURABLE
    if story.told.stage == "advised":
        solutions = list(story.application.solutions.values_list("pk", flat=True))
        sitting.hold_session(story, reasons=REASONS, kind=kind, conditions=[], solutions=solutions)
        return
    actions.record_opinion(
        application_pk=story.application.pk,
        kind=kind,
        reasons=AGAINST if against else REASONS,
        conditions=[CONDITION] if kind == Opinion.Kind.FAVOURABLE_WITH_CONDITIONS else [],
        votes={"for": 3, "against": 12, "abstained": 1}
        if against
        else {"for": 14, "against": 1, "abstained": 1},
        present={College.PATIENTS: 6, College.CAREGIVERS: 5, College.PROFESSIONALS: 5},
        minutes=paper("proces-verbal.pdf", "Procès-verbal signé", story.told.name),
        solutions=[] if against else list(story.application.solutions.values_list("pk", flat=True)),
        adopted_on=story.at(36).date(),
        at=story.at(36, 17),
        by=story.secretary,
    )


def _assignments(story: Story) -> list[Assignment]:
    rows = Assignment.objects.filter(application=story.application).order_by("pk")
    return list(rows.select_related("mandate__user", "application__edition", "snapshot"))


def _member(assignment: Assignment) -> Actor:
    return Actor(assignment.mandate.user, "member")


def _accept(story: Story, assignment: Assignment) -> None:
    if assignment.state == Assignment.State.PROPOSED:
        actions.accept_assignment(assignment_pk=assignment.pk, at=story.at(13, 20), by=_member(assignment))


def _score(story: Story, assignment: Assignment, *, day: int, share: int = 1) -> None:
    """Score the criteria, or the first part of them."""
    known = set(assignment.scores.values_list("criterion", flat=True))
    lines = list(_lines(story, assignment))
    for code, value, comment in lines[: len(lines) // share]:
        if code not in known:
            actions.save_score(
                assignment_pk=assignment.pk,
                criterion=code,
                verdict="scored",
                value=value,
                comment=comment,
                version=0,
                at=story.at(day, 19),
                by=_member(assignment),
            )


def _lines(story: Story, assignment: Assignment) -> Iterator[tuple[str, int, str]]:
    """What that member thinks of each criterion: code, score, comment."""
    pattern = PATTERNS[story.told.score]
    rows = criteria(assignment.application.edition, assignment.snapshot)
    for place, row in enumerate(rows):
        value = pattern[(place + assignment.pk) % len(pattern)]
        if story.told.stage == "in_deliberation" and row.code in DISPUTED:
            value = DISPUTED[row.code][College(assignment.college)]
        yield row.code, value, COMMENTS.get(value, "")


def _send(story: Story, assignment: Assignment, *, day: int) -> None:
    if Assignment.objects.get(pk=assignment.pk).state != Assignment.State.ACCEPTED:
        return
    _score(story, assignment, day=day)
    actions.submit_review(
        assignment_pk=assignment.pk,
        advice=_advice(story),
        comment=_comment(story),
        at=story.at(day, 20),
        by=_member(assignment),
    )


def _advice(story: Story) -> str:
    return Opinion.Kind.UNFAVOURABLE if story.told.score < 2 else Opinion.Kind.FAVOURABLE


def _comment(story: Story) -> str:
    return "Un dossier à reprendre." if story.told.score < 2 else "Un dossier sérieux, utile aux personnes."
