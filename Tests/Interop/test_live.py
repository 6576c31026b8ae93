"""Rows that are measured one at a time: durable when answered, whatever happens to the server."""

import requests

import load
from server import Server, assay


def test_rows_become_a_version_once(tmp_path):
    assay("init", tmp_path / "store")
    with Server(tmp_path / "store", tmp_path / "server.log") as server:
        url = server.url + "/v1/datasets/live/rows"
        one = requests.post(url, json={"id": "a", "score": 0.5}, timeout=30)
        assert one.status_code == 202 and one.json()["rows"] == 1
        again = [requests.post(url, json=[{"id": "b"}], headers={"Idempotency-Key": "k"}, timeout=30) for _ in range(2)]
        assert again[0].json() == again[1].json()
        other = requests.post(url, json=[{"id": "c"}], headers={"Idempotency-Key": "k"}, timeout=30)
        assert other.status_code == 409
        lines = requests.post(url, data=b'{"id":"d"}\n{"id":"e"}\n', headers={"Content-Type": "application/x-ndjson"}, timeout=30)
        assert lines.json()["rows"] == 2
        for bad in (b'{"id":1},{"id":2}', b'{"id":', b"[1]", b'[{"id":1,"id":2}]'):
            refused = requests.post(url, data=bad, headers={"Content-Type": "application/json"}, timeout=30)
            assert refused.status_code == 422, (bad, refused.text)
        sealed = requests.post(url + "/seal", timeout=30).json()
        assert sealed["version"]["rows"] == 4
        assert requests.post(url, json={"id": "late"}, timeout=30).status_code == 202
    # A server that ends seals what it has.
    assert [row for row in load.rows(tmp_path / "store", "live")] == ["a", "b", "d", "e", "late"]


def test_no_acknowledged_row_is_lost_or_doubled_by_SIGKILL(tmp_path):
    result = load.kill(tmp_path, 4)
    assert result["acknowledged"] > 20 and result["lost"] == 0 and result["doubled"] == 0, result
    assert result["unexpected"] == [] and "all as written" in result["verify"], result
