"""A downloaded list opens as it was written and runs nothing."""

import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from desks import spreadsheets
from desks.spreadsheets import spreadsheet

pytestmark = pytest.mark.django_db  # closing an answer looks after the connections


def read(response):
    content = b"".join(response.streaming_content)
    response.close()
    return load_workbook(io.BytesIO(content)).active


def test_texts_numbers_and_dates_come_back() -> None:
    sheet = read(
        spreadsheet(
            "liste",
            ["Nom", "Nombre", "Jour", "Moment", "Vide"],
            [("Escale Anémone", 12, date(2027, 3, 1), datetime(2027, 1, 4, 9, tzinfo=UTC), None)],
        )
    )

    assert [cell.value for cell in sheet[1]] == ["Nom", "Nombre", "Jour", "Moment", "Vide"]
    assert [cell.value for cell in sheet[2]] == [
        "Escale Anémone",
        12,
        datetime.fromisoformat("2027-03-01T00:00:00"),
        datetime.fromisoformat("2027-01-04T10:00:00"),
        None,
    ]


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")', "+33", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_nothing_is_a_formula(text: str) -> None:
    sheet = read(spreadsheet("liste", ["Nom"], [(text,)]))

    cell = sheet["A2"]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.strip()
    assert cell.quotePrefix


def test_signs_that_the_format_refuses_are_left_out() -> None:
    sheet = read(spreadsheet("liste", ["Nom"], [("Es\x00cale\x0b",), ("a" * 40_000,)]))

    assert sheet["A2"].value == "Escale"
    assert len(sheet["A3"].value) == spreadsheets.LONGEST_CELL


def test_the_file_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(spreadsheets, "MAXIMUM_ROWS", 3)

    sheet = read(spreadsheet("liste", ["Nom"], ((str(number),) for number in range(10))))

    assert sheet.max_row == 4


def test_it_is_an_attachment() -> None:
    response = spreadsheet("dossiers", ["Nom"], [])

    assert response["Content-Disposition"] == 'attachment; filename="dossiers.xlsx"'
    assert b"".join(response.streaming_content).startswith(b"PK")
    response.close()
