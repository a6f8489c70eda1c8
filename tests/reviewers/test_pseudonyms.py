"""How a member of a panel is called: the letter by lot, never by name, and the words in the reader's language."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from journal.models import Event
from journal.moves import subject_key
from reviewers import actions
from reviewers.lot import number
from reviewers.models import Assignment, College
from reviewers.panels import panel_token
from reviewers.pseudonyms import in_lot_order, told_pseudonym
from tests.factories import reviewers as factory
from tests.factories.accounts import signed_in
from tests.factories.structures import AT
from tests.reading import plain

pytestmark = pytest.mark.django_db


def test_letters_are_given_by_a_lot_that_anybody_can_draw_again() -> None:
    application = factory.under_review()
    panel = factory.assignments_of(application)
    asked = Event.objects.filter(subject__in=[subject_key(one) for one in panel]).order_by("position")
    seed = Event.objects.get(thread=application.thread_id, position=asked[0].position - 1).digest
    for college in College.values:
        rows = [one for one in panel if one.college == college]
        again = sorted(rows, key=lambda one: number(seed, one.mandate_id))
        letters = [one.pseudonym[-1] for one in again]
        assert letters == sorted(letters) == [one.pseudonym[-1] for one in rows]


def test_names_change_nothing_to_the_letters() -> None:
    members = [("patients", 3), ("caregivers", 2), ("patients", 1)]
    orders = {tuple(in_lot_order(seed, members)) for seed in "abcdefgh"}
    assert orders == {(2, 1, 3), (2, 3, 1)}
    assert in_lot_order("a", members) == in_lot_order("a", members[::-1])


def test_replacements_asked_together_are_drawn_too() -> None:
    application = factory.under_review()
    gone = [one for one in factory.assignments_of(application) if one.college == College.PATIENTS]
    for one in gone:
        actions.recuse(assignment_pk=one.pk, at=AT, by=factory.ethics_officer().because("Lien."))
    named = [factory.member(college=College.PATIENTS) for _number in range(2)]
    for place, mandate in enumerate(named):
        User.objects.filter(pk=mandate.user_id).update(last_name=f"{'ZA'[place]}utre")
    seed = type(application.thread).objects.get(pk=application.thread_id).head
    actions.replace_members(
        application_pk=application.pk,
        mandate_pks=[one.pk for one in named],
        seen=panel_token(application),
        at=AT,
        by=factory.secretary(),
    )
    rows = Assignment.objects.filter(mandate__in=named).order_by("pseudonym")
    assert [one.pseudonym for one in rows] == ["Patient C", "Patient D"]
    assert [one.mandate_id for one in rows] == sorted(
        (one.pk for one in named), key=lambda pk: number(seed, pk)
    )


def test_the_words_are_those_of_the_reader(client: Client) -> None:
    row = factory.discussing()[0]
    signed_in(client, row.mandate.user)
    client.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})
    shown = plain(client.get(reverse("committee_reread", args=[row.pk])).content.decode())
    assert "Professional A" in shown
    assert "Professionnel" not in shown
    with translation.override("en"):
        assert told_pseudonym("Aidant B") == "Caregiver B"
        assert told_pseudonym("Mésange") == "Mésange"
