"""System checks of core."""

from __future__ import annotations

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, register

from core.policies import policy_problems


@register("policies")
def check_policies(**options: Any) -> list[CheckMessage]:
    """Every route has a policy, every policy has a route, every key has its predicate."""
    return [
        checks.Warning(problem.msg, hint=problem.hint, id=problem.id)
        for problem in policy_problems()
        if problem.id != "core.E002"
    ]
