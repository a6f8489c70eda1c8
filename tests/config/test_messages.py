"""The catalogue check must see what is missing, and French must get its no-break spaces."""

import gettext

import polib
import pytest

from config import messages


def entry(msgid: str, msgstr: str = "", **more) -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **more)


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A catalogue and a code of the test's own."""
    monkeypatch.setattr(messages, "ENGLISH", tmp_path / "en/LC_MESSAGES/django.po")
    monkeypatch.setattr(messages, "FRENCH", tmp_path / "fr/LC_MESSAGES/django.mo")

    def says(*sentences: polib.POEntry) -> None:
        code = polib.POFile()
        code.extend(sentences)
        monkeypatch.setattr(messages, "in_code", lambda: code)

    return says


def translate(words: dict[str, str]) -> None:
    catalogue = polib.pofile(str(messages.ENGLISH))
    for french, english in words.items():
        catalogue.find(french).msgstr = english
    catalogue.save(str(messages.ENGLISH))


@pytest.mark.parametrize(
    ("written", "faulty"),
    [
        (entry("Bonjour"), True),
        (entry("Bonjour", "Hello"), False),
        (entry("Bonjour", "Hello", flags=["fuzzy"]), True),
        (entry("Avant le %(day)s", "Before %(date)s"), True),
        (entry("Avant le %(day)s", "Before"), True),
        (entry("Avant le {day}", "Before {day}"), False),
        (entry("un", msgid_plural="%(n)s uns", msgstr_plural={0: "one", 1: ""}), True),
        (entry("un", msgid_plural="%(n)s uns", msgstr_plural={0: "one", 1: "%(n)s ones"}), False),
        (entry("un", msgid_plural="%(n)s uns", msgstr_plural={0: "one", 1: "%(m)s ones"}), True),
    ],
)
def test_a_translation_is_judged(written, faulty):
    assert bool(messages.faults(written)) is faulty


def test_the_check_fails_until_every_sentence_has_its_english(house, capsys):
    house(entry("Bonjour"), entry("Merci"))
    assert messages.check() == 1
    messages.update()
    assert messages.check() == 1
    translate({"Bonjour": "Hello", "Merci": "Thank you"})
    assert messages.check() == 0

    house(entry("Bonjour"))
    assert messages.check() == 1
    assert "no longer in the code: Merci" in capsys.readouterr().out


def test_an_update_keeps_what_was_translated(house):
    house(entry("Bonjour"))
    messages.update()
    translate({"Bonjour": "Hello"})
    house(entry("Bonjour"), entry("Merci"))
    messages.update()
    kept = {one.msgid: one.msgstr for one in messages.translated()}
    assert kept == {"Bonjour": "Hello", "Merci": ""}


def test_french_is_made_from_the_code_with_spaces_that_do_not_break(house):
    house(entry("Que faire ?"), entry("%(n)s jour", msgid_plural="%(n)s jours : « vite »"))
    messages.update()
    messages.compile_all()
    with messages.FRENCH.open("rb") as file:
        french = gettext.GNUTranslations(file)
    assert french.gettext("Que faire ?") == "Que faire\u202f?"
    assert french.ngettext("%(n)s jour", "%(n)s jours : « vite »", 0) == "%(n)s\u00a0jour"
    several = french.ngettext("%(n)s jour", "%(n)s jours : « vite »", 2)
    assert several == "%(n)s\u00a0jours\u00a0: «\u00a0vite\u00a0»"


def test_the_sentences_of_the_code_are_found():
    spoken = {one.msgid for one in messages.in_code()}
    assert "Déposer le dossier" in spoken
    assert messages.spoken_files()
    assert not [name for name in messages.spoken_files() if name.startswith("tests/")]


@pytest.mark.parametrize("arguments", [[], ["sing"], ["check", "twice"]])
def test_an_unknown_command_is_an_error(arguments, capsys):
    assert messages.main(arguments) == 2
    assert "config.messages check" in capsys.readouterr().out
