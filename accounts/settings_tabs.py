"""The tabs of the settings pages: upper apps bring theirs, so that all stand side by side."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from core.registry import Registry


@dataclass(frozen=True, slots=True)
class SettingsTab:
    """A page on which administrators decide something for the whole organisation.

    `history_url_name` leads to its earlier settings, where it has a page of them.
    """

    key: str
    label: str
    url_name: str
    order: int
    history_url_name: str = ""


@dataclass(frozen=True, slots=True)
class TabLink:
    """A tab as a page shows it."""

    label: str
    url: str
    is_current: bool


_tabs = Registry[SettingsTab]("tabs of settings")
register = _tabs.register


def tab_links(current: str) -> list[TabLink]:
    """All tabs in order; `current` is the key of the one that is open."""
    return [TabLink(tab.label, reverse(tab.url_name), tab.key == current) for tab in _tabs]


def history_links() -> list[TabLink]:
    """Where settings of upper apps tell what they were before."""
    return [
        TabLink(tab.label, reverse(tab.history_url_name), is_current=False)
        for tab in _tabs
        if tab.history_url_name
    ]
