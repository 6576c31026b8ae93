#!/usr/bin/env python3
"""Fails the system calls of every kind of change, one after the other, once and from then on.

  faults.py [PROGRAM] [--every 1] [--only push,tag] [--errors EIO,ENOSPC] [--calls fsync,link]

Needs `strace`. The law: a command that ends with another status than 0 has left the log as it was, or says that the
change may be saved; and whoever repeats it as it says (or as it was, when the log is unchanged) has it made once.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

CALLS = [
    "openat", "write", "pwrite64", "read", "pread64", "fsync", "fdatasync", "link", "linkat", "rename", "unlink",
    "mkdir", "utimensat", "newfstatat", "fstat", "getdents64", "flock", "fcntl", "ftruncate", "close", "mmap",
]
ERRORS = ["EIO", "ENOSPC", "EINTR", "EMFILE", "EPERM"]
ROW = '{"n":2}\n'


class Store:
    """A prepared store; each try works on a copy of it."""

    def __init__(self, program, folder):
        self.program, self.path = program, os.path.join(folder, "prepared")
        self.file = os.path.join(folder, "row.jsonl")
        self.table = os.path.join(folder, "table.csv")
        with open(self.file, "w") as file:
            file.write(ROW)
        with open(os.path.join(folder, "picture.txt"), "w") as file:
            file.write("not really a picture\n")
        with open(self.table, "w") as file:
            file.write("id,picture\n1,picture.txt\n")
        run(program, "init", self.path)
        run(program, "push", "d", "-", "--format", "jsonl", "--store", self.path, data='{"n":1}\n')
        rules = os.path.join(folder, "rules.json")
        with open(rules, "w") as file:
            json.dump({
                "schema": "route.rules/1", "route": "chat", "rules": [], "default": {"target": "small"},
                "targets": {"small": {"provider": "openai", "model": "small"}},
            }, file)
        run(program, "router", "push", "chat", rules, "--store", self.path)
        for number in range(40):
            run(program, "push", "many", "-", "--format", "jsonl", "--store", self.path, data='{"n":%d}\n' % number)
        with open(os.path.join(self.path, "tmp", "0" * 32), "w") as file:
            file.write("left by a crash")

    def copy(self, folder):
        path = os.path.join(folder, "try")
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.path, path)
        return path


def run(*command, data=None):
    done = subprocess.run(command, input=data, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise SystemExit(f"{command}: {done.stderr}")
    return done.stdout


def logs(path):
    """The records of all logs; gc may move what else is in their files."""
    found = {}
    for folder, _, names in os.walk(os.path.join(path, "log")):
        for name in names:
            full = os.path.join(folder, name)
            found[os.path.relpath(full, path)] = True
    return found


def rows(program, path, name="d"):
    return run(program, "pull", name, "--format", "jsonl", "--store", path).splitlines()


class Change:
    def __init__(self, name, command, check, files=1):
        self.name, self.command, self.check, self.files = name, command, check, files


def changes(store):
    program = store.program

    def pushed(path):
        assert rows(program, path) == ['{"n":1}', '{"n":2}'], rows(program, path)

    def tagged(path):
        moves = run(program, "log", "d", "--store", path).splitlines()
        assert sum("tag" in line for line in moves) == 1, moves

    def deployed(path):
        lines = run(program, "router", "log", "chat", "--store", path).splitlines()
        assert sum("chat@1" in line for line in lines) == 1, lines

    def collected(path):
        assert rows(program, path) == ['{"n":1}'] and rows(program, path, "many") == ['{"n":39}']

    def attached(path):
        assert len(rows(program, path, "pictures")) == 1

    return [
        Change("push", ["push", "d", store.file, "--mode", "append"], pushed),
        Change("tag", ["tag", "d", "t"], tagged),
        Change("deploy", ["router", "deploy", "chat@1"], deployed),
        Change("gc", ["gc", "--apply", "--grace", "1m"], collected, files=0),
        Change("files", ["push", "pictures", store.table, "--files", "picture"], attached),
    ]


def attempt(program, command, path, inject, trace):
    """Runs a command under strace; returns what it did and whether a call was failed."""
    words = ["strace", "-f", "-qq", "-o", trace, "-e", f"trace={inject.split(':')[0]}", "-e", f"inject={inject}"]
    process = subprocess.Popen(
        words + [program, *command, "--store", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True)
    try:
        out, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        # Without its tracer the program would go on beside the next try.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    with open(trace, errors="replace") as file:
        return subprocess.CompletedProcess(command, process.returncode, out, err), "INJECTED" in file.read()


def judge(change, store, folder, inject):
    program = store.program
    path = store.copy(folder)
    before = logs(path)
    done, was_failed = attempt(program, change.command, path, inject, os.path.join(folder, "trace"))
    if not was_failed:
        return False
    after = logs(path)
    added = len(after) - len(before)
    say = done.stderr.strip()
    where = f"{change.name} {inject}: status {done.returncode}, {say!r}"
    if done.returncode == 0:
        if added != change.files:
            raise AssertionError(f"{where}: {added} records")
    else:
        if after != before and "may be saved" not in say and "is saved" not in say:
            raise AssertionError(f"{where}: the log changed without a word")
        if "may be saved" in say and "try again" in say:
            raise AssertionError(f"{where}: says both")
        command = list(change.command)
        key = re.search(r"--idempotency-key (\S+)", say)
        if key:
            command += ["--idempotency-key", shlex.split(key.group(1))[0]]
        again = subprocess.run(
            [program, *command, "--store", path], capture_output=True, text=True, timeout=120)
        # A deployment that was made is live already.
        if again.returncode != 0 and not (change.name == "deploy" and "live already" in again.stderr):
            raise AssertionError(f"{where}: again: {again.stderr.strip()!r}")
    try:
        change.check(path)
    except AssertionError as error:
        raise AssertionError(f"{where}: {error}")
    run(program, "verify", "--store", path)
    return True


def request(url, data, key=None):
    headers = {"Content-Type": "application/x-ndjson"}
    if key:
        headers["Idempotency-Key"] = key
    message = urllib.request.Request(url, data=data.encode(), headers=headers, method="POST")
    try:
        with urllib.request.urlopen(message, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


def serve(program, path):
    server = subprocess.Popen(
        [program, "serve", "--port", "0", "--seal-every", "3600", "--store", path],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
    if not found:
        stop(server)
        raise SystemExit("the server did not start")
    return server, found.group(0)


def inject_into(server, inject, trace):
    """Fails the calls that a running server makes from now on; returns when strace has hold of all its threads."""
    held = subprocess.Popen(
        ["strace", "-f", "-p", str(server.pid), "-o", trace, "-e", f"trace={inject.split(':')[0]}", "-e", f"inject={inject}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    line = held.stderr.readline()
    if "attached" not in line:
        raise SystemExit(f"strace: {line}")
    return held


def stop(server):
    try:
        server.terminate()
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    for stream in (server.stdout, server.stderr):
        if stream:
            stream.close()


def judge_rows(store, folder, inject):
    """Appends a row to a server whose calls fail, seals it, and repeats what failed on a sound server."""
    program = store.program
    path = store.copy(folder)
    before = logs(path)
    trace = os.path.join(folder, "trace")
    server, url = serve(program, path)
    held = inject_into(server, inject, trace)
    answers = [
        request(f"{url}/v1/datasets/d/rows", ROW, "k"),
        request(f"{url}/v1/datasets/d/rows/seal", ""),
    ]
    stop(held)
    server.kill()
    stop(server)
    with open(trace, errors="replace") as file:
        if "INJECTED" not in file.read():
            return False
    where = f"rows {inject}: {answers}"
    if answers[1][0] not in (200, 0) and logs(path) != before and answers[0][0] == 202:
        if "may be saved" not in answers[1][1] and "is saved" not in answers[1][1]:
            raise AssertionError(f"{where}: sealed, and said otherwise")
    sound, url = serve(program, path)
    try:
        status, text = request(f"{url}/v1/datasets/d/rows", ROW, "k")
        if status != 202:
            raise AssertionError(f"{where}: again: {status} {text}")
        request(f"{url}/v1/datasets/d/rows/seal", "")
    finally:
        stop(sound)
    found = rows(program, path)
    if found != ['{"n":1}', '{"n":2}']:
        raise AssertionError(f"{where}: {found}")
    run(program, "verify", "--store", path)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", default=".build/release/assay")
    parser.add_argument("--every", type=int, default=1, help="fail each call whose number this divides")
    parser.add_argument("--only", default="push,tag,deploy,gc,files,rows")
    parser.add_argument("--errors", default=",".join(ERRORS))
    parser.add_argument("--calls", default=",".join(CALLS))
    options, _ = parser.parse_known_args()
    program = os.path.abspath(options.program)
    if not shutil.which("strace"):
        raise SystemExit("strace is not here; install it (Debian: strace)")
    failures, count = [], 0
    with tempfile.TemporaryDirectory(prefix="assay-faults-") as folder:
        store = Store(program, folder)
        judges = [
            (change.name, lambda inject, change=change: judge(change, store, folder, inject))
            for change in changes(store)
        ] + [("rows", lambda inject: judge_rows(store, folder, inject))]
        for name, check in judges:
            if name not in options.only.split(","):
                continue
            begun, tries = time.monotonic(), 0
            for call in options.calls.split(","):
                for error in options.errors.split(","):
                    # A thread that cannot be made is waited for without end, by libdispatch.
                    for lasting in ("",) if call == "mmap" else ("", "+"):
                        number = 1
                        while True:
                            # Nothing interrupts for ever, and whoever is interrupted goes on: SQLite without end.
                            when = f"{number}..{number + 99}" if error == "EINTR" and lasting else f"{number}{lasting}"
                            try:
                                if not check(f"{call}:error={error}:when={when}"):
                                    break
                            except (AssertionError, subprocess.TimeoutExpired) as failure:
                                failures.append(str(failure))
                                print(failure, flush=True)
                            tries += 1
                            # A process that keeps trying could be failed for ever.
                            if number > 400:
                                break
                            number += options.every
            count += tries
            print(f"{name}: {tries} faults, {time.monotonic() - begun:.0f} s", flush=True)
    print(json.dumps({"faults": count, "failures": len(failures)}))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
