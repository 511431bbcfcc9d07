"""How sending stands, in words."""

from __future__ import annotations

from dataclasses import dataclass

from core.formats import count
from core.mail import SendingState
from digests.presenters.operating.states import instant_words


@dataclass(frozen=True, slots=True)
class SendingNotice:
    """What an operator is told about sending as a whole; `kind` "" where nothing is wrong."""

    kind: str
    title: str
    lines: list[str]
    waiting: str
    is_paused: bool
    is_guarded: bool


def sending_notice(state: SendingState, who: str) -> SendingNotice:
    """The notice; `who` paused it ("" where Homegrown or a command did)."""
    kind, title = _head(state)
    return SendingNotice(
        kind=kind,
        title=title,
        lines=_lines(state, who),
        waiting=_waiting(state),
        is_paused=state.is_paused,
        is_guarded=state.is_guarded,
    )


def _head(state: SendingState) -> tuple[str, str]:
    if state.is_guarded:
        return "risk", "Homegrown has stopped sending and waits for you"
    if state.is_paused:
        return "watch", "All sending is paused"
    if state.away_since is not None:
        return "watch", "The mail server can’t be reached"
    return "", ""


def _lines(state: SendingState, who: str) -> list[str]:
    lines = []
    if state.is_paused:
        by = who or "Homegrown"
        at = f" on {instant_words(state.changed_at)}" if state.changed_at else ""
        lines += [state.why, f"Stopped by {by}{at}."]
    if state.away_since is not None:
        since = instant_words(state.away_since)
        said = f" It said: {state.away_why}" if state.away_why else ""
        lines.append(f"The mail server has been away since {since}.{said}")
    return lines


def _waiting(state: SendingState) -> str:
    """How many mails wait, since when, and of how many nobody knows."""
    if not state.waiting:
        return "No mail waits."
    verb = "waits" if state.waiting == 1 else "wait"
    since = f", the first since {instant_words(state.oldest_due)}" if state.oldest_due else ""
    unsure = f" Of {state.unsure:,} nobody knows whether they arrived." if state.unsure else ""
    return f"{count(state.waiting, 'mail')} {verb}{since}.{unsure}"
