"""Whether two names or two numbers, written by two people, mean the same organisation: pure comparison (domain 6.4)."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from difflib import SequenceMatcher
from itertools import pairwise

from structures.identifiers import InvalidIdentifier, normalise, numbers_in

# Words that say the legal form, or bind the others: they tell nobody apart.
WITHOUT_WEIGHT = frozenset(
    {"association", "associations", "assoc", "asso", "ass", "ligue", "loi", "1901", "1908", "l1901"}
    | {
        "societe",
        "ste",
        "sa",
        "sas",
        "sasu",
        "sarl",
        "eurl",
        "sci",
        "scop",
        "scic",
        "gie",
        "gip",
        "ong",
        "aisbl",
    }
    | {"d", "l", "de", "des", "du", "la", "le", "les", "et", "a", "au", "aux", "en", "pour", "par"}
)
# Two bodies of one name may differ by these alone: without them the names are near, never the same.
OF_LITTLE_WEIGHT = frozenset(
    {"federation", "union", "fondation", "comite", "fonds", "dotation", "collectif", "amicale", "groupe"}
    | {"france", "francais", "francaise", "nationale", "national", "laboratoire", "laboratoires", "labo"}
)
# Said before or after a person's name; an initial among them (M.) leaves the surname alone, which is enough.
CIVILITIES = frozenset(
    {"m", "mr", "monsieur", "messieurs", "mm", "mme", "mmes", "madame", "mesdames", "mlle", "mademoiselle"}
    | {"dr", "docteur", "docteure", "pr", "prof", "professeur", "professeure", "me", "maitre"}
    | {"nee", "ne", "veuve", "vve", "epouse", "ep", "feu", "feue"}
)
PARTICLES = frozenset(
    {"de", "du", "des", "d", "le", "la", "les", "l", "von", "van", "der", "el", "al", "ben", "da"}
)
LETTERS = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
INITIALS = re.compile(r"(?:\b\w\.){2,}")
SAME_TO_THE_EYE = 0.87
SHORTEST_NEAR = 5  # letters: shorter names differ by one letter too easily


def words_of(name: str) -> list[str]:
    """The words of a name without accents, case or signs; those without weight go, unless nothing would stay."""
    words = _plain_words(INITIALS.sub(lambda found: found[0].replace(".", "") + " ", _unmarked(name)))
    return [word for word in words if word not in WITHOUT_WEIGHT] or words


def name_key(name: str) -> str:
    """A name as it is compared: two names of one key are the same for the gate; empty when there is no letter."""
    return "".join(words_of(name))


def is_near(one: str, other: str) -> bool:
    """Whether a person should look at these two names: nearly equal, one inside the other, or initials of it.

    Symmetric. The same names are near too.
    """
    first, second = words_of(one), words_of(other)
    if not first or not second:
        return False
    if "".join(first) == "".join(second):
        return True
    heavy, others = _heavy(first), _heavy(second)
    if sorted(heavy) == sorted(others) or _contains(heavy, others) or _contains(others, heavy):
        return True
    if _initials(first, second) or _initials(second, first):
        return True
    return _alike(" ".join(sorted(heavy)), " ".join(sorted(others))) or _alike(
        "".join(first), "".join(second)
    )


def is_named_in(name: str, text: str) -> bool:
    """Whether the words of a name stand side by side, in order, in a longer text."""
    words, said = words_of(name), words_of(text)
    wanted = next((one for one in (_heavy(words), words) if len("".join(one)) >= SHORTEST_NEAR), [])
    if not wanted:
        return False
    return any(said[place : place + len(wanted)] == wanted for place in range(len(said) - len(wanted) + 1))


def person_key(name: str) -> str:
    """A person's name as it is compared: the order of its words and the civility do not matter; empty for no letter."""
    return " ".join(sorted(_words_of_person(name)))


def may_name(text: str, *, first_name: str, last_name: str, family: bool = False) -> bool:
    """Whether a person should look at a text that may name somebody: a surname, with nothing that speaks against it.

    One word of a compound surname is enough, in any order, with a civility, an initial, a typing error, other words
    around. Alone or beside the first name or its initial; beside another first name it is somebody else, unless the
    text is said to name their `family`.
    """
    said = _words_of_person(text)
    surname, first = _words_of_person(last_name), _words_of_person(first_name)
    if not said or not surname:
        return False
    if _alike(person_key(text), person_key(f"{first_name} {last_name}")):
        return True
    named = _written_in(surname, said)
    if not named or family:
        return bool(named)
    others = [word for word in said if word not in named and word not in PARTICLES]
    if not others or not first:
        return True
    initials = "".join(word[0] for word in first)
    shortened = any(word == initials or one.startswith(word) for one in first for word in others)
    return shortened or bool(_written_in(first, others))


def number_keys(raw: str) -> frozenset[str]:
    """The forms under which a registration number is compared, whatever words stand around it (domain 4).

    RNA, SIREN, the SIREN inside a SIRET, the number of before the RNA; a text that as a whole is the number of a
    foreign or local register. Nothing for what is not one.
    """
    found = {value[:9] if kind == "siret" else value for kind, value in numbers_in(raw)}
    for kind in ("foreign", "alsace_moselle"):
        with suppress(InvalidIdentifier):
            found.add(re.sub(r"[\W_]", "", normalise(kind, raw)).casefold())
    return frozenset(found)


def _unmarked(name: str) -> str:
    """A text without case or accents, its joined letters written apart."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(LETTERS.get(sign, sign) for sign in plain if not unicodedata.combining(sign))


def _plain_words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text).split()


def _words_of_person(name: str) -> list[str]:
    words = _plain_words(_unmarked(name))
    return [word for word in words if word not in CIVILITIES] or words


def _written_in(name: list[str], said: list[str]) -> set[str]:
    """The words of a text that write a name or one of its words: « Le Goff », « LEGOFF », « Goff »."""
    wanted = {word for word in name if word not in PARTICLES and len(word) > 1} | {"".join(name)}
    found = {word for word in said if word in wanted}
    for one, other in pairwise(said):
        if one + other in wanted:
            found |= {one, other}
    return found


def _heavy(words: list[str]) -> list[str]:
    return [word for word in words if word not in OF_LITTLE_WEIGHT] or words


def _contains(longer: list[str], shorter: list[str]) -> bool:
    """The shorter name is part of the longer: two words at least, or one that nobody writes by chance."""
    enough = len(shorter) > 1 or len(shorter[0]) > SHORTEST_NEAR
    return enough and len(longer) > len(shorter) and set(shorter) <= set(longer)


def _initials(short: list[str], long: list[str]) -> bool:
    return len(short) == 1 and len(long) > 2 and short[0] == "".join(word[0] for word in long)


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < SHORTEST_NEAR:
        return False
    low, high = sorted((one, other))  # the matcher is not symmetric by itself
    matcher = SequenceMatcher(None, low, high, autojunk=False)
    return matcher.real_quick_ratio() >= SAME_TO_THE_EYE and matcher.ratio() >= SAME_TO_THE_EYE
