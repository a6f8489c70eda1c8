"""Whether remedies were told: what was not told cannot be held against the association (CRPA L112-6, CJA R421-5)."""

from __future__ import annotations

from journal.moves import subject_key
from label.models import Application
from letters.checklist import tells
from letters.models import Letter

PASSAGES = ("remedies", "court_remedies")


def receipt_was_sent(application: Application) -> bool:
    """Whether the acknowledgement of the request, which tells its implicit date and the remedies, was sent.

    Online it is there at once; on paper it counts once posted.
    """
    receipts = Letter.objects.filter(subject=subject_key(application), code="L1")
    return any(letter.channel == Letter.Channel.ONLINE or letter.sent_on for letter in receipts)


def tells_remedies(letter: Letter) -> bool:
    """Whether the letter of an act, as it was frozen, says how and until when to contest it."""
    return any(tells(letter, name) for name in PASSAGES)
