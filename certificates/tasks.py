"""What follows the issue of a label, after commit, once; a crash is mended from the row by the tick."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from certificates.actions.follow_ups.planning import plan_follow_ups
from certificates.actions.issuing import make_certificate
from certificates.credential.status_lists import refresh
from journal.moves import Actor


@task()
def make(certificate_pk: int) -> None:
    """Make the file of one issue, unless it is there."""

    make_certificate(certificate_pk=certificate_pk, at=timezone.now())


def make_after_commit(certificate_pk: int) -> None:
    """Queue the making of the file once the label exists for good."""
    transaction.on_commit(lambda: make.enqueue(certificate_pk))


@task()
def plan(label_pk: int) -> None:
    """Plan the follow-ups of a label that was just issued, once."""
    plan_follow_ups(label_pk=label_pk, at=timezone.now(), by=Actor.system())


def plan_after_commit(label_pk: int) -> None:
    """Queue the planning of its follow-ups once the label exists for good."""
    transaction.on_commit(lambda: plan.enqueue(label_pk))


@task()
def tell_status(label_pk: int) -> None:
    """Write the bits of the credentials of a label that moved, and sign its lists again."""
    refresh(label_pk=label_pk, at=timezone.now())


def tell_status_after_commit(label_pk: int) -> None:
    """Queue it once the move is there for good."""
    transaction.on_commit(lambda: tell_status.enqueue(label_pk))
