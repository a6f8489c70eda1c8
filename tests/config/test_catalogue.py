"""The words of the screens as they are kept: complete in English, well spaced in French, without harsh words."""

import re

import polib
import pytest

from config import messages

SAME_IN_BOTH = {
    "%(code)s %(title)s",
    "%(n)s minutes",
    "%(n)s patient",
    "%(n)s patients",
    "Absences",
    "Abstention",
    "Abstentions",
    "Association",
    "Conditions",
    "Associations",
    "Cancers",
    "Code",
    "Conclusion",
    "Contact",
    "Date",
    "Document",
    "Documents",
    "E-mail",
    "Folio",
    "Institut national du cancer",
    "Interruptions",
    "Journal",
    "Label",
    "Label %(number)s",
    "Labels",
    "Menu",
    "Message",
    "Messages",
    "Note",
    "Panel",
    "Participation",
    "Patient",
    "Patients",
    "Point %(n)s",
    "Prostate",
    "Public",
    "Signature",
    "Source",
    "Suspension",
    "Suspensions",
    "Total",
    "Version %(n)s, %(date)s",
    "Version %(version)s",
    "Volume",
    "e-mail",
    "label",
    "urgent",
    "{n} document",
    "{n} documents",
    "{received}, {decided}.",
}
MARKUP = re.compile(r"<[^>]+>")
# A « % » that begins a placeholder is no sign to be spaced.
BREAKS = re.compile(r" [;?!:»]| %(?!\()|« ")
FRENCH_MARKS = re.compile(r"[«»àçèêîôû]|\b(?:le|la|les|des|du|une|vous|votre|nous|est|et|pour|avec)\b")
FRENCH_NAMES = re.compile(
    r"Défenseur des droits|Libre réponse|Institut national du cancer|Directeur général adjoint"
)
HARSH = re.compile(r"\b(?:valider|validez|soumettre|soumettez|invalides?|malheureusement|patience)\b", re.I)

ENTRIES = [entry for entry in messages.translated() if not entry.obsolete]


def french(entry: polib.POEntry) -> list[str]:
    return [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_there_is_a_catalogue():
    assert len(ENTRIES) > 2000


def test_every_sentence_has_its_english_with_the_same_placeholders():
    assert {entry.msgid: messages.faults(entry) for entry in ENTRIES if messages.faults(entry)} == {}


def test_every_plural_has_its_two_forms():
    plurals = [entry for entry in ENTRIES if entry.msgid_plural]
    assert plurals
    for entry in plurals:
        assert set(entry.msgstr_plural) == {0, 1}, entry.msgid
        assert all(entry.msgstr_plural.values()), entry.msgid
        wanted = set(messages.PLACEHOLDER.findall(entry.msgid_plural))
        assert set(messages.PLACEHOLDER.findall(entry.msgstr_plural[1])) == wanted, entry.msgid


def test_the_markup_is_kept():
    for entry in ENTRIES:
        for words in texts(entry):
            assert sorted(MARKUP.findall(words)) == sorted(MARKUP.findall(entry.msgid)), entry.msgid


def test_only_a_few_words_are_the_same_in_both_languages():
    same = {
        words
        for entry in ENTRIES
        for words, english in zip(french(entry), texts(entry), strict=True)
        if words == english
    }
    assert same == SAME_IN_BOTH


def test_no_english_sentence_keeps_french_words():
    kept = [
        words
        for entry in ENTRIES
        for words in texts(entry)
        if FRENCH_MARKS.search(FRENCH_NAMES.sub("", words))
    ]
    assert kept == []


def test_french_has_spaces_that_do_not_break_and_nothing_else_is_changed():
    for entry in ENTRIES:
        for written, made in zip(french(entry), texts(messages.in_french(entry)), strict=True):
            assert not BREAKS.search(made), made
            assert made.replace("\u202f", " ").replace("\u00a0", " ") == written


@pytest.mark.parametrize("sign", [";", "?", ":", "»"])
def test_the_signs_are_met_in_the_catalogue(sign):
    assert [entry.msgid for entry in ENTRIES if f" {sign}" in entry.msgid]


def test_nothing_is_said_with_an_exclamation_mark():
    spoken = [words for entry in ENTRIES for words in french(entry) + texts(entry)]
    assert [words for words in spoken if "!" in MARKUP.sub("", words)] == []


def test_no_harsh_word_is_on_the_screens():
    assert [entry.msgid for entry in ENTRIES for words in french(entry) if HARSH.search(words)] == []
