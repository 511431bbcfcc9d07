"""A product's history, merged from all sources, in pages that tear nothing apart."""

from __future__ import annotations

import datetime as dt

import pytest

from core import history
from core.history import Change, HistoryEntry, HistorySource, history_page, register, sources

START = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def fill(monkeypatch):
    """Replace the sources by lists of minutes after nine."""
    monkeypatch.setattr(history._sources, "entries", {})

    def make(key: str, minutes: list[int]) -> None:
        entries = [
            HistoryEntry(START + dt.timedelta(minutes=minute), "Ines", "noted", f"{key}{minute}")
            for minute in sorted(minutes, reverse=True)
        ]

        def fetch(product, user, before, limit):
            return [entry for entry in entries if before is None or entry.at < before][:limit]

        register(HistorySource(key, key, fetch))

    return make


def all_pages(limit: int) -> list[list[str]]:
    pages, before = [], None
    while True:
        page = history_page("product", "user", before=before, limit=limit)
        pages.append([entry.subject for entry in page.entries])
        if page.older is None:
            return pages
        before = page.older


def test_sources_are_merged_newest_first(fill):
    fill("a", [1, 3, 5])
    fill("b", [2, 4])
    assert all_pages(10) == [["a5", "b4", "a3", "b2", "a1"]]


def test_pages_show_everything_once(fill):
    fill("a", list(range(0, 20, 2)))
    fill("b", list(range(1, 20, 3)))
    pages = all_pages(4)
    flat = [subject for page in pages for subject in page]
    assert len(flat) == len(set(flat)) == 17


def test_what_one_transaction_changed_stays_on_one_page(fill):
    fill("a", [1, 5])
    fill("b", [5, 5, 5])
    assert all_pages(2) == [["a5", "b5", "b5", "b5"], ["a1"]]


def test_no_source_no_history(fill):
    assert all_pages(5) == [[]]


def test_a_key_belongs_to_one_source(fill):
    fill("a", [1])
    with pytest.raises(ValueError, match="'a'"):
        fill("a", [1])
    assert [source.key for source in sources()] == ["a"]


def test_a_change_of_nothing_is_not_told(fill):
    fill("a", [1])
    silent = HistoryEntry(START, "Ines", "changed", "silent")
    told = HistoryEntry(START, "Ines", "changed", "told", (Change("name", "x", "y"),))
    register(HistorySource("b", "b", lambda *_: [told, silent]))
    assert all_pages(10) == [["a1", "told"]]
