"""Each kind of person finds what awaits them, the oldest first, page by page, whatever there is."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.actions import record_absence, suppress_person
from accounts.models import Absence, Role, User
from accounts.rules import roles_of
from certificates.models import Condition
from journal.moves import Actor
from label import actions, clocks
from label.models import Application, PaperEntry
from letters import actions as letters
from letters import files
from letters.models import Letter
from reviewers import actions as committee
from reviewers.actions import answer_link_statement, declare_link, record_consent, stand_down
from structures.actions import ask_to_join
from structures.models import Structure
from tests.factories import certificates, decisions, label, reviewers, structures
from tests.factories.accounts import acting, person, signatory, staff
from tests.factories.letters import an_upload
from tests.factories.mandates import grounds
from tests.factories.structures import AT, member_of, representative_of
from tests.reading import plain
from workflows import todo
from workflows.models import Obligation
from workflows.todo.engine import sources

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def of_staff(user: User, *, mine: bool = False, on=TODAY) -> list[todo.Task]:
    reader = todo.Reader(user, on, roles_of(user, on=on), (), mine)
    return todo.todo_for(reader, "staff")


def titles(tasks: list[todo.Task]) -> list[str]:
    return [plain(task.title) for task in tasks]


def of_member(user: User, structure: Structure, *, on=TODAY) -> list[todo.Task]:
    return todo.todo_for(todo.Reader(user, on, frozenset(), (structure.pk,)), "space")


def test_the_officer_checks_pieces_with_their_two_dates() -> None:
    application = label.taken()

    (task,) = of_staff(application.case_officer)

    assert task.title == "Vérifier les pièces"
    assert application.reference in task.about and application.structure.name in task.about
    assert task.due_on == TODAY + timedelta(days=15)
    assert task.legal_on == application.implicit_decision_on
    assert task.since == AT


def test_a_dossier_that_waits_for_pieces_is_nobodys_task_in_the_office() -> None:
    application = label.incomplete()

    assert of_staff(application.case_officer) == []


def test_mine_holds_my_dossiers_those_of_nobody_and_those_of_whom_i_replace() -> None:
    mine, other = staff(), staff()
    label.taken(officer=mine, at=AT)
    label.taken(officer=other, at=AT)
    label.submitted(at=AT)

    assert len(of_staff(mine)) == 3
    assert len(of_staff(mine, mine=True)) == 2
    Absence.objects.create(user=other, substitute=mine, starts_on=TODAY, ends_on=TODAY)
    assert len(of_staff(mine, mine=True)) == 3
    assert len(of_staff(mine, mine=True, on=TODAY + timedelta(days=1))) == 2


def test_the_substitute_of_a_signatory_finds_what_there_is_to_sign() -> None:
    decisions.to_sign()
    away, substitute = signatory(), signatory()
    record_absence(
        user=away,
        substitute=substitute,
        starts_on=TODAY,
        ends_on=None,
        at=AT,
        by=acting(away, Role.SIGNATORY),
    )

    assert "Signer la décision" in titles(of_staff(substitute, mine=True))


def test_the_secretariat_composes_panels_writes_opinions_and_posts_letters() -> None:
    reviewers.admissible()
    decisions.in_deliberation()
    decisions.signed()
    secretary = staff(Role.SECRETARIAT)

    found = titles(of_staff(secretary))

    assert "Composer le panel" in found
    assert "Mettre un dossier à l'ordre du jour" in found
    assert "Envoyer un courrier recommandé" in found
    assert "Vérifier les pièces" not in found


def test_a_late_evaluation_is_a_call_to_make() -> None:
    reviewers.accepted()
    secretary = staff(Role.SECRETARIAT)
    late = "Appeler un membre : son évaluation est en retard"

    assert late not in titles(of_staff(secretary))
    assert late in titles(of_staff(secretary, on=TODAY + timedelta(days=60)))


def test_a_college_left_short_asks_for_somebody_else() -> None:
    from reviewers.actions import decline

    application = reviewers.under_review()
    assignment = reviewers.assignments_of(application)[0]
    secretary = staff(Role.SECRETARIAT)
    decline(assignment_pk=assignment.pk, at=AT, by=reviewers.member_actor(assignment))

    assert "Remplacer un membre du panel" in titles(of_staff(secretary))

    instead = reviewers.member(college=assignment.college)
    reviewers.add_to_panel(application, instead)
    assert "Remplacer un membre du panel" not in titles(of_staff(secretary))


def test_an_empty_seat_is_one_task_however_many_have_left_it() -> None:
    from reviewers.actions import decline

    application = reviewers.under_review()
    first = reviewers.assignments_of(application)[0]
    secretary = staff(Role.SECRETARIAT)
    instead = reviewers.member(college=first.college)
    decline(assignment_pk=first.pk, at=AT, by=reviewers.member_actor(first))
    (second,) = reviewers.add_to_panel(application, instead)
    decline(assignment_pk=second.pk, at=AT + timedelta(days=1), by=reviewers.member_actor(second))

    (seat,) = [task for task in of_staff(secretary) if task.key.startswith("hole-")]
    assert seat.why == second.pseudonym


def test_a_late_evaluation_carries_its_own_date() -> None:
    assignment = reviewers.accepted()

    found = of_staff(staff(Role.SECRETARIAT), on=TODAY + timedelta(days=60))

    (late,) = [task for task in found if task.key == f"review-{assignment.pk}"]
    assert late.due_on == assignment.review_due_on


def test_nobody_is_called_about_a_dossier_that_has_ended() -> None:
    application = reviewers.under_review()
    reviewers.accepted(reviewers.assignments_of(application)[0])
    actions.withdraw(application_pk=application.pk, at=AT, by=representative_of(application.structure))

    found = of_staff(staff(Role.SECRETARIAT), on=TODAY + timedelta(days=60))
    assert not [task for task in found if task.key.startswith("review-")]


def test_pieces_that_never_came_are_a_decision_of_a_person() -> None:
    application = label.incomplete()
    officer = application.case_officer
    last = application.open_request().due_on
    call_command("tick", "--at", (AT + timedelta(days=40)).isoformat())
    to_close = "Décider de la suite : les pièces ne sont pas venues"
    grace = clocks.running(application, clocks.GRACE).due_on
    assert grace > last

    assert to_close not in titles(of_staff(officer, on=grace))
    (task,) = of_staff(officer, mine=True, on=grace + timedelta(days=1))
    assert (plain(task.title), task.due_on) == (to_close, grace)
    assert of_staff(staff(), mine=True, on=grace + timedelta(days=1)) == []


def test_a_silence_that_has_decided_is_to_record() -> None:
    from decisions.actions import record_implicit

    application = label.taken()
    officer, passed = application.case_officer, application.implicit_decision_on + timedelta(days=1)
    note = "Noter la décision implicite"
    assert note not in titles(of_staff(officer, on=application.implicit_decision_on))
    (task,) = [one for one in of_staff(officer, mine=True, on=passed) if one.title == note]
    assert task.due_on == application.implicit_decision_on

    at = timezone.make_aware(datetime.combine(passed, time(9)))
    record_implicit(application_pk=application.pk, at=at, by=acting(officer, Role.CASE_OFFICER))
    assert note not in titles(of_staff(officer, on=passed))


def test_a_letter_is_to_post_then_its_receipt_is_to_note() -> None:
    decisions.signed()
    secretary = staff(Role.SECRETARIAT)
    (task,) = [one for one in of_staff(secretary) if one.key.startswith("letter-")]
    assert task.due_on == TODAY + timedelta(days=3)
    letter = Letter.objects.to_serve_by_post().get()
    by = acting(secretary, Role.SECRETARIAT)
    scan = files.store(
        upload=an_upload(), subject=letter.subject, purpose="letter_scan", thread=letter.thread, at=AT, by=by
    )
    letters.record_hand_signature(letter_pk=letter.pk, scan=scan, at=AT, by=by)
    letters.record_posting(
        letter_pk=letter.pk, registered_number="1A 123 456 7890 1", sent_on=TODAY, at=AT, by=by
    )

    found = of_staff(secretary)
    assert not [one for one in found if one.key.startswith("letter-")]
    (receipt,) = [one for one in found if one.key.startswith("receipt-")]
    assert receipt.title == "Noter la réception d'un courrier"
    assert receipt.due_on == TODAY + timedelta(days=21)


def test_a_dossier_typed_for_somebody_is_to_read_back() -> None:
    application = label.taken()
    entry = PaperEntry.objects.create(
        application=application,
        on_behalf_of=application.structure.representative(),
        entered_by=staff(Role.SECRETARIAT),
        means="visit",
        received_on=TODAY,
    )
    read_back = "Noter la relecture avec la personne"
    officer, secretary = application.case_officer, staff(Role.SECRETARIAT)

    assert read_back in titles(of_staff(officer, mine=True)) and read_back in titles(of_staff(secretary))
    assert read_back not in titles(of_staff(staff(), mine=True))
    PaperEntry.objects.filter(pk=entry.pk).update(read_back_on=TODAY)
    assert read_back not in titles(of_staff(officer))


def test_a_mandate_agreed_to_waits_for_the_signatory() -> None:
    mandate = reviewers.approached()
    signing, appoint = signatory(), "Nommer ou non un membre du comité"
    assert appoint not in titles(of_staff(signing))

    record_consent(mandate_pk=mandate.pk, at=AT, by=reviewers.member_actor(mandate))

    assert appoint in titles(of_staff(signing)) and appoint not in titles(of_staff(staff(Role.SECRETARIAT)))


def test_a_link_told_by_a_member_waits_for_the_ethics_officer() -> None:
    application = reviewers.under_review()
    assignment = reviewers.assignments_of(application)[0]
    stand_down(
        assignment_pk=assignment.pk,
        statement="Ma sœur préside.",
        at=AT,
        by=reviewers.member_actor(assignment),
    )
    ethics = staff(Role.ETHICS_OFFICER)
    assert titles(of_staff(ethics)) == ["Répondre à un membre qui signale un lien"]

    answer_link_statement(
        assignment_pk=assignment.pk,
        at=AT,
        by=acting(ethics, Role.ETHICS_OFFICER).because("Lien de famille : le membre reste écarté."),
    )
    assert of_staff(ethics) == []


def test_the_act_goes_from_the_officer_to_the_signatory() -> None:
    decision = decisions.prepared()
    officer, signing = decision.application.case_officer, signatory()
    assert titles(of_staff(officer)) == ["Préparer la décision"]
    assert of_staff(signing) == []

    from decisions.actions import send_back, send_for_signature

    send_for_signature(decision_pk=decision.pk, at=AT, by=acting(officer, Role.CASE_OFFICER))
    assert of_staff(officer) == []
    assert titles(of_staff(signing)) == ["Signer la décision"]

    send_back(decision_pk=decision.pk, at=AT, by=acting(signing, Role.SIGNATORY).because("Un motif manque."))
    assert titles(of_staff(officer)) == ["Préparer la décision"]
    assert of_staff(signing) == []


def test_the_officer_calls_back_reads_drafts_and_messages() -> None:
    application = label.draft()
    by = representative_of(application.structure)
    actions.ask_help(application_pk=application.pk, phone="0600000000", when="le soir", at=AT, by=by)
    actions.ask_reading(application_pk=application.pk, at=AT, by=by)
    letters.write_message(record=f"label.application:{application.pk}", text="Bonjour.", at=AT, by=by)

    found = of_staff(staff())

    assert sorted(titles(found)) == ["Lire un message", "Rappeler la structure", "Relire un brouillon"]
    assert next(task for task in found if task.title == "Rappeler la structure").why == "le soir"


def test_the_ethics_officer_analyses_links_and_the_secretariat_prepares_arrivals() -> None:
    mandate = reviewers.member()
    declare_link(
        mandate_pk=mandate.pk,
        organisation_name="Fondation",
        kind="expert",
        at=AT,
        by=reviewers.member_actor(mandate),
    )
    reviewers.appointed()

    (link,) = of_staff(staff(Role.ETHICS_OFFICER))
    assert link.title == "Analyser un lien d'intérêts" and str(mandate.pk) in link.url
    assert titles(of_staff(staff(Role.SECRETARIAT))) == ["Préparer l'arrivée d'un membre"]


def test_somebody_without_a_role_has_no_list() -> None:
    label.taken()

    assert of_staff(person()) == []
    assert of_staff(staff(Role.TECHNICAL_ADMINISTRATOR)) == []


def test_the_representative_finds_draft_and_charter_then_nothing_once_filed() -> None:
    application = label.draft()
    user = application.structure.representative()
    found = of_member(user, application.structure)

    assert set(titles(found)) == {
        "Continuer votre dossier",
        "Signer la charte d'engagement",
        "Ajouter une deuxième personne à contacter",
    }
    assert [task.advised for task in found if task.title.startswith("Ajouter")] == [True]

    filed = label.submitted()
    after = of_member(filed.structure.representative(), filed.structure)
    assert titles(after) == ["Ajouter une deuxième personne à contacter"]


def test_an_editor_does_not_sign_and_a_reader_does_nothing() -> None:
    application = label.draft()
    editor = structures.member(application.structure)
    reader = structures.member(application.structure, role="reader")

    assert titles(of_member(editor, application.structure)) == ["Continuer votre dossier"]
    assert of_member(reader, application.structure) == []


def test_pieces_have_their_number_date_and_the_sentence_about_the_clock() -> None:
    application = label.incomplete(codes=("paper_statutes", "paper_accounts"))
    user = application.structure.representative()

    (task,) = [task for task in of_member(user, application.structure) if not task.advised]

    assert plain(task.title) == "Envoyer 2 pièces qui manquent à votre dossier"
    assert task.due_on == application.open_request().due_on
    assert task.legal_on == application.implicit_decision_on
    assert "délai de réponse de l'Institut est arrêté" in plain(task.why)


def test_decisions_messages_and_requests_to_join() -> None:
    decision = decisions.signed(decisions.advised(decisions.served_online(structures.structure())))
    application = decision.application
    structure = application.structure
    user = structure.representative()
    by = acting(staff(), Role.CASE_OFFICER)
    letters.write_message(record=f"label.application:{application.pk}", text="Bonjour.", at=AT, by=by)
    ask_to_join(structure_pk=structure.pk, at=AT, by=acting(person(), "visitor"))

    found = set(titles(of_member(user, structure)))

    assert {
        "Une décision est disponible",
        "Lire un message de l'Institut",
        "Répondre à une demande pour rejoindre votre structure",
    } <= found
    letter = application.thread.letters.get(code="L6")
    letters.open_online(letter_pk=letter.pk, at=AT, by=member_of(structure, user))
    assert "Une décision est disponible" not in titles(of_member(user, structure))


def test_a_decision_that_waits_is_announced_without_what_it_decides() -> None:
    decision = decisions.signed(decisions.advised(decisions.served_online(structures.structure())))
    structure = decision.application.structure

    tasks = of_member(structure.representative(), structure)

    (task,) = (task for task in tasks if "décision" in task.title)
    said = f"{task.title} {task.why} {task.about}"
    assert decision.application.reference in said
    assert not {"accordé", "L6", "refus"} & set(said.replace("/", " ").replace("-", " ").split())
    assert decision.letter.title not in said


def test_a_request_or_an_invitation_that_has_expired_awaits_nobody() -> None:
    structure = structures.structure()
    user = structure.representative()
    ask_to_join(structure_pk=structure.pk, at=AT, by=acting(person(), "visitor"))
    structures.invitation(structure)
    request, second = (
        "Répondre à une demande pour rejoindre votre structure",
        "Ajouter une deuxième personne à contacter",
    )
    last_day = TODAY + timedelta(days=30)

    assert request in titles(of_member(user, structure, on=last_day))
    assert second not in titles(of_member(user, structure, on=last_day))
    later = titles(of_member(user, structure, on=last_day + timedelta(days=1)))
    assert request not in later and second in later


def test_another_structure_is_not_mine() -> None:
    application = label.draft()

    assert of_member(person(), application.structure) == []


def test_the_member_of_the_committee() -> None:
    application = reviewers.under_review()
    assignment = reviewers.assignments_of(application)[0]
    reader = todo.Reader(assignment.mandate.user, TODAY)

    assert titles(todo.todo_for(reader, "committee")) == ["Accepter ou non une évaluation"]
    reviewers.accepted(assignment)
    assert titles(todo.todo_for(reader, "committee")) == ["Évaluer un dossier"]
    assert todo.count(reader, "committee") == 1

    asked = reviewers.approached()
    reader = todo.Reader(asked.user, TODAY)
    assert titles(todo.todo_for(reader, "committee")) == ["Répondre à la proposition"]


def test_a_structure_whose_representative_is_written_to_no_more_asks_for_another() -> None:
    home = structures.structure()
    officer = staff(Role.CASE_OFFICER)
    assert of_staff(officer) == []
    suppress_person(user=home.representative(), at=AT, by=reviewers.secretary())
    (task,) = of_staff(officer)
    assert (task.title, task.about) == ("Demander qui représente maintenant la structure", home.name)
    assert str(home.pk) in task.url


def test_a_declaration_to_confirm_and_grounds_to_answer_wait_for_the_member_then_for_the_office() -> None:
    mandate, later = reviewers.member(), AT + timedelta(days=340)
    user, day = mandate.user, timezone.localdate(later)
    assert todo.todo_for(todo.Reader(user, TODAY), "committee") == []
    assert titles(todo.todo_for(todo.Reader(user, day), "committee")) == ["Confirmer vos liens d'intérêts"]
    committee.expire_interests(mandate_pk=mandate.pk, at=later, by=Actor.system())
    committee.confirm_interests(mandate_pk=mandate.pk, at=later, by=reviewers.member_actor(mandate))
    assert todo.todo_for(todo.Reader(user, day), "committee") == []
    assert titles(of_staff(staff(Role.ETHICS_OFFICER))) == ["Examiner une déclaration d'intérêts"]

    grounds(mandate, at=later)
    assert titles(todo.todo_for(todo.Reader(user, day), "committee")) == ["Répondre avant une décision"]
    secretary, over = staff(Role.SECRETARIAT), day + timedelta(days=16)
    assert of_staff(secretary, on=day) == []
    assert titles(of_staff(secretary, on=over)) == ["Noter la réponse d'un membre, ou son silence"]
    committee.send_observations(
        mandate_pk=mandate.pk, observations="Non.", at=later, by=reviewers.member_actor(mandate)
    )
    assert of_staff(secretary, on=over) == []
    assert titles(of_staff(signatory(), on=day)) == ["Décider de la fin d'un mandat"]


def many(application: Application, number: int) -> None:
    """That many open steps at the same moment: the rows of a lower level, since only their number matters."""
    first = Obligation.objects.get(process__application=application, status="NEW", flow_task_type="HUMAN")
    Obligation.objects.bulk_create(
        Obligation(
            process=first.process,
            flow_task=first.flow_task,
            flow_task_type="HUMAN",
            owner_permission=first.owner_permission,
            status="NEW",
            created=first.created,
            token=first.token,
        )
        for _ in range(number)
    )


def test_every_task_is_on_one_page_and_one_only_forwards_and_backwards() -> None:
    application = label.taken()
    many(application, 119)
    reader = todo.Reader(application.case_officer, TODAY, frozenset({Role.CASE_OFFICER}))
    pages, place = [], None
    while True:
        page = todo.todo_page(reader, "staff", after=place, limit=50)
        pages.append([task.key for task in page.tasks])
        if page.after is None:
            break
        place = page.after

    seen = [key for keys in pages for key in keys]
    assert [len(keys) for keys in pages] == [50, 50, 20]
    assert len(set(seen)) == 120
    back = todo.todo_page(reader, "staff", before=page.before, limit=50)
    assert [task.key for task in back.tasks] == pages[1]
    first = todo.todo_page(reader, "staff", before=back.before, limit=50)
    assert [task.key for task in first.tasks] == pages[0] and first.before is None
    assert todo.count(reader, "staff") == 120


def test_pages_keep_the_order_across_sources() -> None:
    application = label.taken()
    many(application, 5)
    for number in range(3):
        draft = label.draft(at=AT + timedelta(minutes=number))
        actions.ask_reading(
            application_pk=draft.pk, at=AT + timedelta(minutes=number), by=representative_of(draft.structure)
        )
    reader = todo.Reader(application.case_officer, TODAY, frozenset({Role.CASE_OFFICER}))
    whole = [task.key for task in todo.todo_page(reader, "staff", limit=50).tasks]
    pieces, place = [], None
    for _ in range(9):
        page = todo.todo_page(reader, "staff", after=place, limit=1)
        pieces += [task.key for task in page.tasks]
        place = page.after
    assert pieces == whole and len(whole) == 9 and place is None


def test_the_number_of_queries_does_not_depend_on_how_much_there_is(django_assert_num_queries) -> None:
    application = label.taken()
    reader = todo.Reader(application.case_officer, TODAY, frozenset(Role.values), (), True)
    with django_assert_num_queries(3):  # the absences of the day, the tasks, their clocks
        todo.todo_page(reader, "staff")
    many(application, 3000)
    reader = replace(reader)
    with django_assert_num_queries(3):
        page = todo.todo_page(reader, "staff")
    assert len(page.tasks) == 50 and page.after is not None
    with django_assert_num_queries(1):
        assert todo.count(reader, "staff") == 500


NO_PLACE = (
    "",
    "x",
    "a~b~c",
    "2027-01-01~0~1",
    f"2027-01-01T00:00:00+00:00~{len(sources)}~1",
    "2027-01-01T00:00:00+00:00~0~-1",
)


@pytest.mark.parametrize("text", NO_PLACE)
def test_an_address_that_is_no_place_is_the_first_page(text: str) -> None:
    assert todo.read_cursor(text) is None


def test_a_place_is_read_as_it_was_written() -> None:
    place = todo.Cursor(timezone.now(), 2, 40)

    assert todo.read_cursor(todo.write_cursor(place)) == place


def test_a_condition_of_the_label_is_told_with_its_date_until_it_is_met() -> None:
    found = certificates.label(kind="grant_with_conditions")
    condition = found.conditions.get()
    member = found.structure.representative()
    task = next(one for one in of_member(member, found.structure) if one.key.startswith("condition-"))
    assert (task.due_on, task.why, task.url) == (
        condition.due_on,
        condition.text,
        reverse("condition_proof", args=[condition.pk]),
    )
    type(condition).objects.update(met_on=TODAY)
    assert not [one for one in of_member(member, found.structure) if one.key.startswith("condition-")]


def test_a_condition_is_not_told_before_the_decision_is() -> None:
    decision = decisions.signed(kind="grant_with_conditions")
    structure = decision.application.structure
    assert Condition.objects.filter(decision=decision).exists()
    tasks = of_member(structure.representative(), structure)
    assert not [one for one in tasks if one.key.startswith("condition-")]
