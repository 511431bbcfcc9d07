"""The order-taker ratio and the off-mission share as the team's board says them."""

from __future__ import annotations

from core.formats import share
from intake.rules.orders import DAYS, Orders


def orders_lines(found: Orders) -> list[tuple[str, bool]]:
    """Each sentence, and whether it is a warning; none where nothing shipped."""
    if found.ratio is None:
        return []
    to_order = f"{share(found.ratio)} ({found.to_order} of {found.shipped})"
    lines = [(f"Shipped to order in {DAYS} days: {to_order}", found.is_amber)]
    if found.is_drifting:
        lines.append((f"Off the mission: {share(found.off_mission_share)}", True))
    return lines
