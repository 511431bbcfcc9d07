"""What the intake form asks, in the order of domain.md §5: the problem first, the solution last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One page of the form: `fields` are answered together; `term` names the answer to be checked.

    `may_skip`: a button says “I'm not sure” and leaves every field of it empty.
    """

    key: str
    title: str
    term: str
    fields: tuple[str, ...]
    hint: str = ""
    may_skip: bool = False


GOAL = Question(
    "goal",
    "What are you trying to get done?",
    "What you are trying to get done",
    ("goal",),
    "One or two sentences. Not the button you want: the work that is to be done.",
)
TODAY = Question(
    "today",
    "What happens today?",
    "What happens today",
    ("today",),
    "Tell it step by step, with the last time it happened as an example.",
)
AMOUNT = Question(
    "amount",
    "How often does it happen, and what does it take?",
    "How often, how long, how many people",
    ("times", "per", "minutes", "people"),
    "A guess is enough.",
    may_skip=True,
)
TRIED = Question(
    "tried",
    "What have you tried?",
    "What you have tried",
    ("tried",),
    "A list of your own, another tool, a rule in the team.",
)
SOLUTION = Question(
    "solution",
    "Have you thought of a solution?",
    "The solution you have in mind",
    ("solution",),
    "It is kept word for word, and read after the problem.",
)
YOU = Question("you", "Who are you?", "Who you are", ("name", "email", "department", "is_private"))
SLOT = Question(
    "slot",
    "Would you like to talk about it?",
    "A slot in office hours",
    ("slot",),
    "A few minutes with the team. The times are in your time zone.",
)
QUESTIONS = (GOAL, TODAY, AMOUNT, TRIED, SOLUTION, YOU, SLOT)


def questions(*, with_slot: bool) -> tuple[Question, ...]:
    """The questions in their order; without the slot where there is none to be had."""
    return QUESTIONS if with_slot else QUESTIONS[:-1]


def fields_of(asked: Sequence[Question]) -> tuple[str, ...]:
    """The fields of all of them, in order."""
    return tuple(name for question in asked for name in question.fields)


def place_of(asked: Sequence[Question], key: str) -> int:
    """Where a question stands, from 0 on.

    Raises:
        LookupError: none of them has this key.
    """
    for place, question in enumerate(asked):
        if question.key == key:
            return place
    raise LookupError(key)


def stopped_at(asked: Sequence[Question], answers: Mapping[str, str]) -> Question | None:
    """The first question after the last one with an answer; None: all of them were answered."""
    answered = [
        place
        for place, question in enumerate(asked)
        if any(name in answers for name in question.fields)
    ]
    after = answered[-1] + 1 if answered else 0
    return asked[after] if after < len(asked) else None
