"""What is missing before a follow-up is sent, read, closed or escalated; before an alert of the register is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from certificates.follow_up import FIGURES, QUESTIONS, escalates_on
from certificates.models import Consultation, FollowUp, Gap, Label, Withdrawal
from journal.refusals import Missing
from journal.wording import is_blank
from label.models import Edition, PaperEntry
from letters.spoken import told_date
from reviewers.models import College
from structures.models import Structure

State = FollowUp.State
CHANNELS = 2  # by which the association was sought before any escalation (domain 5.1 FOLLOWUP)
MOST_GAPS = 20


def label_is_over(label: Label) -> Iterator[Missing]:
    """Nothing is followed any more on a label that ended."""
    if label.state not in Label.LIVE:
        yield Missing(_("Ce label est terminé : il n'y a plus de suivi."), code="label_over")


def missing_to_send(
    follow_up: FollowUp, *, exact: bool, typed: bool, means: str = "", has_scan: bool = False
) -> Iterator[Missing]:
    """What a follow-up lacks before it is sent; `typed` = by the office for somebody who wrote, called or came."""
    if follow_up.nothing_changed is None:
        yield Missing(_("Dites d'abord si quelque chose a changé."), code="nothing_changed")
    answers = follow_up.answers
    for question in QUESTIONS:
        if is_blank(str(answers.get(question.key, ""))):
            words = _("Répondez à cette question : « {question} ».").format(question=question.label)
            yield Missing(words, code=question.key)
    yield from _figures(answers)
    if follow_up.accounts_id is None and is_blank(str(answers.get("accounts_note", ""))):
        yield Missing(
            _("Joignez les comptes de l'année, ou dites quand vous les aurez."), code="accounts_file"
        )
    if not exact:
        yield Missing(_("Cochez « Ces informations sont exactes »."), code="exact")
    if typed:
        yield from _paper(follow_up, means=means, has_scan=has_scan)


def _figures(answers: Mapping[str, Any]) -> Iterator[Missing]:
    for name in FIGURES:
        if answers.get(name) is None:
            yield Missing(
                _("Écrivez un nombre entier, sans lettre. S'il n'y en a pas, écrivez 0."), code=name
            )


def _paper(follow_up: FollowUp, *, means: str, has_scan: bool) -> Iterator[Missing]:
    if means not in PaperEntry.Means.values:
        yield Missing(_("Dites comment ces informations sont arrivées."), code="means")
    if follow_up.received_on is None:
        yield Missing(_("Écrivez le jour où elles sont arrivées."), code="received_on")
    if means == PaperEntry.Means.POST and not has_scan:
        yield Missing(_("Joignez la copie du courrier reçu."), code="scan")
    if means in (PaperEntry.Means.PHONE, PaperEntry.Means.VISIT) and follow_up.read_back_on is None:
        yield Missing(
            _("Relisez ce que vous avez écrit avec la personne, puis notez le jour."), code="read_back_on"
        )


def wrong_days(received_on: date | None, read_back_on: date | None, *, on: date) -> Iterator[Missing]:
    """Days of a paper that cannot be."""
    if received_on and received_on > on:
        yield Missing(_("Cette date de réception n'est pas encore arrivée."), code="received_on")
    if read_back_on and read_back_on > on:
        yield Missing(_("Cette date n'est pas encore arrivée."), code="read_back_on")


def missing_to_find_gaps(
    edition: Edition, findings: Sequence[Any], *, on: date, latest: date
) -> Iterator[Missing]:
    """What a list of gaps lacks: each says the fact, what is expected, and gives at least the time set.

    `edition` is the one by which the follow-up is read.
    """
    if not findings:
        yield Missing(_("Écrivez au moins un écart, ou dites que le suivi est conforme."))
    if len(findings) > MOST_GAPS:
        yield Missing(_("Il y a trop d'écarts : regroupez-les."))
    codes = {row["code"] for row in edition.data["criteria"]}
    for place, finding in enumerate(findings):
        if finding.severity not in Gap.Severity.values:
            yield Missing(_("Dites si l'écart est mineur ou majeur."), code=f"{place}-severity")
        if finding.criterion and finding.criterion not in codes:
            yield Missing(
                _("Ce critère n'est pas dans le référentiel de ce label."), code=f"{place}-criterion"
            )
        if is_blank(finding.fact):
            yield Missing(_("Décrivez le fait constaté."), code=f"{place}-fact")
        if is_blank(finding.expected):
            yield Missing(_("Dites ce qui est attendu."), code=f"{place}-expected")
        if finding.due_on is not None and not on < finding.due_on <= latest:
            words = _("Choisissez une date jusqu'au {date}.").format(date=told_date(latest))
            yield Missing(words, code=f"{place}-due_on")


def missing_to_prove(gap: Gap) -> Iterator[Missing]:
    """What the association has not given yet for a gap."""
    if is_blank(gap.plan):
        yield Missing(_("Dites ce que vous avez fait ou allez faire."), code="plan")
    if gap.proof_id is None and is_blank(gap.proof_text):
        yield Missing(_("Joignez une preuve, ou dites où la trouver."), code="proof")


def missing_to_close(gap: Gap, voices: Sequence[Consultation]) -> Iterator[Missing]:
    """A gap closes on its proof; a major one with the word of one member of each college too."""
    if gap.proved_at is None:
        yield Missing(_("L'association n'a pas encore envoyé sa preuve."), code="proof")
    if gap.severity != Gap.Severity.MAJOR:
        return
    said = {voice.college: voice.said for voice in voices}
    for college in College:
        if not said.get(college):
            words = _("Un membre du collège « {college} » n'a pas encore dit si la preuve suffit.")
            yield Missing(words.format(college=college.label), code=college)
        elif said[college] != Consultation.Said.ENOUGH:
            words = _("Le membre du collège « {college} » dit que la preuve ne suffit pas.")
            yield Missing(words.format(college=college.label), code=college)


def missing_to_escalate(follow_up: FollowUp, *, safety: bool, facts: str, on: date) -> Iterator[Missing]:
    """Why a follow-up may not lead to a procedure yet (domain 5.1 FOLLOWUP)."""
    label = follow_up.label
    yield from label_is_over(label)
    if is_blank(facts):
        yield Missing(_("Écrivez les faits qui mènent à la procédure."), code="facts")
    if label.structure.state == Structure.State.FROZEN:
        yield Missing(_("L'espace de la structure est en lecture seule : elle ne peut pas répondre."))
    if Withdrawal.objects.filter(label=label, state__in=Withdrawal.LIVE).exists():
        yield Missing(_("Une procédure est déjà ouverte sur ce label."))
    if follow_up.state == State.OVERDUE:
        yield from _not_sought_enough(follow_up, on)
    elif follow_up.state == State.GAPS and not safety and not late_major_gaps(follow_up, on=on):
        yield Missing(_("Aucun écart majeur n'a dépassé sa date."), code="safety")


def _not_sought_enough(follow_up: FollowUp, on: date) -> Iterator[Missing]:
    first = escalates_on(follow_up)
    if on < first:
        yield Missing(_("Une procédure n'est possible qu'à partir du {date}.").format(date=told_date(first)))
    channels = {row.channel for row in follow_up.contacts.all() if row.tried_on >= follow_up.due_on}
    if len(channels) < CHANNELS:
        yield Missing(
            _("Notez au moins deux essais pour joindre l'association, par deux moyens différents."),
            code="contacts",
        )


def late_major_gaps(follow_up: FollowUp, *, on: date) -> list[Gap]:
    """The major gaps whose day is over without a proof: one that waits to be read is not late."""
    return [
        gap
        for gap in follow_up.gaps.all()
        if gap.severity == Gap.Severity.MAJOR
        and gap.closed_at is None
        and gap.proved_at is None
        and gap.due_on < on
    ]


def missing_to_check(words: str, *, has_file: bool, holds: bool) -> Iterator[Missing]:
    """What somebody who checks an alert of the register lacks: what they looked at, and the extract when it is true."""
    if is_blank(words):
        yield Missing(_("Dites ce que vous avez regardé, et ce que vous y avez lu."), code="words")
    if holds and not has_file:
        yield Missing(_("Joignez l'extrait du registre ou de l'annonce officielle."), code="file")
