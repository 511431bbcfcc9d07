"""System checks of core."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from core.mail.probes import configured_probe
from core.policies import policy_problems


@register("policies")
def check_policies(**options: Any) -> list[CheckMessage]:
    """Every route has a policy, every policy has a route, every key has its predicate."""
    return policy_problems()


@register("mail")
def check_mail(**options: Any) -> list[CheckMessage]:
    """The receipt probe is one that somebody has registered."""
    try:
        configured_probe()
    except ValueError as error:
        return [Error(str(error), hint="See docs/operations.md, Mail.", id="core.E010")]
    return []
