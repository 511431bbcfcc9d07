"""What readers are told of their own mail. Nothing here says whether somebody is on any map."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from core.formats import long_day
from digests.models import DigestDelivery
from digests.selectors.choosing import Choices
from portfolio.models import Product

DONE = {
    "save": "Saved.",
    "unsubscribe": "You are unsubscribed.",
    "subscribe": "You are subscribed again.",
    "end": "The addresses in your earlier mails have ended. The next mail brings new ones.",
}
UNSUBSCRIBED = "You are unsubscribed"
RETURNED = "Mail to your address came back"
NOTHING_READ = "Nothing is chosen"


@dataclass(frozen=True, slots=True)
class Stop:
    """Why no mail comes: a heading, a sentence, and whether they can end it by one press."""

    title: str
    text: str
    may_return: bool = False


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail that somebody got."""

    day: str
    subject: str
    url: str


def next_words(choices: Choices) -> str:
    """When the next mail may come; it comes only where there is something to tell."""
    if choices.next_on is None:
        return ""
    return (
        f"The next one is for Monday {long_day(choices.next_on)}, at nine in the morning where you"
        " are. In a week without news none comes."
    )


def stop_of(choices: Choices) -> Stop | None:
    """Why no mail comes at all; None where one may."""
    reader = choices.reader
    if reader.unsubscribed_at is not None:
        return Stop(UNSUBSCRIBED, "The weekly digest has stopped, for all products.", True)
    if reader.is_suppressed:
        return Stop(RETURNED, "So nothing is sent there. An administrator can put that right.")
    if choices.products and choices.next_on is None:
        return Stop(NOTHING_READ, "All products are left out. Tick one to get mail again.")
    return None


def mail_lines(deliveries: list[DigestDelivery]) -> list[MailLine]:
    """The mails of a page, each with the address of its copy."""
    return [
        MailLine(
            day=f"Monday {long_day(one.week)}",
            subject=one.mail.subject if one.mail else "",
            url=reverse("digests:my_digest_mail", args=[one.pk]),
        )
        for one in deliveries
    ]


def followed_words(product: Product, *, wants_mail: bool) -> str:
    """That it worked; or why nothing comes all the same."""
    if not wants_mail:
        return f"You follow {product}. No mail comes to you, though: see My digest."
    return f"{product} is in your weekly digest from now on."
