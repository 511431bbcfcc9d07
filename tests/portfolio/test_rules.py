"""The bright-line test."""

from __future__ import annotations

import itertools

import pytest

from portfolio.rules import Choice, Exchange, PeopleWord, bright_line, people_word

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
