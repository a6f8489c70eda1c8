"""What programs read: the credential, the badges, our keys and the lists, in one query and without a signature made."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certificates.actions import make_certificate
from certificates.credential import keys
from certificates.keys import development
from certificates.models import Credential, Label, StatusList
from journal.numbering import format_number
from tests.factories import certificates, decisions
from tests.reading import closed, words

pytestmark = pytest.mark.django_db
FILES = ("credential", "badge_png", "badge_svg")


@pytest.fixture
def label() -> Label:
    found = certificates.label(at=timezone.now())
    make_certificate(certificate_pk=found.certificates.get().pk, at=timezone.now())
    return found


def content_of(label: Label) -> str:
    return label.certificates.get().credential.content


def test_the_credential_is_served_as_it_was_signed(client: Client, label: Label) -> None:
    typed = label.number.lower().replace("-", "")
    for number in (label.number, typed):
        answer = client.get(reverse("credential", args=[number]))
        assert answer.status_code == 200
        assert answer.content.decode() == content_of(label)
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert f"{label.number}-credential.json" in answer.headers["Content-Disposition"]


def test_badges_carry_the_credential(client: Client, label: Label) -> None:
    image = client.get(reverse("badge_png", args=[label.number]))
    drawing = client.get(reverse("badge_svg", args=[label.number]))

    assert (image.headers["Content-Type"], drawing.headers["Content-Type"]) == ("image/png", "image/svg+xml")
    assert content_of(label).encode() in image.content
    assert content_of(label) in drawing.content.decode()
    assert label.edition.title_fr in drawing.content.decode()
    assert "attachment" in drawing.headers["Content-Disposition"]


def test_the_addresses_written_in_the_credential_answer(client: Client, label: Label, settings: Any) -> None:
    document = json.loads(content_of(label))
    addresses = [document["id"], *(entry["statusListCredential"] for entry in document["credentialStatus"])]
    for address in addresses:
        path = address.removeprefix(settings.PUBLIC_URL).partition("#")[0]
        assert client.get(path).json()["id"] == address
    known = client.get("/.well-known/did.json").json()
    assert document["issuer"]["id"] == known["id"]
    assert document["proof"]["verificationMethod"] in known["assertionMethod"]


def test_each_is_one_query_and_nothing_is_signed(
    client: Client, label: Label, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> bytes:
        raise AssertionError("a key was used")

    monkeypatch.setattr(keys.SigningKey, "sign", never)
    pages = [reverse(name, args=[label.number]) for name in FILES]
    pages += [reverse("status_list", args=[purpose, 1]) for purpose in ("revocation", "suspension")]
    for page in pages:
        with django_assert_num_queries(1):
            assert client.get(page).status_code == 200
    with django_assert_num_queries(0):
        assert client.get(reverse("did_document")).status_code == 200
    for page in ("verify_label", "live_badge", "badge_code"):
        caches["answers"].clear()
        with django_assert_num_queries(2):
            assert client.get(reverse(page, args=[label.number])).status_code == 200


def test_it_is_sent_again_only_when_it_changed(client: Client, label: Label) -> None:
    address = reverse("status_list", args=["revocation", 1])
    first = client.get(address)
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(address, headers=known).status_code == 304

    StatusList.objects.filter(purpose="revocation").update(content="{}")
    assert client.get(address, headers=known).status_code == 200


def test_each_answer_says_how_long_it_may_be_kept_and_is_not_sent_twice(client: Client, label: Label) -> None:
    open_to_sites = [
        reverse(name, args=[label.number]) for name in (*FILES, "live_badge", "verify_label_json")
    ]
    open_to_sites += [reverse("status_list", args=["suspension", 1]), reverse("did_document")]
    pdf = reverse("certificate_pdf", args=[label.number])
    for page in (*open_to_sites, pdf):
        first = client.get(page)
        kept = (
            "public, no-cache" if page.endswith((".pdf", f"{label.number}.json")) else "public, max-age=300"
        )
        assert first.headers["Cache-Control"] == kept, page
        assert "Vary" not in first.headers and not first.cookies
        assert ("Access-Control-Allow-Origin" in first.headers) is (page != pdf)
        for method in (client.get, client.head):
            known = method(page, headers={"If-None-Match": first.headers["ETag"]})
            assert (known.status_code, known.content) == (304, b""), page
            assert known.headers["Cache-Control"] == kept and known.headers["ETag"] == first.headers["ETag"]
            other = method(page, headers={"If-None-Match": '"something else"'})
            assert other.status_code == 200 and other.headers["ETag"] == first.headers["ETag"]
            closed(other)
        closed(first)


def test_the_certificate_is_named_by_its_digest(client: Client, label: Label) -> None:
    page = reverse("certificate_pdf", args=[label.number])
    answer = client.get(page)
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.getvalue()).hexdigest()}"'
    replaced = label.certificates.get()
    label_now = certificates.moved(label, "annul", on=timezone.localdate())
    gone = client.get(page, headers={"If-None-Match": answer.headers["ETag"]})
    assert gone.status_code == 404, "what was annulled is not « not modified »"
    assert replaced.file and label_now.state == Label.State.ANNULLED


def test_a_list_that_does_not_exist_is_not_found(client: Client, label: Label) -> None:
    for purpose, number in (("revocation", 2), ("refresh", 1), ("revocation", 10**30), ("suspension", 0)):
        answer = client.get(reverse("status_list", args=[purpose, number]))
        assert (answer.status_code, answer.json()) == (404, {"error": "no such list"})


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("number", "code"),
    [
        (format_number("LBL", 2099, 123), "unknown"),
        ("LBL-2027-000123-28", "mistyped"),
        ("LBL-2O27-000123-29", "lettered"),
        ("rien", "malformed"),
        ("x" * 500, "malformed"),
        ("DOS-2027-000042-20", "dossier"),
    ],
)
def test_a_number_never_given_says_why(client: Client, name: str, number: str, code: str) -> None:
    answer = client.get(reverse(name, args=[number]))
    assert answer.status_code == 404
    assert answer.json()["status"] == code
    assert answer.json()["word"]["en"]


def test_a_label_on_its_way_or_annulled_shows_nothing(client: Client, label: Label) -> None:
    signed = Label.objects.get(decision=decisions.signed())
    make_certificate(certificate_pk=signed.certificates.get().pk, at=timezone.now())
    certificates.moved(label, "annul", on=timezone.localdate())
    for found, code in ((signed, "on_its_way"), (label, "annulled")):
        for name in FILES:
            answer = client.get(reverse(name, args=[found.number]))
            assert (answer.status_code, answer.json()["status"]) == (404, code)
            assert answer.json()["structure"] is None
        assert reverse("credential", args=[found.number]) not in words(
            client.get(reverse("verify_label", args=[found.number]))
        )


@pytest.mark.parametrize("move", ["withdraw", "expire", "relinquish", "lapse", "transfer"])
def test_every_number_ever_given_answers_for_ever(client: Client, label: Label, move: str) -> None:
    certificates.moved(label, move, on=timezone.localdate() + timedelta(days=0 if move != "expire" else 1100))

    assert client.get(reverse("credential", args=[label.number])).status_code == 200


def test_while_it_is_being_made_programs_are_asked_to_come_back(client: Client) -> None:
    waiting = certificates.label(at=timezone.now())
    answer = client.get(reverse("credential", args=[waiting.number]))

    assert (answer.status_code, answer.json()["status"]) == (503, "being_made")
    assert answer.headers["Retry-After"] == "60"
    assert not Credential.objects.exists()


def test_the_page_of_the_label_leads_to_them(client: Client, label: Label) -> None:
    page = client.get(reverse("verify_label", args=[label.number])).content.decode()
    for name in FILES:
        assert reverse(name, args=[label.number]) in page
    other = certificates.label(at=timezone.now())
    assert "Open Badges" not in client.get(reverse("verify_label", args=[other.number])).content.decode()


# --- the export ---------------------------------------------------------------------------------------------------


def test_the_export_holds_all_that_an_offline_verifier_needs(
    client: Client, label: Label, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("export_certificate", label.number.lower(), "--to", str(tmp_path / "out"))

    files = {str(path.relative_to(tmp_path / "out")): path for path in (tmp_path / "out").rglob("*.*")}
    assert set(files) == {
        *("certificate.pdf", "root.pem", "credential.json", "did.json"),
        *("status/revocation-1.json", "status/suspension-1.json"),
    }
    assert (
        files["credential.json"].read_bytes()
        == client.get(reverse("credential", args=[label.number])).content
    )
    assert files["root.pem"].read_bytes() == (development.folder() / "root.pem").read_bytes()
    assert files["did.json"].read_bytes() == client.get(reverse("did_document")).content
    assert (
        files["status/revocation-1.json"].read_bytes()
        == client.get(reverse("status_list", args=["revocation", 1])).content
    )
    assert (
        files["certificate.pdf"].read_bytes()
        == client.get(reverse("certificate_pdf", args=[label.number])).getvalue()
    )
    assert capsys.readouterr().out.count("written: ") == 6


def test_an_export_of_nothing_fails_and_writes_nothing(label: Label, tmp_path: Any) -> None:
    waiting = certificates.label(at=timezone.now()).number
    for number in ("rien", format_number("LBL", 2099, 123), waiting):
        with pytest.raises(CommandError, match="not a number|no certificate"):
            call_command("export_certificate", number, "--to", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="file"):
        call_command("export_certificate", label.number, "--to", str(tmp_path / "file"))
