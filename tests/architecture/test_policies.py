"""Every route has a policy, every policy a route, every key somebody who answers for it."""

from __future__ import annotations

from core.policies import policy_problems


def test_the_table_of_policies_is_complete_and_has_no_dead_entry() -> None:
    assert [problem.msg for problem in policy_problems()] == []
