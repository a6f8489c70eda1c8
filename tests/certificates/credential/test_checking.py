"""A credential that anybody shows: genuine, replaced, altered, somebody else's; whatever it is, a small answer."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certificates.actions import make_certificate
from certificates.credential import proof
from certificates.credential.checking import LARGEST, check
from certificates.credential.keys import SigningKey
from certificates.models import Certificate, Credential, Label
from tests.certificates.credential.test_keys import private
from tests.factories import certificates, decisions
from tests.factories.structures import AT

pytestmark = pytest.mark.django_db
TODAY = AT.date()


@pytest.fixture
def label() -> Label:
    found = certificates.label()
    make_certificate(certificate_pk=found.certificates.get().pk, at=AT)
    return found


def shown(label: Label) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(label.certificates.get().credential.content)
    return document


def code(document: Any, on: Any = TODAY) -> str:
    return check(json.dumps(document), on=on).code


def test_the_one_that_we_gave_is_genuine_however_it_is_laid_out(label: Label) -> None:
    for text in (
        label.certificates.get().credential.content,
        json.dumps(shown(label)),
        json.dumps(shown(label), ensure_ascii=True, sort_keys=True, indent=8),
    ):
        verdict = check(text, on=TODAY)
        assert (verdict.code, verdict.number) == ("genuine", label.number)
        assert verdict.status is not None
        assert verdict.status.code == "valid"


def test_it_comes_with_the_status_of_the_day(label: Label) -> None:
    certificates.withdrawn(label, on=TODAY + timedelta(days=3))
    text = label.certificates.get().credential.content

    assert [check(text, on=TODAY + timedelta(days=days)).status.code for days in (0, 3)] == [
        "valid",
        "withdrawn",
    ]


def test_one_changed_letter_one_more_field_one_less_are_seen(label: Label) -> None:
    changed = shown(label)
    changed["credentialSubject"]["name"] += "s"
    more = {**shown(label), "undefinedAnywhere": "a field that the signature does not cover"}
    less = shown(label)
    del less["credentialStatus"]
    longer = {**shown(label), "validUntil": "2099-01-01T00:00:00Z"}

    assert [code(one) for one in (changed, more, less, longer)] == ["altered"] * 4


def test_one_of_a_key_that_is_published_no_more_is_refused(
    label: Label, settings: Any, tmp_path: Any
) -> None:
    """It is the one that we gave: it was not changed, and it is refused all the same."""
    settings.CREDENTIAL_KEY = private(tmp_path / "2028.pem")
    assert code(shown(label)) == "key_gone"
    settings.CREDENTIAL_KEY = private(tmp_path / "credential.pem")  # another key of the same name
    assert code(shown(label)) == "altered"


def test_somebody_else_who_signs_in_our_name_gave_nothing(label: Label) -> None:
    stranger = SigningKey("credential", Ed25519PrivateKey.generate())
    body = {name: value for name, value in shown(label).items() if name != "proof"}
    signed = proof.sign(body, key=stranger, at=AT)
    other = proof.sign({**body, "id": "https://example.org/credential"}, key=stranger, at=AT)

    assert (code(signed), code(other)) == ("altered", "unknown")


def test_what_others_issue_is_not_ours(label: Label) -> None:
    for change in (
        {"issuer": {"id": "did:web:example.org"}},
        {"issuer": "did:web:example.org"},
        {"issuer": None},
        {"credentialSubject": []},
        {"credentialSubject": {"licenseNumber": 7}},
        {"id": ["a"]},
    ):
        assert code({**shown(label), **change}) == "not_ours", change


def test_nothing_is_told_of_a_label_before_its_holder_knows() -> None:
    signed = decisions.signed()
    label = Label.objects.get(decision=signed)
    make_certificate(certificate_pk=label.certificates.get().pk, at=AT)

    assert code(shown(label)) == "unknown"


def test_an_issue_that_was_replaced_is_told_as_such(label: Label) -> None:
    old = shown(label)
    first = label.certificates.get()
    again = Certificate.objects.create(label=label, issue=2, facts=first.facts, issued_at=AT, replaces=first)
    make_certificate(certificate_pk=again.pk, at=AT)

    assert code(old) == "replaced"
    assert code(json.loads(Credential.objects.get(certificate=again).content)) == "genuine"


BOMB = {"id": "_:a", "knows": [{"knows": {"id": "_:a"}} for _ in range(40)]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "7",
        '"text"',
        "{",
        "<svg/>",
        "%PDF-1.7",
        "\0",
        "[" * 60_000,
        '{"a":' * 12_000,
        "é" * LARGEST,
        "x" * (LARGEST + 1),
        "\ud800",
        '{"a": 1e999999, "b": NaN}',
    ],
    ids=lambda text: repr(text[:12]),
)
def test_whatever_is_pasted_gets_a_small_answer(text: str) -> None:
    started = time.process_time()
    assert check(text, on=TODAY).code in {"unreadable", "not_ours"}
    assert time.process_time() - started < 1


def test_a_bomb_that_names_us_and_a_label_of_ours_costs_nothing(label: Label) -> None:
    hostile = {**shown(label), "evidence": [BOMB] * 30}
    started = time.process_time()
    assert code(hostile) == "altered"
    assert code({**shown(label), "credentialSubject": {"licenseNumber": "LBL\0" + "9" * 9999}}) == "unknown"
    assert time.process_time() - started < 1


def test_it_costs_five_queries(label: Label) -> None:
    document = shown(label)
    with CaptureQueriesContext(connection) as queries:
        assert code(document) == "genuine"
    assert len(queries) == 5
