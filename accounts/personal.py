"""What the tables of accounts, and those of the libraries below them, know about people."""

from __future__ import annotations

from core.personal import (
    ERASED_ADDRESS,
    PLACEHOLDER,
    PersonalData,
    identity,
    nothing,
    register,
    told,
    typed,
)

_CODE = nothing("a word of our own")
_LIBRARY = nothing("filled by Django from our code")

register(
    PersonalData(
        model="accounts.User",
        noun="accounts",
        account="pk",
        email="email",
        fields={
            "email": identity(ERASED_ADDRESS),
            "name": identity(PLACEHOLDER),
            "password": identity(),
            "time_zone": identity(),
        },
    )
)
register(
    PersonalData(
        model="accounts.Organisation",
        noun="names of the organisation",
        fields={"name": typed(), "time_zone": _CODE, "currency": nothing("a sign of money")},
    )
)
register(
    PersonalData(
        model="accounts.Department",
        noun="names of departments",
        fields={"name": typed(is_key=True)},
    )
)
register(
    PersonalData(
        model="accounts.SignInBucket",
        noun="counts of sign-in attempts",
        fields={"key": nothing("a keyed hash, kept for a day; all are emptied at an erasure")},
    )
)
register(
    PersonalData(
        model="account.EmailAddress",
        noun="addresses of accounts",
        account="user_id",
        email="email",
        rows_go=True,
        fields={"email": identity()},
    )
)
register(
    PersonalData(
        model="account.EmailConfirmation",
        noun="links that confirm an address",
        fields={"key": nothing("random; goes with its address")},
    )
)
register(
    PersonalData(
        model="sessions.Session",
        noun="sessions",
        fields={
            "session_key": nothing("random"),
            "session_data": nothing("signed and packed; core.erasing.forget_sessions reads it"),
        },
    )
)
register(
    PersonalData(
        model="pghistory.Context",
        noun="requests behind changes",
        fields={"metadata": told()},
    )
)
register(
    PersonalData(
        model="contenttypes.ContentType",
        noun="kinds of rows",
        fields={"app_label": _LIBRARY, "model": _LIBRARY},
    )
)
register(
    PersonalData(
        model="auth.Permission",
        noun="permissions",
        fields={"name": _LIBRARY, "codename": _LIBRARY},
    )
)
register(PersonalData(model="auth.Group", noun="groups", fields={"name": _LIBRARY}))
register(PersonalData(model="auth.Group_permissions", noun="permissions of groups", fields={}))
register(
    PersonalData(
        model="accounts.FeedKey",
        noun="addresses of feeds",
        account="user_id",
        fields={"purpose": nothing("a word of our own")},
    )
)
