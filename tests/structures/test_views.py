"""The pages of a structure: finding it, people, service, and what the office does."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from letters.typography import french_date
from structures import actions
from structures.models import Invitation, Membership, RegisterCheck, Registration, ServiceConsent, Structure
from tests.factories.accounts import acting, person, signed_in, staff
from tests.factories.structures import (
    choosing,
    frozen,
    invitation,
    member,
    officers_read,
    proof,
    register_entry,
    representative_of,
    structure,
)

pytestmark = pytest.mark.django_db

WHO = {"role": "representative", "quality": "Présidente"}


def page(answer):
    assert answer.status_code == 200, answer.status_code
    return " ".join(
        answer.content.decode().replace("\u202f", " ").replace("\xa0", " ").replace("&#x27;", "'").split()
    )


def look_for(client, way, **typed):
    typed.setdefault("name", "Escale Anémone")
    return client.post(reverse("structure_search", args=[way]), typed, follow=True)


@pytest.fixture
def visitor(client):
    return signed_in(client, person(first_name="Nadia", last_name="Brossard"))


class TestFinding:
    def test_every_choice_leads_to_its_page(self, visitor):
        words = page(visitor.get(reverse("structure_find")))
        assert "Quelle est votre structure ?" in words and "ce n'est pas un problème" in words
        for way in ("rna", "siren", "alsace-moselle", "ailleurs", "sans-numero"):
            answer = visitor.post(reverse("structure_find"), {"way": way})
            assert answer.url == reverse("structure_search", args=[way])
            assert "Chercher" in page(visitor.get(answer.url))
        assert "erreur" in page(visitor.post(reverse("structure_find"), {})).lower()
        assert visitor.get(reverse("structure_search", args=["autre"])).status_code == 404

    def test_a_match_is_confirmed_and_opens_the_space(self, visitor):
        register_entry("W990000001", title="ESCALE ANEMONE", address="3 rue des Anémones")
        words = page(look_for(visitor, "rna", raw_number="w 990 000 001"))
        assert "Est-ce bien elle ?" in words and "Oui, c'est elle" in words and "3 rue des Anémones" in words
        answer = visitor.post(reverse("structure_confirm"), WHO)
        assert answer.url == reverse("space")
        made = Structure.objects.get()
        assert (made.name, made.number(), made.region) == ("Escale Anémone", "W990000001", "84")
        assert made.representative().last_name == "Brossard"
        assert made.register_checks.get().result == "match"

    def test_a_double_click_opens_one_space(self, visitor):
        register_entry("W990000001")
        look_for(visitor, "rna", raw_number="W990000001")
        visitor.post(reverse("structure_confirm"), WHO)
        assert visitor.post(reverse("structure_confirm"), WHO).url == reverse("structure_find")
        assert Structure.objects.count() == 1

    def test_another_name_wants_a_reason(self, visitor):
        register_entry("W990000001", title="LES AMIS DU LAC")
        words = page(look_for(visitor, "rna", raw_number="W990000001"))
        assert "Le registre donne un autre nom : LES AMIS DU LAC." in words
        assert "C'est la même structure" in words and "Corriger le numéro" in words
        page(visitor.post(reverse("structure_confirm"), WHO))
        assert not Structure.objects.exists()
        visitor.post(reverse("structure_confirm"), {**WHO, "reason": "Nous avons changé de nom."})
        made = Structure.objects.get()
        assert made.thread.events.get(move="open").reason.text == "Nous avons changé de nom."

    @pytest.mark.parametrize(
        ("entry", "words"),
        [
            (
                {"position": "D", "dissolved_on": "2024-06-30"},
                "dissoute depuis le 30 juin 2024. Vous pouvez continuer",
            ),
            ({"position": "S"}, "qu'elle est dissoute. Vous pouvez continuer"),
            ({"number": "W990000009"}, "Nous ne la trouvons pas. Cela n'empêche rien"),
            (None, "Le registre ne répond pas. Continuez, nous vérifierons plus tard."),
        ],
    )
    def test_the_system_never_refuses_on_a_look_up(self, visitor, entry, words):
        if entry is not None:
            register_entry(**{"number": "W990000001", **entry})
        assert words in page(look_for(visitor, "rna", raw_number="W990000001"))
        visitor.post(reverse("structure_confirm"), WHO)
        assert Structure.objects.get().number() == "W990000001"

    @pytest.mark.parametrize(
        ("way", "typed", "kind", "value"),
        [
            ("siren", {"raw_number": "389 486 242"}, "siren", "389486242"),
            ("siren", {"raw_number": "389 486 242 00032"}, "siret", "38948624200032"),
            ("ailleurs", {"raw_number": "be 0403019261"}, "foreign", "BE 0403019261"),
            ("ailleurs", {"raw_number": "NC 0123456001"}, "foreign", "NC 0123456001"),
            (
                "alsace-moselle",
                {"court": "Colmar", "volume": "009", "folio": "015"},
                "alsace_moselle",
                "Colmar / 009 / 015",
            ),
            ("alsace-moselle", {"amalia": "A2023 12"}, "amalia", "A2023 12"),
            ("sans-numero", {"raw_number": "2/08825"}, "old_rna", "2/08825"),
            ("sans-numero", {}, "none", ""),
        ],
    )
    def test_every_kind_of_structure_gets_its_space(self, visitor, way, typed, kind, value):
        page(look_for(visitor, way, **typed))
        visitor.post(reverse("structure_confirm"), {**WHO, "proof": proof()})
        made = Structure.objects.get()
        row = made.registrations.get()
        assert (row.kind, row.value) == (kind, value)
        local = kind in ("alsace_moselle", "amalia")
        assert made.structure_type == ("association_local_law" if local else "association_1901")

    @pytest.mark.parametrize("way", ["alsace-moselle", "ailleurs", "sans-numero"])
    def test_a_number_that_no_open_register_holds_wants_a_proof(self, visitor, way):
        typed = {"raw_number": "BE 0403019261"} if way == "ailleurs" else {}
        typed |= {"amalia": "A2023 12"} if way == "alsace-moselle" else {}
        look_for(visitor, way, **typed)
        words = page(visitor.post(reverse("structure_confirm"), WHO))
        assert "Joignez un justificatif : récépissé, extrait du registre ou photo lisible." in words
        assert not Structure.objects.exists()
        bad = proof(content=b"MZ\x90 program")
        assert "vrai PDF" in page(visitor.post(reverse("structure_confirm"), {**WHO, "proof": bad}))
        assert not Structure.objects.exists()

    @pytest.mark.parametrize(
        ("way", "typed", "message"),
        [
            ("rna", {"raw_number": "W12"}, "Vous en avez écrit 3."),
            ("rna", {"raw_number": "<script>alert(1)</script>"}, "10 caractères"),
            ("siren", {"raw_number": "443121976"}, "faute de frappe"),
            ("siren", {"raw_number": "38948624200033"}, "faute de frappe"),
            ("alsace-moselle", {"court": "Colmar", "volume": "9"}, "le volume et le folio"),
            ("ailleurs", {"raw_number": "0403019261"}, "deux lettres du pays"),
        ],
    )
    def test_a_wrong_number_gets_its_message_and_stays(self, visitor, way, typed, message):
        answer = visitor.post(reverse("structure_search", args=[way]), {"name": "Escale", **typed})
        words = page(answer)
        assert message in words and "Erreur :" in words
        assert "<script>alert(1)" not in words
        assert 'value="Escale"' in words

    def test_text_without_end_is_told(self, visitor):
        answer = visitor.post(
            reverse("structure_search", args=["rna"]), {"name": "x" * 100_000, "raw_number": "W" * 100_000}
        )
        assert "Erreur :" in page(answer)

    def test_a_structure_that_is_there_is_joined_without_seeing_its_members(self, visitor):
        found = structure(
            representative=person(first_name="Jeanne", last_name="Secret"), raw_number="W990000001"
        )
        words = page(look_for(visitor, "rna", raw_number="W990000001"))
        assert "Cette structure a déjà un espace." in words
        assert "Secret" not in words and found.city not in words
        assert "réponse" in page(visitor.post(reverse("structure_join"), {"quality": "Bénévole"}))
        asked = Invitation.objects.get()
        assert (asked.structure, asked.quality, asked.accepted) == (found, "Bénévole", None)
        assert not Membership.objects.filter(user=asked.requested_by).exists()

    def test_a_member_is_led_to_their_structure(self, client):
        found = structure(raw_number="W990000001")
        signed_in(client, found.representative())
        assert "Vous en faites déjà partie." in page(look_for(client, "rna", raw_number="W990000001"))
        assert client.post(reverse("structure_join"), {"quality": "x"}).url == reverse("structure_choose")

    @pytest.mark.parametrize(
        "name", ["structure_confirm", "structure_number", "structure_people", "structure_service"]
    )
    def test_without_search_or_structure_one_starts_at_the_beginning(self, visitor, name):
        assert visitor.get(reverse(name)).url == reverse("structure_find")
        assert visitor.post(reverse("structure_join")).url == reverse("structure_find")

    def test_a_colleague_is_told_to_invite_the_representative(self, visitor):
        register_entry("W990000001")
        look_for(visitor, "rna", raw_number="W990000001")
        answer = visitor.post(
            reverse("structure_confirm"), {"role": "editor", "quality": "Bénévole"}, follow=True
        )
        assert "Invitez maintenant la personne qui représente la structure." in page(answer)
        assert "Représente la structure" in page(visitor.get(reverse("structure_invite")))


class TestChoosing:
    def test_somebody_with_two_structures_changes(self, client):
        user = person()
        structure(name="Première", representative=user)
        second = structure(name="Seconde")
        member(second, user=user)
        signed_in(client, user)
        words = page(client.get(reverse("structure_people")))
        assert "Vous agissez pour : <strong>Première</strong>" in words
        assert reverse("structure_choose") in words
        assert client.post(reverse("structure_choose"), {"structure": second.pk}).url == reverse("space")
        assert "Seconde" in page(client.get(reverse("structure_people")))

    @pytest.mark.parametrize("chosen", ["other", "", "x", "9" * 40])
    def test_nobody_chooses_the_structure_of_others(self, client, chosen):
        signed_in(client, structure().representative())
        other = structure()
        chosen = str(other.pk) if chosen == "other" else chosen
        assert client.post(reverse("structure_choose"), {"structure": chosen}).status_code == 404

    def test_a_structure_left_is_no_longer_chosen(self, client):
        found = structure(name="Quittée")
        user = member(found)
        signed_in(client, user)
        choosing(client, found)
        assert "Quittée" in page(client.get(reverse("structure_people")))
        seat = Membership.objects.get(user=user)
        client.post(reverse("structure_people"), {"go": "end", "row": seat.pk})
        assert client.get(reverse("structure_people")).url == reverse("structure_find")


class TestPeople:
    def test_invite_accept_and_change(self, client):
        found = structure()
        signed_in(client, found.representative())
        answer = client.post(
            reverse("structure_invite"),
            {"email": "karim@exemple.fr", "role": "editor", "quality": ""},
            follow=True,
        )
        assert "Invitation envoyée à karim@exemple.fr." in page(answer)
        karim = person("karim@exemple.fr", first_name="Karim", last_name="Delmas")
        signed_in(client, karim)
        assert found.name in page(client.get(reverse("structure_invitations")))
        one = Invitation.objects.get()
        client.post(reverse("structure_invitations"), {"row": one.pk, "go": "accept"})
        signed_in(client, found.representative())
        assert "Karim Delmas" in page(client.get(reverse("structure_people")))
        seat = Membership.objects.current().get(user=karim)
        client.post(reverse("structure_people"), {"row": seat.pk, "go": "read"})
        assert Membership.objects.current().get(user=karim).role == "reader"
        client.post(
            reverse("structure_people"), {"row": Membership.objects.current().get(user=karim).pk, "go": "end"}
        )
        assert not Membership.objects.current().filter(user=karim).exists()

    def test_only_the_invited_address_sees_and_answers(self, client):
        one = invitation(structure(), at=timezone.now())
        signed_in(client, person("autre@exemple.fr"))
        assert one.structure.name not in page(client.get(reverse("structure_invitations")))
        answer = client.post(reverse("structure_invitations"), {"row": one.pk, "go": "accept"})
        assert answer.status_code == 404
        assert Invitation.objects.get().accepted is None

    def test_declining(self, client):
        one = invitation(structure(), at=timezone.now())
        user = person("invitee@exemple.fr")
        signed_in(client, user)
        client.post(reverse("structure_invitations"), {"row": one.pk, "go": "decline"})
        assert Invitation.objects.get().accepted is False
        assert not Membership.objects.filter(user=user).exists()

    def test_requests_are_answered_from_the_page(self, client):
        found = structure()
        asking = person(first_name="Rosa", last_name="Lind")
        one = actions.ask_to_join(
            structure_pk=found.pk, quality="Bénévole", at=timezone.now(), by=acting(asking, "visitor")
        )
        editor = member(found)
        signed_in(client, editor)
        assert "Rosa" not in page(client.get(reverse("structure_people")))
        assert client.post(reverse("structure_people"), {"row": one.pk, "go": "accept"}).status_code == 404
        signed_in(client, found.representative())
        assert "Rosa Lind" in page(client.get(reverse("structure_people")))
        client.post(reverse("structure_people"), {"row": one.pk, "go": "accept_reader"})
        assert Membership.objects.current().get(user=asking).role == "reader"

    @pytest.mark.parametrize(
        "typed", [{}, {"go": "end"}, {"go": "erase", "row": "1"}, {"go": "end", "row": "9" * 30}]
    )
    def test_an_unknown_act_is_not_found(self, client, typed):
        signed_in(client, structure().representative())
        assert client.post(reverse("structure_people"), typed).status_code == 404

    def test_the_rows_of_another_structure_are_not_found(self, client):
        other = structure()
        seat = Membership.objects.get(user=member(other))
        sent = invitation(other, at=timezone.now())
        signed_in(client, structure().representative())
        for typed in (
            {"go": "end", "row": seat.pk},
            {"go": "withdraw", "row": sent.pk},
            {"go": "accept", "row": sent.pk},
        ):
            assert client.post(reverse("structure_people"), typed).status_code == 404
        assert Membership.objects.get(pk=seat.pk).ended_at is None
        assert Invitation.objects.get(pk=sent.pk).answered_at is None

    @pytest.mark.parametrize("name", ["structure_invite", "structure_add_person", "structure_hand_over"])
    @pytest.mark.parametrize("role", ["editor", "reader"])
    def test_pages_of_the_representative_are_not_found_by_others(self, client, name, role):
        found = structure()
        signed_in(client, member(found, role=role))
        assert client.get(reverse(name)).status_code == 404

    def test_hand_over_wants_a_proof_and_keeps_what_was_typed(self, client):
        found = structure()
        signed_in(client, found.representative())
        words = page(
            client.post(reverse("structure_hand_over"), {"email": "suite@exemple.fr", "quality": "Président"})
        )
        assert "Joignez un justificatif" in words and 'value="suite@exemple.fr"' in words
        client.post(
            reverse("structure_hand_over"),
            {"email": "suite@exemple.fr", "quality": "Président", "proof": proof()},
        )
        successor = person("suite@exemple.fr")
        signed_in(client, successor)
        assert "représenter cette structure" in page(client.get(reverse("structure_invitations")))
        client.post(reverse("structure_invitations"), {"row": Invitation.objects.get().pk, "go": "accept"})
        assert Structure.objects.get().representative() == successor

    def test_people_without_an_address_of_their_own(self, client):
        found = structure()
        signed_in(client, found.representative())
        someone = {"first_name": "Paul", "last_name": "Roy", "role": "reader"}
        words = page(client.post(reverse("structure_add_person"), {**someone, "mailbox": "none"}))
        assert "numéro de téléphone ou une adresse postale" in words
        client.post(
            reverse("structure_add_person"), {**someone, "mailbox": "none", "phone": "01 00 00 00 00"}
        )
        client.post(reverse("structure_add_person"), {**someone, "first_name": "Ève", "mailbox": "shared"})
        seats = Membership.objects.current().filter(user__last_name="Roy").order_by("pk")
        assert [seat.user.mailbox for seat in seats] == ["", found.representative().email]
        assert "la même boîte que Nadia Brossard" in page(client.get(reverse("structure_people")))

    def test_a_reason_stands_in_the_form(self, client):
        found = structure()
        invitation(found, at=timezone.now())
        signed_in(client, found.representative())
        words = page(
            client.post(reverse("structure_invite"), {"email": "invitee@exemple.fr", "role": "reader"})
        )
        assert "déjà invitée" in words
        words = page(client.post(reverse("structure_invite"), {"email": "invitee", "role": "reader"}))
        assert "comme nom@exemple.fr" in words

    def test_a_frozen_space_says_so_and_offers_nothing(self, client):
        found = structure()
        user = member(found)
        frozen(found)
        for who in (found.representative(), user):
            signed_in(client, who)
            words = page(client.get(reverse("structure_people")))
            assert "L'espace est en lecture seule depuis le 4 janvier 2027" in words
            assert "Inviter une personne" not in words
            assert client.get(reverse("structure_invite")).status_code == 404

    def test_hostile_names_are_shown_as_text(self, client):
        found = structure(name='<script>alert("x")</script>')
        signed_in(client, found.representative())
        words = page(client.get(reverse("structure_people")))
        assert "<script>alert" not in words and "&lt;script&gt;alert" in words


class TestService:
    def test_online_then_post_again(self, client):
        found = structure()
        signed_in(client, found.representative())
        assert "par courrier recommandé" in page(client.get(reverse("structure_service")))
        client.post(reverse("structure_service"), {"channel": "online"})
        consent = ServiceConsent.objects.get()
        assert "recevoir en ligne les décisions" in consent.text
        assert "avec l'accord de Nadia Brossard" in page(client.get(reverse("structure_service")))
        client.post(reverse("structure_service"), {"channel": "post"})
        assert Structure.objects.get().service_channel() == "post"

    def test_nothing_ticked_is_post(self, client):
        found = structure()
        signed_in(client, found.representative())
        client.post(reverse("structure_service"), {})
        assert not ServiceConsent.objects.exists()

    def test_others_read_and_do_not_choose(self, client):
        found = structure()
        signed_in(client, member(found))
        assert "Seule la personne qui représente" in page(client.get(reverse("structure_service")))
        assert client.post(reverse("structure_service"), {"channel": "online"}).status_code == 404
        assert not ServiceConsent.objects.exists()


class TestNumber:
    def test_a_proof_is_added_where_it_lacks(self, client):
        found = structure(registration_kind="foreign", raw_number="BE 0403019261")
        signed_in(client, found.representative())
        assert "Enregistrer le justificatif" in page(client.get(reverse("structure_number")))
        client.post(reverse("structure_number"), {"proof": proof()})
        assert Registration.objects.get().proof is not None
        assert "Enregistrer le justificatif" not in page(client.get(reverse("structure_number")))


OFFICE = [
    "staff_structure",
    "staff_structure_freeze",
    "staff_structure_number",
    "staff_structure_representative",
    "staff_structure_check",
    "staff_structure_officers",
]


def address(name, found):
    keys = [found.pk]
    if name == "staff_structure_check":
        keys.append(found.register_checks.first().pk)
    return reverse(name, args=keys)


class TestOffice:
    def test_the_page_tells_what_the_office_knows(self, client):
        register_entry("W990000001", title="LES AMIS DU LAC")
        found = structure(raw_number="W990000001")
        twin = structure(name="ESCALE ANEMONE")
        signed_in(client, staff(Role.CASE_OFFICER))
        words = page(client.get(address("staff_structure", found)))
        for expected in (
            "W990000001",
            "LES AMIS DU LAC",
            "Trouvée, autre nom",
            "Nadia Brossard",
            "Espace ouvert",
        ):
            assert expected in words
        assert reverse("staff_structure", args=[twin.pk]) in words

    @pytest.mark.parametrize("role", Role.values)
    def test_who_sees_the_page_and_who_acts(self, client, role):
        found = structure()
        signed_in(client, staff(role))
        sees = role not in (Role.TECHNICAL_ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER)
        assert client.get(address("staff_structure", found)).status_code == (200 if sees else 404)
        for name in OFFICE[1:]:
            expected = 200 if role == Role.CASE_OFFICER else 404
            assert client.get(address(name, found)).status_code == expected, name
            assert client.post(address(name, found), {}).status_code == expected, name

    @pytest.mark.parametrize("name", OFFICE)
    def test_nobody_else_finds_them(self, client, name):
        found = structure()
        signed_in(client, found.representative())
        assert client.get(address(name, found)).status_code == 404
        client.logout()
        assert client.get(address(name, found)).status_code == 302

    def test_concluding(self, client):
        register_entry("W990000001", title="LES AMIS DU LAC")
        found = structure(raw_number="W990000001")
        signed_in(client, staff(Role.CASE_OFFICER))
        where = address("staff_structure_check", found)
        assert "Dites pourquoi" in page(client.post(where, {"conclusion": "confirmed", "reason": ""}))
        client.post(where, {"conclusion": "confirmed", "reason": "Nouveau nom, vu au Journal officiel."})
        assert RegisterCheck.objects.get().conclusion == "confirmed"
        assert "déjà conclu" in page(client.post(where, {"conclusion": "refused", "reason": "Non."}))

    def test_freezing_and_opening_again(self, client):
        found = structure()
        signed_in(client, staff(Role.CASE_OFFICER))
        where = address("staff_structure_freeze", found)
        client.post(where, {"go": "freeze", "reason": "Deux personnes disent présider."})
        assert "lecture seule depuis" in page(client.get(address("staff_structure", found)))
        assert "vient de le faire" in page(client.post(where, {"go": "freeze", "reason": "Encore."}))
        assert "liste des dirigeants" in page(client.post(where, {"go": "unfreeze", "reason": "Réglé."}))
        assert Structure.objects.get().state == "frozen"
        officers_read(found, found.representative(), at=timezone.now())
        client.post(where, {"go": "unfreeze", "reason": "Réglé."})
        assert Structure.objects.get().state == "open"

    def test_correcting_a_number(self, client):
        found = structure(raw_number="W990000001")
        other = structure(raw_number="W990000002")
        signed_in(client, staff(Role.CASE_OFFICER))
        where = address("staff_structure_number", found)
        typed = {"kind": "rna", "reason": "Faute de frappe."}
        assert "10 caractères" in page(client.post(where, {**typed, "raw_number": "W1", "proof": proof()}))
        assert "déjà un espace" in page(
            client.post(where, {**typed, "raw_number": other.number(), "proof": proof()})
        )
        assert "justificatif" in page(client.post(where, {**typed, "raw_number": "W990000003"}))
        client.post(where, {**typed, "raw_number": "W990000003", "proof": proof()})
        assert Structure.objects.get(pk=found.pk).number() == "W990000003"
        words = page(client.get(address("staff_structure", found)))
        assert "Remplacé le" in words and "W990000001" in words

    def test_recording_another_representative(self, client):
        found = structure()
        other, stranger = member(found), person()
        signed_in(client, staff(Role.CASE_OFFICER))
        where = address("staff_structure_representative", found)
        seat = Membership.objects.get(user=other)
        typed = {"quality": "Président", "reason": "Mandat signé."}
        theirs = Membership.objects.get(user=structure(representative=stranger).representative())
        assert "réponses proposées" in page(
            client.post(where, {**typed, "member": theirs.pk, "proof": proof()})
        )
        refused = client.post(where, {**typed, "member": seat.pk, "proof": proof()})
        assert "Lisez d'abord la liste des dirigeants" in page(refused)
        assert Structure.objects.get(pk=found.pk).representative() != other
        officers = address("staff_structure_officers", found)
        read = {"member": seat.pk, "read_on": french_date(timezone.localdate()), "answer": "same"}
        assert "justificatif" in page(client.post(officers, read))
        client.post(officers, {**read, "proof": proof("dirigeants.pdf")})
        assert "Le registre nomme cette personne" in page(client.get(address("staff_structure", found)))
        client.post(where, {**typed, "member": seat.pk, "proof": proof()})
        assert Structure.objects.get(pk=found.pk).representative() == other

    def test_an_officer_who_is_a_member_does_not_act(self, client):
        found = structure()
        signed_in(client, member(found, user=staff(Role.CASE_OFFICER)))
        for name in OFFICE[1:]:
            assert client.get(address(name, found)).status_code == 404

    @pytest.mark.parametrize("key", [0, 10**6, 2**63, 10**25])
    def test_a_structure_that_is_not_there(self, client, key):
        signed_in(client, staff(Role.CASE_OFFICER))
        assert client.get(f"/inca/structures/{key}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_people_costs_the_same_whatever_the_number(client, django_assert_max_num_queries, count):
    found = structure()
    for _ in range(count):
        member(found)
        invitation(found, email=f"{person().pk}@exemple.fr", at=timezone.now())
    signed_in(client, representative_of(found).user)
    client.get(reverse("structure_people"))
    with django_assert_max_num_queries(26):
        client.get(reverse("structure_people"))
