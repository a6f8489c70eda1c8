"""Several workers on the same certificates, on PostgreSQL: one seal each, whatever is killed, late or done at once."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pyhanko.sign.timestamps import TimestampRequestError

from certificates.actions import make_certificate, make_what_a_crash_left
from certificates.actions.issuing import CLAIM, renew_seals
from certificates.actions.reissuing import replace_lost_credentials, seal_what_was_not
from certificates.keys import development
from certificates.log.verifying import log_breaks
from certificates.models import Certificate, Credential, Leaf, SealRenewal, StatusList
from certificates.seal import sealing
from certificates.seal.checking import Verdict, check
from journal.verification import broken_links
from letters.models import StoredFile
from tests.certificates.credential.test_keys import private
from tests.certificates.seal.authorities import security_module, silent, time_stamps
from tests.certificates.test_renewal_races import at_once
from tests.deadlines.test_killed import address
from tests.factories import certificates, log

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS, PIN = 8, "135790"
LABELS, MOMENTS = 10, (0, 0.05, 0.1, 0.2)


def sealed_once(*, issues: int) -> None:
    """Each issue has one file, which is the one that was kept, one credential, two places and one leaf."""
    log.kept(at=timezone.now() + CLAIM)
    rows = Certificate.objects.select_related("file", "credential", "label").order_by("pk")
    assert len(rows) == issues
    assert StoredFile.objects.filter(purpose="certificate").count() == issues
    leaves = {leaf.fact.source: leaf.fact.facts for leaf in Leaf.objects.select_related("fact")}
    for one in rows:
        assert one.file is not None and one.sealed_at is not None
        with one.file.content.open("rb") as stored:
            content = stored.read()
        assert hashlib.sha256(content).hexdigest() == one.file.sha256
        assert check(content).verdict == Verdict.GENUINE
        assert leaves[f"certificates.certificate:{one.pk}"]["pdf_sha256"] == one.file.sha256
    assert len({one.file_id for one in rows}) == Credential.objects.count() == len(leaves) == issues
    assert set(StatusList.objects.values_list("used", flat=True)) == {issues}
    assert list(log_breaks()) == [] and list(broken_links()) == []


def test_eight_workers_on_the_same_certificate_seal_it_once() -> None:
    certificate, at = certificates.label().certificates.get(), timezone.now()
    made = at_once([lambda: make_certificate(certificate_pk=certificate.pk, at=at)] * THREADS)
    assert sum(one.file_id is not None for one in made) >= 1
    assert {one.file_id for one in made} <= {None, Certificate.objects.get().file_id}
    sealed_once(issues=1)


def test_eight_workers_of_whom_each_believes_the_others_dead_keep_one_file() -> None:
    """Each is so late that the claim of the one before is over: all of them seal, one file is kept."""
    certificate, at = certificates.label().certificates.get(), timezone.now()
    moments = [at + turn * CLAIM for turn in range(THREADS)]
    made = at_once(
        [lambda moment=one: make_certificate(certificate_pk=certificate.pk, at=moment) for one in moments]
    )
    kept = Certificate.objects.get()
    assert {one.file_id for one in made} <= {None, kept.file_id} and kept.sealed_at in moments
    sealed_once(issues=1)


def test_clocks_and_commands_at_once_issue_again_once(settings: Any, tmp_path: Path) -> None:
    settings.SEAL_BACKEND, settings.CREDENTIAL_KEY = "", private(tmp_path / "2027.pem")
    labels, at = [certificates.label() for _ in range(3)], timezone.now()
    assert make_what_a_crash_left(at) == 3
    settings.SEAL_BACKEND = "dev"
    assert sum(at_once([lambda: seal_what_was_not(at=at)] * THREADS)) == 3
    assert make_what_a_crash_left(at) == 3
    settings.CREDENTIAL_KEY = private(tmp_path / "2028.pem")
    assert sum(at_once([lambda: replace_lost_credentials(at=at)] * THREADS)) == 3
    assert {one.certificates.count() for one in labels} == {3}
    assert list(broken_links()) == []


def test_a_time_stamp_is_renewed_once_by_commands_run_at_once(settings: Any, tmp_path: Path) -> None:
    certificate, at = certificates.label().certificates.get(), timezone.now()
    with time_stamps(tmp_path) as (place, root):
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOT_FILE = place, str(root)
        make_certificate(certificate_pk=certificate.pk, at=at)
        later = at + timedelta(days=31 * settings.RESEAL_MONTHS)
        assert sum(at_once([lambda: renew_seals(at=later)] * 4)) == 1
    assert SealRenewal.objects.get().certificate == certificate


def test_who_took_too_long_and_fails_leaves_the_one_who_began_again_alone(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, at = certificates.label().certificates.get(), timezone.now()
    monkeypatch.setattr(sealing, "TIMESTAMP_SECONDS", 1)

    def begin_again(asked: list[str]) -> None:
        while not asked:
            time.sleep(0.01)
        assert Certificate.objects.filter(claimed_at=at).update(claimed_at=at + CLAIM) == 1

    def wait_in_vain() -> None:
        with pytest.raises(TimestampRequestError):
            make_certificate(certificate_pk=certificate.pk, at=at)

    with silent() as (settings.TIMESTAMP_URL, asked):
        at_once([wait_in_vain, lambda: begin_again(asked)])
    assert Certificate.objects.get().claimed_at == at + CLAIM


# --- killed -------------------------------------------------------------------------------------------------------


@pytest.fixture
def machine(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What a worker is given: our database, files and keys, a security module and a time-stamping authority."""
    monkeypatch.setenv("SOFTHSM2_CONF", "")  # put back at the end
    place = development.folder()
    module = security_module(tmp_path, place / "seal.key.pem", token="label", label="seal", pin=PIN)
    with time_stamps(tmp_path) as (stamps, root):
        settings.TIMESTAMP_ROOT_FILE = str(root)
        yield {
            **os.environ,
            "DATABASE_URL": address(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "TESTS_SCRATCH": str(settings.SCRATCH),
            "SEAL_BACKEND": "pkcs11",
            "PKCS11_MODULE": module,
            "PKCS11_TOKEN": "label",
            "PKCS11_KEY_LABEL": "seal",
            "PKCS11_PIN": PIN,
            "SEAL_CERTIFICATE_FILE": str(place / "seal.pem"),
            "SEAL_CHAIN_FILE": str(place / "root.pem"),
            "SEAL_ROOT_FILE": str(place / "root.pem"),
            "TIMESTAMP_URL": stamps,
            "TIMESTAMP_ROOT_FILE": str(root),
        }


def started(machine: dict[str, str], *command: str) -> subprocess.Popen[bytes]:
    """A process of the project."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=Path(__file__).parents[3],
        env=machine,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def finished(machine: dict[str, str], *command: str) -> None:
    """The same, left to its end."""
    process = started(machine, *command)
    told = process.communicate()[0].decode()
    assert process.returncode == 0, told


def worker(machine: dict[str, str]) -> subprocess.Popen[bytes]:
    """The worker of the Procfile, until it has nothing left to do."""
    return started(machine, "db_worker", "--batch", "--no-startup-delay", "--interval", "0")


def kill_a_worker(machine: dict[str, str], *, within: float) -> None:
    """A worker begins a certificate, and is killed at some moment of the seconds that follow."""
    begun = Certificate.objects.filter(claimed_at__isnull=False).count()
    process = worker(machine)
    while process.poll() is None and Certificate.objects.filter(claimed_at__isnull=False).count() == begun:
        time.sleep(0.005)
    time.sleep(random.uniform(0, within))
    assert process.poll() is None, process.communicate()[0].decode()
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_sealing_leaves_nothing_unsealed_and_nothing_sealed_twice(
    machine: dict[str, str],
) -> None:
    at = timezone.now()
    labels = [certificates.label(at=at) for _ in range(LABELS)]
    assert DBTaskResult.objects.filter(task_path="certificates.tasks.make").count() == LABELS
    for within in MOMENTS:
        kill_a_worker(machine, within=within)
    restarted = worker(machine)
    told = restarted.communicate()[0].decode()
    assert restarted.returncode == 0, told
    # A task that was killed stays « running » for ever: what it left is found by its row, once its claim is over.
    left = Certificate.objects.filter(file=None)
    assert left.exists() and not left.filter(claimed_at=None).exists(), "no kill fell in the middle"
    for minutes in (10, 11):
        finished(machine, "tick", "--at", (timezone.now() + timedelta(minutes=minutes)).isoformat())
    assert {one.certificates.count() for one in labels} == {1}
    sealed_once(issues=LABELS)
