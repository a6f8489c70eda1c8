"""Is the key of the seal there? Asked of each place where it may be, for real."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.utils import timezone

from certificates.keys import development
from certificates.seal.standing import Standing, standing
from tests.certificates.seal.authorities import cloud_seal, given_for, security_module
from tests.certificates.seal.test_sealing import PIN

TODAY = timezone.localdate()


def end() -> date:
    place = development.folder() / "seal.pem"
    return x509.load_pem_x509_certificate(place.read_bytes()).not_valid_after_utc.date()


def in_files(settings: Any, *, key: Path | None = None) -> Path:
    place = development.folder()
    settings.SEAL_BACKEND = "pem"
    settings.SEAL_KEY_FILE = str(key or place / "seal.key.pem")
    settings.SEAL_CERTIFICATE_FILE = str(place / "seal.pem")
    settings.SEAL_CHAIN_FILE = settings.SEAL_ROOT_FILE = str(place / "root.pem")
    return place


def test_no_key_is_no_fault(settings: Any) -> None:
    settings.SEAL_BACKEND = ""
    assert standing(on=TODAY) == Standing(is_set=False)


def test_a_key_in_files_answers(settings: Any) -> None:
    assert standing(on=TODAY) == Standing(True, "", end())
    in_files(settings)
    assert standing(on=TODAY) == Standing(True, "", end())


def test_a_key_that_is_not_that_of_its_certificate_is_a_fault(settings: Any) -> None:
    in_files(settings, key=development.folder() / "root.key.pem")
    fault = standing(on=TODAY).fault
    assert fault == "SigningError: the signature is not that of the certificate of the seal"


@pytest.mark.parametrize("setting", ["SEAL_KEY_FILE", "SEAL_CERTIFICATE_FILE", "SEAL_CHAIN_FILE"])
@pytest.mark.parametrize("content", [None, b"", b"nothing"])
def test_a_file_that_cannot_be_read_is_a_fault(
    settings: Any, tmp_path: Path, setting: str, content: bytes | None
) -> None:
    in_files(settings)
    file = tmp_path / f"{setting}.pem"
    if content is not None:
        file.write_bytes(content)
    setattr(settings, setting, str(file))
    found = standing(on=TODAY)
    # A chain may be empty when the root signed the certificate itself.
    assert found.is_set and (found.fault or (setting == "SEAL_CHAIN_FILE" and content is not None))


@pytest.mark.parametrize("setting", ["SEAL_KEY_FILE", "SEAL_CERTIFICATE_FILE", "SEAL_CHAIN_FILE"])
def test_a_file_that_is_not_set_is_named(settings: Any, setting: str) -> None:
    in_files(settings)
    setattr(settings, setting, "")
    assert standing(on=TODAY).fault == f"LookupError: {setting} is not set"


def test_a_certificate_holds_on_the_very_day_on_which_it_is_given(settings: Any, tmp_path: Path) -> None:
    """The day of the ceremony: given in the evening, its key signs at once."""
    place = in_files(settings)
    evening = datetime.combine(datetime.now(UTC).date() - timedelta(days=1), time(23, 59), UTC)
    given = tmp_path / "seal.pem"
    period = evening, evening + timedelta(days=400)
    given.write_bytes(given_for(period, place / "seal.pem", place / "root.pem", place / "root.key.pem"))
    settings.SEAL_CERTIFICATE_FILE = str(given)
    assert standing(on=evening.date()).fault == ""


def test_without_a_root_nobody_can_check_a_seal(settings: Any) -> None:
    in_files(settings)
    settings.SEAL_ROOT_FILE = ""
    assert standing(on=TODAY).fault == "SEAL_ROOT_FILE: no root to check a seal with"


def test_a_certificate_that_is_over_or_has_not_begun_is_a_fault(settings: Any) -> None:
    assert standing(on=end() - timedelta(days=1)).fault == ""
    for day in (end() + timedelta(days=1), TODAY - timedelta(days=400)):
        found = standing(on=day)
        assert found.fault.startswith("its certificate holds from") and found.ends_on == end()


def test_a_security_module_is_asked_to_sign(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOFTHSM2_CONF", "")  # put back at the end
    place = in_files(settings)
    settings.PKCS11_MODULE = security_module(
        tmp_path, place / "seal.key.pem", token="label", label="seal", pin=PIN
    )
    settings.SEAL_BACKEND, settings.PKCS11_TOKEN = "pkcs11", "label"
    settings.PKCS11_KEY_LABEL, settings.PKCS11_PIN = "seal", PIN
    assert standing(on=TODAY) == Standing(True, "", end())
    settings.PKCS11_KEY_LABEL = "another"
    assert standing(on=TODAY).fault
    settings.PKCS11_KEY_LABEL, settings.PKCS11_PIN = "seal", "0000"
    found = standing(on=TODAY)
    assert found.fault and "0000" not in found.fault


def test_a_cloud_is_asked_for_its_certificate_only(settings: Any) -> None:
    place = development.folder()
    settings.SEAL_ROOT_FILE = str(place / "root.pem")
    settings.SEAL_BACKEND, settings.CSC_CREDENTIAL, settings.CSC_TOKEN = "csc", "seal", "a token"
    settings.CSC_PIN = "wrong"  # a signature would be refused
    with cloud_seal(place / "seal.key.pem", place / "seal.pem", place / "root.pem", PIN) as address:
        settings.CSC_URL = address
        assert standing(on=TODAY) == Standing(True, "", end())
    assert standing(on=TODAY).fault, "nobody answers there any more"
