"""Pages that show several subjects at once: the home of each space, the lists of the office, the service."""

from desks.views.appeals import staff_appeals, staff_appeals_file
from desks.views.association import space, space_applications, space_messages
from desks.views.bundles import staff_bundle, staff_communicable
from desks.views.calendar import staff_deadlines, staff_deadlines_file
from desks.views.committee import committee
from desks.views.dashboard import (
    staff_agreement,
    staff_agreement_file,
    staff_dashboard,
    staff_dashboard_coverage_file,
    staff_dashboard_load_file,
    staff_dashboard_reviews_file,
    staff_deviations_file,
    staff_disagreement,
    staff_disagreement_file,
)
from desks.views.demonstration import demonstration_codes
from desks.views.figures import (
    staff_figures,
    staff_figures_file,
    staff_impartiality,
    staff_impartiality_file,
)
from desks.views.follow_ups import staff_follow_ups, staff_follow_ups_file
from desks.views.journal import staff_journal, staff_journal_file
from desks.views.letters import staff_helps, staff_helps_file, staff_letters, staff_letters_file
from desks.views.lists import (
    staff_applications,
    staff_applications_file,
    staff_labels,
    staff_labels_file,
)
from desks.views.mailings import staff_mailing, staff_mailing_file, staff_mailings
from desks.views.norms import (
    staff_charter_signatures,
    staff_charter_signatures_file,
    staff_edition,
    staff_edition_file,
    staff_editions,
)
from desks.views.office import staff, staff_todo_file
from desks.views.outages import staff_outage, staff_outages
from desks.views.people import staff_members, staff_members_file, staff_people, staff_people_file
from desks.views.reports import staff_reports
from desks.views.service import staff_service
from desks.views.sessions import (
    committee_sessions,
    staff_session_attendance_file,
    staff_sessions,
    staff_sessions_file,
)
from desks.views.withdrawals import staff_withdrawals, staff_withdrawals_file

__all__ = [
    "committee",
    "committee_sessions",
    "demonstration_codes",
    "space",
    "space_applications",
    "space_messages",
    "staff",
    "staff_agreement",
    "staff_agreement_file",
    "staff_appeals",
    "staff_appeals_file",
    "staff_applications",
    "staff_applications_file",
    "staff_bundle",
    "staff_charter_signatures",
    "staff_charter_signatures_file",
    "staff_communicable",
    "staff_dashboard",
    "staff_dashboard_coverage_file",
    "staff_dashboard_load_file",
    "staff_dashboard_reviews_file",
    "staff_deadlines",
    "staff_deadlines_file",
    "staff_deviations_file",
    "staff_disagreement",
    "staff_disagreement_file",
    "staff_edition",
    "staff_edition_file",
    "staff_editions",
    "staff_figures",
    "staff_figures_file",
    "staff_follow_ups",
    "staff_follow_ups_file",
    "staff_helps",
    "staff_helps_file",
    "staff_impartiality",
    "staff_impartiality_file",
    "staff_journal",
    "staff_journal_file",
    "staff_labels",
    "staff_labels_file",
    "staff_letters",
    "staff_letters_file",
    "staff_mailing",
    "staff_mailing_file",
    "staff_mailings",
    "staff_members",
    "staff_members_file",
    "staff_outage",
    "staff_outages",
    "staff_people",
    "staff_people_file",
    "staff_reports",
    "staff_service",
    "staff_session_attendance_file",
    "staff_sessions",
    "staff_sessions_file",
    "staff_todo_file",
    "staff_withdrawals",
    "staff_withdrawals_file",
]
