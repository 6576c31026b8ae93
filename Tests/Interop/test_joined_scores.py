"""Scores as columns of comparisons, reports and trends over REST, agreeing with a join by pandas."""

import json
import random

import jsonschema_rs
import pandas as pd
import pytest
import requests
import yaml

from server import PACKAGE, Server, assay

CONTRACT = yaml.safe_load((PACKAGE / "schema/openapi.yaml").read_text())


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server of outputs and their scores: of two scorers, then of a third one as well."""
    folder = tmp_path_factory.mktemp("scores")
    store = folder / "store"
    assay("init", store)
    draw = random.Random(5)
    rows = [
        {"item": f"q{item}", "model": model, "attempt": attempt, "answer": "yes",
         "output": draw.choice(["yes", "yes", "Yes", "no", None] if model == "a" else ["yes", "no", None])}
        for item in range(60) for model in "ab" for attempt in (1, 2)
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    assay("push", "triage", "-", "--format", "jsonl", "--key", "item,model,attempt", "--quiet", store=store, input=text.encode())
    assay("score", "triage", "--scorer", "exact:answer", "--scorer", "near=chrf:answer", store=store)
    made = json.loads(assay("token", "create", "all", "--scope", "write", "--json", store=store))
    with Server(store, folder / "server.log") as server:
        server.tokens = {"all": made["token"]}
        # The token of a URL may read one dataset and no other.
        made = call(server, "/v1/tokens/url", {"reference": "triage", "format": "jsonl"}, status=201)
        server.tokens["outputs"] = made["path"].split("token=")[1]
        yield server


def call(server, path, body=None, token="all", status=200):
    headers = {"Authorization": f"Bearer {server.tokens[token]}"}
    if body is None:
        answer = requests.get(server.url + path, headers=headers, timeout=60)
    else:
        answer = requests.post(server.url + path, json=body, headers=headers, timeout=60)
    assert answer.status_code == status, answer.text
    return answer.json()


def valid(document, schema):
    whole = {"$ref": f"#/components/schemas/{schema}", "components": CONTRACT["components"]}
    errors = list(jsonschema_rs.Draft202012Validator(whole).iter_errors(document))
    assert not errors, errors
    return document


def joined(server, version):
    """The outputs with a column for each scorer, by pandas."""
    store = server.store

    def table(reference):
        return pd.DataFrame(json.loads(line) for line in assay("pull", reference, "--format", "jsonl", store=store).splitlines())

    scores = table(f"triage.scores@{version}")
    wide = scores.pivot(index=["item", "model", "attempt"], columns="scorer", values="value").reset_index()
    return table("triage").merge(wide, on=["item", "model", "attempt"], how="left")


def test_reports_comparisons_and_trends_are_those_of_the_joined_table(served):
    outputs = joined(served, 1)
    report = valid(call(served, "/v1/reports", {"reference": "triage", "by": "model"}), "Report")
    assert [source["reference"] for source in report["scores"]] == ["triage.scores@1"]
    assert report["request"]["scores"] == ["triage.scores@1"]
    for model in report["models"]:
        rows = outputs[outputs["model"] == model["model"]]
        for score in model["scores"]:
            wanted = rows.groupby("item")[score["metric"]].mean().mean()
            assert score["mean"]["value"] == pytest.approx(wanted)
        unscored = int(rows["exact"].isna().sum())
        assert f"{model['model']}, exact: {unscored} outputs that could not be scored" in report["findings"]
    body = {"reference": "triage", "by": "model", "base": "a", "candidates": ["b"], "options": {"resamples": 100}}
    comparison = valid(call(served, "/v1/comparisons", body), "Comparison")
    means = outputs.groupby(["model", "item"])[["exact", "near"]].mean()
    for metric in comparison["pairs"][0]["metrics"]:
        both = means[metric["metric"]].unstack(0).dropna()
        assert metric["items"] == len(both)
        assert metric["difference"]["value"] == pytest.approx((both["b"] - both["a"]).mean())
    trend = valid(call(served, "/v1/datasets/triage/trend?metric=near&by=model"), "Trend")
    assert [source["reference"] for source in trend["scores"]] == ["triage.scores@1"]
    for series in trend["series"]:
        assert series["points"][0]["value"] == pytest.approx(means.loc[series["group"], "near"].mean())


def test_what_was_kept_names_its_scores_and_others_can_be_named(served):
    body = {"reference": "triage", "by": "model", "options": {"resamples": 100}}
    kept = call(served, "/v1/comparisons", {**body, "scores": ["triage.scores@1"], "save": {"name": "verdicts"}}, status=201)
    scorers = [{"name": "exact", "type": "exact", "value": "no"}]
    call(served, "/v1/scores", {"reference": "triage", "scorers": scorers}, status=201)
    verified = call(served, "/v1/comparisons/verdicts@1/verify", {})
    assert verified["isEqual"], verified
    newest = call(served, "/v1/comparisons", body)
    assert newest["request"]["scores"] == ["triage.scores@2"]
    first = call(served, "/v1/comparisons", {**body, "scores": ["triage.scores@1"]})
    assert first["pairs"] == kept["pairs"] != newest["pairs"]
    trend = call(served, "/v1/datasets/triage/trend?metric=exact&scores=triage.scores@1")
    assert [source["reference"] for source in trend["scores"]] == ["triage.scores@1"]
    call(served, "/v1/datasets/triage/trend?metric=exact&scores=none", status=400)
    call(served, "/v1/comparisons", {**body, "scores": ["none"]}, status=400)


def test_a_token_that_may_not_read_the_scores_gets_none(served):
    body = {"reference": "triage", "by": "model"}
    for _ in range(2):
        assert "scores" in call(served, "/v1/reports", body)
        without = call(served, "/v1/reports", body, token="outputs")
        assert "scores" not in without and not any(model["scores"] for model in without["models"])
        call(served, "/v1/datasets/triage/trend?metric=exact")
        call(served, "/v1/datasets/triage/trend?metric=exact", token="outputs", status=400)
    for path in ("/v1/reports", "/v1/comparisons"):
        call(served, path, {**body, "scores": ["triage.scores@1"]}, token="outputs", status=404)
    call(served, "/v1/datasets/triage/trend?metric=exact&scores=triage.scores@1", token="outputs", status=404)
