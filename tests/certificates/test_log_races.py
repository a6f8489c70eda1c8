"""Many people issue labels while several workers give leaves and sign, on PostgreSQL: one leaf each, no hole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest
from django.db import connection, transaction

from certificates.actions import make_certificate
from certificates.effects.issuing import issue
from certificates.log import sequencing
from certificates.log.checkpoints import take_checkpoint
from certificates.log.sequencing import sequence
from certificates.log.verifying import log_breaks
from certificates.models import Certificate, Checkpoint, Label, Leaf, LoggedFact, LogHead
from decisions.models import Decision
from journal.moves import Actor
from journal.numbering import format_number
from label.models import Application
from tests.factories import certificates, log, portal
from tests.factories.accounts import person
from tests.factories.structures import AT

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS, LABELS = 8, 1000


def granted(edition_pk: int, author_pk: int, sequence_of_dossier: int) -> int:
    """A dossier and its act written as rows, then a label issued by the gear of a grant; returns its certificate."""
    by = Actor.system()
    with transaction.atomic():
        holder = portal.structure(f"Association {sequence_of_dossier}")
        application = Application.objects.open(
            thread=portal.thread("DOS"),
            at=AT,
            by=by,
            reference=format_number("DOS", 2027, 500_000 + sequence_of_dossier),
            structure=holder,
            edition_id=edition_pk,
            opened_at=AT,
            opened_by_id=author_pk,
            edited_at=AT,
        )
        decision = Decision.objects.open(
            thread=application._thread,
            at=AT,
            by=by,
            kind="grant",
            application=application,
            prepared_by_id=author_pk,
            prepared_at=AT,
        )
        ends_on = date(2030, 1, 3)
        label = issue(decision, structure=holder, starts_on=AT.date(), ends_on=ends_on, at=AT, by=by)
    return label.certificates.get().pk


@pytest.mark.slow
def test_a_thousand_labels_issued_by_eight_threads_have_one_leaf_each() -> None:
    edition, author, over = portal.edition(), person(), Event()

    def issuing(worker: int) -> None:
        try:
            for number in range(worker, LABELS, THREADS):
                made = granted(edition.pk, author.pk, number)
                make_certificate(certificate_pk=made, at=AT)
        finally:
            connection.close()

    def keeping() -> None:
        try:
            while not over.is_set():
                sequence(AT)
                take_checkpoint(AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS + 2) as pool:
        keepers = [pool.submit(keeping) for _ in range(2)]
        workers = [pool.submit(issuing, worker) for worker in range(THREADS)]
        try:
            for one in workers:
                one.result()
        finally:
            over.set()
        for one in keepers:
            one.result()
    log.kept()

    assert Label.objects.count() == Certificate.objects.count() == LABELS
    assert sorted(Label.objects.values_list("number", flat=True)) == [
        format_number("LBL", 2027, one + 1) for one in range(LABELS)
    ]
    sources = set(Leaf.objects.values_list("fact__source", flat=True))
    assert sources == {
        f"certificates.certificate:{pk}" for pk in Certificate.objects.values_list("pk", flat=True)
    }
    assert list(Leaf.objects.order_by("pk").values_list("pk", flat=True)) == list(range(LABELS))
    sizes = list(Checkpoint.objects.order_by("pk").values_list("size", flat=True))
    assert sizes == sorted(set(sizes))
    assert list(log_breaks()) == []


def test_a_worker_killed_in_the_middle_leaves_no_half_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after the leaves are written and before the head moves: nothing was written, the next one does it all."""
    certificates.label()

    class Killed(Exception):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    log.make_what_a_crash_left(AT)
    with monkeypatch.context() as patch:
        patch.setattr(sequencing.TreeNode.objects, "bulk_create", die)
        with pytest.raises(Killed):
            sequence(AT)
    assert (Leaf.objects.count(), LogHead.objects.count()) == (0, 0)
    assert LoggedFact.objects.waiting().count() == 1
    assert (sequence(AT), sequence(AT), LogHead.objects.get().size) == (1, 0, 1)
    assert list(log_breaks()) == []
