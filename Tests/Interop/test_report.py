"""Reports over real outputs, against their published figures and the same computed here.

The outputs may not be shipped: `ASSAY_ALPACA` names the folder that has them.
"""

import json
import os
import pathlib
import statistics

import pytest

from server import assay

FOLDER = os.environ.get("ASSAY_ALPACA")
PUBLISHED = {
    "FuseChat-Qwen-2.5-7B-Instruct": 64.64069997, "claude-2.1": 15.7335, "gpt-3.5-turbo-1106": 9.17796456,
    "gpt4_0613_concise": 9.4003, "text_davinci_003": 1.9621, "vicuna-13b-v1.5": 6.72212201,
}

pytestmark = pytest.mark.skipif(not FOLDER, reason="ASSAY_ALPACA names no folder")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """A store with all answers, and their rows."""
    store = tmp_path_factory.mktemp("report") / "store"
    text = b"".join(file.read_bytes() for file in sorted(pathlib.Path(FOLDER).glob("*.jsonl")))
    assay("init", store)
    assay("push", "outputs", "-", "--format", "jsonl", "--key", "id,model", "--quiet", store=store, input=text)
    return store, [json.loads(line) for line in text.splitlines()]


def report(store, *arguments):
    return json.loads(assay("report", "outputs", "--by", "model", *arguments, "--json", store=store))


def test_each_model_has_its_published_win_rate(outputs):
    store, _ = outputs
    told = {entry["model"]: entry["summary"]["success"]["value"] for entry in report(store)["models"]}
    assert told.keys() == PUBLISHED.keys()
    for model, rate in PUBLISHED.items():
        # As many digits as were published, and the scores have six.
        assert 100 * told[model] == pytest.approx(rate, abs=5e-5), model
    assert list(told) == sorted(told, key=told.get, reverse=True)


def test_intervals_costs_and_slices_are_those_computed_here(outputs):
    scipy = pytest.importorskip("scipy.stats")
    store, rows = outputs
    told = report(store, "--role", "cost=judge_usd", "--slice", "dataset")
    for entry in told["models"]:
        own = [row for row in rows if row["model"] == entry["model"]]
        wins = [row["win"] for row in own]
        success = entry["summary"]["success"]
        low, high = scipy.t.interval(0.95, len(wins) - 1, statistics.fmean(wins), scipy.sem(wins))
        assert success["value"] == pytest.approx(statistics.fmean(wins), rel=1e-9)
        assert (success["lower"], success["upper"]) == (pytest.approx(low, rel=1e-9), pytest.approx(high, rel=1e-9))
        priced = [row for row in own if row.get("judge_usd") is not None]
        if priced:
            cost = entry["summary"]["cost"]
            assert cost["unpriced"] == len(own) - len(priced)
            assert cost["perSuccess"]["value"] == pytest.approx(
                sum(row["judge_usd"] for row in priced) / sum(row["win"] for row in priced), rel=1e-9
            )
    for part in told["routing"][0]["slices"]:
        means = {}
        for cell in part["models"]:
            wins = {r["id"]: r["win"] for r in rows if r["model"] == cell["model"] and r["dataset"] == part["value"]}
            means[cell["model"]] = wins
            assert cell["success"]["value"] == pytest.approx(statistics.fmean(wins.values()), rel=1e-9)
        best = max(means, key=lambda model: statistics.fmean(means[model].values()))
        assert part["best"] == best
        for cell in part["models"]:
            if cell["model"] == best:
                continue
            items = means[best].keys() & means[cell["model"]].keys()
            changes = [means[cell["model"]][item] - means[best][item] for item in sorted(items)]
            low, high = scipy.t.interval(0.95, len(changes) - 1, statistics.fmean(changes), scipy.sem(changes))
            assert cell["difference"]["lower"] == pytest.approx(low, rel=1e-9)
            assert cell["difference"]["upper"] == pytest.approx(high, rel=1e-9)
            assert (cell["model"] in part["notToldApart"]) == (high >= 0)


def test_the_same_report_is_the_same_bytes_and_one_version(outputs):
    store, _ = outputs
    first = assay("report", "outputs", "--by", "model", "--save", "bake-off", "--json", store=store)
    assert assay("report", "outputs@1", "--by", "model", "--save", "bake-off", "--json", store=store) == first
    assert assay("report", "bake-off", "--json", store=store) == first
    page = assay("report", "bake-off", "--format", "html", store=store)
    assert page.startswith("<!doctype html>") and "http" not in page
