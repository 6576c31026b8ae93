"""Rule documents held against their schema, and decisions over the wire against the specification's vectors."""

import json
import re

import pytest
import requests

jsonschema_rs = pytest.importorskip("jsonschema_rs")

from server import PACKAGE, Server, assay

SCHEMA = json.loads((PACKAGE / "schema/route.rules.json").read_text())
FIXTURES = PACKAGE / "Tests/RoutingTests/Fixtures"


def documents():
    text = (PACKAGE / "docs/routing.md").read_text()
    found = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    return [*found, json.loads((FIXTURES / "route-example.json").read_text())]


@pytest.mark.parametrize("document", documents())
def test_what_the_documents_show_is_valid_by_the_schema(document):
    jsonschema_rs.validator_for(SCHEMA).validate(document)


@pytest.mark.parametrize("change", [
    {"extra": 1}, {"schema": "route.rules/2"}, {"targets": {}}, {"rules": [{"name": "x"}]}, {"default": {}},
    {"rules": [{"name": "x", "when": {"user.plan": {"$eq": 1}}, "serve": {"target": "small"}}]},
    {"rules": [{"name": "x", "when": {"request.n": {"$is": 1}}, "serve": {"target": "small"}}]},
    {"rules": [{"name": "x", "when": {"request.n": {"$lt": 1.5}}, "serve": {"target": "small"}}]},
])
def test_what_the_schema_refuses_the_store_refuses(tmp_path, change):
    document = documents()[0] | change
    assert not jsonschema_rs.validator_for(SCHEMA).is_valid(document)
    assay("init", tmp_path / "store")
    refused = assay("router", "push", "chat", "-", store=tmp_path / "store", input=json.dumps(document).encode(), check=False)
    assert refused.returncode == 65, refused.stderr


def test_the_vectors_are_decided_over_the_wire(tmp_path):
    example = json.loads((FIXTURES / "route-example.json").read_text())
    vectors = json.loads((FIXTURES / "route-decisions.json").read_text())
    store = tmp_path / "store"
    assay("init", store)
    # The example was written over version 16, which is not here, and has gates.
    pushed = json.loads(assay("router", "push", "support-reply", "-", "--expect", "0", "--json", store=store, input=json.dumps(example).encode()))
    assert pushed["digest"] == vectors["content_hash"]
    assay("router", "deploy", "support-reply@1", "--override", "these are its vectors", store=store)
    with Server(store, tmp_path / "server.log") as server:
        schema = requests.get(server.url + "/route.rules.json", timeout=30)
        assert schema.json() == SCHEMA
        for vector in vectors["decisions"]:
            body = {"context": vector["context"]}
            decision = requests.post(server.url + "/v1/routers/support-reply/evaluate", json=body, timeout=30).json()
            flag = requests.post(server.url + "/ofrep/v1/evaluate/flags/support-reply", json=body, timeout=30).json()
            text = assay("router", "evaluate", "support-reply", json.dumps(vector["context"]), "--json", store=store)
            for made in (decision, json.loads(flag["metadata"]["decision"]), json.loads(text)):
                for name, value in vector["decision"].items():
                    assert made[name] == value, name
            assert flag["value"]["name"] == vector["decision"]["target"]
