"""Logs that are broken, odd or hostile, as bytes by file name: what people hand over, and what an enemy would."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import zipfile
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_NOISE = np.random.default_rng(0).standard_normal((2, 450))
D = np.round(np.abs(1.2 + 0.1 * _NOISE[0]), 4)
G = np.round(np.abs(1.1 + 0.2 * _NOISE[1]), 4)
HEADER = "step,d_loss,g_loss"
EVIL = "<script>alert(1)</script>[bold red]x[/]\x1b[31mred\x1b]0;title\x07\u202e"
"""HTML, rich markup, terminal codes and a change of writing direction in one name."""


def csv(
    header: str = HEADER,
    steps: Iterable[object] | None = None,
    d: Sequence[object] = tuple(D),
    g: Sequence[object] = tuple(G),
    row: str = "{},{},{}",
    end: str = "\n",
) -> str:
    """A CSV of one row a step; `row` has a place for the step, D's loss and G's."""
    steps = range(1, len(d) + 1) if steps is None else steps
    rows = (row.format(*cells) for cells in zip(steps, d, g, strict=False))
    return end.join([header, *rows]) + end


def text(row: str = "Step {} d_loss: {:.4f} g_loss: {:.4f}\n") -> str:
    """A text log of one line a step."""
    return "".join(row.format(i, D[i], G[i]) for i in range(len(D)))


def two_processes() -> str:
    """Two trainings that write to one file in turns."""
    lines = "[rank {}] Step {} d_loss: {:.4f} g_loss: {:.4f}\n"
    return "".join(lines.format(r, i, D[i - r], G[i - r]) for i in range(len(D)) for r in (0, 1))


def jsonl(*rows: str, times: int = 1) -> str:
    """JSON Lines; `%d` in a row is the line's number."""
    return "".join(row.replace("%d", str(i)) + "\n" for i, row in enumerate(rows * times))


def npz(array: object) -> bytes:
    target = io.BytesIO()
    np.savez(target, d_loss=np.asarray(array))
    return target.getvalue()


def npy(array: object) -> bytes:
    target = io.BytesIO()
    np.save(target, np.asarray(array))
    return target.getvalue()


def torch_file() -> bytes:
    """What torch.save writes: a zip whose heart is a pickle."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"loss": 1.0}))
    return target.getvalue()


def huge_npy() -> bytes:
    """A header that promises 8 TB."""
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }".ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"12345678"


def npz_named(*names: str) -> bytes:
    """An archive with a member of each name."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(f"{name}.npy", npy(D))
    return target.getvalue()


def npz_overwritten() -> bytes:
    """An archive whose list of members is whole, and whose first member is not."""
    return b"PK\x03\x04" + b"\xa5" * 40 + npz(D)[44:]


def a_key_a_row(rows: int) -> str:
    """Rows that each bring a name of their own: as many columns as rows."""
    return "".join(f'{{"step":{i},"d_loss":1.2,"g_loss":1.1,"k{i}":1}}\n' for i in range(rows))


def npz_bomb() -> bytes:
    """160 MB of zeros in 160 kB of NumPy."""
    target = io.BytesIO()
    np.savez_compressed(target, d_loss=np.zeros(20_000_000))
    return target.getvalue()


def bomb() -> bytes:
    """200 MB of one digit in 200 kB of gzip."""
    member = gzip.compress(b"0" * (20 << 20), 9)
    return member * 10


def wide(rows: int, *names: str) -> str:
    """A table of 5000 columns, the last ones of these names."""
    header = ",".join(["step", *(f"layer{i}/weight_norm" for i in range(5000)), *names])
    body = ",".join(["0.5"] * 5000)
    return "\n".join([header, *(",".join([str(i), body, *([f"{D[i]}"] * len(names))]) for i in range(rows))]) + "\n"


WHOLE = csv()
BYTES = bytes(np.random.default_rng(1).integers(0, 256, 5000, dtype=np.uint8))
ROWS = [f'{{"step": {i}, "d_loss": {D[i]}, "g_loss": {G[i]}}}' for i in range(100)]

# File name -> content, and what the sentence on standard error must say beside the file's name. Each is exit status 2.
REFUSED: dict[str, tuple[str | bytes | Callable[[], str | bytes], tuple[str, ...]]] = {
    "empty.csv": ("", ("is empty",)),
    "blank.csv": ("\n \n\n", ("nothing but blanks",)),
    "zeros.log": (b"\0" * 4096, ("nothing but blanks",)),
    "header.csv": (HEADER + "\n", ("header (step, d_loss, g_loss)", "no row below")),
    "header-cut.csv": (HEADER, ("header (step, d_loss, g_loss)", "no row below")),
    "wide-header.csv": (lambda: wide(0), ("step, layer0/weight_norm", "more) and no row below")),
    "words.csv": ("name,colour\nfoo,red\nbar,blue\nbaz,green\n", ("number with a name", "d_loss: 0.69")),
    "values-missing.csv": (csv(d=[""] * 450, g=[""] * 450), ("no column of numbers beside the step",)),
    "other-metrics.csv": (
        csv("step,val_mae,perplexity"),
        ("'val_mae', 'perplexity'", "--map d_loss=val_mae --map g_loss=perplexity"),
    ),
    "other-metrics.log": (
        text("Step {} mae: {:.4f} perplexity: {:.4f}\n"),
        ("'mae', 'perplexity'", "--map d_loss=mae --map g_loss=perplexity"),
    ),
    "other-metrics.jsonl": (
        "".join(json.dumps({"step": i, "mae": D[i], "rmse": G[i]}) + "\n" for i in range(99)),
        ("'mae', 'rmse'", "--map d_loss=mae"),
    ),
    "evil-names.csv": (csv(f'step,"{EVIL}","{EVIL}2"'), ("recognised", r"\x1b[31m", "--map d_loss=")),
    "long-name.csv": (csv(f"step,{'x' * 10_000},bb"), ("x...", "--map")),
    "wide.csv": (lambda: wide(30), ("'layer0/weight_norm'", "and 4960 more", "--map")),
    "prose.txt": ("It was the best of times, it was the worst of times.\n" * 50, ("number with a name",)),
    "page.html": ("<html><body><p>404 Not Found</p></body></html>" * 20, ("number with a name",)),
    "rubbish.csv": (BYTES, ("is binary", "text, CSV or JSON")),
    "rubbish": (BYTES, ("is binary", "text, CSV or JSON")),
    "plot.png": (b"\x89PNG\r\n\x1a\n" + BYTES, ("is a picture",)),
    "pickle-4.pkl": (pickle.dumps({"d": [1.0]}, 4), ("is a pickle", "any code", "json.dump")),
    "pickle-0.txt": (pickle.dumps({"d": [1.0]}, 0), ("is a pickle", "any code")),
    "pickle-2.csv": (pickle.dumps([1.0, 2.0], 2), ("is a pickle", "any code")),
    "model.pt": (torch_file, ("is a pickle", "any code")),
    "objects.npz": (lambda: npz(np.array([{}, None])), ("Python objects", "pickle", "Save plain numbers")),
    "objects.npy": (lambda: npy(np.array([{}, None])), ("Python objects", "pickle", "Save plain numbers")),
    "cut.npy": (lambda: npy(D)[:-100], ("damaged NumPy file",)),
    "header.npy": (lambda: npy(D).replace(b"}", b" "), ("damaged NumPy file",)),
    "overwritten.npz": (npz_overwritten, ("damaged NumPy file",)),
    "promises.npy": (huge_npy, ("damaged NumPy file",)),
    "bomb.csv.gz": (bomb, ("300 times its size", "unpack it")),
    "bomb.npz": (npz_bomb, ("300 times its size",)),
    "twice.csv.gz": (lambda: gzip.compress(gzip.compress(WHOLE.encode())), ("packed twice", "unpack it once")),
    "no-gzip.gz": (b"\x1f\x8b" + bytes(range(100)), ("is damaged", "gzip")),
    "nothing.gz": (lambda: gzip.compress(b""), ("is empty",)),
    "long-line.log": ("x" * (10 << 20), ("number with a name",)),
    "long-number.log": ("0" * 400_000 + "?", ("number with a name",)),
    "long-number.csv": ("loss\n" + f"{'0' * 400_000}?\n" * 3, ("number with a name",)),
    "long-blanks.csv": ("loss\n" + f"tensor(1, a= {' ' * 20_000}\n" * 3, ("recognised", "'a'")),
    "long-banner.log": ("=" * 3000 + " Loss 2018-08-19 08:57:32 " + "=x" * 3000 + "\n", ("long-banner.log",)),
    "long-glue.log": (f"{'d' * 6000}g: 1.5 {'g' * 6000}d: 1.5\n" * 20, ("long-glue.log",)),
    "long-line.csv": ("1.5," * (2 << 20), ("number with a name",)),
    "deep.json": ("[" * 100_000, ("nested deeper",)),
    "deep-objects.json": ('{"a":' * 100_000 + "1" + "}" * 100_000, ("nested deeper",)),
    "deep-enough.json": ('{"a":' * 900 + "1" + "}" * 900, ("deep-enough.json",)),
    "metrics-and-more.jsonl": (
        '{"results": {"fid50k_full": 30.5}, "metric": "fid", "snapshot_pkl": "snapshot-000004.pkl"}\nD_loss 0.5\n',
        ("begins as StyleGAN's metrics do",),
    ),
    "one-number.json": ("42", ("number with a name",)),
    "no-rows.json": ("[]", ("holds no curve",)),
    "no-values.json": ('{"d_loss": [], "g_loss": []}', ("holds no curve",)),
    "uneven.json": ('{"d_loss": [[1, 2], [3]], "g_loss": [1, {"a": 2}]}', ("holds no curve",)),
    "no-notebook.ipynb": ('{"nbformat": 4, "cells": [1, {"outputs": [{"data": 5}]}], "worksheets": 3}', ()),
    "open-quote.csv": (WHOLE.replace("\n9,", '\n9,"', 1), ("line 10", "quote", "closed nowhere")),
    "open-quote-of-phases.csv": (
        WHOLE.replace("step", "phase", 1).replace("\n9,", '\n9,"', 1), ("line 10", "quote", "closed nowhere")
    ),
}

# File name -> content, points read, what the notes must say, the medians of D's and of G's loss (None: not asked for).
READ: dict[str, tuple[str | bytes | Callable[[], str | bytes], int, tuple[str, ...], tuple[float, float] | None]] = {
    "latin-1.csv": (csv("étape,d_loss,g_loss").encode("latin-1"), 450, ("not UTF-8 at byte 0", "Windows-1252"), None),
    "latin-1-phases.csv": (csv("phase,d_loss,g_loss,étape").encode("latin-1"), 450, ("not UTF-8 at byte 20",), None),
    "cp1251.log": (
        text("Шаг {} d_loss: {:.4f} g_loss: {:.4f}\n").encode("cp1251"), 450, ("not UTF-8 at byte 0",), (1.2, 1.1)
    ),
    "utf-16.csv": (WHOLE.encode("utf-16"), 450, (), (1.2, 1.1)),
    "utf-16-no-mark.csv": (WHOLE.encode("utf-16-le"), 450, (), (1.2, 1.1)),
    "utf-16.log": (text().encode("utf-16"), 450, (), (1.2, 1.1)),
    "bom.csv": ("\ufeff" + WHOLE, 450, (), (1.2, 1.1)),
    "bom-crlf.log": ("\ufeff" + text().replace("\n", "\r\n"), 450, (), (1.2, 1.1)),
    "crlf.csv": (csv(end="\r\n"), 450, (), (1.2, 1.1)),
    "old-mac.csv": (csv(end="\r"), 450, (), (1.2, 1.1)),
    "cut-line.csv": (WHOLE[:-9], 449, ("last line (451) is cut off",), (1.2, 1.1)),
    "cut-line.jsonl": ("\n".join(ROWS)[:-12], 99, ("last line (100) is cut off",), (1.2, 1.1)),
    "cut-line.json": (f"[{','.join(ROWS)}]"[:-12], 99, ("end of the file is cut off",), (1.2, 1.1)),
    "cut.csv.gz": (lambda: gzip.compress(WHOLE.encode())[:-1500], -1, ("is cut off",), None),
    "nul-end.csv": (WHOLE + "\0" * 4096, 450, ("4096 zero bytes",), (1.2, 1.1)),
    "nul-inside.csv": (WHOLE[:3000] + "\0" * 300 + WHOLE[3000:], 450, ("300 zero bytes",), (1.2, 1.1)),
    "nul-end.log": (text() + "\0" * 4096, 450, ("4096 zero bytes",), (1.2, 1.1)),
    "tensor.csv": (csv(row="{},\"tensor({}, device='cuda:0', grad_fn=<Mean>)\",{}"), 450, (), (1.2, 1.1)),
    "tensor.log": (text("Step {} d_loss: tensor({:.2f}, device='cuda') g_loss: tensor({:.2f})\n"), 450, (), (1.2, 1.1)),
    "thousands.csv": (csv(row='{},{},"1,234.5"'), 450, (), (1.2, 1234.5)),
    "thousands.log": (text("Step {} d_loss: {:.4f} g_loss: 1,234.5 lr: {:.4f}\n"), 450, (), (1.2, 1234.5)),
    "comma.log": (text().replace(".", ","), 450, (), (1.2, 1.1)),
    "comma-list.log": (text("Step {}, d_loss: {:.4f}, g_loss: {:.4f}\n").replace(".", ","), 450, (), (1.2, 1.1)),
    "comma.csv": (csv(HEADER, row="{};{};{}").replace(",", ";").replace(".", ","), 450, (), (1.2, 1.1)),
    "percent.csv": (csv("step,d_loss,g_loss,d_acc", row="{},{},{},61%"), 450, (), (1.2, 1.1)),
    "ansi.log": (text("\x1b[32mStep {}\x1b[0m d_loss: \x1b[1m{:.4f}\x1b[0m g_loss: {:.4f}\n"), 450, (), (1.2, 1.1)),
    "bar.log": (text("\r {}/450 [==>..] - d_loss: {:.4f} - g_loss: {:.4f}") + "\n", 450, (), (1.2, 1.1)),
    "restart.csv": (csv(steps=[*range(1, 301), *range(201, 351)]), 350, ("restarted 1 time", "100 rows"), None),
    "twice-each.csv": (csv(steps=[i // 2 for i in range(450)]), 450, ("each step holds about 2 rows",), (1.2, 1.1)),
    "two-runs.csv": (csv(steps=[*range(225)] * 2), 225, ("2 runs in this log", "--run N"), (1.2, 1.1)),
    "two-headers.csv": (WHOLE * 2, 450, ("2 runs in this log", "--run N"), (1.2, 1.1)),
    "two-processes.log": (two_processes, 900, ("each step holds about 2 rows",), (1.2, 1.1)),
    "path-name.csv": (csv("step,../../etc/passwd,d_loss,g_loss", row="{},1,{},{}"), 450, (), (1.2, 1.1)),
    "evil-name.csv": (csv(f'step,"{EVIL}",d_loss,g_loss', row="{},1,{},{}"), 450, (), (1.2, 1.1)),
    "long-name.csv": (csv(f"step,d_loss,g_loss,{'x' * 10_000}", row="{},{},{},1"), 450, (), (1.2, 1.1)),
    "wide.csv": (lambda: wide(30, "d_loss", "g_loss"), 30, (), None),
    "same-names.csv": (lambda: csv(HEADER + ",x" * 3000, row="{},{},{}" + ",1" * 3000), 450, (), (1.2, 1.1)),
    "one-row.csv": (csv(d=D[:1]), 1, (), None),
    "two-rows.csv": (csv(d=D[:2]), 2, (), None),
    "one-row.log": ("Step 1 d_loss: 1.2 g_loss: 0.7\n", 1, (), None),
    "float-steps.csv": (csv(steps=[1e18 + i * 1e5 for i in range(450)]), 450, (), (1.2, 1.1)),
    "huge-steps.csv": (csv(steps=[1e300 * (1 + i) for i in range(450)]), 450, (), (1.2, 1.1)),
    "widest-steps.csv": (csv(steps=[(-1) ** i * 1.7e308 for i in range(450)]), 450, ("too large",), (1.2, 1.1)),
    "no-download.json": ('[[1600000000.5, "a", 1.2], [1600000001.5, null, 1.2]]', 2, ("the rows were counted",), None),
    "odd-digits.json": ('{"d_loss": {"\u00b2": 1.2, "\u00b3": 1.1}, "g_loss": {"1": 1, "2": 2}}', 2, (), None),
    "widest-values.csv": (csv("step,d_loss,g_loss,d_acc,g_acc", row="{},1e308,-1e308,{},{}"), 450, (), None),
    "bracket-name.csv": (csv("step,d_loss,g_loss,]", row="{},{},{},1"), 450, (), (1.2, 1.1)),
    "glued-names.csv": (csv(f"step,d_loss,g_loss,{'d' * 3000}g", row="{},{},{},1"), 450, (), (1.2, 1.1)),
    "odd-settings.jsonl": (
        jsonl('{"step":%d,"d_loss":1.2,"g_loss":1.1,"real_target":"one","batch_size":"²","gp":"²"}', times=50),
        50, (), (1.2, 1.1)
    ),
    "huge-settings.jsonl": (
        jsonl('{"real_target":1' + "0" * 400 + ',"fake_target":NaN,"family":["bce"],"d_form":{}}')
        + jsonl('{"step":%d,"d_loss":1.2,"g_loss":1.1}', times=50), 50, (), (1.2, 1.1)
    ),
    "numbered-names.csv": (
        csv(f"step,d_loss,g_loss,D_{'9' * 5000},D_7", row="{},{},{},1,2"), 450, (), None
    ),
    "long-counter.log": (
        "".join(f"Step {i}{'9' * 5000}/{'9' * 5001} d_loss: 1.2 g_loss: 1.1\n" for i in range(60)), -1, (), None
    ),
    "a-key-a-row.jsonl": (lambda: a_key_a_row(5000), 5000, ("names with the fewest points were left out",), (1.2, 1.1)),
    "negative-steps.csv": (csv(steps=range(-450, 0)), 450, (), (1.2, 1.1)),
    "falling-steps.csv": (csv(steps=range(0, -450, -1)), 450, ("not used as the step",), (1.2, 1.1)),
    "one-step.csv": (csv(steps=[7] * 450), 450, ("constant: not used as the step",), (1.2, 1.1)),
    "no-steps.csv": (csv(steps=["nan"] * 450), 450, ("missing in most rows",), (1.2, 1.1)),
    "clock.csv": (csv(steps=[f"2024-01-01T{i // 60:02}:{i % 60:02}:00Z" for i in range(450)]), 450, ("counted",), None),
    "unix.csv": (csv(steps=[1.7e9 + i for i in range(450)]), 450, (), (1.2, 1.1)),
    "last-key.jsonl": (jsonl('{"step":%d,"d_loss":9.5,"d_loss":1.2,"g_loss":1.1}', times=50), 50, (), (1.2, 1.1)),
    "last-line-deep.jsonl": ("\n".join(ROWS) + '\n{"a":' + "[" * 100_000, 100, ("line (101) is cut off",), (1.2, 1.1)),
    "mixed.jsonl": (
        jsonl('{"step":%d,"d_loss":"x","g_loss":null}', '{"step":%d,"d_loss":[1,2],"g_loss":{}}',
              '{"step":%d,"d_loss":1.2,"g_loss":1.1}', times=20), -1, (), (1.2, 1.1)
    ),
    "mixed.csv": (csv(d=["x", "", "-", "1.2", "N/A", "1.2", "1.2"] * 64), -1, ("holds text at line",), (1.2, 1.1)),
    "uneven.csv": (WHOLE.replace("\n5,", "\n5,5,5,5,"), 449, ("without 3 cells", "line 6"), (1.2, 1.1)),
    "surrogate.jsonl": (jsonl('{"step":%d,"d_loss":1.2,"g_loss":1.1,"\\ud800":1}', times=50), 50, (), (1.2, 1.1)),
    "wrong-suffix.csv": ("\n".join(ROWS), 100, (), (1.2, 1.1)),
}  # fmt: skip

# File name -> content. Something is wrong with every one of these runs, and the verdict may not be "stable".
NO_ALL_CLEAR: dict[str, str] = {
    "nan.csv": csv(d=[*D[:300], *["nan"] * 150]),
    "inf.csv": csv(d=[*D[:300], *["inf"] * 75, *["-Infinity"] * 75]),
    "all-nan.csv": csv(d=["nan"] * 450, g=["nan"] * 450),
    "d-nan.csv": csv(d=["nan"] * 450),
    "nan.jsonl": jsonl('{"step":%d,"d_loss":NaN,"g_loss":Infinity}', times=50),
    "huge.json": '[{"step":1,"d_loss":1e400,"g_loss":-1e400},{"step":2,"d_loss":1e400,"g_loss":-1e400}]',
    "huge-integers.jsonl": jsonl('{"step":%d,"d_loss":1' + "0" * 400 + ',"g_loss":0.5}', times=50),
    "huge-digits.jsonl": jsonl('{"step":%d,"d_loss":1' + "0" * 6000 + ',"g_loss":0.5}', times=50),
    "huge.csv": csv(d=["1" + "0" * 400] * 450),
    "all-zero.csv": csv(d=[0] * 450, g=[0] * 450),
    "one-value.csv": csv(d=["1.2126"] * 450, g=["1.0842"] * 450),
    "one-value-in-balance.csv": csv(d=["1.386294"] * 450, g=["0.693147"] * 450),
    "one-row-again.csv": csv(steps=[1] * 450, d=["1.3863"] * 450, g=["0.6931"] * 450),
    "one-row.csv": csv(d=D[:1]),
    "one-row.jsonl": ROWS[0] + "\n",
}
