"""The director's page and the yearly report on impartiality (screens P30, domain 5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import person, staff_required
from accounts.rules import roles_of
from desks import figures
from desks.bars import BAR_HEIGHT, bars
from desks.forms import PeriodFilter
from desks.keyset import filters_of
from desks.selections import DOSSIERS, FIGURE_ROLES
from desks.spreadsheets import spreadsheet
from label.models import Application
from reviewers.views.committee import ROLES as SEES_MEMBERS

on_figures = staff_required(*FIGURE_ROLES)
IMPARTIALITY = ("decides", "contre-avis", "sans-college", "deports", "recuses", "recusation-demandee")
OUTSIDE = "diffusion"


@on_figures
def staff_figures(request: HttpRequest) -> HttpResponse:
    """One A4 sheet: three sentences, then tables whose figures open their lists."""
    form, sheet, outside = _sheet(request)
    context = {
        "form": form,
        "sheet": sheet,
        "blocks": [_shown(block, request, outside=outside) for block in sheet.blocks],
        "outside": outside,
        "today": timezone.localdate(),
        "file_url": reverse("staff_figures_file") + filters_of(request),
        "outside_url": f"?periode={form.period().code}&{OUTSIDE}=oui",
    }
    return render(request, "desks/staff_figures.html", context)


@on_figures
def staff_figures_file(request: HttpRequest) -> HttpResponse:
    """The same figures as a file."""
    _form, sheet, outside = _sheet(request)
    return spreadsheet(
        "chiffres", [_("Tableau"), _("Ligne"), _("Colonne"), _("Valeur")], _lines(sheet, outside=outside)
    )


def _lines(sheet: figures.Sheet, *, outside: bool) -> Iterator[tuple[Any, ...]]:
    for block in sheet.blocks:
        for row in block.rows:
            for column, figure in zip(block.columns, row.figures, strict=True):
                value = figure.told(outside=True) if outside else figure.value
                yield block.title, row.title, column, value


def _sheet(request: HttpRequest) -> tuple[PeriodFilter, figures.Sheet, bool]:
    form = PeriodFilter(request.GET, on=timezone.localdate())
    outside = request.GET.get(OUTSIDE) == "oui"
    sheet = figures.sheet_for(person(request), form.period())
    return form, figures.for_outside(sheet) if outside else sheet, outside


def _shown(block: figures.Block, request: HttpRequest, *, outside: bool) -> dict[str, Any]:
    """A block with the words of its figures, the links that this person may follow, and the lengths of its bars."""
    sees_members = set(SEES_MEMBERS) & roles_of(person(request), on=timezone.localdate())
    hidden = "" if sees_members else reverse("staff_members")
    rows = [
        {
            "title": row.title,
            "cells": [
                {
                    "told": figure.told(outside=outside),
                    "url": "" if outside or (hidden and figure.url.startswith(hidden)) else figure.url,
                    "note": "" if outside else figure.note,
                    "column": column,
                }
                for column, figure in zip(block.columns, row.figures, strict=True)
            ],
        }
        for row in block.rows
    ]
    drawn = bars(block) if block.drawn and not outside else []
    return {"block": block, "rows": rows, "bars": drawn, "height": BAR_HEIGHT * len(drawn)}


@on_figures
def staff_impartiality(request: HttpRequest) -> HttpResponse:
    """What the yearly report on impartiality counts, each figure with its list."""
    form, rows = _impartiality(request)
    context = {
        "form": form,
        "rows": rows,
        "period": form.period(),
        "file_url": reverse("staff_impartiality_file") + filters_of(request),
    }
    return render(request, "desks/staff_impartiality.html", context)


@on_figures
def staff_impartiality_file(request: HttpRequest) -> HttpResponse:
    """The same figures as a file."""
    _form, rows = _impartiality(request)
    return spreadsheet("impartialite", [_("Dossiers"), _("Nombre")], [(row.words, row.value) for row in rows])


def _impartiality(request: HttpRequest) -> tuple[PeriodFilter, list[figures.Figure]]:
    on = timezone.localdate()
    form = PeriodFilter(request.GET, on=on)
    period = form.period()
    dossiers = Application.objects.visible_to(person(request), on=on).exclude(state=Application.State.PURGED)
    found = dossiers.aggregate(
        **{
            f"n_{rank}": Count("pk", filter=DOSSIERS[code].test(period))
            for rank, code in enumerate(IMPARTIALITY)
        }
    )
    rows = [
        figures.Figure(DOSSIERS[code].words, found[f"n_{rank}"], figures.dossiers_url(code, period))
        for rank, code in enumerate(IMPARTIALITY)
    ]
    return form, rows
