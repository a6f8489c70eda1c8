"""Every event that the house can write has words."""

import re

import pytest
from django.apps import apps
from django.conf import settings

from deadlines import registry
from desks.clocks import AWAITING_A_PERSON, HIDDEN, KINDS
from desks.journal_words import FAMILIES, MOVES, NOTES, actor_words, event_words, handed_to_in
from journal.models import Event
from journal.moves import Record
from tests.factories.accounts import staff


def test_every_move_of_every_machine_has_words() -> None:
    for model in apps.get_models():
        if issubclass(model, Record):
            moves = {move.name for move in model._meta.get_field("state").get_all_transitions(model)}
            assert set(MOVES[model._meta.label_lower]) == moves | {"open"}, model


def test_every_clock_of_the_house_has_words() -> None:
    assert set(KINDS) | set(HIDDEN) == set(registry.handlers) | registry.alerts
    assert set(AWAITING_A_PERSON) <= set(KINDS)


def test_every_note_of_the_code_has_words() -> None:
    rooms = ("structures", "charter", "label", "reviewers", "decisions", "certificates", "letters")
    code = "\n".join(path.read_text() for room in rooms for path in (settings.BASE_DIR / room).rglob("*.py"))
    noted = set(re.findall(r'note\([^()]*?what="([a-z_]+)"', code))

    assert len(noted) > 20
    unknown = {
        what
        for what in noted
        if what not in NOTES and not any(re.fullmatch(one, what) for one, _ in FAMILIES)
    }
    assert unknown == set()


@pytest.mark.parametrize(
    ("move", "told"),
    [
        ("letter_L6", "Lettre écrite"),
        ("letter_received", "Lettre reçue"),
        ("file_to:12", "Dossier confié à une personne qui instruit"),
        ("something_new", "Fait noté"),
    ],
)
def test_families_and_what_nobody_knows(move: str, told: str) -> None:
    assert event_words(Event(subject="label.application:1", move=move)) == told


def test_the_clock_has_a_name_and_people_their_role() -> None:
    assert actor_words(Event(role="system"), {}) == "horloge du service"


@pytest.mark.django_db
def test_the_journal_says_to_whom_a_dossier_was_given():
    officer = staff(first_name="Awa", last_name="Ba")
    event = Event(subject="label.application:1", move=f"file_to:{officer.pk}")
    assert event_words(event, handed_to_in([event])) == "Dossier confié à Awa Ba"
    assert event_words(event) == "Dossier confié à une personne qui instruit"
