"""Consent to receive decisions online: express, dated, revocable."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Role
from journal.refusals import NotAllowed
from structures import actions
from structures.models import ServiceConsent, Structure
from tests.factories.accounts import acting, person, staff
from tests.factories.structures import AT, member, member_of, representative_of, structure

pytestmark = pytest.mark.django_db


def channel(found):
    return Structure.objects.get(pk=found.pk).service_channel()


def test_without_a_word_decisions_come_by_post():
    assert structure().service_channel() == "post"


def test_consent_is_given_kept_with_its_words_and_taken_back():
    found = structure()
    by = representative_of(found)
    first = actions.give_service_consent(
        structure_pk=found.pk, text="Je veux recevoir en ligne.", at=AT, by=by
    )
    again = actions.give_service_consent(structure_pk=found.pk, text="Autre texte.", at=AT, by=by)
    assert again == first
    assert (first.text, first.given_by, first.given_at) == ("Je veux recevoir en ligne.", by.user, AT)
    assert channel(found) == "online"
    later = AT + timedelta(days=3)
    actions.revoke_service_consent(structure_pk=found.pk, at=later, by=by)
    assert actions.revoke_service_consent(structure_pk=found.pk, at=later, by=by) is None
    assert channel(found) == "post"
    assert ServiceConsent.objects.get().revoked_at == later
    actions.give_service_consent(structure_pk=found.pk, text="De nouveau.", at=later, by=by)
    assert channel(found) == "online"


@pytest.mark.parametrize("role", ["editor", "reader", "stranger", Role.CASE_OFFICER])
def test_only_the_representative_chooses(role):
    found = structure()
    actions.give_service_consent(structure_pk=found.pk, text="Oui.", at=AT, by=representative_of(found))
    if role in ("editor", "reader"):
        by = member_of(found, member(found, role=role))
    else:
        by = acting(staff() if role == Role.CASE_OFFICER else person(), role)
    with pytest.raises(NotAllowed):
        actions.give_service_consent(structure_pk=found.pk, text="Oui.", at=AT, by=by)
    with pytest.raises(NotAllowed):
        actions.revoke_service_consent(structure_pk=found.pk, at=AT, by=by)
    assert channel(found) == "online"


def test_the_database_keeps_one_live_consent():
    found = structure()
    actions.give_service_consent(structure_pk=found.pk, text="Oui.", at=AT, by=representative_of(found))
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceConsent.objects.create(structure=found, given_by=person(), text="x", given_at=AT)
