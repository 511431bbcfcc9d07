"""What a request is called in a mail and on the phone: letters of its product and a number."""

from __future__ import annotations

import re
import unicodedata

MOST_LETTERS = 4
NO_LETTERS = "REQ"
FIRST_NUMBER = 1000


def letters_of(name: str) -> str:
    """Up to four capital letters: of the words of the name, or of the one word it is.

    “Shift Planner” is SP, “Payroll” PAYR, a name without a Latin letter REQ.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z]+", plain)
    found = words[0] if len(words) == 1 else "".join(word[0] for word in words)
    return found[:MOST_LETTERS].upper() or NO_LETTERS


def reference_of(name: str, number: int) -> str:
    """The reference of the request with this running number."""
    return f"{letters_of(name)}-{FIRST_NUMBER + number}"
