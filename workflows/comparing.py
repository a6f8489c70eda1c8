"""The nightly comparison: its outcome is kept, and told to who keeps the service running. Keys only, never a name."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from letters.actions import queue_mail
from workflows.integrity import breaches
from workflows.models import Comparison

MOST_KEPT = 100


@transaction.atomic
def compare(*, at: datetime) -> Comparison:
    """Look for breaches, keep the first ones for that day, and tell each technical administrator once a day."""
    found = list(islice(breaches(), MOST_KEPT))
    day = timezone.localdate(at)
    kept, _is_new = Comparison.objects.update_or_create(
        day=day, defaults={"compared_at": at, "breaches": found}
    )
    if found:
        for person in User.objects.holding(Role.TECHNICAL_ADMINISTRATOR, on=day).order_by("pk"):
            _tell(person, kept, at=at)
    return kept


def _tell(person: User, kept: Comparison, *, at: datetime) -> None:
    number = len(kept.breaches)
    queue_mail(
        kind="comparison",
        key=str(kept.day),
        recipient=person,
        title=lambda: _("La comparaison de la nuit a trouvé des écarts"),
        text=lambda: ngettext(
            "{n} écart entre les dossiers, leurs étapes et le journal. Le détail est sur la page « État du service ».",
            "{n} écarts entre les dossiers, leurs étapes et le journal. Le détail est sur la page « État du service ».",
            number,
        ).format(n=number),
        at=at,
        path=reverse("staff_service"),
    )
