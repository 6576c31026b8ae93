"""Scores that would take minutes or years: each ends at its limit, while others are answered."""

import json
import socket
import time

import pytest
import requests

from server import Server, assay, waitUntil


def doubling(words):
    """A schema whose definitions ask for the next one twice: 2^40 steps."""
    parts = {f"d{i}": words({"$ref": f"#/$defs/d{i + 1}"}) for i in range(40)}
    return {"$ref": "#/$defs/d0", "$defs": {**parts, "d40": {"type": "integer"}}}


# Each is one scorer for the outputs of the fixture: a long text, a number and many words.
BOMBS = {
    "allOf": {"type": "json_schema", "output": "number", "schema": doubling(lambda d: {"allOf": [d, d]})},
    "items": {"type": "json_schema", "output": "list", "schema": doubling(lambda d: {"allOf": [d, {"not": {"not": d}}]})},
    "states": {"type": "regex", "output": "text", "pattern": "(a{100}){100}b"},
    "folded states": {"type": "regex", "output": "text", "pattern": "(?i)([^b]{100}){100}b"},
    "words": {"type": "wer", "output": "words", "expected": "words"},
    "common words": {"type": "rouge_l", "output": "words", "expected": "words"},
}
FAST = {"contains": {"type": "contains", "output": "text", "value": "a" * 50_000 + "b"}}


def store(folder, rows):
    assay("init", folder / "store")
    row = {"text": "a" * 200_000, "number": "1", "list": "[1,1]", "words": " ".join(["a"] * 20_000)}
    lines = "".join(json.dumps({"item": f"i{i}", "output": "x", **row}) + "\n" for i in range(rows))
    assay("push", "outputs", "-", "--format", "jsonl", "--key", "item", "--quiet", store=folder / "store", input=lines.encode())
    return folder / "store"


def body(name):
    return {"reference": "outputs", "scorers": [{"name": "bomb", **{**BOMBS, **FAST}[name]}]}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    with Server(store(folder, 1), folder / "server.log") as server:
        yield server
        assert server.process.poll() is None, "the server ended"


@pytest.mark.parametrize("name", ["allOf", pytest.param("words", marks=pytest.mark.clocked)])
def test_a_bomb_is_a_failure_to_score_that_names_the_limit(small, name):
    answer = requests.post(small.url + "/v1/scores", json=body(name), timeout=300)
    assert answer.status_code == 201, answer.text[:300]
    failure = answer.json()["failures"][0]["message"]
    assert "100000000 steps" in failure, failure


def test_a_part_is_found_in_linear_time(small):
    answer = requests.post(small.url + "/v1/scores", json=body("contains"), timeout=300)
    assert answer.status_code == 201 and answer.json()["summaries"][0]["mean"] == 0


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    with Server(store(folder, 400), folder / "server.log") as server:
        yield server
        assert server.process.poll() is None, "the server ended"


def processor(server):
    fields = open(f"/proc/{server.process.pid}/stat").read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def begin(server, name):
    """Sends a request and does not read the answer."""
    text = json.dumps(body(name)).encode()
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(b"POST /v1/scores HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(text) + text)
    return connection


@pytest.mark.clocked
@pytest.mark.parametrize("name", BOMBS)
def test_scores_whose_client_left_end_within_a_second(large, name):
    before = processor(large)
    connection = begin(large, name)
    assert waitUntil(lambda: processor(large) > before + 50, 30), "nothing was scored"
    connection.close()
    time.sleep(1)
    settled = processor(large)
    time.sleep(1)
    assert processor(large) - settled < 30, "they are still computed"


@pytest.mark.clocked
def test_eight_at_once_hold_up_no_read(large):
    connections = [begin(large, name) for name in [*BOMBS, "allOf", "states"]]
    time.sleep(1)
    for path in ("/healthz", "/v1/datasets", "/v1/datasets/outputs/versions/1", "/v1/datasets/outputs/versions/1/data.jsonl?limit=3", "/v1/datasets/outputs/log"):
        start = time.monotonic()
        assert requests.get(large.url + path, timeout=60).status_code == 200
        assert time.monotonic() - start < 2, path
    for connection in connections:
        connection.close()


@pytest.mark.clocked
def test_the_server_ends_while_scores_are_computed(tmp_path, large):
    with Server(large.store, tmp_path / "server.log") as server:
        before = processor(server)
        connections = [begin(server, name) for name in BOMBS]
        assert waitUntil(lambda: processor(server) > before + 100, 30), "nothing was scored"
        start = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - start < 15
        for connection in connections:
            connection.close()
