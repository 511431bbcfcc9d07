"""What portfolio tells the apps above it."""

from django.dispatch import Signal

products_stale = Signal()
"""Sent once a call of `services.mark_stale_many`, inside its transaction, with `product_ids`.

A nudge, never the work: the marks themselves are rows, so a lost signal loses nothing.
"""
