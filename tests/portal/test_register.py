"""The register: who is listed, what is found, the same work at any size, and files that are safe to open."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates.search import plain_words, search_text
from portal.register import MOST_WORDS, Choice, Position, by_region, page_of, search
from structures.facets import FIELDS_OF_ACTION, REGIONS
from tests.factories.portal import granted, moved, solution, structure, suspended
from tests.reading import words

pytestmark = pytest.mark.django_db


def listed(name="Escale Anémone", facets="field=PSY cancer=all region=84 audience=patient", **fields):
    today = timezone.localdate()
    return granted(
        name,
        starts_on=today - timedelta(days=30),
        ends_on=today + timedelta(days=900),
        facets=facets,
        **fields,
    )


def names(client, **asked):
    answer = client.get(reverse("register_json"), asked)
    assert answer.status_code == 200
    return [record["structure"] for record in answer.json()["labels"]]


def test_labels_that_stand_are_listed_by_name_whatever_their_accents(client):
    for name in ("Zéphyr", "Éclat", "abeille", "Œuvre", "Maison"):
        listed(name)
    assert names(client) == ["abeille", "Éclat", "Maison", "Œuvre", "Zéphyr"]


def test_former_labels_are_not_listed_and_suspended_ones_are_with_their_word(client):
    today = timezone.localdate()
    moved(listed("Retirée"), "withdraw", today, ended_on=today)
    moved(listed("Dissoute"), "lapse", today, ended_on=today)
    granted("Expirée", starts_on=today - timedelta(days=900), ends_on=today - timedelta(days=1))
    granted("Future", starts_on=today + timedelta(days=10), ends_on=today + timedelta(days=900))
    suspended(listed("Suspendue"), today)
    listed("Valide")
    assert names(client) == ["Suspendue", "Valide"]
    page = client.get(reverse("register"))
    assert page.content.decode().count("lb-record--off") == 1
    assert "1 association labellisée, 1 label suspendu" in words(page)
    assert "Afficher les 2 résultats" in words(page)
    assert "Label suspendu" in words(page)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "anemone"}, ["Escale Anémone"]),
        ({"q": "ESCALE  annecy"}, ["Escale Anémone"]),
        ({"q": "ecoute"}, ["Escale Anémone"]),
        ({"q": "%"}, []),
        ({"q": " "}, ["Escale Anémone", "Fil Bleu", "Port"]),
        ({"q": "absente"}, []),
        ({"champ": "PSY"}, ["Escale Anémone", "Fil Bleu"]),
        ({"champ": ["PSY", "APA"]}, ["Escale Anémone", "Fil Bleu", "Port"]),
        ({"cancer": "breast"}, ["Escale Anémone", "Fil Bleu"]),
        ({"cancer": "eye"}, ["Escale Anémone"]),
        ({"lieu": "84"}, ["Escale Anémone", "Port"]),
        ({"lieu": "53"}, ["Fil Bleu", "Port"]),
        ({"lieu": "01"}, ["Port"]),
        ({"lieu": "distance"}, ["Escale Anémone"]),
        ({"public": "caregiver"}, ["Fil Bleu"]),
        ({"champ": "PSY", "lieu": "53", "q": "bleu"}, ["Fil Bleu"]),
        ({"champ": "APA", "cancer": "breast"}, []),
    ],
)
def test_what_is_looked_for_is_found(client, asked, found):
    listed()
    for name, facets, territory in (
        ("Fil Bleu", "field=PSY cancer=breast department=29 audience=caregiver", "departmental"),
        ("Port", "field=APA cancer=prostate audience=professional", "national"),
    ):
        holder = structure(name, city="Brest", department="29", region="53")
        listed(
            name, holder=holder, solutions=(solution(holder, "Atelier", facets=facets, territory=territory),)
        )
    assert names(client, **asked) == found
    page = client.get(reverse("register"), asked)
    assert [name for name in ("Escale Anémone", "Fil Bleu", "Port") if name in words(page)] == found


def test_two_filters_hold_for_one_same_solution(client):
    holder = structure()
    both = (
        solution(holder, "A", facets="field=PSY region=84"),
        solution(holder, "B", facets="field=APA region=53"),
    )
    listed(holder=holder, solutions=both)
    assert names(client, champ="PSY", lieu="84") == ["Escale Anémone"]
    assert names(client, champ="PSY", lieu="53") == []


@pytest.mark.parametrize("rare", [True, False])
def test_few_or_many_are_found_alike(client, monkeypatch, rare):
    monkeypatch.setattr("portal.register.MOST_COUNTED", 100 if rare else 2)
    for place in range(7):
        listed(f"Structure {place}", facets="field=PSY region=84" if place != 3 else "field=APA region=84")
    found = search(Choice(fields=("PSY",)), on=timezone.localdate())
    assert found.count == (6 if rare else None)
    seen, position = [], Position()
    while position is not None:
        page = page_of(found, position=position, size=2)
        seen.append([entry.label.structure.name[-1] for entry in page.entries])
        position = Position(after=page.next) if page.next else None
    assert seen == [["0", "1"], ["2", "4"], ["5", "6"]]
    back = page_of(found, position=Position(before=page.previous), size=2)
    assert [entry.label.structure.name[-1] for entry in back.entries] == ["2", "4"]
    assert (back.previous is None, back.next is None) == (False, False)
    first = page_of(found, position=Position(before=back.previous), size=2)
    assert [entry.label.structure.name[-1] for entry in first.entries] == ["0", "1"]
    assert first.previous is None


def test_the_newest_first(client, monkeypatch):
    monkeypatch.setattr("portal.views.register.PAGE", 2)
    for name in ("Alpha", "Bravo", "Charlie", "Delta", "Echo"):
        listed(name)
    seen, address = [], reverse("register") + "?vue=tableau&tri=recent"
    while address:
        answer = client.get(address)
        seen.append([entry["structure"].name for entry in answer.context["entries"]])
        address = answer.context["next_url"]
    assert seen == [["Echo", "Delta"], ["Charlie", "Bravo"], ["Alpha"]]
    back = client.get(answer.context["previous_url"])
    assert [entry["structure"].name for entry in back.context["entries"]] == ["Charlie", "Bravo"]


@pytest.mark.parametrize(
    "asked", [{}, {"champ": "PSY", "cancer": "breast", "lieu": "84", "public": "patient", "q": "escale"}]
)
@pytest.mark.parametrize(("view", "queries"), [("liste", 7), ("tableau", 7), ("impression", 7), ("carte", 3)])
def test_the_same_queries_at_any_size(client, django_assert_num_queries, view, queries, asked):
    for count in (1, 3, 12):
        while search(Choice(), on=timezone.localdate()).count < count:
            listed(f"Escale {count}")
        with django_assert_num_queries(queries):
            assert client.get(reverse("register"), {**asked, "vue": view}).status_code == 200


def test_pages_of_fifty_with_links(client, monkeypatch):
    monkeypatch.setattr("portal.views.register.PAGE", 2)
    for place in range(5):
        listed(f"Structure {place}")
    first = client.get(reverse("register"), {"champ": "PSY"})
    assert "Structure 1" in words(first)
    assert "Structure 2" not in words(first)
    following = first.context["next_url"]
    assert "champ=PSY" in following
    second = client.get(following)
    assert "Structure 2" in words(second)
    assert "Structure 0" in words(client.get(second.context["previous_url"]))


@pytest.mark.parametrize("view", ["liste", "tableau", "carte", "impression", "autre"])
@pytest.mark.parametrize(
    "asked",
    [
        {"q": "<script>alert(1)</script>"},
        {"q": "x" * 10_000},
        {"q": "\u202e🎗️ '\""},
        {"champ": "NOPE", "cancer": "nope", "lieu": "99", "public": "nope"},
        {"apres": "9" * 30, "avant": "-1"},
        {"apres": "9" * 19},
        {"apres": "١٢"},
        {"tri": "state"},
        {"q": " ".join("a" * place for place in range(1, 40))},
    ],
)
def test_hostile_choices_change_nothing(client, asked, view):
    listed()
    answer = client.get(reverse("register"), {**asked, "vue": view})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    assert len(answer.content) < 100_000
    assert client.get(reverse("register_json"), asked).status_code in {200, 400}


def test_a_search_that_no_text_can_hold_is_not_found(client):
    assert client.get(reverse("register"), {"q": "\u0000"}).status_code == 404


def test_a_choice_that_cannot_be_read_is_said(client):
    answer = client.get(reverse("register"), {"lieu": "99"})
    assert "Choisissez une des réponses proposées." in words(answer)


@pytest.mark.parametrize("name", ["champ", "cancer", "lieu", "public"])
def test_programs_are_told_which_filter_nobody_knows(client, name):
    listed()
    answer = client.get(reverse("register_json"), {name: "NOPE"})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]
    table = client.get(reverse("register_csv"), {name: "NOPE"})
    assert table.status_code == 400
    assert table.content.decode().startswith(f"{name}: ")


def test_nothing_found_says_what_to_try(client):
    listed()
    answer = words(client.get(reverse("register"), {"champ": "PSY", "lieu": "94"}))
    assert "Aucune association trouvée" in answer
    assert "Essayez sans le choix « Corse »." in answer
    assert "Regarder ce qui existe à distance (1)" in answer


def test_an_empty_register_says_so(client):
    assert "Aucune association n'a encore le label." in words(client.get(reverse("register")))


def test_each_filter_in_use_can_be_taken_away(client):
    listed()
    answer = client.get(reverse("register"), {"champ": ["PSY", "APA"], "lieu": "84", "q": "escale"})
    tags = dict(answer.context["tags"])
    assert set(tags) == {
        "escale",
        "Soutien psychologique",
        "Activité physique adaptée",
        "Auvergne-Rhône-Alpes",
    }
    assert "champ=APA" in tags["Soutien psychologique"]
    assert "champ=PSY" not in tags["Soutien psychologique"]
    assert "lieu" not in tags["Auvergne-Rhône-Alpes"]


def test_every_field_of_action_can_be_ticked_with_its_icon(client):
    page = client.get(reverse("register")).content.decode()
    assert [field.code for field in FIELDS_OF_ACTION if f'value="{field.code}"' not in page] == []


@pytest.mark.parametrize("most", [1000, 2])
def test_the_map_counts_each_region(client, monkeypatch, most):
    monkeypatch.setattr("portal.register.MOST_COUNTED", most)
    listed("Une", facets="field=PSY region=84")
    listed("Deux", facets="field=APA department=74 department=01 department=29")
    holder = structure("Trois")
    everywhere = solution(holder, "Partout", facets="field=PSY", territory="national")
    listed("Trois", holder=holder, solutions=(everywhere,))
    counts = by_region(Choice(), on=timezone.localdate())
    assert set(counts) == {region.code for region in REGIONS}
    assert (counts["84"], counts["53"], counts["01"]) == (3, 2, 1)
    assert by_region(Choice(fields=("APA",), place="53"), on=timezone.localdate())["84"] == 1
    page = client.get(reverse("register"), {"vue": "carte", "champ": "PSY", "lieu": "53"})
    assert "Auvergne-Rhône-Alpes 2" in words(page)


def test_the_map_does_not_count_who_may_not_use_the_label(client):
    listed("Une")
    suspended(listed("Suspendue"), timezone.localdate())
    assert by_region(Choice(), on=timezone.localdate())["84"] == 1
    found = search(Choice(fields=("PSY",)), on=timezone.localdate())
    assert (found.count, len(found.suspended)) == (2, 1)


def test_the_keys_of_the_json_are_a_promise(client):
    label = listed()
    answer = client.get(reverse("register_json")).json()
    assert set(answer) == {"count", "more_than", "labels", "next"}
    (record,) = answer["labels"]
    assert record["number"] == label.number
    assert record["status"] == "valid"
    assert record["solutions"] == [
        {
            "name": "Ligne d'écoute Anémone",
            "fields": ["PSY"],
            "territory": "regional",
            "regions": ["84"],
            "departments": [],
            "remote": True,
        }
    ]
    assert set(record) == {
        "number", "status", "word", "structure", "city", "department", "region", "website", "phone", "email",
        "solutions", "valid_from", "valid_until", "url",
    }  # fmt: skip
    assert record["url"].endswith(reverse("verify_label", args=[label.number]))


def rows(answer):
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))


def test_the_csv_holds_every_line_under_the_same_filters(client, monkeypatch):
    monkeypatch.setattr("portal.register.MOST_COUNTED", 2)
    for place in range(5):
        listed(f"Structure {place}")
    listed("Autre", facets="field=APA region=84")
    answer = client.get(reverse("register_csv"), {"champ": "PSY"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    head, *lines = rows(answer)
    assert head[:3] == ["Numéro", "État", "Structure"]
    assert [line[2] for line in lines] == [f"Structure {place}" for place in range(5)]
    assert {len(line) for line in lines} == {len(head)}


@pytest.mark.parametrize(
    "name", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", " =1", "＝1", '=HYPERLINK("http://x")']
)
def test_no_cell_is_taken_for_a_formula(client, name):
    listed(name)
    _head, line = rows(client.get(reverse("register_csv")))
    assert line[2] == f"'{name}"


def test_text_with_quotes_and_lines_stays_in_its_cell(client):
    listed('A;"B"\nC')
    _head, line = rows(client.get(reverse("register_csv")))
    assert line[2] == 'A;"B"\nC'


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("L'Œil d'Été", "l oeil d ete"),
        ("  A--B__c ", "a b c"),
        ("Straße", "strasse"),
        ("مرحبا", "مرحبا"),
        ("🎗️", ""),
    ],
)
def test_plain_words(text, plain):
    assert plain_words(text) == plain


def test_a_very_long_name_still_fits_the_index():
    assert len(search_text("é" * 300, "中" * 3000).encode()) <= 2000
    assert len(Choice.of("a " * 500).words) == MOST_WORDS


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("register", "private, no-cache"),
        ("register_csv", "private, no-cache"),
        ("register_json", "public, no-cache"),
        ("log", "private, no-cache"),
    ],
)
def test_what_lists_labels_is_asked_again_each_time(client, name, kept):
    """A cache before the service would else choose by itself how long a withdrawn label is still listed."""
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert set(answer["Cache-Control"].split(", ")) == set(kept.split(", "))
