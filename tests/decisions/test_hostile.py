"""Acts that a judge would undo, and addresses that nobody should type."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.second_factor import code_at, enrol
from decisions import actions
from decisions.models import Decision
from journal.moves import note
from journal.refusals import Blocked
from label.models import Application
from letters.actions import preview
from tests.factories import decisions
from tests.factories.accounts import acting, give_role, signatory, signed_in
from tests.factories.structures import AT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "seen", ["2027-13-45T10:00:00", "2027-02-30T10:00:00", "2027-03-01T10:00:00", "\x00"]
)
def test_no_date_of_reading_makes_the_signature_fail(client: Client, seen: str) -> None:
    now = timezone.now()
    act, user = decisions.to_sign(decisions.advised(at=now), at=now), signatory()
    secret = enrol(user)
    signed_in(client, user)

    answer = client.post(
        reverse("staff_decision_sign", args=[act.pk]),
        {"go": "sign", "code": code_at(secret, now), "seen": seen},
    )

    assert answer.status_code == 409
    assert Decision.objects.get().state == "prepared"


@pytest.mark.parametrize("code", ["L1", "L1b", "L2", "L3", "L4", "L6", "L7", "L8", "ZZ"])
def test_a_letter_is_written_only_about_what_it_is_about(code: str) -> None:
    act = decisions.to_sign()
    about = "label" if code in ("L1", "L1b", "L2") else "decisions"

    for record in (act, act.application, act.application.structure):
        if code != "ZZ" and record._meta.app_label == about:
            assert preview(code, record=record, at=AT).code == code
        else:
            with pytest.raises(LookupError):
                preview(code, record=record, at=AT)


def test_who_examined_a_dossier_in_the_place_of_the_officer_does_not_sign() -> None:
    user = signatory()
    give_role(user, Role.CASE_OFFICER)
    application = decisions.advised()
    with transaction.atomic():
        held = Application.objects.hold(application.pk)
        note(held, what="declare_admissible", at=AT, by=acting(user, Role.CASE_OFFICER))
    act = decisions.to_sign(application)

    with pytest.raises(Blocked) as refused:
        actions.sign(decision_pk=act.pk, at=AT, by=acting(user, Role.SIGNATORY))

    assert [str(one.text) for one in refused.value.reasons] == [
        "Vous avez instruit ce dossier\u00a0: une autre personne doit signer."
    ]
