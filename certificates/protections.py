"""What protects the association at each stage of a withdrawal procedure, with its proof and its date (screens P33)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.actions.deciding import end_under_way
from certificates.models import Hearing, Withdrawal
from letters.models import Letter
from letters.spoken import told_date

State = Withdrawal.State
TITLES = (
    gettext_lazy("Ouverture"),
    gettext_lazy("Mise en demeure"),
    gettext_lazy("Contradictoire"),
    gettext_lazy("Avis du comité"),
    gettext_lazy("Décision"),
)
RANKS = {
    State.OPENED: 1,
    State.FORMAL_NOTICE: 2,
    State.HEARING: 3,
    State.HEARING_CLOSED: 4,
    State.ADVISED: 5,
}


@dataclass(frozen=True)
class Protection:
    """One thing that protects the association: whether it is there, since when, and where its proof is read."""

    words: str
    is_there: bool
    on: date | None = None
    url: str = ""
    proof: str = ""


@dataclass(frozen=True)
class Stage:
    """One stage of the stepper: what protects the association there."""

    number: int
    title: Any
    protections: list[Protection] = field(default_factory=list)
    note: str = ""


def rank_of(withdrawal: Withdrawal) -> int:
    """The number of the stage where the procedure stands; the last one it went through once it ended."""
    if withdrawal.state in RANKS:
        return RANKS[State(withdrawal.state)]
    if withdrawal.advised_at is not None:
        return 5
    if withdrawal.hearings.exists():
        return 3
    return 2 if withdrawal.formal_notice_id else 1


def stages(withdrawal: Withdrawal, *, on: date) -> list[Stage]:
    """The five stages, in order, as they stand that day."""
    lists = (
        _at_opening(withdrawal),
        _at_notice(withdrawal, on),
        _at_hearing(withdrawal, on),
        _at_opinion(withdrawal),
        _at_decision(withdrawal),
    )
    notes = {2: _note_of_notice(withdrawal)}
    return [
        Stage(number, TITLES[number - 1], list(found), notes.get(number, ""))
        for number, found in enumerate(lists, start=1)
    ]


def _note_of_notice(withdrawal: Withdrawal) -> str:
    if withdrawal.formal_notice_id or withdrawal.state == State.OPENED:
        return ""
    return _("Sans mise en demeure : le manquement ne pouvait pas être corrigé.")


def _at_opening(withdrawal: Withdrawal) -> Iterator[Protection]:
    opened_on = timezone.localdate(withdrawal.opened_at)
    yield Protection(_("Le label reste valable : l'ouverture ne change rien de public."), True, opened_on)
    yield Protection(_("Une personne signe chaque étape, et ce n'est pas celle qui instruit."), True)


def _at_notice(withdrawal: Withdrawal, on: date) -> Iterator[Protection]:
    letter = withdrawal.formal_notice
    if letter is None:
        return
    yield _sent(_("La lettre dit les points à corriger, un par un."), letter)
    yield _received(letter)
    yield _time(_("La structure a eu le temps de corriger."), withdrawal.comply_by, on)
    yield Protection(_("La structure a pu répondre."), True, proof=_count(withdrawal.notice_answers.count()))


def _at_hearing(withdrawal: Withdrawal, on: date) -> Iterator[Protection]:
    hearings = withdrawal.hearings.filter(dropped_at=None).select_related("letter")
    rows = list(hearings.prefetch_related("observations"))
    if not rows:
        yield Protection(_("La lettre dit les motifs, leur source et le texte concerné."), False)
    for hearing in rows:
        yield from _of_hearing(hearing, on)


def _of_hearing(hearing: Hearing, on: date) -> Iterator[Protection]:
    words = _("La lettre dit les motifs, leur source et le texte concerné.")
    if hearing.letter is None:
        yield Protection(words, False)
    else:
        yield _sent(words, hearing.letter)
        yield _received(hearing.letter)
    if hearing.closed_on is None:
        yield _time(_("La structure a eu le temps de répondre."), hearing.answer_until, on)
    else:
        yield Protection(_("Le temps de répondre est terminé."), True, hearing.closed_on)
    yield Protection(
        _("La structure peut lire le dossier de la procédure."),
        True,
        timezone.localdate(hearing.file_read_at) if hearing.file_read_at else None,
        proof=_("elle l'a ouvert") if hearing.file_read_at else _("elle ne l'a pas encore ouvert"),
    )
    yield Protection(
        _("Ses observations sont gardées, mot pour mot."), True, proof=_count(len(hearing.observations.all()))
    )
    if hearing.oral_asked_on:
        held = hearing.oral_held_on or hearing.oral_waived_on
        yield Protection(_("Elle a été entendue, comme elle l'a demandé."), held is not None, held)


def _at_opinion(withdrawal: Withdrawal) -> Iterator[Protection]:
    yield Protection(
        _("Le comité lit tout ce que la structure a dit, sans résumé."),
        withdrawal.state not in (State.OPENED, State.FORMAL_NOTICE, State.HEARING),
    )
    yield Protection(_("Les membres qui ont un lien avec la structure quittent la séance."), True)
    opinion = withdrawal.opinion
    yield Protection(
        _("L'avis du comité est écrit, avec ses motifs."),
        opinion is not None,
        opinion.adopted_on if opinion else None,
        proof=str(opinion.get_kind_display()) if opinion else "",
    )


def _at_decision(withdrawal: Withdrawal) -> Iterator[Protection]:
    yield Protection(_("La décision ne retient que des motifs notifiés."), withdrawal.advised_at is not None)
    measure = end_under_way(withdrawal)
    if measure is None:
        return
    decision = measure.decision
    url = reverse("staff_decision", args=[decision.pk])
    signed_on = timezone.localdate(decision.signed_at) if decision.signed_at else None
    yield Protection(
        _("Un acte signé, avec ses raisons et les recours."), signed_on is not None, signed_on, url
    )
    yield Protection(
        _("L'acte ne s'applique qu'une fois reçu."),
        decision.notified_on is not None,
        decision.notified_on,
        url,
    )


def _sent(words: str, letter: Letter) -> Protection:
    return Protection(
        words,
        True,
        timezone.localdate(letter.issued_at),
        reverse("staff_letter", args=[letter.pk]),
        letter.reference,
    )


def _received(letter: Letter) -> Protection:
    return Protection(
        _("La preuve de réception de la lettre est là."),
        letter.received_on is not None,
        letter.received_on,
        reverse("staff_letter", args=[letter.pk]),
        _("présumée reçue") if letter.presumed else "",
    )


def _time(words: str, until: date | None, on: date) -> Protection:
    over = until is not None and until < on
    proof = _("jusqu'au {date}").format(date=told_date(until)) if until else _("le temps n'a pas commencé")
    return Protection(words, over, proof=proof)


def _count(number: int) -> str:
    return _("reçues : {n}").format(n=number)
