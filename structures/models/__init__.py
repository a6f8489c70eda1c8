"""Who applies: structures, registration numbers, members, solutions, and what the registers say."""

from structures.models.officers import ContactAttempt, OfficersRead
from structures.models.spaces import (
    ImportRun,
    Invitation,
    Membership,
    MembershipQuerySet,
    RegisterCheck,
    RegisterEntry,
    Registration,
    ServiceConsent,
    Solution,
    SolutionFacet,
    SolutionQuerySet,
    Structure,
    StructureQuerySet,
)

__all__ = [
    "ContactAttempt",
    "ImportRun",
    "Invitation",
    "Membership",
    "MembershipQuerySet",
    "OfficersRead",
    "RegisterCheck",
    "RegisterEntry",
    "Registration",
    "ServiceConsent",
    "Solution",
    "SolutionFacet",
    "SolutionQuerySet",
    "Structure",
    "StructureQuerySet",
]
