"""What many people are to many products, in three statements: `portfolio.policies` set-wise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from accounts.enums import Role
from core.arrays import AnyOf
from portfolio.enums import Visibility
from portfolio.models import Membership, PortfolioLead
from stakeholders.models import Person


@dataclass(frozen=True, slots=True)
class Insiders:
    """By person: who is an administrator, a member of which product, who leads which portfolio, and
    in which portfolios they are a member of any product. Of active accounts only.
    """

    administrators: frozenset[int]
    members: frozenset[tuple[int, int]]
    leads: frozenset[tuple[int, int]]
    works_in: frozenset[tuple[int, int]]

    def is_of_team(self, person_id: int, product_id: int, portfolio_id: int) -> bool:
        """Whether they may read what is for the team alone."""
        return (
            person_id in self.administrators
            or (person_id, product_id) in self.members
            or (person_id, portfolio_id) in self.leads
        )

    def may_see(self, person_id: int, product_id: int, portfolio_id: int, visibility: str) -> bool:
        """As `Product.objects.visible_to`; of somebody without an account, as of any colleague."""
        if visibility == Visibility.COMPANY:
            return True
        if self.is_of_team(person_id, product_id, portfolio_id):
            return True
        return visibility == Visibility.PORTFOLIO and (person_id, portfolio_id) in self.works_in


def insiders(person_ids: Collection[int]) -> Insiders:
    """What these people are, by the accounts they have."""
    people = Person.objects.filter(pk__in=AnyOf(person_ids), user__is_active=True)
    accounts = {
        user: (pk, role) for pk, user, role in people.values_list("pk", "user_id", "user__role")
    }
    memberships = Membership.objects.filter(user__in=AnyOf(accounts)).values_list(
        "user_id", "product_id", "product__portfolio_id"
    )
    rows = [(accounts[user][0], product, portfolio) for user, product, portfolio in memberships]
    leads = PortfolioLead.objects.filter(user__in=AnyOf(accounts)).values_list(
        "user_id", "portfolio_id"
    )
    return Insiders(
        administrators=frozenset(
            pk for pk, role in accounts.values() if role == Role.ADMINISTRATOR
        ),
        members=frozenset((person, product) for person, product, _ in rows),
        leads=frozenset((accounts[user][0], portfolio) for user, portfolio in leads),
        works_in=frozenset((person, portfolio) for person, _, portfolio in rows),
    )
