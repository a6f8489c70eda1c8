"""What is done after commit, in the worker."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from structures import recherche_entreprises
from structures.models import RegisterCheck, Registration, Structure


@task()
def ask_online_register(structure_pk: int) -> None:
    """Ask the public API about the main number of a structure and note the answer (keys only in the task)."""
    structure = Structure.objects.get(pk=structure_pk)
    main = structure.main_registration()
    if main is None:
        return
    found = recherche_entreprises.find(main.kind, main.value, structure.name)
    with transaction.atomic():
        if Registration.objects.filter(pk=main.pk, superseded_at=None).exists():
            RegisterCheck.objects.create(
                structure=structure,
                source=recherche_entreprises.SOURCE,
                asked_at=timezone.now(),
                **found.as_fields(),
            )
