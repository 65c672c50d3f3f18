"""What an `expect.toml` demands of the diagnosis of the run beside it, read strictly: a typo must not pass as silence.

Keys: `verdict` and `kind` (the rule behind it, "" for none); `also` and `also_kind` (answers that are as good);
`fired` (rules that must have fired) and `silent` (rules that must not speak at the end of the log, not even as a
suspicion); `suspicion` (a verdict that must at least be suspected); `since` and `fired_at` (windows of steps for where
the present failure began and where it was sure); `[[window]]` with `rule`, `since`, `fired_at` (the same for any rule
that fired, healed ones too); `[[bypass]]` with `what`, `why`, `who`, `until` (a change that is known and let pass);
`truth` (what the run really is, from its samples) and `[golden]` (numbers for tests of one's own) are not judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, get_args

from gandoctor.checks.bypass import Bypass, bypass
from gandoctor.checks.fields import one_of, table_of
from gandoctor.errors import BadExpectation
from gandoctor.model import VerdictName
from gandoctor.toml import load as load_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

FILE = "expect.toml"
VERDICT_NAMES: tuple[str, ...] = get_args(VerdictName)
BYPASSED = ("verdict", "kind", "fired", "silent", "suspicion", "since", "fired_at", "window")
"""What a bypass can name, beside the id of a rule."""

Steps = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Window:
    """Steps, both ends included, between which `rule` must have begun (`since`) and been sure (`fired_at`)."""

    rule: str
    since: Steps | None = None
    fired_at: Steps | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is demanded of one run; empty and None mean that nothing is."""

    verdict: str
    kind: str = ""
    also: tuple[str, ...] = ()
    also_kind: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    suspicion: str = ""
    since: Steps | None = None
    fired_at: Steps | None = None
    windows: tuple[Window, ...] = ()
    bypasses: tuple[Bypass, ...] = ()
    truth: str = ""


def load(path: Path, rules: Collection[str]) -> Expectation:
    """Read one file; BadExpectation lists every fault by key. `rules` are the ids that there are."""
    try:
        table = load_toml(path)
    except ValueError as error:
        raise BadExpectation(f"{path}: {error}") from error
    except OSError as error:
        raise BadExpectation(f"{path}: cannot be read ({error.strerror})") from error
    expectation, faults = parse(table, rules)
    if expectation is None or faults:
        raise BadExpectation("\n".join(f"{path}: {fault}" for fault in faults))
    return expectation


def parse(table: Mapping[str, Any], rules: Collection[str]) -> tuple[Expectation | None, list[str]]:
    """The expectation in a table of TOML, and all that is wrong with it; None where there is no usable one."""
    known = ", ".join(_FIELDS)
    faults = [f"{key}: is no key of an expectation; there are {known}" for key in table if key not in _FIELDS]
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key in _FIELDS and (reader := _FIELDS[key]) is not None:
            try:
                values[_ATTRIBUTE.get(key, key)] = reader(value, rules)
            except ValueError as error:
                faults.append(f"{key}: {error}")
    if "verdict" not in table:
        faults.append(f"verdict: is missing; one of {', '.join(VERDICT_NAMES)}")
    if faults:
        return None, faults
    both = set(values.get("fired", ())) & set(values.get("silent", ()))
    faults += [f"silent: {rule} is in fired as well" for rule in sorted(both)]
    return Expectation(**values), faults


def _verdict(value: object, rules: Collection[str]) -> str:
    del rules
    return one_of(value, VERDICT_NAMES, "verdict")


def _kind(value: object, rules: Collection[str]) -> str:
    return "" if value == "" else one_of(value, rules, "rule")


def _many(reader: Callable[[object, Collection[str]], str]) -> Callable[[object, Collection[str]], tuple[str, ...]]:
    def read(value: object, rules: Collection[str]) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise ValueError(f'{value!r} is no list: write ["..."]')
        return tuple(reader(item, rules) for item in value)

    return read


def _steps(value: object, rules: Collection[str] = ()) -> Steps:
    del rules
    if not (isinstance(value, list) and len(value) == 2 and all(type(x) in (int, float) for x in value)):
        raise ValueError(f"{value!r} is no window of steps: write [first, last]")
    low, high = map(float, value)
    if not (-inf < low <= high) or not isfinite(low):
        raise ValueError(f"{value!r} ends before it begins")
    return low, high


def _window(value: object, rules: Collection[str]) -> Window:
    table = table_of(value, ("rule",), ("since", "fired_at"))
    spans = {key: _steps(table[key]) for key in ("since", "fired_at") if key in table}
    return Window(one_of(table["rule"], rules, "rule"), **spans)


def _bypass(value: object, rules: Collection[str]) -> Bypass:
    return bypass(value, {*BYPASSED, *rules})


def _tables(reader: Callable[[object, Collection[str]], Any]) -> Callable[[object, Collection[str]], tuple[Any, ...]]:
    def read(value: object, rules: Collection[str]) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError("is one table: write it with two brackets, so that there can be several")
        return tuple(reader(item, rules) for item in value)

    return read


_FIELDS: Mapping[str, Callable[[object, Collection[str]], Any] | None] = {
    "verdict": _verdict,
    "kind": _kind,
    "also": _many(_verdict),
    "also_kind": _many(_kind),
    "fired": _many(lambda value, rules: one_of(value, rules, "rule")),
    "silent": _many(lambda value, rules: one_of(value, rules, "rule")),
    "suspicion": _verdict,
    "since": _steps,
    "fired_at": _steps,
    "window": _tables(_window),
    "bypass": _tables(_bypass),
    "truth": _verdict,
    "golden": None,
}
"""Key -> how its value is read; None for what is left to others."""

_ATTRIBUTE = {"window": "windows", "bypass": "bypasses"}
