"""The open obligations: whose turn it is. No fact lives only here."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from functools import reduce
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from viewflow.workflow.models import AbstractProcess, AbstractTask
from viewflow.workflow.status import STATUS

from certificates.models import FollowUp, Withdrawal
from decisions.models import Appeal
from journal.moves import Record
from label.models import Application

# When the move that is being followed happened: an obligation opens at that moment, not when the row is written.
moment: ContextVar[datetime] = ContextVar("moment")


def opened_at() -> datetime:
    """The moment of the move being followed; LookupError outside of one."""
    return moment.get()


# What a procedure may be about, and the column that says so.
ABOUT: dict[type[Record], str] = {
    Application: "application",
    FollowUp: "follow_up",
    Withdrawal: "withdrawal",
    Appeal: "appeal",
}


class Procedure(AbstractProcess):
    """One run of a flow about one record: exactly one of the four columns is filled."""

    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="procedures")
    follow_up = models.ForeignKey(FollowUp, models.PROTECT, null=True, related_name="procedures")
    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, null=True, related_name="procedures")
    appeal = models.ForeignKey(Appeal, models.PROTECT, null=True, related_name="procedures")
    created = models.DateTimeField(default=opened_at, db_index=True)
    parent_task = seed = artifact = None

    class Meta:
        constraints: ClassVar = [
            *(
                models.UniqueConstraint(
                    fields=[column, "flow_class"],
                    condition=Q(status="NEW"),
                    name=f"one_open_procedure_per_{column}",
                )
                for column in ABOUT.values()
            ),
            models.CheckConstraint(
                name="procedure_about_one_record",
                condition=reduce(
                    Q.__or__,
                    (
                        Q(**{f"{column}__isnull": column != filled for column in ABOUT.values()})
                        for filled in ABOUT.values()
                    ),
                ),
            ),
        ]

    @staticmethod
    def about(record: Record) -> dict[str, int]:
        """The filter that finds the procedures of a record."""
        return {f"{ABOUT[type(record)]}_id": record.pk}

    @property
    def record(self) -> Any:
        """The record that this procedure is about."""
        return next(getattr(self, column) for column in ABOUT.values() if getattr(self, f"{column}_id"))

    @record.setter
    def record(self, record: Record) -> None:
        """Fill the column of that kind of record."""
        setattr(self, ABOUT[type(record)], record)


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def open_about(self, record: Record) -> ObligationQuerySet:
        """The obligations of a record that wait for somebody."""
        found = {f"process__{column}": key for column, key in Procedure.about(record).items()}
        return self.filter(**found, process__status=STATUS.NEW, status__in=[STATUS.NEW, STATUS.ASSIGNED])


class Obligation(AbstractTask):
    """One open node: what is expected, from which role."""

    process = models.ForeignKey(Procedure, models.PROTECT, related_name="task_set")
    created = models.DateTimeField(default=opened_at, db_index=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    seed = artifact = None

    objects: ClassVar = ObligationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["owner_permission", "id"],
                condition=Q(status="NEW", flow_task_type="HUMAN"),
                name="obligation_open",
            ),
        ]


class Comparison(models.Model):
    """The outcome of the nightly comparison of a day: one sentence of keys per breach, nothing when all agrees."""

    day = models.DateField(unique=True)
    compared_at = models.DateTimeField()
    breaches = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"comparison of {self.day}"
