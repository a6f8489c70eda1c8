"""The formal letters of a mandate: the call for interests (L15) and the consent to hold the college (L18)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from deadlines.models import Deadline
from journal.moves import Actor
from letters.models import Letter
from letters.pdf import render_letter, spoken
from letters.rendering import from_data
from reviewers import actions
from reviewers.actions.member_letters import call_for_interests, confirm_consent
from reviewers.due import remind_to_confirm
from reviewers.models import Mandate, Publication
from tests.factories import reviewers
from tests.factories.accounts import acting, person, signed_in, staff
from tests.factories.structures import AT
from tests.reading import words

pytestmark = pytest.mark.django_db


def approached(user: User) -> Mandate:
    by = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    return actions.approach(user=user, college="patients", at=AT, by=by)


def said(letter: Letter) -> str:
    return " ".join(spoken(from_data(letter.content)).replace("\u00a0", " ").replace("\u202f", " ").split())


def test_the_consent_is_confirmed_in_writing_without_naming_the_college() -> None:
    user = person(first_name="Irma", last_name="Delorme")
    mandate = approached(user)
    member = reviewers.member_actor(mandate)
    actions.record_consent(mandate_pk=mandate.pk, at=AT, by=member)
    letter = Letter.objects.of(mandate).get()
    told = said(letter)
    assert letter.code == "L18" and letter.channel == "online"
    assert "rien n'est écrit sur vous" in told and "sans donner de raison" in told
    assert mandate.get_college_display().lower() not in told.lower()
    actions.choose_publication(
        mandate_pk=mandate.pk, publication=Publication.NAME_AND_COLLEGE, at=AT, by=member
    )
    assert "votre nom et votre collège" in said(Letter.objects.of(mandate).first())
    page = signed_in(Client(), user).get(reverse("committee_mandate"))
    assert "Votre accord pour le comité" in words(page)
    assert signed_in(Client(), user).get(reverse("letter", args=[letter.pk])).status_code == 200
    assert signed_in(Client(), person()).get(reverse("letter", args=[letter.pk])).status_code == 404


def test_a_member_reached_by_post_gets_paper_and_nothing_leaves_without_an_address() -> None:
    user = person(
        without_email=True,
        first_name="Roger",
        last_name="Lantier",
        preferred_channel="post",
        address="4 rue du Puits",
        postal_code="59000",
        city="Lille",
    )
    homeless = person(without_email=True, preferred_channel="post")
    before = timezone.localdate(AT) + timedelta(days=30)
    for one, count in ((user, 2), (homeless, 0)):
        mandate = approached(one)
        Mandate.objects.filter(pk=mandate.pk).update(consented_at=AT)
        with transaction.atomic():
            held = Mandate.objects.hold(mandate.pk)
            confirm_consent(mandate=held, at=AT, by=Actor.system())
            call_for_interests(mandate=held, before=before, is_first=True, at=AT, by=Actor.system())
        assert Letter.objects.of(mandate).count() == count
    consent, call = Letter.objects.filter(addressee=user).order_by("code").reverse()
    assert (consent.code, call.code) == ("L18", "L15")
    assert call.channel == "post" and "4 rue du Puits" in said(call)
    assert "Ne pas répondre n'est pas une faute" in said(call) and "01 00 00 00 00" in said(call)
    assert "renvoyez-la" in said(call) and "http" not in said(consent).replace("https://", "")
    assert render_letter(from_data(call.content)).startswith(b"%PDF")


def test_the_yearly_call_is_one_letter_whatever_the_reminders() -> None:
    mandate = reviewers.member()
    Letter.objects.of(mandate).delete()
    clock = Deadline.objects.running().of(mandate).filter(kind="interests").first()
    assert clock is not None
    for offset, at in ((-30, AT + timedelta(days=335)), (-7, AT + timedelta(days=358))):
        with transaction.atomic():
            assert remind_to_confirm(clock, offset, at)
    letter = Letter.objects.of(mandate).filter(code="L15").get()
    assert "à confirmer" in letter.title.replace("\u00a0", " ")
