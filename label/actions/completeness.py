"""What the office does with a dossier that was filed: take it, look at it item by item, declare it admissible."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from accounts.models import Role, User
from accounts.rules import require, roles_of
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, Stale, block_unless_empty
from label import clocks, published_list
from label.actions.drafting import person_of
from label.answers import token, untouched
from label.checklist import missing_to_admit, missing_to_hold
from label.models import Application, Finding, HelpRequest
from label.rules import FILE_HANDED_TO, free_for_appeal, require_on_file


@transaction.atomic
def take_file(*, application_pk: int, followed_by: str | None = None, at: datetime, by: Actor) -> Application:
    """The officer takes the file; `followed_by` is the key of the officer whom the page showed, "" for nobody.

    Raises `NotAllowed`, `Blocked` when nobody would stay free for an appeal, `TransitionNotAllowed` when somebody
    else took it meanwhile.
    """
    application = Application.objects.hold(application_pk)
    require("label.take_file", by, application, on=timezone.localdate(at))
    return _hand_to(application, person_of(by), followed_by, at=at, by=by)


@transaction.atomic
def assign_officer(
    *, application_pk: int, officer: User, followed_by: str | None = None, at: datetime, by: Actor
) -> Application:
    """Give the file to an officer, or move it to another one; `followed_by` as in `take_file`.

    Raises `NotAllowed`, `Blocked`, `TransitionNotAllowed` when somebody else moved it meanwhile.
    """
    application = Application.objects.hold(application_pk)
    require("label.assign_file", by, application, on=timezone.localdate(at))
    if Role.CASE_OFFICER not in roles_of(officer, on=timezone.localdate(at)):
        raise Blocked([_("Choisissez une personne qui instruit des dossiers.")])
    if application.structure.memberships.filter(user=officer).exists():
        raise Blocked([_("Cette personne est ou a été membre de l'association.")])
    return _hand_to(application, officer, followed_by, at=at, by=by)


def _hand_to(
    application: Application, officer: User, followed_by: str | None, *, at: datetime, by: Actor
) -> Application:
    if application.case_officer_id == officer.pk:
        return application
    if followed_by is not None and followed_by != str(application.case_officer_id or ""):
        raise TransitionNotAllowed("somebody took the dossier a moment ago")
    if application.state in Application.FINAL or application.is_draft():
        raise Blocked([_("Ce dossier n'est pas en cours d'examen.")])
    block_unless_empty(missing_to_hold(application, officer))
    if not free_for_appeal(application, on=timezone.localdate(at), besides=officer).exists():
        text = _(
            "Plus personne ne resterait libre pour un recours sur ce dossier. Choisissez quelqu'un d'autre."
        )
        raise Blocked([Missing(text, code="free_for_appeal")])
    application.case_officer = officer
    application.save(update_fields=["case_officer"])
    note(application, what=f"{FILE_HANDED_TO}{officer.pk}", at=at, by=by)
    return application


@transaction.atomic
def record_findings(
    *,
    application_pk: int,
    findings: Mapping[str, tuple[str, str]],
    seen: Mapping[str, str] | None = None,
    at: datetime,
    by: Actor,
) -> Application:
    """Write what was found on items of the published list: code -> (verdict, comment); an empty verdict erases.

    `seen` are the tokens of the findings that the page showed (`finding_token`): what was not touched is left as it
    is, and None comes from a caller that read no page. Findings belong to the current snapshot. Raises `NotAllowed`,
    `TransitionNotAllowed` unless the dossier is being checked, `KeyError` for a code that is not in the list, and
    `Stale` with the rows (item -> finding or None) that somebody else changed since: nothing at all is then written.
    """
    application = Application.objects.hold(application_pk)
    require("label.check_file", by, application, on=timezone.localdate(at))
    if application.state != Application.State.SUBMITTED or application.snapshot is None:
        raise TransitionNotAllowed("the pieces of this dossier are not being checked")
    rows = Finding.objects.filter(snapshot=application.snapshot)
    for code, (verdict, comment) in _touched(rows, findings, seen).items():
        published_list.item_named(application.edition, code)
        if not verdict:
            rows.filter(item=code).delete()
            continue
        Finding.objects.update_or_create(
            snapshot=application.snapshot,
            item=code,
            defaults={
                "application": application,
                "verdict": Finding.Verdict(verdict),
                "comment": comment,
                "made_by": person_of(by),
                "made_at": at,
            },
        )
    return application


def _touched(
    rows: QuerySet[Finding], findings: Mapping[str, tuple[str, str]], seen: Mapping[str, str] | None
) -> Mapping[str, tuple[str, str]]:
    """The findings that the person really changed on the page; `Stale` when somebody else changed one of them."""
    if seen is None:
        return findings
    kept = {row.item: row for row in rows}
    touched = {
        code: found
        for code, found in findings.items()
        if not untouched(seen.get(code, ""), "\n".join(found)) and found != _words(kept.get(code))
    }
    nothing = finding_token(None)
    stale = {
        code: kept.get(code)
        for code in touched
        if (seen.get(code) or nothing) != finding_token(kept.get(code))
    }
    if stale:
        raise Stale(stale)
    return touched


def finding_token(row: Finding | None) -> str:
    """What a page carries beside one item, as the answers of a dossier do; also where nothing is found yet."""
    return token(row.pk if row else 0, "\n".join(_words(row)))


def _words(row: Finding | None) -> tuple[str, str]:
    return (row.verdict, row.comment) if row else ("", "")


def record_finding(
    *, application_pk: int, item: str, verdict: str, comment: str = "", at: datetime, by: Actor
) -> Finding:
    """Write one finding. Raises as `record_findings`."""
    application = record_findings(
        application_pk=application_pk, findings={item: (verdict, comment)}, at=at, by=by
    )
    return Finding.objects.get(snapshot=application.snapshot_id, item=item)


@transaction.atomic
def declare_admissible(*, application_pk: int, at: datetime, by: Actor) -> Application:
    """The dossier is complete and can go to the committee. A second call changes nothing.

    Raises `NotAllowed`, `Blocked` with what is missing (register concluded by a person, charter signed).
    """
    application = Application.objects.hold(application_pk)
    by = require_on_file("label.check_file", by, application, on=timezone.localdate(at))
    if application.state == Application.State.ADMISSIBLE:
        return application
    block_unless_empty(missing_to_admit(application))
    application.declare_admissible(by=by, at=at)
    application.save()
    clocks.end_check(application, at=at)
    clocks.start_panel(application, on=timezone.localdate(at))
    return application


@transaction.atomic
def handle_help(*, help_pk: int, at: datetime, by: Actor) -> HelpRequest:
    """The person was called back. A second call changes nothing. Raises `NotAllowed`."""
    help_request = HelpRequest.objects.select_related("application").get(pk=help_pk)
    application = Application.objects.hold(help_request.application_id)
    require("label.handle_help", by, application, on=timezone.localdate(at))
    if help_request.handled_at is None:
        help_request.handled_at, help_request.handled_by = at, by.user
        help_request.save(update_fields=["handled_at", "handled_by"])
        note(application, what="help_given", at=at, by=by)
    return help_request
