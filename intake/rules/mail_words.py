"""The words of whoever writes a mail, without what they answer to and what stands below."""

from __future__ import annotations

import html
import re

# More is looked at of no mail: what is kept of it is far less.
LONGEST = 100_000
LONGEST_LINE = 400
SHORT_ENDING = 8
_MARKS = re.compile(r"^\s*(?:(?:re|fwd?|aw|wg|sv|tr|antw)\s*:\s*)+", re.IGNORECASE)
_WRITING = r"(?:wrote|writes|schrieb|écrit|escribió|ha scritto|schreef|skrev)"
_WROTE = re.compile(rf"^(?:On|Am|Le|El|Il|Op|Den|Em)\b.*\d.*\b{_WRITING}\b[^:]{{0,200}}:$")
_ORIGINAL = re.compile(
    r"^-{2,}\s*(?:Original Message|Original Appointment|Ursprüngliche Nachricht"
    r"|Message d['’]origine|Mensaje original)\s*-{2,}$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^(?:From|Von|De|Da|Van)\s?:\s")
_SENT = re.compile(r"^(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado|Inviato|Verzonden)\s?:\s")
_SENT_FROM = re.compile(r"^(?:Sent from my|Von meinem|Envoyé de mon|Get Outlook for) ")
_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"<(/?)\s*([A-Za-z0-9]*)[^<>]*>")
_SPACES = re.compile(r"\s+")
_BREAKS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "table", "pre", "h1", "h2", "h3"})
_DROPPED = frozenset({"script", "style", "title", "blockquote"})


def subject_words(subject: str) -> str:
    """What a mail is about, without “Re:” and “Fwd:”."""
    return _MARKS.sub("", subject[:LONGEST]).strip()


def text_of_html(source: str) -> str:
    """The words of a page, a line a block; quotations, scripts and styles left out.

    Nothing is fetched, and nothing of it is markup any more.
    """
    shown = (piece.partition("-->")[2] for piece in f"-->{source[:LONGEST]}".split("<!--"))
    said: list[str] = []
    hidden = ""
    for piece in _TAG.split(_SPACES.sub(" ", " ".join(shown))):
        tag = _NAME.match(piece)
        if tag is None:
            said.append("" if hidden else piece)
            continue
        name = tag[2].lower()
        if not hidden and name in _DROPPED and not tag[1]:
            hidden = name
        elif hidden == name and tag[1]:
            hidden = ""
        said.append("\n" if name in _BREAKS else "")
    return html.unescape("".join(said))


def own_words(text: str) -> str:
    """The text without quoted lines, the mail it answers to, and the signature.

    A mail that was handed on with nothing above it stays.
    """
    kept: list[str] = []
    lines = [line[:LONGEST_LINE] for line in text[:LONGEST].splitlines()]
    at = 0
    while at < len(lines) and not _ends(lines, at, kept):
        length = _attribution(lines, at)
        if length and not _is_quoted_after(lines, at + length):
            break
        if not length and not lines[at].lstrip().startswith(">"):
            kept.append(lines[at].rstrip())
        at += length or 1
    return "\n".join(kept).strip()


def _ends(lines: list[str], at: int, kept: list[str]) -> bool:
    """Whether nothing below is meant: a signature, or the mail that this one answers to."""
    line = lines[at]
    plain = line.strip()
    if plain == "--":
        return line == "-- " or len(lines) - at <= SHORT_ENDING
    if _SENT_FROM.match(plain):
        return not any(below.strip() for below in lines[at + 1 :])
    is_theirs = _ORIGINAL.match(plain) is not None or _is_head(lines, at)
    return is_theirs and any(above.strip() for above in kept)


def _is_head(lines: list[str], at: int) -> bool:
    """“From: …”, and on one of the next lines when it was sent."""
    if not _FROM.match(lines[at].strip()):
        return False
    return any(_SENT.match(line.strip()) for line in lines[at + 1 : at + 4])


def _attribution(lines: list[str], at: int) -> int:
    """How many lines from here say “On … wrote:”; it may be folded into three."""
    for length in (1, 2, 3):
        joined = " ".join(line.strip() for line in lines[at : at + length])
        if _WROTE.match(joined):
            return length
    return 0


def _is_quoted_after(lines: list[str], at: int) -> bool:
    """Whether what was written is marked as a quotation, so that more may follow it."""
    following = next((line for line in lines[at:] if line.strip()), ">")
    return following.lstrip().startswith(">")
