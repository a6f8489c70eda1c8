"""What awaits the secretariat, the ethics officer and the signatories: panels, evaluations, links, mandates."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role
from label.models import Application
from reviewers.models import (
    Assignment,
    Challenge,
    Evaluation,
    GridEntry,
    InterestLink,
    LinkMatch,
    Mandate,
    MandateHearing,
    OfficeFinding,
    StaffMatch,
)
from reviewers.pseudonyms import told_pseudonym
from structures.models import Structure
from workflows.flows import CertificationFlow as Flow
from workflows.todo.engine import Found, Reader, Task, source
from workflows.todo.office.rows import (
    STEP,
    mine,
    of_dossier,
    of_person,
    of_step,
    open_steps,
    person_task,
    task,
)

PANEL_PER_COLLEGE = 2  # domain 6.2


def _texts(one: str, between: str, other: str) -> Concat:
    return Concat(one, Value(between), other, output_field=CharField())


def _panel(found: Found) -> Task:
    return task(
        found, "step", _("Composer le panel"), reverse("staff_panel", args=[found.reference]), clock="assign"
    )


@source(
    "staff",
    Role.SECRETARIAT,
    moment="created",
    tell=_panel,
    **of_step(),
)
def panels(reader: Reader) -> QuerySet[Any, Any]:
    """Admissible dossiers without a panel."""
    return open_steps(Flow.panel, "workflows.secretariat")


def _findings(found: Found) -> Task:
    url = reverse("staff_findings", args=[found.reference])
    return task(found, "findings", _("Écrire les constats avant le panel"), url, clock="assign")


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="created",
    tell=_findings,
    **of_step(),
)
def findings_to_write(reader: Reader) -> QuerySet[Any, Any]:
    """Admissible dossiers on which the officer has not found anything yet; the panel page lists what is left."""
    written = OfficeFinding.objects.filter(snapshot=OuterRef(f"{STEP}snapshot"))
    rows = open_steps(Flow.panel, "workflows.secretariat").filter(~Exists(written))
    return mine(reader, rows, STEP)


def _late_review(found: Found) -> Task:
    url = reverse("staff_panel", args=[found.reference])
    title = _("Appeler un membre : son évaluation est en retard")
    return task(found, "review", title, url, why=told_pseudonym(found.extra), due_on=found.due_on)


@source(
    "staff",
    Role.SECRETARIAT,
    moment="accepted_at",
    tell=_late_review,
    **of_dossier("application__"),
    extra="pseudonym",
    due="review_due_on",
)
def reviews_late(reader: Reader) -> QuerySet[Any, Any]:
    """Evaluations accepted whose date has passed: never stopped without a call (domain 5.1)."""
    return Assignment.objects.filter(
        state=Assignment.State.ACCEPTED,
        review_due_on__lt=reader.on,
        application__state__in=Application.UNDER_WAY,
    ).exclude(entry__correction_due_on__isnull=False)  # on paper, and only waiting for the days to correct


def _second_reading(found: Found) -> Task:
    url = reverse("staff_double_check", args=[found.reference, int(found.extra)])
    return task(found, "second", _("Relire une grille tirée au sort"), url, due_on=found.due_on)


@source(
    "staff",
    Role.SECRETARIAT,
    moment="entered_at",
    tell=_second_reading,
    **of_dossier("assignment__application__"),
    extra="assignment_id",
    due="correction_due_on",
)
def grids_to_read_again(reader: Reader) -> QuerySet[Any, Any]:
    """Paper grids of the sample that a second person must type (domain 6.9), not those that one typed oneself."""
    rows = GridEntry.objects.to_check().filter(assignment__application__state__in=Application.UNDER_WAY)
    return rows.exclude(assignment__entered_by=reader.user)


def _stuck_grid(found: Found) -> Task:
    url = reverse("staff_panel", args=[found.reference])
    return task(
        found,
        "grid",
        _("Terminer une grille recopiée"),
        url,
        why=told_pseudonym(found.extra),
        due_on=found.due_on,
    )


@source(
    "staff",
    Role.SECRETARIAT,
    moment="entered_at",
    tell=_stuck_grid,
    **of_dossier("assignment__application__"),
    extra="assignment__pseudonym",
    due="correction_due_on",
)
def grids_not_sealed(reader: Reader) -> QuerySet[Any, Any]:
    """Grids whose days to correct are over and in which something is missing again."""
    return GridEntry.objects.stuck(on=reader.on).filter(
        assignment__application__state__in=Application.UNDER_WAY
    )


def _hole(found: Found) -> Task:
    url = reverse("staff_panel", args=[found.reference])
    return task(found, "hole", _("Remplacer un membre du panel"), url, why=told_pseudonym(found.extra))


@source(
    "staff",
    Role.SECRETARIAT,
    moment="released_at",
    tell=_hole,
    **of_dossier("application__"),
    extra="pseudonym",
)
def members_to_replace(reader: Reader) -> QuerySet[Any, Any]:
    """The last departures of a college of a panel, as many as its empty seats."""
    present = Assignment.objects.filter(
        application=OuterRef("application"), college=OuterRef("college"), state__in=Assignment.LIVE
    )
    gone = Assignment.objects.filter(
        application__state=Application.State.UNDER_REVIEW, released_at__isnull=False
    ).exclude(state__in=Assignment.LIVE)
    later = Q(released_at__gt=OuterRef("released_at")) | Q(
        released_at=OuterRef("released_at"), pk__gt=OuterRef("pk")
    )
    after = _counted(gone.filter(later, application=OuterRef("application"), college=OuterRef("college")))
    return gone.annotate(taken=_counted(present) + after).filter(taken__lt=PANEL_PER_COLLEGE)


def _counted(rows: QuerySet[Any, Any]) -> Coalesce:
    found = rows.order_by().values("college").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)


def _link(found: Found) -> Task:
    url = reverse("staff_mandate", args=[int(found.extra)])
    title = _("Analyser un lien d'intérêts")
    return person_task(found, "link", title, url)


@source(
    "staff",
    Role.ETHICS_OFFICER,
    moment="declared_at",
    tell=_link,
    **of_person("mandate__user__"),
    extra="mandate_id",
)
def interests_to_analyse(reader: Reader) -> QuerySet[Any, Any]:
    """Declared links that nobody has analysed."""
    return InterestLink.objects.to_analyse()


def _told_link(found: Found) -> Task:
    url = f"{reverse('staff_panel', args=[found.reference])}#lien-{found.row}"
    title = _("Répondre à un membre qui signale un lien")
    return task(found, "told-link", title, url, why=told_pseudonym(found.extra))


@source(
    "staff",
    Role.ETHICS_OFFICER,
    moment="released_at",
    tell=_told_link,
    **of_dossier("application__"),
    extra="pseudonym",
)
def links_told_on_a_dossier(reader: Reader) -> QuerySet[Any, Any]:
    """Members who told of a link with one dossier and wait for an answer (screens P15)."""
    return Assignment.objects.filter(state=Assignment.State.STOOD_DOWN, link_answered_at=None)


def _match(found: Found) -> Task:
    url = reverse("staff_match", args=[found.row])
    title = _("Examiner un lien rapproché d'une structure")
    return Task(
        f"match-{found.row}", title, f"{found.reference} – {found.name}", url, found.since, why=found.extra
    )


@source(
    "staff",
    Role.ETHICS_OFFICER,
    moment="found_at",
    tell=_match,
    reference=_texts("link__mandate__user__first_name", " ", "link__mandate__user__last_name"),
    name="structure__name",
    extra=_texts("in_link", " ↔ ", "in_dossier"),
)
def matches_to_settle(reader: Reader) -> QuerySet[Any, Any]:
    """Links of members that resemble a structure with a dossier under way, on which nobody concluded."""
    return LinkMatch.objects.to_settle(on=reader.on).filter(
        structure__in=Structure.objects.visible_to(reader.user, on=reader.on).values("pk")
    )


def _name(found: Found) -> Task:
    url = reverse("staff_name_match", args=[found.row])
    title = _("Examiner le nom d'un agent, porté aussi dans une structure")
    return Task(
        f"name-{found.row}", title, f"{found.reference} – {found.name}", url, found.since, why=found.extra
    )


@source(
    "staff",
    Role.ETHICS_OFFICER,
    moment="found_at",
    tell=_name,
    reference=_texts("person__first_name", " ", "person__last_name"),
    name="structure__name",
    extra="in_dossier",
)
def staff_names_to_settle(reader: Reader) -> QuerySet[Any, Any]:
    """Names of the staff found in a structure with a dossier under way, on which nobody concluded (domain 5.3)."""
    return (
        StaffMatch.objects.to_settle()
        .exclude(person=reader.user)
        .filter(structure__in=Structure.objects.visible_to(reader.user, on=reader.on).values("pk"))
    )


def _challenge(found: Found) -> Task:
    url = reverse("staff_challenge", args=[found.row])
    title = _("Répondre à une demande de récusation")
    return task(found, "challenge", title, url, due_on=found.due_on)


@source(
    "staff",
    Role.ETHICS_OFFICER,
    Role.SECRETARIAT,
    moment="asked_at",
    tell=_challenge,
    dossier="application_id",
    **of_dossier("application__"),
    due="answer_due_on",
)
def challenges_to_answer(reader: Reader) -> QuerySet[Any, Any]:
    """Recusals that associations ask for: the ethics officer answers, the secretariat follows."""
    return Challenge.objects.filter(answer="", application__state__in=Application.UNDER_WAY)


def _invalid(found: Found) -> Task:
    url = reverse("staff_panel", args=[found.reference])
    title = _("Recomposer le panel : un collège n'a plus assez d'évaluations")
    return task(found, "invalid", title, url)


@source(
    "staff",
    Role.SECRETARIAT,
    moment="closed_at",
    tell=_invalid,
    dossier="application_id",
    **of_dossier("application__"),
)
def panels_made_invalid(reader: Reader) -> QuerySet[Any, Any]:
    """Dossiers before the committee of which a late recusal left a college short: back to the panel (domain 5.1)."""
    newer = Evaluation.objects.filter(application=OuterRef("application"), pk__gt=OuterRef("pk"))
    return Evaluation.objects.filter(
        ~Exists(newer), application__state=Application.State.IN_DELIBERATION, result__valid=False
    )


def _to_appoint(found: Found) -> Task:
    url = reverse("staff_mandate", args=[found.row])
    title = _("Nommer ou non un membre du comité")
    return person_task(found, "appoint", title, url)


@source(
    "staff",
    Role.SIGNATORY,
    moment="consented_at",
    tell=_to_appoint,
    **of_person(),
)
def members_to_appoint(reader: Reader) -> QuerySet[Any, Any]:
    """Members approached who gave their agreement: a signatory appoints them, or not."""
    agreed = Mandate.objects.filter(state=Mandate.State.APPROACHED, consented_at__isnull=False)
    return agreed.filter(consent_withdrawn_at=None)


def _member(found: Found) -> Task:
    url = reverse("staff_mandate", args=[found.row])
    title = _("Préparer l'arrivée d'un membre")
    return person_task(found, "mandate", title, url)


@source(
    "staff",
    Role.SECRETARIAT,
    moment="appointed_at",
    tell=_member,
    **of_person(),
)
def members_to_activate(reader: Reader) -> QuerySet[Any, Any]:
    """Members appointed whose three steps are not finished."""
    return Mandate.objects.filter(state=Mandate.State.APPOINTED)


def _confirmation(found: Found) -> Task:
    url = reverse("staff_mandate", args=[found.row])
    title = _("Examiner une déclaration d'intérêts")
    return person_task(found, "confirmation", title, url)


@source(
    "staff",
    Role.ETHICS_OFFICER,
    moment="activated_at",
    tell=_confirmation,
    **of_person(),
)
def confirmations_to_examine(reader: Reader) -> QuerySet[Any, Any]:
    """Declarations confirmed after they had expired: nothing is asked of the member until they are examined."""
    overdue = Mandate.State.INTERESTS_OVERDUE
    return Mandate.objects.filter(state=overdue, confirmation_waiting_on__isnull=False)


def _unanswered(found: Found) -> Task:
    url = reverse("staff_mandate", args=[int(found.extra)])
    title = _("Noter la réponse d'un membre, ou son silence")
    return person_task(found, "hearing", title, url, due_on=found.due_on)


@source(
    "staff",
    Role.SECRETARIAT,
    moment="mandate__activated_at",
    tell=_unanswered,
    **of_person("mandate__user__"),
    extra="mandate_id",
    due="answer_until",
)
def hearings_without_answer(reader: Reader) -> QuerySet[Any, Any]:
    """Grounds notified whose time to answer is over, without an answer."""
    return MandateHearing.objects.filter(
        mandate__state__in=HEARD, dropped_at=None, heard_on=None, answer_until__lt=reader.on
    )


def _to_decide(found: Found) -> Task:
    url = reverse("staff_mandate", args=[int(found.extra)])
    title = _("Décider de la fin d'un mandat")
    return person_task(found, "heard", title, url)


@source(
    "staff",
    Role.SIGNATORY,
    moment="mandate__activated_at",
    tell=_to_decide,
    **of_person("mandate__user__"),
    extra="mandate_id",
)
def mandates_to_decide(reader: Reader) -> QuerySet[Any, Any]:
    """Members who were heard: the deciding authority ends the mandate, or drops the grounds."""
    return MandateHearing.objects.filter(mandate__state__in=HEARD, dropped_at=None, heard_on__isnull=False)


HEARD = (Mandate.State.ACTIVE, Mandate.State.INTERESTS_OVERDUE)
