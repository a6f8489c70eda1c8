"""What the clock does with what was granted, by subject."""

from certificates.due import follow_ups, labels, log, norms, renewals  # noqa: F401  (each registers its own)
