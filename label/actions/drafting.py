"""Writing a draft: opening it, saving each answer, asking for help, duplicating, purging what nobody edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import require
from deadlines import actions as deadlines
from deadlines.models import Reminder
from journal.models import Counter, Thread
from journal.moves import Actor, note
from journal.numbering import format_number
from journal.refusals import Blocked, Missing, NotAllowed, Stale, block_unless_empty
from label import clocks
from label.answers import MAXIMUM_TYPED, normalise, texts_of
from label.checklist import missing_to_choose_edition, missing_to_open
from label.models import Answer, Application, Edition, HelpRequest
from label.questions import asked_of, question_named
from label.registry import obstacles_to_open
from structures.models import Solution, Structure

PREFIX = "DOS"


class StaleAnswer(Stale):
    """The answer was changed elsewhere since the page was opened (E11); `theirs` is the row that is kept."""

    theirs: Answer


def already_open(application: Application) -> Blocked:
    """The refusal E10, with the way to the open dossier."""
    text = _(
        "Votre structure a déjà un dossier ouvert : {DOS}. Continuez-le ; vous pouvez y ajouter une action."
    ).format(DOS=application.reference)
    return Blocked([Missing(text, f"/espace/dossiers/{application.reference}/", "already_open")])


@transaction.atomic
def open_application(
    *,
    structure_pk: int,
    kind: str = Application.Kind.INITIAL,
    previous: Application | None = None,
    edition: Edition | None = None,
    at: datetime,
    by: Actor,
) -> Application:
    """Open the draft of a structure and give it its DOS number.

    `previous` is the dossier that it follows: both live in one story (`journal.models.Thread`). `edition` is the one
    in force unless said otherwise. Raises `NotAllowed`, and `Blocked` when the structure has an open dossier (E10),
    when its label forbids a dossier of that kind today, or when applications are not open.
    """
    on = timezone.localdate(at)
    structure = Structure.objects.hold(structure_pk)
    require("label.open_application", by, structure, on=on)
    block_unless_empty(missing_to_open())
    existing = Application.objects.open_as_told(on=on).filter(structure=structure).first()
    if existing is not None:
        raise already_open(existing)
    block_unless_empty(obstacles_to_open(structure, kind=kind, on=on))
    year = timezone.localdate(at).year
    reference = format_number(PREFIX, year, Counter.objects.allocate(PREFIX, year))
    application = Application.objects.open(
        thread=Thread.objects.create(
            reference=reference, root_id=previous.thread.root_key if previous else None
        ),
        at=at,
        by=by,
        reference=reference,
        kind=kind,
        structure=structure,
        previous=previous,
        edition=edition or Edition.objects.get(state=Edition.State.IN_FORCE),
        opened_at=at,
        opened_by=by.user,
        edited_at=at,
        edited_by=by.user,
    )
    clocks.start_draft(application, timezone.localdate(at))
    return application


def person_of(by: Actor) -> User:
    """The person who acts; `NotAllowed` for the clock, which never writes in a dossier."""
    if by.user is None:
        raise NotAllowed("a person must act")
    return by.user


def writable(application_pk: int, *, at: datetime, by: Actor) -> Application:
    """The draft that this actor may write in, stamped as edited now: the stamp also waits for a filing under way.

    Call it inside a transaction. Raises `NotAllowed`, and `Blocked` once the dossier is filed.
    """
    application = Application.objects.select_related("structure", "edition").get(pk=application_pk)
    require("label.edit_application", by, application, on=timezone.localdate(at))
    stamped = Application.objects.filter(pk=application_pk, state=Application.State.DRAFT)
    if not stamped.update(edited_at=at, edited_by=by.user):
        text = _("Ce dossier est déposé : ses réponses ne changent plus. Rien n'a été enregistré.")
        raise Blocked([Missing(text, code="filed")])
    return application


@transaction.atomic
def save_answer(
    *, application_pk: int, question: str, text: str, version: int, tab: str = "", at: datetime, by: Actor
) -> Answer:
    """Keep one answer as typed, even when it is too long or unreadable: the checklist says what to mend.

    `version` is the token that the page received (0 for an answer never saved); `tab` names the page, which never
    conflicts with what it saved itself. No event: an answer is not a move. Raises `StaleAnswer`, `NotAllowed`,
    `Blocked` once filed or far too long, `KeyError` for no such question.
    """
    application = writable(application_pk, at=at, by=by)
    question_named(application.edition, question)
    kept = normalise(text)
    if len(kept) > MAXIMUM_TYPED:
        raise Blocked([_("Ce texte est beaucoup trop long pour être gardé ici. Raccourcissez-le.")])
    rows = Answer.objects.filter(application_id=application_pk, question=question)
    current = rows.first()
    if current is not None and current.text == kept:
        return current
    stamp = {"text": kept, "tab": tab, "saved_at": at, "saved_by": person_of(by)}
    if current is None:
        return _first_answer(application, question, stamp)
    known = current.version if tab and current.tab == tab else version
    written = rows.filter(version=known).update(version=known + 1, **stamp)
    fresh = rows.get()
    if not written:
        raise StaleAnswer(fresh)
    return fresh


def _first_answer(application: Application, question: str, stamp: dict[str, Any]) -> Answer:
    try:
        with transaction.atomic():
            return Answer.objects.create(application=application, question=question, **stamp)
    except IntegrityError:  # another tab answered first
        raise StaleAnswer(Answer.objects.get(application=application, question=question)) from None


@transaction.atomic
def present_solutions(
    *, application_pk: int, solution_pks: Iterable[int], at: datetime, by: Actor
) -> Application:
    """Say which solutions of the structure this dossier presents. Raises `NotAllowed`, `Blocked`."""
    application = writable(application_pk, at=at, by=by)
    own = Solution.objects.live().filter(structure=application.structure_id, pk__in=list(solution_pks))
    application.solutions.set(own)
    return application


@transaction.atomic
def ask_help(*, application_pk: int, phone: str, when: str, at: datetime, by: Actor) -> HelpRequest:
    """« Je voudrais être aidé »: a call back, a task of the office. One at a time. Raises `NotAllowed`."""
    application = Application.objects.hold(application_pk)
    require("label.ask_help", by, application, on=timezone.localdate(at))
    waiting = HelpRequest.objects.filter(application=application, handled_at=None).first()
    if waiting is not None:
        waiting.phone, waiting.when = phone, when
        waiting.save(update_fields=["phone", "when"])
        return waiting
    note(application, what="ask_help", at=at, by=by)
    return HelpRequest.objects.create(
        application=application, asked_by=person_of(by), phone=phone, when=when, asked_at=at
    )


@transaction.atomic
def ask_reading(*, application_pk: int, at: datetime, by: Actor) -> Application:
    """« Faire relire mon brouillon »: from now on the office can read this draft. Raises `NotAllowed`, `Blocked`."""
    application = Application.objects.hold(application_pk)
    require("label.ask_help", by, application, on=timezone.localdate(at))
    if not application.is_draft():
        raise Blocked([_("Ce dossier est déjà déposé : l'Institut peut le lire.")])
    if application.draft_reading_asked_at is None:
        application.draft_reading_asked_at = at
        application.save(update_fields=["draft_reading_asked_at"])
        note(application, what="ask_reading", at=at, by=by)
    return application


@transaction.atomic
def duplicate(*, application_pk: int, at: datetime, by: Actor) -> Application:
    """Open a new draft with the answers, solutions and contributors of a previous dossier; files are not copied.

    Raises `NotAllowed`, and `Blocked` while the structure has an open dossier (E10).
    """
    source = Application.objects.get(pk=application_pk)
    fresh = open_application(structure_pk=source.structure_id, at=at, by=by)
    copy_words(source, fresh, texts_of(source), at=at, by=by)
    fresh.solutions.set(source.solutions.filter(removed_at=None))
    return fresh


@transaction.atomic
def follow_up_dossier(
    *,
    structure_pk: int,
    previous: Application,
    kind: str,
    edition: Edition | None = None,
    solutions: Iterable[Solution] = (),
    at: datetime,
    by: Actor,
) -> Application:
    """Open the dossier that follows another: a renewal with its words and solutions, or the addition of a solution.

    An addition starts without the answers that it asks: they are about the new solution. Files are not copied.
    After a merger the structure is no longer that of the dossier followed. The gear of the room that knows the label,
    which says which edition applies; raises as `open_application` does.
    """
    fresh = open_application(
        structure_pk=structure_pk, kind=kind, previous=previous, edition=edition, at=at, by=by
    )
    known = texts_of(previous)
    if kind == Application.Kind.ADDITION:
        asked = {question.key for question in asked_of(fresh)}
        known = {key: text for key, text in known.items() if key not in asked}
    copy_words(previous, fresh, known, at=at, by=by)
    fresh.solutions.set(solutions)
    return fresh


def copy_words(
    source: Application, fresh: Application, texts: Mapping[str, str], *, at: datetime, by: Actor
) -> None:
    """These answers, and the contributors of one dossier, in another that was just opened; files are not copied."""
    Answer.objects.bulk_create(
        Answer(application=fresh, question=question, text=text, saved_at=at, saved_by=person_of(by))
        for question, text in texts.items()
        if text
    )
    for row in source.contributors.order_by("pk"):
        fresh.contributors.create(name=row.name, part=row.part, is_confirmed=row.is_confirmed)


@transaction.atomic
def choose_newer_edition(*, application_pk: int, at: datetime, by: Actor) -> Application:
    """The representative asks in writing that a renewal be examined under the edition in force today (domain 5.3).

    The answers that both editions ask are kept. Raises `NotAllowed`; `Blocked` once filed or without a newer edition.
    """
    application = Application.objects.hold(application_pk)
    require("label.submit_application", by, application, on=timezone.localdate(at))
    block_unless_empty(missing_to_choose_edition(application))
    application.edition = Edition.objects.get(state=Edition.State.IN_FORCE)
    application.save(update_fields=["edition"])
    note(application, what="choose_edition", at=at, by=by)
    return application


@transaction.atomic
def purge_draft(*, application_pk: int, at: datetime, by: Actor) -> Application:
    """Delete the content of a draft that nobody edited for twelve months, after two reminders; the number stays.

    Raises `NotAllowed` unless by the clock, `Blocked` when it was edited since or the reminders did not leave.
    """
    application = Application.objects.hold(application_pk)
    require("label.purge_draft", by, application, on=timezone.localdate(at))
    row = clocks.running(application, clocks.DRAFT)
    sent = Reminder.objects.filter(deadline=row).exclude(sent_at=None).count()
    if (
        row is None
        or sent < len(clocks.DRAFT_REMINDERS)
        or row.started_on < timezone.localdate(application.edited_at)
    ):
        raise Blocked([_("Ce brouillon ne peut pas encore être supprimé.")])
    application.purge(by=by, at=at)
    application.save()
    application.answers.all().delete()
    application.contributors.all().delete()
    application.solutions.clear()
    application.documents.filter(removed_at=None).update(removed_at=at)
    application.thread.files.filter(removed_at=None).update(removed_at=at)
    deadlines.let_pass(subject=application, kind=clocks.DRAFT, at=at)
    return application
