"""What requests and opportunities amount to (domain.md §5).

Nothing here knows Django, the clock or the database.
"""

from intake.rules.words import Decision, Frequency, Outcome, Status

__all__ = ["Decision", "Frequency", "Outcome", "Status"]
