"""Who may decide on the text of the charter, and who signs it for a structure."""

from __future__ import annotations

import rules

from accounts.rules import is_case_officer, is_clock, is_secretariat, is_signatory
from structures.rules import is_outsider, is_representative, is_writer

rules.add_perm("charter.prepare_version", is_case_officer | is_signatory | is_clock)
rules.add_perm("charter.adopt_version", is_signatory)
rules.add_perm("charter.follow_signatures", is_case_officer | is_secretariat | is_signatory)
rules.add_perm("charter.enter_into_force", is_clock | is_signatory)
rules.add_perm("charter.archive_version", is_clock | is_signatory)
rules.add_perm("charter.sign_charter", is_representative)
rules.add_perm("charter.ask_to_sign", is_writer)
rules.add_perm("charter.record_paper_signature", (is_case_officer | is_secretariat) & is_outsider)
