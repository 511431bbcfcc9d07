"""The bytes of a mail.

Ten thousand readers get a mail of their own within minutes, so the common shape, a plain and an
HTML part, is put together here: the email package takes milliseconds for it. It still encodes
whatever is not plain ASCII in a header, and everything that has attachments.
"""

from __future__ import annotations

import binascii
import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from types import MappingProxyType

from django.conf import settings

from core.mail.addresses import (
    NAME_LIMIT,
    header_address,
    is_simple,
    sender_name,
    single_line,
    validate_recipient,
)

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
LINE_LIMIT = 78
HARD_LIMIT = 990
_FURTHER = re.compile(r"(?:List|X-Homegrown)-[A-Za-z-]+|Feedback-ID|Precedence")
_PART = (
    b'Content-Type: text/%s; charset="utf-8"\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n%s\r\n"
)


@dataclass(frozen=True, slots=True)
class MailFile:
    """Something attached: `kind` is its media type ("text/calendar"), `params` what belongs to it
    (`method="REQUEST"`).
    """

    name: str
    kind: str
    data: bytes
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def maintype(self) -> str:
        return self.kind.partition("/")[0]

    @property
    def subtype(self) -> str:
        return self.kind.partition("/")[2]


def compose(
    *,
    to: str,
    subject: str,
    text: str,
    html: str,
    now: dt.datetime,
    message_id: str,
    reply_to: str | None = None,
    from_name: str | None = None,
    attachments: Sequence[MailFile] = (),
    headers: Mapping[str, str] = NO_HEADERS,
) -> bytes:
    """The bytes of a mail to one person, with a plain and an HTML part.

    `headers` are further ones that lists have (`List-Unsubscribe`, `List-Id`, …), each one line.

    Raises:
        ValidationError: an address is none.
        ValueError: a further header is none of those.
    """
    validate_recipient(to)
    lines = [_sender_line(settings.DEFAULT_FROM_EMAIL, from_name or ""), _address_line("To", to)]
    if reply_to:
        validate_recipient(reply_to)
        lines.append(_address_line("Reply-To", reply_to))
    lines += [
        _line("Subject", single_line(subject)),
        _line("Date", format_datetime(now)),
        f"Message-ID: {single_line(message_id)}\r\n",
        "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n",
    ]
    lines += [_line(_further(name), single_line(value)) for name, value in headers.items()]
    head = "".join(lines).encode("ascii")
    if attachments:
        return head + _with_files(text, html, attachments)
    return head + _two_parts(text, html, message_id)


def _two_parts(text: str, html: str, message_id: str) -> bytes:
    # "=_" stands in no quoted-printable text, so no part can end the other.
    boundary = b"=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32].encode()
    parts = (_PART % (kind, _quoted(body)) for kind, body in ((b"plain", text), (b"html", html)))
    inside = b"".join(b"--%s\r\n%s" % (boundary, part) for part in parts)
    return (
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: multipart/alternative; boundary="%s"\r\n\r\n%s--%s--\r\n'
    ) % (boundary, inside, boundary)


def _with_files(text: str, html: str, attachments: Sequence[MailFile]) -> bytes:
    message = EmailMessage(policy=SMTP)
    message.set_content(_body(text), cte="quoted-printable")
    message.add_alternative(_body(html), subtype="html", cte="quoted-printable")
    for file in attachments:
        message.add_attachment(
            file.data,
            maintype=file.maintype,
            subtype=file.subtype,
            filename=single_line(file.name, NAME_LIMIT),
            params=dict(file.params),
        )
    return message.as_bytes()


@lru_cache(maxsize=64)
def _sender_line(sender: str, name: str) -> str:
    own_name, own_address = parseaddr(sender)
    address = header_address(own_address, sender_name(name or own_name))
    return str(SMTP.header_factory("From", address).fold(policy=SMTP))


@lru_cache(maxsize=1024)
def _address_line(name: str, address: str) -> str:
    if is_simple(address) and len(address) < HARD_LIMIT:
        return f"{name}: {address}\r\n"
    return str(SMTP.header_factory(name, header_address(address)).fold(policy=SMTP))


@lru_cache(maxsize=1024)
def _line(name: str, value: str) -> str:
    """A header of plain text. Long words (addresses of pages) stay whole: some mail programs take
    no encoded ones.
    """
    whole = f"{name}: {value}"
    if value.isascii() and "=?" not in value:
        is_word = " " not in value
        if len(whole) <= LINE_LIMIT or (is_word and len(whole) <= HARD_LIMIT):
            return f"{whole}\r\n"
    # The older class: the newer one adds spaces where it folds what it has encoded.
    charset = "us-ascii" if value.isascii() and "=?" not in value else "utf-8"
    coded = Header(value, charset, header_name=name).encode(linesep="\r\n")
    return f"{name}: {coded}\r\n"


def _further(name: str) -> str:
    if not _FURTHER.fullmatch(name):
        raise ValueError(f"{name!r} is no header that a mail of ours may have.")
    return name


def _quoted(text: str) -> bytes:
    lines = b"\n".join(_body(text).encode().splitlines()) + b"\n"
    return binascii.b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")


def _body(text: str) -> str:
    """Mail bodies may hold anything a person typed, except what no encoding can carry."""
    clean = text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return clean.rstrip() + "\n"
