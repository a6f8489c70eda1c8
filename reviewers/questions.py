"""What the committee asked of an association and what came: as pages, the dossier pack and the minutes say it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils import timezone

from label.models import Application
from letters.pdf import Block
from letters.typography import french_date
from reviewers.models import AgendaItem, Deferral


def asked_of(applications: Collection[Application | int]) -> list[Deferral]:
    """What was asked about these dossiers, oldest first, with the letters, the sessions and the documents."""
    found = Deferral.objects.filter(application__in=applications).select_related("letter", "item__session")
    return list(found.prefetch_related("files").order_by("pk"))


def before(item: AgendaItem, asked: Sequence[Deferral]) -> list[dict[str, Any]]:
    """What was asked about the dossier of an item before it was discussed, as plain data for the minutes."""
    return [
        as_data(one) for one in asked if one.application_id == item.application_id and one.item_id < item.pk
    ]


def as_data(deferral: Deferral) -> dict[str, Any]:
    """The questions, the answer and its documents by name, as plain data; empty where nothing came."""
    answered_at = deferral.answered_at
    return {
        "questions": deferral.questions,
        "asked_on": french_date(deferral.item.session.sits_on),
        "answer": deferral.answer,
        "answered_on": french_date(timezone.localdate(answered_at)) if answered_at else "",
        "files": [one.name for one in deferral.files.all()],
        "passed": deferral.passed_at is not None,
    }


def blocks_of(asked: Mapping[str, Any]) -> list[Block]:
    """The same as blocks of a French document."""
    blocks: list[Block] = [
        ("h3", f"Questions du comité à la structure, séance du {asked['asked_on']}"),
        ("li", asked["questions"]),
    ]
    if asked["answered_on"]:
        blocks.append(("h3", f"Réponse de la structure, le {asked['answered_on']}"))
        blocks += [("p", line) for line in asked["answer"].splitlines() if line.strip()]
        if asked["files"]:
            blocks.append(("p", f"Documents joints : {', '.join(asked['files'])}."))
    elif asked["passed"]:
        blocks.append(("p", "La structure n'a pas répondu aux questions du comité."))
    else:
        blocks.append(("p", "La réponse de la structure n'est pas encore arrivée."))
    return blocks


def promised_hearings(applications: Collection[int]) -> set[int]:
    """The keys of the dossiers, among these, whose association still waits to be heard; in one query.

    A hearing is promised by letter L5, or by the letter that told its day and was followed by no hearing. The reason
    for which one vote did without it ends no promise.
    """
    items = AgendaItem.objects.filter(application__in=applications).order_by("pk")
    owed: set[int] = set()
    for item in items.select_related("deferral", "session"):
        if item.hearing_done_at is not None:
            owed.discard(item.application_id)
        elif item.hearing_planned and item.session.convened_at and item.state == AgendaItem.State.SENT_BACK:
            owed.add(item.application_id)
        if hasattr(item, "deferral") and item.deferral.hearing:
            owed.add(item.application_id)
    return owed
