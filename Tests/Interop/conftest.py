"""A server for all tests, over the leaderboard's history and a table of every type."""

import json

import pytest
import requests

from server import Server, assay, history
from values import everyType


def pytest_configure(config):
    config.addinivalue_line("markers", "clocked: depends on how fast the machine is; left out by .ci/run")


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("interop")
    path = folder / "store"
    assay("init", path)
    states = history()
    for state in states[:: max(1, len(states) // 12)] + states[-1:]:
        text = "".join(json.dumps(row) + "\n" for row in state["rows"])
        assay(
            "push", "polyglot", "-", "--format", "jsonl", "--key", "dirname", "--created-at",
            state["committed_at"], "--quiet", store=path, input=text.encode(),
        )
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in everyType())
    assay(
        "push", "every.type", "-", "--format", "jsonl", "--key", "id", "--types",
        "at=timestamp,text=string", "--quiet", store=path, input=text.encode(),
    )
    return path


@pytest.fixture(scope="session")
def server(store):
    with Server(store, store.parent / "server.log") as server:
        yield server


class Table:
    """A version as it was saved, and where it is served."""

    def __init__(self, server, name, rows):
        self.name, self.rows = name, rows
        self.path = f"/v1/datasets/{name}/versions/latest"
        record = requests.get(server.url + self.path, timeout=30).json()
        self.columns = {column["name"]: column["type"] for column in record["columns"]}
        self.record = record

    def url(self, server, extension, query=""):
        return f"{server.url}{self.path}/data.{extension}{query}"


@pytest.fixture(scope="session")
def tables(server):
    return {
        "polyglot": Table(server, "polyglot", history()[-1]["rows"]),
        "every.type": Table(server, "every.type", everyType()),
    }


@pytest.fixture(params=["polyglot", "every.type"])
def table(request, tables):
    return tables[request.param]
