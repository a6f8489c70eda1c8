"""Keys: made at first use for development, given in production, old ones published, stolen ones not."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ImproperlyConfigured

from certificates.credential import did, keys, proof
from tests.certificates.credential.test_proof import document

AT = datetime(2027, 1, 4, 9, tzinfo=UTC)
PEM = serialization.Encoding.PEM


def private(path: Path) -> str:
    kept = Ed25519PrivateKey.generate().private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(kept)
    return str(path)


def public_of(path: str, to: Path) -> str:
    key = serialization.load_pem_private_key(Path(path).read_bytes(), None).public_key()
    to.parent.mkdir(exist_ok=True)
    to.write_bytes(key.public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    return str(to)


def test_the_development_key_is_made_once_and_read_by_nobody_else(settings: Any, tmp_path: Path) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    with ThreadPoolExecutor(4) as pool:
        made = {
            one.result().private.private_bytes_raw()
            for one in [pool.submit(keys.signing_key) for _ in range(4)]
        }

    path = tmp_path / "keys" / "credential.pem"
    assert len(made) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in tmp_path.iterdir()] == ["keys"]


def test_production_signs_with_the_key_that_it_was_given_only(settings: Any, tmp_path: Path) -> None:
    settings.PRODUCTION, settings.KEYS_DIR = True, tmp_path / "keys"

    with pytest.raises(ImproperlyConfigured, match="CREDENTIAL_KEY"):
        keys.signing_key()
    assert not (tmp_path / "keys").exists()

    settings.CREDENTIAL_KEY = private(tmp_path / "2027.pem")
    assert keys.signing_key().name == "2027"


def test_rotation_keeps_what_was_signed_valid_and_a_stolen_key_is_dropped(
    settings: Any, tmp_path: Path
) -> None:
    settings.CREDENTIAL_KEY = old = private(tmp_path / "2027.pem")
    before = proof.sign(document(), key=keys.signing_key(), at=AT)

    settings.CREDENTIAL_KEY = private(tmp_path / "2028.pem")
    settings.CREDENTIAL_FORMER_KEYS = [public_of(old, tmp_path / "public" / "2027.pem")]
    after = proof.sign(document(), key=keys.signing_key(), at=AT)

    assert proof.verify(before, keys=keys.public_keys()) == "2027"
    assert proof.verify(after, keys=keys.public_keys()) == "2028"
    assert did.document()["assertionMethod"] == [f"{did.issuer_id()}#2028", f"{did.issuer_id()}#2027"]

    settings.CREDENTIAL_FORMER_KEYS = []
    assert proof.verify(after, keys=keys.public_keys()) == "2028"
    with pytest.raises(proof.InvalidProof):
        proof.verify(before, keys=keys.public_keys())
    assert "2027" not in str(did.document())


def test_a_file_that_is_no_key_names_its_setting(settings: Any, tmp_path: Path) -> None:
    wrong = tmp_path / "2027.pem"
    other = ec.generate_private_key(ec.SECP256R1())
    format_ = serialization.PrivateFormat.PKCS8
    for content in (
        b"",
        b"-----BEGIN PRIVATE KEY-----",
        other.private_bytes(PEM, format_, serialization.NoEncryption()),
        Ed25519PrivateKey.generate().private_bytes(PEM, format_, serialization.BestAvailableEncryption(b"x")),
    ):
        wrong.write_bytes(content)
        settings.CREDENTIAL_KEY = str(wrong)
        with pytest.raises(ImproperlyConfigured, match="CREDENTIAL_KEY"):
            keys.signing_key()
    settings.CREDENTIAL_KEY = private(tmp_path / "2028.pem")
    for path in ("absent.pem", settings.CREDENTIAL_KEY):
        settings.CREDENTIAL_FORMER_KEYS = [path]
        with pytest.raises(ImproperlyConfigured, match="CREDENTIAL_FORMER_KEYS"):
            keys.public_keys()


def test_who_we_are_is_written_as_did_web_wants(settings: Any) -> None:
    settings.PUBLIC_URL = "https://label.example.org"
    assert did.issuer_id() == "did:web:label.example.org"
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert did.issuer_id() == "did:web:127.0.0.1%3A8000"
    told = did.document()
    assert told["verificationMethod"][0]["publicKeyMultibase"].startswith("z6Mk")
    assert "PRIVATE" not in str(told)
