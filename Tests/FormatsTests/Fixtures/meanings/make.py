"""Makes the files of this folder, of types that mean more than the numbers that stand for them, and their rows.

Needs pyarrow and pandas: python make.py. The expected rows are written down by hand. duration-ms.parquet and
duration-us.parquet hold one and two seconds each; pyarrow wrote them too.
"""

import json
import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

here = os.path.dirname(os.path.abspath(__file__))


def expect(path, rows):
    with open(path + ".jsonl", "w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps({k: v for k, v in row.items() if v is not None},
                                 ensure_ascii=False, separators=(",", ":")) + "\n")


def arrow(name, table):
    with ipc.new_file(os.path.join(here, name + ".arrow"), table.schema) as out:
        out.write_table(table)


def rows(columns):
    return [dict(zip(columns, row)) for row in zip(*columns.values())]


class Unknown(pa.ExtensionType):
    def __init__(self, storage):
        super().__init__(storage, "example.unknown")

    def __arrow_ext_serialize__(self):
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage, serialized):
        return cls(storage)


ms = [1000, -1500, None, 0, 90_061_001]
spans = {
    "s": (pa.array([1, -90_000, None, 0, 3600], pa.duration("s")),
          ["PT1S", "-P1DT1H", None, "PT0S", "PT1H"]),
    "ms": (pa.array(ms, pa.duration("ms")),
           ["PT1S", "-PT1.5S", None, "PT0S", "P1DT1H1M1.001S"]),
    "us": (pa.array([m and m * 1000 for m in ms], pa.duration("us")),
           ["PT1S", "-PT1.5S", None, "PT0S", "P1DT1H1M1.001S"]),
    "ns": (pa.array([1, -(2**63), None, 10**9, 60 * 10**9], pa.duration("ns")),
           ["PT0.000000001S", "-P106751DT23H47M16.854775808S", None, "PT1S", "PT1M"]),
    "quarter": (pa.array(pd.PeriodIndex(["2026Q4", "1969Q4", None, "1970Q1", "2000Q2"], freq="Q-DEC")),
                ["2026Q4", "1969Q4", None, "1970Q1", "2000Q2"]),
    "day": (pa.array(pd.PeriodIndex(["2026-10-01", "1969-12-31", None, "1970-01-01", "2000-02-29"], freq="D")),
            ["2026-10-01", "1969-12-31", None, "1970-01-01", "2000-02-29"]),
    "week": (pa.array(pd.PeriodIndex(["2026-10-01", "1969-12-31", None, "1970-01-04", "1970-01-05"], freq="W-SUN")),
             ["2026-09-28/2026-10-04", "1969-12-29/1970-01-04", None, "1969-12-29/1970-01-04",
              "1970-01-05/1970-01-11"]),
    "month": (pa.array(pd.PeriodIndex(["2026-10", "1969-12", None, "1970-01", "2000-02"], freq="M")),
              ["2026-10", "1969-12", None, "1970-01", "2000-02"]),
    "minute": (pa.array(pd.PeriodIndex(["2026-10-01 12:34", "1969-12-31 23:59", None, "1970-01-01 00:00",
                                        "2000-02-29 01:00"], freq="min")),
               ["2026-10-01 12:34", "1969-12-31 23:59", None, "1970-01-01 00:00", "2000-02-29 01:00"]),
    "bool8": (pa.array([True, False, None, True, False]).cast(pa.bool8()) if hasattr(pa, "bool8") else None,
              [True, False, None, True, False]),
}
table = pa.table({k: v for k, (v, _) in spans.items()})
expected = rows({k: v for k, (_, v) in spans.items()})
table = table.append_column("nested", pa.array([[1000, None], [], None, [0], [-1]], pa.list_(pa.duration("ms"))))
for row, value in zip(expected, [["PT1S", None], [], None, ["PT0S"], ["-PT0.001S"]]):
    row["nested"] = value
table = table.append_column("moments", pa.array([[1], [], None, [1000], [-1]], pa.list_(pa.timestamp("ns"))))
for row, value in zip(expected, [["1970-01-01T00:00:00.000000001Z"], [], None, ["1970-01-01T00:00:00.000001Z"],
                                 ["1969-12-31T23:59:59.999999999Z"]]):
    row["moments"] = value
arrow("meanings", table)
expect(os.path.join(here, "meanings"), expected)
pq.write_table(table, os.path.join(here, "meanings.parquet"))

# Arrow's intervals, which pyarrow does not write into Parquet.
intervals = pa.table({
    "span": pa.array([(14, 3, 500_000_000), (-1, -2, -3_661_000_000_000), None, (0, 0, 0), (1, -2, 1)],
                     pa.month_day_nano_interval()),
})
arrow("intervals", intervals)
expect(os.path.join(here, "intervals"), rows({
    "span": ["P14M3DT0.5S", "-P1M2DT1H1M1S", None, "PT0S", "P1M-2DT0.000000001S"]}))

# What is refused, each in a column of the name, and what a named type makes of it.
big = pa.array([2**64 - 1, 5, None], pa.uint64())
nanos = pa.array([1, 1000, None], pa.timestamp("ns"))
raw = pa.array([b"\x00\xff", b"text", None], pa.binary())
fixed = pa.array([b"\x00\xff\x01", b"abc", None], pa.binary(3))
unknown = pa.ExtensionArray.from_storage(Unknown(pa.int64()), pa.array([7, 8, None], pa.int64()))
business = pa.array(pd.PeriodIndex(["2026-10-01", "2026-10-02", None], freq="Y-JUN"))
inner = pa.array([[b"text"], [], None], pa.list_(pa.binary()))
# Values within lists and structures, which are refused by the column's name and not by 'item', 'element' or 'a'.
nested = {
    "bigs": pa.array([[1, 2**64 - 1]], pa.list_(pa.uint64())),
    "instants": pa.array([{"a": b"x"}], pa.struct([("a", pa.binary())])),
    "infinite": pa.array([[1.0, float("inf")]], pa.list_(pa.float64())),
    "nan": pa.array([{"a": [{"b": float("nan")}]}]),
    "twins": pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]),
    "inner-twins": pa.array([[]], pa.list_(pa.struct([("a", pa.int64()), ("a", pa.int64())]))),
    "map": pa.array([[("a", 1), ("a", 2)]], pa.map_(pa.string(), pa.int64())),
    "interval": pa.array(pd.Series(pd.interval_range(0, 2))),
    "intervals-left": pa.array(pd.Series(pd.interval_range(0, 2, closed="left"))),
}
for name, values in {"big": big, "nanos": nanos, "raw": raw, "fixed": fixed, "unknown": unknown,
                     "business": business, "inner": inner, **nested}.items():
    one = pa.table({name: values})
    arrow("refused-" + name, one)
    pq.write_table(one, os.path.join(here, f"refused-{name}.parquet"))
pq.write_table(pa.table({"old": nanos}), os.path.join(here, "refused-old.parquet"),
               use_deprecated_int96_timestamps=True)

# What stands below a null is no value: neither the number nor the key that is twice there makes a file one to refuse.
below = pa.StructArray.from_arrays(
    [pa.array([float("nan"), 1.5]), pa.ListArray.from_arrays([0, 1, 2], pa.array([float("inf"), 2.5]))],
    names=["a", "b"], mask=pa.array([True, False]))
arrow("hidden", pa.table({"x": below}))
expect(os.path.join(here, "hidden"), [{}, {"x": {"a": 1.5, "b": [2.5]}}])

# The same values in two layouts, of which only the second is the one of JSON lines and CSV.
nan = np.array([0xFFF8000000000001, 0x7FF8000000000000], np.uint64).view(np.float64)
nan32 = np.array([0xFFC00001, 0x7FC00000], np.uint32).view(np.float32)
for name, at in [("other", 0), ("same", 1)]:
    plain = pa.array(["a", None, None, "b"])
    one = pa.table({
        "words": plain if at else pa.DictionaryArray.from_arrays([0, None, 1, 2], ["a", None, "b"]),
        "floats": pa.array([1.0, nan[at], 2.0, nan[at]]),
        "halves": pa.array(np.array([0xFE01, 0x7E00], np.uint16).view(np.float16)[[at] * 4]),
        "narrow": pa.array(nan32[[at] * 4]),
        "vectors": pa.FixedSizeListArray.from_arrays(pa.array(nan32[[at] * 8]), 2),
    })
    arrow(f"layout-{name}", one)
    # pyarrow writes no dictionaries with nulls into Parquet.
    pq.write_table(one.set_column(0, "words", plain), os.path.join(here, f"layout-{name}.parquet"))
