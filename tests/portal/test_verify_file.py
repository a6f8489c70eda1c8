"""A certificate that anybody drops: what the file is, what its label is today, and never a word of anything else."""

from __future__ import annotations

import html
import json
from codecs import BOM_UTF8
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates.actions.issuing import make_certificate, make_what_a_crash_left
from certificates.actions.reissuing import issue_again, replace_lost_credentials
from certificates.documents import render_certificate
from certificates.facts import page_facts
from certificates.models import Label
from certificates.seal.checking import AT_ONCE, LARGEST
from certificates.seal.sealing import renew_timestamp, seal
from tests.certificates.credential.test_keys import private
from tests.certificates.seal.authorities import time_stamps
from tests.certificates.seal.test_sealing import with_a_box, with_a_flipped_byte
from tests.factories import certificates, decisions

pytestmark = pytest.mark.django_db


@pytest.fixture
def label() -> Label:
    found = certificates.label(at=timezone.now())
    make_certificate(certificate_pk=found.certificates.get().pk, at=timezone.now())
    return found


def file_of(label: Label) -> bytes:
    file = label.certificates.get().newest_file()
    assert file is not None
    with file.content.open("rb") as content:
        return content.read()


def posted(client: Client, content: bytes, name: str = "certificat.pdf", **sent: Any) -> Any:
    return client.post(reverse("verify_file"), {"certificat": SimpleUploadedFile(name, content)}, **sent)


def dropped(client: Client, content: bytes, name: str = "certificat.pdf", *, status: int = 200) -> str:
    answer = posted(client, content, name)
    assert answer.status_code == status and answer["Cache-Control"] == "no-store"
    assert answer.headers.get("Retry-After") == {503: "60", 429: "600"}.get(status)
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def test_the_certificate_that_was_given_is_genuine_and_its_label_is_told_apart(
    client: Client, label: Label
) -> None:
    page = dropped(client, file_of(label))
    assert "Certificat authentique" in page and "Ce fichier est bien celui que" in page
    assert "Label valide" in page and label.number in page
    assert page.count("lb-state--ok") == 2


def test_a_genuine_file_of_a_withdrawn_label_is_never_green(client: Client, label: Label) -> None:
    content = file_of(label)
    certificates.withdrawn(label, on=timezone.localdate())
    page = dropped(client, content)
    assert "Certificat authentique" in page and "Label retiré" in page
    assert "lb-state--ok" not in page


@pytest.mark.parametrize("change", [with_a_box, with_a_flipped_byte, lambda content: content + b"\n% more\n"])
def test_a_file_changed_after_the_seal_is_told_so_with_the_state_of_its_number(
    client: Client, label: Label, change: Any
) -> None:
    page = dropped(client, change(file_of(label)))
    assert "Fichier modifié" in page and "Ne vous y fiez pas." in page
    assert "Certificat authentique" not in page


def test_the_number_of_an_altered_file_is_told(client: Client, label: Label) -> None:
    page = dropped(client, with_a_box(file_of(label)))
    assert f"Le numéro {label.number}, aujourd" in page and "Label valide" in page


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "Fichier illisible"),
        (b"%PDF-1.7\nnothing", "Fichier illisible"),
        (b"\x00\xff" * 500, "Fichier illisible"),
        (b"{", "Fichier illisible"),
        (b'{"a": ' + b"[" * 30_000, "Fichier illisible"),
        (b'{"issuer": "did:web:example.com"}', "Pas un certificat de ce label"),
    ],
)
def test_anything_else_has_its_own_words(client: Client, label: Label, content: bytes, word: str) -> None:
    assert word in dropped(client, content)


def test_the_credential_is_read_too(client: Client, label: Label) -> None:
    given = label.certificates.get().credential.content
    page = dropped(client, given.encode(), "credential.json")
    assert "Certificat authentique" in page and "Label valide" in page
    assert "Certificat authentique" in dropped(client, BOM_UTF8 + given.encode(), "credential.json")
    changed = json.loads(given)
    changed["credentialSubject"]["licenseNumber"] = label.number
    changed["validUntil"] = "2099-01-01T00:00:00Z"
    page = dropped(client, json.dumps(changed).encode(), "credential.json")
    assert "Fichier modifié" in page and f"Le numéro {label.number}, aujourd" in page


def test_a_credential_that_says_a_thing_twice_is_not_genuine(client: Client, label: Label) -> None:
    """Whoever opens the file reads the first name, a program the last one."""
    given = label.certificates.get().credential.content
    twice = given.replace('"credentialSubject": {', '"credentialSubject": {"name": "Des imposteurs",', 1)
    assert twice != given and json.loads(twice) == json.loads(given)
    assert "Certificat authentique" not in dropped(client, twice.encode(), "credential.json")


@pytest.mark.parametrize("name", ["badge_png", "badge_svg"])
def test_a_badge_is_judged_by_what_it_carries_and_its_drawing_is_not_answered_for(
    client: Client, label: Label, name: str
) -> None:
    badge = client.get(reverse(name, args=[label.number])).content
    page = dropped(client, badge, "badge")
    assert "Attestation authentique" in page and "Le dessin, lui, n'est pas vérifié." in html.unescape(page)
    assert "Label valide" in page
    changed = badge.replace("Spécimen".encode(), b"Spaecimen")  # as long: a PNG says how long its parts are
    assert changed != badge and "Fichier modifié" in dropped(client, changed, "badge")
    certificates.withdrawn(label, on=timezone.localdate())
    page = dropped(client, badge, "badge")
    assert "Label retiré" in page and "lb-state--ok" not in page


def test_a_credential_of_a_stolen_key_is_refused_and_its_holder_downloads_another(
    client: Client, label: Label, settings: Any, tmp_path: Path
) -> None:
    given = label.certificates.get().credential.content
    settings.CREDENTIAL_KEY = private(tmp_path / "2028.pem")
    page = dropped(client, given.encode(), "credential.json")
    assert (
        "Certificat à télécharger de nouveau" in page
        and "La clé qui a signé ce fichier ne compte plus" in page
    )
    assert "Certificat authentique" not in page and f"Le numéro {label.number}, aujourd" in page

    assert replace_lost_credentials(at=timezone.now()) == 1
    make_what_a_crash_left(timezone.now())
    again = client.get(reverse("credential", args=[label.number])).content
    assert "Certificat authentique" in dropped(client, again, "credential.json")
    assert "Certificat à télécharger de nouveau" in dropped(client, given.encode(), "credential.json")


def test_a_file_that_a_newer_issue_replaced_is_told_so(client: Client, label: Label) -> None:
    """A duplicate after a mistake in a name: the former file still says the wrong one."""
    former = file_of(label)
    with transaction.atomic():
        issue_again(Label.objects.hold(label.pk), at=timezone.now())
    make_what_a_crash_left(timezone.now())
    page = dropped(client, former)
    assert "Certificat remplacé" in page and "Un certificat plus récent le remplace." in page
    assert "Certificat authentique" not in page and "Label valide" in page

    newest = client.get(reverse("certificate_pdf", args=[label.number])).getvalue()
    assert "Certificat authentique" in dropped(client, newest)


def test_while_a_newer_issue_is_made_the_former_one_is_given_no_more(client: Client, label: Label) -> None:
    """Its credential is revoked; the key may be away for a day."""
    with transaction.atomic():
        issue_again(Label.objects.hold(label.pk), at=timezone.now())
    page = client.get(reverse("verify_label", args=[label.number])).content.decode()
    assert "Certificat en cours de scellement" in page and "credential.json" not in page
    assert client.get(reverse("credential", args=[label.number])).status_code == 503
    make_what_a_crash_left(timezone.now())
    again = client.get(reverse("credential", args=[label.number]))
    assert again.status_code == 200 and again.json()["id"].endswith("#2")


def test_a_seal_that_our_authority_would_vouch_for_makes_no_file_ours(client: Client, label: Label) -> None:
    """Whoever else has a seal of the same authority, or stole our key, seals what he likes under a number of ours."""
    facts = {**label.certificates.get().facts, "structure_name": "Association des imposteurs"}
    credential = label.certificates.get().credential.content
    forged = seal(render_certificate(page_facts(facts), credential=credential))
    page = dropped(client, forged)
    assert "Certificat authentique" not in page and "Pas un certificat de ce label" in page


def test_a_time_stamp_that_somebody_adds_leaves_the_file_ours(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    found = certificates.label(at=timezone.now())
    with time_stamps(tmp_path) as (address, root):
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOT_FILE = address, str(root)
        make_certificate(certificate_pk=found.certificates.get().pk, at=timezone.now())
        archived = renew_timestamp(file_of(found))
    assert "Certificat authentique" in dropped(client, archived)


def test_a_file_that_is_too_large_is_refused_by_the_field(client: Client) -> None:
    assert "plus de 10 Mo" in dropped(client, bytes(LARGEST + 1))


def test_no_file_is_told_by_the_field(client: Client) -> None:
    page = client.post(reverse("verify_file"), {}).content.decode()
    assert "Une réponse est à corriger" in page and 'href="#id_certificat"' in page


def test_few_files_of_strangers_are_read_at_a_time(client: Client, label: Label) -> None:
    """What was issued is known by its digest: it never waits."""
    content = file_of(label)
    for place in range(AT_ONCE):
        cache.add(f"inspection-{place}", True)
    page = dropped(client, content + b" ", status=503)
    assert "Réessayez dans une minute" in page and "Vous pouvez aussi écrire le numéro." in page
    assert 'name="numero"' in page
    assert "Certificat authentique" in dropped(client, content)
    cache.delete("inspection-0")
    assert "Fichier modifié" in dropped(client, with_a_box(content))
    assert cache.add("inspection-0", True), "the place is given back"


def test_a_certificate_whose_decision_is_on_its_way_tells_nothing(client: Client) -> None:
    """Nobody is told before the holder of the label receives the act (record 9)."""
    now = timezone.now()
    found = Label.objects.get(decision=decisions.signed(decisions.advised(at=now), "grant", at=now))
    make_certificate(certificate_pk=found.certificates.get().pk, at=now)
    page = dropped(client, file_of(found))
    assert "Numéro pas encore confirmé" in page
    assert found.number not in page and found.structure.name not in page


def test_one_network_sends_so_many_unknown_files_and_keeps_all_the_rest(
    client: Client, label: Label, settings: Any
) -> None:
    """A hospital is one address: what we issued, and numbers, are answered whatever was dropped before."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "inspect_file": "2/10m/ip"}
    content = file_of(label)
    for _ in range(2):
        assert "Fichier modifié" in dropped(client, with_a_box(content))
    page = dropped(client, with_a_box(content), status=429)
    assert "Réessayez dans dix minutes" in page and "Le numéro, lui, se vérifie tout de suite." in page
    assert 'name="numero"' in page
    for _ in range(5):
        assert "Certificat authentique" in dropped(client, content)
    assert client.get(reverse("verify_label", args=[label.number])).status_code == 200
    elsewhere = posted(client, with_a_box(content), REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 200 and "Fichier modifié" in elsewhere.content.decode()


def test_the_limit_of_a_network_is_wide(settings: Any) -> None:
    amount, _length, per = settings.ACCOUNT_RATE_LIMITS["inspect_file"].split("/")
    assert int(amount) >= 100 and per == "ip"
