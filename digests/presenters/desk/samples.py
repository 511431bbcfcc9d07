"""An issue as the mail that a reader of one plan would get, made for whoever looks at it."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from django.urls import reverse

from accounts.models import Organisation, User
from core.emails import absolute
from core.mail import new_message_id
from digests.models import Issue
from digests.rules import Length
from digests.rules.letter import Drawn, Letter, Part
from digests.rules.weeks import Week
from digests.rules.words import count
from stakeholders.rules import Plan


def sample_letter(
    issue: Issue, plan: Plan, length: Length, drawn: Drawn, *, viewer: User, house: Organisation
) -> Letter:
    """A mail about this product alone to `viewer`. Its addresses lead to their own choices, which
    ask them to sign in: nobody unsubscribes by a mail that was only looked at.
    """
    own = absolute(reverse("digests:my_digest"))
    manager = issue.facts.get("manager") or {}
    return Letter(
        name=viewer.name,
        address=viewer.email,
        organisation=house.name,
        week=issue.week,
        due_at=Week(issue.week).local_due(viewer.time_zone or house.time_zone),
        message_id=new_message_id(),
        why=issue.product.name,
        unsubscribe_url=own,
        preferences_url=own,
        web_url=absolute(issue.get_absolute_url()),
        parts=[_part(issue, plan, length, drawn)],
        reply_to=manager.get("email", ""),
        manager=manager.get("name", ""),
    )


def _part(issue: Issue, plan: Plan, length: Length, drawn: Drawn) -> Part:
    return Part(
        edition_id=0,
        product=issue.product.name,
        url=absolute(issue.product.get_absolute_url()),
        week=issue.week,
        plan=plan,
        length=length,
        drawn=drawn,
    )


def part_of_mail(raw: bytes, kind: str) -> str:
    """The `html` or the `plain` part of a mail."""
    message = message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)  # noqa: S101  # what this policy reads
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def words_in(raw: bytes) -> int:
    """How many words its reader reads, the footer aside."""
    return count(part_of_mail(raw, "plain").replace("\r\n", "\n").partition("\n-- \n")[0])
