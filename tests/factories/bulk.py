"""Thousands of dossiers and labels, written by row: only their number matters."""

import uuid
from datetime import timedelta

from certificates.models import Label
from deadlines.models import Deadline
from decisions.models import Decision
from journal.models import Thread
from label.models import Application
from structures.models import Structure
from tests.factories import label
from tests.factories.structures import AT
from workflows.flows import CertificationFlow
from workflows.models import Obligation, Procedure


def threads(number: int, name: str) -> list[Thread]:
    return Thread.objects.bulk_create(Thread(reference=f"{name}-{uuid.uuid4()}") for _ in range(number))


def many_dossiers(number: int) -> list[Application]:
    """Open dossiers with their step and clocks, written by row: only their number matters."""
    first = Application.objects.select_related("structure").first() or label.submitted()
    seats = Structure.objects.bulk_create(
        Structure(thread=thread, name=f"Structure {thread.pk}", city="Lyon", created_at=AT)
        for thread in threads(number, "S")
    )
    rows = Application.objects.bulk_create(
        Application(
            thread=thread,
            reference=f"DOS-X-{thread.pk}",
            structure=seat,
            edition_id=first.edition_id,
            opened_at=AT,
            opened_by_id=first.opened_by_id,
            edited_at=AT,
            state="submitted",
            submitted_at=AT,
            submitted_by_id=first.submitted_by_id,
            snapshot_id=first.snapshot_id,
        )
        for seat, thread in zip(seats, threads(number, "D"), strict=True)
    )
    runs = Procedure.objects.bulk_create(
        Procedure(application=row, flow_class=CertificationFlow, status="NEW", created=AT) for row in rows
    )
    token = Obligation.objects.filter(flow_task_type="HUMAN").first().token
    Obligation.objects.bulk_create(
        Obligation(
            process=run,
            flow_task=CertificationFlow.completeness,
            flow_task_type="HUMAN",
            owner_permission="workflows.case_officer",
            status="NEW",
            created=AT,
            token=token,
        )
        for run in runs
    )
    Deadline.objects.bulk_create(
        Deadline(
            thread_id=row.thread_id,
            subject=f"label.application:{row.pk}",
            kind=kind,
            started_on=AT.date(),
            due_on=AT.date() + timedelta(days=20),
        )
        for row in rows
        for kind in ("silence", "completeness")
    )
    return rows


def many_labels(dossiers: list[Application]) -> None:
    first = dossiers[0]
    acts = Decision.objects.bulk_create(
        Decision(
            thread_id=row.thread_id,
            kind="grant",
            application=row,
            prepared_by_id=first.opened_by_id,
            prepared_at=AT,
        )
        for row in dossiers
    )
    Label.objects.bulk_create(
        Label(
            thread_id=row.thread_id,
            number=f"LBL-X-{row.pk}",
            structure_id=row.structure_id,
            application=row,
            decision=act,
            edition_id=row.edition_id,
            issued_at=AT,
            starts_on=AT.date(),
            ends_on=AT.date() + timedelta(days=900),
        )
        for row, act in zip(dossiers, acts, strict=True)
    )
