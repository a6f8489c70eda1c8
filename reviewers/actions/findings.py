"""The factual findings of the office: written before the panel is named, corrected in the open afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, Refusal, block_unless_empty
from journal.wording import is_blank
from label.actions.drafting import person_of
from label.models import Application, Snapshot
from letters.spoken import told_excess
from reviewers.actions.evaluations import held_application
from reviewers.grid import with_finding
from reviewers.models import OfficeFinding

FINDING_LIMIT, CORRECTION_LIMIT = 2000, 500
WRITTEN = (Application.State.SUBMITTED, Application.State.ADMISSIBLE)
CORRECTED = (Application.State.UNDER_REVIEW, Application.State.IN_DELIBERATION)


class StaleFinding(Refusal):
    """Somebody else wrote on these criteria since the page was opened: criterion -> the version that is kept."""

    def __init__(self, theirs: Mapping[str, OfficeFinding]):
        self.theirs = theirs
        super().__init__(f"changed meanwhile: {', '.join(theirs)}")


@transaction.atomic
def record_office_findings(
    *,
    application_pk: int,
    findings: Mapping[str, str],
    corrections: Mapping[str, str] | None = None,
    seen: Mapping[str, int],
    at: datetime,
    by: Actor,
) -> list[OfficeFinding]:
    """Write facts beside criteria: criterion -> text; what was not touched makes no new version.

    `seen` is the version that the page showed of each (0: none). Once the panel reads, each change needs its reason
    in `corrections`, and the earlier versions stay. Raises `NotAllowed`; `Blocked` outside these stages, for an
    emptied or too long text (E20) or a missing reason; `StaleFinding` when somebody wrote meanwhile (nothing is
    written); `LookupError` for a criterion of which the edition asks no finding.
    """
    application = held_application(application_pk)
    require("reviewers.write_findings", by, application, on=timezone.localdate(at))
    if application.state not in (*WRITTEN, *CORRECTED) or application.snapshot is None:
        raise Blocked([_("Les constats de ce dossier ne changent plus.")])
    wanted = with_finding(application.edition, application.snapshot)
    if unknown := set(findings) - set(wanted):
        raise LookupError(min(unknown))
    kept = OfficeFinding.objects.current(application.snapshot.pk)
    words = {code: "" if is_blank(text) else text.strip() for code, text in findings.items()}
    touched = {
        code: text for code, text in words.items() if text != (kept[code].text if code in kept else "")
    }
    stale = {code: kept[code] for code in touched if code in kept and kept[code].version != seen.get(code, 0)}
    if stale:
        raise StaleFinding(stale)
    reasons = {code: (corrections or {}).get(code, "").strip() for code in touched}
    corrects = application.state in CORRECTED
    block_unless_empty([reason for code in touched for reason in _missing(code, touched, reasons, corrects)])
    written = [
        _version(application, application.snapshot, code, text, kept.get(code), reasons[code], at=at, by=by)
        for code, text in touched.items()
    ]
    if written:
        note(application, what="correct_findings" if corrects else "write_findings", at=at, by=by)
    return written


def _missing(
    code: str, touched: Mapping[str, str], reasons: Mapping[str, str], corrects: bool
) -> list[Missing]:
    text, reason = touched[code], reasons[code]
    if not text:
        return [Missing(_("Un constat écrit ne s'efface pas : corrigez-le."), code=f"text_{code}")]
    if len(text) > FINDING_LIMIT:
        return [Missing(told_excess(len(text), FINDING_LIMIT), code=f"text_{code}")]
    if corrects and is_blank(reason):
        why = _("Le panel lit déjà ce dossier : dites en une phrase pourquoi ce constat change.")
        return [Missing(why, code=f"correction_{code}")]
    if len(reason) > CORRECTION_LIMIT:
        return [Missing(told_excess(len(reason), CORRECTION_LIMIT), code=f"correction_{code}")]
    return []


def _version(
    application: Application,
    snapshot: Snapshot,
    code: str,
    text: str,
    before: OfficeFinding | None,
    reason: str,
    *,
    at: datetime,
    by: Actor,
) -> OfficeFinding:
    return OfficeFinding.objects.create(
        application=application,
        snapshot=snapshot,
        criterion=code,
        version=before.version + 1 if before else 1,
        text=text,
        correction=reason if before else "",
        made_by=person_of(by),
        made_at=at,
    )
