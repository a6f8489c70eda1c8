"""Where mails go in the demonstration: a page of this site, never a real mailbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from letters.models import DemonstrationMail


class DemonstrationBackend(BaseEmailBackend):
    """Keeps each mail as a row that /demonstration/courrier/ shows. Refuses to exist outside the demonstration."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not settings.DEMONSTRATION:
            raise ImproperlyConfigured("mails are kept in a public page: only the demonstration may do that")
        super().__init__(*args, **kwargs)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep them, one row per recipient; says how many messages there were."""
        at = timezone.now()
        DemonstrationMail.objects.bulk_create(
            DemonstrationMail(
                to_address=address, title=message.subject[:300], text=str(message.body), sent_at=at
            )
            for message in email_messages
            for address in message.recipients()
        )
        return len(email_messages)
