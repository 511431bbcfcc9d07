"""What the log of what happened knows about people."""

from __future__ import annotations

from core.personal import PLACEHOLDER, PersonalData, identity, nothing, register, told

_CODE = nothing("a word of our own")

register(
    PersonalData(
        model="activity.Event",
        noun="lines of activity",
        account="actor_id",
        fields={
            "actor_label": identity(PLACEHOLDER),
            "verb": _CODE,
            "subject_type": _CODE,
            "subject_id": nothing("a key"),
            "subject_label": told(),
            "data": told(),
        },
    )
)
