"""Turns the lines of JSON that the benchmark prints into the page docs/benchmarks.md.

usage: report.py RESULTS    peers' figures, if any, from $BENCH_RESULTS (bench.py's results.jsonl)
"""
import json, os, platform, sys, time

BUDGETS = {
    "save 300 rows, in process": "≤ 2.5 × floor",
    "start-up, assay --version": "≤ 10 ms",
    "save 300 rows, as a process": "≤ 15 ms",
    "save 120,000 rows": "≤ 0.55 × floor (400 MB/s), ≤ 45 MB, ≤ 300 MB memory",
    "save 200 versions of 20,000 rows": "≤ 2.8 × floor (20 s), ≤ 50 MB",
    "read version 100: columns in memory": "≤ 0.54 × floor (25 ms)",
    "read version 100: JSONL file": "≤ 1.3 × floor (60 ms)",
    "diff versions 100 and 101 by key": "≤ 5 ms",
    "verify everything in the history": "≤ 3 s",
    "save 500 runs of 2,000 rows": "≤ 8 s, ≤ 350 MB",
    "across 500 runs: by model (SQL)": "≤ 2 s (25 ms once vectorised)",
    "across 500 runs: by run and model (SQL)": "≤ 2 s (25 ms once vectorised)",
    "across 500 runs: filter, limit 100": "≤ 5 ms",
    "one row by key in one run": "≤ 1 ms",
    "one flipped bit, 40 tries": "0 wrong rows",
}
PEER_NAMES = {"o1": "O1", "o2": "O2", "o3": "O3", "o4": "O4", "o5": "O5"}


def seconds(value):
    return f"{value * 1e3:.2f} ms" if value < 1 else f"{value:.2f} s"


def megabytes(value):
    return "" if value is None else f"{value / 1e6:.1f} MB"


def main():
    rows = [json.loads(line) for line in open(sys.argv[1])]
    print("# Benchmarks\n")
    print(f"Written by `make bench` on {time.strftime('%Y-%m-%d')}; {os.cpu_count()} cores, {platform.system()} "
          f"{platform.release()}. Each operation ran in a process of its own; the floor is bare work on the same data, "
          "measured between its repetitions. Machines are shared and noisy: read the ratios. Budgets in seconds were "
          "set on a machine whose `zstd -3` of the 120,000 rows took 0.73 s.\n")
    print("| operation | median | floor | ratio | stored | peak memory | budget | note |")
    print("|---|---|---|---|---|---|---|---|")
    for row in rows:
        floor = row.get("floorSeconds")
        rate = row.get("megabytesPerSecond")
        notes = [n for n in (f"{rate:.0f} MB/s" if rate else "", row.get("floor", ""), row.get("note", "")) if n]
        print(f"| {row['operation']} | {seconds(row['seconds'])} | {seconds(floor) if floor else ''} | "
              f"{row['seconds'] / floor:.2f} |" if floor else
              f"| {row['operation']} | {seconds(row['seconds'])} | | |", end="")
        print(f" {megabytes(row.get('storedBytes'))} | {megabytes(row.get('peakBytes'))} | "
              f"{BUDGETS.get(row['operation'], '')} | {'; '.join(notes)} |")
    peers = os.environ.get("BENCH_RESULTS", os.path.expanduser("~/.cache/assay-bench/results/results.jsonl"))
    if not os.path.exists(peers):
        return
    print("\n## Peers\n\nMeasured by the peer benchmark on the same machine and data; `ratio` is to its own reference for that "
          "operation.\n\n| system | operation | median | reference | ratio | bytes |\n|---|---|---|---|---|---|")
    for line in open(peers):
        row = json.loads(line)
        if row["system"] == "limit" or not row.get("s"):
            continue
        reference = row.get("ref_s")
        print(f"| {row['system']} | {row['op']} | {seconds(row['s'])} | {seconds(reference) if reference else ''} | "
              f"{row['s'] / reference:.2f} |" if reference else
              f"| {row['system']} | {row['op']} | {seconds(row['s'])} | | |", end="")
        print(f" {megabytes(row.get('bytes'))} |")


main()
