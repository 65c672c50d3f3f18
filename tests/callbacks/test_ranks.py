"""Rows of several ranks become rows of their means: whenever they come, and whoever stays away."""

from __future__ import annotations

from math import isnan, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gandoctor.callbacks.mailbox import Inbox, Outbox
from gandoctor.callbacks.ranks import Block, Merge
from gandoctor.recorder.rows import chunk_of


def block(*rows: tuple[float, dict[str, Any]]) -> Block:
    return Block.of(chunk_of([step for step, _ in rows], [row for _, row in rows]))


def losses(*steps: float, loss: float = 1.0) -> Block:
    return block(*((step, {"d_loss": loss}) for step in steps))


def test_a_row_waits_for_every_rank() -> None:
    merge = Merge(2)
    merge.add(0, losses(1, 2, 3))
    assert merge.ready() == ([], [])
    assert merge.awaited() == (1,)
    merge.add(1, losses(1, 2, loss=3.0))
    assert merge.ready() == ([1.0, 2.0], [{"d_loss": 2.0}, {"d_loss": 2.0}])
    merge.add(1, losses(3, 4))
    assert merge.ready() == ([3.0], [{"d_loss": 1.0}])
    assert merge.awaited() == (0,)


def test_a_metric_is_the_mean_over_the_ranks_that_recorded_it() -> None:
    merge = Merge(3)
    merge.add(0, block((1, {"d_loss": 1.0, "fid": 40.0}), (2, {"d_loss": 1.0})))
    merge.add(1, block((1, {"d_loss": nan}), (2, {"d_loss": 4.0, "g_loss": None})))
    merge.add(2, block((1, {"d_loss": 2.0}), (2, {"d_loss": np.float32(1.0), "g_loss": 5})))
    steps, (first, second) = merge.ready()
    assert steps == [1.0, 2.0]
    assert isnan(first["d_loss"])
    assert first["fid"] == 40.0
    assert second == {"d_loss": 2.0, "g_loss": 5.0}


def test_infinities_of_both_signs_are_no_number_and_no_warning() -> None:
    merge = Merge(2)
    merge.add(0, losses(1, loss=float("inf")))
    merge.add(1, losses(1, loss=float("-inf")))
    assert isnan(merge.ready()[1][0]["d_loss"])


def test_a_rank_that_left_is_not_awaited_and_may_come_back() -> None:
    merge = Merge(2)
    merge.add(0, losses(1, 2))
    merge.leave(1)
    assert merge.ready()[0] == [1.0, 2.0]
    merge.add(1, losses(1, 2, 3, loss=3.0))
    merge.add(0, losses(3, 4))
    assert merge.ready() == ([3.0], [{"d_loss": 2.0}])


def test_a_step_of_one_rank_alone_has_its_row() -> None:
    merge = Merge(2)
    merge.add(0, losses(2, 4))
    merge.add(1, losses(1, 2, 4, loss=3.0))
    assert merge.ready() == ([1.0, 2.0, 4.0], [{"d_loss": 3.0}, {"d_loss": 2.0}, {"d_loss": 2.0}])


@given(st.lists(st.lists(st.integers(0, 30), unique=True, max_size=20), min_size=1, max_size=4), st.randoms())
@settings(max_examples=60, deadline=None)
def test_no_order_of_arrival_changes_the_means(of_ranks: list[list[int]], chance: Any) -> None:
    merge = Merge(len(of_ranks))
    found: dict[float, dict[str, float]] = {}
    waiting = {rank: sorted(steps) for rank, steps in enumerate(of_ranks)}
    while waiting:
        rank = chance.choice(sorted(waiting))
        size = chance.randint(1, 5)
        part, waiting[rank] = waiting[rank][:size], waiting[rank][size:]
        if part:
            merge.add(rank, block(*((step, {"d_loss": float(rank * step)}) for step in part)))
        else:
            merge.leave(rank)
            del waiting[rank]
        steps, rows = merge.ready()
        assert not set(steps) & set(found)
        found |= dict(zip(steps, rows, strict=True))
    expected = {
        step: {"d_loss": np.mean([rank * step for rank, steps in enumerate(of_ranks) if step in steps])}
        for step in set().union(*of_ranks)
    }
    assert list(found) == sorted(found)
    assert found == {step: pytest.approx(row) for step, row in expected.items()}


@pytest.mark.parametrize(
    "sent",
    [
        losses(1, 2.5, 3, loss=nan),
        block((1, {"d_loss": 0.1, "naïve, name\n": 2}), (2, {"g_loss": float("inf")})),
        block((1e15, {"d_loss": None})),
    ],
)
def test_a_block_travels_unchanged(sent: Block) -> None:
    got = Block.decoded(sent.encoded())
    np.testing.assert_array_equal(got.steps, sent.steps)
    assert list(got.columns) == list(sent.columns)
    for name, (places, values) in sent.columns.items():
        np.testing.assert_array_equal(got.columns[name][0], places)
        np.testing.assert_array_equal(got.columns[name][1], values)


class Shelf:
    """A store as torch.distributed has them, in one process."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.gone = False

    def set(self, key: str, value: bytes) -> None:
        self._ask()
        self.held[key] = value

    def get(self, key: str) -> bytes:
        self._ask()
        return self.held[key]

    def check(self, keys: list[str]) -> bool:
        self._ask()
        return set(keys) <= set(self.held)

    def delete_key(self, key: str) -> bool:
        self._ask()
        return self.held.pop(key, None) is not None

    def _ask(self) -> None:
        if self.gone:
            raise RuntimeError("Broken pipe")


def test_what_a_rank_sends_is_taken_once_in_order_and_leaves_nothing_behind() -> None:
    shelf = Shelf()
    inbox, one, two = Inbox(shelf, 3), Outbox(shelf, 1), Outbox(shelf, 2)
    one.send(losses(1))
    one.send(losses(2))
    two.send(losses(1, 2))
    one.end()
    one.send(losses(3))
    assert [(rank, block and list(block.steps)) for rank, block in inbox.take()] == [
        (1, [1.0]),
        (1, [2.0]),
        (1, None),
        (2, [1.0, 2.0]),
    ]
    assert list(inbox.take()) == []
    assert set(shelf.held) == {"open"}


def test_nothing_piles_up_where_nobody_reads() -> None:
    shelf = Shelf()
    outbox = Outbox(shelf, 1)
    for step in range(200):
        outbox.send(losses(step))
    assert len(shelf.held) == 64
    assert not outbox.is_open


def test_a_rank_stops_sending_once_rank_0_has_closed_or_the_store_is_gone() -> None:
    for close in (lambda shelf, inbox: inbox.close(), lambda shelf, _: setattr(shelf, "gone", True)):
        shelf = Shelf()
        inbox, outbox = Inbox(shelf, 2), Outbox(shelf, 1)
        close(shelf, inbox)
        outbox.send(losses(1))
        assert not outbox.is_open
        assert "1/0" not in shelf.held
