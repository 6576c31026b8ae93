#!/usr/bin/env python3
"""Mixed load for some minutes: what the server holds at the end is what it held near the beginning.

Reads, SQL of ever new text, conditions of ever new text, live rows and pushes, by several clients at once. Memory at the
end is within 10 % of that after a quarter of the time (of 20 minutes, minute 5), when all caches have seen what they see.

    Tests/Soak/memory.py [--minutes 20] [--clients 4]

Needs nothing but Python and a release build (ASSAY names another program).
"""

import argparse
import http.client
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

PACKAGE = pathlib.Path(__file__).resolve().parents[2]
ASSAY = os.environ.get("ASSAY", str(PACKAGE / ".build/release/assay"))
TOLERANCE = 0.10


def assay(store, *arguments, input=None):
    environment = {"PATH": "/usr/bin:/bin", "ASSAY_AUTHOR": "ann", "ASSAY_STORE": str(store)}
    subprocess.run([ASSAY, *arguments], env=environment, input=input, check=True, capture_output=True)


def lines(generator, count, first=0):
    rows = (
        {"id": first + i, "model": f"m{i % 7}", "score": generator.random(), "note": f"text {generator.random()}"}
        for i in range(count)
    )
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


class Client(threading.Thread):
    """Sends requests one after the other until it is told to stop."""

    def __init__(self, port, seed, stop):
        super().__init__(daemon=True)
        self.port, self.stop = port, stop
        self.random = random.Random(seed)
        self.seed = seed
        self.counts, self.failure = {}, None

    def send(self, method, path, body=None, type="application/json", expected=(200, 201)):
        self.connection.request(method, path, body, {"Content-Type": type} if body else {})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in expected:
            raise AssertionError(f"{method} {path}: {answer.status}: {text[:300]!r}")
        return text

    def sql(self):
        number = self.random.random()
        text = self.random.choice([
            f"SELECT model, avg(score), median(score) FROM runs WHERE score < {number} GROUP BY model",
            f"SELECT id + {number}, note FROM runs WHERE note LIKE '%{int(number * 10000)}%' LIMIT 50",
            f"SELECT count(*) AS \"n {number}\" FROM \"runs@1\" a JOIN runs b ON a.id = b.id",
            f"SELECT sum(length(replace(note, 'x{number}', 'y'))) FROM runs",
        ])
        self.send("POST", "/v1/query", json.dumps({"sql": text}))

    def part(self):
        condition = urllib.parse.quote(f"score < {self.random.random()} AND note LIKE '%7%'")
        format = self.random.choice(["csv", "jsonl", "parquet"])
        self.send("GET", f"/v1/datasets/runs/versions/1/data.{format}?where={condition}&limit=500")

    def read(self):
        path = self.random.choice(["/versions", "/versions/1", "/versions/latest/rows?limit=50", "/log", "/trend?metric=score"])
        self.send("GET", "/v1/datasets/runs" + path)

    def row(self):
        row = {"at": time.time(), "value": self.random.random(), "client": self.seed}
        self.send("POST", "/v1/datasets/live/rows", json.dumps(row) + "\n", "application/x-ndjson", (200, 201, 202))

    def push(self):
        # The same few contents again and again: the store grows little, and what is kept of it less.
        number = self.random.randrange(4)
        body = lines(random.Random(number), 1000)
        self.send("POST", f"/v1/datasets/pushed{number}/versions?key=id", body, "application/x-ndjson")

    def run(self):
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        kinds = [self.sql] * 8 + [self.part] * 3 + [self.read] * 4 + [self.row] * 6 + [self.push]
        try:
            while not self.stop.is_set():
                kind = self.random.choice(kinds)
                kind()
                self.counts[kind.__name__] = self.counts.get(kind.__name__, 0) + 1
        except Exception as error:
            self.failure = f"{type(error).__name__}: {error}"


def residentBytes(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assay-soak-") as folder:
        store = pathlib.Path(folder) / "store"
        assay(store, "init", str(store))
        for first in (0, 100):
            assay(store, "push", "runs", "-", "--format", "jsonl", "--key", "id", input=lines(random.Random(first), 20_000, first))
        assay(store, "push", "live", "-", "--format", "jsonl", input=b'{"at":0.5,"value":0.5,"client":0}\n')
        log = open(pathlib.Path(folder) / "log", "wb")
        process = subprocess.Popen(
            [ASSAY, "serve", "--store", str(store), "--port", "0"], stdout=subprocess.PIPE, stderr=log, text=True,
            env={"PATH": "/usr/bin:/bin"})
        port = int(re.search(r":(\d+)", process.stdout.readline().split("//")[1]).group(1))
        stop = threading.Event()
        clients = [Client(port, options.seed + number, stop) for number in range(options.clients)]
        for client in clients:
            client.start()
        begin, seconds = time.monotonic(), options.minutes * 60
        # The median of some looks, since rows that wait and answers under way come and go.
        early, late, told = [], [], 0
        while (passed := time.monotonic() - begin) < seconds and not any(client.failure for client in clients):
            time.sleep(0.5)
            size = residentBytes(process)
            if 0.2 <= passed / seconds < 0.3:
                early.append(size)
            if passed / seconds >= 0.9:
                late.append(size)
            if passed // 60 > told:
                told = passed // 60
                print(f"minute {told:.0f}: {size >> 20} MiB", flush=True)
        stop.set()
        for client in clients:
            client.join(120)
        process.terminate()
        status = process.wait(60)
        counts = {}
        for client in clients:
            for kind, count in client.counts.items():
                counts[kind] = counts.get(kind, 0) + count
        print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
        failures = [client.failure for client in clients if client.failure]
        if failures or status != 0 or not early or not late:
            sys.exit(f"failed: {failures or f'the server ended with {status}'}")
        first, last = sorted(early)[len(early) // 2], sorted(late)[len(late) // 2]
        growth = last / first - 1
        print(f"{first >> 20} MiB after a quarter, {last >> 20} MiB at the end: {growth:+.1%}")
        if growth > TOLERANCE:
            sys.exit("memory grew")


if __name__ == "__main__":
    main()
