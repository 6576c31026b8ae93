"""`assay provider test` against llmock, whose formats are the providers' own, and against raw bytes."""

import base64
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys

import pytest
import requests

from raw_upstream import END, HEAD, RawUpstream, chunk
from server import ASSAY, Server

KEY = "sk-live-0123456789abcdefghij"


@contextlib.contextmanager
def limited(*options, log=subprocess.DEVNULL):
    """llmock on a free port, with options."""
    # The port is free when it was just taken; llmock tells none that it chose itself.
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [str(pathlib.Path(sys.executable).parent / "llmock"), "serve", "--port", str(port), *options], stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(max_retries=requests.adapters.Retry(60, backoff_factor=0.1)))
    session.get(url + "/health", timeout=30)
    yield url
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(scope="module")
def mock(tmp_path_factory):
    """llmock on a free port."""
    with open(tmp_path_factory.mktemp("llmock") / "log", "wb") as file, limited(log=file) as url:
        yield url


@pytest.fixture
def calls(tmp_path, mock):
    """A store with a provider of every protocol, and a clean llmock."""
    requests.post(mock + "/_llmock/reset", timeout=30)
    store = Store(tmp_path / "store")
    providers = {
        "chat": ("openai.chat", "/v1"), "responses": ("openai.responses", "/v1"),
        "embeddings": ("openai.embeddings", "/v1"), "images": ("openai.images", "/v1"),
        "messages": ("anthropic.messages", "/anthropic"), "gemini": ("google.generate", "/gemini/v1beta"),
    }
    document = {"schema": "providers/1", "providers": {}}
    for name, (protocol, path) in providers.items():
        document["providers"][name] = {
            "protocol": protocol, "base_url": mock + path, "auth": {"secret": {"env": "TEST_KEY"}},
            "egress": {"allow_private": True}, "timeouts": {"idle_ms": 2000, "ttft_ms": 2000},
        }
    document["providers"]["messages"]["defaults"] = {"max_tokens": 64}
    store.run("provider", "add", "--file", "-", input=json.dumps(document))
    return store


class Store:
    def __init__(self, path):
        self.path = path
        self.run("init", str(path), named=False)

    def run(self, *arguments, input=None, named=True):
        environment = {"PATH": os.environ["PATH"], "ASSAY_AUTHOR": "ann", "TEST_KEY": KEY}
        if named:
            environment["ASSAY_STORE"] = str(self.path)
        return subprocess.run(
            [ASSAY, *arguments], env=environment, input=input, capture_output=True, text=True
        )

    def call(self, target, *flags):
        done = self.run("provider", "test", target, "--json", *flags)
        return done.returncode, json.loads(done.stdout)


MODELS = {
    "chat": "gpt-4o-mini", "responses": "gpt-4o-mini", "messages": "claude-3-5-sonnet-20241022",
    "gemini": "gemini-1.5-flash",
}


def script(mock, *behaviors):
    answer = requests.post(mock + "/_llmock/scenario", json={"behaviors": list(behaviors)}, timeout=30)
    assert answer.ok, answer.text


@pytest.mark.parametrize("flags", [(), ("--no-stream",)])
@pytest.mark.parametrize("name", MODELS)
def test_every_protocol_is_called(calls, mock, name, flags):
    status, answer = calls.call(f"{name}:{MODELS[name]}", "--prompt", "What is two and two?", *flags)
    assert status == 0, answer
    assert answer["output"]
    assert answer["finishReason"] == "stop"
    assert answer["usage"]["inputTokens"] > 0
    assert answer["usage"]["outputTokens"] > 0
    assert ("firstContentMilliseconds" in answer) == (flags == ())


@pytest.mark.parametrize("name", MODELS)
def test_tools_are_called_and_their_results_sent(calls, tmp_path, name):
    tool = {
        "type": "function",
        "function": {
            "name": "weather", "description": "The weather in a city",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
    messages = [{"role": "user", "content": "What is the weather in Paris?"}]
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"messages": messages, "tools": [tool]}))
    status, answer = calls.call(f"{name}:{MODELS[name]}", "--request", str(request))
    assert status == 0, answer
    (call,) = answer["toolCalls"]
    assert call["name"] == "weather"
    assert "city" in json.loads(call["arguments"])
    assert answer["finishReason"] == "tool_calls"
    identity = call["id"] or "c1"
    messages += [
        {"role": "assistant", "tool_calls": [{"id": identity, "type": "function", "function": {"name": "weather", "arguments": call["arguments"]}}]},
        {"role": "tool", "tool_call_id": identity, "content": "21 degrees"},
    ]
    request.write_text(json.dumps({"messages": messages, "tools": [tool]}))
    status, answer = calls.call(f"{name}:{MODELS[name]}", "--request", str(request))
    assert status == 0, answer
    assert answer["output"]
    assert answer["finishReason"] == "stop"


def test_embeddings_and_images(calls):
    status, answer = calls.call("embeddings:text-embedding-3-small")
    assert status == 0, answer
    assert answer["embeddings"][0] > 100
    request = json.dumps({"messages": [{"role": "user", "content": "a cat"}], "response_format": "b64_json"})
    path = calls.path.parent / "image.json"
    path.write_text(request)
    status, answer = calls.call("images:dall-e-3", "--request", str(path))
    assert status == 0, answer
    assert answer["media"][0]["bytes"] > 0


@pytest.mark.parametrize("fault,kind", [
    ("truncate", "truncated"), ("disconnect", "truncated"), ("malformed", "malformed"), ("stall", "timeout_idle"),
])
@pytest.mark.parametrize("name", MODELS)
def test_a_broken_stream_is_no_answer(calls, mock, name, fault, kind):
    behavior = {"type": "stream_fault", "kind": fault, "after_chunks": 3}
    if fault == "stall":
        # Some protocols begin with events that have no content yet.
        behavior |= {"after_chunks": 3 if name == "gemini" else 6, "stall_seconds": 30}
    script(mock, behavior)
    status, answer = calls.call(f"{name}:{MODELS[name]}")
    assert (status, answer["error"]["class"]) == (75, kind), answer


@pytest.mark.parametrize("code,kind,status", [
    (401, "auth", 77), (404, "model_not_found", 66), (400, "invalid_request", 65), (429, "rate_limited", 75),
    (500, "server_error", 75), (503, "overloaded", 75),
])
@pytest.mark.parametrize("name", MODELS)
def test_an_error_has_a_class(calls, mock, name, code, kind, status):
    script(mock, {"type": "fail", "status": code, "retry_after": 7})
    found, answer = calls.call(f"{name}:{MODELS[name]}")
    assert (found, answer["error"]["class"]) == (status, kind), answer
    if code == 429:
        assert answer["error"]["retryAfterMilliseconds"] == 7000


def test_a_slow_first_token_is_a_timeout(calls, mock):
    script(mock, {"type": "slow_first_token", "seconds": 10})
    status, answer = calls.call("chat:gpt-4o-mini")
    assert (status, answer["error"]["class"]) == (75, "timeout_first_byte")


def test_llmock_finds_no_fault_with_single_calls(calls, mock):
    for behavior in [
        {"type": "fail", "status": 429, "retry_after": 1}, {"type": "fail", "status": 400},
        {"type": "stream_fault", "kind": "truncate", "after_chunks": 3},
    ]:
        script(mock, behavior)
        calls.call("chat:gpt-4o-mini", "--prompt", json.dumps(behavior))
    verdict = requests.get(mock + "/_llmock/verdict", timeout=30).json()
    assert verdict["errors"] == 0 or {finding["code"] for finding in verdict["findings"]} <= {"truncated_stream_accepted", "gave_up"}
    assert verdict["attempts"] == 3


@pytest.mark.parametrize("pieces", [
    [HEAD, chunk('data: {"error":{"message":"<KEY>"}}\n\n'), END],
    [HEAD, *[chunk(f'data: {{"choices":[{{"delta":{{"content":"{letter}"}}}}]}}\n\n') for letter in KEY],
     chunk('data: {"model":"<KEY>","choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'), END],
    ["HTTP/1.1 500 Oops\r\nx-request-id: <KEY>\r\nTransfer-Encoding: chunked\r\n\r\n", chunk("echo " + base64.b64encode(KEY.encode()).decode()), END],
    ["HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n", chunk(json.dumps({"error": {"message": f"Bearer {KEY} {base64.b64encode(('Bearer ' + KEY).encode()).decode()}"}})), END],
])
def test_no_echo_of_the_key_is_printed_or_saved(tmp_path, pieces):
    store = Store(tmp_path / "store")
    with RawUpstream(*pieces) as upstream:
        store.run("provider", "add", "raw", "--protocol", "openai.chat", "--base-url", upstream.url, "--secret-env", "TEST_KEY", "--allow-private")
        for flags in [(), ("--json",)]:
            done = store.run("provider", "test", "raw:m", *flags)
            text = done.stdout + done.stderr
            assert KEY not in text
            assert base64.b64encode(KEY.encode()).decode()[:20] not in text
        assert all(KEY in head for head, _ in upstream.requests)
    for file in store.path.rglob("*"):
        if file.is_file():
            assert KEY.encode() not in file.read_bytes()


def test_a_private_address_gets_no_byte(tmp_path):
    store = Store(tmp_path / "store")
    with RawUpstream("HTTP/1.1 200 OK\r\n\r\n") as upstream:
        store.run("provider", "add", "raw", "--protocol", "openai.chat", "--base-url", upstream.url, "--secret-env", "TEST_KEY")
        status, answer = store.call("raw:m")
        assert (status, answer["error"]["class"]) == (77, "egress")
        assert upstream.requests == []


def test_a_server_calls_with_its_own_keys(calls, mock, tmp_path):
    environment = {"PATH": os.environ["PATH"]}
    with Server(calls.path, tmp_path / "log", environment={"TEST_KEY": KEY}) as server:
        for name, model in MODELS.items():
            command = [ASSAY, "provider", "test", f"{name}:{model}", "--json", "--store", server.url]
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr
            assert json.loads(done.stdout)["output"]
    assert KEY not in (tmp_path / "log").read_text()


def test_providers_cannot_be_pushed(tmp_path, server):
    store = Store(tmp_path / "store")
    done = store.run("push", "providers", "-", "--format", "jsonl", "--kind", "providers", input='{"document": {}}\n')
    assert done.returncode == 77
    answer = requests.post(
        server.url + "/v1/datasets/evil.providers/versions?kind=providers", data=b'{"document": {}}\n',
        headers={"content-type": "application/x-ndjson"}, timeout=30,
    )
    assert answer.status_code == 403
