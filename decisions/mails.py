"""The mails about appeals and dates set by a judge: they lead to a page, and say nothing of the merits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from decisions.effects import dossier_of, served_to
from decisions.models import Appeal, Decision, LitigationStep, SilenceRequest
from decisions.rules import people_of
from decisions.undoing import EXAMINED_AGAIN
from label.mails import members_who_write
from letters import actions as letters
from letters.spoken import told_date, told_distance

NO_LONGER_HELD = (Decision.Kind.GRANT, Decision.Kind.GRANT_WITH_CONDITIONS, Decision.Kind.IMPLICIT)
Words = Callable[[], tuple[str, str]]


def _send(
    kind: str, key: str, to: Iterable[User], words: Words, decision: Decision, path: str, at: datetime
) -> None:
    for person in to:
        letters.queue_mail(
            kind=kind,
            key=key,
            recipient=person,
            title=lambda: words()[0],
            text=lambda: words()[1],
            at=at,
            thread=decision.thread,
            path=path,
        )


def _office(appeal: Appeal, on: date) -> list[User]:
    """Who examines it, or before anybody does the appeal officers who had no part in the contested act."""
    if appeal.officer is not None:
        return list(User.objects.answering_for([appeal.officer.pk], on=on))
    officers = User.objects.holding(Role.APPEAL_OFFICER, on=on).exclude(pk__in=people_of(appeal.decision))
    return list(User.objects.answering_for(list(officers.values_list("pk", flat=True)), on=on))


def _page(appeal: Appeal) -> str:
    return reverse("staff_appeal", args=[appeal.pk])


def appeal_received(appeal: Appeal, *, at: datetime) -> None:
    """An appeal came: those who may examine it are told."""
    reference = dossier_of(appeal.decision).reference

    def words() -> tuple[str, str]:
        title = _("Recours reçu : dossier {DOS}").format(DOS=reference)
        text = _("Il faut répondre avant le {date}. Sans réponse, il est rejeté.")
        return title, text.format(date=told_date(appeal.silence_on))

    to = _office(appeal, timezone.localdate(at))
    _send("appeal_received", str(appeal.pk), to, words, appeal.decision, _page(appeal), at)


def appeal_silence_near(appeal: Appeal, *, at: datetime) -> None:
    """The day on which silence rejects an appeal comes near."""
    on = timezone.localdate(at)
    reference, days = dossier_of(appeal.decision).reference, (appeal.silence_on - on).days

    def words() -> tuple[str, str]:
        title = _("Recours sur le dossier {DOS} : réponse {when}").format(
            DOS=reference, when=told_distance(days)
        )
        text = _("Sans réponse avant le {date}, le silence rejette le recours.")
        return title, text.format(date=told_date(appeal.silence_on))

    signatories = User.objects.holding(Role.SIGNATORY, on=on).exclude(pk__in=people_of(appeal.decision))
    to = {user.pk: user for user in (*_office(appeal, on), *signatories)}.values()
    _send("appeal_silence", f"{appeal.pk}:{days}", to, words, appeal.decision, _page(appeal), at)


def appeal_rejected_by_silence(appeal: Appeal, *, at: datetime) -> None:
    """Silence has rejected an appeal: an express answer is still possible."""
    reference = dossier_of(appeal.decision).reference

    def words() -> tuple[str, str]:
        title = _("Recours sur le dossier {DOS} : rejeté par le silence").format(DOS=reference)
        text = _("Le délai de réponse s'est terminé le {date}. Vous pouvez encore répondre.")
        return title, text.format(date=told_date(appeal.silence_on))

    to = _office(appeal, timezone.localdate(at))
    _send("appeal_rejected", str(appeal.pk), to, words, appeal.decision, _page(appeal), at)


def hard_date_near(step: LitigationStep, *, at: datetime) -> None:
    """A date that a judge set comes near: the appeal officers and the signatories are told."""
    on = timezone.localdate(at)
    decision, limit = step.litigation.decision, step.due_on
    if limit is None:
        return
    reference, days = dossier_of(decision).reference, (limit - on).days

    def words() -> tuple[str, str]:
        title = _("Tribunal, dossier {DOS} : {when}").format(DOS=reference, when=told_distance(days))
        text = _("Le juge a fixé une date : {date}. Rien ne la déplace.")
        return title, text.format(date=told_date(limit))

    concerned = User.objects.holding(Role.APPEAL_OFFICER, on=on) | User.objects.holding(Role.SIGNATORY, on=on)
    to = User.objects.answering_for(list(concerned.values_list("pk", flat=True)), on=on)
    path = reverse("staff_litigation", args=[step.litigation_id])
    _send("hard_date", f"{step.pk}:{days}", to, words, decision, path, at)


def changed_by_a_judge(step: LitigationStep, decision: Decision, *, at: datetime) -> None:
    """What a judge said changes an act: the structure to which it was served is told what follows.

    A label that a judge takes away is told of by its own room.
    """
    if step.kind == LitigationStep.Kind.ANNULLED and decision.kind in NO_LONGER_HELD:
        return
    again = decision.kind in EXAMINED_AGAIN

    def words() -> tuple[str, str]:
        if step.kind == LitigationStep.Kind.PARTLY_ANNULLED:
            title = _("Le juge a annulé une partie d'une décision")
            text = _("Le reste de la décision s'applique. Le détail est dans votre espace.")
        elif step.kind == LitigationStep.Kind.ANNULLED:
            title = _("Le juge a annulé une décision")
            text = _("Elle ne s'applique plus. Le détail est dans votre espace.")
        else:
            title = _("Le juge a arrêté une décision jusqu'au jugement")
            text = _("Elle ne s'applique plus jusqu'au jugement. Le détail est dans votre espace.")
        more = _("Votre demande sera examinée de nouveau. Vous n'avez rien à renvoyer.")
        return title, f"{text} {more}" if again else text

    to, path = members_who_write(served_to(decision)), reverse("space_decisions")
    _send("changed_by_a_judge", str(step.pk), to, words, decision, path, at)


def act_resumed(step: LitigationStep, decision: Decision, *, at: datetime) -> None:
    """The act that a judge had stopped applies again: who holds the label is told from which day."""

    def words() -> tuple[str, str]:
        title = _("Une décision s'applique de nouveau")
        text = _(
            "Le juge avait arrêté les effets d'une décision jusqu'au jugement. Depuis le {date}, elle s'applique de "
            "nouveau. Le détail est dans votre espace."
        )
        return title, text.format(date=told_date(step.happened_on))

    to, path = members_who_write(served_to(decision)), reverse("space_decisions")
    _send("act_resumed", str(step.pk), to, words, decision, path, at)


def silence_asked(request: SilenceRequest, *, at: datetime, again: int = 0) -> None:
    """The association asks for its attestation or for the reasons: who runs the file is told, and told `again`."""
    decision = request.decision
    application = dossier_of(decision)
    on = timezone.localdate(at)
    concerned = (
        [application.case_officer_id]
        if application.case_officer_id
        else list(User.objects.holding(Role.CASE_OFFICER, on=on).values_list("pk", flat=True))
    )

    def words() -> tuple[str, str]:
        if request.kind == SilenceRequest.Kind.ATTESTATION:
            title = _("Attestation à envoyer : dossier {DOS}").format(DOS=application.reference)
            return title, _("L'association demande la preuve que sa demande est acceptée.")
        title = _("Raisons à donner dans le mois : dossier {DOS}").format(DOS=application.reference)
        return title, _("L'association demande les raisons du rejet né du silence.")

    to = User.objects.answering_for(concerned, on=on)
    path = reverse("staff_silence_request", args=[request.pk])
    _send("silence_asked", f"{request.pk}:{again}", to, words, decision, path, at)
