"""What stakeholders knows about people: who they are, and everything on maps."""

from __future__ import annotations

from core.personal import (
    ERASED_ADDRESS,
    PLACEHOLDER,
    PersonalData,
    about,
    identity,
    nothing,
    register,
)

_CODE = nothing("a word of our own")

register(
    PersonalData(
        model="stakeholders.Person",
        noun="people",
        person="pk",
        email="email",
        fields={
            "name": identity(PLACEHOLDER),
            "email": identity(ERASED_ADDRESS),
            "role": about(),
            "department_id": identity(None),
            "user_id": identity(None),
            "time_zone": identity(),
            "locale": identity(),
        },
    )
)
register(
    PersonalData(
        model="stakeholders.PersonMerge",
        noun="merges",
        person="kept_id",
        done_by=("by",),
        fields={"moved": identity({})},  # facts that went over, among keys
    )
)
register(
    PersonalData(
        model="stakeholders.Placement",
        noun="places on maps",
        person="person_id",
        is_confidential=True,
        fields={"note": about(), "pin_reason": about(), "plan_reason": about()},
    )
)
register(
    PersonalData(
        model="stakeholders.Move",
        noun="moves on maps",
        person="person_id",
        done_by=("by",),
        is_confidential=True,
        fields={"why": about()},
    )
)
register(
    PersonalData(
        model="stakeholders.Touchpoint",
        noun="contacts",
        person="person_id",
        done_by=("by",),
        is_confidential=True,
        fields={"note": about()},
    )
)
register(
    PersonalData(
        model="stakeholders.Snooze",
        noun="snoozes",
        person="person_id",
        done_by=("by",),
        is_confidential=True,
        fields={"reason": about()},
    )
)
register(
    PersonalData(
        model="stakeholders.SuggestionAnswer",
        noun="answers to suggestions",
        person="person_id",
        done_by=("by",),
        is_confidential=True,
        fields={"reason": about()},
    )
)
register(
    PersonalData(
        model="stakeholders.ConfidentialRead",
        noun="readings by administrators",
        person="person_id",
        account="user_id",
        fields={"user_label": identity(PLACEHOLDER), "what": _CODE},
    )
)
