"""What accounts write, by the rows they leave."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
from django.db import connection, transaction

from accounts import services
from accounts.enums import AccountState, Role
from accounts.models import Organisation, User
from accounts.selectors import organisation, people, ready_demo_people, today
from core.audit import event_model
from core.models import OutboundMail
from tests.factories.accounts import PASSWORD, AdministratorFactory, UserFactory

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_an_invitation_makes_an_account_without_password_and_a_mail_with_a_link():
    ines = AdministratorFactory(name="Ines")
    user = services.invite_user(
        email="Bo@Example.org", name="Bo", role=Role.EMPLOYEE, by=ines, now=NOW
    )
    assert (user.state, user.has_usable_password(), user.invited_at) == (
        AccountState.INVITED,
        False,
        NOW,
    )
    mail = OutboundMail.objects.get()
    assert (mail.kind, mail.recipient) == ("accounts.invitation", "Bo@Example.org")
    assert mail.subject == "Ines invites you to Homegrown"
    assert re.search(rb"/accounts/password/reset/key/", bytes(mail.raw).replace(b"=\r\n", b""))


@pytest.mark.django_db
def test_an_address_has_one_account_whatever_its_case():
    UserFactory(email="bo@example.org")
    with pytest.raises(services.EmailTakenError):
        services.invite_user(
            email="BO@example.org",
            name="Bo",
            role=Role.EMPLOYEE,
            by=AdministratorFactory(),
            now=NOW,
        )
    assert OutboundMail.objects.count() == 0


@pytest.mark.django_db
def test_an_invitation_can_be_sent_again_until_it_is_accepted():
    ines = AdministratorFactory()
    user = services.invite_user(
        email="bo@example.org", name="Bo", role=Role.EMPLOYEE, by=ines, now=NOW
    )
    later = NOW + dt.timedelta(days=4)
    services.resend_invitation(user_id=user.pk, by=ines, now=later)
    user.refresh_from_db()
    assert (user.invited_at, OutboundMail.objects.count()) == (later, 2)
    user.set_password(PASSWORD)
    user.save()
    with pytest.raises(services.NotInvitedError):
        services.resend_invitation(user_id=user.pk, by=ines, now=later)


@pytest.mark.django_db
def test_update_takes_only_the_allowed_fields():
    user = UserFactory(name="Bo", email="bo@example.org")
    services.update_user(
        user_id=user.pk,
        fields={"name": "Bo B.", "email": "evil@example.org", "is_active": False},
        by=AdministratorFactory(),
        now=NOW,
    )
    user.refresh_from_db()
    assert (user.name, user.email, user.is_active) == ("Bo B.", "bo@example.org", True)


@pytest.mark.django_db
def test_a_profile_changes_neither_role_nor_address():
    user = UserFactory()
    services.update_profile(
        fields={"theme": "dark", "role": Role.ADMINISTRATOR, "email": "x@example.org"},
        by=user,
        now=NOW,
    )
    user.refresh_from_db()
    assert (user.theme, user.role) == ("dark", Role.EMPLOYEE)
    assert user.email != "x@example.org"


@pytest.mark.django_db
def test_the_last_administrator_stays_one():
    ines, other = AdministratorFactory(), AdministratorFactory()
    services.deactivate_user(user_id=other.pk, by=ines, now=NOW)
    with pytest.raises(services.LastAdministratorError):
        services.update_user(user_id=ines.pk, fields={"role": Role.EMPLOYEE}, by=ines, now=NOW)
    with pytest.raises(services.LastAdministratorError):
        services.deactivate_user(user_id=ines.pk, by=other, now=NOW)
    ines.refresh_from_db()
    assert ines.is_administrator


@pytest.mark.django_db
def test_nobody_deactivates_themselves():
    ines = AdministratorFactory()
    AdministratorFactory()
    with pytest.raises(services.OwnAccountError):
        services.deactivate_user(user_id=ines.pk, by=ines, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_can_not_deactivate_each_other_at_once():
    pair = [AdministratorFactory(), AdministratorFactory()]
    barrier = threading.Barrier(2)

    def deactivate(me: User, other: User) -> None:
        try:
            barrier.wait(timeout=10)
            services.deactivate_user(user_id=other.pk, by=me, now=NOW)
        except services.LastAdministratorError:
            pass
        finally:
            connection.close()

    threads = [
        threading.Thread(target=deactivate, args=(pair[0], pair[1])),
        threading.Thread(target=deactivate, args=(pair[1], pair[0])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert User.objects.administrators().count() == 1


@pytest.mark.django_db
def test_deactivation_and_reactivation_leave_their_marks():
    ines, bo = AdministratorFactory(), UserFactory()
    services.deactivate_user(user_id=bo.pk, by=ines, now=NOW)
    bo.refresh_from_db()
    assert (bo.is_active, bo.deactivated_at, bo.session_epoch) == (False, NOW, 1)
    assert bo.state == AccountState.DEACTIVATED
    services.reactivate_user(user_id=bo.pk, by=ines, now=NOW)
    bo.refresh_from_db()
    assert (bo.is_active, bo.deactivated_at, bo.session_epoch) == (True, None, 1)


@pytest.mark.django_db
def test_a_password_never_enters_the_history():
    user = UserFactory(password=PASSWORD)
    user.set_password("another long password")
    user.save()
    columns = {field.name for field in event_model(User)._meta.get_fields()}
    assert columns.isdisjoint({"password", "last_login"})
    assert event_model(User).objects.filter(pgh_obj_id=user.pk).count() == 1


@pytest.mark.django_db
def test_demo_people_are_made_once_and_leave_when_somebody_real_can_sign_in():
    services.create_demo_people(NOW)
    services.create_demo_people(NOW)
    assert User.objects.filter(is_demo=True).count() == 12
    assert [person.name for person, _ in ready_demo_people()] == [
        "Dana Reyes",
        "Omar Haddad",
        "Kofi Mensah",
        "Eva Lindqvist",
        "Ines Fischer",
    ]
    assert User.objects.administrators().count() == 1
    AdministratorFactory()  # invited, but can't sign in yet
    services.remove_demo_people()
    assert User.objects.filter(is_demo=True).count() == 12
    AdministratorFactory(password=PASSWORD)
    services.remove_demo_people()
    assert User.objects.filter(is_demo=True).count() == 0


@pytest.mark.django_db
def test_people_are_found_by_name_and_address_and_state():
    anna = UserFactory(name="Anna Berg", email="a.berg@example.org", password=PASSWORD)
    bo = UserFactory(name="bo", email="bo@example.org", invited_at=NOW)
    cleo = UserFactory(name="Cleo", email="cleo@example.org", is_active=False)
    assert list(people()) == [anna, bo, cleo]
    assert list(people("BERG")) == [anna]
    assert list(people("example.org", AccountState.INVITED)) == [bo]
    assert list(people(state=AccountState.ACTIVE)) == [anna]
    assert list(people(state=AccountState.DEACTIVATED)) == [cleo]
    assert list(people(state="nonsense")) == [anna, bo, cleo]


@pytest.mark.django_db
def test_the_organisation_counts_its_own_days():
    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "Pacific/Auckland"})
    late = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
    assert today(late) == dt.date(2026, 11, 22)


@pytest.mark.django_db
def test_without_its_row_the_organisation_is_as_out_of_the_box():
    Organisation.objects.all().delete()
    assert (organisation().time_zone, organisation().days_ahead) == ("UTC", 0)


@pytest.mark.django_db
def test_there_is_one_organisation_only():
    with pytest.raises(Exception, match="accounts_organisation_one_row"), transaction.atomic():
        Organisation.objects.create(pk=2)
