"""Makes the Arrow files of this folder, and beside each the rows it holds as JSON Lines.

Needs pyarrow and polars: python make.py. The expected rows are written down here by hand, not read
back, so that a file and its rows can disagree.
"""

import datetime as dt
import decimal
import json
import os
import uuid

import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.ipc as ipc

here = os.path.dirname(os.path.abspath(__file__))
D = decimal.Decimal


def path(name):
    return os.path.join(here, name)


class Raw(str):
    """JSON text that stands as it is."""


def text(value):
    return str(value) if isinstance(value, Raw) else json.dumps(
        value, ensure_ascii=False, separators=(",", ":"))


def expect(name, columns):
    rows = zip(*columns.values())
    with open(path(name + ".jsonl"), "w", encoding="utf-8") as out:
        for row in rows:
            cells = [f"{json.dumps(k)}:{text(v)}" for k, v in zip(columns, row) if v is not None]
            out.write("{" + ",".join(cells) + "}\n")


def file(name, table, **options):
    with ipc.new_file(path(name + ".arrow"), table.schema,
                      options=ipc.IpcWriteOptions(**options)) as out:
        out.write_table(table, max_chunksize=3)


def stream(name, batches, schema, **options):
    with ipc.new_stream(path(name + ".arrows"), schema,
                        options=ipc.IpcWriteOptions(**options)) as out:
        for batch in batches:
            out.write_batch(batch)


# Numbers of every width, over two batches.
widths = {
    "i8": (pa.int8(), [-128, 127, None, 0, 1]),
    "i16": (pa.int16(), [-32768, 32767, None, 0, 1]),
    "i32": (pa.int32(), [-(2**31), 2**31 - 1, None, 0, 1]),
    "i64": (pa.int64(), [-(2**63), 2**63 - 1, None, 0, 1]),
    "u8": (pa.uint8(), [0, 255, None, 2, 1]),
    "u16": (pa.uint16(), [0, 65535, None, 2, 1]),
    "u32": (pa.uint32(), [0, 2**32 - 1, None, 2, 1]),
    "u64": (pa.uint64(), [0, 2**63 - 1, None, 2, 1]),
    "f16": (pa.float16(), [0.5, -2.0, None, 65504.0, 1.5]),
    "f32": (pa.float32(), [0.5, -2.25, None, 1048576.5, 1.5]),
    "f64": (pa.float64(), [0.1, -1e300, None, 1e-7, 2.5]),
    "b": (pa.bool_(), [True, False, None, True, True]),
}
numbers = pa.table({k: pa.array(v, t) for k, (t, v) in widths.items()})
expected = {k: v for k, (t, v) in widths.items()}
expected["f64"] = [0.1, Raw("-1e+300"), None, Raw("1e-07"), 2.5]
for name, options in [
    ("numbers", {}), ("numbers-lz4", {"compression": "lz4"}),
    ("numbers-zstd", {"compression": "zstd"}),
    ("numbers-v4", {"metadata_version": ipc.MetadataVersion.V4}),
]:
    file(name, numbers, **options)
    expect(name, expected)
stream("numbers-legacy", numbers.to_batches(max_chunksize=2), numbers.schema,
       use_legacy_format=True)
expect("numbers-legacy", expected)

# Texts of every layout.
words = ["", "häß", None, "a text that is longer than twelve bytes", "\U0001F680\n"]
kinds = {
    "utf8": pa.utf8(), "large": pa.large_utf8(), "view": pa.string_view(), "bin": pa.binary(),
    "large_bin": pa.large_binary(), "bin_view": pa.binary_view(),
}
texts = {
    k: pa.array([w if w is None or "bin" not in k else w.encode() for w in words], t)
    for k, t in kinds.items()
}
texts["fixed"] = pa.array([b"abcd", b"efgh", None, b"ijkl", b"mnop"], pa.binary(4))
ids = [uuid.UUID(int=i * 0x1234567890ABCDEF1234567890ABCDEF % 2**128) for i in range(5)]
texts["id"] = pa.array([None if i == 2 else u.bytes for i, u in enumerate(ids)], pa.uuid())
texts["json"] = pa.array(['{"a": [1, 2.5]}', "null", None, '"x"', "7"], pa.json_())
texts["none"] = pa.nulls(5)
expected = {k: words for k in kinds}
expected["fixed"] = ["abcd", "efgh", None, "ijkl", "mnop"]
expected["id"] = [None if i == 2 else str(u) for i, u in enumerate(ids)]
expected["json"] = [Raw('{"a":[1,2.5]}'), None, None, "x", 7]
expected["none"] = [None] * 5
file("texts", pa.table(texts))
expect("texts", expected)
file("texts-zstd", pa.table(texts), compression="zstd")
expect("texts-zstd", expected)

# Dates, times, timestamps, durations, decimals.
days = [dt.date(1970, 1, 1), dt.date(2026, 11, 21), None, dt.date(1, 1, 1), dt.date(9999, 12, 31)]
micros = [0, 1_700_000_000_123_456, None, -1, 253_402_300_799_000_000]
moment = ["1970-01-01T00:00:00Z", "2023-11-14T22:13:20.123456Z", None,
          "1969-12-31T23:59:59.999999Z", "9999-12-31T23:59:59Z"]
whole = [0, 1_700_000_000, None, -1, 253_402_300_799]
whole_text = ["1970-01-01T00:00:00Z", "2023-11-14T22:13:20Z", None, "1969-12-31T23:59:59Z",
              "9999-12-31T23:59:59Z"]
nanos = [0, 1_700_000_000_123_456_000, None, -1000, 9_000_000_000_000_000_000]
times = {
    "date32": (pa.array(days, pa.date32()), [d and d.isoformat() for d in days]),
    "date64": (pa.array(days, pa.date64()), [d and d.isoformat() for d in days]),
    "t32s": (pa.array([0, 86399, None, 1, 2], pa.time32("s")),
             ["00:00:00", "23:59:59", None, "00:00:01", "00:00:02"]),
    "t32ms": (pa.array([0, 1, None, 1000, 2500], pa.time32("ms")),
              ["00:00:00", "00:00:00.001", None, "00:00:01", "00:00:02.500"]),
    "t64us": (pa.array([0, 1, None, 1000, 2_000_000], pa.time64("us")),
              ["00:00:00", "00:00:00.000001", None, "00:00:00.001", "00:00:02"]),
    "t64ns": (pa.array([0, 1, None, 1000, 2_000_000_000], pa.time64("ns")),
              ["00:00:00", "00:00:00.000000001", None, "00:00:00.000001", "00:00:02"]),
    "s": (pa.array(whole, pa.timestamp("s")), whole_text),
    "ms": (pa.array([w and w * 1000 for w in whole], pa.timestamp("ms", "Europe/Berlin")),
           whole_text),
    "us": (pa.array(micros, pa.timestamp("us", "UTC")), moment),
    "ns": (pa.array(nanos, pa.timestamp("ns")),
           moment[:4] + ["2255-03-14T16:00:00Z"]),
    "span": (pa.array([1, -5, None, 0, 7], pa.duration("ms")),
             ["PT0.001S", "-PT0.005S", None, "PT0S", "PT0.007S"]),
    "d32": (pa.array([D("1.50"), D("-0.05"), None, D(0), D("99999.99")], pa.decimal32(7, 2)),
            [1.5, -0.05, None, 0.0, 99999.99]),
    "d64": (pa.array([D(1), D(-5), None, D(0), D(999)], pa.decimal64(18, 0)), [1, -5, None, 0, 999]),
    "d128": (pa.array([D("12345678901234567890.5"), D("-1.5"), None, D(0), D("0.1")],
                      pa.decimal128(38, 1)),
             ["12345678901234567890.5", "-1.5", None, "0.0", "0.1"]),
    "d256": (pa.array([D(10) ** 60, D(-(10 ** 60) - 1), None, D(0), D(1)], pa.decimal256(76, 0)),
             [str(10**60), str(-(10**60) - 1), None, "0", "1"]),
}
file("times", pa.table({k: v[0] for k, v in times.items()}))
expect("times", {k: v[1] for k, v in times.items()})

# Nested values.
pair = pa.struct([("a", pa.int32()), ("b", pa.utf8())])
nested = {
    "list": (pa.array([[1, None, 3], [], None, [4], [5]], pa.list_(pa.int16())),
             [[1, None, 3], [], None, [4], [5]]),
    "large": (pa.array([["x", "y\""], [], None, [None], ["z"]], pa.large_list(pa.utf8())),
              [["x", "y\""], [], None, [None], ["z"]]),
    "view": (pa.array([[True], [], None, [False, True], [None]], pa.list_view(pa.bool_())),
             [[True], [], None, [False, True], [None]]),
    "large_view": (pa.array([[1.5], [], None, [2.5], [None]], pa.large_list_view(pa.float64())),
                   [[1.5], [], None, [2.5], [None]]),
    "fixed": (pa.array([[1, 2], [3, None], None, [5, 6], [7, 8]], pa.list_(pa.int64(), 2)),
              [[1, 2], [3, None], None, [5, 6], [7, 8]]),
    "struct": (pa.array([{"a": 1, "b": "x"}, {"a": None, "b": None}, None, {"a": 2, "b": ""},
                         {"a": 3, "b": "y"}], pair),
               [{"a": 1, "b": "x"}, {"a": None, "b": None}, None, {"a": 2, "b": ""},
                {"a": 3, "b": "y"}]),
    "map": (pa.array([[("k", 1), ("l", None)], [], None, [("m", 2)], [("n", 3)]],
                     pa.map_(pa.utf8(), pa.int64())),
            [{"k": 1, "l": None}, {}, None, {"m": 2}, {"n": 3}]),
    "map_int": (pa.array([[(1, "x")], [], None, [(2, None), (3, "y")], [(4, "z")]],
                         pa.map_(pa.int64(), pa.utf8())),
                [[{"key": 1, "value": "x"}], [], None,
                 [{"key": 2, "value": None}, {"key": 3, "value": "y"}],
                 [{"key": 4, "value": "z"}]]),
    "deep": (pa.array([[{"a": 1, "b": "x"}, None], [], None, [{"a": None, "b": "é"}], [None]],
                      pa.list_(pair)),
             [[{"a": 1, "b": "x"}, None], [], None, [{"a": None, "b": "é"}], [None]]),
    "when": (pa.array([[dt.date(2026, 1, 2)], [], None, [None], []], pa.list_(pa.date32())),
             [["2026-01-02"], [], None, [None], []]),
}
runs = pa.RunEndEncodedArray.from_arrays(
    pa.array([2, 3, 5], pa.int32()), pa.array(["x", None, "yy"]))
coded = pa.array(["red", "blue", None, "red", "red"]).dictionary_encode()
inner = pa.ListArray.from_arrays(pa.array([0, 2, 2, 3, 4, 5], pa.int32()), coded)
table = {k: v[0] for k, v in nested.items()}
table |= {"coded": coded, "inner": inner}
expected = {k: v[1] for k, v in nested.items()}
expected |= {"coded": ["red", "blue", None, "red", "red"],
             "inner": [["red", "blue"], [], [None], ["red"], ["red"]]}
file("nested", pa.table(table), unify_dictionaries=True)
expect("nested", expected)
stream("runs", [pa.record_batch({"runs": runs, "n": pa.array([1, 2, 3, 4, 5])})],
       pa.schema([("runs", runs.type), ("n", pa.int64())]))
expect("runs", {"runs": ["x", "x", None, "yy", "yy"], "n": [1, 2, 3, 4, 5]})

# Dictionaries that grow, and that are replaced.
kind = pa.dictionary(pa.int8(), pa.utf8())
schema = pa.schema([("d", kind)])


def words_batch(numbers, values):
    array = pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int8()), pa.array(values))
    return pa.record_batch([array], schema=schema)


batches = [words_batch([0, 1, None], ["a", "b"]), words_batch([2, 0], ["a", "b", "c"])]
stream("deltas", batches, schema, emit_dictionary_deltas=True)
expect("deltas", {"d": ["a", "b", None, "c", "a"]})
batches = [words_batch([0, 1], ["a", "b"]), words_batch([0, 1], ["x", "y"])]
stream("replaced", batches, schema)
expect("replaced", {"d": ["a", "b", "x", "y"]})

# No rows; a batch without rows among others.
empty = numbers.select(["i8", "f64", "b"]).slice(0, 0)
file("empty", empty)
expect("empty", {})
batches = [numbers.select(["i8"]).slice(n, c).combine_chunks().to_batches() for n, c in
           [(0, 1), (1, 0), (1, 4)]]
flat = [b for bs in batches for b in bs] + [pa.record_batch({"i8": pa.array([], pa.int8())})]
stream("gaps", flat, flat[0].schema)
expect("gaps", {"i8": [-128, 127, None, 0, 1]})

# What polars and pandas (by way of feather) write.
frame = pl.DataFrame({
    "n": [1, None, 3], "s": ["x", "a text that is longer than twelve bytes", None],
    "l": [[1.5], [], None], "c": pl.Series(["u", "v", "u"], dtype=pl.Categorical),
    "d": [dt.date(2026, 1, 1), None, dt.date(1969, 12, 31)],
})
expected = {"n": [1, None, 3], "s": ["x", "a text that is longer than twelve bytes", None],
            "l": [[1.5], [], None], "c": ["u", "v", "u"], "d": ["2026-01-01", None, "1969-12-31"]}
frame.write_ipc(path("polars.arrow"))
expect("polars", expected)
frame.write_ipc(path("polars-zstd.arrow"), compression="zstd")
expect("polars-zstd", expected)
feather.write_feather(pa.table({"n": [1, None, 3], "s": ["x", None, ""]}), path("feather.feather"))
expect("feather", {"n": [1, None, 3], "s": ["x", None, ""]})

# What is refused, each by the column's name.
refused = {
    "uint64": pa.array([2**63], pa.uint64()),
    "nanoseconds": pa.array([1], pa.timestamp("ns")),
    "binary": pa.array([b"\xff\xfe"], pa.binary()),
    "union": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])]),
    "notjson": pa.ExtensionArray.from_storage(pa.json_(), pa.array(['1}\n{"v":2'])),
    "notutf8": pa.StringArray.from_buffers(
        1, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xc3\x28")),
}
for name, array in refused.items():
    file("refused-" + name, pa.table({name: array}))
