"""The list of an inbox: a page of requests by key, and how many there are of each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, FloatField, IntegerField, Q, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from core.cursors import cursor_of, moment, place_of
from intake.models import Request
from intake.querysets import triaged_by
from intake.rules.amounts import A_MONTH
from intake.selectors.inbox.filters import Clock, InboxFilters, narrowed, shows
from portfolio.models import Product

PAGE_SIZE = 50

_EACH = " ".join(f"WHEN '{per}' THEN {factor!r}" for per, factor in A_MONTH.items())
# Everybody once, through what was found to be the same as the request as well; what it costs them
# is the most that they said, as `rules.people` has it.
_PERSON = f"""
  SELECT MAX(v.times * CASE v.per {_EACH} END * v.minutes / 60) AS hours
  FROM intake_voice v JOIN intake_request r ON r.id = v.request_id
  WHERE (r.id = intake_request.id OR r.duplicate_of_id = intake_request.id) AND v.left_at IS NULL
  GROUP BY COALESCE('u' || v.user_id, NULLIF(LOWER(v.email), ''), 'v' || v.id)
"""  # noqa: S608  # our own numbers
PEOPLE = f"(SELECT COUNT(*) FROM ({_PERSON}) person)"  # noqa: S608  # our own text
HOURS = f"(SELECT COALESCE(SUM(hours), 0) FROM ({_PERSON}) person)"  # noqa: S608  # our own text

Parse = Callable[[Any], Any]


def _figure(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    return value


# What to sort by, whether downwards, and what a cursor holds.
SORTS: dict[str, tuple[str, bool, Parse]] = {
    "oldest": ("created_at", False, moment),
    "newest": ("created_at", True, moment),
    "people": ("people", True, _figure),
    "pull": ("hours", True, _figure),
}


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some requests, each with `people` and `hours` a month; counts by part; the next page."""

    rows: list[Request]
    counts: dict[str, int]
    older: str
    is_first: bool
    products: list[Product] = field(default_factory=list)


def requests_for(user: User, product: Product | None = None) -> Any:
    """The requests that somebody works through: of one product, or of all of theirs."""
    if product is not None:
        return Request.objects.filter(product=product)
    return Request.objects.filter(product__in=triaged_by(user).order_by().values("pk"))


def inbox_page(
    *, user: User, product: Product | None, filters: InboxFilters, clock: Clock, after: str = ""
) -> InboxPage:
    """The page of the list that follows the place `after`; two queries however many there are."""
    found = narrowed(requests_for(user, product), filters, clock, user)
    parts = shows(clock.today)
    counts = found.aggregate(**{key: Count("pk", filter=part) for key, part in parts.items()})
    column, is_down, parse = SORTS.get(filters.sort, SORTS["oldest"])
    place = place_of(after, parse)
    rows = with_weight(found.filter(parts.get(filters.show, Q())))
    rows = rows.select_related("product", "assignee")
    if place is not None:
        rows = rows.filter(_beyond(column, place, is_down=is_down))
    order = F(column).desc() if is_down else F(column).asc()
    page = list(rows.order_by(order, "pk")[: PAGE_SIZE + 1])
    more, page = len(page) > PAGE_SIZE, page[:PAGE_SIZE]
    older = cursor_of(getattr(page[-1], column), page[-1].pk) if more else ""
    return InboxPage(page, counts, older, place is None)


def with_weight(requests: Any) -> QuerySet[Request]:
    """Adds `people` and `hours` a month behind each."""
    weighed: QuerySet[Request] = requests.annotate(
        people=RawSQL(PEOPLE, [], output_field=IntegerField()),  # noqa: S611  # our own text
        hours=RawSQL(HOURS, [], output_field=FloatField()),  # noqa: S611  # our own text
    )
    return weighed


def _beyond(column: str, place: tuple[Any, int], *, is_down: bool) -> Q:
    value, pk = place
    further = Q(**{f"{column}__{'lt' if is_down else 'gt'}": value})
    return further | Q(**{column: value}, pk__gt=pk)
