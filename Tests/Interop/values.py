"""Rows that have every type of column, and what it means that a client read the same ones."""

import datetime
import decimal
import json
import math


def everyType():
    """Rows whose columns have every type, with nulls and the values at the ends."""
    texts = ["", "naïve", "日本語", "🙂", 'quo"te', "a,b", "line\nbreak", "tab\t", "  spaces  ", "NULL", "null"]
    numbers = [0.0, -0.5, 0.1, 1e-300, 1.7976931348623157e308, 5e-324, 123456.789, -1.0, 2.5]
    integers = [0, -1, 2**63 - 1, -(2**63), 2**53 + 1, 42]
    nested = [{"a": [1, 2.5, None, "x"]}, [], [1], {"deep": {"er": True}}, {}]
    rows = []
    for i in range(200):
        row = {
            "id": i,
            "flag": i % 3 == 0,
            "count": integers[i % len(integers)],
            "score": numbers[i % len(numbers)],
            "text": texts[i % len(texts)],
            "model": f"model-{i % 4}",
            "at": f"2026-{1 + i % 12:02}-{1 + i % 28:02}T{i % 24:02}:00:{i % 60:02}.{i:06}Z",
            "mixed": [7, "seven", 7.5, True][i % 4],
            "nested": nested[i % len(nested)],
        }
        for place, name in enumerate(list(row)[1:]):
            if (i + place) % 7 == 0:
                del row[name]
        rows.append(row)
    return rows


def missing(value):
    """Whether a client means null by this value."""
    if value is None:
        return True
    if isinstance(value, (list, dict, str, bytes)):
        return False
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        pass
    return type(value).__name__ in ("NAType", "NaTType")


def moment(value):
    """A time as microseconds since 1970."""
    if isinstance(value, str):
        text = value.strip().replace("Z", "+00:00").replace(" ", "T", 1)
        value = datetime.datetime.fromisoformat(text)
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    if value.tzinfo is None:
        value = value.replace(tzinfo=datetime.timezone.utc)
    since = value - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def same(type, expected, actual):
    """Whether a client's value is the one that was saved in a column of that type."""
    if missing(expected) or missing(actual):
        return missing(expected) and missing(actual)
    if hasattr(actual, "item"):
        actual = actual.item()
    if type == "bool":
        return actual is expected or str(actual).lower() == str(expected).lower()
    if type == "int64":
        return int(actual) == expected and not (isinstance(actual, float) and abs(expected) > 2**53)
    if type == "float64":
        return float(actual) == expected and math.copysign(1, float(actual)) == math.copysign(1, expected)
    if type == "timestamp":
        return moment(actual) == moment(expected)
    if type == "json":
        # Polars reads a column that Parquet marks as JSON as bytes.
        actual = actual.decode() if isinstance(actual, bytes) else actual
        if actual == expected:
            return True
        found = json.loads(actual, parse_float=decimal.Decimal) if isinstance(actual, str) else actual
        return json.loads(json.dumps(expected), parse_float=decimal.Decimal) == found or expected == found
    return actual == expected


def differences(columns, expected, actual):
    """Places where rows read by a client differ from those that were saved; at most ten."""
    found = []
    if len(expected) != len(actual):
        found.append(f"{len(actual)} rows instead of {len(expected)}")
    for index, (want, got) in enumerate(zip(expected, actual)):
        for name, type in columns.items():
            if not same(type, want.get(name), got.get(name)):
                found.append(f"row {index}, {name} ({type}): {got.get(name)!r} instead of {want.get(name)!r}")
                if len(found) >= 10:
                    return found
    return found
