"""Seeds: small inputs of every format that is read, of rules and of the tables beside a run."""

from __future__ import annotations

import ast
import bz2
import gzip
import io
import json
import lzma
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import bad_logs
import fuzz_parcel
import numpy as np
import stored_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 6000
"""Bytes of one seed: what is cut off says nothing new, and small inputs are judged often."""
_ROWS = stored_runs.curves(30)


def logs() -> Iterator[bytes]:
    """Logs, packed, cut, odd and hostile ones too."""
    for table in (bad_logs.REFUSED, bad_logs.READ):
        for name, (content, *_) in table.items():
            made = content() if callable(content) else content
            yield _one(name, made if isinstance(made, bytes) else made.encode())
    for name, text in bad_logs.NO_ALL_CLEAR.items():
        yield _one(name, text.encode())
    for path in sorted((ROOT / "tests" / "readers").glob("*.py")):
        yield from (_one("log.txt", text.encode()) for text in _texts(path))
    for name, content in _formats().items():
        yield _one(name, content)
    yield from _folders()


def rules() -> Iterator[bytes]:
    """The rules that ship, whole and with their first pattern alone."""
    for path in sorted((ROOT / "rules").rglob("*.toml")):
        yield path.read_bytes()
    yield _RULE


def tables() -> Iterator[bytes]:
    """Expectations, recipes, references and bypasses."""
    for folder in _runs()[::6]:
        yield fuzz_parcel.packed((name, (folder / name).read_bytes()) for name in ("recipe.toml", "expect.toml"))
    yield fuzz_parcel.packed([("expect.toml", _EXPECTATION), ("bypass.toml", _BYPASS), *_references()])


def _runs() -> list[Path]:
    return sorted(path.parent for path in (ROOT / "fixtures").glob("*/run.csv"))


def _one(name: str, content: bytes) -> bytes:
    plain = "".join(character for character in name if character.isascii() and character.isprintable())
    return fuzz_parcel.packed([(plain, content[:LARGEST])])


def _texts(path: Path) -> Iterator[str]:
    """The texts in a test file that may be logs: those with a number in them, as they stand."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 30:
            text = node.value
            if any(character.isdigit() for character in text):
                yield text if text.count("\n") > 1 else (text.rstrip("\n") + "\n") * 12


def _rows(head: str, row: Callable[[int], str]) -> bytes:
    return (head + "".join(row(i) for i in range(40))).encode()


def _formats() -> dict[str, bytes]:
    d, g = bad_logs.D[:60], bad_logs.G[:60]
    text = bad_logs.csv(d=tuple(d), g=tuple(g)).encode()
    curves = {"d_loss": d.tolist(), "g_loss": g.tolist()}
    target = io.BytesIO()
    np.savez_compressed(target, d_loss=d, g_loss=g)
    cell = {"cell_type": "code", "outputs": [{"text": [f"{i}: D {d[i]} G {g[i]}\n" for i in range(40)]}]}
    made = {
        "log.csv": text,
        "log.csv.gz": gzip.compress(text),
        "log.csv.bz2": bz2.compress(text),
        "log.csv.xz": lzma.compress(text),
        "log.npz": target.getvalue(),
        "pair.npy": bad_logs.npy(np.stack([d, g], axis=1)),
        "records.npy": bad_logs.npy(np.array(list(zip(d, g, strict=True)), [("d_loss", "<f8"), ("g_loss", "<f8")])),
        "lists.json": json.dumps(curves).encode(),
        "indexed.json": json.dumps({key: {str(i): v for i, v in enumerate(vs)} for key, vs in curves.items()}).encode(),
        "pairs.json": json.dumps({key: list(enumerate(values)) for key, values in curves.items()}).encode(),
        "keys.json": json.dumps({str(i): {"d_loss": x, "g_loss": x} for i, x in enumerate(d)}).encode(),
        "histories.txt": f"d_losses = {d.tolist()}\nG losses: {g!r}\n".encode(),
        "tensors.txt": f"D: [{', '.join(f'tensor({x:.4f})' for x in d)}] G: {g[:9].tolist()}\n".encode(),
        "closing.txt": _rows("", lambda i: f"D loss: {d[i]} G loss: {g[i]}\nEpoch {i} finished\n"),
        "renamed.txt": _rows("", lambda i: f"step {i} {'D_loss' if i < 20 else 'loss_d'}: {d[i]} g_loss: {g[i]}\n"),
        "blank.csv": _rows("step,d_loss,g_loss,lr\n", lambda i: f"{i},{d[i]},{g[i]},1\n" if i < 25 else f"{i},,,1\n"),
        "split.json": json.dumps({"columns": ["d_loss", "g_loss"], "data": np.stack([d, g], 1).tolist()}).encode(),
        "download.json": json.dumps([[1.6e9 + i, i, float(x)] for i, x in enumerate(d)]).encode(),
        "log.ipynb": json.dumps({"nbformat": 4, "cells": [cell]}).encode(),
        "log.md": _rows("| step | D | G |\n|---|---|---|\n", lambda i: f"| {i} | {d[i]} | {g[i]} |\n"),
        "tags.csv": _rows("Wall time,Step,Value\n", lambda i: f"{1.6e9 + i},{i},{d[i]}\n"),
        "long.csv": _rows("step,metric,value\n", lambda i: f"{i},d_loss,{d[i]}\n{i},g_loss,{g[i]}\n"),
        "run.wandb": stored_runs.wandb_file(_ROWS, config={"batch_size": 64, "lr": 2e-4}),
    }
    with suppress(ImportError):
        import zstandard

        made["log.csv.zst"] = zstandard.ZstdCompressor().compress(text)
    with suppress(ImportError):
        from event_files import events

        made["events.out.tfevents.1"] = events([(tag, i, 1.0 + i / 100) for i in range(30) for tag in ("d", "g")])
    return made | _stores()


def _stores() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return {
            "mlflow.db": stored_runs.mlflow_store(folder / "mlflow.db", {"one": _ROWS[:9]}, batch_size=64).read_bytes(),
            "gan.db": stored_runs.trackio_store(folder / "gan.db", {"one": _ROWS[:9]}, {"lr": 1e-4}).read_bytes(),
        }


def _folders() -> Iterator[bytes]:
    for folder in _runs()[::8]:
        head = b"\n".join((folder / "run.csv").read_bytes().split(b"\n")[:60]) + b"\n"
        yield fuzz_parcel.packed([("run.csv", head), ("recipe.toml", (folder / "recipe.toml").read_bytes()[:3000])])
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        stored_runs.mlflow_run(root / "a", _ROWS, lr=2e-4)
        stored_runs.wandb_run(root / "b", _ROWS)
        yield from (_packed(root / part) for part in ("a", "b"))
    loss = {"num": 9, "mean": 1.2, "std": 0.1}
    ticks = ({"Loss/D/loss": loss, "Progress/kimg": {"num": 1, "mean": i, "std": 0}} for i in range(20))
    stats = "".join(json.dumps(tick) + "\n" for tick in ticks)
    metric = '{"results": {"fid50k_full": 30.5}, "metric": "fid50k_full", "snapshot_pkl": "snapshot-000004.pkl"}\n'
    yield fuzz_parcel.packed([("stats.jsonl", stats.encode()), ("metric-fid50k_full.jsonl", metric.encode() * 3)])
    sparse = _rows("epoch,step,d_loss,g_loss\n", lambda i: f"0,{i},{1.2 + i / 99},\n0,{i},,{0.7 + i / 99}\n")
    yield fuzz_parcel.packed([("metrics.csv", sparse), ("hparams.yaml", b"lr: 0.0002\nbatch_size: 64\n")])
    d = bad_logs.npy(bad_logs.D[:40])
    yield fuzz_parcel.packed([("d_losses.npy", d), ("g_losses.npy", d)])


def _packed(folder: Path) -> bytes:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return fuzz_parcel.packed((path.relative_to(folder).as_posix(), path.read_bytes()) for path in files)


def _references() -> Iterator[tuple[str, bytes]]:
    """Two references, made as `gandoctor reference add` does."""
    from gandoctor.engine import diagnose
    from gandoctor.reference import store
    from gandoctor.reference.measure import measure

    for name in ("ring8-healthy-s1", "ring8-latent-1-s5"):
        log = ROOT / "fixtures" / name / "run.csv"
        if log.is_file():
            made = store.Reference(measure(diagnose(log), name, log_hash=name), {"creator": "fuzz"}, {"numpy": "2"})
            yield f"{name}/reference.toml", store.text(made).encode()


_EXPECTATION = b"""verdict = "stable"
kind = ""
also = ["inconclusive"]
silent = ["non-finite"]
since = [1, 20]

[[window]]
rule = "low-diversity"
since = [0, 5]

[[bypass]]
what = "kind"
why = "known"
who = "me"
until = 2030-01-31
"""
_BYPASS = b'[[bypass]]\nwhat = "verdict"\nwhy = "known"\nwho = "me"\nuntil = 2030-01-31\n'
_RULE = b"""id = "mine"
verdict = "convergence_failure"
title = "D's loss is high"
severity = "error"
status = "experimental"
summary = "D loses."
log_this = "d_loss"
false_positives = ["Another scale."]

[[pattern]]
name = "high"
hold = { points = 20, share = 0.05 }
evidence = "D's loss is {level:.2f}"

[[pattern.when]]
name = "level"
signal = "median(d_loss)"
window = { points = 20 }
above = 3.0
clear = 2.5
basis = "calibrated"
why = "Seen."

[[cause]]
text = "A rate."
confirm = "Halve it."
context = { d_lr = [0.1], framework = "keras" }

[[remedy]]
id = "rate"
do = "Halve D's rate."
why = "It jumps."
expect = "It falls."
strength = "C"

[[source]]
key = "a"
cite = "A. Author"
url = "https://example.org"

[[test]]
name = "high"
curves = { d_loss = "1~0.1*100 5+-1/25~0.5@0.9*100", g_loss = "nan*3 _*7 1..2*190" }
fires = "high"
since = [90, 140]
by = 180

[[test]]
name = "low"
curves = { d_loss = "1~0.1*200" }
"""
