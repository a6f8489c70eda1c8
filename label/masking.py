"""A passage about a person taken out of what was filed: where it stands, and what proves the rest (docs/adr/0037)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from copy import deepcopy
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from journal.moves import subject_key
from label.models import Application, Edition, Masking, RequestedPiece, Snapshot
from label.questions import BY_KEY, questions_of
from label.snapshots import digest_of
from letters import rendering
from letters.models import Letter

MARK = "[passage retiré]"
EVENT = "mask_passage"
COPIED_IN = ("L1b",)  # the letters that copy the answers
WRITTEN = ("text", "long_text")


class Mask:
    """Puts the mark in place of a passage, wherever it stands as whole words, however its spaces are written."""

    def __init__(self, passage: str) -> None:
        text = r"\s+".join(map(re.escape, passage.split()))
        before = r"(?<!\w)" if re.match(r"\w", passage.lstrip()) else ""
        after = r"(?!\w)" if re.search(r"\w$", passage.rstrip()) else ""
        self._pattern = re.compile(before + text + after)

    def __call__(self, text: str) -> str:
        """The text without the passage."""
        return self._pattern.sub(MARK, text)


def written_keys(edition: Edition) -> set[str]:
    """The questions that are answered in words."""
    return {question.key for question in questions_of(edition) if question.kind in WRITTEN}


def masked_content(
    content: dict[str, Any], mask: Mask, written: Collection[str]
) -> tuple[dict[str, Any], list[str]]:
    """The content of a snapshot without the passage, and the keys of the places where it stood."""
    left, places = deepcopy(content), set()
    texts: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
        *((row["key"], row, ("text", "shown")) for row in left["answers"] if row["key"] in written),
        *((row["key"], row, ("text",)) for row in left["criteria"].values()),
        *((f"piece:{row['key']}", row, ("answer",)) for row in left["pieces"]),
        *((f"contributor:{row['key']}", row, ("name", "part")) for row in left["contributors"]),
        *((f"document:{row['key']}", row, ("description",)) for row in left["documents"]),
    ]
    for place, row, names in texts:
        for name in names:
            masked = mask(row[name])
            if masked != row[name]:
                row[name] = masked
                places.add(place)
    return left, sorted(places)


def stands_in(application: Application, mask: Mask) -> bool:
    """Whether the passage stands in something that this dossier filed."""
    written = written_keys(application.edition)
    contents = application.snapshots.order_by("-number").values_list("content", flat=True)
    return any(masked_content(content, mask, written)[1] for content in contents)


def mask_rows(application: Application, mask: Mask) -> None:
    """Take the passage out of the rows that the next snapshot, or a dossier that follows, would be written from."""
    written = written_keys(application.edition)
    texts: tuple[tuple[QuerySet[Any], tuple[str, ...]], ...] = (
        (Application.objects.filter(pk=application.pk), ("public_summary",)),
        (application.answers.filter(question__in=written), ("text",)),
        (RequestedPiece.objects.filter(request__application=application), ("answer",)),
        (application.contributors.all(), ("name", "part")),
        (application.documents.all(), ("description",)),
    )
    for rows, names in texts:
        for pk, *kept in rows.values_list("pk", *names):
            known = dict(zip(names, kept, strict=True))
            masked = {name: _fitting(rows.model, name, mask(text)) for name, text in known.items()}
            if masked != known:
                rows.model._default_manager.filter(pk=pk).update(**masked)


def _fitting(model: type[Model], name: str, text: str) -> str:
    """The text, cut to what its column takes: the mark may be longer than the passage."""
    return text[: getattr(model._meta.get_field(name), "max_length", None)]


def maskings_of(snapshot: Snapshot) -> QuerySet[Masking]:
    """What was taken out of a snapshot, in order."""
    return Masking.objects.filter(snapshot=snapshot).select_related("event").order_by("number")


def names_of(application: Application, places: Iterable[str]) -> list[str]:
    """The questions and parts of the dossier where a passage stood, in words."""
    asked = {question.key: str(question.label) for question in questions_of(application.edition)}
    parts = {
        "piece": _("Pièces demandées"),
        "contributor": str(BY_KEY["contributors"].title),
        "document": _("Description d'un document"),
    }
    return list(dict.fromkeys(asked.get(key) or parts[key.partition(":")[0]] for key in places))


def contents_that_differ() -> Iterator[str]:
    """What was filed, and each letter, is what was frozen, but for what a masking says and the journal seals."""
    of_snapshots: dict[int | None, list[Masking]] = defaultdict(list)
    of_letters: dict[int | None, list[Masking]] = defaultdict(list)
    for one in Masking.objects.select_related("event").order_by("number", "pk"):
        (of_snapshots[one.snapshot_id] if one.snapshot_id else of_letters[one.letter_id]).append(one)
    for row in Snapshot.objects.select_related("application").iterator(chunk_size=200):
        maskings, subject = of_snapshots[row.pk], subject_key(row.application)
        yield from _differences(f"snapshot {row}", row.digest, digest_of(row.content), maskings, subject)
        if row.masked != len(maskings):
            yield f"snapshot {row} was changed {row.masked} times and says it {len(maskings)} times"
    for letter in Letter.objects.iterator(chunk_size=200):
        now, maskings = rendering.digest(letter.content), of_letters[letter.pk]
        yield from _differences(f"letter {letter.reference}", letter.digest, now, maskings, letter.subject)


def _differences(
    where: str, frozen: str, now: str, maskings: Iterable[Masking], subject: str
) -> Iterator[str]:
    for number, one in enumerate(maskings, 1):
        if (one.number, one.before) != (number, frozen):
            yield f"{where}: its masking {one.number} does not follow from what was there"
        if (one.event.subject, one.event.move, one.event.snapshot) != (subject, EVENT, one.after):
            yield f"{where}: its masking {one.number} is not the one of the journal"
        frozen = one.after
    if now != frozen:
        yield f"{where} is not what was frozen"
