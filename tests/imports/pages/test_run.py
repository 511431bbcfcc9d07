"""One import from the check to the undo, and what it refused."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from imports import services
from imports.models import ImportRun, RefusedValue, RunProgress
from tests.htmx import open_page, parse, send
from tests.imports.figures import run_in
from tests.imports.pages.asking import mapping_url

pytestmark = pytest.mark.django_db

STATES = (
    "mapping", "checking", "ready", "publishing", "done", "undoing", "undone", "cancelled",
    "failed",
)  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_page(client: Client, person: User, state: str) -> None:
    run = run_in(state, by=person)
    before = ImportRun.objects.filter(pk=run.pk).values().get()
    page = open_page(client, run.get_absolute_url())
    assert run.get_state_display() in page.text
    assert ImportRun.objects.filter(pk=run.pk).values().get() == before
    polls = page.soup.select_one("#run").has_attr("hx-get")
    assert polls == (state in ("checking", "publishing", "undoing"))


@pytest.mark.parametrize("state", STATES)
def test_the_polled_part_equals_the_reloaded_page(client: Client, person: User, state: str) -> None:
    at_work = run_in("publishing", by=person)
    page = open_page(client, at_work.get_absolute_url())
    part = page.soup.select_one("#run")
    ImportRun.objects.filter(pk=at_work.pk).delete()
    run = run_in(state, by=person)
    for text in page.soup.find_all(attrs={"hx-get": True}):
        text["hx-get"] = run.get_absolute_url()
    page.url = run.get_absolute_url()
    page = send(client, page, part, "get", run.get_absolute_url(), {})
    assert page.part("#run") == open_page(client, run.get_absolute_url()).part("#run")


def test_progress_is_told_by_rows(client: Client, person: User) -> None:
    run = run_in("checking", by=person)
    RunProgress.objects.filter(run=run).update(
        step="Reading the file", rows_done=1200, rows_total=4000
    )
    page = open_page(client, run.get_absolute_url())
    bar = page.soup.select_one("progress")
    assert (bar["value"], bar["max"]) == ("1200", "4000")
    assert "1,200 of 4,000 rows" in page.text
    assert page.soup.select_one("[role=status]").text == "Reading the file"


def test_ready_says_what_will_happen(client: Client, person: User) -> None:
    page = open_page(client, run_in("ready", by=person).get_absolute_url())
    assert "Nothing is changed yet" in page.text
    rows = [[c.text.strip() for c in row.select("th, td")]
            for row in page.soup.select("#tallies ~ .table-wrap tbody tr")]  # fmt: skip
    assert rows == [["Products", "3", "0", "0", "0"], ["Volume", "4", "0", "0", "2"]]
    assert "Volume: unknown" in page.text
    assert [b.text for b in page.soup.select(".page-actions button")] == [
        "Cancel", "Change the columns", "Import",
    ]  # fmt: skip
    assert "30 Jun 2017" in page.text


def test_done_leads_to_the_board_of_the_last_day_and_can_be_undone(
    client: Client, person: User
) -> None:
    run = run_in("done", by=person)
    page = open_page(client, run.get_absolute_url())
    assert page.soup.select_one("a.button-primary")["href"] == "/?as_of=2017-06-30"
    assert "until 20 Dec 2026" in page.text
    assert page.soup.select_one(f"a[href='/imports/{run.pk}/undo/']")
    with time_machine.travel("2026-12-21T12:00:00Z", tick=False):
        client.logout()
        client.force_login(person)
        page = open_page(client, run.get_absolute_url())
        assert not page.soup.select_one(f"a[href='/imports/{run.pk}/undo/']")
        assert client.get(f"/imports/{run.pk}/undo/").status_code == 302


def test_failed_says_why_and_what_to_do(client: Client, person: User) -> None:
    text = open_page(client, run_in("failed", by=person).get_absolute_url()).text
    assert "no longer stored" in text
    assert "What to do" in text


def test_undone_says_what_was_left(client: Client, person: User) -> None:
    text = open_page(client, run_in("undone", by=person).get_absolute_url()).text
    assert "What was taken back" in text
    assert "Dana Reyes has changed it" in text


def test_import_undo_and_double_clicks(client: Client, person: User) -> None:
    run = run_in("ready", by=person)
    url = run.get_absolute_url()
    assert [client.post(f"{url}start/").url for _ in range(2)] == [url, url]
    services.work_on(run_id=run.pk, now=timezone.now())
    assert client.post(f"{url}start/").url == url
    run.refresh_from_db()
    assert run.state == "done"
    text = open_page(client, f"{url}undo/").text
    assert "Products: 3 that came with it go again." in text
    assert [client.post(f"{url}undo/").url for _ in range(2)] == [url, url]
    run.refresh_from_db()
    assert run.state == "undoing"


def test_cancel_leaves_nothing(client: Client, person: User) -> None:
    run = run_in("ready", by=person)
    client.post(f"{run.get_absolute_url()}cancel/")
    run.refresh_from_db()
    assert (run.state, run.file) == ("cancelled", "")
    assert not RefusedValue.objects.exists()
    again = client.post(f"{run.get_absolute_url()}cancel/", follow=True)
    assert "This import is cancelled." in parse(again.content.decode()).text


def test_change_the_columns_goes_back(client: Client, person: User) -> None:
    run = run_in("ready", by=person)
    response = client.post(mapping_url(run), {"do": "back"})
    assert response.url == mapping_url(run)
    page = open_page(client, mapping_url(run))
    assert page.soup.select_one("[name='series_0-option_target']")["value"] == "-10 %"


@pytest.mark.parametrize("path", ["start/", "cancel/"])
def test_what_writes_is_posted(client: Client, person: User, path: str) -> None:
    run = run_in("ready", by=person)
    assert client.get(run.get_absolute_url() + path).status_code == 405


def test_refused_values_as_page_and_csv_are_the_same(client: Client, person: User) -> None:
    run = run_in("done", by=person)
    page = open_page(client, f"{run.get_absolute_url()}refused/")
    rows = [[c.text.strip() for c in row.select("td")] for row in page.soup.select("tbody tr")]
    assert rows == [
        ["6", "Total Q1 2017", "-", "unknown"],
        ["7", "Total Q1 2017", "about ten", "This is not a number."],
    ]
    response = client.get(f"{run.get_absolute_url()[:-1]}/refused.csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").split("\r\n")
    assert lines == [
        "Line,Column,Text,Reason",
        "6,Total Q1 2017,'-,unknown",
        "7,Total Q1 2017,about ten,This is not a number.",
        "",
    ]
    assert 'filename="servicescsv-refused.csv"' in response["Content-Disposition"]


def test_refused_values_can_be_narrowed_and_paged(client: Client, person: User) -> None:
    run = run_in("done", by=person)
    RefusedValue.objects.bulk_create(
        RefusedValue(run=run, line=n, column="C", series="cost", raw=str(n), reason="odd")
        for n in range(10, 75)
    )
    url = f"{run.get_absolute_url()}refused/"
    page = open_page(client, url)
    assert len(page.soup.select("tbody tr")) == 50
    older = page.soup.select_one(".pagination [rel=next]")["href"]
    assert len(open_page(client, older).soup.select("tbody tr")) == 17
    page = open_page(client, f"{url}?reason=unknown")
    assert len(page.soup.select("tbody tr")) == 1
    assert page.soup.select_one(".chip-accent")["aria-current"] == "true"
    page = open_page(client, f"{url}?series=cost&reason=unknown")
    assert "None of these" in page.text
    assert open_page(client, f"{url}?after=nonsense&reason=%00").url


def test_what_was_refused_is_told_when_it_is_no_longer_kept(client: Client, person: User) -> None:
    """Numbers and reasons stay with the import; the list goes with the file."""
    run = run_in("done", by=person)
    RefusedValue.objects.filter(run=run).delete()
    text = open_page(client, run.get_absolute_url()).text
    assert "Refused: 2" in text
    assert "This is not a number." in text
    assert "no longer kept" in text
    page = open_page(client, f"{run.get_absolute_url()}refused/")
    assert "No longer kept" in page.text
    assert "2 values were refused" in page.text
    assert "Nothing was refused" not in page.text


def test_nothing_refused_is_said_so(client: Client, person: User) -> None:
    run = run_in("done", by=person)
    ImportRun.objects.filter(pk=run.pk).update(outcome=run.outcome | {"refused": 0})
    RefusedValue.objects.filter(run=run).delete()
    assert "Nothing was refused" in open_page(client, f"{run.get_absolute_url()}refused/").text
    assert open_page(client, run.get_absolute_url()).soup.select_one("#refused") is None
