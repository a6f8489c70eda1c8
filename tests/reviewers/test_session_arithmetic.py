"""The pure parts of a session: quorum, outcome of a vote, order of an agenda, calendar file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewers import agenda
from reviewers.agenda import fewest_passages, passages
from reviewers.calendar_file import calendar_file
from reviewers.quorum import quorum
from reviewers.registry import agenda_subject, subject_of
from reviewers.tally import EXPRESSED, expressed, outcome, tied

CHOICES = (*EXPRESSED, "abstention")

OFFICE = {
    **dict.fromkeys(range(1, 7), "patients"),
    **dict.fromkeys(range(7, 13), "caregivers"),
    **dict.fromkeys(range(13, 19), "professionals"),
}


@pytest.mark.parametrize(
    ("here", "facts", "lacking", "absent"),
    [
        ([1, 2, 3, 7, 8, 9, 13, 14, 15], {}, 0, ()),  # half is enough
        ([1, 2, 3, 7, 8, 9, 13, 14], {}, 1, ()),
        ([1, 2, 3, 4, 5, 7, 8, 9, 10, 11], {}, 0, ("professionals",)),
        ([1, 7, 13], {"second": True}, 0, ()),  # no overall quorum any more
        ([1, 7], {"second": True}, 0, ("professionals",)),
        ([1, 7], {"second": True, "in_writing": [13]}, 0, ()),  # heard through a contribution
        ([1, 7], {"second": True, "in_writing": [13], "without": [13]}, 0, ("professionals",)),
        ([1, 2, 3, 7, 8, 13], {"in_writing": [14]}, 3, ()),  # in writing never counts overall
        ([1, 2, 3, 7, 8, 9, 13, 14, 15], {"without": [1, 2, 13]}, 2, ()),  # 8 of 15 needed, 6 left
        ([1, 7, 8, 9, 10, 11, 13, 14, 15], {"without": [1]}, 1, ("patients",)),
        ([], {}, 9, ("patients", "caregivers", "professionals")),
    ],
)
def test_the_quorum_is_overall_and_by_college_without_those_kept_away(here, facts, lacking, absent) -> None:
    found = quorum(OFFICE, here, **facts)

    assert (found.lacking, found.absent_colleges) == (lacking, absent)
    assert found.is_reached is (not lacking and not absent)


def test_a_share_of_an_odd_number_is_rounded_up() -> None:
    members = dict.fromkeys(range(7), "patients")
    assert quorum(members, []).needed == 4
    assert quorum(members, [], percent=33).needed == 3
    assert quorum({}, []).absent_colleges == ("patients", "caregivers", "professionals")


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((6, 0, 5, 9), "favourable"),  # abstentions are counted apart
        ((4, 4, 3, 0), "favourable_with_conditions"),  # what both accept
        ((5, 1, 4, 0), "favourable_with_conditions"),  # half is not a majority
        ((1, 6, 4, 0), "favourable_with_conditions"),
        ((2, 2, 5, 0), "unfavourable"),
        ((5, 0, 5, 2), ""),
        ((2, 3, 5, 0), ""),
        ((4, 4, 0, 0), ""),
        ((0, 0, 0, 7), ""),  # nobody said anything
    ],
)
def test_the_majority_of_expressed_votes_decides(counts, expected) -> None:
    assert outcome(dict(zip(CHOICES, counts, strict=True))) == expected


def test_as_many_for_as_against_is_a_tie_that_a_co_chair_decides() -> None:
    counts = {"favourable": 5, "favourable_with_conditions": 5}
    assert tied(counts) == ("favourable", "favourable_with_conditions")
    assert outcome(counts) == ""
    assert outcome(counts, casting="favourable") == "favourable"
    for wrong in ("abstention", "unfavourable", "oui"):
        with pytest.raises(ValueError, match=wrong):
            outcome(counts, casting=wrong)
    split = {"favourable": 2, "favourable_with_conditions": 3, "unfavourable": 5}
    assert tied(split) == ("favourable_with_conditions", "unfavourable")
    with pytest.raises(ValueError, match="favourable"):
        outcome(split, casting="favourable")
    assert outcome({"favourable": 5, "unfavourable": 5}, casting="unfavourable") == "unfavourable"


@pytest.mark.parametrize("counts", [{"abstention": 3}, {}])
def test_abstentions_alone_are_nothing_to_decide_between(counts) -> None:
    assert tied(counts) == ()
    assert outcome(counts) == ""
    with pytest.raises(ValueError, match="favourable_with_conditions"):
        outcome(counts, casting="favourable_with_conditions")


@given(st.tuples(*[st.integers(0, 30)] * 4), st.integers(0, 1))
@settings(max_examples=200, deadline=None)
def test_an_outcome_is_never_against_the_majority(counts, place) -> None:
    found = dict(zip(CHOICES, counts, strict=True))
    total, between = sum(counts[:3]), tied(found)
    decided = outcome(found, casting=between[place] if between else "")
    assert len(between) in (0, 2)
    assert bool(outcome(found)) is (bool(expressed(found)) and not between)
    if not total:
        assert decided == ""
        return
    assert decided in EXPRESSED
    assert all(found[choice] or choice == "favourable_with_conditions" for choice in between)
    if decided == "unfavourable":
        assert 2 * found["unfavourable"] >= total
    else:
        assert 2 * (found["favourable"] + found["favourable_with_conditions"]) >= total
    assert outcome({**found, "abstention": 0}) == outcome(found)


absences = st.lists(st.frozensets(st.integers(1, 6), max_size=4), max_size=6)


@given(absences)
@settings(max_examples=150, deadline=None)
def test_the_order_has_the_fewest_passages_of_all(sets) -> None:
    absent = {f"item {place}": people for place, people in enumerate(sets)}

    found = fewest_passages(absent)

    assert sorted(found) == sorted(absent)
    assert passages(found, absent) == min(passages(order, absent) for order in permutations(absent))
    assert fewest_passages(absent) == found


@given(absences)
@settings(max_examples=100, deadline=None)
def test_the_order_of_a_long_agenda_is_never_worse_than_the_one_proposed(sets) -> None:
    absent = dict(enumerate(sets))
    distinct = list(dict.fromkeys(map(frozenset, sets)))

    near = agenda._near(distinct) if distinct else []

    order = [distinct[place] for place in near]
    best = agenda._exact(distinct)
    exact = [distinct[place] for place in best]
    cost = sum(len(one ^ two) for one, two in pairwise(order))
    least = sum(len(one ^ two) for one, two in pairwise(exact))
    assert sorted(near) == list(range(len(distinct)))
    assert least <= cost <= passages(list(absent), absent)


def test_an_agenda_without_conflicts_keeps_its_order() -> None:
    assert fewest_passages(dict.fromkeys("cab", ())) == ["c", "a", "b"]
    assert fewest_passages({}) == []
    assert fewest_passages({"a": {1}, "b": (), "c": {1}, "d": ()}) == ["a", "c", "b", "d"]


def test_a_long_agenda_is_ordered_quickly_and_always_alike() -> None:
    absent = {place: {place % 7, (place * 5) % 11, (place * place) % 13} for place in range(60)}
    found = fewest_passages(absent)
    assert found == fewest_passages(dict(absent))
    assert passages(found, absent) < passages(list(absent), absent) / 2


PARIS = ZoneInfo("Europe/Paris")


def test_a_calendar_file_follows_the_standard() -> None:
    content = calendar_file(
        uid="SEA-2027-000001-12@label.exemple.fr",
        title="Séance du comité ; point 1, point 2",
        starts_at=datetime(2027, 3, 2, 9, 30, tzinfo=PARIS),
        ends_at=datetime(2027, 7, 2, 11, 30, tzinfo=PARIS),
        stamped_at=datetime(2027, 2, 1, tzinfo=UTC),
        place="Lyon\\Part-Dieu",
        description="Première ligne\r\nDeuxième ligne : é" + "è" * 200,
        url="https://label.exemple.fr/comite/\r\nX-EVIL:1",
        sequence=2,
    )

    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in content.replace(b"\r\n", b"")
    whole = content.decode().replace("\r\n ", "").split("\r\n")
    assert whole[:4] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Institut national du cancer//Label//FR",
        "METHOD:PUBLISH",
    ]
    assert "DTSTART:20270302T083000Z" in whole  # winter
    assert "DTEND:20270702T093000Z" in whole  # summer
    assert "SUMMARY:Séance du comité \\; point 1\\, point 2" in whole
    assert "LOCATION:Lyon\\\\Part-Dieu" in whole
    assert f"DESCRIPTION:Première ligne\\nDeuxième ligne : é{'è' * 200}" in whole
    assert "URL:https://label.exemple.fr/comite/X-EVIL:1" in whole
    assert "SEQUENCE:2" in whole
    assert not any(line.startswith("X-EVIL") for line in whole)


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_out_of_its_line(text) -> None:
    at = datetime(2027, 3, 2, tzinfo=UTC)
    content = calendar_file(
        uid="1", title=text, starts_at=at, ends_at=at + timedelta(hours=1), stamped_at=at, is_cancelled=True
    )
    whole = content.decode("utf-8").replace("\r\n ", "").split("\r\n")
    assert len(whole) == 15
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert whole[9:11] == ["SEQUENCE:0", "STATUS:CANCELLED"]


def test_a_kind_of_item_is_registered_once_and_an_unknown_one_is_an_error() -> None:
    assert subject_of("opinion").model == "label.application"
    with pytest.raises(RuntimeError, match="twice"):
        agenda_subject("opinion", subject_of("opinion"))
    with pytest.raises(LookupError, match="tombola"):
        subject_of("tombola")
