"""What is taken out before a file is communicated (CRPA L311-6): names of natural persons, ways to reach them, health.

Names come from the dossier itself; what nobody could know before reading (a name in a free text, a disease) is added
by the person who reads the whole before release.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Q

from accounts.models import User
from decisions.models import Decision
from desks.bundle.contents import Part
from journal.models import Event
from letters.models import Letter
from letters.pdf.lines import Bold
from reviewers.models import Assignment, DeliberationAct, Expert, Invitation, Minutes
from structures.models import Membership

ASSOCIATION, AGENT = "[une personne de l'association]", "[un agent de l'Institut]"
MEMBER, PARTNER = "[un membre du comité]", "[un partenaire]"
EXPERT = "[une personne extérieure]"
MASKED, MAIL, PHONE = "[masqué]", "[adresse e-mail]", "[téléphone]"
MAILS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONES = re.compile(r"(?:\+33[\s.\u00a0\u202f]?|\b0)[1-9](?:[\s.\-\u00a0\u202f]?\d{2}){4}\b")
LONG_NAME = 2  # spaces before the family name: beyond, it is not the name of a person
WORD = 3  # letters: shorter parts of a name are words of the language
# Words that make the reader look: a disease or a treatment said of somebody. They are shown, never masked alone.
HEALTH = re.compile(
    r"\b(?:sa maladie|son cancer|sa tumeur|son traitement|en rémission|métasta\w+|chimiothérapie|radiothérapie|"
    r"récidive|opérée?|hospitalisée?|en soins palliatifs|décédée?|dépression|invalidité|arrêt maladie)\b",
    re.IGNORECASE,
)
VARIANTS = {
    "a": "aàâäáã",
    "c": "cç",
    "e": "eéèêë",
    "i": "iîïí",
    "n": "nñ",
    "o": "oôöó",
    "u": "uùûüú",
    "y": "yÿ",
}


@dataclass(frozen=True)
class Mask:
    """The names to take out, each with the quality that stands in its place; `kept` are words that stay."""

    names: tuple[tuple[str, str], ...]
    kept: tuple[str, ...] = ()

    def with_words(self, words: Iterable[str]) -> Mask:
        """The same mask with words that a person added while reading."""
        return replace(self, names=(*((word, MASKED) for word in words), *self.names))

    def apply(self, text: str) -> str:
        """The text without them."""
        for name, quality in self.names:
            text = _pattern(name).sub(quality, text)
        text = MAILS.sub(self._unless_kept(MAIL), text)
        return PHONES.sub(self._unless_kept(PHONE), text)

    def _unless_kept(self, quality: str) -> Callable[[re.Match[str]], str]:
        return lambda found: found[0] if found[0] in self.kept else quality


def mask_of(decision: Decision) -> Mask:
    """The names known to the dossier: members of the association, agents, members of the committee, partners."""
    named: dict[str, str] = {}
    for user, quality in _people(decision):
        for name in _ways(user.first_name, user.last_name):
            named.setdefault(name, quality)
        for line in user.address.splitlines():
            if len(line.strip()) > WORD:
                named.setdefault(line.strip(), MASKED)
    for name, quality in _written(decision):
        first, _space, last = name.strip().rpartition(" ")
        ways = _ways(first, last) if first.count(" ") < LONG_NAME else [name.strip()]  # a service, a ward
        for one in ways:
            named.setdefault(one, quality)
    seat = decision.application.structure.address if decision.application else ""
    for line in seat.splitlines():
        named.pop(line.strip(), None)  # the seat of an association is public
    ordered = sorted(named.items(), key=lambda pair: -len(pair[0]))
    return Mask(tuple(ordered), (settings.SERVICE_EMAIL, settings.SERVICE_PHONE))


def _people(decision: Decision) -> Iterator[tuple[User, str]]:
    dossier = decision.application_id
    members = Membership.objects.filter(structure__applications=dossier).values("user")
    committee = Assignment.objects.filter(application=dossier).values("mandate__user")
    invited = Invitation.objects.filter(session__items__application=dossier).values("mandate__user")
    acts = DeliberationAct.objects.filter(application=dossier)
    named = Q(pk__in=acts.values("set_apart__user")) | Q(pk__in=acts.values("signed_by__user"))
    acted = Event.objects.filter(thread=decision.thread_id).values("actor")
    letters = Letter.objects.filter(thread=decision.thread_id)
    signed = Q(pk__in=letters.values("signed_by")) | Q(pk__in=letters.values("issued_by"))
    for found, quality in (
        (Q(pk__in=members), ASSOCIATION),
        (Q(pk__in=committee) | Q(pk__in=invited) | named, MEMBER),
        (Q(pk__in=acted) | signed | Q(role_grants__isnull=False), AGENT),
        (Q(pk__in=letters.values("addressee")), ASSOCIATION),
    ):
        for user in User.objects.filter(found).distinct().order_by("pk"):
            yield user, quality


def _written(decision: Decision) -> Iterator[tuple[str, str]]:
    """Names frozen in texts, which may not be those of an account any more."""
    yield decision.signatory_name, AGENT
    snapshot = decision.snapshot
    if snapshot is not None:
        yield snapshot.content["structure"]["representative"], ASSOCIATION
        yield (snapshot.content.get("charter") or {}).get("signatory", ""), ASSOCIATION
        yield from ((row["name"], PARTNER) for row in snapshot.content["contributors"])
    for content in Letter.objects.filter(thread=decision.thread_id).values_list("content", flat=True):
        signatory = content["signatory"]
        if signatory["first_name"]:  # else the service itself
            yield f"{signatory['first_name']} {signatory['name']}", AGENT
    minutes = Minutes.objects.filter(session__items__application=decision.application_id).distinct()
    for record in minutes.values_list("record", flat=True):
        yield record["secretary"], AGENT
        for one in (*record["chairs"], *record["attendance"], *record["absent"]):
            yield one["name"], MEMBER
        yield from ((one["name"], EXPERT) for item in record["items"] for one in item.get("experts", []))
    heard = Expert.objects.invited().filter(item__application=decision.application_id)
    yield from ((name, EXPERT) for name in heard.values_list("name", flat=True))


def _ways(first: str, last: str) -> Iterator[str]:
    """Both orders of a name, then its family name alone, then its first name alone."""
    first, last = first.strip(), last.strip()
    if first and last:
        yield f"{first} {last}"
        yield f"{last} {first}"
    for word in (last, first):
        if len(word) >= WORD:
            yield word


@lru_cache(maxsize=5000)
def _pattern(name: str) -> re.Pattern[str]:
    """That name whatever its accents and spaces, as whole words; a word alone only when it is written as a name."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    words = plain.split()
    body = r"[\s\u00a0\u202f]+".join("".join(map(_sign, word)) for word in words)
    if len(words) == 1 and words[0][:1].isalpha() and name[:1].isupper():
        body = f"(?-i:{_sign(words[0][0]).upper()}){''.join(map(_sign, words[0][1:]))}"
    return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)


def _sign(sign: str) -> str:
    variants = VARIANTS.get(sign.lower())
    return f"[{variants}]" if variants else re.escape(sign.lower())


def masked(parts: Sequence[Part], mask: Mask) -> list[Part]:
    """The documents without what the mask takes out; no file received or made goes with them."""
    return [Part(mask.apply(part.title), part.dated, _within(part.blocks, mask), []) for part in parts]


def _within(value: Any, mask: Mask) -> Any:
    if isinstance(value, Bold):
        return Bold(mask.apply(value))
    if isinstance(value, str):
        return mask.apply(value)
    if isinstance(value, tuple):
        kept = value[:1] if value[0] in KINDS else ()  # the kind of a block is no word of a text
        return (*kept, *(_within(one, mask) for one in value[len(kept) :]))
    if isinstance(value, list):
        return [_within(one, mask) for one in value]
    return value


KINDS = frozenset({"h", "h3", "p", "small", "li", "ol", "facts", "rule", "page"})


def texts_of(part: Part) -> Iterator[str]:
    """Every text of a document, in its order, for the person who reads it before release."""
    yield part.title
    yield from _texts(part.blocks)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        if all(isinstance(one, str) for one in value) and any(isinstance(one, Bold) for one in value):
            yield "".join(value)
            return
        for one in value[1:] if isinstance(value, tuple) and value and value[0] in KINDS else value:
            yield from _texts(one)
