"""The served contract, attacked by a program that makes up requests from it."""

import json
import os
import subprocess
import sys

import pytest

from server import Server, assay

# Waits for clocks: run by hand (`make interop`), not by every change.
pytestmark = pytest.mark.clocked


@pytest.mark.parametrize("seed", [1])
def test_no_request_gets_an_answer_that_the_contract_does_not_know(tmp_path, seed):
    assay("init", tmp_path / "store")
    for text in (b'{"id":1,"x":0.5}\n', b'{"id":1,"x":1.5}\n{"id":2,"x":null}\n'):
        assay("push", "runs", "-", "--format", "jsonl", "--key", "id", store=tmp_path / "store", input=text)
    # One of the requests makes a token, after which none is answered without.
    token = json.loads(assay("token", "create", "attack", "--scope", "admin", "--json", store=tmp_path / "store"))["token"]
    with Server(tmp_path / "store", tmp_path / "server.log") as server:
        tool = os.path.join(os.path.dirname(sys.executable), "schemathesis")
        done = subprocess.run(
            [
                tool, "run", server.url + "/openapi.yaml", "--seed", str(seed),
                "--header", f"Authorization: Bearer {token}",
                "--max-examples", os.environ.get("ASSAY_EXAMPLES", "40"), "--request-timeout", "30",
                "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,"
                "response_headers_conformance,response_schema_conformance",
                "--phases", "examples,coverage,fuzzing", "--workers", "1",
            ],
            capture_output=True, text=True, cwd=tmp_path,
        )
        assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "all as written" in assay("verify", store=tmp_path / "store")
