"""What the Institute does on a working day, with the hands that it has: dossiers, letters, decisions."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from certificates.models import Label
from certificates.renewals import ENDED_BY_AN_ACT, label_followed
from decisions import actions as acts
from decisions.checklist import missing_to_record_implicit, needs_own_reasons
from decisions.content import Content
from decisions.models import Decision
from desks.demonstration.answers import paper
from desks.demonstration.story import deciding, discussing, filing, reviewing
from desks.simulation.associations import life_of
from desks.simulation.world import Lived, World
from label import actions as label
from label.models import Application
from letters import actions as letters
from letters import files
from letters.models import Letter, StoredFile
from reviewers import actions as committee
from reviewers.models import Assignment, Opinion
from reviewers.panels import panel_token
from reviewers.proposals import draft

State = Application.State
CHECKED_A_DAY = 3
DECIDED_A_DAY = 2
ASKED_FOR_PIECES = 0.25
PANEL_WEEKDAY = 0  # Monday
CONDITION = "Publier les comptes du dernier exercice sur le site de l'association."
CONDITION_WITHIN = timedelta(days=120)
NO_OBJECT = (
    "L'avis portait sur le renouvellement d'un label qui a pris fin depuis par un autre acte : la demande a perdu son "
    "objet, et la structure peut faire une nouvelle demande."
)
WITHOUT_A_COLLEGE = (
    "Un collège n'a pas pu contribuer à l'avis malgré deux relances ; les deux autres ont lu le dossier en entier et "
    "leurs évaluations concordent : l'Institut décide sur ce qu'elles disent."
)
IN_LAW, IN_FACT = deciding.IN_LAW, deciding.IN_FACT


def work(world: World) -> None:
    """One working day."""
    _post_letters(world)
    _check(world)
    _close_what_did_not_come(world)
    if world.day.weekday() == PANEL_WEEKDAY:
        _compose(world)
    _fill_the_gaps(world)
    _decide(world)
    _sign(world)
    _note_silences(world)


def story_of(world: World, application: Application) -> Lived:
    """The story of the association of that dossier."""
    return world.story(life_of(world, application.structure.name))


def _dossiers(*states: str) -> list[Application]:
    found = Application.objects.filter(state__in=states).select_related("structure", "edition", "snapshot")
    return list(found.order_by("pk"))


def _post_letters(world: World) -> None:
    """Signed by hand and posted the day after; received some days later, with its proof."""
    for letter in Letter.objects.filter(channel=Letter.Channel.POST, received_on=None).order_by("pk"):
        issued = timezone.localdate(letter.issued_at)
        if letter.is_withdrawn or issued >= world.day:
            continue
        with world.trying("post a letter"):
            if letter.sent_on is None:
                letters.record_hand_signature(
                    letter_pk=letter.pk,
                    scan=_scan(world, letter, "letter_scan"),
                    at=world.moment(9),
                    by=world.secretary,
                )
                letters.record_posting(
                    letter_pk=letter.pk,
                    registered_number=f"2C {100_000_000 + letter.pk}",
                    sent_on=world.day,
                    at=world.moment(9),
                    by=world.secretary,
                )
            elif (world.day - letter.sent_on).days >= 3:
                letters.record_receipt(
                    letter_pk=letter.pk,
                    presented_on=world.day,
                    received_on=world.day,
                    proof=_scan(world, letter, "letter_proof"),
                    at=world.moment(17),
                    by=world.secretary,
                )


def _scan(world: World, letter: Letter, purpose: str) -> StoredFile:
    return files.store(
        upload=paper(f"{purpose}.pdf", "Courrier numérisé", letter.reference),
        subject=letter.subject,
        purpose=purpose,
        thread=letter.thread,
        at=world.moment(9),
        by=world.secretary,
    )


def _check(world: World) -> None:
    """Take what is new, a few a day, oldest first: ask for pieces or declare admissible; write what a panel needs."""
    waiting = _dossiers(State.SUBMITTED)
    world.queue("dossiers to check", len(waiting))
    for application in waiting[:CHECKED_A_DAY]:
        story = story_of(world, application)
        with world.trying("check a dossier"):
            if application.case_officer_id is None:
                label.take_file(application_pk=application.pk, at=world.moment(), by=world.officer)
            asked = application.document_requests.exists()
            if not asked and world.chance(ASKED_FOR_PIECES):
                _ask(world, application)
            else:
                filing.admit(story)
                world.counts["dossiers admissible"] += 1
    for application in _dossiers(State.ADMISSIBLE):
        if not application.plain_summaries.exists():
            story = story_of(world, application)
            discussing.write_findings(story)
            reviewing.write_summary(story)


def _ask(world: World, application: Application) -> None:
    label.ask_documents(
        application_pk=application.pk,
        pieces=[{"code": "paper_accounts", "why": "Les comptes joints sont ceux d'il y a deux ans."}],
        at=world.moment(11),
        by=world.officer,
    )
    world.counts["pieces asked for"] += 1


def _close_what_did_not_come(world: World) -> None:
    for application in _dossiers(State.INCOMPLETE):
        asked = application.open_request()
        if asked is None or (world.day - asked.due_on).days < 20 or _has_act(application):
            continue
        with world.trying("close a dossier"):
            decision = acts.prepare(
                application_pk=application.pk,
                content=Content(kind=Decision.Kind.CLOSE, reasons_in_law=IN_LAW, reasons_in_fact=IN_FACT),
                at=world.moment(14),
                by=world.officer,
            )
            acts.send_for_signature(decision_pk=decision.pk, at=world.moment(15), by=world.officer)


def _has_act(application: Application) -> bool:
    return application.decisions.filter(
        Q(state=Decision.State.PREPARED, submitted_at__isnull=False) | Q(state=Decision.State.SIGNED)
    ).exists()


def _compose(world: World) -> None:
    """Once a week, panels are proposed for all that wait, and those that are whole are invited."""
    waiting = [one for one in _dossiers(State.ADMISSIBLE) if one.plain_summaries.exists()]
    world.queue("dossiers without a panel", len(waiting))
    if not waiting:
        return
    drafted = draft(waiting, on=world.day)
    for application in waiting:
        chosen = drafted.chosen(application)
        with world.trying("name a panel"):
            committee.name_panel(
                application_pk=application.pk,
                mandate_pks=[one.pk for one in chosen],
                at=world.moment(16),
                by=world.secretary,
            )
            world.counts["panels named"] += 1
            world.waited("from filing to panel", timezone.localdate(application.submitted_at))


def _fill_the_gaps(world: World) -> None:
    """Somebody declined, stood down or never answered: somebody else of the same college is asked."""
    for application in _dossiers(State.UNDER_REVIEW):
        minimum = application.edition.data.get("panel", {}).get("per_college", 2)
        live = Assignment.objects.filter(application=application, state__in=Assignment.LIVE)
        if live.count() >= 3 * minimum:
            continue
        drafted = draft([application], on=world.day)
        sitting = set(live.values_list("mandate_id", flat=True))
        chosen = [one.pk for one in drafted.chosen(application) if one.pk not in sitting]
        if not chosen:
            world.refused["replace a member: nobody is free"] += 1
            continue
        with world.trying("replace a member"):
            committee.replace_members(
                application_pk=application.pk,
                mandate_pks=chosen,
                seen=panel_token(application),
                at=world.moment(15),
                by=world.secretary,
            )
            world.counts["members replaced"] += len(chosen)


def _decide(world: World) -> None:
    waiting = [one for one in _dossiers(State.ADVISED) if not _has_act(one)]
    world.queue("opinions to decide", len(waiting))
    for application in waiting[:DECIDED_A_DAY]:
        with world.trying("prepare a decision"):
            decision = acts.prepare(
                application_pk=application.pk,
                content=_content(world, application),
                at=world.moment(14),
                by=world.officer,
            )
            acts.send_for_signature(decision_pk=decision.pk, at=world.moment(15), by=world.officer)


def _content(world: World, application: Application) -> Content:
    """The act follows the opinion of the committee."""
    opinion = application.opinions.order_by("-pk").first()
    kind = opinion.kind if opinion else Opinion.Kind.UNFAVOURABLE
    followed = label_followed(application)
    has_lost_its_object = followed is not None and followed.state in ENDED_BY_AN_ACT
    if kind == Opinion.Kind.UNFAVOURABLE or has_lost_its_object:
        return Content(
            kind=Decision.Kind.REFUSE,
            reasons_in_law=IN_LAW,
            reasons_in_fact=deciding.AGAINST,
            how_to_improve=deciding.IMPROVE,
            criteria=("A3.2", "A4.1"),
            divergence_reasons=NO_OBJECT if has_lost_its_object else "",
        )
    with_conditions = kind == Opinion.Kind.FAVOURABLE_WITH_CONDITIONS
    act = Decision.Kind.GRANT_WITH_CONDITIONS if with_conditions else Decision.Kind.GRANT
    return Content(
        kind=act,
        reasons_in_law=IN_LAW,
        reasons_in_fact=IN_FACT,
        divergence_reasons=WITHOUT_A_COLLEGE if needs_own_reasons(act, opinion) else "",
        criteria=("A2.1", "A3.2"),
        solution_pks=list(application.solutions.values_list("pk", flat=True)),
        conditions=((CONDITION, "Adresse de la page", _due(world, followed)),) if with_conditions else (),
    )


def _due(world: World, followed: Label | None) -> date:
    """The day of a condition: within four months, and after the first day of the label that sets it."""
    starts_on = followed.ends_on if followed else world.day
    return max(world.day, starts_on) + CONDITION_WITHIN


def _sign(world: World) -> None:
    waiting = Decision.objects.filter(state=Decision.State.PREPARED, submitted_at__lt=world.moment(0))
    for decision in waiting.exclude(kind=Decision.Kind.APPEAL_ANSWER).order_by("pk"):
        with world.trying("sign"):
            signed = acts.sign(
                decision_pk=decision.pk, at=world.moment(16), by=world.signatory, seen=decision.submitted_at
            )
            world.counts[f"signed: {signed.kind}"] += 1
            if signed.is_on_a_request and signed.application is not None and signed.application.submitted_at:
                world.waited("from filing to decision", timezone.localdate(signed.application.submitted_at))


def _note_silences(world: World) -> None:
    late = Application.objects.filter(
        implicit_decision_on__lt=world.day, state__in=(*Application.IMPLICIT, State.INCOMPLETE)
    ).exclude(decisions__kind=Decision.Kind.IMPLICIT)
    for application in late.select_related("structure", "edition"):
        if application.case_officer_id is None or missing_to_record_implicit(application, on=world.day):
            continue
        with world.trying("note a silence"):
            acts.record_implicit(application_pk=application.pk, at=world.moment(17), by=world.officer)
            world.counts["implicit refusals"] += 1
