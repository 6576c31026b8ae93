"""Every format of a version, loaded by its URL with the clients people use, value for value."""

import io
import json

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.json
import pyarrow.parquet
import pytest
import requests

import duck
from values import differences


def pandasRows(frame):
    return frame.astype(object).to_dict("records")


def pandasParquet(url):
    return pandasRows(pd.read_parquet(url, dtype_backend="pyarrow"))


def pandasFeather(url):
    return pandasRows(pd.read_feather(url, dtype_backend="pyarrow"))


def pandasLines(url):
    return pandasRows(pd.read_json(url, lines=True, dtype_backend="pyarrow", convert_dates=False))


def pandasArray(url):
    return pandasRows(pd.read_json(url, dtype_backend="pyarrow", convert_dates=False))


def pandasCSV(url):
    return pandasRows(pd.read_csv(url, dtype=str, keep_default_na=False))


def polarsParquet(url):
    return pl.read_parquet(url).to_dicts()


def polarsScan(url):
    return pl.scan_parquet(url).collect().to_dicts()


def polarsArrow(url):
    return pl.read_ipc(url).to_dicts()


def polarsArrowScan(url):
    return pl.scan_ipc(url).collect().to_dicts()


def pyarrowParquet(url):
    return pyarrow.parquet.read_table(io.BytesIO(requests.get(url, timeout=30).content)).to_pylist()


def pyarrowFile(url):
    return pyarrow.ipc.open_file(io.BytesIO(requests.get(url, timeout=30).content)).read_all().to_pylist()


def duckdbFrom(url):
    result = duck.connect().execute(f"FROM '{url}'")
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


readers = [
    (pandasParquet, "parquet"), (polarsParquet, "parquet"), (polarsScan, "parquet"),
    (pyarrowParquet, "parquet"), (duckdbFrom, "parquet"),
    (pandasFeather, "arrow"), (polarsArrow, "arrow"), (polarsArrowScan, "arrow"), (pyarrowFile, "arrow"),
]


@pytest.mark.parametrize("read, extension", readers, ids=lambda item: getattr(item, "__name__", item))
def test_a_table_with_types_is_loaded_value_for_value(server, table, read, extension):
    rows = read(table.url(server, extension))
    assert differences(table.columns, table.rows, rows) == []


def test_JSON_lines_are_loaded_by_every_client(server, table):
    url = table.url(server, "jsonl")
    # What a client makes of texts like dates, and of nested values, is its own affair.
    exact = {name: table.columns[name] for name in ("dirname", "model", "test_cases", "id", "flag") if name in table.columns}
    readers = [pandasLines, duckdbLines]
    if table.name == "polyglot":
        readers.append(lambda url: pl.read_ndjson(url, infer_schema_length=None).to_dicts())
    for read in readers:
        assert differences(exact, table.rows, read(url)) == []


def duckdbLines(url):
    result = duck.connect().execute(f"FROM read_json('{url}', format = 'newline_delimited', sample_size = -1)")
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


def test_JSON_is_what_was_saved(server, table):
    lines = requests.get(table.url(server, "jsonl"), timeout=30)
    # A line ends with \n alone; other separators may be inside of texts.
    rows = [json.loads(line) for line in lines.content.split(b"\n") if line]
    assert differences(table.columns, table.rows, rows) == []
    array = requests.get(table.url(server, "json"), timeout=30).json()
    assert differences(table.columns, table.rows, array) == []


def test_CSV_holds_every_value(server, table):
    rows = pandasCSV(table.url(server, "csv"))
    plain = {name: type for name, type in table.columns.items() if type in ("int64", "float64", "timestamp")}
    emptied = [{name: None if value == "" else value for name, value in row.items()} for row in rows]
    assert differences(plain, table.rows, emptied) == []
    assert len(pl.read_csv(table.url(server, "csv"), infer_schema=False)) == len(table.rows)
    duckdb = duck.connect().execute(f"FROM read_csv('{table.url(server, 'csv')}', all_varchar = true)").fetchall()
    assert len(duckdb) == len(table.rows)


@pytest.mark.parametrize("extension", ["parquet", "arrow", "csv", "jsonl", "json"])
def test_a_part_of_a_table_is_loaded_by_URL(server, tables, extension):
    table = tables["every.type"]
    query = "?select=id,score&where=score%20%3E%201&order=id%20desc&limit=5"
    url = table.url(server, extension, query)
    read = {
        "parquet": lambda: pl.read_parquet(io.BytesIO(requests.get(url, timeout=30).content)),
        "arrow": lambda: pl.read_ipc(io.BytesIO(requests.get(url, timeout=30).content)),
        "csv": lambda: pl.read_csv(io.BytesIO(requests.get(url, timeout=30).content)),
        "jsonl": lambda: pl.read_ndjson(io.BytesIO(requests.get(url, timeout=30).content)),
        "json": lambda: pl.read_json(io.BytesIO(requests.get(url, timeout=30).content)),
    }[extension]()
    expected = [row for row in reversed(table.rows) if row.get("score", 0) > 1][:5]
    assert read.columns == ["id", "score"]
    assert [row["id"] for row in read.to_dicts()] == [row["id"] for row in expected]


def test_a_range_is_a_part_of_the_file(server, table):
    url = table.url(server, "parquet")
    whole = requests.get(url, timeout=30)
    head = requests.head(url, timeout=30)
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["Accept-Ranges"] == "bytes"
    assert head.headers["ETag"] == whole.headers["ETag"]
    for text, expected in {
        "bytes=0-3": whole.content[:4],
        "bytes=-8": whole.content[-8:],
        "bytes=-999999999": whole.content,
        "bytes=5-": whole.content[5:],
    }.items():
        part = requests.get(url, headers={"Range": text}, timeout=30)
        assert part.status_code == 206, text
        assert part.content == expected
    beyond = requests.get(url, headers={"Range": f"bytes={len(whole.content)}-"}, timeout=30)
    assert beyond.status_code == 416
    again = requests.get(url, headers={"If-None-Match": whole.headers["ETag"]}, timeout=30)
    assert again.status_code == 304


def test_caching_follows_the_reference(server, tables):
    table = tables["polyglot"]
    number = table.record["number"]
    base = f"{server.url}/v1/datasets/polyglot/versions"
    numbered = requests.head(f"{base}/{number}/data.csv", timeout=30).headers["Cache-Control"]
    assert "immutable" in numbered
    latest = requests.head(f"{base}/latest/data.csv", timeout=30).headers["Cache-Control"]
    assert latest == "no-cache" or "no-cache" in latest
