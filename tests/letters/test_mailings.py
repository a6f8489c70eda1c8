"""A mail to many: frozen, confirmed by its number, sent once to who is still concerned; the digest of reminders."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from certificates.models import Label
from deadlines.tick import tick
from journal.refusals import Blocked, NotAllowed
from letters import actions, digests, outbox, sending
from letters.actions import queue_mail
from letters.models import Mail, Mailing, MailingRecipient
from structures.models import Membership
from tests.desks.test_lists import sheet_of
from tests.factories import norms as make
from tests.factories.accounts import acting, person, signatory, signed_in, staff
from tests.factories.structures import AT
from tests.reading import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER)


def test_nothing_leaves_before_the_number_is_typed_and_each_one_leaves_once(client: Client, officer) -> None:
    labels = [make.held() for _ in range(3)]
    lost = labels[2].structure
    Membership.objects.filter(structure=lost).update(ended_at=AT)
    mailing = make.prepared_mailing()
    signed_in(client, officer.user)
    address = reverse("staff_mailing", args=[mailing.pk])
    page = words(client.get(address))
    assert "3 destinataires" in page and "Votre label se termine le" in page and lost.name in page
    assert Mail.objects.filter(kind=mailing.kind).count() == 0
    for wrong in ("", "2", "x", "-1", "99999999999"):
        client.post(address, {"typed": wrong})
        assert Mailing.objects.get(pk=mailing.pk).confirmed_at is None
    client.post(address, {"typed": "3"})
    actions.confirm_mailing(mailing_pk=mailing.pk, typed=3, at=AT, by=officer)
    with pytest.raises(Blocked, match="parti"):
        actions.abandon_mailing(mailing_pk=mailing.pk, at=AT, by=officer)
    # A worker dies after the first one: the tick goes on from the rows, and nobody is told twice.
    first, *_rest = mailing.recipients.order_by("pk")
    assert sending._tell(first.pk, AT) and not sending._tell(first.pk, AT)
    Label.objects.filter(pk=labels[1].pk).update(
        ends_on=AT.date() + timedelta(days=900)
    )  # no longer concerned
    assert sending.send_mailings(AT) == 2 and sending.send_mailings(AT) == 0
    assert list(mailing.recipients.order_by("pk").values_list("outcome", flat=True)) == [
        "sent",
        "past",
        "nobody",
    ]
    assert Mail.objects.filter(kind=mailing.kind).count() == 1
    assert Mailing.objects.get(pk=mailing.pk).finished_at is not None
    assert len(sheet_of(client, reverse("staff_mailing_file", args=[mailing.pk]))) == 4


def test_one_mailing_of_a_kind_at_a_time_and_only_by_who_may(officer) -> None:
    with pytest.raises(Blocked, match="Personne n'est concerné"):
        actions.prepare_mailing(kind="renewal_call", at=AT, by=officer)
    make.held()
    mailing = make.prepared_mailing()
    with pytest.raises(Blocked, match="n'est pas terminé"):
        actions.prepare_mailing(kind="renewal_call", at=AT, by=officer)
    with pytest.raises(NotAllowed):
        actions.confirm_mailing(mailing_pk=mailing.pk, typed=1, at=AT, by=acting(signatory(), Role.SIGNATORY))
    with pytest.raises(LookupError):
        actions.prepare_mailing(kind="nothing", at=AT, by=officer)
    actions.abandon_mailing(mailing_pk=mailing.pk, at=AT, by=officer)
    with pytest.raises(Blocked, match="abandonné"):
        actions.confirm_mailing(mailing_pk=mailing.pk, typed=1, at=AT, by=officer)
    assert sending.send_mailings(AT) == 0 and not Mail.objects.filter(kind="renewal_call").exists()
    assert MailingRecipient.objects.filter(done_at=None).count() == 1


def test_somebody_without_a_mailbox_is_told_by_hand(officer) -> None:
    held = make.held()
    who = held.structure.representative()
    User.objects.filter(pk=who.pk).update(email=None)
    mailing = make.prepared_mailing()
    actions.confirm_mailing(mailing_pk=mailing.pk, typed=1, at=AT, by=officer)
    sending.send_mailings(AT)
    assert mailing.recipients.get().outcome == "by_hand"
    assert Mail.objects.get(kind=mailing.kind).status == Mail.Status.BY_HAND


def remind(recipient, key: str, at=AT) -> None:
    queue_mail(
        kind="test",
        key=key,
        recipient=recipient,
        title=f"Rappel {key}",
        text="Corps",
        at=at,
        path="/x/",
        reminder=True,
    )


def test_the_reminders_of_a_day_leave_as_one_mail_and_one_alone_as_it_is() -> None:
    many, one = person("beaucoup@exemple.fr"), person("un@exemple.fr")
    for key in "abc":
        remind(many, key)
    remind(one, "a")
    assert outbox.flush(AT) == 0
    tick(AT)
    sent = {message.to[0]: message for message in django_mail.outbox}
    assert len(django_mail.outbox) == 2
    assert sent["beaucoup@exemple.fr"].subject.startswith("3 rappels")
    assert all(f"Rappel {key}" in sent["beaucoup@exemple.fr"].body for key in "abc")
    assert sent["un@exemple.fr"].subject == "Rappel a"
    assert Mail.objects.filter(status=Mail.Status.JOINED, joined_in__kind="digest").count() == 3

    # Later that day they wait; the next day they leave. Twice at once changes nothing.
    remind(many, "d")
    assert digests.gather(AT + timedelta(hours=3)) == 0
    tomorrow = AT + timedelta(days=1)
    assert digests.gather(tomorrow) == 1 and digests.gather(tomorrow) == 0
