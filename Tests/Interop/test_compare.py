"""`assay compare` on random runs, agreeing with scipy and statsmodels."""

import json
import math
import os
import pathlib

import jsonschema_rs
import numpy as np
import pytest
import scipy.stats
import statsmodels.api as sm
import yaml
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from server import PACKAGE, assay

ALPACA = os.environ.get("ASSAY_ALPACA")
DRAWS = 9_999


@pytest.fixture
def store(tmp_path):
    assay("init", tmp_path / "store")
    return tmp_path / "store"


def push(store, name, rows, key="id"):
    text = "".join(json.dumps(row) + "\n" for row in rows)
    assay("push", name, "-", "--format", "jsonl", "--key", key, "--quiet", store=store, input=text.encode())


def compare(store, *arguments):
    """The document of a comparison, whatever its gates say."""
    done = assay("compare", *arguments, "--json", store=store, check=False)
    assert done.returncode in (0, 1, 2), done.stderr.decode()
    document = json.loads(done.stdout)
    wanted = {None: 0, "passed": 0, "failed": 1, "undecided": 2}[document.get("verdict")]
    assert done.returncode == wanted
    return document


def metric(document, name, pair=0):
    return next(m for m in document["pairs"][pair]["metrics"] if m["metric"] == name)


def near(found, expected, tolerance=1e-9):
    assert found == pytest.approx(expected, rel=tolerance, abs=tolerance)


def runs(random, count, clusters):
    """Two runs of the same items: yes or no, a cost that may be missing, a latency."""
    luck = random.normal(size=clusters)
    base, candidate = [], []
    for i in range(count):
        cluster = int(random.integers(clusters))
        for run, lift in ((base, 0.0), (candidate, 0.4)):
            row = {
                "id": f"q{i:04}", "document": f"d{cluster}",
                "success": bool(random.normal() + luck[cluster] + lift > 0),
                "latency_ms": float(random.lognormal(6, 0.5) * (1 + lift / 4)),
            }
            if random.random() > 0.05:
                row["cost"] = round(float(random.gamma(2, 0.01)), 5)
            run.append(row)
    order = random.permutation(count)
    return base, [candidate[i] for i in order]


def columns(base, candidate, name):
    """Both sides of the items that have a value on both, in the order of their keys."""
    other = {row["id"]: row for row in candidate}
    pairs = [
        (row[name], other[row["id"]][name]) for row in sorted(base, key=lambda row: row["id"])
        if row["id"] in other and name in row and name in other[row["id"]]
    ]
    return tuple(np.array(side, dtype=float) for side in zip(*pairs)) if pairs else (np.array([]),) * 2


def tango(b, c, n, level=0.95):
    """Tango's interval, by bisection of his score statistic with its own constrained estimate."""
    z = scipy.stats.norm.ppf(1 - (1 - level) / 2)

    def score(delta):
        # b: only the candidate; c: only the base.
        A, B, C = 2 * n, -b - c + (2 * n - b + c) * delta, -c * delta * (1 - delta)
        q = (math.sqrt(max(0, B * B - 4 * A * C)) - B) / (2 * A)
        variance = n * (2 * q + delta * (1 - delta))
        return (b - c - n * delta) / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, b - c - n * delta)

    def root(target):
        low, high = -1.0, 1.0
        for _ in range(200):
            middle = (low + high) / 2
            if score(middle) > target:
                low = middle
            else:
                high = middle
        return high

    return root(z), root(-z)


@pytest.mark.parametrize("seed,count", [(1, 8), (2, 40), (3, 150), (4, 400)])
def test_two_runs_agree_with_scipy_and_statsmodels(store, seed, count):
    base, candidate = runs(np.random.default_rng(seed), count, max(2, count // 4))
    push(store, "base", base)
    push(store, "new", candidate)
    document = compare(store, "base", "new", "--seed", seed, "--gate", "success >= -5pp")

    one, two = columns(base, candidate, "success")
    found = metric(document, "success")
    assert found["items"] == count and found["missing"] == 0
    for side, values in (("base", one), ("candidate", two)):
        near(found[side]["value"], values.mean())
        near((found[side]["lower"], found[side]["upper"]), proportion_confint(values.sum(), count, method="wilson"))
    wins, losses = int(((two > one)).sum()), int((two < one).sum())
    assert (found["wins"], found["losses"], found["ties"]) == (wins, losses, count - wins - losses)
    table = [[((one == 1) & (two == 1)).sum(), losses], [wins, ((one == 0) & (two == 0)).sum()]]
    near(found["test"]["pValue"], min(1, mcnemar(table, exact=True).pvalue))
    near(found["difference"]["value"], (two - one).mean())
    near((found["difference"]["lower"], found["difference"]["upper"]), tango(wins, losses, count))
    near(found["effect"]["value"], 2 * (math.asin(math.sqrt(two.mean())) - math.asin(math.sqrt(one.mean()))))
    if wins + losses:
        power = scipy.stats.norm.ppf(0.975) + scipy.stats.norm.ppf(0.8)
        near(found["detectable"], power * math.sqrt((wins + losses) / count / count))
    lower, upper = tango(wins, losses, count)
    verdict = "passed" if lower >= -0.05 else "failed" if upper < -0.05 else "undecided"
    assert document["gates"][0]["verdict"] == verdict

    for name in ("cost", "latency_ms"):
        one, two = columns(base, candidate, name)
        found = metric(document, name)
        assert found["items"] == len(one) and found["missing"] == count - len(one)
        test = scipy.stats.ttest_rel(two, one)
        near(found["test"]["pValue"], test.pvalue)
        interval = test.confidence_interval()
        near((found["difference"]["lower"], found["difference"]["upper"]), (interval.low, interval.high))
        difference = two - one
        near(found["effect"]["value"], difference.mean() / difference.std(ddof=1))
        near(found["correlation"], np.corrcoef(one, two)[0, 1])
        near(found["unpairedStandardError"], math.sqrt((one.var(ddof=1) + two.var(ddof=1)) / len(one)))
        agree_with_resampling(found, difference, seed)
        worst = sorted(zip(-(two - one), range(len(one))))[: len(found["worse"])]
        near([item["candidate"] - item["base"] for item in found["worse"]], [-change for change, _ in worst])
    everything = [m["test"]["pValue"] for m in document["pairs"][0]["metrics"]]
    adjusted = [m["adjustedPValue"] for m in document["pairs"][0]["metrics"]]
    near(adjusted, multipletests(everything, method="holm")[1])


def agree_with_resampling(found, difference, seed):
    """The bootstrap and the sign flips, to the error of drawing."""
    again = scipy.stats.bootstrap(
        (difference,), np.mean, n_resamples=DRAWS, method="BCa", rng=np.random.default_rng(seed)
    )
    width = again.confidence_interval.high - again.confidence_interval.low
    # An end of the interval, from so many draws, is off by some hundredths of its width.
    for mine, theirs in zip((found["bootstrap"]["lower"], found["bootstrap"]["upper"]), again.confidence_interval):
        assert abs(mine - theirs) < 0.06 * width
    flips = scipy.stats.permutation_test(
        (difference,), np.mean, permutation_type="samples", n_resamples=DRAWS,
        rng=np.random.default_rng(seed),
    )
    p = next(test for test in found["furtherTests"] if test["name"] == "sign flips")["pValue"]
    assert abs(p - flips.pvalue) < 6 * math.sqrt(max(p * (1 - p), 1e-4) / DRAWS)


@pytest.mark.parametrize("seed", [5, 6])
def test_clustered_runs_agree_with_statsmodels(store, seed):
    base, candidate = runs(np.random.default_rng(seed), 240, 30)
    push(store, "base", base)
    push(store, "new", candidate)
    document = compare(store, "base", "new", "--cluster", "document")
    documents = {row["id"]: row["document"] for row in base}
    for name in ("success", "latency_ms", "cost"):
        one, two = columns(base, candidate, name)
        other = {row["id"]: row for row in candidate}
        groups = [
            documents[row["id"]] for row in base if name in row and name in other[row["id"]]
        ]
        fit = sm.OLS(two - one, np.ones(len(one))).fit(
            cov_type="cluster", cov_kwds={"groups": np.unique(groups, return_inverse=True)[1]}, use_t=True
        )
        found = metric(document, name)
        near(found["difference"]["standardError"], fit.bse[0])
        near(found["test"]["pValue"], fit.pvalues[0], 1e-8)
        near((found["difference"]["lower"], found["difference"]["upper"]), fit.conf_int()[0])
        assert found["difference"]["clusters"] == len(set(groups))


@pytest.mark.parametrize("seed,count", [(7, 30), (8, 71), (9, 72), (10, 500)])
def test_arms_agree_with_scipy(store, seed, count):
    base, candidate = runs(np.random.default_rng(seed), count, 5)
    push(store, "base", base)
    push(store, "new", candidate)
    document = compare(store, "base", "new")
    priced_by_both = set.intersection(*({row["id"] for row in run if "cost" in row} for run in (base, candidate)))
    for arm, run in zip(document["arms"], (base, candidate)):
        latencies = np.array([row["latency_ms"] for row in run])
        for name, share in (("p50", 0.5), ("p95", 0.95)):
            found = arm["summary"]["latency"][name]
            near(found["value"], np.sort(latencies)[math.ceil(share * count - 1e-9) - 1])
            interval = scipy.stats.quantile_test(latencies, p=share).confidence_interval()
            for mine, theirs in ((found.get("lower"), interval.low), (found.get("upper"), interval.high)):
                assert (mine is None) == math.isnan(theirs)
                if mine is not None:
                    near(mine, theirs)
        priced = [(row["cost"], float(row["success"])) for row in run if row["id"] in priced_by_both]
        costs, successes = np.array(priced).T
        cost = arm["summary"]["cost"]
        near(cost["total"], costs.sum())
        assert cost["unpriced"] == count - len(costs)
        ratio = costs.sum() / successes.sum()
        near(cost["perSuccess"]["value"], ratio)
        error = (costs - ratio * successes).std(ddof=1) / math.sqrt(len(costs)) / successes.mean()
        # The residuals' mean is 0 but for rounding.
        near(cost["perSuccess"]["standardError"], error, 1e-8)


def test_attempts_agree_with_their_formulas(store):
    random = np.random.default_rng(11)
    items = {f"q{i}": random.random() for i in range(60)}
    results = {}
    for name in ("base", "new"):
        rows = [
            {"id": item, "attempt": k, "success": bool(random.random() < chance)}
            for item, chance in items.items() for k in range(5)
        ]
        results[name] = rows
        push(store, name, rows, key="id,attempt")
    document = compare(store, "base", "new", "--repeat", "attempt")
    for arm, rows in zip(document["arms"], results.values()):
        counts = np.array([sum(row["success"] for row in rows if row["id"] == item) for item in items])
        found = arm["summary"]["repeats"]
        assert (found["items"], found["fewestAttempts"], found["mostAttempts"]) == (60, 5, 5)
        for each in found["passAtLeastOnce"]:
            k = each["attempts"]
            near(each["estimate"]["value"], np.mean([1 - math.comb(5 - c, k) / math.comb(5, k) for c in counts]))
        for each in found["passEveryTime"]:
            k = each["attempts"]
            near(each["estimate"]["value"], np.mean([math.comb(c, k) / math.comb(5, k) for c in counts]))
        near(found["flipRate"]["value"], np.mean((counts > 0) & (counts < 5)))
        near(found["consistency"]["value"], np.mean((counts * (counts - 1) + (5 - counts) * (4 - counts)) / 20))
    one, two = ([np.mean([r["success"] for r in rows if r["id"] == item]) for item in sorted(items)] for rows in results.values())
    near(metric(document, "success")["test"]["pValue"], scipy.stats.ttest_rel(two, one).pvalue)


def test_null_runs_raise_false_alarms_at_the_stated_rate(store):
    """Forty arms that do not differ from the base: Holm keeps any alarm at all below 5 %."""
    alarms = 0
    for seed in range(10):
        random = np.random.default_rng(100 + seed)
        chance = random.random(60)
        rows = [
            {"id": i, "model": f"m{m}", "success": bool(random.random() < chance[i]), "score": float(random.normal())}
            for m in range(5) for i in range(60)
        ]
        push(store, f"null{seed}", rows, key="id,model")
        document = compare(store, f"null{seed}", "--by", "model", "--resamples", "199")
        alarms += any(m["verdict"] in ("better", "worse") for pair in document["pairs"] for m in pair["metrics"])
    assert alarms <= scipy.stats.binom.ppf(0.999, 10, 0.05)


def test_the_same_comparison_gives_the_same_bytes_on_another_store(tmp_path):
    base, candidate = runs(np.random.default_rng(12), 90, 9)
    answers = []
    for name in ("one", "two"):
        assay("init", tmp_path / name)
        push(tmp_path / name, "base", base)
        push(tmp_path / name, "new", candidate)
        arguments = ("compare", "base", "new", "--cluster", "document", "--save", "kept", "--json")
        answers.append(assay(*arguments, store=tmp_path / name))
        assert "the same bytes" in assay("verify", "comparison", "kept@1", store=tmp_path / name)
    assert answers[0] == answers[1]


def test_documents_are_as_the_contract_says(store):
    random = np.random.default_rng(13)

    def run(lift):
        return [
            {
                "id": f"q{i}", "attempt": k, "task": f"t{i % 3}", "success": bool(random.random() < 0.6 + lift),
                "latency_ms": float(random.lognormal(6, 0.5)), "cost": float(random.gamma(2, 0.01)),
                "input_tokens": int(random.lognormal(9, 1.5)), "output": f"{random.integers(3)}",
                "json_parsed": bool(random.random() < 0.9), "schema_valid": bool(random.random() < 0.8),
                "finish_reason": str(random.choice(["stop", "length", "content_filter"])),
                "should_refuse": bool(random.random() < 0.1),
            }
            for i in range(80) for k in range(2)
        ]

    for name, lift in (("base", 0.0), ("new", 0.2), ("other", -0.2)):
        push(store, name, run(lift), key="id,attempt")
    contract = yaml.safe_load((PACKAGE / "schema/openapi.yaml").read_text())

    def validate(document, schema):
        whole = {"$ref": f"#/components/schemas/{schema}", "components": contract["components"]}
        errors = list(jsonschema_rs.Draft202012Validator(whole).iter_errors(document))
        assert not errors, [(error.message, error.instance_path) for error in errors]

    flags = ("--slice", "task", "--repeat", "attempt", "--gate", "success >= -2pp", "--gate", "cost_per_success <= +10%")
    document = compare(store, "base", "new", "other", *flags, "--save", "kept")
    assert document["saved"] == "kept@1"
    for member in ("latency", "cost", "schema", "truncations", "refusals", "expectedRefusals", "buckets", "repeats"):
        assert member in document["arms"][0]["summary"]
    validate(document, "Comparison")
    validate(json.loads(assay("verify", "comparison", "kept", "--json", store=store)), "Recomputation")
    made = assay("gate", "create", "bar", "--on", "base", "--repeat", "attempt", "--gate", "success >= +0", "--json", store=store)
    validate(json.loads(made), "RegisteredGates")
    validate(compare(store, "base", "new", "--registered", "bar"), "Comparison")


@pytest.mark.skipif(not ALPACA, reason="ASSAY_ALPACA names no folder")
def test_two_models_of_AlpacaEval_agree_with_scipy(store):
    names = ("vicuna-13b-v1.5", "claude-2.1")
    for name in names:
        assay("push", name, pathlib.Path(ALPACA) / f"{name}.jsonl", "--key", "id", "--quiet", store=store)
    rows = [[json.loads(line) for line in open(pathlib.Path(ALPACA) / f"{name}.jsonl")] for name in names]
    document = compare(store, *names, "--slice", "dataset")
    one, two = columns(*rows, "win")
    found = metric(document, "win")
    assert found["items"] == len(one) == 805
    for side, values in (("base", one), ("candidate", two)):
        near(found[side]["value"], values.mean())
    test = scipy.stats.ttest_rel(two, one)
    near(found["test"]["pValue"], test.pvalue)
    interval = test.confidence_interval()
    near((found["difference"]["lower"], found["difference"]["upper"]), (interval.low, interval.high))
    agree_with_resampling(found, two - one, 1)
    for part in document["pairs"][0]["slices"]:
        some = [[row for row in run if row["dataset"] == part["value"]] for run in rows]
        left, right = columns(*some, "win")
        mine = next(m for m in part["metrics"] if m["metric"] == "win")
        near(mine["test"]["pValue"], scipy.stats.ttest_rel(right, left).pvalue)
