"""How far a request has come, from itself and from what its opportunities have come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intake.rules.words import Decision, Outcome, Status

# A person closed it so. The other two outcomes follow from the opportunities.
CLOSED_BY_SOMEBODY = frozenset({Outcome.ANSWERED, Outcome.DUPLICATE, Outcome.WITHDRAWN})
# … and its people hear no more of decisions. Those of a duplicate do: another one was kept.
OVER = frozenset({Outcome.ANSWERED, Outcome.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Linked:
    """One opportunity that a request belongs to: its decision, None as long as there is none."""

    decision: Decision | None = None
    has_shipped: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is going to happen: it has shipped, or never will."""
        return self.has_shipped or self.decision == Decision.NO


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a request stands; `outcome` is None while it is not closed."""

    status: Status
    outcome: Outcome | None = None


def standing_of(
    *, is_understood: bool, closed_as: Outcome | None, linked: Sequence[Linked]
) -> Standing:
    """Where a request stands (domain.md §5).

    `is_understood`: it has the manager's problem statement. `closed_as`: how it was closed so far.
    `linked`: its opportunities, without those merged into others. What a person closed stays
    closed; what closed with its opportunities opens again with them.
    """
    if closed_as in CLOSED_BY_SOMEBODY:
        return Standing(Status.CLOSED, closed_as)
    if not is_understood:
        return Standing(Status.NEW)
    if not linked:
        return Standing(Status.UNDERSTOOD)
    if all(one.is_settled for one in linked):
        shipped = any(one.has_shipped for one in linked)
        return Standing(Status.CLOSED, Outcome.SHIPPED if shipped else Outcome.DECLINED)
    if all(one.has_shipped or one.decision is not None for one in linked):
        return Standing(Status.DECIDED)
    return Standing(Status.LINKED)
