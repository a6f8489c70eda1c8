"""A mail is written once, leaves once, in the language of the person, and is tried again until it is given up."""

import threading
from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils.functional import lazy
from django_tasks_db.models import DBTaskResult

from letters import outbox
from letters.actions import queue_mail
from letters.due import forget_finished_tasks
from letters.models import DemonstrationMail, Mail
from letters.tasks import send_mail
from tests.factories.accounts import person
from tests.factories.letters import AT
from tests.reading import plain

pytestmark = pytest.mark.django_db


class Broken(BaseEmailBackend):
    """A server that refuses everything."""

    def send_messages(self, email_messages):
        raise SMTPException("no")


def queued(recipient=None, **facts):
    facts = {"kind": "test", "key": "1", "title": "Titre", "text": "Corps", "at": AT, **facts}
    return queue_mail(recipient=recipient or person(), **facts)


def test_a_mail_leaves_with_one_link_and_the_last_line_of_all_mails(settings):
    recipient = person("nadia@exemple.fr")
    made = queued(recipient, path="/espace/courriers/1/")
    assert outbox.send(made.pk, at=AT)
    (sent,) = django_mail.outbox
    assert sent.to == ["nadia@exemple.fr"]
    assert sent.reply_to == [settings.SERVICE_EMAIL]
    assert sent.body.count("http") == 1
    assert f"{settings.PUBLIC_URL}/espace/courriers/1/" in sent.body
    assert plain(sent.body).endswith("Vous préférez le téléphone ou le courrier ? 01 00 00 00 00.")
    (page, kind) = sent.alternatives[0]
    assert kind == "text/html"
    assert 'lang="fr"' in page
    assert page.count("<a ") == 1
    assert not sent.attachments


def test_markup_in_a_mail_stays_text():
    made = queued(text="<script>alert(1)</script>", title="<b>\nBcc: x@exemple.fr")
    outbox.send(made.pk, at=AT)
    (sent,) = django_mail.outbox
    assert "<script>" not in sent.alternatives[0][0]
    assert sent.subject == "<b> Bcc: x@exemple.fr"


def test_the_same_announcement_never_leaves_twice_to_the_same_person():
    one, other = person(), person()
    assert queued(one)
    assert queued(one, text="Autre") is None
    assert queued(other)
    assert outbox.flush(AT) == 2
    assert outbox.flush(AT + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    "facts",
    [{"without_email": True}, {"never_contact": True}, {"is_active": False}],
    ids=["post", "stop", "gone"],
)
def test_nobody_writes_to_who_cannot_or_may_not_be_written_to(facts):
    assert queued(person(**facts)) is None
    assert not Mail.objects.exists()


def test_somebody_who_said_stop_meanwhile_gets_nothing():
    recipient = person()
    made = queued(recipient)
    recipient.never_contact = True
    recipient.save()
    assert outbox.send(made.pk, at=AT) is False
    assert Mail.objects.get().status == Mail.Status.DROPPED
    assert django_mail.outbox == []


def test_two_people_behind_one_mailbox_are_each_named():
    host = person("boite@exemple.fr")
    guest = person(shares_mailbox_with=host, first_name="Ali", last_name="Benali")
    queued(host)
    queued(guest)
    outbox.flush(AT)
    assert [message.to for message in django_mail.outbox] == [["boite@exemple.fr"]] * 2
    assert ["Pour Ali Benali" in message.body for message in django_mail.outbox] == [False, True]


def test_words_are_said_in_the_language_of_the_recipient():
    from django.utils.translation import get_language

    said = lazy(lambda: f"en {get_language()}", str)()
    queued(person(language="en"), title=said, text=lambda: f"in {get_language()}")
    made = Mail.objects.get()
    assert (made.title, made.text) == ("en en", "in en")


def test_a_title_too_long_is_cut_and_nothing_breaks():
    assert len(queued(title="É" * 500).title) == 200


def test_a_failure_is_tried_again_later_and_later_then_shown_as_failed(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    made = queued()
    at, waits = AT, []
    for _ in range(outbox.MOST_ATTEMPTS):
        assert outbox.send(made.pk, at=at) is False
        row = Mail.objects.get()
        waits.append(row.next_try_at - at)
        assert outbox.send(made.pk, at=at) is False
        at = row.next_try_at
    assert Mail.objects.get().status == Mail.Status.FAILED
    assert Mail.objects.get().attempts == outbox.MOST_ATTEMPTS
    assert [wait.total_seconds() / 60 for wait in waits[:-1]] == [1, 2, 4, 8, 16, 32, 64]
    assert outbox.flush(AT + timedelta(days=9)) == 0


def test_a_mail_left_by_a_dead_worker_is_sent_after_a_while():
    made = queued()
    Mail.objects.filter(pk=made.pk).update(next_try_at=AT + outbox.LEASE, attempts=1)
    assert outbox.flush(AT) == 0
    assert outbox.flush(AT + outbox.LEASE) == 1
    assert Mail.objects.get().status == Mail.Status.SENT


def test_a_mail_that_does_not_exist_is_no_error():
    assert outbox.send(10**9, at=AT) is False


@pytest.mark.django_db(transaction=True)
def test_a_mail_undone_with_its_transaction_never_leaves_and_its_task_holds_only_its_key():
    with pytest.raises(ValueError, match="undone"), transaction.atomic():
        queued()
        raise ValueError("undone")
    assert not Mail.objects.exists()
    assert not DBTaskResult.objects.exists()
    with transaction.atomic():
        made = queued()
        assert not DBTaskResult.objects.exists()
    (task,) = DBTaskResult.objects.all()
    assert task.args_kwargs == {"args": [made.pk], "kwargs": {}}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_one_mail_once():
    made = queued()
    start, sent = threading.Barrier(8), []

    def work():
        start.wait()
        try:
            sent.append(outbox.send(made.pk, at=AT))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(sent) == [False] * 7 + [True]
    assert len(django_mail.outbox) == 1


def test_the_demonstration_keeps_mails_for_its_page(settings):
    settings.DEMONSTRATION = True
    backend = get_connection("letters.backends.DemonstrationBackend")
    assert EmailMessage("Titre", "Corps", to=["a@exemple.fr", "b@exemple.fr"], connection=backend).send() == 1
    assert set(DemonstrationMail.objects.values_list("to_address", flat=True)) == {
        "a@exemple.fr",
        "b@exemple.fr",
    }


def test_the_backend_of_the_demonstration_is_impossible_elsewhere(settings):
    settings.DEMONSTRATION = False
    with pytest.raises(ImproperlyConfigured):
        get_connection("letters.backends.DemonstrationBackend")


def test_finished_work_is_forgotten_after_fourteen_days_and_waiting_work_is_not():
    done, waiting = (send_mail.enqueue(0).id for _ in range(2))
    DBTaskResult.objects.filter(pk=done).update(status="SUCCESSFUL", finished_at=AT)
    assert forget_finished_tasks(AT + timedelta(days=13)) == 0
    assert forget_finished_tasks(AT + timedelta(days=14)) == 1
    assert [str(row.pk) for row in DBTaskResult.objects.all()] == [waiting]
