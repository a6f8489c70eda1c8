"""The dossier as filed: one canonical content, its SHA-256, and the row that never changes."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.utils import translation

from charter.models import Signature
from label.answers import optional_criteria, shown, texts_of
from label.models import Application, Snapshot
from label.questions import BY_KEY, questions_of
from structures.models import Structure

FORMAT = 1


def canonical(content: Any) -> bytes:
    """The one way in which a content is written before its digest is taken: sorted keys, no space, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(content: Any) -> str:
    """The SHA-256 of the canonical content, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def freeze(application: Application, signature: Signature, *, at: datetime) -> Snapshot:
    """Write the next snapshot of a held dossier and make it the current one (the caller saves the dossier).

    It is written in French, whatever the language of the page: the same answers always give the same digest.
    """
    with translation.override("fr"):
        content = content_of(application, signature)
    snapshot = Snapshot.objects.create(
        application=application,
        number=application.snapshots.count() + 1,
        content=content,
        digest=digest_of(content),
        edition_version=application.edition.version,
        charter_version=signature.charter.version,
        made_at=at,
    )
    application.snapshot = snapshot
    return snapshot


def content_of(application: Application, signature: Signature | None) -> dict[str, Any]:
    """The whole dossier as plain data: what is exported, frozen, compared and read by the committee."""
    answers = texts_of(application)
    questions = questions_of(application.edition)
    return {
        "format": FORMAT,
        "reference": application.reference,
        "kind": application.kind,
        "edition": application.edition.version,
        "charter": _charter(signature),
        "structure": _structure(application.structure),
        "answers": [
            {
                "key": question.key,
                "section": question.section,
                "question": str(question.label),
                "text": answers.get(question.key, ""),
                "shown": shown(question, answers.get(question.key, "")),
            }
            for question in questions
            if not question.criterion
        ],
        "criteria": {
            question.criterion: {
                "key": question.key,
                "question": str(question.label),
                "text": answers.get(question.key, ""),
                "documents": [
                    document.pk
                    for document in _documents(application)
                    if question.criterion in document.criteria
                ],
            }
            for question in questions
            if question.criterion
        },
        "optional_criteria": sorted(optional_criteria(application.edition, answers)),
        "solutions": [_solution(solution) for solution in application.solutions.order_by("pk")],
        "contributors": [
            {"key": row.pk, "name": row.name, "part": row.part, "is_confirmed": row.is_confirmed}
            for row in application.contributors.order_by("pk")
        ],
        "documents": [
            {
                "key": document.pk,
                "file": document.file_id,
                "name": document.file.name,
                "size": document.file.size,
                "content_type": document.file.content_type,
                "sha256": document.file.sha256,
                "description": document.description,
                "criteria": sorted(document.criteria),
            }
            for document in _documents(application)
        ],
        "pieces": _pieces(application),
    }


def _documents(application: Application) -> list[Any]:
    return list(application.documents.filter(removed_at=None).select_related("file").order_by("pk"))


def _pieces(application: Application) -> list[dict[str, Any]]:
    rows = (
        piece
        for request in application.document_requests.prefetch_related("pieces__file").order_by("pk")
        for piece in request.pieces.all()
    )
    return [
        {
            "key": piece.pk,
            "code": piece.code,
            "what": piece.what,
            "answer": piece.answer,
            "cannot_provide": piece.cannot_provide,
            "file": piece.file_id,
            "name": piece.file.name if piece.file else "",
            "sha256": piece.file.sha256 if piece.file else "",
        }
        for piece in sorted(rows, key=lambda piece: piece.pk)
        if piece.answered_at
    ]


def _charter(signature: Signature | None) -> dict[str, Any]:
    if signature is None:
        return {}
    return {
        "version": signature.charter.version,
        "text_digest": signature.text_digest,
        "articles": signature.articles,
        "signatory": signature.signatory_name,
        "quality": signature.quality,
        "method": signature.method,
        "signed_at": signature.signed_at.isoformat(),
    }


def _structure(structure: Structure) -> dict[str, Any]:
    representative = structure.representative()
    return {
        "key": structure.pk,
        "name": structure.name,
        "short_name": structure.short_name,
        "type": structure.structure_type,
        "address": structure.address,
        "postal_code": structure.postal_code,
        "city": structure.city,
        "country": structure.country,
        "website": structure.website,
        "founded_on": structure.founded_on.isoformat() if structure.founded_on else "",
        "representative": representative.get_full_name() if representative else "",
        "registrations": [
            {"kind": row.kind, "value": row.value, "proof": row.proof.sha256 if row.proof else ""}
            for row in structure.registrations.filter(superseded_at=None)
            .select_related("proof")
            .order_by("pk")
        ],
    }


def _solution(solution: Any) -> dict[str, Any]:
    facets: dict[str, list[str]] = {}
    for row in solution.facets.order_by("facet", "code"):
        facets.setdefault(row.facet, []).append(row.code)
    return {
        "key": solution.pk,
        "name": solution.name,
        "summary": solution.summary,
        "main_field": solution.main_field,
        "territory": solution.territory,
        "place": solution.place,
        "remote": solution.remote,
        "is_free": solution.is_free,
        "facets": facets,
    }


def answers_by_section(content: dict[str, Any]) -> list[tuple[Any, list[dict[str, Any]]]]:
    """The plain answers of a snapshot, section by section, for the pages that read it back."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in content["answers"]:
        grouped.setdefault(row["section"], []).append(row)
    return [(BY_KEY[key], rows) for key, rows in grouped.items()]
