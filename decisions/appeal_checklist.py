"""What is missing before each move of an appeal: pages and guards read the same list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from decisions.models import Appeal, Decision, SilenceRequest
from decisions.rules import free_to_examine, people_of
from decisions.undoing import Cause, can_undo, obstacles_to_undo
from journal.refusals import Missing
from journal.wording import is_blank, length_read
from label.clocks import acceptance
from letters.postmarks import wrong_in_post
from letters.spoken import told_date

Kind = Decision.Kind
NOTIFIED = (Decision.State.NOTIFIED, Decision.State.FINAL)
MOST_NAMES = 20


def contestable(decision: Decision) -> bool:
    """Whether an appeal to the Institute may be lodged against that act, in time or late."""
    if decision.kind == Kind.IMPLICIT and acceptance():
        return False
    return decision.state in NOTIFIED and decision.kind != Kind.APPEAL_ANSWER


def missing_to_contest(decision: Decision) -> list[Missing]:
    """Why that act cannot be contested before the Institute; nothing when it can."""
    earlier = decision.appeals.exclude(state__in=[Appeal.State.INADMISSIBLE, Appeal.State.DROPPED]).first()
    if earlier is not None:
        words = _("Un recours contre cette décision est déjà déposé, le {date}.")
        text = words.format(date=told_date(earlier.lodged_on))
        return [Missing(text, reverse("appeal", args=[earlier.pk]), "twice")]
    if decision.kind == Kind.APPEAL_ANSWER:
        return [Missing(_("La réponse à un recours se conteste devant le tribunal."), code="answer")]
    if not contestable(decision):
        return [
            Missing(_("Cette décision ne peut pas être contestée ici : elle n'est pas, ou plus, en vigueur."))
        ]
    return []


def missing_in_appeal(contested: str, asked: str) -> Iterator[Missing]:
    """What an appeal must say."""
    if is_blank(contested):
        yield Missing(_("Dites ce que vous contestez."), code="contested")
    if is_blank(asked):
        yield Missing(_("Dites ce que vous demandez."), code="asked")


def wrong_in_entry(
    decision: Decision,
    *,
    means: str,
    received_on: date,
    postmarked_on: date | None,
    has_scan: bool,
    confirms_dates: bool,
    on: date,
) -> Iterator[Missing]:
    """What is wrong with the dates and proofs of an appeal that came by post, phone or visit."""
    notified = decision.notified_on
    if received_on > on:
        yield Missing(_("Cette date de réception n'est pas encore arrivée."), code="received_on")
    if notified and (postmarked_on or received_on) < notified:
        words = _("La décision n'a été reçue que le {date} : vérifiez cette date.")
        field = "postmarked_on" if postmarked_on else "received_on"
        yield Missing(words.format(date=told_date(notified)), code=field)
    if means != Appeal.Means.POST:
        return
    yield from wrong_in_post(received_on, postmarked_on, confirms_dates=confirms_dates)
    if not has_scan:
        yield Missing(_("Joignez la copie du recours reçu."), code="scan")


def wrong_reading(appeal: Appeal, read_on: date, *, on: date) -> list[Missing]:
    """What is wrong with the day on which a typed appeal was read again with the person."""
    if appeal.entered_by_id is None:
        return [Missing(_("Ce recours a été déposé en ligne : il n'y a rien à relire."))]
    if read_on > on:
        return [Missing(_("Cette date n'est pas encore arrivée."), code="read_on")]
    if read_on < appeal.received_on:
        return [Missing(_("Cette date précède la réception du recours."), code="read_on")]
    return []


def missing_to_take_up(appeal: Appeal, user: User | None, *, on: date) -> list[Missing]:
    """What forbids this person to examine that appeal: who had no part in the act is then named (domain 5.2 rule 1)."""
    if user is None:
        return [Missing(_("Une personne doit examiner ce recours."))]
    if appeal.state == Appeal.State.RECEIVED:
        return [Missing(_("L'accusé de réception n'est pas encore envoyé."))]
    if appeal.state not in Appeal.OPEN:
        return [Missing(_("Ce recours est terminé."))]
    if user.pk in people_of(appeal.decision):
        return [Missing(involved_words(appeal.decision, on=on), code="involved")]
    return []


def involved_words(contested: Decision, *, on: date) -> str:
    """That somebody else examines it, and who can, by name."""
    free = [str(user) for user in free_to_examine(contested, on=on)[:MOST_NAMES]]
    if not free:
        return _(
            "Vous avez participé à la décision contestée. Personne n'est libre pour examiner ce recours."
        )
    words = _("Vous avez participé à la décision contestée. Peuvent l'examiner : {names}.")
    return words.format(names=", ".join(free))


def missing_to_drop(appeal: Appeal) -> list[Missing]:
    """Why an appeal cannot be given up; nothing when it can."""
    if appeal.state in (Appeal.State.ACKNOWLEDGED, Appeal.State.UNDER_REVIEW):
        return []
    return [
        Missing(_("Ce recours ne peut plus être arrêté : il est terminé, ou déjà considéré comme rejeté."))
    ]


def missing_to_write_answer(appeal: Appeal) -> list[Missing]:
    """Why an answer cannot be written now; nothing when it can."""
    if appeal.state not in Appeal.OPEN or appeal.officer_id is None:
        return [Missing(_("Prenez d'abord ce recours en charge."))]
    other = Decision.objects.filter(
        application=appeal.decision.application_id,
        kind=Kind.APPEAL_ANSWER,
        state__in=[Decision.State.PREPARED, Decision.State.SIGNED],
    ).exclude(pk=appeal.answer_id or 0)
    if other.exists():
        return [
            Missing(
                _("Une réponse à un autre recours est en préparation sur ce dossier : terminez-la d'abord.")
            )
        ]
    return []


def left_by_officer(appeal: Appeal) -> bool:
    """Whether who examines it has had a part since in the contested act or in its label: another takes over."""
    return appeal.officer_id is not None and appeal.officer_id in people_of(appeal.decision)


def possible_outcomes(appeal: Appeal) -> list[Appeal.Outcome]:
    """What the answer may say, for the kind of the contested act and the stage of the appeal."""
    found = [one for one in Appeal.CHANGING if can_undo(appeal.decision, Cause(one.value))]
    return [*found, Appeal.Outcome.REJECTED, Appeal.Outcome.INADMISSIBLE]


def missing_in_answer(decision: Decision) -> Iterator[Missing]:
    """What the answer to an appeal must still say before it is sent and signed (domain 3.3 L16)."""
    appeal = Appeal.objects.select_related("decision__application__structure").get(answer=decision)
    page = reverse("staff_appeal_answer", args=[appeal.pk])
    if left_by_officer(appeal):
        text = _(
            "La personne qui examine ce recours a participé à la décision contestée : une autre le reprend."
        )
        yield Missing(text, page, "involved")
    if not appeal.points.exists():
        yield Missing(_("Répondez à un point du recours au moins."), f"{page}#id_points-0-point", "points")
    if appeal.outcome not in Appeal.CHANGING:
        return
    if is_blank(appeal.what_changes):
        yield Missing(_("Dites ce qui change."), f"{page}#id_what_changes", "what_changes")
    if appeal.decision.state not in NOTIFIED:
        yield Missing(
            _("La décision contestée n'est plus en vigueur : il n'y a rien à changer."), page, "outcome"
        )
        return
    for gap in obstacles_to_undo(appeal.decision, appeal.outcome):
        yield Missing(gap.text, gap.url or page, gap.code)


def missing_to_ask(decision: Decision, kind: str, *, on: date) -> list[Missing]:
    """Why an attestation or reasons cannot be asked for; nothing when they can (CRPA L232-3, L232-4)."""
    if decision.kind != Kind.IMPLICIT or decision.state not in NOTIFIED:
        return [Missing(_("Cette décision ne vient pas du silence de l'Institut, ou elle a été remplacée."))]
    if (kind == SilenceRequest.Kind.ATTESTATION) != acceptance():
        return [Missing(_("Cette demande ne correspond pas à ce que signifie le silence."))]
    if kind == SilenceRequest.Kind.REASONS and decision.court_until and on > decision.court_until:
        words = _("Les raisons se demandent pendant le délai de recours, qui s'est terminé le {date}.")
        return [Missing(words.format(date=told_date(decision.court_until)))]
    return []


def missing_reasons(request: SilenceRequest) -> list[Missing]:
    """What the reasons of a refusal must still say, each with its field; nothing for an attestation."""
    if request.kind != SilenceRequest.Kind.REASONS:
        return []
    enough = settings.REASONS_MIN_LENGTH
    words = _("Écrivez {n} caractères au moins.").format(n=enough)
    given = {"reasons_in_law": request.reasons_in_law, "reasons_in_fact": request.reasons_in_fact}
    return [Missing(words, code=name) for name, text in given.items() if length_read(text) < enough]
