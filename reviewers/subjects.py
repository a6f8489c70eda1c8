"""What an item of an agenda is about in this room: the opinion on a dossier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from journal.moves import Actor
from journal.refusals import Missing
from label import notification
from label.models import Application
from label.registry import session_calendar
from reviewers.actions.discussion import close_discussion
from reviewers.actions.evaluations import held_application, latest
from reviewers.actions.opinions import (
    evaluation_in_deliberation,
    missing_to_adopt,
    write_opinion,
)
from reviewers.actions.panels import back_to_panel
from reviewers.actions.sessions.deferrals import defer
from reviewers.models import AgendaItem, Choice, Evaluation, Opinion, PlainSummary, Session
from reviewers.questions import promised_hearings
from reviewers.registry import AgendaSubject, Asked, Document, Outcome, Point, Written, agenda_subject

State = Application.State
FOR = ("favourable", "favourable_with_conditions")
MOST_LISTED = 100


class OpinionOnDossier:
    """An item of kind « opinion »: a dossier in deliberation, on which the committee gives its opinion."""

    model = "label.application"
    choices: type[models.TextChoices] = Choice
    on_a_request = True

    def application_of(self, pk: int) -> int:
        """The dossier itself."""
        return Application.objects.values_list("pk", flat=True).get(pk=pk)

    def hold(self, item: AgendaItem) -> Application:
        """The dossier, its thread locked; the item knows it."""
        item.application = held_application(item.application_id)
        return item.application

    def record(self, item: AgendaItem) -> Application:
        """The dossier."""
        return item.application

    def title(self, item: AgendaItem) -> str:
        """The structure and the kind of request."""
        found = item.application
        return f"{found.structure.name} ({found.get_kind_display()}, {found.reference})"

    def page(self, item: AgendaItem, *, for_office: bool) -> str:
        """The opinion page of the office; the dossier for a member."""
        if for_office:
            return reverse("staff_opinion", args=[item.application.reference])
        return f"/comite/seances/{item.session.reference}/points/{item.pk}/"

    def documents(self, item: AgendaItem, *, for_office: bool) -> Sequence[Document]:
        """The dossier as it is judged; for a member, also the pack to print, in two sizes."""
        name = _("Dossier {reference}").format(reference=item.application.reference)
        page = self.page(item, for_office=for_office)
        if for_office:
            return [Document(name, page)]
        return [
            Document(name, f"{page}dossier/"),
            Document(_("Dossier à imprimer (PDF)"), f"{page}dossier.pdf"),
            Document(_("Dossier en gros caractères (PDF)"), f"{page}dossier.pdf?gros=1"),
        ]

    def missing_to_list(self, record: Application) -> Sequence[Missing]:
        """A dossier in deliberation whose evaluation is closed and valid."""
        if record.state != State.IN_DELIBERATION:
            return [Missing(_("Ce dossier n'est pas en délibération."), code="state")]
        evaluation = latest(record)
        if evaluation is None:
            return [Missing(_("L'évaluation n'est pas encore close."), code="evaluation")]
        if not evaluation.result["valid"]:
            text = _("Un collège n'a plus assez d'évaluations : recomposez le panel.")
            return [Missing(text, code="panel")]
        return []

    def missing_to_read(self, items: Sequence[AgendaItem]) -> Sequence[Missing]:
        """The plain summary of the dossier as it is judged, and the result of its evaluation; in two queries."""
        dossiers = [item.application for item in items]
        told = set(
            PlainSummary.objects.filter(snapshot__in=[one.snapshot_id for one in dossiers]).values_list(
                "snapshot_id", flat=True
            )
        )
        closed = set(
            Evaluation.objects.filter(application__in=[one.pk for one in dossiers]).values_list(
                "application_id", flat=True
            )
        )
        found = []
        for item in items:
            if item.application.snapshot_id not in told:
                text = _("Point {n} : écrivez le résumé en langage simple du dossier.")
                found.append(Missing(text.format(n=item.position), code="summary"))
            if item.application_id not in closed:
                text = _("Point {n} : l'évaluation n'est pas encore close.")
                found.append(Missing(text.format(n=item.position), code="evaluation"))
        return found

    def points(self, record: Application) -> Sequence[Point]:
        """The flags of the last evaluation (domain 6.7)."""
        evaluation = latest(record)
        flags = evaluation.result["flags"] if evaluation is not None else []
        return [Point(flag["code"], flag["criterion"], flag["college"]) for flag in flags]

    def before_vote(self, record: Application, *, at: datetime) -> None:
        """The scores are final."""
        close_discussion(record, at=at, by=Actor.system())

    def missing_to_adopt(self, record: Application, outcome: Outcome) -> Sequence[Missing]:
        """What an opinion needs, wherever it is written."""
        return missing_to_adopt(
            record,
            kind=outcome.choice,
            reasons=outcome.reasons,
            conditions=outcome.conditions,
            solutions=outcome.solutions,
        )

    def adopt(
        self, record: Application, item: AgendaItem, outcome: Outcome, *, at: datetime, by: Actor
    ) -> Opinion:
        """The opinion, and the dossier moves to its decision."""
        return write_opinion(
            record,
            evaluation_in_deliberation(record),
            kind=outcome.choice,
            reasons=outcome.reasons,
            conditions=outcome.conditions,
            votes={
                "for": sum(outcome.counts.get(choice, 0) for choice in FOR),
                "against": outcome.counts.get("unfavourable", 0),
                "abstained": outcome.counts.get("abstention", 0),
                **outcome.counts,
            },
            minority=outcome.minority,
            solutions=outcome.solutions if outcome.choice in FOR else (),
            adopted_on=timezone.localdate(at),
            item=item,
            at=at,
            by=by.because(""),
        )

    def send_back(
        self, record: Application, item: AgendaItem, asked: Asked, *, at: datetime, by: Actor
    ) -> None:
        """Questions to the association, or the panel is built again; for a later session nothing changes."""
        if item.sent_to == AgendaItem.SentTo.ASSOCIATION:
            evaluation_in_deliberation(record)
            defer(record, item, asked, at=at, by=by)
        elif item.sent_to == AgendaItem.SentTo.EVALUATION:
            evaluation_in_deliberation(record)
            back_to_panel(record, at=at, by=by)

    def to_list(self, user: User, *, on: date) -> Sequence[tuple[int, str]]:
        """The dossiers in deliberation; what was promised to an association is told."""
        pending = AgendaItem.objects.filter(kind="opinion", state__in=AgendaItem.PENDING)
        found = (
            Application.objects.visible_to(user, on=on)
            .filter(state=State.IN_DELIBERATION)
            .exclude(pk__in=pending.values("application_id"))
            .select_related("structure")
            .order_by("submitted_at", "pk")
        )
        dossiers = list(found[:MOST_LISTED])
        promised = promised_hearings([one.pk for one in dossiers])
        return [(one.pk, _name(one, is_heard=one.pk in promised)) for one in dossiers]

    def written(self, item: AgendaItem) -> Written | None:
        """The opinion on the dossier."""
        opinion: Opinion | None = getattr(item, "opinion", None)
        if opinion is None:
            return None
        return Written(
            kind=opinion.get_kind_display(),
            adopted_on=opinion.adopted_on,
            reasons=opinion.reasons,
            conditions=opinion.conditions,
            minority=opinion.minority,
        )

    def reads(self, item: AgendaItem, user: User, *, on: date) -> bool:
        """Whoever may see the dossier."""
        return Application.objects.visible_to(user, on=on).filter(pk=item.application_id).exists()

    def told(self, pks: Iterable[int], *, on: date) -> set[int]:
        """The dossiers whose decision is notified."""
        ended = Application.objects.filter(pk__in=list(pks), state__in=Application.FINAL)
        return set(ended.exclude(notification.withheld(on)).values_list("pk", flat=True))


def _name(application: Application, *, is_heard: bool) -> str:
    words = f"{application.structure.name} ({application.reference})"
    return _("{dossier} – audition promise").format(dossier=words) if is_heard else words


@session_calendar
def days_of_sessions() -> list[date]:
    """The days of the sessions that took place or are to come."""
    found = Session.objects.exclude(state=Session.State.CANCELLED).values_list("sits_at", flat=True)
    return [timezone.localdate(moment) for moment in found]


_opinion: AgendaSubject = OpinionOnDossier()
agenda_subject("opinion", _opinion)
