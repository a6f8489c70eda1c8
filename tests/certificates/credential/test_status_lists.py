"""The bits follow the labels: at once, whatever was lost on the way, and never before the holder knows."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from certificates.actions import make_certificate, make_what_a_crash_left, reissue_certificate
from certificates.actions.restoring import restore
from certificates.credential import bits, making, proof, status_lists
from certificates.credential.keys import public_keys
from certificates.credential.making import make_credential
from certificates.credential.status_lists import refresh_status_lists, wrong_bits
from certificates.models import Credential, Label, StatusList, Suspension
from certificates.tasks import tell_status
from journal.moves import Actor
from tests.certificates.credential.test_keys import private
from tests.factories import certificates
from tests.factories.measures import officer_of
from tests.factories.structures import AT
from workflows.integrity import status_lists_that_differ

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def made(label: Label | None = None, at: datetime = AT) -> Label:
    """A label whose certificate and credential are made."""
    found = label or certificates.label()
    make_certificate(certificate_pk=found.certificates.order_by("-issue")[0].pk, at=at)
    return found


def credentials_of(label: Label) -> list[Credential]:
    return list(Credential.objects.filter(certificate__label=label).order_by("certificate__issue"))


def published(credential: Credential) -> dict[str, bool]:
    """What anybody reads in the signed lists about that credential."""
    said = {}
    for entry in json.loads(credential.content)["credentialStatus"]:
        number = int(entry["statusListCredential"].rpartition("/")[2].removesuffix(".json"))
        row = StatusList.objects.get(purpose=entry["statusPurpose"], number=number)
        shown = json.loads(row.content)
        proof.verify(shown, keys=public_keys())
        assert shown["credentialSubject"]["statusPurpose"] == entry["statusPurpose"]
        content = bits.decoded(shown["credentialSubject"]["encodedList"])
        said[entry["statusPurpose"]] = bits.is_set(content, int(entry["statusListIndex"]))
    return said


def told(label: Label) -> tuple[bool, bool]:
    said = published(credentials_of(label)[-1])
    return said["revocation"], said["suspension"]


def on(label: Label, days: int) -> datetime:
    return AT + timedelta(days=days)


# --- making -------------------------------------------------------------------------------------------------------


def test_the_credential_is_made_with_the_certificate_and_says_that_all_is_well() -> None:
    label = made()
    (credential,) = credentials_of(label)

    shown = json.loads(credential.content)
    assert proof.verify(shown, keys=public_keys())
    assert shown["credentialSubject"]["licenseNumber"] == label.number
    assert told(label) == (False, False)


def test_a_second_call_and_a_worker_killed_on_the_way_take_no_second_place() -> None:
    label = certificates.label()
    (certificate,) = label.certificates.all()
    first = make_credential(certificate, at=AT)  # killed before the page was drawn
    make_what_a_crash_left(AT + DAY)
    make_certificate(certificate_pk=certificate.pk, at=AT + DAY)

    assert credentials_of(label) == [first]
    assert set(StatusList.objects.values_list("used", flat=True)) == {1}
    certificate.refresh_from_db()
    with certificate.file.content.open("rb") as content:
        assert b"/EmbeddedFile" in content.read()


def test_a_signature_that_fails_leaves_no_place_taken(settings: Any) -> None:
    label = certificates.label()
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured):
        make_certificate(certificate_pk=label.certificates.get().pk, at=AT)

    assert not StatusList.objects.exists()
    assert not Credential.objects.exists()


def test_places_are_drawn_until_one_is_free_and_no_two_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 7, 7, 12])
    monkeypatch.setattr(status_lists.secrets, "randbelow", lambda length: next(drawn))
    first, second = made(), made()

    assert [credentials_of(label)[0].list_index for label in (first, second)] == [7, 12]
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.filter(certificate__label=second).update(list_index=7)


def test_new_lists_are_opened_when_the_former_are_half_full() -> None:
    first = made()
    StatusList.objects.update(used=bits.CAPACITY)
    second = made()

    assert [credentials_of(label)[0].list_number for label in (first, second)] == [1, 2]
    assert StatusList.objects.count() == 4
    assert told(first) == told(second) == (False, False)
    assert bits.CAPACITY * 2 <= bits.LENGTH, "a free place is found at the second draw on average"


# --- the life of a label ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("move", "revoked"),
    [
        ("withdraw", True),
        ("annul", True),
        ("relinquish", True),
        ("lapse", True),
        ("transfer", True),
        ("expire", False),
        ("renew", False),
    ],
)
def test_an_end_before_the_written_day_revokes(move: str, revoked: bool) -> None:
    label = made()
    certificates.moved(label, move, at=on(label, 3), on=on(label, 3).date())
    refresh_status_lists(on(label, 3))

    assert told(label) == (revoked, False)
    assert list(wrong_bits(on=on(label, 3).date())) == []


def test_a_suspension_is_told_and_lifted() -> None:
    label = made()
    certificates.suspended(label, since=on(label, 3).date(), until=on(label, 33).date(), at=on(label, 3))
    assert refresh_status_lists(on(label, 3)) > 0
    assert told(label) == (False, True)

    certificates.lifted(label, on=on(label, 9).date(), at=on(label, 9))
    refresh_status_lists(on(label, 9))
    assert told(label) == (False, False)


def test_a_suspension_ends_on_its_written_day_even_when_no_move_is_made() -> None:
    """The dates decide, as for the page of verification: the night that writes the move may be late."""
    label = made()
    certificates.suspended(label, since=on(label, 3).date(), until=on(label, 33).date(), at=on(label, 3))
    refresh_status_lists(on(label, 3))
    for days, suspended in ((33, True), (34, False)):
        refresh_status_lists(on(label, days))
        assert told(label) == (False, suspended), days


def test_a_period_written_for_later_begins_on_its_day() -> None:
    label = made()
    Suspension.objects.create(label=label, starts_on=on(label, 10).date(), ends_on=on(label, 20).date())
    status_lists.refresh(label_pk=label.pk, at=on(label, 1))
    assert told(label) == (False, False)

    refresh_status_lists(on(label, 9))
    assert told(label) == (False, False)
    refresh_status_lists(on(label, 10))
    assert told(label) == (False, True)


def test_a_credential_made_late_says_at_once_what_its_label_has_become() -> None:
    label = certificates.label()
    certificates.suspended(label, since=on(label, 1).date(), until=on(label, 33).date(), at=on(label, 1))
    made(label, at=on(label, 2))

    assert told(label) == (False, True)


def test_a_certificate_issued_again_revokes_the_one_before() -> None:
    label = made()
    label.structure.name = "Escale Anémone et Compagnie"
    label.structure.save()
    by = officer_of(label).because("Le nom a changé.")
    reissue_certificate(label_pk=label.pk, at=on(label, 5), by=by)
    made(label, at=on(label, 5))
    old, new = credentials_of(label)

    assert published(old) == {"revocation": True, "suspension": False}
    assert published(new) == {"revocation": False, "suspension": False}
    assert json.loads(new.content)["credentialSubject"]["name"] == "Escale Anémone et Compagnie"


@pytest.mark.parametrize("move", ["withdraw", "annul"])
def test_what_was_revoked_never_comes_back_a_label_given_back_has_a_new_credential(move: str) -> None:
    label = made()
    certificates.moved(label, move, at=on(label, 3), on=on(label, 3).date())
    refresh_status_lists(on(label, 3))
    with transaction.atomic():
        restore(Label.objects.hold(label.pk), decision=None, at=on(label, 60), by=Actor.system())
    refresh_status_lists(on(label, 60))
    assert told(label) == (True, False)

    assert make_what_a_crash_left(on(label, 60)) == 1
    old, new = credentials_of(label)
    assert published(old)["revocation"]
    assert published(new) == {"revocation": False, "suspension": False}
    assert json.loads(old.content)["credentialSubject"] == json.loads(new.content)["credentialSubject"]


# --- at once, and whatever is lost --------------------------------------------------------------------------------


def test_a_move_queues_the_task_that_tells_it_after_the_commit(
    django_capture_on_commit_callbacks: Any,
) -> None:
    label = made(certificates.label(at=timezone.now()), at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        certificates.withdrawn(label, on=timezone.localdate())
    queued = DBTaskResult.objects.get(task_path="certificates.tasks.tell_status")
    assert told(label) == (False, False)

    tell_status.func(*queued.args_kwargs["args"])
    assert told(label) == (True, False)
    assert refresh_status_lists(timezone.now()) == 0, "nothing is left for the clock"


def test_nothing_is_signed_when_nothing_changed_and_a_repair_changes_nothing() -> None:
    label = made()
    before = list(StatusList.objects.order_by("pk").values("content", "signed_at", "bits"))
    assert status_lists.refresh(label_pk=label.pk, at=on(label, 1) - DAY) == 0
    assert refresh_status_lists(AT + timedelta(hours=1)) == 0
    assert list(StatusList.objects.order_by("pk").values("content", "signed_at", "bits")) == before


def test_only_the_list_that_changed_is_signed_again() -> None:
    label = made()
    certificates.withdrawn(label, on=on(label, 0).date())
    assert status_lists.refresh(label_pk=label.pk, at=AT + timedelta(hours=2)) == 1
    signed = dict(StatusList.objects.values_list("purpose", "signed_at"))
    assert signed == {"revocation": AT + timedelta(hours=2), "suspension": AT}


def test_each_list_is_signed_again_every_day_so_that_it_never_runs_out(settings: Any) -> None:
    label = made()
    settings.STATUS_LIST_DAYS = 7
    refresh_status_lists(AT + timedelta(hours=23))
    assert set(StatusList.objects.values_list("signed_at", flat=True)) == {AT}
    later = AT + DAY
    assert refresh_status_lists(later) == 2
    assert refresh_status_lists(later) == 0
    shown = json.loads(StatusList.objects.first().content)
    assert shown["validFrom"] == proof.moment(later)
    assert shown["validUntil"] == proof.moment(later + timedelta(days=7))
    assert told(label) == (False, False)


def test_a_new_key_signs_the_lists_at_once_and_what_a_stolen_one_signed_is_replaced(
    settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CREDENTIAL_KEY = private(tmp_path / "2027.pem")
    label, ended = made(), made()
    certificates.withdrawn(ended, on=AT.date())
    refresh_status_lists(AT)
    settings.CREDENTIAL_KEY = private(tmp_path / "2028.pem")

    assert refresh_status_lists(AT + timedelta(minutes=1)) == 2
    assert set(StatusList.objects.values_list("signed_by", flat=True)) == {"2028"}
    assert told(label) == (False, False)

    for count in (1, 0):
        call_command("replace_lost_credentials")
        make_what_a_crash_left(AT + timedelta(minutes=2))
        assert f"again: {count}" in capsys.readouterr().out
    old, new = credentials_of(label)
    assert published(old)["revocation"]
    assert proof.verify(json.loads(new.content), keys=public_keys()) == "2028"
    assert len(credentials_of(ended)) == 1


def test_bits_that_differ_are_found_and_mended() -> None:
    label = made()
    (credential,) = credentials_of(label)
    assert list(status_lists_that_differ()) == []
    row = StatusList.objects.get(purpose="suspension")
    row.bits = bits.changed(bytes(row.bits), credential.list_index, True)
    row.save()

    today: date = timezone.localdate()
    assert list(wrong_bits(on=today)) == ["suspension 1", label.number]
    assert len(list(status_lists_that_differ())) == 2
    status_lists.refresh(label_pk=label.pk, at=AT)
    assert list(status_lists_that_differ()) == []
    assert making.make_credential(label.certificates.get(), at=AT) == credential
