"""What the office does around a sitting: answers noted for others, papers, people without e-mail, things to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.rules import roles_of
from journal import triggers
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from letters.actions import tell_by_hand
from letters.models import Mail
from reviewers.actions import sessions as actions
from reviewers.minutes import blocks_of, extract_blocks, record_of
from reviewers.models import Invitation, ItemStatement, Mandate, PlainSummary, Rapporteur, Session
from reviewers.session_checklist import missing_to_convene
from tests.factories import reviewers
from tests.factories import sessions as factory
from tests.factories.accounts import acting, person, staff
from tests.factories.sessions import CONVENED_AT, SITS_AT
from tests.factories.structures import structure
from tests.reading import pdf_words, plain, words
from tests.reviewers.test_session_views import World, convened
from workflows import todo

pytestmark = pytest.mark.django_db


def without_email(world: World, place: int = 1) -> Mandate:
    """That member has a telephone and a letter box, nothing else, and reads large print."""
    mandate = world.members[place]
    user = mandate.user
    user.email, user.phone, user.preferred_format = None, "0199000012", "large_print"
    user.address, user.postal_code, user.city = "2 rue Nue", "69001", "Lyon"
    user.save()
    Invitation.objects.filter(mandate=mandate).update(on_paper=True, large_print=True)
    return mandate


def note_page(world: World, mandate: Mandate) -> str:
    return world.url("answer", mandate.pk, space="staff")


def noted(world: World, mandate: Mandate, **data: Any) -> Any:
    return world.office.post(note_page(world, mandate), data)


def says(world: World, mandate: Mandate, said: str = "none", place: int = 0, **more: Any) -> Any:
    key = f"item-{world.item(place).pk}"
    data = {f"{key}-said": said, f"{key}-means": "phone"} | {
        f"{key}-{name}": text for name, text in more.items()
    }
    return noted(world, mandate, go=key, **data)


def tasks(user: Any, area: str, *, on: Any) -> list[str]:
    reader = todo.Reader(user, on, roles_of(user, on=on), (), False)
    return [plain(task.title) for task in todo.todo_for(reader, area)]


# --- answers noted for others ------------------------------------------------------------------------------------


def test_who_has_no_email_answers_by_phone_and_the_journal_says_for_whom() -> None:
    world = convened(in_days=10)
    mandate = without_email(world)

    page = world.read(world.office, "", space="staff")
    silent = noted(world, mandate, go="answer", answer="present")
    given = noted(world, mandate, go="answer", answer="remote", means="phone", on_paper="on")

    first = page.index(f"{mandate.user} (Patients) · sans e-mail : réponse attendue")
    assert first < page.index(f"{world.members[0].user} (Patients) :")
    assert silent.status_code == 200 and given.url == note_page(world, mandate)
    invitation = Invitation.objects.get(mandate=mandate)
    assert (invitation.answer, invitation.means, invitation.on_paper) == ("remote", "phone", True)
    event = Event.objects.get(move="answer_invitation")
    assert event.actor == world.session.secretary
    assert event.on_behalf_of == f"accounts.user:{mandate.user_id}"
    assert "Je participe à distance (téléphone)" in world.read(world.office, "", space="staff")


def test_a_link_or_none_is_noted_item_by_item() -> None:
    world = convened(in_days=10)
    mandate = without_email(world)

    no_words = says(world, mandate, "link")
    linked = says(world, mandate, "link", text="Sa sœur y travaille.")
    free = says(world, mandate, place=1)
    page = words(world.office.get(note_page(world, mandate)))

    assert "Dites en quelques mots quel est ce lien." in words(no_words)
    assert linked.status_code == free.status_code == 302
    rows = {one.item_id: one for one in ItemStatement.objects.filter(mandate=mandate)}
    assert rows[world.item(0).pk].has_link and not rows[world.item(1).pk].has_link
    assert {one.means for one in rows.values()} == {"phone"}
    behalf = f"accounts.user:{mandate.user_id}"
    assert Event.objects.filter(move__in=["state_link", "state_no_link"], on_behalf_of=behalf).count() == 2
    assert "Un lien tient cette personne à l'écart de ce point." in page and "Aucun lien" in page


def test_an_answer_is_noted_with_its_means_by_the_secretariat_alone() -> None:
    session = factory.convened()
    mandate, other = factory.seated()[1:3]
    facts = {"session_pk": session.pk, "mandate_pk": mandate.pk, "answer": "present", "at": CONVENED_AT}

    with pytest.raises(Blocked):
        actions.answer_invitation(**facts, by=factory.secretary_of(session))
    with pytest.raises(NotAllowed):
        actions.answer_invitation(**facts, means="phone", by=reviewers.member_actor(other))
    with pytest.raises(NotAllowed):
        actions.answer_invitation(**facts, means="phone", by=acting(staff(), Role.CASE_OFFICER))
    actions.answer_invitation(**facts, means="post", by=factory.secretary_of(session))
    assert Invitation.objects.get(mandate=mandate).means == "post"
    actions.answer_invitation(**facts, means="post", by=reviewers.member_actor(mandate))
    assert Invitation.objects.get(mandate=mandate).means == ""  # the last answer is the member's own


def test_nobody_is_noted_who_was_not_convened_and_nothing_after_the_sitting() -> None:
    world = convened(in_days=10)
    later = reviewers.member()

    assert world.office.get(note_page(world, later)).status_code == 404
    assert world.member(0).get(note_page(world, world.members[1])).status_code == 404
    assert noted(world, world.members[1], go="nothing").status_code == 404
    assert noted(world, world.members[1], go="item-0").status_code == 404
    by = factory.secretary_of(world.session).because("Travaux.")
    actions.cancel_session(session_pk=world.session.pk, at=world.now, by=by)
    assert world.office.get(note_page(world, world.members[1])).status_code == 404


# --- papers --------------------------------------------------------------------------------------------------------


def test_a_member_prints_the_pack_of_an_item_once_there_is_no_link() -> None:
    world = convened(in_days=10, flags=True)
    item, address = world.item(), world.url("pack", world.item().pk)

    before = world.member(1).get(address)
    assert "L'essentiel en langage simple" not in world.read(world.member(1), "item", item.pk)
    world.states(1, item)
    after, large = world.member(1).get(address), world.member(1).get(address, {"gros": 1})
    page = world.read(world.member(1), "item", item.pk)

    assert before.status_code == 404
    read = pdf_words(after.content)
    assert item.application.reference in read and "Dossier de séance" in read
    assert "Elle les appelle chaque semaine." in read and "À discuter en séance" in read
    assert "Résultat de l'évaluation" in read
    assert large.content != after.content and large["Content-Type"] == "application/pdf"
    assert "L'essentiel en langage simple" in page and "Elle les appelle chaque semaine." in page
    assert "Dossier en gros caractères (PDF)" in page
    world.states(1, item, link=True)
    assert world.member(1).get(address).status_code == 404


def test_the_office_prints_for_whoever_reads_on_paper_and_has_no_link() -> None:
    world = convened(in_days=10)
    mandate = without_email(world)
    address = world.url("pack", mandate.pk, world.item().pk, space="staff")

    waiting, closed = world.read(world.office, "", space="staff"), world.office.get(address)
    says(world, mandate)
    page, printed = world.read(world.office, "", space="staff"), world.office.get(address, {"gros": 1})

    assert "À imprimer et à poster" in waiting and "2 dossiers attendent sa déclaration" in waiting
    assert closed.status_code == 404
    assert "Dossier du point 1" in page and "1 dossier attend sa déclaration" in page
    assert printed.status_code == 200 and printed.content.startswith(b"%PDF")
    assert world.member(0).get(address).status_code == 404
    stranger = world.url("pack", reviewers.member().pk, world.item().pk, space="staff")
    assert world.office.get(stranger).status_code == 404


def test_the_papers_of_a_session_take_as_many_queries_for_one_member_as_for_six(
    django_assert_num_queries,
) -> None:
    from reviewers.views.sessions.access import agenda_of
    from reviewers.views.sessions.papers import copies_of

    world = convened(in_days=10)
    rows = agenda_of(world.session, world.session.secretary)
    Invitation.objects.filter(mandate=world.members[1]).update(on_paper=True)
    with django_assert_num_queries(3):
        assert len(copies_of(world.session, rows)) == 1
    Invitation.objects.update(on_paper=True)
    with django_assert_num_queries(3):
        assert len(copies_of(world.session, rows)) == 6


def test_nobody_is_convened_without_the_documents() -> None:
    session = factory.planned(reviewers.committee())
    bare = reviewers.in_deliberation(structure(name="Association sans résumé"))
    triggers.lift()  # a dossier that was asked before summaries were compulsory
    PlainSummary.objects.all().delete()
    triggers.install()
    factory.listed(session, bare)
    by, at = factory.secretary_of(session), CONVENED_AT

    (reason,) = missing_to_convene(session, on=at.date())
    with pytest.raises(Blocked):
        actions.convene(session_pk=session.pk, at=at, by=by)

    assert reason.code == "summary" and "Association" not in str(reason.text)
    reviewers.actions.write_summary(application_pk=bare.pk, text="Elle aide.", at=at, by=by)
    assert actions.convene(session_pk=session.pk, at=at, by=by).state == "convened"
    with pytest.raises(Blocked):  # the same for all from then on
        reviewers.actions.write_summary(application_pk=bare.pk, text="Autre.", at=at, by=by)


# --- people whom no mail reaches -----------------------------------------------------------------------------------


def test_a_cancellation_is_said_to_whoever_has_no_email() -> None:
    world = convened(in_days=10)
    mandate = without_email(world)
    by, on = factory.secretary_of(world.session), world.now.date()

    actions.cancel_session(session_pk=world.session.pk, at=world.now, by=by.because("Travaux."))
    title = "Appeler une personne sans e-mail, ou lui écrire"
    mail = Mail.objects.get(recipient=mandate.user, status="by_hand")
    page = words(world.office.get(reverse("staff_letters")))

    assert mail.to_address == ""
    assert title in tasks(world.session.secretary, "staff", on=on)
    assert "est annulée" in page and str(mandate.user) in page and "http" not in mail.text
    done = world.office.post(reverse("staff_letters"), {"go": f"said-{mail.pk}"})
    again = world.office.post(reverse("staff_letters"), {"go": f"said-{mail.pk}"})
    assert done.status_code == again.status_code == 302
    assert Mail.objects.get(pk=mail.pk).status == "told"
    assert title not in tasks(world.session.secretary, "staff", on=on)
    assert Event.objects.get(move="tell_by_hand").on_behalf_of == f"accounts.user:{mandate.user_id}"
    for key in ("x", "²", "0", "9" * 5000):
        assert world.office.post(reverse("staff_letters"), {"go": f"said-{key}"}).status_code == 404


def test_what_left_by_mail_is_not_said_again_and_members_do_not_say_it() -> None:
    world = convened(in_days=10)
    mail = Mail.objects.filter(kind="session").first()
    member = reviewers.member_actor(world.members[0])

    with pytest.raises(Blocked):
        tell_by_hand(mail_pk=mail.pk, at=world.now, by=factory.secretary_of(world.session))
    with pytest.raises(NotAllowed):
        tell_by_hand(mail_pk=mail.pk, at=world.now, by=member)


def test_the_convocation_goes_on_paper_and_is_not_to_be_said_too() -> None:
    members = reviewers.committee()
    reviewers.member(user=person(without_email=True, address="2 rue Nue", postal_code="69001", city="Lyon"))
    factory.convened(members=members)

    assert Invitation.objects.get(mandate__user__email=None).on_paper
    assert not Mail.objects.filter(status="by_hand").exists()


# --- lists of things to do -----------------------------------------------------------------------------------------


def test_the_office_follows_a_dossier_to_the_agenda_and_a_session_to_its_minutes() -> None:
    session = factory.planned(reviewers.committee())
    application, secretary = factory.deliberated(), session.secretary
    listing, convening = "Mettre un dossier à l'ordre du jour", "Convoquer une séance"

    assert listing in tasks(secretary, "staff", on=SITS_AT.date())
    factory.listed(session, application)
    far = SITS_AT - timedelta(days=settings.CONVENING_TARGET_DAYS + 8)
    assert convening not in tasks(secretary, "staff", on=far.date())
    found = tasks(secretary, "staff", on=CONVENED_AT.date())
    assert convening in found and listing not in found
    actions.convene(session_pk=session.pk, at=CONVENED_AT, by=factory.secretary_of(session))
    assert convening not in tasks(secretary, "staff", on=CONVENED_AT.date())
    assert "Tenir la séance du jour" not in tasks(secretary, "staff", on=CONVENED_AT.date())
    assert "Tenir la séance du jour" in tasks(secretary, "staff", on=SITS_AT.date())
    actions.find_no_quorum(session_pk=session.pk, at=SITS_AT, by=factory.secretary_of(session))
    found = tasks(secretary, "staff", on=SITS_AT.date())
    assert "Proposer une nouvelle date : le quorum n'était pas atteint" in found


def test_minutes_are_to_write_then_to_approve_by_two() -> None:
    session = factory.closed()
    secretary, chair, on = session.secretary, factory.chair_of(session), SITS_AT.date()
    other = factory.seated()[1].user
    writing, approving = "Rédiger le procès-verbal d'une séance", "Approuver le procès-verbal d'une séance"

    assert writing in tasks(secretary, "staff", on=on)
    assert "Relire et approuver le procès-verbal" not in tasks(chair.user, "committee", on=on)
    factory.sent_for_approval(session)
    found = tasks(secretary, "staff", on=on)
    assert approving in found and writing not in found
    assert approving not in tasks(staff(Role.SECRETARIAT), "staff", on=on)
    assert "Relire et approuver le procès-verbal" in tasks(chair.user, "committee", on=on)
    assert "Relire et approuver le procès-verbal" not in tasks(other, "committee", on=on)
    actions.approve_minutes(session_pk=session.pk, at=SITS_AT, by=chair)
    assert "Relire et approuver le procès-verbal" not in tasks(chair.user, "committee", on=on)
    actions.approve_minutes(session_pk=session.pk, at=SITS_AT, by=factory.secretary_of(session))
    assert approving not in tasks(secretary, "staff", on=on)


def test_a_member_answers_states_and_sees_the_meeting_first() -> None:
    world = convened(in_days=10)
    mandate, on = world.members[1], world.now.date()
    answering = "Dire comment vous participez à la séance"
    stating = "Dire si vous avez un lien avec un point de l'ordre du jour"

    assert {answering, stating} <= set(tasks(mandate.user, "committee", on=on))
    page = words(world.member(1).get(reverse("committee")))
    assert "Séance du comité :" in page and "Maison des associations, Lyon, ou à distance" in page
    assert answering in page and stating in page
    world.post(world.member(1), "", go="answer", answer="present")
    world.states(1, world.item(0))
    assert tasks(mandate.user, "committee", on=on) == [stating]
    world.states(1, world.item(1), link=True)
    assert tasks(mandate.user, "committee", on=on) == []
    Session.objects.filter(pk=world.session.pk).update(link="")
    page = words(world.member(1).get(reverse("committee")))
    assert "Maison des associations, Lyon" in page and "ou à distance" not in page


# --- who presents the dossier --------------------------------------------------------------------------------------


def test_the_rapporteur_is_named_to_those_who_sit_and_in_the_minutes() -> None:
    now = timezone.now()
    application = reviewers.in_deliberation(at=now - timedelta(days=40))
    factory.summarise(application)
    members = factory.seated()
    session = factory.planned(members, at=now - timedelta(days=40), sits_at=now)
    factory.listed(session, application, at=now - timedelta(days=30))
    by = factory.secretary_of(session)
    actions.convene(session_pk=session.pk, at=now - timedelta(days=20), by=by)
    for mandate in members:
        factory.attend(session, mandate, at=now)
    actions.begin_session(session_pk=session.pk, at=now, by=by)
    world = World(session, members, [application], now)
    actions.call_item(item_pk=world.item().pk, at=now, by=by)

    name = Rapporteur.objects.current(application).assignment.mandate.user
    told = f"Rapporteur : {name}"
    record = record_of(Session.objects.get(pk=session.pk))

    assert told in world.read(world.member(0), "item", world.item().pk)
    assert told in world.read(world.office, "run", space="staff")
    assert record["items"][0]["rapporteur"] == name.get_full_name()
    said = [str(content) for _kind, content in blocks_of(record, {})]
    assert f"Rapporteur, tiré au sort : {name.get_full_name()}." in said
    extract = str(extract_blocks([record], on=now.date()))
    assert name.get_full_name() not in extract
