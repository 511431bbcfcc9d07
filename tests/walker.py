"""Every address of the site, concretely: from the resolver, and by following links.

Shared by the matrix, the leak, the content-security, the accessibility and the no-scripts tests, so
that a new page is in all of them on the day it is written.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve, reverse

from core.models import OutboundMail
from core.policies import policies, routes
from tests.world import World

# One page may be linked with hundreds of queries (sorts, filters, older pages).
QUERIES_PER_PAGE = 4
MAILS = ("dev_mail_detail", "dev_mail_body")


@dataclass(frozen=True)
class Page:
    """One concrete address of a route, for one subject of its policy."""

    name: str
    policy: str
    subject: str
    url: str
    arguments: dict[str, Any] = field(compare=False, hash=False)

    def __str__(self) -> str:
        return f"{self.name} ({self.subject})"


def pages(world: World) -> Iterator[Page]:
    """Every route that has a policy, for every subject that the policy may be asked about."""
    for route in routes():
        policy = policies().get(route.name or "")
        if route.name is None or policy is None:
            raise AssertionError(f"{route.name or route.pattern} is not in config/policies.yaml")
        subjects = world.subjects(policy) if route.arguments else ("-",)
        for subject in subjects:
            arguments = world.arguments(route.arguments, subject)
            url = reverse(route.name, kwargs=arguments)
            yield Page(route.name, policy, subject, url, arguments)


def once_each(world: World) -> Iterator[Page]:
    """Every route, for one subject only."""
    seen = set()
    for page in pages(world):
        if page.name not in seen:
            seen.add(page.name)
            yield page


@dataclass(frozen=True)
class Visited:
    """An address that a link led to, and what was there."""

    url: str
    name: str
    response: Any


def crawl(client: Client, start: str = "/", *, limit: int = 500) -> Iterator[Visited]:
    """Follow every link and every fragment address from `start` on, as one person sees them.

    Forms are not sent and nothing is posted, so that the walk changes nothing. The demo's mailbox
    shows everybody's mail as it was sent: what stands in a mail to somebody else is theirs to open.
    """
    waiting, seen, queries = deque([start]), {start}, Counter[str]()
    while waiting and len(seen) <= limit:
        url = waiting.popleft()
        response = client.get(url)
        yield Visited(url, _name(url), response)
        if response.status_code in (301, 302, 303, 307, 308):
            found = [response.headers["Location"]]
        elif response.headers.get("Content-Type", "").startswith("text/html"):
            found = links_in(response.content.decode(), url)
        else:
            found = []
        if _name(url) in MAILS and not _is_to_them(response):
            found = [link for link in found if _name(link) in MAILS]
        for link in found:
            path = urlsplit(link).path
            if link not in seen and _is_ours(link) and queries[path] < QUERIES_PER_PAGE:
                seen.add(link)
                queries[path] += 1
                waiting.append(link)


class Links(HTMLParser):
    """What the links, frames and fragments of a page say; nobody needs its tree for that."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("link", "script", "img", "use"):
            given = dict(attrs)
            self.found += [given[name] or "" for name in ("href", "src", "hx-get") if name in given]


def links_in(html: str, base: str) -> list[str]:
    """Where a page leads without sending anything: links, frames and fragments, as paths."""
    found = Links(html).found
    absolute = (urlsplit(urljoin(f"http://testserver{base}", link)) for link in found)
    return [
        part.path + (f"?{part.query}" if part.query else "")
        for part in absolute
        if part.hostname == "testserver"
    ]


def _is_to_them(response: Any) -> bool:
    """Whether the mail on a page of the mailbox went to whoever reads it."""
    request = response.wsgi_request
    if not request.user.is_authenticated:
        return False
    mails = OutboundMail.objects.filter(pk=request.resolver_match.kwargs["mail_id"])
    return mails.filter(recipient__iexact=request.user.email).exists()


def _is_ours(link: str) -> bool:
    return link.startswith("/") and not link.startswith(("//", "/static/"))


def _name(url: str) -> str:
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return ""
