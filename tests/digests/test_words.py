"""Words are counted as a reader counts them, and texts cut where a word ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.rules.words import clip, count, one_line, shorten

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("One two\n three", 3),
        (f"71{NBSP}% of 2,140", 3),
        ("▼ At risk – 52 of 100", 5),
        ("Open https://homegrown.example/products/payments-hub/ now", 2),
        ("Write to mira@example.com today", 3),
        ("Ask · Disagree", 2),
        ("--------  ======", 0),
        ("we don't know yet", 4),
        ("東京都庁", 2),
        ("x" * 41, 2),
        ("x" * 400, 10),
    ],
)
def test_what_a_reader_reads_counts(text: str, words: int) -> None:
    assert count(text) == words


@given(st.text(), st.integers(0, 30))
def test_a_clipped_text_has_no_more_words_than_allowed(text: str, limit: int) -> None:
    found = clip(text, limit)
    assert count(found) <= max(limit, 1)
    if count(text) <= limit:
        assert found == text.strip()


@given(st.lists(st.sampled_from(["one", "two,", "3.5", f"4{NBSP}%", "–"]), min_size=1))
def test_a_cut_never_splits_a_word(words: list[str]) -> None:
    text = " ".join(words)
    found = clip(text, 3)
    if found != text:
        assert found.endswith("…")
        assert text.startswith(found[:-1])
        assert found[:-1].rstrip(",") in {
            " ".join(words[:n]).rstrip(", –\u00a0%") for n in range(len(words) + 1)
        } | {" ".join(words[:n]).rstrip(" ,–") for n in range(len(words) + 1)}


def test_a_cut_says_that_there_was_more() -> None:
    assert clip("The list, which jumps, no longer jumps.", 2) == "The list…"
    assert clip("The list", 2) == "The list"


@given(st.text(), st.integers(2, 60))
def test_a_shortened_line_is_no_longer_than_allowed(text: str, limit: int) -> None:
    found = shorten(text, limit)
    assert len(found) <= limit
    assert "\n" not in found and "\r" not in found


def test_names_are_cut_at_a_word() -> None:
    assert (
        shorten("Payments and Invoices of the Northern Region", 30)
        == "Payments and Invoices of the…"
    )
    assert shorten("x" * 50, 10) == "x" * 9 + "…"
    assert shorten("Payments Hub", 30) == "Payments Hub"


def test_spaces_that_hold_words_together_stay() -> None:
    assert one_line(f" a \n\t b 71{NBSP}% ") == f"a b 71{NBSP}%"
