"""Makes the page docs/benchmarks.md of what the benchmarks left in $BENCH_HOME/results (default ~/.cache/assay-bench).

assay.jsonl is from `make bench`, load.json from `make load`, results.jsonl from the peer benchmark; what is missing is left out.
"""
import json, os, pathlib, platform, time

RESULTS = pathlib.Path(os.environ.get("BENCH_HOME", os.path.expanduser("~/.cache/assay-bench"))) / "results"


def ratio(most, text=""):
    return f"≤ {most} × floor{text}", lambda one: one["seconds"] <= most * one["floorSeconds"]


def at_most(most, text):
    return f"≤ {text}", lambda one: one["seconds"] <= most


def stored(most):
    return f"≤ {most} MB", lambda one: one["storedBytes"] <= most * 1e6


def memory(most):
    return f"≤ {most} MB memory", lambda one: one["peakBytes"] <= most * 1e6


def figure(name, most, text):
    return f"≤ {text}", lambda one: next(each["seconds"] for each in one["figures"] if each["name"] == name) <= most


# By operation, what the design asks of it; the floors say by how much the machine of the day is slower than the design's.
ACROSS = [at_most(0.025, "25 ms"), figure("one more run", 0.005, "5 ms after one more run")]
BUDGETS = {
    "save 300 rows, in process": [ratio(2.5)],
    "start-up, assay --version": [at_most(0.010, "10 ms")],
    "save 300 rows, as a process": [at_most(0.015, "15 ms")],
    "save 120,000 rows": [ratio(0.55, " (400 MB/s)"), stored(45), memory(300)],
    "save 200 versions of 20,000 rows": [
        ratio(2.8, " (20 s)"), stored(50),
        ("commit 200 ≤ 1.4 × commit 10", lambda one: one["figures"][1]["seconds"] <= 1.4 * one["figures"][0]["seconds"]),
    ],
    "read version 100: columns in memory": [ratio(0.54, " (25 ms)")],
    "read version 100: JSONL file": [ratio(1.3, " (60 ms)")],
    "diff versions 100 and 101 by key": [at_most(0.005, "5 ms")],
    "verify everything in the history": [at_most(3, "3 s")],
    "save 500 runs of 2,000 rows": [at_most(8, "8 s"), stored(350)],
    "across 500 runs: by model (SQL)": ACROSS,
    "across 500 runs: by run and model (SQL)": ACROSS,
    "across 500 runs: filter, limit 100": [at_most(0.005, "5 ms")],
    "one row by key in one run": [at_most(0.001, "1 ms")],
    "decide by 10 rules": [at_most(5e-6, "5 µs")],
    "decide by 1000 rules": [at_most(50e-6, "50 µs")],
    "one flipped bit, 40 tries": [("0 wrong rows", lambda one: "without an error: 0;" in one["note"])],
}


def budget(one):
    """What was asked of an operation; what it misses is in bold."""
    return ", ".join(text if met(one) else f"**{text}: missed**" for text, met in BUDGETS.get(one["operation"], []))


def seconds(value):
    if value < 1e-4:
        return f"{value * 1e6:.2f} µs"
    return f"{value * 1e3:.2f} ms" if value < 1 else f"{value:.2f} s"


def megabytes(value):
    return "" if value is None else f"{value / 1e6:.1f} MB"


def lines(name):
    path = RESULTS / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def table(*columns):
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")


def row(*cells):
    print(f"| {' | '.join(cells)} |")


def operations(rows):
    print(f"# Benchmarks\n\nWritten by `make bench` on {time.strftime('%Y-%m-%d')}; {os.cpu_count()} cores, {platform.system()} "
          f"{platform.release()}. Each operation ran in a process of its own; the floor is bare work on the same data, "
          "measured between its repetitions. Machines are shared and noisy: read the ratios. Budgets were "
          "set on a machine whose `zstd -3` of the 120,000 rows took 0.73 s; where there is a floor of the same work, the ratio to it "
          "counts, and what is missed is in bold.\n")
    table("operation", "median", "floor", "ratio", "stored", "peak memory", "budget", "note")
    for one in rows:
        floor, rate = one.get("floorSeconds"), one.get("megabytesPerSecond")
        notes = [f"{rate:.0f} MB/s" if rate else "", one.get("floor", ""), one.get("note", "")]
        row(one["operation"], seconds(one["seconds"]), seconds(floor) if floor else "",
            f"{one['seconds'] / floor:.2f}" if floor else "", megabytes(one.get("storedBytes")),
            megabytes(one.get("peakBytes")), budget(one), "; ".join(filter(None, notes)))


def across(rows):
    print("\n## Across runs\n\nThe queries above over 1,000,000 rows once more, with all that was measured in the same run. `assay` has its "
          "columns decoded and no aggregate remembered; it was timed in turns with DuckDB, which has read its file before, over the "
          "same rows as one merged zstd Parquet file and as 500 files. `one more run` and `again` remember the aggregates of an "
          "earlier query, as every query but the first does.\n")
    names = list(dict.fromkeys(each["name"] for one in rows for each in one["figures"]))
    table("query", "assay", "DuckDB, one file", "ratio", *names)
    for one in rows:
        figures, floor = {each["name"]: each["seconds"] for each in one["figures"]}, one.get("floorSeconds")
        row(one["operation"].removeprefix("across 500 runs: "), seconds(one["seconds"]), seconds(floor) if floor else "",
            f"{one['seconds'] / floor:.2f}" if floor else "", *(seconds(figures[name]) if name in figures else "" for name in names))


def peers(rows):
    print("\n## Peers\n\nMeasured by the peer benchmark on the same machine and data; `ratio` is to its own reference for that "
          "operation. O1 saves 300 rows, O2 120,000, O3 200 versions; O4 reads version 100, O5 diffs it with 101; W4_load saves "
          "500 runs, O6 asks across them: a by model, b by run and model, c filter with limit, d one row; O7 checks everything.\n")
    table("system", "operation", "median", "reference", "ratio", "bytes")
    for one in rows:
        if one["system"] != "limit" and one.get("s"):
            reference = one.get("ref_s")
            row(one["system"], one["op"], seconds(one["s"]), seconds(reference) if reference else "",
                f"{one['s'] / reference:.2f}" if reference else "", megabytes(one.get("bytes")))


def load(results):
    print("\n## The server under load\n\nWritten by `make load`: `wrk` with 64 connections on the same two cores as the server; neither keeps a log of requests. "
          "Goals: 0.5 of nginx's requests a second for a version record, 0.8 of its bytes a second for a data file.\n")
    table("what", "assay", "nginx", "ratio")
    for name, what in {"record.json": "version record", "data.jsonl": "data file"}.items():
        ours, theirs = results[name]["assay"], results[name]["nginx"]
        what += f", {results['sizes'][name]:,} bytes"
        row(what, f"{ours['requestsPerSecond']:,.0f} requests/s", f"{theirs['requestsPerSecond']:,.0f}",
            f"{ours['requestsPerSecond'] / theirs['requestsPerSecond']:.2f}")
        row(what, f"{megabytes(ours['bytesPerSecond'])}/s", f"{megabytes(theirs['bytesPerSecond'])}/s",
            f"{ours['bytesPerSecond'] / theirs['bytesPerSecond']:.2f}")
    mixed, append = results["mixed"], results["append"]
    print(f"\nMixed: {mixed['reads']['requestsPerSecond']:,.0f} reads/s over 48 connections while 16 appended "
          f"{mixed['writes']:,} rows; {mixed['reads']['failed']} reads failed, {len(mixed['errors'])} appends; lost "
          f"{results['lost']}, doubled {results['doubled']}; memory {megabytes(mixed['residentBytes'][0])} before and "
          f"{megabytes(mixed['residentBytes'][1])} after. One row appended alone, durable when answered: p50 "
          f"{seconds(append['p50'])}, p99 {seconds(append['p99'])}.")
    if "median" in results["nightly"].get("parquet", {}):
        print("\n120,000 rows into pandas:\n")
        table("from", "first", "then")
        for name, what in {"localParquet": "a local Parquet file", "parquet": "Parquet by URL", "arrow": "Arrow by URL"}.items():
            row(what, seconds(results["nightly"][name]["first"]), seconds(results["nightly"][name]["median"]))


def routing(result):
    print(f"\n## Routing under load\n\nWritten by `make load`: {result['requestsPerSecond']:,.0f} requests/s for {result['seconds']:.0f} s to "
          "`/v1/routers/{name}/evaluate`, open loop, ten rules, every decision recorded, the generator on the same two cores. "
          "Goals: p50 ≤ 0.5 ms, p99 ≤ 2 ms.\n")
    print(f"{result['answered']:,} answered, {result['failed']} failed; " + ", ".join(f"{name} {value} ms" for name, value in result["ms"].items())
          + f". {result['deployments']} deployments and rollbacks meanwhile; {result['staleAnswers']} answers of a version that had been replaced. "
          f"{result['recordedRows']:,} decisions on disk, {result['recording']['dropped']} dropped.\n")
    table("up to", "answers")
    for bound, count in result["histogram"].items():
        row(bound.removeprefix("<= "), f"{count:,}")


measured = lines("assay.jsonl")
operations(measured)
if found := [one for one in measured if one["operation"].startswith("across") and one.get("figures")]:
    across(found)
if found := lines("results.jsonl"):
    peers(found)
if (path := RESULTS / "load.json").exists():
    load(json.loads(path.read_text()))
if (path := RESULTS / "route.json").exists():
    routing(json.loads(path.read_text()))
