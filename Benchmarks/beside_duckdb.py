"""Answers the queries across runs with DuckDB, so that `bench` can time both in turns.

    beside_duckdb.py prepare DATA WORK   writes the runs of DATA as Parquet (zstd) below WORK, where that is not done yet:
                                         all in one file, and a file a run as people keep them
    beside_duckdb.py answer WORK         for each line `merged a` or `files b` a line of JSON: the seconds it took, and the
                                         sums over all groups of what was asked, for `bench` to hold against ours
"""
import glob, json, os, sys, time

import duckdb

AGGREGATES = "count(*) n, avg(score) score, avg(success::INT) ok, quantile_cont(latency_ms, 0.95) p95, sum(cost_usd) cost"
GROUPS = {"a": "model", "b": "run, model"}
RUN = r"CAST(regexp_extract(filename, 'run_(\d+)', 1) AS INT) AS run, * EXCLUDE (filename)"


def prepare(data, work):
    sources = sorted(glob.glob(f"{data}/w4/*.jsonl"))
    newest = max(map(os.path.getmtime, sources))
    os.makedirs(f"{work}/runs", exist_ok=True)
    connection = duckdb.connect()

    def write(rows, path):
        if not os.path.exists(path) or os.path.getmtime(path) < newest:
            connection.execute(f"COPY ({rows}) TO '{path}.new' (FORMAT parquet, COMPRESSION zstd)")
            os.replace(path + ".new", path)

    write(f"SELECT {RUN} FROM read_json('{data}/w4/*.jsonl', format='newline_delimited', filename=true)", f"{work}/merged.parquet")
    for source in sources:
        name = os.path.splitext(os.path.basename(source))[0]
        write(f"FROM read_json('{source}', format='newline_delimited')", f"{work}/runs/{name}.parquet")


def answer(work):
    tables = {
        "merged": f"'{work}/merged.parquet'",
        "files": f"(SELECT {RUN} FROM read_parquet('{work}/runs/*.parquet', filename=true))",
    }
    connection = duckdb.connect()
    print(json.dumps(duckdb.__version__), flush=True)
    for line in sys.stdin:
        table, query = line.split()
        sql = f"SELECT {GROUPS[query]}, {AGGREGATES} FROM {tables[table]} GROUP BY {GROUPS[query]} ORDER BY {GROUPS[query]}"
        start = time.perf_counter()
        rows = connection.execute(sql).fetchall()
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, "sums": [sum(column) for column in list(zip(*rows))[-5:]]}), flush=True)


{"prepare": prepare, "answer": answer}[sys.argv[1]](*sys.argv[2:])
