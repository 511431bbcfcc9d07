"""A spreadsheet as organisations keep them: dropped, explained once, checked, imported, undone."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from health.tasks import roll_up_stale
from imports import services
from imports.models import ImportRun, SavedMapping
from kpis.models import Measurement
from portfolio.models import Product
from tests.factories.accounts import AdministratorFactory
from tests.factories.portfolio import PortfolioFactory
from tests.journeys.conftest import Open, Visit

FILE = Path(__file__).parents[3] / "shared" / "data" / "govuk-services.csv"
MAPPING = Path(__file__).parents[2] / "docs" / "mappings" / "govuk-services.toml"
QUIRKY = (
    '\ufeffSlug,Name of service,Department,"Transactions\nJan - Mar 2017",'
    '"Transactions\nApr - Jun 2017","Cost (£)\nApr - Jun 2017"\r\n'
    'lamp-licences,"Licences, for lamps",Lighthouses,"1,200","1,350",£3.20\r\n'
    "buoy-permits,Buoy permits,Lighthouses,-,900,-\r\n"
    'pier-passes,"Pier ""day"" passes",Lighthouses,about ten,70,£11\r\n'
)
FAMILY = "Transactions {month} - {month} {year}"


@pytest.fixture
def person(settings: Any, tmp_path: Path) -> User:
    settings.MEDIA_ROOT = tmp_path / "media"
    PortfolioFactory(name="Lighthouses")
    return AdministratorFactory(name="Dana Reyes")


def work() -> ImportRun:
    """What the worker does: everything that waits, and the health that hangs on it."""
    run = ImportRun.objects.latest("pk")
    services.work_on(run_id=run.pk, now=timezone.now())
    roll_up_stale()
    return run


def drop(page: Page, name: str, content: str) -> None:
    """Let a file fall into the drop area, as a mouse does."""
    expect(page.locator("[data-drop][data-ready]")).to_be_visible()
    page.evaluate(
        """([name, content]) => {
            const area = document.querySelector("[data-drop]");
            const data = new DataTransfer();
            data.items.add(new File([content], name, { type: "text/csv" }));
            area.dispatchEvent(new DragEvent("dragover", { dataTransfer: data, cancelable: true }));
            area.dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
        }""",
        [name, content],
    )
    expect(page.locator("[data-drop-chosen]")).to_contain_text(name)


def choose_columns(page: Page) -> None:
    """Two families of columns become the values of two metrics."""
    expect(page.locator("[name=field_name]")).to_have_value("column:Name of service")
    page.get_by_role("button", name=FAMILY).click()
    first = page.locator(".series").nth(0)
    expect(first.locator("[name$='-value']")).to_have_value(FAMILY)
    first.locator("[name$='-key']").select_option("volume")
    page.get_by_role("button", name="Add values").click()
    second = page.locator(".series").nth(1)
    second.locator("[name$='-key']").select_option("cost_per_transaction")
    second.locator("[name$='-value']").fill("Cost (£) {month} - {month} {year}")
    expect(first.locator("[name$='-key']")).to_have_value("volume")


def values_are_seen(page: Page) -> None:
    page.locator(".mapping-questions").get_by_role("button", name="See the values").click()
    values = page.locator("#values")
    expect(values).to_contain_text("1,350")
    expect(values).to_contain_text("30 Jun 2017")
    expect(values).to_contain_text("unknown")
    expect(values).to_contain_text("This is not a number.")


def refused_can_be_read_and_kept(visit: Visit, run: ImportRun) -> None:
    page = visit.page
    page.get_by_role("link", name="See all").click()
    expect(page.locator("main tbody tr")).to_have_count(3)
    expect(page.locator("main")).to_contain_text("about ten")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Line", "Column", "Text", "Reason"],
        ["6", "Transactions Jan - Mar 2017", "'-", "unknown"],
        ["6", "Cost (£) Apr - Jun 2017", "'-", "unknown"],
        ["7", "Transactions Jan - Mar 2017", "about ten", "This is not a number."],
    ]
    visit.go(run.get_absolute_url())


def test_drop_explain_check_import_and_undo(visit: Open, person: User) -> None:
    opened = visit(person)
    page = opened.go("/")
    page.locator(".site-tools [data-menu] summary").click()
    page.get_by_role("link", name="Imports").click()
    page.get_by_role("link", name="Import a file").click()
    drop(page, "services.csv", QUIRKY)
    page.get_by_role("button", name="Continue").click()
    choose_columns(page)
    values_are_seen(page)
    page.get_by_text("Save this mapping for the next file").click()
    page.get_by_label("Save it under a name").fill("Our services")
    page.get_by_role("button", name="Save the mapping").click()
    expect(page.locator(".toast")).to_contain_text("saved as Our services")
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("#run")).to_contain_text("Being checked")
    assert not Product.objects.exists()
    run = work()
    expect(page.locator("#run")).to_contain_text("Ready to import")  # it looked by itself
    expect(page.locator("#run")).to_contain_text("Nothing is changed yet")
    assert not Product.objects.exists()
    page.get_by_role("button", name="Import", exact=True).click()
    work()
    expect(page.locator("#run")).to_contain_text("The file is imported")
    assert Product.objects.count() == 3
    assert Measurement.objects.count() == 6
    refused_can_be_read_and_kept(opened, run)
    page.get_by_role("link", name="Board of 30 Jun 2017").click()
    expect(page).to_have_url(f"{opened.root}/?as_of=2017-06-30")
    expect(page.locator("main")).to_contain_text("Licences, for lamps")
    opened.go(run.get_absolute_url())
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo the import").click()
    work()
    expect(page.locator("#run")).to_contain_text("It has been taken back.")
    assert not Product.objects.exists()
    assert not Measurement.objects.exists()


def test_the_same_without_scripts(visit: Open, person: User, tmp_path: Path) -> None:
    opened = visit(person, scripts=False)
    page = opened.go("/imports/new/")
    file = tmp_path / "services.csv"
    file.write_text(QUIRKY, encoding="utf-8")
    page.locator("[name=file]").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    choose_columns(page)
    values_are_seen(page)
    page.get_by_role("button", name="Check the file").click()
    run = work()
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("main")).to_contain_text("Being imported")
    work()
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("main")).to_contain_text("The file is imported")
    assert Measurement.objects.count() == 6
    refused_can_be_read_and_kept(opened, run)
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo the import").click()
    work()
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("main")).to_contain_text("It has been taken back.")
    assert not Product.objects.exists()


@pytest.mark.realdata
@pytest.mark.skipif(not FILE.exists(), reason="the real file does not lie beside the repository")
def test_the_real_file_gives_the_exact_counts(visit: Open, person: User) -> None:
    services.save_mapping(
        name="GOV.UK services", kind="measurements", text=MAPPING.read_text(), by=person,
        now=timezone.now(),
    )  # fmt: skip
    opened = visit(person)
    page = opened.go("/imports/new/")
    page.get_by_label("How is it read?").select_option(label="GOV.UK services")
    page.locator("[name=file]").set_input_files(FILE)
    page.get_by_role("button", name="Continue").click()
    run = work()
    expect(page.locator("#run")).to_contain_text("Ready to import", timeout=60_000)
    page.get_by_role("button", name="Import", exact=True).click()
    services.work_on(run_id=run.pk, now=timezone.now())
    expect(page.locator("#run")).to_contain_text("The file is imported", timeout=60_000)
    table = page.locator("#tallies ~ .table-wrap tbody tr")
    found = {row.locator("th").inner_text(): row.locator("td").all_inner_texts()
             for row in table.all()}  # fmt: skip
    assert found["Products"] == ["734", "0", "0", "0"]
    assert found["Volume"] == ["11,938", "0", "0", "0"]
    assert found["Cost per transaction"] == ["2,083", "0", "0", "2"]
    assert found["Digital take-up"] == ["8,058", "0", "0", "1,103"]
    reasons = page.locator(".reason-list li").all_inner_texts()
    amounts = {line.split(maxsplit=1)[1].replace("\n", " "): line.split()[0] for line in reasons}
    assert amounts == {
        "Digital take-up: The total is 0.": "710",
        "Digital take-up: The total is missing.": "371",
        "Digital take-up: This is over 100 %.": "22",
        "Cost per transaction: unknown": "2",
    }
    assert SavedMapping.objects.get().runs.get() == run


def test_the_very_same_file_again_changes_nothing(
    visit: Open, person: User, tmp_path: Path
) -> None:
    opened = visit(person)
    file = tmp_path / "services.csv"
    file.write_text(QUIRKY, encoding="utf-8")
    for turn in range(2):
        page = opened.go("/imports/new/")
        page.locator("[name=file]").set_input_files(file)
        page.get_by_role("button", name="Continue").click()
        choose_columns(page)
        page.get_by_role("button", name="Check the file").click()
        work()
        if turn:
            expect(page.locator("#run")).to_contain_text("Importing this file changes nothing")
            expect(page.locator("#run")).to_contain_text("This very file was imported on")
        page.get_by_role("button", name="Import", exact=True).click()
        work()
        expect(page.locator("#run")).to_contain_text("The file is imported")
    assert Measurement.objects.count() == 6
