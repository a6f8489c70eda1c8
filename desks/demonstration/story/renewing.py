"""The end of a label and what follows: one renewal being written, one label that waits for its decision.

The demonstration is a few months old: its labels near their end were granted for a few months only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from certificates import clocks
from certificates.actions import open_renewal
from certificates.models import Label
from desks.demonstration.story import deciding
from desks.demonstration.story.context import Story
from label.actions import save_answer, submit
from label.models import Application

Step = Callable[[Story], None]
ENDING_MONTHS, ENDED_MONTHS = 9, 4  # how long these two labels were granted for
CHANGED = {
    "structure_people_helped": "610",
    "structure_volunteers": "31",
    "structure_summary": (
        "L'association accompagne les personnes en traitement et leurs proches, à domicile et, depuis cette année, "
        "dans deux hôpitaux de jour, avec trente et un bénévoles formés."
    ),
}


def before_the_renewal(step: Step) -> Step:
    """That step of the first dossier, never done again once the label has a renewal."""

    def only_before(story: Story) -> None:
        if not _renewals(story).exists():
            step(story)

    return only_before


def _renewals(story: Story) -> QuerySet[Application]:
    return Application.objects.filter(structure__name=story.told.name, kind=Application.Kind.RENEWAL)


@contextmanager
def _set_to(**values: int) -> Iterator[None]:
    kept = {name: getattr(settings, name) for name in values}
    try:
        for name, value in values.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in kept.items():
            setattr(settings, name, value)


def sign_for_some_months(story: Story) -> None:
    """The label is granted for nine months."""
    with _set_to(VALIDITY_MONTHS=ENDING_MONTHS):
        deciding.sign(story)


def sign_for_a_few_months(story: Story) -> None:
    """The label is granted for four months: it has ended by now."""
    with _set_to(VALIDITY_MONTHS=ENDED_MONTHS):
        deciding.sign(story)


def begin_the_renewal(story: Story) -> None:
    """The call to renew has left; the president opens the renewal and changes three answers."""
    label = Label.objects.filter(structure__name=story.told.name).first()
    if label is None or _renewals(story).exists():
        return
    at = story.now - timedelta(days=20)
    with transaction.atomic():
        clocks.open_window(Label.objects.select_related("structure", "application").hold(label.pk), at=at)
    draft = open_renewal(structure_pk=label.structure_id, at=at + timedelta(days=8), by=story.president)
    for question, text in CHANGED.items():
        version = draft.answers.filter(question=question).values_list("version", flat=True).first() or 0
        save_answer(
            application_pk=draft.pk,
            question=question,
            text=text,
            version=version,
            at=at + timedelta(days=9),
            by=story.president,
        )


def wait_for_the_decision(story: Story) -> None:
    """The renewal was filed in time, the label has ended, and nobody has decided yet."""
    label = Label.objects.filter(structure__name=story.told.name).first()
    if label is None or _renewals(story).exists():
        return
    filed_at = timezone.make_aware(datetime.combine(label.ends_on - timedelta(days=40), time(10)))
    with _set_to(RENEWAL_MONTHS=1):
        draft = open_renewal(structure_pk=label.structure_id, at=filed_at, by=story.president)
        submit(application_pk=draft.pk, at=filed_at, by=story.president)
    with transaction.atomic():
        clocks.expire(Label.objects.select_related("structure", "application").hold(label.pk), at=story.now)
