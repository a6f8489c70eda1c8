"""What is refused before each step of a report, in the words that a person reads; each step through its action."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Role
from certificates.models import Label
from feedback import actions
from feedback.checklist import names_told
from feedback.models import Report, Source
from journal.models import Thread
from journal.moves import Actor
from journal.numbering import format_number
from journal.refusals import NotAllowed
from tests.factories import certificates, feedback, follow_ups
from tests.factories.accounts import acting, give_role, staff
from tests.refusing import refused

pytestmark = pytest.mark.django_db


def test_a_report_says_what_happens_where_and_is_not_one_of_a_flood(settings: Any) -> None:
    settings.REPORTS_PER_HOUR = 2
    world = feedback.World()
    by = feedback.anybody()

    def file(words: str, at: Any = world.at, **changes: Any) -> None:
        refused(actions.file_report, words, told=feedback.told(world, **changes), at=at, by=by)

    file("Choisissez une des réponses", kind="x")
    file("Écrivez ce qui se passe", text="\u200b ")
    file("Écrivez le numéro du label", label=None, about=" ")
    for _row in range(2):
        feedback.filed(world)
    file("Appelez-nous", at=world.at + timedelta(minutes=59))
    feedback.filed(world, feedback.told(world, network=""))  # without an address nobody is counted
    feedback.filed(world, feedback.told(world, network="m" * 32))
    world.at += timedelta(hours=1)
    feedback.filed(world)


def test_a_report_whose_number_is_taken_is_asked_again() -> None:
    world = feedback.World()
    Thread.objects.create(reference=format_number("SIG", world.at.year, 1))
    given = {"told": feedback.told(world), "at": world.at, "by": feedback.anybody()}
    refused(actions.file_report, "Envoyez de nouveau", **given)


def test_the_label_is_said_once_and_a_danger_is_read_where_there_is_one() -> None:
    world = feedback.World()
    report, _code = feedback.filed(world)
    signing = {"report_pk": report.pk, "at": world.at, "by": world.signing}
    refused(actions.settle_label, "C'est déjà fait", label=world.label, **signing)
    refused(actions.note_danger, "ne parle pas d'un danger", **signing)
    refused(actions.erase_text, "Qualifiez d'abord", **signing)


def test_an_answer_is_opened_by_its_own_code() -> None:
    world = feedback.World()
    report, code = feedback.filed(world)
    _other, other_code = feedback.filed(world)
    given = {"report_pk": report.pk, "at": world.at, "by": feedback.anybody()}
    assert actions.open_answer(code=code, **given) is None
    for wrong in ("", other_code):
        with pytest.raises(NotAllowed):
            actions.open_answer(code=wrong, **given)


def test_what_is_at_stake_is_said_and_by_whom() -> None:
    world = feedback.World()
    report, _code = feedback.filed(world)
    given = {"report_pk": report.pk, "at": world.at}
    refused(actions.qualify, "Dites ce qui est en jeu", severity="x", by=world.officer, **given)
    unsettled, _code = feedback.filed(world, feedback.told(world, label=None, about="Une ligue"))
    with pytest.raises(NotAllowed):
        actions.qualify(report_pk=unsettled.pk, severity="ethics", at=world.at, by=world.officer)


def test_a_report_follows_one_that_is_open_about_the_same_label_and_has_no_course_of_its_own() -> None:
    world = feedback.World()
    first, second, third = (feedback.filed(world)[0] for _row in range(3))

    def link(words: str, report: Report, to: Report | None) -> None:
        refused(actions.link, words, report_pk=report.pk, first=to, at=world.at, by=world.officer)

    link("pas celui d'un autre", first, None)
    link("pas celui d'un autre", first, first)
    with pytest.raises(NotAllowed):
        actions.link(report_pk=second.pk, first=first, at=world.at, by=acting(world.usual, Role.CASE_OFFICER))
    elsewhere, _code = feedback.filed(world, feedback.told(world, label=certificates.label()))
    link("même label", second, elsewhere)
    actions.link(report_pk=second.pk, first=first, at=world.at, by=world.officer)
    link("déjà sa propre suite", second, third)  # it follows one
    link("déjà sa propre suite", first, third)  # one follows it
    link("lié lui-même", third, second)
    own = feedback.qualified(world)
    link("déjà sa propre suite", own, third)
    actions.set_aside(report_pk=own.pk, answer=feedback.ANSWER, at=world.at, by=world.officer)
    link("est terminé", third, own)
    refused(
        actions.qualify,
        "suit celui auquel",
        report_pk=second.pk,
        severity="ethics",
        at=world.at,
        by=world.officer,
    )


def test_reports_about_no_label_are_not_linked() -> None:
    world = feedback.World()
    first, second = (
        feedback.filed(world, feedback.told(world, label=None, about="Une ligue"))[0] for _row in range(2)
    )
    for report in (first, second):
        actions.settle_label(report_pk=report.pk, label=None, at=world.at, by=world.signing)
    given = {"report_pk": second.pk, "first": first, "at": world.at, "by": world.officer}
    refused(actions.link, "même label", **given)


def test_the_label_of_a_report_changes_for_another_until_its_conclusion_with_a_reason() -> None:
    world = feedback.World()
    report, second = feedback.qualified(world), feedback.filed(world)[0]
    right = certificates.label()
    change = actions.change_label
    given = {"report_pk": report.pk, "at": world.at, "by": world.signing.because("Le numéro.")}
    for wrong in (None, world.label):
        refused(change, "le numéro d'un autre label", label=wrong, **given)
    refused(change, "en une phrase", label=right, **{**given, "by": world.signing.because("\u200b")})
    actions.link(report_pk=second.pk, first=report, at=world.at, by=world.officer)
    refused(change, "suit celui auquel", label=right, **{**given, "report_pk": second.pk})
    theirs = certificates.label()
    type(theirs.application).objects.filter(pk=theirs.application_id).update(case_officer=world.other)
    refused(change, "confiez-le d'abord", label=theirs, **given)
    ended = feedback.confirmed(world)
    refused(change, "ne change plus", label=right, **{**given, "report_pk": ended.pk})
    assert change(label=right, **given).label == right


def test_who_reported_reads_a_sentence_and_the_authority_has_a_name() -> None:
    world = feedback.World()
    report = feedback.qualified(world)
    given = {"report_pk": report.pk, "at": world.at}
    for short in ("\u200b" * 50, "x" * 39):
        refused(actions.set_aside, "une vraie réponse", answer=short, by=world.officer, **given)
    passed = {**given, "sealed": "", "by": world.signing}
    refused(actions.pass_on, "une vraie réponse", authority="ARS", answer="Non.", **passed)
    refused(actions.pass_on, "à quelle autorité", authority=" ", answer=feedback.ANSWER, **passed)
    assert actions.set_aside(answer="x" * 40, by=world.officer, **given).state == "inadmissible"


def test_a_report_is_given_to_who_may_follow_it_while_it_is_followed() -> None:
    world = feedback.World()
    report = feedback.confirmed(world)
    third = staff(Role.CASE_OFFICER)
    why = world.signing.because("Longue absence.")
    given = {"report_pk": report.pk, "at": world.at}
    for nobody in (world.officer, acting(third, Role.CASE_OFFICER), acting(world.usual, Role.CASE_OFFICER)):
        with pytest.raises(NotAllowed):
            actions.hand_over(officer=third, by=nobody.because("Longue absence."), **given)
    give_role(world.chief, Role.CASE_OFFICER)
    other_chief = acting(feedback.signatory(), Role.SIGNATORY).because("Longue absence.")
    for nobody in (world.other, world.chief, world.usual, staff(Role.SECRETARIAT)):
        refused(actions.hand_over, "ne peut pas suivre", officer=nobody, by=other_chief, **given)
    refused(actions.hand_over, "en une phrase pourquoi", officer=third, by=why.because(" "), **given)
    actions.close(told=feedback.TOLD, answer=feedback.ANSWER, by=world.officer, **given)
    refused(actions.hand_over, "ou il est terminé", officer=third, by=why, **given)
    waiting, _code = feedback.filed(world)
    refused(actions.hand_over, "Personne ne suit", report_pk=waiting.pk, officer=third, at=world.at, by=why)


def test_a_signatory_gives_no_report_to_a_label_that_they_handle() -> None:
    world = feedback.World()
    right = certificates.label()
    report, _code = feedback.filed(world)
    give_role(right.application.case_officer, Role.SIGNATORY)
    by = acting(right.application.case_officer, Role.SIGNATORY).because("Le numéro.")
    given = {"report_pk": report.pk, "at": world.at}
    refused(actions.change_label, "Vous vous occupez de ce label", label=right, by=by, **given)
    unsettled, _code = feedback.filed(world, feedback.told(world, label=None, about="Une ligue"))
    given |= {"report_pk": unsettled.pk, "by": world.signing.because("Le numéro.")}
    refused(actions.change_label, "ne change plus", label=right, **given)


def test_facts_are_put_to_somebody_in_a_sentence() -> None:
    world = feedback.World()
    report = feedback.qualified(world)
    given = {"at": world.at, "by": world.officer}
    for short in ("\u200b" * 50, "x" * 39):
        refused(actions.inquire, "Écrivez les faits", report_pk=report.pk, facts=short, **given)
    for name in ("Zoé", "quartzin", feedback.EMAIL, "06 99 88 77 66", "0699887766", "12 impasse quartzite"):
        refused(
            actions.inquire, "reconnaître", report_pk=report.pk, facts=f"{feedback.FACTS} {name}", **given
        )
    assert actions.inquire(report_pk=report.pk, facts="x" * 40, **given).state == "under_inquiry"
    unknown, _code = feedback.filed(world, feedback.told(world, label=None, about="Une ligue"))
    actions.settle_label(report_pk=unknown.pk, label=None, at=world.at, by=world.signing)
    actions.qualify(report_pk=unknown.pk, severity="quality", **given)
    refused(
        actions.inquire, "il n'y a personne à interroger", report_pk=unknown.pk, facts=feedback.FACTS, **given
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ({"name": "Zoé Quartzin"}, "QUARTZIN l'a dit."),
        ({"email": "z.q@exemple.fr"}, "Écrire à z.q@exemple.fr, s'il vous plaît."),
        ({"phone": "06 99 88"}, "Le 069988."),
        ({"phone": "06 99 88"}, "Le 06.99.88."),
        ({"address": "12 rue\n69 Ici"}, "Au 12, rue du port."),
    ],
)
def test_each_sign_of_who_told_is_seen_alone(source: dict[str, str], text: str) -> None:
    assert names_told([Source(**source)], "told", text)
    assert not names_told([Source(name="Al", phone="06 99", address="12 ru")], "told", text)


CONCLUSION = {"conclusion": "founded", "measure": "recommendation", "reasons": "Elle le reconnaît."}
CONCLUSION |= {"told": feedback.TOLD, "answer": feedback.ANSWER}


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("Choisissez une des réponses", {"conclusion": "x"}),
        ("ce que l'on demande", {"measure": "x"}),
        ("Écrivez vos raisons", {"reasons": "\u200b"}),
        ("une vraie réponse", {"answer": "x" * 39}),
        ("ce que l'association doit savoir", {"told": "x" * 39}),
        ("ce que l'association doit savoir", {"told": "\u200b" * 50}),
        ("reconnaître", {"told": f"{feedback.TOLD} Zoé"}),
    ],
)
def test_a_conclusion_has_its_reasons_and_says_something_to_each_side(words: str, changes: Any) -> None:
    world = feedback.World()
    report = feedback.answered(world)
    refused(
        actions.propose, words, report_pk=report.pk, **(CONCLUSION | changes), at=world.at, by=world.officer
    )


def test_a_sentence_of_the_least_length_is_enough_for_the_association() -> None:
    world = feedback.World()
    report = feedback.answered(world)
    given = CONCLUSION | {"told": "x" * 40, "report_pk": report.pk, "at": world.at, "by": world.officer}
    assert actions.propose(**given).told == "x" * 40


def test_nothing_is_proposed_before_the_facts_are_put_to_somebody_nor_once_it_is_concluded() -> None:
    world = feedback.World()
    report = feedback.qualified(world)
    given = CONCLUSION | {"report_pk": report.pk, "at": world.at, "by": world.officer}
    refused(actions.propose, "pas encore présentés", **given)
    concluded = feedback.confirmed(world)
    refused(actions.propose, "pas encore présentés", **{**given, "report_pk": concluded.pk})


GAP = {"severity": "major", "expected": "Une procédure écrite", "due_on": "2099-01-01"}


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("mineur ou majeur", {"severity": "x"}),
        ("ce qui est attendu", {"expected": "\u200b"}),
        ("une date à venir", {"due_on": ""}),
        ("une date à venir", {"due_on": "today"}),
        ("reconnaître", {"expected": "Écrire à Zoé."}),
    ],
)
def test_a_gap_that_is_asked_for_is_whole(words: str, changes: dict[str, str]) -> None:
    world = feedback.World()
    follow_up = follow_ups.sent(world.label)
    world.at = follow_ups.at(follow_up.due_on)
    report = feedback.answered(world)
    gap = GAP | changes
    if gap["due_on"] == "today":
        gap["due_on"] = follow_up.due_on.isoformat()
    asked = CONCLUSION | {"measure": "gap", "gap": gap, "at": world.at, "by": world.officer}
    refused(actions.propose, words, report_pk=report.pk, **asked)


def test_a_measure_is_taken_on_a_label_in_course_and_a_procedure_once() -> None:
    world = feedback.World()
    report = feedback.answered(world)
    second = feedback.answered(world)
    asked = CONCLUSION | {"at": world.at, "by": world.officer}
    for pk in (report.pk, second.pk):
        actions.propose(report_pk=pk, **(asked | {"measure": "withdrawal"}))
    first, other = (Report.objects.get(pk=pk).proposed_at.isoformat() for pk in (report.pk, second.pk))
    actions.confirm(report_pk=report.pk, seen=first, at=world.at, by=world.signing)
    refused(actions.confirm, "déjà ouverte", report_pk=second.pk, seen=other, at=world.at, by=world.signing)

    world = feedback.World()
    report = feedback.answered(world)
    certificates.withdrawn(Label.objects.get(pk=world.label.pk), on=world.at.date(), at=world.at)
    for measure in ("withdrawal", "gap"):
        given = asked | {"measure": measure, "gap": GAP, "by": world.officer}
        refused(actions.propose, "n'est plus en cours", report_pk=report.pk, **given)
    given = asked | {"measure": "recommendation", "by": world.officer}
    assert actions.propose(report_pk=report.pk, **given).measure == "recommendation"

    world = feedback.World()
    given = asked | {"measure": "gap", "gap": GAP, "by": world.officer}
    refused(actions.propose, "Aucun suivi annuel", report_pk=feedback.answered(world).pk, **given)


def test_what_is_confirmed_or_sent_back_is_what_was_proposed() -> None:
    world = feedback.World()
    report = feedback.under_inquiry(world)
    given: dict[str, Any] = {"report_pk": report.pk, "at": world.at}
    signing: Actor = world.signing.because("Précisez.")
    refused(actions.send_back, "Rien n'est proposé", by=signing, **given)
    refused(actions.confirm, "Rien n'est proposé", seen="", by=signing, **given)
    given["report_pk"] = feedback.proposed(world).pk
    refused(actions.confirm, "La proposition a changé", seen="hier", by=signing, **given)
    seen = Report.objects.get(pk=given["report_pk"]).proposed_at.isoformat()
    actions.confirm(seen=seen, by=signing, **given)
    refused(actions.send_back, "Rien n'est proposé", by=signing, **given)
    closing = {"by": world.officer, **given}
    refused(actions.close, "ce que l'association doit savoir", told="Fin.", answer=feedback.ANSWER, **closing)
    refused(actions.close, "une vraie réponse", told=feedback.TOLD, answer="Fin.", **closing)
