"""`DistributedRecorder`, for a training of several ranks: each records, rank 0 writes and judges the means."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING, Any

from gandoctor.callbacks.gathering import Gathering, Sending
from gandoctor.callbacks.mailbox import Inbox, Outbox
from gandoctor.recorder import Recorder
from gandoctor.recorder.alerts import say
from gandoctor.recorder.session import Session

if TYPE_CHECKING:
    from types import TracebackType

    from gandoctor.recorder.keeper import Keeper
    from gandoctor.recorder.setup import Setup

_BUILT = count()
"""Recorders of one program keep their messages apart by their order, which is the same on all ranks."""


class DistributedRecorder(Recorder):
    """A `Recorder` for DistributedDataParallel, Accelerate and other programs of several ranks.

    Arguments are those of `Recorder`. Build it after `init_process_group`, on every rank, and `record` the rank's own
    values there: device scalars wait on their device and leave it together. Rank 0 alone has the log and the judgement,
    of means over the ranks; a metric that only some of them record, such as a FID, is the mean over those. `findings`
    are empty and the `diagnosis` is inconclusive on other ranks. Without a process group it is a `Recorder`.

    No rank ever waits for another while the training runs: rows are handed over when a fortieth of the run has passed
    (every fourth row at first, every 1000th at last) or 5 seconds, and judged about as much later. A rank that ends or
    raises is not awaited any more, one that is silent for 30 s neither, until it speaks again; the end waits for the
    last rows of others at most 10 s.
    """

    _ranks: Gathering | None = None

    def _open(self, setup: Setup) -> Keeper:
        rank, ranks = place()
        if ranks == 1:
            return Session(setup)
        store = _store()
        if rank:
            return Sending(setup, None if store is None else Outbox(store, rank))
        if store is None:
            say("gandoctor records rank 0 alone: build it after torch.distributed.init_process_group")
            return Session(setup)
        self._ranks = Gathering(setup, Inbox(store, ranks), ranks)
        return self._ranks

    def hurry(self) -> None:
        """Wait for no other rank at the end: the training of this one has failed."""
        if self._ranks is not None:
            self._ranks.hurry()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.hurry()
        super().__exit__(kind, error, trace)


def place() -> tuple[int, int]:
    """The rank of this process and how many there are: of its group, or as a launcher tells where there is none yet."""
    import torch.distributed as dist

    if dist.is_available() and dist.is_initialized():
        return dist.get_rank(), dist.get_world_size()
    return _number("RANK", 0), _number("WORLD_SIZE", 1)


def _store() -> Any:
    """A store that all ranks share, for one recorder; None without a group, or where its backend has none (MPI)."""
    import torch.distributed as dist

    number = next(_BUILT)
    try:
        # There is no public way to the store of a group that somebody else set up.
        return dist.PrefixStore(f"gandoctor/{number}", dist.distributed_c10d._get_default_store())
    except Exception:  # whatever the versions of torch raise for that
        return None


def _number(variable: str, default: int) -> int:
    text = os.environ.get(variable, "")
    return int(text) if text.isdigit() else default
