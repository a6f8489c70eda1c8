"""Versions of the charter: frozen text, one in force, the clock, differences."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from charter import actions
from charter.differences import changes, pieces
from charter.due import put_in_force
from charter.models import Charter
from deadlines.models import Deadline
from journal.models import Event
from journal.moves import Actor
from journal.refusals import Blocked
from tests.factories import charter as make
from tests.factories.accounts import acting, signatory
from tests.factories.structures import AT

pytestmark = pytest.mark.django_db

# Computed once by hand from the file: a change of one letter of the text must be seen.
FIRST_DIGEST = "2c1f39a6b72c78411ae96d3bf14d0a13e3094fb0574818f367ac2e92d367e6f8"


def test_a_change_of_the_charter_leaves_time_unless_a_law_requires_it_at_once():
    make.charter()
    made, by = make.draft(version="2028"), acting(signatory(), "signatory")
    facts = {"charter_pk": made.pk, "effective_on": (AT + timedelta(days=5)).date(), "at": AT, "by": by}
    told = {"opinion": "Le comité est favorable.", "opinion_on": AT.date()}
    with pytest.raises(Blocked, match="prévenir les associations"):
        actions.adopt_charter(**facts, **told)
    adopted = actions.adopt_charter(**facts, **told, immediate_reason="La loi du 2 janvier l'impose.")
    assert adopted.state == "adopted"


def test_the_digest_is_that_of_the_canonical_text():
    charter = make.charter()
    assert charter.digest == FIRST_DIGEST
    assert Event.objects.filter(move="adopt").get().snapshot == FIRST_DIGEST
    assert Event.objects.filter(move="adopt").get().norm_version == "2027"


def test_the_order_of_keys_does_not_change_the_digest():
    text = make.text()
    backwards = dict(reversed(text.items()))
    assert Charter(text=text).compute_digest() == Charter(text=backwards).compute_digest()
    assert (
        Charter(text={**text, "preamble_fr": "Autre."}).compute_digest()
        != Charter(text=text).compute_digest()
    )


def test_one_version_in_force_at_a_time():
    first = make.charter()
    second = make.charter(version="2028")
    assert Charter.objects.in_force() == second
    assert Charter.objects.get(pk=first.pk).state == "superseded"
    with pytest.raises(IntegrityError), transaction.atomic():
        Charter.objects.filter(pk=first.pk)._update([(Charter._meta.get_field("state"), None, "in_force")])


def test_the_clock_puts_it_in_force_on_its_day_and_once():
    day = timezone.localdate(AT) + timedelta(days=90)
    charter = make.adopted(effective_on=day)
    deadline = Deadline.objects.get(kind="charter_effective")
    assert (deadline.due_on, deadline.subject) == (day, f"charter.charter:{charter.pk}")
    put_in_force(AT + timedelta(days=89))
    assert Charter.objects.in_force() is None
    at = AT + timedelta(days=90)
    put_in_force(at)
    put_in_force(at)
    assert Charter.objects.in_force() == charter
    assert Event.objects.filter(move="enter_into_force").get().role == "system"
    assert Deadline.objects.get(pk=deadline.pk).ended_at == at


@pytest.mark.parametrize(
    "parts",
    [
        {"preamble_en": ""},
        {"articles": []},
        {"articles": "douze"},
        {"articles": [{"number": 1, "fr": "Un.", "en": ""}]},
        {"articles": [{"number": 2, "fr": "Un.", "en": "One."}]},
        {"articles": ["Un."]},
    ],
)
def test_a_text_that_is_not_whole_in_both_languages_is_refused(parts):
    with pytest.raises(Blocked):
        make.draft(**parts)
    assert not Charter.objects.exists()


def test_a_version_exists_once_and_takes_effect_in_the_future():
    draft = make.draft()
    with pytest.raises(Blocked, match="existe déjà"):
        make.draft()
    with pytest.raises(Blocked, match="passée"):
        actions.adopt_charter(
            charter_pk=draft.pk,
            effective_on=timezone.localdate(AT) - timedelta(days=1),
            at=AT,
            by=acting(signatory(), "signatory"),
        )


def test_the_first_charter_is_loaded_from_data_once(capsys):
    call_command("load_charter")
    call_command("load_charter")
    assert capsys.readouterr().out == "charter 2027: draft\ncharter 2027: draft\n"
    charter = Charter.objects.get()
    assert (charter.state, charter.version, charter.numbers()) == ("draft", "2027", list(range(1, 13)))
    assert charter.articles("fr")[4].startswith("Nous complétons les soins")
    assert charter.articles("en-gb")[4].startswith("We complement care")


@pytest.mark.parametrize("content", ["", "[]", '{"version": 3}', '{"version": "x", "articles": []}', "\x00"])
def test_a_file_that_is_not_a_charter_is_told(tmp_path: Path, content):
    path = tmp_path / "charter.json"
    path.write_text(content)
    with pytest.raises(CommandError):
        call_command("load_charter", str(path))
    with pytest.raises(CommandError):
        call_command("load_charter", str(tmp_path / "nowhere.json"))
    assert not Charter.objects.exists()


def test_differences_are_words_and_only_of_what_changed():
    first = make.charter()
    text = make.text()
    text["articles"][2]["fr"] = text["articles"][2]["fr"].replace("une place réelle", "une place entière")
    text["articles"].append(
        {"number": 13, "fr": "Nous publions nos résultats.", "en": "We publish our results."}
    )
    second = make.charter(version="2028", **text)
    found = changes(first, second, "fr")
    assert [change.number for change in found] == [3, 13]
    assert [(piece.kind, piece.text.strip()) for piece in found[0].pieces if piece.kind != "same"] == [
        ("del", "réelle"),
        ("ins", "entière"),
    ]
    assert [piece.kind for piece in found[1].pieces] == ["ins"]
    assert [change.number for change in changes(first, second, "en")] == [13]


@pytest.mark.parametrize(
    ("old", "new"),
    [("", "Un mot."), ("Un mot.", ""), ("a b c", "a x c"), ("même", "même"), ("<b>x</b>", "<i>x</i>")],
)
def test_the_pieces_make_both_texts_again(old, new):
    found = pieces(old, new)
    assert "".join(piece.text for piece in found if piece.kind != "del") == new
    kept = "".join(piece.text for piece in found if piece.kind != "ins")
    assert kept.split() == old.split()


def test_the_system_abandons_nothing():
    draft = make.draft()
    with pytest.raises(Exception, match=r"charter\.adopt_version"):
        actions.abandon_charter(charter_pk=draft.pk, at=AT, by=Actor.system())
