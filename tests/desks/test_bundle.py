"""A court bundle holds what a decision rests on, in one numbering; its communicable form names nobody."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from certificates.models import Hearing
from decisions.models import Decision
from desks.bundle import Mask, parts_of
from journal.models import Event
from label.actions import mask_passage
from label.masking import MARK
from label.models import Masking
from letters import files
from reviewers.models import Attendance
from tests.factories import certificates, decisions, measures, outages, sessions
from tests.factories.accounts import acting, signatory, signed_in, staff
from tests.factories.letters import an_upload
from tests.factories.structures import AT
from tests.reading import words

pytestmark = pytest.mark.django_db

WRITTEN, ILL = "Maëlle Zéphirin-Roux", "Basile Oukanov"


@pytest.fixture
def decided() -> Decision:
    """A dossier discussed in session, with its minutes, then decided; a name and a disease slipped into the reasons."""
    session = sessions.approved()
    application = session.items.order_by("position").first().application
    late = session.sits_at + timedelta(days=10)
    slipped = f"{decisions.IN_FACT} Mme {WRITTEN.upper()} en parle. {ILL} et son cancer sont cités."
    decision = decisions.signed(application, at=late, reasons_in_fact=slipped)
    return decisions.receive(decision, at=late)


def text_of(pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "bundle.pdf"
    path.write_bytes(pdf)
    return subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True
    ).stdout


def joined(text: str) -> str:
    return " ".join(text.split())


def test_both_bundles_of_one_decision(decided: Decision, tmp_path: Path) -> None:
    client = signed_in(Client(), signatory(first_name="Ludivine", last_name="Kermadec"))
    page = reverse("staff_bundle", args=[decided.pk])
    assert "Dossier tel qu'il a été jugé" in words(client.get(page))
    length = Event.objects.count()
    answer = client.post(page, {"go": "pdf"})
    assert answer["Content-Type"] == "application/pdf" and Event.objects.count() == length + 1
    whole = text_of(answer.content, tmp_path)
    pages = [int(number) for number in re.findall(r"page (\d+) / \d+", whole)]
    assert pages == list(range(1, len(pages) + 1))  # one numbering, from the list to the journal
    told = joined(whole)
    listed = re.findall(r"Pièce (\d+) (?!–)(.+?) – page (\d+)", told)
    assert len(listed) >= 6
    for number, title, start in listed:  # each document begins on the page that the list says
        of_page = whole.split("\f")[int(start) - 1]
        assert f"Pièce {number} – {title.split(',')[0][:20]}" in joined(of_page), title
    for said in ("Échéances", "Avis du comité", "Procès-verbal", "Extrait du journal", "Motifs", "Durée"):
        assert said in told

    names = {user.get_full_name() for user in User.objects.filter(pk__in=_everybody(decided))}
    present = {name for name in names if name in told}
    assert len(present) >= 6 and ILL in told

    communicable = reverse("staff_communicable", args=[decided.pk])
    shown = client.get(communicable)
    assert "son cancer" in words(shown)  # what a reader must look at
    refused = client.post(communicable, {"go": "release", "words_to_mask": ""})
    assert "Lisez toutes les pièces" in words(refused)
    again = client.post(communicable, {"go": "mask", "words_to_mask": f"{WRITTEN}\n{ILL}\nson cancer"})
    assert ILL not in words(again).replace(f"{WRITTEN} {ILL} son cancer", "")
    released = client.post(
        communicable, {"go": "release", "words_to_mask": f"{WRITTEN}\n{ILL}\nson cancer", "has_read": "on"}
    )
    assert released["Content-Type"] == "application/pdf"
    hidden = joined(text_of(released.content, tmp_path))
    family = {user.last_name for user in User.objects.filter(pk__in=_everybody(decided)) if user.last_name}
    for name in present | {WRITTEN, WRITTEN.upper(), ILL, "son cancer"} | family:
        assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", hidden), name
    assert "[un membre du comité]" in hidden and "[un agent de l'Institut]" in hidden.replace("’", "'")
    assert decided.application.structure.name in hidden  # the association is public
    assert Event.objects.filter(move="communicable_bundle").count() == 1

    packed = client.post(page, {"go": "originals"})
    assert all(
        re.fullmatch(r"piece-\d\d-\d-.+", name)
        for name in zipfile.ZipFile(io.BytesIO(packed.content)).namelist()
    )
    assert client.post(page, {"go": "x"}).status_code == 404
    assert client.get(reverse("staff_bundle", args=[10**9])).status_code == 404
    for user in (staff(Role.CASE_OFFICER), staff(Role.ETHICS_OFFICER), staff(Role.TECHNICAL_ADMINISTRATOR)):
        assert signed_in(Client(), user).get(page).status_code == 404


def _everybody(decision: Decision) -> set[int]:
    """Everybody whom some document names."""
    application = decision.application
    found = set(application.structure.memberships.values_list("user", flat=True))
    seats = Attendance.objects.filter(session__items__application=application)
    found |= set(seats.values_list("mandate__user", flat=True))
    return found | {decision.signed_by_id}


def test_the_mask_reads_names_as_people_write_them() -> None:
    mask = Mask((("Maëlle Zéphirin", "[A]"), ("Zéphirin", "[A]"), ("Claire", "[B]")), ("01 00 00 00 00",))
    assert mask.apply("MAELLE ZEPHIRIN, Maelle\u00a0Zéphirin, ZEPHIRIN.") == "[A], [A], [A]."
    assert mask.apply("Une réponse claire de Claire, éclaire.") == "Une réponse claire de [B], éclaire."
    assert (
        mask.apply("a.b+c@exemple.fr 06.11.22.33.44 +33 6 11 22 33 44")
        == "[adresse e-mail] [téléphone] [téléphone]"
    )
    assert mask.apply("Service : 01 00 00 00 00, le 12 03 2027") == "Service : 01 00 00 00 00, le 12 03 2027"
    assert mask.with_words(["(x)*"]).apply("(x)* zéphyr") == "[masqué] zéphyr"  # words are never a pattern


def test_what_was_joined_to_the_minutes_of_an_oral_hearing_goes_with_the_originals() -> None:
    label = certificates.label()
    hearing = measures.heard(label)
    joined_file = files.store(
        upload=an_upload(),
        subject=label,
        purpose="hearing",
        thread=label.thread,
        at=AT,
        by=measures.officer_of(label),
    )
    Hearing.objects.filter(pk=hearing.pk).update(oral_file=joined_file)
    kept = [file for part in parts_of(label.decision) for file in part.files]
    assert joined_file in kept


def test_the_bundle_tells_what_an_outage_moved(decided: Decision) -> None:
    decision = decisions.receive(decided, at=AT + timedelta(days=200))
    gracious = Decision.objects.get(pk=decision.pk).gracious_until
    outages.applied(gracious)
    part = next(part for part in parts_of(Decision.objects.get(pk=decision.pk)) if part.title == "Échéances")
    told = str(part.blocks)
    assert "Contester une décision auprès de nous" in told and "Service en panne" in told
    assert "devient le" in told


def test_the_bundle_tells_what_was_taken_out_of_the_dossier_and_no_longer_says_it(decided: Decision) -> None:
    passage = "les proches des personnes malades"
    assert passage in str(parts_of(decided))
    office = acting(staff(Role.SECRETARIAT), Role.SECRETARIAT)
    facts = {"passage": passage, "why": "private", "breach_check": "Lu en séance.", "at": AT}
    mask_passage(application_pk=decided.application_id, **facts, by=office)
    fresh = Decision.objects.select_related("application", "snapshot").get(pk=decided.pk)
    masking = Masking.objects.get()
    dossier = next(part for part in parts_of(fresh) if part.title == "Dossier tel qu'il a été jugé")
    told = str(dossier.blocks)
    assert passage not in told and MARK in told
    assert masking.before in told and masking.after in told and "vie privée" in told
