"""The door to the server: bodies that swell, requests that are none, pages of other sites, its certificate and its end."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import threading
import time

import pytest
import requests

from bombs import BOMBS
from server import Server, assay, waitUntil

MEBIBYTE = 1 << 20
# What docs/api.md states: the body, the limit once, the batches at hand; and the program itself.
MEMORY_BOUND = (8 + 16 + 768 + 200) * MEBIBYTE


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A server with small limits over a store of one row, which is as it was in the end."""
    folder = tmp_path_factory.mktemp("front")
    assay("init", folder / "store")
    assay("push", "runs", "-", "--format", "jsonl", store=folder / "store", input=b'{"id":1}\n')
    flags = ["--max-body", "8", "--max-decompressed", "16", "--idle-timeout", "5", "--grace", "3"]
    with Server(folder / "store", folder / "server.log", *flags) as server:
        yield server
        assert server.process.poll() is None, "the server ended"
    assert "all as written" in assay("verify", store=folder / "store")
    assert assay("ls", "runs", "--json", store=folder / "store").count("\n") == 1


def peak(server, reset=False):
    """The most memory that the server had since the last reset."""
    process = pathlib.Path(f"/proc/{server.process.pid}")
    if reset:
        (process / "clear_refs").write_text("5")
    line = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


@pytest.mark.clocked
@pytest.mark.parametrize("name", BOMBS)
def test_a_body_costs_no_more_than_its_limit(small, name):
    kind, encoding, body = BOMBS[name]()
    assert len(body) < 8 * MEBIBYTE
    headers = {"Content-Type": kind, **({"Content-Encoding": encoding} if encoding else {})}
    peak(small, reset=True)
    start = time.monotonic()
    answer = requests.post(small.url + "/v1/datasets/bomb/versions", data=body, headers=headers, timeout=300)
    assert answer.status_code in (413, 422), answer.text
    assert "16777216 bytes" in answer.json()["detail"] or "a single row" in answer.json()["detail"], answer.text
    assert peak(small) < MEMORY_BOUND, f"{peak(small) >> 20} MiB"
    # A million rows at the most, which a debug build takes its time for.
    assert time.monotonic() - start < 120
    assert requests.get(small.url + "/v1/datasets/bomb/versions", timeout=30).status_code == 404


@pytest.mark.clocked
def test_a_small_body_costs_little_without_a_limit_of_its_own(tmp_path):
    assay("init", tmp_path / "store")
    with Server(tmp_path / "store", tmp_path / "server.log") as server:
        kind, _, body = BOMBS["a column of nothing"]()
        answer = requests.post(server.url + "/v1/datasets/b/versions", data=body, headers={"Content-Type": kind}, timeout=600)
        assert answer.status_code == 422 and "bytes allowed here" in answer.json()["detail"], answer.text


def raw(server, request, wait=6):
    """All that comes back for bytes sent as they are, and whether the server closed the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as connection:
        connection.sendall(request)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except TimeoutError:
            return answer, False
        except ConnectionResetError:
            pass
        return answer, True


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


def get(*fields, target="/healthz", version="1.1", method="GET", body=b""):
    head = [f"{method} {target} HTTP/{version}", *fields]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


HOST = "Host: 127.0.0.1"
LENGTH = "Content-Length: 2"
CHUNKED = "Transfer-Encoding: chunked"
MALFORMED = [
    # Hosts.
    get(), get("Host:"), get("Host: "), get(HOST, HOST), get(HOST, "Host: evil.example"), get("host: a", "HOST: b"),
    get("Host: 127.0.0.1, evil.example"), get("Host: 127.1"), get("Host: 2130706433"), get("Host: 0x7f000001"),
    get("Host: 0177.0.0.1"), get("Host: 127.0.0.1.1"), get("Host: 127.0.0.256"), get("Host: a b"), get("Host: a/b"),
    get("Host: user@127.0.0.1"), get("Host: 127.0.0.1:x"), get("Host: 127.0.0.1:65536"), get("Host: 127.0.0.1:-1"),
    get("Host: [::1"), get("Host: ::1"), get("Host: [::1%25lo]"), get("Host: [127.0.0.1]"), get("Host: .."), get("Host: a..b"),
    get("Host: " + "a" * 64), get("Host: " + "a." * 127 + "a"), get("Host: 127.0.0.1\\evil"), get("Host: 127.0.0.1%00"),
    get("Host: \xe9.example"), get("Host : 127.0.0.1"), get(" Host: 127.0.0.1"), get("Host: http://127.0.0.1"),
    # Targets.
    get(HOST, target="http://evil.example/healthz"), get("Host: evil.example", target="http://127.0.0.1/healthz"),
    get(HOST, target="http://127.0.0.1:1/healthz"), get(HOST, target="http:///healthz"), get(HOST, target="ftp://127.0.0.1/healthz"),
    get(HOST, target="http://a@127.0.0.1/healthz"), get(HOST, target="healthz"), get(HOST, target="*"), get(HOST, target="127.0.0.1:80"),
    get(HOST, target="/healthz#x"), get(HOST, target="/heal thz"), get(HOST, target="http:/healthz"), get(HOST, target=""),
    get(HOST, method="CONNECT", target="evil.example:443"), get(HOST, target="/v1/datasets/%ff/versions"),
    get(HOST, target="/v1/datasets/a%00b/versions"), get(HOST, target="/v1/datasets?limit=%zz"),
    # Versions and methods.
    get(HOST, version="9.9"), get(HOST, version="2.0"), get(HOST, version="1.x"), get(HOST, version=""), b"GET /healthz\r\n\r\n",
    get(HOST, method="G T"), get(HOST, method=""), get(HOST, method="GE\x00T"), get(HOST, method="BREW"), get(HOST, method="TRACE"),
    # Lengths.
    get(HOST, "Content-Length: -1", method="POST"), get(HOST, "Content-Length: +2", method="POST", body=b"{}"),
    get(HOST, "Content-Length: 2x", method="POST", body=b"{}"), get(HOST, "Content-Length: 0x2", method="POST", body=b"{}"),
    get(HOST, LENGTH, "Content-Length: 3", method="POST", body=b"{}x"), get(HOST, "Content-Length: 2, 3", method="POST", body=b"{}x"),
    get(HOST, "Content-Length: 99999999999999999999", method="POST"), get(HOST, LENGTH, CHUNKED, method="POST", body=b"0\r\n\r\n"),
    get(HOST, CHUNKED, method="POST", body=b"x\r\n"), get(HOST, CHUNKED, method="POST", body=b"-1\r\n"),
    get(HOST, CHUNKED, method="POST", body=b"ffffffffffffffffff\r\n"), get(HOST, CHUNKED, method="POST", body=b"2\r\n{}x\r\n0\r\n\r\n"),
    get(HOST, "Transfer-Encoding: gzip", method="POST", body=b"{}"), get(HOST, "Transfer-Encoding: chunked, gzip", method="POST", body=b"{}"),
    # Fields.
    get(HOST, "X-A"), get(HOST, ": x"), get(HOST, "X\x00A: b"), get(HOST, "X-A: b\x00c"), get(HOST, "X A: b"), get(HOST, "X-A: b\x01c"),
    get(HOST, *["X-A: b"] * 500), get(HOST, "X-A: " + "b" * 100_000), get(HOST, "X" * 100_000 + ": b"),
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00" * 100, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\r\n\r\n\r\nx\r\n\r\n",
]


@pytest.mark.parametrize("number", range(len(MALFORMED)))
def test_a_malformed_request_is_refused_and_its_connection_ends(small, number):
    start = time.monotonic()
    answer, isClosed = raw(small, MALFORMED[number], wait=12)
    told = status(answer)
    assert told is None or 400 <= told < 500 or told in (501, 505), answer[:300]
    # What is read to its end may be answered on a connection that lives on until it idles.
    assert isClosed and time.monotonic() - start < 11, answer[:300]
    assert len(re.findall(rb"HTTP/1\.1 \d\d\d ", answer)) <= 1 and b"HTTP/1.1 200" not in answer
    assert told is None or b"application/problem+json" in answer
    assert requests.get(small.url + "/healthz", timeout=30).status_code == 200


def test_HTTP_1_0_is_answered_and_closed(small):
    for fields in [[], ["Connection: keep-alive"], [HOST], [HOST, "Connection: Keep-Alive, x"]]:
        for target in ["/healthz", "/v1/datasets", "/nothing"]:
            start = time.monotonic()
            answer, isClosed = raw(small, get(*fields, target=target, version="1.0"))
            assert isClosed and time.monotonic() - start < 3, answer
            assert status(answer) == (404 if target == "/nothing" else 200), answer
            assert b"connection: close" in answer.lower() and b"transfer-encoding" not in answer.lower()


ROUTES = [
    ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"), ("GET", "/openapi.yaml"), ("GET", "/v1/datasets"),
    ("GET", "/v1/datasets/runs/versions/1/data.csv"), ("GET", "/v1/datasets/runs/versions/1/rows"), ("POST", "/v1/query"),
    ("POST", "/v1/tokens"), ("POST", "/v1/datasets/runs/versions?format=csv"), ("POST", "/v1/datasets/runs/rows"),
    ("DELETE", "/v1/datasets/runs/tags/x"), ("PUT", "/v1/datasets/runs/tags/x"), ("POST", "/v1/gc"), ("POST", "/nothing"),
]
PAGES = {
    "a script": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Origin": "https://evil.example"},
    "an image": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    "a frame": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    "a form": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Origin": "https://evil.example"},
    "an old browser": {"Origin": "http://127.0.0.1.evil.example:8640"},
    "a sandbox": {"Origin": "null"},
    "a site that is none": {"Sec-Fetch-Site": "none, cross-site"},
    "an origin with a user": {"Origin": "http://127.0.0.1@evil.example"},
    "an extension": {"Origin": "chrome-extension://abcdef", "Sec-Fetch-Site": "cross-site"},
    "a name that was pointed here": {"Host": "evil.example", "Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
    "a name that begins like an address": {"Host": "127.0.0.1.evil.example", "Sec-Fetch-Site": "same-origin"},
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method, path", ROUTES)
def test_a_page_of_another_site_gets_nothing(small, method, path, page):
    fields = PAGES[page]
    body = {"data": "id\n1\n"} if method in ("POST", "PUT") else {}
    answer = requests.request(method, small.url + path, headers={"Content-Type": "text/plain", **fields}, timeout=30, **body)
    isOpen = path in ("/healthz", "/readyz", "/openapi.yaml", "/nothing")
    if "Host" in fields and isOpen:
        # They tell nothing of the store.
        assert answer.status_code in (200, 404)
        return
    assert answer.status_code == 403, answer.text
    assert "Access-Control-Allow-Origin" not in answer.headers and "runs" not in answer.text
    assert not (small.store / "access").exists() or not (small.store / "access/tokens.json").exists()


def test_a_link_leads_here(small):
    fields = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert requests.get(small.url + "/v1/datasets", headers=fields, timeout=30).status_code == 200
    assert requests.post(small.url + "/v1/query", headers=fields, json={"sql": "SELECT 1"}, timeout=30).status_code == 403


def test_a_page_of_another_site_gets_nothing_with_a_token_either(tmp_path):
    assay("init", tmp_path / "store")
    token = assay("token", "create", "ann", "--scope", "admin", store=tmp_path / "store").strip()
    with Server(tmp_path / "store", tmp_path / "server.log", "--allow-host", "assay.example.com") as server:
        known = {"Authorization": f"Bearer {token}"}
        for fields in [PAGES["a script"], PAGES["an image"], PAGES["a form"], PAGES["a sandbox"]]:
            assert requests.get(server.url + "/v1/datasets", headers=known | fields, timeout=30).status_code == 403
        for fields in [{}, {"Host": "any.example"}, {"Sec-Fetch-Site": "same-origin", "Origin": "https://assay.example.com"},
                       {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://assay.example.com"}]:
            assert requests.get(server.url + "/v1/datasets", headers=known | fields, timeout=30).status_code == 200, fields


def certificate(folder, name):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem", "-subj", f"/CN={name}",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    return ssl.PEM_cert_to_DER_cert((folder / f"{name}.pem").read_text())


def handshake(server, lowest=None, highest=None):
    """The server's certificate and the version of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    if lowest:
        context.minimum_version = lowest
    if highest:
        context.maximum_version = highest
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain:
        with context.wrap_socket(plain) as connection:
            return connection.getpeercert(binary_form=True), connection.version()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_TLS_is_1_2_at_least_and_certificates_are_renewed(tmp_path):
    store = tmp_path / "store"
    assay("init", store)
    first, second = certificate(tmp_path, "first"), certificate(tmp_path, "second")
    for kind in ("pem", "key"):
        shutil.copy(tmp_path / f"first.{kind}", tmp_path / f"own.{kind}")
    flags = ["--tls-cert", str(tmp_path / "own.pem"), "--tls-key", str(tmp_path / "own.key")]
    with Server(store, tmp_path / "server.log", *flags) as server:
        assert handshake(server, highest=ssl.TLSVersion.TLSv1_2) == (first, "TLSv1.2")
        assert handshake(server)[1] == "TLSv1.3"
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with pytest.raises((ssl.SSLError, ConnectionError)) as refusal:
                handshake(server, version, version)
            # Of the server, not of this client.
            assert "NO_PROTOCOLS" not in str(refusal.value), refusal.value
        # One that cannot be used: the file is cut, then the key is another's.
        (tmp_path / "own.pem").write_text((tmp_path / "second.pem").read_text()[:200])
        server.process.send_signal(signal.SIGHUP)
        log = tmp_path / "server.log"
        assert waitUntil(lambda: "stays as it was" in log.read_text())
        shutil.copy(tmp_path / "second.pem", tmp_path / "own.pem")
        server.process.send_signal(signal.SIGHUP)
        assert waitUntil(lambda: log.read_text().count("stays as it was") == 2)
        assert handshake(server)[0] == first
        # A pipe has no end: nothing waits for one.
        for number, name in enumerate(["own.pem", "own.key"]):
            (tmp_path / name).unlink()
            os.mkfifo(tmp_path / name)
            server.process.send_signal(signal.SIGHUP)
            assert waitUntil(lambda: log.read_text().count("is no regular file") == number + 1)
            assert handshake(server)[0] == first
            (tmp_path / name).unlink()
            shutil.copy(tmp_path / f"second.{name[-3:]}", tmp_path / name)
        session = requests.Session()
        session.verify, session.trust_env = False, False
        assert session.get(server.url + "/healthz", timeout=30).status_code == 200
        server.process.send_signal(signal.SIGHUP)
        assert waitUntil(lambda: handshake(server)[0] == second)
        # Connections that are open stay.
        assert session.get(server.url + "/healthz", timeout=30).status_code == 200


def test_SIGHUP_does_not_end_a_server_without_a_certificate(small):
    for _ in range(3):
        small.process.send_signal(signal.SIGHUP)
    time.sleep(0.2)
    assert requests.get(small.url + "/healthz", timeout=30).status_code == 200


def test_files_of_secrets_are_their_owners(tmp_path):
    store = tmp_path / "store"
    assay("init", store)
    os.umask(0o022)
    token = assay("token", "create", "ann", "--scope", "admin", store=store).strip()

    def mode(path):
        return stat.S_IMODE((store / path).stat().st_mode)

    (store / "access").chmod(0o755)
    (store / "access/tokens.json").chmod(0o644)
    with Server(store, tmp_path / "server.log") as server:
        known = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
        assert requests.post(server.url + "/v1/datasets/a/versions", data="x\n1\n", headers=known, timeout=30).status_code == 201
        assert mode("access") == 0o700
        for name in ("tokens.json", "lock", "audit.jsonl"):
            assert mode("access/" + name) == 0o600, name


def end(server, grace):
    start = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    code = server.process.wait(timeout=30)
    # A second for a machine that is busy.
    assert time.monotonic() - start < grace + 1, "it ended too late"
    return code


@pytest.mark.clocked
def test_the_server_ends_within_its_grace_whatever_runs(tmp_path):
    store = tmp_path / "store"
    assay("init", store)
    assay("push", "runs", "-", "--format", "jsonl", "--key", "id", store=store, input=b"".join(b'{"id":%d,"x":0.5}\n' % n for n in range(20_000)))
    with Server(store, tmp_path / "server.log", "--grace", "3", "--query-timeout", "600") as server:
        queries = [
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
            "SELECT count(*) FROM runs a, runs b WHERE a.x + b.x < 0",
            "SELECT instr(printf('%.*c', 100000000, 'a'), printf('%.*c', 50000000, 'a') || 'b')",
            "SELECT replace(printf('%.*c', 100000000, 'a'), 'aa', 'b')",
        ] * 3
        for sql in queries:
            threading.Thread(target=lambda sql=sql: quietly(server, sql), daemon=True).start()
        upload = socket.create_connection(("127.0.0.1", server.port))
        upload.sendall(get(HOST, "Content-Type: text/csv", "Content-Length: 1000000", target="/v1/datasets/a/versions", method="POST", body=b"x\n1\n"))
        idle = socket.create_connection(("127.0.0.1", server.port))
        idle.sendall(get(HOST))
        half = socket.create_connection(("127.0.0.1", server.port))
        half.sendall(b"GET /healthz HTTP/1.1\r\nHost")
        time.sleep(1.5)
        assert end(server, 3) == 0
    assert "all as written" in assay("verify", store=store)


def quietly(server, sql):
    try:
        requests.post(server.url + "/v1/query", json={"sql": sql}, timeout=60)
    except requests.RequestException:
        pass


@pytest.mark.clocked
def test_a_server_that_does_nothing_ends_at_once(tmp_path):
    assay("init", tmp_path / "store")
    with Server(tmp_path / "store", tmp_path / "server.log", "--grace", "20") as server:
        assert requests.get(server.url + "/healthz", timeout=30).status_code == 200
        assert end(server, 2) == 0


def test_the_contract_is_valid_and_means_the_same_in_YAML_1_1(small):
    import openapi_spec_validator
    import yaml

    text = requests.get(small.url + "/openapi.yaml", timeout=30).text
    contract = yaml.safe_load(text)
    openapi_spec_validator.validate(contract)

    def check(value, path):
        if isinstance(value, dict):
            for key, inner in value.items():
                assert isinstance(key, str), f"{path}: {key!r}"
                check(inner, f"{path}/{key}")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                check(inner, f"{path}/{index}")
        else:
            assert value is None or isinstance(value, (str, int, float)), f"{path}: {value!r}"

    check(contract, "")
    # What the word `y` or `n` is, readers of YAML 1.1 disagree about.
    words = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"}
    for token in yaml.scan(text):
        if isinstance(token, yaml.ScalarToken) and token.plain and token.value.lower() in words:
            assert token.value in ("true", "false", "null"), (token.value, token.start_mark.line + 1)
