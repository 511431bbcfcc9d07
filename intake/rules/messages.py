"""What a mail says of itself, however it was made: who sent it, whether a machine did, its words.

Headers are read one by one and only as far as they are needed, as those of a hostile mail cost
the parser of the standard library what it likes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from intake.rules.mail_words import own_words, subject_words, text_of_html

MOST_BYTES = 1_000_000
MOST_HEAD = 256 * 1024
LONGEST_HEADER = 4_000
MOST_PARTS = 50
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_NESTING = re.compile(rb"(?:multipart|message)\s*/", re.IGNORECASE)
MOST_FIELDS = 64 * 1024
_FIELD = re.compile(rb"^content-[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
# These take the square of what they are given, and are of host names.
_SLOW = frozenset({"punycode", "idna"})
_MACHINES = frozenset({"mailer-daemon", "postmaster", "noreply-dmarc-support"})
_MASS = frozenset({"bulk", "list", "junk", "auto_reply"})


class Unreadable(Exception):
    """Nothing that could be read as a mail from somebody."""


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail as far as it is used; `identity` is its Message-ID, or stands for a missing one."""

    identity: str
    sender: str
    name: str
    subject: str
    text: str
    has_files: bool
    is_automatic: bool


def read_message(raw: bytes) -> ReadMail:
    """Read a mail.

    Raises:
        Unreadable: it is too large, too deep, or nobody sent it.
    """
    _refuse_monsters(raw)
    try:
        return _read(raw)
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - the parser raises whatever comes to it
        raise Unreadable(type(error).__name__) from None


def _refuse_monsters(raw: bytes) -> None:
    end = _END_OF_HEAD.search(raw)
    if len(raw) > MOST_BYTES or (end.start() if end else len(raw)) > MOST_HEAD:
        raise Unreadable("too large")
    lengths = [
        len(one) for one in _FIELD.findall(raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    ]
    is_long = max(lengths, default=0) > LONGEST_HEADER or sum(lengths) > MOST_FIELDS
    if is_long or len(_NESTING.findall(raw)) > MOST_PARTS:
        raise Unreadable("too deep")


def _read(raw: bytes) -> ReadMail:
    message: Message = message_from_bytes(raw, policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise Unreadable("no mail")
    fields = _fields(message)
    sender, name = _sender(fields)
    subject = subject_words(_decoded("subject", fields))
    text = own_words(_body(message))
    return ReadMail(
        identity=_identity(fields, sender, subject, text),
        sender=sender,
        name=name,
        subject=subject,
        text=text,
        has_files=any(_is_file(part) for part in message.walk()),
        is_automatic=_is_automatic(fields, sender),
    )


def _fields(message: Message) -> dict[str, list[str]]:
    """The headers as they came, unfolded, by their lower name."""
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), []).append(" ".join(str(value).split())[:LONGEST_HEADER])
    return found


def _first(fields: dict[str, list[str]], name: str) -> str:
    return fields.get(name, [""])[0]


def _decoded(name: str, fields: dict[str, list[str]]) -> str:
    """The first header of this name in plain words."""
    return _whole(str(policy.default.header_factory(name, _first(fields, name))))


def _whole(text: str) -> str:
    """Without halves of characters, which nothing can write down."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _sender(fields: dict[str, list[str]]) -> tuple[str, str]:
    """The one address that it says to be from, and the name beside it."""
    if len(fields.get("from", [])) != 1:
        raise Unreadable("not from one sender")
    header = policy.default.header_factory("from", _first(fields, "from"))
    if len(header.addresses) != 1 or not header.addresses[0].domain:
        raise Unreadable("not from one sender")
    one = header.addresses[0]
    return _whole(f"{one.username}@{one.domain}"), _whole(one.display_name)


def _identity(fields: dict[str, list[str]], sender: str, subject: str, text: str) -> str:
    known = _whole(_first(fields, "message-id"))
    if known:
        return known
    said = "\n".join((sender, _whole(_first(fields, "date")), subject, text))
    return hashlib.sha256(said.encode()).hexdigest()


def _is_automatic(fields: dict[str, list[str]], sender: str) -> bool:
    """Whether a machine wrote it or it went to many: such a mail asks for nothing (RFC 3834)."""
    auto = [value.split(";")[0].strip().lower() for value in fields.get("auto-submitted", [])]
    mass = {value.strip().lower() for value in fields.get("precedence", [])}
    return (
        any(value not in {"", "no"} for value in auto)
        or bool(mass & _MASS)
        or any(name in fields for name in ("x-auto-response-suppress", "list-id", "x-autoreply"))
        or "<>" in fields.get("return-path", [])
        or _first(fields, "content-type").lower().startswith("multipart/report")
        or sender.partition("@")[0].lower() in _MACHINES
    )


def _body(message: EmailMessage) -> str:
    """Its plain part; where that says nothing, the words of the other."""
    plain = message.get_body(("plain",))
    words = _content(plain) if plain is not None else ""
    page = None if words.strip() else message.get_body(("html",))
    return words if page is None else text_of_html(_content(page))


def _content(part: Message) -> str:
    """The text of a part, whatever it says of its encoding."""
    data = part.get_payload(decode=True)
    raw = data if isinstance(data, bytes) else b""
    charset = part.get_content_charset("utf-8")
    try:
        return _whole(raw.decode("utf-8" if charset in _SLOW else charset, "replace"))
    except (LookupError, ValueError):
        return raw.decode("utf-8", "replace")


def _is_file(part: Message) -> bool:
    """Whether somebody put this part beside their words; pictures of a signature are not meant."""
    if part.get_content_disposition() == "attachment":
        return part.get_content_subtype() not in {"pgp-signature", "pkcs7-signature"}
    return part.get_filename() is not None and "content-id" not in part
