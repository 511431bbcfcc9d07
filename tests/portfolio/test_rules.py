"""The bright-line test."""

from __future__ import annotations

import itertools

import pytest

from portfolio.rules import (
    Choice,
    Exchange,
    PeopleWord,
    audience_line,
    audience_word,
    bright_line,
    people_word,
)

WORDS = {
    (Choice.OPTIONAL, Exchange.MONEY): PeopleWord.CUSTOMERS,
    (Choice.OPTIONAL, Exchange.EFFORT): PeopleWord.CUSTOMERS,
    (Choice.OPTIONAL, Exchange.NONE): PeopleWord.USERS,
    (Choice.DEFAULT, Exchange.MONEY): PeopleWord.PARTNERS,
    (Choice.DEFAULT, Exchange.EFFORT): PeopleWord.PARTNERS,
    (Choice.DEFAULT, Exchange.NONE): PeopleWord.PARTNERS,
    (Choice.MANDATED, Exchange.MONEY): PeopleWord.USERS,
    (Choice.MANDATED, Exchange.EFFORT): PeopleWord.USERS,
    (Choice.MANDATED, Exchange.NONE): PeopleWord.USERS,
}


PAIRS = list(itertools.product(Choice, Exchange))


@pytest.mark.parametrize(("choice", "exchange"), PAIRS)
def test_the_word_for_the_people(choice: Choice, exchange: Exchange) -> None:
    assert people_word(choice, exchange) == WORDS[choice, exchange]


@pytest.mark.parametrize(("choice", "exchange"), PAIRS)
def test_the_sentence_says_that_word_and_customers_only_to_refuse_it(
    choice: Choice, exchange: Exchange
) -> None:
    sentence = bright_line(choice, exchange)
    word = WORDS[choice, exchange]
    assert f"we say {word}" in sentence
    assert sentence.endswith(".")
    if word != PeopleWord.CUSTOMERS:
        assert sentence.endswith(", not customers.")


def test_the_sentence_of_a_mandated_tool() -> None:
    sentence = bright_line(Choice.MANDATED, Exchange.NONE)
    assert sentence == (
        "People have no choice and exchange nothing for it: we say users, not customers."
    )


def test_the_sentence_of_a_tool_that_is_the_default_is_one_sentence() -> None:
    assert bright_line(Choice.DEFAULT, Exchange.EFFORT) == (
        "People are encouraged to use it, though another way exists, and knowingly give time, "
        "data or budget: we say partners, not customers."
    )


OPTIONAL, DEFAULT, MANDATED = Choice.OPTIONAL, Choice.DEFAULT, Choice.MANDATED
EFFORT, MONEY, NOTHING = Exchange.EFFORT, Exchange.MONEY, Exchange.NONE


@pytest.mark.parametrize(
    ("audiences", "word"),
    [
        ([], None),
        ([(OPTIONAL, EFFORT)], "customers"),
        ([(OPTIONAL, EFFORT), (OPTIONAL, MONEY)], "customers"),
        ([(OPTIONAL, EFFORT), (DEFAULT, NOTHING)], "partners"),
        ([(DEFAULT, NOTHING), (MANDATED, MONEY)], "users"),
        ([(OPTIONAL, NOTHING), (OPTIONAL, MONEY)], "users"),
    ],
)
def test_one_word_for_several_audiences(audiences, word):
    assert audience_word(audiences) == word


def test_the_sentence_says_why_several_audiences_are_called_so():
    assert "each audience has a choice" in audience_line(PeopleWord.CUSTOMERS).lower()
    assert audience_line(PeopleWord.USERS).endswith("we say users, not customers.")
