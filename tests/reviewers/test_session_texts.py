"""What is written of an item stays with it: contributions, lessons, minutes; who is kept away reads none of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from journal.refusals import NotAllowed
from reviewers import minutes as writing
from reviewers.actions import sessions
from reviewers.models import Attendance, Contribution, Invitation, LogbookEntry, Minutes, Session
from reviewers.room import room_of
from structures.models import Structure
from tests.factories import reviewers, structures
from tests.factories import sessions as factory
from tests.factories.sessions import CONVENED_AT, SITS_AT
from tests.reading import pdf_words, plain, words
from tests.reviewers.test_session_views import World, convened, sheet_of
from tests.reviewers.test_sessions import DAY, linked, refused

pytestmark = pytest.mark.django_db
SAID = ("Les comptes de la première m'inquiètent.", "La seconde aide mes voisins.")
LESSONS = ("La première a trop duré.", "La seconde fut claire.", "Prévoir une pause.")


def written(world: World, place: int, *texts: str) -> Any:
    """That member answers in writing, one text per item."""
    fields = {f"written-{world.item(number).pk}": text for number, text in enumerate(texts)}
    return world.post(world.member(place), "", go="answer", answer="written", **fields)


def test_a_member_writes_of_each_item_and_of_none_from_which_a_link_keeps_them() -> None:
    world = convened(in_days=10)
    world.states(2, world.item(0), link=True)

    page = world.read(world.member(1), "")
    assert "Point 1 : Association n° 0" in page and "Point 2 : Association n° 1" in page
    assert "Point 1 :" not in world.read(world.member(2), "")
    assert "Écrivez votre contribution." in words(written(world, 1, " ", ""))
    assert written(world, 1, *SAID).status_code == 302
    assert written(world, 2, *SAID).status_code == 302  # the field of the closed item is none of that page
    assert set(Contribution.objects.values_list("mandate_id", "item__position", "text")) == {
        (world.members[1].pk, 1, SAID[0]),
        (world.members[1].pk, 2, SAID[1]),
        (world.members[2].pk, 2, SAID[1]),
    }
    assert SAID[0] in plain(world.member(1).get(world.url("")).content.decode()).replace("&#x27;", "'")
    written(world, 1, SAID[0], "")
    assert Contribution.objects.filter(mandate=world.members[1]).count() == 1
    world.post(world.member(1), "", go="answer", answer="remote")
    assert not Contribution.objects.filter(mandate=world.members[1]).exists()


def test_an_action_refuses_a_text_on_a_closed_a_foreign_or_a_settled_item() -> None:
    application = factory.deliberated()
    members = reviewers.committee()
    linked(members[2], application)
    session = factory.convened([application, factory.deliberated()])
    first, second = (factory.item_of(session, place) for place in range(2))
    answer: dict[str, Any] = {"session_pk": session.pk, "answer": "written", "at": CONVENED_AT}
    barred = {"mandate_pk": members[2].pk, "by": reviewers.member_actor(members[2])}
    assert "est connu" in refused(
        sessions.answer_invitation, contributions={first.pk: "Bien."}, **answer, **barred
    )
    with pytest.raises(KeyError):
        sessions.answer_invitation(contributions={0: "Bien."}, **answer, **barred)
    assert not Contribution.objects.exists()
    assert Invitation.objects.get(mandate=members[2]).answer == ""
    for mandate in (*members[:2], *members[3:5]):
        factory.attend(session, mandate)
    by = factory.secretary_of(session)
    facts: dict[str, Any] = {"session_pk": session.pk, "mandate_pk": members[5].pk, "at": SITS_AT, "by": by}
    sessions.record_attendance(mode="written", contributions={second.pk: "Bien."}, **facts)
    sessions.begin_session(session_pk=session.pk, at=SITS_AT, by=by)
    item = factory.called(session, 0)
    sessions.send_back(item_pk=item.pk, sent_to="later", at=SITS_AT, by=by.because("Tard."))
    assert "terminé" in refused(
        sessions.record_attendance, mode="written", contributions={first.pk: "Tard."}, **facts
    )
    assert "sa contribution" in refused(
        sessions.record_attendance, mode="written", contributions={second.pk: ""}, **facts
    )
    assert Contribution.objects.get().text == "Bien."


def test_after_a_second_convocation_a_text_stands_for_a_college_on_its_own_item_only() -> None:
    session = factory.convened([factory.deliberated(), factory.deliberated()])
    members, by = factory.seated(), factory.secretary_of(session)
    sessions.find_no_quorum(session_pk=session.pk, at=SITS_AT, by=by)
    second = SITS_AT + timedelta(days=15)
    session = sessions.reconvene(session_pk=session.pk, sits_at=second, at=SITS_AT + timedelta(days=1), by=by)
    for place in (0, 2):
        factory.attend(session, members[place], at=second)
    items = [factory.item_of(session, place) for place in range(2)]
    sessions.record_attendance(
        session_pk=session.pk,
        mandate_pk=members[4].pk,
        mode="written",
        contributions={items[0].pk: "Favorable."},
        at=second,
        by=by,
    )
    sessions.begin_session(session_pk=session.pk, at=second, by=by)

    assert [room_of(session, on=DAY, item=item).quorum.is_reached for item in items] == [True, False]
    assert "Professionnels de santé" in refused(sessions.call_item, item_pk=items[1].pk, at=second, by=by)
    assert factory.called(session, 0, at=second).state == "in_discussion"


def test_the_sheet_shows_a_co_chair_no_text_on_an_item_from_which_a_link_keeps_them() -> None:
    world = convened()
    written(world, 1, *SAID)
    world.states(0, world.item(0), link=True)

    page = plain(world.member(0).get(world.url("attendance")).content.decode()).replace("&#x27;", "'")
    assert SAID[1] in page and SAID[0] not in page
    sheet = sheet_of(world)
    own = f"seat-{world.members[1].pk}"
    assert sheet[f"{own}-written-{world.item(0).pk}"] == SAID[0]
    short = {key: value for key, value in sheet.items() if key != f"{own}-written-{world.item(0).pk}"}
    assert world.member(0).post(world.url("attendance"), short).status_code == 302
    assert Attendance.objects.get(mandate=world.members[1]).mode == "written"
    assert Contribution.objects.get(item=world.item(0)).text == SAID[0]  # not shown, not touched


def held() -> World:
    """A session over, minutes sent: texts of each kind on both items; the member at place 3 is kept from the first."""
    world = convened()
    written(world, 1, *SAID)
    world.states(3, world.item(0), link=True)
    by = factory.secretary_of(world.session)
    for mandate in world.members:
        mode = "written" if mandate == world.members[1] else "present"
        factory.attend(world.session, mandate, mode, at=world.now)
    sessions.begin_session(session_pk=world.session.pk, at=world.now, by=by)
    for place in range(2):
        item = factory.called(world.session, place, at=world.now)
        back = by.because("Faute de temps.")
        sessions.send_back(item_pk=item.pk, sent_to="later", at=world.now, by=back)
    sessions.close_session(session_pk=world.session.pk, at=world.now, by=by)
    keys = (str(world.item(0).pk), str(world.item(1).pk), "")
    for key, lesson in zip(keys, LESSONS, strict=True):
        world.post(
            world.office, "", space="staff", go="logbook", text=lesson, item=key, once=f"{lesson:a<32}"[:32]
        )
    office = {"space": "staff"}
    world.post(world.office, "minutes", go="draft", **office)
    said = {f"item-{world.item(place).pk}": f"Débat du point {place + 1}." for place in range(2)}
    world.post(world.office, "minutes", go="send", opening="Accueil.", closing="Merci.", **said, **office)
    return world


def test_who_is_kept_from_an_item_reads_none_of_its_texts_and_all_the_others() -> None:
    world = held()
    assert LogbookEntry.objects.count() == 3
    barred, whole = world.member(3), world.member(2)
    for client, known in ((barred, [False, True]), (whole, [True, True])):
        page = world.read(client, "minutes")
        file = plain(pdf_words(client.get(world.url("minutes_pdf")).content))
        for text in (page, file):
            assert [one in text for one in SAID] == known
            assert [f"Débat du point {place}." in text for place in (1, 2)] == known
            assert "Accueil." in text and "Merci." in text
        book = world.read(client, "")
        assert [lesson in book for lesson in LESSONS] == [*known, True]
        offered = {key for key, _name in client.get(world.url("")).context["logbook"].fields["item"].choices}
        assert offered == {"", *(str(world.item(place).pk) for place in range(2) if known[place])}
    record = Minutes.objects.get().record
    assert [one["text"] for item in record["items"] for one in item["written"]] == list(SAID)
    assert not any(text in str(writing.extract_blocks([record], on=world.now.date())) for text in SAID)


def test_nobody_writes_a_lesson_or_a_part_on_an_item_that_they_may_not_read() -> None:
    world = held()
    lesson = world.post(world.member(3), "", go="logbook", text="Trop long.", item=world.item(0).pk)
    assert lesson.status_code == 200 and LogbookEntry.objects.count() == 3
    facts: dict[str, Any] = {"session_pk": world.session.pk, "at": world.now}
    with pytest.raises(NotAllowed):
        sessions.write_logbook(
            text="Trop long.", item_pk=world.item(0).pk, by=reviewers.member_actor(world.members[3]), **facts
        )
    by = factory.secretary_of(world.session)
    structures.member(world.dossiers[0].structure, user=world.session.secretary)
    with pytest.raises(NotAllowed):
        sessions.complete_minutes(parts={f"item-{world.item(0).pk}": "Autre."}, by=by, **facts)
    assert Session.objects.get().state == "closed"


def test_a_text_on_the_whole_session_does_not_name_what_an_item_is_about() -> None:
    world = held()
    number = world.dossiers[1].reference
    for dossier, name in zip(world.dossiers, ("Rives et relais bleus", "Les voisins du lac"), strict=True):
        Structure.objects.filter(pk=dossier.structure_id).update(name=name)
    named = "Accueil, puis l'équipe des voisins du lac est saluée."
    page = world.post(world.office, "minutes", space="staff", go="save", opening=named, closing="Merci.")
    assert "Ce texte parle du point 2." in words(page) and "est saluée." in page.content.decode()
    assert Minutes.objects.get().parts["opening"] == "Accueil."
    lesson = world.post(world.member(2), "", go="logbook", text=f"Le dossier {number} a plu.", once="b" * 32)
    assert "Ce texte parle du point 2." in words(lesson)
    assert LogbookEntry.objects.count() == 3
    # Somebody kept away writes what they like: an answer would tell what the item is about.
    sessions.write_logbook(
        session_pk=world.session.pk,
        text="Rives et relais bleus ?",
        at=world.now,
        by=reviewers.member_actor(world.members[3]),
    )
    assert LogbookEntry.objects.count() == 4
