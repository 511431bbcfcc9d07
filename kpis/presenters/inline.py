"""Parts of a KPI's plan that are changed where they stand."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.formats import measure, short_day
from core.inline import inline_field
from kpis.models import Kpi
from kpis.selectors import KpiRow

PARTS = {"target": "Target", "target_date": "By", "owner": "Owner"}
WORDS = {"target": "target", "target_date": "target date", "owner": "owner"}


def part_id(kpi: Kpi, part: str) -> str:
    """The element that holds the part, shown or being changed."""
    return f"part-{kpi.pk}-{part}"


def part_url(kpi: Kpi, part: str, back: str) -> str:
    """Where the part is changed; `back` is the address of the page that it stands on."""
    address = reverse("kpis:kpi_field", args=[kpi.product.slug, kpi.pk, part])
    return f"{address}?{urlencode({'next': back})}"


def part_words(row: KpiRow, part: str) -> str:
    """What stands there."""
    kpi = row.kpi
    if part == "target":
        return measure(kpi.target, kpi.metric.unit) if kpi.target is not None else "none yet"
    if part == "target_date":
        return short_day(kpi.target_date, row.as_of) if kpi.target_date else "now"
    return str(kpi.owner or "nobody yet")


def shown_part(row: KpiRow, part: str, back: str) -> SafeString:
    """What stands there, with the way to change it."""
    kpi = row.kpi
    return inline_field(
        part_id(kpi, part),
        format_html("<bdi>{}</bdi>", part_words(row, part)),
        part_url(kpi, part, back),
        f"Change the {WORDS[part]} of {kpi.metric.name}",
    )


def editable_facts(facts: list[tuple[str, str]], row: KpiRow, back: str) -> list[tuple[str, str]]:
    """The facts of the plan, those parts with the way to change them."""
    parts = {label: part for part, label in PARTS.items()}
    return [
        (term, shown_part(row, parts[term], back) if term in parts else value)
        for term, value in facts
    ]


def aims(row: KpiRow, back: str) -> SafeString:
    """Target, day and owner for the list in the KPI's tile; `back` "": nothing may be changed."""
    parts = (
        (label, shown_part(row, part, back) if back else part_words(row, part))
        for part, label in PARTS.items()
    )
    return format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", parts)
