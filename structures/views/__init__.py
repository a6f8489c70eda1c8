"""Pages about one structure."""

from structures.views.contact import contact, staff_contact
from structures.views.joining import choose, confirm, find_kind, find_number, join, number
from structures.views.office import (
    staff_check,
    staff_freeze,
    staff_number,
    staff_representative,
    staff_structure,
)
from structures.views.people import add_person, hand_over, invitations, invite, people
from structures.views.reaching import staff_officers, staff_reach, staff_told
from structures.views.service import service

__all__ = [
    "add_person",
    "choose",
    "confirm",
    "contact",
    "find_kind",
    "find_number",
    "hand_over",
    "invitations",
    "invite",
    "join",
    "number",
    "people",
    "service",
    "staff_check",
    "staff_contact",
    "staff_freeze",
    "staff_number",
    "staff_officers",
    "staff_reach",
    "staff_representative",
    "staff_structure",
    "staff_told",
]
