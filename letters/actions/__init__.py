"""What people do with letters, mails and exchanges."""

from letters.actions.exchanges import mark_read, record_call, write_message, write_note
from letters.actions.issuing import Preview, issue, preview
from letters.actions.mailings import (
    abandon_mailing,
    confirm_mailing,
    prepare_mailing,
)
from letters.actions.mails import queue_mail, queue_mail_without_name, tell_by_hand
from letters.actions.serving import (
    open_online,
    presume_receipts,
    record_hand_signature,
    record_posting,
    record_presentation,
    record_receipt,
    serve_by_post,
)

__all__ = [
    "Preview",
    "abandon_mailing",
    "confirm_mailing",
    "issue",
    "mark_read",
    "open_online",
    "prepare_mailing",
    "presume_receipts",
    "preview",
    "queue_mail",
    "queue_mail_without_name",
    "record_call",
    "record_hand_signature",
    "record_posting",
    "record_presentation",
    "record_receipt",
    "serve_by_post",
    "tell_by_hand",
    "write_message",
    "write_note",
]
