"""What comes back: failure reports (RFC 3464), complaints (RFC 5965), and answers of machines.

Only the few fields that are needed are read, of a message that anybody may have made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import parseaddr
from enum import StrEnum

MOST_BYTES = 1_000_000
MOST_HEAD = 256 * 1024
MOST_PARTS = 50
FIELD_LIMIT = 1_000
_NESTING = re.compile(rb"(?:multipart|message)\s*/", re.IGNORECASE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_QMAIL = re.compile(r"\s*Hi\. This is the ")
_QMAIL_ADDRESS = re.compile(r"^<([^<>\s]+@[^<>\s]+)>:", re.MULTILINE)
_ADDRESSED = ("delivered-to", "x-original-to", "envelope-to", "to")
_NO_ANSWER = frozenset({"", "no"})


class Unreadable(Exception):
    """Nothing that could be read as a mail."""


class Kind(StrEnum):
    """What came back. `AUTOMATIC`: an absence note or the like; `OTHER`: none of these."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    AUTOMATIC = "automatic"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Returned:
    """A report as far as it is used. `addresses` are those that it came to; `message_ids` those of
    the mail that it is about; `status` is an enhanced code (RFC 3463) or "".
    """

    kind: Kind
    addresses: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    status: str = ""
    why: str = ""


def read_returned(raw: bytes) -> Returned:
    """Read what came back.

    Raises:
        Unreadable: it is too large or too deep, or no mail.
    """
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    if len(raw) > MOST_BYTES or len(head) > MOST_HEAD or len(_NESTING.findall(raw)) > MOST_PARTS:
        raise Unreadable
    try:
        return _read(message_from_bytes(raw))
    except Exception as error:
        raise Unreadable from error


def _read(message: Message) -> Returned:
    if not message.keys():
        raise Unreadable
    addresses = tuple(
        address
        for name in _ADDRESSED
        for value in message.get_all(name, [])
        if (address := parseaddr(_plain(value))[1])
    )
    ids = tuple(_message_ids(message))
    if message.get_content_type() == "multipart/report":
        return _report(message, addresses, ids)
    text = _first_text(message)
    if _QMAIL.match(text):
        recipients = tuple(_QMAIL_ADDRESS.findall(text)[:1])
        status = _STATUS.search(text)
        return Returned(
            Kind.FAILED, addresses, recipients, ids, status[1] if status else "", _plain(text)
        )
    return Returned(Kind.AUTOMATIC if _is_automatic(message) else Kind.OTHER, addresses)


def _report(message: Message, addresses: tuple[str, ...], ids: tuple[str, ...]) -> Returned:
    for block in _blocks(message, "message/feedback-report"):
        if block["feedback-type"]:
            to = _address_in(block, "original-rcpt-to")
            words = f"Complaint ({_plain(block['feedback-type'])})"
            return Returned(Kind.COMPLAINT, addresses, to, ids, "", words)
    for block in _blocks(message, "message/delivery-status"):
        if block["action"]:
            return Returned(
                kind=_kind_of(_plain(block["action"]).lower()),
                addresses=addresses,
                recipients=_address_in(block, "original-recipient", "final-recipient"),
                message_ids=ids,
                status=_status_of(block),
                why=_plain(block["diagnostic-code"] or block["status"] or ""),
            )
    return Returned(Kind.OTHER, addresses)


def _kind_of(action: str) -> Kind:
    known = {"failed": Kind.FAILED, "delayed": Kind.DELAYED}
    return known.get(action.split(" ", maxsplit=1)[0], Kind.DELIVERED)


def _status_of(block: Message) -> str:
    found = _STATUS.search(_plain(block["status"] or ""))
    return found[1] if found else ""


def _blocks(message: Message, kind: str) -> Iterator[Message]:
    """The groups of fields in the parts of this kind."""
    for part in message.walk():
        if part.get_content_type() == kind:
            payload = part.get_payload()
            if isinstance(payload, list):
                yield from (block for block in payload if isinstance(block, Message))
            elif isinstance(payload, str):
                yield from (message_from_string(one) for one in payload.split("\n\n"))


def _address_in(block: Message, *names: str) -> tuple[str, ...]:
    values = [_plain(value) for name in names for value in block.get_all(name, [])]
    return tuple(value.rpartition(";")[2].strip().strip("<>") for value in values if value)


def _message_ids(message: Message) -> Iterator[str]:
    """Of the mail that is sent back, whole or its headers; not of the report itself."""
    for part in message.walk():
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list):
            inner = [one for one in payload if isinstance(one, Message)]
        elif kind == "text/rfc822-headers" and isinstance(payload, str):
            inner = [message_from_string(payload)]
        else:
            continue
        yield from (_plain(one["message-id"]) for one in inner if one["message-id"])


def _first_text(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload[: 16 * FIELD_LIMIT].decode("utf-8", "replace")
    return ""


def _is_automatic(message: Message) -> bool:
    """Whether a machine answers for somebody (RFC 3834)."""
    auto = [_plain(value).split(";")[0].lower() for value in message.get_all("auto-submitted", [])]
    return any(value not in _NO_ANSWER for value in auto) or any(
        name in message for name in ("x-autoreply", "x-autorespond", "x-auto-response-suppress")
    )


def _plain(value: object) -> str:
    """One short line of it, without what no database keeps."""
    text = str(value).encode("utf-8", "replace").decode("utf-8").replace("\x00", " ")
    return " ".join(text[: 4 * FIELD_LIMIT].split())[:FIELD_LIMIT]
