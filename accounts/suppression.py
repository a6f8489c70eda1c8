"""Told to the rooms above when somebody comes on the suppression list, so that each drops what was under way.

Sent inside the transaction that records it, with `user` (None for an address alone), `address`, `at` and `by`.
"""

from django.dispatch import Signal

suppressed = Signal()
