"""Files become records, and records what a mapping makes of them. Pure: no database."""

from imports.readers.limits import Limits, set_usual, usual
from imports.readers.long import LongColumns, long_row, read_long
from imports.readers.opening import open_table
from imports.readers.records import Broken, LongRow, Reading, Record, RefusedCell, Subject, Table
from imports.readers.splitting import Shape, split_records
from imports.readers.wide import read_wide

__all__ = [
    "Broken",
    "Limits",
    "LongColumns",
    "LongRow",
    "Reading",
    "Record",
    "RefusedCell",
    "Shape",
    "Subject",
    "Table",
    "long_row",
    "open_table",
    "read_long",
    "read_wide",
    "set_usual",
    "split_records",
    "usual",
]
