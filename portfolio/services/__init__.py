"""Every write of the portfolio app: verb first, keyword-only, atomic, told by whom and when."""

from portfolio.services.stale import mark_stale_many

__all__ = ["mark_stale_many"]
