"""Many people issue labels while several workers give leaves and sign, on PostgreSQL: one leaf each, no hole."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection

from accounts.models import Role
from certificates.actions import make_certificate
from certificates.credential.contents import PURPOSES
from certificates.log import sequencing
from certificates.log.checkpoints import take_checkpoint
from certificates.log.sequencing import sequence
from certificates.log.verifying import log_breaks
from certificates.models import Certificate, Checkpoint, Leaf, LoggedFact, LogHead, StatusList
from decisions.actions import sign
from journal.numbering import format_number
from tests.factories import certificates, decisions, log
from tests.factories.accounts import acting, signatory
from tests.factories.copies import copies
from tests.factories.structures import AT

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS, LABELS = 8, 1000


@pytest.mark.slow
def test_a_thousand_grants_signed_by_eight_threads_have_a_number_two_places_and_a_leaf_each() -> None:
    """The real act on a thousand dossiers: signed, received, its certificate made, while others give the leaves."""
    decisions.filed()  # the first dossier of a year opens its counter, which is copied by nobody
    acts = copies(lambda: decisions.to_sign(decisions.advised()), LABELS - 1)
    people, over = [acting(signatory(), Role.SIGNATORY) for _ in range(THREADS)], Event()

    def issuing(worker: int) -> None:
        try:
            for pk in acts[worker::THREADS]:
                decision = sign(decision_pk=pk, at=AT, by=people[worker])
                make_certificate(certificate_pk=Certificate.objects.get(label__decision=pk).pk, at=AT)
                decisions.receive(decision)
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

    rows = Certificate.objects.select_related("label", "file", "credential").order_by("label__number")
    assert [one.label.number for one in rows] == [
        format_number("LBL", 2027, one + 1) for one in range(LABELS)
    ]
    assert {one.label.decision_id for one in rows} == set(acts)
    assert len({one.file.sha256 for one in rows if one.file and one.sealed_at}) == LABELS
    places = {purpose: set[tuple[str, str]]() for purpose in PURPOSES}
    for one in rows:
        for entry in json.loads(one.credential.content)["credentialStatus"]:
            places[entry["statusPurpose"]].add((entry["statusListCredential"], entry["statusListIndex"]))
    assert {purpose: len(taken) for purpose, taken in places.items()} == dict.fromkeys(PURPOSES, LABELS)
    assert set(StatusList.objects.values_list("purpose", "used")) == {(one, LABELS) for one in PURPOSES}
    logged = {leaf.fact.source: leaf for leaf in Leaf.objects.select_related("fact")}
    assert Leaf.objects.count() == len(logged) == LABELS
    for one in rows:
        facts = logged[f"certificates.certificate:{one.pk}"].fact.facts
        assert one.file and (facts["label"], facts["pdf_sha256"]) == (one.label.number, one.file.sha256)
    assert sorted(leaf.pk for leaf in logged.values()) == list(range(LABELS))
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
