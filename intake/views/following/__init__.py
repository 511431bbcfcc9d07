"""The page that says what became of a request, and what those behind it can do there."""
