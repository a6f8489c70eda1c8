"""Which steps each structure lived: a path per stage, so that a story cut short goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from desks.demonstration.story import (
    contesting,
    deciding,
    discussing,
    filing,
    follow_ups,
    gate,
    measures,
    renewing,
    reporting,
    reviewing,
    withdrawing,
)
from desks.demonstration.story.context import Story
from desks.demonstration.structures import Told

Step = Callable[[Story], None]

WRITTEN: tuple[Step, ...] = (filing.begin, filing.open_draft, filing.write)
FILED: tuple[Step, ...] = (*WRITTEN, filing.sign_charter, filing.submit, filing.take, deciding.open_letters)
ADMITTED: tuple[Step, ...] = (*FILED, filing.admit)
PANELLED: tuple[Step, ...] = (
    *ADMITTED,
    discussing.write_findings,
    reviewing.write_summary,
    reviewing.name_panel,
)
EVALUATED: tuple[Step, ...] = (*PANELLED, reviewing.review_all)
ADVISED: tuple[Step, ...] = (*EVALUATED, reviewing.advise)
TO_SIGN: tuple[Step, ...] = (*ADVISED, deciding.prepare)
SIGNED: tuple[Step, ...] = (*TO_SIGN, deciding.sign)

CONTESTED: tuple[Step, ...] = (
    *FILED,
    contesting.declare_inadmissible,
    deciding.open_letters,
    contesting.contest,
)

PATHS: dict[str, tuple[Step, ...]] = {
    "almost": WRITTEN,
    "stuck": (filing.begin, filing.open_draft, filing.write_a_little, filing.ask_for_help),
    "submitted": (*FILED, filing.association_writes),
    "paper": (
        filing.begin,
        filing.enter_from_paper,
        filing.write,
        filing.sign_charter_by_hand,
        filing.submit,
        filing.read_back,
    ),
    "incomplete": (*FILED, filing.ask_pieces, filing.office_writes, deciding.open_letters),
    "admissible": (*ADMITTED, gate.declare_a_link),
    "under_review": (*PANELLED, reviewing.review_some, gate.challenge_a_member),
    "in_deliberation": (*EVALUATED, discussing.discuss),
    "advised": ADVISED,
    "to_sign": TO_SIGN,
    "granted": (
        *SIGNED,
        follow_ups.plan,
        deciding.open_letters,
        follow_ups.tell_a_solution_that_changed,
        follow_ups.tell_a_new_treasurer,
        reporting.report_a_payment,
    ),
    "followed": (
        *SIGNED,
        follow_ups.plan,
        deciding.open_letters,
        follow_ups.open_the_first,
        deciding.open_letters,
    ),
    "granted_with_conditions": (
        *SIGNED,
        follow_ups.plan,
        deciding.serve_all_but_the_last,
        reporting.report_a_danger,
    ),
    "granted_by_post": (*SIGNED, follow_ups.plan, deciding.serve_by_post, follow_ups.find_it_dissolved),
    "refused": (*SIGNED, deciding.open_letters, contesting.contest),
    "appeal_rejected": (*CONTESTED, contesting.answer, contesting.go_to_court),
    "appeal_upheld": (*CONTESTED, contesting.answer),
    "suspended": (
        *SIGNED,
        deciding.open_letters,
        measures.suspend,
        reporting.report_a_pressure,
        measures.contemplate_conditions,
    ),
    "label_in_procedure": (*SIGNED, deciding.open_letters, withdrawing.notify_and_answer),
    "label_withdrawn": (*SIGNED, deciding.open_letters, withdrawing.withdraw),
    "renewing": (
        *map(renewing.before_the_renewal, (*TO_SIGN, renewing.sign_for_some_months, deciding.open_letters)),
        renewing.begin_the_renewal,
    ),
    "in_waiting": (
        *map(renewing.before_the_renewal, (*TO_SIGN, renewing.sign_for_a_few_months, deciding.open_letters)),
        renewing.wait_for_the_decision,
    ),
    "withdrawn": (*FILED, filing.withdraw),
}


def live(told: Told, now: datetime) -> Story:
    """Let one structure live its story up to its stage; KeyError for a stage that does not exist."""
    story = Story(told, now)
    for step in PATHS[told.stage]:
        step(story)
    return story
