"""The history of a product as its page shows it: with what can be taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from core.history import CHANGED, RESTORE_DAYS, HistoryEntry, Preview, may_come_back
from portfolio.models import Product
from portfolio.presenters.product import product_crumbs

WHOLE = ""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """An entry, and where each of its fields, or (under "") the whole record, is restored."""

    entry: HistoryEntry
    ways_back: dict[str, str]


def history_lines(
    product: Product, entries: Iterable[HistoryEntry], now: dt.datetime
) -> list[HistoryLine]:
    """The entries, each with its ways back."""
    return [HistoryLine(entry, _ways_back(product, entry, now)) for entry in entries]


def _ways_back(product: Product, entry: HistoryEntry, now: dt.datetime) -> dict[str, str]:
    can, fields = may_come_back(entry, now)
    if not can:
        return {}
    address = restore_address(product, entry.origin, entry.key)
    return {WHOLE: address, **{name: f"{address}?{urlencode({'field': name})}" for name in fields}}


def restore_address(product: Product, source: str, key: str, seen: str = "") -> str:
    """The page that takes an entry back; with `seen` posting to it does so at once."""
    address = reverse("portfolio:history_restore", args=[product.slug, source, key])
    return f"{address}?{urlencode({'seen': seen})}" if seen else address


def restore_crumbs(product: Product, history_url: str) -> list[tuple[str, str]]:
    """The way from the catalogue to a page that takes an entry back."""
    *way, last = product_crumbs(product, "Restore")
    return [*way, ("History", history_url), last]


@dataclass(frozen=True, slots=True)
class RestorePage:
    """The words of the page on which an entry is taken back."""

    title: str
    lede: str
    confirm: str
    is_danger: bool
    days: int = RESTORE_DAYS


def restore_page(preview: Preview, field: str) -> RestorePage:
    """What the page says, by what the entry tells."""
    entry = preview.entry
    subject = entry.subject
    if entry.what == "removed":
        return RestorePage(f"Restore {subject}", "It comes back as it was.", "Restore it", False)
    if entry.what == "added":
        return RestorePage(
            f"Take back {subject}", "It was added, and goes again.", "Take it back", True
        )
    if field:
        label = next((one.label for one in preview.fields if one.name == field), "one field")
        return RestorePage(
            f"Restore {label} of {subject}",
            "What stood there before this change stands there again.",
            f"Restore {label}",
            False,
        )
    return RestorePage(
        f"Restore {subject}",
        "Every field below gets back what stood there before this change.",
        "Restore all of it",
        False,
    )


def restored_words(preview: Preview) -> str:
    """What the toast says."""
    if preview.entry.what == CHANGED and len(preview.coming) == 1:
        return f"{preview.coming[0].label.capitalize()} of {preview.entry.subject} is restored."
    if preview.entry.what == "added":
        return f"{_first(preview.entry.subject)} is taken back."
    return f"{_first(preview.entry.subject)} is restored."


def _first(words: str) -> str:
    return words[:1].upper() + words[1:]
