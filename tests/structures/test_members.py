"""Invitations, requests to join, hand-over, two people behind one mailbox, people without e-mail."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.models import Role, User
from journal.models import Event
from journal.refusals import Blocked, NotAllowed
from letters.models import Mail
from structures import actions
from structures.models import Invitation, Membership, Structure
from tests.factories.accounts import acting, person, staff
from tests.factories.structures import (
    AT,
    frozen,
    invitation,
    member,
    member_of,
    officers_read,
    proof,
    representative_of,
    structure,
)

pytestmark = pytest.mark.django_db


def answer(one, user, *, accepted=True, at=AT):
    return actions.answer_invitation(
        invitation_pk=one.pk, accepted=accepted, at=at, by=acting(user, "invited")
    )


def role_of(found, user):
    return Membership.objects.current().get(structure=found, user=user).role


def test_an_invitation_leaves_by_mail_without_any_token():
    found = structure()
    one = invitation(found, email="Nouvelle@Exemple.fr")
    mail = Mail.objects.get(to_address="nouvelle@exemple.fr")
    assert "/espace/invitations/" in mail.text
    assert str(one.pk) not in mail.text.split("/espace/invitations/")[1]
    assert found.name in mail.title


def test_the_invited_person_accepts_and_becomes_a_member_once():
    found, user = structure(), person("nouvelle@exemple.fr")
    one = invitation(found, email="nouvelle@exemple.fr", role="reader", quality="Trésorier")
    answer(one, user)
    answer(one, user)  # a double click
    kept = Membership.objects.get(structure=found, user=user)
    assert (kept.role, kept.quality, kept.ended_at) == ("reader", "Trésorier", None)


def test_nobody_accepts_with_another_address():
    found = structure()
    one = invitation(found)
    with pytest.raises(NotAllowed):
        answer(one, person("autre@exemple.fr"))
    assert Invitation.objects.get(pk=one.pk).answered_at is None


def test_an_unconfirmed_address_does_not_count():
    found, user = structure(), person("invitee@exemple.fr")
    EmailAddress.objects.create(user=user, email="invitee@exemple.fr", verified=False, primary=True)
    with pytest.raises(NotAllowed):
        answer(invitation(found), user)


def test_a_closed_account_accepts_nothing():
    found, user = structure(), person("invitee@exemple.fr", is_active=False)
    with pytest.raises(NotAllowed):
        answer(invitation(found), user)


@pytest.mark.parametrize("end", ["expired", "withdrawn", "declined"])
def test_an_invitation_that_ended_opens_nothing(end):
    found, user = structure(), person("invitee@exemple.fr")
    one = invitation(found)
    at = AT
    if end == "expired":
        at = AT + timedelta(days=31)
    elif end == "withdrawn":
        actions.withdraw_invitation(invitation_pk=one.pk, at=AT, by=representative_of(found))
    else:
        answer(one, user, accepted=False)
    with pytest.raises(Blocked, match="plus ouverte"):
        answer(one, user, at=at)
    assert not Membership.objects.filter(user=user).exists()


def test_the_same_address_is_not_invited_twice_until_it_expires():
    found = structure()
    invitation(found)
    with pytest.raises(Blocked, match="déjà invitée"):
        invitation(found, email="INVITEE@exemple.fr")
    again = invitation(found, at=AT + timedelta(days=40))
    assert Invitation.objects.filter(answered_at=None).get() == again


def test_a_member_is_not_invited_again():
    found = structure()
    user = member(found)
    with pytest.raises(Blocked, match="déjà dans l'espace"):
        invitation(found, email=user.email)


@pytest.mark.parametrize("role", ["editor", "reader", "stranger", Role.CASE_OFFICER])
def test_who_does_not_represent_does_not_invite(role):
    found = structure()
    if role in ("editor", "reader"):
        by = member_of(found, member(found, role=role))
    else:
        by = acting(staff() if role == Role.CASE_OFFICER else person(), role)
    with pytest.raises(NotAllowed):
        actions.invite(structure_pk=found.pk, email="x@exemple.fr", role="editor", at=AT, by=by)


def test_a_second_representative_is_never_invited():
    found = structure()
    with pytest.raises(Blocked, match="Passer la main"):
        invitation(found, role="representative")


def test_hand_over_changes_the_representative_in_one_go_and_tells_both():
    found = structure()
    former, successor = found.representative(), person("suite@exemple.fr")
    one = actions.hand_over(
        structure_pk=found.pk,
        email="suite@exemple.fr",
        quality="Présidente",
        proof=proof(),
        at=AT,
        by=representative_of(found),
    )
    assert found.representative() == former  # nothing changes before the answer
    answer(one, successor)
    assert Structure.objects.get(pk=found.pk).representative() == successor
    assert role_of(found, former) == "reader"
    seat = Membership.objects.current().get(structure=found, user=successor)
    assert seat.proof.purpose == "mandate"
    told = set(Mail.objects.filter(kind="hand_over_done").values_list("recipient_id", flat=True))
    assert told == {former.pk, successor.pk}
    assert Mail.objects.get(kind="hand_over_proposed").recipient == former


def test_a_member_can_take_over():
    found = structure()
    editor = member(found)
    one = actions.hand_over(
        structure_pk=found.pk,
        email=editor.email,
        quality="Président",
        proof=proof(),
        at=AT,
        by=representative_of(found),
    )
    answer(one, editor)
    assert role_of(found, editor) == "representative"
    assert Membership.objects.filter(structure=found, user=editor).count() == 2  # the past is kept


def test_declining_a_hand_over_changes_nothing():
    found, successor = structure(), person("suite@exemple.fr")
    former = found.representative()
    one = actions.hand_over(
        structure_pk=found.pk,
        email="suite@exemple.fr",
        quality="P",
        proof=proof(),
        at=AT,
        by=representative_of(found),
    )
    answer(one, successor, accepted=False)
    assert Structure.objects.get(pk=found.pk).representative() == former


def test_nobody_hands_over_to_their_own_address():
    found = structure()
    by = representative_of(found)
    with pytest.raises(Blocked, match="la vôtre"):
        actions.hand_over(
            structure_pk=found.pk, email=by.user.email.upper(), quality="P", proof=proof(), at=AT, by=by
        )


def test_an_old_hand_over_dies_with_the_representative_who_made_it():
    found, successor = structure(), person("suite@exemple.fr")
    one = actions.hand_over(
        structure_pk=found.pk,
        email="suite@exemple.fr",
        quality="P",
        proof=proof(),
        at=AT,
        by=representative_of(found),
    )
    other = member(found)
    officers_read(found, other)
    actions.replace_representative(
        structure_pk=found.pk,
        user=other,
        quality="Président",
        proof=proof(),
        reason="Mandat signé.",
        at=AT,
        by=acting(staff(), Role.CASE_OFFICER),
    )
    with pytest.raises(Blocked):
        answer(one, successor)
    assert Structure.objects.get(pk=found.pk).representative() == other


def test_the_database_knows_one_representative():
    found = structure()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(structure=found, user=person(), role="representative", started_at=AT)


@pytest.mark.parametrize("by_whom", ["representative", Role.SECRETARIAT, Role.SIGNATORY])
def test_only_a_case_officer_replaces_the_representative(by_whom):
    found = structure()
    other = member(found)
    by = representative_of(found) if by_whom == "representative" else acting(staff(by_whom), by_whom)
    with pytest.raises(NotAllowed):
        actions.replace_representative(
            structure_pk=found.pk, user=other, quality="P", proof=proof(), reason="Mandat.", at=AT, by=by
        )


def test_the_office_ends_a_dispute_in_a_frozen_space_with_a_signed_mandate():
    found = structure()
    other = member(found)
    frozen(found)
    by = acting(staff(), Role.CASE_OFFICER)
    officers_read(found, other)
    with pytest.raises(Blocked, match="justificatif"):
        actions.replace_representative(
            structure_pk=found.pk, user=other, quality="P", proof=None, reason="Mandat.", at=AT, by=by
        )
    actions.replace_representative(
        structure_pk=found.pk, user=other, quality="P", proof=proof(), reason="Mandat.", at=AT, by=by
    )
    actions.unfreeze(structure_pk=found.pk, reason="Réglé.", at=AT, by=by)
    assert Structure.objects.get(pk=found.pk).representative() == other


def test_a_request_to_join_is_answered_by_the_representative():
    found, user = structure(), person()
    visitor = acting(user, "visitor")
    asked = actions.ask_to_join(structure_pk=found.pk, quality="Bénévole", at=AT, by=visitor)
    assert actions.ask_to_join(structure_pk=found.pk, quality="Bénévole", at=AT, by=visitor) == asked
    assert Mail.objects.get(kind="request_to_join").recipient == found.representative()
    with pytest.raises(NotAllowed):
        actions.answer_request(invitation_pk=asked.pk, accepted=True, at=AT, by=visitor)
    with pytest.raises(NotAllowed):  # a request is not an invitation that one accepts by oneself
        answer(asked, user)
    actions.answer_request(
        invitation_pk=asked.pk, accepted=True, role="reader", at=AT, by=representative_of(found)
    )
    assert role_of(found, user) == "reader"
    assert Mail.objects.filter(kind="request_answered", recipient=user).exists()
    with pytest.raises(NotAllowed):  # already a member
        actions.ask_to_join(structure_pk=found.pk, at=AT, by=visitor)


def test_a_request_never_gives_representation():
    found = structure()
    asked = actions.ask_to_join(structure_pk=found.pk, at=AT, by=acting(person(), "visitor"))
    with pytest.raises(Blocked):
        actions.answer_request(
            invitation_pk=asked.pk, accepted=True, role="representative", at=AT, by=representative_of(found)
        )


def test_two_people_behind_one_mailbox():
    found = structure()
    host = found.representative()
    seat = actions.add_person(
        structure_pk=found.pk,
        first_name="Paul",
        last_name="Brossard",
        role="editor",
        shares_mailbox_with=host,
        at=AT,
        by=representative_of(found),
    )
    assert seat.user.mailbox == host.email
    assert seat.user.email is None
    # Handing over to the common address names the other one behind it.
    one = actions.hand_over(
        structure_pk=found.pk,
        email=host.email,
        quality="Président",
        proof=proof(),
        at=AT,
        by=representative_of(found),
    )
    with pytest.raises(Blocked, match="déjà la structure"):
        answer(one, host)
    answer(one, seat.user)
    assert Structure.objects.get(pk=found.pk).representative() == seat.user


def test_somebody_with_no_email_at_all():
    found = structure()
    seat = actions.add_person(
        structure_pk=found.pk,
        first_name="Odette",
        last_name="Roy",
        role="reader",
        phone="0100000000",
        at=AT,
        by=representative_of(found),
    )
    assert (seat.user.mailbox, seat.user.preferred_channel) == ("", "phone")
    assert Event.objects.filter(move="add_person", subject=f"structures.structure:{found.pk}").exists()


def test_a_mailbox_of_a_stranger_is_not_shared():
    found = structure()
    with pytest.raises(Blocked):
        actions.add_person(
            structure_pk=found.pk,
            first_name="A",
            last_name="B",
            role="reader",
            shares_mailbox_with=person(),
            at=AT,
            by=representative_of(found),
        )
    assert not User.objects.filter(last_name="B").exists()


def test_leaving_and_being_shown_out():
    found = structure()
    editor, reader = member(found), member(found, role="reader")
    seat = Membership.objects.get(user=editor)
    actions.end_membership(membership_pk=seat.pk, at=AT, by=member_of(found, editor))
    with pytest.raises(NotAllowed):
        actions.end_membership(
            membership_pk=Membership.objects.get(user=reader).pk, at=AT, by=acting(editor, "editor")
        )
    actions.end_membership(
        membership_pk=Membership.objects.get(user=reader).pk, at=AT, by=representative_of(found)
    )
    assert list(Membership.objects.current().filter(structure=found)) == [
        Membership.objects.get(role="representative")
    ]


def test_the_representative_does_not_leave_without_handing_over():
    found = structure()
    seat = Membership.objects.get(structure=found)
    with pytest.raises(Blocked, match="main"):
        actions.end_membership(membership_pk=seat.pk, at=AT, by=representative_of(found))


def test_roles_change_between_writing_and_reading_only():
    found = structure()
    editor = member(found)
    by = representative_of(found)
    actions.change_role(
        membership_pk=Membership.objects.current().get(user=editor).pk, role="reader", at=AT, by=by
    )
    assert role_of(found, editor) == "reader"
    with pytest.raises(Blocked):
        actions.change_role(
            membership_pk=Membership.objects.current().get(user=editor).pk,
            role="representative",
            at=AT,
            by=by,
        )
    with pytest.raises(Membership.DoesNotExist):  # a seat that ended is not brought back
        actions.change_role(
            membership_pk=Membership.objects.filter(user=editor).first().pk, role="editor", at=AT, by=by
        )
