"""The long chart: the picture shows what the table says, and breaks where the numbers do."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.timeline import (
    Happening,
    Plan,
    Reading,
    Segment,
    Timeline,
    figure,
    merged,
    summary,
)

START = date(2026, 1, 5)
DAY = timedelta(days=1)
finite = st.floats(allow_nan=False, allow_infinity=False)
PLAN = Plan(baseline=10, target=30, baseline_day=START, target_day=START + 140 * DAY)


def weekly(*values: float | None) -> list[Reading]:
    days = [(START + 7 * index * DAY, value) for index, value in enumerate(values)]
    return [Reading(day, value) for day, value in days if value is not None]


def timeline(*values: float | None, **more: object) -> Timeline:
    last = START + 7 * max(len(values) - 1, 1) * DAY
    kept = {"title": "eNPS", "unit": "points", "first": START, "last": last, **more}
    return Timeline(readings=weekly(*values), **kept)  # type: ignore[arg-type]  # its own fields


def pictures(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(f"<all>{svg}</all>"))


def words(picture: ET.Element) -> list[str]:
    return [text.text or "" for text in picture.iter("text")]


def spots(picture: ET.Element, kind: str = "chart") -> list[tuple[float, float]]:
    """Every place of a line, those that stand alone as well, from left to right."""
    found = []
    for part in picture.iter():
        name = part.attrib.get("class")
        if name == f"{kind}-line":
            pairs = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", part.attrib["d"])
            found += [(float(x), float(y)) for x, y in pairs]
        if name == f"{kind}-alone":
            found.append((float(part.attrib["cx"]), float(part.attrib["cy"])))
    return sorted(found)


def assert_straight(pairs: list[tuple[float, float]], slack: float) -> None:
    """The places follow from the values by one straight line."""
    (low, start), (high, end) = min(pairs), max(pairs)
    for value, place in pairs:
        share = (value - low) / (high - low) if high != low else 0
        assert abs(start + share * (end - start) - place) <= slack, (value, place)


# ---- The picture is the table


@given(
    st.lists(st.tuples(st.integers(0, 700), st.floats(-1e6, 1e6)), min_size=2, max_size=60,
             unique_by=lambda pair: pair[0]),
    st.sets(st.integers(0, 700), max_size=2),
)  # fmt: skip
def test_every_value_of_the_table_is_drawn_and_nothing_else(pairs, broken):
    readings = [Reading(START + ago * DAY, value) for ago, value in sorted(pairs)]
    shown = Timeline(
        title="x",
        unit="",
        first=START,
        last=START + 700 * DAY,
        readings=readings,
        happenings=[Happening(START + ago * DAY, "new", "definition", True) for ago in broken],
        gap_after=60 * DAY,
    )
    rows = [row for row in merged(shown) if row.everyone]
    assert [row.everyone for row in rows] == readings
    for picture in pictures(figure(shown).svg):
        places = spots(picture)
        assert len(places) == len(readings)
        days = [float(reading.day.toordinal()) for reading in readings]
        assert_straight(list(zip(days, (x for x, _ in places), strict=True)), 0.11)
        heights = [(r.value, -y) for r, (_, y) in zip(readings, places, strict=True)]
        assert_straight(heights, 0.11)


def test_the_table_says_the_numbers_newest_first_with_what_happened():
    shown = timeline(
        10, 12, None, 15,
        happenings=[Happening(START, "Go-live"), Happening(START + 2 * DAY, "Outage")],
    )  # fmt: skip
    found = figure(shown)
    assert found.columns == ("Day", "eNPS", "What happened")
    assert found.rows == (
        ("26 Jan 2026", "15\xa0points", ""),
        ("12 Jan 2026", "12\xa0points", ""),
        ("7 Jan 2026", "–", "2: Outage"),
        ("5 Jan 2026", "10\xa0points", "1: Go-live"),
    )


def test_a_mean_names_its_days_in_the_table():
    readings = [Reading(START + 6 * DAY, 4.5, START, 5), Reading(START + 7 * DAY, 3)]
    shown = Timeline("x", "", START, START + 7 * DAY, readings)
    assert [row[:2] for row in figure(shown).rows] == [
        ("12 Jan 2026", "3"),
        ("5 Jan 2026 to 11 Jan 2026 (5 days)", "4.5"),
    ]


# ---- Segments


def test_segments_stand_beside_everyone_on_the_same_days():
    mean = Reading(START + 6 * DAY, 5, START, 3)
    segments = [
        Segment("EU", [Reading(START + 3 * DAY, 4)]),
        Segment("US", [Reading(START + 6 * DAY, 6), Reading(START + 9 * DAY, 7)]),
    ]
    shown = Timeline("x", "", START, START + 9 * DAY, [mean], segments=segments)
    rows = [(row.place.day, row.everyone and row.everyone.value,
             [part and part.value for part in row.parts]) for row in merged(shown)]  # fmt: skip
    assert rows == [(START + 6 * DAY, 5, [4, 6]), (START + 9 * DAY, None, [None, 7])]
    assert figure(shown).columns == ("Day", "x", "EU", "US", "What happened")
    assert figure(shown).numeric == 3
    assert figure(shown).rows[0][1:] == ("–", "–", "7", "")
    broad = pictures(figure(shown).svg)[1]
    assert {"EU", "US"} <= set(words(broad))
    assert len(spots(broad, "chart-thread")) == 3


def test_too_many_names_are_left_out():
    segments = [Segment(f"Segment {n}", weekly(n, n + 1)) for n in range(7)]
    shown = timeline(1, 2, segments=segments)
    said = words(pictures(figure(shown).svg)[0])
    assert not [word for word in said if word.startswith("Segment")]
    long_name = timeline(1, 2, segments=[Segment("A very long name indeed", weekly(1, 2))])
    assert "A very long n…" in words(pictures(figure(long_name).svg)[0])


# ---- Breaks, gaps, silence


def line(shown: Timeline) -> str:
    path = re.search(r'class="chart-line" d="([^"]+)"', figure(shown).svg)
    return path[1] if path else ""


def test_the_line_breaks_where_the_definition_changed():
    changed = Happening(START + 14 * DAY, "unit", "definition", breaks=True)
    assert line(timeline(1, 2, 3, 4)).count("M") == 1
    broken = timeline(1, 2, 3, 4, happenings=[changed])
    # The day of the change counts as new.
    assert [run.count("L") for run in line(broken).split("M")[1:]] == [1, 1]
    assert "The definition changed on 19 Jan 2026" in summary(broken)
    plan = Happening(START + 14 * DAY, "target", "plan")
    assert line(timeline(1, 2, 3, 4, happenings=[plan])).count("M") == 1


def test_a_gap_is_a_gap_and_a_stale_end_is_told():
    shown = timeline(
        1, 2, *[None] * 12, 3, 4, last=START + 200 * DAY, gap_after=21 * DAY, stale_after=7 * DAY
    )
    assert line(shown).count("M") == 2
    assert shown.gaps() == [(START + 7 * DAY, START + 98 * DAY)]
    said = words(pictures(figure(shown).svg)[0])
    assert {"not measured", "no newer value"} <= set(said)
    assert "Not measured from 12 Jan 2026 to 13 Apr 2026." in summary(shown)
    assert "No newer value for 95 days." in summary(shown)
    fresh = timeline(1, 2, gap_after=21 * DAY, stale_after=7 * DAY)
    assert fresh.tail() is None
    assert "chart-gap" not in figure(fresh).svg


# ---- Plan and marks


def test_the_plan_is_dashed_and_levels_and_newest_value_are_named():
    found = figure(timeline(10, 12, 15, plan=PLAN))
    # 14 of 140 days: the plan has come a tenth of the way from 10 to 30.
    assert {"target 30", "baseline 10", "plan 12", "15"} <= set(words(pictures(found.svg)[0]))
    assert found.summary == (
        "15\xa0points on 19 Jan 2026, from 10\xa0points on 5 Jan 2026. "
        "Lowest 10\xa0points (5 Jan 2026), highest 15\xa0points (19 Jan 2026). "
        "Target 30\xa0points by 25 May 2026. Baseline 10\xa0points on 5 Jan 2026."
    )


def test_a_plan_without_date_has_levels_but_no_path():
    found = figure(timeline(1, 2, plan=Plan(baseline=1, target=3)))
    assert "chart-plan" not in found.svg
    assert "chart-target" in found.svg


def test_after_its_target_day_the_plan_stays_level():
    found = figure(timeline(1, 2, 3, 4, plan=Plan(0, 10, START, START + 7 * DAY)))
    path = re.search(r'class="chart-plan" d="([^"]+)"', found.svg)
    assert path is not None
    ends = re.findall(r"[ML]([\d.]+) ([\d.]+)", path[1])
    assert len(ends) == 3
    assert ends[1][1] == ends[2][1]


def test_marks_are_numbered_and_neighbours_share_a_badge():
    days = (0, 100, 101, 103, 300)
    happenings = [Happening(START + ago * DAY, f"no. {ago}") for ago in days]
    shown = timeline(1, 2, last=START + 300 * DAY, happenings=happenings)
    wide = pictures(figure(shown).svg)[0]
    badges = [t.text for t in wide.iter("text") if t.attrib["class"] == "chart-badge-words"]
    assert badges == ["1", "2–4", "5"]
    assert figure(shown).svg.count('class="chart-mark ') == 4 * len(days)


def test_a_mark_outside_the_period_is_not_drawn():
    shown = timeline(1, 2, happenings=[Happening(START + 99 * DAY, "Later")])
    assert "chart-badge" not in figure(shown).svg


# ---- Words of thin series


@pytest.mark.parametrize(
    ("values", "words_"),
    [
        ((), "No value from 5 Jan 2026 to 12 Jan 2026."),
        ((7,), "7\xa0points on 5 Jan 2026, the only value of these days."),
        (
            (7, 7, 7),
            "7\xa0points on 19 Jan 2026, from 7\xa0points on 5 Jan 2026. It never changed.",
        ),
    ],
)
def test_a_thin_series_is_told_as_it_is(values, words_):
    assert summary(timeline(*values)) == words_


@given(
    st.lists(st.none() | finite, max_size=20),
    st.none() | finite,
    st.none() | finite,
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_any_timeline_is_drawable(values, baseline, target, baseline_day, target_day):
    plan = Plan(baseline, target, baseline_day, target_day)
    found = figure(timeline(*values, title="<b>", plan=plan, gap_after=7 * DAY))
    for picture in pictures(found.svg):
        assert picture.attrib["role"] == "img"
        assert [picture[0].tag, picture[1].tag] == ["title", "desc"]
    assert "style=" not in found.svg
    bare = re.sub(r"<(title|desc|text).*?</\1>", "", found.svg)
    assert not re.search(r"nan|inf|e[+-]\d", bare)
    assert len(found.rows) == sum(value is not None for value in values)
    assert "<b>" not in found.svg


def test_equal_input_gives_equal_bytes():
    assert figure(timeline(1 / 3, 2 / 3)).svg == figure(timeline(1 / 3, 2 / 3)).svg
