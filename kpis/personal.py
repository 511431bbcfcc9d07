"""What KPIs and figures know about people: names of things, notes, who entered what."""

from __future__ import annotations

from core.personal import PersonalData, nothing, register, told, typed

_SEGMENT = "kpis.segment"

register(
    PersonalData(
        model="kpis.Metric",
        noun="metrics",
        fields={
            "code": typed(is_key=True),
            "name": typed(),
            "unit": typed(),
            "definition": typed(),
        },
    )
)
register(
    PersonalData(model="kpis.Kpi", noun="KPIs", account="owner_id", fields={"if_it_drops": typed()})
)
register(
    PersonalData(
        model="kpis.SegmentWeight",
        noun="weights of segments",
        fields={"segment": typed(is_key=True, group=_SEGMENT)},
    )
)
register(
    PersonalData(
        model="kpis.Exemption",
        noun="exemptions",
        done_by=("approver", "asked_by"),
        fields={"reason": typed(), "answer": typed()},
    )
)
register(
    PersonalData(
        model="kpis.Annotation",
        noun="annotations of charts",
        done_by=("by",),
        fields={"text": typed()},
    )
)
register(
    PersonalData(
        model="kpis.KpiReview", noun="reviews of KPIs", done_by=("by",), fields={"note": typed()}
    )
)
register(
    PersonalData(
        model="kpis.Measurement",
        noun="figures",
        done_by=("entered_by",),
        fields={"segment": typed(is_key=True, group=_SEGMENT), "note": typed()},
    )
)
register(
    PersonalData(
        model="kpis.MeasurementChange",
        noun="former figures",
        done_by=("actor_id",),
        is_log=True,
        fields={
            "segment": told(),
            "operation": nothing("a word of our own"),
            "before": told(),
            "after": told(),
            "database_user": nothing("a role of PostgreSQL"),
        },
    )
)
register(PersonalData(model="kpis.WithdrawnKpi", noun="withdrawn KPIs", fields={}))
