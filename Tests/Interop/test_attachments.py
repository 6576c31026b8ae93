"""Attachments over REST: large ones streamed both ways while the server's memory stays flat."""

import base64
import hashlib
import json
import pathlib
import socket
import urllib.request

import pytest
import requests

from server import Server, assay

SIZE = 200 << 20
# Buffers of threads and connections; a body that were kept in memory would take 200 MiB and more.
GROWTH = 128 << 20


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a large file, and a server of an empty store."""
    folder = tmp_path_factory.mktemp("attachments")
    assay("init", folder / "store")
    block = hashlib.sha256(b"seed").digest() * 32768
    with open(folder / "large.bin", "wb") as file:
        for number in range(SIZE // len(block)):
            file.write(number.to_bytes(8, "big") + block[8:])
    with Server(folder / "store", folder / "server.log") as server:
        server.folder = folder
        yield server
    assert "all as written" in assay("verify", store=folder / "store")


def peakBytes(server):
    """The most memory that the server has had so far."""
    for line in pathlib.Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256")


def test_a_large_file_is_streamed_both_ways(place):
    path = place.folder / "large.bin"
    digest = sha256(path)
    url = f"{place.url}/v1/files/sha256:{digest.hexdigest()}"
    requests.get(place.url + "/healthz", timeout=30)
    before = peakBytes(place)
    with open(path, "rb") as file:
        header = f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
        put = requests.post(place.url + "/v1/files?name=large.bin", data=file, headers={"Repr-Digest": header}, timeout=300)
    assert put.status_code == 201, put.text
    assert put.json() == {"digest": f"sha256:{digest.hexdigest()}", "mediaType": "application/octet-stream", "size": SIZE}
    with open(path, "rb") as file:
        assert requests.put(url, data=file, timeout=300).status_code == 200
    got = hashlib.sha256()
    with urllib.request.urlopen(url, timeout=300) as answer:
        assert int(answer.headers["Content-Length"]) == SIZE
        while piece := answer.read(1 << 20):
            got.update(piece)
    assert got.digest() == digest.digest()
    assert peakBytes(place) - before < GROWTH, (before, peakBytes(place))


def test_a_range_of_it_is_read(place):
    path = place.folder / "large.bin"
    url = f"{place.url}/v1/files/sha256:{sha256(path).hexdigest()}"
    part = requests.get(url, headers={"Range": "bytes=104857600-104857699"}, timeout=30)
    assert part.status_code == 206
    with open(path, "rb") as file:
        file.seek(100 << 20)
        assert part.content == file.read(100)
    head = requests.head(url, timeout=30)
    assert head.status_code == 200 and int(head.headers["Content-Length"]) == SIZE
    assert head.headers["X-Content-Type-Options"] == "nosniff"


def test_the_command_line_puts_and_fetches_it(place):
    path = place.folder / "other.bin"
    data = (place.folder / "large.bin").read_bytes()
    path.write_bytes(b"other" + data[5:])
    rows = place.folder / "rows.jsonl"
    rows.write_text("".join(json.dumps({"id": i, "image": name}) + "\n" for i, name in enumerate(("large.bin", "other.bin", "other.bin"))))
    before = peakBytes(place)
    assay("push", "pictures", rows, "--key", "id", "--files", "image", store=place.url)
    out = place.folder / "out"
    out.mkdir()
    assay("pull", "pictures", "-o", out / "rows.jsonl", "--files", out / "files", store=place.url)
    assert [json.loads(line)["image"] for line in (out / "rows.jsonl").read_text().splitlines()] == ["files/large.bin", "files/other.bin", "files/other.bin"]
    assert sha256(out / "files" / "large.bin").digest() == sha256(place.folder / "large.bin").digest()
    assert sha256(out / "files" / "other.bin").digest() == sha256(path).digest()
    assert peakBytes(place) - before < GROWTH, (before, peakBytes(place))


def test_an_upload_goes_on_after_its_connection_is_cut(place):
    data = b"cut" * 1_000_000
    digest = hashlib.sha256(data).hexdigest()
    url = f"{place.url}/v1/files/sha256:{digest}"
    half = len(data) // 2
    first = requests.put(url, data=data[:half], headers={"Content-Range": f"bytes 0-{half - 1}/{len(data)}"}, timeout=30)
    assert first.status_code == 202 and int(first.headers["Upload-Offset"]) == half
    with socket.create_connection(("127.0.0.1", place.port), timeout=30) as connection:
        connection.sendall(
            f"PUT /v1/files/sha256:{digest} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Range: bytes {half}-{len(data) - 1}/{len(data)}\r\n"
            f"Content-Length: {len(data) - half}\r\n\r\n".encode() + data[half : half + 1000]
        )
    there = requests.head(url, timeout=30)
    assert there.status_code == 404 and int(there.headers["Upload-Offset"]) == half
    rest = requests.put(url, data=data[half:], headers={"Content-Range": f"bytes {half}-{len(data) - 1}/{len(data)}"}, timeout=30)
    assert rest.status_code == 201, rest.text
    assert requests.get(url, timeout=30).content == data
