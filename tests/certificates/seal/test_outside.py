"""Certificates as they are given (credential, PDF, attachment, seal), judged by programs that are not ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from certificates.actions.issuing import make_certificate
from certificates.documents import render_certificate
from certificates.models import Certificate
from certificates.seal.checking import Verdict, check
from certificates.seal.sealing import renew_timestamp, seal
from tests import conformity
from tests.certificates.seal import outside
from tests.certificates.seal.authorities import time_stamps
from tests.certificates.seal.test_sealing import with_a_box, with_a_flipped_byte
from tests.certificates.test_documents import FACTS
from tests.factories import certificates, structures

NAMES = {
    "short": "Éa",
    "long": ("Association départementale des familles, des proches aidants et des soignants " * 4)[:300],
    "without a space": "Saint-Germain" * 23,
    "Arabic": "جمعية السرطان لِمُساعدة المرضى (باريس ٢٠٢٧)",
    "Chinese": "中国癌症协会：病人与家属的家",
    "emoji": "Escale 💙 🎗️ 👩🏽‍⚕️ 1️⃣",
    "Hindi": "भारतीय कैंसर सोसायटी",
    "all together": "Les Amis d'Éa – Friends of Éa 中国 جمعية 💙 Ελλάς Россия Tiếng Việt עברית",
}


def given(name: str) -> Certificate:
    """The certificate of an association of that name, granted, signed, drawn and sealed by the actions of the house."""
    label = certificates.label(structures.structure(name=name), at=timezone.now())
    return make_certificate(certificate_pk=label.certificates.get().pk, at=timezone.now())


def content_of(certificate: Certificate) -> bytes:
    assert certificate.file is not None and certificate.sealed_at is not None
    with certificate.file.content.open("rb") as content:
        return content.read()


def complaints(certificate: Certificate, file: Path, store: Path) -> list[str]:
    """The programs that do not say of this certificate what they must."""
    signed = outside.told("pdfsig", "-nssdir", f"sql:{store}", file)
    said = {
        "qpdf": "No syntax or stream encoding errors found" in outside.told("qpdf", "--check", file),
        "pdfsig": "Signature is Valid" in signed and "Total document signed" in signed,
        "pdfsig and NSS": "Certificate is Trusted" in signed,
        "pyhanko": outside.accepted(file),
        "openssl": "Verification successful" in outside.with_openssl(file),
        "zbarimg": outside.scanned(file) == certificate.facts["verify_url"],
        "pdfdetach": outside.attached(file) == certificate.credential.content.encode(),
        "pdffonts": {tuple(row) for row in outside.fonts(file)} == {("yes", "yes", "yes")},
    }
    return [program for program, agrees in said.items() if not agrees]


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.django_db
def test_a_certificate_with_any_name_is_accepted_by_every_program(tmp_path: Path) -> None:
    store, files, refused = outside.trusting(tmp_path), [], {}
    for place, (script, name) in enumerate(NAMES.items()):
        certificate, file = given(name), tmp_path / f"{place}.pdf"
        assert certificate.facts["structure_name"] == name
        file.write_bytes(content_of(certificate))
        files.append(file)
        if found := complaints(certificate, file, store):
            refused[script] = found
    assert refused == {}
    assert conformity.broken(files) == {}


@pytest.mark.slow
def test_a_certificate_of_any_kind_conforms_and_one_that_does_not_is_seen(
    tmp_path: Path, settings: Any
) -> None:
    """Real or specimen, sealed or not, with a time-stamp, then with one more; and a file that lost its mark."""
    plain = render_certificate(FACTS, credential="{}")
    sealed = seal(plain)
    made = {
        "real": sealed,
        "specimen": seal(render_certificate(replace(FACTS, specimen=True), credential="{}")),
        "unsealed": render_certificate(FACTS, credential="{}", is_sealed=False),
    }
    with time_stamps(tmp_path) as (address, root):
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOT_FILE = address, str(root)
        made["archived"] = seal(plain)
        made["renewed"] = renew_timestamp(made["archived"])
    made["without its mark"] = sealed.replace(b"/Marked true", b"/Marked null")
    files = []
    for name, content in made.items():
        files.append(tmp_path / f"{name}.pdf")
        files[-1].write_bytes(content)
    broken = conformity.broken(files)
    assert broken.keys() == {("without its mark.pdf", flavour) for flavour in conformity.FLAVOURS}
    assert all("Marked" in rule for rules in broken.values() for rule in rules)


def stripped(content: bytes) -> bytes:
    """The file as it was before its seal, which was added after its end."""
    end = b"%%EOF\n"
    assert content.count(end) == 2
    return content[: content.index(end) + len(end)]


@pytest.mark.slow
@pytest.mark.django_db
def test_what_they_say_of_a_changed_certificate(tmp_path: Path) -> None:
    """The readers that people have call a box drawn over the page valid: pyHanko and our page do not."""
    label = certificates.label(at=timezone.now())
    content = content_of(make_certificate(certificate_pk=label.certificates.get().pk, at=timezone.now()))
    changed = {
        "flipped": with_a_flipped_byte(content),
        "overlaid": with_a_box(content),
        "stripped": stripped(content),
    }
    ours, theirs = {}, {}
    for name, one in changed.items():
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(one)
        ours[name] = check(one).verdict
        theirs[name] = outside.told("pdfsig", file)
        assert not outside.accepted(file), name
    assert ours == {
        "flipped": Verdict.ALTERED,
        "overlaid": Verdict.ALTERED,
        "stripped": Verdict.NOT_OURS,
    }
    assert "Digest Mismatch" in theirs["flipped"]
    assert "Signature is Valid" in theirs["overlaid"]
    assert "does not contain any signatures" in theirs["stripped"]


@pytest.mark.slow
@pytest.mark.django_db
def test_our_layout_sealed_by_somebody_else_is_trusted_by_nobody(tmp_path: Path, settings: Any) -> None:
    store = outside.trusting(tmp_path)
    ours, root = settings.KEYS_DIR, outside.root_file()
    settings.KEYS_DIR = tmp_path / "theirs"
    file = tmp_path / "theirs.pdf"
    file.write_bytes(seal(render_certificate(FACTS, credential="{}")))
    assert outside.accepted(file), "with their own root it is valid"
    settings.KEYS_DIR = ours
    assert not outside.accepted(file, root=root)
    said = outside.told("pdfsig", "-nssdir", f"sql:{store}", file)
    assert "Signature is Valid" in said and "Certificate is Trusted" not in said
    assert "Verification successful" not in outside.with_openssl(file)
    assert check(file.read_bytes()).verdict == Verdict.NOT_OURS
