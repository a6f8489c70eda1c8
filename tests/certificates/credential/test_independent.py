"""Verifiers written by others accept what we give, and refuse what was tampered with, revoked, suspended or forged.

Two stacks, each in processes of its own, offline: @digitalbazaar/vc, and verifier-core of the Digital Credentials
Consortium, which resolves did:web and the lists by itself.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.utils import timezone

from certificates.actions import make_certificate
from certificates.credential import bits, contents, proof
from certificates.credential.keys import SigningKey, signing_key
from certificates.credential.status_lists import refresh_status_lists
from certificates.models import Label
from tests import verifiers
from tests.certificates.credential.test_keys import private, public_of
from tests.factories import certificates

pytestmark = [pytest.mark.django_db, pytest.mark.walk]
SCRIPTS = ("digitalbazaar.mjs", "digitalcredentials.mjs")
GOOD = (
    {"verified": True, "status": {"revocation": False, "suspension": False}, "errors": []},
    {
        "log": {
            "valid_signature": True,
            "revocation_status": True,
            "suspension_status": True,
            "expiration": True,
            "registered_issuer": False,  # in no register of issuers: ours is not listed anywhere yet
        },
        "errors": [],
    },
)


@pytest.fixture(autouse=True)
def known_verifiers() -> None:
    verifiers.install()


@pytest.fixture
def label() -> Label:
    found = certificates.label(at=timezone.now())
    make_certificate(certificate_pk=found.certificates.get().pk, at=timezone.now())
    return found


def exported(label: Label, to: Path, settings: Any) -> Path:
    """The export of that label, with the map of its addresses for whoever asks for them."""
    call_command("export_certificate", label.number, "--to", str(to), verbosity=0)
    keys = f"{settings.PUBLIC_URL}/.well-known/did.json"
    addresses = {keys: "did.json", keys.replace("http:", "https:"): "did.json"}
    for path in (to / "status").iterdir():
        purpose, number = path.stem.split("-")
        addresses[contents.list_id(purpose, int(number))] = f"status/{path.name}"
    (to / "addresses.json").write_text(json.dumps(addresses))
    return to


def copied(source: Path, to: str, name: str, change: Callable[[Any], Any]) -> Path:
    """A copy of an export in which one document was changed."""
    target = source.with_name(to)
    shutil.copytree(source, target)
    path = target / name
    path.write_text(json.dumps(change(json.loads(path.read_text(encoding="utf-8")))), encoding="utf-8")
    return target


def said_by_both(folders: list[Path]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """What the two verifiers say of each folder."""
    running = [[verifiers.verify(script, folder) for script in SCRIPTS] for folder in folders]
    return [tuple(verifiers.verdict(process) for process in pair) for pair in running]  # type: ignore[misc]


def test_they_accept_the_good_one_and_see_what_was_tampered_with(
    label: Label, tmp_path: Path, settings: Any
) -> None:
    good = exported(label, tmp_path / "good", settings)

    def one_letter(document: Any) -> Any:
        document["credentialSubject"]["name"] += "s"
        return document

    def later(document: Any) -> Any:
        return {**document, "validUntil": "2099-01-01T00:00:00Z"}

    folders = [
        good,
        copied(good, "letter", "credential.json", one_letter),
        copied(good, "later", "credential.json", later),
    ]
    accepted, *refused = said_by_both(folders)

    assert accepted == GOOD
    for bazaar, consortium in refused:
        assert not bazaar["verified"]
        assert "Invalid signature." in bazaar["errors"]
        assert consortium == {"log": {}, "errors": ["invalid_signature"]}


def test_they_see_what_is_revoked_what_is_suspended_and_what_is_lifted(
    label: Label, tmp_path: Path, settings: Any
) -> None:
    now = timezone.now()
    today = timezone.localdate(now)
    certificates.suspended(label, since=today, until=today + timedelta(days=30), at=now)
    refresh_status_lists(now)
    suspended = exported(label, tmp_path / "suspended", settings)
    certificates.lifted(label, on=today, at=now)
    refresh_status_lists(now)
    lifted = exported(label, tmp_path / "lifted", settings)
    certificates.withdrawn(label, on=today, at=now)
    refresh_status_lists(now)
    withdrawn = exported(label, tmp_path / "withdrawn", settings)

    for_suspended, for_lifted, for_withdrawn = said_by_both([suspended, lifted, withdrawn])
    assert for_suspended[0]["status"] == {"revocation": False, "suspension": True}
    assert for_suspended[1]["log"]["suspension_status"] is False
    assert for_lifted == GOOD
    assert for_withdrawn[0]["status"] == {"revocation": True, "suspension": False}
    assert for_withdrawn[1]["log"]["revocation_status"] is False


def test_they_refuse_a_list_of_another_key_and_a_list_that_ran_out(
    label: Label, tmp_path: Path, settings: Any
) -> None:
    good = exported(label, tmp_path / "good", settings)
    now = timezone.now()
    stranger = SigningKey("credential", Ed25519PrivateKey.generate())
    empty = contents.status_list("revocation", 1, bits.empty(), at=now)
    forged = copied(
        good,
        "forged",
        "status/revocation-1.json",
        lambda _: proof.sign(empty, key=stranger, at=now),
    )
    changed = copied(
        good,
        "changed",
        "status/revocation-1.json",
        lambda shown: {
            **shown,
            "credentialSubject": {
                **shown["credentialSubject"],
                "encodedList": bits.encoded(bits.changed(bits.empty(), 5, True)),
            },
        },
    )
    old = now - timedelta(days=40)
    expired = copied(
        good,
        "expired",
        "status/revocation-1.json",
        lambda _: proof.sign(
            contents.status_list("revocation", 1, bits.empty(), at=old), key=signing_key(), at=old
        ),
    )
    said = said_by_both([forged, changed, expired])

    assert [bazaar["verified"] for bazaar, _ in said] == [False, False, False]
    errors = [consortium["log"]["revocation_status"] for _, consortium in said]
    assert errors == ["status_list_signature_error", "status_list_signature_error", "status_list_expired"]


def test_rotation_keeps_the_old_ones_valid_and_a_stolen_key_is_refused(
    label: Label, tmp_path: Path, settings: Any
) -> None:
    settings.CREDENTIAL_KEY = old = private(tmp_path / "2026.pem")
    found = certificates.label(at=timezone.now())
    make_certificate(certificate_pk=found.certificates.get().pk, at=timezone.now())
    settings.CREDENTIAL_KEY = private(tmp_path / "2027.pem")
    settings.CREDENTIAL_FORMER_KEYS = [public_of(old, tmp_path / "public" / "2026.pem")]
    refresh_status_lists(timezone.now())
    rotated = exported(found, tmp_path / "rotated", settings)
    settings.CREDENTIAL_FORMER_KEYS = []
    stolen = exported(found, tmp_path / "stolen", settings)

    for_rotated, for_stolen = said_by_both([rotated, stolen])
    assert json.loads((rotated / "credential.json").read_text())["proof"]["verificationMethod"].endswith(
        "#2026"
    )
    assert for_rotated == GOOD
    assert not for_stolen[0]["verified"]
    assert for_stolen[1]["errors"] == ["invalid_signature"]
