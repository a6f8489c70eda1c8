"""Lists as .xlsx files: written row by row on disk, bounded, and without any cell that a program could run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, cast

from django.http import FileResponse, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

MAXIMUM_ROWS = 20_000
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
LONGEST_CELL = 32_000  # a cell of the format holds 32,767 characters


def spreadsheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A file of these columns and rows, at most `MAXIMUM_ROWS`, as an attachment.

    Text that could start a formula is written as text and marked as such, so that opening the file runs nothing.
    """
    from openpyxl import Workbook  # noqa: PLC0415  (heavy, and asked for only when somebody downloads)

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=_("Liste"))
    sheet.freeze_panes = "A2"
    sheet.append(list(_cells(sheet, columns)))
    for row in islice(rows, MAXIMUM_ROWS):
        sheet.append(list(_cells(sheet, row)))
    content = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the response once it is sent)
    book.save(content)
    content.seek(0)
    # Same interface for the guards of the pages, although Django keeps streamed answers in a class of their own.
    return cast(
        HttpResponse,
        FileResponse(content, as_attachment=True, filename=f"{name}.xlsx", content_type=CONTENT_TYPE),
    )


def _cells(sheet: Any, values: Sequence[Any]) -> Iterator[Any]:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    for value in values:
        if isinstance(value, datetime):
            yield WriteOnlyCell(sheet, timezone.localtime(value).replace(tzinfo=None))
        elif value is None or isinstance(value, int | float | date):
            yield WriteOnlyCell(sheet, value)
        else:
            text = ILLEGAL_CHARACTERS_RE.sub("", str(value))[:LONGEST_CELL]
            cell = WriteOnlyCell(sheet, text)
            if text.startswith(STARTS_A_FORMULA):
                cell.data_type, cell.quotePrefix = "s", True
            yield cell
