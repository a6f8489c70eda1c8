"""The seal, made by each kind of key; what other programs say of a whole certificate: test_outside.py."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator.errors import PathValidationError

from certificates.documents import render_certificate
from certificates.keys import development
from certificates.seal import sealing, signers
from certificates.seal.checking import LARGEST, Verdict, check, seal_of
from certificates.seal.sealing import renew_timestamp, seal
from tests.certificates.seal import authorities, outside
from tests.certificates.seal.authorities import cloud_seal, security_module, silent, time_stamps
from tests.certificates.test_documents import FACTS

PIN = "135790"


@pytest.fixture(scope="module")
def plain() -> bytes:
    return render_certificate(FACTS)


@pytest.fixture(scope="module")
def sealed(plain: bytes) -> bytes:
    return seal(plain)


def accepted(folder: Path, content: bytes, *, stamps: Path | None = None) -> bool:
    file = folder / "judged.pdf"
    file.write_bytes(content)
    return outside.accepted(file, stamps=stamps)


def with_a_box(content: bytes) -> bytes:
    """A red box drawn over the first page after the seal: ordinary readers call the signature valid."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    box = generic.StreamObject(stream_data=b"q 1 0 0 rg 100 100 300 300 re f Q")
    writer.add_stream_to_page(0, writer.add_object(box))
    changed = io.BytesIO()
    writer.write(changed)
    return changed.getvalue()


def with_a_flipped_byte(content: bytes) -> bytes:
    place = content.find(b"stream") + 200
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_nothing_may_change_after_the_seal_and_the_version_of_the_file_stays(sealed: bytes) -> None:
    reader = PdfFileReader(io.BytesIO(sealed))
    assert reader.embedded_regular_signatures[0].docmdp_level.value == 1
    assert "/Version" not in reader.root
    assert sealed.startswith(b"%PDF-1.7")


@pytest.mark.django_db
def test_a_file_that_changed_in_any_way_is_not_called_genuine(
    plain: bytes, sealed: bytes, tmp_path: Path
) -> None:
    assert seal_of(sealed).verdict == Verdict.GENUINE
    assert seal_of(with_a_box(sealed)).verdict == Verdict.ALTERED
    assert not accepted(tmp_path, with_a_box(sealed))
    assert seal_of(with_a_flipped_byte(sealed)).verdict == Verdict.ALTERED
    assert seal_of(sealed + b"\n% more\n").verdict == Verdict.ALTERED
    assert seal_of(plain).verdict == Verdict.NOT_OURS
    assert seal_of(sealed[:-300]).verdict == Verdict.UNREADABLE
    assert seal_of(b"").verdict == Verdict.UNREADABLE
    with pytest.raises(ValueError):
        check(bytes(LARGEST + 1))


@pytest.mark.django_db
def test_our_layout_sealed_by_somebody_else_is_not_ours(plain: bytes, tmp_path: Path, settings: Any) -> None:
    settings.KEYS_DIR = tmp_path / "others"
    theirs = seal(plain)
    settings.KEYS_DIR = tmp_path / "ours"
    development.folder()
    assert seal_of(theirs).verdict == Verdict.NOT_OURS


@pytest.mark.django_db
def test_a_seal_with_a_time_stamp_is_archived_and_renewed(
    plain: bytes, tmp_path: Path, settings: Any
) -> None:
    with time_stamps(tmp_path) as (address, root):
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOT_FILE = address, str(root)
        first = seal(plain)
        again = renew_timestamp(first)
    stamps = [len(PdfFileReader(io.BytesIO(one)).embedded_timestamp_signatures) for one in (first, again)]
    assert stamps == [1, 2]
    assert again.startswith(first)
    for one in (first, again):
        assert seal_of(one).verdict == Verdict.GENUINE
        assert accepted(tmp_path, one, stamps=root)
        for changed in (with_a_box(one), one + b"\n% more\n"):
            assert seal_of(changed).verdict == Verdict.ALTERED


def test_nothing_is_renewed_without_an_authority(sealed: bytes) -> None:
    with pytest.raises(LookupError):
        renew_timestamp(sealed)


def test_the_key_may_be_in_files(plain: bytes, tmp_path: Path, settings: Any) -> None:
    place = development.folder()
    settings.SEAL_BACKEND = "pem"
    settings.SEAL_KEY_FILE = str(place / "seal.key.pem")
    settings.SEAL_CERTIFICATE_FILE = str(place / "seal.pem")
    settings.SEAL_CHAIN_FILE = settings.SEAL_ROOT_FILE = str(place / "root.pem")
    assert accepted(tmp_path, seal(plain))


def test_the_key_may_be_in_a_security_module(
    plain: bytes, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOFTHSM2_CONF", "")  # put back at the end
    place = development.folder()
    settings.PKCS11_MODULE = security_module(
        tmp_path, place / "seal.key.pem", token="label", label="seal", pin=PIN
    )
    settings.SEAL_BACKEND, settings.PKCS11_TOKEN = "pkcs11", "label"
    settings.PKCS11_KEY_LABEL, settings.PKCS11_PIN = "seal", PIN
    settings.SEAL_CERTIFICATE_FILE = str(place / "seal.pem")
    settings.SEAL_CHAIN_FILE = settings.SEAL_ROOT_FILE = str(place / "root.pem")
    assert accepted(tmp_path, seal(plain))


def test_the_key_may_be_in_a_cloud(plain: bytes, tmp_path: Path, settings: Any) -> None:
    place = development.folder()
    settings.SEAL_BACKEND, settings.CSC_CREDENTIAL, settings.CSC_TOKEN = "csc", "seal", "a token"
    with cloud_seal(place / "seal.key.pem", place / "seal.pem", place / "root.pem", PIN) as address:
        settings.CSC_URL = address
        settings.CSC_PIN = PIN
        assert accepted(tmp_path, seal(plain))
        settings.CSC_PIN = "wrong"
        with pytest.raises(SigningError):
            seal(plain)


@pytest.mark.parametrize(
    ("asked", "content"),
    [
        (asked, content)
        for asked in ("credentials/info", "credentials/authorize", "signatures/signHash")
        for content in (b"", b"<html>Maintenance</html>", b"null", b"[]", b"{}", b'"yes"')
    ]
    + [
        ("credentials/info", b'{"cert": {"certificates": []}, "key": {"algo": []}, "multisign": 1}'),
        ("credentials/info", b'{"cert": {"certificates": ["AAAA"]}, "key": {"algo": []}, "multisign": 1}'),
        ("credentials/info", b'{"cert": [], "key": 3}'),
        ("credentials/authorize", b'{"SAD": "once", "expiresIn": null}'),
        ("signatures/signHash", b'{"signatures": []}'),
        ("signatures/signHash", b'{"signatures": 3}'),
        ("signatures/signHash", b'{"signatures": [""]}'),
        ("signatures/signHash", b'{"signatures": ["AAAA"]}'),
        ("signatures/signHash", b'{"signatures": [null]}'),
        ("signatures/signHash", b'{"signatures": ["%s"]}' % base64.b64encode(bytes(20_000))),
    ],
)
def test_a_cloud_that_answers_anything_else_seals_nothing(
    asked: str, content: bytes, plain: bytes, settings: Any
) -> None:
    """A signature is read again before it is kept: a PDF bears whatever the service answered, for ever."""
    place = development.folder()
    settings.SEAL_BACKEND, settings.CSC_CREDENTIAL, settings.CSC_PIN = "csc", "seal", PIN
    files = (place / "seal.key.pem", place / "seal.pem", place / "root.pem")
    with cloud_seal(*files, PIN, spoiled={asked: content}) as address:
        settings.CSC_URL = address
        with pytest.raises(SigningError):
            seal(plain)


def test_a_cloud_or_an_authority_that_never_answers_is_left(
    plain: bytes, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signers, "CSC_SECONDS", 0.2)
    monkeypatch.setattr(sealing, "TIMESTAMP_SECONDS", 0.2)
    with silent() as (address, asked):
        settings.SEAL_BACKEND, settings.CSC_CREDENTIAL, settings.CSC_URL = "csc", "seal", address
        with pytest.raises(SigningError):
            seal(plain)
        settings.SEAL_BACKEND, settings.TIMESTAMP_URL = "dev", address
        with pytest.raises(TimestampRequestError):
            seal(plain)
        monkeypatch.setattr(sealing, "TIMESTAMP_SECONDS", 60)
        monkeypatch.setattr(sealing, "SECONDS", 0.5)  # all of them together
        with pytest.raises(TimeoutError):
            seal(plain)
        assert len(asked) == 3


def files_of_a_seal(folder: Path, settings: Any, *, ended: bool = False) -> tuple[Path, Path]:
    """Another seal and its root, in files that the settings name: what a rotation brings; returns both certificates."""
    settings.KEYS_DIR = folder
    place = development.folder()
    certificate = place / "seal.pem"
    if ended:
        certificate.write_bytes(authorities.ended(certificate, place / "root.pem", place / "root.key.pem"))
    settings.SEAL_BACKEND = "pem"
    settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE = str(place / "seal.key.pem"), str(certificate)
    settings.SEAL_CHAIN_FILE = settings.SEAL_ROOT_FILE = str(place / "root.pem")
    return certificate, place / "root.pem"


def test_a_key_that_is_not_that_of_the_certificate_seals_nothing(
    plain: bytes, tmp_path: Path, settings: Any
) -> None:
    files_of_a_seal(tmp_path / "others", settings)
    theirs = settings.SEAL_KEY_FILE
    files_of_a_seal(tmp_path / "ours", settings)
    assert seal(plain)
    settings.SEAL_KEY_FILE = theirs
    with pytest.raises(SigningError):
        seal(plain)


def test_a_certificate_that_has_ended_or_leads_to_another_root_seals_nothing(
    plain: bytes, tmp_path: Path, settings: Any
) -> None:
    _, other = files_of_a_seal(tmp_path / "others", settings)
    files_of_a_seal(tmp_path / "ours", settings)
    settings.SEAL_ROOT_FILE = str(other)
    with pytest.raises(PathValidationError, match="signature"):
        seal(plain)
    files_of_a_seal(tmp_path / "ended", settings, ended=True)
    with pytest.raises(PathValidationError, match="expired"):
        seal(plain)


@pytest.mark.django_db
def test_seals_of_before_a_rotation_are_valid_and_those_of_a_stolen_key_are_not(
    plain: bytes, tmp_path: Path, settings: Any
) -> None:
    _, old_root = files_of_a_seal(tmp_path / "2027", settings)
    before = seal(plain)
    _, new_root = files_of_a_seal(tmp_path / "2028", settings)
    after = seal(plain)
    both = tmp_path / "roots.pem"
    both.write_bytes(new_root.read_bytes() + old_root.read_bytes())
    settings.SEAL_ROOT_FILE = str(both)
    assert [seal_of(one).verdict for one in (before, after)] == [Verdict.GENUINE] * 2
    assert seal(plain) != after

    settings.SEAL_ROOT_FILE = str(new_root)  # the former key was stolen
    assert [seal_of(one).verdict for one in (before, after)] == [Verdict.NOT_OURS, Verdict.GENUINE]


def test_without_a_key_nothing_is_sealed(plain: bytes, settings: Any) -> None:
    settings.SEAL_BACKEND = ""
    with pytest.raises(LookupError):
        seal(plain)


def test_development_keys_are_for_their_owner_only_and_never_for_production(settings: Any) -> None:
    place = development.folder()
    assert {file.stat().st_mode & 0o777 for file in place.iterdir()} == {0o600}
    assert place.stat().st_mode & 0o777 == 0o700
    settings.PRODUCTION = True
    with pytest.raises(RuntimeError):
        development.folder()
