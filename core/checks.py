"""System checks of core."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from core.policies import policy_problems


@register("policies")
def check_policies(**options: Any) -> list[CheckMessage]:
    """Every route has a policy, every policy has a route, every key has its predicate."""
    return policy_problems()
