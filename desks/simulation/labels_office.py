"""What the Institute does with labels on a working day: follow-ups, conditions, procedures, appeals."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import Role
from certificates import actions
from certificates.actions.follow_ups.reading import Finding
from certificates.actions.withdrawals import open_hearing, open_proposal
from certificates.answers import said_in_procedure
from certificates.models import Condition, FollowUp, Gap, Withdrawal
from decisions import actions as acts
from decisions.content import Answer, Content
from decisions.models import Appeal, Decision
from desks.demonstration import people
from desks.demonstration.story import deciding, withdrawing
from desks.simulation.world import World
from journal.moves import Actor

HAS_A_GAP, UPHELD, ANSWERED = 0.08, 0.15, 0.85
PATIENCE = 62  # days after the anniversary
MINOR = Finding("minor", "Les comptes ne sont pas publiés.", "Publier les comptes sur le site.", "A4.1")


def work(world: World) -> None:
    """One working day."""
    _read_follow_ups(world)
    _close_gaps(world)
    _accept_proofs(world)
    _seek_the_silent(world)
    _conduct_withdrawals(world)
    _examine_appeals(world)


def _read_follow_ups(world: World) -> None:
    for one in FollowUp.objects.filter(state=FollowUp.State.SUBMITTED).order_by("pk"):
        with world.trying("read a follow-up"):
            if world.chance(HAS_A_GAP):
                actions.find_gaps(
                    follow_up_pk=one.pk, findings=[MINOR], at=world.moment(10), by=world.officer
                )
                world.counts["follow-ups with gaps"] += 1
            else:
                actions.accept_follow_up(follow_up_pk=one.pk, at=world.moment(10), by=world.officer)
                world.counts["follow-ups in order"] += 1


def _close_gaps(world: World) -> None:
    for gap in Gap.objects.filter(closed_at=None, follow_up__state=FollowUp.State.GAPS).exclude(
        proved_at=None
    ):
        with world.trying("close a gap"):
            actions.close_gap(gap_pk=gap.pk, at=world.moment(11), by=world.officer)


def _accept_proofs(world: World) -> None:
    for condition in Condition.objects.filter(met_on=None).exclude(answered_at=None):
        with world.trying("accept a proof"):
            actions.accept_condition_proof(
                condition_pk=condition.pk,
                seen=condition.answered_at,
                at=world.moment(11),
                by=world.officer,
            )
            actions.lift_condition(condition_pk=condition.pk, at=world.moment(16), by=world.signatory)
            world.counts["conditions met"] += 1


def _seek_the_silent(world: World) -> None:
    """Two channels are tried; two months after the anniversary a withdrawal procedure opens."""
    for one in FollowUp.objects.filter(state=FollowUp.State.OVERDUE).order_by("pk"):
        late = (world.day - one.due_on).days
        with world.trying("seek a silent association"):
            for channel, after in (("phone", 30), ("post", 45)):
                if late >= after and not one.contacts.filter(channel=channel).exists():
                    actions.note_contact(
                        follow_up_pk=one.pk,
                        channel=channel,
                        tried_on=world.day,
                        outcome="Personne ne répond.",
                        at=world.moment(15),
                        by=world.officer,
                    )
            if late > PATIENCE:
                actions.escalate_follow_up(
                    follow_up_pk=one.pk,
                    facts=withdrawing.KNOWN,
                    at=world.moment(16),
                    by=world.officer,
                )
                world.counts["follow-ups escalated"] += 1


def _conduct_withdrawals(world: World) -> None:
    for one in Withdrawal.objects.filter(state__in=Withdrawal.LIVE).select_related("label").order_by("pk"):
        with world.trying("conduct a withdrawal"):
            if one.state == Withdrawal.State.OPENED:
                _notify(world, one)
            elif one.state == Withdrawal.State.HEARING:
                hearing = open_hearing(one)
                if hearing is not None and hearing.answer_until and hearing.answer_until < world.day:
                    actions.close_procedure_hearing(
                        withdrawal_pk=one.pk, at=world.moment(16), by=world.officer
                    )
            elif one.state == Withdrawal.State.ADVISED and actions.end_under_way(one) is None:
                _prepare_the_end(world, one)


def _notify(world: World, one: Withdrawal) -> None:
    proposal = open_proposal(one)
    if proposal is not None:
        actions.sign_step(proposal_pk=proposal.pk, at=world.moment(16), by=world.signatory)
        world.counts["grounds notified"] += 1
        return
    ground = actions.GroundContent(
        fact="Le suivi annuel n'est pas venu, malgré deux appels et un courrier.",
        text_breached=withdrawing.BREACHED,
        source="Le suivi annuel du label",
        occurred_on=world.day - timedelta(days=PATIENCE),
    )
    content = actions.StepContent(step="hearing", grounds=[ground], days=30, measure="withdraw")
    actions.propose(withdrawal_pk=one.pk, content=content, at=world.moment(15), by=world.officer)


def _prepare_the_end(world: World, one: Withdrawal) -> None:
    measure = actions.prepare_end(
        withdrawal_pk=one.pk,
        content=Content(
            kind=Decision.Kind.WITHDRAW,
            reasons_in_law=withdrawing.IN_LAW,
            reasons_in_fact=withdrawing.IN_FACT,
        ),
        ground_pks=tuple(
            pk for hearing in one.hearings.all() for pk in hearing.grounds.values_list("pk", flat=True)
        ),
        legal_effect="repeal",
        answers={one.name: withdrawing.ANSWERED for one in said_in_procedure(one)},
        at=world.moment(15),
        by=world.officer,
    )
    acts.send_for_signature(decision_pk=measure.decision_id, at=world.moment(16), by=world.officer)


def _examine_appeals(world: World) -> None:
    """Taken up within days; most are answered in time, the others are rejected by silence."""
    for appeal in Appeal.objects.filter(state__in=Appeal.OPEN).select_related("decision__application"):
        with world.trying("examine an appeal"):
            if appeal.state == Appeal.State.ACKNOWLEDGED:
                acts.take_up(appeal_pk=appeal.pk, at=world.moment(10), by=world.appeal_officer)
            elif (
                appeal.state == Appeal.State.UNDER_REVIEW
                and appeal.answer_id is None
                and (world.day - appeal.received_on).days > 30
                and appeal.pk % 100 < ANSWERED * 100
            ):
                _answer(world, appeal)
    for act in Decision.objects.filter(
        kind=Decision.Kind.APPEAL_ANSWER, state=Decision.State.PREPARED, submitted_at__lt=world.moment(0)
    ):
        with world.trying("sign an answer"):
            acts.sign(decision_pk=act.pk, at=world.moment(16), by=_other_signatory(), seen=act.submitted_at)
            world.counts["appeals answered"] += 1


def _answer(world: World, appeal: Appeal) -> None:
    upheld = world.chance(UPHELD)
    written = Answer(
        outcome=Appeal.Outcome.UPHELD if upheld else Appeal.Outcome.REJECTED,
        reasons_in_law=deciding.IN_LAW,
        reasons_in_fact=deciding.AGAINST,
        what_changes="La demande est reprise par d'autres membres du comité." if upheld else "",
        points=((appeal.contested, "La pièce a été lue ; elle figure au dossier, page 12."),),
    )
    act = acts.prepare_answer(
        appeal_pk=appeal.pk, answer=written, at=world.moment(14), by=world.appeal_officer
    )
    acts.send_for_signature(decision_pk=act.pk, at=world.moment(15), by=world.appeal_officer)


def _other_signatory() -> Actor:
    return people.acting(people.OTHER_SIGNATORY, Role.SIGNATORY)
