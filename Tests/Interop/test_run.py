"""`assay run` against llmock, whose verdict says how Assay behaves as a client, and an upstream that echoes the key."""

import base64
import http.server
import json
import signal
import subprocess
import threading
import time

import pytest
import requests

from raw_upstream import END, HEAD, RawUpstream, chunk
from server import ASSAY, Server
from test_providers import KEY, MODELS, Store, calls, limited, mock, script  # noqa: F401

ITEMS = 12


@pytest.fixture
def runs(calls):  # noqa: F811
    """The store of `calls`, with a dozen prompts."""
    text = "".join(json.dumps({"id": f"i{number}", "text": f"What is {number} and two?"}) + "\n" for number in range(ITEMS))
    done = calls.run("push", "prompts", "-", "--format", "jsonl", "--key", "id", "--kind", "inputs", input=text)
    assert done.returncode == 0, done.stderr
    return calls


def start(store, *targets, flags=(), into="out"):
    options = [part for target in targets for part in ("--target", target)]
    return store.run("run", "prompts", *options, "--prompt-column", "text", "--into", into, *flags, "--json")


def rows(store, into="out"):
    return [json.loads(line) for line in store.run("pull", into).stdout.splitlines()]


def verdict(mock):  # noqa: F811
    return requests.get(mock + "/_llmock/verdict", timeout=30).json()


def test_every_chat_protocol_runs_and_llmock_finds_no_fault(runs, mock):  # noqa: F811
    done = start(runs, *[f"{name}:{model}" for name, model in MODELS.items()], flags=["--concurrency", "8"])
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["state"] == "complete"
    assert report["calls"] == ITEMS * len(MODELS)
    found = rows(runs)
    assert len(found) == ITEMS * len(MODELS)
    for row in found:
        assert row["output"]
        assert row["finish_reason"] == "stop"
        assert row["success"] is True
        assert row["input_tokens"] > 0
        assert row["ttft_ms"] >= 0
    answer = verdict(mock)
    assert answer["errors"] == 0, answer
    again = json.loads(start(runs, *[f"{name}:{model}" for name, model in MODELS.items()], flags=["--concurrency", "8"]).stdout)
    assert (again["calls"], again["isNew"]) == (0, False)


def test_a_limited_provider_is_waited_for_and_the_verdict_is_clean(runs, mock):  # noqa: F811
    script(
        mock, {"type": "fail", "status": 429, "retry_after": 1}, {"type": "fail", "status": 503, "retry_after": 1},
        {"type": "fail", "status": 500}, {"type": "stream_fault", "kind": "truncate", "after_chunks": 3},
        {"type": "stream_fault", "kind": "disconnect", "after_chunks": 3}, {"type": "stream_fault", "kind": "malformed", "after_chunks": 3},
    )
    begin = time.monotonic()
    done = start(runs, "chat:gpt-4o-mini", flags=["--concurrency", "2"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert time.monotonic() - begin >= 1
    report = json.loads(done.stdout)
    assert report["calls"] == ITEMS + 6
    classes = {send["error_class"] for row in rows(runs) for send in row["sends"] if "error_class" in send}
    assert classes >= {"rate_limited", "overloaded", "server_error", "truncated", "malformed"}
    answer = verdict(mock)
    assert answer["errors"] == 0, answer


@pytest.mark.parametrize("code,sent", [(400, 1), (401, 1), (404, 1)])
def test_what_cannot_help_is_not_repeated(runs, mock, code, sent):  # noqa: F811
    script(mock, *[{"type": "fail", "status": code}] * 3)
    done = start(runs, "chat:gpt-4o-mini", flags=["--concurrency", "1", "--where", "id = 'i0'"])
    assert done.returncode == 1
    (row,) = rows(runs)
    assert len(row["sends"]) == sent
    assert verdict(mock)["attempts"] == sent


def test_images_are_attachments(runs):
    text = json.dumps({"id": "cat", "text": "a cat"}) + "\n"
    runs.run("push", "pictures", "-", "--format", "jsonl", "--key", "id", input=text)
    document = {
        "schema": "run/1", "inputs": "pictures", "prompt": {"column": "text"}, "targets": ["images:dall-e-3"],
        "params": {"response_format": "b64_json"}, "into": "drawn",
    }
    done = runs.run("run", "start", "-", input=json.dumps(document))
    assert done.returncode == 0, done.stderr
    (row,) = rows(runs, "drawn")
    assert row["file"]["size"] > 0
    assert row["file"]["mediaType"].startswith("image/")
    assert runs.run("verify").returncode == 0


def test_an_interrupt_leaves_a_version_that_goes_on(runs, mock):  # noqa: F811
    script(mock, *[{"type": "slow_first_token", "seconds": 0.5}] * ITEMS)
    command = [ASSAY, "run", "prompts", "--target", "chat:gpt-4o-mini", "--prompt-column", "text", "--into", "out", "--concurrency", "2"]
    process = subprocess.Popen(command, env={"PATH": "/usr/bin:/bin", "TEST_KEY": KEY, "ASSAY_STORE": str(runs.path)})
    while verdict(mock)["attempts"] < 3:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 75
    found = rows(runs)
    assert 0 < len(found) < ITEMS
    assert all(row["success"] for row in found)
    status = json.loads(runs.run("run", "status", "out", "--json").stdout)
    assert status["state"] == "cancelled"
    assert runs.run("run", "resume", "out").returncode == 0
    assert len(rows(runs)) == ITEMS
    assert verdict(mock)["attempts"] == ITEMS


@pytest.mark.parametrize("pieces", [
    [HEAD, chunk('data: {"error":{"message":"<KEY>"}}\n\n'), END],
    [HEAD, chunk('data: {"model":"<KEY>","choices":[{"delta":{"content":"<KEY>"},"finish_reason":"stop"}]}\n\n'), END],
    ["HTTP/1.1 500 Oops\r\nx-request-id: <KEY>\r\nTransfer-Encoding: chunked\r\n\r\n", chunk("echo " + base64.b64encode(KEY.encode()).decode()), END],
])
def test_no_echo_of_the_key_is_kept(tmp_path, pieces):
    store = Store(tmp_path / "store")
    store.run("push", "prompts", "-", "--format", "jsonl", "--key", "id", input='{"id":"a","text":"b"}\n')
    with RawUpstream(*pieces) as upstream:
        document = {"schema": "providers/1", "providers": {"raw": {
            "protocol": "openai.chat", "base_url": upstream.url, "auth": {"secret": {"env": "TEST_KEY"}},
            "egress": {"allow_private": True}, "retry": {"max_retries": 1, "base_ms": 1},
        }}}
        store.run("provider", "add", "--file", "-", input=json.dumps(document))
        done = store.run("run", "prompts", "--target", "raw:m", "--prompt-column", "text", "--into", "out")
        text = done.stdout + done.stderr + store.run("pull", "out").stdout
    assert text
    assert KEY not in text
    for file in store.path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert KEY.encode() not in content
            assert base64.b64encode(KEY.encode())[:20] not in content


def test_a_server_executes_a_run_with_its_own_keys(runs, mock, tmp_path):  # noqa: F811
    with Server(runs.path, tmp_path / "log", environment={"TEST_KEY": KEY}) as server:
        document = {
            "schema": "run/1", "inputs": "prompts", "prompt": {"column": "text"}, "into": "served",
            "targets": [f"{name}:{model}" for name, model in MODELS.items()], "limits": {"concurrency": 8},
        }
        begun = requests.post(server.url + "/v1/runs", json={"document": document}, timeout=30)
        assert begun.status_code == 202, begun.text
        assert begun.headers["Location"] == "/v1/run-jobs/" + begun.json()["id"]
        for _ in range(1200):
            job = requests.get(server.url + begun.headers["Location"], timeout=30).json()
            if job["state"] != "running":
                break
            time.sleep(0.05)
        assert job["state"] == "done", job
        assert (job["report"]["state"], job["report"]["calls"]) == ("complete", ITEMS * len(MODELS))
        status = requests.get(server.url + "/v1/runs/served", timeout=30).json()
        assert status["answers"] == job["report"]["answers"]
        again = requests.post(server.url + "/v1/run-estimates", json={"document": document}, timeout=30).json()
        assert [target["calls"] for target in again["targets"]] == [0] * len(MODELS)
    assert len(rows(runs, "served")) == ITEMS * len(MODELS)
    assert verdict(mock)["errors"] == 0
    assert KEY not in (tmp_path / "log").read_text()


class Jobs(http.server.ThreadingHTTPServer):
    """A provider of jobs, which end when `isDone` is set."""

    daemon_threads = True

    def __init__(self):
        self.submitted, self.asked, self.isDone = 0, [], False
        super().__init__(("127.0.0.1", 0), JobHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # The caller was killed.


class JobHandler(http.server.BaseHTTPRequestHandler):
    def answer(self, document):
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.server.submitted += 1
        self.answer({"id": f"job {self.server.submitted}", "state": "queued"})

    def do_GET(self):
        self.server.asked.append(self.path)
        self.answer({"state": "done", "text": f"of {self.path}"} if self.server.isDone else {"state": "queued"})

    def log_message(self, *arguments):
        pass


def test_a_job_is_asked_for_after_a_kill_and_not_submitted_again(tmp_path):
    store, jobs = Store(tmp_path / "store"), Jobs()
    store.run("push", "prompts", "-", "--format", "jsonl", "--key", "id", input='{"id":"a","text":"b"}\n{"id":"c","text":"d"}\n')
    store.run("provider", "add", "--file", "-", input=json.dumps({"schema": "providers/1", "providers": {"queue": {
        "protocol": "http.template", "base_url": f"http://127.0.0.1:{jobs.server_port}", "egress": {"allow_private": True},
        "template": {
            "submit": {"path": "/jobs", "body": {"prompt": "{{input}}"}}, "request_id": "/id",
            "poll": {"path": "/jobs/{{request_id}}", "interval_ms": 20, "max_interval_ms": 20, "state": "/state", "done": ["done"]},
            "result": {"output": "/text"},
        }}}}))
    command = [ASSAY, "run", "prompts", "--target", "queue:m", "--prompt-column", "text", "--into", "out"]
    process = subprocess.Popen(command, env={"PATH": "/usr/bin:/bin", "ASSAY_STORE": str(store.path)})
    while len(set(jobs.asked)) < 2:
        time.sleep(0.02)
    process.kill()
    process.wait(timeout=60)
    status = json.loads(store.run("run", "status", "out.run", "--json").stdout)
    assert (status["state"], status["jobs"], status["unknown"]) == ("interrupted", 2, 0)
    jobs.isDone = True
    done = store.run("run", "resume", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "twice" not in done.stdout
    assert jobs.submitted == 2
    assert {row["output"] for row in rows(store)} == {"of /jobs/job%201", "of /jobs/job%202"}
    jobs.shutdown()


@pytest.mark.clocked
@pytest.mark.parametrize("target", ["chat:gpt-4o-mini", "messages:claude-sonnet-4-5"])
def test_quotas_that_answers_report_are_used_and_not_passed(tmp_path, target):
    with limited("--rpm", "120") as url:
        store = Store(tmp_path / "store")
        text = "".join(json.dumps({"id": f"i{number}", "text": f"What is {number} and two?"}) + "\n" for number in range(180))
        store.run("push", "prompts", "-", "--format", "jsonl", "--key", "id", input=text)
        document = {"schema": "providers/1", "providers": {
            "chat": {"protocol": "openai.chat", "base_url": url + "/v1"},
            "messages": {"protocol": "anthropic.messages", "base_url": url + "/anthropic", "defaults": {"max_tokens": 64}},
        }}
        for provider in document["providers"].values():
            provider |= {"auth": {"secret": {"env": "TEST_KEY"}}, "egress": {"allow_private": True}}
        store.run("provider", "add", "--file", "-", input=json.dumps(document))
        begin = time.monotonic()
        done = start(store, target)
        took = time.monotonic() - begin
        assert done.returncode == 0, done.stdout + done.stderr
        answer = verdict(url)
        assert answer["errors"] == 0, answer
        report = json.loads(done.stdout)
        # 120 calls at once and two a second after that: 9 of 10 have to be used, and 2 % may be refused.
        assert report["calls"] <= 180 * 1.02
        assert 180 >= 0.9 * (120 + 2 * took)
