"""A whole session in a real browser: six members, a quorum missed, a second convocation, votes, the minutes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from reviewers.models import Ballot, Mandate, Session
from tests.browser.people import Somebody, enter
from tests.factories import reviewers
from tests.factories import sessions as factory
from tests.factories.structures import structure
from tests.reading import plain

pytestmark = pytest.mark.django_db(transaction=True)
Checks = Callable[[Page], None]
AMBRE, CORAIL = "Collectif Ambre", "Collectif Corail"


class Room:
    """The session, the browser of each member and the one of the secretariat."""

    def __init__(self, session: Session, members: list[Mandate], checks: list[Checks]) -> None:
        self.session, self.members, self.checks = session, members, checks
        self.people: list[Somebody] = []
        self.office: Somebody

    def goes(self, who: Somebody, name: str, *args: object, space: str = "committee") -> Somebody:
        """Open a page of the session."""
        who.page.goto(reverse(f"{space}_session{name and f'_{name}'}", args=[self.session.reference, *args]))
        return who

    def checked(self, who: Somebody) -> None:
        """The page on screen breaks no rule of accessibility and fits the smallest phone."""
        for check in self.checks:
            check(who.page)

    def item(self, place: int) -> int:
        """The key of the item at that place."""
        return factory.item_of(self.session, place).pk

    def votes(self, place: int, choice: str, whose: int | None = None) -> None:
        """That member votes for themselves, or for who gave them a proxy."""
        who = self.people[place]
        who.page.get_by_role("link", name="Voter", exact=True).click()
        who.is_on("Votre vote")
        key = self.members[place if whose is None else whose].pk
        form = who.page.locator(f"section[aria-labelledby='vote-{key}']")
        form.get_by_text(choice, exact=True).click()
        form.get_by_role("button").click()
        expect(form.get_by_text("Vote enregistré à")).to_be_visible()


def days_go_by(session: Session, now: datetime) -> None:
    """The day of the second convocation has come."""
    Session.objects.filter(pk=session.pk).update(sits_at=now, first_sits_at=now - timedelta(days=16))


@pytest.fixture
def room(another: Callable[..., Page], live_server, axe: Checks, fits: Checks) -> Room:
    now = timezone.now()
    at = now - timedelta(days=40)
    members = reviewers.committee(at=at)
    dossiers = [factory.deliberated(found=structure(name=name), at=at) for name in (AMBRE, CORAIL)]
    session = factory.planned(members, at=at, sits_at=now)
    for one in dossiers:
        factory.listed(session, one, at=at)
    factory.sessions.convene(
        session_pk=session.pk, at=now - timedelta(days=20), by=factory.secretary_of(session)
    )
    made = Room(session, members, [axe, fits])
    for place, mandate in enumerate(members):
        page = another(width=1280 if place == 0 else 360, javascript=place != 2)
        enter(page, live_server.url, mandate.user)
        made.people.append(Somebody(page))
    made.office = Somebody(another())
    enter(made.office.page, live_server.url, session.secretary)
    return made


def test_a_session_from_a_missed_quorum_to_its_approved_minutes(room: Room) -> None:
    the_quorum_is_missed(room)
    members_answer(room)
    the_sitting_begins(room)
    the_first_item_is_voted(room)
    the_second_item_is_voted_in_secret(room)
    the_minutes_are_read_back(room)


def the_quorum_is_missed(room: Room) -> None:
    office = room.goes(room.office, "attendance", space="staff")
    office.page.locator(f"#id_seat-{room.members[0].pk}-mode").select_option("present")
    office.presses("Enregistrer les présences")
    office.reads("Le quorum n'est pas atteint.")
    room.checked(office)
    room.goes(office, "run", space="staff").presses("Constater l'absence de quorum")
    office.reads("Proposer une nouvelle date")
    office.follows("Préparer la seconde convocation")
    office.fills("Date", (timezone.now() + timedelta(days=16)).strftime("%d/%m/%Y"))
    office.fills("Heure", "10 h")
    room.checked(office)
    office.page.get_by_role("button", name="Envoyer 6 convocations").click()
    office.reads("Les secondes convocations sont parties.")
    days_go_by(room.session, timezone.now())


def members_answer(room: Room) -> None:
    """The second gives a proxy to the first, the fourth says a link with the first item, the third has no script."""
    giver = room.goes(room.people[1], "")
    giver.reads("Aucun quorum d'ensemble n'est exigé.")
    giver.chooses("Je donne un pouvoir")
    giver.page.get_by_label("À qui donnez-vous votre pouvoir ?").select_option(str(room.members[0].pk))
    giver.presses("Envoyer ma réponse")
    giver.reads("Pouvoir donné à")
    room.checked(giver)
    for place in (0, 2, 3, 4, 5):
        for point in (0, 1):
            who = room.goes(room.people[place], "item", room.item(point))
            if place == 3 and not point:
                who.fills("Quel est ce lien ?", "Je dirige un service qui la finance.")
                who.presses("Le signaler")
                who.reads("Vous ne prenez pas part à ce point")
            else:
                who.chooses("Je n'ai aucun lien avec ce dossier")
                who.presses("Continuer")
                who.reads("Résultat de l'évaluation")
    room.checked(room.people[4])
    room.goes(room.people[4], "dossier", room.item(1)).reads("Confidentiel")


def the_sitting_begins(room: Room) -> None:
    office = room.goes(room.office, "attendance", space="staff")
    given = office.page.locator(f"#id_seat-{room.members[1].pk}-holder")
    expect(given).to_have_value(str(room.members[0].pk))
    for place in (0, 2, 3, 4, 5):
        mode = office.page.locator(f"#id_seat-{room.members[place].pk}-mode")
        mode.select_option("remote" if place == 5 else "present")
    office.presses("Enregistrer les présences")
    office.reads("Le quorum est atteint.")
    for place in range(2, 6):
        room.goes(room.people[place], "live").is_on("La séance va commencer")
    room.checked(room.people[5])
    chair = room.goes(room.people[0], "run")
    room.checked(chair)
    chair.presses("Ouvrir la séance")
    chair.reads("Appeler un point")
    room.checked(chair)


def the_first_item_is_voted(room: Room) -> None:
    chair, away = room.people[0], room.people[3]
    chair.page.get_by_role("button", name="Appeler ce point 1").click()
    chair.is_on(AMBRE)
    # The pages of the others follow by themselves; the one without script is refreshed by hand.
    away.is_on("Vous quittez la séance pour ce point")
    expect(away.page.get_by_text(AMBRE)).to_have_count(0)
    room.checked(away)
    for place in (4, 5):
        room.people[place].is_on(AMBRE)
        room.people[place].reads(
            "Quorum atteint : 5 présents, dont 2 patients, 1 aidant, 2 professionnels de santé."
        )
    room.checked(room.people[4])
    room.people[2].follows("Actualiser")
    room.people[2].is_on(AMBRE)
    chair.presses("Ouvrir le vote")
    chair.reads("On attend encore")
    room.checked(chair)
    room.people[2].follows("Actualiser")
    room.votes(2, "Favorable")
    for place, choice in ((4, "Favorable"), (5, "Défavorable")):
        room.votes(place, choice)
    room.checked(room.people[5])
    room.goes(chair, "live")
    room.votes(0, "Abstention")
    room.goes(chair, "live")
    room.votes(0, "Favorable", whose=1)
    room.goes(room.people[5], "live")
    room.votes(5, "Favorable")  # changed before the vote is closed
    assert Ballot.objects.count() == 5
    room.goes(chair, "run").reads("Tout le monde a voté.")
    chair.presses("Clore le vote")
    chair.reads("Avis : Favorable")
    room.checked(chair)
    chair.fills("Motifs de l'avis", factory.REASONS)
    chair.page.locator("label[for^='id_adopt-solutions']").first.click()
    chair.presses("Adopter l'avis")
    chair.reads("L'avis est adopté.")


def the_second_item_is_voted_in_secret(room: Room) -> None:
    chair, back = room.people[0], room.people[3]
    chair.page.get_by_role("button", name="Appeler ce point 2").click()
    chair.is_on(CORAIL)
    back.is_on(CORAIL)
    back.follows("Demander un vote secret")
    back.presses("Demander un vote secret")
    back.reads("Le vote est secret.")
    room.goes(chair, "run").presses("Ouvrir le vote")
    for place in (0, 2, 3, 4, 5):
        room.goes(room.people[place], "live")
        room.votes(place, "Défavorable")
    back.reads("Une fois voté, il ne peut plus être changé.")
    room.checked(back)
    room.goes(chair, "run").presses("Clore le vote")
    chair.reads("Avis : Défavorable")
    chair.fills("Motifs de l'avis", factory.REASONS)
    chair.presses("Adopter l'avis")
    chair.presses("Clore la séance")
    chair.reads("Terminée")


def the_minutes_are_read_back(room: Room) -> None:
    office, chair = room.office, room.people[0]
    room.goes(office, "minutes", space="staff").presses("Rédiger le procès-verbal")
    office.fills("Ouverture de la séance", "Accueil par la présidence.")
    office.presses("Enregistrer")
    office.fills("Ouverture de la séance", "Accueil par les deux présidences.")
    office.presses("Enregistrer")
    expect(office.page.locator("del")).to_have_text("Accueil par la présidence.")
    office.presses("Envoyer pour accord")
    room.checked(office)
    room.goes(chair, "minutes")
    room.checked(chair)
    chair.presses("Approuver le procès-verbal")
    chair.reads("Votre accord est noté.")
    room.goes(office, "minutes", space="staff").presses("Approuver le procès-verbal")
    office.reads("Compte rendu approuvé")
    with office.page.expect_download() as waited:
        office.follows("Télécharger le procès-verbal (PDF)")
    pages = pypdf.PdfReader(io.BytesIO(waited.value.path().read_bytes())).pages
    said = plain(" ".join(page.extract_text() for page in pages))
    for words in ("Seconde convocation", AMBRE, CORAIL, "a quitté la séance à", "Vote secret", "pouvoir à"):
        assert words in said, words
    room.goes(room.people[3], "minutes").reads(CORAIL)
    expect(room.people[3].page.get_by_text(AMBRE)).to_have_count(0)
    room.checked(room.goes(office, "", space="staff"))
    office.page.goto(reverse("staff_sessions"))
    room.checked(office)
    room.people[4].page.goto(reverse("committee_sessions"))
    room.checked(room.people[4])
    office.page.goto(reverse("staff_session_plan"))
    room.checked(office)


def test_the_pages_before_and_beside_a_session_are_accessible(
    another, live_server, axe: Checks, fits: Checks
) -> None:
    """The agenda with a link known before, the convocations, a point to discuss; the home of a member; in English."""
    now = timezone.now()
    at = now - timedelta(days=40)
    members = reviewers.committee(at=at)
    dossiers = [
        factory.deliberated(found=structure(name=name), flags=True, at=at) for name in (AMBRE, CORAIL, "Rive")
    ]
    session = factory.planned(members, at=at, sits_at=now + timedelta(days=20))
    for one in dossiers:
        factory.listed(session, one, at=at)
    for place in (0, 2):
        reviewers.actions.declare_link(
            mandate_pk=members[1].pk,
            organisation_name=dossiers[place].structure.name,
            kind="officer",
            at=at,
            by=reviewers.member_actor(members[1]),
        )
    room = Room(session, members, [axe, fits])
    room.office, member = Somebody(another()), Somebody(another(width=360))
    enter(room.office.page, live_server.url, session.secretary)
    enter(member.page, live_server.url, members[0].user)
    for name in ("", "agenda", "change", "convene"):
        room.checked(room.goes(room.office, name, space="staff"))
    room.goes(room.office, "agenda", space="staff").reads("1 personne quitte la salle 2 fois.")
    room.office.presses("Prendre cet ordre")
    room.office.reads("L'ordre du jour est enregistré.")
    room.goes(room.office, "convene", space="staff").presses("Envoyer 6 convocations")
    member.page.goto(reverse("committee"))
    member.reads("Prochaine séance")
    member.page.get_by_text("English", exact=True).click()
    member.reads("Next meeting")
    room.checked(member)
    room.checked(room.goes(member, "item", room.item(0)))
    Session.objects.filter(pk=session.pk).update(sits_at=now)
    for one in members:
        factory.attend(session, one, at=now)
    factory.sessions.begin_session(session_pk=session.pk, at=now, by=factory.chair_of(session))
    factory.called(session, at=now)
    room.checked(room.goes(room.office, "run", space="staff"))
    room.goes(room.office, "attendance", space="staff").page.get_by_role(
        "button", name="Sort un moment"
    ).first.click()
    room.checked(room.office)
