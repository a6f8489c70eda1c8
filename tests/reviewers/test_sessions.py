"""A session of the committee: convened, held, sent back, written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from deadlines.models import Deadline
from deadlines.tick import tick
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from letters.actions import open_online
from letters.models import Letter, Mail
from letters.pdf import spoken
from letters.rendering import from_data
from reviewers import minutes as writing
from reviewers import session_mails
from reviewers.actions import opinions, sessions
from reviewers.models import (
    AgendaItem,
    Attendance,
    Deferral,
    Invitation,
    ItemStatement,
    Minutes,
    Opinion,
    Session,
    StepOut,
)
from reviewers.room import room_of
from tests.factories import reviewers, structures
from tests.factories import sessions as factory
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.sessions import CONVENED_AT, SITS_AT
from tests.factories.structures import AT, representative_of
from tests.reading import pdf_words, plain, words
from workflows import todo
from workflows.integrity import breaches

pytestmark = pytest.mark.django_db
DAY = timezone.localdate(SITS_AT)


def refused(act, **facts) -> str:
    """The words of the refusal, typed plainly."""
    with pytest.raises(Blocked) as caught:
        act(**facts)
    return plain(str(caught.value))


def linked(mandate, application) -> None:
    """That member says that they have a link with the dossier of an item."""
    from reviewers import actions

    actions.declare_link(
        mandate_pk=mandate.pk,
        organisation_name=application.structure.name,
        kind="officer",
        at=AT,
        by=reviewers.member_actor(mandate),
    )


def test_a_session_goes_from_its_date_to_its_approved_minutes() -> None:
    session = factory.approved()

    assert session.state == Session.State.MINUTES_APPROVED
    assert Application.objects.get().state == "advised"
    opinion = factory.item_of(session).opinion
    assert opinion.votes["for"] == opinion.votes["favourable"] == 6
    assert opinion.adopted_on == DAY
    assert not Deadline.objects.running().of(session).exists()
    assert list(breaches()) == []


def test_a_session_is_planned_with_a_co_chair_of_each_side() -> None:
    lay, other, *_rest = reviewers.committee()
    secretary = reviewers.secretary()
    facts = {"sits_at": SITS_AT, "place": "Lyon", "at": AT, "by": secretary}
    assert "professionnels" in refused(
        sessions.plan_session, lay_chair_pk=lay.pk, professional_chair_pk=other.pk, **facts
    )
    assert "passée" in refused(
        sessions.plan_session,
        lay_chair_pk=lay.pk,
        professional_chair_pk=0,
        **facts | {"sits_at": AT - timedelta(days=1)},
    )
    with pytest.raises(NotAllowed):
        sessions.plan_session(
            lay_chair_pk=lay.pk,
            professional_chair_pk=other.pk,
            **facts | {"by": reviewers.member_actor(lay)},
        )
    for wrong in (0, 10_000):
        assert "durée" in refused(
            sessions.plan_session,
            lay_chair_pk=lay.pk,
            professional_chair_pk=0,
            minutes_planned=wrong,
            **facts,
        )
    assert not Session.objects.exists()
    session = factory.planned(factory.seated())
    assert session.reference.startswith("SEA-2027-000001-")
    by = factory.secretary_of(session)
    sessions.change_session(
        session_pk=session.pk, place="Nantes", sits_at=SITS_AT + timedelta(days=1), at=AT, by=by
    )
    with pytest.raises(TypeError):
        sessions.change_session(session_pk=session.pk, state="open", at=AT, by=by)
    assert Session.objects.get().place == "Nantes"


def test_only_a_dossier_in_deliberation_is_listed_and_once() -> None:
    session = factory.planned()
    early, ready = reviewers.admissible(), factory.deliberated()
    assert "délibération" in refused(factory.listed, session=session, application=early)
    factory.listed(session, ready)
    assert "déjà" in refused(factory.listed, session=session, application=ready)
    assert "déjà" in refused(factory.listed, session=factory.planned(factory.seated()), application=ready)
    with pytest.raises(LookupError):
        factory.listed(session, ready, kind="tombola")
    assert "durée" in refused(factory.listed, session=session, application=ready, minutes_planned=0)
    assert AgendaItem.objects.count() == 1


def test_each_member_is_written_to_and_reads_nothing_of_what_a_link_closes() -> None:
    members = reviewers.committee()
    first, second = factory.deliberated(), factory.deliberated()
    large, posted, away = (members[place].user for place in (0, 2, 4))
    User.objects.filter(pk=large.pk).update(preferred_format="large_print")
    User.objects.filter(pk=posted.pk).update(
        preferred_channel="post", address="1 rue X", postal_code="69003", city="Lyon"
    )
    linked(members[4], second)

    session = factory.convened([first, second])

    letters = {one.addressee_id: spoken(from_data(one.content)) for one in Letter.objects.filter(code="L14")}
    assert len(letters) == 6
    assert second.structure.name in letters[large.pk]
    assert second.structure.name not in letters[away.pk]
    assert "Un point auquel vous ne participez pas" in letters[away.pk]
    assert "un lien avec un point" in letters[large.pk]
    assert "Lyon" in letters[posted.pk]
    rows = {one.mandate.user_id: one for one in session.invitations.all()}
    assert rows[posted.pk].on_paper
    assert rows[large.pk].large_print
    assert [one.mandate.user_id for one in sessions.convening.paper_copies(session)] == [posted.pk]
    mails = Mail.objects.filter(kind="session")
    assert mails.count() == 6
    assert not any(first.structure.name in mail.text or second.structure.name in mail.text for mail in mails)
    visible = AgendaItem.objects.visible_to(away, on=DAY)
    assert [item.application_id for item in visible] == [first.pk]
    assert AgendaItem.objects.visible_to(large, on=DAY).count() == 2
    assert Session.objects.visible_to(away, on=DAY).count() == 1
    assert not Session.objects.visible_to(representative_of(first.structure).user, on=DAY).exists()


def test_a_member_without_an_address_keeps_nobody_from_being_convened(client: Client) -> None:
    members = reviewers.committee()
    User.objects.filter(pk__in=[members[0].user_id, members[3].user_id]).update(preferred_channel="post")
    session = factory.planned(members)
    factory.listed(session, factory.deliberated())
    by = factory.secretary_of(session)
    signed_in(client, by.user)
    names = [str(User.objects.get(pk=members[place].user_id)) for place in (0, 3)]
    sessions.convene(session_pk=session.pk, at=factory.CONVENED_AT, by=by)
    assert Letter.objects.filter(code="L14").count() == 4
    left = list(Invitation.objects.unwritten())
    assert {one.mandate_id for one in left} == {members[0].pk, members[3].pk}
    reader = todo.Reader(by.user, DAY, frozenset({Role.SECRETARIAT}))
    tasks = [one for one in todo.todo_for(reader, "staff") if one.title.startswith("Trouver l'adresse")]
    assert sorted(one.about for one in tasks) == sorted(names)
    page = reverse("staff_session", args=[session.reference])
    assert all(one.url == f"{page}#adresses" for one in tasks)
    shown = words(client.get(page))
    assert all(f"Écrire la convocation de {name}" in shown for name in names)
    go = f"write-{left[0].pk}"
    assert words(client.post(page, {"go": go, f"{go}-address": " "})).startswith("Erreur")
    assert Letter.objects.filter(code="L14").count() == 4
    address = "1 rue des Lilas\n69003 Lyon"
    assert client.post(page, {"go": go, f"{go}-address": address}).status_code == 302
    letter = Invitation.objects.get(pk=left[0].pk).letter
    assert letter is not None and letter.channel == "post" and "1 rue des Lilas" in str(letter.content)
    assert client.post(page, {"go": go, f"{go}-address": address}).status_code == 404
    with pytest.raises(Blocked, match="déjà écrite"):
        sessions.write_to_invited(invitation_pk=left[0].pk, address="X", at=factory.CONVENED_AT, by=by)
    with pytest.raises(NotAllowed):
        sessions.write_to_invited(
            invitation_pk=left[1].pk,
            address="X",
            at=factory.CONVENED_AT,
            by=reviewers.member_actor(members[1]),
        )
    assert Invitation.objects.unwritten().count() == 1


def test_the_message_names_those_whose_address_is_missing(client: Client) -> None:
    now = timezone.now()
    members = reviewers.committee(at=now)
    User.objects.filter(pk=members[0].user_id).update(preferred_channel="post")
    session = factory.planned(members, at=now, sits_at=now + timedelta(days=20))
    factory.listed(session, factory.deliberated(at=now), at=now)
    signed_in(client, session.secretary)
    page = reverse("staff_session_convene", args=[session.reference])
    assert "adresse inconnue" in words(client.get(page))
    shown = words(client.post(page, {"go": "send"}, follow=True))
    assert f"l'adresse manque : {members[0].user}" in shown
    assert Session.objects.get().state == "convened"


def test_a_convocation_leaves_five_days_before_with_an_agenda() -> None:
    session = factory.planned()
    by = factory.secretary_of(session)
    assert "vide" in refused(sessions.convene, session_pk=session.pk, at=AT, by=by)
    factory.listed(session, factory.deliberated())
    late, written = SITS_AT - timedelta(days=4), Letter.objects.count()
    assert "5 jours" in refused(sessions.convene, session_pk=session.pk, at=late, by=by)
    assert Session.objects.get().state == "planned"
    assert Letter.objects.count() == written and not Letter.objects.filter(code="L14").exists()
    sessions.convene(session_pk=session.pk, at=SITS_AT - timedelta(days=5), by=by)
    found = Session.objects.select_related("thread").get()
    content = session_mails.calendar_of(found, at=AT).decode().replace("\r\n ", "")
    assert f"UID:{found.reference}@" in content
    assert f"DTSTART:{SITS_AT:%Y%m%dT%H%M%S}Z" in content
    assert f"/comite/seances/{found.reference}/" in content
    assert "déjà" in refused(sessions.convene, session_pk=session.pk, at=AT, by=by)


def test_the_clock_reminds_before_the_sitting_those_who_come() -> None:
    session = factory.convened()
    stays = factory.seated()[5]
    sessions.answer_invitation(
        session_pk=session.pk,
        mandate_pk=stays.pk,
        answer="absent",
        at=CONVENED_AT,
        by=reviewers.member_actor(stays),
    )
    before = Mail.objects.count()
    tick(SITS_AT - timedelta(days=2))
    sent = list(Mail.objects.order_by("pk")[before:])
    assert len([mail for mail in sent if mail.kind == "session"]) == 5
    assert stays.user_id not in {mail.recipient_id for mail in sent}


def test_answers_name_one_proxy_per_holder_in_the_same_college() -> None:
    session = factory.convened(members=reviewers.committee(per_college=3))
    first, second, holder, other = factory.seated()[:4]

    def answer(who, answer="proxy", at=CONVENED_AT, **facts):
        return sessions.answer_invitation(
            session_pk=session.pk,
            mandate_pk=who.pk,
            answer=answer,
            at=at,
            by=reviewers.member_actor(who),
            **facts,
        )

    assert "même collège" in refused(answer, who=first, holder_pk=other.pk)
    assert "même collège" in refused(answer, who=first, holder_pk=first.pk)
    assert "contribution" in refused(answer, who=first, answer="written")
    answer(first, holder_pk=holder.pk)
    assert "déjà un pouvoir" in refused(answer, who=second, holder_pk=holder.pk)
    with pytest.raises(ValueError, match="maybe"):
        answer(second, answer="maybe")
    with pytest.raises(NotAllowed):
        sessions.answer_invitation(
            session_pk=session.pk,
            mandate_pk=first.pk,
            answer="present",
            at=AT,
            by=reviewers.member_actor(second),
        )
    answer(first, answer="remote", on_paper=True)
    answer(second, holder_pk=holder.pk)
    assert Invitation.objects.get(mandate=first).on_paper
    assert Invitation.objects.exclude(answer="").count() == 2


def test_a_sitting_begins_on_its_day_with_its_quorum_only() -> None:
    session = factory.convened()
    members, by = factory.seated(), factory.secretary_of(session)
    begin = {"session_pk": session.pk, "at": SITS_AT, "by": by}
    assert "patients" in refused(sessions.begin_session, **begin).lower()
    factory.attend(session, members[0])
    factory.attend(session, members[2], "remote")
    factory.attend(session, members[1], "proxy", holder_pk=members[0].pk)
    words = refused(sessions.begin_session, **begin)
    assert "Professionnels de santé" in words
    factory.attend(session, members[4], "written", contribution="Favorable au dossier.")
    assert "Professionnels" in refused(
        sessions.begin_session, **begin
    )  # in writing counts at a second convocation
    factory.attend(session, members[5])
    assert "a lieu le" in refused(sessions.begin_session, **begin | {"at": SITS_AT - timedelta(days=1)})
    found = sessions.begin_session(**begin)
    assert found.quorum == {
        "in_office": 6,
        "needed": 3,
        "here": 4,
        "by_college": {"patients": 2, "caregivers": 1, "professionals": 1},
    }
    assert "Quorum" not in refused(sessions.find_no_quorum, **begin)


def test_a_paused_member_does_not_count_and_an_expired_declaration_does_not_sit() -> None:
    from reviewers import actions

    session = factory.convened()
    members = factory.seated()
    for mandate in members:
        factory.attend(session, mandate)
    actions.pause(mandate_pk=members[0].pk, at=SITS_AT, by=reviewers.member_actor(members[0]))
    actions.expire_interests(mandate_pk=members[1].pk, at=SITS_AT, by=Actor.system())
    room = room_of(session, on=DAY)
    assert (room.quorum.in_office, room.quorum.here) == (5, 4)
    assert room.quorum.absent_colleges == ("patients",)


def test_attendance_refuses_two_proxies_another_college_and_an_absent_holder() -> None:
    session = factory.convened(members=reviewers.committee(per_college=3))
    first, second, holder, other = factory.seated()[:4]
    factory.attend(session, other)
    proxy = {"mode": "proxy", "holder_pk": holder.pk}
    assert "doit être là" in refused(factory.attend, session=session, mandate=first, **proxy)
    factory.attend(session, holder)
    factory.attend(session, first, **proxy)
    assert "déjà un pouvoir" in refused(factory.attend, session=session, mandate=second, **proxy)
    assert "même collège" in refused(
        factory.attend, session=session, mandate=second, mode="proxy", holder_pk=other.pk
    )
    assert "corrigez" in refused(
        factory.attend, session=session, mandate=holder, mode="written", contribution="Oui."
    )
    assert "sa contribution" in refused(factory.attend, session=session, mandate=second, mode="written")
    with pytest.raises(ValueError, match="ghost"):
        factory.attend(session, second, "ghost")
    assert Attendance.objects.count() == 3


def test_a_second_convocation_needs_no_overall_quorum_and_hears_a_college_in_writing() -> None:
    session = factory.convened()
    members, by = factory.seated(), factory.secretary_of(session)
    factory.attend(session, members[0])
    with pytest.raises(Blocked):
        sessions.find_no_quorum(session_pk=session.pk, at=SITS_AT - timedelta(days=1), by=by)
    sessions.find_no_quorum(session_pk=session.pk, at=SITS_AT, by=factory.chair_of(session))
    again = {"session_pk": session.pk, "at": SITS_AT + timedelta(days=1), "by": by}
    early = SITS_AT + timedelta(days=14)
    assert "ou après" in refused(sessions.reconvene, sits_at=early, **again)
    assert "5 jours" in refused(
        sessions.reconvene,
        sits_at=SITS_AT + timedelta(days=15),
        **again | {"at": SITS_AT + timedelta(days=11)},
    )
    second = SITS_AT + timedelta(days=15)
    session = sessions.reconvene(sits_at=second, place="Paris", **again)

    letter = Letter.objects.filter(code="L14").latest("pk")
    assert "aucun quorum d'ensemble ne sera exigé" in spoken(from_data(letter.content)).replace("’", "'")
    assert session.is_second
    assert session.first_sits_at == SITS_AT
    assert not room_of(session, on=DAY).seats
    factory.attend(session, members[0], at=second)
    factory.attend(session, members[2], at=second)
    begin = {"session_pk": session.pk, "at": second, "by": factory.chair_of(session)}
    assert "Professionnels" in refused(sessions.begin_session, **begin)
    factory.attend(session, members[4], "written", contribution="Je suis favorable.", at=second)
    assert sessions.begin_session(**begin).state == "open"
    item = factory.called(session, at=second)
    assert item.quorum["here"] == 2


def test_whoever_has_a_link_leaves_for_the_item_and_comes_back() -> None:
    first, second = factory.deliberated(), factory.deliberated()
    members = reviewers.committee()
    linked(members[0], first)
    session = factory.opened([first, second])
    item = factory.called(session)

    out = StepOut.objects.get()
    assert (out.attendance.mandate_id, out.item_id, out.left_at) == (members[0].pk, item.pk, SITS_AT)
    assert item.quorum["in_office"] == 5
    assert "en cours" in refused(factory.called, session=session, place=1)
    assert "ne participe pas" in refused(
        sessions.record_return,
        session_pk=session.pk,
        mandate_pk=members[0].pk,
        at=SITS_AT,
        by=factory.secretary_of(session),
    )
    chair = factory.chair_of(session)
    assert chair.user == members[0].user
    assert "l'autre personne préside" in refused(sessions.open_vote, item_pk=item.pk, at=SITS_AT, by=chair)
    # A link that comes to mind during the discussion.
    sessions.state_on_item(
        item_pk=item.pk,
        mandate_pk=members[2].pk,
        has_link=True,
        text="Ma sœur y travaille.",
        at=SITS_AT,
        by=reviewers.member_actor(members[2]),
    )
    assert StepOut.objects.filter(returned_at=None).count() == 2
    assert not AgendaItem.objects.visible_to(members[2].user, on=DAY).filter(pk=item.pk).exists()
    later = SITS_AT + timedelta(minutes=20)
    sessions.send_back(
        item_pk=item.pk, sent_to="later", at=later, by=factory.secretary_of(session).because("Plus le temps.")
    )
    assert set(StepOut.objects.values_list("returned_at", flat=True)) == {later}
    factory.called(session, 1)
    assert StepOut.objects.count() == 2


def test_an_item_without_its_own_quorum_is_not_called() -> None:
    application = factory.deliberated()
    members = reviewers.committee()
    for mandate in members[4:]:
        linked(mandate, application)
    session = factory.opened([application])
    assert "Professionnels" in refused(factory.called, session=session)
    assert factory.item_of(session).state == "listed"
    sessions.take_off(
        item_pk=factory.item_of(session).pk,
        at=SITS_AT,
        by=factory.secretary_of(session).because("Sans quorum."),
    )
    assert (
        sessions.close_session(session_pk=session.pk, at=SITS_AT, by=factory.secretary_of(session)).state
        == "closed"
    )
    assert Application.objects.get(pk=application.pk).state == "in_deliberation"


def test_points_are_discussed_and_the_association_heard_before_the_vote() -> None:
    members = reviewers.committee()
    session = factory.planned(members)
    factory.listed(session, factory.deliberated(flags=True), hearing=True)
    by = factory.secretary_of(session)
    sessions.convene(session_pk=session.pk, at=CONVENED_AT, by=by)
    for mandate in members:
        factory.attend(session, mandate)
    sessions.begin_session(session_pk=session.pk, at=SITS_AT, by=by)
    item = factory.called(Session.objects.get())
    vote = {"item_pk": item.pk, "at": SITS_AT, "by": by}
    points = list(item.points.all())
    assert {point.code for point in points} >= {"score_range"}
    words = refused(sessions.open_vote, **vote)
    assert "audition" in words
    assert "à discuter" in words
    sessions.record_hearing(**vote)
    sessions.mark_discussed(point_pks=[point.pk for point in points[1:]], **vote)
    if len(points) > 1:
        assert "1 point reste" in refused(sessions.open_vote, **vote)
    sessions.mark_discussed(point_pks=[points[0].pk], **vote)
    assert sessions.open_vote(**vote).state == "voting"
    assert "pas en discussion" in refused(sessions.mark_discussed, point_pks=[points[0].pk], **vote)


def test_questions_go_to_the_association_and_its_answer_comes_back() -> None:
    item = factory.called()
    by = factory.secretary_of(item.session)
    facts = {"item_pk": item.pk, "sent_to": "association", "at": SITS_AT}
    assert "pourquoi" in refused(sessions.send_back, by=by, **facts).lower()
    by = by.because("Les comptes ne disent pas tout.")
    assert "question précise" in refused(sessions.send_back, by=by, questions=["  "], **facts)
    sessions.send_back(by=by, questions=["Qui relit les fiches ?", "Quand ?"], hearing=True, **facts)

    application = Application.objects.get()
    assert application.state == "deferred"
    letter = Letter.objects.get(code="L5")
    text = spoken(from_data(letter.content))
    assert "Qui relit les fiches" in text
    assert "faire accompagner" in text
    assert "vous entendra" in text
    assert "comptes ne disent" not in text
    assert letter.signed_by == item.session.secretary
    assert list(breaches()) == []
    member = representative_of(application.structure)
    answer = {"application_pk": application.pk, "at": SITS_AT + timedelta(days=3)}
    assert "votre réponse" in refused(sessions.answer_deferral, answer=" ", by=member, **answer)
    with pytest.raises(NotAllowed):
        sessions.answer_deferral(answer="Nous.", by=Actor(reviewers.member().user, "member"), **answer)
    sessions.answer_deferral(answer="Un médecin, chaque mois.", by=member, **answer)
    assert Application.objects.get().state == "in_deliberation"
    assert "n'attend pas" in refused(sessions.answer_deferral, answer="Encore.", by=member, **answer)
    assert not Deadline.objects.running().filter(kind="deferral").exists()
    assert list(breaches()) == []


def test_without_an_answer_the_dossier_comes_back_and_says_so() -> None:
    item = factory.called()
    sessions.send_back(
        item_pk=item.pk,
        sent_to="association",
        questions=["Qui relit les fiches ?"],
        at=SITS_AT,
        by=factory.secretary_of(item.session).because("À préciser."),
    )
    Letter.objects.filter(code="L5").update(channel="online")
    by = representative_of(item.application.structure)
    open_online(letter_pk=Letter.objects.get(code="L5").pk, at=SITS_AT, by=by)
    tick(SITS_AT + timedelta(days=23))
    assert Mail.objects.filter(kind="deferral").count() == 1
    tick(SITS_AT + timedelta(days=31))
    application = Application.objects.get()
    assert application.state == "in_deliberation"
    assert Deferral.objects.get().passed_at is not None
    again = factory.planned(
        factory.seated(), sits_at=SITS_AT + timedelta(days=60), at=SITS_AT + timedelta(days=32)
    )
    assert factory.listed(again, application, at=SITS_AT + timedelta(days=32)).without_answer


def test_an_item_goes_back_to_evaluation_or_to_a_later_session() -> None:
    session = factory.opened([factory.deliberated(), factory.deliberated()])
    by = factory.secretary_of(session).because("À revoir.")
    for place, way in enumerate(("evaluation", "later")):
        item = factory.called(session, place)
        sessions.send_back(item_pk=item.pk, sent_to=way, at=SITS_AT, by=by)
    assert list(Application.objects.order_by("pk").values_list("state", flat=True)) == [
        "admissible",
        "in_deliberation",
    ]
    assert list(breaches()) == []
    with pytest.raises(ValueError, match="nowhere"):
        sessions.send_back(item_pk=item.pk, sent_to="nowhere", at=SITS_AT, by=by)


def test_a_dossier_withdrawn_while_it_is_voted_does_not_block_the_session() -> None:
    from label import actions as label_actions

    item = factory.voting()
    by = factory.secretary_of(item.session).because("Dossier retiré.")
    back = {"item_pk": item.pk, "sent_to": "later", "at": SITS_AT, "by": by}
    assert "pas en discussion" in refused(sessions.send_back, **back)
    application = item.application
    label_actions.withdraw(
        application_pk=application.pk, at=SITS_AT, by=representative_of(application.structure)
    )
    sessions.send_back(**back)
    assert sessions.close_session(session_pk=item.session_id, at=SITS_AT, by=by).state == "closed"
    assert list(breaches()) == []


def test_a_cancelled_session_frees_its_dossiers_and_tells_the_members() -> None:
    session = factory.convened()
    cancel = {"session_pk": session.pk, "at": CONVENED_AT}
    refused(sessions.cancel_session, by=factory.secretary_of(session), **cancel)
    sessions.cancel_session(by=factory.secretary_of(session).because("Grève des trains."), **cancel)
    assert Mail.objects.filter(kind="session", title__contains="annulée").count() == 6
    assert not Mail.objects.filter(text__contains="Grève").exists()
    application = Application.objects.get()
    assert application.state == "in_deliberation"
    other = factory.planned(factory.seated())
    factory.listed(other, application)
    assert not Deadline.objects.running().of(session).exists()


def test_the_agenda_is_ordered_so_that_few_people_move() -> None:
    dossiers = [factory.deliberated() for _ in range(3)]
    members = reviewers.committee()
    linked(members[0], dossiers[0])
    linked(members[0], dossiers[2])
    session = factory.planned(members)
    items = [factory.listed(session, one) for one in dossiers]
    by = factory.secretary_of(session)

    found = sessions.order_agenda(session_pk=session.pk, at=AT, by=by)

    assert [item.pk for item in found] == [items[0].pk, items[2].pk, items[1].pk]
    keys = [items[1].pk, items[0].pk, items[2].pk]
    sessions.order_agenda(session_pk=session.pk, item_pks=keys, at=AT, by=by)
    assert [factory.item_of(session, place).pk for place in range(3)] == keys
    assert "changé" in refused(sessions.order_agenda, session_pk=session.pk, item_pks=keys[:2], at=AT, by=by)


def test_a_dossier_of_the_agenda_opens_once_the_member_says_that_there_is_no_link() -> None:
    session = factory.convened()
    item, member = factory.item_of(session), factory.seated()[1]
    dossiers = Application.objects.visible_to(member.user, on=DAY)
    assert not dossiers.exists()
    state = {
        "item_pk": item.pk,
        "mandate_pk": member.pk,
        "at": CONVENED_AT,
        "by": reviewers.member_actor(member),
    }
    sessions.state_on_item(has_link=False, **state)
    assert dossiers.all().exists()
    assert "quel est ce lien" in refused(sessions.state_on_item, has_link=True, **state)
    sessions.state_on_item(has_link=True, text="J'y ai donné.", **state)
    sessions.state_on_item(has_link=False, **state)  # a link once said stays said
    assert ItemStatement.objects.get().has_link
    assert not dossiers.all().exists()


def test_minutes_say_what_happened_and_two_people_approve_them() -> None:
    first, second = factory.deliberated(), factory.deliberated()
    members = reviewers.committee()
    linked(members[0], first)
    session = factory.convened([first, second])
    reviewers.member(college="caregivers", at=AT)
    for mandate in members[:5]:
        factory.attend(session, mandate, "remote" if mandate == members[2] else "present")
    factory.attend(session, factory.seated()[6], "written", contribution="Je suis favorable, sans réserve.")
    factory.attend(session, members[5], "proxy", holder_pk=members[4].pk)
    sessions.begin_session(session_pk=session.pk, at=SITS_AT, by=factory.secretary_of(session))
    item = factory.voting(session)
    for mandate, choice in zip(
        members[1:5], ("favourable", "favourable", "unfavourable", "abstention"), strict=True
    ):
        factory.vote(item, mandate, choice)
    by = factory.secretary_of(session)
    sessions.close_vote(item_pk=item.pk, at=SITS_AT, by=by)
    factory.adopted(item, minority="Un membre demande un relais local.")
    back = factory.called(session, 1)
    sessions.send_back(item_pk=back.pk, sent_to="later", at=SITS_AT, by=by.because("Temps."))
    sessions.close_session(session_pk=session.pk, at=SITS_AT + timedelta(hours=2), by=by)
    at = SITS_AT + timedelta(days=1)
    facts = {"session_pk": session.pk, "at": at}
    assert "pas encore rédigé" in refused(sessions.send_minutes, by=by, **facts)
    sessions.draft_minutes(by=by, **facts)
    with pytest.raises(KeyError):
        sessions.complete_minutes(parts={"item-0": "Rien."}, by=by, **facts)
    sessions.complete_minutes(parts={"opening": "Accueil par la coprésidence."}, by=by, **facts)
    chair = reviewers.member_actor(members[4])
    assert "envoyé" in refused(sessions.approve_minutes, by=chair, **facts)
    sessions.send_minutes(by=by, **facts)
    assert Mail.objects.filter(title__contains="accord").count() == 3
    with pytest.raises(NotAllowed):
        sessions.approve_minutes(by=reviewers.member_actor(members[1]), **facts)
    with pytest.raises(NotAllowed):
        sessions.approve_minutes(by=acting(staff(Role.SECRETARIAT), Role.SECRETARIAT), **facts)
    sessions.approve_minutes(by=chair, **facts)
    sessions.approve_minutes(by=chair, **facts)
    sessions.complete_minutes(parts={"opening": "Accueil."}, by=by, **facts)
    found = Minutes.objects.get()
    assert found.chair_approved_at is None  # what was approved has changed
    change = found.changes.get()
    assert (change.old, change.new) == ("Accueil par la coprésidence.", "Accueil.")
    sessions.approve_minutes(by=by, **facts)
    assert Session.objects.get().state == "closed"
    found = sessions.approve_minutes(by=chair, **facts)

    with found.pdf.content.open() as file:
        text = pdf_words(file.read())
    names = [mandate.user.get_full_name() for mandate in members]
    for told in (
        *names,
        f"{names[2]}, Aidants : à distance",
        f"pouvoir à {names[4]}",
        f"{names[0]} a quitté la séance",
        "favorable : 2",
        "abstention : 1",
        "Avis : favorable",
        "relais local",
        "Point reporté",
        "Je suis favorable, sans réserve.",
        first.structure.name,
    ):
        assert told in text, told
    assert "À compléter" not in text
    assert "approuvé" in refused(sessions.complete_minutes, parts={"opening": "Non."}, by=by, **facts)
    extract = str(writing.extract_blocks([found.record], on=timezone.localdate(at)))
    assert not any(name in extract for name in (*names, first.structure.name, second.structure.name))
    assert "favorable" not in extract  # the decision is not notified yet
    assert "notification des décisions : 1" in extract
    rows = writing.attendance_rows(session)
    assert len(rows) == 7


def test_expenses_and_the_logbook() -> None:
    session = factory.opened()
    member, by = factory.seated()[0], factory.secretary_of(session)
    facts = {"session_pk": session.pk, "mandate_pk": member.pk, "at": SITS_AT, "by": by}
    sessions.record_expenses(cents=4250, notes="Train", **facts)
    assert "montant" in refused(sessions.record_expenses, cents=-1, **facts)
    assert "montant" in refused(sessions.record_expenses, cents=10**9, **facts)
    assert (member.user.get_full_name(), "Patients", "Sur place", 42.5, "Train") in writing.attendance_rows(
        session
    )
    book = {"session_pk": session.pk, "at": SITS_AT, "by": reviewers.member_actor(member)}
    sessions.write_logbook(text="Prévoir une pause plus longue.", **book)
    refused(sessions.write_logbook, text=" ", **book)
    assert session.logbook.get().author == member.user


def test_an_opinion_on_paper_stays_possible_but_not_while_a_session_discusses_the_dossier() -> None:
    item = factory.called()
    facts = {
        "application_pk": item.application_id,
        "kind": "favourable",
        "reasons": factory.REASONS,
        "votes": {"for": 4},
        **reviewers.on_paper(),
        "solutions": list(item.application.solutions.values_list("pk", flat=True)),
        "adopted_on": DAY,
        "at": SITS_AT,
        "by": factory.secretary_of(item.session),
    }
    assert "en séance" in refused(opinions.record_opinion, **facts)
    sessions.send_back(item_pk=item.pk, sent_to="later", at=SITS_AT, by=facts["by"].because("Temps."))
    assert opinions.record_opinion(**facts).item is None
    assert Opinion.objects.count() == 1


def test_a_secretary_who_belonged_to_the_structure_does_not_run_its_item() -> None:
    session = factory.opened()
    item = factory.item_of(session)
    structures.member(item.application.structure, user=session.secretary)
    with pytest.raises(NotAllowed):
        sessions.call_item(item_pk=item.pk, at=SITS_AT, by=factory.secretary_of(session))
    assert (
        sessions.call_item(item_pk=item.pk, at=SITS_AT, by=factory.chair_of(session)).state == "in_discussion"
    )


def test_the_lists_of_the_office_show_the_letters_and_clocks_of_a_session(client) -> None:
    reviewers.committee()
    posted = factory.seated()[2].user
    User.objects.filter(pk=posted.pk).update(
        preferred_channel="post", address="1 rue X", postal_code="69003", city="Lyon"
    )
    session = factory.convened()
    signed_in(client, session.secretary)
    for address in ("/inca/", "/inca/courriers/", "/inca/echeances/"):
        page = words(client.get(address))
        assert "None" not in page, address
    assert "Convocation à la séance" in words(client.get("/inca/courriers/")).replace("\xa0", " ")
    letter = Letter.objects.get(channel="post")
    assert client.get(f"/inca/courriers/{letter.pk}/").status_code == 200
    member = factory.seated()[0].user
    signed_in(client, member)
    own = Letter.objects.get(addressee=member, code="L14")
    assert client.get(f"/espace/courriers/{own.pk}/").status_code == 200
    assert client.get(f"/espace/courriers/{letter.pk}/").status_code == 404


def test_integrity_sees_an_urn_that_does_not_match_and_an_item_without_opinion() -> None:
    item = factory.voting(secret=True)
    factory.vote(item, factory.seated()[0])
    assert list(breaches()) == []
    item.secret_counts.filter(choice="favourable").update(count=2)
    assert [one for one in breaches() if "urn" in one]


def test_the_association_answers_the_committee_on_one_page(client) -> None:
    item = factory.called()
    sessions.send_back(
        item_pk=item.pk,
        sent_to="association",
        questions=["Qui relit les fiches ?"],
        hearing=True,
        at=SITS_AT,
        by=factory.secretary_of(item.session).because("À préciser."),
    )
    found = item.application
    address = f"/espace/dossiers/{found.reference}/comite/reponse/"
    stranger = structures.structure(name="Une autre").representative()
    assert signed_in(client, stranger).get(address).status_code == 404
    signed_in(client, found.structure.representative())
    assert address in client.get("/espace/").content.decode()
    assert address in client.get(f"/espace/dossiers/{found.reference}/suivi/").content.decode()
    page = words(client.get(address))
    assert "Qui relit les fiches ?" in page
    assert "vous entendre" in page
    assert "Répondez à cette question" in words(client.post(address, {"answer": " "}))
    assert Application.objects.get().state == "deferred"
    sent = client.post(address, {"answer": "Un médecin, chaque mois."}, follow=True)
    assert "Votre réponse est envoyée" in words(sent)
    assert Deferral.objects.get().answer == "Un médecin, chaque mois."
    again = client.post(address, {"answer": "Deux fois."}, follow=True)
    assert again.status_code == 200
    assert Deferral.objects.get().answer == "Un médecin, chaque mois."


def test_the_secretariat_enters_an_answer_that_came_by_post(client) -> None:
    item = factory.called()
    sessions.send_back(
        item_pk=item.pk,
        sent_to="association",
        questions=["Qui relit les fiches ?"],
        at=SITS_AT,
        by=factory.secretary_of(item.session).because("À préciser."),
    )
    signed_in(client, item.session.secretary)
    client.post(f"/espace/dossiers/{item.application.reference}/comite/reponse/", {"answer": "Un médecin."})
    found = Deferral.objects.get()
    assert (found.answer, found.answered_by) == ("Un médecin.", item.session.secretary)
    assert Application.objects.get().state == "in_deliberation"
