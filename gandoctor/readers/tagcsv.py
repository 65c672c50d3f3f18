"""Tables of one curve each: TensorBoard's "download CSV" with its columns Wall time, Step, Value; W&B's are told."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gandoctor.readers.table import read_table
from gandoctor.readers.union import Series, join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.readers.dialect import Dialect
    from gandoctor.readers.raw import RawLog
    from gandoctor.readers.source import Source

MIN, MAX, SPLIT = "__MIN", "__MAX", " - "
WALL_TIME, STEP, VALUE = "Wall time", "Step", "Value"
_DOWNLOAD = re.compile(r"run-(?P<run>.*)-tag-(?P<tag>.+)")


def is_tag_table(dialect: Dialect | None) -> bool:
    """Whether a table has exactly the three columns of the download."""
    return dialect is not None and dialect.names == (WALL_TIME, STEP, VALUE)


def is_export(dialect: Dialect | None) -> bool:
    """Whether a table is an export of Weights & Biases: beside a curve stand its bounds, `__MIN` and `__MAX`."""
    if dialect is None or not any(name.endswith(MIN) for name in dialect.names):
        return False
    return any({name + MIN, name + MAX} <= set(dialect.names) and SPLIT in name for name in dialect.names)


def read_tag_tables(sources: Sequence[Source]) -> RawLog:
    """One log from one or several downloads: rows on the union of their steps, a column named after each file's tag."""
    tables = [read_table(source) for source in sources]
    tags = tag_names([source.stem for source in sources])
    notes = tuple(note for table in tables for note in table.notes)
    if len(tables) == 1:
        columns = {tags[0] if name == VALUE else name: values for name, values in tables[0].columns.items()}
        logged = {tags[0] if name == VALUE else name: mask for name, mask in tables[0].logged.items()}
        return replace(tables[0], columns=columns, logged=logged)
    series = {
        tag: Series(table.columns[STEP], table.columns[VALUE], table.columns[WALL_TIME])
        for tag, table in zip(tags, tables, strict=True)
    }
    return join(series, sources[0].name, step=STEP, time=WALL_TIME, notes=notes)


def tag_names(stems: Sequence[str]) -> list[str]:
    """The tag of each file: what follows "-tag-" in its name, with the run before it where two files share a tag."""
    found = [_DOWNLOAD.fullmatch(stem) for stem in stems]
    plain = [match["tag"] if match else stem for match, stem in zip(found, stems, strict=True)]
    if len(set(plain)) == len(plain):
        return plain
    return [f"{match['run']}/{tag}" if match else tag for match, tag in zip(found, plain, strict=True)]
