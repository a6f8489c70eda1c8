"""From the signature of a grant to the certificate that anybody reads."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Role
from certificates.actions import make_certificate, make_what_a_crash_left
from certificates.due.renewals import expire
from certificates.models import Certificate, Condition, Label, RecognisedSolution
from certificates.status import status_on
from deadlines import actions as deadlines
from deadlines.models import Deadline
from journal.models import Counter
from journal.moves import subject_key
from journal.numbering import parse_number
from journal.refusals import Blocked
from label.actions import open_application
from label.models import Application
from tests.factories import certificates, decisions, structures
from tests.factories.accounts import signed_in, staff
from tests.factories.structures import AT

pytestmark = pytest.mark.django_db


def text_of(certificate: Certificate) -> str:
    with certificate.file.content.open("rb") as content:
        pages = PdfReader(io.BytesIO(content.read())).pages
        words = " ".join(page.extract_text() for page in pages)
    return " ".join(words.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_a_grant_issues_a_label_for_thirty_six_months() -> None:
    label = certificates.label()

    assert (label.starts_on, label.ends_on) == (date(2027, 1, 4), date(2030, 1, 3))
    assert label.state == "in_force"
    assert parse_number(label.number).sequence == 1
    assert deadlines.running(label, "label_end").due_on == label.ends_on
    assert [row.name for row in RecognisedSolution.objects.filter(label=label)] == ["Permanence d'écoute"]
    assert status_on(certificates.read(label), AT.date()).code == "valid"


def test_the_validity_is_a_setting(settings) -> None:
    settings.VALIDITY_MONTHS = 12

    assert certificates.label().ends_on == date(2028, 1, 3)


def test_numbers_follow_one_another_and_begin_again_each_year() -> None:
    numbers = [certificates.label().number for _ in range(3)]
    later = certificates.label(at=datetime(2028, 2, 1, 9, tzinfo=UTC)).number

    assert [parse_number(number).sequence for number in numbers] == [1, 2, 3]
    assert (parse_number(later).year, parse_number(later).sequence) == (2028, 1)


def test_a_signature_undone_gives_its_number_back() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        certificates.label()
        raise RuntimeError

    assert parse_number(certificates.label().number).sequence == 1
    assert Counter.objects.get(prefix="LBL").last == 1


def test_conditions_go_to_the_label_of_a_grant_with_conditions_only() -> None:
    label = certificates.label(kind="grant_with_conditions")

    assert [row.text for row in Condition.objects.filter(label=label)] == ["Publier les comptes."]
    assert status_on(certificates.read(label), AT.date()).code == "valid_with_conditions"


def test_one_live_label_per_structure_even_in_the_database() -> None:
    label = certificates.label()
    other = decisions.signed(decisions.filed(), "inadmissible")

    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.create(
            thread=other.thread,
            number="LBL-2027-000999-00",
            structure=label.structure,
            application=other.application,
            decision=other,
            edition=label.edition,
            starts_on=AT.date(),
            ends_on=AT.date() + timedelta(days=9),
            issued_at=AT,
        )


def test_after_its_end_a_structure_may_be_granted_a_label_again() -> None:
    found = structures.structure()
    certificates.expired(certificates.label(found))

    assert certificates.label(found).state == "in_force"


def test_the_certificate_says_what_was_granted(settings) -> None:
    label = certificates.label(structures.structure(name="Escale Anémone"))

    certificate = make_certificate(certificate_pk=label.certificates.get().pk, at=AT)
    text = text_of(certificate)

    for words in (
        label.number,
        "Escale Anémone",
        "69100 Villeurbanne",
        "Permanence d'écoute",
        "4 janvier 2027",
        "3 janvier 2030",
        "Directrice générale adjointe",
        f"{settings.PUBLIC_URL}/verifier/{label.number}/".removeprefix("http://")[:20],
        "charte d'engagement",
        "SPÉCIMEN",
    ):
        assert words in text, words


def test_the_facts_are_frozen_on_the_day_of_issue() -> None:
    label = certificates.label(structures.structure(name="Escale Anémone"))
    label.structure.name = "Autre nom"
    label.structure.save()

    certificate = make_certificate(certificate_pk=label.certificates.get().pk, at=AT)

    assert "Escale Anémone" in text_of(certificate)


def test_the_file_is_made_once() -> None:
    pk = certificates.label().certificates.get().pk

    first = make_certificate(certificate_pk=pk, at=AT)
    second = make_certificate(certificate_pk=pk, at=AT + timedelta(days=400))

    assert first.file_id == second.file_id
    assert make_what_a_crash_left(AT) == 0


def test_the_tick_makes_what_a_crash_left() -> None:
    certificates.label()
    certificates.label()

    assert make_what_a_crash_left(AT) == 2
    assert not Certificate.objects.filter(file=None).exists()


# --- the end ------------------------------------------------------------------------------------------------------


def test_a_label_expires_by_its_date() -> None:
    label = certificates.label()
    clock = Deadline.objects.of(label).get(kind="label_end")
    after = datetime(2030, 1, 4, 4, tzinfo=UTC)

    with transaction.atomic():
        expire(clock, after)
        expire(clock, after)

    kept = Label.objects.get()
    assert (kept.state, kept.ended_on) == ("expired", date(2030, 1, 4))


def test_the_whole_small_chain_from_the_dossier_to_the_certificate() -> None:
    label = certificates.label()
    make_certificate(certificate_pk=label.certificates.get().pk, at=AT)

    decision = label.decision
    events = list(label.thread.events.order_by("position").values_list("subject", "move"))
    names = [move for subject, move in events if subject in (decisions.key(decision), subject_key(label))]
    assert names == ["open", "send_for_signature", "sign", "open", "letter_L6", "notify"]
    assert label.decision.letter.title == "Le label est accordé à Escale Anémone"


def test_a_labelled_structure_opens_no_second_first_request() -> None:
    label = certificates.label()
    by = structures.representative_of(label.structure)
    for is_suspended in (False, True):
        if is_suspended:
            certificates.suspended(label, since=AT.date(), until=AT.date() + timedelta(days=30))
        with pytest.raises(Blocked) as refused:
            open_application(structure_pk=label.structure_id, at=AT, by=by)
        assert [reason.code for reason in refused.value.reasons] == ["has_label"]
        assert label.number in str(refused.value)
    assert Application.objects.count() == 1


@pytest.mark.parametrize("end", sorted(certificates.ENDING))
def test_a_label_that_ended_forbids_nothing(end: str) -> None:
    label = certificates.moved(certificates.label(), end)
    by = structures.representative_of(label.structure)

    assert open_application(structure_pk=label.structure_id, at=AT, by=by).state == "draft"


def test_who_has_the_label_reads_it_before_asking_again(client: Client) -> None:
    label = certificates.label(at=timezone.now() - timedelta(days=3))
    signed_in(client, label.structure.representative())

    page = client.get(reverse("apply")).content.decode()
    assert "Vous avez déjà un label" in page
    assert label.number in page
    assert "Commencer le dossier" not in page
    client.post(reverse("application_start"))
    tracking = client.get(
        reverse("application_tracking", args=[label.application.reference])
    ).content.decode()
    assert "Dupliquer" not in tracking
    copied = client.post(reverse("application_duplicate", args=[label.application.reference]), follow=True)
    assert label.number in copied.content.decode()

    officer = signed_in(client, staff(Role.SECRETARIAT))
    typed = officer.get(reverse("on_behalf_enter", args=[label.structure_id])).content.decode()
    assert label.number in typed
    assert "Commencer la saisie" not in typed
    assert Application.objects.count() == 1
