"""What the administration of people does."""

from accounts.actions.absences import end_absence, record_absence
from accounts.actions.people import (
    AddressTaken,
    change_address,
    close_account,
    create_person,
    pseudonymise_person,
    reopen_account,
)
from accounts.actions.recovery import RECOVERY_WITHIN, confirm_recovery, start_recovery
from accounts.actions.rights import (
    confirm_right,
    delegate_signature,
    end_delegation,
    end_role,
    grant_role,
    refuse_right,
)
from accounts.actions.suppressions import lift_suppression, suppress_address, suppress_person

__all__ = [
    "RECOVERY_WITHIN",
    "AddressTaken",
    "change_address",
    "close_account",
    "confirm_recovery",
    "confirm_right",
    "create_person",
    "delegate_signature",
    "end_absence",
    "end_delegation",
    "end_role",
    "grant_role",
    "lift_suppression",
    "pseudonymise_person",
    "record_absence",
    "refuse_right",
    "reopen_account",
    "start_recovery",
    "suppress_address",
    "suppress_person",
]
