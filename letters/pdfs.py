"""The PDF of a letter: made from its frozen text, once, whoever asks first."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from journal.moves import Actor
from letters import files, rendering
from letters.models import Letter, StoredFile
from letters.pdf import render_letter

BATCH = 20


def make(letter_pk: int, *, at: datetime) -> StoredFile | None:
    """The PDF of a letter, made now when there is none yet; None when there is no such letter.

    In large print when the addressee reads large print. Two workers make the same bytes; one row is kept.
    """
    letter = Letter.objects.select_related("pdf", "addressee", "thread").filter(pk=letter_pk).first()
    if letter is None or letter.pdf is not None:
        return letter.pdf if letter else None
    is_large = letter.addressee is not None and letter.addressee.preferred_format == "large_print"
    content = render_letter(rendering.from_data(letter.content), large_print=is_large)
    with transaction.atomic():
        current = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        if current.content != letter.content:  # a passage was masked meanwhile
            return make(letter_pk, at=at)
        if current.pdf_id is None:
            current.pdf = files.store_made(
                content=content,
                name=f"{letter.reference.replace('/', '-')}.pdf",
                subject=letter.subject,
                purpose="letter",
                thread=letter.thread,
                at=at,
                by=Actor.system(),
            )
            current.save(update_fields=["pdf"])
        return current.pdf


def make_waiting(at: datetime) -> int:
    """Make the PDFs that no worker has made; says how many."""
    waiting = Letter.objects.filter(pdf=None).order_by("pk").values_list("pk", flat=True)
    return sum(make(pk, at=at) is not None for pk in list(waiting[:BATCH]))
