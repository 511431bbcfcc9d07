"""Portfolios, products and what is known of them, the people who work on them."""

from portfolio.models.changes import BulkChange, BulkChangeRow
from portfolio.models.needed import DecisionNeeded, Risk
from portfolio.models.people import Membership, PortfolioLead
from portfolio.models.products import Dependency, Product, ProductSlug, StaleMark
from portfolio.models.releases import Release
from portfolio.models.structure import BusinessFunction, Portfolio, Team
from portfolio.models.views import Bookmark, DefaultView, SavedView

__all__ = [
    "Bookmark",
    "BulkChange",
    "BulkChangeRow",
    "BusinessFunction",
    "DecisionNeeded",
    "DefaultView",
    "Dependency",
    "Membership",
    "Portfolio",
    "PortfolioLead",
    "Product",
    "ProductSlug",
    "Release",
    "Risk",
    "SavedView",
    "StaleMark",
    "Team",
]
