"""The seal in the life of a certificate: made once by a worker, later when there was no key, renewed in time."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pyhanko.sign.timestamps import TimestampRequestError
from pypdf import PdfReader

from certificates.actions.issuing import (
    CLAIM,
    MOST_FAILURES,
    make_certificate,
    make_what_a_crash_left,
    renew_seals,
)
from certificates.actions.reissuing import replace_lost_credentials, seal_what_was_not
from certificates.credential import proof
from certificates.credential.keys import public_keys
from certificates.models import Certificate, Label, SealRenewal
from certificates.seal import sealing
from certificates.seal.checking import Verdict, check, recognised
from deadlines.tick import tick
from tests.certificates.credential.test_keys import private
from tests.certificates.seal.authorities import silent, time_stamps
from tests.certificates.test_between_two_labels import DAY, END, RECEIVED, renewed
from tests.factories import certificates
from tests.factories.renewals import noon

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
    settings.SEAL_CERTIFICATE_FILE = settings.SEAL_CHAIN_FILE = "/nowhere/seal.pem"
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


def test_one_file_that_cannot_be_renewed_does_not_stop_the_others(settings: Any, tmp_path: Path) -> None:
    at = timezone.now()
    labels = [certificates.label(at=at) for _ in range(3)]
    with time_stamps(tmp_path) as (address, root):
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOT_FILE = address, str(root)
        assert make_what_a_crash_left(at) == 3
        lost = labels[0].certificates.get()
        lost.file.content.storage.delete(lost.file.content.name)
        for _ in range(2):
            with pytest.raises(FileNotFoundError):
                renew_seals(at=at + timedelta(days=31 * settings.RESEAL_MONTHS))
    renewed = SealRenewal.objects.values_list("certificate__label", flat=True)
    assert sorted(renewed) == [label.pk for label in labels[1:]]


def test_the_command_says_that_the_authority_does_not_answer(
    label: Label, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_stamps(tmp_path) as (address, root), silent() as (nowhere, _):
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOT_FILE = address, str(root)
        make_certificate(certificate_pk=label.certificates.get().pk, at=timezone.now())
        Certificate.objects.update(sealed_at=timezone.now() - timedelta(days=31 * settings.RESEAL_MONTHS))
        monkeypatch.setattr(sealing, "TIMESTAMP_SECONDS", 0.2)
        settings.TIMESTAMP_URL = nowhere
        with pytest.raises(CommandError, match="timestamp service"):
            call_command("reseal")


def test_no_time_stamp_is_renewed_without_an_authority(label: Label) -> None:
    make_certificate(certificate_pk=label.certificates.get().pk, at=timezone.now())
    with pytest.raises(CommandError, match="TIMESTAMP_URL"):
        call_command("reseal")


def test_an_authority_that_never_answers_is_asked_three_times_a_tick_and_nothing_is_kept(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock has other work: fifty certificates would hold it for as many times as one waits."""
    at = timezone.now()
    for _ in range(5):
        certificates.label(at=at)
    monkeypatch.setattr(sealing, "TIMESTAMP_SECONDS", 0.2)
    with silent() as (address, asked):
        settings.TIMESTAMP_URL = address
        with pytest.raises(TimestampRequestError):
            make_what_a_crash_left(at)
        assert len(asked) == MOST_FAILURES
    assert Certificate.objects.filter(file=None, claimed_at=None).count() == 5
    settings.TIMESTAMP_URL = ""
    assert make_what_a_crash_left(at) == 5
    assert set(Certificate.objects.values_list("sealed_at", flat=True)) == {at}


def test_those_that_cannot_be_made_never_keep_the_others_waiting() -> None:
    at = timezone.now()
    labels = [certificates.label(at=at) for _ in range(MOST_FAILURES + 3)]
    for label in labels[:MOST_FAILURES]:
        Certificate.objects.filter(label=label).update(facts={})
    for turn in range(200):
        with suppress(KeyError):
            make_what_a_crash_left(at + turn * CLAIM)
        if not Certificate.objects.filter(file=None).exclude(facts={}).exists():
            break
    assert Certificate.objects.filter(sealed_at__isnull=False).count() == 3
    assert Certificate.objects.filter(file=None).count() == MOST_FAILURES


def test_a_seal_takes_less_time_than_the_claim_on_it() -> None:
    assert timedelta(seconds=2 * sealing.SECONDS) < CLAIM


def test_a_renewed_label_that_still_holds_is_sealed_later_and_has_another_credential_after_a_theft(
    settings: Any, tmp_path: Path
) -> None:
    """Until its last day, the number that people hold is the old one (docs/adr/0029)."""
    settings.SEAL_BACKEND, settings.CREDENTIAL_KEY = "", private(tmp_path / "2027.pem")
    old, new = renewed()
    at = noon(RECEIVED)
    assert make_what_a_crash_left(at) == 2
    settings.SEAL_BACKEND = "dev"
    assert (seal_what_was_not(at=noon(END + DAY)), seal_what_was_not(at=at), seal_what_was_not(at=at)) == (
        1,
        1,
        0,
    )
    assert make_what_a_crash_left(at) == 2
    settings.CREDENTIAL_KEY = private(tmp_path / "2028.pem")
    counts = [replace_lost_credentials(at=one) for one in (at, at)]
    assert counts == [2, 0] and make_what_a_crash_left(at) == 2
    for label in (old, new):
        last = label.certificates.get(replaced_by=None)
        assert (last.issue, last.credential.signed_by, last.sealed_at) == (3, "2028", at)
        stolen = label.certificates.get(issue=2).credential
        with pytest.raises(proof.InvalidProof):
            proof.verify(json.loads(stolen.content), keys=public_keys())
        assert proof.verify(json.loads(last.credential.content), keys=public_keys()) == "2028"


def test_a_dropped_file_is_looked_for_without_reading_every_certificate() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert recognised(b"no file of ours") is None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET LOCAL enable_seqscan = off"
            )  # these tables are so small that it would be chosen
        for query in asked:
            plan = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            cursor.execute(f"{plan} {query['sql']}")
            lines = [str(row[-1]) for row in cursor.fetchall()]
            assert lines and not [line for line in lines if line.startswith("SCAN") or "Seq Scan" in line]
