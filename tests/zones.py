"""An organisation in Auckland, and an instant that is another day there than in UTC."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bs4 import BeautifulSoup

from accounts.models import Organisation

# 22 November, 01:30 in Auckland; 21 November, 04:30 in Los Angeles.
EVENING = dt.datetime(2026, 11, 21, 12, 30, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
THERE = "22 Nov"
HERE = "21 Nov"


def house_in_auckland() -> None:
    """Days are those of Auckland from now on."""
    Organisation.objects.filter(pk=1).update(time_zone="Pacific/Auckland")


def words_of(response: Any, selector: str = "main") -> str:
    """What a part of the page says."""
    assert response.status_code == 200
    found = BeautifulSoup(response.content, "html.parser").select(selector)
    assert found
    joined = " ".join(part.get_text(" ") for part in found)
    return " ".join(joined.split()).replace("\u00a0", " ")
