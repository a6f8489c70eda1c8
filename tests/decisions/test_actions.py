"""Preparing, sending, signing and notifying an act."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_fsm import TransitionNotAllowed

from accounts.models import Delegation, Role
from accounts.rules import may
from certificates.models import Label
from deadlines import actions as deadlines
from deadlines.models import Deadline
from decisions import actions
from decisions.models import Decision
from journal.models import Event
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed
from journal.verification import broken_links
from label.actions import withdraw
from label.models import Application
from letters.actions import open_online, presume_receipts
from letters.models import Letter, Mail
from reviewers.models import Assignment, Mandate
from tests.factories import certificates, decisions, structures
from tests.factories import label as lab
from tests.factories.accounts import acting, give_role, person, signatory, staff
from tests.factories.structures import AT, representative_of

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
SIGNATORY = Role.SIGNATORY


def ready_to_sign(decision: Decision) -> Actor:
    """A signatory whose roles were asked by the page, as in a request."""
    user = signatory()
    assert may("decisions.sign_decision", user, decision, on=AT.date())
    return acting(user, SIGNATORY)


def counted(found: CaptureQueriesContext) -> int:
    """Statements without those that open and close transactions (design section 8)."""
    words = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].upper().startswith(words) for query in found.captured_queries)


def texts(blocked: pytest.ExceptionInfo[Blocked]) -> list[str]:
    """The reasons as a person reads them, with plain spaces whatever the catalogue puts."""
    return [" ".join(str(reason.text).split()) for reason in blocked.value.reasons]


def test_prepare_opens_one_act_and_then_writes_it_anew() -> None:
    application = decisions.advised()

    first = decisions.prepared(application, "grant")
    second = decisions.prepared(application, "refuse", reasons_in_fact="Trop court")

    assert first.pk == second.pk
    assert Decision.objects.count() == 1
    kept = Decision.objects.get(pk=first.pk)
    assert (kept.kind, kept.reasons_in_fact) == ("refuse", "Trop court")
    assert kept.opinion == application.opinions.get()
    assert kept.snapshot_id == application.snapshot_id


def test_prepare_ignores_the_solutions_of_somebody_else() -> None:
    application = decisions.advised()
    other = structures.solution(structures.structure())

    kept = decisions.prepared(application, "grant", solution_pks=[other.pk])

    assert not kept.solutions.exists()


def test_only_the_officer_of_the_file_prepares() -> None:
    application = decisions.advised()
    stranger = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)

    with pytest.raises(NotAllowed):
        actions.prepare(
            application_pk=application.pk, content=decisions.content(application), at=AT, by=stranger
        )


def test_an_act_is_not_prepared_before_its_stage() -> None:
    application = decisions.in_deliberation()

    with pytest.raises(Blocked):
        decisions.prepared(application)
    assert not Decision.objects.exists()


def test_writing_again_takes_the_act_back_from_the_signatories() -> None:
    decision = decisions.to_sign()
    assert decision.submitted_at == AT

    decisions.prepared(decision.application, "grant", at=AT + timedelta(minutes=1))

    assert Decision.objects.get().submitted_at is None


def test_the_signatory_signs_what_was_read() -> None:
    decision = decisions.to_sign()
    application = decision.application
    later = AT + timedelta(hours=1)
    decisions.to_sign(application, "grant_with_conditions", at=later)
    by = acting(signatory(), SIGNATORY)

    with pytest.raises(Blocked) as blocked:
        actions.sign(decision_pk=decision.pk, at=later, by=by, seen=AT)

    assert texts(blocked) == ["La décision a changé depuis que vous l'avez ouverte : relisez-la."]
    assert actions.sign(decision_pk=decision.pk, at=later, by=by, seen=later).state == "signed"


def test_sending_tells_everything_that_is_missing() -> None:
    decision = decisions.prepared(
        decisions.advised(opinion="unfavourable"),
        "grant_with_conditions",
        reasons_in_law="",
        reasons_in_fact="Trop court.",
        solution_pks=[],
        conditions=[("Ancienne", "Preuve", AT.date())],
    )

    with pytest.raises(Blocked) as blocked:
        actions.send_for_signature(
            decision_pk=decision.pk, at=AT, by=decisions.officer_of(decision.application)
        )

    assert texts(blocked) == [
        "Les motifs en droit manquent.",
        "Les motifs en fait sont trop courts : 300 caractères au moins.",
        "Dites pourquoi la décision s'écarte de l'avis, en 300 caractères au moins.",
        "Choisissez au moins une action reconnue.",
        "La date d'une réserve est passée.",
    ]
    assert all("/decision/#id_" in reason.url for reason in blocked.value.reasons)
    assert Decision.objects.get().submitted_at is None


def test_send_back_needs_a_reason_and_frees_the_act() -> None:
    decision = decisions.to_sign()
    by = acting(signatory(), SIGNATORY)

    with pytest.raises(Blocked):
        actions.send_back(decision_pk=decision.pk, at=AT, by=by)
    actions.send_back(decision_pk=decision.pk, at=AT, by=by.because("Préciser le critère A1.1."))

    assert Decision.objects.get().submitted_at is None
    event = Event.objects.get(move="send_back")
    assert event.reason.text == "Préciser le critère A1.1."
    with pytest.raises(Blocked):
        actions.send_back(decision_pk=decision.pk, at=AT, by=by.because("Encore."))


def test_signing_names_the_signatory_and_grants_the_label() -> None:
    user = signatory(first_name="Irène", last_name="Valmy")

    decision = decisions.signed(by=acting(user, SIGNATORY))

    kept = Decision.objects.select_related("application", "delegation").get()
    assert kept.state == "signed"
    assert (kept.signatory_name, kept.signatory_quality) == ("Irène Valmy", "Directrice générale adjointe")
    assert kept.delegation.user == user
    assert kept.application.state == "granted"
    label = Label.objects.get()
    assert label.decision == decision
    assert kept.letter.code == "L6"
    assert label.number in str(kept.letter.content)
    assert list(broken_links()) == []


@pytest.mark.parametrize(
    ("kind", "opinion", "state", "code"),
    [
        ("grant_with_conditions", "favourable_with_conditions", "granted", "L7"),
        ("refuse", "unfavourable", "refused", "L8"),
    ],
)
def test_each_kind_has_its_effect_and_its_letter(kind: str, opinion: str, state: str, code: str) -> None:
    decision = decisions.signed(decisions.advised(opinion=opinion), kind)

    assert Application.objects.get().state == state
    assert Letter.objects.get(subject=decisions.key(decision)).code == code


def test_an_inadmissible_request_is_told_with_its_closed_reason() -> None:
    decision = decisions.signed(decisions.filed(), "inadmissible")

    assert Application.objects.get().state == "inadmissible"
    letter = Letter.objects.get(subject=decisions.key(decision), code="L3")
    assert "n'entrent pas dans le champ du label" in str(letter.content)


def test_a_dossier_is_closed_only_after_reminder_and_grace() -> None:
    application = decisions.incomplete(reminded=False)
    early = decisions.prepared(application, "close", at=AT + timedelta(days=40))
    with pytest.raises(Blocked) as blocked:
        actions.send_for_signature(
            decision_pk=early.pk, at=AT + timedelta(days=40), by=decisions.officer_of(application)
        )
    assert texts(blocked) == [
        "La structure peut encore envoyer ses pièces jusqu'au 18 février 2027.",
        "Aucune relance n'a encore été envoyée à la structure.",
    ]

    application.document_requests.update(reminded_at=AT + timedelta(days=31))
    decision = decisions.signed(application, "close", at=AT + timedelta(days=50))

    assert Application.objects.get().state == "closed"
    assert "Statuts" in str(Letter.objects.get(subject=decisions.key(decision)).content)


def test_signing_ends_the_clocks_of_the_dossier() -> None:
    application = decisions.advised()
    assert deadlines.running(application, "silence") is not None

    decisions.signed(application)

    assert not Deadline.objects.running().of(application).exists()
    assert Deadline.objects.of(application).get(kind="decision").outcome == "met"


@pytest.mark.parametrize("kind", ["grant", "refuse"])
def test_divergence_is_allowed_with_its_own_reasons(kind: str) -> None:
    opinion = "unfavourable" if kind == "grant" else "favourable"
    application = decisions.advised(opinion=opinion)

    with pytest.raises(Blocked):
        decisions.to_sign(application, kind)
    decision = decisions.signed(application, kind, divergence_reasons=decisions.OTHERWISE)

    assert decision.state == "signed"


def test_a_binding_opinion_cannot_be_departed_from(settings) -> None:
    settings.OPINION_IS_BINDING = True

    with pytest.raises(Blocked) as blocked:
        decisions.to_sign(
            decisions.advised(opinion="unfavourable"), "grant", divergence_reasons=decisions.OTHERWISE
        )

    assert texts(blocked) == ["L'avis du comité lie l'Institut : la décision doit le suivre."]


def test_the_reasons_of_a_divergence_are_told_in_a_refusal() -> None:
    decision = decisions.signed(decisions.advised(), "refuse", divergence_reasons=decisions.OTHERWISE)

    content = str(Letter.objects.get(subject=decisions.key(decision)).content)
    assert "s'écarte de cet avis" in content.replace("\u202f", " ").replace("\u00a0", " ")


def refused_to_sign(decision: Decision, by: Actor, *, at: datetime = AT) -> list[str]:
    with pytest.raises(Blocked) as blocked:
        actions.sign(decision_pk=decision.pk, at=at, by=by)
    assert Decision.objects.get(pk=decision.pk).state == "prepared"
    assert not Label.objects.exists()
    return texts(blocked)


WORKED = "Vous avez instruit ce dossier : une autre personne doit signer."


def test_who_ran_the_file_does_not_sign() -> None:
    officer = signatory()
    give_role(officer, Role.CASE_OFFICER)
    decision = decisions.to_sign(decisions.advised(officer=officer))

    assert refused_to_sign(decision, acting(officer, SIGNATORY)) == [WORKED]


def test_who_once_held_the_file_does_not_sign() -> None:
    officer = signatory()
    give_role(officer, Role.CASE_OFFICER)
    application = decisions.advised(officer=officer)
    decision = decisions.to_sign(application)
    next_officer = staff(Role.CASE_OFFICER)
    Application.objects.filter(pk=application.pk).update(case_officer=next_officer)

    assert refused_to_sign(decision, acting(officer, SIGNATORY)) == [WORKED]


def test_a_substitute_who_wrote_in_the_act_does_not_sign() -> None:
    application = decisions.advised()
    decisions.prepared(application)
    substitute = signatory()
    give_role(substitute, Role.CASE_OFFICER)
    application.case_officer.absences.create(
        substitute=substitute, starts_on=AT.date(), ends_on=AT.date() + timedelta(days=5)
    )
    decision = actions.prepare(
        application_pk=application.pk,
        content=decisions.content(application),
        at=AT,
        by=acting(substitute, Role.CASE_OFFICER),
    )
    actions.send_for_signature(decision_pk=decision.pk, at=AT, by=decisions.officer_of(application))

    assert refused_to_sign(decision, acting(substitute, SIGNATORY)) == [WORKED]


def test_who_judged_the_file_does_not_sign() -> None:
    decision = decisions.to_sign()
    reviewer = signatory()
    mandate = Mandate.objects.open(
        thread=structures.structure().thread, at=AT, by=Actor.system(), user=reviewer, college="patients"
    )
    Assignment.objects.open(
        thread=decision.thread,
        at=AT,
        by=Actor.system(),
        application=decision.application,
        mandate=mandate,
        snapshot=decision.snapshot,
        college="patients",
        pseudonym="Patient A",
        answer_due_on=AT.date(),
        review_due_on=AT.date(),
    )

    assert refused_to_sign(decision, acting(reviewer, SIGNATORY)) == [
        "Vous avez évalué ce dossier : une autre personne doit signer."
    ]


def test_a_member_of_the_structure_does_not_sign() -> None:
    decision = decisions.to_sign()
    insider = signatory()
    structures.member(decision.application.structure, user=insider)

    assert refused_to_sign(decision, acting(insider, SIGNATORY)) == [
        "Vous êtes ou avez été membre de cette structure : une autre personne doit signer."
    ]


def test_the_delegation_counts_on_that_day_only() -> None:
    decision = decisions.to_sign()
    ended = signatory(until=date(2027, 1, 3))
    future = staff(SIGNATORY)
    Delegation.objects.create(
        user=future, quality="Directeur", service="Direction", act_reference="D", starts_on=date(2027, 1, 5)
    )

    assert refused_to_sign(decision, acting(ended, SIGNATORY)) == [
        "Votre délégation s'est arrêtée le 3 janvier 2027."
    ]
    assert refused_to_sign(decision, acting(future, SIGNATORY)) == [
        "Vous n'avez pas de délégation de signature pour ce jour."
    ]
    tomorrow = AT + timedelta(days=1)
    assert actions.sign(decision_pk=decision.pk, at=tomorrow, by=acting(future, SIGNATORY)).state == "signed"


def test_the_day_of_a_delegation_is_the_day_in_paris() -> None:
    decision = decisions.to_sign()
    user = signatory(since=date(2027, 1, 5))
    just_after_midnight = datetime(2027, 1, 5, 0, 10, tzinfo=PARIS)

    signed = actions.sign(decision_pk=decision.pk, at=just_after_midnight, by=acting(user, SIGNATORY))

    assert signed.label.starts_on == date(2027, 1, 5)


def test_nobody_signs_twice() -> None:
    decision = decisions.signed()

    with pytest.raises(TransitionNotAllowed):
        actions.sign(decision_pk=decision.pk, at=AT, by=acting(signatory(), SIGNATORY))
    assert Label.objects.count() == 1


def test_an_opinion_given_again_asks_to_read_the_act_again() -> None:
    decision = decisions.to_sign()
    application = decision.application
    first = application.opinions.get()
    application.opinions.create(
        evaluation=first.evaluation,
        kind="favourable",
        reasons="Un second avis.",
        recorded_by=first.recorded_by,
        adopted_on=AT.date(),
        recorded_at=AT,
    )

    assert refused_to_sign(decision, acting(signatory(), SIGNATORY)) == [
        "Le dossier ou l'avis a changé : relisez la décision et enregistrez-la de nouveau."
    ]


def test_a_structure_with_a_label_gets_no_second_one() -> None:
    found = structures.structure()
    label = certificates.withdrawn(certificates.label(found), on=AT.date())
    second = decisions.prepared(decisions.advised(found))
    certificates.moved(label, "restore")  # a judge gives the first label back meanwhile

    with pytest.raises(Blocked) as blocked:
        actions.send_for_signature(decision_pk=second.pk, at=AT, by=decisions.officer_of(second.application))

    assert texts(blocked) == [f"La structure a déjà un label en cours : {label.number}."]


def test_a_letter_without_address_stops_the_signature() -> None:
    application = decisions.advised(structures.structure(address="", city="", postal_code=""))
    decision = decisions.to_sign(application)

    with pytest.raises(Blocked) as blocked:
        actions.sign(decision_pk=decision.pk, at=AT, by=acting(signatory(), SIGNATORY))

    assert texts(blocked) == ["Il manque : Destinataire et adresse."]
    assert Decision.objects.get().state == "prepared"
    assert Application.objects.get().state == "advised"


def test_the_announcement_never_says_what_was_decided() -> None:
    decision = decisions.signed(decisions.advised(decisions.served_online(structures.structure())))

    mail = Mail.objects.get(key__contains=str(decision.letter.pk), kind="letter")
    assert "Une décision est disponible" in mail.title
    assert "accord" not in (mail.title + mail.text).lower()


def test_a_request_withdrawn_leaves_nothing_to_sign() -> None:
    decision = decisions.to_sign()
    application = decision.application

    withdraw(application_pk=application.pk, at=AT, by=representative_of(application.structure))

    assert Decision.objects.get().state == "abandoned"


# --- notification and remedies ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seat", "received", "gracious", "court"),
    [
        # délai franc: 4 February + 2 months = 4 April, so 5 April at the latest (domain 3.1)
        ({"postal_code": "69100"}, date(2019, 2, 4), date(2019, 4, 5), date(2019, 4, 5)),
        # the day after the anniversary is a Saturday: the next working day
        ({"postal_code": "69100"}, date(2027, 1, 8), date(2027, 3, 9), date(2027, 3, 9)),
        # overseas: one month more, for the court only
        (
            {"postal_code": "97400", "city": "Saint-Denis"},
            date(2019, 2, 4),
            date(2019, 4, 5),
            date(2019, 5, 6),
        ),
        # abroad: two months more, for the court only
        ({"country": "BE", "postal_code": "1000"}, date(2019, 2, 4), date(2019, 4, 5), date(2019, 6, 5)),
        # the end of a short month
        ({"postal_code": "69100"}, date(2026, 12, 31), date(2027, 3, 1), date(2027, 3, 1)),
    ],
)
def test_remedies_run_from_the_receipt(seat, received: date, gracious: date, court: date) -> None:
    decision = decisions.signed(decisions.advised(structures.structure()), "grant")
    structure = decision.application.structure
    for name, value in seat.items():
        setattr(structure, name, value)
    structure.save()

    actions.record_notification(letter=decision.letter, received_on=received, at=AT, by=Actor.system())

    kept = Decision.objects.get()
    assert (kept.state, kept.notified_on) == ("notified", received)
    assert (kept.gracious_until, kept.court_until) == (gracious, court)
    assert deadlines.running(kept, "court").due_on == court


def test_nothing_runs_before_the_receipt() -> None:
    decision = decisions.signed()

    assert decision.court_until is None
    assert deadlines.running(decision, "court") is None


def test_opening_online_is_the_receipt() -> None:
    found = decisions.served_online(structures.structure())
    decision = decisions.signed(decisions.advised(found))
    opened = AT + timedelta(days=3)

    open_online(letter_pk=decision.letter.pk, at=opened, by=representative_of(found))
    open_online(letter_pk=decision.letter.pk, at=opened + timedelta(days=9), by=representative_of(found))

    assert Decision.objects.get().notified_on == opened.date()


def test_a_letter_never_opened_is_deemed_received() -> None:
    decision = decisions.signed(decisions.advised(decisions.served_online(structures.structure())))

    assert presume_receipts(AT + timedelta(days=15)) == 0
    presume_receipts(AT + timedelta(days=16))

    assert Decision.objects.get().notified_on == AT.date() + timedelta(days=15)
    assert Letter.objects.get(pk=decision.letter.pk).presumed


def test_a_receipt_told_twice_notifies_once() -> None:
    decision = decisions.notified()
    again = AT.date() + timedelta(days=9)

    assert (
        actions.record_notification(letter=decision.letter, received_on=again, at=AT, by=Actor.system())
        is None
    )
    assert Decision.objects.get().notified_on == AT.date()


def test_a_letter_that_carries_no_act_notifies_nothing() -> None:
    letter = decisions.signed().letter
    letter.subject = "label.application:1"

    assert actions.record_notification(letter=letter, received_on=AT.date(), at=AT, by=Actor.system()) is None


def test_the_clock_makes_a_notified_act_final_and_nothing_more() -> None:
    from decisions.due import remedies_are_exhausted

    decision = decisions.notified()
    clock = deadlines.running(decision, "court")

    remedies_are_exhausted(clock, AT + timedelta(days=80))
    remedies_are_exhausted(clock, AT + timedelta(days=80))

    assert Decision.objects.get().state == "final"
    assert Label.objects.get().state == "in_force"


# --- what it costs -----------------------------------------------------------------------------------------------


def test_a_decision_signed_costs_at_most_28_statements() -> None:
    decision = decisions.to_sign(decisions.advised(opinion="unfavourable"), "refuse")
    by = ready_to_sign(decision)

    with CaptureQueriesContext(connection) as found:
        actions.sign(decision_pk=decision.pk, at=AT, by=by)

    assert counted(found) <= 28


def test_a_decision_with_its_label_costs_at_most_44_statements() -> None:
    decision = decisions.to_sign()
    by = ready_to_sign(decision)

    with CaptureQueriesContext(connection) as found:
        actions.sign(decision_pk=decision.pk, at=AT, by=by)

    assert counted(found) <= 44


def test_a_person_without_role_signs_nothing() -> None:
    decision = decisions.to_sign()

    with pytest.raises(NotAllowed):
        actions.sign(decision_pk=decision.pk, at=AT, by=acting(person(), SIGNATORY))


# --- silence -----------------------------------------------------------------------------------------------------


def test_silence_is_noted_by_a_person_only_once_its_date_is_passed() -> None:
    application = decisions.acknowledged(decisions.advised())
    last_day = AT + timedelta(days=59)
    assert application.implicit_decision_on == last_day.date()
    by = decisions.officer_of(application)

    with pytest.raises(Blocked):
        actions.record_implicit(application_pk=application.pk, at=last_day, by=by)
    with pytest.raises(NotAllowed):
        actions.record_implicit(
            application_pk=application.pk, at=last_day + timedelta(days=1), by=Actor.system()
        )
    decision = actions.record_implicit(application_pk=application.pk, at=last_day + timedelta(days=1), by=by)
    with pytest.raises(Blocked):
        actions.record_implicit(application_pk=application.pk, at=last_day + timedelta(days=2), by=by)

    assert (decision.state, decision.notified_on) == ("notified", date(2027, 3, 4))
    assert decision.court_until == date(2027, 5, 5)
    assert decision.signed_by is None


def test_a_silence_of_refusal_leaves_the_examination_go_on_and_an_act_replaces_it() -> None:
    application = decisions.advised()
    later = AT + timedelta(days=70)
    silence = actions.record_implicit(
        application_pk=application.pk, at=later, by=decisions.officer_of(application)
    )
    assert Application.objects.get().state == "advised"

    decision = decisions.signed(application, at=later)

    assert decision.supersedes == silence
    assert Decision.objects.get(pk=silence.pk).state == "replaced"
    assert deadlines.running(silence, "court") is None
    assert Label.objects.get().decision == decision


def refused_to_grant_by_silence(application: Application, by: Actor) -> list[str]:
    with pytest.raises(Blocked) as blocked:
        actions.record_implicit(application_pk=application.pk, at=AT + timedelta(days=70), by=by)
    assert not Label.objects.exists()
    assert not Decision.objects.exists()
    return texts(blocked)


def test_a_silence_of_acceptance_is_noted_under_a_delegation_by_somebody_without_part(settings) -> None:
    settings.SILENCE_EFFECT = "acceptance"
    officer = signatory()
    give_role(officer, Role.CASE_OFFICER)
    application = decisions.advised(officer=officer)
    without = staff(SIGNATORY)

    assert refused_to_grant_by_silence(application, acting(officer, SIGNATORY)) == [WORKED]
    assert refused_to_grant_by_silence(application, acting(without, SIGNATORY)) == [
        "Vous n'avez pas de délégation de signature pour ce jour."
    ]


def test_a_refusal_by_silence_may_come_once_the_time_for_the_pieces_is_over() -> None:
    application = lab.incomplete()
    assert application.implicit_decision_on == date(2027, 4, 3)
    by = decisions.officer_of(application)
    with pytest.raises(Blocked):
        actions.record_implicit(application_pk=application.pk, at=AT + timedelta(days=89), by=by)
    decision = actions.record_implicit(application_pk=application.pk, at=AT + timedelta(days=90), by=by)
    assert decision.notified_on == date(2027, 4, 3)
    assert Application.objects.get().state == "incomplete"


def test_a_silence_of_acceptance_grants_the_label_from_its_date(settings) -> None:
    settings.SILENCE_EFFECT = "acceptance"
    application = decisions.advised()
    later = AT + timedelta(days=70)

    with pytest.raises(NotAllowed):
        actions.record_implicit(application_pk=application.pk, at=later, by=decisions.officer_of(application))
    decision = actions.record_implicit(
        application_pk=application.pk, at=later, by=acting(signatory(), SIGNATORY)
    )

    label = Label.objects.get()
    assert label.decision == decision
    assert (decision.delegation is not None, decision.signatory_quality) == (
        True,
        "Directrice générale adjointe",
    )
    assert label.starts_on == date(2027, 3, 4)
    assert [row.name for row in label.recognised.all()] == ["Permanence d'écoute"]
    assert Application.objects.get().state == "granted"
    assert deadlines.running(application, "silence") is None
    assert list(broken_links()) == []
