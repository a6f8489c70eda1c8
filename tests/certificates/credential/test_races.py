"""Workers that make credentials and tell statuses at once, on PostgreSQL: no place twice, no bit lost, no deadlock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from certificates.actions import make_certificate
from certificates.actions.reissuing import issue_again
from certificates.credential import bits
from certificates.credential.making import make_credential
from certificates.credential.status_lists import refresh, refresh_status_lists, wrong_bits
from certificates.models import Credential, Label, StatusList
from tests.certificates.test_renewal_races import at_once
from tests.factories import certificates
from tests.factories.structures import AT

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_one_certificate_made_by_four_workers_has_one_credential() -> None:
    certificate = certificates.label().certificates.get()
    made = at_once([lambda: make_credential(certificate, at=AT) for _ in range(4)])

    assert {one.pk for one in made} == {Credential.objects.get().pk}
    assert set(StatusList.objects.values_list("used", flat=True)) == {1}


def test_first_credentials_made_and_statuses_told_at_once_lose_nothing() -> None:
    """Some labels have credentials in older lists and receive one in new lists, while others move."""
    labels = [certificates.label() for _ in range(4)]
    waiting = [one.certificates.get().pk for one in labels]
    at_once([lambda pk=pk: make_certificate(certificate_pk=pk, at=AT) for pk in waiting])
    StatusList.objects.update(used=bits.CAPACITY)
    later = AT + timedelta(days=1)
    again = []
    for one in labels[:2]:
        with transaction.atomic():
            again.append(issue_again(Label.objects.hold(one.pk), at=later))
    for one in labels[2:]:
        certificates.withdrawn(one, on=AT.date(), at=AT)
    at_once(
        [
            *(lambda certificate=one: make_credential(certificate, at=later) for one in again),
            *(lambda pk=one.pk: refresh(label_pk=pk, at=later) for one in labels[2:]),
            lambda: refresh_status_lists(later),
        ]
    )

    assert list(wrong_bits(on=later.date())) == []
    row = StatusList.objects.get(number=1, purpose="revocation")
    assert sum(byte.bit_count() for byte in bytes(row.bits)) == 4, "two replaced, two withdrawn"
    assert sorted(Credential.objects.values_list("list_number", flat=True)) == [1, 1, 1, 1, 2, 2]
