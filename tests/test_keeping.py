"""A kept world is the one that the real actions made: same rows, same life afterwards, never the world of a patch."""

from typing import Any

import pytest
from django.conf import settings as project
from django.core import mail
from django.core.management import call_command
from django.db import transaction

from tests import keeping
from tests.factories import certificates, decisions
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db


def rows() -> dict[keeping.Place, set[keeping.Row]]:
    return {place: set(found) for place, found in keeping._tables()}


class Undone(Exception):
    """Takes back what a block wrote."""


def made_twice() -> list[tuple[dict[keeping.Place, set[keeping.Row]], list[str]]]:
    """What the tables hold after a factory with the mails that left, taken back, then after it again."""
    found = []
    for _ in range(2):
        with pytest.raises(Undone), transaction.atomic():
            sent = len(mail.outbox)
            label = certificates.label()
            found.append((rows(), [one.subject for one in mail.outbox[sent:]]))
            assert label.decision.application.structure == label.structure
            raise Undone
    return found


def test_the_rows_put_back_are_those_that_were_made() -> None:
    keeping.forget()
    first, again = made_twice()

    assert first == again
    assert sum(map(len, first[0].values())) > 100
    assert any(world for world in keeping._worlds.values())


def test_a_world_put_back_goes_on_living() -> None:
    with pytest.raises(Undone), transaction.atomic():
        decisions.advised()
        raise Undone
    decision = decisions.signed(decisions.advised())

    assert decision.state == "signed"
    call_command("verify_journal")


def test_nothing_is_kept_of_a_world_that_depends_on_something_else(settings: Any) -> None:
    keeping.forget()
    with pytest.raises(Undone), transaction.atomic():
        person()
        decisions.filed()  # somebody was there before
        raise Undone
    assert keeping._worlds == {}
    with pytest.raises(Undone), transaction.atomic():
        settings.REPORT_ANSWER_DAYS = project.REPORT_ANSWER_DAYS
        decisions.filed()  # a setting may have changed
        raise Undone
    assert keeping._worlds == {}
