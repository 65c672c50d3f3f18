"""One page for thousands of runs: a row each, the most ill first, from nothing but the rows of a scan's table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from gandoctor.report.html.names import apart
from gandoctor.report.html.view import MEANINGS
from gandoctor.report.sentences import sentence
from gandoctor.report.sparkline import BLOCKS
from gandoctor.report.words import VERDICTS, clean, count, listed, percent, place, step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gandoctor.model import Unit
    from gandoctor.scanning import Row

MOST = 5000
"""How many runs the page lists; the table holds all."""

_LONGEST = 300
"""Characters of a sentence beyond which it is cut: that of an unreadable log may name every column."""

_SUSPECTED = 3
_SAID_ALREADY = "Stable dynamics"
"""What a headline says that stands beside the verdict."""

_BROKEN = "!"
_X, _Y = 5, 2
"""Pixels from bar to bar, and of an eighth of a bar."""

_TALL = _Y * len(BLOCKS)

TITLES = {"failed": "Failed", "undecided": "Undecided", "unreadable": "Not readable", "stable": "Stable"}


@dataclass(frozen=True, slots=True)
class Picture:
    """The losses of a run, small: paths with their looks, the marks of what was not finite, and where it began."""

    lines: tuple[tuple[str, str], ...]
    broken: str
    began: str


@dataclass(frozen=True, slots=True)
class Line:
    """The row of a run; texts are plain, `code` stands between backticks."""

    name: str
    verdict: str
    word: str
    said: str
    since: str
    sure: str
    points: str
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one group: its heading, how many runs it has, and how many of them are listed elsewhere only."""

    id: str
    title: str
    runs: int
    lines: tuple[Line, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Scan:
    """The page: `counts` are verdict, word, runs and share; `kinds` what went wrong, its rule and how often."""

    title: str
    folder: str
    counts: tuple[tuple[str, str, str, str], ...]
    kinds: tuple[tuple[str, str, str], ...]
    blocks: tuple[Block, ...]
    pictures: bool
    meanings: tuple[tuple[str, str], ...]
    rulebook: str


def overview(groups: Mapping[str, Sequence[Row]]) -> Scan:
    """Return the page of the rows, which are sorted already, under the keys of `TITLES`."""
    groups = {key: [_cleaned(row) for row in some] for key, some in groups.items()}
    rows = [row for some in groups.values() for row in some]
    folder, names = apart([row.log for row in rows])
    short = dict(zip((row.log for row in rows), names, strict=True))
    blocks, room = [], MOST
    for key, title in TITLES.items():
        some = groups.get(key, [])
        if some:
            listed_ = some[:room]
            room -= len(listed_)
            lines = tuple(_line(row, short[row.log]) for row in listed_)
            blocks.append(Block(key, title, len(some), lines, len(some) - len(lines)))
    verdicts = {row.verdict for row in rows}
    return Scan(
        headline(groups),
        folder,
        _counts(rows),
        _kinds(groups.get("failed", [])),
        tuple(blocks),
        any(line.picture for block in blocks for line in block.lines),
        tuple((VERDICTS[name], MEANINGS[name]) for name in VERDICTS if name in verdicts),
        listed(sorted({row.rulebook for row in rows if row.rulebook}), 3),
    )


def _cleaned(row: Row) -> Row:
    """Return the row with texts that can be shown: they come from logs, from paths and from a table of anybody's."""
    texts: dict[str, Any] = {name: clean(value) for name, value in row.as_dict().items() if isinstance(value, str)}
    return replace(row, **texts)


def headline(groups: Mapping[str, Sequence[Row]]) -> str:
    """Return how many logs there are of each group: "280 logs: 68 failed, 1 not readable, 211 stable"."""
    parts = [f"{len(groups[key]):,} {title.lower()}" for key, title in TITLES.items() if groups.get(key)]
    return f"{count(sum(map(len, groups.values())), 'log')}: {', '.join(parts)}" if parts else "No logs found"


def _counts(rows: Sequence[Row]) -> tuple[tuple[str, str, str, str], ...]:
    """Return key, word, number and share of every verdict that was reached, the worst first."""
    found = Counter(row.verdict for row in rows)
    words = {"convergence_failure": "", "mode_collapse": "", "inconclusive": "", "": "Not readable", "stable": ""}
    return tuple(
        (
            name or "inconclusive",
            word or next(text for key, text in VERDICTS.items() if key == name),
            f"{found[name]:,}",
            percent(found[name] / len(rows)),
        )
        for name, word in words.items()
        if found[name]
    )


def _kinds(failed: Sequence[Row]) -> tuple[tuple[str, str, str], ...]:
    """Return the title, the rule and the number of runs of each kind of failure, the most frequent first."""
    found = Counter(row.kind for row in failed)
    titles = {row.kind: row.headline for row in reversed(failed)}
    return tuple((titles[kind], kind, f"{runs:,}") for kind, runs in found.most_common())


def _line(row: Row, name: str) -> Line:
    verdict = row.verdict or "inconclusive"
    return Line(
        name,
        verdict,
        next((words for key, words in VERDICTS.items() if key == row.verdict), "Not readable"),
        _said(row, name),
        _since(row),
        "" if row.confidence is None else percent(row.confidence),
        f"{row.points:,}" if row.points else "",
        _picture(row),
    )


def _said(row: Row, name: str) -> str:
    """Return what was found, or why the log could not be read, without its name at the beginning."""
    if row.error:
        text = row.error
        named = next((one for one in (row.log, name, name.rpartition("/")[2]) if text.startswith(one)), "")
        text = sentence(text.removeprefix(named).lstrip(": "))
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    text = row.headline.removeprefix(_SAID_ALREADY).removeprefix(":").strip()
    text = sentence(text).removesuffix(".")
    if not row.suspected:
        return text
    rules = listed([f"`{rule}`" for rule in row.suspected.split()], _SUSPECTED)
    return f"{text} {rules}" if text.startswith("Suspected") else f"{text}{'. ' if text else ''}Suspected: {rules}"


def _since(row: Row) -> str:
    """Return where it began and from where that was certain: "step 96, certain from 140"."""
    if row.since is None:
        return ""
    unit: Unit = row.unit  # type: ignore[assignment]  # it comes from a table, which is text
    certain = "" if row.fired is None or row.fired <= row.since else f", certain from {place(row.fired)}"
    return step(unit, row.since) + certain


def _picture(row: Row) -> Picture | None:
    bars = [(look, drawn) for look, drawn in (("d1", row.d_curve), ("g1", row.g_curve)) if drawn.strip()]
    if not bars:
        return None
    broken = sorted({at for _, drawn in bars for at, sign in enumerate(drawn) if sign == _BROKEN})
    return Picture(
        tuple((look, path) for look, drawn in bars if (path := _path(drawn))),
        "".join(f"M{_X * at} 0v{_TALL}" for at in broken),
        _began(row, _X * (max(len(drawn) for _, drawn in bars) - 1)),
    )


def _began(row: Row, wide: int) -> str:
    """Return the path of the line at which it began; "" where nothing did."""
    if row.since is None or row.first_step is None or row.last_step is None or row.last_step <= row.first_step:
        return ""
    share = (row.since - row.first_step) / (row.last_step - row.first_step)
    return f"M{wide * share:.0f} 0v{_TALL}" if 0 <= share <= 1 else ""


def _path(bars: str) -> str:
    """Return the tops of the bars as a path, with a gap where there is none; a level stretch is one piece."""
    parts: list[str] = []
    place, pen = 0, -1
    for sign, alike in groupby(bars):
        length, top = len(list(alike)), _TALL - _Y * BLOCKS.find(sign)
        if sign not in BLOCKS[1:]:
            top = -1
        elif pen < 0:
            parts.append(f"M{_X * place} {top}")
        else:
            parts.append(f"l{_X}{top - pen if top < pen else f' {top - pen}'}")
        if length > 1 and top >= 0:
            parts.append(f"h{_X * (length - 1)}")
        place, pen = place + length, top
    return "".join(parts)
