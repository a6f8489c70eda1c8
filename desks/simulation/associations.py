"""What the associations do on a day, until their dossier is decided: open, write, sign, file, answer, give up."""

from __future__ import annotations

from desks.demonstration.story import filing
from desks.simulation.world import Life, World
from label import actions as label
from label.models import Application, DocumentRequest
from letters import actions as letters
from letters.models import Letter
from reviewers.actions import sessions
from reviewers.models import Deferral

State = Application.State
STEPS = (filing.begin, filing.open_draft, filing.write, filing.sign_charter)
GIVES_UP = 0.03


def live(world: World) -> None:
    """One day of all the associations."""
    for life in world.lives:
        if world.day == life.asks_on:
            _begin(world, life)
    _file(world)
    _open_letters(world)
    _answer_requests(world)
    _answer_the_committee(world)
    _give_up(world)


def life_of(world: World, structure_name: str) -> Life:
    """The association of that name."""
    return world.lives[int(structure_name.rsplit(" ", 1)[1])]


def _begin(world: World, life: Life) -> None:
    story = world.story(life)
    for step in STEPS:
        step(story)
    world.counts["drafts opened"] += 1


def _file(world: World) -> None:
    for application in Application.objects.filter(state=State.DRAFT).select_related("structure"):
        life = life_of(world, application.structure.name)
        if world.answers(life, f"file {application.pk}"):
            with world.trying("file"):
                label.submit(
                    application_pk=application.pk, at=world.moment(11), by=world.story(life).president
                )
                world.counts["dossiers filed"] += 1


def _open_letters(world: World) -> None:
    waiting = Letter.objects.filter(channel=Letter.Channel.ONLINE, opened_at=None, received_on=None)
    names = waiting.filter(addressee__memberships__ended_at=None).values_list(
        "pk", "addressee__memberships__structure__name"
    )
    of = {pk: name for pk, name in names if name}
    for letter in waiting.filter(pk__in=of).order_by("pk"):
        life = life_of(world, of[letter.pk])
        days = max(1, life.temperament.delay // 4)
        if world.due(life, f"open {letter.pk}", days=days, share=life.temperament.answers):
            with world.trying("open a letter"):
                letters.open_online(letter_pk=letter.pk, at=world.moment(19), by=world.story(life).president)


def _answer_requests(world: World) -> None:
    for asked in DocumentRequest.objects.filter(answered_at=None).select_related("application__structure"):
        if asked.application.state != State.INCOMPLETE:
            continue
        life = life_of(world, asked.application.structure.name)
        if world.answers(life, f"pieces {asked.pk}"):
            by, at = world.story(life).president, world.moment(20)
            with world.trying("send pieces"):
                for piece in asked.pieces.all():
                    label.answer_piece(
                        application_pk=asked.application_id,
                        piece_pk=piece.pk,
                        answer="Voici ce que vous demandez, tel que l'assemblée l'a approuvé.",
                        at=at,
                        by=by,
                    )
                label.complete(application_pk=asked.application_id, at=at, by=by)


def _answer_the_committee(world: World) -> None:
    for deferral in Deferral.objects.filter(
        application__state=State.DEFERRED, answered_at=None
    ).select_related("application__structure"):
        life = life_of(world, deferral.application.structure.name)
        if world.answers(life, f"deferral {deferral.pk}"):
            with world.trying("answer the committee"):
                sessions.answer_deferral(
                    application_pk=deferral.application_id,
                    answer="Chaque bénévole suit une formation de deux jours avant d'accueillir quelqu'un.",
                    at=world.moment(20),
                    by=world.story(life).president,
                )


def _give_up(world: World) -> None:
    """A few requests are withdrawn on the way: decided once for each."""
    for application in Application.objects.filter(state=State.UNDER_REVIEW).select_related("structure"):
        life = life_of(world, application.structure.name)
        if world.due(life, f"give up {application.pk}", days=15, share=GIVES_UP):
            with world.trying("give up"):
                label.withdraw(
                    application_pk=application.pk, at=world.moment(18), by=world.story(life).president
                )
                world.counts["requests withdrawn"] += 1
