"""What the registers say of a structure, and what a person concludes from it."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing
from journal.wording import is_blank
from structures import register, tasks
from structures.models import RegisterCheck, Registration, Structure
from structures.recherche_entreprises import KINDS as ONLINE_KINDS


@transaction.atomic
def look_up(*, structure: Structure, at: datetime, by: Actor) -> RegisterCheck:
    """Ask the local copy of the register at once, and the public API after commit when it is on.

    A person concludes on the answer; nothing is ever refused because of it (domain 4.7). Raises `NotAllowed`.
    """
    held = Structure.objects.hold(structure.pk)
    require("structures.look_up", by, held, on=timezone.localdate(at))
    return ask_registers(held, at=at)


def ask_registers(structure: Structure, *, at: datetime) -> RegisterCheck:
    """Note what the local register says of the main number of a structure that is held, and queue the API."""
    main = Registration.objects.filter(structure=structure, superseded_at=None).order_by("pk").first()
    kind, value = (main.kind, main.value) if main else (Registration.Kind.NONE, "")
    found = register.find(kind, value, structure.name)
    check = RegisterCheck.objects.create(
        structure=structure, source=register.SOURCE, asked_at=at, **found.as_fields()
    )
    if settings.RECHERCHE_ENTREPRISES_URL and kind in ONLINE_KINDS:
        transaction.on_commit(partial(tasks.ask_online_register.enqueue, structure.pk))
    return check


@transaction.atomic
def conclude_check(
    *, check_pk: int, conclusion: str, reason: str = "", at: datetime, by: Actor
) -> RegisterCheck:
    """A case officer says what the answer is worth; a reason is compulsory unless a match is confirmed.

    Raises `NotAllowed`, `Blocked` without reason or when somebody concluded already.
    """
    structure_pk = RegisterCheck.objects.values_list("structure_id", flat=True).get(pk=check_pk)
    structure = Structure.objects.hold(structure_pk)
    require("structures.conclude_check", by, structure, on=timezone.localdate(at))
    check = RegisterCheck.objects.get(pk=check_pk)
    if check.conclusion:
        raise Blocked([_("Quelqu'un a déjà conclu sur cette réponse.")])
    plain = check.result == RegisterCheck.Result.MATCH and conclusion == RegisterCheck.Conclusion.CONFIRMED
    if not plain and is_blank(reason):
        raise Blocked([Missing(str(_("Dites pourquoi, en une phrase.")), code="reason")])
    check.conclusion = RegisterCheck.Conclusion(conclusion).value
    check.concluded_by, check.concluded_at, check.reason = by.user, at, reason.strip()
    check.save(update_fields=["conclusion", "concluded_by", "concluded_at", "reason"])
    note(structure, what="conclude_check", at=at, by=by)
    return check
