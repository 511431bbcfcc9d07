"""What health knows about people: names that it copied from metrics and segments."""

from __future__ import annotations

from core.personal import PersonalData, nothing, register, told, typed

register(
    PersonalData(
        model="health.HealthSettings",
        noun="settings of health",
        done_by=("created_by",),
        fields={"values": nothing("numbers and words of our own")},
    )
)
register(
    PersonalData(
        model="health.HealthSnapshot",
        noun="days of health",
        copies=("kpis.Metric", "kpis.SegmentWeight"),
        fields={
            "plan": told(),
            "plan_mark": nothing("a hash"),
            "before": told(),
            "explanation": told(),
            "reason": told(),
        },
    )
)
register(
    PersonalData(
        model="health.Recompute",
        noun="days worked out again",
        done_by=("by",),
        fields={"why": typed()},
    )
)
