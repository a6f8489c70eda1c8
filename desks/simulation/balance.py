"""The balance of the simulated years: nothing is lost, every issued label lives or ended in exactly one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from certificates.models import Label
from journal.models import Event
from label.models import Application

ENDS = {"expire", "withdraw", "annul", "relinquish", "lapse", "transfer", "renew"}


def labels_by_end() -> dict[str, int]:
    """How many labels are in each state."""
    return dict(sorted(Counter(Label.objects.values_list("state", flat=True)).items()))


def dossiers_by_state() -> dict[str, int]:
    """How many dossiers are in each state."""
    return dict(sorted(Counter(Application.objects.values_list("state", flat=True)).items()))


def unbalanced() -> Iterator[str]:
    """One sentence per label that did not end in exactly one way, as its journal tells it; nothing when all did.

    A label restored on appeal may end again: each restoration takes one end back.
    """
    ends: Counter[str] = Counter()
    for subject, move in Event.objects.filter(
        subject__startswith="certificates.label:", move__in=[*ENDS, "restore"]
    ).values_list("subject", "move"):
        ends[subject] += -1 if move == "restore" else 1
    for pk, number, state in Label.objects.order_by("pk").values_list("pk", "number", "state"):
        ended = ends[f"certificates.label:{pk}"]
        if (state in Label.LIVE and ended) or (state not in Label.LIVE and ended != 1):
            yield f"{number} is {state} and its journal ended it {ended} times"
