"""Portfolios, products and their people, so dull that nobody has to read them."""

from __future__ import annotations

import datetime as dt

import factory

from accounts.models import User
from portfolio.models import (
    BusinessFunction,
    Dependency,
    Membership,
    Portfolio,
    PortfolioLead,
    Product,
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
