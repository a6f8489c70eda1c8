"""A gap is mended: the association sends its plan and its proof, members are asked about a major one, it closes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from certificates import follow_up_mails as mails
from certificates.actions.follow_ups.planning import GAP
from certificates.follow_up_checklist import label_is_over, missing_to_close, missing_to_prove
from certificates.models import Consultation, FollowUp, Gap
from deadlines import actions as deadlines
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, Stale, block_unless_empty
from journal.wording import is_blank
from letters import files
from reviewers.conflicts import barred
from reviewers.models import College, Mandate

PROOF = "gap_proof"


@transaction.atomic
def answer_gap(
    *,
    gap_pk: int,
    plan: str,
    proof_text: str = "",
    proof: UploadedFile | None = None,
    send: bool,
    version: int | None = None,
    at: datetime,
    by: Actor,
) -> Gap:
    """Keep the plan and the proof of a gap; with `send`, the proof is sent and an officer reads it.

    Raises `NotAllowed`; `Stale` when somebody else wrote since; `Blocked` when the gap awaits nothing or when
    something is missing; ValidationError for the file.
    """
    gap, follow_up = _held(gap_pk)
    require("certificates.answer_gap", by, gap, on=timezone.localdate(at))
    _must_await(gap, follow_up)
    if gap.proved_at is not None:
        raise Blocked([Missing(_("Cette preuve est déjà envoyée : nous la lisons."))])
    typed = (plan.strip(), proof_text.strip())
    if typed != (gap.plan, gap.proof_text) and version is not None and version != gap.version:
        raise Stale(gap)
    gap.plan, gap.proof_text = typed
    if proof is not None:
        gap.proof = files.store(
            upload=proof, subject=follow_up, purpose=PROOF, thread=follow_up._thread, at=at, by=by
        )
    gap.version += 1
    if send:
        block_unless_empty(missing_to_prove(gap))
        gap.proved_at, gap.returned_at, gap.returned_why = at, None, ""
        note(follow_up, what="gap_proof_sent", at=at, by=by)
    gap.save()
    return gap


@transaction.atomic
def return_proof(*, gap_pk: int, why: str, at: datetime, by: Actor) -> Gap:
    """The proof does not show what is expected: the association is told why, and sends another one.

    What members said of it is kept and counts no more. Raises `NotAllowed`, `Blocked`.
    """
    gap, follow_up = _held(gap_pk)
    require("certificates.read_follow_up", by, follow_up, on=timezone.localdate(at))
    _must_await(gap, follow_up)
    if gap.proved_at is None:
        raise Blocked([Missing(_("L'association n'a pas encore envoyé sa preuve."))])
    if is_blank(why):
        raise Blocked([Missing(_("Dites à l'association ce que la preuve ne montre pas."), code="why")])
    gap.proved_at, gap.returned_at, gap.returned_why = None, at, why.strip()
    gap.version += 1
    gap.save()
    gap.consultations.filter(superseded_at=None).update(superseded_at=at)
    note(follow_up, what="gap_proof_returned", at=at, by=by)
    mails.gap_awaited(gap, at=at, key=f"{at:%Y-%m-%dT%H:%M}")
    return gap


@transaction.atomic
def ask_members(*, gap_pk: int, members: Mapping[str, int], at: datetime, by: Actor) -> list[Consultation]:
    """Ask one member of each named college whether the proof of a major gap is enough (domain 5.1 FOLLOWUP).

    `members` gives the key of the person by college. A member who has not answered may be replaced. Raises
    `NotAllowed`; `Blocked` for a minor gap, a proof that did not come, a member who does not sit in that college or
    has a link with the structure.
    """
    gap, follow_up = _held(gap_pk)
    require("certificates.consult_members", by, gap, on=timezone.localdate(at))
    _must_await(gap, follow_up)
    if gap.severity != Gap.Severity.MAJOR:
        raise Blocked([Missing(_("Un écart mineur ne demande pas l'avis des membres."))])
    if gap.proved_at is None:
        raise Blocked([Missing(_("L'association n'a pas encore envoyé sa preuve."))])
    block_unless_empty(_unfit(gap, members, at))
    asked = [_ask(gap, college, user_pk, at, by) for college, user_pk in members.items()]
    note(follow_up, what="members_asked_on_gap", at=at, by=by)
    return asked


def _unfit(gap: Gap, members: Mapping[str, int], at: datetime) -> list[Missing]:
    on = timezone.localdate(at)
    seated = dict(
        Mandate.objects.at_work(on=on).filter(user__in=members.values()).values_list("user_id", "college")
    )
    kept_away = barred(gap.follow_up.label.application, list(members.values()), on=on)
    wrong = []
    for college, user_pk in members.items():
        if college not in College.values or seated.get(user_pk) != college:
            wrong.append(Missing(_("Cette personne ne siège pas dans ce collège."), code=college))
        elif user_pk in kept_away:
            wrong.append(
                Missing(_("Un lien tient cette personne à l'écart de cette structure."), code=college)
            )
    return wrong


def _ask(gap: Gap, college: str, user_pk: int, at: datetime, by: Actor) -> Consultation:
    former = gap.consultations.filter(college=college, superseded_at=None).first()
    if former is not None and (former.said or former.member_id == user_pk):
        return former
    if former is not None:
        former.superseded_at = at
        former.save(update_fields=["superseded_at"])
    return Consultation.objects.create(
        gap=gap, college=college, member_id=user_pk, asked_at=at, asked_by=by.person
    )


@transaction.atomic
def give_voice(
    *, consultation_pk: int, said: str, comment: str = "", at: datetime, by: Actor
) -> Consultation:
    """A member says whether the proof is enough, or the secretariat notes what the member said. Once.

    Raises `NotAllowed` (also for a member kept away by a link found since); `Blocked` when the word is given, lost
    its object, or « ne suffit pas » comes without why.
    """
    gap_pk = Consultation.objects.values_list("gap_id", flat=True).get(pk=consultation_pk)
    gap, follow_up = _held(gap_pk)
    voice = Consultation.objects.get(pk=consultation_pk)
    require("certificates.give_voice", by, voice, on=timezone.localdate(at))
    _must_await(gap, follow_up)
    if voice.said or voice.superseded_at is not None:
        raise Blocked([Missing(_("Cette question n'attend plus de réponse."))])
    if voice.member_id in barred(follow_up.label.application, [voice.member_id], on=timezone.localdate(at)):
        raise Blocked([Missing(_("Un lien tient cette personne à l'écart de cette structure."))])
    if said not in Consultation.Said.values:
        raise Blocked([Missing(_("Dites si la preuve suffit ou non."), code="said")])
    if said == Consultation.Said.NOT_ENOUGH and is_blank(comment):
        raise Blocked([Missing(_("Dites en une phrase ce qui manque."), code="comment")])
    voice.said, voice.comment, voice.said_at, voice.noted_by = said, comment.strip(), at, by.user
    voice.save()
    note(follow_up, what="member_said_on_gap", at=at, by=by)
    return voice


@transaction.atomic
def close_gap(*, gap_pk: int, at: datetime, by: Actor) -> Gap:
    """Close a gap on its proof; the last one closed ends the follow-up. Raises `NotAllowed`, `Blocked`."""
    gap, follow_up = _held(gap_pk)
    require("certificates.read_follow_up", by, follow_up, on=timezone.localdate(at))
    _must_await(gap, follow_up)
    block_unless_empty(missing_to_close(gap, list(gap.consultations.filter(superseded_at=None))))
    gap.closed_at, gap.closed_by = at, by.user
    gap.save(update_fields=["closed_at", "closed_by"])
    deadlines.meet(subject=gap, kind=GAP, at=at)
    note(follow_up, what="gap_closed", at=at, by=by)
    if not follow_up.gaps.filter(closed_at=None).exists():
        follow_up.resolve(by=by, at=at)
        follow_up.save()
        mails.in_order(follow_up, at=at)
    return gap


def _held(gap_pk: int) -> tuple[Gap, FollowUp]:
    follow_up_pk = Gap.objects.values_list("follow_up_id", flat=True).get(pk=gap_pk)
    follow_up = FollowUp.objects.hold(follow_up_pk)
    gap = Gap.objects.select_related("proof").get(pk=gap_pk)
    gap.follow_up = follow_up
    return gap, follow_up


def _must_await(gap: Gap, follow_up: FollowUp) -> None:
    block_unless_empty(label_is_over(follow_up.label))
    if follow_up.state != FollowUp.State.GAPS or gap.closed_at is not None:
        raise Blocked([Missing(_("Cet écart est clos : rien n'est attendu."))])
