"""CSV that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exports import csv_response, safe_cell

SIGNS = ["=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠"]
PAYLOADS = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "SUM(A1:A9)", ""]
WHITE_SPACE = ["", " ", "\u00a0", "\n", "\u3000", "  \t"]


@pytest.mark.parametrize("space", WHITE_SPACE)
@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_text_never_begins_like_a_formula(sign: str, payload: str, space: str) -> None:
    text = f"{space}{sign}{payload}"
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-5, "-5"),
        (-0.5, "-0.5"),
        (Decimal("-1.20"), "-1.20"),
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (dt.date(2026, 11, 21), "2026-11-21"),
        ("Price Desk", "Price Desk"),
        ("a=b", "a=b"),
        ("", ""),
        ("−5", "−5"),
    ],
)
def test_numbers_stay_numbers_and_plain_text_plain(value: object, written: str) -> None:
    assert safe_cell(value) == written


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_whatever_the_text_rows_and_columns_stay(rows: list[list[str]]) -> None:
    rows = [[cell.replace("\r", " ").replace("\0", " ") for cell in row] for row in rows]
    body = csv_response("x", ["a", "b"], rows).content.decode("utf-8-sig", "surrogatepass")
    read = list(csv.reader(io.StringIO(body, newline="")))
    assert read == [["a", "b"], *([safe_cell(cell) for cell in row] for row in rows)]


def test_the_file_name_is_harmless() -> None:
    response = csv_response('x"; filename="evil.exe', ["a"], [])
    assert response["Content-Disposition"] == 'attachment; filename="x-filenameevilexe.csv"'
    assert csv_response("", ["a"], [])["Content-Disposition"].endswith('"export.csv"')
