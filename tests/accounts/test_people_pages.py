"""Pages of people: invited, found, changed, deactivated, by what is seen and what becomes of it."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts import holdings
from accounts.holdings import Holding, HoldingSource
from accounts.models import User
from accounts.services import invite_user
from core.models import OutboundMail
from tests.accounts.browsers import NOW, link_in, signed_in
from tests.factories.accounts import PASSWORD, AdministratorFactory, UserFactory


@pytest.mark.django_db
def test_inviting_somebody_ends_with_them_signed_in(client, ines):
    response = client.post(
        "/people/invite/", {"name": "Bo", "email": "bo@example.org", "role": "employee"}
    )
    assert response.headers["Location"] == "/people/"
    client.logout()
    form = client.get(link_in(OutboundMail.objects.get()), follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "a whole new password"})
    assert signed_in(client)
    assert User.objects.get(email="bo@example.org").state == "active"


def test_an_address_that_is_taken_is_an_error_beside_the_field(client, ines):
    UserFactory(email="bo@example.org")
    response = client.post(
        "/people/invite/", {"name": "Bo", "email": "BO@example.org", "role": "employee"}
    )
    assert response.status_code == 422
    assert "already an account with this e-mail address" in response.content.decode()
    assert OutboundMail.objects.count() == 0


def test_an_incomplete_invitation_keeps_what_was_typed(client, ines):
    response = client.post("/people/invite/", {"name": "Bo\x00", "email": "", "role": "king"})
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
    assert 'value="Bo' in response.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    client, ines, number, django_assert_max_num_queries
):
    UserFactory.create_batch(number)
    client.get("/people/")
    with django_assert_max_num_queries(4):
        assert client.get("/people/").status_code == 200


def test_the_list_is_searched_and_filtered_in_the_address(client, ines):
    UserFactory(name="Anna Berg")
    UserFactory(name="Bo Dahl", is_active=False)
    page = client.get("/people/?q=berg").content.decode()
    assert "Anna Berg" in page
    assert "Bo Dahl" not in page
    page = client.get("/people/?state=deactivated").content.decode()
    assert "Bo Dahl" in page
    assert "Anna Berg" not in page
    assert "Nobody found" in client.get("/people/?q=zzz").content.decode()


def test_the_swapped_list_equals_the_reloaded_one(client, ines):
    UserFactory.create_batch(3)
    whole = client.get("/people/?q=person").content.decode()
    asked = {"hx-request": "true", "hx-target": "results"}
    part = client.get("/people/?q=person", headers=asked).content.decode()
    assert part.strip() in whole
    assert "<html" not in part
    back = {"hx-request": "true", "hx-history-restore-request": "true"}
    assert "<html" in client.get("/people/?q=person", headers=back).content.decode()


def test_the_list_has_pages(client, ines):
    UserFactory.create_batch(60)
    first = client.get("/people/").content.decode()
    assert "1 to 50 of 61 people" in first
    assert "51 to 61 of 61 people" in client.get("/people/?page=2").content.decode()
    assert client.get("/people/?page=nonsense").status_code == 200


def test_deactivation_says_what_the_person_holds(client, ines, monkeypatch):
    monkeypatch.setattr(holdings._sources, "entries", {})
    source = HoldingSource(
        "test",
        lambda user: [Holding("Product manager of Shift Planner", "/products/shift-planner/")],
        lambda user: f"/people/{user.pk}/hand-over/",
    )
    holdings.register(source)
    bo = UserFactory(name="Bo")
    page = client.get(f"/people/{bo.pk}/deactivate/").content.decode()
    assert "Product manager of Shift Planner" in page
    assert f'href="/people/{bo.pk}/hand-over/"' in page
    bo.refresh_from_db()
    assert bo.is_active


def test_deactivation_ends_the_session_and_can_be_undone(client, ines):
    bo = UserFactory(name="Bo")
    theirs = Client()
    theirs.force_login(bo)
    assert signed_in(theirs)
    response = client.post(f"/people/{bo.pk}/deactivate/")
    (toast,) = get_messages(response.wsgi_request)
    assert toast.extra_tags == f"undo=/people/{bo.pk}/reactivate/"
    assert not signed_in(theirs)
    client.post(f"/people/{bo.pk}/reactivate/")
    bo.refresh_from_db()
    assert bo.is_active
    assert not signed_in(theirs)  # a new sign-in is needed all the same


def test_nobody_locks_themselves_out(client, ines):
    response = client.post(f"/people/{ines.pk}/deactivate/", follow=True)
    assert "Nobody deactivates their own account" in response.content.decode()
    response = client.post(
        f"/people/{ines.pk}/edit/", {"name": "Ines", "role": "employee", "time_zone": ""}
    )
    assert response.status_code == 422
    assert "last administrator" in response.content.decode()


def test_a_lower_role_counts_from_the_next_request(client, ines):
    bo = AdministratorFactory()
    client.force_login(bo)
    assert client.get("/people/").status_code == 200
    User.objects.filter(pk=bo.pk).update(role="employee")
    assert client.get("/people/").status_code == 403


def test_an_account_shows_its_history(client, ines):
    bo = UserFactory(name="Bo")
    client.post(f"/people/{bo.pk}/edit/", {"name": "Bob", "role": "employee", "time_zone": "UTC"})
    page = client.get(f"/people/{bo.pk}/").content.decode()
    assert "Ines" in page
    assert "<del>Bo</del>" in page
    assert "<ins>Bob</ins>" in page


def test_an_invitation_is_sent_again_only_while_it_waits(client, ines):
    bo = invite_user(email="bo@example.org", name="Bo", role="employee", by=ines, now=NOW)
    client.post(f"/people/{bo.pk}/resend/")
    assert OutboundMail.objects.count() == 2
    bo.set_password(PASSWORD)
    bo.save()
    response = client.post(f"/people/{bo.pk}/resend/", follow=True)
    assert "no invitation to send again" in response.content.decode()


@pytest.mark.parametrize("page", ["", "edit/", "deactivate/", "reactivate/"])
def test_a_person_who_is_not_there_is_a_404(client, ines, page):
    assert client.get(f"/people/999999/{page}").status_code == 404


@pytest.mark.django_db
def test_a_profile_changes_what_is_ones_own(client):
    bo = UserFactory(name="Bo")
    client.force_login(bo)
    response = client.post(
        "/profile/",
        {
            "name": "Bob",
            "time_zone": "Europe/Berlin",
            "theme": "dark",
            "density": "compact",
            "role": "administrator",
        },
    )
    assert response.status_code == 302
    bo.refresh_from_db()
    assert (bo.name, bo.time_zone, bo.theme, bo.single_keys, bo.role) == (
        "Bob",
        "Europe/Berlin",
        "dark",
        False,
        "employee",
    )
