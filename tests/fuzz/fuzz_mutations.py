"""Mutations that know what they change: files of a folder, lines, cells, words, values of JSON and TOML, packed bytes.

Bytes alone do not get far: a gzip file, a record with a checksum or a zip archive that was changed anywhere is only
damaged. Here such a file is unpacked, changed inside and packed again.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import fuzz_packing
import fuzz_parcel

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

WORDS = (
    *("", " ", "-", ".", ",", ";", ":", "=", "|", "/", "%", "#", "'", '"', '""', "\\", "(", ")", "[", "]", "{", "}"),
    *("nan", "NaN", "inf", "-inf", "Infinity", "None", "null", "N/A", "true", "1e400", "-1e308", "1e-320", "0", "-0"),
    *("1" * 400, "9" * 4400, "0x" + "f" * 400, "1_000", "1,234.5", "1.234,5", "61%", "+5", "٣", "²", "\uff11", "1e5"),
    *("tensor(1.2, device='cuda:0')", "array([1.0])", "2024-01-01T00:00:00Z", "12:34:56", "[1.2]", "(1, 2)", "1/450"),
    *("\x00", "\t", "\r", "\x0b", "\x0c", "\x1b[31m", "\x1b]0;t\x07", "\x85", "\u2028", "\u202e", "\ufeff", "\ud7ff"),
    *("step", "epoch", "iter", "d_loss", "g_loss", "D loss", "loss_D", "D(x)", "D(G(z))", "fid", "acc", "lr", "time"),
    *("<script>", "]]>", "&", "::error::", "..", "../x", "/etc/passwd", "%s", "{0}", "{x.__class__}", "损失", "étape"),
    *("__proto__", "_type", "mean", "num", "columns", "data", "results", "snapshot_pkl", "mode", "cells", "nbformat"),
)
"""What stands in logs, in the place of a number, and what an enemy would write."""

NAMES = (
    *("log", "log.csv", "log.tsv", "log.txt", "log.log", "log.json", "log.jsonl", "log.npy", "log.npz", "log.ipynb"),
    *("log.csv.gz", "log.bz2", "log.xz", "log.zst", "log.md", "log.html", "run.csv", "recipe.toml", "run.recipe.toml"),
    *("expect.toml", "reference.toml", "a/reference.toml", "bypass.toml", "metrics.csv", "hparams.yaml", "stats.jsonl"),
    *("metric-fid50k_full.jsonl", "d_losses.npy", "g_losses.npy", "log.db", "mlflow.db", "trackio/gan.db"),
    *("run-abc.wandb", "wandb/offline-run-20260101_120000-abc/run-abc.wandb", "wandb-history.jsonl", "history.csv"),
    *("wandb/offline-run-20260101_120000-abc/files/output.log", "mlruns/0/meta.yaml", "mlruns/0/aaa/meta.yaml"),
    *("mlruns/0/aaa/metrics/d_loss", "mlruns/0/aaa/metrics/g_loss", "mlruns/0/aaa/params/lr", "result/log"),
    *("events.out.tfevents.1", "a/events.out.tfevents.2", "train/events.out.tfevents.3", "vdlrecords.1.log"),
)
_TOKEN = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\w+|[^\w\s]", re.ASCII)
_CELL = re.compile(rb"[^,;\t|\n\r]*")
_LONGEST_JSON = 1 << 16
_ASSIGNMENT = re.compile(rb"(?:^|\n)(?P<key>[\w. -]+)= *(?P<value>[^\n]*)")
_TABLE = re.compile(rb"(?m)^(?=\[)")
TOML_VALUES = (
    *("0", "-1", "1", "1.0", "nan", "inf", "-inf", "1e400", "9" * 400, "-" + "9" * 400, "0x" + "f" * 5000, "9" * 5000),
    *("true", "false", '""', '" "', '"x"', "[]", "[[]]", "{}", "[1, 2]", "[1]", "[nan, inf]", '["a", 1]', "[[1], {}]"),
    *("{ points = 20 }", "{ points = 20, share = 0.5 }", "{ points = 1000000000000000000000 }", "{ share = 2 }"),
    *("2030-01-31", "2030-01-31T00:00:00Z", "12:00:00", '"{level}"', '"{level:.2f}"', '"{level:99d}"', '"{0}"', '"{"'),
    *('"{x.__class__}"', '"{level:factor}"', '"{level:side}"', '"{level:size 99.99e}"', '"{level:,}"', '"{level:%}"'),
    *('"median(d_loss)"', '"drift(d_loss)"', '"common_period(d_loss, g_loss)"', '"median(d_lost)"', '"median( )"'),
    *('"1*100"', '"1*999999999"', '"_*5"', '"nan"', '"1e308~1e308*9"', '"1..2*2 3"', '"1+-1/1e-300*9"', '"1~1@1*9"'),
    *("[" * 200 + "]" * 200, "{a=" * 200 + "1" + "}" * 200, "{ " + "a." * 2000 + "a = 1 }", '"\\ud800"', '"\\u0000"'),
    *('"\x1b[31m"', '"\u202e"', '"<script>"', '"]]>"', '"../../etc/passwd"', '"/etc/passwd"', '"run.csv"', '"."'),
    *('"error"', '"stable"', '"verdict"', '"derived"', '"published"', '"A"', '"bce"', '["bce"]', '"high"', '["high"]'),
)
"""Values of every kind, in and out of range."""


class Mutator:
    """Changes inputs; `pool` are other inputs, from which parts are taken over."""

    def __init__(self, random: random.Random, pool: Sequence[bytes]) -> None:
        self._random = random
        self._pool = pool
        self._ways: tuple[Callable[[bytes], bytes], ...] = (
            *(self._token, self._token, self._cell, self._cell, self._column, self._line, self._line),
            *(self._splice, self._splice, self._json, self._json, self._cut, self._repeat, self._encode),
        )

    def input(self, data: bytes, target: str) -> bytes:
        """Change an input of a target: a rule is one file, all else are files with names."""
        return self.toml(data) if target == "rules" else self.parcel(data)

    def parcel(self, data: bytes) -> bytes:
        """Change one file of an input, or which files there are."""
        files = fuzz_parcel.unpacked(data)
        at = self._random.randrange(len(files))
        name, content = files[at]
        chance = self._random.random()
        if chance < 0.08:
            files[at] = (self._random.choice(NAMES), content)
        elif chance < 0.14:
            files.append(self._other())
        elif chance < 0.18 and len(files) > 1:
            del files[at]
        elif name.endswith(".toml"):
            files[at] = (name, self.toml(content))
        else:
            files[at] = (name, self.content(content))
        return fuzz_parcel.packed(files)

    def content(self, content: bytes) -> bytes:
        """Change one file's bytes, inside of what it is packed in."""
        for _ in range(self._random.choice((1, 1, 1, 2, 4))):
            inner = fuzz_packing.opened(content, self._random)
            if inner is None or self._random.random() < 0.1:
                content = self._random.choice(self._ways)(content)
            else:
                part, closed = inner
                content = closed(self._random.choice(self._ways)(part))
        return content

    def toml(self, data: bytes) -> bytes:
        """Change a file of TOML: a value, a line, a block between two headers, or as any text."""
        chance = self._random.random()
        if chance < 0.45:
            return self._assignment(data)
        if chance < 0.7:
            return self._block(data)
        return self.content(data)

    def _assignment(self, data: bytes) -> bytes:
        """Another value behind a `key =`, or a key between those that are there."""
        found = list(_ASSIGNMENT.finditer(data))
        if not found:
            return self._token(data)
        at = self._random.choice(found)
        other = self._random.choice(found)
        value = self._random.choice((self._random.choice(TOML_VALUES).encode(), other["value"]))
        key = at["key"] if self._random.random() < 0.8 else other["key"]
        start = at.end() if self._random.random() < 0.1 else at.start()
        return data[:start] + b"\n" + key + b"= " + value + data[at.end() :]

    def _block(self, data: bytes) -> bytes:
        """A table left out, doubled, moved or taken from another file."""
        blocks = _TABLE.split(data)
        at, to = self._random.randrange(len(blocks)), self._random.randrange(len(blocks))
        how = self._random.randrange(4)
        if how == 0:
            del blocks[at]
        elif how == 1:
            blocks.insert(to, blocks[at])
        elif how == 2:
            blocks[at], blocks[to] = blocks[to], blocks[at]
        else:
            blocks.insert(to, self._random.choice(_TABLE.split(self._random.choice(self._pool))))
        return b"".join(blocks)

    def _other(self) -> tuple[str, bytes]:
        return self._random.choice(fuzz_parcel.unpacked(self._random.choice(self._pool)))

    def _word(self) -> bytes:
        return self._random.choice(WORDS).encode("utf-8", "surrogatepass")

    def _place(self, pattern: re.Pattern[bytes], content: bytes) -> tuple[int, int]:
        """Where a match lies that is drawn from a stretch of the content."""
        start = self._random.randrange(len(content) + 1)
        found = [match.span() for match in pattern.finditer(content, start, start + 2000)]
        return self._random.choice(found) if found else (start, start)

    def _token(self, content: bytes) -> bytes:
        start, stop = self._place(_TOKEN, content)
        return content[:start] + self._word() + content[stop:]

    def _cell(self, content: bytes) -> bytes:
        start, stop = self._place(_CELL, content)
        return content[:start] + self._word() + content[stop:]

    def _column(self, content: bytes) -> bytes:
        """One cell of every line: another word, nothing, or twice."""
        mark = self._random.choice((b",", b";", b"\t", b"|", b" "))
        at, word = self._random.randrange(6), self._word()
        rows = [line.split(mark) for line in content.split(b"\n")]
        how = self._random.randrange(4)
        for row in rows:
            if at < len(row):
                row[at : at + 1] = [[word], [], [row[at], row[at]], [row[at] + word]][how]
        return b"\n".join(mark.join(row) for row in rows)

    def _line(self, content: bytes) -> bytes:
        """Lines left out, doubled, moved or taken from elsewhere."""
        lines = content.split(b"\n")
        a, b = sorted((self._random.randrange(len(lines)), self._random.randrange(len(lines))))
        part = lines[a : min(b, a + 20) + 1]
        how = self._random.randrange(5)
        if how == 0:
            del lines[a : b + 1]
        elif how == 1:
            lines[b:b] = part * self._random.choice((1, 2, 30))
        elif how == 2:
            lines[a : b + 1] = reversed(lines[a : b + 1])
        elif how == 3:
            lines[a:a] = self._random.sample(self._other()[1].split(b"\n"), 1)
        else:
            return b"\n".join(lines).replace(b"\n", self._random.choice((b"\r\n", b"\r", b"\n\n", b" ", b"\x85")))
        return b"\n".join(lines)

    def _splice(self, content: bytes) -> bytes:
        """The beginning of this file and the end of another."""
        other = self._other()[1]
        return content[: self._random.randrange(len(content) + 1)] + other[self._random.randrange(len(other) + 1) :]

    def _cut(self, content: bytes) -> bytes:
        a, b = sorted(self._random.randrange(len(content) + 1) for _ in range(2))
        return content[:a] + content[b:] if self._random.random() < 0.5 else content[a:]

    def _repeat(self, content: bytes) -> bytes:
        a = self._random.randrange(len(content) + 1)
        part = content[a : a + self._random.choice((1, 4, 30))]
        return content[:a] + part * self._random.choice((2, 30, 300)) + content[a:]

    def _encode(self, content: bytes) -> bytes:
        text = content.decode("utf-8", "replace")
        return text.encode(self._random.choice(("utf-16", "utf-16-le", "latin-1", "cp1251", "utf-8-sig")), "replace")

    def _json(self, content: bytes) -> bytes:
        """One value of the JSON in the file, or on one of its lines."""
        lines = [content] if self._random.random() < 0.5 else content.split(b"\n")
        at = self._random.randrange(len(lines))
        try:
            value = json.loads(lines[at][:_LONGEST_JSON])
            lines[at] = json.dumps(self.value(value)).encode("ascii")
        except (ValueError, RecursionError):
            return self._token(content)
        return b"\n".join(lines)

    def value(self, value: Any, depth: int = 6) -> Any:
        """A nested value of which one part is another."""
        inside = depth and isinstance(value, dict | list) and value and self._random.random() < 0.85
        if not inside:
            return self._drawn(value)
        if isinstance(value, list):
            at = self._random.randrange(len(value))
            return [*value[:at], *self._replaced(value[at], depth), *value[at + 1 :]]
        key = self._random.choice(list(value))
        changed = {k: v for k, v in value.items() if k != key}
        for part in self._replaced(value[key], depth):
            changed[self._random.choice((key, key, key, self._random.choice(WORDS)))] = part
        return changed

    def _replaced(self, value: Any, depth: int) -> list[Any]:
        """Nothing, the changed value, or that and the old one."""
        return self._random.choice(([], [self.value(value, depth - 1)], [self.value(value, depth - 1)], [value, value]))

    def _drawn(self, old: Any) -> Any:
        drawn: tuple[Any, ...] = (
            *(None, True, 0, -1, 1, 10**30, 2**63, 1e308, -1e308, float("nan"), float("inf"), 0.5, 10**400),
            *("", "1.5", "nan", [], {}, [old], [old, old], {"0": old, "1": old}, {"a": {"mean": old, "num": 1}}, [[1]]),
        )
        return self._random.choice((*drawn, self._random.choice(WORDS), self._random.choice(WORDS)))
