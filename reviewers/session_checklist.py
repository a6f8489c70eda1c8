"""What is missing before a move of a session or of an item: pages, guards and API read the same lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journal.refusals import Missing
from journal.wording import is_blank
from letters.spoken import told_date, told_time
from reviewers import tally
from reviewers.expert_checklist import missing_without_experts
from reviewers.models import AgendaItem, College, DiscussionPoint, Mandate, Session
from reviewers.quorum import Quorum
from reviewers.registry import scale_of, subject_of
from reviewers.room import IN_OFFICE, Room, who_stated

State = Session.State
ACCESS = gettext_lazy("Dites comment venir, et ce qui est prévu pour les besoins de chacun.")
EXPENSES = gettext_lazy("Dites comment les frais sont avancés ou remboursés.")
SHORTEST, LONGEST = 15, 600  # minutes of a sitting
MOST_DOCUMENTS = 10
LAY = (College.PATIENTS, College.CAREGIVERS)


def missing_to_plan(
    *,
    sits_at: datetime,
    place: str,
    length: int,
    lay_chair: Mandate | None,
    professional_chair: Mandate | None,
    on: date,
) -> list[Missing]:
    """Before a session is put in the calendar: a day to come, a place, one co-chair of each side (domain 6.1)."""
    found = []
    if timezone.localdate(sits_at) < on:
        text = _("Cette date est passée. Choisissez une date après le {date}.").format(date=told_date(on))
        found.append(Missing(text, code="sits_at"))
    if is_blank(place):
        found.append(Missing(_("Dites où la séance a lieu."), code="place"))
    if not SHORTEST <= length <= LONGEST:
        text = _("La durée va de {least} à {most} minutes.").format(least=SHORTEST, most=LONGEST)
        found.append(Missing(text, code="minutes_planned"))
    if lay_chair is None or lay_chair.college not in LAY or lay_chair.state not in IN_OFFICE:
        text = _("Choisissez une personne du collège des patients ou de celui des aidants.")
        found.append(Missing(text, code="lay_chair"))
    if (
        professional_chair is None
        or professional_chair.college != College.PROFESSIONALS
        or professional_chair.state not in IN_OFFICE
    ):
        text = _("Choisissez une personne du collège des professionnels de santé.")
        found.append(Missing(text, code="professional_chair"))
    return found


def missing_to_convene(session: Session, *, on: date) -> list[Missing]:
    """Before the letters leave: an agenda, its documents, time enough to read them (domain 5.1, R133-8 of the CRPA).

    An item is named by its place: who convenes may be kept away from what it is about.
    """
    listed = session.items.filter(state=AgendaItem.State.LISTED).select_related("application")
    items = list(listed.order_by("position", "pk"))
    found = [] if items else [Missing(_("L'ordre du jour est vide."), code="agenda")]
    for kind in dict.fromkeys(item.kind for item in items):
        found += subject_of(kind).missing_to_read([item for item in items if item.kind == kind])
    found += missing_notes(session.access_notes, session.expenses_notes)
    return found + too_soon(session.sits_on, on=on)


def missing_notes(access: str, expenses: str) -> list[Missing]:
    """What each convocation says besides the agenda, the day and the place (domain 3.3, letter L14)."""
    found = []
    if is_blank(access):
        found.append(Missing(str(ACCESS), code="access_notes"))
    if is_blank(expenses):
        found.append(Missing(str(EXPENSES), code="expenses_notes"))
    return found


def too_soon(sits_on: date, *, on: date) -> list[Missing]:
    """A convocation leaves at least five days before."""
    days = settings.CONVENING_DAYS
    if on + timedelta(days=days) <= sits_on:
        return []
    text = _("La convocation doit partir {n} jours au moins avant la séance, donc avant le {date}.")
    last = sits_on - timedelta(days=days - 1)
    return [Missing(text.format(n=days, date=told_date(last)), code="too_late")]


def missing_to_reconvene(session: Session, *, sits_at: datetime, on: date) -> list[Missing]:
    """Before a second convocation: fifteen days after the first sitting (R1114-7 as a model), and five to read."""
    first = session.sits_on + timedelta(days=settings.SECOND_CONVOCATION_DAYS)
    sits_on = timezone.localdate(sits_at)
    notes = missing_notes(session.access_notes, session.expenses_notes)
    if sits_on < first:
        text = _("La nouvelle date doit être le {date} ou après.").format(date=told_date(first))
        return [*notes, Missing(text, code="sits_at")]
    return notes + too_soon(sits_on, on=on)


def missing_to_begin(session: Session, quorum: Quorum, *, on: date) -> list[Missing]:
    """Before a sitting begins: its day, or the night that follows it, and its quorum."""
    if session.state not in Session.AWAITED:
        return [Missing(_("Cette séance n'est pas convoquée."), code="state")]
    found = []
    if on < session.sits_on:
        text = _("La séance a lieu le {date}.").format(date=told_date(session.sits_on))
        found.append(Missing(text, code="too_early"))
    if on > session.sits_on + timedelta(days=settings.SESSION_LATE_DAYS):
        text = _(
            "La séance était prévue le {date} : elle ne s'ouvre plus. Annulez-la et planifiez-en une autre."
        )
        found.append(Missing(text.format(date=told_date(session.sits_on)), code="too_late"))
    return found + missing_quorum(quorum)


def missing_quorum(quorum: Quorum) -> list[Missing]:
    """E34, for each college and overall."""
    return list(_absent(quorum))


def _absent(quorum: Quorum) -> Iterator[Missing]:
    for college in quorum.absent_colleges:
        text = _("Il manque {n} personne(s) du collège {college} pour commencer ce point.")
        yield Missing(text.format(n=1, college=College(college).label), code=college)
    if quorum.lacking:
        words = ngettext(
            "Il manque %(n)s personne pour atteindre le quorum.",
            "Il manque %(n)s personnes pour atteindre le quorum.",
            quorum.lacking,
        )
        yield Missing(words % {"n": quorum.lacking}, code="quorum")


def missing_to_open_vote(item: AgendaItem, points: Collection[DiscussionPoint], room: Room) -> list[Missing]:
    """Before a vote: who was to be heard was, or why not; each point discussed, the quorum still there."""
    found = []
    if item.hearing_planned and item.hearing_done_at is None and not item.hearing_waived:
        found.append(Missing(_("L'audition de la structure n'a pas encore eu lieu."), code="hearing"))
    found += missing_without_experts(list(item.experts.invited()))
    left = sum(point.discussed_at is None for point in points)
    if left:
        words = ngettext(
            "%(n)s point reste à discuter avant le vote.",
            "%(n)s points restent à discuter avant le vote.",
            left,
        )
        found.append(Missing(words % {"n": left}, code="points"))
    return found + missing_quorum(room.quorum) + (missing_to_keep_secret(room) if item.is_secret else [])


def missing_to_keep_secret(room: Room) -> list[Missing]:
    """While a vote is secret: enough people who vote, each for themselves; a proxy is no other person."""
    people, least = len(room.in_person), settings.SECRET_VOTE_LEAST
    if people >= least:
        return []
    words = ngettext(
        "%(n)s personne peut voter sur ce point ; il en faut %(least)s pour un vote secret, sinon chacun devine "
        "le choix des autres. Votez à main levée, ou reportez ce point.",
        "%(n)s personnes peuvent voter sur ce point ; il en faut %(least)s pour un vote secret, sinon chacun devine "
        "le choix des autres. Votez à main levée, ou reportez ce point.",
        people,
    )
    return [Missing(words % {"n": people, "least": least}, code="secrecy")]


def has_no_issue(item: AgendaItem, room: Room) -> bool:
    """Whether a vote can lead to no opinion: everybody abstained, or too few people are left to keep it secret."""
    if item.vote_closed_at is not None:
        return not tally.expressed(item.counts, scale_of(item.kind))
    return item.is_secret and bool(missing_to_keep_secret(room))


def too_few_secret_ballots(voters: Collection[int]) -> list[Missing]:
    """Before secret ballots are counted together: enough people put one in the urn that none shows whose it is."""
    least = settings.SECRET_VOTE_LEAST
    if len(voters) >= least:
        return []
    text = _(
        "Il faut {n} bulletins au moins, de personnes différentes, pour que personne ne devine le choix d'une autre. "
        "Rassemblez d'autres bulletins. Trop peu de personnes ? Votez à main levée, ou reportez ce point."
    )
    return [Missing(text.format(n=least), code="secrecy")]


def missing_statements(item: AgendaItem, voters: Collection[int]) -> list[Missing]:
    """Before a vote counts: who casts it said for this dossier that they have no link with it (domain 6.4)."""
    if who_stated(item, voters) >= set(voters):
        return []
    text = _("Avant de voter, chaque personne dit qu'elle n'a aucun lien avec ce dossier.")
    return [Missing(text, code="statement")]


def missing_to_count(room: Room) -> list[Missing]:
    """Before ballots are counted or an opinion adopted: the quorum of the item, without those kept away."""
    found = missing_quorum(room.quorum)
    if not found:
        return []
    text = _(
        "Le quorum de ce point est perdu. Attendez un retour, ou reportez ce point à une prochaine séance."
    )
    return [Missing(text, code="quorum_lost"), *found]


def too_many_documents(number: int) -> list[Missing]:
    """Why so many documents do not come with an answer to the committee; nothing when they may."""
    if number <= MOST_DOCUMENTS:
        return []
    return [Missing(_("Joignez {n} documents au plus.").format(n=MOST_DOCUMENTS), code="documents")]


def missing_to_close(items: Collection[AgendaItem]) -> list[Missing]:
    """Before a sitting ends: every item has its outcome."""
    left = sum(item.state in AgendaItem.PENDING for item in items)
    if not left:
        return []
    words = ngettext(
        "%(n)s point n'a pas encore d'issue : terminez-le ou reportez-le.",
        "%(n)s points n'ont pas encore d'issue : terminez-les ou reportez-les.",
        left,
    )
    return [Missing(words % {"n": left}, code="items")]


def vote_is_closed(item: AgendaItem) -> Missing:
    """E31."""
    if item.vote_closed_at is None:
        return Missing(_("Le vote n'est pas ouvert sur ce point."), code="vote_not_open")
    text = _("Le vote est clos depuis {time}. Dites-le à la présidence si vous n'avez pas pu voter.")
    return Missing(text.format(time=told_time(item.vote_closed_at)), code="vote_closed")


def not_in_this_vote() -> Missing:
    """E32."""
    return Missing(_("Vous ne participez pas à ce point ; votre vote n'est pas pris."), code="vote_right")
