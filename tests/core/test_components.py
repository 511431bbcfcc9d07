"""The component tags: what they say, to eyes and to screen readers."""

from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.contrib.messages.storage.cookie import CookieStorage
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from core.charts import HeatGroup, HeatTile, Point, health_line, heat_grid
from core.forms import DayField, NumberField, TextField
from core.history import Change, HistoryEntry
from core.toasts import add_toast, toasts_of


class NameForm(forms.Form):
    name = TextField(label="Name")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], widget=forms.RadioSelect)

    def clean(self):
        raise forms.ValidationError("Both can't be empty.")


@pytest.fixture
def request_():
    query = {"sort": "-health", "after": "x", "q": "desk"}
    request = RequestFactory().get("/board/", query, headers={"HX-Request": "true"})
    request._messages = CookieStorage(request)
    return request


def render(source, request=None, **context) -> str:
    return engines["django"].from_string(source).render(context, request)


def soup(source, request=None, **context) -> BeautifulSoup:
    return BeautifulSoup(render(source, request, **context), "html.parser")


@pytest.mark.parametrize(
    ("key", "word", "css"),
    [
        ("healthy", "Healthy", "status-healthy"),
        ("at_risk", "At risk", "status-at-risk"),
        ("unknown", "Unknown", "status-unknown"),
        ("retired", "Retired", "status-retired"),
        ("nonsense", "Unknown", "status-unknown"),
        (None, "Unknown", "status-unknown"),
    ],
)
def test_a_status_has_shape_word_and_colour(key, word, css):
    status = soup("{% status key %}", key=key).span
    assert status.text.strip() == word
    assert css in status["class"]
    assert status.svg["aria-hidden"] == "true"


def test_a_change_is_told_in_words():
    assert soup('{% delta -14 since="24 Oct" %}').text == "−14 since 24 Oct"
    assert "delta-worse" in render("{% delta -14 %}")
    assert "delta-better" in render('{% delta -14 better="down" %}')
    assert "delta-same" in render('{% delta 3 better="none" %}')
    assert render("{% delta value %}", value=None) == ""


def test_an_icon_is_decoration_unless_it_is_named():
    assert soup('{% icon "plus" %}').svg["aria-hidden"] == "true"
    named = soup('{% icon "x" label="Close" %}').svg
    assert named.title.text == "Close"
    assert named["role"] == "img"


def test_buttons_and_links_that_look_like_them():
    assert soup('{% button "Save" %}').button["type"] == "submit"
    link = soup('{% button "Add" href="/new/" kind="secondary" icon="plus" %}').a
    assert link["href"] == "/new/"
    assert link.text == "Add"


def test_everything_from_outside_is_escaped():
    evil = "<script>x</script>"
    sources = (
        "{% chip v %}",
        "{% button v %}",
        "{% tile label=v value=v note=v %}",
        "{% facts items %}",
        "{% breadcrumbs items %}",
        "{% icon v label=v %}",
        "{% empty_state title=v %}{{ v }}{% endempty_state %}",
        "{% notice title=v %}{{ v }}{% endnotice %}",
        "{% delta 1 since=v %}",
    )
    for source in sources:
        assert "<script>" not in render(source, v=evil, items=[(evil, evil)])


def test_the_error_summary_leads_to_the_fields():
    page = soup("{% error_summary form %}", form=NameForm({}))
    assert page.h2.text == "There is a problem"
    assert [(a["href"], a.text) for a in page.find_all("a")] == [
        ("#id_name", "Name is missing."),
        ("#id_kind_0", "Kind is missing."),
    ]
    assert page.find_all("li")[0].text == "Both can't be empty."
    assert page.div.has_attr("data-focus")


class PlanForm(forms.Form):
    target = NumberField(label="Target")
    day = DayField(label="Target date")
    baseline = NumberField(label="Baseline")


def test_the_error_summary_says_which_field_it_means_and_keeps_their_order():
    form = PlanForm({"target": "lots", "day": "2026-11-21", "baseline": "some"})
    form.full_clean()
    form.add_error("day", "The target date must be after 3 March 2026.")
    form.errors["target"] = form.errors.pop("target")
    page = soup("{% error_summary form %}", form=form)
    assert [(a["href"], a.text) for a in page.find_all("a")] == [
        ("#id_target", "Target: enter a number, like 12 or 71.5."),
        ("#id_day", "The target date must be after 3 March 2026."),
        ("#id_baseline", "Baseline: enter a number, like 12 or 71.5."),
    ]


def test_without_errors_nothing_is_said():
    assert render("{% error_summary form %}{% error_prefix form %}", form=NameForm()).strip() == ""
    assert render("{% error_summary form %}{% error_prefix form %}", form=None).strip() == ""
    assert render("{% error_prefix form %}", form=NameForm({})) == "Error: "


def test_sorting_turns_round_and_forgets_the_page(request_):
    head = soup('{% sort_header "Health" "health" numeric=True %}', request_).th
    assert head["aria-sort"] == "descending"
    assert head.a["href"] == "?sort=health&q=desk"
    other = soup('{% sort_header "Name" "name" %}', request_).th
    assert "aria-sort" not in other.attrs
    assert other.a["href"] == "?sort=name&q=desk"


def test_the_order_in_force_without_a_parameter_is_marked():
    request = RequestFactory().get("/board/")
    head = soup('{% sort_header "Status" "status" default="status" %}', request).th
    assert head["aria-sort"] == "ascending"
    assert head.a["href"] == "?sort=-status"


def test_pagination_is_silent_when_there_is_one_page():
    assert render("{% pagination %}").strip() == ""
    links = soup('{% pagination newer_url="?a" older_url="?b" summary="1 to 50" %}').find_all("a")
    assert [(a["rel"], a["href"]) for a in links] == [(["prev"], "?a"), (["next"], "?b")]


def test_a_history_entry_tells_who_when_and_both_values():
    entry = HistoryEntry(
        actor="Dana",
        what="changed",
        subject="eNPS",
        at=datetime(2026, 11, 20, 14, 5, tzinfo=UTC),
        source="",
        changes=(
            Change(field="Target", before="20", after="30"),
            Change(field="Owner", before=None, after="Dana"),
            Change(field="Note", before="old", after=None),
        ),
    )
    item = soup("{% history_entry entry %}", entry=entry)
    assert item.time["datetime"].startswith("2026-11-20T14:05")
    told = [" ".join(value.text.split()) for value in item.find_all("dd")]
    assert told == ["from 20 → to 30", "Dana", "from old → to nothing"]
    assert " ".join(item.p.text.split()).startswith("Dana changed eNPS")


def test_a_history_entry_leads_to_what_takes_it_back():
    changes = (Change("Target", "20", "30", "target"), Change("Note", "a", "b", "note"))
    at = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
    entry = HistoryEntry(at, "Dana", "changed", "eNPS", changes, undo_url="/undo/")
    ways = {"": "/all/", "target": "/one/"}
    item = soup("{% history_entry entry ways_back=ways %}", entry=entry, ways=ways)
    assert [link["href"] for link in item.select("a")] == ["/one/", "/all/", "/undo/"]


def test_a_chart_brings_its_table():
    points = [Point(date(2026, 1, 5), 70.4), Point(date(2026, 1, 12), None)]
    page = soup("{% chart figure %}", figure=health_line(points))
    rows = [[cell.text for cell in row.find_all(["th", "td"])] for row in page.find_all("tr")]
    assert rows == [["Day", "Health"], ["12 Jan 2026", "unknown"], ["5 Jan 2026", "70"]]
    assert page.caption.text == "Health"


def test_heat_tiles_are_links_with_name_word_and_score():
    heat = heat_grid([HeatGroup("Sales", [HeatTile("Desk", "/d/", "at_risk", "52", 10)], "/s/")])
    page = soup("{% heat_grid heat %}", heat=heat)
    tile = page.li.a
    assert tile["href"] == "/d/"
    assert tile.text.split() == ["Desk", "At", "risk", "52"]
    assert page.h3.a["href"] == "/s/"
    assert render("{% heat_grid heat %}", heat=heat_grid([])).strip() == ""


def test_undo_is_a_form(request_):
    add_toast(request_, "Archived.", undo_url="/undo/")
    page = soup("{% toasts_oob %}", request_)
    assert page.find("form")["action"] == "/undo/"
    assert page.find("form")["method"] == "post"
    assert page.find(attrs={"role": "status"})
    assert page.div["hx-swap-oob"] == "beforeend:#toasts"


def test_in_a_full_page_only_the_layout_tells_the_news():
    request = RequestFactory().get("/")
    request._messages = CookieStorage(request)
    add_toast(request, "Archived.")
    assert render("{% toasts_oob %}", request) == ""
    assert [toast.text for toast in toasts_of(request)] == ["Archived."]


def test_errors_interrupt_and_stay(request_):
    from django.contrib import messages

    add_toast(request_, "Not sent.", level=messages.ERROR)
    toast = soup("{% toasts_oob %}", request_).find(attrs={"data-toast": True})
    assert toast["role"] == "alert"
    assert toast["data-toast"] == "stay"
    assert not toast.find("form")


@pytest.mark.parametrize("code", ["500", "503"])
def test_failure_pages_need_nothing(code):
    page = BeautifulSoup(render_to_string(f"{code}.html"), "html.parser")
    assert page.h1.text
    assert page.html["lang"] == "en-GB"


@pytest.mark.parametrize("code", ["400", "403", "404", "405", "409"])
def test_error_pages_stand_in_the_layout(code, request_):
    page = BeautifulSoup(render_to_string(f"{code}.html", request=request_), "html.parser")
    assert page.h1.text
    assert page.main["id"] == "main"
    assert page.find("a", class_="skip-link")["href"] == "#main"
    assert not page.find_all(style=True)
    assert not [script for script in page.find_all("script") if not script.get("src")]
