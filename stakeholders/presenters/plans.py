"""The plan in force, and where each part of it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.formats import count
from stakeholders.enums import ContactKind, OwedContact, Plan
from stakeholders.models import Placement
from stakeholders.presenters.owed import contact_words, digest_words
from stakeholders.rules import DEFAULT_PLANS, CommunicationPlan, animal_of
from stakeholders.selectors.due import Due

DEFAULT = "the default"


@dataclass(frozen=True, slots=True)
class PlanWords:
    """What somebody is owed. `origin`: where it comes from; `reason`: why it is not the default."""

    digest: str
    contact: str
    origin: str
    reason: str
    is_own: bool


def plan_words(placement: Placement, due: Due) -> PlanWords:
    """The plan in force on a placement."""
    is_own = bool(placement.plan or placement.contact or placement.every)
    return PlanWords(
        digest=digest_words(due),
        contact=contact_words(due),
        origin="Set for this person" if is_own else "Default of the place on the map",
        reason=placement.plan_reason,
        is_own=is_own,
    )


def default_of(placement: Placement) -> CommunicationPlan:
    """What somebody would be owed by their place alone."""
    return DEFAULT_PLANS[animal_of(placement.involvement, placement.power)]


def default_words(placement: Placement) -> dict[str, str]:
    """The default in the words of the form: `digest`, `contact`, `every`."""
    plan = default_of(placement)
    none = str(OwedContact.NONE.label)
    return {
        "digest": str(Plan(plan.digest).label),
        "contact": str(ContactKind(plan.contact).label) if plan.contact else none,
        "every": count(plan.every, "day") if plan.every else "no contact, so no days",
    }


def shown_plan(fields: Mapping[str, Any]) -> dict[str, str]:
    """A plan's fields as somebody who was slower reads them."""
    plan, contact, every = fields["plan"], fields["contact"], fields["every"]
    return {
        "plan": str(Plan(plan).label) if plan else DEFAULT,
        "contact": str(OwedContact(contact).label) if contact else DEFAULT,
        "every": count(every, "day") if every else DEFAULT,
        "reason": fields["reason"],
    }
