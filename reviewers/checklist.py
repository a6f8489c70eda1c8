"""What is missing before a move of the committee: pages, guards and API read the same lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines.calendar import add_months
from journal.refusals import Missing
from journal.wording import is_blank, length_read
from label.models import Application, Edition
from letters.spoken import told_date
from reviewers.grid import COMMENTED, Criterion, criteria, with_finding
from reviewers.models import Assignment, College, Evaluation, Mandate, OfficeFinding, Opinion, Score
from reviewers.models.entries import ADVICE
from reviewers.paper_checklist import missing_to_correct

State = Assignment.State
OPINIONS = tuple(Opinion.Kind.values)


def interests_are_current(mandate: Mandate, *, on: date) -> bool:
    """The declaration was confirmed less than twelve months ago (L1451-1: verified at least yearly)."""
    confirmed = mandate.interests_confirmed_on
    return confirmed is not None and on <= add_months(confirmed, settings.INTERESTS_MONTHS)


def missing_to_activate(
    *,
    interests_link: str,
    filed_on: date | None,
    confidentiality_on: date | None,
    trained_on: date | None,
    on: date,
) -> list[Missing]:
    """Before a member may evaluate: declaration filed, confidentiality signed, training done, all in the past."""
    reasons = []
    if not interests_link:
        reasons.append(Missing(_("L'adresse de la déclaration publique manque."), code="interests_link"))
    for day, text, code in (
        (filed_on, _("La date de la déclaration manque."), "filed_on"),
        (
            confidentiality_on,
            _("La date de l'engagement de confidentialité manque."),
            "confidentiality_signed_on",
        ),
        (trained_on, _("La date de la formation manque."), "trained_on"),
    ):
        if day is None:
            reasons.append(Missing(text, code=code))
        elif day > on:
            reasons.append(Missing(_("Cette date n'est pas encore passée."), code=code))
    return reasons


def missing_to_resume(mandate: Mandate, *, on: date) -> list[Missing]:
    """Before coming back from a pause: the declaration is still current."""
    if interests_are_current(mandate, on=on):
        return []
    return [Missing(_("Confirmez d'abord vos liens d'intérêts."), reverse("committee_mandate"), "interests")]


def missing_to_accept(assignment: Assignment, *, on: date) -> list[Missing]:
    """Before the dossier is opened to a member."""
    if assignment.application.state not in (Application.State.ADMISSIBLE, Application.State.UNDER_REVIEW):
        return [Missing(_("L'évaluation de ce dossier est terminée."), code="over")]
    # By person: what was proposed in one term may be accepted in the next one.
    active = Mandate.objects.at_work(on=on).filter(user=assignment.user_id, state=Mandate.State.ACTIVE)
    if not active.exists():
        text = _("Confirmez vos liens d'intérêts pour recevoir des dossiers.")
        return [Missing(text, reverse("committee_mandate"), "interests")]
    return []


def missing_to_score(assignment: Assignment, *, on: date | None = None) -> list[Missing]:
    """Before a score is written: the grid is open; with `on`, the member may go on and correct that day.

    A review that comes after its date is taken as long as the evaluation is open: only the secretariat stops it, after
    a call (domain 5.1 ASSIGNMENT, « late »). What ends it by itself is the mandate (`missing_to_work`).
    """
    if assignment.state in Assignment.COUNTED:
        return [already_sent(assignment)]
    if assignment.state != State.ACCEPTED:
        return [Missing(_why_closed(assignment.state), code="closed")]
    if assignment.application.state not in (Application.State.ADMISSIBLE, Application.State.UNDER_REVIEW):
        return [Missing(_("L'évaluation de ce dossier est terminée."), code="over")]
    if on is None:
        return []
    late = missing_to_correct(assignment, on=on) if assignment.entered_by_id else []
    return late or missing_to_work(assignment, on=on)


def missing_to_work(assignment: Assignment, *, on: date) -> list[Missing]:
    """Before a member goes on with what they accepted: a mandate that allows it that day, a current declaration.

    Active, or at the end of its term for sixty days at most (domain 5.1 MANDATE); by person, not by mandate.
    """
    mandate = assignment.mandate
    if mandate.state == Mandate.State.ACTIVE and interests_are_current(mandate, on=on):
        return []  # the usual case, without asking the database
    if Mandate.objects.at_work(on=on).filter(user=assignment.user_id).exists():
        return []
    text = _(
        "Cette évaluation est fermée : le mandat n'est pas actif, ou les liens d'intérêts ne sont pas confirmés."
    )
    return [Missing(text, reverse("committee_mandate"), "mandate")]


def missing_to_alert(assignment: Assignment) -> list[Missing]:
    """Before an alert is raised or taken back: the dossier is open to the member, and their notes not yet final."""
    if assignment.state in (State.ACCEPTED, State.SUBMITTED, State.REOPENED):
        return []
    if assignment.state == State.FINAL:
        text = _("Vos notes sont définitives. Pour une alerte, appelez-nous.")
        return [Missing(text, code="final")]
    return [Missing(_why_closed(assignment.state), code="closed")]


def _why_closed(state: str) -> str:
    """Why no score is taken from a member who does not hold an open grid, without the nature of a link."""
    if state in (State.STOOD_DOWN, State.RECUSED):
        return _(
            "Un lien avec ce dossier a été signalé : vous ne l'évaluez plus, et aucune note n'est prise."
        )
    if state in (State.REPLACED, State.DECLINED, State.EXPIRED):
        return _("Cette évaluation est confiée à quelqu'un d'autre : aucune note n'est prise.")
    return _("Cette évaluation n'est pas ouverte.")


def missing_to_extend(assignment: Assignment, *, asked_by_member: bool) -> list[Missing]:
    """Before a review gets more time: its grid is open and not in its days to correct, the member asks once."""
    if reasons := missing_to_score(assignment):
        return reasons
    if asked_by_member and assignment.more_time_asked_at is not None:
        text = _(
            "Vous avez déjà eu plus de temps pour ce dossier. Appelez-nous : nous pouvons en donner encore."
        )
        return [Missing(text, code="asked")]
    if assignment.correct_until is not None:
        text = _("La grille est recopiée : elle se corrige jusqu'au {date}, puis elle est fermée.")
        return [Missing(text.format(date=told_date(assignment.correct_until)), code="correction")]
    return []


def missing_to_open_discussion(
    application: Application, assignments: Collection[Assignment]
) -> list[Missing]:
    """Before the members see the scores of the others: every review of the dossier is in (domain 5.1, 6.5)."""
    if application.state != Application.State.IN_DELIBERATION:
        return [Missing(_("La discussion s'ouvre quand toutes les évaluations sont arrivées."), code="state")]
    if awaited := list(_awaited(assignments)):
        return awaited
    states = {assignment.state for assignment in assignments}
    if State.SUBMITTED in states:
        return []
    if State.REOPENED in states:
        return [Missing(_("La discussion est déjà ouverte."), code="open")]
    return [Missing(_("La discussion est terminée : les notes sont définitives."), code="over")]


def may_be_stopped_on(assignment: Assignment) -> date:
    """The first day on which a review that did not come may be stopped."""
    return assignment.review_due_on + timedelta(days=settings.LATE_REVIEW_DAYS)


def missing_to_stop(
    assignment: Assignment, *, called_on: date | None, is_person: bool, on: date
) -> list[Missing]:
    """Before an accepted review is stopped: its date and some days have passed, and somebody called (domain 5.1)."""
    first = may_be_stopped_on(assignment)
    if not is_person:
        return [Missing(_("Une évaluation acceptée n'est jamais arrêtée sans un appel."), code="called_on")]
    if on < first:
        text = _("On ne met pas fin à cette évaluation avant le {date}.").format(date=told_date(first))
        return [Missing(text, code="called_on")]
    if called_on is None:
        return [Missing(_("Dites quel jour vous avez appelé cette personne."), code="called_on")]
    if not assignment.review_due_on <= called_on <= on:
        text = _("L'appel a eu lieu entre le {first} et aujourd'hui.")
        return [Missing(text.format(first=told_date(assignment.review_due_on)), code="called_on")]
    return []


def missing_to_reread(assignment: Assignment, *, on: date) -> list[Missing]:
    """Before a score is kept or changed in the second round, that day."""
    if assignment.state == State.FINAL:
        return [Missing(_("Votre relecture est terminée : vos notes sont définitives."), code="final")]
    if assignment.state == State.SUBMITTED:
        return [Missing(_("La discussion n'est pas encore ouverte."), code="closed")]
    if assignment.state != State.REOPENED:
        return [Missing(_why_closed(assignment.state), code="closed")]
    if assignment.application.state != Application.State.IN_DELIBERATION:
        return [Missing(_("La discussion de ce dossier est arrêtée."), code="over")]
    return missing_to_work(assignment, on=on)


def missing_change(before: Score, after: Score) -> list[Missing]:
    """Before a score of the first round is changed: another score, and why (E29)."""
    if (before.verdict, before.value) == (after.verdict, after.value):
        text = _("C'est votre note du premier tour : choisissez de la garder ou d'y revenir.")
        return [Missing(text, code="note")]
    if is_blank(after.change_reason):
        return [Missing(_("Vous avez changé une note : dites pourquoi en une phrase."), code="reason")]
    return []


def already_sent(assignment: Assignment) -> Missing:
    """E30: a second click changes nothing and says so."""
    day = told_date(assignment.submitted_at) if assignment.submitted_at else ""
    text = _("Votre évaluation est déjà envoyée, le {date}. Elle n'a pas été comptée deux fois.")
    return Missing(text.format(date=day), code="already_sent")


def mend_score(row: Criterion, score: Score | None) -> str:
    """How to complete one criterion (E26, E27, E28), or nothing when it is complete."""
    if score is None or not score.is_given:
        return _("Choisissez une note de 0 à 4, ou « Je ne me prononce pas ».")
    if score.verdict == Score.Verdict.NOT_APPLICABLE and not row.na_allowed:
        return na_refused()
    if score.value in COMMENTED and is_blank(score.comment):
        return _("Expliquez en une phrase pourquoi vous donnez {score}.").format(score=score.value)
    return ""


def na_refused() -> str:
    """E27."""
    return _(
        "Ce critère concerne toutes les structures. "
        "Choisissez une note de 0 à 4, ou « Je ne me prononce pas »."
    )


def missing_to_submit(assignment: Assignment, scores: Mapping[str, Score], *, advice: str) -> list[Missing]:
    """Before a review is sealed: every criterion answered, comments for 0, 1 and 4, an overall advice."""
    reasons = []
    for row in criteria(assignment.application.edition, assignment.snapshot):
        if mend := mend_score(row, scores.get(row.code)):
            url = reverse("committee_review", args=[assignment.pk, row.code])
            reasons.append(Missing(f"{row.code} {row.title} : {mend}", url, row.code))
    if advice not in OPINIONS:
        text = _("Répondez à cette question : « {question} ».").format(question=_("Votre avis d'ensemble"))
        reasons.append(
            Missing(text, f"{reverse('committee_send', args=[assignment.pk])}#id_advice", "advice")
        )
    return reasons


def missing_to_read_back(assignment: Assignment, scores: Mapping[str, Score]) -> list[Missing]:
    """The same before a grid typed for a member is read back, as links within the page of who types.

    What the member wrote themselves and did not finish is named, and never told (domain 6.5).
    """
    found = []
    for reason in missing_to_submit(assignment, scores, advice=assignment.overall_advice):
        score = scores.get(reason.code)
        text = reason.text
        if score is not None and score.is_own:
            text = _("{code} : la personne n'a pas fini de noter ce critère elle-même.").format(
                code=reason.code
            )
        place = "id_advice_0" if reason.code == ADVICE else f"criterion-{reason.code.replace('.', '-')}"
        found.append(Missing(text, f"#{place}", reason.code))
    return found


def too_late_to_recuse(application: Application) -> str:
    """A link found after the opinion no longer takes an evaluation out of it: what to do instead, plainly."""
    told = _("L'avis est déjà rendu : il n'est plus calculé de nouveau.")
    if application.state == Application.State.ADVISED:
        return (
            told
            + " "
            + _(
                "Prévenez la personne qui signe : avant de décider, elle peut demander un second avis au comité."
            )
        )
    return (
        told
        + " "
        + _(
            "Prévenez la personne qui a signé. La décision peut être contestée par un recours ; si elle est illégale, "
            "l'Institut peut la retirer dans les quatre mois."
        )
    )


def missing_per_college(found: Mapping[str, int], minimum: int) -> list[Missing]:
    """One line per college that has fewer than the minimum."""
    return [
        Missing(_lacking(minimum - found.get(college.value, 0), college), code=college.value)
        for college in College
        if found.get(college.value, 0) < minimum
    ]


def _lacking(count: int, college: College) -> str:
    words = ngettext(
        "Il manque %(count)s évaluation du collège « %(college)s ».",
        "Il manque %(count)s évaluations du collège « %(college)s ».",
        count,
    )
    return words % {"count": count, "college": college.label}


def panel_minimum(edition: Edition, *, derogation: str = "") -> int:
    """How many per college the edition wants; its own lower figure when there is a written derogation."""
    rule = edition.data["panel"]
    return int(rule["minimum_per_college"] if is_blank(derogation) else rule["minimum_by_derogation"])


def missing_to_name(
    edition: Edition, kept: Sequence[Assignment], colleges: Sequence[str], *, derogation: str = ""
) -> list[Missing]:
    """Before invitations leave: each college, those kept and those chosen together, has its minimum."""
    found = Counter([*(assignment.college for assignment in kept), *colleges])
    minimum = panel_minimum(edition, derogation=derogation)
    return [
        Missing(_to_choose(minimum - found[college.value], college), code=college.value)
        for college in College
        if found[college.value] < minimum
    ]


def _to_choose(count: int, college: College) -> str:
    words = ngettext(
        "Choisissez encore %(count)s personne du collège « %(college)s ».",
        "Choisissez encore %(count)s personnes du collège « %(college)s ».",
        count,
    )
    return words % {"count": count, "college": college.label}


def too_many(edition: Edition, colleges: Sequence[str]) -> list[Missing]:
    """One line per college that would have more members than its seats on a panel (domain 6.3)."""
    seats, found = int(edition.data["panel"]["per_college"]), Counter(colleges)
    words = ngettext(
        "Le collège « %(college)s » a %(count)s place sur un panel : choisissez moins de personnes.",
        "Le collège « %(college)s » a %(count)s places sur un panel : choisissez moins de personnes.",
        seats,
    )
    return [
        Missing(words % {"count": seats, "college": college.label}, code=college.value)
        for college in College
        if found[college.value] > seats
    ]


def missing_findings(application: Application) -> list[Missing]:
    """Before a panel is named: a fact of the office on each criterion for which the edition asks one (domain 7)."""
    if application.snapshot is None:
        return []
    kept = OfficeFinding.objects.current(application.snapshot_id)
    wanted = with_finding(application.edition, application.snapshot)
    url = reverse("staff_findings", args=[application.reference])
    return [
        Missing(
            _("Le constat de l'Institut manque sur le critère {code}.").format(code=code),
            f"{url}#{code.replace('.', '-')}",
            "findings",
        )
        for code in wanted
        if code not in kept
    ]


def missing_to_close(
    application: Application, assignments: Collection[Assignment], *, derogation: str = ""
) -> list[Missing]:
    """Before an evaluation is closed: all that was asked has come, or a derogation; never an empty college."""
    counted = Counter(a.college for a in assignments if a.state in Assignment.COUNTED)
    reasons = list(_awaited(assignments)) if is_blank(derogation) else []
    return reasons + missing_per_college(counted, panel_minimum(application.edition, derogation=derogation))


def _awaited(assignments: Collection[Assignment]) -> Iterator[Missing]:
    waiting = sum(a.state in (State.PROPOSED, State.ACCEPTED) for a in assignments)
    if waiting:
        words = ngettext(
            "%(count)s évaluation est encore attendue.",
            "%(count)s évaluations sont encore attendues.",
            waiting,
        )
        yield Missing(words % {"count": waiting}, code="awaited")


def missing_to_record_opinion(
    application: Application,
    evaluation: Evaluation,
    *,
    kind: str,
    reasons: str,
    conditions: Sequence[str],
) -> list[Missing]:
    """Before an opinion is written: a valid evaluation, its reasons, and conditions when it sets some."""
    found = []
    if not evaluation.result["valid"]:
        text = _("Un collège n'a plus assez d'évaluations : recomposez le panel.")
        found.append(Missing(text, reverse("staff_panel", args=[application.reference]), "panel"))
    if application.challenges.filter(answer="").exists():
        text = _("Une demande de récusation attend sa réponse.")
        found.append(Missing(text, reverse("staff_challenges"), "challenge"))
    if kind not in OPINIONS:
        found.append(Missing(_("Choisissez le sens de l'avis."), code="kind"))
    if length_read(reasons) < settings.REASONS_MIN_LENGTH:
        text = _("Écrivez les motifs de l'avis, {n} caractères au moins.").format(
            n=settings.REASONS_MIN_LENGTH
        )
        found.append(Missing(text, code="reasons"))
    if kind == Opinion.Kind.FAVOURABLE_WITH_CONDITIONS and not conditions:
        found.append(Missing(_("Écrivez au moins une réserve."), code="conditions"))
    return found
