"""Places in the status lists, their bits as the labels are today, and the lists signed again at once.

The bits are derived, never decided: revoked when another issue of the certificate took its place, or when its label
ended before its written day; suspended while its label is. So a repair can be run at any time, and changes nothing
when all is right. A revocation never comes back (Bitstring Status List 1.0, 2.1): a label that an appeal or a judge
gives back has its certificate issued again (`actions.restoring`).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from certificates.credential import bits, contents, proof
from certificates.credential.contents import Place
from certificates.credential.keys import signing_key
from certificates.models import Certificate, Credential, Label, StatusList
from certificates.status import next_of, status_on, with_periods

Purpose = StatusList.Purpose
BATCH, CHUNK = 50, 500
# What ends a label before the day that its credential gives; at that day the credential ends by itself.
REVOKING = {"withdrawn", "annulled", "relinquished", "lapsed", "transferred"}
ONE_DAY = timedelta(days=1)


def take_place(label: Label, *, at: datetime) -> Place:
    """A place that nobody has, at random in the newest lists; new ones are opened when these are half full.

    Inside the transaction that keeps the credential, the label held. Two that draw the same place at once: the second
    one fails on the unique constraint, and is made again by the clock.
    """
    number = _open_number(at)
    own = Credential.objects.filter(certificate__label=label).values("list_number")
    # All the lists that this transaction may write, always in the same order.
    rows = StatusList.objects.select_for_update().filter(Q(number=number) | Q(number__in=own)).order_by("pk")
    for row in rows.defer("bits", "content"):
        if row.number == number:
            row.used += 1
            row.save(update_fields=["used"])
    taken = Credential.objects.filter(list_number=number)
    index = secrets.randbelow(bits.LENGTH)
    while taken.filter(list_index=index).exists():
        index = secrets.randbelow(bits.LENGTH)
    return Place(number, index)


def _open_number(at: datetime) -> int:
    """The number of the lists that have room, made and published when there are none."""
    newest = StatusList.objects.order_by("-number").values_list("number", "used").first()
    number, used = newest or (0, bits.CAPACITY)
    if used < bits.CAPACITY:
        return number
    for purpose in Purpose:
        row, is_new = StatusList.objects.get_or_create(
            number=number + 1, purpose=purpose, defaults={"bits": bits.empty()}
        )
        if is_new:
            _publish(row, at)
    return number + 1


def refresh(*, label_pk: int, at: datetime) -> int:
    """Write the bits of every credential of a label as it is at that moment; how many lists were signed again."""
    with transaction.atomic():
        return write_bits(Label.objects.hold(label_pk), at=at)


def write_bits(label: Label, *, at: datetime) -> int:
    """The same, for a label that is held."""
    on = timezone.localdate(at)
    credentials = list(_with_replacement(Credential.objects.filter(certificate__label=label)))
    if not credentials:
        return 0
    numbers = {credential.list_number for credential in credentials}
    lists = {
        (row.number, row.purpose): row
        for row in StatusList.objects.select_for_update().filter(number__in=numbers).order_by("pk")
    }
    [read] = with_periods(Label.objects.filter(pk=label.pk))
    changed: dict[int, StatusList] = {}
    for credential, purpose, wanted in _wanted(read, credentials, on):
        row = lists[credential.list_number, purpose]
        if bits.is_set(bytes(row.bits), credential.list_index) != wanted:
            row.bits = bits.changed(bytes(row.bits), credential.list_index, wanted)
            changed[row.pk] = row
    for row in changed.values():
        _publish(row, at)
    Credential.objects.filter(certificate__label=label).update(check_on=_next_change(read, on))
    return len(changed)


def _with_replacement(credentials: QuerySet[Credential]) -> QuerySet[Credential]:
    others = Certificate.objects.filter(replaces=OuterRef("certificate_id"))
    return credentials.annotate(is_replaced=Exists(others))


def _wanted(
    label: Label, credentials: Iterable[Credential], on: date
) -> Iterator[tuple[Credential, str, bool]]:
    code = status_on(label, on).code
    for credential in credentials:
        is_replaced: bool = credential.is_replaced  # type: ignore[attr-defined]
        yield credential, Purpose.REVOCATION, is_replaced or code in REVOKING
        yield credential, Purpose.SUSPENSION, code == "suspended"


def _next_change(label: Label, on: date) -> date | None:
    """The next written day on which the bits may change without a move, None when there is none."""
    days = []
    for one in filter(None, (label, next_of(label))):
        days += [one.ended_on] if one.ended_on else []
        for period in one.suspensions.all():
            days += [period.starts_on, period.last_day + ONE_DAY]
    return min((day for day in days if day > on), default=None)


def _publish(row: StatusList, at: datetime) -> None:
    """Sign that list as its bits are, and keep it as everybody reads it; the row is held, or new."""
    document = contents.status_list(row.purpose, row.number, bytes(row.bits), at=at)
    key = signing_key()
    row.content = json.dumps(proof.sign(document, key=key, at=at), ensure_ascii=False, indent=1)
    row.signed_at, row.signed_by = at, key.name
    row.save(update_fields=["bits", "content", "signed_at", "signed_by"])


def refresh_status_lists(at: datetime) -> int:
    """What the clock does: the labels whose day has come or whose task was lost, then the lists to sign again.

    A list is signed every day, and at once by a new key: the former one may have been stolen.

    Returns how many labels and lists were looked at. Bounded; the rest comes at the next tick.
    """
    due = Credential.objects.filter(check_on__lte=timezone.localdate(at)).order_by("check_on", "pk")
    labels = dict.fromkeys(due.values_list("certificate__label_id", flat=True)[:BATCH])
    for label_pk in labels:
        refresh(label_pk=label_pk, at=at)
    if not labels and not StatusList.objects.exists():
        return 0
    to_sign = Q(signed_at__lte=at - ONE_DAY) | ~Q(signed_by=signing_key().name)
    lists = list(StatusList.objects.filter(to_sign).order_by("pk").values_list("pk", flat=True)[:BATCH])
    for pk in lists:
        with transaction.atomic():
            _publish(StatusList.objects.select_for_update().get(pk=pk), at)
    return len(labels) + len(lists)


def wrong_bits(*, on: date) -> Iterator[str]:
    """The lists that do not say their bits, the labels whose bits are not what that day makes of them: all are read.

    What waits for the clock is not wrong yet.
    """
    lists = {}
    for row in StatusList.objects.iterator(chunk_size=50):
        lists[row.number, row.purpose] = bytes(row.bits)
        if json.loads(row.content)["credentialSubject"]["encodedList"] != bits.encoded(bytes(row.bits)):
            yield str(row)
    settled = _with_replacement(Credential.objects.exclude(check_on__lte=on)).order_by("pk")
    rows = settled.select_related("certificate__label").iterator(chunk_size=CHUNK)
    while some := list(islice(rows, CHUNK)):
        with_periods(credential.certificate.label for credential in some)
        for credential in some:
            label = credential.certificate.label
            for _, purpose, wanted in _wanted(label, [credential], on):
                if bits.is_set(lists[credential.list_number, purpose], credential.list_index) != wanted:
                    yield label.number
