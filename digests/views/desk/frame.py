"""What the pages of a product's digest have in common: finding the issue, the frame, the moment."""

from __future__ import annotations

import datetime as dt

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.selectors import organisation
from digests.models import Issue, IssueItem
from digests.presenters.desk.timing import Clock
from digests.selectors.desk import issue_of
from portfolio.policies import ProductRequest

GET_OR_POST = ["GET", "HEAD", "POST"]


def clock_here() -> Clock:
    """Now, in the organisation's time zone."""
    return Clock(timezone.now(), organisation().time_zone)


def find_issue(request: ProductRequest, week: dt.date) -> Issue:
    """The issue of the address.

    Raises:
        Http404: there is none.
    """
    found = issue_of(request.product, week)
    if found is None:
        raise Http404
    return found


def find_item(issue: Issue, item_id: int) -> IssueItem:
    """The item of the address, of this issue.

    Raises:
        Http404: there is none.
    """
    found: IssueItem = get_object_or_404(issue.items, pk=item_id)
    found.issue = issue
    return found
