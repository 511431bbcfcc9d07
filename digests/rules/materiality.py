"""Whether a KPI moved so much in a week that it is worth a mail (domain.md §6)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

# So many weekly changes before this one say how much a KPI moves anyhow; fewer than four say
# nothing.
EARLIER_WEEKS = 8
ENOUGH = 4
# Of numbers that vary normally, the MAD times this is the standard deviation.
_DEVIATION = 1.4826
_SPREADS = 2
_SHARE, _SHARE_WITHOUT_HISTORY = 0.05, 0.1
# Two readings of one level differ by so little when they are added in another order.
_NOISE = 1e-9


def weekly_change(now: float | None, before: float | None) -> float | None:
    """Δ = v(D) − v(D−7); None where one of them is not known, 0 for the noise of adding."""
    if now is None or before is None:
        return None
    return 0.0 if math.isclose(now, before, rel_tol=_NOISE) else now - before


def is_material_move(
    delta: float | None,
    earlier_deltas: Sequence[float | None],
    way: float | None,
    hold_band: float | None = None,
) -> bool:
    """Whether |Δ| > max(2 × 1.4826 × MAD, 5 % of `way`).

    `earlier_deltas` are the 8 weekly changes before this one, None where there is none; with fewer
    than 4 of them 10 % of `way` alone decides. `way` is |target − baseline|, None for an untargeted
    KPI, for which the MAD part alone decides: with fewer than 4 changes before, its move is never
    material, as nothing says how much it moves anyhow. A KPI to hold has its `hold_band` in place
    of `way`.
    """
    if delta is None:
        return False
    known = [one for one in earlier_deltas if one is not None]
    reach = way if hold_band is None else hold_band
    bound = _bound(known, reach)
    return bound is not None and _exceeds(abs(delta), bound)


def _bound(known: Sequence[float], reach: float | None) -> float | None:
    if len(known) < ENOUGH:
        return None if reach is None else _SHARE_WITHOUT_HISTORY * reach
    usual = _SPREADS * _DEVIATION * spread(known)
    return usual if reach is None else max(usual, _SHARE * reach)


def spread(values: Sequence[float]) -> float:
    """MAD = median |x − median|."""
    middle = median(values)
    return median(abs(one - middle) for one in values)


def _exceeds(size: float, bound: float) -> bool:
    """More, not merely the same: 71.1 − 70.1 is a hair more than 1."""
    return size > bound and not math.isclose(size, bound, rel_tol=_NOISE)
