"""domain.md §4 a second time, written from its words and sharing no code with `health.rules`.

Everything is a plain dict or number. It is slow and naive on purpose.
"""

from __future__ import annotations

FACTORS = {
    "adoption": "0.5 0.5 1.5 1.5 0.5 0.5",
    "productivity": "0.5 0.75 1 1 1.25 0.5",
    "satisfaction": "1 1.25 1 1 1 1.5",
    "completion": "1 1.25 1 1 0.75 0.5",
    "proficiency": "0.5 0.75 1 0.75 0.25 0",
    "quality": "0.5 0.5 0.5 0.75 1 1.5",
    "return": "0 0 0.25 0.5 0.75 1",
}
STAGES = ["discovery", "pilot", "rollout", "growth", "mature", "sunset"]
CHOICE = {"optional": 1, "default": 0.6, "mandated": 0.2}
EXCHANGE = {"money": 1, "effort": 0.9, "none": 0.75}
HEAD_COUNTS = {"dau", "wau", "mau"}


def factor(stage, group):
    return float(FACTORS[group].split()[STAGES.index(stage)])


def day_value(kpi, rows):
    """`rows`: {segment: (value, size)} of one day → (value, size) or None."""
    if "" in rows:
        return rows[""]
    names = sorted(rows)
    sizes = [rows[name][1] for name in names]
    size = None if None in sizes else sum(sizes)
    if kpi["aggregation"] == "sum" or kpi["code"] in HEAD_COUNTS:
        total = 0.0
        for name in names:
            total += rows[name][0]
        return total, size
    top = bottom = 0.0
    for name in names:
        weight = kpi.get("segments", {}).get(name, 1.0)
        top += weight * rows[name][0]
        bottom += weight
    return (top / bottom, size) if bottom else None


def current(kpi, measurements, day):
    """`measurements`: {(date, segment): (value, size)} → (v, date of the last one) or None."""
    by_day = {}
    for (date, segment), entry in measurements.items():
        if date <= day:
            by_day.setdefault(date, {})[segment] = entry
    days = [(date, day_value(kpi, by_day[date])) for date in sorted(by_day)]
    days = [(date, found) for date, found in days if found is not None]
    if not days:
        return None
    last = days[-1][0]
    window = [found for date, found in days if (day - date).days < kpi.get("window", 28)]
    if not window:
        return days[-1][1][0], last
    how = kpi["aggregation"]
    if how == "last":
        return window[-1][0], last
    weights = [1] * len(window)
    if how == "weighted_mean" and all(size is not None for _, size in window):
        weights = [size for _, size in window]
        if not sum(weights):
            weights = [1] * len(window)
    total = 0.0
    for (value, _), weight in zip(window, weights, strict=True):
        total += value * weight
    return (total if how == "sum" else total / sum(weights)), last


def points(kpi, v, day, first):
    b, t = kpi["baseline"], kpi["target"]
    band = abs(t) / 10 if t else 1
    wrong = {"up": t - v, "down": v - t, "none": abs(v - t)}[kpi["direction"]]
    short = {"up": t - b, "down": b - t, "none": abs(b - t)}[kpi["direction"]]
    hold = t == b if kpi["direction"] == "none" else short < band
    if hold:
        return 100 * min(1, max(0, 1 - max(wrong, 0) / band))
    start = kpi.get("baseline_date") or first
    end = kpi.get("target_date")
    if start and day < start:
        e = 0
    elif end is None or day >= end:
        e = 1
    else:
        e = (day - start) / (end - start)
    a = (v - b) / (t - b)
    return 100 * min(1, max(0, 1 - max(0, e - a)))


def health(product, kpis, measurements, day):  # noqa: C901  # one page of domain.md
    """(status, health, confidence). `measurements` by KPI code; `kpi["exempt"]`: [(from, to)]."""
    if product["stage"] == "retired":
        return "retired", None, 0.0
    stage = product["stage"]
    above = score_sum = below = 0.0
    guards, targeted_groups, groups, not_exempt = [], set(), set(), set()
    for kpi in sorted(kpis, key=lambda one: one["code"]):
        groups.add(kpi["group"])
        if any(start <= day <= end for start, end in kpi.get("exempt", [])):
            continue
        not_exempt.add(kpi["group"])
        if kpi["baseline"] is None or kpi["target"] is None:
            continue
        targeted_groups.add(kpi["group"])
        share = kpi["weight"] * factor(stage, kpi["group"])
        below += share
        found = current(kpi, measurements.get(kpi["code"], {}), day)
        if found is None:
            continue
        v, last = found
        first = min(date for date, _ in measurements[kpi["code"]])
        score = points(kpi, v, day, first)
        age, cadence = (day - last).days, kpi["cadence"]
        fresh = min(1, max(0, (3 * cadence - age) / (2 * cadence)))
        heard = 1
        if kpi["group"] == "adoption":
            heard = CHOICE[product["choice"]] * EXCHANGE[product["exchange"]]
        above += share * heard * fresh
        score_sum += share * heard * fresh * score
        if kpi.get("guardrail") and fresh > 0:
            guards.append(score)
    for group in FACTORS:
        excused = group in groups and group not in not_exempt
        if factor(stage, group) >= 1 and group not in targeted_groups and not excused:
            below += 3 * factor(stage, group)
    number = score_sum / above if above else None
    confidence = 100 * above / below if below else 0.0
    if number is None or round(confidence, 9) < 25:
        return "unknown", number, confidence
    word = "healthy" if round(number, 9) >= 80 else "watch" if round(number, 9) >= 60 else "at_risk"
    worst = round(min(guards, default=100), 9)
    if worst < 25:
        word = "at_risk"
    elif worst < 50 and word == "healthy":
        word = "watch"
    return word, number, confidence
