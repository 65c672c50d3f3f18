"""The keys of a rule file: which there are, of what kind, and which must be there. Meaning is `rulecheck`'s matter."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from gandoctor.model import Basis, Family, Severity, Status, VerdictName

Kind = Literal["text", "number", "flag", "rank", "texts", "window", "pair", "notations", "values", "tables"]
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table: its kind, whether it must be there, the texts it may hold, the keys of its own tables."""

    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    keys: Mapping[str, Key] = field(default_factory=dict)


_TEXT = Key("text")
_MUST = Key("text", required=True)

ROW: Mapping[str, Key] = {
    "name": _MUST,
    "signal": _MUST,
    "window": Key("window", required=True),
    "above": Key("number"),
    "below": Key("number"),
    "clear": Key("number"),
    "basis": Key("text", required=True, choices=get_args(Basis)),
    "why": _MUST,
    "source": _TEXT,
    "optional": Key("flag"),
}
PATTERN: Mapping[str, Key] = {
    "name": _MUST,
    "hold": Key("window", required=True),
    "evidence": _MUST,
    "weight": Key("text", choices=("verdict", "suspicion", "remark")),
    "families": Key("texts", choices=get_args(Family)),
    "warm": Key("flag"),
    "when": Key("tables", required=True, keys=ROW),
}
CAUSE: Mapping[str, Key] = {
    "text": _MUST,
    "confirm": _MUST,
    "rank": Key("rank"),
    "patterns": Key("texts"),
    "context": Key("values"),
}
REMEDY: Mapping[str, Key] = {
    "id": _MUST,
    "do": _MUST,
    "why": _MUST,
    "expect": _MUST,
    "strength": Key("text", required=True, choices=("A", "B", "C")),
    "patterns": Key("texts"),
    "source": _TEXT,
}
SOURCE: Mapping[str, Key] = {"key": _MUST, "cite": _MUST, "url": _TEXT}
TEST: Mapping[str, Key] = {
    "name": _MUST,
    "curves": Key("notations", required=True),
    "fires": _TEXT,
    "by": Key("number"),
    "since": Key("pair"),
    "verdict": Key("text", choices=get_args(VerdictName)),
    "context": Key("values"),
}
RULE: Mapping[str, Key] = {
    "id": _MUST,
    "title": _MUST,
    "severity": Key("text", required=True, choices=get_args(Severity)),
    "status": Key("text", required=True, choices=get_args(Status)),
    "summary": _MUST,
    "log_this": _MUST,
    "verdict": Key("text", choices=("stable", "mode_collapse", "convergence_failure")),
    "false_positives": Key("texts", required=True),
    "pattern": Key("tables", required=True, keys=PATTERN),
    "cause": Key("tables", keys=CAUSE),
    "remedy": Key("tables", keys=REMEDY),
    "source": Key("tables", keys=SOURCE),
    "test": Key("tables", required=True, keys=TEST),
}


def shape_faults(table: Table, keys: Mapping[str, Key] = RULE, where: str = "") -> Iterator[str]:
    """Yield a sentence for each key that is unknown, missing or of the wrong kind, in all tables below too."""
    for name in table.keys() - keys.keys():
        yield f"{where}{name}: no such key{suggest(name, keys)}; the keys here are {', '.join(keys)}"
    for name, key in keys.items():
        if name not in table:
            if key.required:
                yield f"{where}{name}: missing; {_needed(key)} is needed"
        elif key.kind == "tables":
            yield from _tables_faults(table[name], key, where + name)
        elif fault := _value_fault(table[name], key):
            yield f"{where}{name} = {shown(table[name])}: {fault}"


def tables(table: Table, name: str) -> list[Table]:
    """Get the tables of a list of tables; nothing for a key of another kind."""
    found = table.get(name)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def label(table: Table, index: int) -> str:
    """Say what a table is called in a message: its name, id or key, else its place in the list, from 1."""
    named = (table.get(name) for name in ("name", "id", "key"))
    return next((name for name in named if isinstance(name, str) and name), str(index + 1))


def suggest(word: str, known: Mapping[str, object]) -> str:
    """Name the nearest known words as a clause of a sentence; "" where none is near."""
    import difflib  # only a fault needs it

    near = difflib.get_close_matches(word, list(known), n=3)
    return f" (did you mean {' or '.join(near)}?)" if near else ""


def shown(value: object) -> str:
    """Print a value for a message, cut to a line."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def is_number(value: object) -> bool:
    """Whether a value is a finite number; a TOML boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _tables_faults(found: object, key: Key, where: str) -> Iterator[str]:
    if not isinstance(found, list) or not found or not all(isinstance(item, Mapping) for item in found):
        yield f"{where} = {shown(found)}: {_needed(key)} is needed, as [[{where.rpartition('.')[2]}]]"
        return
    for index, item in enumerate(found):
        yield from shape_faults(item, key.keys, f"{where}.{label(item, index)}.")


def _value_fault(value: object, key: Key) -> str:
    if not _KINDS[key.kind][1](value):
        return f"{_needed(key)} is needed"
    texts = value if isinstance(value, list) else [value]
    wrong = [text for text in texts if key.choices and text not in key.choices]
    return f"must be one of {', '.join(key.choices)}" if wrong else ""


def _needed(key: Key) -> str:
    return f"one of {', '.join(key.choices)}" if key.choices and key.kind == "text" else _KINDS[key.kind][0]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_text(item) for item in value)


def _is_window(value: object) -> bool:
    if not isinstance(value, Mapping) or not value.keys() <= {"points", "share"}:
        return False
    points, share = value.get("points"), value.get("share", 0.0)
    return type(points) is int and points >= 1 and is_number(share) and 0 <= share <= 1


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(is_number(item) for item in value)


def _is_notations(value: object) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(isinstance(item, str) for item in value.values())


_KINDS: dict[Kind, tuple[str, Any]] = {
    "text": ("a text that is not empty", _is_text),
    "number": ("a finite number", is_number),
    "flag": ("true or false", lambda value: isinstance(value, bool)),
    "rank": ("a whole number, 0 or more", lambda value: type(value) is int and value >= 0),
    "texts": ("a list of texts", _is_texts),
    "window": ("a window such as { points = 50, share = 0.05 }", _is_window),
    "pair": ("two numbers, [first, last]", _is_pair),
    "notations": ('a table of curves such as { d_loss = "0.6~0.1*300" }', _is_notations),
    "values": ("a table of values", lambda value: isinstance(value, Mapping)),
    "tables": ("a list of one table or more", None),
}
