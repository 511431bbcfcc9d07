"""The demo company: what it builds, what became of it lately, what it waits for and fears."""

from __future__ import annotations

import datetime as dt

from portfolio.demo.company import remove, seed_company
from portfolio.demo.needed import seed_needed
from portfolio.demo.releases import seed_releases

__all__ = ["remove", "seed"]


def seed(now: dt.datetime) -> None:
    """Creates the company; does nothing where it stands already."""
    seed_company(now)
    seed_releases(now)
    seed_needed(now)
