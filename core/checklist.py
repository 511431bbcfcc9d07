"""The first steps with an empty installation: a registry that the apps fill in their `ready()`.

A step is done when the data say so; nobody ticks anything, and no progress is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.registry import Registry


def everybody(user: Any) -> bool:
    """The default of `visible_to`."""
    return True


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is, why, and the words on its button.

    `done(user)` asks the data with one query; `url(user)` is where it is done, empty while another
    step has to come first. Optional steps can wait until health stands.
    """

    key: str
    label: str
    why: str
    action: str
    order: int
    done: Callable[[Any], bool]
    url: Callable[[Any], str]
    is_optional: bool = False
    visible_to: Callable[[Any], bool] = everybody


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step as a page shows it to somebody; `is_next`: the one to take now."""

    key: str
    label: str
    why: str
    action: str
    url: str
    is_done: bool
    is_next: bool
    is_optional: bool


_steps = Registry[Step]("first steps")
register = _steps.register


def steps() -> tuple[Step, ...]:
    """All steps in their order."""
    return tuple(_steps)


def step_lines(user: Any) -> list[StepLine]:
    """The steps of this person, with what is done and where the rest is done."""
    lines: list[StepLine] = []
    has_next = False
    for step in steps():
        if not step.visible_to(user):
            continue
        is_done = step.done(user)
        url = "" if is_done else step.url(user)
        is_next = bool(url) and not has_next and not step.is_optional
        has_next = has_next or is_next
        lines.append(
            StepLine(
                key=step.key,
                label=step.label,
                why=step.why,
                action=step.action,
                url=url,
                is_done=is_done,
                is_next=is_next,
                is_optional=step.is_optional,
            )
        )
    return lines
