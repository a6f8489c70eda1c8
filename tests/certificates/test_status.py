"""The status of a label at any day: one answer per day, decided by dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.models import Condition, Interruption, Label, Suspension
from certificates.status import CODES, status_on
from config.look.state_words import STATE_WORDS
from deadlines.calendar import add_months

START = date(2027, 1, 4)
END = date(2030, 1, 3)
ONE = timedelta(days=1)


@dataclass
class Rows:
    """What a prefetched relation answers."""

    rows: list[Any] = field(default_factory=list)

    def all(self) -> list[Any]:
        return self.rows


class Facts(SimpleNamespace):
    """The columns of a label, with what the model makes of them."""

    term, own_end, valid_until = Label.term, Label.own_end, Label.valid_until


def label(state: str = "in_force", **facts: Any) -> Any:
    """The facts of a label that the function reads, without a database."""
    suspensions = [
        Suspension(starts_on=since, ends_on=until, lifted_on=lifted)
        for since, until, lifted in facts.pop("suspensions", [])
    ]
    conditions = [Condition(set_on=START, due_on=due, met_on=met) for due, met in facts.pop("conditions", [])]
    interruptions = [
        Interruption(state=code, starts_on=since, restored_on=restored)
        for code, since, restored in facts.pop("interruptions", [])
    ]
    given = {
        "starts_on": START,
        "ends_on": END,
        "extended_until": None,
        "ended_on": None,
        "renewal_filed_on": None,
        "term_on": None,
        **facts,
    }
    return Facts(
        state=state,
        suspensions=Rows(suspensions),
        conditions=Rows(conditions),
        interruptions=Rows(interruptions),
        **given,
    )


@pytest.mark.parametrize(
    ("found", "day", "code"),
    [
        (label(), START - ONE, "not_yet_issued"),
        (label(), START, "valid"),
        (label(), END, "valid"),
        # a late nightly job never shows a wrong status
        (label(), END + ONE, "expired"),
        (label("expired", ended_on=END + ONE), END, "valid"),
        (label("expired", ended_on=END + ONE), END + ONE, "expired"),
        # a renewal filed in time waits for a person, and no longer than an extension may last
        (label(renewal_filed_on=END - 150 * ONE), END + ONE, "extended"),
        (label(renewal_filed_on=END - 150 * ONE), add_months(END, 6), "extended"),
        (label(renewal_filed_on=END - 150 * ONE), add_months(END, 6) + ONE, "expired"),
        # restored on appeal: the days without it stay told
        (label(interruptions=[("withdrawn", START + ONE, START + 9 * ONE)]), START, "valid"),
        (label(interruptions=[("withdrawn", START + ONE, START + 9 * ONE)]), START + ONE, "withdrawn"),
        (label(interruptions=[("annulled", START + ONE, START + 9 * ONE)]), START + 8 * ONE, "annulled"),
        (label(interruptions=[("withdrawn", START + ONE, START + 9 * ONE)]), START + 9 * ONE, "valid"),
        # a renewal refused ends the extension before its date
        (
            label("expired", ended_on=END + 30 * ONE, extended_until=END + 180 * ONE),
            END + 29 * ONE,
            "extended",
        ),
        (
            label("expired", ended_on=END + 30 * ONE, extended_until=END + 180 * ONE),
            END + 30 * ONE,
            "expired",
        ),
        (label(extended_until=END + 180 * ONE), END + ONE, "extended"),
        (label(extended_until=END + 180 * ONE), END + 180 * ONE, "extended"),
        (label(extended_until=END + 180 * ONE), END + 181 * ONE, "expired"),
        (label(conditions=[(date(2027, 6, 1), None)]), START, "valid_with_conditions"),
        # a condition whose date is passed takes nothing away by itself (domain 5.2 rule 11)
        (label(conditions=[(date(2027, 6, 1), None)]), date(2027, 6, 2), "valid_with_conditions"),
        (label(conditions=[(date(2027, 6, 1), date(2027, 5, 2))]), date(2027, 5, 1), "valid_with_conditions"),
        (label(conditions=[(date(2027, 6, 1), date(2027, 5, 2))]), date(2027, 5, 2), "valid"),
        (
            label("suspended", suspensions=[(date(2027, 3, 1), date(2027, 5, 31), None)]),
            date(2027, 2, 28),
            "valid",
        ),
        (
            label("suspended", suspensions=[(date(2027, 3, 1), date(2027, 5, 31), None)]),
            date(2027, 3, 1),
            "suspended",
        ),
        (
            label("suspended", suspensions=[(date(2027, 3, 1), date(2027, 5, 31), None)]),
            date(2027, 5, 31),
            "suspended",
        ),
        # the written end ends it, even before the nightly job (domain 5.2 rule 8)
        (
            label("suspended", suspensions=[(date(2027, 3, 1), date(2027, 5, 31), None)]),
            date(2027, 6, 1),
            "valid",
        ),
        (
            label(suspensions=[(date(2027, 3, 1), date(2027, 5, 31), date(2027, 4, 1))]),
            date(2027, 3, 31),
            "suspended",
        ),
        (
            label(suspensions=[(date(2027, 3, 1), date(2027, 5, 31), date(2027, 4, 1))]),
            date(2027, 4, 1),
            "valid",
        ),
        (label("withdrawn", ended_on=date(2028, 1, 1)), date(2027, 12, 31), "valid"),
        (label("withdrawn", ended_on=date(2028, 1, 1)), date(2028, 1, 1), "withdrawn"),
        (label("withdrawn", ended_on=date(2028, 1, 1)), END + 900 * ONE, "withdrawn"),
        (label("relinquished", ended_on=date(2028, 1, 1)), date(2028, 1, 1), "relinquished"),
        (label("lapsed", ended_on=date(2028, 1, 1)), date(2028, 1, 1), "lapsed"),
        (label("transferred", ended_on=date(2028, 1, 1)), date(2028, 1, 1), "transferred"),
        (label("renewed", ended_on=date(2029, 11, 1)), END, "valid"),
        (label("renewed", ended_on=date(2029, 11, 1)), END + ONE, "renewed"),
        # deemed never issued: on every day
        (label("annulled", ended_on=date(2027, 3, 1)), START - ONE, "annulled"),
        (label("annulled", ended_on=date(2027, 3, 1)), START, "annulled"),
    ],
)
def test_status_by_hand(found: Any, day: date, code: str) -> None:
    assert status_on(found, day).code == code


def test_a_status_tells_since_and_until() -> None:
    suspended = label("suspended", suspensions=[(date(2027, 3, 1), date(2027, 5, 31), date(2027, 4, 11))])

    valid, paused = status_on(label(), START), status_on(suspended, date(2027, 3, 5))

    assert (valid.since, valid.until) == (START, END)
    assert (paused.since, paused.until) == (date(2027, 3, 1), date(2027, 4, 10))


def test_a_written_extension_is_told_until_its_own_day_then_the_renewal_is_waited_for() -> None:
    written = label(renewal_filed_on=END - 150 * ONE, extended_until=END + 90 * ONE)
    found = status_on(written, END + 90 * ONE)
    assert (found.code, found.until, found.is_waiting) == ("extended", END + 90 * ONE, False)
    found = status_on(written, END + 91 * ONE)
    assert (found.code, found.until, found.is_waiting) == ("extended", add_months(END, 6), True)


def test_open_conditions_are_counted_with_the_first_date() -> None:
    found = label(conditions=[(date(2027, 9, 1), None), (date(2027, 6, 1), None), (date(2027, 5, 1), START)])

    status = status_on(found, date(2027, 2, 1))

    assert (status.open_conditions, status.until) == (2, date(2027, 6, 1))


def test_every_status_has_its_words() -> None:
    for code in CODES:
        status = status_on(label(), START).__class__(code)
        assert (
            status.state_code == "" if code == "not_yet_issued" else status.state_code in STATE_WORDS["label"]
        )


days = st.dates(START - timedelta(days=400), END + timedelta(days=800))


@st.composite
def lives(draw: st.DrawFn) -> Any:
    """Any life that the database lets a label have."""
    extended = draw(st.none() | st.dates(END + ONE, END + timedelta(days=190)))
    last = extended or END
    cursor, suspensions = START, []
    for _ in range(draw(st.integers(0, 3))):
        since = draw(st.dates(cursor, last))
        until = draw(st.dates(since, since + timedelta(days=92)))
        lifted = draw(st.none() | st.dates(since, until))
        suspensions.append((since, until, lifted))
        cursor = min(until + ONE, last)
    state = draw(st.sampled_from(Label.State.values))
    ended = None if state in Label.LIVE else draw(st.dates(START, last + ONE))
    conditions = draw(st.lists(st.tuples(st.dates(START, END), st.none() | st.dates(START, END)), max_size=3))
    return label(
        state, extended_until=extended, suspensions=suspensions, ended_on=ended, conditions=conditions
    )


@given(lives(), days)
def test_there_is_exactly_one_known_status_per_day(found: Any, day: date) -> None:
    assert status_on(found, day).code in CODES
    assert status_on(found, day) == status_on(found, day)


@given(lives(), days)
def test_never_usable_outside_its_dates(found: Any, day: date) -> None:
    if status_on(found, day).may_be_used:
        assert found.state != "annulled"
        assert START <= day <= max(END, found.extended_until or END)
        assert not (found.ended_on and found.state != "renewed" and day >= found.ended_on)


@given(lives(), days)
def test_never_usable_again_once_ended(found: Any, day: date) -> None:
    """Without a restoration, what has stopped for good never comes back on a later day."""
    stopped = {"withdrawn", "expired", "renewed", "relinquished", "lapsed", "transferred", "annulled"}
    if status_on(found, day).code in stopped:
        for later in (1, 30, 400, 4000):
            assert not status_on(found, day + timedelta(days=later)).may_be_used


@given(lives(), days)
def test_no_use_during_a_suspension(found: Any, day: date) -> None:
    for period in found.suspensions.all():
        end = min(period.ends_on, period.lifted_on - ONE) if period.lifted_on else period.ends_on
        if period.starts_on <= day <= end:
            assert not status_on(found, day).may_be_used


@given(lives(), days)
def test_what_a_status_announces_is_kept(found: Any, day: date) -> None:
    """A status that names its last day is followed by another one on the next day, if nothing else comes first."""
    status = status_on(found, day)
    if status.code in {"suspended", "extended"} and status.until is not None:
        assert day <= status.until
        assert status_on(found, status.until + ONE).code != status.code or found.suspensions.all()
