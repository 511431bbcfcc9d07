"""The actions that a request offers where it stands, each a form that works without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from intake.enums import Outcome, Status
from intake.forms.inbox import actions as forms
from intake.models import Request
from intake.presenters.inbox.addresses import InboxAddresses
from intake.selectors.inbox.detail import RequestDetail
from intake.selectors.inbox.filters import UNLINKED, Clock
from intake.services.triage import NOT_BY_HAND


@dataclass(frozen=True, slots=True)
class Tool:
    """One action: the key that opens it, its form and where that is sent."""

    key: str
    label: str
    shortcut: str
    icon: str
    url: str
    form: Any
    is_open: bool = False
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything one can do with the chosen request; `understand` stands open beside it."""

    understand: Tool | None
    tools: list[Tool]
    plain: dict[str, str]
    link_note: str
    end_url: str


def desk_of(
    detail: RequestDetail,
    to: InboxAddresses,
    clock: Clock,
    *,
    following: str,
    bound: Any = None,
    opened: str = "",
) -> Desk:
    """The actions on a request; `bound` is the form that was sent and refused."""
    request = detail.request
    kinds = _kinds(detail, clock)
    made = {
        kind.key: _tool(kind, request, to, following, bound=bound, opened=opened) for kind in kinds
    }
    understand = made.pop(forms.UnderstandForm.key, None)
    return Desk(
        understand,
        list(made.values()),
        _plain(request, to, clock),
        _link_note(request),
        _end_url(detail, to),
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    key: str
    label: str
    shortcut: str
    icon: str
    route: str
    form: Any
    stays: bool = False
    is_quiet: bool = False


def _kinds(detail: RequestDetail, clock: Clock) -> list[_Kind]:
    request, version = detail.request, detail.request.version
    is_open = request.status != Status.CLOSED
    found = []
    if is_open:
        found.append(_understand(request))
    if request.problem and (is_open or request.outcome in NOT_BY_HAND):
        found.append(_link(detail))
    if is_open and request.status != Status.DECIDED:
        found.append(
            _Kind("answer", "Answer", "a", "message", "request_answer",
                  forms.AnswerForm(initial={"version": version}))
        )  # fmt: skip
    if is_open:
        found.extend(_rest(detail, clock))
    found.extend(_quiet(detail))
    return found


def _understand(request: Request) -> _Kind:
    initial = {"version": request.version, "problem": request.problem}
    form = forms.UnderstandForm(initial=initial)
    return _Kind("understand", "Understand", "u", "bulb", "request_understand", form, stays=True)


def _link(detail: RequestDetail) -> _Kind:
    initial = {"version": detail.request.version, "token": uuid4()}
    form = forms.LinkForm(initial=initial, offered=detail.opportunities)
    return _Kind("link", "Link", "l", "link", "request_link", form)


def _rest(detail: RequestDetail, clock: Clock) -> list[_Kind]:
    request, version = detail.request, {"version": detail.request.version}
    asked = {**version, "question": request.question if request.needs_info else ""}
    put_off = {**version, "until": forms.in_a_week(clock.today)}
    return [
        _Kind("duplicate", "Same as…", "d", "copy", "request_duplicate",
              forms.DuplicateForm(initial=version)),
        _Kind("ask", "Ask back", "i", "help-circle", "request_ask_back",
              forms.AskBackForm(initial=asked)),
        _Kind("snooze", "Put off", "s", "clock", "request_snooze",
              forms.SnoozeForm(initial=put_off)),
    ]  # fmt: skip


def _quiet(detail: RequestDetail) -> list[_Kind]:
    request, version = detail.request, detail.request.version
    assign = {"version": version, "assignee": request.assignee_id}
    private = {"version": version, "is_private": request.is_private}
    return [
        _Kind("assign", "Looked after by", "", "user", "request_assign",
              forms.AssignForm(initial=assign, team=detail.team), stays=True, is_quiet=True),
        _Kind("privacy", "Who may read it", "", "lock", "request_privacy",
              forms.PrivacyForm(initial=private), stays=True, is_quiet=True),
    ]  # fmt: skip


def _tool(
    kind: _Kind, request: Request, to: InboxAddresses, following: str, *, bound: Any, opened: str
) -> Tool:
    is_sent = bound is not None and bound.key == kind.key
    url = to.act(kind.route, request, request.reference if kind.stays else following)
    return Tool(
        key=kind.key,
        label=kind.label,
        shortcut=kind.shortcut,
        icon=kind.icon,
        url=url,
        form=bound if is_sent else kind.form,
        is_open=is_sent or opened == kind.key,
        is_quiet=kind.is_quiet,
    )


def _plain(request: Request, to: InboxAddresses, clock: Clock) -> dict[str, str]:
    """The addresses of actions that need no words."""
    here = request.reference
    found = {}
    if request.outcome == Outcome.ANSWERED:
        found["reopen"] = to.act("request_reopen", request, here)
    if request.duplicate_of_id:
        found["unmerge"] = to.act("request_unmerge", request, here)
    if request.snoozed_until and request.snoozed_until > clock.today:
        found["unsnooze"] = to.act("request_unsnooze", request, here)
    return found


def _end_url(detail: RequestDetail, to: InboxAddresses) -> str:
    """Where the private addresses of its guests are ended; empty where it has no guest."""
    request = detail.request
    own = [voice for voice in detail.voices if voice.request_id == request.pk]
    if any(voice.user_id is None and voice.email for voice in own):
        return to.act("request_end_addresses", request, request.reference)
    return ""


def _link_note(request: Request) -> str:
    if request.status in UNLINKED and not request.problem:
        return "Write down the problem first: then it can become part of an opportunity."
    if request.outcome in NOT_BY_HAND:
        return "What its opportunities come to decides it. Change the decision there."
    return ""
