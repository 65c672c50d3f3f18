"""From the numbers of a scanned line to rows: glued rows part, unnamed counters, lists and equal names get names."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gandoctor.readers.text_scan import scan
from gandoctor.readers.text_shape import Number, Record, Shape
from gandoctor.readers.text_words import (
    counter_kind,
    held_out,
    like_before,
    names_both,
    names_network,
    of_training,
    opens_held_out,
    says_only_samples,
    without_loss,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gandoctor.readers.text_tokens import Cut

MOST_NUMBERS = 5_000
"""A line of more numbers is data."""


def read_shape(line: Cut) -> Shape:
    """What the line says; the grammar is `text_scan.py`'s. A line of too many numbers is data, and says nothing.

    Numbers without a name on a line that names both networks are left out: their order is not to be guessed.
    """
    if len(line.kinds) > MOST_NUMBERS:
        return Shape()
    scanner = scan(line)
    bare = bool(scanner.numbers) and not any(number.name or number.total >= 0 for number in scanner.numbers)
    named = names_both([token.text for token in scanner.tokens if token.kind == "word"])
    known = [number for number in scanner.numbers if number.role != "value"] if named else scanner.numbers
    records = tuple(_record(group) for group in _unglued(known))
    return Shape(records, tuple(scanner.literals), scanner.trailing, bare)


def _unglued(numbers: Sequence[Number]) -> Iterator[list[Number]]:
    """The numbers row by row, where line breaks were lost: a counter that comes again begins the next row.

    What follows must have a name of the first row; else it is a remark ("best 30.2 at epoch 5") and dropped.
    """
    groups: list[list[Number]] = [[]]
    counters: set[str] = set()
    measured = False
    for number in numbers:
        counter = number.role == "counter"
        if counter and measured and number.name.lower() in counters and (number.name or number.marked):
            groups.append([])
            measured = False
            counters.clear()
        measured = measured or number.role == "metric"
        if counter:
            counters.add(number.name.lower())
        groups[-1].append(number)
    names = {number.name for number in groups[0] if number.role == "metric"}
    for group in groups:
        if group and (group is groups[0] or any(number.name in names for number in group)):
            yield group


def _record(numbers: Sequence[Number]) -> Record:
    counters = _without_settings([number for number in numbers if number.role == "counter"])
    named = any(number.name for number in counters)
    bar = any(number.bar for number in counters)
    _name_counters(counters)
    metrics = _name_lists([number for number in numbers if number.role == "metric"])
    _complete(metrics)
    _tell_apart(metrics)
    kept = list({number.name.lower(): number for number in reversed(counters) if number.name}.values())[::-1]
    again = {number.name.lower() for number in kept}
    metrics = [number for number in metrics if number.name.lower() not in again]
    return Record(
        counters=tuple((number.slot, number.name) for number in kept),
        kinds=tuple(counter_kind(number.name.split()[0]) or "batch" for number in kept),
        metrics=tuple((number.slot, number.name) for number in metrics),
        values=() if metrics else tuple(number.slot for number in numbers if number.role == "value"),
        totals=tuple((number.total, number.name) for number in kept if number.total >= 0),
        named=named,
        bar=bar,
    )


def _without_settings(counters: Sequence[Number]) -> list[Number]:
    """Without the pair in "1072 (5, 1) [D loss": whole numbers in a bracket behind a counter are settings."""
    in_scope = Counter(n.scope for n in counters if not n.name and n.total < 0 and n.scope)
    first = counters[0].scope if counters else 0
    return [n for n in counters if n.name or n.total >= 0 or in_scope[n.scope] < 2 or n.scope == first]


def _name_counters(counters: Sequence[Number]) -> None:
    """Names the counters that the line does not name, by their order and by those that it names.

    One alone is the step; two are epoch and batch, three epoch, batch and step. Beside a named epoch the next are batch
    and step; before a named batch or step stands the epoch. The count of a progress bar is the batch. What is left,
    such as a process number before all, is "index".
    """
    known = [counter_kind(number.name.split()[0]) for number in counters if number.name]
    for number in counters:
        if number.bar and not number.name:
            number.name = "" if "batch" in known else "batch"
            known.append("batch")
    nameless = [number for number in counters if not number.name and not number.bar]
    free = [kind for kind in ("epoch", "batch", "step") if kind not in known]
    if not known and len(nameless) == 1:
        free = ["step"]
    first = min((number.slot for number in counters if number.name), default=-1)
    for number in nameless:
        leads = first < 0 or number.slot < first
        fits = bool(free) and (not known or ("epoch" in known) != leads or "epoch" not in known)
        number.name = free.pop(0) if fits else "index"


def _name_lists(metrics: Sequence[Number]) -> list[Number]:
    """Names the elements of lists: by the names that commas joined, or name[0] for the first of "[a, b]".

    The first of "a / b" and of "(a)(b, c)" keeps the name of the whole. A list under the names of both networks that
    are not as many as its numbers is left out.
    """
    size = Counter(number.base for number in metrics if number.base)
    listed = {(number.base, number.scope) for number in metrics if number.listed}
    names = {number.base: number.names for number in metrics if number.names}
    for number in metrics:
        if number.base in names and len(names[number.base]) == size[number.base]:
            number.name = names[number.base][number.place]
        elif number.base and not number.place and (number.base, number.scope) in listed:
            number.name = f"{number.base}[0]"
    odd = {base for base, joined in names.items() if 1 < size[base] != len(joined) and names_both(joined)}
    return [number for number in metrics if number.base not in odd]


def _complete(metrics: Sequence[Number]) -> None:
    """A name that only says "fake" takes the rest from the name before: "D loss real: 0.7, fake: 0.6"."""
    before = ""
    for number in metrics:
        if before and not number.place and says_only_samples(number.name.rstrip("%").split()):
            number.name = like_before(before, number.name.split()) or number.name
        elif not number.place:
            before = number.name


def _tell_apart(metrics: Sequence[Number]) -> None:
    """Equal names in one row get the held-out data or the network that was named last before them, else their place.

    So do all names of a row that begins with held-out data: "test d_loss: 0.5, g_loss: 0.7".
    """
    count = Counter(number.name for number in metrics)
    owner: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    seen: Counter[str] = Counter()
    under = bool(metrics) and opens_held_out(metrics[0].name.split())
    for number in metrics:
        words = tuple(number.name.split())
        held = held_out(words) or (() if of_training(words) else held)
        if names_network(words):
            owner = without_loss(words)
            if (seen[number.name] or under) and held and not held_out(words):
                number.name = " ".join((*held, number.name))
        elif count[number.name] > 1 and owner:
            number.name = " ".join((*owner, number.name))
        seen[number.name] += 1
        if seen[number.name] > 1:
            number.name = f"{number.name}[{seen[number.name] - 1}]"
