"""Exemptions: asked for by some, decided by others, and only what was approved counts."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes
from email.policy import default

import pytest
import time_machine
from django.db import IntegrityError
from django.urls import reverse

from activity.models import Event
from core.models import OutboundMail
from health.selectors import plans
from health.services import roll_up
from kpis import services
from kpis.enums import ExemptionState
from kpis.models import Exemption
from kpis.presenters.exemptions import left_words
from kpis.selectors.exemptions import asked_by, waiting_for
from portfolio.models import Membership, StaleMark
from portfolio.services import mark_stale_many
from tests.factories.kpis import (
    NOW,
    TODAY,
    ExemptionFactory,
    KpiFactory,
    MeasurementFactory,
    builtin_metric,
)
from tests.factories.portfolio import (
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
)
from tests.htmx import open_page

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SENT = {"reason": "Strike.", "starts_on": "2026-11-21", "ends_on": "2026-11-26"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def kpi(product):
    services.ensure_partitions(TODAY - 40 * DAY, TODAY)
    return KpiFactory(
        product=product, metric=builtin_metric("mau"), baseline=0, target=100,
        baseline_date=TODAY - 100 * DAY,
    )  # fmt: skip


@pytest.fixture
def chidi(product):
    """Works on the product without managing it."""
    return MembershipFactory(user__name="Chidi", product=product).user


@pytest.fixture
def dana(product):
    return MembershipFactory(user__name="Dana", product=product, role="manager").user


def ask(kpi, by, first=TODAY, last=TODAY + 5 * DAY, reason="Strike."):
    return services.ask_exemption(
        kpi=kpi, reason=reason, starts_on=first, ends_on=last, by=by, now=NOW
    )


def decide(exemption, by, is_approved=True, answer="Agreed."):
    return services.decide_exemption(
        exemption=exemption, is_approved=is_approved, answer=answer, by=by, now=NOW
    )


def url(name, exemption_or_kpi):
    kpi = getattr(exemption_or_kpi, "kpi", exemption_or_kpi)
    more = [exemption_or_kpi.pk] if exemption_or_kpi is not kpi else []
    return reverse(f"kpis:{name}", args=[kpi.product.slug, kpi.pk, *more])


def health_of(product):
    mark_stale_many({product.pk: TODAY})
    roll_up(product_ids=[product.pk], now=NOW)
    row = product.snapshots.get(day=TODAY)
    return (row.status, row.health, row.confidence)


# --- Only what was approved counts ---------------------------------------------------------------


def test_what_is_asked_or_refused_changes_no_health(product, kpi, chidi, dana):
    MeasurementFactory(kpi=kpi, value=40)
    before = health_of(product)
    assert before[1] == pytest.approx(40)
    exemption = ask(kpi, chidi)
    assert health_of(product) == before
    decide(exemption, dana, is_approved=False, answer="No.")
    assert health_of(product) == before
    services.reopen_exemption(exemption=exemption, by=dana, now=NOW)
    decide(exemption, dana)
    assert health_of(product)[0] == "unknown"
    services.reopen_exemption(exemption=exemption, by=dana, now=NOW)
    assert health_of(product) == before


@pytest.mark.parametrize(("state", "counted"), [("asked", 0), ("refused", 0), ("approved", 1)])
def test_a_plan_knows_approved_exemptions_alone(kpi, state, counted):
    ExemptionFactory(kpi=kpi, state=state)
    assert len(plans([kpi.product_id])[kpi.product_id].exemptions) == counted


@pytest.mark.parametrize("state", ["asked", "refused"])
def test_the_list_of_kpis_calls_only_approved_ones_exempt(client, kpi, dana, state):
    ExemptionFactory(kpi=kpi, state=state)
    client.force_login(dana)
    page = open_page(client, reverse("kpis:kpi_list", args=[kpi.product.slug]))
    assert "exempt to" not in page.text


# --- Asking and deciding -------------------------------------------------------------------------


def test_asking_marks_nothing_and_twice_asks_once(kpi, chidi):
    assert ask(kpi, chidi) == ask(kpi, chidi)
    assert Exemption.objects.get().state == ExemptionState.ASKED
    assert not StaleMark.objects.exists()
    assert Event.objects.filter(verb="asked to exempt").count() == 1


def test_granting_twice_grants_once(kpi, dana):
    for _ in range(2):
        services.grant_exemption(
            kpi=kpi, reason="Strike.", starts_on=TODAY, ends_on=TODAY, approver=dana, by=dana,
            now=NOW,
        )  # fmt: skip
    made = Exemption.objects.get()
    assert (made.state, made.asked_by, made.decided_at) == ("approved", None, NOW)


def test_asking_for_days_out_of_order_is_refused(kpi, chidi):
    with pytest.raises(IntegrityError):
        ask(kpi, chidi, TODAY, TODAY - DAY)


@pytest.mark.parametrize(("first", "marked"), [(-5, -5), (3, 0)])
def test_approving_marks_from_the_first_day(kpi, chidi, dana, first, marked):
    exemption = ask(kpi, chidi, TODAY + first * DAY)
    decide(exemption, dana)
    assert [mark.from_date for mark in StaleMark.objects.all()] == [TODAY + marked * DAY]
    decide(exemption, dana)  # sent twice
    assert StaleMark.objects.count() == 1


def test_refusing_marks_nothing_and_keeps_the_words(kpi, chidi, dana):
    row = decide(ask(kpi, chidi), dana, is_approved=False, answer="It is no strike.")
    assert (row.state, row.answer, row.approver) == ("refused", "It is no strike.", dana)
    assert not StaleMark.objects.exists()


def test_of_two_who_decide_the_second_is_told(kpi, chidi, dana):
    exemption = ask(kpi, chidi)
    decide(exemption, dana)
    with pytest.raises(services.DecidedMeanwhile):
        decide(exemption, AdministratorFactory(), is_approved=False)
    with pytest.raises(services.DecidedMeanwhile):
        services.withdraw_exemption(exemption=exemption, by=chidi, now=NOW)


def test_nobody_decides_on_what_they_asked_while_somebody_else_can(kpi, dana):
    exemption = ask(kpi, dana)
    assert decide(exemption, dana).state == "approved"  # alone: nobody else could
    other = ask(kpi, dana, reason="Another.")
    lead = LeadFactory(portfolio=kpi.product.portfolio).user
    with pytest.raises(services.OwnRequest):
        decide(other, dana)
    assert decide(other, lead).approver == lead


def test_a_decision_that_reaches_into_the_past_is_not_taken_back(kpi, chidi, dana):
    exemption = decide(ask(kpi, chidi, TODAY - DAY), dana)
    with pytest.raises(services.PastCounts):
        services.reopen_exemption(exemption=exemption, by=dana, now=NOW)
    refused = decide(ask(kpi, chidi, TODAY - 2 * DAY), dana, is_approved=False)
    assert services.reopen_exemption(exemption=refused, by=dana, now=NOW).state == "asked"


def test_what_was_granted_directly_is_ended_not_taken_back(kpi, dana):
    granted = services.grant_exemption(
        kpi=kpi, reason="x", starts_on=TODAY, ends_on=TODAY, approver=dana, by=dana, now=NOW
    )
    with pytest.raises(services.DecidedMeanwhile):
        services.reopen_exemption(exemption=granted, by=dana, now=NOW)


def test_ending_looks_at_what_stands_not_at_what_was_read(kpi, chidi, dana):
    exemption = decide(ask(kpi, chidi), dana)
    read = Exemption.objects.get(pk=exemption.pk)
    services.reopen_exemption(exemption=exemption, by=dana, now=NOW)
    services.end_exemption(exemption=read, by=dana, now=NOW)
    assert Exemption.objects.get().state == ExemptionState.ASKED


def test_ending_twice_ends_once(kpi, dana):
    ExemptionFactory(kpi=kpi, starts_on=TODAY - DAY, ends_on=TODAY + DAY)
    both = [Exemption.objects.get() for _ in range(2)]
    for read in both:
        services.end_exemption(exemption=read, by=dana, now=NOW)
    assert Exemption.objects.get().ends_on == TODAY - DAY
    assert Event.objects.filter(verb="ended the exemption of").count() == 1


def test_only_an_approved_one_can_be_ended(kpi, chidi, dana):
    exemption = ask(kpi, chidi)
    services.end_exemption(exemption=exemption, by=dana, now=NOW)
    assert Exemption.objects.get().state == "asked"


# --- Whom they wait for --------------------------------------------------------------------------


def test_requests_wait_for_whoever_may_manage_the_product(kpi, chidi, dana):
    exemption = ask(kpi, chidi)
    lead = LeadFactory(portfolio=kpi.product.portfolio).user
    elsewhere = LeadFactory().user
    for person in (dana, lead, AdministratorFactory()):
        assert list(waiting_for(person)) == [exemption]
    for person in (chidi, elsewhere, PersonFactory()):
        assert not waiting_for(person)
    decide(exemption, dana)
    assert not waiting_for(dana)


def test_whoever_asked_sees_the_answer_for_thirty_days(kpi, chidi, dana):
    exemption = decide(ask(kpi, chidi), dana)
    assert list(asked_by(chidi, NOW)) == [exemption]
    assert not asked_by(chidi, NOW + 31 * DAY)
    assert not asked_by(dana, NOW)


def test_an_answer_about_a_product_out_of_sight_is_not_told(kpi, chidi):
    ask(kpi, chidi)
    kpi.product.memberships.all().delete()
    kpi.product.visibility = "team"
    kpi.product.save()
    assert not asked_by(chidi, NOW)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [(-3, 5, "ends in 5 days"), (-3, 1, "ends in 1 day"), (0, 0, "ends today"), (-3, -1, ""),
     (2, 5, "begins in 2 days")],
)  # fmt: skip
def test_an_exemption_says_how_long_it_lasts(kpi, first, last, words):
    one = ExemptionFactory(kpi=kpi, starts_on=TODAY + first * DAY, ends_on=TODAY + last * DAY)
    assert left_words(one, TODAY) == words
    one.state = "asked"
    assert left_words(one, TODAY) == ""


# --- Pages ---------------------------------------------------------------------------------------


def test_it_is_asked_for_decided_and_undone_on_pages(client, kpi, chidi, dana):
    client.force_login(chidi)
    assert "Ask for one" in open_page(client, kpi.get_absolute_url()).text
    for _ in range(2):
        assert client.post(url("exemption_ask", kpi), SENT).status_code == 302
    exemption = Exemption.objects.get()
    assert (
        client.post(url("exemption_decide", exemption), {"decision": "approve"}).status_code == 403
    )
    client.force_login(dana)
    page = open_page(client, url("exemption_decide", exemption))
    assert "Chidi asked for it" in page.text
    sent = {"decision": "approve", "answer": "Agreed."}
    assert client.post(url("exemption_decide", exemption), sent).status_code == 302
    page = open_page(client, kpi.get_absolute_url())
    assert "ends in 5 days" in page.text
    assert "Agreed." in page.text
    assert page.soup.select_one(f'form[action="{url("exemption_reopen", exemption)}"]')
    assert client.post(url("exemption_reopen", exemption)).status_code == 302
    exemption.refresh_from_db()
    assert (exemption.state, exemption.answer) == ("asked", "")


@pytest.mark.parametrize(
    "sent",
    [{}, {"decision": "refuse"}, {"decision": "perhaps"}, {"decision": "refuse", "answer": " "}],
)
def test_a_decision_that_says_too_little_is_refused(client, kpi, chidi, dana, sent):
    exemption = ask(kpi, chidi)
    client.force_login(dana)
    assert client.post(url("exemption_decide", exemption), sent).status_code == 422
    exemption.refresh_from_db()
    assert exemption.state == "asked"


def test_whoever_is_late_reads_what_was_decided(client, kpi, chidi, dana):
    exemption = decide(ask(kpi, chidi), AdministratorFactory(name="Ada"), is_approved=False)
    client.force_login(dana)
    response = client.post(url("exemption_decide", exemption), {"decision": "approve"})
    assert response.status_code == 422
    assert "Refused by Ada" in response.content.decode()


def test_only_whoever_asked_takes_it_back(client, kpi, chidi, dana):
    exemption = ask(kpi, chidi)
    client.force_login(dana)
    assert client.post(url("exemption_withdraw", exemption)).status_code == 302
    assert Exemption.objects.count() == 1
    client.force_login(chidi)
    assert client.get(url("exemption_withdraw", exemption)).status_code == 200
    for _ in range(2):
        assert client.post(url("exemption_withdraw", exemption)).status_code == 302
    assert not Exemption.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"ends_on": "2026-11-01"}, {"starts_on": "soon"}]
)
def test_a_request_that_cannot_be_is_refused(client, kpi, chidi, wrong):
    client.force_login(chidi)
    assert client.post(url("exemption_ask", kpi), SENT | wrong).status_code == 422
    assert not Exemption.objects.exists()


# What whoever asked is told


def mails():
    return list(OutboundMail.objects.order_by("pk"))


@pytest.mark.parametrize(
    ("is_approved", "word", "what"),
    [(True, "Approved", "counts neither for nor against"), (False, "Refused", "counts as usual")],
)
def test_the_answer_is_mailed_to_whoever_asked_once(kpi, chidi, dana, is_approved, word, what):
    asked = ask(kpi, chidi)
    assert mails() == []
    for _ in range(2):
        services.decide_exemption(
            exemption=asked, is_approved=is_approved, answer="Agreed, <nothing> then.", by=dana,
            now=NOW,
        )  # fmt: skip
    (mail,) = mails()
    assert (mail.kind, mail.recipient) == ("kpis.exemption_answer", chidi.email)
    assert mail.subject == f"{word}: exempting {kpi}"
    assert mail.due_at == NOW + dt.timedelta(minutes=2)  # as long as it is likely to be undone
    said = message_from_bytes(bytes(mail.raw), policy=default)
    assert said["Reply-To"] == dana.email
    text = " ".join(said.get_body(("plain",)).get_content().split())
    assert what in text and "Agreed, <nothing> then." in text
    assert f"{kpi.get_absolute_url()} " in text
    assert "&lt;nothing&gt;" in said.get_body(("html",)).get_content()


def test_a_decision_taken_back_takes_its_mail_back(kpi, chidi, dana):
    asked = ask(kpi, chidi)
    for _ in range(2):
        services.decide_exemption(
            exemption=asked, is_approved=False, answer="No.", by=dana, now=NOW
        )
        services.reopen_exemption(exemption=asked, by=dana, now=NOW)
    assert [mail.state for mail in mails()] == ["withdrawn", "withdrawn"]


def test_a_decision_that_was_told_is_taken_back_in_words(kpi, chidi, dana):
    asked = ask(kpi, chidi)
    services.decide_exemption(exemption=asked, is_approved=False, answer="No.", by=dana, now=NOW)
    OutboundMail.objects.update(state="sent")
    services.reopen_exemption(exemption=asked, by=dana, now=NOW + DAY)
    assert [mail.kind for mail in mails()] == ["kpis.exemption_answer", "kpis.exemption_reopened"]
    assert mails()[1].subject == f"Undecided again: exempting {kpi}"


def test_nobody_is_mailed_who_decided_or_may_not_see_it(product, kpi, chidi, dana):
    alone = ask(kpi, dana)
    Membership.objects.filter(user__in=[dana, chidi]).exclude(user=dana).delete()
    services.decide_exemption(exemption=alone, is_approved=True, answer="Mine.", by=dana, now=NOW)
    gone = ask(kpi, chidi)
    type(product).objects.filter(pk=product.pk).update(visibility="team")
    services.decide_exemption(exemption=gone, is_approved=False, answer="No.", by=dana, now=NOW)
    away = ask(kpi, PersonFactory(is_active=False))
    services.decide_exemption(exemption=away, is_approved=False, answer="No.", by=dana, now=NOW)
    assert mails() == []
