"""The sentences that the board, the product page and the digest say about a score."""

from __future__ import annotations

from collections.abc import Sequence

from health.rules.plans import ProductPlan
from health.rules.product import Health, Line, Part
from health.rules.settings import Settings, Status
from kpis.rules import Direction, Group
from portfolio.rules import Choice

_MINUS = "−"


def sentence(line: Line) -> str:
    """What one KPI costs: "eNPS is 22 points behind plan: −9"."""
    return f"{standing(line)}: {loss(line)}"


def standing(line: Line) -> str:
    """How one KPI stands: "eNPS is 22 points behind plan"."""
    return f"{line.name or line.code} is {against_plan(line)}"


def loss(line: Line) -> str:
    """Points lost, in whole numbers where there is one: "−9", "−0.4"."""
    whole = _whole(line.lost)
    if whole != "0":
        return f"{_MINUS}{whole}"
    tenth = f"{line.lost:.1f}"
    return f"{_MINUS}{tenth}" if tenth != "0.0" else "under −0.1"


def against_plan(line: Line) -> str:
    """A KPI against its plan in words; for a hold against the level it has to keep."""
    if line.points is None:
        return "not held to a target" if line.part == Part.UNTARGETED else "not measured yet"
    if line.gap is not None:
        return _against_level(line, line.gap)
    behind = 100 - line.points
    if round(behind, 9) <= 0:
        done, expected = line.progress or 0.0, line.expected or 0.0
        return "ahead of plan" if round(done - expected, 2) > 0 else "on plan"
    whole = _whole(behind)
    if whole == "0":
        return "less than 1 point behind plan"
    return f"{whole} {'point' if whole == '1' else 'points'} behind plan"


def _against_level(line: Line, gap: float) -> str:
    if gap <= 0:
        return "at the level to hold"
    side = {Direction.UP.value: "below", Direction.DOWN.value: "above"}.get(line.direction, "off")
    return f"{_figure(gap)} {side} the level to hold"


def cap_sentence(health: Health) -> str:
    """Which guardrail holds the status down: "Held at “at risk” by guardrail: Error rate"."""
    if health.cap is None:
        return ""
    names = {line.kpi_id: line.name or line.code for line in health.lines}
    word = health.cap.status.value.replace("_", " ")
    return f"Held at “{word}” by guardrail: {names.get(health.cap.kpi_id, health.cap.code)}"


def why_unknown(health: Health, plan: ProductPlan, settings: Settings) -> str:
    """Why a product's health is not known, in one sentence."""
    if health.status != Status.UNKNOWN:
        return ""
    measured = [line for line in health.lines if line.part == Part.SCORED]
    if not measured:
        return _nothing_scored(health.lines)
    living = [line for line in measured if not line.is_dead]
    if not living:
        return "Every figure is too old"
    if all(line.group == Group.ADOPTION for line in living) and _is_forced(living, settings):
        mandated = plan.choice == Choice.MANDATED
        return "Only use is measured, and it " + ("is mandated" if mandated else "says little")
    if health.missing_groups:
        return f"Nobody measures {_list(health.missing_groups)}"
    return "Too little of what should be known is measured"


def _nothing_scored(lines: Sequence[Line]) -> str:
    parts = {line.part for line in lines}
    if not parts:
        return "No KPI yet"
    if Part.NO_VALUE in parts:
        return "Nothing is measured yet"
    return "Every KPI is exempt" if parts == {Part.EXEMPT} else "No KPI has a baseline and a target"


def _is_forced(lines: Sequence[Line], settings: Settings) -> bool:
    return all(round(line.signal, 9) <= settings.no_signal_up_to for line in lines)


def _list(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _whole(value: float) -> str:
    """In whole numbers, halves upwards."""
    return f"{int(value + 0.5):,}"


def _figure(value: float) -> str:
    """A distance in the KPI's own unit: 3.1, 12, 0.04."""
    if value >= 100:
        return _whole(value)
    digits = 1 if value >= 1 else 2
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return text if text != "0" else "a hair"
