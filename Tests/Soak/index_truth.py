#!/usr/bin/env python3
"""The long form of two laws, on the program itself.

  index_truth.py [PROGRAM] [--seconds 60] [--writers 8] [--runs 500] [--seed N]

1. `gc`, `verify`, `stats` and reads beside writers call nothing damaged, and `gc` frees what it may.
2. An index that is deleted, aged or exchanged at random points of a history changes no answer.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

INDEX = ["index.sqlite", "index.sqlite-wal", "index.sqlite-shm"]


class Failure(Exception):
    pass


class Store:
    def __init__(self, program, path):
        self.program, self.path = program, path

    def run(self, *arguments, data=None, may_fail=()):
        done = subprocess.run(
            [self.program, *arguments, "--store", self.path],
            input=data, capture_output=True, text=True, timeout=300,
        )
        if done.returncode != 0 and done.returncode not in may_fail:
            said = (done.stderr + done.stdout).strip()
            raise Failure(f"{' '.join(arguments)}: exit status {done.returncode}: {said}")
        return done

    def push(self, name, rows):
        text = "".join(json.dumps(row) + "\n" for row in rows)
        self.run("push", name, "-", "--format", "jsonl", "--key", "id", data=text)

    def pull(self, reference):
        lines = self.run("pull", reference, "--format", "jsonl").stdout.splitlines()
        return [json.loads(line) for line in lines]


def rows(chooser, count=40):
    return [{"id": i, "text": "%030x" % chooser.getrandbits(120), "x": chooser.random()} for i in range(count)]


def beside_writers(program, folder, writers, seconds, seed):
    store = Store(program, os.path.join(folder, "busy"))
    subprocess.run([program, "init", store.path], check=True, capture_output=True)
    end = time.monotonic() + seconds
    counts, failures, kept, lock = {}, [], {}, threading.Lock()

    def count(what):
        with lock:
            counts[what] = counts.get(what, 0) + 1

    def repeated(what, body):
        def loop():
            while time.monotonic() < end and not failures:
                try:
                    body()
                    count(what)
                except (Failure, subprocess.TimeoutExpired) as failure:
                    failures.append(f"{what}: {failure}")
        return threading.Thread(target=loop)

    def writer(number):
        chooser = random.Random(seed + number)
        shared = rows(random.Random(seed))
        tables = [shared]

        def body():
            table = chooser.choice(tables) if chooser.random() < 0.3 else rows(chooser)
            table = [dict(row) for row in table]
            table[chooser.randrange(len(table))]["x"] = chooser.random()
            tables[:] = [shared, table]
            store.push(f"w{number}", table)
            with lock:
                kept[f"w{number}"] = table
        return body

    def collector():
        # What a stopped writer leaves: an old file that nothing refers to.
        os.makedirs(os.path.join(store.path, "tmp"), exist_ok=True)
        left = os.path.join(store.path, "tmp", "%032x" % random.getrandbits(128))
        with open(left, "wb") as file:
            file.write(b"left")
        os.utime(left, (1, 1))
        store.run("gc", "--apply", "--grace", "60s")
        if os.path.exists(left):
            raise Failure("gc left " + left)

    def reader():
        with lock:
            names = list(kept)
        if not names:
            time.sleep(0.1)
            return
        name = random.choice(names)
        if len(store.pull(name)) != 40:
            raise Failure(f"{name} has another number of rows")
        store.run("log", name)
        store.run("diff", f"{name}@latest~1", name, may_fail=(66,))

    threads = [repeated("push", writer(number)) for number in range(writers)]
    threads += [
        repeated("gc", collector), repeated("verify", lambda: store.run("verify")),
        repeated("stats", lambda: store.run("stats")), repeated("read", reader),
        repeated("ls", lambda: store.run("ls")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not failures:
        for name, table in sorted(kept.items()):
            if store.pull(name) != table:
                failures.append(f"{name} is not what was pushed last")
        store.run("gc", "--apply", "--grace", "0s", "--force")
        store.run("verify")
    print("beside writers:", ", ".join(f"{what} {number}" for what, number in sorted(counts.items())))
    return failures


def exchanged_index(program, folder, runs, seed):
    chooser = random.Random(seed)
    store = Store(program, os.path.join(folder, "exchanged"))
    other = Store(program, os.path.join(folder, "other"))
    fork = os.path.join(folder, "fork")
    for each in (store, other):
        subprocess.run([program, "init", each.path], check=True, capture_output=True)
    for name in ("a", "b"):
        other.push(name, rows(chooser))
    history, kept, forks, failures = {}, [], [], []

    def index_of(path):
        found = {}
        for name in INDEX:
            if os.path.exists(os.path.join(path, name)):
                with open(os.path.join(path, name), "rb") as file:
                    found[name] = file.read()
        return found

    def put(index):
        for name in INDEX:
            target = os.path.join(store.path, name)
            if os.path.exists(target):
                os.remove(target)
            if name in index:
                with open(target, "wb") as file:
                    file.write(index[name])

    def exchange():
        kind = chooser.choice(["deleted", "aged", "another store's", "of a copy", "a flipped bit"])
        if kind == "deleted":
            put({})
        elif kind == "aged" and kept:
            put(chooser.choice(kept))
        elif kind == "another store's":
            put(index_of(other.path))
        elif kind == "of a copy":
            # One that is further on than the store says that files are lost, and is to be believed.
            for index, counts in forks:
                if all(len(history[name]) >= count for name, count in counts.items()):
                    put(index)
                    forks.remove((index, counts))
                    break
        elif kind == "a flipped bit":
            index = index_of(store.path)
            name = chooser.choice([n for n in index if n != INDEX[2]] or INDEX[:1])
            if index.get(name):
                damaged = bytearray(index[name])
                damaged[chooser.randrange(len(damaged))] ^= 1 << chooser.randrange(8)
                index[name] = bytes(damaged)
                put(index)
        return kind

    def go_on_in_a_copy():
        shutil.rmtree(fork, ignore_errors=True)
        shutil.copytree(store.path, fork)
        copy, counts = Store(program, fork), {}
        for name in history:
            copy.push(name, rows(chooser, 10))
            counts[name] = len(history[name]) + 1
        forks.append((index_of(fork), counts))

    for run in range(runs):
        kind = "none"
        try:
            name = chooser.choice("abc")
            known = [table for tables in history.values() for table in tables]
            table = chooser.choice(known) if known and chooser.random() < 0.4 else rows(chooser, 10)
            if table != (history.get(name) or [None])[-1]:
                store.push(name, table)
                history.setdefault(name, []).append(table)
            if chooser.random() < 0.3:
                kept.append(index_of(store.path))
                kept = kept[-5:]
            if run % 7 == 3:
                go_on_in_a_copy()
            kind = exchange()
            name = chooser.choice(sorted(history))
            number = chooser.randrange(len(history[name]))
            if store.pull(f"{name}@{number + 1}") != history[name][number]:
                raise Failure(f"{name}@{number + 1} has other rows")
            names = [json.loads(line)["name"] for line in store.run("ls", "--json").stdout.splitlines()]
            if names != sorted(history):
                raise Failure(f"ls lists {names}")
            versions = store.run("ls", name, "--json").stdout.splitlines()
            if len(versions) != len(history[name]):
                raise Failure(f"{name} has {len(versions)} versions, not {len(history[name])}")
            if run % 10 == 9:
                exchange()
                store.run("verify")
                exchange()
                store.run("gc", "--apply")
        except Failure as failure:
            failures.append(f"run {run} ({kind}): {failure}")
            if len(failures) > 5:
                break
    print(f"index exchanged: {runs} runs, {sum(map(len, history.values()))} versions")
    return failures


def main():
    parser = argparse.ArgumentParser()
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser.add_argument("program", nargs="?", default=os.path.join(root, ".build", "release", "assay"))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    print("seed", options.seed)
    failures = []
    with tempfile.TemporaryDirectory(prefix="assay-soak-") as folder:
        if options.runs:
            failures += exchanged_index(program, folder, options.runs, options.seed)
        if options.seconds:
            failures += beside_writers(program, folder, options.writers, options.seconds, options.seed)
    for failure in failures:
        print("FAILED", failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
