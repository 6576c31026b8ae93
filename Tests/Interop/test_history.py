"""Trends and histories of the leaderboard, against a plain reading of its states."""

import json
import math
import random
import statistics

import pytest

from server import assay, history


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """All states, and a store that has them."""
    store = tmp_path_factory.mktemp("history") / "store"
    assay("init", store)
    found = history()
    for state in found:
        text = "".join(json.dumps(row) + "\n" for row in state["rows"])
        assay(
            "push", "polyglot", "-", "--format", "jsonl", "--key", "dirname", "--created-at",
            state["committed_at"], "--quiet", store=store, input=text.encode(),
        )
    return store, found


def trend(store, *arguments):
    return json.loads(assay("trend", "polyglot", *arguments, "--json", store=store))


def numbers(rows, column):
    return [row[column] for row in rows if isinstance(row.get(column), (int, float)) and math.isfinite(row[column])]


@pytest.mark.parametrize("column", ["pass_rate_2", "total_cost", "seconds_per_case", "prompt_tokens"])
def test_a_mean_is_that_of_each_file(states, column):
    scipy = pytest.importorskip("scipy.stats")
    store, found = states
    points = {point["version"]: point for point in trend(store, "--metric", column)["series"][0]["points"]}
    for version, state in enumerate(found, 1):
        values = numbers(state["rows"], column)
        if not values:
            assert version not in points
            continue
        point = points[version]
        assert point["n"] == len(values)
        assert point["value"] == pytest.approx(statistics.fmean(values), rel=1e-12)
        if len(set(values)) > 1:
            low, high = scipy.t.interval(0.95, len(values) - 1, statistics.fmean(values), scipy.sem(values))
            assert (point["lower"], point["upper"]) == (pytest.approx(low, rel=1e-9), pytest.approx(high, rel=1e-9))


@pytest.mark.parametrize("share, name", [(0.5, "p50"), (0.95, "p95")])
def test_a_quantile_by_group_is_that_of_each_file(states, share, name):
    scipy = pytest.importorskip("scipy.stats")
    store, found = states
    told = trend(store, "--metric", "total_cost", "--stat", name, "--by", "edit_format")
    seen = 0
    for series in told["series"]:
        for point in series["points"]:
            rows = [row for row in found[point["version"] - 1]["rows"] if row.get("edit_format") == series.get("group")]
            values = sorted(numbers(rows, "total_cost"))
            assert point["n"] == len(values)
            assert point["value"] == values[math.ceil(share * len(values) - 1e-9) - 1]
            interval = scipy.quantile_test(values, p=share).confidence_interval()
            assert point.get("lower", math.nan) == pytest.approx(interval.low, nan_ok=True)
            assert point.get("upper", math.nan) == pytest.approx(interval.high, nan_ok=True)
            seen += 1
    groups = [{row.get("edit_format") for row in state["rows"] if numbers([row], "total_cost")} for state in found]
    assert seen == sum(map(len, groups))


def test_counts_and_sums_of_some_rows_are_those_of_each_file(states):
    store, found = states
    some = ("--where", "edit_format = 'diff'")
    counts = trend(store, *some)["series"][0]["points"]
    sums = trend(store, "--metric", "pass_num_2", "--stat", "sum", *some)["series"][0]["points"]
    rows = [[row for row in state["rows"] if row.get("edit_format") == "diff"] for state in found]
    assert {point["version"]: point["value"] for point in counts} == {
        version: len(part) for version, part in enumerate(rows, 1) if part
    }
    assert {point["version"]: point["value"] for point in sums} == {
        version: sum(numbers(part, "pass_num_2")) for version, part in enumerate(rows, 1) if numbers(part, "pass_num_2")
    }


def test_histories_are_those_of_the_files(states):
    store, found = states
    keys = sorted({row["dirname"] for state in found for row in state["rows"]})
    for key in random.Random(1).sample(keys, 40):
        expected, before, was_there = [], None, False
        for version, state in enumerate(found, 1):
            rows = [row for row in state["rows"] if row["dirname"] == key]
            row = {name: value for name, value in rows[0].items() if value is not None} if rows else None
            if row == before:
                continue
            if row is None:
                change, cells = "removed", {}
            elif before is None:
                change, cells = "returned" if was_there else "added", {name: {"new": value} for name, value in row.items()}
            else:
                change = "changed"
                cells = {
                    name: {"old": before.get(name), "new": row.get(name)}
                    for name in before.keys() | row.keys()
                    if before.get(name) != row.get(name)
                }
            expected.append((version, change, cells))
            before, was_there = row, True
        told = json.loads(assay("history", "polyglot", key, "--json", store=store))
        assert [(c["number"], c["change"], c["cells"]) for c in told["changes"]] == expected, key
        assert told["versions"] == len(found)
