"""The same date, hour and number, said in the language of the reader."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from letters import spoken

AT = datetime(2027, 8, 9, 16, 5, tzinfo=UTC)

SAID = [
    (lambda: spoken.told_date(date(2027, 3, 1)), "1er mars 2027", "1 March 2027"),
    (lambda: spoken.told_date(date(2027, 3, 1), weekday=True), "lundi 1er mars 2027", "Monday 1 March 2027"),
    (lambda: spoken.told_date(AT), "9 août 2027", "9 August 2027"),
    (lambda: spoken.told_time(AT), "18 h 05", "18:05"),
    (lambda: spoken.told_datetime(AT), "9 août 2027 à 18 h 05", "9 August 2027 at 18:05"),
    (lambda: spoken.told_distance(13), "dans 13 jours", "in 13 days"),
    (lambda: spoken.told_distance(1), "demain", "tomorrow"),
    (lambda: spoken.told_distance(0), "aujourd'hui", "today"),
    (lambda: spoken.told_distance(-1), "depuis hier", "since yesterday"),
    (lambda: spoken.told_distance(-3), "depuis 3 jours", "for 3 days"),
    (lambda: spoken.told_number(1250), "1 250", "1,250"),
    (lambda: spoken.told_number(Decimal("62.5"), decimals=1), "62,5", "62.5"),
    (lambda: spoken.told_size(400_000), "0,4 Mo", "0.4 MB"),
    (lambda: spoken.told_size(2), "2 octets", "2 bytes"),
]


@pytest.mark.parametrize(("say", "french", "english"), SAID)
def test_each_language_has_its_own_way(say, french, english):
    told = {}
    for language in ("fr", "en"):
        with translation.override(language):
            told[language] = say().replace("\u00a0", " ").replace("\u202f", " ")
    assert told == {"fr": french, "en": english}


def test_without_a_language_it_is_french():
    with translation.override(None):
        assert spoken.in_french()
