"""What people do with an application: write it, file it, check it, complete it, enter it for somebody."""

from label.actions.completeness import (
    assign_officer,
    declare_admissible,
    finding_token,
    handle_help,
    record_finding,
    record_findings,
    take_file,
)
from label.actions.drafting import (
    StaleAnswer,
    ask_help,
    ask_reading,
    choose_newer_edition,
    duplicate,
    follow_up_dossier,
    open_application,
    present_solutions,
    purge_draft,
    save_answer,
)
from label.actions.editions import (
    abandon_edition,
    adopt_edition,
    archive_edition,
    enter_into_force_edition,
    load_edition,
)
from label.actions.filing import channel_of, submit, withdraw
from label.actions.handing_over import hand_over
from label.actions.health_data import delete_document, set_document_apart
from label.actions.masking import mask_passage
from label.actions.material import (
    add_document,
    link_documents,
    remove_contributor,
    remove_document,
    save_contributor,
)
from label.actions.on_behalf import correct_entry, enter_on_behalf, issue_read_back, record_read_back
from label.actions.outages import settle_lost_time
from label.actions.pieces import answer_piece, ask_documents, complete
from label.actions.reopening import reopen

__all__ = [
    "StaleAnswer",
    "abandon_edition",
    "add_document",
    "adopt_edition",
    "answer_piece",
    "archive_edition",
    "ask_documents",
    "ask_help",
    "ask_reading",
    "assign_officer",
    "channel_of",
    "choose_newer_edition",
    "complete",
    "correct_entry",
    "declare_admissible",
    "delete_document",
    "duplicate",
    "enter_into_force_edition",
    "enter_on_behalf",
    "finding_token",
    "follow_up_dossier",
    "hand_over",
    "handle_help",
    "issue_read_back",
    "link_documents",
    "load_edition",
    "mask_passage",
    "open_application",
    "present_solutions",
    "purge_draft",
    "record_finding",
    "record_findings",
    "record_read_back",
    "remove_contributor",
    "remove_document",
    "reopen",
    "save_answer",
    "save_contributor",
    "set_document_apart",
    "settle_lost_time",
    "submit",
    "take_file",
    "withdraw",
]
