"""The headers of a reader's mail, each one safe: nothing that a person typed ends a line."""

from __future__ import annotations

import datetime as dt
import re
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache

from django.conf import settings

from core.mail import is_reachable, sender_name, single_line, validate_recipient
from core.mail.addresses import header_address
from digests.rules.letter import Letter

# What needs neither quotes nor encoding: the addresses of nearly everybody.
_PLAIN = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}"
)
_SAFE = re.compile(r"[\x21-\x7e]+")
_TO_LIMIT = 70
_LINE_LIMIT = 78


def headers_of(letter: Letter, subject: str, boundary: str, now: dt.datetime) -> bytes:
    """All headers, and the empty line after them.

    Raises:
        ValidationError: an address is none.
        ValueError: an address of a page or a Message-ID holds what no header can.
    """
    is_of_one = len(letter.parts) == 1 and letter.manager
    name = letter.manager if is_of_one else f"Homegrown for {letter.organisation}"
    lines = [
        _from(settings.DEFAULT_FROM_EMAIL, name),
        _to(letter.address),
        _reply_to(letter.reply_to, letter.manager),
        _folded("Subject", subject),
        _line("Date", format_datetime(now)),
        _line("Message-ID", _safe(letter.message_id)),
        _list_id(settings.DEFAULT_FROM_EMAIL, letter.organisation),
        _line("List-Unsubscribe", unsubscribing(letter.unsubscribe_url)),
        _COMMON,
        _line("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
        b"\r\n",
    ]
    return b"".join(lines)


_COMMON = (
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"Auto-Submitted: auto-generated\r\n"
    b"X-Auto-Response-Suppress: All\r\n"
    b"MIME-Version: 1.0\r\n"
)


def unsubscribing(url: str) -> str:
    """The address of one click (RFC 8058), and the mailbox where somebody reads such wishes."""
    mailbox = settings.UNSUBSCRIBE_ADDRESS
    to_mailbox = f",\r\n <mailto:{_safe(mailbox)}?subject=unsubscribe>" if mailbox else ""
    return f"<{_safe(url)}>{to_mailbox}"


def _safe(text: str) -> str:
    if not _SAFE.fullmatch(text) or len(text) > 900:
        raise ValueError("This can't stand in a header as it is.")
    return text


def _line(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode("ascii")


def _to(address: str) -> bytes:
    if len(address) <= _TO_LIMIT and _PLAIN.fullmatch(address):
        return _line("To", address)
    validate_recipient(address)
    return _folded_address("To", address, "")


@lru_cache(maxsize=1024)
def _from(own: str, name: str) -> bytes:
    return _folded_address("From", parseaddr(own)[1], name)


@lru_cache(maxsize=1024)
def _reply_to(address: str, name: str) -> bytes:
    """The header, or nothing where no mail can be sent there."""
    return _folded_address("Reply-To", address, name) if is_reachable(address) else b""


@lru_cache(maxsize=16)
def _list_id(own: str, organisation: str) -> bytes:
    """The name of this list (RFC 2919): the same as long as mail comes from the same domain."""
    domain = header_address(f"list@{parseaddr(own)[1].rpartition('@')[2] or 'localhost'}").domain
    # The name alone may be encoded: within an encoded word nobody finds the list.
    name = _folded("List-Id", sender_name(organisation)).rstrip()
    found_by = f" <digest.{domain}>".encode("ascii")
    is_long = len(name.rpartition(b"\n")[2]) + len(found_by) > _LINE_LIMIT
    return name + (b"\r\n" if is_long else b"") + found_by + b"\r\n"


def _folded_address(header: str, address: str, name: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message[header] = header_address(address, sender_name(name))
    return message.as_bytes().rstrip(b"\r\n") + b"\r\n"


@lru_cache(maxsize=1024)
def _folded(header: str, value: str) -> bytes:
    line = single_line(value)
    if line.isascii() and len(line) <= _TO_LIMIT and "=?" not in line:
        return _line(header, line)
    # What the policy of `EmailMessage` folds is read with two spaces between encoded words.
    coded = Header(line, "utf-8", header_name=header)
    return _line(header, coded.encode(linesep="\r\n"))
