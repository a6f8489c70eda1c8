"""The seal in the life of a certificate: made once by a worker, later when there was no key, renewed in time."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pypdf import PdfReader

from certificates.actions.issuing import CLAIM, make_certificate, make_what_a_crash_left, renew_seals
from certificates.actions.reissuing import seal_what_was_not
from certificates.models import Certificate, Label, SealRenewal
from certificates.seal.checking import Verdict, check
from deadlines.tick import tick
from tests.certificates.seal.authorities import time_stamps
from tests.factories import certificates

pytestmark = pytest.mark.django_db


@pytest.fixture
def label() -> Label:
    return certificates.label(at=timezone.now())


def file_of(certificate: Certificate) -> bytes:
    file = Certificate.objects.get(pk=certificate.pk).newest_file()
    assert file is not None
    with file.content.open("rb") as content:
        return content.read()


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_a_certificate_is_sealed_once(label: Label) -> None:
    certificate, at = label.certificates.get(), timezone.now()
    first = make_certificate(certificate_pk=certificate.pk, at=at)
    again = make_certificate(certificate_pk=certificate.pk, at=at + CLAIM)
    assert first.sealed_at == at and again.file_id == first.file_id
    assert check(file_of(certificate)).number == certificate.label.number
    assert "n'est pas scellé" not in text_of(file_of(certificate))


def test_a_worker_killed_in_the_middle_is_followed_by_another(label: Label) -> None:
    """What it had begun stays claimed for a while, so that two never seal the same certificate."""
    certificate, at = label.certificates.get(), timezone.now()
    Certificate.objects.update(claimed_at=at)
    assert make_certificate(certificate_pk=certificate.pk, at=at + CLAIM / 2).file is None
    assert make_what_a_crash_left(at + CLAIM) == 1
    assert Certificate.objects.get().sealed_at == at + CLAIM


def test_a_key_that_cannot_be_reached_leaves_nothing_and_is_tried_again(label: Label, settings: Any) -> None:
    certificate, at = label.certificates.get(), timezone.now()
    settings.SEAL_BACKEND, settings.SEAL_KEY_FILE = "pem", "/nowhere/seal.key.pem"
    with pytest.raises(OSError):
        make_certificate(certificate_pk=certificate.pk, at=at)
    kept = Certificate.objects.get()
    assert (kept.file_id, kept.claimed_at) == (None, None)
    assert any("certificates" in failure for failure in tick(at).failures)
    settings.SEAL_BACKEND = "dev"
    tick(at + timedelta(minutes=1))
    assert Certificate.objects.get().sealed_at == at + timedelta(minutes=1)


def test_without_a_key_it_says_so_and_another_issue_is_sealed_later(label: Label, settings: Any) -> None:
    settings.SEAL_BACKEND = ""
    first, at = label.certificates.get(), timezone.now()
    make_certificate(certificate_pk=first.pk, at=at)
    unsealed = file_of(first)
    assert "n'est pas scellé : vérifiez-le en ligne" in text_of(unsealed)
    assert seal_what_was_not(at=at) == 0

    settings.SEAL_BACKEND = "dev"
    assert seal_what_was_not(at=at) == 1
    second = Certificate.objects.get(replaces=first)
    make_certificate(certificate_pk=second.pk, at=at)
    assert seal_what_was_not(at=at) == 0
    assert check(file_of(second)).verdict == Verdict.GENUINE
    assert file_of(first) == unsealed


def test_a_time_stamp_is_renewed_when_it_is_old(label: Label, settings: Any, tmp_path: Path) -> None:
    certificate, at = label.certificates.get(), timezone.now()
    with time_stamps(tmp_path) as (address, root):
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOT_FILE = address, str(root)
        make_certificate(certificate_pk=certificate.pk, at=at)
        issued = file_of(certificate)
        assert renew_seals(at=at) == 0
        later = at + timedelta(days=31 * settings.RESEAL_MONTHS)
        assert renew_seals(at=later) == 1
        assert renew_seals(at=later) == 0
    assert SealRenewal.objects.get().certificate == certificate
    assert file_of(certificate).startswith(issued) and file_of(certificate) != issued
    for content in (issued, file_of(certificate)):
        assert check(content).number == certificate.label.number


def test_no_time_stamp_is_renewed_without_an_authority(label: Label) -> None:
    make_certificate(certificate_pk=label.certificates.get().pk, at=timezone.now())
    with pytest.raises(CommandError, match="TIMESTAMP_URL"):
        call_command("reseal")
