"""How often the Institute departs from the opinion: counts per year that name nobody (domain 5.3)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from decisions.checklist import departing, diverges
from decisions.models import Decision
from portal.decisions import FEW, decisions_by_year, told
from tests.desks.test_lists import queries_of
from tests.factories import decisions
from tests.reading import words


@pytest.mark.parametrize(
    ("counts", "departed", "split", "without"),
    [
        ((20, 0, 0, 0), 0, False, 0),
        ((20, 4, 0, 4), None, False, None),  # four are too few to tell
        ((20, 3, 2, 5), 5, False, 5),  # five in all, and neither way can be told
        ((20, 5, 0, 0), 5, True, 0),
        ((20, 6, 1, 0), 7, False, 0),  # the one would be read from the two others
        ((20, 6, 5, 0), 11, True, 0),
    ],
)
def test_what_may_be_told_of_a_year(counts, departed, split, without) -> None:
    year = told(2026, counts)
    assert (year.notified, year.departed, year.is_split, year.without_college) == (
        20,
        departed,
        split,
        without,
    )


def test_a_year_with_few_decisions_tells_nothing_else() -> None:
    year = told(2026, (FEW - 1, 4, 0, 4))
    assert (year.notified, year.departed, year.without_college, year.is_told) == (None, None, None, False)
    assert year.granted_against is year.refused_against is None


@pytest.mark.django_db
def test_the_years_that_are_over_count_what_was_notified_in_them(client: Client) -> None:
    against = decisions.notified(decisions.advised(), "refuse", divergence_reasons=decisions.OTHERWISE)
    decisions.notified(decisions.advised())
    decisions.signed(decisions.advised())  # not notified
    year = against.notified_on.year
    assert decisions_by_year(on=date(year, 12, 31)) == []  # not over
    [found] = decisions_by_year(on=date(year + 1, 1, 1))
    assert (found.year, found.is_told) == (year, False)
    rows = Decision.objects.filter(departing())
    assert (
        list(rows) == [row for row in Decision.objects.all() if diverges(row.kind, row.opinion)] == [against]
    )

    last = timezone.localdate().replace(month=1, day=1) - timedelta(days=1)
    Decision.objects.exclude(notified_on=None).update(notified_on=last)
    caches["answers"].clear()
    page = client.get(reverse("public_decisions"))
    told_words = words(page)
    assert str(last.year) in told_words and "Moins de 5 décisions" in told_words
    for secret in (against.application.structure.name, against.application.reference, "refusé"):
        assert secret not in told_words, secret


@pytest.mark.django_db
def test_the_page_tells_enough_decisions_and_costs_one_query(client: Client) -> None:
    last = timezone.localdate().replace(month=1, day=1) - timedelta(days=1)
    caches["answers"].clear()
    address = reverse("public_decisions")
    none = queries_of(client, address)
    for number in range(FEW):
        kind, more = ("refuse", {"divergence_reasons": decisions.OTHERWISE}) if number else ("grant", {})
        decisions.notified(decisions.advised(), kind, **more)
    Decision.objects.update(notified_on=last)
    caches["answers"].clear()
    assert queries_of(client, address) == none <= 1
    read = words(client.get(address))
    assert "octrois et refus 5" in read and "avis du comité moins de 5" in read
    assert "Dont label refusé" not in read
    assert client.post(address).status_code == 405
