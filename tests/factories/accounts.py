"""People for tests: signed in by `force_login`, without a usable password unless given one."""

from __future__ import annotations

import time

import factory
from django.test import Client
from factory.django import DjangoModelFactory

from accounts.enums import Role
from accounts.models import User

PASSWORD = "correct horse battery staple"


def confirm(client: Client) -> None:
    """As if who is signed in had just typed the password again (accounts/confirming.py); it holds
    for a day, for walks take their time.
    """
    session = client.session
    record = {"method": "password", "at": time.time() + 86400, "reauthenticated": True}
    session["account_authentication_methods"] = [record]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


class UserFactory(DjangoModelFactory):
    """An employee. `UserFactory(password=PASSWORD)` can sign in by the form."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person-{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    role = Role.EMPLOYEE

    @classmethod
    def _create(cls, model_class, *args, password=None, **kwargs):
        user = model_class(*args, **kwargs)
        user.set_password(password)
        user.save(force_insert=True)
        return user


class AdministratorFactory(UserFactory):
    """Somebody who may do everything."""

    email = factory.Sequence(lambda n: f"administrator-{n}@example.org")
    name = factory.Sequence(lambda n: f"Administrator {n}")
    role = Role.ADMINISTRATOR
