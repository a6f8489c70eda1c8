"""The pages of the charter: reading, signing, asking, recording a paper, adopting a version."""

import io
import re

import pytest
from django.core import mail
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Role
from charter.models import Charter, Signature
from letters.models import Mail
from tests.factories import charter as make
from tests.factories.accounts import person, signatory, signed_in, staff
from tests.factories.structures import frozen, member, proof, structure

pytestmark = pytest.mark.django_db
COMMIT = {"go": "code", "quality": "Présidente", "agree": "on"}


def page(answer):
    assert answer.status_code == 200, answer.status_code
    return " ".join(
        answer.content.decode().replace("\u202f", " ").replace("\xa0", " ").replace("&#x27;", "'").split()
    )


def sign(client):
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post(reverse("charter_sign"), COMMIT)
    assert answer.url == reverse("charter_code")
    return client.post(reverse("charter_code"), {"code": make.code_received()}, follow=True)


def test_everybody_reads_the_text_in_force(client):
    make.charter(version="2027")
    words = page(client.get(reverse("charter_text")))
    assert (
        "Nous agissons dans l'intérêt général" in words
        and "Version 2027, en vigueur depuis le 4 janvier 2027" in words
    )
    assert words.count("<li>") >= 12
    pdf = client.get(reverse("charter_pdf"))
    assert "Nous agissons" in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()


def test_before_the_first_charter(client):
    assert "pas encore adoptée" in page(client.get(reverse("charter_text")))
    assert client.get(reverse("charter_pdf")).status_code == 404
    signed_in(client, structure().representative())
    assert "Aucune version de la charte" in page(client.get(reverse("charter_sign")))
    assert "Aucune version" in page(client.post(reverse("charter_sign"), COMMIT))


def test_the_representative_signs_and_keeps_the_record(client):
    make.charter()
    found = structure()
    signed_in(client, found.representative())
    words = page(client.get(reverse("charter_sign")))
    assert "J'ai lu la charte et je m'engage au nom de Escale Anémone." in words
    assert 'value="Présidente"' in words  # the quality known from the space
    words = page(sign(client))
    assert "Charte signée le" in words and "Recevoir le code" not in words
    record = client.get(reverse("charter_record_pdf"))
    assert record["Content-Type"] == "application/pdf"
    assert "Nadia Brossard" in PdfReader(io.BytesIO(record.content)).pages[0].extract_text()
    assert Signature.objects.get().structure == found


def test_a_double_click_on_the_signature_signs_once_and_shows_no_error(client):
    make.charter()
    signed_in(client, structure().representative())
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(reverse("charter_sign"), COMMIT)
    once = re.search(r'name="once" value="(\w+)"', page(client.get(reverse("charter_code"))))[1]
    typed = {"code": make.code_received(), "once": once}
    answers = [client.post(reverse("charter_code"), typed, follow=True) for _ in range(2)]
    assert "Charte signée le" in page(answers[1]) and "Erreur" not in page(answers[1])
    assert Signature.objects.count() == 1


def test_the_code_asked_twice_within_a_minute_is_sent_once(client):
    make.charter()
    signed_in(client, structure().representative())
    with TestCase.captureOnCommitCallbacks(execute=True):
        answers = [client.post(reverse("charter_sign"), COMMIT) for _ in range(2)]
    assert [answer.url for answer in answers] == [reverse("charter_code")] * 2
    assert len(mail.outbox) == 1
    client.post(reverse("charter_code"), {"code": make.code_received()})
    assert Signature.objects.count() == 1


def test_enter_in_a_field_never_signs_nor_sends_a_code(client):
    make.charter()
    signed_in(client, structure().representative())
    page(client.post(reverse("charter_sign"), {"quality": "Présidente", "agree": "on"}))
    assert client.get(reverse("charter_code")).url == reverse("charter_sign")
    assert not Signature.objects.exists()


@pytest.mark.parametrize("lacking", ["quality", "agree"])
def test_no_code_without_quality_and_commitment(client, lacking):
    make.charter()
    signed_in(client, structure().representative())
    typed = {key: value for key, value in COMMIT.items() if key != lacking}
    assert "Erreur :" in page(client.post(reverse("charter_sign"), typed))


def test_a_wrong_code_is_told_beside_the_field(client):
    make.charter()
    signed_in(client, structure().representative())
    client.post(reverse("charter_sign"), COMMIT)
    words = page(client.post(reverse("charter_code"), {"code": "not a code"}))
    assert "Ce code ne correspond pas. Recopiez les 6 chiffres du dernier e-mail reçu." in words
    assert not Signature.objects.exists()


def test_the_code_asked_for_one_structure_does_not_sign_for_another(client):
    make.charter()
    user = person()
    structure(representative=user)
    second = structure(representative=user)
    signed_in(client, user)
    client.post(reverse("charter_sign"), COMMIT)
    client.post(reverse("structure_choose"), {"structure": second.pk})
    assert client.get(reverse("charter_code")).url == reverse("charter_sign")


def test_a_colleague_asks_the_representative(client):
    make.charter()
    found = structure()
    signed_in(client, member(found, user=person(first_name="Karim", last_name="Delmas")))
    words = page(client.get(reverse("charter_sign")))
    assert "Seule la personne qui représente la structure peut signer : Nadia Brossard." in words
    assert "Recevoir le code de signature" not in words
    assert "Un e-mail est parti à Nadia Brossard." in page(
        client.post(reverse("charter_sign"), {"go": "ask"}, follow=True)
    )
    assert Mail.objects.filter(kind="sign_charter").count() == 1
    assert client.post(reverse("charter_sign"), COMMIT).status_code == 404


def test_a_reader_only_reads(client):
    make.charter()
    found = structure()
    signed_in(client, member(found, role="reader"))
    words = page(client.get(reverse("charter_sign")))
    assert "Lui demander de signer" not in words
    assert client.post(reverse("charter_sign"), {"go": "ask"}).status_code == 404
    assert client.get(reverse("charter_record_pdf")).status_code == 404


def test_a_frozen_space_signs_nothing(client):
    make.charter()
    found = frozen(structure())
    signed_in(client, found.representative())
    words = page(client.get(reverse("charter_sign")))
    assert "lecture seule" in words and "Recevoir le code" not in words
    assert client.post(reverse("charter_sign"), COMMIT).status_code == 404


def test_a_new_version_shows_what_changes_and_until_when(client):
    found = structure()
    make.signature(found)
    text = make.text()
    text["articles"][0]["fr"] = text["articles"][0]["fr"].replace(
        "sans but lucratif", "<script>sans but</script>"
    )
    make.charter(version="2028", **text)
    signed_in(client, found.representative())
    words = page(client.get(reverse("charter_sign")))
    assert "La charte a changé. Voici ce qui change" in words
    assert "<ins>" in words and "<del>" in words and "À signer avant le 4 avril 2027" in words
    assert "<script>sans" not in words
    assert "Charte signée le" in page(sign(client))


def test_somebody_without_structure_finds_one_first(client):
    signed_in(client, person())
    assert client.get(reverse("charter_sign")).url == reverse("structure_find")
    client.logout()
    assert client.get(reverse("charter_sign")).status_code == 302


class TestOffice:
    def typed(self, found, **changes):
        seat = found.memberships.get(role="representative", ended_at=None)
        facts = {
            "member": seat.pk,
            "quality": "Présidente",
            "signed_on": "3 janvier 2026",
            "scan": proof("charte.pdf"),
        }
        return {**facts, **changes}

    def test_a_paper_is_recorded_and_shown(self, client):
        make.charter()
        found = structure()
        signed_in(client, staff(Role.SECRETARIAT))
        where = reverse("staff_charter_paper", args=[found.pk])
        assert "version 2027" in page(client.get(where))
        assert "au numéro déclaré" in page(client.post(where, self.typed(found)))
        assert not Signature.objects.exists()
        make.identity(found, at=timezone.now())
        client.post(where, self.typed(found))
        assert Signature.objects.get().method == "paper"
        words = page(client.get(reverse("staff_structure", args=[found.pk])))
        assert "Signée le 3 janvier 2026 par Nadia Brossard" in words
        record = client.get(reverse("staff_charter_record", args=[found.pk]))
        assert record["Content-Type"] == "application/pdf"

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"signed_on": "demain"}, "Écrivez une date comme 03/03/2027."),
            ({"signed_on": "01/01/2199"}, "à venir"),
            ({"scan": ""}, "scan ou une photo lisible"),
            ({"quality": ""}, "Erreur :"),
            ({"member": "999999"}, "réponses proposées"),
        ],
    )
    def test_what_is_wrong_is_told(self, client, changes, message):
        make.charter()
        found = structure()
        signed_in(client, staff(Role.CASE_OFFICER))
        words = page(
            client.post(reverse("staff_charter_paper", args=[found.pk]), self.typed(found, **changes))
        )
        assert message in words
        assert not Signature.objects.exists()

    @pytest.mark.parametrize("role", Role.values)
    def test_who_records_papers(self, client, role):
        make.charter()
        found = structure()
        signed_in(client, staff(role))
        expected = 200 if role in (Role.CASE_OFFICER, Role.SECRETARIAT) else 404
        assert client.get(reverse("staff_charter_paper", args=[found.pk])).status_code == expected

    def test_no_record_before_a_signature(self, client):
        found = structure()
        signed_in(client, staff())
        assert client.get(reverse("staff_charter_record", args=[found.pk])).status_code == 404

    def test_the_signatory_adopts_a_draft_and_nobody_else(self, client):
        draft = make.draft()
        signed_in(client, staff(Role.CASE_OFFICER))
        where = reverse("staff_charter")
        assert "Version 2027" in page(client.get(where)) and "Adopter" not in page(client.get(where))
        day = timezone.localdate().replace(year=timezone.localdate().year + 1, day=1)
        typed = {"version": "2027", "effective_on": f"{day:%d/%m/%Y}"}
        assert client.post(where, typed).status_code == 404
        signed_in(client, signatory())
        assert "Adopter la version 2027" in page(client.get(where))
        assert "passée" in page(client.post(where, {**typed, "effective_on": "01/01/2020"}))
        assert client.post(where, {**typed, "version": "1999"}).status_code == 404
        assert "Version adoptée" in page(client.post(where, typed, follow=True))
        kept = Charter.objects.get(pk=draft.pk)
        assert (kept.state, kept.effective_on) == ("adopted", day)
        assert "vient de le faire" in page(client.post(where, typed, follow=True))

    def test_members_of_structures_do_not_find_it(self, client):
        signed_in(client, structure().representative())
        assert client.get(reverse("staff_charter")).status_code == 404
