"""Writing what products hang on: portfolios, teams, business functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from accounts.models import User
from activity.services import log_event
from portfolio.models import BusinessFunction, Portfolio, Team
from portfolio.services.addresses import free_portfolio_address, lock_addresses


class NameTaken(Exception):
    """Another one has this name, whatever its case."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@contextmanager
def _unique(name: str) -> Iterator[None]:
    """The database decides, so that two at once can't both have the name."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "_name_unique" not in str(error):
            raise
        raise NameTaken(name) from error


@transaction.atomic
def create_portfolio(
    *, name: str, description: str = "", by: User | None, now: dt.datetime, is_demo: bool = False
) -> Portfolio:
    """A new portfolio; its address is made from its name and stays.

    Raises:
        NameTaken: another portfolio has this name.
    """
    lock_addresses()
    with _unique(name):
        portfolio = Portfolio.objects.create(
            name=name, description=description, slug=free_portfolio_address(name), is_demo=is_demo
        )
    log_event(verb="created", subject=portfolio, product_id=None, by=by, now=now)
    return portfolio


@transaction.atomic
def update_portfolio(
    *, portfolio: Portfolio, name: str, description: str, by: User, now: dt.datetime
) -> None:
    """Rename or describe a portfolio.

    Raises:
        NameTaken: another portfolio has this name.
    """
    portfolio.name, portfolio.description = name, description
    with _unique(name):
        portfolio.save(update_fields=["name", "description"])
    log_event(verb="changed", subject=portfolio, product_id=None, by=by, now=now)


@transaction.atomic
def create_team(*, name: str, by: User | None, now: dt.datetime, is_demo: bool = False) -> Team:
    """A new team.

    Raises:
        NameTaken: another team has this name.
    """
    with _unique(name):
        team = Team.objects.create(name=name, is_demo=is_demo)
    log_event(verb="created", subject=team, product_id=None, by=by, now=now)
    return team


@transaction.atomic
def update_team(*, team: Team, name: str, by: User, now: dt.datetime) -> None:
    """Rename a team.

    Raises:
        NameTaken: another team has this name.
    """
    team.name = name
    with _unique(name):
        team.save(update_fields=["name"])
    log_event(verb="changed", subject=team, product_id=None, by=by, now=now)


@transaction.atomic
def create_function(*, name: str, by: User | None, now: dt.datetime) -> BusinessFunction:
    """A new business function.

    Raises:
        NameTaken: another function has this name.
    """
    with _unique(name):
        function = BusinessFunction.objects.create(name=name)
    log_event(verb="created", subject=function, product_id=None, by=by, now=now)
    return function


@transaction.atomic
def update_function(*, function: BusinessFunction, name: str, by: User, now: dt.datetime) -> None:
    """Rename a business function.

    Raises:
        NameTaken: another function has this name.
    """
    function.name = name
    with _unique(name):
        function.save(update_fields=["name"])
    log_event(verb="changed", subject=function, product_id=None, by=by, now=now)
