"""A server under load and under SIGKILL; figures for docs/benchmarks.md.

`load.py load` mixes reads and writes over 64 connections and compares reads with nginx serving the same bytes;
`load.py kill` ends the server twenty times in the middle of that and looks for every acknowledged row.
"""

import concurrent.futures
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from server import Server, assay


class Writer(threading.Thread):
    """Appends rows one at a time and remembers which were acknowledged."""

    def __init__(self, server, number, end):
        super().__init__(daemon=True)
        self.server, self.number, self.end = server, number, end
        self.acknowledged, self.sent, self.seconds, self.errors = [], 0, [], []

    def run(self):
        connection = None
        while time.monotonic() < self.end():
            row = f"w{self.number}-{self.sent}"
            self.sent += 1
            start = time.perf_counter()
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
                connection.request(
                    "POST", "/v1/datasets/live.rows/rows", json.dumps({"id": row, "score": 0.5}),
                    {"Content-Type": "application/json", "Idempotency-Key": row},
                )
                answer = connection.getresponse()
                body = answer.read()
                if answer.status == 202:
                    self.acknowledged.append(row)
                    self.seconds.append(time.perf_counter() - start)
                elif answer.status not in (429, 503):
                    self.errors.append((answer.status, body[:200]))
            except (OSError, http.client.HTTPException) as error:
                self.errors.append(("connection", repr(error)))
                connection = None
                time.sleep(0.02)


def rows(store, name="live.rows"):
    return [json.loads(line)["id"] for line in assay("pull", name, store=store).splitlines()]


def wrk(url, seconds, connections=64):
    text = subprocess.run(
        ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", url], capture_output=True, text=True, check=True
    ).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    moved = re.search(r"Transfer/sec:\s+([\d.]+)(\w+)", text)
    size = float(moved.group(1)) * {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}[moved.group(2)]
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(r"Socket errors: (.*)", text)
    return {"requestsPerSecond": rate, "bytesPerSecond": size, "failed": int(failed.group(1)) if failed else 0, "broken": broken and broken.group(1)}


def nginx(folder, files):
    """nginx serving the bytes of `files` by name; the process and its port."""
    # Its workers may run as another user.
    folder.chmod(0o755)
    (folder / "www").mkdir()
    for name, data in files.items():
        (folder / "www" / name).write_bytes(data)
    port = random.randint(20000, 40000)
    (folder / "nginx.conf").write_text(
        f"worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        "events { worker_connections 1024; }\n"
        f"http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type application/octet-stream;\n"
        f"client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f"server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}\n"
    )
    process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    return process, port


def load(folder, seconds):
    store = folder / "store"
    assay("init", store)
    source = random.Random(1)
    lines = "".join(
        json.dumps({"id": i, "text": "".join(source.choices("abcdefghijklmnop", k=96)), "score": source.random()}) + "\n" for i in range(8000)
    )
    assay("push", "runs", "-", "--format", "jsonl", "--key", "id", store=store, input=lines.encode())
    results = {}
    # nginx below keeps no log of requests either.
    with Server(store, folder / "server.log", "--log-level", "warning") as server:
        base = "/v1/datasets/runs/versions/1"
        connection = http.client.HTTPConnection("127.0.0.1", server.port)

        def get(path):
            connection.request("GET", path)
            return connection.getresponse().read()

        files = {"record.json": get(base), "data.jsonl": get(base + "/data.jsonl")}
        results["sizes"] = {name: len(data) for name, data in files.items()}
        peer, port = nginx(folder, files)
        try:
            for name, path in {"record.json": base, "data.jsonl": base + "/data.jsonl"}.items():
                ours = wrk(server.url + path, seconds)
                theirs = wrk(f"http://127.0.0.1:{port}/{name}", seconds)
                assert not ours["failed"] and not theirs["failed"], (ours, theirs)
                results[name] = {"assay": ours, "nginx": theirs}
        finally:
            peer.send_signal(signal.SIGTERM)
            peer.wait()
        before = server.residentBytes()
        end = time.monotonic() + seconds
        writers = [Writer(server, number, lambda: end) for number in range(16)]
        for writer in writers:
            writer.start()
        reads = wrk(server.url + base + "/rows?limit=10", seconds, connections=48)
        for writer in writers:
            writer.join()
        results["mixed"] = {
            "reads": reads, "writes": sum(len(w.acknowledged) for w in writers),
            "errors": [error for w in writers for error in w.errors][:5],
            "residentBytes": [before, server.residentBytes()],
        }
        alone = Writer(server, 99, lambda stop=time.monotonic() + 5: stop)
        alone.run()
        times = sorted(alone.seconds)
        results["append"] = {"p50": statistics.median(times), "p99": times[int(len(times) * 0.99)], "rows": len(times)}
        # The one above was closed by now: nothing came over it for so long.
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("POST", "/v1/datasets/live.rows/rows/seal")
        connection.getresponse().read()
    saved = rows(store)
    acknowledged = {row for w in [*writers, alone] for row in w.acknowledged}
    results["lost"] = len(acknowledged - set(saved))
    results["doubled"] = len(saved) - len(set(saved))
    results["verify"] = assay("verify", store=store).strip()
    return results


def nightly(folder):
    """120,000 rows by URL into pandas, beside the same Parquet file read from the disk."""
    import pandas

    data = pathlib.Path(os.environ.get("BENCH_DATA", pathlib.Path.home() / ".cache/assay-bench/data")) / "w2/nightly.jsonl"
    if not data.exists():
        return {"missing": str(data)}
    store = folder / "nightly"
    assay("init", store)
    assay("push", "nightly", data, "--key", "id", store=store)
    with Server(store, folder / "nightly.log") as server:
        url = server.url + "/v1/datasets/nightly/versions/1/data."
        local = folder / "nightly.parquet"
        local.write_bytes(requests_get(server, "/v1/datasets/nightly/versions/1/data.parquet"))

        def seconds(read):
            times = []
            for _ in range(6):
                start = time.perf_counter()
                rows = len(read())
                times.append(time.perf_counter() - start)
            assert rows == 120_000, rows
            # The first one renders the file, which is kept.
            return {"first": times[0], "median": statistics.median(times[1:])}

        return {
            "localParquet": seconds(lambda: pandas.read_parquet(local)),
            "parquet": seconds(lambda: pandas.read_parquet(url + "parquet")),
            "arrow": seconds(lambda: pandas.read_feather(url + "arrow")),
            "residentBytes": server.residentBytes(),
        }


def requests_get(server, path):
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", path)
    return connection.getresponse().read()


def kill(folder, times):
    store = folder / "store"
    assay("init", store)
    server = Server(store, folder / "server.log").start()
    end = [time.monotonic() + 1e9]
    writers = [Writer(server, number, lambda: end[0]) for number in range(8)]
    for writer in writers:
        writer.start()
    source = random.Random(2)
    restarts = []
    for _ in range(times):
        time.sleep(source.uniform(0.3, 1.5))
        server.stop(signal.SIGKILL)
        start = time.monotonic()
        server.start()
        restarts.append(time.monotonic() - start)
    end[0] = time.monotonic()
    for writer in writers:
        writer.join()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("POST", "/v1/datasets/live.rows/rows/seal")
    sealed = connection.getresponse()
    sealed.read()
    server.stop()
    saved = rows(store)
    acknowledged = {row for w in writers for row in w.acknowledged}
    return {
        "kills": times, "acknowledged": len(acknowledged), "saved": len(saved),
        "lost": len(acknowledged - set(saved)), "doubled": len(saved) - len(set(saved)),
        "slowestRestart": max(restarts), "verify": assay("verify", store=store).strip(),
        "unexpected": [error for w in writers for error in w.errors if error[0] != "connection"][:5],
    }


if __name__ == "__main__":
    folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-load-"))
    try:
        what = sys.argv[1] if len(sys.argv) > 1 else "load"
        count = int(sys.argv[2]) if len(sys.argv) > 2 else 30 if what == "load" else 20
        if what == "load":
            results = load(folder, count) | {"nightly": nightly(folder)}
        else:
            results = kill(folder, count)
        print(json.dumps(results, indent=2))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
