"""What the committee asks of an association: its time to answer, who reads the answer, the hearing that it promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import Role
from deadlines.models import Deadline
from deadlines.tick import tick
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed
from label.models import Application
from letters.actions import open_online, record_receipt
from letters.files import store
from letters.models import Letter, Mail, StoredFile
from letters.pdf import spoken
from letters.rendering import from_data
from reviewers import minutes as writing
from reviewers.actions import declare_link, sessions
from reviewers.models import AgendaItem, Deferral, ItemStatement, Session
from reviewers.pack import pack_pdf
from structures.models import Structure
from tests.factories import outages, reviewers, structures
from tests.factories import sessions as factory
from tests.factories.accounts import acting, signed_in, staff
from tests.factories.letters import an_upload
from tests.factories.sessions import SITS_AT
from tests.factories.structures import representative_of
from tests.reading import pdf_words, plain, words

pytestmark = pytest.mark.django_db
QUESTION, ANSWER = "Qui relit les fiches ?", "Un médecin, chaque mois."
LATER = SITS_AT + timedelta(days=60)


def asked(*, hearing: bool = False) -> Application:
    """A dossier sent back to its association with one question."""
    item = factory.called()
    sessions.send_back(
        item_pk=item.pk,
        sent_to="association",
        questions=[QUESTION],
        hearing=hearing,
        at=SITS_AT,
        by=factory.secretary_of(item.session).because("À préciser."),
    )
    Letter.objects.filter(code="L5").update(channel="online")
    return Application.objects.select_related("structure").get(pk=item.application_id)


def opened(application: Application, *, days: int) -> None:
    """The representative opens the letter that many days after it was written."""
    by = representative_of(application.structure)
    at = SITS_AT + timedelta(days=days)
    open_online(letter_pk=Letter.objects.get(code="L5").pk, at=at, by=by)


def answered(application: Application, *, files: int = 0, days: int = 3) -> Deferral:
    """The association answers that many days after the letter."""
    return sessions.answer_deferral(
        application_pk=application.pk,
        answer=ANSWER,
        uploads=[an_upload(name=f"fiche-{number}.pdf") for number in range(files)],
        at=SITS_AT + timedelta(days=days),
        by=representative_of(application.structure),
    )


def listed_again(application: Application, *, at=None, **facts) -> AgendaItem:
    """The dossier on the agenda of a later session."""
    at = at or SITS_AT + timedelta(days=35)
    session = factory.planned(factory.seated(), sits_at=LATER, at=at)
    return factory.listed(session, application, at=at, **facts)


def called_again(item: AgendaItem) -> AgendaItem:
    """That item in discussion, everybody in the room."""
    session = item.session
    sessions.convene(session_pk=session.pk, at=LATER - timedelta(days=20), by=factory.secretary_of(session))
    for mandate in factory.seated():
        factory.attend(session, mandate, at=LATER)
    sessions.begin_session(session_pk=session.pk, at=LATER, by=factory.secretary_of(session))
    return factory.called(Session.objects.get(pk=session.pk), at=LATER)


def said_by(letter: Letter) -> str:
    """All the words of a letter."""
    return plain(spoken(from_data(letter.content)))


def clocks() -> list[Deadline]:
    """The running clocks of answers to the committee."""
    return list(Deadline.objects.running().filter(kind="deferral"))


def test_no_time_to_answer_runs_before_the_letter_is_received() -> None:
    application = asked()
    letter = Letter.objects.get(code="L5")
    assert clocks() == []
    assert Deferral.objects.get().due_on is None
    text = said_by(letter)
    assert "30 jours" in text and "à partir du jour où vous recevez cette lettre" in text
    assert "vous avez donc au moins jusqu'au" in text
    with pytest.raises(Blocked, match="n'a pas commencé"):
        sessions.let_deferral_pass(
            application_pk=application.pk, at=SITS_AT + timedelta(days=90), by=Actor.system()
        )

    opened(application, days=10)

    due = timezone.localdate(SITS_AT) + timedelta(days=40)
    assert [one.due_on for one in clocks()] == [due] and Deferral.objects.get().due_on == due
    with pytest.raises(Blocked, match="court encore"):
        sessions.let_deferral_pass(
            application_pk=application.pk, at=SITS_AT + timedelta(days=40), by=Actor.system()
        )
    tick(SITS_AT + timedelta(days=33))
    assert Mail.objects.filter(kind="deferral").count() == 1
    tick(SITS_AT + timedelta(days=40))
    assert Application.objects.get().state == "deferred"
    tick(SITS_AT + timedelta(days=41))
    assert Application.objects.get().state == "in_deliberation"
    assert Deferral.objects.get().passed_at is not None


def test_an_outage_on_the_last_day_gives_time_to_answer_the_committee() -> None:
    application = asked()
    opened(application, days=10)
    due = timezone.localdate(SITS_AT) + timedelta(days=40)

    extension = outages.applied(due, at=outages.moment(due + timedelta(days=1)))

    assert (extension.kind, extension.outcome) == ("deferral", "moved")
    assert [one.due_on for one in clocks()] == [extension.due_on]
    assert Deferral.objects.get().due_on == extension.due_on
    assert Application.objects.get().state == "deferred"  # the same tick moved it before it passed
    tick(outages.moment(extension.due_on + timedelta(days=1)))
    assert Application.objects.get().state == "in_deliberation"


def test_a_dossier_back_before_the_committee_without_answer_is_for_a_person() -> None:
    application = asked()
    opened(application, days=10)
    due = timezone.localdate(SITS_AT) + timedelta(days=40)
    tick(outages.moment(due + timedelta(days=1)))
    extension = outages.applied(due, at=outages.moment(due + timedelta(days=1), 22))
    assert extension.outcome == "to_do"
    assert Application.objects.get(pk=application.pk).state == "in_deliberation"


def test_by_post_the_time_counts_from_the_proof() -> None:
    application = asked()
    proof, sent_on = kept(application), timezone.localdate(SITS_AT)
    posted = {"signed_scan": proof, "sent_on": sent_on, "registered_number": "1A 234"}
    Letter.objects.filter(code="L5").update(channel="post", **posted)
    tick(SITS_AT + timedelta(days=80))
    assert Application.objects.get().state == "deferred"
    assert clocks() == [] and not Mail.objects.filter(kind="deferral").exists()
    letter, secretary = Letter.objects.get(code="L5"), staff(Role.SECRETARIAT)
    received = timezone.localdate(SITS_AT) + timedelta(days=78)
    record_receipt(
        letter_pk=letter.pk,
        received_on=received,
        proof=proof,
        at=SITS_AT + timedelta(days=80),
        by=acting(secretary, Role.SECRETARIAT),
    )
    assert [one.due_on for one in clocks()] == [received + timedelta(days=30)]


def kept(application: Application) -> StoredFile:
    """A paper of the post, scanned."""
    return store(
        upload=an_upload(name="avis.pdf"),
        subject=application,
        purpose="letter_proof",
        thread=application.thread,
        at=SITS_AT,
        by=Actor.system(),
    )


def test_a_letter_received_once_all_was_said_starts_nothing() -> None:
    application = asked()
    answered(application)
    opened(application, days=5)
    assert clocks() == []


def test_what_is_read_about_the_date_is_true_before_and_after_the_receipt(client) -> None:
    application = asked()
    signed_in(client, application.structure.representative())
    office = signed_in(Client(), staff(Role.CASE_OFFICER))
    answer = reverse("application_deferral", args=[application.reference])
    tracking = reverse("application_tracking", args=[application.reference])
    opinion = reverse("staff_opinion", args=[application.reference])
    for address in (answer, tracking):
        page = words(client.get(address))
        assert "commence quand vous recevez la lettre du comité" in page and "Avant le" not in page
    assert "n'est pas encore reçue : le délai ne court pas" in words(office.get(opinion))

    opened(application, days=10)

    for address in (answer, tracking):
        page = words(client.get(address))
        assert "Avant le" in page and "recevez la lettre" not in page
    assert "Réponse attendue avant le" in words(office.get(opinion))


def test_the_answer_and_its_documents_are_sent_from_one_page_and_read_again(client) -> None:
    application = asked()
    signed_in(client, application.structure.representative())
    address = reverse("application_deferral", args=[application.reference])
    uploads = [an_upload(name="une.pdf"), an_upload(b"rien", "deux.pdf")]
    wrong = client.post(address, {"answer": ANSWER, "documents": uploads})
    assert "n'est pas un vrai PDF" in words(wrong)
    uploads = [an_upload(name="une.pdf"), an_upload(name="trois.pdf")]
    client.post(address, {"answer": ANSWER, "documents": uploads})
    found = Deferral.objects.get()
    assert [one.name for one in found.files.order_by("pk")] == ["une.pdf", "trois.pdf"]
    page = client.get(reverse("application_tracking", args=[application.reference]))
    assert QUESTION in words(page) and ANSWER in words(page)
    assert all(reverse("stored_file", args=[one.pk]) in page.content.decode() for one in found.files.all())


def test_too_many_documents_are_refused_whole() -> None:
    application = asked()
    with pytest.raises(Blocked, match="10 documents au plus"):
        answered(application, files=11)
    assert Deferral.objects.get().answered_at is None


def test_who_may_see_the_item_reads_the_answer_with_its_documents_and_nobody_else() -> None:
    application = asked()
    found = answered(application, files=1)
    item = called_again(listed_again(application))
    reader, silent, linked = factory.seated()[0], factory.seated()[1], factory.seated()[2]
    for mandate, link in ((reader, False), (linked, True)):
        sessions.state_on_item(
            item_pk=item.pk,
            mandate_pk=mandate.pk,
            has_link=link,
            text="Une proche y travaille." if link else "",
            at=LATER,
            by=reviewers.member_actor(mandate),
        )
    assert ItemStatement.objects.count() == 2
    address = reverse("committee_session_item", args=[item.session.reference, item.pk])
    file = reverse("stored_file", args=[found.files.get().pk])
    pages = {one.pk: signed_in(Client(), one.user) for one in (reader, silent, linked)}
    page = pages[reader.pk].get(address)
    assert QUESTION in words(page) and ANSWER in words(page) and file in page.content.decode()
    assert ANSWER not in words(pages[silent.pk].get(address))
    assert pages[linked.pk].get(address).status_code == 404
    assert [status(pages[one.pk], file) for one in (reader, silent, linked)] == [200, 404, 404]
    officer = signed_in(Client(), staff(Role.CASE_OFFICER))
    for name in ("staff_opinion", "staff_application"):
        page = officer.get(reverse(name, args=[application.reference]))
        assert ANSWER in words(page) and file in page.content.decode()
    mine = signed_in(Client(), application.structure.representative())
    stranger = signed_in(Client(), structures.structure(name="Une autre").representative())
    assert [status(one, file) for one in (officer, mine, stranger)] == [200, 200, 404]


def test_a_link_found_since_closes_the_documents_of_the_answer() -> None:
    application = asked()
    found = answered(application, files=1)
    item = called_again(listed_again(application))
    reader = factory.seated()[0]
    by = reviewers.member_actor(reader)
    sessions.state_on_item(item_pk=item.pk, mandate_pk=reader.pk, has_link=False, text="", at=LATER, by=by)
    declare_link(mandate_pk=reader.pk, organisation_name="Maison des Rives", kind="officer", at=LATER, by=by)
    client = signed_in(Client(), reader.user)
    file = reverse("stored_file", args=[found.files.get().pk])
    assert status(client, file) == 200
    Structure.objects.filter(pk=application.structure_id).update(name="La Maison des Rives")
    assert status(client, file) == 404


def status(client: Client, address: str) -> int:
    """The answer to that address, its file read to the end."""
    response = client.get(address)
    if response.streaming:
        assert b"".join(response.streaming_content)
    return response.status_code


def test_no_answer_in_time_is_said_where_an_answer_would_be() -> None:
    application = asked()
    opened(application, days=0)
    tick(SITS_AT + timedelta(days=31))
    item = listed_again(application)
    assert item.without_answer
    officer = signed_in(Client(), staff(Role.CASE_OFFICER))
    page = words(officer.get(reverse("staff_opinion", args=[application.reference])))
    assert "Aucune réponse n'est arrivée" in page
    assert "n'a pas répondu" in str(said_in_minutes(called_again(item)))


def test_an_answer_after_an_earlier_silence_is_not_a_silence() -> None:
    application = asked()
    opened(application, days=0)
    tick(SITS_AT + timedelta(days=31))
    item = called_again(listed_again(application))
    by = factory.secretary_of(item.session).because("Encore une question.")
    facts = {"sent_to": "association", "questions": ["Et le budget ?"], "at": LATER, "by": by}
    sessions.send_back(item_pk=item.pk, **facts)
    answered(application, days=63)
    third = factory.planned(
        factory.seated(), sits_at=LATER + timedelta(days=60), at=LATER + timedelta(days=5)
    )
    assert not factory.listed(third, application, at=LATER + timedelta(days=5)).without_answer


def said_in_minutes(item: AgendaItem) -> list:
    """The blocks of the minutes of the session of an item, that item postponed."""
    by = factory.secretary_of(item.session)
    sessions.send_back(item_pk=item.pk, sent_to="later", at=LATER, by=by.because("Temps."))
    sessions.close_session(session_pk=item.session_id, at=LATER + timedelta(hours=1), by=by)
    return writing.blocks_of(writing.record_of(Session.objects.get(pk=item.session_id)), {})


def test_the_minutes_hold_the_questions_and_the_answer() -> None:
    application = asked()
    answered(application, files=1)
    first = writing.record_of(Session.objects.get())["items"]
    assert QUESTION in str(first) and ANSWER not in str(first)
    told = str(said_in_minutes(called_again(listed_again(application))))
    assert QUESTION in told and ANSWER in told and "fiche-0.pdf" in told


def test_the_pack_holds_the_questions_and_the_answer() -> None:
    assignment = reviewers.accepted()
    application, session = assignment.application, factory.planned(reviewers.committee())
    item = AgendaItem.objects.create(
        session=session, kind="opinion", subject="x", application=application, position=1
    )
    Deferral.objects.create(
        item=item, application=application, questions=[QUESTION], answer=ANSWER, answered_at=SITS_AT
    )
    told = pdf_words(pack_pdf(application, assignment.snapshot))
    assert QUESTION in told and ANSWER in told


def test_a_hearing_promised_is_planned_again_and_the_vote_waits_for_it() -> None:
    application = asked(hearing=True)
    answered(application)
    item = listed_again(application, hearing=False)
    assert item.hearing_planned
    item = called_again(item)
    facts = {"item_pk": item.pk, "at": LATER, "by": factory.secretary_of(item.session)}
    sessions.mark_discussed(point_pks=list(item.points.values_list("pk", flat=True)), **facts)
    with pytest.raises(Blocked, match="audition"):
        sessions.open_vote(**facts)
    sessions.record_hearing(**facts)
    sessions.open_vote(**facts)


def test_the_vote_opens_without_the_hearing_for_a_written_reason_only() -> None:
    application = asked(hearing=True)
    answered(application)
    item = called_again(listed_again(application))
    by = factory.secretary_of(item.session)
    with pytest.raises(NotAllowed):
        sessions.waive_hearing(
            item_pk=item.pk, at=LATER, by=reviewers.member_actor(factory.seated()[1]).because("Non.")
        )
    with pytest.raises(Blocked):
        sessions.waive_hearing(item_pk=item.pk, at=LATER, by=by)
    reason = "La structure a écrit qu'elle ne viendrait pas."
    sessions.waive_hearing(item_pk=item.pk, at=LATER, by=by.because(reason))
    assert sessions.open_vote(item_pk=item.pk, at=LATER, by=by).state == "voting"
    assert reason in str(writing.blocks_of(writing.record_of(Session.objects.get(pk=item.session_id)), {}))


def test_a_hearing_that_was_held_is_not_promised_any_more() -> None:
    application = asked(hearing=True)
    answered(application)
    item = called_again(listed_again(application))
    by = factory.secretary_of(item.session)
    sessions.record_hearing(item_pk=item.pk, at=LATER, by=by)
    sessions.send_back(item_pk=item.pk, sent_to="later", at=LATER, by=by.because("Temps."))
    later = factory.planned(factory.seated(), sits_at=LATER + timedelta(days=60), at=LATER)
    assert not factory.listed(later, application, at=LATER).hearing_planned


def test_the_association_is_written_to_about_its_hearing() -> None:
    application = asked(hearing=True)
    answered(application)
    item = listed_again(application)
    assert not Letter.objects.filter(code="L5b").exists()
    by = factory.secretary_of(item.session)
    sessions.convene(session_pk=item.session_id, at=LATER - timedelta(days=20), by=by)
    letter = Letter.objects.get(code="L5b")
    told = said_by(letter)
    assert letter.addressee == application.structure.representative()
    for one in ("Maison des associations, Lyon", "visio.exemple.fr", "accompagner"):
        assert one in told
    sessions.cancel_session(
        session_pk=item.session_id, at=LATER - timedelta(days=9), by=by.because("Grève des trains.")
    )
    told = said_by(Letter.objects.filter(code="L5b").latest("pk"))
    assert "n'aura pas lieu" in told and "Grève" not in told
    assert Letter.objects.filter(code="L5b").count() == 2


def test_a_session_without_access_or_expenses_is_not_convened() -> None:
    session = factory.planned(access_notes="", expenses_notes=" ")
    factory.listed(session, factory.deliberated())
    written = Letter.objects.count()
    with pytest.raises(Blocked) as refused:
        sessions.convene(session_pk=session.pk, at=factory.CONVENED_AT, by=factory.secretary_of(session))
    assert [one.code for one in refused.value.reasons] == ["access_notes", "expenses_notes"]
    assert Letter.objects.count() == written and not Letter.objects.filter(code="L14").exists()


def test_a_dossier_whose_hearing_is_promised_says_so_where_the_agenda_is_made() -> None:
    application = asked(hearing=True)
    answered(application)
    session = factory.planned(factory.seated(), sits_at=LATER, at=SITS_AT + timedelta(days=4))
    office = signed_in(Client(), session.secretary)
    page = words(office.get(reverse("staff_session_agenda", args=[session.reference])))
    assert "audition promise" in page


def test_who_presides_writes_why_the_hearing_is_missing() -> None:
    application = asked(hearing=True)
    answered(application)
    item = called_again(listed_again(application))
    office = signed_in(Client(), item.session.secretary)
    address = reverse("staff_session_run", args=[item.session.reference])
    assert "L'audition ne peut pas avoir lieu" in words(office.get(address))
    assert office.post(address, {"go": "waive", "waive-reason": " "}).status_code == 200
    office.post(address, {"go": "waive", "waive-reason": "La structure ne peut pas venir."})
    assert AgendaItem.objects.get(pk=item.pk).hearing_waived == "La structure ne peut pas venir."
    assert "Sans audition : La structure ne peut pas venir." in words(office.get(address))


def test_no_page_is_registered_twice() -> None:
    found = [str(one.pattern) for one in patterns(get_resolver())]
    assert sorted(found) == sorted(set(found))


def patterns(resolver, before: str = ""):
    """Every address of the site, written whole."""
    for one in resolver.url_patterns:
        if hasattr(one, "url_patterns"):
            yield from patterns(one, before + str(one.pattern))
        elif one.name:
            yield Address(before + str(one.pattern))


class Address:
    """An address."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
