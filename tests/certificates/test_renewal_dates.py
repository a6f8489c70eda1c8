"""The dates of a renewal: vectors at month ends and leap years, any day, and the register against the status."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.models import Label
from certificates.openings import what_the_label_forbids
from certificates.renewals import is_in_time, starts_next, window_of
from certificates.status import PERIODS, last_day_of, status_on
from tests.factories import certificates
from tests.factories.structures import AT

DAY = timedelta(days=1)
DAYS = st.dates(date(2027, 1, 1), date(2036, 12, 31))


@pytest.mark.django_db  # an outage may have moved the last day
@pytest.mark.parametrize(
    ("ends_on", "opens_on", "protected_until", "come_back_until"),
    [
        (date(2030, 1, 3), date(2029, 4, 3), date(2029, 9, 3), date(2030, 7, 3)),
        (date(2030, 1, 31), date(2029, 4, 30), date(2029, 9, 30), date(2030, 7, 31)),
        (date(2030, 6, 30), date(2029, 9, 30), date(2030, 2, 28), date(2030, 12, 30)),
        (date(2032, 6, 30), date(2031, 9, 30), date(2032, 2, 29), date(2032, 12, 30)),
        (date(2028, 2, 29), date(2027, 5, 29), date(2027, 10, 29), date(2028, 8, 29)),
        (date(2029, 11, 30), date(2029, 2, 28), date(2029, 7, 30), date(2030, 5, 30)),
        (date(2029, 8, 31), date(2028, 11, 30), date(2029, 4, 30), date(2030, 2, 28)),
    ],
)
def test_vectors(ends_on: date, opens_on: date, protected_until: date, come_back_until: date) -> None:
    found = window_of(made(ends_on))
    assert (found.opens_on, found.protected_until, found.come_back_until) == (
        opens_on,
        protected_until,
        come_back_until,
    )


def made(ends_on: date, **fields: object) -> Label:
    return Label(pk=1, starts_on=date(2027, 1, 1), ends_on=ends_on, **fields)


@pytest.mark.django_db
@given(ends_on=DAYS, day=DAYS)
def test_any_day_is_in_one_stage_and_protection_is_what_it_says(ends_on: date, day: date) -> None:
    label = made(ends_on)
    window = window_of(label)
    assert window.opens_on < window.protected_until < window.ends_on < window.come_back_until
    stage = window.stage(day)
    assert is_in_time(label, day) == (stage in {"closed", "open"})
    assert (stage in {"closed", "open", "late"}) == (day <= ends_on)
    assert starts_next(label, day) == ends_on + DAY
    expired = made(ends_on, state="expired", ended_on=ends_on + DAY)
    assert starts_next(expired, day) == day
    assert window_of(expired) == window


@pytest.mark.django_db
@given(ends_on=DAYS, day=DAYS, filed=st.booleans(), suspended=st.booleans())
def test_a_label_protected_is_never_shown_expired_within_its_wait(
    ends_on: date, day: date, filed: bool, suspended: bool
) -> None:
    filed_on = window_of(made(ends_on)).protected_until if filed else None
    label = made(ends_on, renewal_filed_on=filed_on, state="suspended" if suspended else "in_force")
    label._prefetched_objects_cache = dict.fromkeys(PERIODS, Label.objects.none())
    code = status_on(label, max(day, label.starts_on)).code
    last = last_day_of(label)
    assert (code == "expired") == (max(day, label.starts_on) > last)
    assert last > ends_on if filed else last == ends_on


@pytest.mark.django_db
def test_the_register_lists_what_the_status_says_may_be_used_on_any_day() -> None:
    label = certificates.label()
    ends = (date(2030, 2, 28), date(2030, 8, 30), date(2030, 8, 31), date(2031, 4, 30), date(2030, 1, 3))
    for ends_on in ends:
        Label.objects.update(ends_on=ends_on, renewal_filed_on=date(2029, 5, 1))
        kept = certificates.read(label)
        last = last_day_of(kept)
        for day in (ends_on, ends_on + DAY, *(last + n * DAY for n in (-1, 0, 1, 2, 3))):
            listed = Label.objects.listed(on=day).exists()
            assert listed == status_on(kept, day).may_be_used, (ends_on, day)


SOON, OPEN, LATE, BACK, OVER = (
    date(2028, 6, 1),
    date(2029, 5, 1),
    date(2029, 12, 1),
    date(2030, 3, 1),
    date(2031, 1, 1),
)
ENDED = {"withdrawn": "withdraw", "annulled": "annul", "relinquished": "relinquish"} | {
    "lapsed": "lapse",
    "transferred": "transfer",
    "renewed": "renew",
}
NO_LABEL = {"initial": "", "renewal": "no_label", "addition": "no_label"}
# What forbids each kind of dossier, by state of the label and day; an empty text: nothing does.
MATRIX: dict[tuple[str, date], dict[str, str]] = {
    ("in_force", SOON): {"initial": "has_label", "renewal": "too_soon", "addition": ""},
    ("in_force", OPEN): {"initial": "has_label", "renewal": "", "addition": "in_renewal"},
    ("in_force", LATE): {"initial": "has_label", "renewal": "", "addition": "in_renewal"},
    ("suspended", SOON): {"initial": "has_label", "renewal": "too_soon", "addition": "not_usable"},
    ("suspended", OPEN): {"initial": "has_label", "renewal": "", "addition": "not_usable"},
    ("suspended", LATE): {"initial": "has_label", "renewal": "", "addition": "not_usable"},
    ("expired", BACK): {"initial": "", "renewal": "", "addition": "not_usable"},
    ("expired", OVER): {"initial": "", "renewal": "too_late", "addition": "not_usable"},
    **{(state, day): NO_LABEL for state in ENDED for day in (SOON, OPEN, BACK)},
}


@pytest.mark.django_db
def test_what_can_be_opened_when() -> None:
    label = certificates.label()
    states = {state for state, _day in MATRIX}
    assert states == set(Label.State.values)
    for state in sorted(states):
        with_state(label, state)
        for (known, day), expected in MATRIX.items():
            if known != state:
                continue
            found = {
                kind: next((one.code for one in what_the_label_forbids(label.structure, kind, day)), "")
                for kind in expected
            }
            assert found == expected, (state, day)


def with_state(label: Label, state: str) -> None:
    """The row as a move leaves it: this matrix is about openings, not about the moves."""
    ended = None if state in Label.LIVE else label.ends_on + DAY
    label.suspensions.all().delete()
    if state == "suspended":
        label.suspensions.create(starts_on=SOON, ends_on=LATE)
    written = Label.objects.get(pk=label.pk)
    written.__dict__["state"] = state
    written.ended_on = ended
    written.save()
    assert AT.date() < SOON
