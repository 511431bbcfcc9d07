"""Portfolios, products and their people, so dull that nobody has to read them."""

from __future__ import annotations

import datetime as dt

import factory

from accounts.models import User
from portfolio.models import (
    BusinessFunction,
    DecisionNeeded,
    Dependency,
    Membership,
    Portfolio,
    PortfolioLead,
    Product,
    Release,
    Risk,
    SavedView,
    Team,
)

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
# Long ago, so that past days are days of the product; health of days before has nothing to say.
MADE = dt.datetime(2016, 3, 1, 12, 0, tzinfo=dt.UTC)


class PersonFactory(factory.django.DjangoModelFactory):
    """An employee without a password; tests sign in by force."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = "!"


class AdministratorFactory(PersonFactory):
    role = "administrator"


class PortfolioFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Portfolio

    name = factory.Sequence(lambda n: f"Portfolio {n}")
    slug = factory.Sequence(lambda n: f"portfolio-{n}")


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")


class FunctionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BusinessFunction

    name = factory.Sequence(lambda n: f"Function {n}")


class ProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Product

    portfolio = factory.SubFactory(PortfolioFactory)
    name = factory.Sequence(lambda n: f"Product {n}")
    slug = factory.Sequence(lambda n: f"product-{n}")
    stage_since = dt.date(2026, 1, 1)
    created_at = MADE
    updated_at = NOW


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(PersonFactory)
    product = factory.SubFactory(ProductFactory)
    role = "contributor"


class LeadFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PortfolioLead

    user = factory.SubFactory(PersonFactory)
    portfolio = factory.SubFactory(PortfolioFactory)


class DependencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Dependency

    product = factory.SubFactory(ProductFactory)
    needs = factory.SubFactory(ProductFactory)


class ReleaseFactory(factory.django.DjangoModelFactory):
    """A note that everybody reads; `published_at=None` makes it a draft."""

    class Meta:
        model = Release

    product = factory.SubFactory(ProductFactory)
    day = dt.date(2026, 11, 16)
    kind = "new"
    title = factory.Sequence(lambda n: f"Rosters can be copied, part {n}")
    text = "A week begins as a copy of the last one."
    published_at = NOW
    created_at = NOW
    changed_at = NOW


class NeededFactory(factory.django.DjangoModelFactory):
    """A decision that is open and due in a month."""

    class Meta:
        model = DecisionNeeded

    product = factory.SubFactory(ProductFactory)
    what = factory.Sequence(lambda n: f"Do we keep the paper roster in store {n}?")
    who = "Nadia Haddad"
    by_day = dt.date(2026, 12, 20)
    created_at = NOW
    changed_at = NOW


class RiskFactory(factory.django.DjangoModelFactory):
    """A risk that hurts and stands for a month."""

    class Meta:
        model = Risk

    product = factory.SubFactory(ProductFactory)
    what = factory.Sequence(lambda n: f"The till of store {n} may not take the new roster.")
    severity = 2
    owner = "Nadia Haddad"
    until = dt.date(2026, 12, 20)
    created_at = NOW
    changed_at = NOW


class SavedViewFactory(factory.django.DjangoModelFactory):
    """A view of the catalogue that its owner keeps for themselves."""

    class Meta:
        model = SavedView

    owner = factory.SubFactory(PersonFactory)
    page = "catalogue"
    name = factory.Sequence(lambda n: f"My pilots {n}")
    query = "stage=pilot"
    created_at = NOW
    changed_at = NOW
