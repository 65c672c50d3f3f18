"""Rows that several ranks recorded -> rows of their means, each once every rank has come past its step."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gandoctor.model import FloatArray
    from gandoctor.recorder.rows import Chunk

    Cells = tuple[NDArray[np.int64], FloatArray]
    Rows = tuple[list[float], list[dict[str, float]]]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Consecutive rows of one rank: rising steps and, for each name, in which rows it was recorded and as what."""

    steps: FloatArray
    columns: Mapping[str, Cells]

    @classmethod
    def of(cls, chunk: Chunk) -> Block:
        """The block that holds the numbers of a chunk."""
        every = np.arange(len(chunk.steps))
        cells = {name: (every if c.places is None else c.places, c.values) for name, c in chunk.columns.items()}
        return cls(chunk.steps, cells)

    def after(self, step: float) -> Block:
        """The rows behind a step."""
        first = int(np.searchsorted(self.steps, step, side="right"))
        columns = {
            name: (places[places >= first] - first, values[places >= first])
            for name, (places, values) in self.columns.items()
        }
        return Block(self.steps[first:], columns)

    def encoded(self) -> bytes:
        """The block as bytes: a line of JSON with the names and lengths, then plain arrays."""
        head = {"steps": len(self.steps), "columns": {name: len(places) for name, (places, _) in self.columns.items()}}
        parts = [json.dumps(head).encode(), b"\n", self.steps.astype("<f8").tobytes()]
        for places, values in self.columns.values():
            parts += [places.astype("<i8").tobytes(), values.astype("<f8").tobytes()]
        return b"".join(parts)

    @classmethod
    def decoded(cls, data: bytes) -> Block:
        """The block that was encoded; ValueError where the bytes are none."""
        line, _, rest = data.partition(b"\n")
        head = json.loads(line)
        sizes = [head["steps"], *(size for size in head["columns"].values() for _ in range(2))]
        ends = [0, *(8 * np.cumsum(sizes)).tolist()]
        parts = [rest[start:end] for start, end in pairwise(ends)]
        columns = {
            name: (np.frombuffer(parts[2 * i + 1], "<i8"), np.frombuffer(parts[2 * i + 2], "<f8"))
            for i, name in enumerate(head["columns"])
        }
        return cls(np.frombuffer(parts[0], "<f8"), columns)


@dataclass(slots=True)
class Merge:
    """Puts the rows of ranks together by their steps, whenever each of them comes.

    A row is ready when every rank that is awaited has handed in its step or a later one. A metric's value is the mean
    over the ranks that recorded it in that step; a NaN of one rank makes the mean NaN. Rows that come after their step
    went out are dropped, and their rank is awaited again.
    """

    ranks: int
    _blocks: dict[int, list[Block]] = field(default_factory=dict)
    _reached: dict[int, float] = field(default_factory=dict)
    _out: float = -inf

    def __post_init__(self) -> None:
        self._reached = dict.fromkeys(range(self.ranks), -inf)

    def add(self, rank: int, block: Block) -> None:
        """Take rows of a rank; those that come too late are dropped."""
        if len(block.steps):
            self._reached[rank] = float(block.steps[-1])
            late = float(block.steps[0]) <= self._out
            self._blocks.setdefault(rank, []).append(block.after(self._out) if late else block)

    def leave(self, rank: int) -> None:
        """Await a rank no more: it has ended, or is silent."""
        self._reached[rank] = inf

    def awaited(self) -> tuple[int, ...]:
        """The ranks without which rows that others handed in cannot go out."""
        farthest = max((reached for reached in self._reached.values() if reached < inf), default=-inf)
        return tuple(rank for rank, reached in self._reached.items() if reached < farthest)

    def ready(self) -> Rows:
        """The steps and rows that are ready, each given out once."""
        until = min(self._reached.values())
        blocks = {rank: [block for block in own if block.steps[0] <= until] for rank, own in self._blocks.items()}
        self._blocks = {
            rank: [rest for block in own if len((rest := block.after(until)).steps)]
            for rank, own in self._blocks.items()
        }
        chosen = [_until(block, until) for own in blocks.values() for block in own]
        if not chosen:
            return [], []
        steps, rows = _means(chosen)
        self._out = steps[-1]
        return steps, rows


def _until(block: Block, step: float) -> Block:
    """The rows up to a step."""
    end = int(np.searchsorted(block.steps, step, side="right"))
    columns = {name: (p[p < end], values[p < end]) for name, (p, values) in block.columns.items()}
    return Block(block.steps[:end], columns)


def _means(blocks: Sequence[Block]) -> Rows:
    """The rows of all steps in the blocks, no rank having a step twice."""
    steps = np.unique(np.concatenate([block.steps for block in blocks]))
    rows: list[dict[str, float]] = [{} for _ in steps]
    for name in dict.fromkeys(name for block in blocks for name in block.columns):
        total, count = np.zeros(len(steps)), np.zeros(len(steps))
        for block in blocks:
            if name in block.columns:
                places, values = block.columns[name]
                where = np.searchsorted(steps, block.steps[places])
                with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is a finding, not a fault
                    total[where] += values
                count[where] += 1
        there = np.flatnonzero(count)
        for place, mean in zip(there.tolist(), (total[there] / count[there]).tolist(), strict=True):
            rows[place][name] = mean
    return steps.tolist(), rows
