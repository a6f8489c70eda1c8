"""The register of labelled associations: page, map, list to print, and files for programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.access import for_everybody
from journal.keys import LARGEST_KEY
from portal.forms import RegisterForm
from portal.register import (
    MOST_COUNTED,
    PAGE,
    REMOTE,
    SORTS,
    Choice,
    Entry,
    Found,
    Position,
    by_region,
    everything,
    page_of,
    search,
)
from portal.served import JSON, for_programs
from portal.solutions import department_told, fields_told, places_told
from portal.words import PANELS, word_in
from structures.facets import FIELD_GROUPS, FIELDS_OF_ACTION, REGIONS, label_of

VIEWS = {"liste": gettext_lazy("Liste"), "tableau": gettext_lazy("Tableau"), "carte": gettext_lazy("Carte")}
TO_PRINT = "impression"
PRINTED = 200
TONES = {"ok": "success", "info": "info", "warn": "todo"}


@login_not_required
@require_safe
@cache_control(private=True, no_cache=True)  # a measure shows at once
def register(request: HttpRequest) -> HttpResponse:
    """Who can help me, near me? Everything chosen stands in the address."""
    today = timezone.localdate()
    form = RegisterForm(request.GET)
    choice = form.choice()
    view = request.GET.get("vue", "liste")
    view = view if view in {*VIEWS, TO_PRINT} else "liste"
    sort = request.GET.get("tri", "nom") if request.GET.get("tri") in SORTS else "nom"
    found = search(choice, on=today)
    context = {
        "form": form,
        "groups": _groups(choice),
        "selects": [form["cancer"], form["lieu"], form["public"]],
        "view": view,
        "views": [(words, _address(request, {"vue": name}), name == view) for name, words in VIEWS.items()],
        "print_url": _address(request, {"vue": TO_PRINT}),
        "json_url": _address(request, {"vue": None}, to="register_json"),
        "csv_url": _address(request, {"vue": None}, to="register_csv"),
        "found_words": _found_words(found),
        "button_words": _button_words(found),
        "tags": _tags(request, form, choice),
        "is_empty": found.count == 0,
        "sort": sort,
        "sorts": {name: _address(request, {"tri": name}) for name in SORTS},
        "clear_url": _address_of(view),
        "today": today,
    }
    if found.count == 0:
        context["at_a_distance"] = _at_a_distance(choice, today)
    elif view == "carte":
        context["regions"] = _regions(request, choice, today)
    else:
        context |= _rows(request, found, sort, PRINTED if view == TO_PRINT else PAGE)
    return render(request, "portal/print.html" if view == TO_PRINT else "portal/register.html", context)


def _rows(request: HttpRequest, found: Found, sort: str, size: int) -> dict[str, Any]:
    page = page_of(found, sort=sort, position=_position(request), size=size)
    return {
        "entries": [_told(entry) for entry in page.entries],
        "previous_url": page.previous and _address(request, {"avant": page.previous}),
        "next_url": page.next and _address(request, {"apres": page.next}),
    }


def _position(request: HttpRequest) -> Position:
    return Position(after=_key(request.GET.get("apres", "")), before=_key(request.GET.get("avant", "")))


def _key(text: str) -> int | None:
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    return min(int(text), LARGEST_KEY)


def _address(request: HttpRequest, changes: Mapping[str, Any], *, to: str = "register") -> str:
    """The page with the same choice and these changes; a page number never survives a change."""
    asked = _asked(request.GET)
    for name, value in changes.items():
        asked.pop(name, None)
        if value is not None:
            asked[name] = value
    return f"{reverse(to)}?{asked.urlencode()}" if asked else reverse(to)


def _asked(given: QueryDict) -> QueryDict:
    """Only what the register knows, so that no address grows with what others put in it."""
    asked = QueryDict(mutable=True)
    for name in (*RegisterForm.base_fields, "vue", "tri"):
        values = [value[:100] for value in given.getlist(name)[: len(FIELDS_OF_ACTION)] if value]
        if values:
            asked.setlist(name, values)
    return asked


def _address_of(view: str) -> str:
    return reverse("register") if view not in {"tableau", "carte"} else f"{reverse('register')}?vue={view}"


def _groups(choice: Choice) -> list[tuple[Any, list[tuple[Any, bool]]]]:
    return [
        (
            group.label,
            [(field, field.code in choice.fields) for field in FIELDS_OF_ACTION if field.group == group.code],
        )
        for group in FIELD_GROUPS
    ]


def _found_words(found: Found) -> str:
    if found.count is None:
        return _("Plus de {number} associations labellisées").format(number=MOST_COUNTED)
    if found.count == 0:
        return _("Aucune association trouvée")
    held = found.count - len(found.suspended)
    words = ngettext("{number} association labellisée", "{number} associations labellisées", held)
    if not found.suspended:
        return words.format(number=held)
    apart = ngettext("{number} label suspendu", "{number} labels suspendus", len(found.suspended))
    return f"{words.format(number=held)}, {apart.format(number=len(found.suspended))}"


def _button_words(found: Found) -> str:
    """P29: the button says what it shows."""
    if not found.count:
        return _("Afficher les résultats")
    return ngettext("Afficher le résultat", "Afficher les {number} résultats", found.count).format(
        number=found.count
    )


def _tags(request: HttpRequest, form: RegisterForm, choice: Choice) -> list[tuple[str, str]]:
    """The filters in use, each with the address of the page without it."""
    tags = []
    if choice.words or choice.has_no_word:
        tags.append((form.cleaned_data["q"], _address(request, {"q": None})))
    for code in choice.fields:
        without = _asked(request.GET)
        without.setlist("champ", [other for other in choice.fields if other != code])
        words = str(label_of(FIELDS_OF_ACTION, code))
        tags.append((words, f"{reverse('register')}?{without.urlencode()}"))
    for name, value in (("cancer", choice.cancer), ("lieu", choice.place), ("public", choice.audience)):
        if value:
            words = str(dict(form.fields[name].choices)[value])  # type: ignore[attr-defined]
            tags.append((words, _address(request, {name: None})))
    return tags


def _at_a_distance(choice: Choice, today: date) -> tuple[str, str] | None:
    """How many help from afar for the same need, and the address; None when nobody does."""
    found = search(Choice(fields=choice.fields, place=REMOTE), on=today)
    if found.count == 0:
        return None
    asked = QueryDict(mutable=True)
    asked.setlist("champ", list(choice.fields))
    asked["lieu"] = REMOTE
    return _number(found.count), f"{reverse('register')}?{asked.urlencode()}"


def _number(count: int | None) -> str:
    return _("plus de {number}").format(number=MOST_COUNTED) if count is None else str(count)


def _regions(request: HttpRequest, choice: Choice, today: date) -> list[dict[str, Any]]:
    counts = by_region(choice, on=today)
    return [
        {
            "region": region,
            "number": _number(counts[region.code] if counts[region.code] <= MOST_COUNTED else None),
            "shade": min(4, (counts[region.code] + 4) // 5),
            "url": _address(request, {"lieu": region.code, "vue": "liste"}),
        }
        for region in REGIONS
    ]


def _told(entry: Entry) -> dict[str, Any]:
    label, structure = entry.label, entry.label.structure
    panel = PANELS[entry.status.code]
    held = {code for solution in entry.solutions for code in solution.fields}
    department = f" ({department_told(structure.department)})" if structure.department else ""
    return {
        "label": label,
        "structure": structure,
        "seat": f"{structure.city}{department}",
        "website": structure.website if structure.website.startswith(("https://", "http://")) else "",
        "word": panel.word,
        "tone": TONES.get(panel.tone, "plain"),
        "icon": panel.icon,
        "may_be_used": entry.status.may_be_used,
        "solutions": entry.solutions,
        "fields": [field for field in FIELDS_OF_ACTION if field.code in held],
        "where": places_told(entry.solutions),
        "confirmed_on": timezone.localdate(label.application.submitted_at or label.issued_at),
    }


@for_everybody
def register_json(request: HttpRequest) -> HttpResponse:
    """The same list for programs, fifty at a time; `next` leads to what follows. The keys are a promise.

    A filter that nobody knows answers 400 and is named in `errors`: a program must not take the whole list for it.
    """
    form = RegisterForm(request.GET)
    found = search(form.choice(), on=timezone.localdate())
    if form.errors:
        return _shared(request, {"errors": form.errors}, status=400)
    page = page_of(found, position=_position(request))
    following = page.next and settings.PUBLIC_URL + _address(
        request, {"apres": page.next}, to="register_json"
    )
    answer = {
        "count": found.count,
        "more_than": MOST_COUNTED if found.count is None else None,
        "labels": [_record(entry) for entry in page.entries],
        "next": following,
    }
    return _shared(request, answer)


def _shared(request: HttpRequest, answer: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    return for_programs(request, json.dumps(answer, ensure_ascii=False).encode(), JSON, status=status)


def _record(entry: Entry) -> dict[str, Any]:
    label, structure = entry.label, entry.label.structure
    return {
        "number": label.number,
        "status": entry.status.code,
        "word": {"fr": word_in("fr", entry.status.code), "en": word_in("en", entry.status.code)},
        "structure": structure.name,
        "city": structure.city,
        "department": structure.department,
        "region": structure.region,
        "website": structure.website,
        "phone": structure.phone,
        "email": structure.email,
        "solutions": [
            {
                "name": solution.name,
                "fields": sorted(solution.fields),
                "territory": solution.territory,
                "regions": sorted(solution.regions),
                "departments": sorted(solution.departments),
                "remote": solution.remote,
            }
            for solution in entry.solutions
        ],
        "valid_from": label.starts_on.isoformat(),
        "valid_until": label.valid_until.isoformat(),
        "url": settings.PUBLIC_URL + reverse("verify_label", args=[label.number]),
    }


COLUMNS = (
    gettext_lazy("Numéro"),
    gettext_lazy("État"),
    gettext_lazy("Structure"),
    gettext_lazy("Commune"),
    gettext_lazy("Département"),
    gettext_lazy("Région"),
    gettext_lazy("Actions reconnues"),
    gettext_lazy("Sert à"),
    gettext_lazy("Où"),
    gettext_lazy("Site internet"),
    gettext_lazy("Téléphone"),
    gettext_lazy("E-mail"),
    gettext_lazy("Début"),
    gettext_lazy("Fin"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what spreadsheets run


class Echo:
    """A file that gives back what is written to it, so that the csv module writes line by line."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


@login_not_required
@require_safe
@cache_control(private=True, no_cache=True)
def register_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The whole list for a spreadsheet, sent line by line: never held in memory. 400 for a filter nobody knows."""
    form = RegisterForm(request.GET)
    found = search(form.choice(), on=timezone.localdate())
    if form.errors:
        lines = [f"{name}: {' '.join(map(str, words))}" for name, words in form.errors.items()]
        return HttpResponse("\n".join(lines), status=400, content_type="text/plain; charset=utf-8")
    response = StreamingHttpResponse(
        _lines(found, get_language() or "fr"), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="annuaire-{found.on.isoformat()}.csv"'
    return response


def _lines(found: Found, language: str) -> Iterator[str]:
    """The lines are made after the answer has left the middleware: they carry their language themselves."""
    writer = csv.writer(Echo(), delimiter=";", quoting=csv.QUOTE_ALL)
    with translation.override(language):
        head = [str(column) for column in COLUMNS]
    yield "\ufeff" + writer.writerow(head)
    for entries in everything(found):
        with translation.override(language):
            lines = [writer.writerow([_safe(cell) for cell in _cells(entry)]) for entry in entries]
        yield "".join(lines)


def _cells(entry: Entry) -> tuple[str, ...]:
    label, structure = entry.label, entry.label.structure
    return (
        label.number,
        str(PANELS[entry.status.code].word),
        structure.name,
        structure.city,
        department_told(structure.department),
        str(label_of(REGIONS, structure.region)),
        ", ".join(solution.name for solution in entry.solutions),
        fields_told(entry.solutions),
        places_told(entry.solutions),
        structure.website,
        structure.phone,
        structure.email,
        label.starts_on.isoformat(),
        label.valid_until.isoformat(),
    )


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" \u00a0\u202f").startswith(FORMULA) else cell
