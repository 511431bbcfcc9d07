"""Who may import, and who sees an import.

Kinds say themselves who may use them; what a person may change inside is looked at by the kind's
load, value by value. Whose import it is, `ImportRunQuerySet.visible_to` decides: the rest is a 404.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rules

from accounts.policies import SignedInRequest
from core.policies import register_policy
from imports.kinds import kinds

if TYPE_CHECKING:
    from accounts.models import User
    from imports.models import ImportRun, SavedMapping


class ImportRequest(SignedInRequest):
    """Behind an `import_run.…` policy: the import of the address."""

    import_run: ImportRun


class MappingRequest(SignedInRequest):
    """Behind a `mapping.…` policy: the saved mapping of the address."""

    mapping: SavedMapping


@rules.predicate
def may_import_something(user: User) -> bool:
    """Whoever may use at least one kind."""
    if not user.is_authenticated or not user.is_active:
        return False
    return any(kind.may_use(user) for kind in kinds())


@rules.predicate
def made(user: User, mapping: Any) -> bool:
    """Who made the mapping, and administrators."""
    return mapping is not None and (user.is_administrator or mapping.created_by_id == user.pk)


@rules.predicate
def sees(user: User, run: Any) -> bool:
    """Whoever the loader found the import for."""
    return run is not None and user.is_active


register_policy("import.use", may_import_something)
register_policy("import_run.view", sees)
register_policy("mapping.view", may_import_something)
register_policy("mapping.edit", may_import_something & made)
