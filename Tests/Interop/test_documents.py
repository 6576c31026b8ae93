"""The recipes in the documents, run as they stand against a server that has their dataset."""

import json
import pathlib
import re
import subprocess

import pytest

import duck
from server import PACKAGE, Server, assay

SERVER = "http://127.0.0.1:8640"


def recipes(language):
    """The blocks of a language in README.md and docs/api.md, but for those about other machines."""
    found = []
    for name in ("README.md", "docs/api.md"):
        text = (PACKAGE / name).read_text()
        for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL):
            if "example.com" not in block:
                found.append(pytest.param(block, id=f"{name}:{text[: text.index(block)].count(chr(10)) + 1}"))
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder to work in, and a server with the datasets that recipes name."""
    folder = tmp_path_factory.mktemp("documents")
    assay("init", folder / "store")
    for number in range(1, 4):
        rows = [{"id": i, "model": f"m{i % 3}", "score": i * number / 10} for i in range(30)]
        text = "".join(json.dumps(row) + "\n" for row in rows)
        assay("push", "model-comparison", "-", "--format", "jsonl", "--key", "id", store=folder / "store", input=text.encode())
        (folder / "results.jsonl").write_text(text.replace('"m0"', '"m9"'))
    (folder / "cat.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "pictures.jsonl").write_text('{"id":1,"image":"cat.png"}\n')
    assay("push", "pictures", folder / "pictures.jsonl", "--key", "id", "--files", "image", store=folder / "store")
    assay("tag", "model-comparison@1", "baseline", store=folder / "store")
    for day in ("2024-12-21", "2025-08-23", "2025-10-04"):
        assay("push", "polyglot", PACKAGE / f"Examples/polyglot/{day}.jsonl", "--key", "dirname", "--created-at", day, store=folder / "store")
    assay("tag", "polyglot@2", "baseline", store=folder / "store")
    outputs = [
        {"id": i, "model": model, "task": ("chat", "code")[i % 2], "success": i % 20 != 0, "cost": cost}
        for i in range(300)
        for model, cost in (("large", 0.01), ("small", 0.001))
    ]
    text = "".join(json.dumps(row) + "\n" for row in outputs)
    assay("push", "outputs", "-", "--format", "jsonl", "--key", "id,model", store=folder / "store", input=text.encode())
    with Server(folder / "store", folder / "server.log") as server:
        server.folder = folder
        yield server


@pytest.mark.parametrize("block", recipes("python"))
def test_a_recipe_in_Python_runs(place, block):
    exec(compile(block.replace(SERVER, place.url), "recipe", "exec"), {})


@pytest.mark.parametrize("block", recipes("sql"))
def test_a_recipe_in_SQL_runs(place, block):
    assert duck.connect().execute(block.replace(SERVER, place.url)).fetchall()


@pytest.mark.parametrize("block", recipes("sh"))
def test_a_recipe_for_a_shell_runs(place, block):
    script = re.sub(r"\bcurl ", "curl --silent --show-error --fail-with-body ", block.replace(SERVER, place.url))
    done = subprocess.run(["bash", "-ec", script], cwd=place.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
