"""The dashboard of the committee and the agreement of a campaign: what is shown, to whom, at which cost."""

from __future__ import annotations

import io
import itertools
from collections import defaultdict
from datetime import date, timedelta
from statistics import mean
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.models import Role
from label.models import Application, Edition
from reviewers import actions, campaign, dashboard, disagreement
from reviewers.models import Assignment, College, Evaluation, Mandate, Score
from tests.factories import papers
from tests.factories import reviewers as factory
from tests.factories.accounts import signed_in, staff
from tests.factories.structures import AT, structure
from tests.reading import words

pytestmark = pytest.mark.django_db
NOW = timezone.now()
COLLEGES = list(College.values)


def page(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def sheet_of(client: Client, address: str) -> list[list[object]]:
    response = client.get(address)
    assert response.status_code == 200
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return [[cell.value for cell in row] for row in sheet]


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
        assert response.status_code == 200
        if response.streaming:
            assert b"".join(response.streaming_content)
    return sum(not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for one in asked)


# --- who has what ---------------------------------------------------------------------------------------------


def test_what_is_awaited_and_what_is_silent_is_told_without_blame() -> None:
    application = factory.under_review()
    rows = factory.assignments_of(application)
    quiet, writes = factory.accepted(rows[0]), factory.accepted(rows[1])
    user = staff(Role.SECRETARIAT)
    at = AT + timedelta(days=15)
    Score.objects.create(assignment=writes, criterion="A1.1", value=2, saved_at=at - timedelta(days=2))

    found = dashboard.under_way(user, at=at)

    assert found.count() == 6
    assert [row.pk for row in dashboard.silent(found, at=at)] == [quiet.pk]
    assert {row.state for row in dashboard.overdue(found, at=at)} == {"proposed"}
    assert dashboard.overdue(found, at=AT + timedelta(days=40)).count() == 6
    told = {row.pk: dashboard.awaited(row, at=at) for row in found}
    assert "attendue avant le" in told[quiet.pk]
    assert "Réponse attendue depuis le" in told[rows[2].pk]
    by_key = {row.pk: dashboard.quiet_since(row, at=at) for row in found}
    assert by_key[quiet.pk] == quiet.accepted_at
    assert by_key[writes.pk] is None


def test_a_grid_that_was_read_back_is_awaited_of_nobody() -> None:
    first, *others = factory.assignments_of(factory.under_review())
    papers.typed(first)
    found = dashboard.under_way(staff(Role.SECRETARIAT), at=AT + timedelta(days=40))
    assert {row.pk for row in found} == {row.pk for row in others}


def test_the_agreement_keeps_to_one_edition_of_the_criteria(client: Client) -> None:
    application = factory.in_deliberation(at=NOW - timedelta(days=9))
    signed_in(client, staff(Role.SECRETARIAT))
    known = client.get(page("staff_agreement"), {"referentiel": application.edition.version})
    assert f"Référentiel {application.edition.version}." in words(known)
    assert "1 dossier, 156 notes" in words(known)
    unknown = client.get(page("staff_agreement"), {"referentiel": "1999"})
    assert "1 dossier" in words(
        unknown
    )  # a choice that does not exist is left out, and told beside its field


def test_coverage_counts_free_reviews_and_panels_that_lack_somebody() -> None:
    application = factory.under_review()
    row = factory.assignments_of(application)[0]
    actions.decline(assignment_pk=row.pk, at=AT, by=factory.member_actor(row))
    found = {one.college: one for one in dashboard.coverage(on=timezone.localdate(AT))}
    short = found[College(row.college)]
    assert (short.active, short.free, short.short) == (2, 7, 1)
    assert {(one.free, one.short) for college, one in found.items() if college != row.college} == {(6, 0)}


def test_the_dashboard_costs_the_same_with_one_and_three_dossiers(client: Client) -> None:
    members = factory.committee(at=NOW)
    Mandate.objects.update(load_cap=20)
    signed_in(client, staff(Role.SECRETARIAT))
    for place in range(2):
        factory.under_review(structure(name=f"Rives {place}"), members=members, at=NOW)
    heard = factory.under_review(structure(name="Relais"), members=members, at=NOW)
    for row in factory.assignments_of(heard):
        factory.submitted(row, value=2, at=NOW)
    addresses = [
        page("staff_dashboard"),
        f"{page('staff_dashboard')}?voir=silence",
        page("staff_agreement"),
        page("staff_dashboard_reviews_file"),
        page("staff_dashboard_load_file"),
        page("staff_dashboard_coverage_file"),
        page("staff_agreement_file"),
        page("staff_deviations_file"),
    ]
    before = [queries_of(client, address) for address in addresses]
    more = [factory.member(college=college, at=NOW) for college in College for _ in range(2)]
    other = factory.under_review(structure(name="Autre"), members=more, at=NOW)
    for row in factory.assignments_of(other):
        factory.submitted(row, value=1, at=NOW)
    factory.under_review(structure(name="Encore"), members=more, at=NOW)

    assert [queries_of(client, address) for address in addresses] == before
    assert max(before) <= 10, before
    text = words(client.get(page("staff_dashboard")))
    assert "Rives 0" in text
    assert "Relais" in text
    assert "en retard" not in text
    loads = sheet_of(client, page("staff_dashboard_load_file"))[1:]
    assert sum(int(str(row[3])) for row in loads) == 18
    assert sum(int(str(row[5])) for row in loads) == 12
    assert len(sheet_of(client, page("staff_dashboard_reviews_file"))) == 1 + 18
    coverage = sheet_of(client, page("staff_dashboard_coverage_file"))[1:]
    assert [row[1:] for row in coverage] == [[4, 2 * 18 + 2 * 3, 0]] * 3


# --- disagreement ---------------------------------------------------------------------------------------------


def test_the_map_says_in_words_what_it_draws_and_holds_nobodys_score(client: Client) -> None:
    application = factory.under_review(structure(name="Relais"), at=NOW)
    for row in factory.assignments_of(application):
        factory.submitted(row, value=4 if row.college == "patients" else 1, at=NOW)
    signed_in(client, staff(Role.CASE_OFFICER))

    shown = client.get(page("staff_disagreement", application.reference))

    text, source = words(shown), shown.content.decode()
    assert "26 critères à discuter" in text
    assert "4,0 au-dessus du panel ▲ 1,0 1,0 3,0" in text.replace(" en dessous du panel ▼", "")
    assert source.count("url(#hatch-above)") == 26
    assert "Patient A" not in text
    rows = sheet_of(client, page("staff_disagreement_file", application.reference))
    assert rows[0][2:5] == ["Patients", "Aidants", "Professionnels de santé"]
    assert rows[1][2:6] == [4, 1, 1, 3]
    assert "Deux collèges sont éloignés" in str(rows[1][6])


def test_there_is_no_map_before_the_evaluation_closes(client: Client) -> None:
    application = factory.under_review(at=NOW)
    for row in factory.assignments_of(application)[:5]:
        factory.submitted(row, at=NOW)
    signed_in(client, staff(Role.SECRETARIAT))
    assert client.get(page("staff_disagreement", application.reference)).status_code == 404
    assert client.get(page("staff_disagreement_file", application.reference)).status_code == 404


def test_a_criterion_left_out_and_a_silent_college_have_their_own_words() -> None:
    result = {
        "criteria": {
            "A1.1": {"value": None, "na": True, "college_means": dict.fromkeys(COLLEGES)},
            "A1.2": {"value": "2", "na": False, "college_means": {"patients": "2", "caregivers": None}},
        },
        "flags": [{"criterion": "", "college": "", "code": "lone_advice"}],
    }
    drawn = disagreement.of(Evaluation(result=result), Edition(data=edition()).data, "fr")
    assert [line.is_left_out for line in drawn.lines] == [True, False]
    assert [cell.mean for cell in drawn.lines[1].cells] == [2, None, None]
    assert drawn.lines[1].gap is None
    assert drawn.whole == ("Un avis d'ensemble seul contre tous les autres",)


def edition() -> dict[str, Any]:
    from tests.factories.label import framework

    return framework()


# --- agreement ------------------------------------------------------------------------------------------------


def test_a_campaign_counts_sealed_first_rounds_of_its_period_or_session(client: Client) -> None:
    rows = factory.discussing(values=(1, 3))
    actions.change_score(
        assignment_pk=rows[0].pk,
        criterion="A1.1",
        verdict="scored",
        value=3,
        reason="Relu.",
        version=0,
        at=AT + timedelta(days=5),
        by=factory.member_actor(rows[0]),
    )
    draft = factory.accepted(factory.assignments_of(factory.under_review(structure(name="Autre")))[0])
    Score.objects.create(assignment=draft, criterion="A1.1", value=0, saved_at=AT)
    closed = timezone.localdate(AT + timedelta(days=3))

    found = campaign.ratings(campaign.dossiers_of_period(closed, closed))

    assert len(found) == 6 * 26
    assert {one.value for one in found} == {1, 3}
    assert campaign.ratings(campaign.dossiers_of_period(date(2020, 1, 1), closed - timedelta(days=1))) == []
    actions.recuse(
        assignment_pk=rows[1].pk, at=AT + timedelta(days=6), by=factory.ethics_officer().because("Lien.")
    )
    assert len(campaign.ratings(campaign.dossiers_of_period(closed, closed))) == 5 * 26
    advised = factory.advised(structure(name="Séance"))
    day = advised.opinions.get().adopted_on
    assert {one.dossier for one in campaign.ratings(campaign.dossiers_of_session(day))} == {advised.pk}
    signed_in(client, staff(Role.SECRETARIAT))
    text = words(client.get(f"{page('staff_agreement')}?seance={day.isoformat()}"))
    assert "accord total, indice non calculable" in text
    assert "1 dossier, 156 notes" in text
    assert "Erreur" in words(client.get(f"{page('staff_agreement')}?du=hier&seance=x"))


@st.composite
def campaigns(draw: Any) -> list[campaign.Rating]:
    """Some dossiers, each scored by some members of each college on two criteria."""
    rows = []
    for dossier, criterion, member in itertools.product(range(3), ("A1.1", "A2.1"), range(6)):
        value = draw(st.none() | st.integers(0, 4))
        if value is not None:
            rows.append(campaign.Rating(dossier, member, COLLEGES[member // 2], criterion, value))
    return rows


@settings(max_examples=40, deadline=None)
@given(campaigns(), st.randoms())
def test_a_second_computation_of_the_table_agrees(found: list[campaign.Rating], random: Any) -> None:
    table = {row.code: row for row in campaign.agreement(found, edition(), "fr")}
    shuffled = list(found)
    random.shuffle(shuffled)
    again = {row.code: row for row in campaign.agreement(shuffled, edition(), "fr")}
    for code, chosen in (("", found), ("A1.1", [one for one in found if one.criterion == "A1.1"])):
        row = table[code]
        assert [one.value for one in row.cells] == [one.value for one in again[code].cells]
        assert row.all.value == pytest.approx(second_alpha(grouped(chosen)))
        for college in COLLEGES:
            inside = grouped([one for one in chosen if one.college == college])
            assert row.inside[college].value == pytest.approx(second_alpha(inside))
        between = [[mean(values) for values in by_college(unit).values()] for unit in units(chosen).values()]
        assert row.between.value == pytest.approx(second_alpha(between))
    assert table["A1"].all == table["A1.1"].all  # the only criterion of its theme that was scored


def units(found: list[campaign.Rating]) -> dict[tuple[int, str], list[campaign.Rating]]:
    kept = defaultdict(list)
    for one in found:
        kept[one.dossier, one.criterion].append(one)
    return kept


def by_college(unit: list[campaign.Rating]) -> dict[str, list[int]]:
    kept = defaultdict(list)
    for one in unit:
        kept[one.college].append(one.value)
    return kept


def grouped(found: list[campaign.Rating]) -> list[list[float]]:
    return [[float(one.value) for one in unit] for unit in units(found).values()]


def second_alpha(values: list[list[Any]]) -> float | None:
    """The reference computation of `domain/vectors.py`, by the matrix of coincidences, ordinal."""
    kept = [[float(value) for value in unit] for unit in values if len(unit) > 1]
    n = sum(map(len, kept))
    levels = sorted({value for unit in kept for value in unit})
    if len(levels) < 2:
        return None
    pairs: dict[tuple[float, float], float] = defaultdict(float)
    for unit in kept:
        for one, other in itertools.permutations(range(len(unit)), 2):
            pairs[unit[one], unit[other]] += 1 / (len(unit) - 1)
    totals = {level: sum(pairs[level, other] for other in levels) for level in levels}

    def distance(low: float, high: float) -> float:
        low, high = min(low, high), max(low, high)
        between = sum(totals[level] for level in levels if low <= level <= high)
        return 0.0 if low == high else (between - (totals[low] + totals[high]) / 2) ** 2

    observed = sum(pairs[a, b] * distance(a, b) for a in levels for b in levels) / n
    expected = sum(totals[a] * totals[b] * distance(a, b) for a in levels for b in levels) / (n * (n - 1))
    return 1 - observed / expected


@pytest.mark.parametrize(
    ("values", "reading"),
    [
        ([], "pas assez de notes"),
        ([[2]], "pas assez de notes"),
        ([[3, 3], [3, 3]], "indice non calculable"),
        ([[0, 0], [4, 4], [2, 2]], "bon accord"),
        ([[0, 4], [4, 0]], "accord faible"),
    ],
)
def test_an_index_is_read_in_words_and_never_against_somebody(values: list[list[int]], reading: str) -> None:
    assert reading in campaign.alpha(values).reading


# --- deviations -----------------------------------------------------------------------------------------------


def test_a_deviation_is_from_the_others_and_only_its_member_and_the_secretariat_read_it(
    client: Client, settings: Any
) -> None:
    members = factory.committee(at=NOW)
    Mandate.objects.update(load_cap=20)
    for place in range(2):
        application = factory.under_review(structure(name=f"Rives {place}"), members=members, at=NOW)
        for row in factory.assignments_of(application):
            factory.submitted(row, value=4 if row.mandate_id == members[0].pk else 2, at=NOW)
            if place == 0:
                assert campaign.own_deviation(row.mandate.user, on=timezone.localdate(NOW)) is None
    on = timezone.localdate(NOW)
    own = campaign.own_deviation(members[0].user, on=on)
    assert own == campaign.Deviation(points=2.0, scores=52, dossiers=2)
    other = campaign.own_deviation(members[1].user, on=on)
    assert other is not None
    assert other.points == pytest.approx(0.4)
    settings.DEVIATION_LEAST_SCORES = 53
    assert campaign.own_deviation(members[0].user, on=on) is None
    settings.DEVIATION_LEAST_SCORES = 20

    signed_in(client, members[0].user)
    text = words(client.get(page("committee_my_scores")))
    assert "vos notes sont à 2,0 point" in text
    assert "52 notes" in text
    assert members[1].user.last_name not in text
    signed_in(client, staff(Role.SECRETARIAT))
    assert members[0].user.last_name in words(client.get(page("staff_agreement")))
    assert len(sheet_of(client, page("staff_deviations_file"))) == 7
    for role in (Role.CASE_OFFICER, Role.ETHICS_OFFICER):
        signed_in(client, staff(role))
        assert members[0].user.last_name not in words(client.get(page("staff_agreement")))
        assert client.get(page("staff_deviations_file")).status_code == 404


def test_a_dossier_that_a_link_closes_does_not_count_for_its_member() -> None:
    members = factory.committee()
    Mandate.objects.update(load_cap=20)
    for place in range(3):
        application = factory.under_review(structure(name=f"Rives {place}"), members=members)
        for row in factory.assignments_of(application):
            factory.submitted(row)
    mandate = Mandate.objects.get(pk=members[0].pk)
    actions.declare_link(
        mandate_pk=mandate.pk,
        organisation_name="Rives 0",
        kind="donor",
        description="",
        at=AT,
        by=factory.member_actor(mandate),
    )
    found = Application.objects.get(structure__name="Rives 0")
    mandate.links.update(structure=found.structure)
    own = campaign.own_deviation(mandate.user, on=timezone.localdate(AT))
    assert own is not None
    assert own.dossiers == 2
    assert Assignment.objects.filter(mandate=mandate).count() == 3
