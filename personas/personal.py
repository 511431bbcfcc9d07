"""What personas know about people: texts in which somebody may be named, and champions."""

from __future__ import annotations

from core.personal import PersonalData, register, typed

register(
    PersonalData(
        model="personas.Persona",
        noun="personas",
        account="champion_id",
        fields={
            "name": typed(is_key=True),
            "tagline": typed(),
            "pains": typed(),
            "critical_moment": typed(),
            "world_without": typed(),
        },
    )
)
register(PersonalData(model="personas.PersonaHeadCount", noun="head-counts", fields={}))
register(
    PersonalData(
        model="personas.Goal",
        noun="goals of personas",
        fields={"when": typed(), "want": typed(), "so_that": typed()},
    )
)
register(PersonalData(model="personas.Task", noun="tasks of personas", fields={"name": typed()}))
register(
    PersonalData(
        model="personas.PersonaEvidence",
        noun="evidence for personas",
        fields={"what": typed(), "source": typed()},
    )
)
register(
    PersonalData(
        model="personas.Audience", noun="evidence of audiences", fields={"evidence": typed()}
    )
)
register(PersonalData(model="personas.AudienceCount", noun="head-counts", fields={}))
register(PersonalData(model="personas.Fit", noun="evidence of fit", fields={"evidence": typed()}))
for _what in ("SharedPersonaDismissal", "DuplicateDismissal"):
    register(
        PersonalData(
            model=f"personas.{_what}",
            noun="dismissed overlaps",
            done_by=("by",),
            fields={"reason": typed()},
        )
    )
register(PersonalData(model="personas.ReleasePersona", noun="personas of releases", fields={}))
