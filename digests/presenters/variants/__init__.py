"""One page for each communication plan (domain.md §6)."""
