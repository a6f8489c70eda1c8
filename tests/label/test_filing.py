"""Filing: what is frozen, what leaves, which clocks run; pieces, silence in both effects, paper, withdrawal."""

import json
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils import timezone, translation
from django_fsm import TransitionNotAllowed

from accounts.models import Absence, Role
from charter.actions import record_paper_signature
from charter.models import Charter
from config import env
from deadlines.models import Deadline
from journal.models import Event
from journal.moves import Actor, subject_key
from journal.refusals import Blocked, NotAllowed
from label import actions, clocks, papers
from label.checklist import missing_to_submit, unchecked_papers
from label.models import Application, Snapshot
from label.snapshots import canonical, digest_of
from label.views.reading import reading_of
from letters import registry
from letters.models import Letter, Mail, StoredFile
from letters.pdf import spoken
from letters.rendering import from_data
from letters.typography import french_date
from tests.factories import charter, label, structures
from tests.factories.accounts import acting, person, staff
from tests.factories.structures import AT, PDF, representative_of
from tests.reading import pdf_words, plain

pytestmark = pytest.mark.django_db
DAY = date(2027, 1, 4)


def clock(application, kind):
    return clocks.running(application, kind)


def test_filing_freezes_everything_and_starts_the_clocks():
    application = label.submitted()
    snapshot = application.snapshot
    content = snapshot.content
    assert digest_of(content) == snapshot.digest
    assert content["charter"]["version"] == snapshot.charter_version == "2027"
    assert content["edition"] == snapshot.edition_version == "2027"
    assert content["structure"]["registrations"][0]["kind"] == "rna"
    assert content["solutions"][0]["facets"]["field"] == ["AID", "PSY"]
    assert content["criteria"]["A1.1"]["text"] == "Réponse : criterion_A1_1."
    assert {row["key"]: row["shown"] for row in content["answers"]}["funding_budget"].startswith("120")
    assert application.received_on == DAY
    assert application.implicit_decision_on == date(2027, 3, 4)
    assert clock(application, "silence").due_on == date(2027, 3, 4)
    assert clock(application, "completeness").due_on == date(2027, 1, 19)
    assert clock(application, "draft") is None
    assert application.public_summary == "Réponse : structure_summary."
    assert [event.move for event in Event.objects.filter(thread=application.thread)] == [
        "open",
        "submit",
        "letter_L1",
    ]
    assert Event.objects.get(thread=application.thread, move="submit").snapshot == snapshot.digest


def test_what_is_filed_in_english_is_frozen_and_acknowledged_in_french():
    with translation.override("en"):
        application = label.submitted()
    frozen = application.snapshot.content
    asked = {row["key"]: row["question"] for row in frozen["answers"]}
    assert asked["funding_budget"] == "Montant de ce budget, en euros"
    assert frozen["criteria"]["A1.1"]["question"].startswith("L'action sert-elle")
    receipt = Letter.objects.get(thread=application.thread, code="L1")
    assert "janvier 2027" in plain(json.dumps(receipt.content, ensure_ascii=False))
    assert "January" not in json.dumps(receipt.content)


def test_a_filed_dossier_is_asked_in_the_language_of_the_page():
    application = label.submitted()
    with translation.override("en"):
        read = reading_of(application, application.snapshot.content)
    asked = {row["key"]: row["question"] for _section, _url, rows in read["answers"] for row in rows}
    assert asked["funding_budget"] == "Amount of this budget, in euros"
    first = read["criteria"][0]
    assert first["question"] == application.edition.data["criteria"][0]["question_en"]


def test_papers_are_french_even_from_an_english_page():
    with translation.override("en"):
        words = pdf_words(papers.receipt_pdf(label.submitted()))
    assert "accusé" in words.lower()


def test_the_same_content_always_has_the_same_digest():
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()


def test_a_snapshot_never_changes():
    snapshot = label.submitted().snapshot
    with pytest.raises(DatabaseError), transaction.atomic():
        Snapshot.objects.filter(pk=snapshot.pk).update(digest="0" * 64)


def written(letter):
    """The words of a letter, with plain spaces."""
    return re.sub("[\u00a0\u202f]", " ", json.dumps(letter.content, ensure_ascii=False))


def test_the_receipt_letter_says_what_the_law_wants():
    application = label.submitted()
    letter = Letter.objects.get(code="L1")
    assert letter.channel == "online"
    text = written(letter)
    for words in ("4 mars 2027", "19 janvier 2027", "rejet", "tribunal", application.reference):
        assert words in text
    mail = Mail.objects.get(kind="receipt")
    assert application.reference in mail.title
    assert "considérée comme refusée" in mail.text


def test_filing_twice_writes_once():
    application = label.submitted()
    by = representative_of(application.structure)
    again = actions.submit(application_pk=application.pk, at=AT + timedelta(hours=1), by=by)
    assert again.submitted_at == application.submitted_at
    assert Snapshot.objects.count() == Letter.objects.count() == 1


def test_nothing_is_filed_while_something_is_missing():
    application = label.draft()
    by = representative_of(application.structure)
    with pytest.raises(Blocked) as refused:
        actions.submit(application_pk=application.pk, at=AT, by=by)
    codes = {reason.code for reason in refused.value.reasons}
    assert {"structure_summary", "governance_bodies", "solutions", "criterion_A1_1", "charter"} <= codes
    assert Application.objects.get().state == "draft"
    assert not Snapshot.objects.exists()
    assert not Letter.objects.exists()


def test_a_second_person_to_reach_is_named_or_is_in_the_space():
    """Domain 5.3, contact person leaves: two people to reach, and a tiny association names any of its people."""
    alone = label.filled(structure_second_contact="")
    with pytest.raises(Blocked, match="deuxième personne à joindre"):
        actions.submit(application_pk=alone.pk, at=AT, by=representative_of(alone.structure))
    structures.member(alone.structure, role="reader")
    assert actions.submit(application_pk=alone.pk, at=AT, by=representative_of(alone.structure)).submitted_at
    named = label.filled(
        structures.structure(name="Toute petite"), structure_second_contact="Ana, 0199000041"
    )
    assert actions.submit(application_pk=named.pk, at=AT, by=representative_of(named.structure)).submitted_at


def test_a_dossier_by_post_is_admitted_once_who_sent_it_was_called_back():
    application, secretary = on_paper()
    label.answered(application, by=secretary)
    shown = structures.solution(application.structure)
    actions.present_solutions(application_pk=application.pk, solution_pks=[shown.pk], at=AT, by=secretary)
    earlier = DAY - timedelta(days=6)  # the charter came before the dossier: that call says nothing of it
    charter.identity(application.structure, done_on=earlier)
    record_paper_signature(
        structure_pk=application.structure_id,
        charter_pk=Charter.objects.in_force().pk,
        signatory=application.structure.representative(),
        quality="Présidente",
        signed_on=earlier,
        scan=structures.proof("charte.pdf"),
        at=AT,
        by=secretary,
    )
    actions.submit(application_pk=application.pk, at=AT, by=secretary)
    officer = staff(Role.CASE_OFFICER)
    staff(Role.APPEAL_OFFICER)
    by = acting(officer, Role.CASE_OFFICER)
    application = actions.take_file(application_pk=application.pk, at=AT, by=by)
    label.register_concluded(application)
    label.papers_checked(application)
    with pytest.raises(Blocked, match="Appelez d'abord la personne au numéro déclaré"):
        actions.declare_admissible(application_pk=application.pk, at=AT, by=by)
    charter.identity(application.structure, done_on=DAY)
    assert actions.declare_admissible(application_pk=application.pk, at=AT, by=by).state == "admissible"


def test_a_new_charter_asks_for_a_new_signature():
    application = label.filled()
    assert missing_to_submit(application) == []
    charter.charter(version="2028")
    assert [missing.code for missing in missing_to_submit(application)] == ["charter"]


def test_only_the_representative_files():
    editor = person()
    application = label.filled(structures.structure(editor=editor))
    for by in (
        acting(editor, "editor"),
        acting(person(), "representative"),
        acting(staff(), Role.CASE_OFFICER),
    ):
        with pytest.raises(NotAllowed):
            actions.submit(application_pk=application.pk, at=AT, by=by)


def test_a_small_structure_leaves_the_reduced_set_unanswered(settings):
    application = label.answered(label.draft(), funding_employees="0", funding_budget="12 000")
    optional = {
        question.key
        for question in label.questions_of(application.edition)
        if question.criterion and not application.edition.criterion(question.criterion)["required_for_small"]
    }
    assert optional
    application.answers.filter(question__in=optional).delete()
    assert not optional & {missing.code for missing in missing_to_submit(application)}
    big = label.answered(label.draft(structures.structure(name="Grande")), funding_employees="1")
    big.answers.filter(question__in=optional).delete()
    assert optional <= {missing.code for missing in missing_to_submit(big)}


def test_pieces_pause_a_silence_that_means_refusal_for_the_time_given():
    application = label.incomplete()  # asked five days after filing
    request = application.open_request()
    assert application.state == "incomplete"
    assert request.due_on == DAY + timedelta(days=35)
    assert application.implicit_decision_on == date(2027, 3, 4) + timedelta(days=30)
    assert clock(application, "silence").due_on == application.implicit_decision_on
    pause = clocks.silence_pause(application, on=DAY + timedelta(days=34))
    assert (pause.begins_on, pause.ends_on) == (DAY + timedelta(days=5), request.due_on)
    assert clocks.silence_pause(application, on=request.due_on) is None
    words = plain(spoken(from_data(request.letter.content)))
    assert "le 3 avril 2027" in words
    assert "au plus tard le 8 février 2027" in words
    assert request.letter.code == "L2"
    assert "statuts" in Mail.objects.get(kind="pieces").text.lower()


def answer(application, at, **more):
    by = representative_of(application.structure)
    piece = application.open_request().pieces.get()
    given = {"answer": "Les voici.", **more}
    actions.answer_piece(application_pk=application.pk, piece_pk=piece.pk, at=at, by=by, **given)
    return actions.complete(application_pk=application.pk, at=at, by=by)


def test_the_clock_gives_back_the_days_that_were_left():
    application = answer(label.incomplete(), AT + timedelta(days=15))
    assert application.state == "submitted"
    assert application.implicit_decision_on == date(2027, 3, 14)
    assert clock(application, "documents") is None
    assert clock(application, "completeness").due_on == DAY + timedelta(days=30)
    assert application.snapshot.number == 2
    assert Snapshot.objects.filter(application=application).count() == 2
    assert "14 mars 2027" in Mail.objects.get(kind="complements").text.replace("\u00a0", " ")


def test_pieces_that_come_after_the_date_given_stop_nothing_more():
    application = answer(label.incomplete(), AT + timedelta(days=50))
    assert application.implicit_decision_on == date(2027, 4, 3)


def test_a_letter_received_later_gives_as_much_time_to_the_structure_and_to_silence():
    application = label.incomplete()
    letter = application.open_request().letter
    with transaction.atomic():
        actions.pieces.time_starts_at_receipt(
            letter_pk=letter.pk,
            received_on=DAY + timedelta(days=9),
            at=AT + timedelta(days=9),
            by=Actor.system(),
        )
    application = Application.objects.get()
    assert application.open_request().due_on == DAY + timedelta(days=39)
    assert application.implicit_decision_on == date(2027, 4, 7)
    assert clock(application, "silence").due_on == date(2027, 4, 7)
    assert answer(application, AT + timedelta(days=15)).implicit_decision_on == date(2027, 3, 14)


def ask_again(application, *codes, **more):
    return actions.ask_documents(
        application_pk=application.pk,
        pieces=[{"code": code, "why": "La page 3 manque."} for code in codes],
        at=AT + timedelta(days=16),
        by=label.officer_of(application),
        **more,
    )


def test_pieces_are_asked_for_again_when_the_answer_does_not_suffice():
    application = answer(label.incomplete(), AT + timedelta(days=15))
    words = plain(spoken(from_data(ask_again(application, "paper_statutes").letter.content)))
    assert "déjà demandé des pièces le 9 janvier 2027" in words
    assert "ne suffit pas encore" in words
    assert "rien d'autre" not in words


def test_a_piece_more_than_the_first_list_needs_a_written_reason():
    application = answer(label.incomplete(), AT + timedelta(days=15))
    with pytest.raises(Blocked) as refused:
        ask_again(application, "paper_statutes", "paper_accounts")
    assert [reason.code for reason in refused.value.reasons] == ["reason"]
    reason = "Les statuts citent un prêt que rien n'explique"
    request = ask_again(application, "paper_accounts", reason=reason)
    assert f"{reason}." in plain(spoken(from_data(request.letter.content)))


def test_a_silence_that_means_acceptance_starts_on_the_complete_request(settings):
    settings.SILENCE_EFFECT = "acceptance"
    application = label.incomplete()
    assert clock(application, "silence") is None
    application = answer(application, AT + timedelta(days=15))
    assert application.implicit_decision_on == date(2027, 3, 19)


def test_sending_before_everything_is_there_is_refused_and_keeps_what_is_given():
    application = label.incomplete(codes=("paper_statutes", "paper_accounts"))
    by = representative_of(application.structure)
    first = application.open_request().pieces.order_by("pk").first()
    upload = SimpleUploadedFile("statuts.pdf", PDF, content_type="application/pdf")
    actions.answer_piece(application_pk=application.pk, piece_pk=first.pk, upload=upload, at=AT, by=by)
    with pytest.raises(Blocked) as refused:
        actions.complete(application_pk=application.pk, at=AT, by=by)
    assert [reason.code for reason in refused.value.reasons] == ["paper_accounts"]
    assert StoredFile.objects.filter(purpose="piece").count() == 1


def test_having_no_piece_needs_a_reason():
    application = label.incomplete()
    by = representative_of(application.structure)
    piece = application.open_request().pieces.get()
    with pytest.raises(Blocked):
        actions.answer_piece(
            application_pk=application.pk, piece_pk=piece.pk, cannot_provide=True, at=AT, by=by
        )
    assert (
        answer(application, AT + timedelta(days=8), cannot_provide=True, answer="Nous n'en avons pas.").state
        == "submitted"
    )


def test_completing_twice_writes_once():
    application = answer(label.incomplete(), AT + timedelta(days=8))
    by = representative_of(application.structure)
    again = actions.complete(application_pk=application.pk, at=AT + timedelta(days=9), by=by)
    assert again.snapshot.number == 2


def test_asking_twice_gives_one_request():
    application = label.incomplete()
    by = label.officer_of(application)
    asked = application.open_request().pieces.get()
    again = actions.ask_documents(
        application_pk=application.pk, pieces=[{"code": asked.code, "why": asked.why}], at=AT, by=by
    )
    assert again.pieces.get() == asked


def test_other_pieces_than_those_a_colleague_asked_for_are_told_and_not_swallowed():
    application = label.incomplete()
    with pytest.raises(TransitionNotAllowed):
        actions.ask_documents(
            application_pk=application.pk,
            pieces=[{"code": "paper_accounts", "why": "x"}],
            at=AT,
            by=label.officer_of(application),
        )
    assert application.document_requests.get().pieces.get().code == "paper_statutes"


def test_asking_for_nothing_or_for_what_is_not_in_the_list_is_refused():
    application = label.taken()
    by = label.officer_of(application)
    with pytest.raises(Blocked):
        actions.ask_documents(application_pk=application.pk, pieces=[], at=AT, by=by)
    with pytest.raises(KeyError):
        actions.ask_documents(application_pk=application.pk, pieces=[{"code": "x", "why": "x"}], at=AT, by=by)
    assert Application.objects.get().state == "submitted"


def test_only_the_officer_of_the_file_checks_it():
    application = label.taken()
    other = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)
    for act in (
        lambda: actions.ask_documents(
            application_pk=application.pk, pieces=[{"code": "paper_accounts", "why": "x"}], at=AT, by=other
        ),
        lambda: actions.declare_admissible(application_pk=application.pk, at=AT, by=other),
        lambda: actions.record_finding(
            application_pk=application.pk, item="paper_accounts", verdict="present", at=AT, by=other
        ),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_admissible_needs_a_person_to_conclude_and_nothing_missing():
    application = label.taken()
    by = label.officer_of(application)
    with pytest.raises(Blocked) as refused:
        actions.declare_admissible(application_pk=application.pk, at=AT, by=by)
    assert [reason.code for reason in refused.value.reasons] == ["register", "unchecked"]
    assert "5 documents n'ont pas encore de constat" in str(refused.value)
    label.register_concluded(application)
    label.papers_checked(application)
    actions.record_finding(
        application_pk=application.pk, item="paper_accounts", verdict="missing", at=AT, by=by
    )
    with pytest.raises(Blocked) as refused:
        actions.declare_admissible(application_pk=application.pk, at=AT, by=by)
    assert [reason.code for reason in refused.value.reasons] == ["findings"]
    actions.record_finding(
        application_pk=application.pk, item="paper_accounts", verdict="unclear", at=AT, by=by
    )
    done = actions.declare_admissible(application_pk=application.pk, at=AT, by=by)
    assert done.state == "admissible"
    assert actions.declare_admissible(application_pk=application.pk, at=AT, by=by).admissible_at == AT
    assert clock(application, "completeness") is None


def test_the_last_person_free_for_an_appeal_is_not_used_up():
    application = label.submitted()
    only = staff(Role.CASE_OFFICER)
    with pytest.raises(Blocked) as refused:
        actions.take_file(application_pk=application.pk, at=AT, by=acting(only, Role.CASE_OFFICER))
    assert refused.value.reasons[0].code == "free_for_appeal"
    spare = staff(Role.CASE_OFFICER)
    taken = actions.take_file(application_pk=application.pk, at=AT, by=acting(only, Role.CASE_OFFICER))
    assert taken.case_officer == only
    with pytest.raises(Blocked):  # the first officer has been involved: nobody would be left
        actions.assign_officer(
            application_pk=application.pk, officer=spare, at=AT, by=acting(only, Role.CASE_OFFICER)
        )


def test_the_file_is_given_to_somebody_who_examines_dossiers():
    application = label.taken()
    secretary = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    with pytest.raises(Blocked):
        actions.assign_officer(application_pk=application.pk, officer=person(), at=AT, by=secretary)
    other = staff(Role.CASE_OFFICER)
    moved = actions.assign_officer(application_pk=application.pk, officer=other, at=AT, by=secretary)
    assert moved.case_officer == other


def test_withdrawing_ends_every_clock_once():
    application = label.incomplete()
    by = representative_of(application.structure)
    done = actions.withdraw(application_pk=application.pk, reason="Nous attendons.", at=AT, by=by)
    assert done.state == "withdrawn"
    assert not Deadline.objects.running().of(subject_key(done)).exists()
    assert actions.withdraw(application_pk=application.pk, at=AT + timedelta(days=1), by=by).ended_at == AT
    with pytest.raises(Blocked):
        actions.withdraw(application_pk=label.draft(done.structure).pk, at=AT, by=by)


def on_paper(at=AT, **more):
    label.ready_for_applications()
    found = structures.structure(
        representative=person(without_email=True, first_name="Rose", last_name="Martin")
    )
    secretary = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    scan = SimpleUploadedFile("dossier.pdf", PDF, content_type="application/pdf")
    dates = {"received_on": DAY, "postmarked_on": DAY - timedelta(days=5), **more}
    application = actions.enter_on_behalf(
        structure_pk=found.pk,
        person=found.representative(),
        scan=scan,
        at=at,
        by=secretary,
        **{"means": "post", **dates},
    )
    return application, secretary


def test_a_dossier_on_paper_counts_from_its_postmark_and_leaves_by_post():
    application, secretary = on_paper()
    label.answered(application, by=secretary)
    shown = structures.solution(application.structure)
    actions.present_solutions(application_pk=application.pk, solution_pks=[shown.pk], at=AT, by=secretary)
    charter.identity(application.structure, done_on=DAY)
    record_paper_signature(
        structure_pk=application.structure_id,
        charter_pk=Charter.objects.in_force().pk,
        signatory=application.structure.representative(),
        quality="Présidente",
        signed_on=DAY - timedelta(days=6),
        scan=structures.proof("charte.pdf"),
        at=AT,
        by=secretary,
    )
    filed = actions.submit(application_pk=application.pk, at=AT, by=secretary)
    assert filed.received_on == DAY - timedelta(days=5)  # the postmark, for the structure's own time limits
    assert filed.implicit_decision_on == date(2027, 3, 4)
    assert clock(filed, "completeness").started_on == DAY  # received by the Institute
    receipt = Letter.objects.get(code="L1")
    assert receipt.channel == "post"
    assert f"{french_date(DAY - timedelta(days=5))} (cachet de la poste)" in spoken(
        from_data(receipt.content)
    )
    event = Event.objects.get(thread=filed.thread, move="submit")
    assert event.role == Role.SECRETARIAT
    entry = actions.issue_read_back(application_pk=filed.pk, at=AT, by=secretary)
    assert "Réponse : structure_summary." in written(entry.read_back_letter)
    assert (
        actions.record_read_back(application_pk=filed.pk, read_on=DAY, at=AT, by=secretary).read_back_on
        == DAY
    )


@pytest.mark.parametrize(
    "dates",
    [
        {"received_on": DAY + timedelta(days=1)},
        {"postmarked_on": DAY + timedelta(days=1)},
        {"postmarked_on": None},
    ],
)
def test_absurd_dates_of_a_paper_are_refused(dates):
    with pytest.raises(Blocked):
        on_paper(**dates)
    assert not Application.objects.exists()


def test_a_date_that_has_not_come_and_an_old_postmark_have_their_own_words():
    with pytest.raises(Blocked, match="pas encore arrivée"):
        on_paper(received_on=DAY + timedelta(days=1))
    with pytest.raises(Blocked, match="cochez la case"):
        on_paper(postmarked_on=DAY - timedelta(days=16))
    assert not Application.objects.exists()
    application, _secretary = on_paper(postmarked_on=DAY - timedelta(days=16), confirms_dates=True)
    assert application.paper_entry.postmarked_on == DAY - timedelta(days=16)


def test_a_visit_has_no_postmark():
    application, _secretary = on_paper(means="visit")
    assert application.paper_entry.postmarked_on is None


def test_a_wrong_entry_is_corrected_with_a_reason_while_it_is_a_draft():
    application, secretary = on_paper()
    scan = application.paper_entry.scan
    facts = {"means": "post", "received_on": DAY, "postmarked_on": DAY - timedelta(days=2)}
    change = {"application_pk": application.pk, **facts, "at": AT}
    with pytest.raises(Blocked, match="Dites pourquoi"):
        actions.correct_entry(**change, reason=" ", by=secretary)
    with pytest.raises(NotAllowed):
        actions.correct_entry(**change, reason="Erreur", by=representative_of(application.structure))
    entry = actions.correct_entry(**change, reason="Cachet mal lu", by=secretary)
    assert (entry.postmarked_on, entry.scan) == (DAY - timedelta(days=2), scan)
    event = Event.objects.get(thread=application.thread, move="correct_entry")
    assert event.reason.text == "Cachet mal lu"


def test_the_dates_of_a_filed_paper_do_not_change():
    done = label.submitted()
    secretary = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    with pytest.raises(Blocked, match="déposé"):
        actions.correct_entry(
            application_pk=done.pk, means="visit", received_on=DAY, reason="Erreur", at=AT, by=secretary
        )


def test_a_stranger_enters_nothing():
    label.ready_for_applications()
    found = structures.structure()
    with pytest.raises(NotAllowed):
        actions.enter_on_behalf(
            structure_pk=found.pk,
            person=found.representative(),
            means="visit",
            received_on=DAY,
            at=AT,
            by=representative_of(found),
        )


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/Paris"))


def tick(day):
    call_command("tick", "--at", noon(day).isoformat())


def test_what_if_two_branches_share_one_number_each_with_its_territory() -> None:
    """Domain 5.3: branches without a legal personality apply through the head, in one dossier."""
    found = label.filled()
    by = representative_of(found.structure)
    other = structures.solution(
        found.structure, name="Antenne de Lyon", territory="local", place="Lyon", regions=["84"], at=AT
    )
    keys = [*found.solutions.values_list("pk", flat=True), other.pk]
    actions.present_solutions(application_pk=found.pk, solution_pks=keys, at=AT, by=by)
    sent = actions.submit(application_pk=found.pk, at=AT, by=by)
    told = {one["name"]: one["territory"] for one in sent.snapshot.content["solutions"]}
    assert told == {"Permanence d'écoute": "regional", "Antenne de Lyon": "local"}


def test_what_if_the_charter_changes_while_a_dossier_is_examined() -> None:
    """Domain 5.3: a running application keeps the charter that was signed with it."""
    sent = label.submitted()
    charter.charter(version="2028", at=AT + timedelta(days=5))
    officer = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)
    staff(Role.APPEAL_OFFICER)
    taken = actions.take_file(application_pk=sent.pk, at=AT + timedelta(days=6), by=officer)
    label.register_concluded(taken, at=AT + timedelta(days=6))
    label.papers_checked(taken, at=AT + timedelta(days=6))
    kept = actions.declare_admissible(application_pk=sent.pk, at=AT + timedelta(days=7), by=officer)
    assert kept.state == "admissible"
    assert (kept.charter_signature.charter.version, kept.snapshot.charter_version) == ("2027", "2027")


def test_what_if_the_association_is_young() -> None:
    """Domain 5.3: no seniority is asked for; papers « depuis la création » are enough."""
    found = structures.structure(at=AT)
    structures.register_entry(found.number(), created_on=(AT - timedelta(days=40)).date())
    sent = label.submitted(found, at=AT)
    assert sent.state == "submitted"


def test_the_tick_reminds_of_pieces_and_only_a_person_closes():
    application = label.incomplete()
    due_on = application.open_request().due_on
    tick(due_on + timedelta(days=1))
    request = Application.objects.get(pk=application.pk).open_request()
    assert request.reminded_at is not None
    assert Mail.objects.filter(kind="pieces_reminder").exists()
    assert Application.objects.get(pk=application.pk).state == "incomplete"
    tick(due_on + timedelta(days=60))
    assert Application.objects.get(pk=application.pk).state == "incomplete"


def test_the_tick_alerts_before_the_implicit_date_and_decides_nothing():
    application = label.taken()
    tick(date(2027, 3, 5))
    assert Mail.objects.filter(kind="silence_alert", recipient=application.case_officer).exists()
    assert Application.objects.get(pk=application.pk).state == "submitted"


def test_the_substitute_of_an_absent_officer_is_told_instead():
    application = label.taken()
    officer, substitute = application.case_officer, staff()
    Absence.objects.create(user=officer, substitute=substitute, starts_on=DAY, ends_on=date(2027, 3, 5))
    assert set(registry.correspondents["label.application"].office(application, DAY)) == {substitute}

    tick(date(2027, 3, 5))

    told = Mail.objects.filter(kind="silence_alert")
    assert told.filter(recipient=substitute).exists() and not told.filter(recipient=officer).exists()
    assert set(registry.correspondents["label.application"].office(application, date(2027, 3, 6))) == {
        officer
    }


def test_what_a_substitute_does_is_journaled_for_the_absent_officer():
    application = label.taken()
    officer, substitute = application.case_officer, staff()
    Absence.objects.create(user=officer, substitute=substitute, starts_on=DAY)

    pieces = [{"code": "paper_statutes", "why": "La dernière page manque."}]
    actions.ask_documents(
        application_pk=application.pk, pieces=pieces, at=AT, by=acting(substitute, Role.CASE_OFFICER)
    )

    event = Event.objects.get(thread=application.thread, move="ask_documents")
    assert (event.actor, event.on_behalf_of) == (substitute, subject_key(officer))


def test_a_forgotten_draft_is_emptied_after_two_reminders():
    application = label.answered(label.draft())
    tick(date(2027, 11, 10))
    tick(date(2027, 12, 22))
    assert Mail.objects.filter(kind="draft_reminder").count() == 2
    assert Application.objects.get().state == "draft"
    tick(date(2028, 1, 6))
    emptied = Application.objects.get()
    assert emptied.state == "purged"
    assert not emptied.answers.exists()
    assert emptied.reference == application.reference
    fresh = actions.open_application(
        structure_pk=emptied.structure_id, at=noon(date(2028, 1, 7)), by=representative_of(emptied.structure)
    )
    assert fresh.reference != application.reference


def test_a_draft_edited_meanwhile_is_neither_reminded_nor_emptied():
    application = label.draft()
    later = noon(date(2027, 6, 1))
    actions.save_answer(
        application_pk=application.pk,
        question="structure_summary",
        text="Encore là.",
        version=0,
        at=later,
        by=representative_of(application.structure),
    )
    tick(date(2027, 11, 10))
    tick(date(2028, 1, 6))
    assert not Mail.objects.filter(kind="draft_reminder").exists()
    assert Application.objects.get().state == "draft"
    assert clock(application, "draft").due_on == date(2028, 6, 1)


def test_the_demonstration_sits_on_the_first_tuesday_of_each_month(settings):
    settings.SESSION_DATES = env.first_tuesdays(2026, 2027).split(",")
    days = clocks.planned_sessions()
    assert len(days) == 24 and days[:2] == [date(2026, 1, 6), date(2026, 2, 3)]
    assert clocks.last_useful_session(label.submitted()) == date(2027, 3, 2)


def test_the_last_useful_session_is_the_last_one_before_the_implicit_date(settings):
    settings.SESSION_DATES = ["2027-01-20", "2027-02-25", "2027-03-04", "2027-04-01"]
    assert clocks.last_useful_session(label.submitted()) == date(2027, 2, 25)
    assert timezone.localdate(AT) == DAY


def test_a_document_seen_before_the_pieces_came_is_not_looked_at_again_but_the_missing_one_is():
    application = label.taken()
    label.papers_checked(application)
    by = label.officer_of(application)
    actions.record_finding(
        application_pk=application.pk, item="paper_statutes", verdict="missing", at=AT, by=by
    )
    actions.ask_documents(
        application_pk=application.pk, pieces=[{"code": "paper_statutes", "why": "x"}], at=AT, by=by
    )
    application = answer(Application.objects.get(), AT + timedelta(days=8))
    assert application.snapshot.number == 2
    assert unchecked_papers(application) == ["paper_statutes"]
