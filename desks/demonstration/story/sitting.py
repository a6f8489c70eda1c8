"""The committee sits: one session held for the dossier whose opinion is given, one to come for those that wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Role
from desks.demonstration import people
from desks.demonstration.answers import paper
from desks.demonstration.people import MEMBERS
from desks.demonstration.story.context import Story, member_of_committee
from journal.moves import Actor
from label.models import Application
from letters.actions import open_online
from letters.models import Letter
from reviewers.actions import sessions
from reviewers.models import AgendaItem, Assignment, College, Mandate, Opinion, Session

PLACE = "Maison des associations, 2 rue des Tilleuls, Lyon (salle 3, de plain-pied)"
LINK = "https://visio.exemple.fr/comite"
ACCESS = "Arrêt de tramway à 100 mètres, boucle magnétique, salle de repos. Une pause au milieu."
EXPENSES = "Vos frais de transport sont avancés sur demande ; apportez vos billets."
SAID = "Le rapporteur a présenté le dossier ; les points relevés par l'évaluation ont été discutés un par un."
QUESTIONS = (
    "Qui encadre les sorties, et avec quelle formation ?",
    "Que faites-vous quand une personne se sent mal en chemin ?",
)
ANSWER = (
    "Chaque sortie est encadrée par une enseignante en activité physique adaptée et un bénévole formé aux premiers "
    "secours.\n\nLe bénévole reste avec la personne, l'enseignante appelle le 15 ; un véhicule suit le groupe."
)
TUESDAY = 1


def hold_session(
    story: Story, *, reasons: str, kind: str, conditions: list[str], solutions: list[int]
) -> None:
    """Two sessions on this dossier alone: questions to the association and its answer, then the opinion."""
    _ask(story)
    _answer(story)
    by, sits_at = story.secretary, story.at(45, 14)
    item = _called(story, sits_at, planned=38)
    session = item.session
    points = list(item.points.values_list("pk", flat=True))
    sessions.mark_discussed(item_pk=item.pk, point_pks=points, at=sits_at, by=by)
    opened = sits_at + timedelta(minutes=25)
    sessions.open_vote(item_pk=item.pk, at=opened, by=by)
    _vote(item, kind, against=_against(kind), at=opened)
    closed = opened + timedelta(minutes=10)
    sessions.close_vote(item_pk=item.pk, at=closed, by=by)
    sessions.adopt_opinion(
        item_pk=item.pk, reasons=reasons, conditions=conditions, solutions=solutions, at=closed, by=by
    )
    sessions.close_session(session_pk=session.pk, at=closed, by=by)
    _write_down(session, item, at=story.at(46), by=by)


def _ask(story: Story) -> None:
    """The first session needs to know more before its opinion: letter L5 leaves."""
    by, sits_at = story.secretary, story.at(36, 14)
    item = _called(story, sits_at, planned=27)
    closed = sits_at + timedelta(minutes=25)
    sessions.send_back(
        item_pk=item.pk,
        sent_to=AgendaItem.SentTo.ASSOCIATION,
        questions=QUESTIONS,
        at=closed,
        by=by.because("Le comité ne sait pas encore qui encadre les sorties."),
    )
    sessions.close_session(session_pk=item.session_id, at=closed, by=by)
    _write_down(item.session, item, at=story.at(37), by=by)


def _answer(story: Story) -> None:
    """The president opens the letter, then answers with a document."""
    for letter in Letter.objects.filter(code="L5", thread=story.application.thread_id, opened_at=None):
        open_online(letter_pk=letter.pk, at=story.at(37), by=story.president)
    sessions.answer_deferral(
        application_pk=story.application.pk,
        answer=ANSWER,
        uploads=[paper("encadrement.pdf", "Encadrement des sorties", story.told.name)],
        at=story.at(38),
        by=story.president,
    )


def _called(story: Story, sits_at: datetime, *, planned: int) -> AgendaItem:
    """The dossier in discussion at a session that was planned on that day of the story."""
    by = story.secretary
    session = _plan(sits_at, at=story.at(planned, 11), by=by)
    sessions.list_item(
        session_pk=session.pk, subject_pk=story.application.pk, at=story.at(planned, 11), by=by
    )
    sessions.convene(session_pk=session.pk, at=story.at(planned + 1), by=by)
    _sit(session, at=sits_at, by=by)
    item = AgendaItem.objects.select_related("session").get(session=session)
    sessions.call_item(item_pk=item.pk, at=sits_at, by=by)
    return item


def _plan(sits_at: datetime, *, at: datetime, by: Actor) -> Session:
    return sessions.plan_session(
        sits_at=sits_at,
        place=PLACE,
        link=LINK,
        access_notes=ACCESS,
        expenses_notes=EXPENSES,
        lay_chair_pk=_mandate(College.PATIENTS, 2).pk,
        professional_chair_pk=_mandate(College.PROFESSIONALS, 1).pk,
        at=at,
        by=by,
    )


def _mandate(college: str, place: int) -> Mandate:
    return Mandate.objects.get(user=member_of_committee(MEMBERS[college][place]))


def _sit(session: Session, *, at: datetime, by: Actor) -> None:
    """In each college: four in the room, one at a distance; of the last ones, a proxy, a contribution, an absence."""
    for college in College.values:
        for place in range(5):
            mode = "remote" if place == 4 else "present"
            sessions.record_attendance(
                session_pk=session.pk, mandate_pk=_mandate(college, place).pk, mode=mode, at=at, by=by
            )
    sessions.record_attendance(
        session_pk=session.pk,
        mandate_pk=_mandate(College.PATIENTS, 5).pk,
        mode="proxy",
        holder_pk=_mandate(College.PATIENTS, 0).pk,
        at=at,
        by=by,
    )
    sessions.record_attendance(
        session_pk=session.pk,
        mandate_pk=_mandate(College.CAREGIVERS, 5).pk,
        mode="written",
        contributions=dict.fromkeys(
            session.items.values_list("pk", flat=True),
            "Je suis favorable : j'ai vu cette action aider des proches.",
        ),
        at=at,
        by=by,
    )
    sessions.begin_session(session_pk=session.pk, at=at, by=by)


def hold_session_on(
    story: Story, *, kind: str, subject_pk: int, day: int, choice: str, against: str, reasons: str
) -> None:
    """A session on one other subject than a dossier: listed, discussed, voted, its opinion written."""
    by, sits_at = story.secretary, story.at(day, 14)
    planned = story.at(day - 14)
    session = _plan(sits_at, at=planned, by=by)
    sessions.list_item(session_pk=session.pk, subject_pk=subject_pk, kind=kind, at=planned, by=by)
    sessions.convene(session_pk=session.pk, at=story.at(day - 13), by=by)
    _sit(session, at=sits_at, by=by)
    item = AgendaItem.objects.select_related("session").get(session=session)
    sessions.call_item(item_pk=item.pk, at=sits_at, by=by)
    opened = sits_at + timedelta(minutes=25)
    sessions.open_vote(item_pk=item.pk, at=opened, by=by)
    _vote(item, choice, against=against, at=opened)
    closed = opened + timedelta(minutes=10)
    sessions.close_vote(item_pk=item.pk, at=closed, by=by)
    sessions.adopt_opinion(item_pk=item.pk, reasons=reasons, at=closed, by=by)
    sessions.close_session(session_pk=session.pk, at=closed, by=by)
    _write_down(session, item, at=story.at(day + 1), by=by)


def _against(kind: str) -> str:
    return Opinion.Kind.FAVOURABLE if kind == Opinion.Kind.UNFAVOURABLE else Opinion.Kind.UNFAVOURABLE


def _vote(item: AgendaItem, kind: str, *, against: str, at: datetime) -> None:
    """All vote in the sense of the story, but one against and one abstention; the holder votes for the absent one."""
    other = {(College.PROFESSIONALS, 0): against, (College.CAREGIVERS, 3): "abstention"}
    voters = [(college, place) for college in College.values for place in range(5)]
    for college, place in [*voters, (College.PATIENTS, 5)]:
        mandate = _mandate(college, place)
        hand = _mandate(college, 0) if place == 5 else mandate
        if hand == mandate:
            sessions.state_on_item(
                item_pk=item.pk, mandate_pk=hand.pk, has_link=False, at=at, by=Actor(hand.user, "member")
            )
        sessions.cast_ballot(
            item_pk=item.pk,
            choice=other.get((College(college), place), kind),
            mandate_pk=mandate.pk,
            at=at,
            by=Actor(hand.user, "member"),
        )


def _write_down(session: Session, item: AgendaItem, *, at: datetime, by: Actor) -> None:
    sessions.draft_minutes(session_pk=session.pk, at=at, by=by)
    parts = {"opening": "La coprésidence accueille les membres.", f"item-{item.pk}": SAID}
    sessions.complete_minutes(session_pk=session.pk, parts=parts, at=at, by=by)
    sessions.send_minutes(session_pk=session.pk, at=at, by=by)
    chair = Actor(_mandate(College.PATIENTS, 2).user, "member")
    sessions.approve_minutes(session_pk=session.pk, at=at, by=chair)
    sessions.approve_minutes(session_pk=session.pk, at=at, by=by)
    lesson = "Envoyer les documents en gros caractères une semaine plus tôt."
    sessions.write_logbook(session_pk=session.pk, text=lesson, at=at, by=by)


def convene_the_next(now: datetime) -> None:
    """A session next month, convened today, with the dossiers in deliberation; nothing when one is awaited."""
    waiting = Application.objects.filter(state=Application.State.IN_DELIBERATION).order_by("pk")
    if not waiting or Session.objects.filter(state__in=Session.TO_COME).exists():
        return
    by = people.acting(people.SECRETARY, Role.SECRETARIAT)
    session = _plan(_next_tuesday(now + timedelta(days=28)), at=now, by=by)
    for application in waiting:
        sessions.list_item(
            session_pk=session.pk, subject_pk=application.pk, minutes_planned=25, at=now, by=by
        )
    sessions.order_agenda(session_pk=session.pk, at=now, by=by)
    sessions.convene(session_pk=session.pk, at=now, by=by)
    _answer_by_phone(session, at=now, by=by)


def _answer_by_phone(session: Session, *, at: datetime, by: Actor) -> None:
    """The member without e-mail called: will come, wants the papers, has no link with the first item."""
    member = _mandate(College.CAREGIVERS, 5)
    phone = Assignment.Means.PHONE
    sessions.answer_invitation(
        session_pk=session.pk,
        mandate_pk=member.pk,
        answer="present",
        on_paper=True,
        means=phone,
        at=at,
        by=by,
    )
    item = session.items.order_by("position").first()
    if item is not None:
        sessions.state_on_item(
            item_pk=item.pk, mandate_pk=member.pk, has_link=False, means=phone, at=at, by=by
        )


def _next_tuesday(moment: datetime) -> datetime:
    local = timezone.localtime(moment)
    day = local + timedelta(days=(TUESDAY - local.weekday()) % 7)
    return day.replace(hour=14, minute=0, second=0, microsecond=0)
