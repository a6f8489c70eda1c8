"""Why the committee deliberates on a dossier again: as its pages, the pack, the minutes and the bundle say it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from letters.pdf import Block
from letters.typography import french_date
from reviewers.models import AgendaItem, DeliberationAct, SecondOpinion

CLOCK = "second_opinion"
Reasons = Mapping[int, list[dict[str, Any]]]


def reopened(applications: Collection[int]) -> Reasons:
    """By dossier, each reason for which the committee was asked again, oldest first, as plain data; two queries."""
    found: dict[int, list[dict[str, Any]]] = {}
    asked = SecondOpinion.objects.filter(application__in=applications)
    redone = DeliberationAct.objects.filter(
        application__in=applications, outcome=DeliberationAct.Outcome.REDONE
    )
    for one in asked:
        found.setdefault(one.application_id, []).append(_data(one.asked_at, question=one.question))
    for act in redone:
        found.setdefault(act.application_id, []).append(_data(act.signed_at, redone=act.reasons))
    return {key: sorted(rows, key=lambda row: row["at"]) for key, rows in found.items()}


def _data(moment: datetime, *, question: str = "", redone: str = "") -> dict[str, Any]:
    day = french_date(timezone.localdate(moment))
    return {"at": moment.isoformat(), "on": day, "question": question, "redone": redone}


def before(item: AgendaItem, reasons: Reasons) -> list[dict[str, Any]]:
    """Of these, those that came before this item was settled: why it was discussed again."""
    rows = reasons.get(item.application_id, [])
    return [row for row in rows if item.settled_at is None or row["at"] <= item.settled_at.isoformat()]


def blocks_of(row: Mapping[str, Any]) -> list[Block]:
    """One reason as blocks of a French document."""
    if row["question"]:
        title, text = f"Second avis demandé par le signataire le {row['on']}", row["question"]
    else:
        title, text = f"Délibération refaite, par acte de la présidence du {row['on']}", row["redone"]
    return [("h3", title), *(("p", line) for line in text.splitlines() if line.strip())]


def act_blocks(act: DeliberationAct) -> list[Block]:
    """The act of who presides, whole, for the bundle; read with `signed_by__user` and `set_apart__user`."""
    facts = [
        ("Issue", str(act.get_outcome_display())),
        ("Signé par", f"{act.signed_by.user.get_full_name()}, présidence de la séance"),
        ("Le", french_date(timezone.localdate(act.signed_at))),
    ]
    if act.set_apart is not None:
        facts.append(("Ne participe plus à ce dossier", act.set_apart.user.get_full_name()))
    return [
        ("facts", facts),
        ("h", "Ce qui s'est passé"),
        *(("p", line) for line in act.facts.splitlines() if line.strip()),
        ("h", "Motifs"),
        *(("p", line) for line in act.reasons.splitlines() if line.strip()),
    ]
