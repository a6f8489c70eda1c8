"""The letters of this room (L1, L1b, L2), who exchanges about a dossier, who sees its files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import Role, User
from accounts.rules import Claim, roles_of
from deadlines.calendar import distance_months
from journal.moves import Actor
from label import clocks, mails, snapshots
from label.actions.on_behalf import SCAN
from label.actions.pieces import time_starts_at_receipt
from label.models import Application, PaperEntry
from label.visibility import HANDLING_ROLES
from letters import registry
from letters.models import Letter
from letters.typography import sentence
from structures.countries import postal_line
from structures.models import Membership, Structure
from structures.rules import is_member, is_writer, represents

SUBJECT = "label.application"
HOW = {"post": "courrier", "phone": "téléphone", "visit": "visite"}


@registry.letter("L1", about=SUBJECT, compulsory=("structure", "check_before"))
def receipt(application: Application, **extra: Any) -> dict[str, Any]:
    """Facts of the acknowledgement (CRPA R112-5): dates, what silence means, remedies, missing items."""
    check = clocks.running(application, clocks.COMPLETENESS)
    entry = PaperEntry.objects.filter(application=application).first()
    return {
        **common(application),
        "received_on": clocks.received_on(application),
        "posted_on": entry.postmarked_on if entry else None,
        "implicit_on": application.implicit_decision_on,
        "check_before": check.due_on if check else None,
        "missing": [],
        "how": HOW[entry.means] if entry else "internet",
    }


@registry.letter("L1b", about=SUBJECT, compulsory=("structure", "received_on", "sections"))
def read_back(application: Application, **extra: Any) -> dict[str, Any]:
    """Facts of the read-back: everything that the office typed, for the person to check."""
    content = (
        application.snapshot.content if application.snapshot else snapshots.content_of(application, None)
    )
    sections = [
        {
            "title": str(section.title),
            "answers": [
                {"question": row["question"], "answer": row["shown"]} for row in rows if row["shown"]
            ],
        }
        for section, rows in snapshots.answers_by_section(content)
    ]
    return {
        **common(application),
        "received_on": clocks.received_on(application),
        "sections": [section for section in sections if section["answers"]],
        "evidence": [
            {"question": row["question"], "answer": row["text"]}
            for row in content["criteria"].values()
            if row["text"]
        ],
        "solutions": [{"name": row["name"], "summary": row["summary"]} for row in content["solutions"]],
    }


@registry.letter("L2", about=SUBJECT, compulsory=("structure",))
def pieces(application: Application, *, reason: str = "", **extra: Any) -> dict[str, Any]:
    """Facts of the request for pieces. Before it is asked, `pieces` and `answer_before` are given for the preview.

    `reason` is why pieces are asked for that an earlier request did not name.
    """
    request = application.open_request()
    earlier = application.document_requests.exclude(answered_at=None).order_by("-pk").first()
    facts = {
        **common(application),
        "implicit_on": application.implicit_decision_on,
        "asked_on": timezone.localdate(request.asked_at) if request else None,
        "pieces": [{"name": piece.what, "why": piece.why} for piece in request.pieces.order_by("pk")]
        if request
        else [],
        "answer_before": request.due_on if request else None,
        "again": {"asked_on": timezone.localdate(earlier.asked_at), "reason": sentence(reason)}
        if earlier
        else None,
    }
    return {**facts, **extra}


def common(application: Application, structure: Structure | None = None) -> dict[str, Any]:
    """What every letter about a dossier says: the structure, its seat, the person to call, the day of the request.

    `structure` is who receives it, when a merger made it another than the one that applied.
    """
    structure = structure or application.structure
    return {
        "dossier": application.reference,
        "kind": application.kind,
        "structure": structure.name,
        "address_lines": address_lines(structure),
        "officer": mails.who_follows(application),
        "applied_on": clocks.applied_on(application),
        "distance_months": distance_months(structure.country or "FR", structure.postal_code),
    }


def address_lines(structure: Structure) -> list[str]:
    """The lines of the seat."""
    place = f"{structure.postal_code} {structure.city}".strip()
    return [line for line in (*structure.address.splitlines(), place, postal_line(structure.country)) if line]


@registry.on_receipt("L2")
def pieces_letter_received(
    letter: Letter, received_on: date, presumed: bool, at: datetime, by: Actor
) -> None:
    """The time to send the pieces counts from the receipt of the letter (domain 3.2)."""
    time_starts_at_receipt(letter_pk=letter.pk, received_on=received_on, at=at, by=by)


def _reads(claim: Claim, application: Application) -> bool:
    return bool(is_member(claim, application.structure))


def _writes(claim: Claim, application: Application) -> bool:
    return bool(is_writer(claim, application.structure))


def _represents(claim: Claim, application: Application) -> bool:
    return bool(represents(claim, application.structure))


def _association(application: Application, on: date) -> Iterable[User]:
    return mails.contacts(application)


def _office(application: Application, on: date) -> Iterable[User]:
    """Who answers that day for the officer of the file, or for the secretariat before anybody took it."""
    secretariat = User.objects.holding(Role.SECRETARIAT, on=on).values_list("pk", flat=True)
    concerned = [application.case_officer_id] if application.case_officer_id else secretariat
    return User.objects.answering_for(concerned, on=on)


registry.exchanges(
    SUBJECT,
    reads=_reads,
    writes=_writes,
    represents=_represents,
    association=_association,
    office=_office,
)


@registry.file_audience(SCAN)
def sees_the_scan(user: User, on: date, record: models.Model) -> bool:
    """The paper as it came shows more than the dossier (envelope, address): the office and the structure only."""
    if HANDLING_ROLES & roles_of(user, on=on):
        return True
    return (
        isinstance(record, Application)
        and Membership.objects.current().filter(structure=record.structure_id, user=user).exists()
    )
