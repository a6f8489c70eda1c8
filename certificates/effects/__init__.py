"""What a signed act does to a label, one module per subject; read at start like every `effects`."""

from certificates.effects import (
    conditions,
    ending,
    extending,
    issuing,
    renewing,
    suspending,
    transferring,
    withdrawing,
)
from certificates.effects.notification import at_notification

__all__ = [
    "at_notification",
    "conditions",
    "ending",
    "extending",
    "issuing",
    "renewing",
    "suspending",
    "transferring",
    "withdrawing",
]
