"""Why a cell, a line or a file is not taken, in the user's words; the same for every reader."""

from __future__ import annotations

UNKNOWN = "unknown"

# Numbers
NOT_A_NUMBER = "This is not a number."
TOO_LARGE = "This number is too large."
TOO_SMALL = "This number is too close to 0."
TOO_LONG = "This number is too long."
BAD_GROUPS = "The commas, points or spaces in this number are not where the mapping puts them."
NOT_A_COUNT = "This is not a whole number from 0 on."
COUNT_TOO_LARGE = "This count is too large."

# Days
NOT_A_DAY = "This is not a day, or the mapping says that days are written another way."
NO_SUCH_DAY = "There is no such day."
SHORT_YEAR = "Write the year with four digits."
HAS_A_TIME = "Leave out the time of day."
MIDNIGHT_24 = "24:00 is the next day. Write the day alone."

# Cells of a record
EMPTY = "This is empty."
NO_TOTAL = "The total is missing."
ZERO_TOTAL = "The total is 0."

# Lines
TOO_MANY_CELLS = "This line has more cells than the header."
TOO_FEW_CELLS = "This line has fewer cells than the header."
OPEN_QUOTE = "A quotation mark is opened and never closed."
BAD_QUOTE = "A quotation mark inside a quoted cell must be written twice."
BAD_BYTES = "This line is not written in the file's encoding."
HAS_NUL = "This line holds a NUL character."
CELL_TOO_LONG = "A cell of this line is too long."
LATER = "A later line gives this value."


class CellRefused(ValueError):
    """A cell that can't be taken; `reason` is one of the sentences above, or `UNKNOWN`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FileRefused(Exception):
    """The file as a whole can't be imported; the message says why, in the user's words."""
