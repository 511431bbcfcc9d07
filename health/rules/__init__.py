"""The formula of health (domain.md §4), once, over plain values.

Nothing here knows Django, the clock or the database. `settings` holds what may be changed, `plans`
what a product is held to, `values` how measurements become a current value, `kpi` and `product` the
formula itself, `words` its sentences.
"""

from health.rules.flags import (
    MANY_DEPENDANTS,
    hides_dissatisfaction,
    is_bottleneck,
    stale_lines,
)
from health.rules.kpi import (
    AudienceUse,
    EarnedAdoption,
    Score,
    adoption_signal,
    earned_adoption,
    expected_progress,
    freshness,
    hold_band,
    hold_gap,
    hold_points,
    is_hold,
    kpi_score,
    progress,
    signal,
)
from health.rules.plans import Audience, KpiPlan, ProductPlan, by_code
from health.rules.product import (
    RETIRED,
    Cap,
    Health,
    Line,
    Part,
    score_product,
    status_of,
    trend,
)
from health.rules.settings import Settings, Status, default_factors, problems
from health.rules.values import (
    DayValue,
    KpiFact,
    Measured,
    Series,
    Window,
    current_value,
    day_values,
    tame,
)
from health.rules.words import against_plan, cap_sentence, loss, sentence, standing, why_unknown

__all__ = [
    "MANY_DEPENDANTS",
    "RETIRED",
    "Audience",
    "AudienceUse",
    "Cap",
    "DayValue",
    "EarnedAdoption",
    "Health",
    "KpiFact",
    "KpiPlan",
    "Line",
    "Measured",
    "Part",
    "ProductPlan",
    "Score",
    "Series",
    "Settings",
    "Status",
    "Window",
    "adoption_signal",
    "against_plan",
    "by_code",
    "cap_sentence",
    "current_value",
    "day_values",
    "default_factors",
    "earned_adoption",
    "expected_progress",
    "freshness",
    "hides_dissatisfaction",
    "hold_band",
    "hold_gap",
    "hold_points",
    "is_bottleneck",
    "is_hold",
    "kpi_score",
    "loss",
    "problems",
    "progress",
    "score_product",
    "sentence",
    "signal",
    "stale_lines",
    "standing",
    "status_of",
    "tame",
    "trend",
    "why_unknown",
]
