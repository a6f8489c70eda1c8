"""The pages of a session: what each person reads and does, and what a link never shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Role, User
from label.models import Application
from letters.models import Mail
from reviewers.actions import sessions as actions
from reviewers.models import AgendaItem, Ballot, ItemStatement, Mandate, Session, StepOut
from tests.factories import reviewers
from tests.factories import sessions as factory
from tests.factories.accounts import signed_in, staff
from tests.factories.structures import structure
from tests.reading import closed, pdf_words, plain, words

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """A session that sits today, two members per college, the first of them presiding; two dossiers on its agenda."""

    session: Session
    members: list[Mandate]
    dossiers: list[Application]
    now: datetime
    clients: dict[int, Client] = field(default_factory=dict)

    def member(self, place: int) -> Client:
        """The browser of that member."""
        return self._of(self.members[place].user)

    @property
    def office(self) -> Client:
        """The browser of the secretary of the session."""
        return self._of(self.session.secretary)

    def _of(self, user: User) -> Client:
        if user.pk not in self.clients:
            self.clients[user.pk] = signed_in(Client(), user)
        return self.clients[user.pk]

    def url(self, name: str, *args: object, space: str = "committee") -> str:
        """The address of a page of this session."""
        return reverse(f"{space}_session{name and f'_{name}'}", args=[self.session.reference, *args])

    def item(self, place: int = 0) -> AgendaItem:
        """The item at that place."""
        return factory.item_of(self.session, place)

    def read(self, client: Client, name: str, *args: object, space: str = "committee") -> str:
        """What that page says."""
        response = client.get(self.url(name, *args, space=space))
        assert response.status_code == 200, (name, response.status_code)
        return words(response)

    def post(self, client: Client, name: str, *args: object, space: str = "committee", **data: Any) -> Any:
        """Send that page."""
        return client.post(self.url(name, *args, space=space), data)

    def run(self, go: str, client: Client | None = None, **data: Any) -> None:
        """One act of who presides, through the page."""
        response = self.post(client or self.member(0), "run", go=go, **data)
        assert response.status_code == 302, words(response)
        assert response.url == self.url("run")

    def states(self, place: int, item: AgendaItem, *, link: bool = False) -> Any:
        """That member says whether they have a link with the item."""
        data = {"go": "link", "text": "Une proche y travaille."} if link else {"go": "none", "no_link": "on"}
        return self.post(self.member(place), "item", item.pk, **data)


def planned(*, dossiers: int = 2, flags: bool = False, in_days: int = 0) -> World:
    """A session that nobody was told of."""
    now = timezone.now()
    at = now - timedelta(days=40)
    members = reviewers.committee(at=at)
    found = [
        factory.deliberated(found=structure(name=f"Association n° {place}"), flags=flags, at=at)
        for place in range(dossiers)
    ]
    session = factory.planned(members, at=at, sits_at=now + timedelta(days=in_days))
    for one in found:
        factory.listed(session, one, at=at)
    return World(session, members, found, now)


def convened(**facts: Any) -> World:
    """Its letters left twenty days before."""
    world = planned(**facts)
    at = world.session.sits_at - timedelta(days=20)
    actions.convene(session_pk=world.session.pk, at=at, by=factory.secretary_of(world.session))
    world.session = Session.objects.select_related("secretary", "lay_chair__user").get(pk=world.session.pk)
    return world


def opened(**facts: Any) -> World:
    """Everybody is in the room."""
    world = convened(**facts)
    for mandate in world.members:
        factory.attend(world.session, mandate, at=world.now)
    actions.begin_session(session_pk=world.session.pk, at=world.now, by=factory.chair_of(world.session))
    return world


def test_the_secretariat_plans_a_session_and_puts_its_agenda_in_order() -> None:
    world = planned(dossiers=3)
    actions.take_off(
        item_pk=world.item(2).pk, at=world.now, by=factory.secretary_of(world.session).because("Trop long.")
    )
    form = {"hour": "14 h 30", "place": "Lyon", "minutes_planned": "90", "once": "a" * 32}
    form |= {"lay_chair": world.members[0].pk, "professional_chair": world.members[5].pk}
    form |= {"access_notes": "De plain-pied.", "expenses_notes": "Avancés sur demande."}
    address = reverse("staff_session_plan")

    bad = world.office.post(address, form | {"day": "hier", "minutes_planned": "9000"})
    past = world.office.post(address, form | {"day": "03/03/2020"})
    soon = (world.now + timedelta(days=30)).strftime("%d/%m/%Y")
    mute = world.office.post(address, form | {"day": soon, "access_notes": " ", "expenses_notes": ""})
    day = (world.now + timedelta(days=30)).strftime("%d/%m/%Y")
    good = world.office.post(address, form | {"day": day})
    again = world.office.post(address, form | {"day": day})

    assert "Écrivez une date comme 03/03/2027." in words(bad) and "Lyon" in bad.content.decode()
    assert "Cette date est passée." in words(past)
    assert mute.status_code == 200 and set(mute.context["form"].errors) == {"access_notes", "expenses_notes"}
    assert "Dites comment venir" in words(mute) and "Dites comment les frais" in words(mute)
    assert good.url == again.url and Session.objects.count() == 2
    made = Session.objects.latest("pk")
    assert timezone.localtime(made.sits_at).strftime("%H:%M") == "14:30"
    agenda = reverse("staff_session_agenda", args=[made.reference])
    assert "Association n° 2" in words(world.office.get(agenda))
    listed = {
        "go": "list",
        "dossiers": f"opinion-{world.dossiers[2].pk}",
        "minutes_planned": "20",
        "hearing": "on",
    }
    assert world.office.post(agenda, listed | {"dossiers": "999"}).status_code == 200
    assert world.office.post(agenda, listed).url == agenda
    assert made.items.get().hearing_planned


def test_the_order_with_the_fewest_passages_is_proposed_with_its_reason() -> None:
    world = planned(dossiers=3)
    for place in (0, 2):
        dossier = world.dossiers[place]
        reviewers.actions.declare_link(
            mandate_pk=world.members[1].pk,
            organisation_name=dossier.structure.name,
            kind="officer",
            at=world.now,
            by=reviewers.member_actor(world.members[1]),
        )

    page = world.read(world.office, "agenda", space="staff")

    assert "Dans cet ordre : 1 personne quitte la salle 2 fois." in page
    assert "Ordre proposé 1 personne quitte la salle 1 fois." in page
    assert str(world.members[1].user) in page
    keys = [world.item(place).pk for place in range(3)]
    world.post(world.office, "agenda", space="staff", go="propose")
    assert "Ordre proposé" not in world.read(world.office, "agenda", space="staff")
    ranks = {f"rank-{key}": rank for rank, key in zip("312", keys, strict=True)}
    world.post(world.office, "agenda", space="staff", go="order", **ranks)
    assert [world.item(place).pk for place in range(3)] == [keys[1], keys[2], keys[0]]
    world.post(world.office, "agenda", space="staff", go=f"up-{keys[0]}")
    assert [world.item(place).pk for place in range(3)] == [keys[1], keys[0], keys[2]]
    assert "Pourquoi" in words(world.post(world.office, "agenda", space="staff", go=f"off-{keys[0]}"))
    world.post(world.office, "agenda", space="staff", go=f"off-{keys[0]}", **{"off-reason": "Reporté."})
    assert AgendaItem.objects.get(pk=keys[0]).state == "sent_back"


def test_convocations_are_read_before_they_leave_and_paper_is_told() -> None:
    world = planned(in_days=20)
    user = world.members[1].user
    user.preferred_channel, user.address, user.postal_code, user.city = "post", "2 rue Nue", "69001", "Lyon"
    user.save()

    page = world.read(world.office, "convene", space="staff")
    theirs = words(world.office.get(world.url("convene", space="staff"), {"membre": world.members[1].pk}))

    assert "Envoyer 6 convocations" in page
    assert f"{user} (Patients) : papier" in page and f"Lettre pour {user}" in theirs
    assert "Association n° 0" in page
    assert world.post(world.office, "convene", space="staff", go="send").status_code == 302
    assert Session.objects.get(pk=world.session.pk).state == "convened"
    assert world.office.get(world.url("convene", space="staff")).status_code == 404


def test_a_member_answers_and_changes_the_answer() -> None:
    world = convened(in_days=10)

    page = world.read(world.member(1), "")
    silent = world.post(world.member(1), "", go="answer", answer="proxy")
    empty = world.post(
        world.member(1), "", go="answer", answer="written", **{f"written-{world.item().pk}": " "}
    )
    other = world.post(world.member(1), "", go="answer", answer="proxy", holder=world.members[4].pk)
    given = world.post(world.member(1), "", go="answer", answer="proxy", holder=world.members[0].pk)

    assert "Dire comment vous participez" in page and "Association n° 1" in page
    assert "Choisissez quelqu'un d'autre du même collège." in words(silent)
    assert "Écrivez votre contribution." in words(empty)
    assert other.status_code == 200
    assert given.status_code == 302
    assert f"Pouvoir donné à {world.members[0].user}" in world.read(world.member(1), "")
    assert world.post(world.member(1), "", go="answer", answer="remote").status_code == 302
    invitation = world.session.invitations.get(mandate=world.members[1])
    assert invitation.answer == "remote"
    assert world.member(1).get(reverse("letter", args=[invitation.letter_id])).status_code == 200
    assert world.member(2).get(reverse("letter", args=[invitation.letter_id])).status_code == 404


def test_a_calendar_file_says_where_and_when_and_nothing_of_the_agenda() -> None:
    world = convened(in_days=10)

    answer = world.member(0).get(world.url("calendar"))

    text = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert "BEGIN:VEVENT" in text and "Maison des associations" in text
    assert "Association" not in text.replace("Maison des associations", "")


def test_nothing_of_a_dossier_is_read_before_saying_that_there_is_no_link() -> None:
    world = opened(flags=True)
    item = world.item()

    before = world.read(world.member(1), "item", item.pk)
    closed = world.member(1).get(world.url("dossier", item.pk))
    blank = world.post(world.member(1), "item", item.pk, go="none")
    world.states(1, item)
    after = world.read(world.member(1), "item", item.pk)

    assert "Avez-vous un lien avec ce dossier ?" in before and "Résultat de l'évaluation" not in before
    assert "À discuter en séance" not in before
    assert closed.status_code == 404
    assert "Cochez la case pour confirmer." in words(blank)
    assert "Résultat de l'évaluation" in after and "À discuter en séance" in after
    assert world.member(1).get(world.url("dossier", item.pk)).status_code == 200


def test_a_link_shows_a_place_and_a_time_and_nothing_else() -> None:
    world = opened()
    item, other = world.item(0), world.item(1)
    told = world.states(1, item, link=True)

    assert told.url == world.url("")
    for name in ("", "live"):
        page = world.read(world.member(1), name)
        assert "Vous quittez la séance pour ce point" in page
        assert "Association n° 0" not in page and world.dossiers[0].reference not in page
        assert "Association n° 1" in page
    for name in ("item", "dossier", "vote", "secret"):
        assert world.member(1).get(world.url(name, item.pk)).status_code == 404
        assert world.post(world.member(1), name, item.pk, go="none").status_code == 404
    world.states(0, item)
    world.run(f"call-{item.pk}")
    page = world.read(world.member(1), "live")
    assert "Vous quittez la séance pour ce point" in page and "Association n° 0" not in page
    world.run("open_vote")
    assert "Association n° 0" not in world.read(world.member(1), "live")
    assert world.post(world.member(1), "vote", item.pk, go=f"vote-{world.members[1].pk}").status_code == 404
    assert world.member(1).get(world.url("item", other.pk)).status_code == 200


def test_a_co_chair_with_a_link_does_not_preside_over_that_item() -> None:
    world = opened()
    item = world.item(0)
    world.states(0, item, link=True)

    page = world.read(world.member(0), "run")
    forged = world.post(world.member(0), "run", go=f"call-{item.pk}")
    world.run(f"call-{item.pk}", client=world.member(4))
    during = world.read(world.member(0), "run")

    assert "Association n° 0" not in page and forged.status_code == 404
    assert "Un lien vous tient à l'écart de ce point" in during and "Association n° 0" not in during
    assert world.post(world.member(0), "run", go="open_vote").status_code == 404


def test_a_vote_is_changed_until_it_is_closed_and_a_proxy_has_a_form_of_its_own() -> None:
    world = opened(dossiers=1)
    item, holder, giver = world.item(), world.members[2], world.members[3]
    attendance = world.url("attendance")
    sheet = sheet_of(world)
    sheet |= {f"seat-{giver.pk}-mode": "proxy", f"seat-{giver.pk}-holder": holder.pk}
    assert world.office.post(world.url("attendance", space="staff"), sheet).status_code == 302
    assert world.member(0).get(attendance).status_code == 200
    for place in (0, 2):
        world.states(place, item)
    world.run(f"call-{item.pk}")
    early = world.read(world.member(2), "vote", item.pk)
    world.run("open_vote")
    page = world.read(world.member(2), "vote", item.pk)
    own, theirs = f"vote-{holder.pk}", f"vote-{giver.pk}"
    blank = world.post(world.member(2), "vote", item.pk, go=own)
    world.post(world.member(2), "vote", item.pk, go=own, **{f"{own}-choice": "favourable"})
    world.post(world.member(2), "vote", item.pk, go=own, **{f"{own}-choice": "abstention"})
    world.post(world.member(2), "vote", item.pk, go=theirs, **{f"{theirs}-choice": "unfavourable"})
    stranger = world.post(world.member(2), "vote", item.pk, go=f"vote-{world.members[0].pk}")

    assert "Le vote n'est pas ouvert sur ce point." in early
    assert f"Pour {giver.user}, dont vous portez le pouvoir" in page and "Pour vous" in page
    assert "Choisissez une des réponses proposées." in words(blank)
    votes = dict(Ballot.objects.values_list("mandate_id", "choice"))
    assert votes == {holder.pk: "abstention", giver.pk: "unfavourable"}
    assert stranger.status_code == 302 and len(votes) == Ballot.objects.count()
    after = world.read(world.member(2), "vote", item.pk)
    assert "Vote enregistré à" in after and "Vous pouvez le changer jusqu'à la clôture." in after
    desk = world.read(world.member(0), "run")
    assert f"On attend encore : {world.members[0].user}" in desk and "Tout le monde" not in desk
    assert "Abstention" not in desk
    world.run("close_vote")
    late = world.post(world.member(2), "vote", item.pk, go=own, **{f"{own}-choice": "favourable"})
    assert "Le vote est clos depuis" in words(late)


def sheet_of(world: World) -> dict[str, Any]:
    """The attendance sheet as the page shows it."""
    page = world.office.get(world.url("attendance", space="staff"))
    found: dict[str, Any] = {"go": "save"}
    for line in page.context["lines"]:
        found |= {one.html_name: one.value() or "" for one in line.form}
    return found


def test_a_refused_line_leaves_the_whole_sheet_unwritten() -> None:
    world = convened(dossiers=1)
    sheet = sheet_of(world)
    for one in world.members:
        sheet[f"seat-{one.pk}-mode"] = "present"
    sheet |= {f"seat-{world.members[1].pk}-mode": "written"}

    refused = world.office.post(world.url("attendance", space="staff"), sheet)

    assert "Écrivez sa contribution." in words(refused)
    assert not world.session.attendance.exists()


def test_a_secret_vote_is_asked_by_one_member_and_shows_no_choice() -> None:
    world = opened(dossiers=1)
    item = world.item()
    world.states(2, item)
    world.states(0, item)
    world.run(f"call-{item.pk}")
    world.run("open_vote")
    assert "Personne ne saura qui l'a faite" in world.read(world.member(2), "secret", item.pk)
    world.post(world.member(2), "secret", item.pk)
    own = f"vote-{world.members[2].pk}"
    page = world.read(world.member(2), "vote", item.pk)
    world.post(world.member(2), "vote", item.pk, go=own, **{f"{own}-choice": "favourable"})
    after = world.member(2).get(world.url("vote", item.pk))

    assert "Vote secret : personne ne verra votre choix." in page
    assert "Vote enregistré à" in words(after) and "radio" not in after.content.decode()
    assert Ballot.objects.get().choice == ""


def test_an_item_goes_from_its_call_to_its_opinion_on_the_page_of_the_chair() -> None:
    world = opened(dossiers=1, flags=True)
    item = world.item()
    for place in range(6):
        world.states(place, item)
    world.run(f"call-{item.pk}")
    page = world.read(world.member(0), "run")
    refused = world.member(0).post(world.url("run"), {"go": "open_vote"}, follow=True)
    points = [str(key) for key in item.points.values_list("pk", flat=True)]
    world.run("discussed", point=points)
    world.run("open_vote")
    choices = ["favourable"] * 3 + ["unfavourable"] * 3
    for place, choice in enumerate(choices):
        own = f"vote-{world.members[place].pk}"
        world.post(world.member(place), "vote", item.pk, go=own, **{f"{own}-choice": choice})
    world.run("close_vote")
    tied = world.read(world.member(0), "run")
    short = world.post(world.member(0), "run", go="casting", **{"casting-choice": "favourable"})
    world.run("casting", **{"casting-choice": "favourable", "casting-reason": "Le besoin est réel."})
    few = world.post(world.member(0), "run", go="adopt", **{"adopt-reasons": "Bien."})
    key = item.application.solutions.get().pk
    world.run(
        "adopt", **{"adopt-reasons": factory.REASONS, "adopt-solutions": key, "adopt-minority": "Trop tôt."}
    )
    closing = world.post(world.member(0), "run", go="close")

    assert "Ce qu'il manque avant de pouvoir ouvrir le vote" in page
    assert "Cette étape n'est pas encore possible" in words(refused)
    assert "Les votes sont à égalité" in tied and "Trancher" in tied
    assert short.status_code == 200 and few.status_code == 200 and "Bien." in few.content.decode()
    assert item.application.__class__.objects.get(pk=item.application_id).state == "advised"
    assert closing.status_code == 302
    assert Session.objects.get(pk=world.session.pk).state == "closed"


def test_an_item_is_sent_back_with_questions_and_its_act_is_not_done_twice() -> None:
    world = opened(dossiers=1)
    item = world.item()
    world.run(f"call-{item.pk}")
    form = {"send_back-sent_to": "association", "send_back-reason": "Il manque un point."}
    empty = world.post(world.member(0), "run", go="send_back", **form)
    asked = form | {"send_back-questions": "Qui anime les ateliers ?"}
    world.run("send_back", **asked)
    again = world.post(world.member(0), "run", go="send_back", **asked)

    assert "Écrivez au moins une question précise." in words(empty)
    assert AgendaItem.objects.get(pk=item.pk).state == "sent_back"
    assert again.status_code == 302
    assert Application.objects.get(pk=item.application_id).state == "deferred"


def test_too_few_people_then_a_second_convocation() -> None:
    world = convened(dossiers=1)
    factory.attend(world.session, world.members[0], at=world.now)
    page = world.read(world.office, "run", space="staff")
    world.post(world.office, "run", space="staff", go="no_quorum")
    soon = (world.now + timedelta(days=9)).strftime("%d/%m/%Y")
    later = (world.now + timedelta(days=16)).strftime("%d/%m/%Y")
    form = {"hour": "10:00", "place": "Lyon"}
    early = world.post(world.office, "convene", space="staff", go="send", day=soon, **form)
    letter = world.post(world.office, "convene", space="staff", go="read", day=later, **form)
    world.post(world.office, "convene", space="staff", go="send", day=later, **form)

    assert "Il manque 1 personne(s) du collège Aidants" in page
    assert "La nouvelle date doit être le" in words(early) and 'value="Lyon"' in early.content.decode()
    assert "aucun quorum d'ensemble ne sera exigé" in words(letter) and "10 h 00" in words(letter)
    found = Session.objects.get(pk=world.session.pk)
    assert found.state == "reconvened" and found.is_second
    assert "Aucun quorum d'ensemble n'est exigé." in world.read(world.member(1), "")


def held() -> World:
    """A session over: two opinions adopted, one member kept away from the first item by a link."""
    world = opened()
    world.states(3, world.item(0), link=True)
    at = world.now
    for place in range(2):
        item = factory.voting(world.session, place, at=at)
        for mandate in world.members:
            if place or mandate != world.members[3]:
                factory.vote(item, mandate, at=at)
        item = actions.close_vote(item_pk=item.pk, at=at, by=factory.secretary_of(world.session))
        solutions = list(item.application.solutions.values_list("pk", flat=True))
        actions.adopt_opinion(
            item_pk=item.pk,
            reasons=f"Motifs du point {place}. {factory.REASONS}",
            solutions=solutions,
            at=at,
            by=factory.secretary_of(world.session),
        )
    actions.close_session(session_pk=world.session.pk, at=at, by=factory.secretary_of(world.session))
    return world


def test_minutes_are_drafted_completed_corrected_approved_and_read_back() -> None:
    world = held()
    office = {"space": "staff"}
    assert world.member(0).get(world.url("minutes")).status_code == 404
    world.post(world.office, "minutes", go="draft", **office)
    draft = world.read(world.office, "minutes", **office)
    assert world.member(0).get(world.url("minutes")).status_code == 404
    world.post(world.office, "minutes", go="save", opening="Accueil par la présidence.", **office)
    world.post(world.office, "minutes", go="send", opening="Accueil par les deux présidences.", **office)
    corrected = world.read(world.office, "minutes", **office)
    assert world.post(world.member(1), "minutes", go="approve").status_code == 404
    world.post(world.member(0), "minutes", go="approve")
    world.post(world.office, "minutes", go="approve", **office)
    whole = pdf_words(world.member(0).get(world.url("minutes_pdf")).content)

    assert "À compléter" in draft and "Extrait public" in draft
    assert "Accueil par la présidence." in corrected and "Avant :" in corrected
    assert Session.objects.get(pk=world.session.pk).state == "minutes_approved"
    assert "Accueil par les deux présidences." in plain(whole) and "Association n° 0" in plain(whole)
    frozen = world.post(world.office, "minutes", go="save", opening="Autre chose.", **office)
    assert "Rien n'a changé" in words(world.office.get(frozen.url))


def test_minutes_are_read_without_the_items_from_which_a_link_keeps_the_reader() -> None:
    world = held()
    world.post(world.office, "minutes", space="staff", go="draft")
    world.post(world.office, "minutes", space="staff", go="send")
    barred = world.member(3)

    page, pdf = world.read(barred, "minutes"), barred.get(world.url("minutes_pdf")).content

    for text in (page, plain(pdf_words(pdf))):
        assert "Association n° 1" in text and "Motifs du point 1." in text
        assert "Association n° 0" not in text and "Motifs du point 0." not in text
    world.post(world.member(0), "minutes", go="approve")
    world.post(world.office, "minutes", space="staff", go="approve")
    assert "Association n° 0" not in plain(pdf_words(barred.get(world.url("minutes_pdf")).content))
    kept = Session.objects.get(pk=world.session.pk).minutes.pdf
    assert barred.get(reverse("stored_file", args=[kept.pk])).status_code == 404
    whole = world.member(1).get(reverse("stored_file", args=[kept.pk]))
    assert "Association n° 0" in plain(pdf_words(b"".join(whole.streaming_content)))
    closed(whole)


def test_lessons_and_expenses_are_written_afterwards() -> None:
    world = held()
    spent = world.members[1]
    sheet = {"go": "expenses", f"spent-{spent.pk}-euros": "12,50", f"spent-{spent.pk}-notes": "Train"}
    wrong = world.office.post(
        world.url("attendance", space="staff"), sheet | {f"spent-{spent.pk}-euros": "un billet"}
    )
    world.office.post(world.url("attendance", space="staff"), sheet)
    response = world.office.get(world.url("attendance_file", space="staff"))
    rows = list(load_workbook(BytesIO(b"".join(response.streaming_content))).active.values)
    lesson = {"go": "logbook", "text": "Prévoir une pause plus tôt."}
    world.post(world.member(1), "", **lesson)
    world.post(world.office, "", space="staff", go="logbook", text=" ")

    assert "Écrivez un montant en euros, comme 1 250,50." in words(wrong)
    assert (str(spent.user), "Patients", "Sur place", 12.5, "Train") in rows
    assert "Prévoir une pause plus tôt." in world.read(world.member(2), "")
    assert world.session.logbook.count() == 1


def test_a_session_is_cancelled_with_a_reason() -> None:
    world = convened(in_days=10)
    empty = world.post(world.office, "", space="staff", go="cancel")
    world.post(world.office, "", space="staff", go="cancel", **{"cancel-reason": "Grève des trains."})

    assert "Pourquoi" in words(empty)
    assert Session.objects.get(pk=world.session.pk).state == "cancelled"
    page = world.read(world.member(0), "")
    assert "Annulée" in page and "Association n° 0" not in page


def test_the_page_that_follows_answers_only_when_something_changed(django_assert_max_num_queries) -> None:
    world = opened(flags=True)
    item = world.item()
    for place in (0, 2):
        world.states(place, item)
    world.run(f"call-{item.pk}")
    page = world.member(2).get(world.url("live"))
    mark = page.context["mark"]
    poll = {"HX-Request": "true"}

    with django_assert_max_num_queries(POLLED):
        same = world.member(2).get(world.url("live"), {"vu": mark}, headers=poll)
    world.run("discussed", point=[str(key) for key in item.points.values_list("pk", flat=True)])
    world.run("open_vote")
    with django_assert_max_num_queries(POLLED):
        changed = world.member(2).get(world.url("live"), {"vu": mark}, headers=poll)

    assert same.status_code == 204
    assert "Votre vote est attendu." in words(changed) and "<html" not in changed.content.decode()
    assert "Quorum atteint : 6 présents, dont 2 patients, 2 aidants, 2 professionnels de santé." in words(
        page
    )


POLLED = 9  # for 24 people every ten seconds


@pytest.mark.parametrize("address", ["staff_sessions", "committee_sessions"])
def test_lists_ask_the_same_number_of_queries(address: str, django_assert_max_num_queries) -> None:
    world = planned(dossiers=0)
    client = world.office if address == "staff_sessions" else world.member(0)
    with django_assert_max_num_queries(10):
        client.get(reverse(address))
    for days in (1, 2):
        factory.planned(world.members, at=world.now, sits_at=world.now + timedelta(days=days))
    with django_assert_max_num_queries(10) as counted:
        client.get(reverse(address))
    for days in range(3, 9):
        factory.planned(world.members, at=world.now, sits_at=world.now + timedelta(days=days))
    with django_assert_max_num_queries(len(counted)):
        response = client.get(reverse(address), {"etat": "planned", "annee": "x"})
    assert response.status_code == 200 and len(response.context["page"].rows) == 9


def test_the_dossier_says_its_session_to_the_office_and_its_hearing_to_the_association() -> None:
    world = planned(dossiers=1, in_days=20)
    item = world.item()
    AgendaItem.objects.filter(pk=item.pk).update(hearing_planned=True)
    application = world.dossiers[0]
    representative = signed_in(Client(), application.structure.representative())
    tracking = reverse("application_tracking", args=[application.reference])
    early = words(representative.get(tracking))
    actions.convene(session_pk=world.session.pk, at=world.now, by=factory.secretary_of(world.session))
    late = words(representative.get(tracking))
    officer = signed_in(Client(), staff(Role.CASE_OFFICER))

    assert "Le comité vous entendra" not in early and "Le comité vous entendra" in late
    assert world.session.reference not in late
    page = words(officer.get(reverse("staff_application", args=[application.reference])))
    assert "Séance du comité" in page
    assert "Prochaine séance" in words(world.member(0).get(reverse("committee")))


def test_a_vote_said_aloud_or_on_paper_comes_after_the_question_about_links() -> None:
    world = opened(dossiers=1)
    item = world.item()
    world.run(f"call-{item.pk}")
    world.run("open_vote")
    run = world.url("run", space="staff")
    aloud = {"go": "aloud", "aloud-voter": world.members[3].pk, "aloud-spoken": "favourable"}

    bare = world.office.post(run, aloud)
    said = world.office.post(run, aloud | {"aloud-no_link": "on"})

    assert "Posez la question avant le vote." in words(bare)
    assert said.status_code == 302
    assert ItemStatement.objects.get().mandate == world.members[3]
    assert Ballot.objects.get().mandate == world.members[3]
    world.run("secret")
    voters = [one.pk for one in world.members[:3]]
    paper = {"go": "paper", "paper-voters": voters, "paper-favourable": 3}
    paper |= dict.fromkeys(("paper-favourable_with_conditions", "paper-unfavourable", "paper-abstention"), 0)
    chair = world.post(world.member(0), "run", **paper)
    few = world.office.post(
        run, paper | {"paper-voters": voters[:2], "paper-favourable": 2, "paper-no_link": "on"}
    )
    assert "aucun lien avec ce dossier" in words(chair)
    assert "Il faut 3 bulletins au moins" in words(few)
    assert ItemStatement.objects.count() == 1  # a batch that is refused leaves nothing
    assert world.office.post(run, paper | {"paper-no_link": "on"}).status_code == 302
    assert Ballot.objects.count() == 3
    assert ItemStatement.objects.count() == 4


def test_a_secret_that_cannot_be_kept_is_given_up_on_the_page() -> None:
    world = opened(dossiers=1)
    item = world.item()
    world.run(f"call-{item.pk}")
    world.run("secret")
    world.run("open_vote")
    before = world.read(world.member(0), "run")
    forged = world.member(0).post(world.url("run"), {"go": "open_ballot"}, follow=True)
    for mandate in world.members[1:4] + world.members[5:]:
        actions.record_departure(
            session_pk=world.session.pk,
            mandate_pk=mandate.pk,
            at=world.now,
            by=factory.secretary_of(world.session),
        )
    page = world.read(world.member(0), "run")
    world.run("open_ballot")
    after = world.read(world.member(0), "run")

    assert "Voter à main levée" not in before and "Reporter ce point" not in before
    assert "le vote reste secret" in words(forged)
    assert "2 personnes peuvent voter sur ce point" in page and "Voter à main levée" in page
    assert "Reporter ce point" in page
    assert "Vote secret" not in after and "Rendre le vote secret" not in after
    assert not world.item().is_secret
    vote = world.url("vote", item.pk)
    world.states(0, item)
    assert "Demander un vote secret" not in words(world.member(0).get(vote))


@pytest.mark.parametrize(
    ("choices", "offered"),
    [
        (["favourable", "unfavourable"] * 3, {"favourable", "unfavourable"}),
        (["abstention"] * 6, set()),
    ],
)
def test_the_page_offers_what_is_tied_and_nothing_when_all_abstained(choices, offered) -> None:
    world = opened(dossiers=1)
    item = world.item()
    world.run(f"call-{item.pk}")
    world.run("open_vote")
    for place, choice in enumerate(choices):
        world.states(place, item)
        factory.vote(item, world.members[place], choice, at=world.now)
    world.run("close_vote")

    response = world.member(0).get(world.url("run"))

    page = words(response)
    assert ("coprésidence doit trancher" in page) is bool(offered)
    assert ("Chacun s'est abstenu" in page) is not bool(offered)
    assert ("Reporter ce point" in page) is not bool(offered)
    values = re.findall(r'name="casting-choice" value="([a-z_]+)"', response.content.decode())
    assert set(values) == offered
    forged = {
        "go": "casting",
        "casting-choice": "favourable_with_conditions",
        "casting-reason": "Je préfère.",
    }
    assert world.member(0).post(world.url("run"), forged).status_code in (200, 302)
    assert world.item().outcome == ""
    if not offered:
        back = {"send_back-sent_to": "later", "send_back-reason": "Aucun avis."}
        world.run("send_back", **back)
        assert world.item().state == "sent_back"


def test_a_chair_kept_away_notes_nobody_s_way_out() -> None:
    world = opened()
    item = world.item(0)
    world.states(0, item, link=True)
    world.run(f"call-{item.pk}", client=world.member(4))

    page = world.read(world.member(0), "run")
    answer = world.member(0).post(world.url("attendance"), {"go": f"out-{world.members[3].pk}"}, follow=True)
    named = world.member(0).post(
        world.url("run"), {"go": "acting_chair", "acting_chair-acting_chair": world.members[3].pk}
    )

    assert "Nommer cette personne" not in page
    assert "l'autre personne préside" in words(answer)
    assert named.status_code in (200, 302, 404)
    assert not StepOut.objects.filter(cause="away").exists()
    assert Session.objects.get().acting_chair is None


def test_who_has_no_mailbox_is_to_be_called_when_the_place_changes() -> None:
    world = convened(in_days=10)
    user = world.members[2].user
    user.email = None
    user.save(update_fields=["email"])
    moment = timezone.localtime(world.session.sits_at).replace(second=0, microsecond=0)
    Session.objects.update(sits_at=moment)
    form = {"day": f"{moment:%d/%m/%Y}", "hour": f"{moment:%H:%M}", "minutes_planned": "120"}
    form |= {"place": "Nantes, salle 3", "link": world.session.link}
    form |= {"access_notes": "De plain-pied.", "expenses_notes": "Avancés sur demande."}

    page = words(world.office.post(world.url("change", space="staff"), form, follow=True))

    assert f"Appelez ou écrivez par courrier à : {user}. Les autres sont prévenus par e-mail." in page
    told = Mail.objects.filter(text__contains="Nantes, salle 3")
    assert told.exclude(status=Mail.Status.BY_HAND).count() == 5
    assert told.get(status=Mail.Status.BY_HAND).recipient == user
