"""An auditor reads the journal again: each way of tampering with it is tried, by somebody who owns the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from journal import triggers
from journal.models import GENESIS, Event, Reason, Thread
from journal.moves import Actor, note
from journal.verification import Checkpoint, broken_links, checkpoint
from structures.models import Structure

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread() -> Thread:
    """A chain of three events, the last two with a reason."""
    user = User.objects.create_user("nadia@exemple.fr", first_name="Nadia", last_name="Brossard")
    by = Actor(user, "case_officer")
    thread = Thread.objects.create(reference="STR-1")
    structure = Structure.objects.open(thread=thread, at=AT, by=by, name="Escale Anémone", created_at=AT)
    for reason in ("Une première lecture.", "Une seconde lecture."):
        with transaction.atomic():
            note(Structure.objects.hold(structure.pk), what="file_read", at=AT, by=by.because(reason))
    return Thread.objects.get()


@contextmanager
def owner() -> Iterator[None]:
    """Behind the back of the house, as whoever owns the database can: triggers lifted, then put back."""
    triggers.lift()
    yield
    triggers.install()


def event(position: int) -> Event:
    return Event.objects.get(position=position)


def forge(position: int, /, **changes: object) -> Event:
    """Rewrite an event with a digest that fits it, and the head of its chain when it was the last."""
    forged = event(position)
    for name, value in changes.items():
        setattr(forged, name, value)
    old, forged.digest = forged.digest, forged.compute()
    Event.objects.filter(pk=forged.pk).update(digest=forged.digest, **changes)
    Thread.objects.filter(head=old).update(head=forged.digest, length=forged.position)
    return forged


def told(since: Checkpoint | None = None) -> list[str]:
    """The sentences, without the key of the thread."""
    return [sentence.partition(": ")[2] for sentence in broken_links(since)]


def test_a_sound_journal_says_nothing(thread: Thread) -> None:
    assert told() == []
    assert told(checkpoint()) == []


@pytest.mark.parametrize("change", [{"position": 7}, {"previous": GENESIS}])
def test_an_event_out_of_order(thread: Thread, change: dict[str, object]) -> None:
    with owner():
        forge(3, **change)

    assert told() == ["an event is missing or out of order at 3"]


def test_an_event_missing_in_the_middle(thread: Thread) -> None:
    with owner():
        Reason.objects.filter(event=event(2)).delete()
        Event.objects.filter(position=2).delete()

    assert told() == ["an event is missing or out of order at 2"]


def test_an_event_changed(thread: Thread) -> None:
    with owner():
        Event.objects.filter(position=2).update(role="signatory")

    assert told() == ["event 2 was changed"]


@pytest.mark.parametrize("change", [{"head": GENESIS}, {"length": 2}])
def test_a_head_that_is_not_the_last_event(thread: Thread, change: dict[str, object]) -> None:
    Thread.objects.update(**change)

    assert told() == ["its head is not its last event"]


@pytest.mark.parametrize("change", [{"head": "f" * 64}, {"length": 1}])
def test_a_head_without_any_event(change: dict[str, object]) -> None:
    Thread.objects.create(reference="STR-2", **change)

    assert told() == ["its head has no event"]


@pytest.mark.parametrize("change", [{"text": "Un autre motif."}, {"salt": "0" * 32}])
def test_a_reason_changed(thread: Thread, change: dict[str, str]) -> None:
    Reason.objects.filter(event=event(2)).update(**change)

    assert told() == ["the reason of event 2 was changed"]


def test_a_reason_gone(thread: Thread) -> None:
    Reason.objects.filter(event=event(2)).delete()

    assert told() == ["the reason of event 2 is gone"]


def test_a_reason_rewritten_under_cover_of_an_erasure(thread: Thread) -> None:
    Reason.objects.filter(event=event(2)).update(text="Un autre motif.", erased_at=AT)

    assert told() == ["the reason of event 2 is said to be erased and has a text"]


def test_a_reason_that_the_chain_does_not_know(thread: Thread) -> None:
    Reason.objects.create(event=event(1), salt="0" * 32, text="Un motif ajouté.")

    assert told() == ["the reason of event 1 was changed"]


def test_a_reason_erased_when_its_time_came(thread: Thread) -> None:
    Reason.objects.filter(event=event(2)).update(text="", erased_at=AT)

    assert told() == []


class TestCheckpoint:
    def test_an_end_cut_off_with_its_head(self, thread: Thread) -> None:
        before = checkpoint()
        with owner():
            Reason.objects.filter(event=event(3)).delete()
            Event.objects.filter(position=3).delete()
            Thread.objects.update(head=event(2).digest, length=2)

        assert told() == []
        assert told(before) == ["event 3 of the checkpoint is no longer there"]

    def test_an_end_written_anew(self, thread: Thread) -> None:
        before = checkpoint()
        with owner():
            forge(3, role="signatory")

        assert told() == []
        assert told(before) == ["event 3 of the checkpoint is no longer there"]

    def test_a_whole_chain_gone(self, thread: Thread) -> None:
        before = checkpoint()
        with owner():
            Reason.objects.all().delete()
            Event.objects.all().delete()
            Thread.objects.update(head=GENESIS, length=0)

        assert told() == []
        assert told(before) == ["all its events since before the checkpoint are gone"]

    def test_a_chain_that_grew_is_sound(self, thread: Thread) -> None:
        before = checkpoint()
        with transaction.atomic():
            note(
                Structure.objects.hold(Structure.objects.get().pk), what="file_read", at=AT, by=Actor.system()
            )

        assert told(before) == []

    def test_kept_in_a_file(self, thread: Thread, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        kept = tmp_path / "checkpoint.json"
        call_command("verify_journal", "--to", str(kept))
        said = capsys.readouterr().out
        assert "journal: 3 events, every chain intact" in said
        assert f"checkpoint: 3 events, digest of the heads {checkpoint().digest}" in said

        call_command("verify_journal", "--from", str(kept))
        with owner():
            forge(3, role="signatory")
        with pytest.raises(CommandError, match="1 breaks"):
            call_command("verify_journal", "--from", str(kept))

    @pytest.mark.parametrize(
        "text",
        ["", "[]", "{}", '{"heads": {}}', '{"digest": "", "heads": {"1": 2}}', '{"digest": "", "heads": {}}'],
    )
    def test_a_file_that_is_none_or_was_changed(self, thread: Thread, tmp_path: Path, text: str) -> None:
        kept = tmp_path / "checkpoint.json"
        kept.write_text(text)
        with pytest.raises(CommandError, match="checkpoint"):
            call_command("verify_journal", "--from", str(kept))
        with pytest.raises(CommandError, match="No such file"):
            call_command("verify_journal", "--from", str(tmp_path / "none"))


class TestTriggers:
    def run(self, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    @pytest.mark.parametrize("same", ["id", "thread_id, position"])
    def test_replacing_a_row_is_refused(self, thread: Thread, same: str) -> None:
        columns = [field.column for field in Event._meta.local_concrete_fields]
        columns = [column for column in columns if same == "id" or column != "id"]
        taken = ["'signatory'" if column == "role" else column for column in columns]
        replacing, clash = "REPLACE", ""
        if connection.vendor == "postgresql":
            replacing, clash = "INSERT", f" ON CONFLICT ({same}) DO UPDATE SET role = EXCLUDED.role"
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            self.run(
                f"{replacing} INTO journal_event ({', '.join(columns)}) "
                f"SELECT {', '.join(taken)} FROM journal_event WHERE position = 2{clash}"
            )
        assert event(2).role == "case_officer"

    def test_a_trigger_that_was_emptied_is_missing_and_mended(self) -> None:
        on = " ON journal_event" if connection.vendor == "postgresql" else ""
        name = "journal_event_append_only" if on else "journal_event_no_update"
        self.run(f"DROP TRIGGER {name}{on}")
        self.run(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON journal_event FOR EACH ROW WHEN (false) "
            + ("EXECUTE FUNCTION refuse_to_change()" if on else "BEGIN SELECT 1; END")
        )
        assert triggers.missing() == [name]
        triggers.install()
        assert triggers.missing() == []

    @pytest.mark.postgres
    @pytest.mark.parametrize("mode", ["DISABLE", "ENABLE REPLICA"])
    def test_a_disabled_trigger_of_postgresql_is_missing_and_mended(self, mode: str) -> None:
        self.run(f"ALTER TABLE journal_event {mode} TRIGGER journal_event_append_only")
        assert triggers.missing() == ["journal_event_append_only"]
        triggers.install()
        assert triggers.missing() == []

    @pytest.mark.postgres
    def test_an_emptied_function_of_postgresql_protects_nothing(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'refuse_to_change%'")
            functions = {name for (name,) in cursor.fetchall()}
        assert functions == {"refuse_to_change", "refuse_to_change_label_snapshot"}
        for name in functions:
            self.run(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                "$$BEGIN RETURN NEW; END$$"
            )
        assert len(triggers.missing()) == 2 * len(triggers.TABLES)
        triggers.install()
        assert triggers.missing() == []
