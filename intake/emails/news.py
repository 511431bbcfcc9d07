"""The one mail of a person's day about what became of their requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.emails import Rendered, render_mail

if TYPE_CHECKING:
    from intake.presenters.steps import Happened

SUBJECT = 60


@dataclass(frozen=True, slots=True)
class RequestNews:
    """What happened to one request. Of a private one neither words nor goal are told."""

    reference: str
    product: str
    goal: str
    url: str
    is_joined: bool
    name: str
    told: tuple[Happened, ...]
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """All of a day."""

    requests: tuple[RequestNews, ...]

    @property
    def name(self) -> str:
        """Whom the mail greets."""
        return self.requests[0].name

    @property
    def subject(self) -> str:
        """What the mail is about, at most 60 characters long."""
        references = list(dict.fromkeys(request.reference for request in self.requests))
        if len(references) > 1:
            listed = f"{', '.join(references[:-1])} and {references[-1]}: news"
            return listed if len(listed) <= SUBJECT else f"News of {len(references)} requests"
        told = [one for request in self.requests for one in request.told]
        more = f", and {len(told) - 1} more" if len(told) > 1 else ""
        room = SUBJECT - len(references[0]) - 2 - len(more)
        latest = told[-1].headline
        if len(latest) > room:
            latest = latest[: room - 1].rstrip() + "…"
        return f"{references[0]}: {latest}{more}"


def render_news(mail: Mail) -> Rendered:
    """Subject and both bodies."""
    return render_mail("intake/news", {"mail": mail})
