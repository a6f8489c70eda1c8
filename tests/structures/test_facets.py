"""The closed lists: complete, without doubles, and the codes that must not be confused."""

from pathlib import Path

import dsfr
import pytest
from django.utils.translation import override

from structures import facets
from structures.facets import (
    ACCESS_MODES,
    ALSACE_MOSELLE_DEPARTMENTS,
    AUDIENCES,
    CANCER_TYPES,
    DEPARTMENTS,
    FIELD_GROUPS,
    FIELDS_OF_ACTION,
    MOMENTS,
    REGIONS,
    STRUCTURE_TYPES,
    TERRITORY_LEVELS,
    choices,
    department_of,
    grouped_fields,
    label_of,
    may_apply,
    region_of,
)

LISTS = {
    "FIELD_GROUPS": 5,
    "FIELDS_OF_ACTION": 21,
    "CANCER_TYPES": 24,
    "REGIONS": 18,
    "DEPARTMENTS": 107,
    "STRUCTURE_TYPES": 12,
    "AUDIENCES": 5,
    "ACCESS_MODES": 5,
    "MOMENTS": 4,
    "TERRITORY_LEVELS": 4,
}


@pytest.mark.parametrize(("name", "count"), LISTS.items())
def test_each_list_is_complete_and_says_each_thing_once(name, count):
    terms = getattr(facets, name)
    assert len(terms) == count
    assert len({term.code for term in terms}) == count
    with override("fr"):
        assert len({str(term.label) for term in terms}) == count
    assert all(len(term.code) <= 24 and term.code.isascii() for term in terms)


@pytest.mark.parametrize(
    "terms",
    [
        FIELD_GROUPS,
        FIELDS_OF_ACTION,
        CANCER_TYPES,
        STRUCTURE_TYPES,
        AUDIENCES,
        ACCESS_MODES,
        MOMENTS,
        TERRITORY_LEVELS,
    ],
)
def test_words_have_an_english_of_their_own(terms):
    assert len({term.english for term in terms}) == len(terms)
    assert all(term.english.strip() for term in terms)


def test_each_field_has_a_group_and_an_icon_of_its_own():
    assert {field.group for field in FIELDS_OF_ACTION} == {group.code for group in FIELD_GROUPS}
    icons = [field.icon for field in FIELDS_OF_ACTION]
    assert len(set(icons)) == len(icons)
    folder = Path(dsfr.__file__).parent / "static" / "dsfr" / "dist" / "icons"
    there = {path.stem for path in folder.rglob("*.svg")}
    assert [icon for icon in icons if icon not in there and f"fr--{icon}" not in there] == []


def test_fields_come_grouped_in_the_order_of_the_groups():
    groups = grouped_fields()
    assert [group.code for group, _fields in groups] == [group.code for group in FIELD_GROUPS]
    fields = [field for _group, fields in groups for field in fields]
    assert sorted(field.code for field in fields) == sorted(field.code for field in FIELDS_OF_ACTION)


def test_there_are_101_departments_in_18_regions_and_six_collectivities_in_none():
    inside = [department for department in DEPARTMENTS if department.region]
    assert len(inside) == 101
    assert {department.region for department in inside} == {region.code for region in REGIONS}
    numbers = [f"{n:02d}" for n in range(1, 96) if n != 20]
    assert {d.code for d in inside} == {*numbers, "2A", "2B", "971", "972", "973", "974", "976"}
    assert [d.code for d in DEPARTMENTS if not d.region] == ["975", "977", "978", "986", "987", "988"]


def test_each_region_has_its_number_of_departments():
    counts = {region.code: sum(d.region == region.code for d in DEPARTMENTS) for region in REGIONS}
    assert counts == {
        "01": 1,
        "02": 1,
        "03": 1,
        "04": 1,
        "06": 1,
        "11": 8,
        "24": 6,
        "27": 8,
        "28": 5,
        "32": 5,
        "44": 10,
        "52": 5,
        "53": 4,
        "75": 12,
        "76": 13,
        "84": 12,
        "93": 6,
        "94": 2,
    }


def test_regions_stand_on_their_own_tile():
    assert len({(region.row, region.column) for region in REGIONS}) == 18
    assert [r.code for r in sorted(REGIONS, key=lambda r: (r.row, r.column)) if r.row == 7] == [
        "01",
        "02",
        "03",
        "04",
        "06",
    ]


@pytest.mark.parametrize(
    ("department", "region"),
    [("01", "84"), ("2A", "94"), ("69", "84"), ("974", "04"), ("988", ""), ("20", ""), ("", "")],
)
def test_a_department_code_is_not_a_region_code(department, region):
    assert region_of(department) == region


@pytest.mark.parametrize(
    ("postal_code", "department"),
    [
        ("01000", "01"),
        ("75013", "75"),
        ("75 013", "75"),
        ("20000", "2A"),
        ("20167", "2A"),
        ("20200", "2B"),
        ("20620", "2B"),
        ("97100", "971"),
        ("97133", "977"),
        ("97150", "978"),
        ("97400", "974"),
        ("97600", "976"),
        ("98800", "988"),
        ("98000", ""),  # Monaco
        ("00100", ""),
        ("96000", ""),
        ("7501", ""),
        ("B-1000", ""),
        ("٧٥٠١٣", ""),
        ("", ""),
    ],
)
def test_a_postal_code_gives_its_department(postal_code, department):
    assert department_of(postal_code) == department


def test_alsace_and_moselle_are_three_departments():
    assert [label_of(DEPARTMENTS, code) for code in ALSACE_MOSELLE_DEPARTMENTS] == [
        "Moselle",
        "Bas-Rhin",
        "Haut-Rhin",
    ]


@pytest.mark.parametrize(
    ("structure_type", "allowed"),
    [
        ("association_1901", True),
        ("association_local_law", True),
        ("association_rup", True),
        ("federation", True),
        ("foundation", False),
        ("support_company", False),
        ("informal_group", False),
        ("public_body", False),
        ("", False),
        ("unknown", False),
    ],
)
def test_only_associations_may_apply(structure_type, allowed):
    assert may_apply(structure_type) is allowed


def test_a_code_becomes_words_and_an_old_code_stays_readable():
    with override("fr"):
        assert label_of(FIELDS_OF_ACTION, "POST") == "Après-cancer"
        assert label_of(REGIONS, "01") == "Guadeloupe"
        assert label_of(DEPARTMENTS, "01") == "Ain"
        assert label_of(CANCER_TYPES, "gone") == "gone"
        assert choices(TERRITORY_LEVELS)[0] == ("national", "Partout en France")


def test_english_words_and_codes_fit_the_columns_that_keep_them():
    assert all(len(term.code) <= 20 for term in (*CANCER_TYPES, *AUDIENCES, *ACCESS_MODES, *MOMENTS))
    assert all(len(field.code) <= 5 for field in FIELDS_OF_ACTION)
    assert all(len(level.code) <= 12 for level in TERRITORY_LEVELS)
    assert all(len(kind.code) <= 40 for kind in STRUCTURE_TYPES)
