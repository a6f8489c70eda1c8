"""What people do on the committee."""

from reviewers.actions.alerts import raise_alert
from reviewers.actions.challenges import answer_challenge, ask_challenge
from reviewers.actions.consents import choose_publication, erase_data, record_consent, withdraw_consent
from reviewers.actions.departures import (
    answer_link_statement,
    decline,
    expire,
    recuse,
    replace,
    stand_down,
)
from reviewers.actions.discussion import (
    change_score,
    close_discussion,
    end_discussion,
    finish_rereading,
    keep_score,
    open_discussion,
)
from reviewers.actions.evaluations import close_evaluation
from reviewers.actions.extensions import extend_review
from reviewers.actions.findings import StaleFinding, record_office_findings
from reviewers.actions.hearings import (
    drop_grounds,
    notify_grounds,
    open_hearing,
    record_observations,
    send_observations,
    terminate,
)
from reviewers.actions.interests import (
    analyse_interests,
    analyse_link,
    confirm_interests,
    declare_link,
    end_link,
    expire_interests,
    record_declaration,
)
from reviewers.actions.mandates import (
    activate,
    appoint,
    approach,
    change_profile,
    change_seat,
    choose_grid,
    end,
    find_or_add_person,
    pause,
    release_after_term,
    resign,
    resume,
    set_aside,
    stop_for_silence,
)
from reviewers.actions.masking import mask_comment
from reviewers.actions.matches import settle_match
from reviewers.actions.opinions import record_opinion
from reviewers.actions.panels import name_panel, name_panels, rebuild_panel, replace_members
from reviewers.actions.paper import (
    accept_on_behalf,
    enter_paper_grid,
    seal_entry,
    settle_differences,
    type_again,
)
from reviewers.actions.paper_rereading import enter_rereading
from reviewers.actions.practice import finish_practice, save_practice
from reviewers.actions.reviews import (
    Given,
    StaleScore,
    accept_assignment,
    save_overall,
    save_score,
    submit_review,
)
from reviewers.actions.staff_matches import settle_staff_match
from reviewers.actions.summaries import write_summary

__all__ = [
    "Given",
    "StaleFinding",
    "StaleScore",
    "accept_assignment",
    "accept_on_behalf",
    "activate",
    "analyse_interests",
    "analyse_link",
    "answer_challenge",
    "answer_link_statement",
    "appoint",
    "approach",
    "ask_challenge",
    "change_profile",
    "change_score",
    "change_seat",
    "choose_grid",
    "choose_publication",
    "close_discussion",
    "close_evaluation",
    "confirm_interests",
    "declare_link",
    "decline",
    "drop_grounds",
    "end",
    "end_discussion",
    "end_link",
    "enter_paper_grid",
    "enter_rereading",
    "erase_data",
    "expire",
    "expire_interests",
    "extend_review",
    "find_or_add_person",
    "finish_practice",
    "finish_rereading",
    "keep_score",
    "mask_comment",
    "name_panel",
    "name_panels",
    "notify_grounds",
    "open_discussion",
    "open_hearing",
    "pause",
    "raise_alert",
    "rebuild_panel",
    "record_consent",
    "record_declaration",
    "record_observations",
    "record_office_findings",
    "record_opinion",
    "recuse",
    "release_after_term",
    "replace",
    "replace_members",
    "resign",
    "resume",
    "save_overall",
    "save_practice",
    "save_score",
    "seal_entry",
    "send_observations",
    "set_aside",
    "settle_differences",
    "settle_match",
    "settle_staff_match",
    "stand_down",
    "stop_for_silence",
    "submit_review",
    "terminate",
    "type_again",
    "withdraw_consent",
    "write_summary",
]
