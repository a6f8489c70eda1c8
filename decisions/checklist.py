"""What is missing before an act is sent for signature, and before it is signed: pages and guards read the same list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Delegation, User
from decisions.effects import effects, missing_beside
from decisions.models import Decision
from decisions.observations import Said, said_before_refusal, unanswered
from decisions.rules import people_of
from decisions.sentences import blanks_left
from journal.refusals import Missing
from journal.wording import is_blank, length_read
from label import clocks
from label.models import Application
from letters.spoken import told_date
from reviewers.models import Opinion, SecondOpinion

Kind = Decision.Kind
State = Application.State
Gap = tuple[str, str]  # the words, and the field where it is mended

# From which states of the dossier each kind of act can be taken (domain 5.1 APPLICATION).
STATES_OF_KIND = {
    Kind.GRANT: (State.ADVISED,),
    Kind.GRANT_WITH_CONDITIONS: (State.ADVISED,),
    Kind.REFUSE: (State.ADVISED,),
    Kind.INADMISSIBLE: (State.SUBMITTED, State.ADMISSIBLE, State.UNDER_REVIEW),
    Kind.CLOSE: (State.INCOMPLETE,),
}
GRANTING = (Kind.GRANT, Kind.GRANT_WITH_CONDITIONS)
SETTING_CONDITIONS = (Kind.GRANT_WITH_CONDITIONS, Kind.CONDITIONS)
RESTING_ON_CRITERIA = (Kind.GRANT_WITH_CONDITIONS, Kind.REFUSE)  # domain 3.1: reasons are linked to criteria

# The opinion with which each kind agrees; any other opinion makes the act diverge (domain 5.3).
OPINIONS_OF_KIND = {
    Kind.GRANT: (Opinion.Kind.FAVOURABLE,),
    Kind.GRANT_WITH_CONDITIONS: (Opinion.Kind.FAVOURABLE, Opinion.Kind.FAVOURABLE_WITH_CONDITIONS),
    Kind.REFUSE: (Opinion.Kind.UNFAVOURABLE,),
}

# Closed reasons of an inadmissible request (domain 5.1).
CLOSED_REASONS = {
    "out_of_scope": gettext_lazy("Les actions présentées n'entrent pas dans le champ du label"),
    "not_eligible": gettext_lazy("La structure n'est pas de celles qui peuvent demander le label"),
    "dissolved": gettext_lazy("La structure est dissoute"),
    "duplicate": gettext_lazy("Un autre dossier porte sur la même demande"),
    "charter_refused": gettext_lazy("La structure ne souhaite pas s'engager à respecter la charte"),
}


def kinds_possible(application: Application) -> list[Decision.Kind]:
    """The kinds of act that can be taken on that dossier now; none when it is not the time."""
    return [kind for kind, states in STATES_OF_KIND.items() if application.state in states]


def diverges(kind: str, opinion: Opinion | None) -> bool:
    """Whether an act of that kind departs from the committee's opinion."""
    return kind in OPINIONS_OF_KIND and (opinion is None or opinion.kind not in OPINIONS_OF_KIND[Kind(kind)])


def departing() -> Q:
    """The acts that depart from the committee's opinion: the same question as `diverges`, for rows."""
    found = Q()
    for kind, followed in OPINIONS_OF_KIND.items():
        found |= Q(kind=kind) & (Q(opinion=None) | ~Q(opinion__kind__in=followed))
    return found


def needs_own_reasons(kind: str, opinion: Opinion | None) -> bool:
    """Whether the Institute must say why it decides so: against the opinion, or after one that a college did not give.

    Domain 5.3: « avis rendu sans contribution du collège », and the reasons are compulsory.
    """
    without = opinion is not None and bool(opinion.without_colleges)
    return diverges(kind, opinion) or (kind in OPINIONS_OF_KIND and without)


def missing_to_send(decision: Decision, *, on: date) -> list[Missing]:
    """What the case officer still has to write before the act can be sent for signature (CRPA L211-5).

    The act was read with `Decision.objects.whole()`.
    """
    application = decision.application
    if application is None:
        return [Missing(_("Cet acte ne porte sur aucun dossier."))]
    effect = effects[decision.kind]
    edit = effect.page(decision)
    gaps = [
        *_stage_gaps(decision, application, on),
        *_reason_gaps(decision),
        *_blank_gaps(decision),
        *_opinion_gaps(decision),
        *_kind_gaps(decision),
        *_condition_gaps(decision, on),
    ]
    found = [Missing(text, f"{edit}#{anchor}", anchor) for text, anchor in gaps]
    return [*found, *effect.obstacles(decision), *missing_beside(decision, on)]


def _stage_gaps(decision: Decision, application: Application, on: date) -> Iterator[Gap]:
    if not decision.is_on_a_request:
        return
    if decision.kind not in kinds_possible(application):
        yield _("Le dossier n'est pas à une étape où cette décision peut être prise."), "id_kind"
        return
    if decision.opinion_id != decision.newest_opinion_id or decision.snapshot_id != application.snapshot_id:
        yield (
            _("Le dossier ou l'avis a changé : relisez la décision et enregistrez-la de nouveau."),
            "id_kind",
        )
    if decision.kind == Kind.CLOSE:
        yield from _patience_gaps(application, on)


def _patience_gaps(application: Application, on: date) -> Iterator[Gap]:
    """Closing needs a proof of receipt, the date passed, one reminder, and the days of grace (domain 3.2, 5.1)."""
    asked = application.open_request()
    if asked is None:
        yield _("Aucune pièce n'est attendue."), "id_kind"
        return
    grace = clocks.running(application, clocks.GRACE)
    last = (
        grace.due_on
        if grace and grace.due_on
        else asked.due_on + timedelta(days=settings.DOCUMENTS_GRACE_DAYS)
    )
    if on <= last:
        yield (
            _("La structure peut encore envoyer ses pièces jusqu'au {date}.").format(date=told_date(last)),
            "id_kind",
        )
    if asked.letter is None or asked.letter.received_on is None:
        yield _("La preuve de réception de la demande de pièces manque."), "id_kind"
    if asked.reminded_at is None:
        yield _("Aucune relance n'a encore été envoyée à la structure."), "id_kind"


def _reason_gaps(decision: Decision) -> Iterator[Gap]:
    law, fact = length_read(decision.reasons_in_law), length_read(decision.reasons_in_fact)
    enough = settings.REASONS_MIN_LENGTH
    if not law:
        yield _("Les motifs en droit manquent."), "id_reasons_in_law"
    elif law < enough:
        yield (
            _("Les motifs en droit sont trop courts : {n} caractères au moins.").format(n=enough),
            "id_reasons_in_law",
        )
    if not fact:
        yield _("Les motifs en fait manquent."), "id_reasons_in_fact"
    elif fact < enough:
        yield (
            _("Les motifs en fait sont trop courts : {n} caractères au moins.").format(n=enough),
            "id_reasons_in_fact",
        )


def _blank_gaps(decision: Decision) -> Iterator[Gap]:
    """The blanks of the offered sentences are filled in by a person: a letter with « [point fort] » gives no reason."""
    for name in ("reasons_in_law", "reasons_in_fact", "divergence_reasons", "how_to_improve"):
        if left := blanks_left(getattr(decision, name)):
            words = _("Remplacez ce qui reste entre crochets : {blanks}.")
            yield words.format(blanks=", ".join(left)), f"id_{name}"
    conditions = decision.conditions.all() if decision.kind in SETTING_CONDITIONS else ()
    for rank, condition in enumerate(conditions):
        if left := blanks_left(f"{condition.text} {condition.proof}"):
            words = _("Remplacez ce qui reste entre crochets : {blanks}.")
            yield words.format(blanks=", ".join(left)), f"id_conditions-{rank}-text"


def _opinion_gaps(decision: Decision) -> Iterator[Gap]:
    """What an act lacks that departs from the opinion, or follows one to which a college did not contribute."""
    if diverges(decision.kind, decision.opinion):
        yield from divergence_gaps(decision)
    elif needs_own_reasons(decision.kind, decision.opinion):
        enough = settings.REASONS_MIN_LENGTH
        if length_read(decision.divergence_reasons) < enough:
            words = _(
                "Un collège n'a pas contribué à l'avis : dites pourquoi l'Institut décide quand même, "
                "en {n} caractères au moins."
            )
            yield words.format(n=enough), "id_divergence_reasons"


def divergence_gaps(decision: Decision) -> Iterator[Gap]:
    """What an act that departs from the opinion of the committee lacks (domain 5.3, INCa decides against it)."""
    enough = settings.REASONS_MIN_LENGTH
    if settings.OPINION_IS_BINDING:
        yield _("L'avis du comité lie l'Institut : la décision doit le suivre."), "id_kind"
    elif length_read(decision.divergence_reasons) < enough:
        words = _("Dites pourquoi la décision s'écarte de l'avis, en {n} caractères au moins.")
        yield words.format(n=enough), "id_divergence_reasons"


def _kind_gaps(decision: Decision) -> Iterator[Gap]:
    if decision.kind == Kind.INADMISSIBLE and decision.closed_reason not in CLOSED_REASONS:
        yield _("Choisissez la raison dans la liste."), "id_closed_reason"
    if decision.kind == Kind.REFUSE and is_blank(decision.how_to_improve):
        yield _("Dites comment améliorer le dossier."), "id_how_to_improve"
    if decision.kind in RESTING_ON_CRITERIA and not decision.criteria:
        yield _("Choisissez au moins un critère sur lequel reposent les motifs."), "id_criteria"
    if decision.kind in GRANTING and not decision.recognised:
        yield _("Choisissez au moins une action reconnue."), "id_solutions_0"
    if decision.kind == Kind.REFUSE and decision.application is not None:
        yield from answer_gaps(said_before_refusal(decision.application), decision.answers_to_observations)


def answer_gaps(said: Iterable[Said], text: str) -> Iterator[Gap]:
    """What the structure said and that text does not answer, were it said after it was written (domain 3.3)."""
    for one in unanswered(said, text):
        words = _("Répondez à ce que la structure a dit : {n}.")
        yield words.format(n=one.name), f"id_answer_{one.key}"


def _condition_gaps(decision: Decision, on: date) -> Iterator[Gap]:
    if decision.kind not in SETTING_CONDITIONS:
        return
    conditions = list(decision.conditions.all())
    if not conditions:
        yield _("Écrivez au moins une réserve, avec sa date et sa preuve."), "id_conditions-0-text"
    if any(condition.due_on <= on for condition in conditions):
        yield _("La date d'une réserve est passée."), "id_conditions-0-due_on"


def missing_to_record_implicit(application: Application, *, on: date) -> list[Missing]:
    """What forbids to note that silence has decided: no date, a date not passed, or an act already there.

    A silence that refuses also decides while pieces are awaited, once the time given for them is over (L114-5).
    """
    states = Application.IMPLICIT if clocks.acceptance() else (*Application.IMPLICIT, State.INCOMPLETE)
    if application.state not in states or application.implicit_decision_on is None:
        return [Missing(_("Le délai de réponse ne court pas sur ce dossier."))]
    if on <= application.implicit_decision_on:
        words = _("L'Institut peut encore répondre jusqu'au {date}.")
        return [Missing(words.format(date=told_date(application.implicit_decision_on)))]
    if application.decisions.filter(kind=Kind.IMPLICIT).exists():
        return [Missing(_("La décision implicite est déjà notée."))]
    return []


def missing_to_grant_by_silence(
    application: Application, user: User | None, *, on: date, delegation: Delegation | None
) -> list[Missing]:
    """As `missing_to_record_implicit`, and what forbids this person to make the label that silence grants.

    The dossier was read with `rules.with_part_in(user, …)`. The same rules as for a signature: a delegation valid
    that day (CRPA L212-1), no part in the dossier (domain 5.1 and 5.2 rule 1).
    """
    if user is None:
        return [Missing(_("Une personne doit signer."))]
    reasons = missing_to_record_implicit(application, on=on)
    reasons += [Missing(text) for text in part_gaps(application, user, [application.case_officer_id])]
    if delegation is None:
        reasons.append(Missing(delegation_gap(user, on)))
    return reasons


def missing_to_sign(
    decision: Decision,
    user: User | None,
    *,
    on: date,
    seen: datetime | None = None,
    delegation: Delegation | None,
) -> list[Missing]:
    """What is missing before this person can sign this act that day (screens P21).

    The act was read with `rules.with_part_of(user, Decision.objects.whole())`; `seen` is when it was sent for
    signature as the signatory read it: another time means another text.
    """
    if user is None:
        return [Missing(_("Une personne doit signer."))]
    reasons = missing_to_send(decision, on=on)
    if decision.submitted_at is None:
        reasons.append(Missing(_("La décision n'est pas encore transmise à la signature.")))
    elif seen is not None and seen != decision.submitted_at:
        reasons.append(Missing(_("La décision a changé depuis que vous l'avez ouverte : relisez-la.")))
    officer = decision.application.case_officer_id if decision.application else None
    reasons += [Missing(text) for text in part_gaps(decision, user, [decision.prepared_by_id, officer])]
    if decision.kind == Kind.APPEAL_ANSWER and user.pk in people_of(contested_by(decision)):
        text = _("Vous avez participé à la décision contestée : une autre personne doit signer.")
        reasons.append(Missing(text, code="involved"))
    if delegation is None:
        reasons.append(Missing(delegation_gap(user, on)))
    return reasons


def why_no_second_opinion(
    application: Application, user: User | None, *, on: date, delegation: Delegation | None
) -> list[Missing]:
    """Why this person may not ask the committee again on that dossier now; nothing when they may (domain 5.1).

    The dossier was read with `rules.with_part_in(user, …)`: who may not sign its decision asks nothing either.
    """
    if user is None:
        return [Missing(_("Une personne doit signer."))]
    reasons = []
    if application.state != State.ADVISED:
        reasons.append(Missing(_("Un second avis se demande entre l'avis du comité et la décision.")))
    if SecondOpinion.objects.filter(application=application).exists():
        reasons.append(Missing(_("Un second avis a déjà été demandé sur ce dossier.")))
    reasons += [Missing(text) for text in part_gaps(application, user, [application.case_officer_id])]
    if delegation is None:
        reasons.append(Missing(delegation_gap(user, on)))
    return reasons


def missing_to_ask_second_opinion(
    application: Application, question: str, user: User | None, *, on: date, delegation: Delegation | None
) -> list[Missing]:
    """As `why_no_second_opinion`, and the question itself."""
    found = why_no_second_opinion(application, user, on=on, delegation=delegation)
    if is_blank(question):
        found.append(Missing(_("Écrivez votre question au comité."), code="question"))
    return found


def contested_by(answer: Decision) -> Decision:
    """The act that the appeal answered by this one contests."""
    contested: Decision = Decision.objects.select_related("application__structure").get(
        appeals__answer=answer
    )
    return contested


def part_gaps(found: Any, user: User, officers: Iterable[int | None]) -> Iterator[str]:
    """Why this person may not sign: their part in an act or a dossier.

    `found` was read with `rules.with_part_of` or `with_part_in`; `officers` are the keys of those who prepared it
    (domain 5.2 rule 1).
    """
    if found.signatory_ran or user.pk in officers:
        yield _("Vous avez instruit ce dossier : une autre personne doit signer.")
    if found.signatory_judged:
        yield _("Vous avez évalué ce dossier : une autre personne doit signer.")
    if found.signatory_belongs:
        yield _("Vous êtes ou avez été membre de cette structure : une autre personne doit signer.")
    if found.signatory_apart:
        yield _(
            "Une personne de cette structure porte votre nom, et le déontologue n'a pas dit que c'est sans effet : "
            "une autre personne doit signer."
        )


def delegation_gap(user: User, on: date) -> str:
    """Why a person who holds no delegation that day cannot sign, in words (CRPA L212-1)."""
    last = Delegation.objects.filter(user=user, ends_on__lt=on).order_by("-ends_on").first()
    if last and last.ends_on:
        return _("Votre délégation s'est arrêtée le {date}.").format(date=told_date(last.ends_on))
    return _("Vous n'avez pas de délégation de signature pour ce jour.")
