"""The director's page: each figure is the length of the list that it opens, in a constant number of queries."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from certificates.models import Label
from certificates.questions import suspended_on, valid_on, withdrawn_on
from certificates.status import status_on, with_periods
from desks import figures
from desks.periods import period_of
from desks.selections import DOSSIERS, LABELS
from tests.desks.test_lists import queries_of, sheet_of
from tests.factories import feedback
from tests.factories.accounts import signatory, signed_in, staff
from tests.factories.figures import population
from tests.reading import words

pytestmark = pytest.mark.django_db
MOST = 30


def test_each_figure_is_the_length_of_the_list_that_it_opens(client: Client) -> None:
    today = timezone.localdate()
    population(today)
    world = feedback.World()
    for kind in ("safety", "respect"):
        feedback.filed(world, feedback.told(world, kind=kind))
    feedback.qualified(world, severity="safety")
    user = staff(Role.SIGNATORY)
    signed_in(client, user)
    few = queries_of(client, reverse("staff_figures"))
    assert few <= MOST
    sheet = figures.sheet_for(user, period_of("", on=today))
    checked = 0
    for block in sheet.blocks:
        for row in block.rows:
            for figure in row.figures:
                if figure.url and figure.counts:
                    found = len(client.get(figure.url).context["page"].rows)
                    assert found == figure.value, (block.code, str(row.title), figure.url)
                    checked += bool(found)
    assert checked > 25
    (dangers,) = figures.safety_reports(user, on=today)
    assert dangers.value == 2
    assert figures.safety_reports(staff(Role.SECRETARIAT), on=today) == []
    told = {row.title: row.figures[0].value for row in sheet.blocks[0].rows}
    delays = sorted(
        (line[6] - line[5]).days
        for line in sheet_of(client, reverse("staff_applications_file") + "?parmi=decides")[1:]
    )
    assert told["Neuf sur dix en moins de"] in delays

    population(today, times=2)
    assert queries_of(client, reverse("staff_figures")) == few
    page = words(client.get(reverse("staff_figures")))
    assert "dossiers reçus" in page and "Délai médian" in page and "moins de 5" not in page
    outside = client.get(reverse("staff_figures") + "?diffusion=oui")
    assert "moins de 5" in words(outside) and "?parmi=" not in outside.content.decode()
    assert len(sheet_of(client, reverse("staff_figures_file"))) > 40
    report = words(client.get(reverse("staff_impartiality")))
    assert "Décision contre l'avis dans la période" in report


def test_the_questions_of_a_label_agree_with_its_status_on_every_day() -> None:
    today = timezone.localdate()
    population(today)
    Label.objects.filter(structure__name__startswith="Valable").update(
        ends_on=date(2026, 8, 31), renewal_filed_on=date(2026, 3, 1)
    )
    for day in (today + timedelta(days=shift) for shift in (-500, -9, -3, 0, 88, 95, 91, 120, 700)):
        for test, codes in (
            (valid_on, {"valid", "valid_with_conditions", "extended"}),
            (suspended_on, {"suspended"}),
            (withdrawn_on, {"withdrawn"}),
        ):
            rows = Label.objects.all()
            expected = {one.pk for one in with_periods(rows) if status_on(one, day).code in codes}
            assert set(rows.filter(test(day)).values_list("pk", flat=True)) == expected, (test, day)


@pytest.mark.parametrize("query", ["periode=x", "periode=99999999999999", "diffusion=<b>", "periode=1900"])
def test_a_period_that_does_not_exist_is_the_last_twelve_months(client: Client, query: str) -> None:
    signed_in(client, signatory())
    assert client.get(reverse("staff_figures") + f"?{query}").status_code == 200


def test_every_selection_has_words_and_a_choice_in_its_list(client: Client) -> None:
    signed_in(client, staff(Role.CASE_OFFICER))
    for name, known in (("staff_applications", DOSSIERS), ("staff_labels", LABELS)):
        page = client.get(reverse(name)).content.decode()
        assert all(f'value="{code}"' in page for code in known)


def test_the_ninth_decile_is_a_day_that_was_lived() -> None:
    assert figures.ninth_decile([]) is None
    assert figures.ninth_decile([5]) == 5
    assert figures.ninth_decile(list(range(1, 11))) == 9
    assert figures.ninth_decile(list(range(1, 21))) == 18
