"""JSON logs: one object a line, an array of objects, or one object of arrays; a cut end costs its last object only."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gandoctor.errors import UnreadableLog
from gandoctor.readers.jsonrows import rows_of
from gandoctor.readers.tablerows import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gandoctor.readers.raw import RawLog

_GAP = re.compile(r"[\s,]*")
_LINE_END = re.compile(r"\r\n|\n|\r")
_START = re.compile(r'\{\s*("|\}|$)|\[\s*([\[{"\]]|$|NaN|-?[\d.eE+-]+\s*(,|\]\s*$))')
_MOST_BAD = 0.2


def looks_like_json(text: str) -> bool:
    """Whether a text begins with a JSON object or array, as against a log line that begins with a bracket."""
    start = text[:4096].lstrip("\ufeff \t\r\n")
    return _START.match(start) is not None


def read_json(text: str, name: str) -> RawLog | None:
    """The log in a JSON text, None where the text only begins like one; UnreadableLog where it holds no numbers."""
    try:
        return _read(text.removeprefix("\ufeff").strip(), name)
    except RecursionError as error:
        raise UnreadableLog(f"{name} is JSON nested deeper than any log: give lists of numbers, one a curve") from error


def _read(text: str, name: str) -> RawLog | None:
    log = _lines(text, name) if text.startswith("{") else None
    if log is None:
        documents, complete = _documents(text)
        if not documents:
            return None
        log = _from_documents(documents, name)
        if not complete and log is not None:
            log = replace(log, notes=(*log.notes, "the end of the file is cut off: what came before it was read"))
    if log is not None and not log.rows:
        raise UnreadableLog(
            f"{name} is JSON and holds no curve: give lists of numbers, or an object with numbers a line"
        )
    return log


def _lines(text: str, name: str) -> RawLog | None:
    """One object a line; None where the objects do not stand on lines of their own."""
    objects, lines, bad = [], [], []
    last = 0
    for at, line in enumerate(_LINE_END.split(text), 1):
        if not line.strip():
            continue
        last = at
        parsed = _object(line)
        if parsed is None:
            bad.append(at)
        else:
            objects.append(parsed)
            lines.append(at)
        if at == 50 and len(bad) > len(objects):
            return None
    if len(objects) < 2 or len(bad) > max(1, _MOST_BAD * len(objects)):
        return None
    notes = []
    if bad and bad[-1] == last:
        notes.append(f"the last line ({bad.pop()}) is cut off and was left out")
    if bad:
        notes.append(f"lines that hold no JSON object were left out: {listed(bad)}")
    return rows_of(objects, name, lines=lines, notes=notes)


def _object(line: str) -> Mapping[str, Any] | None:
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _documents(text: str) -> tuple[list[Any], bool]:
    """The JSON values in a text one after another, and whether the text ended with the last of them.

    An array that is cut in the middle gives the elements before the cut. Nothing is found in a text that goes on with
    anything but JSON: a log line may begin with "[0]" or with "{}".
    """
    try:
        return [json.loads(text)], True
    except ValueError:
        pass
    inside = 1 if text.startswith("[") else 0
    found = list(_values(text, inside))
    rest = text[found[-1][1] :].lstrip(", \t\r\n") if found else text
    if not found or not all(isinstance(value, dict | list) for value, _ in found):
        return [], False
    if rest and not rest.startswith("[" if isinstance(found[-1][0], list) else "{"):
        return [], False
    values = [value for value, _ in found]
    return ([values] if inside else values), not (rest or inside)


def _values(text: str, at: int) -> Iterator[tuple[Any, int]]:
    decoder = json.JSONDecoder()
    while True:
        gap = _GAP.match(text, at)
        at = gap.end() if gap else at
        if at >= len(text):
            return
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield value, at


def _from_documents(documents: Sequence[Any], name: str) -> RawLog | None:
    from gandoctor.readers.jsonshapes import read_document

    objects = [each for each in documents if isinstance(each, dict)]
    if len(documents) > 1 and len(objects) == len(documents):
        return rows_of(objects, name)
    return read_document(documents[0], name)
