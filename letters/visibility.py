"""Who may see a letter and download a file: whoever may see the subject, less what an app keeps to some people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.models import Role
from accounts.rules import Claim, may, roles_of
from letters import registry, subjects
from letters.models import Letter, StoredFile

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

CORRESPONDENCE = frozenset({"letter", "letter_scan", "letter_proof", "exchange"})
OFFICE, ASSOCIATION = "office", "association"
# Who reads letters at the Institute: a technical administrator on a panel sees the subject and no letter about it.
READING_ROLES = frozenset(
    {Role.CASE_OFFICER, Role.SECRETARIAT, Role.SIGNATORY, Role.ETHICS_OFFICER, Role.APPEAL_OFFICER}
)


def may_see_file(stored: StoredFile, user: User | AnonymousUser, *, on: date) -> bool:
    """Whether that person may download that file on that day; a subject that is unknown shows nothing.

    Files of letters and exchanges follow letters; others the visibility of their subject and the audience that an
    app declared for their purpose.
    """
    if not user.is_authenticated or stored.removed_at or stored.quarantined_at:
        return False
    if stored.purpose in CORRESPONDENCE:
        return _is_a_correspondent(stored, user, on)
    audience = registry.file_audiences.get(stored.purpose)
    try:
        record = subjects.visible(stored.subject, user, on=on)
    except LookupError:
        record = None
    if record is None:
        return audience is not None and _hidden_record_opens(stored, user, on)
    return audience is None or audience(user, on, record)


def may_see_letter(letter: Letter, user: User | AnonymousUser, *, on: date) -> bool:
    """The addressee until they leave; whoever reads for the association; the staff who handle dossiers.

    Never the committee. An act that waits for its receipt is read by the person whose opening is that receipt, and
    by nobody else of the association; on paper, it is received on paper first (domain 3.2).
    """
    return user.is_authenticated and _opens(letter, user, on, _side(letter.subject, user, on))


def on_thread(thread_pk: int, user: User, *, on: date) -> list[tuple[Letter, bool]]:
    """The letters of a dossier that this person may know of, the newest first, each with whether its text is open."""
    rows = list(Letter.objects.filter(thread=thread_pk).defer("content").order_by("-pk"))
    sides = {subject: _side(subject, user, on) for subject in {letter.subject for letter in rows}}
    known = [letter for letter in rows if sides[letter.subject]]
    return [(letter, _opens(letter, user, on, sides[letter.subject])) for letter in known]


def _opens(letter: Letter, user: User, on: date, side: str) -> bool:
    if side == OFFICE:
        return True
    if letter.awaits_receipt():
        is_online = letter.channel == Letter.Channel.ONLINE
        return is_online and may("letters.open_letter", user, letter, on=on)
    is_addressee = letter.addressee_id == user.pk and subjects.still_addressed(letter.subject, user, on=on)
    return bool(side) or is_addressee


def _side(subject: str, user: User, on: date) -> str:
    """From which side that person reads the letters about a subject; empty for neither."""
    try:
        record = subjects.visible(subject, user, on=on)
    except LookupError:
        return ""
    if subjects.corresponds("reads", Claim(user, on), record):
        return ASSOCIATION
    return OFFICE if READING_ROLES & roles_of(user, on=on) else ""


def readable_subject(subject: str, user: User | AnonymousUser, *, on: date) -> Any:
    """The record whose exchanges that person may read; LookupError otherwise."""
    record = subjects.visible(subject, user, on=on)
    if not may("letters.read_exchanges", user, record, on=on):
        raise LookupError(subject)
    return record


def _is_a_correspondent(stored: StoredFile, user: User, on: date) -> bool:
    """The bytes of a letter open with its text, those of an act that waits only from its page: that is its receipt."""
    letter = Letter.objects.filter(Q(pdf=stored.pk) | Q(signed_scan=stored.pk)).first()
    if letter is None:
        return bool(_side(stored.subject, user, on))
    if letter.awaits_receipt():
        return _side(letter.subject, user, on) == OFFICE
    return may_see_letter(letter, user, on=on)


def _hidden_record_opens(stored: StoredFile, user: User, on: date) -> bool:
    """For a kind of subject without visibility of its own, the audience of the purpose decides alone."""
    try:
        model, key = subjects.split(stored.subject)
    except LookupError:
        return False
    if hasattr(model._default_manager, "visible_to"):
        return False
    record = model._default_manager.filter(pk=key).first()
    return record is not None and registry.file_audiences[stored.purpose](user, on, record)
