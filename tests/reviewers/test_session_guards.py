"""What a session refuses: a secret that would not be one, a chair kept away, a vote decided beside its counts."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from journal.models import Event
from label.models import Application
from letters.models import Mail
from reviewers import session_mails
from reviewers.actions import sessions
from reviewers.models import (
    AgendaItem,
    Attendance,
    Ballot,
    ItemStatement,
    Minutes,
    SecretCount,
    Session,
    StepOut,
)
from reviewers.session_forms import CastingForm
from tests.factories import reviewers
from tests.factories import sessions as factory
from tests.factories.accounts import signed_in
from tests.factories.sessions import CONVENED_AT, SITS_AT
from tests.reviewers.test_session_votes import cast
from tests.reviewers.test_sessions import linked, refused
from workflows.integrity import breaches

pytestmark = pytest.mark.django_db
LATER = SITS_AT + timedelta(minutes=5)


def small(*, proxy: bool = False) -> AgendaItem:
    """An item in discussion at a second convocation, with two members in the room, and a proxy if asked."""
    session = factory.convened()
    members, by = factory.seated(), factory.secretary_of(session)
    factory.attend(session, members[0])
    sessions.find_no_quorum(session_pk=session.pk, at=SITS_AT, by=by)
    second = SITS_AT + timedelta(days=15)
    session = sessions.reconvene(session_pk=session.pk, sits_at=second, at=SITS_AT, by=by)
    for place, mandate in enumerate(members[0::2]):
        mode = "present" if place < 2 else "written"
        factory.attend(session, mandate, mode, contribution="Favorable.", at=second)
    if proxy:
        factory.attend(session, members[1], "proxy", holder_pk=members[0].pk, at=second)
    sessions.begin_session(session_pk=session.pk, at=second, by=by)
    return factory.called(session, at=second)


def test_a_secret_vote_of_two_people_is_refused_with_what_to_do_instead() -> None:
    item = small()
    second = item.called_at
    before = Event.objects.count()
    for by in (reviewers.member_actor(factory.seated()[0]), factory.secretary_of(item.session)):
        words = refused(sessions.ask_secret_ballot, item_pk=item.pk, at=second, by=by)
        assert "2 personnes" in words
        assert "main levée" in words
        assert "reportez" in words
    assert not AgendaItem.objects.get().is_secret
    assert not SecretCount.objects.exists()
    assert Event.objects.count() == before


def test_a_proxy_does_not_make_a_third_person() -> None:
    item = small(proxy=True)
    by = factory.secretary_of(item.session)
    words = refused(sessions.ask_secret_ballot, item_pk=item.pk, at=item.called_at, by=by)
    assert "2 personnes" in words


def test_a_vote_asked_secret_does_not_open_once_too_few_are_left() -> None:
    session = factory.opened(members=reviewers.committee(per_college=2))
    members, by = factory.seated(), factory.secretary_of(session)
    item = factory.called(session)
    sessions.ask_secret_ballot(item_pk=item.pk, at=SITS_AT, by=by)
    for mandate in members[2:]:
        sessions.record_departure(session_pk=session.pk, mandate_pk=mandate.pk, at=LATER, by=by)
    assert "main levée" in refused(sessions.open_vote, item_pk=item.pk, at=LATER, by=by)
    sessions.send_back(item_pk=item.pk, sent_to="later", at=LATER, by=by.because("Trop peu de monde."))


def test_a_secret_vote_does_not_open_nor_close_once_too_few_are_left_and_is_given_up() -> None:
    session = factory.opened(members=reviewers.committee(per_college=2))
    members, by = factory.seated(), factory.secretary_of(session)
    item = factory.voting(session, secret=True)
    for mandate in members[:2]:
        cast(item, mandate)
    act = {"item_pk": item.pk, "at": LATER, "by": by}
    words = refused(sessions.close_vote, **act)
    assert "3 bulletins" in words
    assert AgendaItem.objects.get().vote_closed_at is None
    # Enough people could still vote: the secret that a member asked for stands.
    assert "reste secret" in refused(sessions.give_up_secret_ballot, **act)
    for mandate in members[2:]:
        sessions.record_departure(session_pk=session.pk, mandate_pk=mandate.pk, at=LATER, by=by)
    refused(sessions.close_vote, **act)
    sessions.give_up_secret_ballot(**act)
    item = AgendaItem.objects.get()
    assert not item.is_secret
    assert not Ballot.objects.exists()
    assert not SecretCount.objects.exists()
    assert Event.objects.filter(move="open_ballot").count() == 1
    assert list(breaches()) == []


def test_a_batch_of_one_or_two_paper_ballots_would_tell_who_voted_what() -> None:
    item = factory.voting(secret=True)
    members, by = factory.seated(), factory.secretary_of(item.session)
    count = {"item_pk": item.pk, "at": SITS_AT, "by": by}
    for number in (1, 2):
        words = refused(
            sessions.count_paper_ballots,
            mandate_pks=[one.pk for one in members[:number]],
            counts={"favourable": number},
            **count,
        )
        assert "3 bulletins" in words
        assert "main levée" in words
    assert not Ballot.objects.exists()
    assert set(item.secret_counts.values_list("count", flat=True)) == {0}
    sessions.count_paper_ballots(
        mandate_pks=[one.pk for one in members[:3]], counts={"favourable": 2, "unfavourable": 1}, **count
    )
    assert Ballot.objects.count() == 3


def test_a_chair_kept_away_does_nothing_in_the_session_while_their_item_is_open() -> None:
    first, second = factory.deliberated(), factory.deliberated()
    members = reviewers.committee()
    linked(members[0], first)
    session = factory.opened([first, second])
    by, chair = factory.secretary_of(session), factory.chair_of(session)
    assert chair.user == members[0].user
    item = factory.called(session)
    before = Event.objects.count(), StepOut.objects.count()
    one = {"session_pk": session.pk, "mandate_pk": members[3].pk, "at": LATER, "by": chair}
    acts = [
        (sessions.record_step_out, one),
        (sessions.record_departure, one),
        (sessions.record_return, one),
        (sessions.record_attendance, one | {"mode": "remote"}),
        (sessions.name_acting_chair, one),
        (sessions.close_session, {"session_pk": session.pk, "at": LATER, "by": chair}),
        (sessions.mark_discussed, {"item_pk": item.pk, "point_pks": [], "at": LATER, "by": chair}),
        (sessions.record_hearing, {"item_pk": item.pk, "at": LATER, "by": chair}),
        (
            sessions.count_paper_ballots,
            {"item_pk": item.pk, "mandate_pks": [], "counts": {}, "at": LATER, "by": chair},
        ),
    ]
    for act, facts in acts:
        assert "l'autre personne préside" in refused(act, **facts), act.__name__
    assert (Event.objects.count(), StepOut.objects.count()) == before
    assert Session.objects.get().acting_chair is None
    # The other chair and the secretariat go on; once the item is settled, so does the first.
    other = reviewers.member_actor(session.professional_chair)
    sessions.record_step_out(**one | {"by": other})
    sessions.record_return(**one | {"by": by})
    refused(sessions.name_acting_chair, **one | {"mandate_pk": members[0].pk, "by": by})
    sessions.name_acting_chair(**one | {"by": by})
    sessions.send_back(item_pk=item.pk, sent_to="later", at=LATER, by=by.because("Temps."))
    sessions.record_step_out(**one)


def test_a_chair_kept_away_takes_no_item_off_the_agenda() -> None:
    dossier = factory.deliberated()
    members = reviewers.committee()
    linked(members[0], dossier)
    session = factory.opened([dossier])
    item = factory.item_of(session)
    act = {"item_pk": item.pk, "at": SITS_AT}
    assert "préside" in refused(sessions.take_off, by=factory.chair_of(session).because("Non."), **act)
    assert factory.item_of(session).state == "listed"


@pytest.mark.parametrize(
    ("choices", "tied"),
    [
        (["favourable", "unfavourable"] * 3, ["favourable", "unfavourable"]),
        (
            ["favourable", "favourable_with_conditions"] * 3,
            ["favourable", "favourable_with_conditions"],
        ),
        (
            ["favourable", "favourable_with_conditions", "favourable", *["unfavourable"] * 3],
            ["favourable_with_conditions", "unfavourable"],
        ),
    ],
)
def test_only_what_is_tied_is_offered_and_accepted(choices, tied) -> None:
    item = factory.counted(choices=choices)
    assert item.outcome == ""
    chair = factory.chair_of(item.session).because("Les comptes manquent.")
    assert [code for code, _label in CastingForm(item=item).fields["choice"].choices] == tied
    for code in {"favourable", "favourable_with_conditions", "unfavourable", "abstention", "oui"} - {*tied}:
        words = refused(sessions.cast_deciding_vote, item_pk=item.pk, choice=code, at=LATER, by=chair)
        assert "à égalité" in words
    item = AgendaItem.objects.get()
    assert (item.casting_choice, item.outcome) == ("", "")
    item = sessions.cast_deciding_vote(item_pk=item.pk, choice=tied[-1], at=LATER, by=chair)
    assert item.outcome == tied[-1]


def test_abstentions_alone_give_no_opinion_and_the_item_goes_back() -> None:
    item = factory.counted(choices=["abstention"] * 6)
    chair, by = factory.chair_of(item.session), factory.secretary_of(item.session)
    words = refused(
        sessions.cast_deciding_vote,
        item_pk=item.pk,
        choice="favourable",
        at=LATER,
        by=chair.because("Je préfère."),
    )
    assert "pas d'égalité" in words
    words = refused(sessions.adopt_opinion, item_pk=item.pk, reasons=factory.REASONS, at=LATER, by=by)
    assert "abstenu" in words
    sessions.send_back(item_pk=item.pk, sent_to="later", at=LATER, by=by.because("Aucun avis."))
    assert AgendaItem.objects.get().state == "sent_back"
    assert Application.objects.get().state == "in_deliberation"
    assert sessions.close_session(session_pk=item.session_id, at=LATER, by=by).state == "closed"
    assert list(breaches()) == []


def test_who_said_nothing_of_a_link_does_not_vote() -> None:
    item = factory.voting()
    members, by = factory.seated(), factory.secretary_of(item.session)
    ItemStatement.objects.all().delete()
    before = Event.objects.count()
    assert "aucun lien" in refused(cast, item=item, mandate=members[1])
    assert "aucun lien" in refused(cast, item=item, mandate=members[1], by=by)
    assert (Event.objects.count(), Ballot.objects.count()) == (before, 0)
    factory.state(item, members[1])
    cast(item, members[1])
    sessions.ask_secret_ballot(item_pk=item.pk, at=SITS_AT, by=by)
    words = refused(
        sessions.count_paper_ballots,
        item_pk=item.pk,
        mandate_pks=[one.pk for one in members[:3]],
        counts={"favourable": 3},
        at=SITS_AT,
        by=by,
    )
    assert "aucun lien" in words


def test_a_substitute_who_was_not_called_is_not_noted_present() -> None:
    session = factory.convened()
    stand_in = reviewers.member(college="patients", seat="substitute")
    assert "titulaire" in refused(factory.attend, session=session, mandate=stand_in)
    assert not Attendance.objects.exists()


def test_a_proxy_is_not_given_to_somebody_absent_out_or_gone() -> None:
    session = factory.convened(members=reviewers.committee(per_college=3))
    first, _second, holder, *_others = factory.seated()
    by = factory.secretary_of(session)

    def answer(who, answer, **facts):
        return sessions.answer_invitation(
            session_pk=session.pk,
            mandate_pk=who.pk,
            answer=answer,
            at=CONVENED_AT,
            by=reviewers.member_actor(who),
            **facts,
        )

    for how, facts in (
        ("absent", {}),
        ("written", {"contributions": {factory.item_of(session).pk: "Favorable."}}),
    ):
        answer(holder, how, **facts)
        assert "ne sera pas là" in refused(answer, who=first, answer="proxy", holder_pk=holder.pk)
    stand_in = reviewers.member(college="patients", seat="substitute")
    assert "ne sera pas là" in refused(answer, who=first, answer="proxy", holder_pk=stand_in.pk)
    answer(holder, "present")
    answer(first, "proxy", holder_pk=holder.pk)
    before = Mail.objects.count()
    answer(holder, "absent")
    told = Mail.objects.order_by("pk")[before:]
    assert [mail.recipient_id for mail in told] == [first.user_id]
    assert holder.user.last_name not in told[0].text + told[0].title
    answer(holder, "present")
    for mandate in factory.seated():
        if mandate.pk not in (first.pk, stand_in.pk):
            factory.attend(session, mandate)
    sessions.begin_session(session_pk=session.pk, at=SITS_AT, by=by)
    sessions.record_step_out(session_pk=session.pk, mandate_pk=holder.pk, at=SITS_AT, by=by)
    proxy = {"session": session, "mandate": first, "mode": "proxy", "holder_pk": holder.pk}
    assert "doit être là" in refused(factory.attend, **proxy)
    sessions.record_return(session_pk=session.pk, mandate_pk=holder.pk, at=SITS_AT, by=by)
    factory.attend(**proxy)
    assert Attendance.objects.get(mandate=first).holder == holder


def test_how_somebody_took_part_first_is_kept_when_they_leave_a_proxy() -> None:
    session = factory.opened(members=reviewers.committee(per_college=2))
    first, holder, *_others = factory.seated()
    by = factory.secretary_of(session)
    factory.attend(session, first, "proxy", holder_pk=holder.pk, at=LATER)
    seat = Attendance.objects.get(mandate=first)
    assert seat.mode == "proxy"
    assert [(one["mode"], one["until"]) for one in seat.earlier] == [("present", LATER.isoformat())]
    item = factory.called(session)
    sessions.send_back(item_pk=item.pk, sent_to="later", at=LATER, by=by.because("Temps."))
    sessions.close_session(session_pk=session.pk, at=LATER, by=by)
    found = sessions.draft_minutes(session_pk=session.pk, at=LATER, by=by)
    line = next(one for one in found.record["attendance"] if one["name"] == first.user.get_full_name())
    assert [one["mode"] for one in line["earlier"]] == ["present"]


def test_before_the_opening_a_correction_is_only_a_correction() -> None:
    session = factory.convened()
    first, holder, *_others = factory.seated()
    factory.attend(session, holder)
    factory.attend(session, first)
    factory.attend(session, first, "proxy", holder_pk=holder.pk)
    assert Attendance.objects.get(mandate=first).earlier == []


def test_a_session_is_not_opened_long_after_its_date() -> None:
    session = factory.convened()
    for mandate in factory.seated():
        factory.attend(session, mandate)
    by = factory.secretary_of(session)
    for days in (2, 60):
        late = SITS_AT + timedelta(days=days)
        words = refused(sessions.begin_session, session_pk=session.pk, at=late, by=by)
        assert "Annulez-la" in words
    assert Session.objects.get().state == "convened"
    assert sessions.begin_session(session_pk=session.pk, at=SITS_AT, by=by).state == "open"


def test_another_place_or_link_is_told_once_to_each_person_convened() -> None:
    session = factory.convened()
    by = factory.secretary_of(session)
    members = factory.seated()
    before = Mail.objects.count()
    first = session_mails.calendar_of(session, at=CONVENED_AT)
    change = {"session_pk": session.pk, "at": CONVENED_AT + timedelta(days=1), "by": by}
    sessions.change_session(access_notes="Ascenseur.", place=f" {session.place} ", **change)
    assert Mail.objects.count() == before
    sessions.change_session(place="Nantes, salle 3", **change)
    told = Mail.objects.order_by("pk")[before:]
    assert {mail.recipient_id for mail in told} == {one.user_id for one in members}
    assert all("Nantes, salle 3" in mail.text and "agenda" in mail.text for mail in told)
    sessions.change_session(place="Nantes, salle 3", **change | {"at": SITS_AT - timedelta(days=2)})
    assert Mail.objects.count() == before + len(members)
    sessions.change_session(
        link="https://visio.exemple.fr/autre", **change | {"at": SITS_AT - timedelta(days=1)}
    )
    assert Mail.objects.count() == before + 2 * len(members)
    found = Session.objects.select_related("thread").get()
    second = session_mails.calendar_of(found, at=SITS_AT)
    assert line_of("UID", first) == line_of("UID", second)
    assert int(line_of("SEQUENCE", second)) > int(line_of("SEQUENCE", first)) > 0


def test_a_session_only_planned_tells_nobody() -> None:
    session = factory.planned()
    sessions.change_session(
        session_pk=session.pk, place="Nantes", at=CONVENED_AT, by=factory.secretary_of(session)
    )
    assert not Mail.objects.filter(kind="session").exists()


def line_of(name: str, content: bytes) -> str:
    """What a calendar file says on that line."""
    lines = content.decode().replace("\r\n ", "").splitlines()
    return next(one.partition(":")[2] for one in lines if one.startswith(f"{name}:"))


def test_the_calendar_file_of_both_spaces_is_the_same_event_and_a_later_one_replaces_it(
    client, settings
) -> None:
    settings.ALLOWED_HOSTS = ["autre.exemple.fr", "testserver"]
    session = factory.convened()
    by, member = factory.secretary_of(session), factory.seated()[0].user
    pages = {
        f"/comite/seances/{session.reference}/": member,
        f"/inca/comite/seances/{session.reference}/": by.user,
    }

    def files() -> dict[str, bytes]:
        return {
            page: signed_in(client, user).get(f"{page}seance.ics").content for page, user in pages.items()
        }

    first = files()
    for page, content in first.items():
        assert line_of("UID", content) == f"{session.reference}@{urlsplit(settings.PUBLIC_URL).hostname}"
        assert line_of("URL", content) == f"{settings.PUBLIC_URL}{page}"
    sessions.change_session(session_pk=session.pk, place="Nantes", at=CONVENED_AT, by=by)
    for page, content in files().items():
        assert line_of("LOCATION", content) == "Nantes"
        assert int(line_of("SEQUENCE", content)) > int(line_of("SEQUENCE", first[page]))


def test_minutes_corrected_after_an_approval_are_told_to_who_approved_or_was_asked() -> None:
    session = factory.sent_for_approval()
    by, chair = factory.secretary_of(session), factory.chair_of(session)
    sessions.approve_minutes(session_pk=session.pk, at=SITS_AT + timedelta(days=3), by=chair)
    before = Mail.objects.count()
    correct = {"session_pk": session.pk, "at": SITS_AT + timedelta(days=4), "by": by}
    sessions.complete_minutes(parts={"opening": "Accueil."}, **correct)  # the same words
    assert Mail.objects.count() == before
    assert Minutes.objects.get().chair_approved_at is not None
    sessions.complete_minutes(parts={"opening": "Accueil par la coprésidence."}, **correct)
    told = {mail.recipient_id: mail for mail in Mail.objects.order_by("pk")[before:]}
    other = session.professional_chair.user
    assert told.keys() == {chair.user.pk, other.pk}
    assert "ne compte plus" in told[chair.user.pk].text
    assert "ne compte plus" not in told[other.pk].text
    assert Minutes.objects.get().chair_approved_at is None


def test_minutes_not_sent_yet_are_corrected_in_silence() -> None:
    session = factory.closed()
    by, at = factory.secretary_of(session), SITS_AT + timedelta(days=1)
    sessions.draft_minutes(session_pk=session.pk, at=at, by=by)
    before = Mail.objects.count()
    for text in ("Accueil.", "Accueil par la coprésidence."):
        sessions.complete_minutes(session_pk=session.pk, parts={"opening": text}, at=at, by=by)
    assert Mail.objects.count() == before


@pytest.mark.parametrize("unseen", ["\u200b", "\u2060\u00a0\ufeff", "\u3164"])
def test_a_reason_that_nobody_sees_is_none(unseen) -> None:
    session = factory.convened([factory.deliberated(), factory.deliberated()])
    members = factory.seated()
    by, before = factory.secretary_of(session).because(unseen), Event.objects.count()
    item = factory.item_of(session)
    assert refused(sessions.cancel_session, session_pk=session.pk, at=CONVENED_AT, by=by)
    assert refused(sessions.take_off, item_pk=item.pk, at=CONVENED_AT, by=by)
    own = {"mandate_pk": members[1].pk, "at": CONVENED_AT, "by": reviewers.member_actor(members[1])}
    assert refused(sessions.state_on_item, item_pk=item.pk, has_link=True, text=unseen, **own)
    answer = {"session_pk": session.pk, "answer": "written", "contributions": {item.pk: unseen}}
    assert refused(sessions.answer_invitation, **answer, **own)
    assert refused(factory.attend, session=session, mandate=members[0], mode="written", contribution=unseen)
    assert Event.objects.count() == before
    for mandate in members:
        factory.attend(session, mandate)
    sessions.begin_session(session_pk=session.pk, at=SITS_AT, by=by)
    item = factory.called(session)
    asked = {"item_pk": item.pk, "sent_to": "association", "at": SITS_AT}
    assert refused(sessions.send_back, questions=["Qui relit ?"], by=by, **asked)
    assert "question" in refused(
        sessions.send_back, questions=[unseen], by=by.because("À préciser."), **asked
    )
    assert refused(sessions.write_logbook, session_pk=session.pk, text=unseen, at=SITS_AT, by=by)
    assert factory.item_of(session).state == "in_discussion"


def test_reasons_of_an_opinion_are_as_long_as_what_is_read() -> None:
    item = factory.counted()
    words = refused(
        sessions.adopt_opinion,
        item_pk=item.pk,
        reasons="Favorable." + "\u200b" * 400,
        solutions=list(item.application.solutions.values_list("pk", flat=True)),
        at=SITS_AT,
        by=factory.secretary_of(item.session),
    )
    assert "300" in words
