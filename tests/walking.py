"""Reading, as one person, every address that the house knows: pages, files, lists, searches, mails, exports."""

from __future__ import annotations

import html
import io
import re
import subprocess
import zipfile
from collections.abc import Collection, Iterator
from functools import cache
from itertools import product
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from journal.moves import subject_key
from letters.models import Mail
from reviewers.reading import open_keys
from tests.factories.watched import Watched
from tests.reading import closed
from tests.test_access import ARGUMENT, PLAIN, addresses

SEARCHED = "zqxna"  # the beginning of the name of the structure, so that a page that repeats it says nothing
SITTING = ("committee_session_", "staff_session_")
KIND_OF_KEY = (
    ("committee_session_", "item"),
    ("staff_session_pack", "item"),
    ("staff_session_experts", "item"),
    ("contest", "decision"),
    ("ask_silence", "decision"),
    ("staff_appeal_enter", "decision"),
    ("staff_litigation_open", "decision"),
    ("staff_recover", "person"),
    ("committee_", "assignment"),
    ("staff_paper_grid", "assignment"),
    ("staff_grid_pdf", "assignment"),
    ("staff_reread", "assignment"),
    ("staff_alert", "assignment"),
    ("staff_mandate", "mandate"),
    ("staff_challenge", "challenge"),
    ("staff_match", "match"),
    ("staff_decision", "decision"),
    ("staff_bundle", "decision"),
    ("staff_communicable", "decision"),
    ("staff_pack_pdf", "assignment"),
    ("staff_double_check", "assignment"),
    ("staff_suppress", "person"),
    ("account_absence_end", "person"),
    ("staff_absence_end", "person"),
    ("staff_delegation_end", "person"),
    ("staff_person", "person"),
    ("staff_role_end", "person"),
    ("mfa_remove_webauthn", "person"),
    ("stored_file", "file"),
    ("letter", "letter"),
    ("staff_letter", "letter"),
)
# What is not watched: there is no label yet, nor anything about one. Any key will do, and must say nothing.
UNWATCHED = (
    "appeal",
    "staff_appeal",
    "staff_litigation",
    "staff_silence_request",
    "follow_up_gap",
    "procedure",
    "hearing",
    "condition_proof",
    "staff_withdrawal",
    "staff_hearing",
    "staff_condition",
    "staff_gap",
    "staff_voice",
    "staff_change",
    "staff_register_alert",
    "merger_request",
    "staff_merger",
    "staff_outage",
    "staff_name_match",
)
SEARCHING = ("staff", "register", "space", "committee", "api", "structure_find")
REPORTS = ("report_", "staff_report")
# No label, follow-up, procedure, report or mailing is watched yet: these keys name none.
ALSO_PLAIN = {**PLAIN, "number": "LBL-2027-000001-35", "year": 1, "file": 1, "mailing_pk": 1}


def walk(made: Watched, who: str, only: Collection[str] = ()) -> dict[str, set[str]]:
    """The canaries that this person meets, by the place where they stand; only these places when some are named."""
    found: dict[str, set[str]] = {}
    met = [*_pages(made, who, only), *_lists(made, who, only), *_mails(made, who, only)]
    for place, text in met:
        low = text.lower()
        seen = {name for name, canary in made.canaries.items() if canary in low} if low else set()
        if seen:
            found[place] = found.get(place, set()) | seen
    return found


def _pages(made: Watched, who: str, only: Collection[str]) -> Iterator[tuple[str, str]]:
    client = made.clients[who]
    for name, route in addresses().items():
        if only and name not in only:
            continue
        for address in _addresses(made, who, name, route):
            said = read(client.get(address))
            for echo in (address, html.escape(address), quote(address, safe=""), quote(address)):
                said = said.replace(echo, "")  # the address that was asked, in the link to the other language
            yield name, said


def _addresses(made: Watched, who: str, name: str, route: str) -> Iterator[str]:
    wanted = ARGUMENT.findall(route)
    if name == "set_language_simple":
        return
    for given in product(*(values(made, who, name, argument) for argument in wanted)):
        address = reverse(name, kwargs=dict(zip(wanted, given, strict=True)))
        yield address
        if not wanted and name.startswith(SEARCHING):
            yield f"{address}?texte={SEARCHED}&qui=equipe"


def values(made: Watched, who: str, name: str, argument: str) -> list[Any]:
    """What may stand in an address for one argument. An argument that is not known here is an error: say what it is.

    Of the evaluations, one's own and that of a colleague; of the two dossiers, the one that the person is about.
    """
    about = {
        "second_applicant": (made.second,),
        "officer": (made.first, made.second),
        "left_item": (made.third,),
    }.get(who, (made.first,))
    if argument == "reference" and f"{name}_".startswith(SITTING):
        return [made.sittings[who == "left_item"].reference]  # the one that the person is about
    if argument == "reference" and name.startswith(REPORTS):
        return ["SIG-2027-000001-28"]  # of a dossier, the page would only repeat what was typed
    if name == "status_list":
        return ["revocation"] if argument == "purpose" else [1]
    if argument in ALSO_PLAIN:
        return [ALSO_PLAIN[argument]]
    if argument == "pk":
        return _keys(made, who, name)
    known: dict[str, list[Any]] = {
        "reference": [one.reference for one in about],
        "subject": [subject_key(one) for one in about],
        "member": made.rows["mandate"],
        "structure_pk": [one.structure_id for one in about],
        "solution_pk": [made.first.solutions.get().pk],
        "document_pk": [one.pk for one in made.first.documents.all()],
        "contributor_pk": [one.pk for one in made.first.contributors.all()],
        "edition_pk": [made.first.edition_id],
        "registration_pk": [one.pk for one in made.first.structure.registrations.all()],
        "check_pk": [one.pk for one in made.first.structure.register_checks.all()],
        "index": [0],  # of the public log, which says the same to everybody
        "size": [0, 1],
        "old": [0],
        "new": [1],
    }
    return known[argument]


def _keys(made: Watched, who: str, name: str) -> list[Any]:
    kind = next((kind for start, kind in KIND_OF_KEY if name.startswith(start)), "")
    if kind == "assignment":
        return made.evaluations(who)
    return [1] if not kind and name.startswith(UNWATCHED) else made.rows[kind]


def _lists(made: Watched, who: str, only: Collection[str]) -> Iterator[tuple[str, str]]:
    """What each sentence `visible_to` opens to that person: any list, export or route of the API may be made of it."""
    user = made.people[who]
    for model in apps.get_models():
        place = f"list of {model._meta.label_lower}"
        if not hasattr(model._default_manager.all(), "visible_to") or (only and place not in only):
            continue
        on = timezone.localdate()
        asked = User.objects.get(pk=user.pk) if isinstance(user, User) else user
        rows = model._default_manager.all().visible_to(asked, on=on)
        if place in ASKED_AFRESH:
            rows = rows.filter(pk__in=ASKED_AFRESH[place](rows, asked, on=on))
        for row in rows:
            facts = [str(getattr(row, name)) for name in _columns(model)]
            yield place, " ".join(facts)


# What no page lists without another question: `tests/reviewers/test_session_links.py` sees to it.
ASKED_AFRESH = {"list of reviewers.agendaitem": open_keys}
# What the office may not read of an evaluation that it may know of: pages ask other rules for these.
GUARDED = {"reviewers.assignment": {"overall_advice", "overall_comment", "safety_alert", "link_statement"}}


def _columns(model: Any) -> list[str]:
    hidden = GUARDED.get(model._meta.label_lower, set())
    return [column.attname for column in model._meta.concrete_fields if column.attname not in hidden]


def _mails(made: Watched, who: str, only: Collection[str]) -> Iterator[tuple[str, str]]:
    if only and "mails" not in only:
        return
    for mail in Mail.objects.filter(recipient=made.people[who].pk or 0):
        yield "mails", " ".join(str(value) for value in vars(mail).values())


def read(answer: HttpResponseBase) -> str:
    """All that an answer says: its headers, and its words whatever the kind of file; nothing for "not found"."""
    headers = " ".join(f"{name}: {value}" for name, value in answer.items())
    if answer.status_code in (301, 302, 304, 404, 405):
        closed(answer)
        return headers if answer.status_code in (301, 302) else answer.content.decode()
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    closed(answer)
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return headers + " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    if body.startswith(b"%PDF") and b"/FontFile" in body:
        return headers + _pdf(body)
    return headers + body.decode("utf-8", "replace")


@cache
def _pdf(body: bytes) -> str:
    read_by = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", "-", "-"], input=body, capture_output=True, check=True
    )
    return re.sub(r"\s+", " ", read_by.stdout.decode()) + re.sub(r"\s+", "", read_by.stdout.decode())
