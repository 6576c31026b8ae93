#!/usr/bin/env python3
"""Kills `assay run` at random moments, goes on each time, and counts what was bought twice.

  run_kills.py [PROGRAM] [--kills 100] [--seed 1] [--items 60] [--concurrency 4]

The law: a call whose outcome was on disk at a kill is never made again; those made again are no more than the calls that may be under way
at a time, for each kill, and no more than the program says; what they can have cost is said too; the answers have the digest
of a run that nobody killed; and the store is sound.
"""

import argparse
import http.server
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

MODELS = ["small", "large"]
RESULT = re.compile(rb'"t":"result","key":"([0-9a-f]{64})"')


class Mock(http.server.BaseHTTPRequestHandler):
    """Answers chat completions by their question, a little later, and notes each of them."""

    protocol_version = "HTTP/1.1"
    calls = []
    lock = threading.Lock()

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        name = (body["messages"][-1]["content"], body["model"])
        with Mock.lock:
            Mock.calls.append(name)
        time.sleep(0.004 + hash_of(name) % 16 / 1000)
        answer = json.dumps({
            "model": body["model"], "usage": {"prompt_tokens": 9, "completion_tokens": 3},
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": f"{name[1]} says {name[0]}"}}],
        }).encode()
        try:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        except OSError:
            pass  # The caller was killed.

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # The caller was killed.


def hash_of(name):
    return sum(byte * (place + 7) for place, byte in enumerate(repr(name).encode()))


class Store:
    def __init__(self, program, path, port, items):
        self.program, self.path = program, path
        self.run("init", path)
        self.run("push", "prompts", "-", "--format", "jsonl", "--key", "id", "--kind", "inputs",
                 data="".join(json.dumps({"id": f"i{n}", "text": f"question {n}"}) + "\n" for n in range(items)))
        self.run("prices", "import", "-", "--from", "2026-01-01", data=json.dumps({
            model: {"litellm_provider": "mock", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06} for model in MODELS}))
        self.run("provider", "add", "--file", "-", data=json.dumps({"schema": "providers/1", "providers": {"mock": {
            "protocol": "openai.chat", "base_url": f"http://127.0.0.1:{port}/v1", "egress": {"allow_private": True},
            "capabilities": {"stream": False}, "prices": "prices", "defaults": {"max_tokens": 10}}}}))

    def command(self, *arguments):
        return [self.program, *arguments, *([] if arguments[0] == "init" else ["--store", self.path])]

    def run(self, *arguments, data=None, status=0):
        done = subprocess.run(self.command(*arguments), input=data, capture_output=True, text=True, timeout=120)
        if done.returncode != status:
            raise SystemExit(f"{arguments}: {done.returncode} {done.stdout}{done.stderr}")
        return done.stdout

    def start(self, into, concurrency):
        targets = [part for model in MODELS for part in ("--target", f"mock:{model}")]
        return self.command("run", "prompts", *targets, "--prompt-column", "text", "--into", into, "--concurrency", str(concurrency))

    def results(self, into):
        """The keys of calls whose outcomes are on disk."""
        found = set()
        folder = os.path.join(self.path, "runs", into)
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            if name.endswith(".log"):
                with open(os.path.join(folder, name), "rb") as file:
                    found |= set(RESULT.findall(file.read()))
        return found


def round_of_kills(store, into, chance, concurrency, longest, kills_left):
    """Kills a run until it completes; returns kills, calls made again and what the program says of them."""
    first = len(Mock.calls)
    kills, ended = 0, []
    while True:
        process = subprocess.Popen(store.start(into, concurrency), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if kills < kills_left:
            try:
                process.wait(timeout=chance.uniform(0, longest))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        out, err = process.communicate(timeout=120)
        if process.returncode == -signal.SIGKILL:
            kills += 1
            # Calls that were on their way reach the mock meanwhile.
            time.sleep(0.03)
            ended.append((len(Mock.calls), store.results(into)))
            continue
        if process.returncode != 0:
            raise SystemExit(f"exit status {process.returncode}: {out}{err}")
        break
    rows = [json.loads(line) for line in store.run("pull", into).splitlines()]
    names = {row["call_key"].removeprefix("sha256:").encode(): (row["input"], row["model"].removeprefix("mock:")) for row in rows}
    calls = Mock.calls[first:]
    twice = 0
    for place, keys in ended:
        later = Mock.calls[place:]
        twice += sum((names[key] in later) for key in keys)
    report = json.loads(store.run("run", "status", into, "--json"))
    said = re.search(r"(\d+) calls? \(at most \$([\d.]+)\) may have been paid twice", out)
    return {
        "kills": kills, "calls": len(calls), "again": len(calls) - len(set(calls)), "twice": twice, "answers": report["answers"],
        "said": int(said[1]) if said else 0, "dollars": float(said[2]) if said else 0.0, "rows": len(rows),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", nargs="?", default=".build/release/assay")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--minutes", help="ignored")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    server = Server(("127.0.0.1", 0), Mock)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = tempfile.mkdtemp(prefix="assay-run-kills-")
    faults, others = [], 0
    try:
        store = Store(os.path.realpath(options.program), os.path.join(folder, "store"), server.server_port, options.items)
        begin = time.monotonic()
        whole = round_of_kills(store, "whole", chance, options.concurrency, 0, 0)
        longest = time.monotonic() - begin
        total = {"kills": 0, "calls": 0, "again": 0, "twice": 0, "said": 0, "dollars": 0.0}
        number = 0
        while total["kills"] < options.kills:
            number += 1
            found = round_of_kills(store, f"round{number}", chance, options.concurrency, longest, options.kills - total["kills"])
            if found["answers"] != whole["answers"]:
                others += 1
                faults.append(f"round {number}: the answers are not those of an unbroken run")
            if found["again"] > found["said"]:
                faults.append(f"round {number}: {found['again']} calls were made again, it says {found['said']}")
            if found["said"] > found["kills"] * options.concurrency:
                faults.append(f"round {number}: {found['said']} calls under way at {found['kills']} kills")
            for name in total:
                total[name] += found[name]
        store.run("verify")
        bound = total["kills"] * options.concurrency
        print(f"{total['kills']} kills (seed {options.seed}) in {number} runs of {options.items * len(MODELS)} calls, {options.concurrency} at a time")
        print(f"completed calls bought twice: {total['twice']}")
        print(f"calls under way made again: {total['again']}, of at most {bound}; said: {total['said']}, at most ${total['dollars']:.6f}")
        print(f"answers: {'those' if not others else 'NOT those'} of an unbroken run, {whole['answers']}")
        if total["twice"]:
            faults.append("completed calls were bought twice")
    finally:
        server.shutdown()
        shutil.rmtree(folder, ignore_errors=True)
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
