"""Invariants across records, flows, journal and triggers: each breach is one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone
from viewflow.workflow.status import STATUS

from accounts.rights import administration_not_apart, rights_that_differ
from certificates.credential.status_lists import wrong_bits
from certificates.log.verifying import log_breaks
from certificates.models import (
    Certificate,
    Condition,
    FollowUp,
    Hearing,
    Interruption,
    Label,
    LoggedFact,
    Measure,
    StatusList,
    Suspension,
    Withdrawal,
)
from deadlines.actions import wrongly_computed
from deadlines.calendar import add_months
from decisions.models import Appeal, Decision, Litigation, LitigationStep
from decisions.rules import people_of
from decisions.undoing import EXAMINED_AGAIN
from journal import triggers
from journal.models import Event, Thread
from journal.moves import Record
from label.masking import contents_that_differ
from label.models import Application
from reviewers.models import AgendaItem, Ballot, Rapporteur, SecretCount
from workflows.flows import NODES
from workflows.gateway import OPEN
from workflows.models import ABOUT, Obligation, Procedure

# Acts whose effect on the label is kept beside their terms.
MEASURED = (
    Decision.Kind.EXTEND,
    Decision.Kind.CONDITIONS,
    Decision.Kind.SUSPEND,
    Decision.Kind.LIFT,
    Decision.Kind.LAPSE,
    Decision.Kind.TRANSFER,
)


def breaches() -> Iterator[str]:
    """Every breach found, one sentence each; nothing when the house is sound."""
    for check in (
        missing_triggers,
        flows_that_differ,
        states_that_the_journal_ignores,
        heads_that_differ,
        contents_that_differ,
        rights_that_differ,
        administration_not_apart,
        duties_not_separated,
        measures_without_end,
        suspensions_that_overlap,
        measures_without_a_hearing,
        events_read_by_one_person,
        acts_without_effect,
        under_way_on_an_ended_label,
        labels_renewed_by_nothing,
        protections_lost,
        lots_that_differ,
        votes_that_differ,
        signatures_without_delegation,
        clocks_wrongly_computed,
        appeals_examined_by_their_authors,
        annulled_conditions_that_bind,
        labels_lost_by_who_won,
        refusals_held_back_for_nothing,
        status_lists_that_differ,
        certificates_without_a_leaf,
        the_log_rewritten,
    ):
        yield from check()


def missing_triggers() -> Iterator[str]:
    """The database refuses changes of append-only rows."""
    for name in triggers.missing():
        yield f"trigger {name} is missing"


# How a breach names the record of a flow.
NAMED_BY = {
    Application: F("reference"),
    FollowUp: F("label__number"),
    Withdrawal: F("label__number"),
    Appeal: F("decision__application__reference"),
}


def flows_that_differ() -> Iterator[str]:
    """State of the record and open node correspond one to one (design section 4)."""
    for model, nodes in NODES.items():
        yield from _nodes_that_differ(model, nodes)
    stuck = Procedure.objects.filter(status=STATUS.NEW).exclude(
        Exists(Obligation.objects.filter(process=OuterRef("pk"), status__in=OPEN))
    )
    for pk in stuck.values_list("pk", flat=True):
        yield f"procedure {pk} is open without an open obligation"


def _nodes_that_differ(model: type[Record], nodes: dict[Any, Any]) -> Iterator[str]:
    column = f"process__{ABOUT[model]}"
    human = Obligation.objects.filter(**{column: OuterRef("pk")}, process__status=STATUS.NEW, status__in=OPEN)
    rows = model._default_manager.annotate(
        named=NAMED_BY[model],
        open_nodes=Subquery(human.order_by().values(column).annotate(n=Count("pk")).values("n")[:1]),
        node=Subquery(human.order_by("pk").values("flow_task")[:1]),
    ).values_list("named", "state", "open_nodes", "node")
    for named, state, count, node in rows.iterator(chunk_size=2000):
        told = named if model is Application else f"{model._meta.model_name} of {named}"
        expected = nodes.get(state)
        if expected is None and count:
            yield f"{told} is {state} and still has an open obligation"
        elif expected is not None and (count != 1 or _name(node) != expected.name):
            yield f"{told} is {state} but its open node is {_name(node) or 'none'} ({count or 0})"


def _name(node: Any) -> str:
    return node.name if hasattr(node, "name") else str(node or "").rpartition(".")[2]


def records() -> list[type[Record]]:
    """Every model with a lifecycle."""
    return [model for model in apps.get_models() if issubclass(model, Record)]


def states_that_the_journal_ignores() -> Iterator[str]:
    """The state of each record is the target of its last event."""
    for model in records():
        label = model._meta.label_lower
        last = Event.objects.filter(subject=OuterRef("key")).order_by("-position").values("target")[:1]
        rows = model._default_manager.annotate(
            key=Concat(Value(f"{label}:"), Cast("pk", CharField()), output_field=CharField())
        ).annotate(last_told=Subquery(last))
        different = rows.filter(Q(last_told=None) | ~Q(last_told=F("state")))
        for pk, state, told in different.values_list("pk", "state", "last_told").iterator(chunk_size=2000):
            yield f"{label}:{pk} is {state}, its journal says {told}"


def heads_that_differ() -> Iterator[str]:
    """The head of each thread is the digest of its last event."""
    last = Event.objects.filter(thread=OuterRef("pk")).order_by("-position")
    rows = Thread.objects.annotate(
        last_digest=Subquery(last.values("digest")[:1]), last_position=Subquery(last.values("position")[:1])
    ).filter(length__gt=0)
    for reference, head, digest, length, position in rows.values_list(
        "reference", "head", "last_digest", "length", "last_position"
    ).iterator(chunk_size=2000):
        if head != digest or length != position:
            yield f"thread {reference}: its head is not its last event"


def duties_not_separated() -> Iterator[str]:
    """Who signs neither prepared, nor ran, nor judged the dossier (domain 5.2 rule 1)."""
    signed = Decision.objects.exclude(signed_by=None)
    for pk in signed.filter(
        Q(signed_by=F("prepared_by"))
        | Q(signed_by=F("application__case_officer"))
        | Q(application__assignments__mandate__user=F("signed_by"))
    ).values_list("pk", flat=True):
        yield f"decision {pk} was signed by somebody who worked on the dossier"


def votes_that_differ() -> Iterator[str]:
    """A secret vote has as many ballots in its urn as voters; an adopted item has its opinion (domain 6.10)."""
    in_urn = SecretCount.objects.filter(item=OuterRef("pk")).order_by().values("item")
    voted = Ballot.objects.filter(item=OuterRef("pk")).order_by().values("item")
    rows = AgendaItem.objects.filter(is_secret=True).annotate(
        in_urn=Coalesce(Subquery(in_urn.annotate(n=Sum("count")).values("n")), 0),
        voted=Coalesce(Subquery(voted.annotate(n=Count("pk")).values("n")), 0),
    )
    for pk in rows.exclude(in_urn=F("voted")).values_list("pk", flat=True):
        yield f"agenda item {pk}: the urn does not hold as many ballots as people voted"
    alone = AgendaItem.objects.filter(state=AgendaItem.State.ADOPTED, kind="opinion", opinion=None)
    for pk in alone.values_list("pk", flat=True):
        yield f"agenda item {pk} is adopted without an opinion"


def measures_without_end() -> Iterator[str]:
    """A suspended label has an open period, and only then (domain 5.2 rule 8)."""
    period = Suspension.objects.filter(label=OuterRef("pk"), lifted_on=None)
    for number in (
        Label.objects.filter(state="suspended").exclude(Exists(period)).values_list("number", flat=True)
    ):
        yield f"{number} is suspended without a period"


def suspensions_that_overlap() -> Iterator[str]:
    """Two periods of one label never share a day (issue 4, bad input)."""
    held = Q(lifted_on=None) | Q(lifted_on__gt=F("starts_on"))
    lasts = Q(lifted_on=None, ends_on__gte=OuterRef("starts_on")) | Q(lifted_on__gt=OuterRef("starts_on"))
    before = Suspension.objects.filter(held, label=OuterRef("label"), starts_on__lte=OuterRef("starts_on"))
    before = before.exclude(pk=OuterRef("pk")).filter(lasts)
    rows = Suspension.objects.filter(held, Exists(before))
    for number, day in rows.values_list("label__number", "starts_on"):
        yield f"{number} has two suspensions on {day}"


def measures_without_a_hearing() -> Iterator[str]:
    """What burdens a holder rests on notified facts and on a hearing closed before the signature (CRPA L121-1)."""
    kinds = [Decision.Kind.CONDITIONS, Decision.Kind.SUSPEND, Decision.Kind.LAPSE]
    burdens = Q(decision__kind__in=kinds) | Q(
        decision__kind=Decision.Kind.LIFT, decision__conditions__isnull=False
    )
    signed = Measure.objects.filter(burdens).exclude(decision__signed_at=None).distinct()
    asked = signed.exclude(decision__kind=Decision.Kind.SUSPEND, urgency_reason__gt="")
    heard = Q(hearing__closed_on__isnull=False, hearing__closed_on__lte=F("decision__signed_at__date"))
    for pk in asked.exclude(heard).values_list("decision_id", flat=True):
        yield f"decision {pk} was signed before the association was heard"
    refusals = Decision.objects.filter(
        kind=Decision.Kind.REFUSE, application__kind=Application.Kind.RENEWAL, signed_at__isnull=False
    )
    before = Hearing.objects.filter(
        renewal=OuterRef("application"), dropped_at=None, closed_on__lte=OuterRef("signed_at__date")
    )
    for pk in refusals.exclude(Exists(before)).values_list("pk", flat=True):
        yield f"decision {pk} refuses a renewal before its holder was heard"
    retained = Measure.grounds.through.objects.filter(measure__in=signed.values("pk"))
    theirs, ours = Coalesce("ground__hearing__withdrawal", 0), Coalesce("measure__withdrawal", -1)
    foreign = retained.annotate(theirs=theirs, ours=ours, heard=Coalesce("measure__hearing", 0))
    foreign = foreign.exclude(Q(ground__hearing=F("heard")) | Q(theirs=F("ours")))
    for pk in foreign.values_list("measure__decision_id", flat=True).distinct():
        yield f"decision {pk} rests on a fact that was never notified"


def events_read_by_one_person() -> Iterator[str]:
    """A dissolution or a merger is checked by two people (domain 5.1 LABEL)."""
    kinds = [Decision.Kind.LAPSE, Decision.Kind.TRANSFER]
    signed = Measure.objects.filter(decision__kind__in=kinds).exclude(decision__signed_at=None)
    alone = signed.filter(Q(checked_by=None) | Q(checked_by=F("decision__prepared_by")))
    for pk in alone.values_list("decision_id", flat=True):
        yield f"decision {pk}: one person only read the proof"


def acts_without_effect() -> Iterator[str]:
    """A notified act on a label took effect, or its journal says that it came too late."""
    told = Event.objects.filter(subject=OuterRef("key"), move="measure_without_effect")
    subject = Concat(Value("decisions.decision:"), Cast("decision", CharField()), output_field=CharField())
    rows = Measure.objects.filter(took_effect_on=None, decision__kind__in=MEASURED).exclude(
        decision__notified_on=None
    )
    for pk in rows.annotate(key=subject).exclude(Exists(told)).values_list("decision_id", flat=True):
        yield f"decision {pk} is notified and did nothing"


def under_way_on_an_ended_label() -> Iterator[str]:
    """Nothing runs on a label that ended: follow-ups, procedures, hearings, acts in preparation."""
    told_later = Q(state=Label.State.RENEWED, following__decision__state=Decision.State.SIGNED)
    ended = Label.objects.exclude(state__in=Label.LIVE).exclude(told_later)
    rows: dict[str, QuerySet[Any, Any]] = {
        "follow-up": FollowUp.objects.filter(state__in=FollowUp.LIVE),
        "withdrawal": Withdrawal.objects.filter(state__in=Withdrawal.LIVE),
        "hearing": Hearing.objects.filter(closed_on=None, dropped_at=None, renewal=None),
        "measure": Measure.objects.filter(decision__state=Decision.State.PREPARED),
    }
    first, *others = [
        found.filter(label__in=ended)
        .order_by()
        .annotate(what=Value(name, CharField()))
        .values_list("what", "pk")
        for name, found in rows.items()
    ]
    for name, pk in first.union(*others, all=True):
        yield f"{name} {pk} is under way on a label that ended"


def labels_renewed_by_nothing() -> Iterator[str]:
    """A renewed label is followed by one that starts the day after its last one (docs/adr/0029): none without."""
    rows = Label.objects.filter(state=Label.State.RENEWED)
    dates = rows.values_list("number", "ends_on", "following__starts_on")
    for number, ends_on, starts_on in dates.iterator(chunk_size=2000):
        if starts_on != ends_on + timedelta(days=1):
            yield f"{number} is renewed and the label that follows starts on {starts_on or 'no day'}"


def protections_lost() -> Iterator[str]:
    """A renewal filed in time protects the label that continues another, and a label given back late has its time."""
    taken_over = Label.objects.filter(state=Label.State.TRANSFERRED, renewal_filed_on__isnull=False)
    lost = taken_over.filter(following__renewal_filed_on=None, following__state__in=Label.LIVE)
    for number in lost.filter(Exists(_renewals_of("following"))).values_list("number", flat=True):
        yield f"{number} was taken over and the renewal filed for it protects nothing"
    rows = Interruption.objects.filter(label__state__in=Label.LIVE, label__term_on=None).select_related(
        "label"
    )
    for gap in rows.filter(label__renewal_filed_on=None).iterator(chunk_size=2000):
        if gap.restored_on > add_months(gap.label.ends_on, -settings.RENEWAL_MONTHS):
            yield f"{gap.label.number} was given back late, without the time to renew it"


def _renewals_of(label: str) -> QuerySet[Any]:
    """The renewals under way of that label of the row."""
    return Application.objects.filter(
        previous=OuterRef(f"{label}__application_id"),
        structure=OuterRef(f"{label}__structure_id"),
        kind=Application.Kind.RENEWAL,
        state__in=Application.UNDER_WAY,
    )


def lots_that_differ() -> Iterator[str]:
    """Each rapporteur is the one whom the lot names, drawn again from the journal (domain 6.3)."""
    for one in Rapporteur.objects.select_related("application").iterator(chunk_size=2000):
        if not one.is_regular():
            yield f"rapporteur {one.pk} is not the one whom the lot names"


def signatures_without_delegation() -> Iterator[str]:
    """Who signed held, that day, the delegation that the act names, confirmed and their own (CRPA L212-1)."""
    signed = Decision.objects.exclude(signed_by=None).select_related("delegation").order_by("pk")
    for decision in signed.iterator(chunk_size=2000):
        given, day = decision.delegation, timezone.localdate(decision.signed_at)
        if (
            given is None
            or given.user_id != decision.signed_by_id
            or given.waits
            or given.starts_on > day
            or (given.ends_on is not None and given.ends_on < day)
        ):
            yield f"decision {decision.pk} was signed without a delegation valid that day"


def clocks_wrongly_computed() -> Iterator[str]:
    """The same events give the same date (domain 5.2 rule 12)."""
    for deadline in wrongly_computed():
        yield f"deadline {deadline.pk} ({deadline}) is due on another day than its start, length and pauses say"


def annulled_conditions_that_bind() -> Iterator[str]:
    """A condition that a judge annulled binds no label that lives."""
    binding = Condition.objects.filter(met_on=None, label__state__in=Label.LIVE)
    done = LitigationStep.objects.filter(carried_out_at__isnull=False, conditions=OuterRef("proposed"))
    for pk, number in binding.filter(Exists(done)).values_list("pk", "label__number"):
        yield f"condition {pk} of {number} was annulled by a judge and still binds"


def labels_lost_by_who_won() -> Iterator[str]:
    """A structure that contests what burdens it never loses its label by winning."""
    won = LitigationStep.objects.filter(
        kind=LitigationStep.Kind.ANNULLED,
        litigation__decision=OuterRef("decision"),
        litigation__brought_by=Litigation.BroughtBy.HOLDER,
    )
    lost = Label.objects.filter(Exists(won), state=Label.State.ANNULLED)
    for number in lost.values_list("number", flat=True):
        yield f"{number} was annulled by a judgment that its own holder asked for"


def refusals_held_back_for_nothing() -> Iterator[str]:
    """While a judge suspends the refusal of a renewal filed in time, the label that it protects has not expired."""
    held = Litigation.objects.holding_back().filter(
        decision__kind__in=EXAMINED_AGAIN,
        decision__application__kind=Application.Kind.RENEWAL,
        decision__application__previous=OuterRef("application"),
        decision__application__structure=OuterRef("structure"),
    )
    ended_again = Application.objects.filter(
        reopens__previous=OuterRef("application"), state__in=Application.FINAL
    )
    expired = Label.objects.filter(
        Exists(held),
        ~Exists(ended_again),
        ~Exists(Label.objects.filter(previous=OuterRef("pk"))),
        ~Exists(Label.objects.live().filter(structure=OuterRef("structure"))),
        state=Label.State.EXPIRED,
        renewal_filed_on__isnull=False,
    )
    for number in expired.values_list("number", flat=True):
        yield f"{number} has expired while a judge suspends the refusal of its renewal"


def status_lists_that_differ() -> Iterator[str]:
    """The bits that everybody reads are those of the labels today, and the lists say their bits."""
    last = StatusList.objects.aggregate(last=Max("signed_at"))["last"]
    moment = (
        max(timezone.now(), last) if last else timezone.now()
    )  # years may have been lived ahead (`simulate`)
    for name in wrong_bits(on=timezone.localdate(moment)):
        yield f"{name}: the status list does not say what is true today"


def appeals_examined_by_their_authors() -> Iterator[str]:
    """Who had a part in a contested act neither examines the appeal nor signs its answer (domain 5.2 rule 1)."""
    rows = Appeal.objects.exclude(officer=None).select_related("decision__application", "answer")
    for appeal in rows.iterator(chunk_size=500):
        people = people_of(appeal.decision)
        signatory = appeal.answer.signed_by_id if appeal.answer else None
        if appeal.officer_id in people or signatory in people:
            yield f"{appeal} is examined or answered by somebody who had a part in decision {appeal.decision_id}"


def certificates_without_a_leaf() -> Iterator[str]:
    """Each certificate whose file is made is in the public log, or waits for its holder to know."""
    key = Concat(Value("certificates.certificate:"), Cast("pk", CharField()), output_field=CharField())
    noted = LoggedFact.objects.filter(source=OuterRef("key"))
    rows = Certificate.objects.filter(file__isnull=False).annotate(key=key).exclude(Exists(noted))
    for number, issue in rows.values_list("label__number", "issue"):
        yield f"{number}: the log says nothing of certificate {issue}"


def the_log_rewritten() -> Iterator[str]:
    """The public log has no hole, and its checkpoints are those of its leaves."""
    for broken in log_breaks():
        yield f"log: {broken}"
