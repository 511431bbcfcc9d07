"""Who may describe personas; what hangs on a product uses the policies of the product."""

from __future__ import annotations

from typing import Any

from core.policies import allows, register_policy


def may_edit_personas(user: Any) -> bool:
    """Whoever may set up products: administrators, portfolio leads, product managers."""
    return allows("product.create", user)


register_policy("persona.edit", may_edit_personas)
