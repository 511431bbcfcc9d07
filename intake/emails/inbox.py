"""The mail about what waits in somebody's inbox: plain facts in, subject and both bodies out."""

from __future__ import annotations

from dataclasses import dataclass

from core.emails import Rendered, render_mail


@dataclass(frozen=True, slots=True)
class RequestPart:
    """One new request; a private one tells its reference alone."""

    reference: str
    goal: str
    url: str


@dataclass(frozen=True, slots=True)
class ProductPart:
    """What is new in one product: `more` beside the `requests`, `waiting` in all."""

    name: str
    new: int
    waiting: int
    more: int
    requests: tuple[RequestPart, ...]


@dataclass(frozen=True, slots=True)
class InboxNews:
    """Everything that is new for one person."""

    name: str
    new: int
    products: tuple[ProductPart, ...]
    url: str
    times_url: str


def render_inbox_news(news: InboxNews) -> Rendered:
    """The one mail of a time of the day."""
    return render_mail("intake/inbox", {"mail": news})
