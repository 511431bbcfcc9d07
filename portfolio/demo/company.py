"""The demo company's portfolios, teams and products, as `company.toml` lists them."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.selectors import today
from portfolio import services
from portfolio.enums import MemberRole, Shape
from portfolio.models import BusinessFunction, Membership, Portfolio, Product, Team

COMPANY = Path(__file__).with_name("company.toml")
AS_LISTED = (
    "slug", "name", "kind", "work_type", "stage", "choice", "exchange", "mission",
)  # fmt: skip


def seed_company(now: dt.datetime) -> None:
    """Creates portfolios, teams and products; does nothing where it stands already."""
    if Product.objects.filter(is_demo=True).exists():
        return
    company = tomllib.loads(COMPANY.read_text())
    people = {user.email.partition("@")[0]: user for user in User.objects.filter(is_demo=True)}
    administrator = next(user for user in people.values() if user.is_administrator)
    portfolios = {
        row["slug"]: _portfolio(row, people[row["lead"]], administrator, now)
        for row in company["portfolio"]
    }
    teams = _teams(company["product"], administrator, now)
    products = {
        row["slug"]: _product(row, portfolios, teams, administrator, now)
        for row in company["product"]
    }
    for row in company["product"]:
        product = products[row["slug"]]
        needs = [products[slug] for slug in row["needs"]]
        services.set_dependencies(product=product, needs=needs, by=administrator, now=now)
        _staff(product, row, people, administrator, now)
    _age(products, company["product"], now)


def _portfolio(row: Mapping[str, Any], lead: User, by: User, now: dt.datetime) -> Portfolio:
    portfolio = services.create_portfolio(
        name=row["name"], description=row["description"], by=by, now=now, is_demo=True
    )
    services.add_lead(portfolio=portfolio, user=lead, by=by, now=now)
    return portfolio


def _teams(rows: list[dict[str, Any]], by: User, now: dt.datetime) -> dict[str, Team]:
    names = sorted({row["team"] for row in rows if row["team"]})
    return {name: services.create_team(name=name, by=by, now=now, is_demo=True) for name in names}


def _product(
    row: Mapping[str, Any],
    portfolios: Mapping[str, Portfolio],
    teams: Mapping[str, Team],
    by: User,
    now: dt.datetime,
) -> Product:
    fields = {name: row[name] for name in AS_LISTED}
    fields |= {
        "portfolio": portfolios[row["portfolio"]],
        "function": BusinessFunction.objects.get(name__iexact=row["function"]),
        "team": teams.get(row["team"]),
        "head_count": row.get("head_count"),
        "run_cost": row.get("run_cost"),
        "visibility": row.get("visibility", "company"),
    }
    if "stage_before" not in row:
        return services.create_product(fields=fields, by=by, now=now, is_demo=True)
    first = fields | {"stage": row["stage_before"]}
    product = services.create_product(fields=first, by=by, now=now, is_demo=True)
    return services.update_product(
        product_id=product.pk, version=product.version, fields={"stage": row["stage"]}, by=by,
        now=now,
    )  # fmt: skip


def _staff(
    product: Product,
    row: Mapping[str, Any],
    people: Mapping[str, User],
    by: User,
    now: dt.datetime,
) -> None:
    if row["manager"]:
        services.set_member(
            product=product, user=people[row["manager"]], role=MemberRole.MANAGER,
            shape=Shape.T_SHAPED, stakeholder_grant=True, by=by, now=now,
        )  # fmt: skip
    for name in row["contributors"]:
        services.set_member(
            product=product, user=people[name], role=MemberRole.CONTRIBUTOR, by=by, now=now
        )


def _age(products: Mapping[str, Product], rows: list[dict[str, Any]], now: dt.datetime) -> None:
    """A company of yesterday: each product has been in its stage for a while, and some records
    have stood untouched, or were confirmed.

    Services let a stage begin today, as it should be; only a demo invents a past.
    """
    managers = _managers(products)
    for row in rows:
        product = products[row["slug"]]
        product.stage_since = today(now) - dt.timedelta(days=row["stage_days"])
        product.created_at = now - dt.timedelta(days=row.get("created_days", 0))
        product.updated_at = now - dt.timedelta(days=row.get("untouched_days", 0))
        if "confirmed_days" in row:
            product.confirmed_on = today(now) - dt.timedelta(days=row["confirmed_days"])
            product.confirmed_by_id = managers.get(product.pk)
    aged = ["stage_since", "created_at", "updated_at", "confirmed_on", "confirmed_by"]
    Product.objects.bulk_update(products.values(), aged)


def _managers(products: Mapping[str, Product]) -> dict[int, int]:
    rows = Membership.objects.filter(product__in=products.values(), role=MemberRole.MANAGER)
    return dict(rows.values_list("product_id", "user_id"))


def remove() -> None:
    """Takes the company away; what people put beside it stays."""
    Product.objects.filter(is_demo=True).delete()
    Portfolio.objects.filter(is_demo=True, products__isnull=True).delete()
    Team.objects.filter(is_demo=True, products__isnull=True).delete()
