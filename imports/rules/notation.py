"""How a file is written, as its mapping says it: `dates`, `[file]` and `[numbers]`."""

from __future__ import annotations

from imports.rules.mapping import FileFormat, Numbers
from imports.rules.sections import Section

ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "windows-1252")
DELIMITERS = (",", ";", "\t", "|")
DECIMALS = (".", ",")
GROUPINGS = ("", ",", ".", " ", "'")
DAY_ORDERS = ("day month year", "month day year", "year month day")


def read_dates(top: Section) -> str:
    """The order of days, like "day/month/year"; empty: ISO."""
    text = top.text("dates", longest=40)
    order = text.translate(str.maketrans("/.-", "   "))
    marks = {mark for mark in text if mark in "/.- "}
    if text and (order not in DAY_ORDERS or len(marks) != 1):
        top.problem("dates", "Write day, month and year in their order, like day/month/year.")
    return text


def read_file(section: Section) -> FileFormat:
    """What `[file]` says."""
    found = FileFormat(
        encoding=section.choice("encoding", ENCODINGS),
        delimiter=section.choice("delimiter", DELIMITERS),
        sheet=section.text("sheet", longest=100),
        header_line=section.whole("header_line", 1, 100, default=1),
    )
    section.refuse_the_rest()
    return found


def read_numbers(section: Section) -> Numbers:
    """What `[numbers]` says; a decimal comma brings its thousands."""
    usual = Numbers()
    decimal = section.choice("decimal", DECIMALS, default=usual.decimal)
    grouping = section.choice("thousands", GROUPINGS, default="." if decimal == "," else ",")
    if grouping == decimal:
        section.problem("thousands", "The decimal mark can't separate the thousands as well.")
    numbers = Numbers(
        decimal=decimal,
        thousands=grouping,
        currency=section.texts("currency", usual.currency),
        unknown=section.texts("unknown", usual.unknown),
    )
    section.refuse_the_rest()
    return numbers
