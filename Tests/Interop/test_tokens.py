"""What a token opens, and what stays shut without one."""

import json
import shutil

import pandas as pd
import polars as pl
import pytest
import requests

import duck
from server import Server, assay


@pytest.fixture(scope="module")
def guarded(store, tmp_path_factory):
    """A server over a copy of the store that has tokens."""
    folder = tmp_path_factory.mktemp("guarded")
    copy = folder / "store"
    shutil.copytree(store, copy)
    tokens = {
        name: json.loads(assay("token", "create", name, *flags, "--json", store=copy))["token"]
        for name, flags in {
            "reader": ["--scope", "read"], "writer": ["--scope", "write"],
            "admin": ["--scope", "admin"], "other": ["--scope", "read", "--prefix", "else."],
        }.items()
    }
    with Server(copy, folder / "server.log") as server:
        server.tokens = tokens
        server.folder = folder
        yield server


def bearer(server, name):
    return {"Authorization": f"Bearer {server.tokens[name]}"}


def test_without_a_token_nothing_is_told(guarded):
    url = f"{guarded.url}/v1/datasets/polyglot/versions"
    assert requests.get(url, timeout=30).status_code == 401
    wrong = {"Authorization": "Bearer assay_" + "A" * 43}
    assert requests.get(url, headers=wrong, timeout=30).status_code == 401
    assert requests.get(url, headers=bearer(guarded, "reader"), timeout=30).status_code == 200
    assert requests.get(guarded.url + "/healthz", timeout=30).status_code == 200


def test_a_dataset_out_of_reach_is_not_there(guarded):
    headers = bearer(guarded, "other")
    assert requests.get(f"{guarded.url}/v1/datasets/polyglot/versions", headers=headers, timeout=30).status_code == 404
    listed = requests.get(f"{guarded.url}/v1/datasets", headers=headers, timeout=30).json()
    assert "polyglot" not in json.dumps(listed)


def test_a_reader_may_not_write(guarded):
    url = f"{guarded.url}/v1/datasets/fresh/versions"
    headers = bearer(guarded, "reader") | {"Content-Type": "application/x-ndjson"}
    assert requests.post(url, data='{"a":1}\n', headers=headers, timeout=30).status_code == 403
    headers |= bearer(guarded, "writer")
    assert requests.post(url, data='{"a":1}\n', headers=headers, timeout=30).status_code == 201


def test_a_revoked_token_is_worth_nothing(guarded):
    made = json.loads(assay("token", "create", "brief", "--scope", "read", "--json", store=guarded.store))
    url = f"{guarded.url}/v1/datasets"
    headers = {"Authorization": f"Bearer {made['token']}"}
    assert requests.get(url, headers=headers, timeout=30).status_code == 200
    assay("token", "revoke", made["id"], store=guarded.store)
    assert requests.get(url, headers=headers, timeout=30).status_code == 401


def dataURL(guarded, extension):
    made = requests.post(
        guarded.url + "/v1/tokens/url",
        json={"reference": "every.type@latest", "format": extension, "expiresInSeconds": 3600},
        headers=bearer(guarded, "reader"), timeout=30,
    )
    assert made.status_code == 201, made.text
    return guarded.url + made.json()["path"]


def test_a_data_URL_loads_without_a_header(guarded, tables):
    rows = len(tables["every.type"].rows)
    assert len(pd.read_parquet(dataURL(guarded, "parquet"))) == rows
    assert pl.scan_parquet(dataURL(guarded, "parquet")).collect().height == rows
    assert pl.read_ipc(dataURL(guarded, "arrow")).height == rows
    assert len(pd.read_json(dataURL(guarded, "jsonl"), lines=True)) == rows
    assert duck.connect().execute(f"SELECT count(*) FROM read_parquet('{dataURL(guarded, 'parquet')}')").fetchone()[0] == rows
    other = dataURL(guarded, "parquet").replace("every.type", "polyglot")
    assert requests.get(other, timeout=30).status_code in (401, 403, 404)


def test_headers_carry_a_token(guarded, tables):
    url = f"{guarded.url}/v1/datasets/every.type/versions/latest/data.parquet"
    frame = pd.read_parquet(url, storage_options=bearer(guarded, "reader"))
    assert len(frame) == len(tables["every.type"].rows)
    connection = duck.connect()
    connection.execute(
        f"CREATE SECRET (TYPE http, BEARER_TOKEN '{guarded.tokens['reader']}')"
    )
    assert connection.execute(f"SELECT count(*) FROM '{url}'").fetchone()[0] == len(tables["every.type"].rows)


def test_no_log_or_metric_has_a_token(guarded):
    metrics = requests.get(guarded.url + "/metrics", headers=bearer(guarded, "admin"), timeout=30).text
    log = (guarded.folder / "server.log").read_text()
    for token in guarded.tokens.values():
        assert token not in log and token not in metrics
    assert "assay_" not in log
