"""What is deleted goes from the drafts that would have told of it."""

from __future__ import annotations

from django.db import transaction

from digests.models import IssueItem


@transaction.atomic
def take_back(*, release_id: int) -> None:
    """Drop the note from every issue that has not gone out; what went out stays as it went."""
    IssueItem.objects.filter(key=f"release:{release_id}", issue__locked_at=None).delete()
