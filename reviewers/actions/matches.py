"""Links matched with structures: found when either is written, settled once by the ethics officer (domain 6.4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from journal.models import Thread
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing
from journal.wording import is_blank
from label.models import Application
from reviewers.actions.departures import recuse
from reviewers.conflicts import compare, facts_of
from reviewers.models import Assignment, InterestLink, LinkMatch, Mandate, StaffMatch

MOST = 5000  # links of members who sit, and dossiers under way: far more than there are


def match_dossier(application: Application, *, at: datetime) -> list[LinkMatch]:
    """Compare a dossier just filed or completed with the links of the committee; only new ones are added."""
    sitting = Mandate.objects.filter(state__in=(Mandate.State.APPOINTED, *Mandate.SEATED))
    links = InterestLink.objects.closing(on=timezone.localdate(at)).filter(
        mandate__user__in=sitting.values(
            "user"
        )  # what they declared under an earlier mandate is still theirs
    )
    return _add(list(links.order_by("pk")[:MOST]), [application], at)


def match_link(link: InterestLink, *, at: datetime) -> list[LinkMatch]:
    """Compare a link just declared or examined with the dossiers under way; only new ones are added."""
    if not InterestLink.objects.closing(on=timezone.localdate(at)).filter(pk=link.pk).exists():
        return []
    dossiers = Application.objects.filter(state__in=Application.UNDER_WAY).select_related("structure")
    return _add([link], list(dossiers.defer("public_summary").order_by("pk")[:MOST]), at)


@transaction.atomic
def settle_match(*, match_pk: int, severity: str, seen: str = "", at: datetime, by: Actor) -> LinkMatch:
    """The ethics officer says, with a note in `by`, whether a match keeps the member away from that structure.

    Blocking recuses the member at once from the dossier under way; without effect opens it again. It holds for the
    later dossiers of the structure; another answer replaces it, given by somebody who read it (`seen` is the token of
    the match on their page). Raises `NotAllowed`; `Blocked` without a note or an answer, when somebody else concluded
    meanwhile, and when the opinion on the dossier is already adopted.
    """
    match = _held(match_pk)
    mandate = match.link.mandate
    require("reviewers.settle_match", by, match, on=timezone.localdate(at))
    conclude(match, severity, seen=seen, at=at, by=by)
    note(mandate, what="settle_match", at=at, by=by)
    if severity == LinkMatch.Severity.BLOCKING:
        for key in _panels(match):
            recuse(assignment_pk=key, at=at, by=by)
    return match


def conclude(match: LinkMatch | StaffMatch, severity: str, *, seen: str, at: datetime, by: Actor) -> None:
    """What was found is examined: the gear of both conclusions, for a caller that holds the row and checked who may.

    Raises `Blocked` without a note or an answer, and when somebody else concluded meanwhile.
    """
    if severity not in LinkMatch.Severity.values:
        raise Blocked([Missing(_("Choisissez une des réponses proposées."), code="severity")])
    if is_blank(by.reason):
        raise Blocked([Missing(_("Écrivez ce que vous avez conclu."), code="reason")])
    if seen != match.token():
        raise Blocked(
            [_("Quelqu'un vient d'examiner ce lien : lisez sa conclusion avant d'en écrire une autre.")]
        )
    match.severity, match.note = severity, by.reason.strip()[:2000]
    match.settled_at, match.settled_by = at, by.user
    match.save()


def _held(match_pk: int) -> LinkMatch:
    """The match with its mandate; the threads of that person and of the dossiers that it may touch are held."""
    match = LinkMatch.objects.get(pk=match_pk)
    own = InterestLink.objects.values_list("mandate_id", flat=True).get(pk=match.link_id)
    threads = set(Mandate.objects.of_same_person(own).values_list("thread_id", flat=True))
    dossiers = Application.objects.filter(assignments__in=_panels(match))
    Thread.objects.hold(*threads, *dossiers.values_list("thread_id", flat=True))
    mandate = Mandate.objects.select_related("user").hold(own)
    match = LinkMatch.objects.select_related("link", "structure").get(pk=match_pk)
    match.link.mandate = mandate
    return match


def _panels(match: LinkMatch) -> list[int]:
    """The live evaluations of that person on dossiers under way of that structure: one at most."""
    rows = Assignment.objects.filter(
        user__mandates__links=match.link_id,
        application__structure=match.structure_id,
        application__state__in=Application.UNDER_WAY,
        state__in=Assignment.LIVE,
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _add(links: Collection[InterestLink], dossiers: Collection[Application], at: datetime) -> list[LinkMatch]:
    if not links or not dossiers:
        return []
    facts = facts_of(dossiers)
    known = set(
        LinkMatch.objects.filter(link__in=[link.pk for link in links], structure__in=list(facts)).values_list(
            "link_id", "structure_id"
        )
    )
    made = []
    for structure_pk, said in facts.items():
        for link in links:
            found = None if (link.pk, structure_pk) in known else compare(link, said)
            if found is not None:
                made.append(
                    LinkMatch.objects.create(
                        link=link,
                        structure_id=structure_pk,
                        ground=found.ground,
                        is_exact=found.is_exact,
                        in_link=found.in_link[:340],
                        in_dossier=found.in_dossier[:340],
                        found_at=at,
                    )
                )
    return made
