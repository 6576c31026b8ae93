"""Routing under load and under SIGKILL; figures for docs/benchmarks.md.

`load_router.py load [SECONDS] [RATE]` sends requests at a fixed rate, whatever the server does (open loop), while versions are
deployed and rolled back, and tells how long answers took, how many were of an older version than one deployed before they were
sent, and that every decision was recorded.
`load_router.py kill` ends the server ten times in the middle of that and looks for every acknowledged outcome and deployment.
"""

import http.client
import json
import multiprocessing
import pathlib
import socket
import sys
import tempfile
import threading
import time

from server import Server, assay

PROCESSES = 4


def rules(weight, count=10):
    checks = [
        {"name": f"r{i}", "when": {"principal.plan": {"$in": [f"p{i}", f"q{i}"]}, "request.tokens": {"$gte": 1000 + i}}, "serve": {"target": "b"}}
        for i in range(count - 1)
    ]
    split = {
        "hash_version": 1, "salt": "s", "hash_fields": ["principal.user"],
        "variants": [{"name": "control", "target": "a", "weight": 10000 - weight}, {"name": "canary", "target": "b", "weight": weight}],
    }
    return json.dumps({
        "schema": "route.rules/1", "route": "chat",
        "targets": {"a": {"provider": "p", "model": "m-a"}, "b": {"provider": "p", "model": "m-b"}},
        "rules": [*checks, {"name": "share", "serve": {"split": split}}], "default": {"target": "a"},
    }).encode()


def prepare(store):
    assay("init", store)
    for weight in (500, 2500):
        assay("router", "push", "chat", "-", store=store, input=rules(weight))
    assay("router", "deploy", "chat@1", store=store)


def request(number):
    body = json.dumps({
        "context": {
            "principal": {"plan": "free", "user": f"u{number}"}, "metadata": {"session": "s"},
            "request": {"id": f"r{number}", "model": "route/chat", "tokens": 900},
        }
    })
    return (
        "POST /v1/routers/chat/evaluate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def client(port, rate, seconds, number, start, results):
    """One connection's share of the load: (sent, seconds, version) of each request, and failures."""
    channel = socket.create_connection(("127.0.0.1", port))
    channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    bodies = [request(number * 100_000 + i) for i in range(1000)]
    seen, failures = [], []
    interval = 1 / rate
    free = time.monotonic()
    for i in range(int(rate * seconds)):
        due = start + (i + number / PROCESSES) * interval
        now = time.monotonic()
        if now < due:
            time.sleep(due - now)
            now = time.monotonic()
        # A request that had to wait for the one before counts from when it was due.
        began = due if free > due else now
        channel.sendall(bodies[i % len(bodies)])
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += channel.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        fields = {k.lower(): v for k, v in (line.split(b": ", 1) for line in head.split(b"\r\n")[1:])}
        while len(body) < int(fields[b"content-length"]):
            body += channel.recv(65536)
        free = time.monotonic()
        if not head.startswith(b"HTTP/1.1 200"):
            failures.append(head[:80])
            continue
        seen.append((now, free - began, int(fields[b"x-route-version"])))
    results.put((seen, failures))


def post(port, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", path, json.dumps(body or {}), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def load(folder, seconds, rate):
    store = folder / "store"
    prepare(store)
    with Server(store, folder / "server.log", "--log-level", "warning") as server:
        post(server.port, "/v1/routers/chat/evaluate", {"context": {}})
        results = multiprocessing.Queue()
        start = time.monotonic() + 1
        clients = [
            multiprocessing.Process(target=client, args=(server.port, rate / PROCESSES, seconds, n, start, results))
            for n in range(PROCESSES)
        ]
        for process in clients:
            process.start()
        changes = []
        time.sleep(max(0, start + 0.5 - time.monotonic()))
        while time.monotonic() < start + seconds - 1:
            asked = time.monotonic()
            status, answer = post(server.port, "/v1/routers/chat/deployments", {"version": "2"})
            changes.append((asked, time.monotonic(), 2))
            assert status == 201, answer
            time.sleep(0.5)
            asked = time.monotonic()
            status, answer = post(server.port, "/v1/routers/chat/rollback")
            changes.append((asked, time.monotonic(), 1))
            assert status == 201, answer
            time.sleep(0.5)
        gathered = [results.get() for _ in clients]
        for process in clients:
            process.join()
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", "/v1/routers/chat")
        recording = json.loads(connection.getresponse().read())["recording"]
        resident = server.residentBytes()
    seen = [one for part, _ in gathered for one in part]
    failures = [one for _, part in gathered for one in part]
    times = sorted(taken for _, taken, _ in seen)
    # A request sent after a deployment was answered, and answered before the next was asked for, has to be decided by it.
    stale, effective = 0, []
    for (_, at, version), (until, _, _) in zip(changes, [*changes[1:], (time.monotonic(), 0, 0)]):
        old = [sent for sent, taken, v in seen if at <= sent and sent + taken < until and v != version]
        stale += len(old)
        effective.append(max((sent - at for sent in old), default=0))
    recorded = int(json.loads(assay("query", 'SELECT count(*) AS n, count(DISTINCT decision_id) AS ids FROM "chat.decisions"', store=store))["n"])
    share = lambda q: round(times[min(len(times) - 1, int(len(times) * q))] * 1000, 3)
    histogram = {}
    for bound in (0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 50, 1000):
        histogram[f"<= {bound} ms"] = sum(t * 1000 <= bound for t in times)
    return {
        "requestsPerSecond": rate, "seconds": seconds, "answered": len(seen), "failed": len(failures),
        "ms": {"p50": share(0.5), "p90": share(0.9), "p99": share(0.99), "p99.9": share(0.999), "max": share(1)},
        "histogram": histogram, "deployments": len(changes), "staleAnswers": stale,
        "effectiveAfterMs": round(max(effective) * 1000, 2), "recording": recording, "recordedRows": recorded, "residentBytes": resident,
    }


class Poster(threading.Thread):
    """Posts outcomes one at a time and remembers which were acknowledged."""

    def __init__(self, port, number, end):
        super().__init__(daemon=True)
        self.port, self.number, self.end, self.acknowledged = port, number, end, []

    def run(self):
        sent = 0
        while time.monotonic() < self.end:
            name = f"o{self.number}-{sent}"
            sent += 1
            try:
                if post(self.port, "/v1/routers/chat/outcomes", {"decision_id": name, "success": True})[0] == 202:
                    self.acknowledged.append(name)
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                return


def kill(folder, rounds=10):
    store = folder / "store"
    prepare(store)
    acknowledged, live = set(), 1
    for number in range(rounds):
        server = Server(store, folder / "server.log", "--log-level", "warning").start()
        posters = [Poster(server.port, f"{number}.{i}", time.monotonic() + 5) for i in range(8)]
        for poster in posters:
            poster.start()
        ending = threading.Timer(1 + number * 0.1, lambda: server.process.kill())
        ending.start()
        while server.process.poll() is None:
            try:
                status, answer = post(server.port, "/v1/routers/chat/deployments", {"version": str(3 - live)})
                if status == 201:
                    live = answer["number"]
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                break
        server.process.wait()
        for poster in posters:
            poster.join()
            acknowledged |= set(poster.acknowledged)
        now = json.loads(assay("router", "log", "chat", "--limit", "1", "--json", store=store))
        # One more may have been committed whose answer was lost.
        assert now["number"] == live or now["previous"] == live, (now, live)
        live = now["number"]
    with Server(store, folder / "server.log", "--log-level", "warning") as server:
        assert post(server.port, "/v1/datasets/chat.outcomes/rows/seal")[0] == 200
    saved = [json.loads(line)["decision_id"] for line in assay("pull", "chat.outcomes", store=store).splitlines()]
    return {
        "rounds": rounds, "acknowledged": len(acknowledged), "lost": len(acknowledged - set(saved)),
        "doubled": len(saved) - len(set(saved)), "verify": assay("verify", store=store).strip(),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if sys.argv[1:2] == ["kill"]:
            result = kill(folder)
        else:
            numbers = [float(text) for text in sys.argv[2:]]
            result = load(folder, *(numbers + [20, 2000][len(numbers):]))
        print(json.dumps(result, indent=2))
