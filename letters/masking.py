"""A passage about a person is taken out of the frozen text of a letter, and of the files that show it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from letters import rendering
from letters.models import Letter, StoredFile


def mask(letter: Letter, change: Callable[[str], str], *, at: datetime) -> str | None:
    """Change the words of the body of a letter whose thread is held; the digest of its new text, None when unchanged.

    `digest` stays that of the text as issued. The PDF and the signed scan are withdrawn, with their rows and digests
    kept; a new PDF is made from the new text. The caller keeps the trace: who, why, and both digests.
    """
    content = dict(letter.content)
    content["body_blocks"] = [[kind, _changed(body, change)] for kind, body in content["body_blocks"]]
    if content == letter.content:
        return None
    shown = StoredFile.objects.filter(pk__in=[letter.pdf_id, letter.signed_scan_id], removed_at=None)
    contents = [row.content for row in shown]
    shown.update(removed_at=at)
    letter.content, letter.pdf = content, None
    if letter.sent_on is None:
        letter.signed_scan = None  # what leaves is signed again
    letter.save(update_fields=["content", "pdf", "signed_scan"])
    for one in contents:
        transaction.on_commit(partial(one.storage.delete, str(one.name)))
    transaction.on_commit(partial(_ask_for_the_pdf, letter.pk), robust=True)
    return rendering.digest(content)


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    """The same body with each of its texts changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _changed(one, change) for name, one in value.items()}
    return [_changed(one, change) for one in value] if isinstance(value, list) else value


def _ask_for_the_pdf(pk: int) -> None:
    from letters.tasks import make_letter_pdf  # noqa: PLC0415 - tasks know letters

    make_letter_pdf.enqueue(pk)
