"""What changed between two snapshots, of one dossier or of two that follow each other: « Ajouté », « Retiré »…"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from label.models import Application, Snapshot

Content = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One thing that changed: `what` names it; an empty `before` means added, an empty `after` removed."""

    what: str
    before: str
    after: str

    @property
    def word(self) -> str:
        """« Ajouté », « Retiré » or « Remplacé »."""
        if not self.before:
            return _("Ajouté")
        return _("Remplacé") if self.after else pgettext("answer", "Retiré")


def between(before: Content, after: Content) -> list[Difference]:
    """Every difference that a person can read, in the order of the form."""
    found = _changed(_answers(before), _answers(after))
    found += _changed(_rows(before, "solutions", _solution), _rows(after, "solutions", _solution))
    found += _changed(_rows(before, "contributors", _contributor), _rows(after, "contributors", _contributor))
    found += _changed(_rows(before, "documents", _document), _rows(after, "documents", _document))
    return found + _changed(_rows(before, "pieces", _piece), _rows(after, "pieces", _piece))


def since_last_dossier(application: Application) -> list[Difference]:
    """What changed between the dossier that this one follows, as it was judged, and this one as it was filed.

    Nothing for a first request. Rows that were copied have other keys: people and documents are known by their words,
    and the pieces asked for by the office are left out.
    """
    if application.previous_id is None or application.snapshot is None:
        return []
    last = Snapshot.objects.filter(application=application.previous_id).order_by("-number").first()
    return between(_by_words(last.content), _by_words(application.snapshot.content)) if last else []


def _by_words(content: Content) -> Content:
    return {
        **content,
        "contributors": [{**row, "key": row["name"].casefold()} for row in content.get("contributors", [])],
        "documents": [{**row, "key": row["description"].casefold()} for row in content.get("documents", [])],
        "pieces": [],
    }


def _changed(before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]]) -> list[Difference]:
    keys = [*before, *(key for key in after if key not in before)]
    found = []
    for key in keys:
        old, new = before.get(key, ("", "")), after.get(key, ("", ""))
        if old[1] != new[1]:
            found.append(Difference(new[0] or old[0], old[1], new[1]))
    return found


def _answers(content: Content) -> dict[str, tuple[str, str]]:
    plain = {row["key"]: (row["question"], row["shown"]) for row in content["answers"]}
    criteria = {row["key"]: (row["question"], row["text"]) for row in content["criteria"].values()}
    return {**plain, **criteria}


def _rows(content: Content, name: str, describe: Any) -> dict[str, tuple[str, str]]:
    return {str(row["key"]): describe(row) for row in content.get(name, [])}


def _solution(row: Content) -> tuple[str, str]:
    facets = "; ".join(f"{name}: {', '.join(codes)}" for name, codes in sorted(row["facets"].items()))
    parts = [row["name"], row["summary"], row["main_field"], row["territory"], row["place"], facets]
    return _("Action : {name}").format(name=row["name"]), "\n".join(part for part in parts if part)


def _contributor(row: Content) -> tuple[str, str]:
    return _("Partenaire : {name}").format(name=row["name"]), f"{row['name']}\n{row['part']}"


def _document(row: Content) -> tuple[str, str]:
    text = f"{row['description']} ({row['name']}, {row['sha256'][:12]})"
    return _("Document : {name}").format(name=row["description"]), text


def _piece(row: Content) -> tuple[str, str]:
    if row["cannot_provide"]:
        given = _("Je n'ai pas cette pièce. {reason}").format(reason=row["answer"])
    else:
        given = "\n".join(part for part in (row["answer"], row["name"]) if part)
    return row["what"], given
