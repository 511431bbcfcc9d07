"""How long an experiment may go on (features.md O8)."""

from __future__ import annotations

MOST_EXTENSIONS = 2
"""So often its end may be put off."""
