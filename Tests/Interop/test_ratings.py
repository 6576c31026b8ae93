"""Reports on ratings, beside statsmodels and the krippendorff package."""

import itertools
import json

import krippendorff
import numpy as np
import pytest
import requests
import statsmodels.api as sm
from statsmodels.stats.inter_rater import cohens_kappa

from server import Server, assay


def report(tmp_path, events, *options):
    """What `assay ratings` says of events, which are pushed as a dataset."""
    store = tmp_path / "store"
    assay("init", store)
    lines = "".join(json.dumps(event) + "\n" for event in events).encode()
    assay("push", "votes", "-", "--format", "jsonl", "--kind", "ratings", "--quiet", store=store, input=lines)
    return json.loads(assay("ratings", "votes", "--json", "--resamples", "100", *options, store=store))


def event(number, kind, item, rater, **members):
    at = f"2026-01-01T00:{number // 60 % 60:02}:{number % 60:02}.{number:06}Z"
    return {"rating": str(number), "at": at, "kind": kind, "item": str(item), "rater": rater, **members}


def near(found, wanted, tolerance=1e-9):
    assert found == pytest.approx(wanted, rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("seed", range(5))
def test_agreement_on_scores_with_gaps(tmp_path, seed):
    random = np.random.default_rng(seed)
    raters = ["ann", "bob", "cyd", "dot"][: 2 + seed % 3]
    truth = random.integers(1, 6, 60)
    table = np.full((len(raters), 60), np.nan)
    events = []
    for item, (row, rater) in itertools.product(range(60), enumerate(raters)):
        if random.random() < 0.25:
            continue
        score = int(np.clip(truth[item] + random.integers(-1, 2), 1, 5))
        table[row, item] = score
        events.append(event(len(events), "score", item, rater, a="m", value=score))
    metric = report(tmp_path, events)["metrics"][0]
    for alpha in metric["agreement"]["alphas"]:
        near(alpha["alpha"]["value"], krippendorff.alpha(reliability_data=table, level_of_measurement=alpha["distance"]))
    assert [alpha["distance"] for alpha in metric["agreement"]["alphas"]] == ["ordinal", "interval"]
    pairs = {(pair["first"], pair["second"]): pair for pair in metric["agreement"]["pairs"]}
    assert len(pairs) == len(raters) * (len(raters) - 1) // 2
    for (one, first), (two, second) in itertools.combinations(enumerate(raters), 2):
        both = ~np.isnan(table[one]) & ~np.isnan(table[two])
        counts = np.zeros((5, 5))
        for x, y in zip(table[one, both], table[two, both]):
            counts[int(x) - 1, int(y) - 1] += 1
        wanted = cohens_kappa(counts)
        found = pairs[(first, second)]
        assert found["units"] == both.sum()
        near(found["kappa"]["value"], wanted.kappa)
        near(found["kappa"]["lower"], wanted.kappa_low, 1e-7)


def test_agreement_on_labels(tmp_path):
    random = np.random.default_rng(11)
    words = ["bad", "fine", "good"]
    table = np.full((3, 80), np.nan)
    events = []
    for item, (row, rater) in itertools.product(range(80), enumerate(["ann", "bob", "cyd"])):
        if random.random() < 0.3:
            continue
        table[row, item] = random.choice(3, p=[0.2, 0.3, 0.5]) if random.random() < 0.4 else item % 3
        events.append(event(len(events), "label", item, rater, a="m", label=words[int(table[row, item])]))
    alpha = report(tmp_path, events)["metrics"][0]["agreement"]["alphas"][0]
    near(alpha["alpha"]["value"], krippendorff.alpha(reliability_data=table, level_of_measurement="nominal"))


@pytest.mark.parametrize("seed", range(4))
def test_strengths_are_a_binomial_regression_without_intercept(tmp_path, seed):
    random = np.random.default_rng(seed)
    arms = ["a", "b", "c", "d", "e"][: 3 + seed % 3]
    strength = random.normal(size=len(arms))
    events, rows, won = [], [], []
    wins = np.zeros((len(arms), len(arms)))
    for item in range(70):
        for rater in ("ann", "bob"):
            i, j = random.choice(len(arms), 2, replace=False)
            left = "a" if random.random() < 0.5 else "b"
            chance = 1 / (1 + np.exp(strength[j] - strength[i]))
            draw = random.random()
            winner = "tie" if draw > 0.9 else "a" if random.random() < chance else "b"
            share = {"a": 1.0, "b": 0.0, "tie": 0.5}[winner]
            wins[i, j] += share
            wins[j, i] += 1 - share
            row = np.zeros(len(arms))
            row[i], row[j] = 1, -1
            # A rater's later vote on the same replaces the one before.
            events.append(event(len(events), "preference", f"{item}-{rater}-{i}-{j}", rater, a=arms[i], b=arms[j], winner=winner, shown_left=left))
            rows.append(row[1:])
            won.append(share)
    preference = report(tmp_path, events)["metrics"][0]["preference"]
    assert np.allclose(preference["wins"], wins)
    # A GLM with shares as outcomes is the same likelihood as half a win each.
    fit = sm.GLM(np.array(won), np.array(rows), family=sm.families.Binomial()).fit(tol=1e-14, maxiter=200)
    found = {one["arm"]: one["beta"]["value"] for one in preference["strengths"]}
    near(found["a"], 0.0)
    for arm, beta in zip(arms[1:], fit.params):
        near(found[arm], beta, 1e-7)


def test_a_page_can_rate_over_rest(tmp_path):
    store = tmp_path / "store"
    assay("init", store)
    rows = [{"id": f"q{i}", "model": m, "prompt": f"p{i}", "output": f"{m} {i}"} for i in range(3) for m in "xy"]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    assay("push", "outputs", "-", "--format", "jsonl", "--key", "id,model", "--quiet", store=store, input=lines)
    with Server(store, tmp_path / "server.log") as server:
        url = server.url + "/v1/ratings/votes"
        asked = {"ref": "outputs", "by": "model", "rater": "ann", "seed": 4}
        for step in range(3):
            next = requests.get(url + "/next", params=asked, timeout=30).json()
            task = next["task"]
            assert next["done"] == step and "model" not in task and "a" not in task
            left = task["left"][0]["text"].split()[0]
            answer = {"kind": "preference", "item": task["item"], "rater": "ann", "task": task["task"], "seed": 4, "winner": "left"}
            body = {"subject": next["subject"], "events": [answer]}
            kept = [requests.post(url, json=body, headers={"Idempotency-Key": str(step)}, timeout=30) for _ in range(2)]
            assert [one.status_code for one in kept] == [201, 200]
            assert kept[0].json()["ratings"] == kept[1].json()["ratings"]
            row = json.loads(assay("pull", "votes", store=store).splitlines()[-1])
            assert {"a": row["a"], "b": row["b"]}[row["winner"]] == left
        assert "task" not in requests.get(url + "/next", params=asked, timeout=30).json()
        found = requests.get(url + "/report", timeout=30).json()
        assert found["metrics"][0]["preference"]["votes"] == 3
        for bad, status in [({"events": [{"kind": "scoer", "item": "q1", "rater": "x"}]}, 422), ({"subject": next["subject"], "events": [{"kind": "score", "item": "q9", "rater": "x", "value": 1}]}, 404), ({"events": []}, 422), ({"events": [{"kind": "score", "item": "q1", "rater": "x", "valeu": 1}]}, 400)]:
            refused = requests.post(url, json=bad, timeout=30)
            assert refused.status_code == status, refused.text
        # Rows that come live are not checked as events are, and would take one another's place.
        assert requests.post(server.url + "/v1/datasets/votes/rows", json={"rating": "1"}, timeout=30).status_code == 403
