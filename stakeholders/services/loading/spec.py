"""What a file may say about a person: the fields of a mapping's `[person]`."""

from __future__ import annotations

from imports.rules.mapping import FieldSpec, Spec

PERSON_FIELDS = (
    FieldSpec(
        "email",
        "E-mail",
        is_required=True,
        names=("email", "e-mail address", "mail", "mail address", "address"),
        help="It tells people apart.",
    ),
    FieldSpec("name", "Name", names=("name", "full name", "person", "stakeholder", "employee")),
    FieldSpec("role", "Role", names=("role", "title", "job title", "position", "job")),
    FieldSpec(
        "department",
        "Department",
        names=("department", "unit", "division", "business unit", "cost centre"),
    ),
    FieldSpec(
        "audience",
        "Reads best",
        names=("audience", "reads best"),
        help="business, technical, executive",
    ),
    FieldSpec(
        "time_zone", "Time zone", names=("time zone", "timezone", "tz"), help="Europe/Zurich"
    ),
    FieldSpec("locale", "Language", names=("locale", "language"), help="de, en-gb"),
)

PEOPLE_SPEC = Spec(subject="person", fields=PERSON_FIELDS)
