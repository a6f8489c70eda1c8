"""Files made to hurt, dropped on the page: the right word, in bounded time and memory, never a certificate."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from certificates.actions.issuing import make_certificate
from certificates.credential import baking
from certificates.documents import render_certificate
from certificates.keys import development
from certificates.seal import checking, inspection
from certificates.seal.sealing import seal
from tests.certificates.seal import bombs
from tests.certificates.test_documents import FACTS
from tests.factories import certificates
from tests.portal.test_verify_file import dropped, file_of

UNREADABLE, ALTERED, NOT_OURS = "Fichier illisible", "Fichier modifié", "Pas un certificat de ce label"
START = 3  # seconds of processor to start a reader, on a slow machine
# A small process, so that what its only child took is not hidden by what a parent takes.
MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[2:], stdin=open(sys.argv[1], "rb"), capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, done.stdout.decode())
"""


def used() -> float:
    """Seconds of processor that the processes started from here have taken."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def refused(page: str) -> bool:
    return "Certificat authentique" not in page and "Label valide" not in page and "lb-state--ok" not in page


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("name", bombs.MADE)
def test_a_file_made_to_hurt_is_refused_in_time(client: Client, name: str) -> None:
    content = bombs.MADE[name]()
    assert len(content) <= checking.LARGEST, "it is not refused for its size"
    spent, began = used(), time.monotonic()
    page = dropped(client, content)
    assert used() - spent < inspection.SECONDS + START
    assert time.monotonic() - began < checking.SECONDS + 10
    assert (NOT_OURS if name == "a swelling attachment" else UNREADABLE) in page and refused(page)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["a swelling attachment", "a swelling table", "a list of five million numbers"]
)
def test_what_swells_takes_no_more_memory_than_is_given(name: str, tmp_path: Path) -> None:
    file = tmp_path / "bomb.pdf"
    file.write_bytes(bombs.MADE[name]())
    reader = [sys.executable, "-m", inspection.__name__, str(development.folder() / "root.pem")]
    said = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file), *reader], check=True, capture_output=True, text=True
    )
    _status, seconds, memory, *_ = said.stdout.split()
    assert 10_000_000 < int(memory) < inspection.MEMORY
    assert float(seconds) < inspection.SECONDS + START


@pytest.mark.walk
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "word"),
    [
        ((baking.FOLDER / "badge.png").read_bytes(), UNREADABLE),
        (baking.png("{}"), NOT_OURS),
        (baking.svg("[", number="", title="").encode(), UNREADABLE),
        (baking.PNG + bytes(9_000_000), UNREADABLE),
        (baking.PNG + b"\xff" * 9_000, UNREADABLE),
        (bombs.archive(), UNREADABLE),
        (b"GIF89a" + bytes(500), UNREADABLE),
        (b"%PDF-1.7\n" + bytes(1_000_000), UNREADABLE),
        (b"{" + b" " * 9_000_000 + b"}", UNREADABLE),
        (bombs.pdf(), NOT_OURS),
        (b"PK\x03\x04" + bombs.pdf(), UNREADABLE),
    ],
    ids=[
        "image",
        "empty badge",
        "broken badge",
        "nine million bytes of chunks",
        "huge chunk",
        "archive",
        "wrong start",
        "nothing inside",
        "long credential",
        "a page",
        "two in one",
    ],
)
def test_what_is_no_certificate_is_said_so(client: Client, content: bytes, word: str) -> None:
    page = dropped(client, content)
    assert word in page and refused(page)


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.django_db
def test_a_certificate_of_ours_that_was_made_to_hurt_is_never_genuine(client: Client) -> None:
    label = certificates.label(at=timezone.now())
    make_certificate(certificate_pk=label.certificates.get().pk, at=timezone.now())
    content = file_of(label)
    spent = used()
    page = dropped(client, bombs.with_many_seals(content))
    assert ALTERED in page and "Certificat authentique" not in page
    assert used() - spent < inspection.SECONDS + START
    for place in (1_000, len(content) // 2, len(content) - 6):
        page = dropped(client, content[:place])
        assert UNREADABLE in page and refused(page)


@pytest.mark.walk
@pytest.mark.django_db
def test_our_layout_sealed_by_somebody_else_is_said_so(client: Client, tmp_path: Path, settings: Any) -> None:
    ours = settings.KEYS_DIR
    settings.KEYS_DIR = tmp_path / "theirs"
    theirs = seal(render_certificate(FACTS, credential="{}"))
    settings.KEYS_DIR = ours
    page = dropped(client, theirs)
    assert NOT_OURS in page and "Certificat authentique" not in page


def test_the_reader_of_a_hostile_file_is_given_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its environment holds nothing: neither the key of the site nor the password of the database."""
    seen = tmp_path / "seen"
    reader = tmp_path / "reader"
    reader.write_text(
        f"""#!/bin/sh\n/usr/bin/env > {seen}\necho '{{"verdict": "not_ours", "number": ""}}'\n"""
    )
    reader.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(reader))
    monkeypatch.setenv("SECRET_KEY", "never-told")
    assert checking.inspected(b"%PDF-1.7").verdict == checking.Verdict.NOT_OURS
    told = {line.split("=")[0] for line in seen.read_text().splitlines()}
    assert told <= {"PWD", "SHLVL", "_", "OLDPWD"}
