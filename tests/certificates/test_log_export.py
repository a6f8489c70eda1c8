"""An auditor who trusts nobody: the export, and the program of one file that checks it, run as a process of its own."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from certificates.log.note import body
from certificates.log.signing import LogSigner, log_signer
from certificates.log.verify_log import read_keys, signed_by
from certificates.models import Certificate, Checkpoint, Label
from tests.factories import certificates, log, measures

DAY = timedelta(days=1)


@pytest.fixture
def export(db: None, tmp_path: Path) -> Path:
    """A log of one leaf, then three, with the checkpoint of each."""
    begun = timezone.now() - 40 * DAY  # pages tell what has begun
    label = certificates.label(at=begun)
    log.kept(at=begun)
    measures.notified(label, "suspend", at=begun + DAY)
    measures.notified(label, "lift", at=begun + 9 * DAY)
    log.kept(at=begun + 9 * DAY)
    folder = tmp_path / "export"
    call_command("export_log", to=folder)
    return folder


def run(export: Path, *more: object) -> tuple[int, str]:
    """What the program says, alone: no site packages, nothing of the project on its path."""
    command = [sys.executable, "-I", "-S", str(export / "verify_log.py"), str(export), *map(str, more)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=export, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def key() -> str:
    return log_signer().verifier_key


def kept(folder: Path, text: str) -> Path:
    path = folder / "kept.txt"
    path.write_text(text, encoding="utf-8")
    return path


def leaves_of(export: Path) -> list[str]:
    return (export / "leaves.ndjson").read_text().splitlines(keepends=True)


def test_a_good_export_holds_and_names_nobody(export: Path, tmp_path: Path) -> None:
    code, said = run(export, "--key", key(), "--from", kept(tmp_path, Checkpoint.objects.first().text))
    assert (code, said) == (0, "HOLDS: 3 leaves, 3 of them under a signed checkpoint\n")
    code, said = run(export)
    assert code == 0
    assert "compare it with the one published elsewhere" in said
    label = Label.objects.select_related("structure").get()
    everything = "".join(path.read_text() for path in export.rglob("*.*") if path.suffix != ".py")
    assert not [word for word in (label.number, label.structure.name, "suspend") if word in everything]


def test_a_removed_leaf(export: Path) -> None:
    rows = leaves_of(export)
    (export / "leaves.ndjson").write_text("".join([rows[0], rows[2]]))
    code, said = run(export, "--key", key())
    assert code == 1
    assert "leaf 1 is missing" in said


def test_a_changed_leaf(export: Path) -> None:
    rows = leaves_of(export)
    rows[1] = json.dumps({"index": 1, "commitment": "0" * 64}) + "\n"
    (export / "leaves.ndjson").write_text("".join(rows))
    code, said = run(export, "--key", key())
    assert code == 1
    assert "its root is not that of the 3 leaves" in said
    assert "1 leaves" not in said  # the older checkpoint still holds


def test_a_log_cut_whole_against_an_old_checkpoint(export: Path, tmp_path: Path) -> None:
    """Bad input of the issue: an old checkpoint with a removed leaf."""
    (newest,) = (export / "checkpoints").glob("*3-*.txt")
    old = kept(tmp_path, newest.read_text())
    newest.unlink()
    (export / "leaves.ndjson").write_text("".join(leaves_of(export)[:2]))
    assert run(export, "--key", key())[0] == 0
    code, said = run(export, "--key", key(), "--from", old)
    assert code == 1
    assert "kept.txt: it had 3 leaves, 2 are left" in said


def test_leaves_without_any_checkpoint_are_vouched_for_by_nobody(export: Path) -> None:
    for path in (export / "checkpoints").iterdir():
        path.unlink()
    code, said = run(export, "--key", key())
    assert code == 1 and "no checkpoint that these keys signed" in said and "HOLDS" not in said


def test_the_log_is_checked_as_it_is_published(live_server: Any, export: Path, tmp_path: Path) -> None:
    """An auditor asks nobody for an export: the pages are enough."""
    program, address = export / "verify_log.py", f"{live_server.url}/transparence/"

    def published(*more: object) -> tuple[int, str]:
        command = [sys.executable, "-I", "-S", str(program), address, "--key", key(), *map(str, more)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout + done.stderr

    old = kept(tmp_path, Checkpoint.objects.first().text)
    assert published("--from", old) == (0, "HOLDS: 3 leaves, 3 of them under a signed checkpoint\n")
    rewritten = log_signer().sign(body(log_signer().name, 3, bytes(32), timezone.now()))
    code, said = published("--from", kept(tmp_path, rewritten))
    assert code == 1 and "its root is not that of the 3 leaves" in said
    address = f"{live_server.url}/nothing"
    assert published()[0] == 2


def test_the_key_of_somebody_else(export: Path) -> None:
    other = LogSigner(log_signer().name, Ed25519PrivateKey.generate())
    code, said = run(export, "--key", other.verifier_key)
    assert code == 1
    assert said.count("none of the keys signed it") == 2
    renamed = LogSigner("another.example.org", log_signer().key)
    assert run(export, "--key", renamed.verifier_key)[0] == 1


def test_a_forged_checkpoint(export: Path, tmp_path: Path) -> None:
    text = Checkpoint.objects.first().text
    code, said = run(export, "--key", key(), "--from", kept(tmp_path, text.replace("\n1\n", "\n2\n", 1)))
    assert code == 1
    assert "kept.txt: its signature is false" in said


@pytest.mark.parametrize("wrong", ["--key=nothing", "--from=absent.txt", "--leaf=absent.json"])
def test_asked_wrongly(export: Path, wrong: str) -> None:
    code, said = run(export, wrong)
    assert code == 2
    assert said.startswith("cannot check")


def test_what_the_proof_page_gives_is_found_in_the_log(export: Path, tmp_path: Path) -> None:
    label = Label.objects.get()
    told = tmp_path / "leaves.json"
    told.write_bytes(Client().get(reverse("log_label_json", args=[label.number])).content)
    with Certificate.objects.select_related("file").get().file.content.open() as file:
        content = file.read()
    pdf = tmp_path / "certificat.pdf"
    pdf.write_bytes(content)
    code, said = run(export, "--key", key(), "--leaf", told, "--pdf", pdf)
    assert (code, said) == (0, "HOLDS: 3 leaves, 3 of them under a signed checkpoint\n")
    pdf.write_bytes(content + b" ")
    code, said = run(export, "--key", key(), "--leaf", told, "--pdf", pdf)
    assert (code, said) == (1, "FALSE: no leaf given names this certificate\n")
    told.write_text(told.read_text().replace(label.ends_on.isoformat(), "2099-01-01"))
    code, said = run(export, "--key", key(), "--leaf", told)
    assert (code, said) == (1, "FALSE: leaf 0 of the log does not say that\n")


def test_an_export_never_mixes_with_another(export: Path) -> None:
    with pytest.raises(CommandError, match="is not empty"):
        call_command("export_log", to=export)


@given(st.binary(max_size=80), st.integers(0, 63), st.integers(1, 255))
def test_the_program_reads_signatures_like_everybody(message: bytes, place: int, change: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(message).digest())
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert signed_by(public, message, signature)
    wrong = bytearray(signature)
    wrong[place] ^= change
    assert not signed_by(public, message, bytes(wrong))
    assert not signed_by(public, message + b"x", signature)


def test_a_key_that_was_mistyped() -> None:
    signer = LogSigner("log.example.org", Ed25519PrivateKey.generate())
    assert read_keys(signer.verifier_key) == [(signer.name, signer.public)]
    with pytest.raises(ValueError, match="no key of a log"):
        read_keys(signer.verifier_key.replace("log.", "lug."))
