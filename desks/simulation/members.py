"""What the members of the committee do on a day: answer, evaluate, fall ill, come back, confirm their links."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from desks.demonstration.people import FIELDS, REGIONS
from desks.demonstration.story.reviewing import COMMENTS, PATTERNS
from desks.simulation.associations import life_of
from desks.simulation.world import World
from journal.moves import Actor
from reviewers import actions
from reviewers.grid import criteria
from reviewers.models import Assignment, College, Mandate, Opinion, Seat

State = Assignment.State
DECLINES, HAS_A_LINK, NEVER_ANSWERS, FALLS_ILL, IS_LATE = 0.08, 0.02, 0.04, 0.03, 0.12
EVALUATES_WITHIN = 18  # days, on average
SEATS_PER_COLLEGE = 8


def live(world: World) -> None:
    """One day of all the members."""
    _answer(world)
    _evaluate(world)
    _stop_the_late(world)
    _confirm_links(world)
    _renew_the_committee(world)


def acting(mandate: Mandate) -> Actor:
    """That member."""
    return Actor(mandate.user, "member")


def _asked(*states: str) -> list[Assignment]:
    found = Assignment.objects.filter(state__in=states, application__state="under_review")
    related = ("mandate__user", "application__structure", "application__edition", "snapshot")
    return list(found.select_related(*related).order_by("pk"))


def _answer(world: World) -> None:
    """Each proposal is answered on its first days, by a lot drawn once: the same person may be ill, bound or silent."""
    for assignment in _asked(State.PROPOSED):
        if assignment.answer_due_on - timedelta(days=5) + timedelta(days=1 + assignment.pk % 3) != world.day:
            continue
        drawn, by, at = world.lot.random(), acting(assignment.mandate), world.moment(20)
        with world.trying("answer a proposal"):
            if drawn < NEVER_ANSWERS:
                world.counts["proposals without answer"] += 1
            elif drawn < NEVER_ANSWERS + DECLINES:
                actions.decline(assignment_pk=assignment.pk, at=at, by=by)
                world.counts["proposals declined"] += 1
            elif drawn < NEVER_ANSWERS + DECLINES + HAS_A_LINK:
                statement = "J'y ai donné un atelier il y a un an."
                actions.stand_down(assignment_pk=assignment.pk, statement=statement, at=at, by=by)
                world.counts["members who stood down"] += 1
            else:
                actions.accept_assignment(assignment_pk=assignment.pk, at=at, by=by)


def _evaluate(world: World) -> None:
    for assignment in _asked(State.ACCEPTED):
        accepted = timezone.localdate(assignment.accepted_at)
        late = 30 if (assignment.pk * 7919) % 100 < IS_LATE * 100 else 0
        wanted = accepted + timedelta(days=EVALUATES_WITHIN - 8 + (assignment.pk * 31) % 12 + late)
        if wanted != world.day:
            continue
        with world.trying("evaluate"):
            if world.chance(FALLS_ILL):
                actions.replace(assignment_pk=assignment.pk, at=world.moment(12), by=world.secretary)
                world.counts["members fallen ill"] += 1
                continue
            _send(world, assignment)
            world.counts[f"evaluations: {assignment.mandate.college}"] += 1
            world.waited("from acceptance to evaluation", accepted)


def _send(world: World, assignment: Assignment) -> None:
    life = life_of(world, assignment.application.structure.name)
    pattern, by, at = PATTERNS[life.told.score], acting(assignment.mandate), world.moment(19)
    for place, row in enumerate(criteria(assignment.application.edition, assignment.snapshot)):
        value = pattern[(place + assignment.pk) % len(pattern)]
        actions.save_score(
            assignment_pk=assignment.pk,
            criterion=row.code,
            verdict="scored",
            value=value,
            comment=COMMENTS.get(value, ""),
            version=0,
            at=at,
            by=by,
        )
    good = life.told.score > 2
    actions.submit_review(
        assignment_pk=assignment.pk,
        advice=Opinion.Kind.FAVOURABLE if good else Opinion.Kind.UNFAVOURABLE,
        comment="Un dossier sérieux, utile aux personnes." if good else "Un dossier à reprendre.",
        at=at,
        by=by,
    )


def _stop_the_late(world: World) -> None:
    """A week after its date, and after a call, a late evaluation is given to somebody else."""
    if not world.is_working:
        return
    for assignment in _asked(State.ACCEPTED):
        if (world.day - assignment.review_due_on).days > 8:
            with world.trying("stop a late evaluation"):
                actions.expire(
                    assignment_pk=assignment.pk, called_on=world.day, at=world.moment(15), by=world.secretary
                )
                world.counts["late evaluations stopped"] += 1


def _confirm_links(world: World) -> None:
    """Each member confirms their links a month before the twelve months are over; the ethics officer analyses."""
    if world.day.day != 1:
        return
    seated = Mandate.objects.filter(state__in=[Mandate.State.ACTIVE, Mandate.State.INTERESTS_OVERDUE])
    for mandate in seated.select_related("user").order_by("pk"):
        confirmed = mandate.interests_confirmed_on
        if confirmed is not None and (world.day - confirmed).days > 330:
            with world.trying("confirm links"):
                actions.confirm_interests(mandate_pk=mandate.pk, at=world.moment(18), by=acting(mandate))
                if Mandate.objects.get(pk=mandate.pk).state == Mandate.State.INTERESTS_OVERDUE:
                    actions.analyse_interests(
                        mandate_pk=mandate.pk, at=world.moment(19), by=world.ethics_officer
                    )


def _renew_the_committee(world: World) -> None:
    """Each quarter, empty seats are filled: somebody is approached, appointed, declares, and is active."""
    if world.day.day != 2 or world.day.month % 3 != 1:
        return
    for college in College.values:
        seated = Mandate.objects.filter(college=college, seat=Seat.FULL, state__in=Mandate.SEATED).count()
        for _ in range(SEATS_PER_COLLEGE - seated):
            with world.trying("appoint a member"):
                _appoint(world, college)
                world.counts["members appointed"] += 1


def _appoint(world: World, college: str) -> None:
    number = User.objects.count()
    user = User.objects.create_user(
        f"membre-{number}@example.org",
        first_name="Dominique",
        last_name=f"Membre {number:04d}",
        created_at=world.moment(9),
    )
    mandate = actions.approach(
        user=user,
        college=college,
        region=REGIONS[number % len(REGIONS)],
        fields_known=[FIELDS[number % len(FIELDS)]],
        at=world.moment(9),
        by=world.secretary,
    )
    actions.record_consent(mandate_pk=mandate.pk, at=world.moment(10), by=Actor(user, "member"))
    actions.appoint(
        mandate_pk=mandate.pk,
        act_reference="décision simulée",
        starts_on=world.day,
        at=world.moment(11),
        by=world.signatory,
    )
    actions.activate(
        mandate_pk=mandate.pk,
        interests_link=f"https://dpi.example.org/{mandate.pk}",
        filed_on=world.day,
        confidentiality_signed_on=world.day,
        trained_on=world.day,
        at=world.moment(12),
        by=world.ethics_officer,
    )
