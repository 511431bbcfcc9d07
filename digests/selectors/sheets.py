"""Issues as plain values, ready to be drawn: a fixed number of statements for any number."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.urls import reverse

from core.emails import absolute
from digests.models import Issue, IssueItem, ProductDigest
from digests.rules import ItemKind
from digests.rules.facts import Facts
from digests.rules.sheet import Entry, Sheet
from digests.selectors.taken_back import still_told

# An issue, and how many weeks are gathered with it.
Wish = tuple[int, int]
_WEEK = dt.timedelta(weeks=1)


def sheets_of(wishes: Collection[Wish]) -> dict[Wish, Sheet]:
    """A sheet for every issue as so many weeks of it are read: of what happened twice the newest
    that is material, else the newest, and nothing that the newest leaves out.
    """
    issues = {
        issue.pk: issue
        for issue in Issue.objects.filter(pk__in={pk for pk, _ in wishes}).select_related("product")
    }
    products = {issue.product_id for issue in issues.values()}
    told = ProductDigest.objects.filter(product__in=products, links_only=True)
    links_only = set(told.values_list("product_id", flat=True))
    gathered = _gathered(issues, wishes)
    items = _items({pk for pks in gathered.values() for pk in pks})
    return {
        wish: _sheet(
            issues[wish[0]],
            [item for pk in gathered[wish] for item in items[pk]],
            links_only=issues[wish[0]].product_id in links_only,
        )
        for wish in wishes
    }


def sheet_of(issue: Issue, weeks: int = 1) -> Sheet:
    """One issue."""
    wish = (issue.pk, weeks)
    return sheets_of([wish])[wish]


def _gathered(issues: Mapping[int, Issue], wishes: Collection[Wish]) -> dict[Wish, list[int]]:
    """The issues behind each wish, the newest first."""
    longer = [(issues[pk], weeks) for pk, weeks in wishes if weeks > 1]
    former: dict[int, list[Issue]] = defaultdict(list)
    if longer:
        rows = Issue.objects.filter(
            product__in={issue.product_id for issue, _ in longer},
            week__gt=min(issue.week - weeks * _WEEK for issue, weeks in longer),
        )
        for row in rows.only("pk", "product_id", "week").order_by("-week"):
            former[row.product_id].append(row)
    return {
        (pk, weeks): [pk, *_before(issues[pk], former[issues[pk].product_id], weeks)]
        for pk, weeks in wishes
    }


def _before(issue: Issue, former: Sequence[Issue], weeks: int) -> list[int]:
    first = issue.week - weeks * _WEEK
    return [row.pk for row in former if first < row.week < issue.week]


def _items(issue_ids: Collection[int]) -> dict[int, list[IssueItem]]:
    found: dict[int, list[IssueItem]] = defaultdict(list)
    for item in still_told(IssueItem.objects.filter(issue__in=issue_ids).order_by("pk")):
        found[item.issue_id].append(item)
    return found


def _sheet(issue: Issue, items: Sequence[IssueItem], *, links_only: bool) -> Sheet:
    """`items`: those of the newest issue first."""
    of_key: dict[str, list[IssueItem]] = defaultdict(list)
    for item in items:
        of_key[item.key].append(item)
    shown = [(_news(found, issue), found) for found in of_key.values() if not found[0].is_hidden]
    shown.sort(key=lambda one: (not _is_pinned(one[0], issue), -one[0].weight, one[0].pk))
    return Sheet(
        product=issue.product.name,
        url=absolute(issue.product.get_absolute_url()),
        root=absolute(""),
        week=issue.week,
        facts=Facts.from_dict(issue.facts),
        note=issue.note,
        entries=tuple(_entry(item, found, issue) for item, found in shown),
        links_only=links_only,
    )


def _news(found: Sequence[IssueItem], issue: Issue) -> IssueItem:
    """Which of the items with one key is told: whoever gets a mail every four weeks hears of what
    was material in any of them. The newest speaks for itself where it is red, pinned or reworded,
    and where a guardrail has left the red since.
    """
    newest = found[0]
    if newest.is_red or newest.wording or _is_pinned(newest, issue):
        return newest
    return next((item for item in found if _is_news(item) and not item.is_red), newest)


def _is_news(item: IssueItem) -> bool:
    return item.is_material and not item.is_hidden


def _is_pinned(item: IssueItem, issue: Issue) -> bool:
    """Pins are for the week in which they were set."""
    return item.is_pinned and item.issue_id == issue.pk


def _entry(item: IssueItem, found: Sequence[IssueItem], issue: Issue) -> Entry:
    """`found`: all with its key. Whether it is red, and for the team alone, the newest says."""
    return Entry(
        key=item.key,
        kind=ItemKind(item.kind),
        words=item.wording or item.title,
        detail=item.detail,
        url=absolute(item.url),
        ask_url=absolute(reverse("digests:respond", args=[issue.product.slug, item.pk])),
        data=item.data,
        is_material=any(map(_is_news, found)),
        is_red=found[0].is_red,
        is_pinned=_is_pinned(item, issue),
        is_reworded=bool(item.wording),
        audience=found[0].audience,
    )
