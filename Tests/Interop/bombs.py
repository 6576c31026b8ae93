"""Bodies whose few bytes stand for very many: what each is called, its media type and its bytes."""

import gzip
import io
import subprocess

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

LINES = "application/x-ndjson"
JSON = "application/json"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.file"


def parquet(table, times=1, **options):
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, table.schema, **options) as writer:
        for _ in range(times):
            writer.write_table(table)
    return sink.getvalue()


def arrow(table, times=1, compression="zstd", stream=False):
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    make = pa.ipc.new_stream if stream else pa.ipc.new_file
    with make(sink, table.schema, options=options) as writer:
        for _ in range(times):
            writer.write_table(table)
    return sink.getvalue()


def zstd(data):
    return subprocess.run(["zstd", "-qc", "-3"], input=data, capture_output=True, check=True).stdout


def zeros(rows=1 << 21):
    return pa.table({"x": pa.array([0], pa.int64()).take(pa.array([0] * 1024)).to_pylist() * (rows // 1024)})


def word(length, rows):
    return pa.table({"x": pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["a" * length]))})


def nulls(rows):
    return pa.table({"x": pa.nulls(rows, pa.int32())})


def runs(rows):
    return pa.table({"x": pa.RunEndEncodedArray.from_arrays(pa.array([rows], pa.int32()), pa.array(["a" * 100]))})


def views(rows, elements):
    """Lists that are all the same elements, which stand there once."""
    return pa.table({"x": pa.ListViewArray.from_arrays(
        pa.array([0] * rows, pa.int32()), pa.array([elements] * rows, pa.int32()), pa.array([1] * elements, pa.int8()))})


def structure(fields, rows):
    empty = pa.nulls(rows, pa.int32())
    return pa.table({"x": pa.StructArray.from_arrays([empty] * fields, names=[f"a field of the name {n}" for n in range(fields)])})


def lists(rows, elements):
    return pa.table({"x": pa.ListArray.from_arrays(
        pa.array(range(0, rows * elements + 1, elements), pa.int32()), pa.nulls(rows * elements, pa.int8()))})


def prefixes(rows):
    """Texts that are the one before and a letter: each is written as its last letter."""
    return pa.table({"x": ["a" * n for n in range(rows)]})


def sparse(columns, rows):
    full = "{" + ",".join(f'"c{n}":{n}' for n in range(columns)) + "}\n"
    return (full + "{}\n" * rows).encode()


def wide(columns, rows):
    return (",".join(f"c{n}" for n in range(columns)) + "\n" + ("," * (columns - 1) + "\n") * rows).encode()


def repeatedFooter():
    """An Arrow file whose footer names its one record batch thousands of times."""
    plain = arrow(pa.table({"x": pa.array([0] * 8192, pa.int64())}), times=3000, compression=None)
    return plain


# Each makes well over 16 MiB, or over a million rows.
BOMBS = {
    "gzip of a text": lambda: (LINES, "gzip", gzip.compress(b'{"x":"' + b"0" * (60 << 20) + b'"}\n')),
    "zstd of a text": lambda: (LINES, "zstd", zstd(b'{"x":"' + b"0" * (60 << 20) + b'"}\n')),
    "gzip of rows": lambda: (LINES, "gzip", gzip.compress(b"{}\n" * (20 << 20))),
    "gzip of an array": lambda: (JSON, "gzip", gzip.compress(b"[" + b"{}," * (10 << 20) + b"{}]")),
    "gzip of empty cells": lambda: (CSV, "gzip", gzip.compress(wide(4000, 12_000))),
    "rows of no members beside one of many": lambda: (LINES, None, sparse(4000, 300_000)),
    "zstd pages": lambda: (PARQUET, None, parquet(zeros(), compression="zstd", use_dictionary=False)),
    "gzip pages": lambda: (PARQUET, None, parquet(zeros(), compression="gzip", use_dictionary=False)),
    "snappy pages": lambda: (PARQUET, None, parquet(zeros(), compression="snappy", use_dictionary=False)),
    "brotli pages": lambda: (PARQUET, None, parquet(zeros(), compression="brotli", use_dictionary=False)),
    "lz4 pages": lambda: (PARQUET, None, parquet(zeros(), compression="lz4", use_dictionary=False)),
    "differences of no bits": lambda: (PARQUET, None, parquet(
        zeros(), compression="none", use_dictionary=False, column_encoding={"x": "DELTA_BINARY_PACKED"})),
    "prefixes": lambda: (PARQUET, None, parquet(
        prefixes(20_000), compression="zstd", use_dictionary=False, column_encoding={"x": "DELTA_BYTE_ARRAY"})),
    "a word in many rows": lambda: (PARQUET, None, parquet(word(1 << 20, 100_000), compression="zstd")),
    "nulls in row groups": lambda: (PARQUET, None, parquet(nulls(1 << 20), times=95, compression="zstd")),
    "fields of null in a structure": lambda: (PARQUET, None, parquet(structure(200, 20_000), compression="zstd")),
    "nulls in lists": lambda: (PARQUET, None, parquet(lists(2000, 2000), compression="zstd")),
    "pages within gzip": lambda: (PARQUET, "gzip", gzip.compress(parquet(zeros(), compression="zstd", use_dictionary=False))),
    "zstd buffers": lambda: (ARROW, None, arrow(zeros())),
    "lz4 buffers": lambda: (ARROW, None, arrow(zeros(), compression="lz4")),
    "a stream of buffers": lambda: (ARROW, None, arrow(zeros(1 << 16), times=100, stream=True)),
    "a column of nothing": lambda: (ARROW, None, arrow(pa.table({"x": pa.nulls(10**8)}))),
    "one run": lambda: (ARROW, None, arrow(runs(10**8))),
    "a word of a dictionary": lambda: (ARROW, None, arrow(word(1 << 20, 100_000))),
    "views of the same elements": lambda: (ARROW, None, arrow(views(20_000, 4000))),
    "record batches": lambda: (ARROW, "zstd", zstd(repeatedFooter())),
}
