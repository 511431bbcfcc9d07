"""Who works on products and leads portfolios."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core.audit import audited
from portfolio.enums import MemberRole, Shape
from portfolio.models.products import Product
from portfolio.models.structure import Portfolio


@audited()
class Membership(models.Model):
    """What one person may do in one product."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(
        "role", max_length=12, choices=MemberRole, default=MemberRole.CONTRIBUTOR
    )
    shape = models.CharField("shape", max_length=1, choices=Shape, blank=True, default="")
    stakeholder_grant = models.BooleanField("may see the stakeholder map", default=False)

    class Meta:
        verbose_name = "member"
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="portfolio_membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=MemberRole.values),
                name="portfolio_membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.product}"


@audited()
class PortfolioLead(models.Model):
    """A person who answers for a whole portfolio."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="leads"
    )
    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, related_name="leads")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "portfolio"], name="portfolio_lead_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} leads {self.portfolio}"
