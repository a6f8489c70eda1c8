"""Writing a draft: numbers, answers and their tokens, help, duplication, purge."""

from datetime import timedelta

import pytest

from accounts.models import Role
from journal.models import Event
from journal.moves import Actor
from journal.numbering import parse_number
from journal.refusals import Blocked, NotAllowed
from label import actions
from label.models import Answer, Application
from tests.factories import label, structures
from tests.factories.accounts import acting, person, staff
from tests.factories.structures import AT, member_of, representative_of

pytestmark = pytest.mark.django_db


def save(application, question="structure_summary", text="Nous écoutons.", version=0, by=None, **more):
    by = by or representative_of(application.structure)
    return actions.save_answer(
        application_pk=application.pk, question=question, text=text, version=version, at=AT, by=by, **more
    )


def test_a_draft_gets_its_number_and_one_event():
    application = label.draft()
    assert parse_number(application.reference).canonical == application.reference
    assert application.reference.startswith("DOS-2027-")
    assert application.thread.reference == application.reference
    assert [event.move for event in Event.objects.filter(thread=application.thread)] == ["open"]


def test_one_open_dossier_per_structure_and_the_message_names_it():
    application = label.draft()
    with pytest.raises(Blocked) as refused:
        label.draft(application.structure)
    assert application.reference in refused.value.reasons[0].text
    assert Application.objects.count() == 1


def test_nothing_opens_before_an_edition_and_a_charter_are_in_force():
    found = structures.structure()
    with pytest.raises(Blocked):
        actions.open_application(structure_pk=found.pk, at=AT, by=representative_of(found))


def test_a_reader_and_a_stranger_do_not_open_a_draft():
    label.ready_for_applications()
    reader = person()
    found = structures.structure(reader=reader)
    for by in (member_of(found, reader), acting(person(), "representative")):
        with pytest.raises(NotAllowed):
            actions.open_application(structure_pk=found.pk, at=AT, by=by)


def test_an_answer_is_kept_as_typed_without_any_event():
    application = label.draft()
    before = Event.objects.count()
    kept = save(application, text="  <script>alert(1)</script>\r\n🌸 \u202eabc\x00 ")
    assert kept.text == "<script>alert(1)</script>\n🌸 \u202eabc"
    assert kept.version == 1
    assert Event.objects.count() == before


def test_a_second_tab_is_told_and_nothing_is_overwritten():
    application = label.draft()
    save(application, text="un")
    first = save(application, text="deux", version=1)
    assert first.version == 2
    with pytest.raises(actions.StaleAnswer) as stale:
        save(application, text="trois", version=1)
    assert stale.value.theirs.text == "deux"
    assert Answer.objects.get().text == "deux"


def test_two_tabs_answering_for_the_first_time():
    application = label.draft()
    save(application, text="un")
    with pytest.raises(actions.StaleAnswer):
        save(application, text="deux", version=0)


def test_the_same_text_again_changes_nothing():
    application = label.draft()
    save(application, text="un")
    assert save(application, text="un", version=0).version == 1


def test_a_page_never_conflicts_with_what_it_saved_itself():
    application = label.draft()
    save(application, text="un", tab="a")
    assert save(application, text="un deux", version=0, tab="a").text == "un deux"
    with pytest.raises(actions.StaleAnswer):
        save(application, text="autre", version=0, tab="b")


def test_a_text_too_long_is_kept_and_a_far_too_long_one_refused():
    application = label.draft()
    assert len(save(application, text="é" * 100_000).text) == 100_000
    with pytest.raises(Blocked):
        save(application, text="é" * 200_001, version=1)


def test_an_unknown_question_is_an_error_and_a_filed_dossier_refuses():
    application = label.submitted()
    with pytest.raises(Blocked) as refused:
        save(application, text="autre", version=1)
    assert "déposé" in refused.value.reasons[0].text
    assert Answer.objects.get(question="structure_summary").text == "Réponse : structure_summary."
    other = label.draft(structures.structure(name="Autre"))
    with pytest.raises(KeyError):
        save(other, question="colour")


def test_a_frozen_space_and_a_stranger_write_nothing():
    application = label.draft()
    by = representative_of(application.structure)
    structures.frozen(application.structure)
    with pytest.raises(NotAllowed):
        save(application, by=by)
    with pytest.raises(NotAllowed):
        save(application, by=acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER))
    assert not Answer.objects.exists()


def test_only_solutions_of_the_structure_are_presented():
    application = label.draft()
    foreign = structures.solution(structures.structure(name="Autre"))
    own = structures.solution(application.structure)
    actions.present_solutions(
        application_pk=application.pk,
        solution_pks=[own.pk, foreign.pk],
        at=AT,
        by=representative_of(application.structure),
    )
    assert list(application.solutions.all()) == [own]


def test_help_is_asked_once_and_given_once():
    application = label.draft()
    by = representative_of(application.structure)
    first = actions.ask_help(application_pk=application.pk, phone="0102030405", when="mardi", at=AT, by=by)
    again = actions.ask_help(application_pk=application.pk, phone="0102030406", when="jeudi", at=AT, by=by)
    assert first.pk == again.pk
    officer = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    assert actions.handle_help(help_pk=first.pk, at=AT, by=officer).handled_by == officer.user
    with pytest.raises(NotAllowed):
        actions.handle_help(help_pk=first.pk, at=AT, by=by)


def test_a_draft_is_read_by_the_office_only_when_asked():
    application = label.draft()
    officer = staff(Role.CASE_OFFICER)
    assert not Application.objects.visible_to(officer, on=AT.date()).exists()
    actions.ask_reading(application_pk=application.pk, at=AT, by=representative_of(application.structure))
    assert Application.objects.visible_to(officer, on=AT.date()).get() == application


def test_duplicating_copies_words_and_not_files():
    first = label.submitted()
    by = representative_of(first.structure)
    with pytest.raises(Blocked):
        actions.duplicate(application_pk=first.pk, at=AT, by=by)
    actions.withdraw(application_pk=first.pk, at=AT, by=by)
    copy = actions.duplicate(application_pk=first.pk, at=AT, by=by)
    assert copy.reference != first.reference
    assert copy.answers.count() == first.answers.count()
    assert list(copy.solutions.all()) == list(first.solutions.all())
    assert not copy.documents.exists()


def test_the_clock_alone_purges_and_never_before_its_time():
    application = label.draft()
    late = AT + timedelta(days=400)
    with pytest.raises(NotAllowed):
        actions.purge_draft(
            application_pk=application.pk, at=late, by=representative_of(application.structure)
        )
    with pytest.raises(Blocked):
        actions.purge_draft(application_pk=application.pk, at=late, by=Actor.system())
