"""Charts: what they say, that they never break, and that they are safe to put on a page."""

import re
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.charts import Point, health_line, sparkline
from core.plots import Label, month_ticks, nice_ticks, spread, value_range
from core.treemap import COLUMNS, HeatGroup, HeatTile, heat_grid, squarify

START = date(2026, 1, 5)
finite = st.floats(allow_nan=False, allow_infinity=False)
maybe = st.none() | finite


def weekly(*values: float | None) -> list[Point]:
    return [Point(START + timedelta(days=7 * i), value) for i, value in enumerate(values)]


def pictures(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(f"<all>{svg}</all>"))


def words(picture: ET.Element) -> list[str]:
    return [text.text or "" for text in picture.iter("text")]


def assert_drawable(svg: str) -> None:
    for picture in pictures(svg):
        assert picture.attrib["role"] == "img"
        assert picture[0].tag == "title"
        assert picture[1].tag == "desc"
    assert "style=" not in svg
    assert not re.search(r"nan|inf|e[+-]\d", re.sub(r"<(title|desc|text).*?</\1>", "", svg))


# ---- sparkline


def test_a_sparkline_breaks_at_gaps_and_ends_in_a_dot():
    svg = sparkline([1, 2, None, 3, 4], label="eNPS")
    line = re.search(r'class="spark-line" d="([^"]+)"', svg)
    assert line is not None
    assert line[1].count("M") == 2
    assert svg.count("spark-dot") == 1
    assert "<title>eNPS</title>" in svg
    assert "From 1 to 4 in 4 values." in svg


@pytest.mark.parametrize("values", [[], [None], [None, None], [5], [5, 5, 5], [None, 5, None]])
def test_a_sparkline_stands_thin_series(values):
    assert_drawable(sparkline(values, label="x", baseline=5, target=5))


def test_no_values_draw_no_line():
    svg = sparkline([None, None], label="x")
    assert "spark-line" not in svg
    assert "spark-dot" not in svg
    assert "No values yet." in svg


def test_bounds_make_rows_comparable_and_least_span_keeps_noise_small():
    flat = sparkline([50, 51], label="x", bounds=(0, 100))
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", flat)]
    assert max(heights) - min(heights) < 1
    assert value_range([50, 51], 40) == (30.5, 70.5)


@given(st.lists(maybe, max_size=30), maybe, maybe)
@example([1.7976931348623157e308], None, None)
@example([1.7976931348623157e308, -1.7976931348623157e308], None, None)
@example([5e-324, 0.0], None, None)
def test_any_sparkline_is_drawable(values, baseline, target):
    assert_drawable(sparkline(values, label="<&>", baseline=baseline, target=target))


def test_labels_are_escaped():
    assert "<script>" not in sparkline([1], label="<script>")


# ---- health line


def test_the_health_line_names_thresholds_newest_value_and_gaps():
    values = [70.0] * 8 + [None] * 12 + [55.0] * 6
    figure = health_line(weekly(*values), watch=60, healthy=80)
    wide = pictures(figure.svg)[0]
    assert {"healthy 80", "watch 60", "55", "unknown"} <= set(words(wide))
    assert figure.columns == ("Day", "Health")
    assert figure.rows[0] == ("29 Jun 2026", "55")
    assert figure.rows[10] == ("20 Apr 2026", "unknown")
    assert len(figure.rows) == len(values)


def test_each_chart_comes_in_three_widths():
    names = [p.attrib["class"] for p in pictures(health_line(weekly(1, 2)).svg)]
    assert names == ["chart chart-wide", "chart chart-medium", "chart chart-narrow"]


@given(st.lists(st.none() | st.floats(0, 100), max_size=40))
def test_any_health_line_is_drawable(values):
    figure = health_line(weekly(*values))
    assert_drawable(figure.svg)
    assert len(figure.rows) == len(values)


# ---- parts


@given(st.lists(st.floats(-50, 300), min_size=1, max_size=5))
def test_labels_never_cover_each_other(heights):
    placed = spread([Label("x", "k", y) for y in heights], 10, 200)
    gaps = [b.y - a.y for a, b in pairwise(placed)]
    assert all(gap >= 14.99 for gap in gaps)
    assert all(label.y <= 200 for label in placed)


@given(finite, finite)
def test_ticks_are_few_and_inside(a, b):
    low, high = min(a, b), max(a, b)
    ticks = nice_ticks(low, high)
    assert len(ticks) <= 3
    if 1e-3 < high - low < 1e9:
        assert all(low - 1e-6 <= tick <= high + 1e-6 for tick in ticks)


def test_month_ticks_thin_out_and_name_the_year():
    assert month_ticks(date(2025, 11, 3), date(2026, 3, 9), 8) == [
        (date(2025, 12, 1), "Dec 2025"),
        (date(2026, 1, 1), "Jan 2026"),
        (date(2026, 2, 1), "Feb"),
        (date(2026, 3, 1), "Mar"),
    ]
    assert len(month_ticks(date(2000, 1, 1), date(2026, 1, 1), 8)) <= 8


# ---- treemap


def tiles(*people: int | None) -> list[HeatTile]:
    return [HeatTile(f"P{i}", "/", "watch", "70", heads) for i, heads in enumerate(people)]


def test_no_products_no_grid():
    assert heat_grid([HeatGroup("Empty", [])]).groups == ()


def test_more_people_more_room():
    (group,) = heat_grid([HeatGroup("Sales", tiles(4000, 100, 100, 100))]).groups
    first, *others = group.tiles
    assert first.tile.label == "P0"
    area = first.place.width * first.place.height
    assert all(area > other.place.width * other.place.height for other in others)


def test_only_the_largest_are_drawn_and_the_rest_is_counted():
    heat = heat_grid([HeatGroup("A", tiles(1, 50, 60)), HeatGroup("B", tiles(2))], most=2)
    assert heat.left_out == 2
    assert [[t.tile.people for t in g.tiles] for g in heat.groups] == [[60, 50]]


@given(st.lists(st.lists(st.none() | st.integers(0, 10**7), max_size=15), max_size=8))
def test_tiles_stay_inside_and_never_overlap(groups):
    heat = heat_grid([HeatGroup(f"G{i}", tiles(*people)) for i, people in enumerate(groups)])
    taken = set()
    for group in heat.groups:
        for placed in group.tiles:
            place = placed.place
            assert place.x + place.width - 1 <= group.place.width
            assert place.y + place.height + 1 <= group.place.height
            cells = {
                (group.place.x + place.x + dx, group.place.y + 1 + place.y + dy)
                for dx in range(place.width)
                for dy in range(place.height)
            }
            assert not cells & taken
            taken |= cells
        assert group.place.x + group.place.width - 1 <= COLUMNS
        assert group.place.y + group.place.height - 1 <= heat.rows
    assert sum(len(g.tiles) for g in heat.groups) == sum(map(len, groups))


@given(st.lists(st.floats(0.1, 1000), min_size=1, max_size=30))
def test_squarified_areas_follow_their_weights(weights):
    weights.sort(reverse=True)
    areas = [w * h for _, _, w, h in squarify(weights, (0, 0, 48, 20))]
    expected = [weight / sum(weights) * 960 for weight in weights]
    assert areas == pytest.approx(expected)
