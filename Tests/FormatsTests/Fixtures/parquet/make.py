"""Makes the Parquet fixtures of this folder and the rows that reading each must give (cases.json).

    pip install pyarrow polars duckdb pandas fastparquet
    python make.py

Values are made up here; expected rows are what a push of the file would store, as JSON lines.
"""

import datetime as dt
import decimal
import json
import pathlib
import uuid

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).parent
D = decimal.Decimal
UTC = dt.timezone.utc


CASES = {}
ROWS = {}


def expect(name, rows):
    """Notes the rows that reading a fixture must give; a field that is None is left out."""
    lines = [
        json.dumps({k: v for k, v in row.items() if v is not None}, ensure_ascii=False,
                   separators=(",", ":"))
        for row in rows
    ]
    text = "".join(line + "\n" for line in lines)
    if text not in ROWS:
        ROWS[text] = name
        (HERE / f"{name}.jsonl").write_text(text)
    CASES[name] = ROWS[text]


def write(name, table, rows, **options):
    pq.write_table(table, HERE / f"{name}.parquet", **options)
    expect(name, rows)


COUNT = 60
FLAT = [
    {
        "i": (i * 7919) % 1000 - 300 if i % 9 else None,
        "f": i / 8 - 2.5 if i % 7 else None,
        "s": ["alpha", "beta", "gämma", ""][i * 5 % 4] if i % 5 else None,
        "u": f"row-{i:04d}-{'x' * (i % 6)}",
        "b": i % 3 == 0 if i % 4 else None,
    }
    for i in range(COUNT)
]
FLAT_TABLE = pa.table(
    {
        "i": pa.array([r["i"] for r in FLAT], pa.int64()),
        "f": pa.array([r["f"] for r in FLAT], pa.float64()),
        "s": pa.array([r["s"] for r in FLAT], pa.string()),
        "u": pa.array([r["u"] for r in FLAT], pa.string()),
        "b": pa.array([r["b"] for r in FLAT], pa.bool_()),
    }
)


def codecs():
    for codec in ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
        for version in ["1.0", "2.0"]:
            write(f"codec-{codec}-v{version[0]}", FLAT_TABLE, FLAT, compression=codec,
                  data_page_version=version, write_page_checksum=version == "2.0")
    write("small-pages", FLAT_TABLE, FLAT, data_page_size=64, write_batch_size=7,
          row_group_size=23)
    write("version-1", FLAT_TABLE, FLAT, version="1.0")


def encodings():
    for name, columns in {
        "plain": {c: "PLAIN" for c in "ifsub"},
        "delta": {"i": "DELTA_BINARY_PACKED", "s": "DELTA_LENGTH_BYTE_ARRAY",
                  "u": "DELTA_BYTE_ARRAY", "f": "BYTE_STREAM_SPLIT", "b": "RLE"},
        "split": {"i": "BYTE_STREAM_SPLIT", "f": "BYTE_STREAM_SPLIT"},
    }.items():
        for version in ["1.0", "2.0"]:
            write(f"encoding-{name}-v{version[0]}", FLAT_TABLE, FLAT, use_dictionary=False,
                  column_encoding=columns, data_page_version=version)


def types():
    stamp = dt.datetime(2026, 10, 1, 12, 30, 5, 250000)
    iso = "2026-10-01T12:30:05.250Z"
    columns = {
        "i8": (pa.int8(), -5, -5), "i16": (pa.int16(), -500, -500), "i32": (pa.int32(), -7, -7),
        "u8": (pa.uint8(), 250, 250), "u16": (pa.uint16(), 65000, 65000),
        "u32": (pa.uint32(), 4_000_000_000, 4_000_000_000),
        "u64": (pa.uint64(), 2**63 - 1, 2**63 - 1),
        "f16": (pa.float16(), __import__("numpy").float16(1.5), 1.5),
        "f32": (pa.float32(), 0.25, 0.25),
        "big": (pa.large_string(), "large", "large"), "bin": (pa.binary(), b"plain", "plain"),
        "fixed": (pa.binary(4), b"four", "four"),
        "date": (pa.date32(), stamp.date(), "2026-10-01"),
        "time_ms": (pa.time32("ms"), dt.time(1, 2, 3, 4000), "01:02:03.004"),
        "time_us": (pa.time64("us"), dt.time(1, 2, 3, 40), "01:02:03.000040"),
        "time_ns": (pa.time64("ns"), 3_723_000_000_007, "01:02:03.000000007"),
        "ts_s": (pa.timestamp("s"), stamp.replace(microsecond=0), "2026-10-01T12:30:05Z"),
        "ts_ms": (pa.timestamp("ms"), stamp, iso), "ts_us": (pa.timestamp("us", "UTC"), stamp, iso),
        "ts_ns": (pa.timestamp("ns"), stamp, iso),
        "d9": (pa.decimal128(9, 2), D("-12.30"), -12.3), "d15": (pa.decimal128(15, 3), D("1.5"), 1.5),
        "d18": (pa.decimal128(18, 0), D(-12345), -12345),
        "d38": (pa.decimal128(38, 10), D("-12345678901234567890.0000000001"),
                "-12345678901234567890.0000000001"),
        "d76": (pa.decimal256(76, 0), D("9" * 76), "9" * 76),
        "null": (pa.null(), None, None),
    }
    table = pa.table({n: pa.array([v, None], t) for n, (t, v, _) in columns.items()})
    rows = [{n: e for n, (_, _, e) in columns.items()}, {}]
    write("types", table, rows)
    write("types-plain", table, rows, use_dictionary=False)
    small = table.select(["d9", "d15", "d18"])
    write("decimal-integer", small, [{k: rows[0][k] for k in small.column_names}, {}],
          store_decimal_as_integer=True)
    write("int96", table.select(["ts_us"]), [{"ts_us": iso}, {}], use_deprecated_int96_timestamps=True)
    ids = [uuid.UUID(int=i << 64 | 77) for i in range(3)]
    write("uuid", pa.table({"id": pa.array([i.bytes for i in ids], pa.uuid())}),
          [{"id": str(i)} for i in ids])
    docs = ['{"a": [1, 2.50]}', '"text"', "null", "17", '{\n "b": true}']
    write("json", pa.table({"doc": pa.array(docs, pa.json_())}),
          [{"doc": json.loads(d)} for d in docs])
    write("category", pa.table({"c": pa.array(["x", "y", None, "x"]).dictionary_encode()}),
          [{"c": "x"}, {"c": "y"}, {}, {"c": "x"}])


NESTED = [
    {"id": 1, "tags": ["a", "b"], "score": {"x": 1, "y": {"z": 2.5}},
     "turns": [{"role": "user", "parts": ["hi", None]}, {"role": None, "parts": []}],
     "grid": [[1, 2], [], [3]]},
    {"id": 2, "tags": [], "score": {"x": None, "y": {"z": None}}, "turns": [],
     "grid": [[]]},
    {"id": 3, "tags": None, "score": None, "turns": None, "grid": None},
    {"id": 4, "tags": [None, "ü\n\""], "score": {"x": 5, "y": None},
     "turns": [{"role": "tool", "parts": None}], "grid": [[-1]]},
]
NESTED_SCHEMA = pa.schema([
    ("id", pa.int64()), ("tags", pa.list_(pa.string())),
    ("score", pa.struct([("x", pa.int64()), ("y", pa.struct([("z", pa.float64())]))])),
    ("turns", pa.list_(pa.struct([("role", pa.string()), ("parts", pa.list_(pa.string()))]))),
    ("grid", pa.list_(pa.list_(pa.int64()))),
])


def nested():
    table = pa.Table.from_pylist(NESTED, schema=NESTED_SCHEMA)
    write("nested", table, NESTED)
    write("nested-v2", table, NESTED, data_page_version="2.0")
    many = NESTED * 40
    write("nested-pages", pa.Table.from_pylist(many, schema=NESTED_SCHEMA), many,
          data_page_size=50, write_batch_size=3, row_group_size=70)
    write("nested-two-levels", table, NESTED, use_compliant_nested_type=False)
    maps = pa.table({
        "m": pa.array([[("a", 1), ("b", None)], [], None], pa.map_(pa.string(), pa.int64())),
        "n": pa.array([[(7, "x")], None, []], pa.map_(pa.int64(), pa.string())),
    })
    write("map", maps, [{"m": {"a": 1, "b": None}, "n": [{"key": 7, "value": "x"}]},
                        {"m": {}}, {"n": []}])
    times = pa.table({"t": pa.array([[dt.datetime(2026, 1, 2, tzinfo=UTC)]],
                                    pa.list_(pa.timestamp("us", "UTC"))),
                      "d": pa.array([[dt.date(2026, 1, 2), None]], pa.list_(pa.date32()))})
    write("nested-times", times, [{"t": ["2026-01-02T00:00:00Z"], "d": ["2026-01-02", None]}])


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data, at):
    """The fields of a struct in Thrift's compact protocol: (number, where its head is, kind, where its value is)."""
    last = 0
    while data[at]:
        head, start = data[at], at
        at += 1
        if head >> 4:
            last += head >> 4
        else:
            zigzag, at = varint(data, at)
            last = zigzag >> 1
        yield last, start, head & 15, at
        at = skip(data, at, head & 15)


def skip(data, at, kind):
    if kind in (1, 2):
        return at
    if kind in (4, 5, 6):
        return varint(data, at)[1]
    if kind == 8:
        length, at = varint(data, at)
        return at + length
    assert kind == 12, kind
    for _, _, inner, value in fields(data, at):
        at = skip(data, value, inner)
    return at + 1


def hide_compression(name, table, rows, writer, **options):
    """A file as parquet-cpp wrote it before Arrow 3.0.0: its pages say that they are not compressed, and are.

    The rows must repeat so much that every page gets shorter, for such pages alone are compressed nowadays.
    """
    path = HERE / f"{name}.parquet"
    pq.write_table(table, path, data_page_version="2.0", use_dictionary=False, **options)
    data = bytearray(path.read_bytes())
    meta = pq.ParquetFile(path).metadata
    for group in range(meta.num_row_groups):
        for leaf in range(meta.num_columns):
            chunk = meta.row_group(group).column(leaf)
            at = chunk.dictionary_page_offset or chunk.data_page_offset
            end = at + chunk.total_compressed_size
            while at < end:
                size = 0
                for number, _, _, value in fields(data, at):
                    if number == 3:
                        size = varint(data, value)[0] >> 1
                    if number == 8:
                        for inner, head, kind, _ in fields(data, value):
                            if inner == 7:
                                assert kind == 1, "a page that did not get shorter"
                                data[head] += 1
                at = skip(data, at, 12) + size
    old = meta.created_by.encode()
    at = data.rindex(old)
    data[at - 1:at + len(old)] = bytes([len(writer)]) + writer.encode()
    footer = int.from_bytes(data[-8:-4], "little") + len(writer) - len(old)
    data[-8:-4] = footer.to_bytes(4, "little")
    path.write_bytes(data)
    expect(name, rows)


def old_writers():
    old = "parquet-cpp version 1.5.1-SNAPSHOT"
    rows = [{"n": 7, "s": "alpha", "tags": ["x", None, "x"]}, {"n": None, "s": None, "tags": None}] * 30
    schema = pa.schema([("n", pa.int64()), ("s", pa.string()), ("tags", pa.list_(pa.string()))])
    table = pa.Table.from_pylist(rows, schema=schema)
    for codec in ["snappy", "zstd", "gzip", "brotli"]:
        hide_compression(f"old-{codec}", table, rows, old, compression=codec)
    hide_compression("old-unnamed", table, rows, "parquet-cpp", compression="snappy")


def writers():
    frame = pl.DataFrame(FLAT)
    for codec in ["zstd", "snappy", "lz4", "gzip", "uncompressed"]:
        frame.write_parquet(HERE / f"polars-{codec}.parquet", compression=codec)
        expect(f"polars-{codec}", FLAT)
    pl.from_arrow(pa.Table.from_pylist(NESTED, schema=NESTED_SCHEMA)).write_parquet(
        HERE / "polars-nested.parquet")
    expect("polars-nested", NESTED)
    FLAT_TABLE.to_pandas().to_parquet(HERE / "pandas.parquet")
    rows = [dict(r) for r in FLAT]
    for row in rows:
        row["i"] = None if row["i"] is None else float(row["i"])
    expect("pandas", rows)
    # It names no type for the elements of a list that has none.
    pd.DataFrame({"k": [1, 2], "x": [0.5, 1.5], "s": ["a", "b"]}).to_parquet(
        HERE / "fastparquet.parquet", engine="fastparquet")
    expect("fastparquet", [{"k": 1, "x": 0.5, "s": "a"}, {"k": 2, "x": 1.5, "s": "b"}])
    flat, nest = FLAT_TABLE, pa.Table.from_pylist(NESTED, schema=NESTED_SCHEMA)
    db = duckdb.connect()
    db.register("flat", flat)
    db.register("nest", nest)
    for codec in ["zstd", "snappy", "gzip", "lz4_raw", "uncompressed"]:
        for version in ["V1", "V2"]:
            name = f"duckdb-{codec}-{version.lower()}"
            db.sql(f"COPY flat TO '{HERE}/{name}.parquet' "
                   f"(FORMAT parquet, CODEC '{codec}', PARQUET_VERSION {version})")
            expect(name, FLAT)
    db.sql(f"COPY nest TO '{HERE}/duckdb-nested.parquet' (FORMAT parquet)")
    expect("duckdb-nested", NESTED)
    db.sql(f"""COPY (SELECT 'red'::ENUM('red', 'blue') AS e, '{{"k":1}}'::JSON AS j,
                     12.5::DECIMAL(9,2) AS d, 170141183460469231::DECIMAL(38,0) AS h,
                     DATE '0044-03-15' AS day, TIME '23:59:59' AS t, 3::UTINYINT AS u,
                     TIMESTAMP '1969-12-31 23:59:59.5' AS ts, 'b'::BLOB AS blob,
                     MAP {{'k': [1]}} AS m, UUID '00000000-0000-0001-0000-00000000004d' AS id)
               TO '{HERE}/duckdb-types.parquet' (FORMAT parquet)""")
    expect("duckdb-types", [{
        "e": "red", "j": {"k": 1}, "d": 12.5, "h": "170141183460469231", "day": "0044-03-15",
        "t": "23:59:59", "u": 3, "ts": "1969-12-31T23:59:59.500Z", "blob": "b",
        "m": {"k": [1]}, "id": "00000000-0000-0001-0000-00000000004d"}])


def refused():
    """Files that are refused, each with a word that the message must have."""
    reasons = {}

    def refuse(name, table, word, **options):
        pq.write_table(table, HERE / f"refused-{name}.parquet", **options)
        reasons[f"refused-{name}"] = word

    refuse("uint64", pa.table({"big": pa.array([2**63], pa.uint64())}), "'big'")
    refuse("nanoseconds", pa.table({"when": pa.array([1], pa.timestamp("ns"))}), "'when'")
    refuse("binary", pa.table({"raw": pa.array([b"\xff\xfe"])}), "'raw'")
    refuse("nan", pa.table({"v": [[float("nan")]]}), "'v'")
    (HERE / "refused.json").write_text(json.dumps(reasons, indent=1) + "\n")


def empty():
    write("no-rows", FLAT_TABLE.slice(0, 0), [])


if __name__ == "__main__":
    for old in [*HERE.glob("*.parquet"), *HERE.glob("*.jsonl")]:
        old.unlink()
    for make in [codecs, encodings, types, nested, old_writers, writers, refused, empty]:
        make()
    (HERE / "cases.json").write_text(json.dumps(CASES, indent=1) + "\n")
