"""Personas out of files: what a line may say, what it makes, and how to undo it."""

from personas.services.loading.kind import PERSONAS

__all__ = ["PERSONAS"]
