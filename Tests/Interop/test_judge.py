"""`assay score` with judges that llmock plays: it answers in prose, or by the schema that it is sent."""

import json

import pytest
import requests

from test_providers import KEY, MODELS, Store, calls, mock, script  # noqa: F401
from test_run import verdict

OUTPUTS = [
    {"item": f"q{number}", "model": model, "attempt": 1, "output": f"{model} answers {number}"}
    for number in range(5) for model in ("large", "small")
]


@pytest.fixture
def outputs(calls):  # noqa: F811
    """The store of `calls`, with outputs of two models and two rubrics."""
    text = "".join(json.dumps(row) + "\n" for row in OUTPUTS)
    done = calls.run(
        "push", "triage", "-", "--format", "jsonl", "--key", "item,model,attempt", "--kind", "outputs", input=text)
    assert done.returncode == 0, done.stderr
    for name, rubric in {"helpful": "Is this helpful? {{output}}", "better": "One: {{first}}\nTwo: {{second}}"}.items():
        assert calls.run("prompt", "push", name, "--text", rubric).returncode == 0
    return calls


def score(store, judge, *flags):
    scorers = json.dumps({"schema": "scorers/1", "scorers": [{"name": "quality", "type": "judge", **judge}]})
    file = store.path.parent / "scorers.json"
    file.write_text(scorers)
    return store.run("score", "triage", "--scorers", str(file), "--json", *flags)


def rows(store, name="triage.scores"):
    return [json.loads(line) for line in store.run("pull", name).stdout.splitlines()]


@pytest.mark.parametrize("name", ["chat", "responses", "gemini"])
def test_a_judge_answers_by_the_schema_over_every_protocol_that_has_one(outputs, mock, name):  # noqa: F811
    judge = {"rubric": "helpful", "target": f"{name}:{MODELS[name]}", "labels": {"good": 1, "bad": 0}, "structured": True}
    done = score(outputs, judge)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    (used,) = report["calls"]
    assert (used["run"]["calls"], used["run"]["state"]) == (len(OUTPUTS), "complete")
    found = rows(outputs)
    assert [row["value"] for row in found] == [1.0] * len(OUTPUTS)
    assert {row["kind"] for row in found} == {"rate"}
    assert verdict(mock)["errors"] == 0
    again = json.loads(score(outputs, judge).stdout)
    assert (again["isNew"], again["calls"][0]["run"]["calls"]) == (False, 0)
    assert verdict(mock)["attempts"] == len(OUTPUTS)
    kept = rows(outputs, "triage.scores.quality")
    assert len(kept) == len(OUTPUTS)
    assert all(row["input_tokens"] > 0 for row in kept)


def test_prose_is_no_score_and_never_zero(outputs, mock):  # noqa: F811
    done = score(outputs, {"rubric": "helpful", "target": "messages:" + MODELS["messages"]})
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [summary["errors"] for summary in report["summaries"]] == [5, 5]
    for row in rows(outputs):
        assert "value" not in row
        assert row["error"].startswith("the judge's answer is not a JSON object")


def test_a_judge_that_always_says_first_gives_ties_that_are_counted(outputs, mock):  # noqa: F811
    judge = {"rubric": "better", "target": "chat:gpt-4o-mini", "pairs": True, "structured": True, "votes": 2}
    report = json.loads(score(outputs, judge).stdout)
    (used,) = report["calls"]
    assert (used["pairs"], used["disagreements"]) == (10, 10)
    assert used["run"]["calls"] == 20
    values = {row["scorer"]: set() for row in rows(outputs)}
    for row in rows(outputs):
        values[row["scorer"]].add(row["value"])
    assert values == {"quality": {0.5}, "quality.disagreed": {1.0}}


def test_a_limited_judge_is_waited_for_and_a_failure_is_no_score(outputs, mock):  # noqa: F811
    judge = {"rubric": "helpful", "target": "chat:gpt-4o-mini", "structured": True}
    script(mock, {"type": "fail", "status": 429, "retry_after": 1}, {"type": "fail", "status": 400})
    done = score(outputs, judge, "--concurrency", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    errors = [row for row in rows(outputs) if "value" not in row]
    assert len(errors) == 1
    assert "invalid_request" in errors[0]["error"]
    requests.post(mock + "/_llmock/reset", timeout=30)
    assert score(outputs, judge).returncode == 0
    assert all("value" in row for row in rows(outputs))
    assert verdict(mock)["attempts"] == 1


def test_a_run_and_its_judge_share_a_command(outputs, mock):  # noqa: F811
    text = "".join(json.dumps({"id": f"i{number}", "text": f"Say {number}"}) + "\n" for number in range(3))
    outputs.run("push", "prompts", "-", "--format", "jsonl", "--key", "id", "--kind", "inputs", input=text)
    done = outputs.run(
        "run", "prompts", "--target", "chat:gpt-4o-mini", "--prompt-column", "text", "--into", "said", "--json",
        "--scorer", "contains:value=o", "--scorer", "quality=judge:helpful,target=responses:gpt-4o-mini,structured")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["version"]["reference"] == "said@1"
    assert report["scores"]["version"]["reference"] == "said.scores@1"
    assert [summary["scorer"] for summary in report["scores"]["summaries"]] == ["contains", "quality"]
    assert verdict(mock)["errors"] == 0


def test_no_key_is_in_what_a_judge_leaves(outputs):
    assert score(outputs, {"rubric": "helpful", "target": "chat:gpt-4o-mini"}).returncode == 0
    for file in outputs.path.rglob("*"):
        if file.is_file():
            assert KEY.encode() not in file.read_bytes()
