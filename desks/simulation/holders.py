"""What labelled associations do on a day: send their follow-up, mend, renew, prove, contest, answer, give up."""

from __future__ import annotations

from datetime import timedelta

from certificates import actions
from certificates.actions.follow_ups.filling import Declaration
from certificates.models import Condition, FollowUp, Gap, Hearing, Label
from certificates.renewals import renewal_under_way, window_of
from decisions import actions as acts
from decisions.models import Decision
from desks.demonstration.story import filing
from desks.simulation.associations import life_of
from desks.simulation.world import World
from label import actions as dossiers

RENEWS, CONTESTS, GIVES_UP = 0.9, 0.3, 0.0001  # the last one each day
NOTHING_CHANGED = Declaration(
    nothing_changed=True,
    texts={"officers": "Le bureau de quatre personnes est inchangé.", "incidents": "aucun"},
    figures={"people_helped": 240, "active_volunteers": 20},
    accounts_note="Comptes présentés en assemblée.",
)


def live(world: World) -> None:
    """One day of all the holders."""
    _send_follow_ups(world)
    _mend(world)
    _prove_conditions(world)
    _renew(world)
    _contest(world)
    _answer_hearings(world)
    _give_up(world)


def _send_follow_ups(world: World) -> None:
    for one in FollowUp.objects.filter(state__in=FollowUp.AWAITED).select_related("label__structure"):
        life = life_of(world, one.label.structure.name)
        if world.answers(life, f"follow-up {one.pk}"):
            with world.trying("send a follow-up"):
                actions.send_follow_up(
                    follow_up_pk=one.pk,
                    declaration=NOTHING_CHANGED,
                    exact=True,
                    at=world.moment(20),
                    by=world.story(life).president,
                )
                world.counts["follow-ups sent"] += 1


def _mend(world: World) -> None:
    open_gaps = Gap.objects.filter(follow_up__state=FollowUp.State.GAPS, proved_at=None)
    for gap in open_gaps.select_related("follow_up__label__structure"):
        life = life_of(world, gap.follow_up.label.structure.name)
        if world.answers(life, f"gap {gap.pk}"):
            with world.trying("prove a gap mended"):
                actions.answer_gap(
                    gap_pk=gap.pk,
                    plan="C'est fait.",
                    proof_text="Les comptes sont en ligne depuis ce matin.",
                    send=True,
                    at=world.moment(19),
                    by=world.story(life).president,
                )


def _prove_conditions(world: World) -> None:
    waiting = Condition.objects.filter(met_on=None, answered_at=None, label__state__in=Label.LIVE)
    for condition in waiting.select_related("label__structure"):
        life = life_of(world, condition.label.structure.name)
        if world.answers(life, f"condition {condition.pk}"):
            with world.trying("prove a condition"):
                actions.send_condition_proof(
                    condition_pk=condition.pk,
                    text="Les comptes sont publiés sur notre site.",
                    at=world.moment(19),
                    by=world.story(life).president,
                )


def _renew(world: World) -> None:
    soon = world.day + timedelta(days=300)
    for label in Label.objects.live().filter(ends_on__lte=soon).select_related("structure"):
        if world.day < window_of(label).opens_on or renewal_under_way(label) is not None:
            continue
        life = life_of(world, label.structure.name)
        if world.due(life, f"renew {label.pk}", days=life.temperament.delay * 4, share=RENEWS):
            with world.trying("open a renewal"):
                by = world.story(life).president
                actions.open_renewal(structure_pk=label.structure_id, at=world.moment(18), by=by)
                filing.sign_charter(world.story(life))
                world.counts["renewals opened"] += 1


def _contest(world: World) -> None:
    """Some of those who are refused, or lose their label, contest the act once they have received it."""
    adverse = (Decision.Kind.REFUSE, Decision.Kind.WITHDRAW, Decision.Kind.CLOSE)
    notified = Decision.objects.filter(kind__in=adverse, state=Decision.State.NOTIFIED, appeals=None)
    for act in notified.select_related("application__structure"):
        if act.application is None:
            continue
        life = life_of(world, act.application.structure.name)
        if world.due(life, f"contest {act.pk}", days=30, share=CONTESTS):
            with world.trying("contest"):
                acts.lodge(
                    decision_pk=act.pk,
                    contested="Le comité n'a pas lu la pièce 4, qui montre le contraire.",
                    asked="Nous demandons un nouvel examen.",
                    at=world.moment(17),
                    by=world.story(life).president,
                )
                world.counts["appeals lodged"] += 1


def _answer_hearings(world: World) -> None:
    for hearing in Hearing.objects.filter(closed_on=None, dropped_at=None).exclude(answer_until=None):
        if hearing.observations.exists():
            continue
        life = life_of(world, hearing.label.structure.name)
        if world.answers(life, f"hearing {hearing.pk}"):
            by, at = world.story(life).president, world.moment(19)
            with world.trying("answer a hearing"):
                text = "Notre animatrice est partie ; nous cherchons à la remplacer."
                actions.observe(hearing_pk=hearing.pk, text=text, at=at, by=by)
                actions.say_nothing_to_add(hearing_pk=hearing.pk, at=at, by=by)
                world.counts["hearings answered"] += 1


def _give_up(world: World) -> None:
    for label in Label.objects.live().select_related("structure").order_by("pk"):
        if world.chance(GIVES_UP):
            president = world.story(life_of(world, label.structure.name)).president
            renewal = renewal_under_way(label)
            with world.trying("give a label up"):
                actions.relinquish(
                    label_pk=label.pk, statement=label.number, at=world.moment(18), by=president
                )
                if renewal:
                    dossiers.withdraw(application_pk=renewal.pk, at=world.moment(18), by=president)
                world.counts["labels given up"] += 1
