"""Notes that were drafted into an issue and are not for its readers any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q

from core.arrays import AnyOf
from digests.models import IssueItem
from digests.rules import ItemKind
from portfolio.enums import ReleaseAudience
from portfolio.models import Release

_NOTES = frozenset({ItemKind.RELEASE, ItemKind.WIN, ItemKind.LESSON})


def still_told(items: Iterable[IssueItem]) -> list[IssueItem]:
    """These items without the notes that were withdrawn, or made the team's own, since the draft:
    whoever takes something back takes it back here too. One query beside that of the items.

    Items of notes that were deleted went with them (`digests.receivers`).
    """
    found = list(items)
    notes = {item.pk: _release_of(item) for item in found if item.kind in _NOTES}
    if not notes:
        return found
    shut = Q(published_at=None) | Q(audience=ReleaseAudience.TEAM)
    rows = Release.objects.filter(shut, pk__in=AnyOf(notes.values()))
    closed = dict(rows.order_by().values_list("pk", "published_at"))
    return [item for item in found if _may_be_told(item, notes.get(item.pk), closed)]


def _release_of(item: IssueItem) -> int:
    number = item.key.partition(":")[2]
    return int(number) if number.isdecimal() else 0


def _may_be_told(item: IssueItem, note: int | None, closed: Mapping[int, object]) -> bool:
    """Of notes that not everybody reads, those alone that are out and that the item calls the
    team's.
    """
    if note is None or note not in closed:
        return True
    return closed[note] is not None and item.audience == ReleaseAudience.TEAM
