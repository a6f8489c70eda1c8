"""Signing and checking a document: one changed letter is seen, and nothing hostile is turned into a graph."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from certificates.credential import contents, loader, proof
from certificates.credential.keys import SigningKey, public_keys, signing_key

AT = datetime(2027, 1, 4, 9, tzinfo=UTC)
FACTS = {
    "number": "LBL-2027-000001-55",
    "verify_url": "https://label.example.org/verifier/LBL-2027-000001-55/",
    "specimen": False,
    "title_fr": "Label associatif",
    "title_en": "Association label",
    "starts_on": "2027-01-04",
    "ends_on": "2030-01-03",
    "structure_name": "Escale Anémone & Cie <été>",
    "seat": "69100 Villeurbanne",
    "registration": "W691000001",
    "edition_name": "2027",
    "conditions_fr": ["Signer la charte.", "Répondre au suivi."],
    "signatory_name": "Camille Ardoise",
    "signatory_quality": "Directrice générale adjointe",
    "solutions": [["Permanence d'écoute", ["Écoute"], ["Listening"]]],
}


def document(**facts: Any) -> dict[str, Any]:
    return contents.credential({**FACTS, **facts}, issue=1, place=contents.Place(1, 94_567))


@pytest.fixture(scope="module")
def signed() -> dict[str, Any]:
    return proof.sign(document(), key=signing_key(), at=AT)


def refused(shown: dict[str, Any]) -> bool:
    try:
        proof.verify(shown, keys=public_keys())
    except proof.InvalidProof:
        return True
    return False


def test_what_we_sign_we_recognise(signed: dict[str, Any]) -> None:
    assert proof.verify(signed, keys=public_keys()) == "credential"
    assert signed["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
    assert signed["proof"]["created"] == "2027-01-04T09:00:00Z"
    assert len(base58.b58decode(signed["proof"]["proofValue"][1:])) == 64


def test_the_same_document_gives_the_same_proof(signed: dict[str, Any]) -> None:
    assert proof.sign(document(), key=signing_key(), at=AT) == signed


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, str):
        yield path
    for name, one in inside:
        yield from leaves(one, (*path, name))


PATHS = list(leaves({**document(), "proof": {"created": "", "verificationMethod": "", "proofValue": ""}}))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_one_changed_letter_anywhere_is_seen(signed: dict[str, Any], path: tuple[Any, ...]) -> None:
    shown = copy.deepcopy(signed)
    *way, last = path
    place = shown
    for name in way:
        place = place[name]
    letter = place[last][-1]
    place[last] = place[last][:-1] + ("b" if letter != "b" else "c")

    assert refused(shown)


def test_nothing_is_taken_away_nor_signed_by_somebody_else(signed: dict[str, Any]) -> None:
    for name in signed:
        assert refused({key: value for key, value in signed.items() if key != name}), name
    stranger = SigningKey("credential", Ed25519PrivateKey.generate())
    assert refused(proof.sign(document(), key=stranger, at=AT))
    unknown = SigningKey("2031", signing_key().private)
    assert refused(proof.sign(document(), key=unknown, at=AT))


@pytest.mark.parametrize(
    "change",
    [
        {"cryptosuite": "eddsa-jcs-2022"},
        {"type": "Ed25519Signature2020"},
        {"proofPurpose": "authentication"},
        {"expires": "2030-01-01T00:00:00Z"},
        {"proofValue": "z"},
        {"proofValue": "z" + "1" * 200},
        {"proofValue": "u" + "A" * 86},
        {"proofValue": "z0OIl"},
        {"proofValue": 7},
        {"created": "not a date"},
    ],
)
def test_a_proof_of_another_kind_is_none(signed: dict[str, Any], change: dict[str, Any]) -> None:
    assert refused({**signed, "proof": {**signed["proof"], **change}})
    assert refused({**signed, "proof": [signed["proof"]]})


def star(branches: int) -> dict[str, Any]:
    """Nameless nodes that all look alike: their canonical order takes factorial time."""
    return {"credentialSubject": {"achievement": [{"name": "x"} for _ in range(branches)]}}


@pytest.mark.parametrize(
    "hostile",
    [
        star(12),
        {"credentialSubject": {"id": "_:a", "achievement": {"id": "_:b"}}},
        {"image": "_:a"},
        {"_:p": "x"},
        {"@graph": [{"id": "urn:x"}]},
        {"credentialSubject": {"id": "urn:x", "@context": {"a": "urn:a"}}},
        {"@context": [loader.CREDENTIALS, {"a": "urn:a"}]},
        {"@context": [loader.CREDENTIALS, ["https://example.org/context"]]},
        {"@context": [loader.CREDENTIALS, "https://example.org/context"]},
        {"@context": loader.CREDENTIALS},
        {"@context": None},
        {"narrative": [f"line {line}" for line in range(5000)]},
        {"narrative": [[[[[[[[[["deep"]]]]]]]]]]},
    ],
    ids=lambda hostile: next(iter(hostile)),
)
def test_a_bomb_never_reaches_the_canonical_form(
    signed: dict[str, Any], hostile: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = []
    monkeypatch.setattr(jsonld, "normalize", lambda *_: reached.append(1))

    assert refused({**signed, **hostile})
    assert reached == []


def test_the_longest_document_that_is_read_takes_little_time(signed: dict[str, Any]) -> None:
    """Many nodes with a name, as many as are allowed: the work grows with their number and no faster."""
    nodes = [{"id": f"urn:{n}", "type": ["Related"]} for n in range(80)]
    started = time.process_time()

    assert refused({**signed, "endorsement": nodes})
    assert time.process_time() - started < 2


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=12,
)


@cache
def once_signed() -> dict[str, Any]:
    return proof.sign(document(), key=signing_key(), at=AT)


@given(st.dictionaries(st.sampled_from([*document(), "proof"]), VALUES, min_size=1, max_size=4))
def test_whatever_is_put_in_its_place_is_refused_and_nothing_breaks(changes: dict[str, Any]) -> None:
    assert refused({**once_signed(), **changes})


# --- the contexts -------------------------------------------------------------------------------------------------


def test_the_contexts_are_the_published_files_and_no_other_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(loader.context(loader.CREDENTIALS)) == {"@context"}
    for address in ("https://example.org/context", "file:///etc/passwd", loader.CREDENTIALS + "/"):
        with pytest.raises(loader.UnknownContext):
            loader.load(address)
    monkeypatch.setitem(loader.PINNED, "https://example.org/", ("credentials-v2.json", "0" * 64))
    with pytest.raises(loader.UnknownContext, match="not the published file"):
        loader.context("https://example.org/")


def test_a_credential_says_nothing_of_a_person_and_leaves_no_field_unsigned() -> None:
    said = str(document())

    assert FACTS["signatory_name"] not in said
    assert "Directrice" not in said
    graph = proof._canonical(document()).decode()
    for text in (
        "Escale Anémone & Cie <été>",
        "LBL-2027-000001-55",
        "Signer la charte.",
        "94567",
        "Certification",
    ):
        assert text in graph, text


def test_a_specimen_says_so_first() -> None:
    assert document(specimen=True)["name"].startswith("Spécimen sans valeur")
    assert document()["name"] == "Label associatif"


def test_the_days_are_those_of_paris() -> None:
    summer = document(starts_on="2027-07-01", ends_on="2030-06-30")

    assert (summer["validFrom"], summer["validUntil"]) == ("2027-06-30T22:00:00Z", "2030-06-30T21:59:59Z")
