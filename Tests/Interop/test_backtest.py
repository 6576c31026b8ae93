"""`assay router suggest` and `backtest` on real scores, agreeing with the same computed here."""

import json
import os
import pathlib

import jsonschema_rs
import numpy as np
import pytest
import scipy.stats
import yaml
from statsmodels.stats.multitest import multipletests

from server import PACKAGE, assay

ALPACA = os.environ.get("ASSAY_ALPACA")
MODELS = ("gpt-3.5-turbo-1106", "text_davinci_003")
ROLES = ("--role", "success=win", "--role", "cost=judge_usd", "--role", "latency=judge_seconds")


@pytest.fixture
def store(tmp_path):
    assay("init", tmp_path / "store")
    return tmp_path / "store"


def rows():
    """Two models' rows in two halves, by whether the item's number is even."""
    halves = ([], [])
    for model in MODELS:
        for line in open(pathlib.Path(ALPACA) / f"{model}.jsonl"):
            row = json.loads(line)
            row.pop("output")
            row.pop("instruction")
            halves[int(row["id"]) % 2].append(row)
    return halves


def push(store, name, rows, *flags):
    text = "".join(json.dumps(row) + "\n" for row in rows)
    assay("push", name, "-", "--format", "jsonl", "--quiet", *flags, store=store, input=text.encode())


def validate(document, name):
    contract = yaml.safe_load((PACKAGE / "schema/openapi.yaml").read_text())
    schema = {"$ref": f"#/components/schemas/{name}", "components": contract["components"]}
    jsonschema_rs.Draft202012Validator(schema).validate(document)


def near(found, expected, tolerance=1e-9):
    assert found == pytest.approx(expected, rel=tolerance, abs=tolerance)


def backtest(store, *arguments):
    done = assay("router", "backtest", *arguments, *ROLES, "--json", store=store, check=False)
    assert done.returncode in (0, 1, 2), done.stderr.decode()
    document = json.loads(done.stdout)
    assert done.returncode == {"pass": 0, "none": 0, "fail": 1, "insufficient": 2}[document["verdict"]]
    validate(document, "Backtest")
    return document


@pytest.mark.skipif(not ALPACA, reason="ASSAY_ALPACA names no folder")
def test_rules_found_on_one_half_and_tried_on_the_other(store, tmp_path):
    train, test = rows()
    for name, half in (("train", train), ("test", test)):
        push(store, name, half, "--key", "id,model", "--kind", "outputs")
    draft = tmp_path / "rules.json"
    suggestion = json.loads(assay(
        "router", "suggest", "judged", "--on", "train", "--slice", "dataset", "--holdout", "test",
        "--objective", "min cost s.t. success >= -9pp", *ROLES, "-o", draft, "--json", store=store,
    ))
    validate(suggestion, "Suggestion")
    rules = json.loads(draft.read_text())
    assert rules == suggestion["document"]
    assert len(rules["targets"]) == 2 and rules["rules"]
    # Each slice's test of the bound, with all of them counted in; the gain in cost is never in doubt.
    assert suggestion["base"] == suggestion["fallback"] == MODELS[0] and suggestion["sliceTests"] == 5
    trained = {(row["id"], row["model"]): row for row in train}
    pvalues = []
    for part in suggestion["slices"]:
        some = sorted({row["id"] for row in train if row["dataset"] == part["value"]})
        change = np.array([trained[i, MODELS[1]]["win"] - trained[i, MODELS[0]]["win"] for i in some])
        pvalues.append(scipy.stats.ttest_1samp(change, -0.09, alternative="greater").pvalue)
    adjusted = multipletests(pvalues, method="holm")[1]
    near([part["trials"][0]["adjustedPValue"] for part in suggestion["slices"]], list(adjusted), 1e-7)
    assert [part["isRule"] for part in suggestion["slices"]] == list(adjusted <= 0.025)

    assay("router", "push", "judged", draft, store=store)
    report = backtest(store, "judged", "--save", "trials")
    # The same rules in four lines of Python.
    route = {rule["when"]["metadata.dataset"]["$eq"]: rule["serve"]["target"] for rule in rules["rules"]}
    at = {(row["id"], row["model"]): row for row in test}
    items = sorted({row["id"] for row in test})
    chosen = [at[i, route.get(at[i, MODELS[0]]["dataset"], rules["default"]["target"])] for i in items]
    base = [at[i, rules["default"]["target"]] for i in items]

    assert report["items"]["count"] == report["coverage"]["both"] == len(items)
    assert report["changed"] == sum(row["model"] != rules["default"]["target"] for row in chosen)
    wins = np.array([row["win"] for row in chosen])
    before = np.array([row["win"] for row in base])
    near(report["summary"]["success"]["value"], wins.mean())
    costs = [row["judge_usd"] for row in chosen if row["judge_usd"] is not None]
    near(report["summary"]["cost"]["total"], sum(costs))
    near(report["activeSummary"]["success"]["value"], before.mean())
    win = next(m for m in report["pair"]["metrics"] if m["metric"] == "win")
    interval = scipy.stats.ttest_rel(wins, before).confidence_interval()
    near((win["difference"]["lower"], win["difference"]["upper"]), (interval.low, interval.high))
    near(win["test"]["pValue"], scipy.stats.ttest_rel(wins, before).pvalue)
    # What so many items cannot show: 2.80 standard errors.
    error = (wins - before).std(ddof=1) / len(items) ** 0.5
    near(win["detectable"], error * (scipy.stats.norm.isf(0.025) + scipy.stats.norm.isf(0.2)))
    text = assay("router", "backtest", "judged", *ROLES, store=store, check=False).stdout.decode()
    assert "What this many items cannot show" in text and "win: on" in text

    gate = next(g for g in report["gates"] if g["gate"].startswith("success"))
    assert gate["verdict"] == ("passed" if interval.low >= -0.09 else "failed" if interval.high < -0.09 else "undecided")
    # The same again is the same bytes, so it is the same version.
    assert backtest(store, "judged", "--save", "trials")["saved"] == report["saved"] == "trials@1"
