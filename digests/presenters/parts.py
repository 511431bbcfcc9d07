"""An edition as it was written, as part of a mail."""

from __future__ import annotations

import datetime as dt

from digests.models import Edition
from digests.rules import Length
from digests.rules.letter import Drawn, Part
from stakeholders.rules import Plan


def part_of(edition: Edition, *, product: str, week: dt.date, url: str = "") -> Part:
    """The very words that were kept, whatever the issue says by now."""
    return Part(
        edition_id=edition.pk,
        product=product,
        url=url,
        week=week,
        plan=Plan(edition.plan),
        length=Length(edition.length),
        drawn=Drawn(
            subject=edition.subject,
            preheader=edition.preheader,
            text=edition.text,
            html=edition.html,
            words=edition.words,
            is_material=edition.is_material,
            status=edition.status,
            asks=edition.asks,
            ask_by=edition.ask_by,
        ),
    )
