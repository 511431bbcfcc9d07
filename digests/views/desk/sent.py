"""What an issue looked like that went out: its editions, what became of them, what changed."""

from __future__ import annotations

from typing import Any

from digests.models import Issue
from digests.presenters.desk.archive import approved_words, edition_lines, told_words
from digests.presenters.desk.looks import Looks
from digests.presenters.desk.timing import Clock
from digests.presenters.desk.variants import variants_sent
from digests.selectors.archive import Told, editions_sent
from digests.selectors.history import issue_history
from digests.views.desk.variants import switches
from portfolio.policies import ProductRequest
from stakeholders.enums import Plan


def sent_context(
    request: ProductRequest,
    issue: Issue,
    looks: Looks,
    clock: Clock,
    told: Told,
    *,
    with_readers: bool,
) -> dict[str, Any]:
    """The editions as they were written, nothing drawn anew. `told`: what became of its mails;
    `with_readers`: whether whoever looks may know who reads it.
    """
    found = editions_sent(issue)
    shown = {
        Plan(one.edition.plan): (one.edition, one.mails)
        for one in found
        if (one.edition.length, one.edition.for_team, one.edition.weeks)
        == (looks.length, looks.for_team, 1)
    }
    return {
        "looks": looks,
        "variants": variants_sent(issue, shown, looks, with_readers=with_readers),
        "switches": switches(request, issue, looks),
        "editions": edition_lines(found, with_readers=with_readers),
        "with_readers": with_readers,
        "told": told_words(told, with_readers=with_readers),
        "approved": approved_words(issue, clock, has_mails=told.has_mails),
        "history": issue_history(issue),
    }
