"""Every breach that the nightly comparison looks for is planted here, and found."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certificates.models import Label, Suspension
from journal import triggers
from journal.models import Event, Thread
from label.models import Application
from tests.factories import certificates, decisions, label
from tests.factories.structures import AT
from workflows.gateway import OPEN
from workflows.integrity import breaches
from workflows.models import Obligation, Procedure

pytestmark = pytest.mark.django_db


def write(table: str, change: str, pk: int) -> None:
    """Change a row behind the back of the house, as a mistake on the server would."""
    triggers.lift()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change} WHERE id = %s", [pk])
    triggers.install()


def test_a_sound_house_has_no_breach(capsys) -> None:
    certificates.label()

    assert list(breaches()) == []
    call_command("check_integrity")
    assert "no breach" in capsys.readouterr().out


def test_the_command_lists_each_breach_and_fails(capsys) -> None:
    application = label.taken()
    Obligation.objects.filter(process__application=application, status__in=OPEN).update(status="DONE")

    with pytest.raises(CommandError, match="2 breaches"):
        call_command("check_integrity")

    assert application.reference in capsys.readouterr().out


def test_a_dossier_without_its_open_node() -> None:
    application = label.taken()
    Obligation.objects.filter(process__application=application, status__in=OPEN).update(status="DONE")

    found = list(breaches())

    assert any(application.reference in one and "none" in one for one in found)
    assert any("without an open obligation" in one for one in found)


def test_a_dossier_at_the_wrong_node() -> None:
    application = label.taken()
    other = decisions.advised()
    node = Obligation.objects.get(process__application=other, status__in=OPEN).flow_task
    Obligation.objects.filter(process__application=application, status__in=OPEN).update(flow_task=node)

    assert [one for one in breaches() if application.reference in one and "decision" in one]


def test_a_finished_dossier_that_still_waits_for_somebody() -> None:
    application = decisions.signed().application
    row = Obligation.objects.filter(process__application=application, flow_task_type="HUMAN").first()
    Procedure.objects.filter(application=application).update(status="NEW")
    Obligation.objects.filter(pk=row.pk).update(status="NEW")

    assert [one for one in breaches() if "still has an open obligation" in one]


def test_a_state_changed_without_the_journal() -> None:
    application = label.draft()
    triggers.lift()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_event WHERE thread_id = %s", [application.thread_id])
    triggers.install()

    assert [one for one in breaches() if f"label.application:{application.pk} is draft" in one]


def test_a_head_that_is_not_the_last_event() -> None:
    application = label.draft()
    Thread.objects.filter(pk=application.thread_id).update(head="0" * 64)

    assert [one for one in breaches() if application.reference in one and "head" in one]


def test_an_act_signed_by_somebody_who_ran_the_file() -> None:
    decision = decisions.signed()
    write("label_application", f"case_officer_id = {decision.signed_by_id}", decision.application_id)

    assert [one for one in breaches() if "worked on the dossier" in one]


def test_a_suspended_label_without_a_period() -> None:
    label_ = certificates.label()
    certificates.suspended(label_, since=AT.date(), until=AT.date() + timedelta(days=30))
    Suspension.objects.update(lifted_on=AT.date() + timedelta(days=1))

    assert Label.objects.get().state == "suspended"
    assert [one for one in breaches() if "suspended without a period" in one]


def test_a_missing_trigger() -> None:
    triggers.lift()
    found = list(breaches())
    triggers.install()

    assert [one for one in found if one.startswith("trigger ")]


def statements() -> int:
    with CaptureQueriesContext(connection) as seen:
        assert list(breaches()) == []
    return len(seen)


def test_no_check_depends_on_the_number_of_dossiers() -> None:
    """As many statements for four dossiers as for one: a new check says here what it costs."""
    label.draft(None)
    alone = statements()
    for _ in range(3):
        label.draft(None)
    assert Application.objects.count() == 4 and Event.objects.exists()

    # PostgreSQL reads the large tables through cursors of its own, which are not counted.
    assert statements() == alone == {"sqlite": 104, "postgresql": 65}[connection.vendor]
