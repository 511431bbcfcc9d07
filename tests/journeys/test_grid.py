"""The week's grid in a browser: by the keyboard alone, from a spreadsheet, without a session and
without scripts. Nothing typed is ever lost.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from core.periods import week_start
from core.sessions import SessionStore
from kpis import services
from kpis.models import Measurement
from portfolio.models import Product
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.kpis import KpiFactory, MeasurementFactory, MetricFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.journeys.conftest import Open, Visit
from tests.journeys.looks import faults_in_every_look

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)
ROWS, WEEKS = 12, 8
TEXT = "Line one\nwith “quotes”, <b>, & ünïcode 🙂\n\n" + "and so on " * 12


@pytest.fixture
def dana():
    """A product manager with twelve KPIs, of which the first has a value last week."""
    today = timezone.now().date()
    services.ensure_partitions(today - 400 * DAY, today)
    product = ProductFactory(name="Shift Planner", slug="shift-planner")
    user = UserFactory(name="Dana", email="dana@example.com", password=PASSWORD)
    MembershipFactory(user=user, product=product, role="manager")
    for number in range(ROWS):
        metric = MetricFactory(code=f"m{number:02}", name=f"Metric {number:02}", lower=0, unit="")
        kpi = KpiFactory(product=product, metric=metric)
        if number == 0:
            MeasurementFactory(kpi=kpi, date=week_start(today) - 2 * DAY, value=40)
    return user


def cell(page: Page, row: int, column: int):
    return page.locator("tr[data-kpi]").nth(row).locator(".grid-cell").nth(column)


def status(page: Page):
    return page.locator("#grid-status")


def end_session(opened: Visit) -> None:
    """What happens to a session that is too old."""
    cookies = {one["name"]: one["value"] for one in opened.context.cookies()}
    SessionStore(cookies[settings.SESSION_COOKIE_NAME]).flush()


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("dana@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password", exact=True).press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def sign_in_elsewhere(opened: Visit, page: Page) -> None:
    with opened.context.expect_page() as found:
        page.get_by_role("link", name="Sign in again").click()
    sign_in(found.value)
    found.value.close()


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const how = { clipboardData, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        text,
    )


def count() -> int:
    return Measurement.objects.count()


def test_the_round_by_the_keyboard_alone(visit: Open, dana) -> None:
    page = visit(dana).go("/grid/")
    assert faults_in_every_look(page) == []
    keys = page.keyboard
    cell(page, 0, 7).focus()

    keys.type("41")
    keys.press("Enter")
    expect(cell(page, 1, 7)).to_be_focused()
    keys.type("many")
    keys.press("Tab")
    expect(cell(page, 2, 0)).to_be_focused()
    wrong = cell(page, 1, 7)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"#{wrong.get_attribute('id')}-why")).to_contain_text("Enter a number")
    expect(wrong).to_have_value("many")
    expect(status(page)).to_contain_text("1 cell not saved")

    keys.press("End")
    expect(cell(page, 2, 7)).to_be_focused()
    keys.press("ArrowUp")
    keys.press("Escape")
    expect(wrong).to_have_value("")
    keys.press("ArrowUp")
    keys.press("ArrowLeft")
    expect(cell(page, 0, 6)).to_be_focused()
    keys.press("Delete")
    keys.press("Shift+Enter")
    keys.press("ArrowDown")
    expect(status(page)).to_contain_text("1 value deleted")
    keys.press("Control+z")
    expect(cell(page, 0, 6)).to_have_value("40")
    assert sorted(Measurement.objects.values_list("value", flat=True)) == [40.0, 41.0]


def test_a_block_of_a_spreadsheet_with_three_bad_ones(visit: Open, dana) -> None:
    page = visit(dana).go("/grid/")
    block = [[str(100 + row * WEEKS + column) for column in range(WEEKS)] for row in range(ROWS)]
    block[2][3], block[5][0], block[11][7] = "n/a", "-4", "12.3.4"
    cell(page, 0, 6).fill("40")
    cell(page, 0, 0).focus()

    paste(page, "\n".join("\t".join(line) for line in block) + "\n")

    # The one that stood there was seen, so it is changed like the others.
    expect(status(page)).to_have_text(
        "93 values saved. Health is being worked out. 3 cells not saved: the reason stands in each."
    )
    assert count() == 93
    expect(page.locator(".grid-cell[aria-invalid]")).to_have_count(3)
    assert [cell(page, *place).input_value() for place in ((2, 3), (5, 0), (11, 7))] == [
        "n/a", "-4", "12.3.4",
    ]  # fmt: skip

    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(status(page)).to_contain_text("93 values taken back.")
    assert list(Measurement.objects.values_list("value", flat=True)) == [40.0]
    expect(cell(page, 2, 3)).to_have_value("n/a")


def test_what_lies_beyond_the_edge_is_told(visit: Open, dana) -> None:
    page = visit(dana).go("/grid/")
    cell(page, 11, 6).focus()
    paste(page, "1\t2\t3\n4\t5\t6")
    expect(page.locator(".toast").first).to_contain_text("4 values lay beyond the edge")
    expect(status(page)).to_contain_text("2 values saved")
    assert count() == 3


def test_no_network_an_error_of_the_server_and_leaving(visit: Open, dana) -> None:
    opened = visit(dana)
    page = opened.go("/grid/")
    page.route("**/grid/cells/", lambda route: route.abort())
    cell(page, 3, 7).focus()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("the server did not answer")

    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Products").first.click(no_wait_after=True)
    expect(cell(page, 3, 7)).to_have_value("7")
    assert (asked, count()) == (["beforeunload"], 1)

    page.unroute("**/grid/cells/")
    page.route("**/grid/cells/", broken, times=1)
    page.get_by_role("button", name="Retry").click()
    expect(status(page)).to_contain_text("something went wrong")
    page.get_by_role("button", name="Retry").click()
    expect(status(page)).to_contain_text("1 value saved")
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)
    assert opened.faults == [f"502 {opened.root}/grid/cells/"]
    opened.faults.clear()
    assert count() == 2


def broken(route: Route) -> None:
    route.fulfill(status=502, body="")


def test_somebody_else_was_quicker(visit: Open, dana) -> None:
    page = visit(dana).go("/grid/")
    stood = Measurement.objects.get()
    Measurement.objects.filter(pk=stood.pk).update(value=44)
    for choice, left in (("Keep theirs", 44.0), ("Use mine", 46.0)):
        Measurement.objects.filter(pk=stood.pk).update(value=left if left == 44 else 45)
        cell(page, 0, 6).fill("46")
        cell(page, 0, 6).press("Enter")
        expect(page.locator(".grid-why")).to_contain_text("meanwhile")
        page.get_by_role("button", name=choice).click()
        expect(page.locator(".grid-why")).to_have_count(0)
        expect(cell(page, 0, 6)).to_have_value(f"{left:g}")
        expect(page.locator("[data-state=saving], [data-state=edited]")).to_have_count(0)
        assert Measurement.objects.get().value == left


def test_the_session_ends_while_the_grid_is_filled(visit: Open, dana) -> None:
    opened = visit(dana)
    page = opened.go("/grid/")
    end_session(opened)
    cell(page, 0, 7).focus()
    for number in range(ROWS):
        page.keyboard.type(str(number + 0.5))
        page.keyboard.press("Enter")
    expect(status(page)).to_contain_text("your session has ended")
    typed = [cell(page, row, 7).input_value() for row in range(ROWS)]
    assert typed == [str(number + 0.5) for number in range(ROWS)]

    sign_in_elsewhere(opened, page)
    page.get_by_role("button", name="Save again").click()

    expect(status(page)).to_contain_text("12 values saved")
    assert count() == 1 + ROWS


def test_the_grid_without_scripts_and_without_a_session(visit: Open, dana) -> None:
    opened = visit(dana, scripts=False)
    page = opened.go("/grid/?weeks=4")
    cell(page, 0, 3).fill("41")
    cell(page, 1, 3).fill("many")
    end_session(opened)
    page.get_by_role("button", name="Save figures").click()
    sign_in(page)
    expect(page.locator("h1")).to_have_text("Not saved yet")
    page.get_by_role("button", name="Send again").click()

    expect(page.locator(".error-summary")).to_contain_text("Metric 01 of Shift Planner, This week")
    expect(cell(page, 1, 3)).to_have_value("many")
    assert page.url.endswith("/grid/?weeks=4")
    cell(page, 1, 3).fill("12")
    page.get_by_role("button", name="Save figures").click()
    expect(page.locator(".toast")).to_contain_text("1 value saved")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("1 value taken back.")
    assert sorted(Measurement.objects.values_list("value", flat=True)) == [40.0, 41.0]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_session_ends_while_a_form_is_filled(visit: Open, dana, scripts) -> None:
    opened = visit(dana, scripts=scripts)
    page = opened.go("/products/shift-planner/edit/")
    page.locator("[name=mission]").fill(" ".join(TEXT.split()))
    end_session(opened)
    page.locator("main form[method=post] [type=submit]").last.click()
    sign_in(page)
    page.get_by_role("button", name="Send again").click()
    page.wait_for_url("**/products/shift-planner/")
    assert Product.objects.get().mission == " ".join(TEXT.split())


def test_the_session_ends_while_a_form_of_htmx_is_filled(visit: Open, dana) -> None:
    kpi = KpiFactory._meta.model.objects.order_by("pk").first()
    opened = visit(dana)
    page = opened.go(f"/products/shift-planner/kpis/{kpi.pk}/")
    form = page.locator("form[hx-post]").filter(has=page.locator("[name=value]")).first
    form.locator("[name=value]").fill("77")
    form.locator("[name=note]").fill(TEXT.replace("\n", " ")[:200])
    end_session(opened)
    form.locator("[type=submit]").first.click()
    expect(page.locator(".toast")).to_contain_text("What you typed is still here.")
    assert form.locator("[name=note]").input_value() == TEXT.replace("\n", " ")[:200]

    sign_in_elsewhere(opened, page)
    page.get_by_role("button", name="Send again").click()

    expect(page.locator("#kpi")).to_contain_text("77")
    note = Measurement.objects.get(kpi=kpi, value=77).note
    assert note.split() == TEXT.replace("\n", " ")[:200].split()


def test_signing_in_again_in_another_tab_ends_no_form(visit: Open, dana) -> None:
    """The page was drawn with the token of before; without scripts it is sent once more."""
    opened = visit(dana, scripts=False)
    page = opened.go("/products/shift-planner/edit/")
    page.locator("[name=mission]").fill("Typed before")
    end_session(opened)
    other = opened.context.new_page()
    other.goto(opened.root + "/accounts/login/")
    sign_in(other)
    page.locator("main form[method=post] [type=submit]").last.click()
    expect(page.locator("h1")).to_have_text("Not saved yet")
    page.get_by_role("button", name="Send again").click()
    page.wait_for_url("**/products/shift-planner/")
    assert Product.objects.get().mission == "Typed before"
