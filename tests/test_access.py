"""Every address × every kind of person: nothing is open by omission, and what one may not know is "not found".

Signs: `200` the page; `in` sent to sign in; `go` sent elsewhere by the page; `404` not found; `405` posts only;
`403` a page that says why. Whoever may not read a page may not post to it either: the same test tries both.
The records named: a dossier at the stage at which the page is open, a label of another stage, an act to sign.
"""

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Absence, Delegation, Role, StaffRecovery, Suppression, User
from certificates import actions as certificates
from certificates.models import CheckpointStamp, Consultation, FollowUp, Label, RegisterAlert
from decisions.actions import open_litigation
from journal.moves import subject_key
from label import actions
from label.models import Application
from letters.models import Letter, Mail
from reviewers.actions import ask_challenge, name_panel
from reviewers.models import Assignment, Mandate, StaffMatch
from structures.actions import look_up
from structures.models import Registration, Structure
from tests.factories import (
    appeals,
    decisions,
    feedback,
    follow_ups,
    label,
    log,
    measures,
    norms,
    outages,
    papers,
    reviewers,
    withdrawals,
)
from tests.factories import certificates as labels
from tests.factories import sessions as sitting
from tests.factories.accounts import acting, person, signatory, signed_in, staff
from tests.factories.structures import AT, PDF, choosing, representative_of, structure
from tests.reading import closed

OTHER_STAFF = {
    "secretary": Role.SECRETARIAT,
    "ethics": Role.ETHICS_OFFICER,
    "appeal": Role.APPEAL_OFFICER,
    "protection": Role.DATA_PROTECTION_OFFICER,
    "technician": Role.TECHNICAL_ADMINISTRATOR,
}
WHO = ("visitor", "member", "editor", "stranger", "reviewer", "officer", "signatory", *OTHER_STAFF)
CLOSED = {"in", "404", "403"}

# each column by the first letters of WHO
#                               visi memb edit stra revi offi sign secr ethi appe prot tech
TABLE = """
account_home                    in   200  200  200  200  200  200  200  200  200  200  200
account_login                   200  go   go   go   go   go   go   go   go   go   go   go
account_code                    in   go   go   go   go   go   go   go   go   go   go   go
account_who                     in   in   in   in   in   in   in   in   in   in   in   in
mfa_login_webauthn              in   go   go   go   go   go   go   go   go   go   go   go
mfa_authenticate                in   go   go   go   go   go   go   go   go   go   go   go
account_inactive                403  403  403  403  403  403  403  403  403  403  403  403
account_logout                  go   200  200  200  200  200  200  200  200  200  200  200
account_landing                 in   go   go   go   go   go   go   go   go   go   go   go
account_spaces                  in   200  200  200  200  200  200  200  200  200  200  200
account_names                   in   200  200  200  200  200  200  200  200  200  200  200
account_preferences             in   200  200  200  200  200  200  200  200  200  200  200
account_address                 in   go   go   go   go   200  200  200  200  200  200  200
account_address_code            in   go   go   go   go   go   go   go   go   go   go   go
account_change_person           in   200  200  200  200  200  200  200  200  200  200  200
account_reauthenticate          in   200  200  200  200  200  200  200  200  200  200  200
account_device                  in   200  200  200  200  200  200  200  200  200  200  200
mfa_add_webauthn                in   go   go   go   go   go   go   go   go   go   go   go
mfa_remove_webauthn             in   go   go   go   go   200  404  404  404  404  404  404
usersessions_list               in   200  200  200  200  200  200  200  200  200  200  200
mfa_activate_totp               in   go   go   go   go   200  200  200  200  200  200  200
mfa_view_recovery_codes         in   go   go   go   go   go   go   go   go   go   go   go
mfa_generate_recovery_codes     in   404  404  404  404  404  404  404  404  404  404  404
account_absence                 in   404  404  404  404  200  200  200  200  200  200  200
account_absence_end             in   404  404  404  404  200  404  404  404  404  404  404
staff_recoveries                in   404  404  404  404  404  404  200  404  404  404  200
staff_recovery                  in   404  404  404  404  404  404  200  404  404  404  200
staff_people                    in   404  404  404  404  404  404  404  404  404  404  200
staff_people_file               in   404  404  404  404  404  404  404  404  404  404  200
staff_rights                    in   404  404  404  404  404  200  404  404  404  200  200
staff_person_new                in   404  404  404  404  404  404  404  404  404  404  200
staff_person                    in   404  404  404  404  404  404  404  404  404  404  200
staff_person_role               in   404  404  404  404  404  404  404  404  404  404  200
staff_person_delegation         in   404  404  404  404  404  404  404  404  404  404  200
staff_person_absence            in   404  404  404  404  404  404  404  404  404  404  200
staff_role_end                  in   404  404  404  404  404  404  404  404  404  404  200
staff_delegation_end            in   404  404  404  404  404  404  404  404  404  404  200
staff_absence_end               in   404  404  404  404  404  404  404  404  404  404  200
staff_suppressions              in   404  404  404  404  404  404  200  404  404  404  200
staff_suppress                  in   404  404  404  404  404  404  200  404  404  404  200
staff_suppression_lift          in   404  404  404  404  404  404  200  404  404  404  200
stored_file                     in   200  200  404  404  404  404  404  404  404  404  404
letter_pdf                      in   200  200  404  404  200  200  200  200  200  404  404
demonstration_outbox            404  404  404  404  404  404  404  404  404  404  404  404
letter                          in   200  200  404  404  200  200  200  200  200  404  404
exchanges                       in   200  200  404  404  200  200  200  200  200  404  404
staff_letters                   in   404  404  404  404  200  404  200  404  200  404  404
staff_letters_file              in   404  404  404  404  200  404  200  404  200  404  404
staff_letter                    in   404  404  404  404  200  200  200  200  200  404  404
staff_exchanges                 in   404  404  404  404  200  200  200  200  200  404  404
structure_find                  in   200  200  200  200  200  200  200  200  200  200  200
structure_choose                in   200  200  200  200  200  200  200  200  200  200  200
structure_confirm               in   go   go   go   go   go   go   go   go   go   go   go
structure_join                  in   405  405  405  405  405  405  405  405  405  405  405
structure_contact               in   200  200  200  go   go   go   go   go   go   go   go
structure_number                in   200  200  200  go   go   go   go   go   go   go   go
structure_search                in   200  200  200  200  200  200  200  200  200  200  200
structure_people                in   200  200  200  go   go   go   go   go   go   go   go
structure_invite                in   200  404  200  go   go   go   go   go   go   go   go
structure_add_person            in   200  404  200  go   go   go   go   go   go   go   go
structure_hand_over             in   200  404  200  go   go   go   go   go   go   go   go
structure_invitations           in   200  200  200  200  200  200  200  200  200  200  200
structure_service               in   200  200  200  go   go   go   go   go   go   go   go
staff_structure                 in   404  404  404  404  200  200  200  200  200  404  404
staff_structure_contact         in   404  404  404  404  200  404  200  404  404  404  404
staff_structure_freeze          in   404  404  404  404  200  404  404  404  404  404  404
staff_structure_number          in   404  404  404  404  200  404  404  404  404  404  404
staff_structure_representative  in   404  404  404  404  200  404  404  404  404  404  404
staff_structure_check           in   404  404  404  404  200  404  404  404  404  404  404
staff_structure_officers        in   404  404  404  404  200  404  404  404  404  404  404
staff_structure_reach           in   404  404  404  404  200  404  200  404  404  404  404
staff_name_match                in   404  404  404  404  404  404  404  200  404  404  404
staff_structure_told            in   404  404  404  404  200  404  200  404  404  404  404
charter_text                    200  200  200  200  200  200  200  200  200  200  200  200
charter_pdf                     200  200  200  200  200  200  200  200  200  200  200  200
charter_sign                    in   200  200  200  go   go   go   go   go   go   go   go
charter_code                    in   go   go   go   go   go   go   go   go   go   go   go
charter_record_pdf              in   200  200  404  go   go   go   go   go   go   go   go
staff_charter                   in   404  404  404  404  200  200  200  200  200  200  404
staff_charter_paper             in   404  404  404  404  200  404  200  404  404  404  404
staff_charter_record            in   404  404  404  404  200  200  200  200  200  404  404
staff_charter_identity          in   404  404  404  404  200  404  200  404  404  404  404
apply                           200  200  200  200  200  200  200  200  200  200  200  200
apply_model                     200  200  200  200  200  200  200  200  200  200  200  200
apply_paper                     200  200  200  200  200  200  200  200  200  200  200  200
apply_paper_form                200  200  200  200  200  200  200  200  200  200  200  200
application_start               in   go   go   go   go   go   go   go   go   go   go   go
application                     in   200  200  404  404  404  404  404  404  404  404  404
application_solution            in   200  200  404  404  404  404  404  404  404  404  404
application_evidence            in   200  200  404  404  404  404  404  404  404  404  404
application_document_remove     in   200  200  404  404  404  404  404  404  404  404  404
application_contributor         in   200  200  404  404  404  404  404  404  404  404  404
application_submit              in   200  200  404  404  404  404  404  404  404  404  404
application_receipt             in   200  200  404  404  200  200  200  200  200  404  404
application_receipt_pdf         in   200  200  404  404  200  200  200  200  200  404  404
application_tracking            in   200  200  404  404  200  200  200  200  200  404  404
application_pieces              in   200  200  404  404  200  200  200  200  200  404  404
application_deferral            in   go   go   404  404  go   go   go   go   go   404  404
application_pieces_sent         in   404  404  404  404  404  404  404  404  404  404  404
application_read                in   200  200  404  404  200  200  200  200  200  404  404
application_pdf                 in   200  200  404  404  200  200  200  200  200  404  404
application_export              in   200  200  404  404  200  200  200  200  200  404  404
application_duplicate           in   405  405  405  405  405  405  405  405  405  405  405
application_edition             in   404  404  404  404  404  404  404  404  404  404  404
application_help                in   200  200  404  404  404  404  404  404  404  404  404
application_reading             in   200  200  404  404  404  404  404  404  404  404  404
application_withdraw            in   200  404  404  404  404  404  404  404  404  404  404
application_section             in   200  200  404  404  404  404  404  404  404  404  404
on_behalf_find                  in   404  404  404  404  200  404  200  404  404  404  404
on_behalf_structure             in   404  404  404  404  200  404  200  404  404  404  404
on_behalf_enter                 in   404  404  404  404  200  404  200  404  404  404  404
on_behalf_correct               in   404  404  404  404  200  404  200  404  404  404  404
staff_helps                     in   404  404  404  404  200  404  200  404  404  404  404
staff_helps_file                in   404  404  404  404  200  404  200  404  404  404  404
staff_application               in   404  404  404  404  200  200  200  200  200  404  404
staff_completeness              in   404  404  404  404  200  404  404  404  404  404  404
staff_ask_documents             in   404  404  404  404  200  404  404  404  404  404  404
staff_act                       in   404  404  404  404  405  404  405  404  404  404  404
staff_assign                    in   404  404  404  404  200  404  200  404  404  404  404
staff_read_back                 in   404  404  404  404  200  404  200  404  404  404  404
application_challenge           in   200  200  404  404  200  404  200  404  404  404  404
staff_challenges                in   404  404  404  404  404  404  200  200  404  404  404
staff_challenge                 in   404  404  404  404  404  404  200  200  404  404  404
staff_match                     in   404  404  404  404  404  404  200  200  404  404  404
committee_reviews               in   404  404  404  200  404  404  404  404  404  404  404
committee_assignment            in   404  404  404  go   404  404  404  404  404  404  404
committee_gate                  in   404  404  404  200  404  404  404  404  404  404  404
committee_dossier               in   404  404  404  200  404  404  404  404  404  404  404
committee_review                in   404  404  404  200  404  404  404  404  404  404  404
committee_grid                  in   404  404  404  200  404  404  404  404  404  404  404
committee_alert                 in   404  404  404  200  404  404  404  404  404  404  404
committee_send                  in   404  404  404  200  404  404  404  404  404  404  404
committee_stand_down            in   404  404  404  200  404  404  404  404  404  404  404
committee_unavailable           in   404  404  404  200  404  404  404  404  404  404  404
committee_grid_pdf              in   404  404  404  200  404  404  404  404  404  404  404
committee_reread                in   404  404  404  200  404  404  404  404  404  404  404
committee_my_scores             in   404  404  404  200  404  404  404  404  404  404  404
committee_pack_pdf              in   404  404  404  200  404  404  404  404  404  404  404
committee_practice              in   404  404  404  200  404  404  404  404  404  404  404
committee_practice_result       in   404  404  404  200  404  404  404  404  404  404  404
committee_practice_criterion    in   404  404  404  200  404  404  404  404  404  404  404
committee_done                  in   404  404  404  200  404  404  404  404  404  404  404
committee_pause                 in   404  404  404  200  404  404  404  404  404  404  404
committee_mandate               in   404  404  404  200  404  404  404  404  404  404  404
committee_publication           in   404  404  404  200  404  404  404  404  404  404  404
committee_withdraw_consent      in   404  404  404  200  404  404  404  404  404  404  404
committee_interests             in   404  404  404  200  404  404  404  404  404  404  404
committee_sessions              in   404  404  404  200  404  404  404  404  404  404  404
committee_session               in   404  404  404  200  404  404  404  404  404  404  404
committee_session_live          in   404  404  404  200  404  404  404  404  404  404  404
committee_session_run           in   404  404  404  200  404  404  404  404  404  404  404
committee_session_attendance    in   404  404  404  200  404  404  404  404  404  404  404
committee_session_minutes       in   404  404  404  200  404  404  404  404  404  404  404
committee_session_minutes_pdf   in   404  404  404  200  404  404  404  404  404  404  404
committee_session_calendar      in   404  404  404  200  404  404  404  404  404  404  404
committee_session_item          in   404  404  404  200  404  404  404  404  404  404  404
committee_session_dossier       in   404  404  404  200  404  404  404  404  404  404  404
committee_session_pack          in   404  404  404  200  404  404  404  404  404  404  404
committee_session_rule          in   404  404  404  200  404  404  404  404  404  404  404
committee_session_vote          in   404  404  404  200  404  404  404  404  404  404  404
committee_session_secret        in   404  404  404  200  404  404  404  404  404  404  404
staff_sessions                  in   404  404  404  404  404  404  200  200  404  404  404
staff_sessions_file             in   404  404  404  404  404  404  200  200  404  404  404
staff_session_plan              in   404  404  404  404  404  404  200  404  404  404  404
staff_session                   in   404  404  404  404  404  404  200  200  404  404  404
staff_session_change            in   404  404  404  404  404  404  200  404  404  404  404
staff_session_agenda            in   404  404  404  404  404  404  200  404  404  404  404
staff_session_experts           in   404  404  404  404  404  404  200  404  404  404  404
staff_session_convene           in   404  404  404  404  404  404  200  404  404  404  404
staff_session_answer            in   404  404  404  404  404  404  200  404  404  404  404
staff_session_pack              in   404  404  404  404  404  404  200  404  404  404  404
staff_session_run               in   404  404  404  404  404  404  200  404  404  404  404
staff_session_attendance        in   404  404  404  404  404  404  200  404  404  404  404
staff_session_attendance_file   in   404  404  404  404  404  404  200  404  404  404  404
staff_session_minutes           in   404  404  404  404  404  404  200  200  404  404  404
staff_session_minutes_pdf       in   404  404  404  404  404  404  200  200  404  404  404
staff_session_calendar          in   404  404  404  404  404  404  200  200  404  404  404
staff_committee                 in   404  404  404  404  404  200  200  200  404  404  404
staff_members                   in   404  404  404  404  404  200  200  200  404  404  404
staff_members_file              in   404  404  404  404  404  200  200  200  404  404  404
staff_composition               in   404  404  404  404  404  200  200  200  404  404  404
staff_approach                  in   404  404  404  404  404  404  200  404  404  404  404
staff_mandate                   in   404  404  404  404  404  200  200  200  404  404  404
staff_panel                     in   404  404  404  404  200  404  200  200  404  404  404
staff_panels                    in   404  404  404  404  404  404  200  404  404  404  404
staff_proposal                  in   404  404  404  404  404  404  200  404  404  404  404
staff_paper_grid                in   404  404  404  404  404  404  200  404  404  404  404
staff_grid_pdf                  in   404  404  404  404  404  404  200  404  404  404  404
staff_reread                    in   404  404  404  404  404  404  200  404  404  404  404
staff_alert                     in   404  404  404  404  404  404  200  404  404  404  404
staff_reread_pdf                in   404  404  404  404  404  404  200  404  404  404  404
staff_findings                  in   404  404  404  404  200  200  200  200  404  404  404
staff_discussion                in   404  404  404  404  200  404  200  200  404  404  404
staff_dashboard                 in   404  404  404  404  200  404  200  200  404  404  404
staff_dashboard_reviews_file    in   404  404  404  404  200  404  200  200  404  404  404
staff_dashboard_load_file       in   404  404  404  404  404  404  200  200  404  404  404
staff_dashboard_coverage_file   in   404  404  404  404  200  404  200  200  404  404  404
staff_disagreement              in   404  404  404  404  200  200  200  200  404  404  404
staff_disagreement_file         in   404  404  404  404  200  200  200  200  404  404  404
staff_agreement                 in   404  404  404  404  200  404  200  200  404  404  404
staff_agreement_file            in   404  404  404  404  200  404  200  200  404  404  404
staff_deviations_file           in   404  404  404  404  404  404  200  404  404  404  404
staff_pack_pdf                  in   404  404  404  404  404  404  200  404  404  404  404
staff_double_check              in   404  404  404  404  404  404  200  404  404  404  404
staff_summary                   in   404  404  404  404  200  404  200  404  404  404  404
staff_opinion                   in   404  404  404  404  200  200  200  200  404  404  404
staff_second_opinion            in   404  404  404  404  404  200  404  404  404  404  404
staff_decision_prepare          in   404  404  404  404  200  404  404  404  404  404  404
staff_decision                  in   404  404  404  404  200  200  200  404  200  404  404
staff_decision_sign             in   404  404  404  404  404  200  404  404  404  404  404
staff_decision_draft            in   404  404  404  404  200  200  200  404  200  404  404
staff_appeals                   in   404  404  404  404  200  200  200  404  200  404  404
staff_appeals_file              in   404  404  404  404  200  200  200  404  200  404  404
staff_appeal_enter              in   404  404  404  404  200  404  200  404  200  404  404
staff_appeal                    in   404  404  404  404  404  200  200  404  200  404  404
staff_appeal_answer             in   404  404  404  404  404  404  404  404  200  404  404
staff_litigation_open           in   404  404  404  404  404  404  404  404  200  404  404
staff_litigation                in   404  404  404  404  404  200  404  404  200  404  404
staff_silence_request           in   404  404  404  404  200  404  404  404  404  404  404
space_decisions                 in   200  200  200  go   go   go   go   go   go   go   go
contest                         in   200  404  404  404  404  404  404  404  404  404  404
ask_silence                     in   200  404  404  404  404  404  404  404  404  404  404
appeal                          in   200  200  404  404  404  404  404  404  404  404  404
certificate_pdf                 200  200  200  200  200  200  200  200  200  200  200  200
space_label                     in   200  200  200  go   go   go   go   go   go   go   go
space_renewal                   in   200  200  go   go   go   go   go   go   go   go   go
space_addition                  in   200  200  go   go   go   go   go   go   go   go   go
space_renewal_decline           in   200  404  404  go   go   go   go   go   go   go   go
staff_label                     in   404  404  404  404  200  200  200  200  200  404  404
hearing                         in   200  200  404  404  404  404  404  404  404  404  404
hearing_file                    in   200  200  404  404  404  404  404  404  404  404  404
condition_proof                 in   200  200  404  404  404  404  404  404  404  404  404
relinquish                      in   200  404  404  404  404  404  404  404  404  404  404
staff_measure_prepare           in   404  404  404  404  200  404  404  404  404  404  404
staff_hearing_new               in   404  404  404  404  200  200  404  404  404  404  404
staff_relinquish                in   404  404  404  404  200  404  200  404  404  404  404
staff_reissue                   in   404  404  404  404  200  404  404  404  404  404  404
staff_hearing                   in   404  404  404  404  200  200  200  200  200  404  404
staff_condition                 in   404  404  404  404  200  200  200  200  200  404  404
staff_refusal_hearing           in   404  404  404  404  404  404  404  404  404  404  404
report_problem                  200  200  200  200  200  200  200  200  200  200  200  200
report_follow                   200  200  200  200  200  200  200  200  200  200  200  200
report_page                     go   go   go   go   go   go   go   go   go   go   go   go
report_answer_pdf               404  404  404  404  404  404  404  404  404  404  404  404
staff_reports                   in   404  404  404  404  200  200  404  404  404  404  404
staff_report                    in   404  404  404  404  200  200  404  404  404  404  404
staff_report_source             in   404  404  404  404  405  405  404  404  404  404  404
staff_bundle                    in   404  404  404  404  404  200  200  404  200  404  404
staff_communicable              in   404  404  404  404  404  200  200  404  200  404  404
procedure                       in   200  200  404  404  404  404  404  404  404  404  404
committee_session_procedure     in   404  404  404  404  404  404  404  404  404  404  404
committee_session_procedure_file in   404  404  404  404  404  404  404  404  404  404  404
staff_withdrawals               in   404  404  404  404  200  200  200  200  200  404  404
staff_withdrawals_file          in   404  404  404  404  200  200  200  200  200  404  404
staff_withdrawal                in   404  404  404  404  200  200  200  200  200  404  404
staff_withdrawal_open           in   404  404  404  404  200  404  404  404  404  404  404
staff_withdrawal_propose        in   404  404  404  404  200  404  404  404  404  404  404
staff_withdrawal_sign           in   404  404  404  404  404  200  404  404  404  404  404
staff_withdrawal_decide         in   404  404  404  404  go   404  404  404  404  404  404
home                            200  200  200  200  200  200  200  200  200  200  200  200
verify                          200  200  200  200  200  200  200  200  200  200  200  200
verify_label_json               200  200  200  200  200  200  200  200  200  200  200  200
verify_file                     200  200  200  200  200  200  200  200  200  200  200  200
verify_label                    200  200  200  200  200  200  200  200  200  200  200  200
log                             200  200  200  200  200  200  200  200  200  200  200  200
log_keys                        200  200  200  200  200  200  200  200  200  200  200  200
log_entries                     200  200  200  200  200  200  200  200  200  200  200  200
log_checkpoint                  200  200  200  200  200  200  200  200  200  200  200  200
log_former                      200  200  200  200  200  200  200  200  200  200  200  200
log_stamp                       200  200  200  200  200  200  200  200  200  200  200  200
log_proof                       200  200  200  200  200  200  200  200  200  200  200  200
log_growth                      200  200  200  200  200  200  200  200  200  200  200  200
log_label                       200  200  200  200  200  200  200  200  200  200  200  200
log_label_json                  200  200  200  200  200  200  200  200  200  200  200  200
public_session                  200  200  200  200  200  200  200  200  200  200  200  200
public_session_pdf              200  200  200  200  200  200  200  200  200  200  200  200
public_committee                200  200  200  200  200  200  200  200  200  200  200  200
public_decisions                200  200  200  200  200  200  200  200  200  200  200  200
credential                      200  200  200  200  200  200  200  200  200  200  200  200
badge_png                       200  200  200  200  200  200  200  200  200  200  200  200
badge_svg                       200  200  200  200  200  200  200  200  200  200  200  200
live_badge                      200  200  200  200  200  200  200  200  200  200  200  200
badge_code                      200  200  200  200  200  200  200  200  200  200  200  200
status_list                     200  200  200  200  200  200  200  200  200  200  200  200
did_document                    200  200  200  200  200  200  200  200  200  200  200  200
register                        200  200  200  200  200  200  200  200  200  200  200  200
register_json                   200  200  200  200  200  200  200  200  200  200  200  200
register_csv                    200  200  200  200  200  200  200  200  200  200  200  200
set_language_simple             go   go   go   go   go   go   go   go   go   go   go   go
space                           in   200  200  200  200  200  200  200  200  200  200  200
space_applications              in   200  200  200  200  200  200  200  200  200  200  200
space_messages                  in   200  200  200  200  200  200  200  200  200  200  200
committee                       in   404  404  404  200  404  404  404  404  404  404  404
staff                           in   404  404  404  404  200  200  200  200  200  go   go
staff_todo_file                 in   404  404  404  404  200  200  200  200  200  200  404
staff_applications              in   404  404  404  404  200  200  200  200  200  404  404
staff_applications_file         in   404  404  404  404  200  200  200  200  200  404  404
staff_journal                   in   404  404  404  404  200  200  200  200  200  404  404
staff_journal_file              in   404  404  404  404  200  200  200  200  200  404  404
staff_labels                    in   404  404  404  404  200  200  200  200  200  404  404
staff_labels_file               in   404  404  404  404  200  200  200  200  200  404  404
follow_up                       in   200  200  404  go   go   go   go   go   go   go   go
follow_up_gap                   in   200  200  404  go   go   go   go   go   go   go   go
merger_ask                      in   200  404  404  go   go   go   go   go   go   go   go
merger_request                  in   200  200  404  404  404  404  404  404  404  404  404
change_declare                  in   200  200  404  go   go   go   go   go   go   go   go
committee_consultation          in   404  404  404  200  404  404  404  404  404  404  404
staff_follow_ups                in   404  404  404  404  200  200  200  200  200  404  404
staff_follow_ups_file           in   404  404  404  404  200  200  200  200  200  404  404
staff_follow_up                 in   404  404  404  404  200  200  200  200  200  404  404
staff_follow_up_entry           in   404  404  404  404  200  404  200  404  404  404  404
staff_gaps                      in   404  404  404  404  go   404  404  404  404  404  404
staff_gap                       in   404  404  404  404  200  404  200  404  404  404  404
staff_gap_entry                 in   404  404  404  404  200  404  200  404  404  404  404
staff_voice                     in   404  404  404  404  404  404  200  404  404  404  404
staff_contact                   in   404  404  404  404  200  404  200  404  404  404  404
staff_escalate                  in   404  404  404  404  200  404  404  404  404  404  404
staff_merger_entry              in   404  404  404  404  200  404  200  404  404  404  404
staff_merger                    in   404  404  404  404  200  200  200  200  200  404  404
staff_change_entry              in   404  404  404  404  200  404  200  404  404  404  404
staff_change                    in   404  404  404  404  200  200  200  200  200  404  404
staff_register_alert            in   404  404  404  404  200  200  200  200  200  404  404
staff_deadlines                 in   404  404  404  404  200  200  200  200  200  404  404
staff_deadlines_file            in   404  404  404  404  200  200  200  200  200  404  404
staff_documents                 in   404  404  404  404  200  404  200  404  404  404  404
staff_masking                   in   404  404  404  404  200  404  200  404  404  404  404
staff_comments                  in   404  404  404  404  404  404  200  404  404  404  404
staff_figures                   in   404  404  404  404  200  200  200  200  404  404  404
staff_figures_file              in   404  404  404  404  200  200  200  200  404  404  404
staff_impartiality              in   404  404  404  404  200  200  200  200  404  404  404
staff_impartiality_file         in   404  404  404  404  200  200  200  200  404  404  404
staff_editions                  in   404  404  404  404  200  200  200  200  200  200  404
staff_edition                   in   404  404  404  404  200  200  200  200  404  404  404
staff_edition_file              in   404  404  404  404  200  200  200  200  404  404  404
staff_charter_signatures        in   404  404  404  404  200  200  200  404  404  404  404
staff_charter_signatures_file   in   404  404  404  404  200  200  200  404  404  404  404
staff_mailings                  in   404  404  404  404  200  404  200  404  404  404  404
staff_mailing                   in   404  404  404  404  200  404  200  404  404  404  404
staff_mailing_file              in   404  404  404  404  200  404  200  404  404  404  404
staff_service                   in   404  404  404  404  404  404  404  404  404  200  200
staff_outages                   in   404  404  404  404  200  200  200  404  404  404  200
staff_outage                    in   404  404  404  404  200  200  200  404  404  404  200
contact                         200  200  200  200  200  200  200  200  200  200  200  200
accessibility                   200  200  200  200  200  200  200  200  200  200  200  200
personal_data                   200  200  200  200  200  200  200  200  200  200  200  200
legal_notice                    200  200  200  200  200  200  200  200  200  200  200  200
source_code                     200  200  200  200  200  200  200  200  200  200  200  200
health_live                     200  200  200  200  200  200  200  200  200  200  200  200
health_ready                    200  200  200  200  200  200  200  200  200  200  200  200
robots                          200  200  200  200  200  200  200  200  200  200  200  200
api-1:openapi-json              200  200  200  200  200  200  200  200  200  200  200  200
api-1:list_labels               200  200  200  200  200  200  200  200  200  200  200  200
api-1:get_label                 200  200  200  200  200  200  200  200  200  200  200  200
api-1:api-root                  404  404  404  404  404  404  404  404  404  404  404  404
demonstration_codes             404  404  404  404  404  404  404  404  404  404  404  404
"""
ROWS = {row.split()[0]: row.split()[1:] for row in TABLE.strip().splitlines()}
PUBLIC = {
    "contact",
    "accessibility",
    "personal_data",
    "legal_notice",
    "source_code",
    "health_live",
    "health_ready",
    "robots",
    "api-1:openapi-json",
    "api-1:list_labels",
    "api-1:get_label",
    "account_login",
    "apply",
    "apply_model",
    "apply_paper",
    "apply_paper_form",
    "badge_png",
    "badge_svg",
    "live_badge",
    "badge_code",
    "certificate_pdf",
    "charter_pdf",
    "charter_text",
    "credential",
    "did_document",
    "home",
    "public_committee",
    "public_decisions",
    "log",
    "log_checkpoint",
    "log_entries",
    "log_former",
    "log_growth",
    "log_keys",
    "log_label",
    "log_label_json",
    "log_proof",
    "log_stamp",
    "status_list",
    "report_follow",
    "report_problem",
    "public_session",
    "public_session_pdf",
    "register",
    "register_csv",
    "register_json",
    "verify",
    "verify_file",
    "verify_label",
    "verify_label_json",
}
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")  # what a route names
PLAIN = {
    "code": "L1",
    "axis": "A1",
    "criterion": "A1.1",
    "case": "jardin",
    "slug": "structure",
    "way": "rna",
    "what": "envoi",
    "step": "dismiss",
    "kind": "suspend",
}
# Which record stands for an address, when it is not the dossier under review.
DRAFT = (
    "application",
    "application_solution",
    "application_evidence",
    "application_document_remove",
    "application_contributor",
    "application_submit",
    "application_section",
    "application_help",
    "application_reading",
)
REPORT = ("report_page", "report_answer_pdf", "staff_report", "staff_report_source")
CHECKED = ("staff_completeness", "staff_ask_documents")
LACKING = ("application_pieces", "application_pieces_sent")
BY_ASSIGNMENT = ("committee_", "staff_paper_grid", "staff_grid_pdf", "staff_pack_pdf")


def addresses(
    found: list[URLPattern | URLResolver] | None = None, prefix: str = "", space: str = ""
) -> dict[str, str]:
    """Every address of the house: its name and its route."""
    routes: dict[str, str] = {}
    for one in get_resolver().url_patterns if found is None else found:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            routes |= addresses(one.url_patterns, route, f"{one.namespace}:" if one.namespace else space)
        else:
            routes[f"{space}{one.name}"] = route
    return routes


def test_every_address_has_a_row() -> None:
    assert set(addresses()) == set(ROWS)


def test_no_address_hides_another() -> None:
    shapes = Counter(ARGUMENT.sub("<>", route) for route in addresses().values())

    assert [shape for shape, count in shapes.items() if count > 1] == []


def test_only_these_addresses_are_public() -> None:
    public = {name for name, row in ROWS.items() if row[0] == "200"}

    assert public == PUBLIC


@pytest.mark.walk
@pytest.mark.django_db
def test_every_address_answers_each_person_as_written() -> None:
    clients, keys = world()
    holder = Label.objects.get(number=keys["usual"]["number"]).structure
    differences = {}
    for name, route in addresses().items():
        address = reverse(name, kwargs=arguments(name, route, keys))
        for who in ("member", "editor"):  # a page of another dossier made them act for its structure
            choosing(clients[who], holder)
        for who, expected in zip(WHO, ROWS[name], strict=True):
            found = sign_of(clients[who].get(address))
            if found != expected:
                differences[f"{name} for {who}"] = f"{found} instead of {expected}"
            # A page that takes no form may say so before it says who may read it.
            if expected in CLOSED and (posted := sign_of(clients[who].post(address))) not in {
                expected,
                "405",
            }:
                differences[f"{name} posted by {who}"] = f"{posted} instead of {expected}"
    assert differences == {}


def sign_of(response: Any) -> str:
    """How the house answered, in the signs of the table."""
    closed(response)
    if response.status_code in {301, 302}:
        return "in" if "/connexion/" in response.headers["Location"] else "go"
    return str(response.status_code)


def arguments(name: str, route: str, keys: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What the route names: a record of the world (that of this address, else the usual one), or a plain value."""
    usual = keys["committee"] if name.startswith(BY_ASSIGNMENT) else {}
    known = PLAIN | keys["usual"] | usual | keys.get(name, {})
    found = {argument: known[argument] for argument in ARGUMENT.findall(route)}
    return {**found, "code": "en"} if name == "set_language_simple" else found


def world() -> tuple[dict[str, Client], dict[str, dict[str, Any]]]:
    """One signed-in person of each kind, and the keys of real records: the usual ones, and those of an address.

    The member represents, and the editor helps, one structure for each stage at which some page is open.
    """
    member, editor, officer = person(), person(), staff(Role.CASE_OFFICER)
    homes = [structure(representative=member, editor=editor) for _ in range(9)]
    draft, parts = a_draft(homes[0])
    checked, lacking = label.taken(homes[1], officer=officer), label.incomplete(homes[2])
    read = label.admissible(homes[3], officer=officer)
    # The report is about a label that the officer does not handle; the mailing, about every label made so far.
    reported = feedback.filed(feedback.World(label=labels.label()))[0]
    mailing = norms.prepared_mailing()
    granted = decisions.notified(decisions.advised(homes[4], officer=officer), "grant_with_conditions")
    invited = measures.invited(granted.label)
    measures.received(invited.letter)
    certificates.make_certificate(certificate_pk=granted.label.certificates.get().pk, at=AT)
    bound = {"pk": granted.label.conditions.get().pk}
    awaiting, dictated = decisions.to_sign(), typed_in(officer)
    mine, proposed, heard = panels(read, label.admissible(officer=officer), label.admissible(officer=officer))
    again = reviewers.discussing(heard.application)
    reopened = next(row for row in again if row.mandate_id == mine.mandate_id)
    people = {
        "member": member,
        "editor": editor,
        "stranger": structure(name="Une autre association").representative(),
        "reviewer": reviewers.accepted(mine).mandate.user,
        "officer": officer,
        "signatory": signatory(),
        **{who: staff(role) for who, role in OTHER_STAFF.items()},
    }
    clients = {"visitor": Client()} | {who: signed_in(Client(), one) for who, one in people.items()}
    letter = Letter.objects.get(thread=read.thread)
    coming = norms.draft_edition()
    check = look_up(structure=read.structure, at=AT, by=acting(officer, Role.CASE_OFFICER))
    borrowed = Registration.objects.create(
        structure=read.structure,
        kind=Registration.Kind.RNA,
        value="W990099999",
        added_at=AT,
        superseded_at=AT,
        other_entity="Une autre association",
    )
    alike = StaffMatch.objects.create(
        person=person(),
        structure=read.structure,
        ground="member",
        is_exact=False,
        in_dossier="X",
        found_at=AT,
    )
    keys = {
        "usual": {
            "reference": read.reference,
            "subject": subject_key(read),
            "structure_pk": read.structure_id,
            "number": granted.label.number,
            "year": 1,
            "check_pk": check.pk,
            "registration_pk": borrowed.pk,
            "edition_pk": coming.pk,
            "mailing_pk": mailing.pk,
            **keys_of_the_log(),
        },
        "staff_name_match": {"pk": alike.pk},
        "committee": {"pk": mine.pk},
        "staff_double_check": {"pk": papers.drawn(reviewers.assignments_of(read)[1]).pk},
        "committee_assignment": {"pk": proposed.pk},
        "committee_gate": {"pk": proposed.pk},
        "committee_reread": {"pk": reopened.pk},
        **{
            name: {"reference": reopened.application.reference, "pk": reopened.pk}
            for name in ("staff_reread", "staff_reread_pdf", "staff_alert")
        },
        "staff_disagreement": {"reference": reopened.application.reference},
        "staff_disagreement_file": {"reference": reopened.application.reference},
        **{name: {"reference": draft.reference, **parts} for name in DRAFT},
        **{name: {"reference": checked.reference} for name in CHECKED},
        **{name: {"reference": lacking.reference} for name in LACKING},
        **{name: {"reference": dictated.reference} for name in ("staff_read_back", "on_behalf_correct")},
        "staff_decision": {"pk": granted.pk},
        "status_list": {"purpose": "revocation", "number": 1},
        **{name: {"pk": invited.pk} for name in ("hearing", "hearing_file", "staff_hearing")},
        **dict.fromkeys(("condition_proof", "staff_condition"), bound),
        **{name: {"pk": granted.pk} for name in ("staff_bundle", "staff_communicable")},
        **{name: {"reference": reported.reference} for name in REPORT},
        **keys_of_withdrawals(homes[5], officer),
        **{name: {"pk": awaiting.pk} for name in ("staff_decision_sign", "staff_decision_draft")},
        **{name: {"pk": letter.pk} for name in ("letter", "letter_pdf", "staff_letter")},
        "stored_file": {"pk": draft.documents.get().file_id},
        "staff_mandate": {"pk": mine.mandate_id},
        **keys_of_follow_ups(granted.label, mine.mandate),
        **keys_of_the_gate(read),
        **keys_of_sessions(mine.mandate),
        **keys_of_people(people),
        **keys_of_appeals(homes[6:], people),
        "staff_outage": {
            "pk": outages.recorded(AT.date(), by=acting(people["secretary"], Role.SECRETARIAT)).pk
        },
    }
    # Some were written weeks ago: the service would rightly say that it is not ready.
    Mail.objects.filter(status=Mail.Status.QUEUED).update(status=Mail.Status.SENT)
    return clients, keys


def keys_of_the_log() -> dict[str, Any]:
    """The first leaf of the log, under a checkpoint that somebody stamped."""
    last = log.kept()
    CheckpointStamp.objects.create(checkpoint=last, token=b"stamp", stamped_at=AT)
    return {"index": 0, "old": 0, "new": 1, "size": last.size}


def keys_of_appeals(homes: list[Structure], people: dict[str, User]) -> dict[str, dict[str, Any]]:
    """An act that may be contested and is in court, an appeal under review, and what silence owes."""
    now, officer = timezone.now(), people["officer"]
    contested = appeals.inadmissible(homes[0], officer=officer, at=now)
    examined = acting(people["appeal"], Role.APPEAL_OFFICER)
    appeal = appeals.lodged(appeals.inadmissible(homes[1], officer=officer, at=now), at=now)
    appeals.taken(appeal, officer=people["appeal"], at=now)
    case = open_litigation(
        decision_pk=contested.pk,
        court="Tribunal administratif",
        number="2600001",
        opened_on=timezone.localdate(now),
        brought_by="holder",
        at=now,
        by=examined,
    )
    asked = appeals.reasons_asked(homes[2], officer=officer, at=now)
    of_contested = ("contest", "staff_appeal_enter", "staff_litigation_open")
    return {
        **{name: {"pk": contested.pk} for name in of_contested},
        **{name: {"pk": appeal.pk} for name in ("appeal", "staff_appeal", "staff_appeal_answer")},
        "staff_litigation": {"pk": case.pk},
        "ask_silence": {"pk": asked.decision_id},
        "staff_silence_request": {"pk": asked.pk},
    }


def keys_of_withdrawals(home: Structure, officer: User) -> dict[str, dict[str, Any]]:
    """A procedure that the association knows, and one just opened whose first step waits for its signature."""
    told = decisions.notified(decisions.advised(home, officer=officer)).label
    known = withdrawals.in_hearing(withdrawals.opened(told))
    begun = withdrawals.opened(decisions.notified(decisions.advised(officer=officer)).label)
    proposal = withdrawals.propose(begun, "dismiss")
    return {
        **{name: {"pk": known.pk} for name in ("procedure", "staff_withdrawal")},
        **{name: {"pk": begun.pk} for name in ("staff_withdrawal_propose", "staff_withdrawal_decide")},
        "staff_withdrawal_sign": {"pk": proposal},
        "committee_session_procedure_file": {"reference": "SEA-2027-000001-00", "pk": 1, "file": 1},
        "committee_session_procedure": {"reference": "SEA-2027-000001-00", "pk": 1},
    }


def a_draft(found: Structure) -> tuple[Application, dict[str, Any]]:
    """A draft with one solution, one document and one partner, and their keys."""
    draft = label.filled(found)
    doing: dict[str, Any] = {"application_pk": draft.pk, "at": AT, "by": representative_of(found)}
    upload = SimpleUploadedFile("comptes.pdf", PDF, content_type="application/pdf")
    document = actions.add_document(upload=upload, description="Les comptes publiés.", **doing)
    partner = actions.save_contributor(name="Une ligue", part="", is_confirmed=False, **doing)
    parts = {
        "solution_pk": draft.solutions.get().pk,
        "document_pk": document.pk,
        "contributor_pk": partner.pk,
    }
    return draft, parts


def typed_in(officer: User) -> Application:
    """A dossier that somebody came to dictate."""
    found = structure()
    return actions.enter_on_behalf(
        structure_pk=found.pk,
        person=found.representative(),
        means="visit",
        received_on=AT.date(),
        at=AT,
        by=acting(officer, Role.CASE_OFFICER),
    )


def panels(*dossiers: Application) -> list[Assignment]:
    """The review asked of one and the same member by the panel of each of these dossiers."""
    members = [one.pk for one in reviewers.committee()]
    for one in dossiers:
        reviewers.found_by_the_office(one)
        name_panel(application_pk=one.pk, mandate_pks=members, at=AT, by=reviewers.secretary())
    rows = [{row.mandate_id: row for row in reviewers.assignments_of(one)} for one in dossiers]
    return [of_dossier[members[0]] for of_dossier in rows]


def keys_of_follow_ups(found: Label, member: Mandate) -> dict[str, dict[str, Any]]:
    """A follow-up to fill in, then one with a gap of which the member is asked; a change, an alert of the register."""
    follow_ups.opened(found)
    second = FollowUp.objects.get(label=found, year=2)
    at, by = AT + timedelta(days=680), representative_of(found.structure)
    doing: dict[str, Any] = {"follow_up_pk": second.pk, "at": at}
    certificates.open_follow_up(**doing, by=follow_ups.CLOCK)
    certificates.send_follow_up(**doing, declaration=follow_ups.nothing_changed(), exact=True, by=by)
    certificates.find_gaps(**doing, findings=[follow_ups.MAJOR], by=follow_ups.officer())
    gap = second.gaps.get()
    asked = Consultation.objects.create(
        gap=gap, college=member.college, member=member.user, asked_at=at, asked_by=by.person
    )
    change = certificates.declare_change(
        label_pk=found.pk, kind="other", happened_on=AT.date(), text="Un nouveau site.", at=AT, by=by
    )
    question = certificates.MergerQuestion(
        "Escale", "W751000123", AT.date() + timedelta(days=90), "Rien ne change."
    )
    treaty = SimpleUploadedFile("traite.pdf", PDF, content_type="application/pdf")
    merger = certificates.ask_before_merger(label_pk=found.pk, question=question, treaty=treaty, at=AT, by=by)
    with transaction.atomic():
        thread = Label.objects.hold(found.pk)._thread
        told = {"label": found, "kind": "dissolved", "number": "W1", "title": "Escale", "found_at": AT}
        alert = RegisterAlert.objects.open(thread=thread, at=AT, by=follow_ups.CLOCK, **told)
    of_second = ("staff_gaps", "staff_escalate")
    of_gap = ("follow_up_gap", "staff_gap", "staff_gap_entry")
    return {
        **{name: {"year": 2} for name in of_second},
        **{name: {"year": 2, "pk": gap.pk} for name in of_gap},
        "staff_voice": {"year": 2, "pk": asked.pk},
        "committee_consultation": {"pk": asked.pk},
        "staff_change": {"pk": change.pk},
        **{name: {"pk": merger.pk} for name in ("merger_request", "staff_merger")},
        "staff_register_alert": {"pk": alert.pk},
    }


def keys_of_the_gate(dossier: Application) -> dict[str, dict[str, Any]]:
    """A recusal that the association asks for, and a link of another member that resembles it."""
    challenge = ask_challenge(
        application_pk=dossier.pk,
        who="Mme Untel",
        reasons="Elle nous fait un procès.",
        at=AT,
        by=representative_of(dossier.structure),
    )
    match = reviewers.matched(dossier)
    return {"staff_challenge": {"pk": challenge.pk}, "staff_match": {"pk": match.pk}}


def keys_of_sessions(member: Mandate) -> dict[str, dict[str, Any]]:
    """Three sessions of which that member is co-chair: under way, still planned, and over with its minutes sent."""
    members = [member, *(one for one in sitting.seated() if one.pk != member.pk)]
    closed = sitting.sent_for_approval(sitting.closed(sitting.opened(members=members)))
    item = sitting.voting(sitting.opened(members=members))
    open_one, planned = item.session, sitting.planned(members)
    sitting.sessions.state_on_item(
        item_pk=item.pk, mandate_pk=member.pk, has_link=False, at=AT, by=reviewers.member_actor(member)
    )
    of = {
        open_one: (
            *("session", "session_live", "session_run", "session_attendance", "session_attendance_file"),
            *("session_calendar", "session_item", "session_dossier", "session_vote", "session_secret"),
            *("session_answer", "session_pack", "session_experts"),
        ),
        planned: ("session_change", "session_agenda", "session_convene"),
        closed: ("session_minutes", "session_minutes_pdf"),
    }
    told = sitting.approved(sitting.closed(sitting.opened(members=members)))
    return {
        **{name: {"reference": told.reference} for name in ("public_session", "public_session_pdf")},
        "committee_session_rule": {"reference": closed.reference, "pk": sitting.item_of(closed).pk},
    } | {
        f"{space}_{name}": {"reference": session.reference, "pk": item.pk, "member": member.pk}
        for session, names in of.items()
        for name in names
        for space in ("committee", "staff")
    }


def keys_of_people(people: dict[str, User]) -> dict[str, dict[str, Any]]:
    """Rows about people: a role, a delegation, absences, an access to give back, a device."""
    officer, signing, today = people["officer"], people["signatory"], timezone.localdate()
    away = Absence.objects.create(user=officer, substitute=people["appeal"], starts_on=today, ends_on=today)
    lost = StaffRecovery.objects.create(person=signing, first_by=people["ethics"], first_at=timezone.now())
    device = Authenticator.objects.create(
        user=officer, type=Authenticator.Type.WEBAUTHN, data={"name": "Téléphone"}
    )
    gone = Suppression.objects.create(
        address="partie@exemple.fr", recorded_by=officer, recorded_at=timezone.now()
    )
    of_officer = ("staff_person", "staff_person_role", "staff_person_delegation", "staff_person_absence")
    return {
        **{name: {"pk": officer.pk} for name in of_officer},
        "staff_suppress": {"pk": people["stranger"].pk},
        "staff_suppression_lift": {"pk": gone.pk},
        "staff_role_end": {"pk": officer.role_grants.get().pk},
        "staff_delegation_end": {"pk": Delegation.objects.get(user=signing).pk},
        "staff_absence_end": {"pk": away.pk},
        "account_absence_end": {"pk": away.pk},
        "staff_recovery": {"pk": lost.pk},
        "mfa_remove_webauthn": {"pk": device.pk},
    }
