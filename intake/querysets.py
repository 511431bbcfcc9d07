"""Chainable questions about requests and opportunities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User


def triaged_by(user: User) -> models.QuerySet:
    """The products whose intake `user` works through: as a member, a lead, an administrator."""
    products = apps.get_model("portfolio", "Product")._default_manager.all()
    if not user.is_active:
        return products.none()
    if user.is_administrator:
        return products
    memberships = apps.get_model("portfolio", "Membership")._default_manager.filter(user=user)
    led = apps.get_model("portfolio", "PortfolioLead")._default_manager.filter(user=user)
    return products.filter(
        Q(pk__in=memberships.values("product_id")) | Q(portfolio_id__in=led.values("portfolio_id"))
    )


class RequestQuerySet(models.QuerySet):
    """Requests."""

    def of(self, user: User) -> Self:
        """Those that `user` asked or joined, and has not withdrawn from."""
        voices = apps.get_model("intake", "Voice")._default_manager.filter(user=user)
        return self.filter(pk__in=voices.filter(left_at__isnull=True).values("request_id"))

    def followed_by(self, user: User) -> Self:
        """Those whose page `user` may open: their own, and those of the products they work on."""
        if not user.is_active:
            return self.none()
        own = apps.get_model("intake", "Voice")._default_manager.filter(user=user)
        products = triaged_by(user).order_by().values("pk")
        return self.filter(Q(pk__in=own.values("request_id")) | Q(product__in=products))

    def part_of(self, opportunity_id: int) -> Self:
        """Those that hear of this opportunity: linked to it, without duplicates whose people hear
        it from the one that is kept.
        """
        linked = self.filter(links__opportunity=opportunity_id)
        heard = Q(outcome="duplicate", duplicate_of__links__opportunity=opportunity_id)
        return linked.exclude(heard)


class OpportunityQuerySet(models.QuerySet):
    """Opportunities."""

    def present(self) -> Self:
        """Without those that were merged into others."""
        return self.filter(merged_into__isnull=True)

    def on_board(self) -> Self:
        """As the columns of the board show them; new ones come first."""
        return self.order_by("position", "-created_at", "-pk")

    def in_column(self, product_id: int, decision: str) -> Self:
        """One column of a product's board, in its order ("": undecided)."""
        return self.present().filter(product=product_id, decision=decision).on_board()
