"""What is missing before an act on a label is sent and signed, kind by kind: pages, guards and letters agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from certificates.answers import said_in
from certificates.checklist.withdrawals import ending_gaps, withdrawal_gaps
from certificates.models import Hearing, Label, Measure, Suspension, SuspensionQuerySet, Withdrawal
from certificates.openings import act_on_its_way, what_would_be_lost
from certificates.renewals import renewal_under_way
from certificates.status import last_day_of
from charter.models import Signature
from deadlines.calendar import add_months
from decisions.checklist import answer_gaps
from decisions.models import Decision
from decisions.rules import wrote_in
from journal.refusals import Missing
from journal.wording import is_blank, length_read
from letters.spoken import told_date
from structures.models import RegisterCheck

Kind = Decision.Kind
State = Label.State
Gap = (
    tuple[str, str] | Missing
)  # the words and the field where it is mended, or what is mended on another page
ONE_DAY = timedelta(days=1)

# How a procedure ends without taking the label away: what was notified in it was answered by that.
SETTLED = (
    Withdrawal.State.DISMISSED,
    Withdrawal.State.REMEDIED,
    Withdrawal.State.MAINTAINED,
    Withdrawal.State.MAINTAINED_WITH_CONDITIONS,
)
# From which states of the label each act can be prepared (domain 5.1 LABEL).
STATES_OF_KIND: dict[str, tuple[str, ...]] = {
    Kind.EXTEND: (State.IN_FORCE, State.SUSPENDED),
    Kind.CONDITIONS: (State.IN_FORCE,),
    Kind.SUSPEND: (State.IN_FORCE, State.SUSPENDED),
    Kind.LIFT: (State.SUSPENDED,),
    Kind.LAPSE: (State.IN_FORCE, State.SUSPENDED),
    Kind.TRANSFER: (State.IN_FORCE, State.SUSPENDED),
}
# The measures whose invitation to answer also covers each act: what was announced is at least as grave.
ANNOUNCED: dict[str, tuple[str, ...]] = {
    Kind.CONDITIONS: (Hearing.Measure.CONDITIONS, Hearing.Measure.SUSPEND, *Hearing.OF_A_PROCEDURE),
    Kind.LIFT: (Hearing.Measure.CONDITIONS, Hearing.Measure.SUSPEND, *Hearing.OF_A_PROCEDURE),
    Kind.SUSPEND: (Hearing.Measure.SUSPEND, *Hearing.OF_A_PROCEDURE),
    Kind.LAPSE: (Hearing.Measure.LAPSE,),
}


def missing_to_prepare(label: Label, kind: str, *, on: date) -> list[Missing]:
    """Why that act cannot be prepared on that label today; nothing when it can."""
    if label.decision.state == Decision.State.SIGNED:
        return [Missing(_("La décision qui accorde ce label n'est pas encore notifiée."))]
    allowed = label.state in STATES_OF_KIND.get(kind, Label.LIVE)
    if kind == Kind.LIFT and label.state == State.IN_FORCE:
        allowed = periods_of(label).holding_on(on).exists()
    if not allowed:
        return [Missing(_not_now(label, kind))]
    if kind == Kind.EXTEND and renewal_under_way(label) is None:
        return [Missing(_("Aucun dossier de renouvellement n'est en cours."))]
    return []


def _not_now(label: Label, kind: str) -> str:
    if label.state not in Label.LIVE:
        return _("Le label n'est plus en cours.")
    if kind == Kind.LIFT:
        return _("Le label n'est pas suspendu.")
    return _("Le label est suspendu : levez d'abord la suspension. L'acte de levée peut poser des réserves.")


def missing_in_measure(decision: Decision, on: date) -> Iterable[Missing]:
    """What the terms of an act lack that day, beside its reasons."""
    related = Measure.objects.select_related(
        "label__decision", "label__structure", "hearing", "successor", "withdrawal__opinion"
    )
    measure = related.get(decision=decision)
    edit = measure_page(decision)
    found = missing_to_prepare(measure.label, decision.kind, on=on)
    gaps = GAPS_OF_KIND[decision.kind](measure, decision, on)
    for gap in gaps:
        found.append(gap if isinstance(gap, Missing) else Missing(gap[0], f"{edit}#{gap[1]}", gap[1]))
    return found


def measure_page(decision: Decision) -> str:
    """Where an act on a label is written: on the page of the procedure that it ends, when it ends one."""
    measure = Measure.objects.select_related("label").get(decision=decision)
    if measure.withdrawal_id is not None:
        return reverse("staff_withdrawal_decide", args=[measure.withdrawal_id])
    return reverse("staff_measure_prepare", args=[measure.label.number, decision.kind])


def hearing_gaps(measure: Measure, kind: str) -> Iterator[Gap]:
    """The association was heard, or invited to be with proof, on the facts that the act retains (CRPA L121-1)."""
    hearing = measure.hearing
    if hearing is None:
        yield _("La structure n'a pas encore été invitée à répondre (lettre L13b)."), "id_hearing"
        return
    procedure = hearing.withdrawal
    if procedure is not None and procedure.pk != measure.withdrawal_id and procedure.state in SETTLED:
        yield _("Cette procédure est terminée : invitez de nouveau la structure à répondre."), "id_hearing"
    if hearing.label_id != measure.label_id or hearing.measure not in ANNOUNCED.get(kind, ()):
        yield _("La lettre envoyée à la structure n'annonçait pas cette mesure."), "id_hearing"
    if hearing.dropped_at is not None or hearing.closed_on is None:
        yield _("Le temps de réponse de la structure n'est pas terminé."), "id_hearing"
    retained = list(measure.grounds.all())
    if not retained:
        yield _("Choisissez au moins un des faits notifiés."), "id_grounds_0"
    if any(ground.hearing_id != hearing.pk for ground in retained):
        yield _("Un fait retenu n'a pas été notifié à la structure."), "id_grounds_0"
    said = said_in(Hearing.objects.filter(pk=hearing.pk))
    yield from answer_gaps(said, measure.answers_to_observations)


def _suspension_gaps(measure: Measure, decision: Decision, on: date) -> Iterator[Gap]:
    yield from _period_gaps(measure, on)
    if not measure.public_reason:
        yield _("Choisissez la raison que tout le monde pourra lire."), "id_public_reason"
    if is_blank(measure.what_lifts_it):
        yield _("Dites ce qui fera lever la suspension."), "id_what_lifts_it"
    if is_blank(measure.urgency_reason):
        yield from hearing_gaps(measure, Kind.SUSPEND)
    elif length_read(measure.urgency_reason) < settings.REASONS_MIN_LENGTH:
        words = _("Dites en {n} caractères au moins pourquoi la sécurité des personnes n'attend pas.")
        yield words.format(n=settings.REASONS_MIN_LENGTH), "id_urgency_reason"


def _period_gaps(measure: Measure, on: date) -> Iterator[Gap]:
    """A written end, close enough, no overlap, twice in a row at most (domain 5.2 rule 8)."""
    first = first_day(measure.label, measure.starts_on, on)
    if measure.starts_on is not None and measure.starts_on < on:
        yield _("Une suspension ne commence pas avant sa signature."), "id_starts_on"
    elif measure.starts_on is not None and measure.starts_on < first:
        words = _("Le label est déjà suspendu jusqu'au {date} : la suite commence le lendemain.")
        yield words.format(date=told_date(first - ONE_DAY)), "id_starts_on"
    if measure.ends_on is None:
        yield _("La date de fin de la suspension est obligatoire."), "id_ends_on"
    elif measure.ends_on <= first:
        yield _("La fin de la suspension vient après son début."), "id_ends_on"
    elif measure.ends_on > latest_end(first):
        words = _("Une suspension dure {n} mois au plus : jusqu'au {date}.")
        words = words.format(n=settings.SUSPENSION_MONTHS, date=told_date(latest_end(first)))
        yield words, "id_ends_on"
    if in_a_row(measure.label, first) > 1:
        yield (
            _("Une suspension ne se prolonge qu'une fois. Ouvrez une procédure de retrait, ou levez-la."),
            "id_ends_on",
        )


def periods_of(label: Label) -> SuspensionQuerySet:
    """The suspensions of a label, and of the one that it renews: what is decided holds for both until it starts."""
    renewed = Q(label=label.previous_id, label__state=State.RENEWED)
    found: SuspensionQuerySet = Suspension.objects.filter(Q(label=label) | renewed)
    return found


def held_since(label: Label) -> date:
    """The first day of a label, or of the one that it renews: its holder has held a label from that day on."""
    previous = label.previous
    return previous.starts_on if previous and previous.state == State.RENEWED else label.starts_on


def first_day(label: Label, wished: date | None, on: date) -> date:
    """The first day of a suspension decided that day: as wished, never before today nor over a running one."""
    held = max((period.last_day + ONE_DAY for period in label.suspensions.holding_from(on)), default=on)
    soonest = max(on, held)
    return max(soonest, wished or soonest)


def latest_end(starts_on: date) -> date:
    """The last day of the longest suspension that starts that day."""
    return add_months(starts_on, settings.SUSPENSION_MONTHS) - ONE_DAY


def in_a_row(label: Label, starts_on: date) -> int:
    """How many suspensions came one after the other just before that day, each within a day of the next."""
    count, day = 0, starts_on
    periods = [row for row in label.suspensions.order_by("-starts_on") if row.last_day >= row.starts_on]
    for row in periods:
        if row.last_day < day - ONE_DAY:
            break
        count, day = count + 1, row.starts_on
    return count


def _lifting_gaps(measure: Measure, decision: Decision, on: date) -> Iterator[Gap]:
    """What it gives back needs no hearing; what it asks for does (CRPA L121-1)."""
    if decision.conditions.all():
        yield from hearing_gaps(measure, Kind.LIFT)
    if any(condition.due_on <= on for condition in decision.conditions.all()):
        yield _("La date d'une réserve est passée."), "id_conditions-0-due_on"


def _condition_gaps(measure: Measure, decision: Decision, on: date) -> Iterator[Gap]:
    if measure.withdrawal is not None:
        yield from ending_gaps(measure, measure.withdrawal, decision)
    else:
        yield from hearing_gaps(measure, Kind.CONDITIONS)


def _extension_gaps(measure: Measure, decision: Decision, on: date) -> Iterator[Gap]:
    """Only while a renewal waits, near the end, and six months at most (domain 5.1 LABEL, prolonger)."""
    label = measure.label
    opens = add_months(label.term, -settings.EXTENSION_WINDOW_MONTHS)
    latest = add_months(label.term, settings.EXTENSION_MONTHS)
    if on < opens:
        words = _("Le label ne peut être prolongé qu'à partir du {date}.")
        yield words.format(date=told_date(opens)), "id_ends_on"
    soonest = max(label.valid_until, on)
    if measure.ends_on is None:
        yield _("La nouvelle date de fin manque."), "id_ends_on"
    elif not soonest < measure.ends_on <= latest:
        words = _("Choisissez une date après le {first} et jusqu'au {last}.")
        yield words.format(first=told_date(soonest), last=told_date(latest)), "id_ends_on"


def _event_gaps(measure: Measure, decision: Decision, on: date) -> Iterator[Gap]:
    """A dated fact, its written proof, and a second person who read it."""
    if measure.event_on is None or measure.event_on > on:
        yield _("Indiquez la date du fait, telle que la preuve la donne."), "id_event_on"
    if is_blank(measure.event_proof):
        yield _("Dites où le fait est prouvé : annonce, registre ou acte."), "id_event_proof"
    if measure.checked_by_id is None:
        yield _("Une deuxième personne n'a pas encore vérifié la preuve."), "check"
    elif wrote_in(measure.checked_by, decision):
        yield _("La preuve est vérifiée par une autre personne que celle qui a préparé l'acte."), "check"


def _lapse_gaps(measure: Measure, decision: Decision, on: date) -> Iterator[Gap]:
    yield from _event_gaps(measure, decision, on)
    if measure.event_on is not None and measure.event_on <= held_since(measure.label):
        yield _("La fin de la structure vient après le début du label."), "id_event_on"
    yield from hearing_gaps(measure, Kind.LAPSE)
    yield from act_on_its_way(measure.label, Kind.TRANSFER)


def _transfer_gaps(measure: Measure, decision: Decision, on: date) -> Iterator[Gap]:
    """The successor signed the charter in force and was checked, in time (domain 5.3, association merges)."""
    yield from _event_gaps(measure, decision, on)
    if measure.event_on is not None and measure.event_on <= held_since(measure.label):
        yield _("La fusion vient après le début du label."), "id_event_on"
    first = min(labels_joined(measure), key=lambda label: lasts_until(label, on))
    if on >= lasts_until(first, on):
        words = _("Le label à transférer se termine le {date} : il ne peut plus l'être.")
        words = words.format(date=told_date(lasts_until(first, on)))
        yield Missing(words, reverse("staff_label", args=[first.number]), "label")
    if measure.event_on is not None and on > measure.event_on + timedelta(days=settings.TRANSFER_DAYS):
        words = _("Le transfert se fait dans les {n} jours qui suivent la fusion.")
        yield words.format(n=settings.TRANSFER_DAYS), "id_event_on"
    for joined in labels_joined(measure):
        yield from what_would_be_lost(joined)
    successor = measure.successor
    if successor is None or successor.pk == measure.label.structure_id:
        yield _("Choisissez la structure qui reprend l'action."), "id_successor"
        return
    if Signature.objects.valid_for(successor) is None:
        yield _("La structure qui reprend n'a pas signé la charte en vigueur."), "id_successor"
    done = (RegisterCheck.Conclusion.CONFIRMED, RegisterCheck.Conclusion.WAIVED)
    if not successor.register_checks.filter(conclusion__in=done).exists():
        yield _("La structure qui reprend n'a pas été vérifiée dans les registres."), "id_successor"
    if successor.representative() is None:
        yield _("La structure qui reprend n'a pas de représentant légal connu."), "id_successor"


def lasts_until(label: Label, on: date) -> date:
    """The last day of a label as it is written; past it, the longest that it may wait for its renewal."""
    return label.valid_until if on <= label.valid_until else last_day_of(label)


def labels_joined(measure: Measure) -> list[Label]:
    """The labels that a merger makes one: the one transferred, then the one that the successor holds."""
    own = Label.objects.live().filter(structure=measure.successor_id).exclude(pk=measure.label_id).first()
    return [measure.label, own] if own else [measure.label]


Gaps = Callable[[Measure, Decision, date], Iterator[Gap]]
GAPS_OF_KIND: dict[str, Gaps] = {
    Kind.EXTEND: _extension_gaps,
    Kind.WITHDRAW: withdrawal_gaps,
    Kind.ANNUL: withdrawal_gaps,
    Kind.CONDITIONS: _condition_gaps,
    Kind.SUSPEND: _suspension_gaps,
    Kind.LIFT: _lifting_gaps,
    Kind.LAPSE: _lapse_gaps,
    Kind.TRANSFER: _transfer_gaps,
}


def missing_to_check(measure: Measure, user: User, *, on: date) -> list[Missing]:
    """What forbids a second person to say that the proof of the event is right."""
    decision = measure.decision
    found: list[Missing] = []
    if decision.state != Decision.State.PREPARED:
        found.append(Missing(_("Cet acte n'est plus en préparation.")))
    if measure.event_on is None or measure.event_on > on or is_blank(measure.event_proof):
        found.append(Missing(_("La date du fait et sa preuve manquent encore.")))
    if wrote_in(user, decision):
        found.append(Missing(_("Vous avez préparé cet acte : une autre personne vérifie la preuve.")))
    return found
