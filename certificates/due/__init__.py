"""What the clock does with what was granted, by subject."""

from certificates.due import (  # noqa: F401  (each registers its own)
    follow_ups,
    labels,
    log,
    mergers,
    norms,
    outages,
    renewals,
)
