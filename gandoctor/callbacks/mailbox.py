"""How ranks hand rows to rank 0: through the store by which their process group was set up, without waiting.

A collective (`all_reduce`) would have to be met by every rank, in the same order among those of the training: a rank
that records less, raises or ends early would then stop all others, or change their gradients. A store has no such
order: a rank leaves its rows there and goes on, rank 0 takes what has come.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gandoctor.callbacks.ranks import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

_END = b""
_UNREAD = 64
"""Posts that may lie there before the first is read."""
_OPEN, _CLOSED = "open", "closed"


class Outbox:
    """What one rank sends."""

    def __init__(self, store: Any, rank: int) -> None:
        self._store, self._rank, self._sent = store, rank, 0
        self.is_open = True

    def send(self, block: Block) -> None:
        """Leave rows; nothing where rank 0 does not read, or the store is gone."""
        self._put(block.encoded())

    def end(self) -> None:
        """Tell that no more will come."""
        self._put(_END)
        self.is_open = False

    def _put(self, data: bytes) -> None:
        if not self.is_open:
            return
        try:
            self.is_open = self._is_read()
            if self.is_open:
                self._store.set(f"{self._rank}/{self._sent}", data)
                self._sent += 1
        except Exception:  # rank 0, or what held the store, is gone: so is the training, or about to be
            self.is_open = False

    def _is_read(self) -> bool:
        if self._store.check([_CLOSED]):
            return False
        return self._sent < _UNREAD or bool(self._store.check([_OPEN]))


class Inbox:
    """What rank 0 receives from all others."""

    def __init__(self, store: Any, ranks: int) -> None:
        self._store = store
        self._next = dict.fromkeys(range(1, ranks), 0)
        store.set(_OPEN, b"1")

    def take(self) -> Iterator[tuple[int, Block | None]]:
        """Rank and rows of all that has come since the last time; None for a rank that has ended."""
        for rank in tuple(self._next):
            while rank in self._next and self._store.check([f"{rank}/{self._next[rank]}"]):
                yield rank, self._read(rank)

    def close(self) -> None:
        """Tell the ranks that nothing is read any more."""
        with suppress(Exception):  # the store may be gone
            self._store.set(_CLOSED, b"1")

    def _read(self, rank: int) -> Block | None:
        key = f"{rank}/{self._next[rank]}"
        data = self._store.get(key)
        with suppress(Exception):  # a kind of store that cannot delete
            self._store.delete_key(key)
        self._next[rank] += 1
        if data == _END:
            del self._next[rank]
            return None
        return Block.decoded(data)
