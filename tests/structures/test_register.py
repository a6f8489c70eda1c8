"""The local register: comparing names, and what is answered."""

from datetime import date

import pytest

from structures import register
from structures.register import find, look_alikes, same_name, similarity
from tests.factories.structures import register_entry, structure


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Escale Anémone", "ESCALE ANEMONE"),
        ("Association Escale Anémone", "ESCALE ANEMONE"),
        ("L'Escale d'Anémone", "ESCALE ANEMONE (ASSOCIATION L')"),
        ("Cœur à cœur", "COEUR A COEUR"),
        ("Les Amis du Lac", "LES AMIS DU LACS"),
    ],
)
def test_the_same_structure_for_a_reader(one, other):
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Escale Anémone", "Les Amis du Lac"),
        ("Vivre après", "Vivre avec"),
        ("", "Escale Anémone"),
        ("🎗️", "Escale Anémone"),
    ],
)
def test_another_structure(one, other):
    assert not same_name(one, other)


def test_a_name_made_only_of_small_words_is_still_compared():
    assert similarity("Association pour la", "association pour la") == 1.0


def test_a_very_long_name_costs_nothing():
    assert similarity("a" * 100_000, "b" * 100_000) == 0.0


@pytest.mark.django_db
class TestFind:
    def test_a_match_brings_what_is_not_asked_again(self):
        register_entry(
            "W990000001", title="ESCALE ANEMONE", created_on=date(2011, 5, 3), updated_on=date(2026, 2, 1)
        )
        found = find("rna", "W990000001", "Escale Anémone")
        assert (found.result, found.city, found.created_on) == ("match", "Villeurbanne", date(2011, 5, 3))
        assert found.register_date == date(2026, 2, 1)

    def test_the_short_title_counts_as_a_name(self):
        register_entry("W990000001", title="ASSOCIATION NATIONALE DES ANEMONES REUNIES", short_title="ANAR")
        assert find("rna", "W990000001", "ANAR").result == "match"

    def test_another_name(self):
        register_entry("W990000001", title="LES AMIS DU LAC")
        found = find("rna", "W990000001", "Escale Anémone")
        assert (found.result, found.found_name) == ("mismatch", "LES AMIS DU LAC")

    @pytest.mark.parametrize(
        "end",
        [
            {"position": "D", "dissolved_on": date(2020, 1, 2)},
            {"position": "S"},
            {"dissolved_on": date(2020, 1, 2)},
        ],
    )
    def test_closed(self, end):
        register_entry("W990000001", **end)
        found = find("rna", "W990000001", "Escale Anémone")
        assert (found.result, found.closed_on) == ("closed", end.get("dissolved_on"))

    def test_by_old_number_siret_and_siren(self):
        register_entry("W990000001", old_number="0691012345", siret="38948624200032")
        assert find("old_rna", "0691012345", "Escale Anémone").result == "match"
        assert find("siret", "38948624200032", "Escale Anémone").result == "match"
        assert find("siren", "389486242", "Escale Anémone").result == "match"
        assert find("siren", "443121975", "Escale Anémone").result == "not_found"

    def test_among_several_offices_the_one_with_the_name(self):
        register_entry("W990000001", title="AUTRE", siret="38948624200032")
        register_entry("W990000002", siret="38948624200040")
        assert find("siren", "389486242", "Escale Anémone").found_number == "W990000002"

    @pytest.mark.parametrize(
        ("kind", "value"), [("foreign", "BE 1"), ("alsace_moselle", "x"), ("none", ""), ("rna", "")]
    )
    def test_what_this_register_does_not_hold(self, kind, value):
        register_entry()
        assert find(kind, value, "Escale Anémone").result == "not_found"

    def test_an_empty_table_answers_that_it_cannot(self):
        assert find("rna", "W990000001", "Escale Anémone").result == "unavailable"

    def test_a_miss(self):
        register_entry("W990000009")
        assert find("rna", "W990000001", "Escale Anémone").result == "not_found"

    def test_an_open_entry_before_a_closed_one(self):
        register_entry("W990000001", old_number="X1", position="D")
        register_entry("W990000002", old_number="X1", position="A")
        assert find("old_rna", "X1", "Escale Anémone").found_number == "W990000002"


@pytest.mark.django_db
def test_look_alikes_are_told_and_never_the_structure_itself():
    found = structure(name="Escale Anémone", postal_code="69100")
    twin = structure(name="ESCALE ANEMONE", postal_code="69100")
    structure(name="Escale Anémone", postal_code="75001")
    structure(name="Les Amis du Lac", postal_code="69100")
    head = structure(
        name="Fédération", registration_kind="siret", raw_number="38948624200032", postal_code="33000"
    )
    branch = structure(name="Branche", registration_kind="siren", raw_number="389486242", postal_code="13001")
    assert look_alikes(found) == [twin]
    assert look_alikes(head) == [branch]
    assert register.look_alikes(branch) == [head]
