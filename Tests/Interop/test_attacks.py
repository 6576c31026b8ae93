"""What a stranger may send, and the status each gets; the server stays up and the store as it was."""

import gzip
import json
import os
import pathlib
import socket
import subprocess
import time

import pyarrow as pa
import pytest
import requests

from server import Server, assay, waitUntil

# Waits for clocks: run by hand (`make interop`), not by every change.
pytestmark = pytest.mark.clocked

LINES = "application/x-ndjson"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A server with small limits over a store of one row."""
    folder = tmp_path_factory.mktemp("attacked")
    assay("init", folder / "store")
    assay("push", "runs", "-", "--format", "jsonl", store=folder / "store", input=b'{"id":1}\n')
    with Server(folder / "store", folder / "server.log", "--max-body", "1", "--max-decompressed", "64", "--idle-timeout", "2") as server:
        yield server
        assert server.process.poll() is None, "the server ended"
    assert "all as written" in assay("verify", store=folder / "store")
    assert assay("ls", "runs", "--json", store=folder / "store").count("\n") == 1


def raw(server, request, wait=10):
    """The status line and all else that comes back for bytes sent as they are."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as connection:
        connection.sendall(request)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


@pytest.mark.parametrize("path", [
    "/v1/datasets/../../etc/passwd/versions", "/v1/datasets/..%2f..%2fetc/versions",
    "/v1/datasets/%2e%2e/versions", "/v1/datasets/a%00b/versions", "/v1/datasets/A/versions",
    "/v1/datasets/runs/versions/..%2f..%2fassay.json", "/v1/datasets/runs/versions/1/data.jsonl%2f..%2f..",
    "/v1/files/sha256:..%2f..%2f..%2fetc%2fpasswd", "/v1/files/../../../etc/passwd",
    "/v1/datasets/runs/versions/1/data.exe", "//etc/passwd", "/v1/datasets/%ff%fe/versions",
])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_no_path_leads_out_of_the_store(small, path, method):
    answer = raw(small, f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
    assert status(answer) in (400, 404, 405, 415), answer[:300]
    assert b"root:" not in answer and str(small.store).encode() not in answer


@pytest.mark.parametrize("name, value", [
    ("X-Request-Id", "a\rSet-Cookie: x=1"), ("X-Request-Id", "a\x00b"), ("X-Request-Id", "é" * 10),
    ("X-Request-Id", "a" * 5000), ("If-Match", '"x"\r\n\tfolded'),
])
def test_headers_are_not_split(small, name, value):
    answer = raw(small, f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n{name}: {value}\r\nConnection: close\r\n\r\n".encode())
    assert b"Set-Cookie" not in answer.split(b"\r\n\r\n")[0].replace(b"X-Request-Id: a\rSet-Cookie", b"Set-Cookie") or status(answer) == 400
    assert status(answer) in (200, 400, 431), answer[:200]


def test_a_query_parameter_does_not_become_a_header(small):
    answer = requests.get(
        small.url + "/v1/datasets/runs/versions/1/data.csv",
        params={"select": "id\r\nX-Evil: 1"}, timeout=30,
    )
    assert answer.status_code == 400 and "X-Evil" not in answer.headers


def test_a_header_without_end_is_cut_off(small):
    answer = raw(small, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Big: " + b"a" * (1 << 20) + b"\r\n\r\n")
    assert status(answer) in (None, 400, 431)


def test_a_body_too_large_is_refused(small):
    url = small.url + "/v1/datasets/big/versions"
    body = b'{"id":1}\n' * 200_000
    told = requests.post(url, data=body, headers={"Content-Type": LINES}, timeout=30)
    assert told.status_code == 413
    untold = requests.post(url, data=(body[i : i + 65536] for i in range(0, len(body), 65536)), headers={"Content-Type": LINES}, timeout=30)
    assert untold.status_code == 413
    assert requests.get(url, timeout=30).status_code == 404


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_decompression_bomb_is_refused(small, encoding):
    zeros = b'{"id":1,"x":"' + b"0" * (1 << 30) + b'"}\n'
    body = gzip.compress(zeros, 6) if encoding == "gzip" else subprocess.run(["zstd", "-qc"], input=zeros, capture_output=True, check=True).stdout
    url = small.url + "/v1/datasets/bomb/versions"
    answer = requests.post(url, data=body, headers={"Content-Type": LINES, "Content-Encoding": encoding}, timeout=120)
    assert answer.status_code in (413, 422), answer.text
    assert requests.get(url, timeout=30).status_code == 404
    assert small.residentBytes() < 1 << 30


def test_a_slow_header_ends(small):
    """Slowloris: a client that sends a byte now and then does not hold a connection for ever."""
    with socket.create_connection(("127.0.0.1", small.port), timeout=30) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        start = time.monotonic()
        try:
            while time.monotonic() - start < 25:
                connection.sendall(b"X-A: b\r\n")
                connection.settimeout(0.5)
                try:
                    if connection.recv(1024):
                        break
                    break
                except TimeoutError:
                    continue
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert time.monotonic() - start < 20


def test_a_slow_body_ends(small):
    with socket.create_connection(("127.0.0.1", small.port), timeout=30) as connection:
        connection.sendall(
            f"POST /v1/datasets/slow/versions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {LINES}\r\nContent-Length: 100000\r\n\r\n".encode() + b'{"id":1}\n'
        )
        connection.settimeout(20)
        answer = connection.recv(65536)
        assert answer == b"" or status(answer) == 408
    assert requests.get(small.url + "/v1/datasets/slow/versions", timeout=30).status_code == 404


def test_half_an_upload_saves_nothing(small):
    with socket.create_connection(("127.0.0.1", small.port), timeout=30) as connection:
        connection.sendall(
            f"POST /v1/datasets/half/versions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {LINES}\r\nContent-Length: 1000\r\n\r\n".encode() + b'{"id":1}\n' * 5
        )
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(20)
        try:
            connection.recv(65536)
        except ConnectionResetError:
            pass
    assert requests.get(small.url + "/v1/datasets/half/versions", timeout=30).status_code == 404


@pytest.mark.parametrize("request_", [
    b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01", b"POST /v1/query HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/query HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /v1/query HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"GET /healthz HTTP/9.9\r\n\r\n", b"BREW /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
])
def test_what_is_no_HTTP_is_refused(small, request_):
    answer = raw(small, request_, wait=8)
    assert status(answer) is None or 400 <= status(answer) < 600 and status(answer) not in (500, 502), answer[:200]
    assert requests.get(small.url + "/healthz", timeout=30).status_code == 200


def test_a_query_ends_at_its_limit(small):
    sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    start = time.monotonic()
    answer = requests.post(small.url + "/v1/query", json={"sql": sql, "timeoutSeconds": 1}, timeout=60)
    assert answer.status_code in (408, 413, 422, 503, 507) and time.monotonic() - start < 20, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("sql", [
    "DELETE FROM runs", "ATTACH '/etc/passwd' AS p", "SELECT load_extension('x')", "PRAGMA database_list",
    "SELECT 1; SELECT 2", "SELECT readfile('/etc/passwd')", "CREATE TABLE t(a)", "",
])
def test_SQL_only_reads(small, sql):
    answer = requests.post(small.url + "/v1/query", json={"sql": sql}, timeout=30)
    assert answer.status_code in (400, 403), answer.text
    assert str(small.store) not in answer.text


def test_a_query_is_stopped_when_its_client_goes(small):
    sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    body = json.dumps({"sql": sql}).encode()
    connection = socket.create_connection(("127.0.0.1", small.port), timeout=30)
    connection.sendall(b"POST /v1/query HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def processor():
        fields = open(f"/proc/{small.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    before = processor()
    assert waitUntil(lambda: processor() > before + 20, 15), "the query never ran"
    connection.close()
    time.sleep(1.5)
    settled = processor()
    time.sleep(1)
    assert processor() - settled < 50, "the query still runs"


def test_a_public_address_needs_a_token(small):
    done = subprocess.run(
        [*__import__("server").ASSAY.split(), "serve", "--store", str(small.store), "--host", "0.0.0.0", "--port", "0"],
        capture_output=True, timeout=30, text=True,
    )
    assert done.returncode not in (0, 1) and "token" in done.stderr, done.stderr


def test_clients_that_read_nothing_cost_little_and_are_let_go(small):
    requests.get(small.url + "/openapi.yaml", timeout=30)
    before = small.residentBytes()
    silent = []
    try:
        for _ in range(100):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.connect(("127.0.0.1", small.port))
            connection.sendall(b"GET /openapi.yaml HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 100)
            silent.append(connection)
        time.sleep(1)
        assert small.residentBytes() - before < 64 << 20
        files = pathlib.Path(f"/proc/{small.process.pid}/fd")
        assert waitUntil(lambda: len(list(files.iterdir())) < 80, 20)
    finally:
        for connection in silent:
            connection.close()


def processorSeconds(server):
    fields = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def isIdle(server):
    used = processorSeconds(server)
    time.sleep(1)
    return processorSeconds(server) - used < 0.1


def test_long_work_holds_up_nothing_and_ends_when_its_client_leaves(tmp_path):
    assay("init", tmp_path / "store")
    rows = "".join(
        json.dumps({"id": n // 3, "model": f"m{n % 3}", "success": n * 7 % 5 > 1, "cost": n % 11 + 0.5, "latency_ms": n}) + "\n"
        for n in range(30_000)
    )
    assay("push", "runs", "-", "--format", "jsonl", "--key", "id,model", store=tmp_path / "store", input=rows.encode())
    views = pa.table({"x": pa.ListViewArray.from_arrays(
        pa.array([0] * 100_000, pa.int32()), pa.array([100_000] * 100_000, pa.int32()), pa.array([1] * 100_000, pa.int8()))})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, views.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(views)
    drawn = {"by": "model", "reference": "runs@1", "options": {"resamples": 100_000, "gates": ["cost <= +1"] * 200}}
    works = [
        ("/v1/datasets/bomb/versions?format=arrow", "application/vnd.apache.arrow.file", sink.getvalue().to_pybytes()),
        ("/v1/comparisons", "application/json", json.dumps(drawn).encode()),
        ("/v1/comparisons", "application/json", json.dumps({"base": "runs@1", "candidates": ["runs@1"] * 199}).encode()),
        ("/v1/query", "application/json", b'{"sql": "SELECT zeroblob(60000000) FROM runs"}'),
    ]
    with Server(tmp_path / "store", tmp_path / "log") as server:
        for path, kind, body in works:
            connections = []
            for _ in range(8):
                connection = socket.create_connection(("127.0.0.1", server.port))
                connection.sendall(
                    f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                connections.append(connection)
            time.sleep(0.5)
            start = time.monotonic()
            assert requests.get(server.url + "/v1/datasets/runs/versions/1/rows?limit=2", timeout=30).ok
            pushed = requests.post(
                server.url + "/v1/datasets/other/versions", data=b'{"id":%d}\n' % time.monotonic_ns(), headers={"Content-Type": LINES}, timeout=30)
            assert pushed.ok and time.monotonic() - start < 5, path
            for connection in connections:
                connection.close()
            # Otherwise it would go on for minutes.
            assert waitUntil(lambda: isIdle(server), 15), path


def test_an_address_of_ipv6_may_have_its_brackets(tmp_path):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    assay("init", tmp_path / "store")
    for host in ["[::1]", "::1"]:
        with Server(tmp_path / "store", tmp_path / "log", "--host", host) as server:
            assert server.url.startswith("http://[::1]:")
            assert requests.get(server.url + "/healthz", timeout=30).text == "ok\n"
            assert assay("ls", "--json", store=server.url) == ""
