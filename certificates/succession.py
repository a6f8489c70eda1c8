"""Which label continues another one: a renewal, a return after its end, a merger."""

from __future__ import annotations

from certificates.models import Label
from decisions.models import Decision


def label_today(label: Label) -> Label:
    """The last label that continues this one and of which the public may know; itself when none does.

    One query for each label that follows, of which there are few.
    """
    while (following := _following(label)) is not None:
        label = following
    return label


def label_in_course(label: Label) -> Label | None:
    """The label on which acts are taken: that one while it lives, or what took its place by renewal; None when none.

    People tell us the number that they read, which may be the older one (docs/adr/0029).
    """
    found: Label | None = label
    while found is not None and found.state == Label.State.RENEWED:
        found = Label.objects.filter(previous=found).first()
    return found if found is not None and found.state in Label.LIVE else None


def _following(label: Label) -> Label | None:
    """The next one; that of the structure itself when a merger made one label of the two that it joined."""
    told = Label.objects.told().select_related("structure", "application")
    found: Label | None = told.filter(previous=label).first()
    if found is None and label.state == Label.State.TRANSFERRED and label.ended_on:
        joined = told.filter(structure=label.structure_id, starts_on=label.ended_on)
        found = joined.filter(decision__kind=Decision.Kind.TRANSFER).exclude(pk=label.pk).first()
    return found
