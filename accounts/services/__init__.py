"""Every write of accounts."""

from accounts.services.allowances import Allowance, Bucket, take_tokens
from accounts.services.departments import department_named, remove_unused
from accounts.services.organisation import (
    OrganisationRefused,
    change_organisation,
    day_words,
    with_values,
)
from accounts.services.people import (
    EmailTakenError,
    LastAdministratorError,
    NotInvitedError,
    OwnAccountError,
    anonymise_user,
    create_administrator,
    create_demo_people,
    deactivate_user,
    invite_user,
    password_link,
    reactivate_user,
    remove_demo_people,
    resend_invitation,
    sign_out_everywhere,
    update_profile,
    update_user,
)
from accounts.services.sign_in_limits import (
    forget_sign_in_tries,
    give_back_sign_in_token,
    take_sign_in_token,
)

__all__ = [
    "Allowance",
    "Bucket",
    "EmailTakenError",
    "LastAdministratorError",
    "NotInvitedError",
    "OrganisationRefused",
    "OwnAccountError",
    "anonymise_user",
    "change_organisation",
    "create_administrator",
    "create_demo_people",
    "day_words",
    "deactivate_user",
    "department_named",
    "forget_sign_in_tries",
    "give_back_sign_in_token",
    "invite_user",
    "password_link",
    "reactivate_user",
    "remove_demo_people",
    "remove_unused",
    "resend_invitation",
    "sign_out_everywhere",
    "take_sign_in_token",
    "take_tokens",
    "update_profile",
    "update_user",
    "with_values",
]
