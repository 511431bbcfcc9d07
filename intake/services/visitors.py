"""Who asks, joins or books: somebody with an account, or a guest with a name and an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import Department, User


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person as they are written down: `user` is their account, None for a guest."""

    user: User | None
    name: str
    email: str
    department: Department | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """What a row about them keeps."""
        return {"user": self.user, "name": self.name, "email": self.email}


def visitor_of(user: User, department: Department | None = None) -> Visitor:
    """Somebody with an account."""
    return Visitor(user=user, name=user.name, email=user.email, department=department)
