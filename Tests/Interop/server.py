"""`assay` and `assay serve`, run as a person would run them."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

PACKAGE = pathlib.Path(__file__).resolve().parents[2]
ASSAY = os.environ.get("ASSAY", str(PACKAGE / ".build/debug/assay"))


def assay(*arguments, store=None, check=True, input=None, token=None):
    """Runs a command; what it printed on standard output."""
    environment = {"PATH": "/usr/bin:/bin", "ASSAY_AUTHOR": "ann"}
    if store:
        environment["ASSAY_STORE"] = str(store)
    if token:
        environment["ASSAY_TOKEN"] = token
    done = subprocess.run(
        [ASSAY, *map(str, arguments)], env=environment, input=input, capture_output=True
    )
    if check and done.returncode != 0:
        raise AssertionError(f"assay {arguments}: {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode() if check else done


def history():
    """The states of the leaderboard: when each was published, and its rows."""
    text = subprocess.run(
        ["zstd", "-dc", str(PACKAGE / "Examples/polyglot-history.jsonl.zst")],
        capture_output=True, check=True,
    ).stdout.decode()
    return [json.loads(line) for line in text.splitlines()]


class Server:
    """A server on a free port of the loopback interface; its log is a file of the folder."""

    def __init__(self, store, log, *flags, environment=None):
        self.store, self.log, self.flags, self.environment = store, log, flags, environment or {}
        self.process = None
        self.port = 0

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [ASSAY, "serve", "--store", str(self.store), "--port", str(self.port), *self.flags],
                stdout=subprocess.PIPE, stderr=log, env={"PATH": "/usr/bin:/bin", **self.environment}, text=True,
            )
        line = self.process.stdout.readline()
        found = re.search(r"(https?://[^\s/]+)", line)
        if not found:
            raise AssertionError(f"the server said {line!r}, and {pathlib.Path(self.log).read_text()}")
        self.url = found.group(1)
        self.port = int(self.url.rsplit(":", 1)[1])
        return self

    def stop(self, how=signal.SIGTERM):
        """Ends the server; its exit status."""
        self.process.send_signal(how)
        status = self.process.wait(timeout=30)
        self.process.stdout.close()
        return status

    def residentBytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


def waitUntil(condition, seconds=10):
    """Whether `condition` holds within some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False
