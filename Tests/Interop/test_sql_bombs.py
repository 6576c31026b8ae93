"""SQL that would take minutes or all memory in few steps: each ends at its limit, while others are answered."""

import json
import socket
import threading
import time

import pytest
import requests

from server import Server, assay, waitUntil

# Waits for clocks: run by hand (`make interop`), not by every change.
pytestmark = pytest.mark.clocked

LIMIT = 2
MEBIBYTES = 256
# Beside the query's own memory: the row being handed out, copies while a value grows, the program.
BOUND = (3 * MEBIBYTES + 512) << 20

N = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
A = "printf('%.*c', 30000000, 'a')"
B = "printf('%.*c', 15000000, 'a') || 'b'"


def pairs(count):
    return ", ".join(f"t{i} AS (SELECT 1 AS x FROM t{i - 1} a, t{i - 1} b)" for i in range(1, count))


BOMBS = {
    "instr": f"SELECT instr({A}, {B})",
    "instr of many rows": f"{N}SELECT sum(instr(a, b || x)) FROM n, (SELECT {A} AS a, {B} AS b LIMIT 1)",
    "instr of blobs": f"SELECT instr(CAST({A} AS BLOB), CAST({B} AS BLOB))",
    "trim": f"SELECT trim({A}, replace(printf('%.*c', 8000000, 'x'), 'x', 'bé') || 'a')",
    "ltrim": f"SELECT ltrim({A}, replace({A}, 'a', 'b') || 'a')",
    "rtrim": f"SELECT rtrim({A}, replace({A}, 'a', 'b') || 'a')",
    "replace grows": f"SELECT replace(replace({A}, 'a', 'bb'), 'b', 'cccccccc')",
    "replace finds nothing": f"{N}SELECT sum(length(replace(a, b, 'c'))) FROM n, (SELECT {A} AS a, {B} AS b LIMIT 1)",
    "replace many": f"{N}SELECT sum(length(replace({A}, 'a', 'b' || x))) FROM n",
    "like word": f"SELECT {A} LIKE '%' || printf('%.*c', 40000, 'a') || 'b'",
    "like wildcards": f"SELECT {A} LIKE replace(printf('%.*c', 20000, 'x'), 'x', '%a') || 'b'",
    "like one of any": f"SELECT {A} LIKE '%' || printf('%.*c', 40000, '_') || 'b'",
    "glob sets": f"SELECT {A} GLOB '*' || replace(printf('%.*c', 10000, 'x'), 'x', '[ab]') || 'c'",
    "glob wildcards": f"SELECT {A} GLOB replace(printf('%.*c', 20000, 'x'), 'x', '*a') || 'b'",
    "printf of one character": "SELECT length(printf('%.*c', 2000000000, 'a'))",
    "printf width": f"{N}SELECT sum(length(printf('%' || (60000000 + x) || 'd', x))) FROM n",
    "printf precision": f"{N}SELECT sum(length(printf('%.60000000f', x))) FROM n",
    "printf in one step": "SELECT " + " + ".join(["length(printf('%.*c', 60000000, 'a'))"] * 200),
    "group_concat": f"{N}SELECT length(group_concat({A})) FROM n",
    "group_concat in a window": f"{N}SELECT length(group_concat(y) OVER (ROWS 1000 PRECEDING)) FROM (SELECT printf('%.*c', 10000, 'a') AS y FROM n LIMIT 1000000)",
    "group_concat of separators": f"{N}SELECT length(group_concat(x, {A})) FROM n",
    "json_patch": "SELECT length(json_patch(j, j)) FROM (SELECT json_group_object(x, x) AS j FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 200000) SELECT x FROM n))",
    "json_extract": "SELECT json_extract(j, " + ", ".join(f"'$[#-{i}]'" for i in range(1, 60)) + ") FROM (SELECT '[' || replace(printf('%.*c', 4000000, 'x'), 'x', '1,') || '1]' AS j LIMIT 1)",
    "json_set": "SELECT length(json_set(j, " + ", ".join(f"'$[{3000000 + i}]', {i}" for i in range(30)) + ")) FROM (SELECT '[' || replace(printf('%.*c', 4000000, 'x'), 'x', '1,') || '1]' AS j LIMIT 1)",
    "json_each of itself": "SELECT count(*) FROM (SELECT '[' || replace(printf('%.*c', 1000000, 'x'), 'x', '1,') || '1]' AS j LIMIT 1), json_each(j) a, json_each(j) b",
    "json_tree": "SELECT sum(length(fullkey || value)) FROM json_tree('[' || replace(printf('%.*c', 3000000, 'x'), 'x', '[1],') || '1]') a, json_tree('[' || replace(printf('%.*c', 300000, 'x'), 'x', '1,') || '1]') b",
    "json_group_array": f"{N}SELECT length(json_group_array({A})) FROM n",
    "hex": f"{N}SELECT sum(length(hex({A}))) FROM n",
    "hex in one step": "SELECT " + " + ".join([f"length(hex({A}))"] * 300),
    "quote": f"{N}SELECT sum(length(quote(replace({A}, 'a', '''')))) FROM n",
    "randomblob": f"{N}SELECT sum(length(randomblob(60000000 + x))) FROM n",
    "zeroblob": f"{N}SELECT count(*) FROM (SELECT DISTINCT zeroblob(1000000 + x) FROM n)",
    "upper": f"{N}SELECT sum(length(upper({A}) || x)) FROM n",
    "comparisons in one step": "SELECT " + " + ".join(["(a = b)"] * 900) + " FROM (SELECT zeroblob(60000000) AS a, zeroblob(60000000) AS b LIMIT 1)",
    "comparisons of rows": f"{N}SELECT sum(a = b) FROM n, (SELECT {A} AS a, {A} AS b LIMIT 1)",
    "numbers of digits": f"{N}SELECT sum(a + x) FROM n, (SELECT printf('%.*c', 60000000, '1') AS a LIMIT 1)",
    "a sort": "SELECT x FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100000000) SELECT x FROM n) ORDER BY -x % 7919, x",
    "a sort of large values": f"SELECT y FROM ({N}SELECT printf('%.*c', 100000 + x, 'a') AS y FROM n) ORDER BY y",
    "a window": f"SELECT sum(x) OVER (ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM ({N}SELECT x FROM n LIMIT 10000000)",
    "a join": "SELECT count(*) FROM runs a, runs b, runs c, runs d WHERE a.id + b.id + c.id + d.id = -1",
    "preparing": f"WITH t0 AS (SELECT 1 AS x), {pairs(40)} SELECT count(*) FROM t39",
    "a list": "SELECT count(*) FROM runs WHERE id IN (" + ", ".join(str(i) for i in range(100000)) + ") AND id + 1 IN (SELECT a.id FROM runs a, runs b, runs c)",
    "expressions doubled": "SELECT x FROM (SELECT x + x AS x FROM " * 14 + "(SELECT length(hex(zeroblob(30000000))) AS x)" + ")" * 14,
    "median": f"{N}SELECT median(x) FROM n",
    "distinct": f"{N}SELECT count(DISTINCT x * 7919 % 1000003 || 'text') FROM n",
    "union": "WITH RECURSIVE n(x) AS (SELECT 1 UNION SELECT x * 3 % 1000000007 FROM n) SELECT count(*) FROM n",
}


@pytest.fixture(scope="module")
def bombed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bombed")
    assay("init", folder / "store")
    rows = "".join(json.dumps({"id": i, "text": f"row {i}"}) + "\n" for i in range(2000))
    assay("push", "runs", "-", "--format", "jsonl", "--key", "id", "--quiet", store=folder / "store", input=rows.encode())
    with Server(folder / "store", folder / "server.log", "--query-timeout", str(LIMIT), "--query-memory", str(MEBIBYTES)) as server:
        yield server
        assert server.process.poll() is None, "the server ended"


def ask(server, sql):
    start = time.monotonic()
    answer = requests.post(server.url + "/v1/query", json={"sql": sql}, timeout=60)
    return answer, time.monotonic() - start


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_at_its_limit_while_others_are_answered(bombed, name):
    slowest, largest, done = [0.0], [0], threading.Event()

    def others():
        while not done.is_set():
            start = time.monotonic()
            answer = requests.get(bombed.url + "/v1/datasets/runs/versions/1/data.csv?limit=5", timeout=30)
            assert answer.status_code == 200
            slowest[0] = max(slowest[0], time.monotonic() - start)
            largest[0] = max(largest[0], bombed.residentBytes())
            time.sleep(0.05)

    watcher = threading.Thread(target=others)
    watcher.start()
    try:
        answer, seconds = ask(bombed, BOMBS[name])
    finally:
        done.set()
        watcher.join()
    # 403 is for table-valued functions.
    assert answer.status_code in (200, 400, 403, 422), answer.text[:300]
    assert seconds < 2 * LIMIT, answer.text[:300]
    assert slowest[0] < LIMIT
    assert largest[0] < BOUND


def test_eight_at_once_hold_up_no_read(bombed):
    bombs = [BOMBS[name] for name in ("like word", "trim", "instr of many rows", "a sort", "hex", "replace many", "printf in one step", "numbers of digits")]
    answers = [None] * len(bombs)

    def run(index):
        answers[index] = ask(bombed, bombs[index])[0]

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(bombs))]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    for path in ("/healthz", "/v1/datasets", "/v1/datasets/runs/versions/1", "/v1/datasets/runs/versions/1/data.jsonl?limit=3", "/v1/datasets/runs/log"):
        start = time.monotonic()
        assert requests.get(bombed.url + path, timeout=30).status_code == 200
        assert time.monotonic() - start < LIMIT, path
    for thread in threads:
        thread.join()
    assert all(answer.status_code in (200, 422) for answer in answers)


def processor(server):
    fields = open(f"/proc/{server.process.pid}/stat").read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def begin(server, sql):
    """Sends a query and does not read the answer."""
    body = json.dumps({"sql": sql}).encode()
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(b"POST /v1/query HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    return connection


SLOW = ["like word", "trim", "rtrim", "glob sets", "instr of many rows", "a sort", "hex", "numbers of digits"]


@pytest.fixture(scope="module")
def patient(tmp_path_factory, bombed):
    """A server whose limit is far away."""
    with Server(bombed.store, tmp_path_factory.mktemp("patient") / "server.log", "--query-timeout", "600", "--query-memory", str(MEBIBYTES)) as server:
        yield server


@pytest.mark.parametrize("name", SLOW)
def test_a_query_whose_client_left_ends_within_a_second(patient, name):
    before = processor(patient)
    connection = begin(patient, BOMBS[name])
    assert waitUntil(lambda: processor(patient) > before + 50, 30), "the query never ran"
    connection.close()
    time.sleep(1)
    settled = processor(patient)
    time.sleep(1)
    assert processor(patient) - settled < 30, "the query still runs"


def test_a_condition_whose_client_left_ends_within_a_second(patient):
    condition = "text LIKE '%' || printf('%.*c', 40000, 'r') || 'b' OR trim(printf('%.*c', 3000000, 'a'), printf('%.*c', 3000000, 'b') || 'a') = ''"
    before = processor(patient)
    connection = socket.create_connection(("127.0.0.1", patient.port), timeout=30)
    path = "/v1/datasets/runs/versions/1/data.csv?where=" + requests.utils.quote(condition)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    assert waitUntil(lambda: processor(patient) > before + 50, 30), "the query never ran"
    connection.close()
    time.sleep(1)
    settled = processor(patient)
    time.sleep(1)
    assert processor(patient) - settled < 30, "the query still runs"


def test_the_server_ends_while_queries_run(tmp_path, bombed):
    with Server(bombed.store, tmp_path / "server.log", "--query-timeout", "600", "--query-memory", str(MEBIBYTES)) as server:
        before = processor(server)
        connections = [begin(server, BOMBS[name]) for name in SLOW]
        assert waitUntil(lambda: processor(server) > before + 100, 30), "the queries never ran"
        start = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - start < 15
        for connection in connections:
            connection.close()
