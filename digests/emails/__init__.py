"""A reader's mail of the week: the blocks that all readers share, and what is theirs, as MIME."""

from digests.emails.writing import write_letter

__all__ = ["write_letter"]
