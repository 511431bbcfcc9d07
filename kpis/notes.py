"""What upper apps have to say beside a KPI, filled in their `apps.py: ready()`.

kpis lies below the app that knows what forced use is worth, so that app hands its words in here.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from core.as_of import AsOf
from core.registry import Registry


@dataclass(frozen=True, slots=True)
class KpiNote:
    """A sentence for the KPI's tile, and a section for its page."""

    words: str
    section: SafeString


# The product is a `portfolio.models.Product`, the KPIs are `kpis.models.Kpi` with their metrics:
# both stand on a higher floor than the registries.
Fetch = Callable[[Any, Collection[Any], AsOf], Mapping[int, KpiNote]]


@dataclass(frozen=True, slots=True)
class NoteSource:
    """`fetch(product, kpis, as_of)` answers notes by KPI, for those that it has one for."""

    key: str
    fetch: Fetch


_sources = Registry[NoteSource]("sources of notes")
register = _sources.register


def notes_on(product: Any, kpis: Collection[Any], as_of: AsOf) -> dict[int, list[KpiNote]]:
    """Every note on these KPIs of the product, as of a day."""
    found: dict[int, list[KpiNote]] = {}
    for source in _sources:
        for kpi_id, note in source.fetch(product, kpis, as_of).items():
            found.setdefault(kpi_id, []).append(note)
    return found
