"""What a digest says, to whom, when: pure rules over plain values (domain.md §6)."""

from digests.rules.kinds import ItemKind, Length

__all__ = ["ItemKind", "Length"]
