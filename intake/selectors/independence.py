"""What speaks for opportunities besides whoever asked, as the gate reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from intake.models import Evidence
from intake.rules.breadth import breadth
from intake.rules.evidence import has_independent
from intake.rules.people import Human
from intake.rules.pull import Pull, pull
from intake.selectors.people import IMPERSONAL, people_behind


@dataclass(frozen=True, slots=True)
class Basis:
    """Who and what stands behind an opportunity now; `impersonal` counts what is nobody's."""

    humans: tuple[Human, ...]
    impersonal: int

    @property
    def people(self) -> int:
        """How many distinct people."""
        return len(self.humans)

    @property
    def is_independent(self) -> bool:
        """Whether the gate to *now* is open."""
        return has_independent(self.humans, self.impersonal)

    @property
    def breadth(self) -> float:
        """See `rules.breadth`."""
        return breadth(human.department_id for human in self.humans)

    @property
    def pull(self) -> Pull:
        """See `rules.pull`."""
        return pull(human.hours for human in self.humans)


def bases_of(opportunity_ids: Collection[int]) -> Mapping[int, Basis]:
    """What each of the opportunities stands on, in at most seven queries."""
    people = people_behind(opportunity_ids)
    rows = Evidence.objects.filter(IMPERSONAL, opportunity__in=opportunity_ids)
    impersonal = Counter(rows.values_list("opportunity_id", flat=True) if people else ())
    return {pk: Basis(tuple(humans), impersonal[pk]) for pk, humans in people.items()}
