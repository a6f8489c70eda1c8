"""The links a member declares, their examination, and the yearly confirmation (domain 6.4; L1451-1)."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from deadlines import actions as deadlines
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing
from journal.wording import is_blank
from reviewers.actions.mandates import start_interests_clock
from reviewers.actions.matches import match_link
from reviewers.likeness import number_keys
from reviewers.mandate_checklist import choose_between
from reviewers.models import InterestLink, Mandate
from structures.identifiers import numbers_in
from structures.models import Registration, Structure

State = Mandate.State


@transaction.atomic
def declare_link(  # noqa: PLR0913 - one act, said in one place
    *,
    mandate_pk: int,
    organisation_name: str,
    organisation_number: str = "",
    kind: str,
    description: str = "",
    small_gift: bool = False,
    since: date | None = None,
    until: date | None = None,
    at: datetime,
    by: Actor,
) -> InterestLink:
    """Write down a link; until it is examined it closes the dossiers of that structure to the member.

    To have been helped closes nothing to patients and caregivers, nor does a gift below the threshold to anybody, which
    waits for nobody either (domain 5.3). Raises `NotAllowed`, and `Blocked` for a link that ends before it begins, has
    no name or kind, or is called a small gift and is none.
    """
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.declare_link", by, mandate, on=timezone.localdate(at))
    _check(organisation_name, kind, since, until)
    gift_below = _gift_below(kind) if small_gift else None
    number = _number(organisation_number)
    link = InterestLink.objects.create(
        mandate=mandate,
        structure=_structure(organisation_name, number),
        organisation_name=organisation_name.strip(),
        organisation_number=number,
        kind=kind,
        severity=InterestLink.default_severity(kind, mandate.college, small_gift=small_gift),
        description=description.strip(),
        gift_below=gift_below,
        since=since,
        until=until,
        declared_at=at,
    )
    match_link(link, at=at)
    note(mandate, what="declare_link", at=at, by=by)
    if gift_below is None and deadlines.running(mandate, "link_analysis") is None:
        deadlines.start(
            thread=mandate.thread,
            subject=mandate,
            kind="link_analysis",
            started_on=timezone.localdate(at),
            days=settings.LINK_ANALYSIS_DAYS,
        )
    return link


@transaction.atomic
def analyse_link(
    *, link_pk: int, severity: str, structure: Structure | None = None, at: datetime, by: Actor
) -> InterestLink:
    """The ethics officer says what a link means, and may say with which structure it is.

    Raises `NotAllowed`, and `Blocked` for an unknown severity.
    """
    mandate = Mandate.objects.hold(InterestLink.objects.values_list("mandate_id", flat=True).get(pk=link_pk))
    require("reviewers.analyse_interests", by, mandate, on=timezone.localdate(at))
    if severity not in InterestLink.Severity.values:
        raise Blocked([Missing(_("Choisissez une des réponses proposées."), code="severity")])
    link = InterestLink.objects.get(pk=link_pk)
    link.severity, link.analysed_by, link.analysed_at = severity, by.user, at
    link.structure = structure or link.structure
    link.save()
    match_link(link, at=at)
    note(mandate, what="analyse_link", at=at, by=by)
    if not mandate.links.to_analyse().exists():
        deadlines.meet(subject=mandate, kind="link_analysis", at=at)
    return link


@transaction.atomic
def confirm_interests(*, mandate_pk: int, at: datetime, by: Actor) -> Mandate:
    """The member confirms that the declaration is up to date; one that had expired then waits to be examined.

    Raises `NotAllowed`, and `Blocked` for a mandate that is not running.
    """
    today = timezone.localdate(at)
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.confirm_interests", by, mandate, on=today)
    if mandate.state == State.INTERESTS_OVERDUE:
        mandate.confirmation_waiting_on = today
    elif mandate.state in (State.ACTIVE, State.PAUSED):
        mandate.interests_confirmed_on = today
        deadlines.meet(subject=mandate, kind="interests", at=at)
        start_interests_clock(mandate, confirmed_on=today)
    else:
        raise Blocked([_("Votre mandat n'est pas actif.")])
    mandate.save()
    note(mandate, what="confirm", at=at, by=by)
    return mandate


@transaction.atomic
def analyse_interests(*, mandate_pk: int, at: datetime, by: Actor) -> Mandate:
    """The ethics officer has examined a confirmation that came late: the member is active again.

    Raises `NotAllowed`, and `Blocked` when nothing was confirmed or a link still waits to be examined.
    """
    today = timezone.localdate(at)
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.analyse_interests", by, mandate, on=today)
    if mandate.confirmation_waiting_on is None:
        raise Blocked([_("La personne n'a pas encore confirmé ses liens.")])
    if mandate.links.to_analyse().exists():
        raise Blocked([_("Un lien reste à examiner.")])
    mandate.interests_analysed_on, mandate.interests_analysed_by = today, by.user
    confirmed_on = mandate.confirmation_waiting_on
    mandate.confirm_interests(by=by, at=at, confirmed_on=confirmed_on)
    mandate.confirmation_waiting_on = None
    mandate.save()
    start_interests_clock(mandate, confirmed_on=confirmed_on)
    return mandate


@transaction.atomic
def record_declaration(
    *, mandate_pk: int, interests_link: str, filed_on: date, at: datetime, by: Actor
) -> Mandate:
    """A new declaration stands in the Institute's own tool: its date and link are noted, the member fills nothing.

    One that comes after the other had expired waits to be examined by the ethics officer. Raises `NotAllowed`, and
    `Blocked` for a day to come, older than the last, or a mandate that is not running.
    """
    today = timezone.localdate(at)
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.record_declaration", by, mandate, on=today)
    if mandate.state not in Mandate.SEATED:
        raise Blocked([_("Ce mandat n'est pas actif.")])
    first = mandate.interests_confirmed_on or filed_on
    if not first <= filed_on <= today:
        raise Blocked([choose_between(first, today, code="filed_on")])
    mandate.interests_link = interests_link
    if mandate.state == State.INTERESTS_OVERDUE:
        mandate.confirmation_waiting_on = filed_on
    else:
        mandate.interests_confirmed_on = filed_on
        deadlines.meet(subject=mandate, kind="interests", at=at)
        start_interests_clock(mandate, confirmed_on=filed_on)
    mandate.save()
    note(mandate, what="record_declaration", at=at, by=by)
    return mandate


@transaction.atomic
def end_link(*, link_pk: int, until: date, at: datetime, by: Actor) -> InterestLink:
    """The member says when a link ended; it still counts for the years of the look-back.

    Raises `NotAllowed`; `Blocked` for a day to come, before the start, or for a link that has ended.
    """
    mandate = Mandate.objects.hold(InterestLink.objects.values_list("mandate_id", flat=True).get(pk=link_pk))
    require("reviewers.declare_link", by, mandate, on=timezone.localdate(at))
    link = InterestLink.objects.get(pk=link_pk)
    if link.until is not None:
        raise Blocked([_("La fin de ce lien est déjà notée.")])
    if until > timezone.localdate(at):
        raise Blocked([Missing(_("Cette date n'est pas encore passée."), code="until")])
    if link.since and until < link.since:
        raise Blocked([Missing(_("La fin est avant le début."), code="until")])
    link.until = until
    link.save(update_fields=["until"])
    note(mandate, what="end_link", at=at, by=by)
    return link


@transaction.atomic
def expire_interests(*, mandate_pk: int, at: datetime, by: Actor) -> Mandate:
    """Twelve months without confirmation, or a link not examined in time. Raises `NotAllowed` unless the clock's."""
    mandate = Mandate.objects.hold(mandate_pk)
    require("reviewers.expire_interests", by, mandate, on=timezone.localdate(at))
    mandate.expire_interests(by=by, at=at)
    mandate.save()
    deadlines.drop(subject=mandate, kind="interests", at=at)
    return mandate


def _check(name: str, kind: str, since: date | None, until: date | None) -> None:
    if is_blank(name):
        question = _("Nom de l'organisme")
        text = _("Répondez à cette question : « {question} ».").format(question=question)
        raise Blocked([Missing(text, code="organisation_name")])
    if kind not in InterestLink.Kind.values:
        raise Blocked([Missing(_("Choisissez une des réponses proposées."), code="kind")])
    if since and until and until < since:
        raise Blocked([Missing(_("La fin est avant le début."), code="until")])


def _gift_below(kind: str) -> int:
    """The threshold of today. Raises `Blocked` for something else than a gift, or when there is no threshold."""
    if kind != InterestLink.Kind.DONOR or not settings.DONOR_THRESHOLD_EUROS:
        text = _(
            "Cette case ne concerne que les dons : choisissez « Donateur ou financeur », ou décochez-la."
        )
        raise Blocked([Missing(text, code="small_gift")])
    return settings.DONOR_THRESHOLD_EUROS


def _number(raw: str) -> str:
    """The normal form of the numbers that were typed, or the words themselves: a link is never refused for them."""
    return (" / ".join(value for _kind, value in numbers_in(raw)) or raw.strip())[:40]


def _structure(name: str, number: str) -> Structure | None:
    """The structure that the member means, when its number or its exact name is known here; never shown to them.

    Names written otherwise are matched with the dossiers under way (actions/matches.py).
    """
    keys = number_keys(number)
    if keys:
        for held in Registration.objects.filter(_holding(keys), superseded_at=None).select_related(
            "structure"
        ):
            if number_keys(held.value) & keys:
                return held.structure
    return Structure.objects.filter(name__iexact=name.strip()).order_by("pk").first()


def _holding(keys: frozenset[str]) -> Q:
    found = Q(value__in=keys)
    for key in keys:
        found |= Q(kind=Registration.Kind.SIRET, value__startswith=key)
    return found
