"""Credentials: signing and checking one, and one status changed among a million.

Credentials are multiplied by the database from one that was really made, under many issues of a few labels: what is
measured reads them by their own label, as in life.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

from django.db import transaction

FIRST = 900_000_000  # the keys of the copies start far from all others
ISSUES = 10_000  # of each label that carries copies


def many_credentials(number: int) -> None:
    """That many credentials, each with its place, and the lists in which they stand, one bit in ten set."""
    from certificates.actions import make_certificate
    from certificates.credential import bits
    from certificates.credential.status_lists import _publish
    from certificates.models import Certificate, Credential, StatusList
    from tests.bench_tick import known_to_the_planner, many_labels, multiplied
    from tests.factories import certificates
    from tests.factories.structures import AT

    label = certificates.label()
    base = make_certificate(certificate_pk=label.certificates.get().pk, at=AT)
    many_labels(number // ISSUES + 1, FIRST)
    key = f"{FIRST} + n"
    multiplied(
        Certificate, base, number, FIRST,
        label_id=f"{FIRST} + 1 + (n - 1) / {ISSUES}", issue=f"1 + (n - 1) %% {ISSUES}",
    )  # fmt: skip
    multiplied(
        Credential, base.credential, number, FIRST,
        certificate_id=key, content="'{}'",
        list_number=f"2 + (n - 1) / {bits.CAPACITY}", list_index=f"2 * ((n - 1) %% {bits.CAPACITY})",
    )  # fmt: skip
    for n in range(2, 3 + (number - 1) // bits.CAPACITY):
        for purpose in StatusList.Purpose:
            tenth = bytes(
                secrets.randbits(8) & secrets.randbits(8) & secrets.randbits(8) for _ in range(bits.BYTES)
            )
            used = min(bits.CAPACITY, number - (n - 2) * bits.CAPACITY)
            row = StatusList.objects.create(number=n, purpose=purpose, used=used, bits=tenth)
            _publish(row, AT)
    known_to_the_planner()


def credentials(number: int) -> Iterator[Any]:
    """Signing and checking beside the bare canonical form; a status changed alone, then among that many."""
    from tests.bench import at_least, at_most, counted, side_by_side

    yield from _proofs(at_least, side_by_side)
    alone, queries = _one_change(counted)
    yield at_most("one status changed and its list signed again", queries, 14)
    many_credentials(number)
    among, same = _one_change(counted)
    yield at_most(f"the same among {number:,} credentials", same, queries, "queries")
    yield at_most(f"one status changed among {number:,}", among / alone, 2, "times one alone", among * 1000)
    yield from _one_made(number, counted)


def _proofs(at_least: Any, side_by_side: Any) -> Iterator[Any]:
    from pyld import jsonld

    from certificates.credential import loader, proof
    from certificates.credential.keys import public_keys, signing_key
    from tests.certificates.credential.test_proof import AT, document

    bare_options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": loader.load}
    body, key, keys = document(), signing_key(), public_keys()
    signed = proof.sign(body, key=key, at=AT)

    def bare() -> None:
        key.sign(jsonld.normalize(body, bare_options).encode())

    for what, work in (
        ("one credential signed", lambda: proof.sign(body, key=key, at=AT)),
        ("one credential checked", lambda: proof.verify(signed, keys=keys)),
    ):
        ours, floor = side_by_side(work, bare)
        yield at_least(what, floor / ours, 0.5, "of the bare rate", 1 / floor)


def _one_change(counted: Any) -> tuple[float, int]:
    """The least seconds of one suspension and one lift written in the lists, and the statements of one."""
    from certificates.actions import make_certificate
    from certificates.credential.status_lists import refresh
    from tests.bench import seconds
    from tests.factories import certificates
    from tests.factories.structures import AT

    label = certificates.label()
    make_certificate(certificate_pk=label.certificates.get().pk, at=AT)
    taken, statements = [], 0
    for turn in range(20):
        if turn % 2:
            certificates.lifted(label, on=AT.date())
        else:
            certificates.suspended(label, since=AT.date(), until=label.ends_on)
        with counted() as asked:
            taken.append(seconds(lambda: refresh(label_pk=label.pk, at=AT)))
        statements = max(statements, len(asked))
    return min(taken), statements


def _one_made(number: int, counted: Any) -> Iterator[Any]:
    """One more credential among that many: the same statements as the first."""
    from certificates.credential.making import make_credential
    from certificates.models import Credential
    from tests.bench import at_most
    from tests.factories import certificates
    from tests.factories.structures import AT

    certificate = certificates.label().certificates.get()
    with counted() as statements, transaction.atomic():
        made = make_credential(certificate, at=AT)
    assert json.loads(made.content)["proof"] and Credential.objects.count() > number
    yield at_most(f"one credential more, after {number:,}", len(statements), 24)
