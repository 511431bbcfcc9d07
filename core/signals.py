"""What core tells the floors above, which it doesn't know."""

from __future__ import annotations

from django.dispatch import Signal

# A mail came back for good, or its reader complained about it. Sent in the transaction that keeps
# it, perhaps more than once, with `mail_id: int`, `recipient: str`, `why: str` (one line, for
# operators) and `is_complaint: bool`.
mail_bounced = Signal()

# Mails are about to be deleted because somebody in them is erased. Sent in that transaction, before
# they go, with `mail_ids: set[int]`.
mails_erased = Signal()
