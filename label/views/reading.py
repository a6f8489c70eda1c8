"""How a content, frozen or being written, is laid out to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from label import papers
from label.models import Application
from label.questions import criterion_questions
from label.snapshots import answers_by_section


def reading_of(application: Application, content: dict[str, Any]) -> dict[str, Any]:
    """What a page needs to show a content."""
    return {
        "content": content,
        "answers": [(section, "", _asked(rows)) for section, rows in answers_by_section(content)],
        "solutions": [(row, papers.solution_facts(row)) for row in content["solutions"]],
        "criteria": criteria_rows(application, content),
    }


def _asked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The questions, kept in French, said in the language of the page; the answers as they were written."""
    kept = [(row, " ".join(row["question"].split())) for row in rows]
    return [{**row, "question": gettext(question)} for row, question in kept]


def criteria_rows(application: Application, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The criteria of a content with the descriptions of their documents and the address to change them."""
    names = {row["key"]: row["description"] for row in content["documents"]}
    asked = {row.criterion: row.label for row in criterion_questions(application.edition)}
    return [
        {
            **row,
            "code": code,
            "question": asked.get(code, row["question"]),
            "document_names": [names[key] for key in row["documents"] if key in names],
            "url": reverse("application_evidence", args=[application.reference, code.split(".")[0]]),
        }
        for code, row in content["criteria"].items()
    ]
