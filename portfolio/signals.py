"""What portfolio tells the apps above it."""

from django.dispatch import Signal

products_stale = Signal()
"""Sent once a call of `services.mark_stale_many`, inside its transaction, with `product_ids`.

A nudge, never the work: the marks themselves are rows, so a lost signal loses nothing.
"""

release_published = Signal()
"""Sent when a release note is published, or a published one has changed, inside the transaction,
with `release_id`.

A nudge as well: that the note is published is a row.
"""

release_deleted = Signal()
"""Sent when a release note is deleted for good, inside the transaction, with `release_id`."""
