"""People: who they are, the rights they hold, how they sign in, to whom nobody writes any more."""

from accounts.models.people import User, UserManager, UserQuerySet
from accounts.models.rights import (
    Absence,
    AbsenceQuerySet,
    Dated,
    DatedQuerySet,
    Delegation,
    Right,
    RightQuerySet,
    Role,
    RoleGrant,
    substitutes,
)
from accounts.models.sign_in import OneTimeCode, StaffRecovery, UsedForm
from accounts.models.suppressions import Suppression, SuppressionQuerySet

__all__ = [
    "Absence",
    "AbsenceQuerySet",
    "Dated",
    "DatedQuerySet",
    "Delegation",
    "OneTimeCode",
    "Right",
    "RightQuerySet",
    "Role",
    "RoleGrant",
    "StaffRecovery",
    "Suppression",
    "SuppressionQuerySet",
    "UsedForm",
    "User",
    "UserManager",
    "UserQuerySet",
    "substitutes",
]
