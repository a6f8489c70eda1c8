"""Having checkpoints time-stamped by somebody else, when an authority is set (RFC 3161)."""

from __future__ import annotations

import asyncio
import hashlib

from django.conf import settings
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError

from certificates.models import Checkpoint, CheckpointStamp

AT_MOST = 5


def stamp_what_waits() -> int:
    """Ask the authority for the stamps that are missing, the newest first; returns how many. Bounded.

    Raises `TimestampRequestError` when it does not answer as it should: the next tick asks again.
    """
    waiting = list(Checkpoint.objects.filter(stamp=None).order_by("-pk")[:AT_MOST])
    for one in waiting:
        digest = hashlib.sha256(one.text.encode()).digest()
        token = asyncio.run(HTTPTimeStamper(settings.TIMESTAMP_URL).async_timestamp(digest, "sha256"))
        told = token["content"]["encap_content_info"]["content"].parsed
        if told["message_imprint"]["hashed_message"].native != digest:
            raise TimestampRequestError("the authority stamped something else")
        CheckpointStamp.objects.get_or_create(
            checkpoint=one, defaults={"token": token.dump(), "stamped_at": told["gen_time"].native}
        )
    return len(waiting)
