"""Issues drafted from what happened: one for a product and week, however often this runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from accounts.models import User
from accounts.selectors import organisation
from digests.models import Issue, IssueItem
from digests.rules.drafts import DraftItem
from digests.rules.weeks import Week
from digests.selectors.gathering import Draft, gather
from digests.selectors.undrafted import undrafted
from digests.services.changing import held, moved

CHUNK = 500
# What a draft says of an item; pins, hides and wording are the product manager's.
_DRAFTED = (
    *("kind", "day", "title", "detail", "url", "data"),
    *("weight", "is_material", "is_red", "audience"),
)


class TooEarly(Exception):
    """The Friday of this week has not come: nobody knows yet what happened."""


def draft_issues(
    *, week: Week, now: dt.datetime, product_ids: Collection[int] | None = None
) -> int:
    """Draft the issue of the week for every product that is to have one and has none; how many.

    `product_ids`: of these alone. Products that are archived on the Friday, or whose digest is
    paused, get none. An issue that stands is left as it is. Each chunk is a transaction.

    Raises:
        TooEarly: before Friday 06:00 in the organisation's time zone.
    """
    if now < week.draft_at(organisation().time_zone):
        raise TooEarly
    ids = undrafted(week, product_ids)
    chunks = (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
    return sum(_draft(chunk, week, now) for chunk in chunks)


@transaction.atomic
def _draft(product_ids: Collection[int], week: Week, now: dt.datetime) -> int:
    drafts = gather(product_ids, week, now)
    made = _insert(drafts, week, now)
    IssueItem.objects.bulk_create(
        _row(issue_id, item) for pk, issue_id in made.items() for item in drafts[pk].items
    )
    return len(made)


# Whoever comes second waits here, gets nothing back, and so writes no items.
_INSERT = """
INSERT INTO digests_issue (product_id, week, facts, note, drafted_at, version)
SELECT draft.product_id, %(week)s, draft.facts, '', %(now)s, 1
FROM unnest(%(products)s::bigint[], %(facts)s::jsonb[]) AS draft (product_id, facts)
ORDER BY draft.product_id
ON CONFLICT (product_id, week) DO NOTHING
RETURNING product_id, id
"""


def _insert(drafts: dict[int, Draft], week: Week, now: dt.datetime) -> dict[int, int]:
    """The keys of the issues that were not there, by product."""
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "week": week.monday,
                "now": now,
                "products": list(drafts),
                "facts": [Jsonb(draft.facts.as_dict()) for draft in drafts.values()],
            },
        )
        return dict(cursor.fetchall())


@transaction.atomic
def redraft_issue(*, issue: Issue, by: User | None, now: dt.datetime) -> Issue:
    """Draft it anew from what is known now. The note stays, and pins, what is left out and other
    words stay with items of the same key; a guardrail that is in the red by now is told.

    Raises:
        Issue.DoesNotExist: it is gone.
        Locked: the first mail has taken it.
    """
    row = held(issue.pk)
    draft = gather([row.product_id], Week(row.week), now).get(row.product_id)
    if draft is None:
        return row
    _renew(row, draft.items)
    return moved(row, facts=draft.facts.as_dict(), drafted_at=now)


def _renew(row: Issue, items: Iterable[DraftItem]) -> None:
    drafted = {item.key: item for item in items}
    standing = {item.key: item for item in row.items.all()}
    row.items.exclude(key__in=drafted).delete()
    IssueItem.objects.bulk_create(
        _row(row.pk, item) for key, item in drafted.items() if key not in standing
    )
    kept = [item for key, item in standing.items() if key in drafted]
    for item in kept:
        _renew_item(item, drafted[item.key])
    IssueItem.objects.bulk_update(kept, [*_DRAFTED, "is_hidden", "hidden_reason"])


def _renew_item(item: IssueItem, drafted: DraftItem) -> None:
    for name in _DRAFTED:
        setattr(item, name, getattr(drafted, name))
    item.data = dict(drafted.data)
    if item.is_red:
        item.is_hidden, item.hidden_reason = False, ""


def _row(issue_id: int, item: DraftItem) -> IssueItem:
    values = {name: getattr(item, name) for name in _DRAFTED}
    return IssueItem(issue_id=issue_id, key=item.key, **values | {"data": dict(item.data)})
