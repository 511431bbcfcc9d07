"""Requests that come in by e-mail, one mail at a time, as the mail server hands them over.

Who may send is who could ask otherwise: whoever may read the product, and anybody where the
organisation takes requests from guests. What a machine sent, what went to many and our own mail
never make a request, so that no two machines answer each other.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum
from uuid import UUID, uuid5

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.models import User
from accounts.selectors import organisation
from accounts.services import Bucket, take_tokens
from core.forms import clean_text
from core.mail import sender_name, validate_recipient
from intake.enums import Source
from intake.models import Request
from intake.rules.messages import ReadMail, read_message
from intake.services.asking import Answers, Sending, TokenTaken, submit_request
from intake.services.visitors import Visitor, visitor_of
from portfolio.models import Product

NAMESPACE = UUID("6f0b1a52-7d0e-4c57-9a3e-2f4f0c1d5b77")
DAY = 24 * 3600
LONGEST_GOAL, LONGEST_TODAY, LONGEST_NAME, LONGEST_ADDRESS = 2000, 4000, 120, 254
LINE_AS_GOAL = 200
NO_FILES = "Attachments don’t come along by e-mail: what was attached is not kept."
TOO_LONG = "Only the first 4,000 characters of the message are kept."


class Outcome(StrEnum):
    """What became of a mail, as the log says it."""

    RECEIVED = "received"
    KNOWN = "known"
    AUTOMATIC = "automatic"
    STRANGER = "stranger"
    TOO_MANY = "too_many"
    EMPTY = "empty"
    NO_PRODUCT = "no_product"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a mail, and the request that it has made, now or before."""

    outcome: Outcome
    reference: str = ""


def receive_request(*, slug: str, raw: bytes, now: dt.datetime) -> Receipt:
    """Make a request for the product at this address, a former one too, out of a mail.

    The subject is the goal, the text what happens today. The same Message-ID makes one request,
    however often and at how many places at once it is handed over.

    Raises:
        Unreadable: it can't be read as a mail from somebody.
    """
    product = _product_at(slug)
    if product is None:
        return Receipt(Outcome.NO_PRODUCT)
    mail = read_message(raw)
    if mail.is_automatic or _is_ours(mail.sender):
        return Receipt(Outcome.AUTOMATIC)
    visitor = _visitor(mail, product)
    if visitor is None:
        return Receipt(Outcome.STRANGER)
    return _keep(product, mail, visitor, now)


def _keep(product: Product, mail: ReadMail, visitor: Visitor, now: dt.datetime) -> Receipt:
    answers, told = _answers(mail)
    if not answers.goal:
        return Receipt(Outcome.EMPTY)
    token = uuid5(NAMESPACE, f"{product.pk}\n{mail.identity}")
    known = Request.objects.filter(form_token=token).first()
    if known is not None:
        return Receipt(Outcome.KNOWN, known.reference)
    if not take_tokens(_bucket(visitor)).is_allowed:
        return Receipt(Outcome.TOO_MANY)
    sending = Sending(source=Source.MAIL, by=visitor.user, told=told)
    try:
        made = submit_request(
            product=product, answers=answers, visitor=visitor, token=token, sending=sending, now=now
        )
    except TokenTaken:  # two people sent one Message-ID at once
        return Receipt(Outcome.KNOWN)
    return Receipt(Outcome.RECEIVED, made.reference)


def _product_at(slug: str) -> Product | None:
    named = Q(slug=slug) | Q(old_slugs__slug=slug)
    return Product.objects.filter(named, archived_on=None).distinct().first()


def _is_ours(sender: str) -> bool:
    return sender.lower() == parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()


def _bucket(visitor: Visitor) -> Bucket:
    """So many a day from one address: a loop that no header gives away ends here."""
    size = settings.INTAKE_GUEST_REQUESTS_A_DAY
    return Bucket("intake.mail", visitor.email.lower(), size, DAY)


def _visitor(mail: ReadMail, product: Product) -> Visitor | None:
    """Whoever sent it; None: they may not ask. An account that was closed is nobody's guest."""
    if len(mail.sender) > LONGEST_ADDRESS:
        return None
    try:
        validate_recipient(mail.sender)
    except ValidationError:
        return None
    account = User.objects.filter(email__iexact=mail.sender).first()
    if account is not None:
        return visitor_of(account) if _may_ask(account, mail.sender, product) else None
    if not organisation().allows_guests:
        return None
    name = sender_name(clean_text(mail.name)) or mail.sender.partition("@")[0]
    return Visitor(user=None, name=name[:LONGEST_NAME], email=mail.sender)


def _may_ask(account: User, sender: str, product: Product) -> bool:
    """The database folds more letters into one than mail servers do: here they don't count."""
    if account.email.lower() != sender.lower() or not account.is_active:
        return False
    return Product.objects.visible_to(account).filter(pk=product.pk).exists()


def _answers(mail: ReadMail) -> tuple[Answers, str]:
    """What was asked, and what the confirmation has to say about it."""
    today = clean_text(mail.text, keep_lines=True)
    first = today.partition("\n")[0][:LINE_AS_GOAL]
    goal = clean_text(mail.subject)[:LONGEST_GOAL] or first
    notes = [NO_FILES] if mail.has_files else []
    if len(today) > LONGEST_TODAY:
        notes.append(TOO_LONG)
    return Answers(goal=goal.strip(), today=today[:LONGEST_TODAY].rstrip()), " ".join(notes)
