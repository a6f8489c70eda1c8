"""What is refused before a measure, a hearing or a procedure, in the words that a person reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Role
from certificates import actions
from certificates.actions import withdrawals as steps
from certificates.models import Condition, Hearing, Label, Measure
from certificates.subjects import OpinionOnWithdrawal
from decisions import actions as acts
from journal.refusals import Blocked, NotAllowed
from tests.certificates.test_renewal import OPENS
from tests.factories import certificates, decisions, measures, renewals, withdrawals
from tests.factories import charter as charters
from tests.factories.accounts import acting, signatory, staff
from tests.factories.structures import AT, PDF, representative_of, structure
from tests.refusing import refused

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = timezone.localdate(AT)
GROUND = measures.GROUND
LONGEST = 365


def copy() -> SimpleUploadedFile:
    return SimpleUploadedFile("reponse.pdf", PDF, content_type="application/pdf")


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("depuis le dossier de renouvellement", {"measure": "refuse"}),
        ("dans une procédure de retrait", {"measure": "withdraw"}),
        ("dans une procédure de retrait", {"measure": "annul"}),
        ("Choisissez la mesure", {"measure": "x"}),
        ("entre 1 et 12 faits", {"grounds": []}),
        ("entre 1 et 12 faits", {"grounds": [GROUND] * 13}),
        ("besoin de trois choses", {"grounds": [GROUND, replace(GROUND, fact="\u200b")]}),
        ("besoin de trois choses", {"grounds": [replace(GROUND, text_breached=" ")]}),
        ("besoin de trois choses", {"grounds": [replace(GROUND, source=" ")]}),
        ("Laissez au moins", {"days": settings.OBSERVATIONS_DAYS - 1}),
        ("Laissez au moins", {"days": settings.URGENT_OBSERVATIONS_DAYS - 1, "is_urgent": True}),
        ("Laissez au moins", {"days": LONGEST + 1}),
    ],
)
def test_an_invitation_to_answer_is_whole(words: str, changes: dict[str, Any]) -> None:
    label = certificates.label()
    given = {"measure": "suspend", "grounds": [GROUND], "days": 30, **changes}
    by = measures.officer_of(label)
    refused(actions.notify_grounds, words, label_pk=label.pk, at=AT, by=by, **given)


def test_an_invitation_is_sent_once_by_who_may_on_a_label_that_lives() -> None:
    label = certificates.label()
    given = {"label_pk": label.pk, "measure": "suspend", "grounds": [GROUND] * 12, "at": AT}
    for nobody in (acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER), representative_of(label.structure)):
        with pytest.raises(NotAllowed):
            actions.notify_grounds(days=30, by=nobody, **given)
    by = measures.officer_of(label)
    least = settings.URGENT_OBSERVATIONS_DAYS
    actions.notify_grounds(days=least, is_urgent=True, by=by, **given)
    refused(actions.notify_grounds, "déjà invitée", days=30, by=by, **given)
    actions.notify_grounds(days=LONGEST, by=by, **{**given, "measure": "conditions"})
    label = certificates.withdrawn(certificates.label(), on=TODAY + DAY)
    given |= {"label_pk": label.pk, "by": measures.officer_of(label)}
    refused(actions.notify_grounds, "plus rien à envisager", days=settings.OBSERVATIONS_DAYS, **given)


def test_an_answer_that_the_office_types_has_its_day_its_way_and_its_copy() -> None:
    label = certificates.label()
    hearing = measures.invited(label)
    measures.received(hearing.letter)
    at = AT + 10 * DAY
    today = TODAY + 10 * DAY
    by = measures.officer_of(label)
    given = {"hearing_pk": hearing.pk, "text": "Nous avons rouvert.", "at": at, "by": by}
    aloud = {"means": "phone", "received_on": today, "read_back_on": today, **given}
    posted = {"means": "post", "received_on": today, "postmarked_on": today, "file": copy(), **given}
    refused(actions.observe, "Écrivez la réponse", **{**aloud, "text": "\u200b"})
    refused(actions.observe, "comment la réponse", **{**aloud, "means": "pigeon"})
    for absurd in (None, today + DAY, TODAY - DAY):
        # a reading back before the answer is another reason
        changes = {"received_on": absurd, "means": "post", "postmarked_on": None}
        refused(actions.observe, "Choisissez une date entre", **{**posted, **changes})
    refused(actions.observe, "précède la lettre", **{**posted, "postmarked_on": TODAY - DAY})
    refused(actions.observe, "Joignez la copie", **{**posted, "file": None})
    refused(actions.observe, "puis notez le jour", **{**aloud, "read_back_on": None})
    for absurd in (today + DAY, today - DAY):
        refused(actions.observe, "La relecture se fait", **{**aloud, "read_back_on": absurd})
    for nobody in (representative_of(label.structure), acting(signatory(), Role.SIGNATORY)):
        with pytest.raises(NotAllowed):
            actions.observe(**{**aloud, "by": nobody})
    with pytest.raises(NotAllowed):
        actions.observe(hearing_pk=hearing.pk, text="Non.", at=at, by=by)  # online is for who holds it
    first = {"received_on": TODAY, "read_back_on": TODAY}
    assert actions.observe(**{**aloud, **first}).received_on == TODAY
    assert actions.observe(**{**posted, "postmarked_on": TODAY}).postmarked_on == TODAY


def test_nothing_is_answered_asked_nor_closed_once_a_hearing_is_over() -> None:
    label = certificates.label()
    hearing = measures.heard(label)
    holder, by = representative_of(label.structure), measures.officer_of(label)
    late = AT + 60 * DAY
    given = {"hearing_pk": hearing.pk, "at": late}
    over = "Le temps de répondre est terminé"
    for action in (actions.say_nothing_to_add, actions.ask_to_be_heard, actions.waive_oral_hearing):
        refused(action, over, by=holder, **given)
    refused(actions.observe, over, text="Nous avons rouvert.", by=holder, **given)
    minutes = {"held_on": TODAY, "minutes": "La présidente a parlé.", "by": by}
    refused(actions.record_oral_hearing, over, **minutes, **given)
    dropped = measures.invited(label, "conditions")
    actions.drop_hearing(hearing_pk=dropped.pk, at=AT, by=by)
    given = {"hearing_pk": dropped.pk, "at": AT}
    refused(actions.close_hearing, "déjà terminée", by=by, **given)
    refused(actions.ask_to_be_heard, "n'est plus envisagée", by=holder, **given)
    posted = {"text": "Oui.", **measures.by_post(TODAY)}
    refused(actions.observe, "n'est plus envisagée", by=by, **posted, **given)


def test_what_is_posted_after_the_last_day_or_once_decided_comes_too_late() -> None:
    label = certificates.label()
    hearing = measures.heard(label)
    hearing.refresh_from_db()
    last = hearing.answer_until
    assert last is not None
    by = measures.officer_of(label)
    at = AT + (last - TODAY) + 9 * DAY
    given = {"hearing_pk": hearing.pk, "text": "Nous avons rouvert.", "at": at, "by": by}
    received = last + 8 * DAY
    after = measures.by_post(received, posted_on=last + DAY)
    refused(actions.observe, "elle arrive trop tard", **after, **given)
    assert actions.observe(**measures.by_post(received, posted_on=last), **given)


def test_a_hearing_closes_after_the_time_to_answer_and_that_of_the_post() -> None:
    label = certificates.label()
    hearing = measures.invited(label)
    by = measures.officer_of(label)
    given = {"hearing_pk": hearing.pk, "by": by}
    refused(actions.close_hearing, "preuve que la structure a reçu", at=AT + 90 * DAY, **given)
    measures.received(hearing.letter)
    last = AT + timedelta(days=hearing.days)
    refused(actions.close_hearing, "peut encore répondre", at=last, **given)
    post = timedelta(days=settings.OBSERVATIONS_POST_DAYS)
    for at in (last + DAY, last + post):
        refused(actions.close_hearing, "peut encore arriver", at=at, **given)
    holder = representative_of(label.structure)
    refused(actions.say_nothing_to_add, "Répondez d'abord", hearing_pk=hearing.pk, at=AT, by=holder)
    actions.ask_to_be_heard(hearing_pk=hearing.pk, at=AT, by=holder)
    refused(actions.close_hearing, "entendez-la d'abord", at=last + post + DAY, **given)
    for nobody in (holder, acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)):
        with pytest.raises(NotAllowed):
            actions.close_hearing(hearing_pk=hearing.pk, at=last + post + DAY, by=nobody)
        with pytest.raises(NotAllowed):
            actions.drop_hearing(hearing_pk=hearing.pk, at=AT, by=nobody)
    actions.waive_oral_hearing(hearing_pk=hearing.pk, at=AT, by=holder)
    assert actions.close_hearing(at=last + post + DAY, **given).closed_on


def test_an_oral_hearing_is_asked_planned_and_written_down_once() -> None:
    label = certificates.label()
    hearing = measures.invited(label)
    holder, by = representative_of(label.structure), measures.officer_of(label)
    given = {"hearing_pk": hearing.pk, "at": AT}
    plan = {"planned_at": AT + DAY, **given}
    refused(actions.plan_oral_hearing, "n'a pas demandé", by=by, **plan)
    with pytest.raises(NotAllowed):
        actions.ask_to_be_heard(by=by, **given)  # with the day on which it was asked only
    with pytest.raises(NotAllowed):
        actions.ask_to_be_heard(asked_on=TODAY, by=holder, **given)
    actions.ask_to_be_heard(asked_on=TODAY, by=by, **given)
    for nobody in (holder, acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)):
        with pytest.raises(NotAllowed):
            actions.plan_oral_hearing(by=nobody, **plan)
        with pytest.raises(NotAllowed):
            actions.record_oral_hearing(held_on=TODAY, minutes="Dit.", by=nobody, **given)
    with pytest.raises(NotAllowed):
        actions.waive_oral_hearing(by=by, **given)
    with pytest.raises(NotAllowed):
        actions.say_nothing_to_add(by=by, **given)
    actions.waive_oral_hearing(by=holder, **given)
    refused(actions.plan_oral_hearing, "n'a pas demandé", by=by, **plan)
    actions.ask_to_be_heard(by=holder, **given)
    refused(actions.plan_oral_hearing, "une date à venir", by=by, **{**plan, "planned_at": AT})
    record = {"held_on": TODAY, "minutes": "La présidente a parlé.", "by": by, **given}
    refused(actions.record_oral_hearing, "Écrivez le compte rendu", **{**record, "minutes": "\u200b"})
    for absurd in (TODAY - DAY, TODAY + DAY):
        refused(actions.record_oral_hearing, "une date entre", **{**record, "held_on": absurd})
    actions.record_oral_hearing(**record)
    refused(actions.record_oral_hearing, "déjà gardé", **record)
    refused(actions.plan_oral_hearing, "déjà été entendue", by=by, **plan)


def test_the_hearing_of_a_procedure_is_closed_with_it() -> None:
    found = withdrawals.in_hearing()
    label = Label.objects.get(withdrawals=found)
    by = measures.officer_of(label)
    hearing = Hearing.objects.get()
    for action in (actions.close_hearing, actions.drop_hearing):
        refused(action, "d'une procédure de retrait", hearing_pk=hearing.pk, at=AT + 90 * DAY, by=by)
    refused(actions.close_procedure_hearing, "encore répondre", withdrawal_pk=found.pk, at=AT, by=by)
    with pytest.raises(NotAllowed):
        stranger = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)
        actions.close_procedure_hearing(withdrawal_pk=found.pk, at=AT + 90 * DAY, by=stranger)
    found = withdrawals.opened()
    by = measures.officer_of(Label.objects.get(withdrawals=found))
    refused(actions.close_procedure_hearing, "Aucune réponse", withdrawal_pk=found.pk, at=AT, by=by)


def test_the_file_of_a_procedure_is_read_by_who_holds_the_label() -> None:
    hearing = measures.invited(certificates.label())
    for nobody in (measures.officer_of(hearing.label), representative_of(certificates.label().structure)):
        with pytest.raises(NotAllowed):
            actions.open_file(hearing_pk=hearing.pk, at=AT, by=nobody)


def test_a_condition_is_answered_read_and_lifted_while_it_binds() -> None:
    label = certificates.label(kind="grant_with_conditions")
    condition = Condition.objects.get(label=label)
    officer, holder = measures.officer_of(label), representative_of(label.structure)
    chief = acting(signatory(), Role.SIGNATORY)
    keys = {"condition_pk": condition.pk, "at": AT}
    send, lift = actions.send_condition_proof, actions.lift_condition
    refused(send, "Ajoutez un document", text="\u200b", by=holder, **keys)
    with pytest.raises(NotAllowed):
        send(text="Fait.", by=chief, **keys)
    for action in (actions.accept_condition_proof, actions.ask_condition_again):
        why = {"why": "Il manque le total."} if action is actions.ask_condition_again else {}
        refused(action, "Aucune preuve n'est à lire", by=officer, **why, **keys)
    refused(lift, "Aucune preuve acceptée", by=chief, **keys)
    refused(actions.send_back_condition, "Aucune preuve acceptée", by=chief.because("Non."), **keys)
    send(text="Les comptes sont en ligne.", by=holder, **keys)
    refused(actions.accept_condition_proof, "Une autre preuve", seen=AT - DAY, by=officer, **keys)
    again = {"why": "Il manque le total.", "by": officer, **keys}
    refused(actions.ask_condition_again, "Une autre preuve", seen=AT - DAY, **again)
    refused(actions.ask_condition_again, "ce qui manque", **{**again, "why": " "})
    stranger = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)
    for nobody in (stranger, holder):
        with pytest.raises(NotAllowed):
            actions.accept_condition_proof(by=nobody, **keys)
        with pytest.raises(NotAllowed):
            actions.ask_condition_again(**{**again, "by": nobody})
        with pytest.raises(NotAllowed):
            actions.move_condition_date(due_on=condition.due_on + DAY, by=nobody.because("Travaux."), **keys)
    actions.accept_condition_proof(by=officer, **keys)
    refused(send, "Votre preuve est acceptée", text="Encore.", by=holder, **keys)
    refused(actions.ask_condition_again, "sa preuve est acceptée", **again)
    for nobody in (officer, holder):
        with pytest.raises(NotAllowed):
            lift(by=nobody, **keys)
        with pytest.raises(NotAllowed):
            actions.send_back_condition(by=nobody.because("Non."), **keys)
    without = acting(staff(Role.SIGNATORY), Role.SIGNATORY)
    refused(lift, "pas de délégation", by=without, **keys)
    refused(actions.send_back_condition, "en une phrase pourquoi", by=chief.because(" "), **keys)
    lift(by=chief, **keys)
    refused(send, "déjà levée", text="Encore.", by=holder, **keys)
    moved = {"due_on": condition.due_on + DAY, "by": officer.because("Travaux."), **keys}
    refused(actions.move_condition_date, "déjà levée", **moved)


def test_the_day_of_a_condition_moves_forward_within_the_label_with_a_reason() -> None:
    label = certificates.label(kind="grant_with_conditions")
    condition = Condition.objects.get(label=label)
    by = measures.officer_of(label).because("Travaux.")
    given = {"condition_pk": condition.pk, "at": AT}
    last = label.valid_until
    for absurd in (condition.due_on, last + DAY):
        refused(actions.move_condition_date, "Choisissez une date après", due_on=absurd, by=by, **given)
    soon = condition.due_on + DAY
    refused(actions.move_condition_date, "en une phrase", due_on=soon, by=by.because(" "), **given)
    actions.move_condition_date(due_on=last, by=by, **given)
    certificates.withdrawn(label, on=TODAY + DAY)
    Condition.objects.update(due_on=soon)
    refused(actions.move_condition_date, "n'est plus en cours", due_on=last, by=by, **given)
    holder = representative_of(label.structure)
    refused(actions.send_condition_proof, "n'est plus en cours", text="Fait.", by=holder, **given)


def sent(label: Label, kind: str, words: str, *, at: Any = AT, **changes: Any) -> None:
    """That act on that label cannot be sent, for that reason alone."""
    measure = measures.prepared(label, kind, at=at, **changes)
    by = measures.officer_of(label)
    refused(acts.send_for_signature, words, decision_pk=measure.decision_id, at=at, by=by)


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("ne commence pas avant sa signature", {"starts_on": TODAY - DAY}),
        ("date de fin de la suspension est obligatoire", {"ends_on": None}),
        ("vient après son début", {"ends_on": TODAY}),
        ("mois au plus", {"ends_on": TODAY + timedelta(days=400)}),
        ("que tout le monde pourra lire", {"public_reason": ""}),
        ("ce qui fera lever", {"what_lifts_it": "\u200b"}),
        ("pourquoi la sécurité", {"urgency_reason": "x" * (settings.REASONS_MIN_LENGTH - 1)}),
        ("n'a pas encore été invitée", {"urgency_reason": " "}),
    ],
)
def test_a_suspension_has_its_days_and_its_reasons(words: str, changes: dict[str, Any]) -> None:
    sent(certificates.label(), "suspend", words, **changes)


def test_a_suspension_lasts_its_months_and_follows_once() -> None:
    from certificates.checklist.measures import latest_end

    label = certificates.label()
    last = latest_end(TODAY)
    sent(label, "suspend", "mois au plus", ends_on=last + DAY)
    just = "x" * settings.REASONS_MIN_LENGTH
    measures.notified(label, "suspend", ends_on=last, urgency_reason=just)
    sent(label, "suspend", "la suite commence le lendemain", starts_on=last, ends_on=last + 20 * DAY)


def test_an_act_is_prepared_on_a_label_in_a_state_that_allows_it() -> None:
    label = certificates.label()
    by = measures.officer_of(label)
    given = {"label_pk": label.pk, "at": AT, "by": by}

    def prepare(words: str, kind: str, said: str | None = None, **terms: Any) -> None:
        what = {"content": measures.content(said or kind), "terms": measures.terms(kind, label, **terms)}
        refused(actions.prepare_measure, words, kind=kind, **what, **given)

    prepare("n'existe pas", "suspend", said="lift")
    prepare("n'est pas suspendu", "lift")
    prepare("Aucun dossier de renouvellement", "extend")
    foreign = measures.invited(certificates.label())
    prepare("n'existe pas pour ce label", "suspend", hearing_id=foreign.pk, ground_pks=())
    prepare(
        "n'existe pas pour ce label",
        "suspend",
        ground_pks=tuple(foreign.grounds.values_list("pk", flat=True)),
    )
    prepare("n'existe pas pour ce label", "suspend", ground_pks=(10**6,))
    other = withdrawals.opened()
    prepare("n'existe pas pour ce label", "suspend", withdrawal_id=other.pk)
    measure = measures.prepared(label, "suspend")
    refused(actions.give_up_measure, "en une phrase", measure_pk=measure.pk, at=AT, by=by.because(" "))
    stranger = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER).because("Non.")
    with pytest.raises(NotAllowed):
        actions.give_up_measure(measure_pk=measure.pk, at=AT, by=stranger)
    with pytest.raises(NotAllowed):
        what = {"content": measures.content("suspend"), "terms": measures.terms("suspend", label)}
        actions.prepare_measure(kind="suspend", **what, **{**given, "by": stranger})
    certificates.suspended(label, since=TODAY, until=TODAY + 20 * DAY)
    prepare("Le label est suspendu", "conditions")
    certificates.moved(label, "withdraw", on=TODAY + DAY)
    prepare("n'est plus en cours", "suspend")


def test_an_act_rests_on_what_was_announced_to_the_structure() -> None:
    label = certificates.label()
    late = AT + 40 * DAY
    hearing = measures.heard(label, "conditions")
    on = {"at": late, "hearing_id": hearing.pk}
    sent(label, "suspend", "n'annonçait pas cette mesure", **on)
    due = measures.one_condition((late + 30 * DAY).date())
    sent(label, "conditions", "au moins un des faits", conditions=due, ground_pks=(), **on)
    waiting = measures.invited(label, "suspend", at=late)
    sent(label, "suspend", "n'est pas terminé", at=late, hearing_id=waiting.pk)
    theirs = tuple(waiting.grounds.values_list("pk", flat=True))
    sent(label, "conditions", "n'a pas été notifié", conditions=due, ground_pks=theirs, **on)


def test_the_proof_of_an_event_is_dated_named_and_read_by_a_second_person() -> None:
    label = certificates.label()
    late = AT + 60 * DAY
    hearing = measures.heard(label, "lapse")
    event = {"event_on": late.date(), "event_proof": "Journal officiel, annonce 12", "hearing_id": hearing.pk}
    check = {"at": late, "by": acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)}
    by = measures.officer_of(label)
    for absurd in ({"event_on": None}, {"event_on": late.date() + DAY}, {"event_proof": "\u200b"}):
        measure = measures.prepared(label, "lapse", at=late, **{**event, **absurd})
        refused(actions.check_event, "sa preuve manquent", measure_pk=measure.pk, **check)
    measure = measures.prepared(label, "lapse", at=late, **event)
    refused(actions.check_event, "une autre personne vérifie", measure_pk=measure.pk, at=late, by=by)
    for nobody in (representative_of(label.structure), acting(signatory(), Role.SIGNATORY)):
        with pytest.raises(NotAllowed):
            actions.check_event(measure_pk=measure.pk, at=late, by=nobody)
    actions.check_event(measure_pk=measure.pk, **check)
    sign = {"decision_pk": measure.decision_id, "at": late, "by": by}
    assert acts.send_for_signature(**sign).submitted_at == late
    actions.give_up_measure(measure_pk=measure.pk, at=late, by=by.because("Une erreur."))
    refused(actions.check_event, "plus en préparation", measure_pk=measure.pk, **check)

    before = {**event, "event_on": label.starts_on}
    measure = measures.prepared(label, "lapse", at=late, **before)
    actions.check_event(measure_pk=measure.pk, **check)
    refused(
        acts.send_for_signature, "après le début du label", **{**sign, "decision_pk": measure.decision_id}
    )


def test_a_procedure_is_opened_once_on_facts_about_a_label_that_lives() -> None:
    label = certificates.label()
    by = measures.officer_of(label)
    given = {"label_pk": label.pk, "at": AT, "by": by}
    told = {"origin": "office", "facts": withdrawals.FACTS}
    refused(actions.open_withdrawal, "d'où vient", **{**told, "origin": "x"}, **given)
    refused(actions.open_withdrawal, "les faits connus", **{**told, "facts": "\u200b"}, **given)
    with pytest.raises(NotAllowed):
        stranger = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)
        actions.open_withdrawal(**told, **{**given, "by": stranger})
    actions.open_withdrawal(**told, **given)
    refused(actions.open_withdrawal, "déjà ouverte", **told, **given)
    ended = certificates.withdrawn(certificates.label(), on=TODAY + DAY)
    given |= {"label_pk": ended.pk, "by": measures.officer_of(ended)}
    refused(actions.open_withdrawal, "n'est plus en cours", **told, **given)
    granted = decisions.signed()
    waiting = Label.objects.get(decision=granted)
    given |= {"label_pk": waiting.pk, "by": measures.officer_of(waiting)}
    refused(actions.open_withdrawal, "n'est pas encore notifiée", **told, **given)


LEAST = settings.FORMAL_NOTICE_DAYS


@pytest.mark.parametrize(
    ("words", "step", "changes"),
    [
        ("n'est pas à une étape", "maintain", {}),
        ("n'est pas à une étape", "x", {}),
        ("Écrivez les raisons", "dismiss", {"reasons": "x" * (settings.REASONS_MIN_LENGTH - 1)}),
        ("ce que la structure doit faire", "formal_notice", {"acts": ["\u200b"]}),
        ("ce que la structure doit faire", "formal_notice", {"acts": ["Rouvrir."] * 13}),
        ("besoin de trois choses", "formal_notice", {"grounds": []}),
        ("besoin de trois choses", "formal_notice", {"grounds": [GROUND] * 13}),
        ("besoin de trois choses", "formal_notice", {"grounds": [replace(GROUND, source=" ")]}),
        ("Laissez au moins", "formal_notice", {"days": LEAST - 1}),
        ("Laissez au moins", "formal_notice", {"days": None}),
        ("Laissez au moins", "formal_notice", {"days": LONGEST + 1}),
        ("Choisissez la mesure", "hearing", {"measure": "suspend"}),
        ("Laissez au moins", "hearing", {"days": None}),
    ],
)
def test_a_step_put_before_the_signatories_is_whole(words: str, step: str, changes: dict[str, Any]) -> None:
    found = withdrawals.opened()
    by = measures.officer_of(Label.objects.get(withdrawals=found))
    content = withdrawals.content(step, **changes)
    refused(actions.propose, words, withdrawal_pk=found.pk, content=content, at=AT, by=by)


def test_the_least_and_the_most_of_a_formal_notice_are_enough() -> None:
    found = withdrawals.opened()
    assert withdrawals.propose(found, "dismiss", reasons="x" * settings.REASONS_MIN_LENGTH)
    assert withdrawals.propose(found, "formal_notice", days=LEAST, grounds=[GROUND] * 12)
    assert withdrawals.propose(found, "formal_notice", days=LONGEST, acts=["Rouvrir."] * 12)


def test_a_step_is_signed_as_it_was_read_by_who_has_no_part_in_it() -> None:
    found = withdrawals.opened()
    label = Label.objects.get(withdrawals=found)
    by = measures.officer_of(label)
    chief = acting(signatory(), Role.SIGNATORY)
    first = withdrawals.propose(found, "dismiss")
    key = withdrawals.propose(found, "formal_notice")
    given = {"proposal_pk": key, "at": AT}
    for action in (actions.sign_step, actions.send_back_step):
        refused(action, "a changé depuis", proposal_pk=first, at=AT, by=chief.because("Non."))
        with pytest.raises(NotAllowed):
            action(by=by.because("Non."), **given)
    refused(actions.send_back_step, "en une phrase pourquoi", by=chief.because(" "), **given)
    without = acting(staff(Role.SIGNATORY), Role.SIGNATORY)
    refused(actions.sign_step, "pas de délégation", by=without, **given)
    with pytest.raises(NotAllowed):
        stranger = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)
        content = withdrawals.content("dismiss")
        actions.propose(withdrawal_pk=found.pk, content=content, at=AT, by=stranger)


def test_no_ground_is_notified_before_the_time_to_correct_is_over() -> None:
    found = withdrawals.on_notice(received=False)
    chief = acting(signatory(), Role.SIGNATORY)
    key = withdrawals.propose(found, "hearing")
    refused(actions.sign_step, "a reçu la mise en demeure", proposal_pk=key, at=AT + 90 * DAY, by=chief)
    found = withdrawals.on_notice()
    key = withdrawals.propose(found, "hearing")
    last = AT + timedelta(days=(withdrawals.fresh(found).comply_by - TODAY).days)
    refused(actions.sign_step, "peut encore corriger", proposal_pk=key, at=last, by=chief)
    assert actions.sign_step(proposal_pk=key, at=last + DAY, by=chief).state == "hearing"


def test_an_answer_to_a_formal_notice_is_told_as_it_came_while_it_is_awaited() -> None:
    found = withdrawals.on_notice()
    label = Label.objects.get(withdrawals=found)
    holder, by = representative_of(label.structure), measures.officer_of(label)
    given = {"withdrawal_pk": found.pk, "at": AT}
    typed = {"text": "Rouvert.", "means": "phone", "received_on": TODAY, "by": by, **given}
    refused(actions.answer_notice, "Écrivez la réponse", text="\u200b", by=holder, **given)
    refused(actions.answer_notice, "comment la réponse", **{**typed, "means": "pigeon"})
    for absurd in (None, TODAY - DAY, TODAY + DAY):
        refused(actions.answer_notice, "Choisissez une date entre", **{**typed, "received_on": absurd})
    for nobody in (holder, acting(signatory(), Role.SIGNATORY)):
        with pytest.raises(NotAllowed):
            actions.answer_notice(**{**typed, "by": nobody})
    with pytest.raises(NotAllowed):
        actions.answer_notice(text="Rouvert.", by=by, **given)
    assert actions.answer_notice(**typed).received_on == TODAY
    remedy = {"remedy": "Le calendrier.", **given}
    refused(actions.record_remedy, "quelle preuve", by=by, **{**remedy, "remedy": " "})
    with pytest.raises(NotAllowed):
        actions.record_remedy(by=acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER), **remedy)
    actions.record_remedy(by=by, **remedy)
    refused(actions.record_remedy, "Aucune correction", by=by, **remedy)
    refused(actions.answer_notice, "Aucune correction", text="Encore.", by=holder, **given)


def test_a_procedure_ends_by_an_act_on_notified_grounds_after_the_opinion() -> None:
    found = withdrawals.advised()
    label = Label.objects.get(withdrawals=found)
    by = measures.officer_of(label)
    at = AT + 50 * DAY

    def ended(words: str, kind: str = "withdraw", when: Any = at, **changes: Any) -> None:
        measure = withdrawals.prepared(found, kind, at=when, **changes)
        refused(acts.send_for_signature, words, decision_pk=measure.decision_id, at=when, by=by)

    ended("au moins un des motifs", ground_pks=())
    ended("l'effet de la décision", legal_effect="ex_tunc")
    ended("l'effet de la décision", legal_effect="")
    ended("n'annonçait pas l'annulation", kind="annul")
    content = withdrawals.act("grant", label, on=at)
    given = {"withdrawal_pk": found.pk, "at": at, "by": by}
    refused(actions.prepare_end, "n'est pas à une étape", content=content, **given)
    content = withdrawals.act("withdraw", label, on=at)
    refused(steps.propose, "pas de motif nouveau", content=withdrawals.content("hearing"), **given)
    with pytest.raises(NotAllowed):
        stranger = acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)
        actions.prepare_end(content=content, **{**given, "by": stranger})
    waiting = withdrawals.heard()
    given |= {"withdrawal_pk": waiting.pk, "by": measures.officer_of(Label.objects.get(withdrawals=waiting))}
    refused(actions.prepare_end, "n'est pas à une étape", content=content, **given)


def test_a_label_is_undone_from_its_origin_within_four_months_or_for_a_proved_fraud() -> None:
    found = withdrawals.advised(measure="annul")
    label = Label.objects.get(withdrawals=found)
    by = measures.officer_of(label)
    from certificates.checklist import undo_until

    last = undo_until(label)
    assert last is not None
    at = AT + (last - TODAY)
    measure = withdrawals.prepared(found, "annul", at=at, legal_effect="ex_tunc")
    given = {"decision_pk": measure.decision_id, "by": by}
    refused(acts.send_for_signature, "quatre mois", at=at + DAY, **given)
    assert acts.send_for_signature(at=at, **given).submitted_at == at
    withdrawals.prepared(found, "annul", at=at, fraud_proof="\u200b")
    refused(acts.send_for_signature, "la fraude", at=at, **given)
    withdrawals.prepared(found, "annul", at=at, legal_effect="repeal")
    refused(acts.send_for_signature, "l'effet de la décision", at=at, **given)


def test_nobody_lifts_a_condition_that_they_accepted_nor_one_of_a_label_that_ended() -> None:
    label = certificates.label(kind="grant_with_conditions")
    condition = Condition.objects.get(label=label)
    chief = signatory()
    keys = {"condition_pk": condition.pk, "at": AT}
    actions.send_condition_proof(text="C'est en ligne.", by=representative_of(label.structure), **keys)
    actions.accept_condition_proof(by=measures.officer_of(label), **keys)
    Condition.objects.update(accepted_by=chief)  # who was a case officer then
    by = acting(chief, Role.SIGNATORY)
    refused(actions.lift_condition, "une autre personne lève", by=by, **keys)
    certificates.withdrawn(label, on=TODAY + DAY)
    other = acting(signatory(), Role.SIGNATORY)
    refused(actions.lift_condition, "n'est plus en cours", by=other, **keys)


def _among(reasons: Any, words: str) -> bool:
    return any(words in str(one.text) for one in reasons)


def test_nothing_is_prepared_on_a_label_of_which_its_holder_was_not_told() -> None:
    label = Label.objects.get(decision=decisions.signed())
    what = {"content": measures.content("suspend"), "terms": measures.terms("suspend", label)}
    given = {"label_pk": label.pk, "kind": "suspend", "at": AT, "by": measures.officer_of(label)}
    refused(actions.prepare_measure, "n'est pas encore notifiée", **what, **given)


def test_a_condition_set_by_the_act_that_lifts_is_still_to_come() -> None:
    label = certificates.label()
    hearing = measures.heard(label)
    late = AT + 40 * DAY
    measures.notified(label, "suspend", at=late)
    past = measures.one_condition(late.date())
    sent(label, "lift", "date d'une réserve est passée", at=late, conditions=past, hearing_id=hearing.pk)


def test_an_event_is_sent_with_its_day_its_proof_and_the_reading_of_somebody_else() -> None:
    label = certificates.label()
    late = AT + 60 * DAY
    hearing = measures.heard(label, "lapse")
    by = measures.officer_of(label)
    event = {"event_on": late.date(), "event_proof": "Journal officiel, annonce 12", "hearing_id": hearing.pk}
    for words, absurd in (
        ("Indiquez la date du fait", {"event_on": None}),
        ("Indiquez la date du fait", {"event_on": late.date() + DAY}),
        ("où le fait est prouvé", {"event_proof": "\u200b"}),
    ):
        measure = measures.prepared(label, "lapse", at=late, **{**event, **absurd})
        with pytest.raises(Blocked) as error:
            acts.send_for_signature(decision_pk=measure.decision_id, at=late, by=by)
        assert _among(error.value.reasons, words)
    measure = measures.prepared(label, "lapse", at=late, **event)
    actions.check_event(measure_pk=measure.pk, at=late, by=acting(staff(Role.SECRETARIAT), Role.SECRETARIAT))
    Measure.objects.filter(pk=measure.pk).update(checked_by=by.user)  # who took the file over and wrote in it
    refused(
        acts.send_for_signature,
        "une autre personne que celle",
        decision_pk=measure.decision_id,
        at=late,
        by=by,
    )


def test_a_label_is_transferred_to_a_structure_that_was_checked_and_that_somebody_represents() -> None:
    label = certificates.label()
    found = structure(name="Nouveau Souffle")
    charters.signature(found, at=AT)
    late = AT + 30 * DAY
    event = {"event_on": late.date(), "event_proof": "Traité de fusion", "successor_id": found.pk}
    measure = measures.prepared(label, "transfer", at=late, **event)
    actions.check_event(measure_pk=measure.pk, at=late, by=acting(staff(Role.SECRETARIAT), Role.SECRETARIAT))
    given = {"decision_pk": measure.decision_id, "at": late, "by": measures.officer_of(label)}
    refused(acts.send_for_signature, "vérifiée dans les registres", **given)
    measures.checked(found, at=AT)
    found.memberships.update(ended_at=AT + DAY)
    refused(acts.send_for_signature, "pas de représentant légal connu", **given)


def test_who_maintains_a_label_follows_an_opinion_that_binds(settings: Any) -> None:
    settings.OPINION_IS_BINDING = True
    key = withdrawals.propose(withdrawals.advised(), "maintain", at=AT + 50 * DAY)
    chief = acting(signatory(), Role.SIGNATORY)
    refused(actions.sign_step, "lie l'Institut", proposal_pk=key, at=AT + 50 * DAY, by=chief)


def test_the_committee_reads_a_procedure_once_the_structure_was_heard() -> None:
    listed = OpinionOnWithdrawal().missing_to_list
    assert _among(listed(withdrawals.in_hearing()), "n'a pas fini de répondre")
    assert not listed(withdrawals.heard())


def not_sent(measure: Measure, words: str, *, at: datetime) -> None:
    """The act is not sent for signature, and these words are among the reasons."""
    by = measures.officer_of(measure.label)
    with pytest.raises(Blocked) as error:
        acts.send_for_signature(decision_pk=measure.decision_id, at=at, by=by)
    assert _among(error.value.reasons, words)


def test_no_label_is_withdrawn_outside_a_procedure_nor_before_its_grounds_are_notified() -> None:
    label = certificates.label()
    sent(label, "withdraw", "Aucune procédure de retrait")
    found = withdrawals.advised()
    at = AT + 50 * DAY
    measure = withdrawals.prepared(found, at=at)
    found.hearings.update(dropped_at=at)
    not_sent(measure, "n'ont pas encore été notifiés", at=at)


def test_an_act_waits_for_the_opinion_on_a_new_ground() -> None:
    found = withdrawals.advised()
    at = AT + 50 * DAY
    measure = withdrawals.prepared(found, at=at)
    withdrawals.in_hearing(found, at=at, grounds=[replace(GROUND, fact="La trésorière a démissionné.")])
    not_sent(measure, "pas encore donné son avis", at=at)


def test_no_refusal_is_offered_to_a_structure_that_lost_the_label_already() -> None:
    label = certificates.label()
    advised = renewals.advised(renewals.filed(renewals.draft(label, on=OPENS), on=OPENS), on=OPENS)
    Label.objects.filter(pk=label.pk).update(structure=structure(name="Nouveau Souffle"))
    given = {"application_pk": advised.pk, "at": renewals.noon(OPENS), "by": decisions.officer_of(advised)}
    refused(actions.offer_refusal_hearing, "elle ne perd rien", contemplated="Les comptes.", **given)
