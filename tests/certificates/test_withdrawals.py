"""No withdrawal without each step that protects the association: who may, when, and what is refused with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django_fsm import TransitionNotAllowed

from accounts.models import Role
from certificates import actions
from certificates.actions.withdrawals import open_hearing, open_proposal
from certificates.checklist import measure_page
from certificates.models import Ground, Label, Withdrawal, WithdrawalProposal
from certificates.status import status_on
from deadlines.tick import Report, handle_due
from decisions import actions as acts
from decisions.content import content_of
from decisions.models import Decision
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed, Stale
from tests.factories import certificates, decisions, measures, withdrawals
from tests.factories.accounts import acting, signatory, signed_in, staff
from tests.factories.structures import AT, representative_of
from workflows.integrity import measures_without_a_hearing

pytestmark = pytest.mark.django_db
LATE = AT + timedelta(days=45)  # every time to answer is over
SIGNED = AT + timedelta(days=50)
NEW = actions.GroundContent(
    fact="Le rapport d'activité n'est plus publié.",
    text_breached="Condition 3 du label.",
    source="Le site de l'association",
)

# From each state, hand-written: what may be done there, and nothing else (domain 5.1 REVOCATION).
MOVES = {
    "opened": {"dismiss", "formal_notice", "hearing"},
    "formal_notice": {"remedy", "hearing"},
    "hearing": {"close"},
    "hearing_closed": {"opinion"},
    "advised": {"maintain", "new_ground", "withdraw", "annul", "conditions"},
    "withdrawn": set[str](),
}


class Undone(Exception):
    pass


def tried(found: Withdrawal, name: str, at: datetime) -> str:
    """The state that this attempt leads to, undone afterwards; the first reason when it is refused."""
    try:
        with transaction.atomic():
            ATTEMPTS[name](withdrawals.fresh(found), at)
            state = withdrawals.fresh(found).state
            raise Undone
    except Undone:
        return f"-> {state}"
    except Blocked as blocked:
        return str(blocked.reasons[0].text)
    except TransitionNotAllowed as refused:
        return str(refused)


def _close(found: Withdrawal, at: datetime) -> None:
    by = measures.officer_of(found.label)
    actions.close_procedure_hearing(withdrawal_pk=found.pk, at=at, by=by)


def _remedy(found: Withdrawal, at: datetime) -> None:
    by = measures.officer_of(found.label)
    actions.record_remedy(withdrawal_pk=found.pk, remedy="Le calendrier publié.", at=at, by=by)


def _conditions(found: Withdrawal, at: datetime) -> None:
    withdrawals.signed(found, "conditions", at=at, divergence_reasons=decisions.OTHERWISE)


ATTEMPTS: dict[str, Callable[[Withdrawal, datetime], Any]] = {
    "dismiss": lambda found, at: withdrawals.step(found, "dismiss", at=at),
    "formal_notice": lambda found, at: withdrawals.step(found, "formal_notice", at=at),
    "hearing": lambda found, at: withdrawals.step(found, "hearing", at=at),
    "new_ground": lambda found, at: withdrawals.step(found, "hearing", at=at, grounds=[NEW]),
    "maintain": lambda found, at: withdrawals.step(found, "maintain", at=at),
    "remedy": _remedy,
    "close": _close,
    "opinion": lambda found, at: withdrawals.advised(found, at=at),
    "withdraw": lambda found, at: withdrawals.signed(found, at=at),
    "annul": lambda found, at: withdrawals.signed(found, "annul", at=at),
    "conditions": _conditions,
}
SAME_MOVE = {"hearing": "new_ground", "new_ground": "hearing"}  # a ground is new only after an opinion


def test_from_each_state_only_what_the_domain_allows() -> None:
    """The matrix (state x move) on one procedure that lives its whole life."""
    found = withdrawals.opened()
    advance: dict[str, Callable[[], Any]] = {
        "opened": lambda: withdrawals.on_notice(found),
        "formal_notice": lambda: withdrawals.in_hearing(found, at=LATE, measure="annul"),
        "hearing": lambda: withdrawals.heard(withdrawals.answered(found, at=LATE), at=LATE),
        "hearing_closed": lambda: withdrawals.advised(found, at=LATE),
        "advised": lambda: withdrawals.signed(found, at=LATE + timedelta(days=60)),
        "withdrawn": lambda: None,
    }
    wrong = []
    at = LATE + timedelta(days=55)
    for state, allowed in MOVES.items():
        assert withdrawals.fresh(found).state == state
        for name in ATTEMPTS:
            expected = name in allowed or (state != "advised" and SAME_MOVE.get(name) in allowed)
            if expected != tried(found, name, at).startswith("->"):
                wrong.append(f"{name} from {state}: {tried(found, name, at)}")
        advance[state]()
    assert wrong == []


def test_who_may_do_what() -> None:
    """The matrix (act x role): the officer of the label runs, a signatory signs, the secretariat closes."""
    found = withdrawals.answered()
    label = Label.objects.get(withdrawals=found)
    people = {
        "officer": measures.officer_of(label),
        "another officer": acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER),
        "secretary": acting(staff(Role.SECRETARIAT), Role.SECRETARIAT),
        "signatory": acting(signatory(), Role.SIGNATORY),
        "ethics": acting(staff(Role.ETHICS_OFFICER), Role.ETHICS_OFFICER),
        "representative": representative_of(label.structure),
        "clock": Actor.system(),
    }
    doing: dict[str, Callable[[Actor], Any]] = {
        "open": lambda by: actions.open_withdrawal(
            label_pk=label.pk, origin="office", facts="Des faits.", at=LATE, by=by
        ),
        "propose": lambda by: actions.propose(
            withdrawal_pk=found.pk, content=withdrawals.content("dismiss"), at=LATE, by=by
        ),
        "remedy": lambda by: actions.record_remedy(withdrawal_pk=found.pk, remedy="Vu.", at=LATE, by=by),
        "end": lambda by: actions.prepare_end(
            withdrawal_pk=found.pk, content=measures.content("withdraw"), at=LATE, by=by
        ),
        "close": lambda by: actions.close_procedure_hearing(withdrawal_pk=found.pk, at=LATE, by=by),
    }
    allowed = {
        (name, who)
        for name in doing
        for who in people
        if who == "officer" or (name == "close" and who == "secretary")
    }
    for name, act in doing.items():
        for who, by in people.items():
            try:
                with transaction.atomic():
                    act(by)
                    raise Undone
            except (Undone, Blocked):
                assert (name, who) in allowed, (name, who)
            except NotAllowed:
                assert (name, who) not in allowed, (name, who)


def test_one_open_procedure_and_the_badge_does_not_change() -> None:
    found = withdrawals.opened(origin="follow_up", origin_key="certificates.followup:4")
    label = found.label

    assert status_on(certificates.read(label), AT.date()).code == "valid"
    again = withdrawals.opened(label, origin="follow_up", origin_key="certificates.followup:4")
    assert again.pk == found.pk
    with pytest.raises(Blocked, match="déjà ouverte"):
        withdrawals.opened(label)
    with pytest.raises(IntegrityError), transaction.atomic():
        Withdrawal.objects.create(
            label=label, origin="office", facts="x", opened_at=AT, opened_by=found.opened_by
        )
    # A step given back comes with its reason; another text takes the place of the one that waits.
    first = withdrawals.propose(found, "dismiss")
    assert withdrawals.propose(found, "dismiss") == first
    with pytest.raises(Stale):
        actions.propose(
            withdrawal_pk=found.pk,
            content=withdrawals.content("formal_notice"),
            seen=0,
            at=AT,
            by=measures.officer_of(label),
        )
    by = acting(signatory(), Role.SIGNATORY)
    with pytest.raises(Blocked, match="pourquoi"):
        actions.send_back_step(proposal_pk=first, at=AT, by=by)
    second = withdrawals.propose(found, "formal_notice")
    with pytest.raises(Blocked, match="a changé"):
        actions.sign_step(proposal_pk=first, at=AT, by=by)
    actions.send_back_step(proposal_pk=second, at=AT, by=by.because("Dites la date."))
    assert open_proposal(found) is None
    assert WithdrawalProposal.objects.get(pk=second).dropped_reason == "Dites la date."


def test_a_formal_notice_runs_from_its_receipt_and_a_correction_ends_it() -> None:
    found = withdrawals.on_notice(received=False)
    label = found.label
    officer = measures.officer_of(label)

    assert found.comply_by is None
    assert "preuve" in tried(found, "hearing", LATE)  # never computed from the sending
    measures.received(found.formal_notice, at=AT + timedelta(days=10))
    found = withdrawals.fresh(found)
    assert found.comply_by == (AT + timedelta(days=40)).date()
    assert "peut encore corriger" in tried(found, "hearing", AT + timedelta(days=40))
    assert tried(found, "hearing", AT + timedelta(days=41)) == "-> hearing"

    with pytest.raises(Blocked, match="Écrivez la réponse"):
        actions.answer_notice(
            withdrawal_pk=found.pk, text=" ", at=LATE, by=representative_of(label.structure)
        )
    answer = actions.answer_notice(
        withdrawal_pk=found.pk, text="La permanence rouvre.", at=AT, by=representative_of(label.structure)
    )
    assert answer.means == "online"
    with pytest.raises(Blocked, match="preuve vous acceptez"):
        actions.record_remedy(withdrawal_pk=found.pk, remedy="", at=AT, by=officer)
    found = actions.record_remedy(
        withdrawal_pk=found.pk, remedy="Le calendrier des permanences est publié.", at=AT, by=officer
    )
    assert (found.state, found.closing_letter.code) == ("remedied", "L13c")
    assert "vos corrections sont acceptées" in words_of(found.closing_letter).lower()
    assert Label.objects.get(pk=label.pk).state == "in_force"
    letter = words_of(found.formal_notice)
    for part in ("Rouvrir la permanence du mardi", "30 jours", "à partir du jour où vous recevez", "avocat"):
        assert part in letter, part


def test_nothing_is_signed_before_the_association_could_answer() -> None:
    """Issue 4: before the end of the time to answer, without proof of receipt, on a ground never notified."""
    found = withdrawals.in_hearing(received=False)
    assert "preuve" in tried(found, "close", LATE)
    hearing = open_hearing(found)
    measures.received(hearing.letter, at=AT + timedelta(days=5))
    assert "peut encore répondre" in tried(found, "close", AT + timedelta(days=35))
    assert "postée à temps peut encore arriver" in tried(found, "close", AT + timedelta(days=40))
    assert tried(found, "close", AT + timedelta(days=41)) == "-> hearing_closed"
    with pytest.raises(Blocked, match="étape où ceci est possible"):
        withdrawals.prepared(found, at=LATE)

    found = withdrawals.advised(withdrawals.heard(withdrawals.answered(found), at=AT + timedelta(days=5)))
    other = withdrawals.in_hearing(withdrawals.opened())
    stranger = Ground.objects.get(hearing__withdrawal=other)
    with pytest.raises(Blocked, match="n'existe pas pour ce label"):
        withdrawals.prepared(found, at=SIGNED, ground_pks=(stranger.pk,))
    for changes, reason in (
        ({"ground_pks": ()}, "au moins un des motifs notifiés"),
        ({"answers": {}}, "Répondez à ce que la structure a dit"),
        ({"legal_effect": ""}, "effet de la décision"),
    ):
        measure = withdrawals.prepared(found, at=SIGNED, **changes)
        with pytest.raises(Blocked, match=reason):
            acts.send_for_signature(
                decision_pk=measure.decision_id, at=SIGNED, by=measures.officer_of(found.label)
            )
    # A new ground after the opinion: another letter, another time, another opinion; the act that waits is not signed.
    measure = withdrawals.prepared(found, at=SIGNED)
    officer = measures.officer_of(found.label)
    acts.send_for_signature(decision_pk=measure.decision_id, at=SIGNED, by=officer)
    with pytest.raises(Blocked, match="déjà été notifiés"):
        withdrawals.propose(found, "hearing", at=SIGNED)
    found = withdrawals.step(found, "hearing", at=SIGNED, grounds=[NEW])
    fresh = Ground.objects.get(fact=NEW.fact)
    with pytest.raises(Blocked) as refused:
        acts.sign(decision_pk=measure.decision_id, at=SIGNED, by=acting(signatory(), Role.SIGNATORY))
    told = str(refused.value)
    assert "preuve que la structure a reçu" in told
    assert "temps de réponse de la structure n'est pas terminé" in told
    measure.grounds.add(fresh)
    with pytest.raises(Blocked, match="Ce motif est nouveau"):
        acts.sign(decision_pk=measure.decision_id, at=SIGNED, by=acting(signatory(), Role.SIGNATORY))
    measures.received(open_hearing(found).letter, at=SIGNED)
    found = withdrawals.advised(withdrawals.heard(found, at=SIGNED), at=SIGNED)
    assert found.opinions.count() == 2
    decision = withdrawals.signed(found, at=SIGNED + timedelta(days=60))
    assert decision.measure.grounds.count() == 2


def test_who_ran_the_procedure_or_holds_no_delegation_signs_nothing() -> None:
    """Issue 4: a person without delegation; domain 5.2 rule 1: neither prepared, ran nor judged."""
    label = certificates.label()
    both = measures.officer_of(label).user
    signing = signatory()
    from tests.factories.accounts import give_role

    give_role(both, Role.SIGNATORY)
    found = withdrawals.opened(label)
    proposal = withdrawals.propose(found, "hearing")
    for user, reason in (
        (staff(Role.SIGNATORY), "pas de délégation"),
        (both, "Vous avez instruit ce dossier"),
        (signatory(until=(AT - timedelta(days=1)).date()), "délégation s'est arrêtée"),
    ):
        with pytest.raises(Blocked, match=reason):
            actions.sign_step(proposal_pk=proposal, at=AT, by=acting(user, Role.SIGNATORY))
    with pytest.raises(NotAllowed):
        actions.sign_step(proposal_pk=proposal, at=AT, by=measures.officer_of(label))
    actions.sign_step(proposal_pk=proposal, at=AT, by=acting(signing, Role.SIGNATORY))
    measures.received(open_hearing(found).letter, at=AT)
    found = withdrawals.advised(withdrawals.heard(found))
    for user, reason in ((staff(Role.SIGNATORY), "pas de délégation"), (both, "Vous avez instruit")):
        with pytest.raises(Blocked, match=reason), transaction.atomic():
            withdrawals.signed(found, at=SIGNED, by=acting(user, Role.SIGNATORY))
    # Who notified the grounds may sign: the one who decides has heard the association.
    assert withdrawals.signed(found, at=SIGNED, by=acting(signing, Role.SIGNATORY)).state == "signed"


def test_the_label_ends_when_the_act_is_received_and_not_before() -> None:
    found = withdrawals.advised(withdrawals.heard(withdrawals.answered(text="La salle était fermée.")))
    label = found.label
    decision = withdrawals.signed(found, at=SIGNED)

    assert withdrawals.fresh(found).state == "withdrawn"
    assert Label.objects.get(pk=label.pk).state == "in_force"
    received_at = SIGNED + timedelta(days=6)
    decision = decisions.receive(decision, at=received_at)
    label = certificates.read(label)
    assert (label.state, label.ended_on) == ("withdrawn", received_at.date())
    assert status_on(label, received_at.date() - timedelta(days=1)).code == "valid"
    assert status_on(label, received_at.date()).code == "withdrawn"
    assert decision.gracious_until > received_at.date()
    letter = words_of(decision.letter)
    for part in (
        "pour l'avenir (abrogation)",
        measures.GROUND.fact,
        "retirer le label",
        "Observation 1, reçue le 4 janvier 2027 (en ligne)",
        "la salle est restée ouverte",
        "30 jours",
        "Les motifs ne sont pas publiés",
        "L. 242-2",
        "Recours gracieux",
    ):
        assert part in letter, part
    assert "L. 241-2" not in letter


# What if (domain 5.3)


def test_what_if_inca_decides_against_the_opinion(settings) -> None:
    found = withdrawals.advised(kind="maintain")
    with pytest.raises(Blocked, match="s'écarte de l'avis"), transaction.atomic():
        withdrawals.signed(found, at=SIGNED)
    with transaction.atomic():
        decision = withdrawals.signed(found, at=SIGNED, divergence_reasons=decisions.OTHERWISE)
        assert "s'écarte de cet avis" in words_of(decision.letter)
        transaction.set_rollback(True)
    settings.OPINION_IS_BINDING = True
    with pytest.raises(Blocked, match="lie l'Institut"), transaction.atomic():
        withdrawals.signed(found, at=SIGNED, divergence_reasons=decisions.OTHERWISE)
    found = withdrawals.step(found, "maintain", at=SIGNED)
    assert (found.state, found.closing_letter.code) == ("maintained", "L13c")


def test_the_grounds_of_a_procedure_that_is_over_serve_no_other_act() -> None:
    found = withdrawals.step(withdrawals.advised(kind="maintain"), "maintain", at=SIGNED)
    assert found.state == "maintained"
    label, hearing = measures.fresh(found.label), found.hearings.get()
    late = SIGNED + timedelta(days=200)
    measure = measures.prepared(label, "suspend", at=late, hearing_id=hearing.pk)
    with pytest.raises(Blocked, match="invitez de nouveau"):
        acts.send_for_signature(decision_pk=measure.decision_id, at=late, by=measures.officer_of(label))


def test_what_if_fraud_or_an_illegal_grant_is_found() -> None:
    """From the origin: within four months and illegal, or for fraud at any time with its proof; never by default."""
    years = timedelta(days=700)
    label = certificates.label()
    found = withdrawals.in_hearing(withdrawals.opened(label), measure="annul")
    found = withdrawals.advised(withdrawals.heard(found))
    in_time, too_late = AT + timedelta(days=118), AT + timedelta(days=123)  # 4 May 2027
    for at, effect, proof, reason in (
        (too_late, "ex_tunc", "", "quatre mois se sont terminés"),
        (too_late, "fraud", "", "quelle preuve établit la fraude"),
        (too_late, "repeal", "", "effet de la décision"),
        (in_time, "ex_tunc", "", ""),
        (AT + years, "fraud", "Le faux rapport du 3 mars.", ""),
    ):
        try:
            with transaction.atomic():
                decision = withdrawals.signed(found, "annul", at=at, legal_effect=effect, fraud_proof=proof)
                decisions.receive(decision, at=at)
                assert not reason
                assert Label.objects.get(pk=label.pk).state == "annulled"
                assert status_on(certificates.read(label), AT.date()).code == "annulled"
                assert "depuis son origine" in words_of(decision.letter)
                raise Undone
        except Undone:
            pass
        except Blocked as blocked:
            assert reason and reason in str(blocked), str(blocked)
    # A letter that announced a withdrawal for the future does not cover an annulment.
    plain = withdrawals.advised()
    with pytest.raises(Blocked, match="n'annonçait pas l'annulation"):
        withdrawals.signed(plain, "annul", at=SIGNED)


def test_what_if_the_committee_asks_for_conditions() -> None:
    found = withdrawals.advised(kind="conditions")
    decision = withdrawals.signed(found, "conditions", at=SIGNED)

    assert withdrawals.fresh(found).state == "maintained_with_conditions"
    decisions.receive(decision, at=SIGNED)
    label = certificates.read(found.label)
    assert status_on(label, SIGNED.date()).code == "valid_with_conditions"


def test_the_act_that_ends_a_procedure_is_written_on_its_page_only() -> None:
    found = withdrawals.advised(kind="conditions")
    measure = withdrawals.prepared(found, "conditions", at=SIGNED)
    assert measure_page(measure.decision) == reverse("staff_withdrawal_decide", args=[found.pk])
    with pytest.raises(Blocked, match="page de la procédure"):
        actions.prepare_measure(
            label_pk=found.label_id,
            kind="conditions",
            content=content_of(measure.decision),
            terms=actions.Terms(hearing_id=measure.hearing_id),
            at=SIGNED,
            by=decisions.officer_of(found.label.application),
        )
    officer = signed_in(Client(), found.label.application.case_officer)
    page = reverse("staff_measure_prepare", args=[found.label.number, "conditions"])
    assert officer.get(page).headers["Location"] == measure_page(measure.decision)


def test_conditions_may_rest_on_the_grounds_of_both_hearings() -> None:
    """A new ground reopened the hearing: the act may retain what either letter notified."""
    found = withdrawals.advised(kind="conditions")
    new = replace(measures.GROUND, fact="Les comptes ne sont pas publiés.")
    found = withdrawals.advised(
        withdrawals.heard(withdrawals.in_hearing(found, at=SIGNED, grounds=[new]), at=SIGNED),
        at=SIGNED + timedelta(days=40),
        kind="conditions",
    )
    at = SIGNED + timedelta(days=60)
    grounds = tuple(Ground.objects.filter(hearing__withdrawal=found).values_list("pk", flat=True))
    assert len(grounds) == 2
    withdrawals.signed(found, "conditions", at=at, ground_pks=grounds)
    assert withdrawals.fresh(found).state == "maintained_with_conditions"
    assert not list(measures_without_a_hearing())


def test_what_if_the_label_ends_otherwise_during_the_procedure() -> None:
    """Relinquished while the committee is awaited; or ended between the signature and the receipt."""
    found = withdrawals.in_hearing()
    actions.observe(
        hearing_pk=open_hearing(found).pk, text="Vu.", at=AT, by=representative_of(found.label.structure)
    )
    certificates.moved(found.label, "relinquish", at=LATE)
    found = withdrawals.fresh(found)
    assert found.state == "void"
    assert open_hearing(found) is None
    second = withdrawals.advised()
    withdrawals.propose(second, "maintain", at=LATE)
    decision = withdrawals.signed(second, at=SIGNED)
    assert open_proposal(second) is None
    certificates.moved(second.label, "relinquish", at=SIGNED)
    decisions.receive(decision, at=SIGNED + timedelta(days=3))
    assert Label.objects.get(pk=second.label_id).state == "relinquished"
    # An act prepared and not signed is given up with the procedure.
    third = withdrawals.advised()
    measure = withdrawals.prepared(third, at=SIGNED)
    certificates.moved(third.label, "lapse", at=SIGNED)
    assert Decision.objects.get(pk=measure.decision_id).state == "abandoned"


def test_what_if_the_solution_goes_to_another_structure() -> None:
    """Demerger: the label follows nothing by itself; its holder loses it, and may ask for another one."""
    label = certificates.label()
    gone = actions.GroundContent(
        fact="L'action reconnue est portée par une autre association depuis la scission.",
        text_breached="Condition 1 du label : la structure porte l'action.",
        source="Traité de scission publié",
    )
    found = withdrawals.opened(label, origin="register")
    found = withdrawals.advised(withdrawals.heard(withdrawals.in_hearing(found, grounds=[gone])))
    withdrawals.withdrawn(found)
    assert Label.objects.filter(state__in=Label.LIVE).count() == 0
    assert certificates.label(label.structure, at=SIGNED + timedelta(days=30)).state == "in_force"


def test_what_if_the_label_was_suspended_meanwhile() -> None:
    found = withdrawals.advised()
    day = AT.date()
    certificates.suspended(found.label, since=day, until=day + timedelta(days=80))
    withdrawals.withdrawn(found)
    assert Label.objects.get(pk=found.label_id).state == "withdrawn"


def words_of(letter: Any) -> str:
    """The whole text of a letter, spaces made plain."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, str):
            found.append(node)
        elif isinstance(node, dict):
            for value in node.values():
                walk(value)
        elif isinstance(node, list | tuple):
            for value in node:
                walk(value)

    walk(letter.content)
    return " ".join(" ".join(found).replace("\u00a0", " ").replace("\u202f", " ").split())


def test_the_clock_closes_a_hearing_only_once_its_proven_time_is_over() -> None:
    proven, unproven = withdrawals.in_hearing(), withdrawals.in_hearing(received=False)
    hearing = open_hearing(proven)
    assert hearing is not None and hearing.answer_until is not None
    last_day = AT + (hearing.answer_until - AT.date())

    handle_due(last_day, Report())
    assert withdrawals.fresh(proven).state == "hearing"

    handle_due(last_day + timedelta(days=1), Report())
    handle_due(last_day + timedelta(days=400), Report())
    assert withdrawals.fresh(proven).state == "hearing_closed"
    assert withdrawals.fresh(unproven).state == "hearing"
