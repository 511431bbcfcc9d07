"""What the list of shared links says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.formats import count, short_day
from core.periods import local_date
from intake.models import IntakeLink


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link; `address` is empty once it has ended."""

    pk: int
    label: str
    address: str
    limit: str
    sent: str
    state: str


def link_line(link: IntakeLink, address: str, today: dt.date, zone: str) -> LinkLine:
    """A link with what may and what did come by it, on days of the time zone; it carries `sent`."""
    if link.revoked_at is not None:
        state = f"Ended on {short_day(local_date(link.revoked_at, zone), today)}"
    elif link.expires_on is None:
        state = "Until it is ended"
    else:
        last = short_day(link.expires_on, today)
        state = f"Ended on {last}" if link.expires_on < today else f"Until {last}"
    is_over = link.revoked_at is not None or (
        link.expires_on is not None and link.expires_on < today
    )
    sent: int = link.sent  # type: ignore[attr-defined]  # annotated
    return LinkLine(
        pk=link.pk,
        label=link.label,
        address="" if is_over else address,
        limit=f"{link.a_day:,} a day",
        sent=count(sent, "request"),
        state=state,
    )
