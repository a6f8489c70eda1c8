"""The journal writes every move by itself, and the database keeps what it wrote."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django_fsm import TransitionNotAllowed

from accounts.models import User
from journal import triggers
from journal.models import GENESIS, Counter, Event, Reason, Thread
from journal.moves import Actor, moved, note
from journal.verification import broken_links
from structures.models import Structure

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Actor:
    return Actor(
        User.objects.create_user("nadia@exemple.fr", first_name="Nadia", last_name="Brossard"), "case_officer"
    )


@pytest.fixture
def structure(by: Actor) -> Structure:
    thread = Thread.objects.create(reference="STR-1")
    return Structure.objects.open(thread=thread, at=AT, by=by, name="Escale Anémone", created_at=AT)


def freeze(structure: Structure, by: Actor) -> Structure:
    with transaction.atomic():
        held = Structure.objects.hold(structure.pk)
        held.freeze(by=by, at=AT)
        held.save()
    return held


def test_a_move_writes_row_event_and_head_together(structure: Structure, by: Actor) -> None:
    freeze(structure, by.because("deux présidentes déclarées"))

    opened, frozen = Event.objects.order_by("position")
    assert (opened.move, opened.source, opened.target, opened.previous) == ("open", "", "open", GENESIS)
    assert (frozen.move, frozen.source, frozen.target) == ("freeze", "open", "frozen")
    assert (frozen.actor_id, frozen.role, frozen.previous) == (by.user_id, "case_officer", opened.digest)
    thread = Thread.objects.get()
    assert (thread.head, thread.length) == (frozen.digest, 2)


def test_the_event_holds_keys_and_a_digest_never_the_words(structure: Structure, by: Actor) -> None:
    freeze(structure, by.because("deux présidentes déclarées"))

    event = Event.objects.get(move="freeze")
    written = " ".join(str(value) for value in Event.objects.filter(pk=event.pk).values_list().get())
    assert "présidentes" not in written
    assert "Brossard" not in written
    assert event.subject == f"structures.structure:{structure.pk}"
    assert Reason.objects.get(event=event).text == "deux présidentes déclarées"


def test_a_reason_can_be_erased_without_breaking_the_chain(structure: Structure, by: Actor) -> None:
    freeze(structure, by.because("deux présidentes déclarées"))
    Reason.objects.update(text="", salt="", erased_at=AT)

    assert list(broken_links()) == []


def test_a_record_that_is_not_held_does_not_move(structure: Structure, by: Actor) -> None:
    stranger = Structure.objects.get(pk=structure.pk)

    with pytest.raises(TransitionNotAllowed, match="hold"):
        stranger.freeze(by=by, at=AT)


def test_a_move_without_an_actor_is_refused(structure: Structure) -> None:
    with transaction.atomic():
        held = Structure.objects.hold(structure.pk)
        with pytest.raises(TransitionNotAllowed, match="by="):
            held.freeze(by=None, at=AT)  # type: ignore[arg-type]


def test_a_second_move_before_saving_is_refused(structure: Structure, by: Actor) -> None:
    with transaction.atomic():
        held = Structure.objects.hold(structure.pk)
        held.freeze(by=by, at=AT)
        with pytest.raises(TransitionNotAllowed, match="second move"):
            held.unfreeze(by=by, at=AT)


def test_a_state_is_written_by_a_move_only(structure: Structure) -> None:
    with pytest.raises(TypeError):
        Structure.objects.filter(pk=structure.pk).update(state="frozen")
    with pytest.raises(TypeError):
        Structure.objects.bulk_update([structure], ["state"])
    with pytest.raises(AttributeError):
        structure.state = "frozen"


@pytest.mark.django_db(transaction=True)
def test_holding_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransitionNotAllowed, match="transaction"):
        Structure.objects.hold(1)


def test_what_raises_while_hearing_a_move_undoes_it(structure: Structure, by: Actor) -> None:
    def refuse(**_: object) -> None:
        raise RuntimeError("the flow has no such step")

    moved.connect(refuse)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            freeze(structure, by)
    finally:
        moved.disconnect(refuse)

    assert Structure.objects.get().state == "open"
    assert Event.objects.count() == 1


def test_a_note_is_journaled_without_moving(structure: Structure, by: Actor) -> None:
    with transaction.atomic():
        note(Structure.objects.hold(structure.pk), what="file_read", at=AT, by=by)

    event = Event.objects.get(move="file_read")
    assert (event.source, event.target) == ("open", "open")
    assert list(broken_links()) == []


@pytest.mark.parametrize("statement", ["UPDATE journal_event SET role='x'", "DELETE FROM journal_event"])
def test_the_database_refuses_to_change_the_journal(structure: Structure, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_postgresql_refuses_to_empty_the_journal(structure: Structure) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE journal_event CASCADE")


def test_verify_journal_finds_an_event_changed_behind_its_back(
    structure: Structure, by: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    freeze(structure, by)
    call_command("verify_journal")
    assert "2 events, every chain intact" in capsys.readouterr().out

    triggers.lift()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_event SET role='signatory' WHERE position=2")
    triggers.install()

    with pytest.raises(CommandError, match="1 breaks"):
        call_command("verify_journal")


def test_missing_triggers_are_told(structure: Structure) -> None:
    assert triggers.missing() == []
    triggers.lift()
    each = 2 if connection.vendor == "postgresql" else 3
    assert len(triggers.missing()) == each * len(triggers.TABLES)
    triggers.install()
    assert triggers.missing() == []


def test_counters_are_gapless_per_prefix_and_year() -> None:
    assert [Counter.objects.allocate("LBL", 2027) for _ in range(3)] == [1, 2, 3]
    assert Counter.objects.allocate("LBL", 2028) == 1
    assert Counter.objects.allocate("DOS", 2027) == 1
