"""What a query is about, and what sounds like it: pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.similar import MOST_WORDS, closeness, terms_of
from intake.rules.synonyms import FAMILIES, synonyms_of


def words(text):
    return [term.word for term in terms_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please add an Excel export for the roster.", ["excel", "export", "roster"]),
        ("We need to be able to print the ROSTER, the roster!", ["print", "roster"]),
        ("Could you support it?", ["support"]),  # nothing but a wish: then the wish counts
        ("", []),
        ("a, the - and …", []),
        ("Überstunden für März.", ["überstunden", "für", "märz"]),
        ("shift-planner's e-mail", ["shift", "planner", "mail"]),
    ],
)
def test_what_a_query_is_about(text, expected):
    assert words(text) == expected


def test_only_the_word_being_typed_may_be_a_beginning():
    assert [term.is_last for term in terms_of("print ros")] == [False, True]
    assert [term.is_last for term in terms_of("print ros ")] == [False, False]
    assert [term.is_last for term in terms_of("print ro")] == [False, False]


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("roster", "schedule"), ("schedules", "roster"), ("licences", "permit"),
        ("booking", "reservation"), ("companies", "business"), ("registered", "signup"),
    ],
)  # fmt: skip
def test_words_for_the_same_thing_find_each_other(word, other):
    assert other in synonyms_of(word)


def test_families_are_plain_words_and_nobody_is_their_own_synonym():
    for line in FAMILIES.strip().splitlines():
        family = line.split(", ")
        assert len(family) == len(set(family)) >= 2, line
        assert all(word.isalpha() and word.islower() for word in family), line
        assert all(word not in synonyms_of(word) for word in family)


def test_a_word_without_a_family_stands_alone():
    assert synonyms_of("xylophone") == ()


@given(st.text(max_size=400))
def test_any_text_has_few_plain_words(text):
    terms = terms_of(text)
    assert len(terms) <= MOST_WORDS
    for term in terms:
        assert term.word
        assert "'" not in term.word
        assert "\\" not in term.word


def test_closeness_of_all_words_is_about_one_and_of_two_alike_the_shorter_is_closer():
    assert closeness(held=8.0, asked=8.0, length=10, usual=10.0) == 1.0
    short = closeness(held=4.0, asked=8.0, length=5, usual=10.0)
    long = closeness(held=4.0, asked=8.0, length=50, usual=10.0)
    assert short > 0.5 > long > 0
    assert closeness(held=0.0, asked=0.0, length=0, usual=0.0) == 0.0
