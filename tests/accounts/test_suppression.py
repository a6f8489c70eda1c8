"""Nobody writes again to somebody on the suppression list: mails, letters, reminders, proposals; for anybody."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import actions, codes
from accounts.codes import CodeRefused
from accounts.models import Role, Suppression, User
from deadlines.tick import tick
from journal.models import Event, Reason
from journal.moves import Actor
from journal.refusals import Blocked, NotAllowed
from letters import actions as letters
from letters.actions import queue_mail
from letters.models import Letter, Mail
from letters.outbox import flush
from reviewers import actions as committee
from reviewers.models import Assignment, Mandate
from tests.factories import letters as corresponding
from tests.factories import reviewers as factory
from tests.factories.accounts import acting, person, signed_in, staff
from tests.factories.structures import AT
from tests.reading import plain
from workflows import todo

pytestmark = pytest.mark.django_db


def secretary() -> Actor:
    return factory.secretary().because("Sa fille a appelé.")


def suppress(user: User, *, at: Any = AT) -> Suppression:
    return actions.suppress_person(user=user, at=at, by=secretary())


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def queued(user: User, key: str, *, at: Any = AT) -> Mail | None:
    return queue_mail(kind="test", key=key, recipient=again(user), title="Titre", text="Texte", at=at)


def test_everything_stops_at_once_in_neutral_words_and_without_a_name_in_the_logs(caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    application = factory.under_review()
    asked, reading, sent = factory.assignments_of(application)[:3]
    factory.accepted(reading)
    factory.submitted(sent)
    members = [row.mandate for row in (asked, reading, sent)]
    waiting = Mail.objects.filter(recipient__in=[one.user_id for one in members], status="queued")
    assert waiting.exists()
    for one in members:
        suppress(one.user)
    assert not waiting.exists()
    assert [Assignment.objects.get(pk=row.pk).state for row in (asked, reading, sent)] == [
        "expired",
        "replaced",
        "submitted",  # what was sent stays valid
    ]
    assert {one.state for one in Mandate.objects.filter(pk__in=[one.pk for one in members])} == {"ended"}
    assert not Reason.objects.exists()  # why is kept nowhere
    outbox.outbox.clear()
    for days in range(1, 40):
        tick(at=AT + timedelta(days=days))
    reached = {address for one in outbox.outbox for address in one.to}
    assert not reached & {one.user.email for one in members}
    assert not any(one.user.last_name in caplog.text for one in members)
    assert not again(members[0].user).is_active
    told = Event.objects.filter(move="suppress")
    assert {(event.role, event.on_behalf_of) for event in told} == {(Role.SECRETARIAT, "")}


def test_a_proposal_an_appointment_and_a_paused_mandate_are_closed_too() -> None:
    asked, named, paused = factory.approached(), factory.appointed(), factory.member()
    committee.pause(mandate_pk=paused.pk, at=AT, by=factory.member_actor(paused))
    found = []
    for one in (asked, named, paused):
        suppress(one.user)
        found.append(Mandate.objects.get(pk=one.pk).state)
        with pytest.raises(Blocked, match="n'écrit plus"):
            factory.approached(user=again(one.user))
    assert found == ["not_appointed", "ended", "ended"]


def test_a_shared_mailbox_keeps_working_for_the_other_person() -> None:
    owner = person("famille@exemple.fr")
    guest = person(shares_mailbox_with=owner)
    stays, goes = queued(guest, "1"), queued(owner, "2")
    suppress(owner)
    flush(AT + timedelta(minutes=1))
    assert stays and goes
    states = dict(Mail.objects.values_list("pk", "status"))
    assert (states[stays.pk], states[goes.pk]) == ("sent", "dropped")
    assert queued(owner, "3") is None and queued(guest, "4") is not None
    assert Suppression.objects.silences("famille@exemple.fr") is False
    suppress(guest)
    assert Suppression.objects.silences("Famille@exemple.fr") is True
    with pytest.raises(CodeRefused):
        codes.send_code(user=again(owner), purpose="sign", at=AT)


@pytest.mark.parametrize("suppressed", [False, True])
def test_a_code_leaves_for_whoever_still_reads_the_mailbox_only(
    suppressed: bool, django_capture_on_commit_callbacks: Any
) -> None:
    owner = person("famille@exemple.fr")
    guest = person(shares_mailbox_with=owner)
    suppress(owner)
    if suppressed:
        suppress(guest)
    outbox.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        codes.send_code_to_address(
            address="famille@exemple.fr", purpose=codes.SIGN_IN, language="fr", network="x", at=AT
        )
    assert [one.to for one in outbox.outbox] == ([] if suppressed else [["famille@exemple.fr"]])


def test_an_address_without_an_account_is_silent_too() -> None:
    by = secretary()
    row = Mail.objects.create(
        kind="invitation",
        key="i",
        to_address="tresoriere@exemple.fr",
        title="T",
        text="T",
        created_at=AT,
        next_try_at=AT,
    )
    actions.suppress_address(address="Tresoriere@exemple.fr", at=AT, by=by)
    assert Mail.objects.get(pk=row.pk).status == "dropped"
    with pytest.raises(Blocked, match="déjà noté"):
        actions.suppress_address(address="tresoriere@exemple.fr", at=AT, by=by)
    later = Mail.objects.create(
        kind="invitation",
        key="j",
        to_address="TRESORIERE@exemple.fr",
        title="T",
        text="T",
        created_at=AT,
        next_try_at=AT,
    )
    outbox.outbox.clear()
    flush(AT)
    assert Mail.objects.get(pk=later.pk).status == "dropped" and not outbox.outbox
    with pytest.raises(Blocked, match="n'écrit plus"):
        user = committee.find_or_add_person(
            first_name="A", last_name="B", email="tresoriere@exemple.fr", at=AT, by=factory.secretary()
        )
        factory.approached(user=user)
    assert (
        factory.approached(user=person(without_email=True)).state == "approached"
    )  # no address is no silence
    known = person("connue@exemple.fr")
    assert actions.suppress_address(address="CONNUE@exemple.fr", at=AT, by=by).user == known


def test_no_letter_leaves_for_somebody_on_the_list() -> None:
    home = corresponding.a_structure()
    head, later = corresponding.a_member(home), corresponding.AT + timedelta(days=200)
    with corresponding.letter_about_structures():
        by_post = corresponding.a_letter(home, addressee=head, channel="post")
        online = corresponding.a_letter(home, addressee=head)
        suppress(head, at=corresponding.AT)
        with pytest.raises(Blocked, match="Choisissez un autre destinataire"):
            corresponding.a_letter(home, addressee=again(head))
        sent: dict[str, Any] = {"letter_pk": by_post.pk, "at": corresponding.AT, "by": factory.secretary()}
        with pytest.raises(Blocked, match="Choisissez un autre destinataire"):
            letters.record_posting(
                **sent, registered_number="1A", sent_on=timezone.localdate(corresponding.AT)
            )
        letters.presume_receipts(later)
        assert Letter.objects.get(pk=online.pk).received_on is None  # no time runs from the silence of nobody
        actions.lift_suppression(suppression=Suppression.objects.get(), at=later, by=secretary())
        letters.presume_receipts(later)
        assert Letter.objects.get(pk=online.pk).presumed


def test_a_letter_not_posted_yet_is_withdrawn_with_a_note_and_never_printed(client: Client) -> None:
    home = corresponding.a_structure()
    head = corresponding.a_member(home)
    with corresponding.letter_about_structures():
        waiting = corresponding.a_letter(home, addressee=head, channel="post")
        other = corresponding.a_letter(home, addressee=person(), channel="post")
        reader = todo.Reader(secretary().user, timezone.localdate(AT), frozenset({Role.SECRETARIAT}))
        to_post = [task for task in todo.todo_for(reader, "staff") if task.title.startswith("Envoyer un")]
        assert len(to_post) == 2
        suppress(head, at=corresponding.AT)
        to_post = [task for task in todo.todo_for(reader, "staff") if task.title.startswith("Envoyer un")]
        assert [task.url for task in to_post] == [reverse("staff_letter", args=[other.pk])]
        assert list(Letter.objects.to_serve_by_post()) == [other]
        (event,) = Event.objects.filter(move="letter_withdrawn")
        assert (event.thread_id, event.subject) == (waiting.thread_id, waiting.subject)
        signed_in(client, staff(Role.SECRETARIAT))
        assert waiting.reference not in plain(client.get(reverse("staff_letters")).content.decode())
        shown = plain(client.get(reverse("staff_letter", args=[waiting.pk])).content.decode())
        assert "ni imprimée ni postée" in shown.replace("&#x27;", "'")
        assert "à imprimer" not in shown.lower()
        assert reverse("letter_pdf", args=[waiting.pk]) not in shown
        actions.lift_suppression(suppression=Suppression.objects.get(), at=corresponding.AT, by=secretary())
        assert set(Letter.objects.to_serve_by_post()) == {waiting, other}


def test_who_may_note_it_and_take_it_back() -> None:
    someone, colleague = person(), staff(Role.CASE_OFFICER)
    administrator = acting(staff(Role.TECHNICAL_ADMINISTRATOR), Role.TECHNICAL_ADMINISTRATOR)
    by = secretary()
    for wrong, user in (
        (factory.ethics_officer(), someone),
        (Actor(someone, ""), person()),
        (by, colleague),
        (by, by.user),
    ):
        with pytest.raises(NotAllowed):
            actions.suppress_person(user=user, at=AT, by=wrong)  # type: ignore[arg-type]
    actions.suppress_person(user=colleague, at=AT, by=administrator)
    row = suppress(someone)
    with pytest.raises(Blocked, match="déjà noté"):
        suppress(someone)
    with pytest.raises(Blocked, match="enlevez-la"):
        actions.reopen_account(user=again(someone), at=AT, by=administrator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Suppression.objects.create(user=someone, recorded_by=someone, recorded_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Suppression.objects.create(recorded_by=someone, recorded_at=AT)
    actions.lift_suppression(suppression=row, at=AT, by=by)
    with pytest.raises(Blocked, match="déjà enlevé"):
        actions.lift_suppression(suppression=row, at=AT, by=by)
    assert again(someone).is_active and queued(someone, "1") is not None
    suppress(someone)  # and on the list again


def test_a_name_erased_later_leaves_its_address_silent_and_the_mailbox_to_who_reads_it() -> None:
    lone, owner = person("seule@exemple.fr"), person("famille@exemple.fr")
    guest = person(shares_mailbox_with=owner)
    for one in (lone, owner):
        suppress(one)
        actions.pseudonymise_person(user=again(one), at=AT, by=Actor.system())
    assert Suppression.objects.silences("seule@exemple.fr")
    assert again(guest).email == "famille@exemple.fr" and not Suppression.objects.silences(
        "famille@exemple.fr"
    )
    with pytest.raises(NotAllowed):
        actions.pseudonymise_person(user=guest, at=AT, by=secretary())


def test_the_secretariat_finds_somebody_notes_it_and_mends_a_mistake(client: Client) -> None:
    signed_in(client, staff(Role.SECRETARIAT))
    someone = person("jeanne@exemple.fr", first_name="Jeanne", last_name="Querrec", city="Brest")
    address, one = reverse("staff_suppressions"), reverse("staff_suppress", args=[someone.pk])
    assert "Répondez" in plain(client.post(address, {"words": " "}).content.decode())
    shown = plain(client.post(address, {"go": "search", "words": "querrec jean"}).content.decode())
    assert one in shown and "Brest" in shown
    assert "Personne ne correspond" in plain(client.post(address, {"words": "Zzz"}).content.decode())
    assert "ce qui lui était demandé ira à" in plain(client.get(one).content.decode())
    assert "Plus rien ne partira" in plain(client.post(one, follow=True).content.decode())
    assert "déjà noté" in plain(client.post(one, follow=True).content.decode())
    assert again(someone).never_contact
    unknown = {"go": "address", "words": "ancienne@exemple.fr"}
    assert "Ne plus écrire à cette adresse" in plain(
        client.post(address, unknown | {"go": ""}).content.decode()
    )
    client.post(address, unknown)
    assert Suppression.objects.standing().count() == 2
    row = Suppression.objects.get(user=someone)
    client.post(reverse("staff_suppression_lift", args=[row.pk]))
    assert not again(someone).never_contact
    colleague = staff(Role.SIGNATORY)
    page = reverse("staff_suppress", args=[colleague.pk])
    assert "administration technique" in plain(client.get(page).content.decode())
    assert "administration technique" in plain(client.post(page, follow=True).content.decode())
    assert not again(colleague).never_contact


def test_the_list_has_the_same_queries_for_1_and_3(client: Client) -> None:
    signed_in(client, staff(Role.SECRETARIAT))
    counts = []
    for more in (1, 2):
        for _one in range(more):
            suppress(person())
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("staff_suppressions"))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10 + 4
