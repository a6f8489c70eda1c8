"""What is told of a label while it lives: its follow-ups to come, changes declared, what the register says.

Most labels of the demonstration are some weeks old: their first follow-up opens ten months later, by the clock. One is
almost a year old: its follow-up is open, nothing is sent yet.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from certificates import actions
from certificates.models import Change, FollowUp, Label
from desks.demonstration.story.context import Story
from journal.moves import Actor
from structures.models import RegisterEntry


def plan(story: Story) -> None:
    """The follow-ups of the label are planned, as the clock does."""
    for label in Label.objects.filter(application=story.application, follow_ups_planned_at=None):
        actions.plan_follow_ups(label_pk=label.pk, at=label.issued_at, by=Actor.system())


def open_the_first(story: Story) -> None:
    """The first follow-up opens sixty days before the anniversary, as the clock does."""
    for follow_up in FollowUp.objects.filter(label__application=story.application, year=1, state="upcoming"):
        opens_on = follow_up.due_on - timedelta(days=settings.FOLLOW_UP_OPENS_DAYS)
        at = timezone.make_aware(datetime.combine(opens_on, time(8)))
        if at < story.now:
            actions.open_follow_up(follow_up_pk=follow_up.pk, at=at, by=Actor.system())


def tell_a_new_treasurer(story: Story) -> None:
    """A change of officers, declared in time, read and over."""
    told = _declared(
        story, Change.Kind.OFFICERS, "L'assemblée de mars a élu une nouvelle trésorière, Mme Lise Hamel."
    )
    if told is not None and told.read_at is None:
        actions.read_change(
            change_pk=told.pk,
            conclusion="Le bureau est à jour dans le registre.",
            next_step=Change.NextStep.NOTHING,
            at=story.at(80, 15),
            by=story.officer,
        )


def tell_a_solution_that_changed(story: Story) -> None:
    """A recognised solution that is no longer free: it waits for an officer."""
    text = "L'atelier du samedi devient payant : 5 euros par personne, pour couvrir la salle."
    _declared(story, Change.Kind.SOLUTION, text)


def _declared(story: Story, kind: str, text: str) -> Change | None:
    label = Label.objects.live().filter(application=story.application).first()
    if label is None:
        return None
    at = story.at(80)
    return Change.objects.filter(label=label, kind=kind).first() or actions.declare_change(
        label_pk=label.pk,
        kind=kind,
        happened_on=timezone.localdate(at) - timedelta(days=6),
        text=text,
        at=at,
        by=story.president,
    )


def find_it_dissolved(story: Story) -> None:
    """The register says that the holder is dissolved: an alert waits for two people, the label stays valid."""
    number = story.structure.number()
    RegisterEntry.objects.filter(number=number).update(
        position="D", dissolved_on=timezone.localdate(story.now) - timedelta(days=20)
    )
    actions.watch_registers(story.now - timedelta(days=1))
