"""People out of files: what a line may say, who it is about, and how to undo it."""

from stakeholders.services.loading.kind import PEOPLE

__all__ = ["PEOPLE"]
