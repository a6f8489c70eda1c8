"""What a withdrawal procedure asks for: of the officer, of the signatories, of the secretariat, of the association."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role
from certificates.models import Hearing, Label, Measure, NoticeAnswer, Withdrawal, WithdrawalProposal
from certificates.subjects import KIND
from decisions.models import Decision
from letters.models import Letter
from reviewers.models import AgendaItem, Session
from structures.models import Membership
from workflows.todo.engine import Found, Reader, Task, source
from workflows.todo.office.rows import mine, task

State = Withdrawal.State
LABEL = "label__application__"
COLUMNS = {
    "dossier": f"{LABEL}pk",
    "reference": f"{LABEL}reference",
    "name": "label__structure__name",
}
ANSWER_UNTIL = Subquery(
    Hearing.objects.filter(withdrawal=OuterRef("pk"), closed_on=None, dropped_at=None)
    .order_by("-pk")
    .values("answer_until")[:1]
)


def _page(found: Found, key: str, title: str, **more: Any) -> Task:
    return task(found, key, title, reverse("staff_withdrawal", args=[found.row]), **more)


def _unproposed(state: str) -> QuerySet[Withdrawal]:
    waiting = WithdrawalProposal.objects.filter(withdrawal=OuterRef("pk"), signed_at=None, dropped_at=None)
    return Withdrawal.objects.filter(~Exists(waiting), state=state)


def _qualify(found: Found) -> Task:
    return _page(found, "qualify", _("Dire la suite d'une procédure de retrait"), clock="withdrawal_opened")


@source("staff", Role.CASE_OFFICER, moment="opened_at", tell=_qualify, **COLUMNS)
def procedures_to_qualify(reader: Reader) -> QuerySet[Any, Any]:
    """Procedures opened, of which no step waits for a signature."""
    return mine(reader, _unproposed(State.OPENED), LABEL)


def _notice(found: Found) -> Task:
    return _page(found, "notice", _("Lire la réponse à une mise en demeure"), due_on=found.due_on)


@source("staff", Role.CASE_OFFICER, moment="opened_at", tell=_notice, due="comply_by", **COLUMNS)
def notices_to_follow(reader: Reader) -> QuerySet[Any, Any]:
    """Formal notices that were answered, or whose time is over."""
    found = _unproposed(State.FORMAL_NOTICE).filter(
        Q(comply_by__lt=reader.on) | Exists(NoticeAnswer.objects.filter(withdrawal=OuterRef("pk")))
    )
    return mine(reader, found, LABEL)


def _hear(found: Found) -> Task:
    url = reverse("staff_hearing", args=[int(found.extra)])
    return task(found, "hear-withdrawal", _("Entendre la structure, comme elle l'a demandé"), url)


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="opened_at",
    tell=_hear,
    extra=Subquery(
        Hearing.objects.filter(
            withdrawal=OuterRef("pk"), closed_on=None, dropped_at=None, oral_asked_on__isnull=False
        )
        .order_by("-pk")
        .annotate(key=Cast("pk", CharField()))
        .values("key")[:1]
    ),
    **COLUMNS,
)
def structures_to_hear(reader: Reader) -> QuerySet[Any, Any]:
    """Oral hearings of a procedure, asked for and not held."""
    asked = Hearing.objects.filter(
        oral_asked_on__isnull=False,
        oral_held_on=None,
        oral_waived_on=None,
        closed_on=None,
        dropped_at=None,
        withdrawal__state=State.HEARING,
    )
    return mine(reader, Withdrawal.objects.filter(pk__in=asked.values("withdrawal_id")), LABEL)


def _close(found: Found) -> Task:
    return _page(found, "close-hearing", _("Terminer le temps de réponse d'une structure"))


@source("staff", Role.CASE_OFFICER, Role.SECRETARIAT, moment="opened_at", tell=_close, **COLUMNS)
def hearings_to_close(reader: Reader) -> QuerySet[Any, Any]:
    """Hearings of a procedure whose time is over, or in which the association said that it has nothing to add."""
    over = Hearing.objects.filter(
        Q(answer_until__lt=reader.on) | Q(complete_on__isnull=False, answer_until__isnull=False),
        closed_on=None,
        dropped_at=None,
        withdrawal__state=State.HEARING,
    )
    return mine(reader, Withdrawal.objects.filter(pk__in=over.values("withdrawal_id")), LABEL)


def _list(found: Found) -> Task:
    page = (
        reverse("staff_session_agenda", args=[found.extra]) if found.extra else reverse("staff_session_plan")
    )
    title = _("Mettre une procédure de retrait à l'ordre du jour")
    return task(found, "list-withdrawal", title, page, clock="withdrawal_opinion")


@source(
    "staff",
    Role.SECRETARIAT,
    moment="opened_at",
    tell=_list,
    extra=Coalesce(
        Subquery(
            Session.objects.filter(state=Session.State.PLANNED)
            .order_by("sits_at", "pk")
            .values("reference")[:1]
        ),
        Value(""),
    ),
    **COLUMNS,
)
def procedures_to_list(reader: Reader) -> QuerySet[Any, Any]:
    """Procedures whose hearing is closed, on no agenda."""
    key = Concat(Value("certificates.withdrawal:"), Cast(OuterRef("pk"), CharField()))
    listed = AgendaItem.objects.filter(kind=KIND, subject=key, state__in=AgendaItem.PENDING)
    return Withdrawal.objects.filter(~Exists(listed), state=State.HEARING_CLOSED)


def _decide(found: Found) -> Task:
    url = reverse("staff_withdrawal_decide", args=[found.row])
    title = _("Préparer la décision après l'avis du comité")
    return task(found, "decide-withdrawal", title, url, clock="withdrawal_decision")


@source("staff", Role.CASE_OFFICER, moment="advised_at", tell=_decide, **COLUMNS)
def procedures_to_decide(reader: Reader) -> QuerySet[Any, Any]:
    """Procedures on which the committee gave its opinion, of which nothing waits for a signature."""
    sent = Measure.objects.filter(
        withdrawal=OuterRef("pk"),
        decision__state=Decision.State.PREPARED,
        decision__submitted_at__isnull=False,
    )
    return mine(reader, _unproposed(State.ADVISED).filter(~Exists(sent)), LABEL)


PROPOSED = "withdrawal__label__application__"


def _sign(found: Found) -> Task:
    url = reverse("staff_withdrawal_sign", args=[found.row])
    return task(found, "sign-step", _("Lire et signer une étape d'une procédure de retrait"), url)


@source(
    "staff",
    Role.SIGNATORY,
    moment="proposed_at",
    tell=_sign,
    dossier=f"{PROPOSED}pk",
    reference=f"{PROPOSED}reference",
    name="withdrawal__label__structure__name",
)
def steps_to_sign(reader: Reader) -> QuerySet[Any, Any]:
    """Steps put before the signatories, other than one's own."""
    waiting = WithdrawalProposal.objects.filter(signed_at=None, dropped_at=None)
    return waiting.exclude(proposed_by=reader.user)


def _theirs(found: Found) -> Task:
    return Task(
        f"procedure-{found.row}",
        _("Répondre : une procédure porte sur votre label"),
        found.reference,
        reverse("procedure", args=[found.row]),
        found.since,
        why=_("Vous pouvez répondre par écrit, être entendu, et vous faire assister."),
        action=_("Lire et répondre"),
        due_on=found.due_on,
    )


@source(
    "space",
    moment="opened_at",
    tell=_theirs,
    reference="label__number",
    due=Cast(Coalesce(ANSWER_UNTIL, F("comply_by")), CharField()),
)
def procedures_to_answer(reader: Reader) -> QuerySet[Any, Any]:
    """Procedures of which the association was told, and in which its answer is awaited."""
    held = Membership.objects.current().filter(user=reader.user, structure__in=reader.structures)
    labels = Label.objects.filter(structure__in=held.values("structure_id"))
    online, received = Letter.Channel.ONLINE, "received_on__isnull"
    noticed = Q(formal_notice__channel=online) | Q(**{f"formal_notice__{received}": False})
    invited = Hearing.objects.filter(
        Q(letter__channel=online) | Q(**{f"letter__{received}": False}),
        closed_on=None,
        dropped_at=None,
        complete_on=None,
    )
    return Withdrawal.objects.filter(
        (Q(state=State.FORMAL_NOTICE) & noticed)
        | Q(state=State.HEARING, pk__in=invited.values("withdrawal_id")),
        label__in=labels.values("pk"),
    )
