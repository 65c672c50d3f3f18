"""Inputs grown from seeds to any size: long, wide, deep, of many names, of many runs, packed."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import random
import sqlite3
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import stored_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HEADER = "step,d_loss,g_loss\n"


def grown(pieces: Iterable[str], size: int) -> bytes:
    """Pieces one after the other until they have `size` bytes."""
    parts: list[str] = []
    left = size
    for piece in pieces:
        parts.append(piece)
        left -= len(piece)
        if left <= 0:
            break
    return "".join(parts).encode()


def _numbered(row: str) -> Callable[[int], bytes]:
    """Rows in which `%d` is the number and `%f` a loss."""
    values = [f"{1 + i % 97 / 100:.4f}" for i in range(97)]
    return lambda size: grown(
        (row.replace("%d", str(i)).replace("%f", values[i % 97]) for i in itertools.count(1)), size
    )


def _with_header(header: str, row: str) -> Callable[[int], bytes]:
    return lambda size: header.encode() + _numbered(row)(size - len(header))


def _wide(size: int) -> bytes:
    """A table of twenty rows."""
    columns = size // 21 // 8
    head = ",".join(["step", "d_loss", "g_loss", *(f"c{i}" for i in range(columns))])
    return "\n".join([head, *(f"{i},1.2,1.1" + ",0.5123" * columns for i in range(20))]).encode()


def _restarts(size: int) -> bytes:
    rows = (f"{i - 20 * (i // 100)},1.2{i % 9},1.1\n" for i in itertools.count())
    return grown(itertools.chain([HEADER], rows), size)


def _jumbled(size: int) -> bytes:
    steps = random.Random(0)
    return grown(itertools.chain([HEADER], (f"{steps.randrange(10**6)},1.2,1.1\n" for _ in itertools.count())), size)


def _rubbish(size: int) -> bytes:
    source = random.Random(5)
    signs = "abcXYZ 0123456789.,:;=[](){}|/-+%<>#'\"\t"
    return grown(("".join(source.choices(signs, k=60)) + "\n" for _ in itertools.count()), size)


def _shapes(size: int) -> bytes:
    """Text in which every line has words of its own."""
    lines = (f"Epoch {i} {_word(i)}: 0.5 d_loss: 1.2 g_loss {_word(i + 7)}=3.1\n" for i in itertools.count())
    return grown(lines, size)


def _word(number: int) -> str:
    return "".join(chr(97 + int(digit)) * 2 for digit in str(number))


def _deep_rows(size: int) -> bytes:
    inner = '{"a":' * 300 + "1" + "}" * 300
    return grown((f'{{"step":{i},"d_loss":1.2,"g_loss":1.1,"x":{inner}}}\n' for i in itertools.count()), size)


def _lists(size: int) -> bytes:
    half = size // 2 // 8
    return json.dumps({"d_loss": [1.2345] * half, "g_loss": [1.1234] * half}).encode()


def _many_lists(size: int) -> bytes:
    """Curves of lengths of their own."""
    lists, used = {}, 0
    for i in itertools.count():
        lists[f"loss_{i}"] = [0.5] * (2 + i % 500)
        used += 5 * (2 + i % 500) + 12
        if used > size:
            return json.dumps({"d_loss": [1.2] * 9, "g_loss": [1.1] * 9, **lists}).encode()
    raise AssertionError


def _indexed(size: int) -> bytes:
    """{name: {step: value}} with steps of each name's own."""
    made = {f"loss_{i}": {str(i * 7 + k): 0.5 for k in range(3)} for i in range(size // 45)}
    return json.dumps({"d_loss": {"1": 1.2, "2": 1.1}, "g_loss": {"1": 1.2, "2": 1.1}, **made}).encode()


def _nested_lists(size: int) -> bytes:
    return json.dumps({"d_loss": [[0.5, 0.25, 0.125]] * (size // 19)}).encode()


def _notebook(size: int) -> bytes:
    text = _numbered("Epoch %d D loss %f G loss 1.1\n")(size * 9 // 10).decode()
    return json.dumps({"nbformat": 4, "cells": [{"outputs": [{"text": text}]}]}).encode()


def _npz(size: int) -> bytes:
    """Many short arrays, each of another length."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for i in range(size // 2200):
            inner = io.BytesIO()
            np.save(inner, np.full(50 + i % 400, 0.5))
            archive.writestr(f"loss_{i}.npy", inner.getvalue())
        for name in ("d_loss", "g_loss"):
            inner = io.BytesIO()
            np.save(inner, np.full(500, 0.5))
            archive.writestr(f"{name}.npy", inner.getvalue())
    return target.getvalue()


def _npz_packed(size: int) -> bytes:
    """Numbers that come five times each."""
    target = io.BytesIO()
    source = np.random.default_rng(0).random(size // 4)
    np.savez_compressed(target, d_loss=np.repeat(source, 5)[: size * 18 // 8], g_loss=np.zeros(1000))
    return target.getvalue()


def _gzip(size: int) -> bytes:
    """A table that packs as well as tables do."""
    rows = _numbered("%d,1.2345,1.2345,0.5000,0.5000,0.00020\n")(size * 18)
    return gzip.compress(b"step,d_loss,g_loss,a,b,lr\n" + rows, 9)


def _gzip_log(size: int) -> bytes:
    """A log as it is: five to one."""
    source = random.Random(1)
    plain = grown((f"{i},{source.random():.6f},{source.random():.5f}\n" for i in itertools.count()), size * 2)
    return gzip.compress(HEADER.encode() + plain, 1)[:size]


def _wandb(rows: Callable[[int], dict[str, float]], each: int) -> Callable[[int], bytes]:
    return lambda size: stored_runs.wandb_file([rows(i) for i in range(size // each)])


def _store(size: int, rows: Callable[[int], list[dict[str, float]]], runs: int = 1) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mlflow.db"
        stored_runs.mlflow_store(path, {f"run{i}": rows(size // 150 // runs) for i in range(runs)})
        with sqlite3.connect(path) as store:
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.close()
        return path.read_bytes()


def _own_keys(count: int) -> list[dict[str, float]]:
    return [{f"m{i}": 0.5, **({"d_loss": 1.2, "g_loss": 1.1} if i < 99 else {})} for i in range(count)]


def _events(tags: int) -> Callable[[int], bytes]:
    """An event file with so many tags, 0 for a tag a point."""

    def make(size: int) -> bytes:
        from event_files import events

        count = size // 60
        names = [f"tag/{i % tags if tags else i}" for i in range(count)]
        return events([*((tag, i, 0.5) for i in range(99) for tag in ("d_loss", "g_loss")),
                       *((name, i, 0.5) for i, name in enumerate(names))])  # fmt: skip

    return make


_OBJECTS = _numbered('{"step": %d, "d_loss": %f},')

LOGS: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "table: rows": ("log.csv", _with_header(HEADER, "%d,%f,1.1\n")),
    "table: wide": ("log.csv", _wide),
    "table: wrapped cells": ("log.csv", _with_header(HEADER, '%d,"tensor(%f, device=\'cuda\')","1,234.5"\n')),
    "table: text cells": ("log.csv", _with_header(HEADER + "", "%d,%f,foo\n")),
    "table: uneven rows": ("log.csv", _with_header(HEADER, "%d,%f,1.1\n%d,1,1,1,1\n%d,1\n")),
    "table: empty rows": ("log.csv", _with_header(HEADER, "%d,%f,1.1\n,,\n\n")),
    "table: quotes": ("log.csv", _with_header(HEADER, '"%d","%f","1.1"\n')),
    "table: one quote": ("log.csv", _with_header(HEADER + '1,"', "%d,%f,1.1\n")),
    "table: restarts": ("log.csv", _restarts),
    "table: steps at random": ("log.csv", _jumbled),
    "table: many runs": ("log.csv", lambda size: (HEADER + "1,1.2,1.1\n2,1.2,1.1\n").encode() * (size // 39)),
    "table: long name": ("log.csv", lambda size: f"step,d_loss,{'x' * size},g_loss\n1,2,3,4\n2,3,4,5\n".encode()),
    "table: one long line": ("log.csv", lambda size: b"1.5," * (size // 4)),
    "table: one long cell": ("log.csv", lambda size: HEADER.encode() + b"1,1.2," + b"x" * size + b"\n2,1.2,1.1\n"),
    "table: a name a row": ("log.csv", _with_header("step,metric,value\n1,d_loss,1\n1,g_loss,1\n", "%d,m%d,%f\n")),
    "table: fractions": ("log.csv", _with_header(HEADER, "%d/9,%f %,(1.1)\n")),
    "text: lines": ("log.txt", _numbered("Epoch [%d/250] Batch 3/400 Loss D: %f Loss G: 1.5\n")),
    "text: progress bar": ("log.txt", _numbered("\rTrain: 5%|#  | %d/999 [00:01<00:02, 9.5it/s, D=%f, G=2.5]")),
    "text: own words a line": ("log.txt", _shapes),
    "text: rubbish": ("log.txt", _rubbish),
    "text: one line of pairs": ("log.txt", _numbered("d_loss: %f g_loss: 1.1 step: %d ")),
    "text: one long word": ("log.txt", lambda size: b"d_loss: 1.2 g_loss: 1.1 " + b"x" * size),
    "text: one long number": ("log.txt", lambda size: b"1" * size),
    "text: digits and dots": ("log.txt", lambda size: b"1.2.3." * (size // 6)),
    "text: brackets": ("log.txt", lambda size: b"d_loss: " + b"[" * size),
    "text: closed brackets": ("log.txt", lambda size: b"d (" * (size // 6) + b"1" + b")" * (size // 2)),
    "text: blanks": ("log.txt", lambda size: b"d_loss: 1.2" + b" " * size + b"g_loss: 1.1\n" * 60),
    "text: equal signs": ("log.txt", lambda size: b"d_loss=" * (size // 7)),
    "text: commas": ("log.txt", _numbered("Schritt %d, d_loss: 0,5123, g_loss: 1,25\n")),
    "text: table bars": ("log.txt", _numbered("| %d | %f | 1.1 |\n")),
    "text: html": ("log.html", lambda size: b"<table>" + b"<tr><td>1<td>2" * (size // 14)),
    "text: records": ("log.txt", _numbered("epoch %d\n  d_loss %f\n  g_loss 1.1\n")),
    "text: control codes": ("log.txt", _numbered("\x1b[32mStep %d\x1b[0m d_loss: \x1b[1m%f\x1b[0m g_loss: 1.1\n")),
    "json lines: rows": ("log.jsonl", _numbered('{"step": %d, "d_loss": %f, "g_loss": 1.1}\n')),
    "json lines: a key a row": ("log.jsonl", _numbered('{"step": %d, "d_loss": %f, "g_loss": 1.1, "k%d": 1}\n')),
    "json lines: deep": ("log.jsonl", _deep_rows),
    "json lines: tags": ("log.jsonl", _numbered('{"step": %d, "tag": "m%d", "value": %f}\n')),
    "json lines: damaged": ("log.jsonl", _numbered('{"step": %d, "d_loss": %f, "g_loss": 1.1\n')),
    "json: lists": ("log.json", _lists),
    "json: lists of own lengths": ("log.json", _many_lists),
    "json: by step": ("log.json", _indexed),
    "json: lists of lists": ("log.json", _nested_lists),
    "json: one object a row": ("log.json", lambda size: b"[" + _OBJECTS(size)[:-1] + b"]"),
    "json: cut": ("log.json", lambda size: b"[" + _OBJECTS(size)),
    "json: open brackets": ("log.json", lambda size: b"[" * size),
    "json: pairs of brackets": ("log.json", lambda size: b"[" + b"[]," * (size // 3) + b"[]]"),
    "notebook": ("log.ipynb", _notebook),
    "arrays: of own lengths": ("log.npz", _npz),
    "arrays: packed": ("log.npz", _npz_packed),
    "gzip: a log": ("log.csv.gz", _gzip_log),
    "gzip: a log of steady values": ("log.csv.gz", _gzip),
    "W&B: rows": ("run.wandb", _wandb(lambda i: {"d_loss": 1.2, "g_loss": 1.1 + i % 9}, 120)),
    "W&B: a key a row": ("run.wandb", _wandb(lambda i: {"d_loss": 1.2, f"k{i}": 1.0}, 120)),
    "MLflow store: rows": ("mlflow.db", lambda size: _store(size, lambda n: stored_runs.curves(n // 2))),
    "MLflow store: a key a point": ("mlflow.db", lambda size: _store(size, _own_keys)),
    "MLflow store: many runs": ("mlflow.db", lambda size: _store(size, lambda n: stored_runs.curves(n // 2), 500)),
    "events: two tags": ("events.out.tfevents.1", _events(2)),
    "events: a tag a point": ("events.out.tfevents.1", _events(0)),
}
"""What is grown -> the file's name, and what makes it of about so many bytes."""
