"""What an item of an agenda is about in this room: the opinion on a withdrawal procedure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from certificates.actions.withdrawals import decision_is_awaited, held_withdrawal
from certificates.checklist import missing_to_advise
from certificates.models import Withdrawal, WithdrawalOpinion
from decisions.models import Decision
from journal.moves import Actor
from journal.refusals import Blocked, Missing
from journal.wording import is_blank
from reviewers.models import AgendaItem, Session
from reviewers.registry import AgendaSubject, Asked, Document, Outcome, Point, Written, agenda_subject

KIND = "withdrawal"
MOST_LISTED = 100
Opinion = WithdrawalOpinion.Kind


class Choice(models.TextChoices):
    """What a member may vote on a withdrawal: the three opinions, or abstention, counted apart."""

    MAINTAIN = "maintain", gettext_lazy("Maintenir le label")
    CONDITIONS = "conditions", gettext_lazy("Maintenir le label avec réserves")
    WITHDRAW = "withdraw", gettext_lazy("Retirer le label")
    ABSTENTION = "abstention", gettext_lazy("Abstention")


class OpinionOnWithdrawal:
    """An item of kind « withdrawal »: the association was heard, the committee reads all that it said."""

    model = "certificates.withdrawal"
    choices: type[models.TextChoices] = Choice
    on_a_request = False

    def application_of(self, pk: int) -> int:
        """The dossier of the label: whoever is barred from it leaves."""
        return Withdrawal.objects.values_list("label__application_id", flat=True).get(pk=pk)

    def record(self, item: AgendaItem) -> Withdrawal:
        """The procedure, read for a page."""
        return Withdrawal.objects.get(pk=_key(item))

    def hold(self, item: AgendaItem) -> Withdrawal:
        """The procedure, its thread locked; the item knows its dossier."""
        withdrawal, label = held_withdrawal(_key(item))
        item.application = label.application
        return withdrawal

    def title(self, item: AgendaItem) -> str:
        """The structure, and that its label may be withdrawn."""
        found = item.application
        return _("{structure} (procédure de retrait, {reference})").format(
            structure=found.structure.name, reference=found.reference
        )

    def page(self, item: AgendaItem, *, for_office: bool) -> str:
        """The procedure, for the office or for a member."""
        if for_office:
            return reverse("staff_withdrawal", args=[_key(item)])
        return reverse("committee_session_procedure", args=[item.session.reference, item.pk])

    def documents(self, item: AgendaItem, *, for_office: bool) -> Sequence[Document]:
        """The whole of what was notified and answered, on one page with its files."""
        page = self.page(item, for_office=for_office)
        return [Document(_("Les motifs, et tout ce que la structure a répondu"), page)]

    def missing_to_list(self, record: Withdrawal) -> Sequence[Missing]:
        """The association was heard first."""
        return missing_to_advise(record)

    def missing_to_read(self, items: Sequence[AgendaItem]) -> Sequence[Missing]:
        """What members read is there as soon as the hearing is closed."""
        return ()

    def points(self, record: Withdrawal) -> Sequence[Point]:
        """Nothing was scored."""
        return ()

    def before_vote(self, record: Withdrawal, *, at: datetime) -> None:
        """Nothing becomes final before the opinion."""

    def missing_to_adopt(self, record: Withdrawal, outcome: Outcome) -> Sequence[Missing]:
        """An opinion gives its reasons; one that asks for conditions says which."""
        found = list(missing_to_advise(record))
        if is_blank(outcome.reasons):
            found.append(Missing(_("Écrivez les motifs de l'avis."), code="reasons"))
        if outcome.choice == Opinion.CONDITIONS and not outcome.conditions:
            found.append(Missing(_("Écrivez au moins une réserve."), code="conditions"))
        return found

    def adopt(
        self, record: Withdrawal, item: AgendaItem, outcome: Outcome, *, at: datetime, by: Actor
    ) -> WithdrawalOpinion:
        """The opinion, and the procedure moves to its decision."""
        opinion = WithdrawalOpinion.objects.create(
            withdrawal=record,
            item=item,
            kind=outcome.choice,
            reasons=outcome.reasons.strip(),
            conditions=list(outcome.conditions),
            minority=outcome.minority.strip(),
            votes=outcome.counts,
            adopted_on=timezone.localdate(at),
            recorded_by=by.person,
            recorded_at=at,
        )
        record.opinion = opinion
        record.record_opinion(by=by.because(""), at=at)
        record.save()
        decision_is_awaited(record, at=at)
        return opinion

    def send_back(
        self, record: Withdrawal, item: AgendaItem, asked: Asked, *, at: datetime, by: Actor
    ) -> None:
        """A later session only: the association was heard, and nothing is evaluated again."""
        if item.sent_to != AgendaItem.SentTo.LATER:
            raise Blocked([Missing(_("Ce point ne peut passer qu'à une prochaine séance."), code="sent_to")])

    def to_list(self, user: User, *, on: date) -> Sequence[tuple[int, str]]:
        """The procedures whose hearing is closed."""
        pending = AgendaItem.objects.filter(kind=KIND, state__in=AgendaItem.PENDING)
        taken = [int(subject.partition(":")[2]) for subject in pending.values_list("subject", flat=True)]
        found = (
            Withdrawal.objects.visible_to(user, on=on)
            .filter(state=Withdrawal.State.HEARING_CLOSED)
            .exclude(pk__in=taken)
            .select_related("label__structure")
            .order_by("opened_at", "pk")
        )
        words = _("Procédure de retrait : {structure} ({number})")
        return [
            (one.pk, words.format(structure=one.label.structure.name, number=one.label.number))
            for one in found[:MOST_LISTED]
        ]

    def written(self, item: AgendaItem) -> Written | None:
        """The opinion on the withdrawal."""
        opinion: WithdrawalOpinion | None = getattr(item, "withdrawal_opinion", None)
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
        """A member without link, until the opinion is given."""
        return item.state in AgendaItem.PENDING and item.session.state in Session.TOLD

    def told(self, pks: Iterable[int], *, on: date) -> set[int]:
        """The procedures that ended, once the act that ends them is notified."""
        ended = Withdrawal.objects.filter(pk__in=list(pks)).exclude(state__in=Withdrawal.LIVE)
        on_its_way = Decision.objects.filter(
            models.Q(state=Decision.State.SIGNED) | models.Q(notified_on__gt=on),
            measure__withdrawal=models.OuterRef("pk"),
        )
        return set(ended.filter(~models.Exists(on_its_way)).values_list("pk", flat=True))


def _key(item: AgendaItem) -> int:
    return int(item.subject.partition(":")[2])


_withdrawal: AgendaSubject = OpinionOnWithdrawal()
agenda_subject(KIND, _withdrawal)
