"""Files as other programs write them, read by Assay: each encoding, codec, page version and nesting."""

import datetime
import decimal
import io
import json
import math
import random

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
import requests

from server import assay


def table(rows=2500):
    """A table with every type that has an equal in Assay."""
    source = random.Random(7)

    def column(make, type):
        values = [None if source.random() < 0.1 else make(i) for i in range(rows)]
        return pa.array(values, type)

    day = datetime.date(2026, 1, 1)
    noon = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone.utc)
    columns = {
        "id": pa.array(range(rows), pa.int64()),
        "flag": column(lambda i: i % 3 == 0, pa.bool_()),
        "text": column(lambda i: f"naïve {i} 🙂" * (i % 4), pa.string()),
        "large": column(lambda i: f"large {i}", pa.large_string()),
        "word": column(lambda i: f"word {i % 5}", pa.dictionary(pa.int32(), pa.string())),
        "half": column(lambda i: np.float16(i % 100 / 4), pa.float16()),
        "single": column(lambda i: i / 8, pa.float32()),
        "double": column(lambda i: source.gauss(0, 1) * 10 ** (i % 40 - 20), pa.float64()),
        "date": column(lambda i: day + datetime.timedelta(days=i % 700), pa.date32()),
        "second": column(lambda i: noon + datetime.timedelta(seconds=i), pa.timestamp("s", "UTC")),
        "milli": column(lambda i: noon + datetime.timedelta(milliseconds=i), pa.timestamp("ms", "UTC")),
        "micro": column(lambda i: noon + datetime.timedelta(microseconds=i), pa.timestamp("us", "UTC")),
        "nano": column(lambda i: noon + datetime.timedelta(microseconds=i), pa.timestamp("ns", "UTC")),
        "price": column(lambda i: decimal.Decimal(i) / 100, pa.decimal128(12, 2)),
        "list": column(lambda i: [None if j == 2 else j for j in range(i % 5)], pa.list_(pa.int32())),
        "struct": column(
            lambda i: {"a": i, "b": {"c": f"x{i}", "d": None if i % 2 else i / 4}},
            pa.struct([("a", pa.int32()), ("b", pa.struct([("c", pa.string()), ("d", pa.float64())]))]),
        ),
        "structs": column(
            lambda i: [{"k": j, "v": [f"{j}"] * (j % 3)} for j in range(i % 4)],
            pa.list_(pa.struct([("k", pa.int64()), ("v", pa.list_(pa.string()))])),
        ),
        "map": column(lambda i: [(f"k{j}", j) for j in range(i % 3)], pa.map_(pa.string(), pa.int64())),
    }
    for width in (8, 16, 32, 64):
        top = 2 ** (width - 1) - 1
        columns[f"int{width}"] = column(lambda i: (top - i % 50) * (1 if i % 2 else -1), pa.from_numpy_dtype(f"int{width}"))
        columns[f"uint{width}"] = column(lambda i: min(2**63 - 1, 2**width - 1) - i % 50, pa.from_numpy_dtype(f"uint{width}"))
    return pa.table(columns)


TABLE = table()


def plain(value):
    """A Python value as JSON would have it."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, (np.floating, np.integer, np.bool_)):
        return value.item()
    return value


def equal(want, got):
    if want is None or got is None:
        return want is None and got is None
    if isinstance(want, datetime.datetime):
        zone = want if want.tzinfo else want.replace(tzinfo=datetime.timezone.utc)
        return datetime.datetime.fromisoformat(got.replace("Z", "+00:00")) == zone
    if isinstance(want, datetime.date):
        return got[:10] == want.isoformat()
    if isinstance(want, decimal.Decimal):
        return decimal.Decimal(str(got)) == want
    if isinstance(want, list) and want and isinstance(want[0], tuple):
        want = dict(want)
    if isinstance(want, dict) and isinstance(got, list):
        got = {item["key"]: item.get("value") for item in got}
    if isinstance(want, dict):
        got = {name: item for name, item in got.items() if item is not None}
        want = {name: item for name, item in want.items() if item is not None}
        return want.keys() == got.keys() and all(equal(want[name], got[name]) for name in want)
    if isinstance(want, list):
        return len(want) == len(got) and all(equal(a, b) for a, b in zip(want, got))
    if isinstance(want, (float, np.floating)):
        return float(want) == float(got) or (math.isnan(want) and got is None)
    return want == got


@pytest.fixture
def saved(server, tmp_path):
    """Saves a file's bytes through the API and gives back its rows."""
    def save(name, data, extension="parquet"):
        kind = {"parquet": "application/vnd.apache.parquet", "arrow": "application/vnd.apache.arrow.file"}[extension]
        url = f"{server.url}/v1/datasets/{name}/versions"
        answer = requests.post(url, data=data, headers={"Content-Type": kind}, timeout=60)
        assert answer.status_code in (200, 201), answer.text
        lines = requests.get(f"{url}/{answer.json()['number']}/data.jsonl", timeout=60)
        return [json.loads(line) for line in lines.text.split("\n") if line]
    return save


def check(rows, want=TABLE):
    found = []
    columns = want.column_names
    for index, expected in enumerate(want.to_pylist()):
        for name in columns:
            if not equal(expected[name], rows[index].get(name)):
                found.append((index, name, expected[name], rows[index].get(name)))
    assert len(rows) == want.num_rows
    assert found[:5] == []


def parquet(data, **options):
    sink = io.BytesIO()
    pq.write_table(data, sink, **options)
    return sink.getvalue()


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
@pytest.mark.parametrize("page", ["1.0", "2.0"])
@pytest.mark.parametrize("dictionary", [True, False])
def test_parquet_of_pyarrow(saved, codec, page, dictionary):
    data = parquet(TABLE, compression=codec, data_page_version=page, use_dictionary=dictionary, data_page_size=4096, row_group_size=999)
    check(saved("parquet.pyarrow", data))


encodings = {
    "DELTA_BINARY_PACKED": ["id", "int32", "int64", "int8", "uint16"],
    "DELTA_LENGTH_BYTE_ARRAY": ["text", "large"],
    "DELTA_BYTE_ARRAY": ["text", "large"],
    "BYTE_STREAM_SPLIT": ["single", "double", "int32", "int64", "half"],
    "PLAIN": ["flag", "text", "double"],
    "RLE": ["flag"],
}


@pytest.mark.parametrize("encoding", encodings)
@pytest.mark.parametrize("page", ["1.0", "2.0"])
def test_parquet_encodings(saved, encoding, page):
    names = encodings[encoding]
    part = TABLE.select(names)
    data = parquet(part, use_dictionary=False, column_encoding={name: encoding for name in names}, data_page_version=page, data_page_size=2048)
    check(saved("parquet.encodings", data), part)


@pytest.mark.parametrize("flags", [
    {"use_deprecated_int96_timestamps": True}, {"version": "1.0"}, {"version": "2.4"},
    {"write_statistics": False}, {"store_schema": False}, {"use_byte_stream_split": ["double"], "use_dictionary": False},
    {"use_compliant_nested_type": False}, {"coerce_timestamps": "ms", "allow_truncated_timestamps": True},
])
def test_parquet_options_of_pyarrow(saved, flags):
    names = ["id", "text", "double", "list", "structs", "map"] + (["micro"] if "coerce_timestamps" not in flags else [])
    if flags.get("version") == "1.0":
        names.remove("micro")
    check(saved("parquet.options", parquet(TABLE.select(names), **flags)), TABLE.select(names))


def test_parquet_of_pandas(saved):
    frame = TABLE.select(["id", "flag", "text", "word", "double", "micro", "list"]).to_pandas()
    sink = io.BytesIO()
    frame.to_parquet(sink)
    check(saved("parquet.pandas", sink.getvalue()), TABLE.select(["id", "flag", "text", "word", "micro", "list"]))


@pytest.mark.parametrize("codec", ["uncompressed", "snappy", "gzip", "zstd", "lz4_raw"])
def test_parquet_of_polars(saved, codec):
    names = ["id", "flag", "text", "word", "single", "double", "date", "milli", "micro", "price", "list", "struct", "structs", "int8", "uint32"]
    part = TABLE.select(names)
    frame = pl.from_arrow(part.set_column(4, "single", part["single"]))
    sink = io.BytesIO()
    frame.write_parquet(sink, compression="lz4" if codec == "lz4_raw" else codec, row_group_size=777)
    check(saved("parquet.polars", sink.getvalue()), part)


@pytest.mark.parametrize("codec", ["uncompressed", "snappy", "gzip", "zstd", "lz4_raw"])
@pytest.mark.parametrize("version", ["V1", "V2"])
def test_parquet_of_duckdb(saved, tmp_path, codec, version):
    names = ["id", "flag", "text", "single", "double", "date", "milli", "micro", "price", "list", "struct", "structs", "map", "int8", "int16", "uint32"]
    part = TABLE.select(names)
    connection = duckdb.connect()
    connection.register("part", part)
    path = tmp_path / "duck.parquet"
    connection.execute(f"COPY part TO '{path}' (FORMAT parquet, COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048)")
    check(saved("parquet.duckdb", path.read_bytes()), part)


def arrow(data, stream=False, **options):
    sink = io.BytesIO()
    make = pa.ipc.new_stream if stream else pa.ipc.new_file
    with make(sink, data.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(data, max_chunksize=600)
    return sink.getvalue()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("codec", [None, "lz4", "zstd"])
def test_arrow_of_pyarrow(saved, stream, codec):
    check(saved("arrow.pyarrow", arrow(TABLE.drop_columns(["half"]), stream, compression=codec), "arrow"), TABLE.drop_columns(["half"]))


def test_arrow_half_floats_and_old_metadata(saved):
    part = TABLE.select(["id", "half", "text"])
    check(saved("arrow.half", arrow(part), "arrow"), part)
    check(saved("arrow.half", arrow(part, metadata_version=pa.ipc.MetadataVersion.V4), "arrow"), part)


@pytest.mark.parametrize("codec", ["uncompressed", "lz4", "zstd"])
@pytest.mark.parametrize("compat", ["oldest", "newest"])
def test_arrow_of_polars(saved, codec, compat):
    names = ["id", "flag", "text", "word", "single", "double", "date", "milli", "micro", "list", "struct", "structs", "int8", "uint32"]
    part = TABLE.select(names)
    sink = io.BytesIO()
    level = pl.CompatLevel.oldest() if compat == "oldest" else pl.CompatLevel.newest()
    pl.from_arrow(part).write_ipc(sink, compression=codec, compat_level=level)
    check(saved("arrow.polars", sink.getvalue(), "arrow"), part)


def test_arrow_of_pandas(saved):
    part = TABLE.select(["id", "flag", "text", "word", "micro"])
    sink = io.BytesIO()
    part.to_pandas().to_feather(sink)
    check(saved("arrow.pandas", sink.getvalue(), "arrow"), part)


@pytest.mark.parametrize("name, data, extension, why", [
    ("nanoseconds", lambda: parquet(pa.table({"t": pa.array([1], pa.timestamp("ns"))})), "parquet", "t"),
    ("too large", lambda: parquet(pa.table({"u": pa.array([2**64 - 1], pa.uint64())})), "parquet", "u"),
    ("bytes", lambda: parquet(pa.table({"b": pa.array([b"\xff\xfe"])})), "parquet", "b"),
    ("no Parquet", lambda: b"PAR1 and nothing more", "parquet", ""),
    ("no Arrow", lambda: b"ARROW1 and nothing more", "arrow", ""),
], ids=lambda item: item if isinstance(item, str) else "")
def test_what_is_not_supported_is_refused_by_name(server, name, data, extension, why):
    url = f"{server.url}/v1/datasets/refused/versions"
    kind = {"parquet": "application/vnd.apache.parquet", "arrow": "application/vnd.apache.arrow.file"}[extension]
    answer = requests.post(url, data=data(), headers={"Content-Type": kind}, timeout=60)
    assert answer.status_code == 422, answer.text
    assert why.lower() in answer.json()["detail"].lower(), answer.text
    assert requests.get(url, timeout=30).status_code == 404


@pytest.mark.parametrize("write,media", [
    ("write_parquet", "application/vnd.apache.parquet"), ("write_ipc", "application/vnd.apache.arrow.file"),
])
@pytest.mark.parametrize("kind", ["Int128", "UInt128"])
def test_integers_of_128_bits_are_refused_by_the_name_of_their_column(server, write, media, kind):
    if not hasattr(pl, kind):
        pytest.skip(f"this Polars has no {kind}")
    sink = io.BytesIO()
    getattr(pl.DataFrame({"wide": pl.Series([5], dtype=getattr(pl, kind))}), write)(sink)
    answer = requests.post(f"{server.url}/v1/datasets/refused/versions", data=sink.getvalue(),
                           headers={"Content-Type": media}, timeout=60)
    assert answer.status_code == 422, answer.text
    assert "'wide'" in answer.json()["detail"] and "damaged" not in answer.json()["detail"], answer.text


def test_encrypted_parquet_is_refused(server):
    import pyarrow.parquet.encryption as pe

    class Kms(pe.KmsClient):
        def __init__(self, config):
            pe.KmsClient.__init__(self)

        def wrap_key(self, key_bytes, master_key_identifier):
            return "x" + key_bytes.hex()

        def unwrap_key(self, wrapped_key, master_key_identifier):
            return bytes.fromhex(wrapped_key[1:])

    factory = pe.CryptoFactory(lambda config: Kms(config))
    properties = factory.file_encryption_properties(
        pe.KmsConnectionConfig(), pe.EncryptionConfiguration(footer_key="k", column_keys={"k": ["id"]})
    )
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, TABLE.select(["id"]).schema, encryption_properties=properties) as writer:
        writer.write_table(TABLE.select(["id"]))
    url = f"{server.url}/v1/datasets/refused/versions"
    answer = requests.post(url, data=sink.getvalue(), headers={"Content-Type": "application/vnd.apache.parquet"}, timeout=60)
    assert answer.status_code == 422 and "encrypt" in answer.json()["detail"].lower(), answer.text


def test_what_a_client_loaded_it_can_save_again(server, tables):
    """Each client's default writer, back to the same content."""
    part = tables["polyglot"]
    source = part.url(server, "parquet")
    frame = pd.read_parquet(source)
    written = {}
    sink = io.BytesIO()
    frame.to_parquet(sink)
    written["pandas"] = ("application/vnd.apache.parquet", sink.getvalue())
    sink = io.BytesIO()
    pl.read_parquet(source).write_parquet(sink)
    written["polars"] = ("application/vnd.apache.parquet", sink.getvalue())
    sink = io.BytesIO()
    pl.read_parquet(source).write_ipc(sink)
    written["polars.arrow"] = ("application/vnd.apache.arrow.file", sink.getvalue())
    written["polars.lines"] = ("application/x-ndjson", pl.read_parquet(source, columns=["dirname", "model", "pass_rate_2"]).write_ndjson().encode())
    written["pandas.csv"] = ("text/csv", frame.to_csv(index=False).encode())
    for name, (kind, data) in written.items():
        url = f"{server.url}/v1/datasets/back.{name}/versions"
        answer = requests.post(url, data=data, headers={"Content-Type": kind}, timeout=60)
        assert answer.status_code == 201, f"{name}: {answer.text}"
        lines = requests.get(f"{url}/1/data.jsonl", timeout=60).text.split("\n")
        rows = [json.loads(line) for line in lines if line]
        assert [row["dirname"] for row in rows] == [row["dirname"] for row in part.rows], name
        for row, want in zip(rows, part.rows):
            assert float(row["pass_rate_2"]) == float(want["pass_rate_2"]), name
            assert row["model"] == want["model"], name


def test_a_mixed_column_comes_back_by_json_lines_as_the_api_page_says(tmp_path):
    store = tmp_path / "store"
    assay("init", store)
    text = '{"id":1,"commit_hash":"4f4f00f"}\n{"id":2,"commit_hash":5318380}\n{"id":3}\n'
    assay("push", "mixed", "-", "--format", "jsonl", "--key", "id", store=store, input=text.encode())
    for name in ("mixed.jsonl", "mixed.parquet"):
        assay("pull", "mixed", "-o", tmp_path / name, store=store)
    back = tmp_path / "back.jsonl"
    pd.read_json(tmp_path / "mixed.jsonl", lines=True).to_json(back, orient="records", lines=True)
    assert assay("push", "mixed", back, store=store) == "unchanged: mixed@1\n"
    table = pd.read_parquet(tmp_path / "mixed.parquet")
    assert list(table["commit_hash"][:2]) == ['"4f4f00f"', "5318380"]
    table.to_parquet(tmp_path / "texts.parquet")
    table["commit_hash"] = table["commit_hash"].map(json.loads, na_action="ignore")
    table.to_json(back, orient="records", lines=True)
    assert assay("push", "mixed", back, store=store) == "unchanged: mixed@1\n"
    assay("push", "texts", tmp_path / "texts.parquet", "--key", "id", store=store)
    assert '"type":"string"' in assay("show", "texts", "--json", store=store)


def test_numbers_that_are_not_finite_come_back_from_all_but_json(tmp_path):
    store = tmp_path / "store"
    assay("init", store)
    values = [0.5, math.nan, math.inf, -math.inf]
    pq.write_table(pa.table({"id": range(4), "x": values}), tmp_path / "in.parquet")
    assay("push", "odd", tmp_path / "in.parquet", "--key", "id", store=store)
    for name in ("out.parquet", "out.arrow", "out.csv"):
        assay("pull", "odd", "-o", tmp_path / name, store=store)
        assert assay("push", "odd", tmp_path / name, store=store) == "unchanged: odd@1\n", name
    rows = assay("pull", "odd", store=store).splitlines()
    assert rows[1:] == ['{"id":%d,"x":null}' % number for number in (1, 2, 3)]
