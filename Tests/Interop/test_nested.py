"""Lists, structures, lists of structures and embeddings: real nested values in every client, unchanged when written back."""

import io
import json

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
import requests

KINDS = {"parquet": "application/vnd.apache.parquet", "arrow": "application/vnd.apache.arrow.file",
         "jsonl": "application/x-ndjson"}

ROWS = [
    {"id": 1, "messages": [{"role": "user", "content": "hi \"you\"\n"}, {"role": "assistant", "content": "né 🙂"}],
     "tags": ["a", "b", None], "usage": {"input": 3, "output": 1.5, "by": {"cache": True}},
     "scores": [1, 0.5], "grid": [[1, 2], [], [3]], "extra": {"a": 1}},
    {"id": 2, "messages": [], "tags": [], "usage": {"input": 4, "output": 2.0, "by": None}, "scores": [],
     "grid": [], "extra": {"b": ["x"]}},
    {"id": 3, "messages": [{"role": "tool", "content": None}], "extra": {}},
    {"id": 4, "tags": ["ü"], "scores": [7], "grid": [[-1]], "extra": {"a": 2, "b": []}},
]
NESTED = ["messages", "tags", "usage", "scores", "grid", "extra"]


def lines(rows):
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows).encode()


def push(server, name, data, extension, query="?key=id"):
    url = f"{server.url}/v1/datasets/{name}/versions{query}"
    answer = requests.post(url, data=data, headers={"Content-Type": KINDS[extension]}, timeout=60)
    assert answer.status_code in (200, 201), answer.text
    return answer


def data(server, name, extension):
    answer = requests.get(f"{server.url}/v1/datasets/{name}/versions/latest/data.{extension}", timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.fixture(scope="module")
def nested(server):
    return push(server, "nested", lines(ROWS), "jsonl").json()


def plain(value):
    """A client's value with lists and dictionaries, members that are null left out."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items() if plain(item) is not None}
    if value is None or value is pd.NA or isinstance(value, float) and value != value:
        return None
    return value.item() if hasattr(value, "item") else value


def check(rows):
    assert len(rows) == len(ROWS)
    for row, expected in zip(rows, ROWS):
        for name in NESTED:
            assert not isinstance(row[name], str), f"{name} is text"
            assert plain(row[name]) == plain(expected.get(name)), name


READERS = {
    "pyarrow-parquet": lambda url: pq.read_table(io.BytesIO(requests.get(url + ".parquet", timeout=30).content)).to_pylist(),
    "pyarrow-arrow": lambda url: pa.feather.read_table(io.BytesIO(requests.get(url + ".arrow", timeout=30).content)).to_pylist(),
    "pandas-parquet": lambda url: pd.read_parquet(url + ".parquet").to_dict("records"),
    "pandas-arrow": lambda url: pd.read_feather(url + ".arrow").to_dict("records"),
    "pandas-pyarrow": lambda url: pd.read_parquet(url + ".parquet", dtype_backend="pyarrow").to_dict("records"),
    "polars-parquet": lambda url: pl.read_parquet(url + ".parquet").to_dicts(),
    "polars-arrow": lambda url: pl.read_ipc(io.BytesIO(requests.get(url + ".arrow", timeout=30).content)).to_dicts(),
}


@pytest.mark.parametrize("reader", READERS)
def test_nested_values_are_nested(server, nested, reader):
    check(READERS[reader](f"{server.url}/v1/datasets/nested/versions/latest/data"))


def test_duckdb_takes_nested_values_apart(server, nested, tmp_path):
    path = tmp_path / "nested.parquet"
    path.write_bytes(data(server, "nested", "parquet"))
    found = duckdb.sql(f"""
        SELECT id, messages[1].role, usage.by.cache, len(grid) FROM '{path}' ORDER BY id
    """).fetchall()
    assert found == [(1, "user", True, 3), (2, None, None, 0), (3, "tool", None, None), (4, None, None, 1)]


WRITERS = {
    "pyarrow-parquet": ("parquet", lambda url, path: pq.write_table(
        pq.read_table(io.BytesIO(requests.get(url + ".parquet", timeout=30).content)), path)),
    "pandas-parquet": ("parquet", lambda url, path: pd.read_parquet(url + ".parquet").to_parquet(path)),
    "pandas-pyarrow": ("parquet", lambda url, path: pd.read_parquet(
        url + ".parquet", dtype_backend="pyarrow").to_parquet(path)),
    "pandas-arrow": ("arrow", lambda url, path: pd.read_feather(url + ".arrow").to_feather(path)),
    "polars-parquet": ("parquet", lambda url, path: pl.read_parquet(url + ".parquet").write_parquet(path)),
    "polars-arrow": ("arrow", lambda url, path: pl.read_ipc(
        io.BytesIO(requests.get(url + ".arrow", timeout=30).content)).write_ipc(path)),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_nested_values_go_back_unchanged(server, nested, tmp_path, writer):
    extension, write = WRITERS[writer]
    path = tmp_path / f"back.{extension}"
    write(f"{server.url}/v1/datasets/nested/versions/latest/data", path)
    answer = push(server, "nested", path.read_bytes(), extension)
    assert answer.status_code == 200, "a new version: " + requests.get(
        f"{server.url}/v1/datasets/nested/diff/{nested['number']}/latest", timeout=30).text
    assert answer.json()["snapshot"] == nested["snapshot"]


def test_duckdb_writes_nested_values_back_unchanged(server, nested, tmp_path):
    path, back = tmp_path / "nested.parquet", tmp_path / "back.parquet"
    path.write_bytes(data(server, "nested", "parquet"))
    duckdb.sql(f"COPY (SELECT * FROM '{path}' ORDER BY id) TO '{back}'")
    assert push(server, "nested", back.read_bytes(), "parquet").json()["snapshot"] == nested["snapshot"]


def test_the_same_values_have_one_digest_whatever_file_they_came_in(server):
    table = pa.Table.from_pylist([{"id": row["id"], "messages": row.get("messages"), "tags": row.get("tags")} for row in ROWS])
    text = [{name: value for name, value in row.items() if value is not None} for row in table.to_pylist()]
    first = push(server, "one.digest", lines(text), "jsonl").json()["snapshot"]
    for index, (extension, write) in enumerate({
        "parquet": pq.write_table, "arrow": pa.feather.write_feather,
    }.items()):
        sink = io.BytesIO()
        write(table, sink)
        assert push(server, f"one.digest{index}", sink.getvalue(), extension).json()["snapshot"] == first
    sink = io.BytesIO()
    pl.from_arrow(table).write_parquet(sink)
    assert push(server, "one.digest2", sink.getvalue(), "parquet").json()["snapshot"] == first


COUNT = 24


def embeddings(type, rows=300):
    source = np.random.default_rng(5)
    values = [None if i % 11 == 3 else source.normal(size=COUNT).astype(type) for i in range(rows)]
    element = pa.float32() if type == np.float32 else pa.float64()
    return pa.table({"id": pa.array(range(rows)), "emb": pa.array(values, pa.list_(element, COUNT))})


def same(table, got):
    for want, found in zip(table.column("emb").to_pylist(), got, strict=True):
        assert (want is None) == (found is None)
        assert want is None or list(want) == list(found)


@pytest.mark.parametrize("type", [np.float32, np.float64])
@pytest.mark.parametrize("extension", ["parquet", "arrow"])
def test_embeddings_are_vectors(server, type, extension):
    table = embeddings(type)
    name = f"emb.{extension}.{np.dtype(type).name}"
    sink = io.BytesIO()
    (pq.write_table if extension == "parquet" else pa.feather.write_feather)(table, sink)
    saved = push(server, name, sink.getvalue(), extension).json()
    record = requests.get(f"{server.url}/v1/datasets/{name}/versions/latest", timeout=30).json()
    kind = "f32" if type == np.float32 else "f64"
    assert {c["name"]: c["type"] for c in record["columns"]}["emb"] == f"vector({COUNT},{kind})"
    for back in ["parquet", "arrow"]:
        content = data(server, name, back)
        read = pq.read_table(io.BytesIO(content)) if back == "parquet" else pa.feather.read_table(io.BytesIO(content))
        assert read.schema.field("emb").type.equals(table.schema.field("emb").type), read.schema
        same(table, read.column("emb").to_pylist())
        frame = pl.read_parquet(io.BytesIO(content)) if back == "parquet" else pl.read_ipc(io.BytesIO(content))
        assert frame.schema["emb"] == pl.Array(pl.Float32 if type == np.float32 else pl.Float64, COUNT)
        same(table, frame["emb"].to_list())
        sink = io.BytesIO()
        frame.write_parquet(sink)
        assert push(server, name, sink.getvalue(), "parquet").json()["snapshot"] == saved["snapshot"]
    frame = pd.read_parquet(io.BytesIO(data(server, name, "parquet")))
    same(table, frame["emb"])
    rows = [json.loads(line) for line in data(server, name, "jsonl").splitlines()]
    same(table, [None if "emb" not in row else np.array(row["emb"], dtype=type) for row in rows])
    # From JSON lines with the type named, and from what pandas writes, which has no fixed size.
    named = push(server, name + ".text", data(server, name, "jsonl"), "jsonl", f"?key=id&types=emb=vector({COUNT},{kind})")
    assert named.json()["snapshot"] == saved["snapshot"]
    sink = io.BytesIO()
    frame.to_parquet(sink)
    assert push(server, name, sink.getvalue(), "parquet").json()["snapshot"] == saved["snapshot"]


def test_a_vector_with_a_null_in_it_is_refused_and_can_be_json(server):
    table = pa.table({"id": [1], "emb": pa.array([[1.0, None]], pa.list_(pa.float32(), 2))})
    sink = io.BytesIO()
    pq.write_table(table, sink)
    url = f"{server.url}/v1/datasets/emb.null/versions?key=id"
    answer = requests.post(url, data=sink.getvalue(), headers={"Content-Type": KINDS["parquet"]}, timeout=30)
    assert answer.status_code == 422 and "emb" in answer.json()["detail"], answer.text
    assert push(server, "emb.null", sink.getvalue(), "parquet", "?key=id&types=emb=json").status_code == 201
