"""The homes of associations and of members of the committee: what to do now, and nothing that is not theirs."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from label import actions
from label.models import Application
from letters import actions as letters
from reviewers.actions import accept_assignment
from reviewers.models import Assignment
from structures.actions import create_structure
from structures.models import Structure
from tests.desks.test_lists import many_dossiers, queries_of, threads
from tests.factories import certificates, decisions, label, reviewers, structures
from tests.factories.accounts import acting, person, signed_in, staff
from tests.factories.structures import AT, choosing, representative_of
from tests.reading import words

pytestmark = pytest.mark.django_db


def home(structure: Structure, client: Client | None = None) -> str:
    """What the representative of that structure reads in their space."""
    return words(signed_in(client or Client(), structure.representative()).get("/espace/"))


def test_somebody_without_a_structure_is_led_to_find_it(client: Client) -> None:
    page = signed_in(client, person(first_name="Karim", last_name="Delmas")).get("/espace/")

    assert "Bonjour Karim Delmas." in words(page)
    assert 'href="/espace/structure/"' in page.content.decode()
    assert "Demander le label : environ 3 heures, en plusieurs fois." in words(page)


def test_a_new_structure_is_offered_to_begin() -> None:
    structure = structures.structure()
    structures.member(structure)

    page = home(structure)

    assert "Escale Anémone" in page and "Commencer le dossier" in page
    assert "Vous avez" not in page


def test_the_first_thing_to_do_is_in_the_band_and_counted_once() -> None:
    application = label.incomplete(at=timezone.now() - timedelta(days=8))
    due_on = application.open_request().due_on

    page = home(application.structure)

    assert "Bonjour Nadia Brossard. Vous avez 2 choses à faire." in page
    assert "Votre prochaine étape Envoyer 1 pièce qui manque à votre dossier Avant le" in page
    assert f"{due_on.day}" in page and "Répondre à la demande" in page
    assert "À faire ensuite Ajouter une deuxième personne à contacter" in page
    assert "À faire (2)" in page
    assert "2. Vérification des pièces : en cours" in page and "Pièces à envoyer" in page


def test_one_thing_is_said_in_the_singular() -> None:
    structure = structures.structure()

    assert "Vous avez 1 chose à faire." in home(structure)


def test_a_new_space_begins_with_the_dossier_and_advice_comes_after() -> None:
    page = home(structures.structure())

    assert "Votre prochaine étape Demander le label : environ 3 heures, en plusieurs fois." in page
    assert "À faire ensuite Ajouter une deuxième personne à contacter" in page


def test_a_reader_is_not_led_to_begin_a_dossier(client: Client) -> None:
    structure = structures.structure()
    reader = person()
    structures.member(structure, role="reader", user=reader)

    assert "Commencer le dossier" not in words(signed_in(client, reader).get("/espace/"))


def test_somebody_without_a_name_is_greeted_without_one(client: Client) -> None:
    nameless = person(first_name="", last_name="")
    structure = structures.structure(representative=nameless)

    page = words(signed_in(client, nameless).get("/espace/"))
    assert "Bonjour." in page and "Bonjour personne" not in page
    assert structure.name in page
    page = words(signed_in(client, person(first_name="", last_name="")).get("/espace/"))
    assert "Bonjour." in page and "Bonjour personne" not in page


def test_nothing_to_do_while_the_office_works_tells_the_next_date() -> None:
    application = label.submitted()
    structures.member(application.structure)

    page = home(application.structure)

    assert "Vous n'avez rien à faire." in page and "au plus tard le" in page
    assert application.reference in page


def test_the_label_and_who_may_act() -> None:
    found = certificates.label()
    structures.member(found.structure, user=person(first_name="Karim", last_name="Delmas"))

    page = home(found.structure)

    assert found.number in page and "Valable jusqu'au" in page
    assert "Nadia Brossard Présidente, représente la structure (signe et dépose)" in page
    assert "Karim Delmas écrit" in page
    assert "Inviter une personne" in page


def test_a_frozen_space_says_so() -> None:
    structure = structures.frozen(structures.structure())

    assert "L'espace est en lecture seule depuis le 4 janvier 2027" in home(structure)


def test_somebody_with_two_structures_acts_for_one_at_a_time(client: Client) -> None:
    user = person()
    first = structures.structure(representative=user, name="Escale Anémone")
    second = structures.structure(representative=user, name="Rives et Relais")
    label.draft(second)
    signed_in(client, user)

    assert "Continuer votre dossier" not in words(client.get("/espace/"))
    page = words(choosing(client, second).get("/espace/"))

    assert "Vous agissez pour : Rives et Relais — changer" in page and "Continuer votre dossier" in page
    assert first.name not in page


def test_the_space_of_somebody_else_cannot_be_chosen(client: Client) -> None:
    other = structures.structure(name="Cap Douceur")
    mine = structures.structure(name="Escale Anémone")

    page = words(choosing(signed_in(client, mine.representative()), other).get("/espace/"))

    assert "Escale Anémone" in page and "Cap Douceur" not in page


def test_the_dossiers_of_the_structure_and_only_those(client: Client) -> None:
    application = label.submitted()
    other = label.submitted(structures.structure(name="Cap Douceur"))
    signed_in(client, application.structure.representative())

    page = words(client.get("/espace/dossiers/"))

    assert application.reference in page and other.reference not in page


def test_no_dossier_yet(client: Client) -> None:
    structure = structures.structure()

    assert "Aucun dossier pour le moment." in words(
        signed_in(client, structure.representative()).get("/espace/dossiers/")
    )


def test_messages_dossier_by_dossier(client: Client) -> None:
    application = label.taken()
    letters.write_message(
        record=f"label.application:{application.pk}", text="Bonjour.", at=AT, by=label.officer_of(application)
    )
    signed_in(client, application.structure.representative())

    page = client.get("/espace/messages/")

    assert "Nouveau message" in words(page) and "Dernier message le 4 janvier 2027" in words(page)
    assert f"/espace/messages/label.application:{application.pk}/" in page.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_space_costs_the_same_whatever_awaits(
    client: Client, number: int, django_assert_max_num_queries
) -> None:
    structure = structures.structure()
    label.draft(structure)
    for _ in range(number):
        structures.invitation(structure, email=f"{person().pk}@exemple.fr")
    signed_in(client, structure.representative())

    with django_assert_max_num_queries(14):
        assert client.get("/espace/").status_code == 200


@pytest.mark.parametrize("address", ["/espace/dossiers/", "/espace/messages/"])
def test_the_lists_of_an_association_cost_the_same_for_3_and_3000_dossiers(
    client: Client, address: str
) -> None:
    first = label.submitted()
    signed_in(client, first.structure.representative())
    past_dossiers(first, 3)
    few = queries_of(client, address)
    past_dossiers(first, 3000)

    assert queries_of(client, address) == few <= 10


def past_dossiers(first: Application, number: int) -> None:
    Application.objects.bulk_create(
        Application(
            thread=thread,
            reference=f"DOS-X-{thread.pk}",
            structure_id=first.structure_id,
            edition_id=first.edition_id,
            opened_at=AT,
            opened_by_id=first.opened_by_id,
            edited_at=AT,
            state="withdrawn",
            submitted_at=AT,
            submitted_by_id=first.submitted_by_id,
            ended_at=AT,
            snapshot_id=first.snapshot_id,
        )
        for thread in threads(number, "D")
    )


def test_a_member_of_the_committee_costs_the_same_for_3_and_300_evaluations(client: Client) -> None:
    application = reviewers.under_review()
    first = reviewers.accepted(reviewers.assignments_of(application)[0])
    signed_in(client, first.mandate.user)

    def more(number: int) -> None:
        Assignment.objects.bulk_create(
            Assignment(
                application=dossier,
                mandate=first.mandate,
                user=first.user,
                snapshot=first.snapshot,
                college=first.college,
                pseudonym="Patient A",
                answer_due_on=AT.date(),
                review_due_on=AT.date(),
                state="accepted",
                accepted_at=AT,
                no_link_stated_at=AT,
            )
            for dossier in many_dossiers(number)
        )

    more(3)
    few = [queries_of(client, address) for address in ("/comite/", "/comite/dossiers/")]
    more(300)
    assert [queries_of(client, address) for address in ("/comite/", "/comite/dossiers/")] == few
    assert max(few) <= 10


@pytest.mark.parametrize("address", ["/espace/", "/espace/dossiers/", "/espace/messages/"])
def test_a_visitor_signs_in_first(client: Client, address: str) -> None:
    assert client.get(address).url == f"/compte/connexion/?next={address}"


def test_a_member_of_the_committee_finds_what_is_asked(client: Client) -> None:
    application = reviewers.under_review(at=timezone.now() - timedelta(days=1))
    first = reviewers.assignments_of(application)[0]
    signed_in(client, first.mandate.user)

    page = words(client.get("/comite/"))
    assert f"Bonjour {first.mandate.user.first_name}" in page
    assert "Dire si vous pouvez évaluer le dossier de Escale Anémone" in page or "Répondre" in page
    assert "À accepter ou non" in page and "Réponse souhaitée avant le" in page
    assert "Nous accueillons les proches" in page

    accept_assignment(assignment_pk=first.pk, at=timezone.now(), by=reviewers.member_actor(first))
    page = words(client.get("/comite/"))
    assert "Mes évaluations" in page and "0 critères sur 26" in page and "Continuer" in page


def test_nothing_for_the_moment(client: Client) -> None:
    mandate = reviewers.member()

    page = words(signed_in(client, mandate.user).get("/comite/"))

    assert "Rien pour le moment. Nous vous écrirons." in page and "Je suis indisponible" in page


def test_somebody_approached_is_led_to_the_proposal(client: Client) -> None:
    mandate = reviewers.approached()

    page = signed_in(client, mandate.user).get("/comite/")

    assert "Répondre à la proposition de siéger au comité" in words(page)
    assert "/comite/mandat/" in page.content.decode()


def test_nobody_else_enters_the_space_of_the_committee(client: Client) -> None:
    assert signed_in(client, staff()).get("/comite/").status_code == 404
    assert signed_in(Client(), person()).get("/comite/").status_code == 404


def test_the_home_of_a_member_costs_the_same_whatever_is_asked(
    client: Client, django_assert_max_num_queries
) -> None:
    members = reviewers.committee()
    for number in range(3):
        reviewers.under_review(structures.structure(name=f"Structure {number}"), members=members)
    signed_in(client, members[0].user)

    with django_assert_max_num_queries(10):
        page = client.get("/comite/")
    assert words(page).count("Réponse souhaitée") == 3


def test_a_label_refused_leaves_the_structure_free_to_ask_again() -> None:
    now = timezone.now()
    decision = decisions.notified(decisions.advised(opinion="unfavourable", at=now), "refuse", at=now)
    structure = decision.application.structure
    structures.member(structure)

    page = home(structure)

    assert "Commencer le dossier" in page
    assert actions.open_application(structure_pk=structure.pk, at=now, by=representative_of(structure)).pk


def test_a_reader_of_a_structure_without_number_is_not_lost(client: Client) -> None:
    founder = person()
    create_structure(
        name="Sans numéro",
        registration_kind="none",
        founder=founder,
        proof=structures.proof(),
        at=AT,
        by=acting(founder, "representative"),
    )

    assert "Sans numéro" in words(signed_in(client, founder).get("/espace/"))
