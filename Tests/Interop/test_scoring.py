"""Scores against the reference implementations, on seeded random inputs."""

import concurrent.futures
import importlib.metadata
import json
import math
import random
import re
import subprocess
import sys
import tarfile
import unicodedata

import jiwer
import jsonschema
import pytest
import sacrebleu
from rouge_score import rouge_scorer

from server import assay

WORDS = (
    "the cat sat on mat a dog ran home , . ! it's 3.5 1,000 e-mail (yes) straße naïve 猫 は 座る 10-5 "
    "&quot; < > / don't U.S. hi-\n well\n \t\u00a0 … — “quoted” end."
).split(" ")


def text(draw, most=14):
    words = [draw.choice(WORDS) for _ in range(draw.randrange(most))]
    return "".join(word + draw.choice([" ", " ", " ", "  ", ""]) for word in words)


def variant(draw, reference):
    """A text that shares words with the reference."""
    words = reference.split(" ")
    for _ in range(draw.randrange(4)):
        place = draw.randrange(len(words) + 1)
        words[place:place + draw.randrange(3)] = text(draw, 3).split(" ")
    return " ".join(words)


@pytest.fixture(scope="module")
def rows():
    draw = random.Random(12)
    rows = []
    for item in range(400):
        references = [text(draw) for _ in range(draw.choice([1, 1, 2]))]
        output = text(draw) if draw.random() < 0.3 else variant(draw, draw.choice(references))
        rows.append({"item": str(item), "output": output, "references": references})
    return rows


def scored(folder, rows, *scorers, key="item", types="output=string"):
    """The scores of rows, by scorer and item."""
    store = folder / "store"
    assay("init", store)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    assay(
        "push", "outputs", "-", "--format", "jsonl", "--key", key, "--types", types, "--quiet",
        store=store, input=lines.encode(),
    )
    arguments = [part for scorer in scorers for part in ("--scorer", scorer)]
    assay("score", "outputs", *arguments, store=store)
    scores = {}
    for line in assay("pull", "outputs.scores", "--format", "jsonl", store=store).splitlines():
        row = json.loads(line)
        scores.setdefault(row["scorer"], {})[row["item"]] = row
    return scores


def agree(scores, rows, reference, relative=1e-9):
    assert len(scores) == len(rows)
    seen = set()
    for row in rows:
        told = scores[row["item"]].get("value")
        wanted = reference(row)
        assert told == pytest.approx(wanted, rel=relative, abs=1e-12), row
        seen.add(round(wanted, 6))
    assert len(seen) > 20


def test_similarities_are_those_of_their_reference_implementations(tmp_path, rows):
    scores = scored(
        tmp_path, rows, "bleu:references", "words=bleu:references,tokenize=none",
        "letters=bleu:references,tokenize=char", "chrf:references",
        "chrfpp=chrf:references,word_order=2", "f1=chrf:references,beta=1,char_order=3",
        "rouge_l:references", "wer:references",
    )
    for name, tokenize in ("bleu", "13a"), ("words", "none"), ("letters", "char"):
        agree(
            scores[name], rows,
            lambda row: sacrebleu.sentence_bleu(row["output"], row["references"], tokenize=tokenize).score,
        )
    for name, options in ("chrf", {}), ("chrfpp", {"word_order": 2}), ("f1", {"beta": 1, "char_order": 3}):
        metric = sacrebleu.CHRF(**options)
        agree(scores[name], rows, lambda row: metric.sentence_score(row["output"], row["references"]).score)
    rouge = rouge_scorer.RougeScorer(["rougeL"])
    agree(scores["rouge_l"], rows, lambda row: rouge.score_multi(row["references"], row["output"])["rougeL"].fmeasure)
    agree(scores["wer"], rows, lambda row: min(jiwer.wer(one, row["output"]) for one in row["references"]))


def test_the_cosine_is_that_of_numpy(tmp_path):
    numpy = pytest.importorskip("numpy")
    draw = random.Random(3)
    rows = [
        {"item": str(item), "a": [draw.gauss(0, 1) for _ in range(8)], "b": [draw.gauss(0, 10) for _ in range(8)]}
        for item in range(60)
    ]
    scores = scored(tmp_path, rows, "cosine:a,b", types="a=vector(8,f64)")

    def cosine(row):
        a, b = numpy.array(row["a"]), numpy.array(row["b"])
        return float(a @ b / numpy.linalg.norm(a) / numpy.linalg.norm(b))

    agree(scores["cosine"], rows, cosine)


def test_folding_and_normalising_are_unicodes(tmp_path):
    """All scalars that the Unicode version of this Python knows."""
    letters = [
        chr(code) for code in range(0x80, 0x20000)
        if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co", "Cc")
        and (chr(code).casefold() != chr(code) or unicodedata.normalize("NFC", chr(code)) != chr(code))
    ]
    assert len(letters) > 2000
    rows = []
    for place, letter in enumerate(letters):
        rows.append({"item": f"fold{place}", "output": f"a{letter}b", "expected": f"a{letter.casefold()}b"})
        rows.append({"item": f"nfc{place}", "output": f"a{letter}b", "expected": f"a{unicodedata.normalize('NFC', letter)}b"})
    scores = scored(
        tmp_path, rows, "folded=exact:expected,normalize=casefold", "composed=exact:expected,normalize=nfc",
        types="output=string,expected=string",
    )
    for row in rows:
        name = "folded" if row["item"].startswith("fold") else "composed"
        assert scores[name][row["item"]]["value"] == 1, (row, hex(ord(row["output"][1])))


def pattern(draw, depth=3):
    if depth == 0 or draw.random() < 0.2:
        return draw.choice(["a", "b", "c", ".", "[ab]", "[^a]", r"\d", r"\w", r"\s", "é", r"\.", "1", "_", r"\b", "^", r"\Z"])
    kind = draw.randrange(4)
    if kind == 0:
        return "(?:" + pattern(draw, depth - 1) + ")" + draw.choice(["*", "+", "?", "{2}", "{1,2}", "*?"])
    if kind == 1:
        return "(" + "|".join(pattern(draw, depth - 1) for _ in range(draw.randrange(1, 4))) + ")"
    return "".join(pattern(draw, depth - 1) for _ in range(draw.randrange(1, 4)))


def test_patterns_match_as_pythons_re(tmp_path):
    draw = random.Random(8)
    patterns = [draw.choice(["", "(?i)", "(?s)", "(?m)"]) + pattern(draw) for _ in range(60)]
    rows = [
        {"item": str(item), "output": "".join(draw.choice("aAbc1_ .é\n") for _ in range(draw.randrange(9)))}
        for item in range(80)
    ]
    # Python's \Z is RE2's \z, and its classes are ASCII with re.ASCII.
    scorers = [f"p{place}=regex:{one}".replace(r"\Z", r"\z") for place, one in enumerate(patterns)]
    scores = scored(tmp_path, rows, *scorers)
    for place, one in enumerate(patterns):
        # In the ASCII mode, Python folds ASCII only.
        flags = re.ASCII if "(?i)" not in one else 0
        if "(?i)" in one and re.search(r"\\[dwsb]", one):
            continue
        for row in rows:
            wanted = re.search(one, row["output"], flags) is not None
            assert scores[f"p{place}"][row["item"]]["value"] == wanted, (one, row)


NUMBER = re.compile(r"(?<![0-9A-Za-z\u0080-\U0010ffff])-(?=\d)|(?:[1-9][0-9]{0,2}(?:,[0-9]{3}(?![0-9]))+|0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def last_number(text):
    found, sign = None, ""
    for match in NUMBER.finditer(text):
        if match.group() == "-":
            sign = "-"
            continue
        found, sign = float(sign + match.group().replace(",", "")), ""
    return found


def test_the_last_number_is_the_one_that_a_scan_finds(tmp_path):
    draw = random.Random(4)
    parts = ["-", "0", "12", ".", "5", "e", "E+", "3", " ", "x", ",", "é", "007", "-1", "\n", ",250"]
    rows = [
        {"item": str(item), "output": "".join(draw.choice(parts) for _ in range(draw.randrange(1, 9)))}
        for item in range(600)
    ]
    scores = scored(tmp_path, rows, "number")
    for row in rows:
        wanted = last_number(row["output"])
        told = scores["number"][row["item"]].get("value")
        if wanted is None or math.isinf(wanted):
            assert told is None, row
        else:
            assert told == wanted, row


def value(draw, depth=2):
    kind = draw.randrange(8 if depth else 6)
    if kind == 6:
        return [value(draw, depth - 1) for _ in range(draw.randrange(4))]
    if kind == 7:
        return {name: value(draw, depth - 1) for name in draw.sample("abcd", draw.randrange(4))}
    return [None, draw.random() < 0.5, draw.randrange(-3, 6), draw.choice([1.0, 0.5, 2.5]), draw.choice(["", "a", "ab", "é😀"]), 0][kind]


def schema(draw, depth=2):
    one = {}
    for name, make in {
        "type": lambda: draw.choice(["object", "array", "string", "number", "integer", "boolean", "null", ["integer", "object"]]),
        "enum": lambda: [value(draw, 1) for _ in range(3)],
        "const": lambda: value(draw, 1),
        "minimum": lambda: draw.choice([0, 1.5]), "exclusiveMaximum": lambda: draw.choice([3, 2.5]),
        "multipleOf": lambda: draw.choice([1, 0.5, 2]),
        "minLength": lambda: draw.randrange(3), "maxLength": lambda: draw.randrange(3),
        "pattern": lambda: draw.choice(["^a", "b$", "[ab]+"]),
        "minItems": lambda: draw.randrange(3), "uniqueItems": lambda: True,
        "maxProperties": lambda: draw.randrange(3), "required": lambda: draw.sample("abcd", 2),
        "dependentRequired": lambda: {"a": ["b"]},
        "properties": lambda: {name: schema(draw, depth - 1) for name in "ab"},
        "patternProperties": lambda: {"^[cd]": schema(draw, depth - 1)},
        "additionalProperties": lambda: draw.choice([False, schema(draw, depth - 1)]),
        "propertyNames": lambda: {"pattern": "^[abc]$"},
        "items": lambda: schema(draw, depth - 1),
        "prefixItems": lambda: [schema(draw, depth - 1)],
        "contains": lambda: schema(draw, depth - 1),
        "allOf": lambda: [schema(draw, depth - 1)], "anyOf": lambda: [schema(draw, depth - 1), schema(draw, depth - 1)],
        "oneOf": lambda: [schema(draw, depth - 1), schema(draw, depth - 1)], "not": lambda: schema(draw, depth - 1),
        "if": lambda: schema(draw, depth - 1), "then": lambda: schema(draw, depth - 1), "else": lambda: schema(draw, depth - 1),
        "dependentSchemas": lambda: {"a": schema(draw, depth - 1)},
    }.items():
        nested = name in ("properties", "patternProperties", "additionalProperties", "items", "prefixItems", "contains",
                          "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas")
        if draw.random() < (0.16 if nested else 0.09) and (depth or not nested):
            one[name] = make()
    return one


def test_random_values_are_valid_as_jsonschema_says(tmp_path):
    draw = random.Random(21)
    schemas = [schema(draw) for _ in range(90)]
    rows = [{"item": str(item), "output": json.dumps(value(draw))} for item in range(60)]
    scorers = [
        {"name": f"s{place}", "type": "json_schema", "schema": one} for place, one in enumerate(schemas)
    ]
    file = tmp_path / "scorers.json"
    file.write_text(json.dumps({"schema": "scorers/1", "scorers": scorers}))
    store = tmp_path / "store"
    assay("init", store)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    assay(
        "push", "outputs", "-", "--format", "jsonl", "--key", "item", "--types", "output=string,item=string",
        "--quiet", store=store, input=lines.encode(),
    )
    assay("score", "outputs", "--scorers", file, store=store)
    told = {}
    for line in assay("pull", "outputs.scores", "--format", "jsonl", store=store).splitlines():
        row = json.loads(line)
        told[row["scorer"], row["item"]] = row.get("value")
    verdicts = set()
    for place, one in enumerate(schemas):
        validator = jsonschema.Draft202012Validator(one)
        for row in rows:
            wanted = validator.is_valid(json.loads(row["output"]))
            assert told[f"s{place}", row["item"]] == wanted, (one, row)
            verdicts.add(wanted)
    assert verdicts == {True, False}


# What a schema is refused for where it is outside the subset, by docs/scoring.md.
BEYOND = (
    "$dynamicRef", "$dynamicAnchor", "$vocabulary", "unevaluatedItems", "unevaluatedProperties", "another draft",
    "'$id' is supported at the root only", "leads to no place", "is not supported", "cannot be used",
)


@pytest.fixture(scope="module")
def groups(tmp_path_factory):
    """The groups of the specification's own suite, which comes with the sources of jsonschema."""
    folder = tmp_path_factory.mktemp("suite")
    version = importlib.metadata.version("jsonschema")
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "jsonschema",
         "--disable-pip-version-check", "-d", folder, f"jsonschema=={version}"], check=True,
    )
    groups = []
    with tarfile.open(next(folder.glob("jsonschema-*.tar.gz"))) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            if re.search(r"/json/tests/draft2020-12/\w+\.json$", member.name):
                groups += json.load(archive.extractfile(member))
    return groups


def test_schemas_accept_and_refuse_as_the_specifications_own_suite_says(tmp_path, groups):
    store = tmp_path / "store"
    assay("init", store)

    def judge(place):
        """The verdicts on a group's values, or what its schema was refused for."""
        group, name = groups[place], f"g{place}"
        lines = "".join(
            json.dumps({"item": item, "output": json.dumps(test["data"])}) + "\n"
            for item, test in enumerate(group["tests"])
        )
        assay(
            "push", name, "-", "--format", "jsonl", "--key", "item", "--types", "output=string", "--quiet",
            store=store, input=lines.encode(),
        )
        file = tmp_path / f"{name}.json"
        scorer = {"name": "s", "type": "json_schema", "schema": group["schema"]}
        file.write_text(json.dumps({"schema": "scorers/1", "scorers": [scorer]}))
        done = assay("score", name, "--scorers", file, store=store, check=False)
        if done.returncode:
            assert done.returncode == 64, done.stderr.decode()
            return done.stderr.decode()
        rows = assay("pull", f"{name}.scores", "--format", "jsonl", store=store).splitlines()
        return {str(row["item"]): row.get("value") for row in map(json.loads, rows) if row["scorer"] == "s"}

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = list(pool.map(judge, range(len(groups))))
    judged = 0
    for group, verdicts in zip(groups, found):
        if isinstance(verdicts, str):
            assert any(word in verdicts for word in BEYOND), (group["description"], verdicts)
            continue
        for item, test in enumerate(group["tests"]):
            assert verdicts[str(item)] == test["valid"], (group["description"], test, group["schema"])
            judged += 1
    everything = sum(len(group["tests"]) for group in groups)
    assert everything > 1000 and judged >= 0.75 * everything, (judged, everything)


def test_the_values_of_a_corpus_are_sacrebleus_and_jiwers(tmp_path, rows):
    scores = scored(
        tmp_path, [{**row, "references": row["references"][0]} for row in rows],
        "bleu:references,scope=set", "chrf:references,scope=set,word_order=2", "wer:references,scope=set",
        types="output=string,references=string",
    )
    outputs = [row["output"] for row in rows]
    references = [row["references"][0] for row in rows]
    wanted = {
        "corpus_bleu": sacrebleu.corpus_bleu(outputs, [references]).score,
        "corpus_chrf": sacrebleu.CHRF(word_order=2).corpus_score(outputs, [references]).score,
        "corpus_wer": jiwer.wer(references, outputs),
    }
    for name, value in wanted.items():
        row = scores[name][""]
        assert row["value"] == pytest.approx(value, rel=1e-9), name
        assert row["lower"] < value < row["upper"]
        assert row["scored"] == len(rows)


@pytest.mark.parametrize("count, width", [(40, 5), (12, 30), (64, 64)])
def test_the_frechet_distance_is_that_of_scipys_root(tmp_path, count, width):
    numpy = pytest.importorskip("numpy")
    linalg = pytest.importorskip("scipy.linalg")
    draw = numpy.random.default_rng(count * width)
    mixing = draw.normal(size=(width, width))
    a, b = draw.normal(size=(count, width)), draw.normal(1, 2, size=(count, width)) @ mixing
    rows = [{"item": str(item), "a": list(a[item]), "b": list(b[item])} for item in range(count)]
    scores = scored(tmp_path, rows, "frechet:a,b", types=f"a=vector({width},f64),b=vector({width},f64)")
    one, two = numpy.cov(a, rowvar=False), numpy.cov(b, rowvar=False)
    # The root by eigenvalues, which does not lose digits where the product is singular.
    half = linalg.sqrtm(one).real if count > width else None
    if half is None:
        values, vectors = linalg.eigh(one)
        half = vectors @ numpy.diag(numpy.sqrt(numpy.clip(values, 0, None))) @ vectors.T
    root = numpy.sqrt(numpy.clip(linalg.eigvalsh(half @ two @ half), 0, None)).sum()
    wanted = ((a.mean(0) - b.mean(0)) ** 2).sum() + numpy.trace(one) + numpy.trace(two) - 2 * root
    assert scores["frechet"][""]["value"] == pytest.approx(wanted, rel=1e-6)
