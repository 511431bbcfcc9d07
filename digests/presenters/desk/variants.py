"""The forms of an issue side by side, each as its readers get it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from digests.models import Edition, Issue
from digests.presenters.desk.looks import Looks
from digests.presenters.desk.samples import words_in
from digests.rules.budget import LIMITS
from digests.rules.letter import Drawn, Written
from stakeholders import rules
from stakeholders.enums import Plan


@dataclass(frozen=True, slots=True)
class Variant:
    """One form: its subject, how long it is, and the address of its body in a frame.

    `note` says what is special about it; `mails` how many hold it, in words, once it went out; it
    is empty for whoever may not know who reads what.
    """

    plan: str
    name: str
    subject: str
    words: str
    is_over: bool
    note: str
    mails: str
    body_url: str


def variant_ahead(
    issue: Issue, plan: Plan, drawn: Drawn, written: Written, looks: Looks
) -> Variant:
    """How a plan would read the issue now: what is drawn of it, and the whole mail."""
    limit, words = LIMITS[rules.Plan(plan)], words_in(written.raw)
    return Variant(
        plan=plan,
        name=plan.label,
        subject=written.subject,
        words=f"{words} of {limit} words",
        is_over=words > limit,
        note="" if drawn.is_material else _NOTHING,
        mails="",
        body_url=body_url(issue, plan, looks),
    )


_NOTHING = "Nothing in it is material to them: by itself it is no reason for a mail."


def variants_sent(
    issue: Issue,
    editions: Mapping[Plan, tuple[Edition, int]],
    looks: Looks,
    *,
    with_readers: bool,
) -> list[Variant]:
    """How each plan read the issue; forms that were never written are left out.

    `with_readers`: whether to say how many mails hold each.
    """
    return [
        Variant(
            plan=plan,
            name=plan.label,
            subject=editions[plan][0].subject,
            words=f"{editions[plan][0].words} words",
            is_over=False,
            note="",
            mails=mail_words(editions[plan][1]) if with_readers else "",
            body_url=body_url(issue, plan, looks),
        )
        for plan in Plan
        if plan in editions
    ]


def mail_words(mails: int) -> str:
    """In how many mails: "in 12 mails"."""
    return {0: "in no mail", 1: "in 1 mail"}.get(mails, f"in {mails:,} mails")


def body_url(issue: Issue, plan: Plan, looks: Looks) -> str:
    """The address of one form alone; it changes whenever the issue does, so that no frame shows
    what stood before.
    """
    seen = {name: value for name, value in looks.query.items() if name != "width"}
    query = {"plan": plan.value, **seen, "v": str(issue.version)}
    path = reverse("digests:issue_body", args=[issue.product.slug, issue.week])
    return f"{path}?{urlencode(query)}"
