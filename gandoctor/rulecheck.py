"""Whether a rule file means something: names, signals, bounds, templates, references and cases. Finds all faults."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from string import Formatter

from gandoctor.metrics import DERIVED, METRICS
from gandoctor.notation import parse
from gandoctor.ruleshape import Table, is_number, label, shape_faults, shown, suggest, tables
from gandoctor.template import SPEC

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SIGNAL = re.compile(r"\s*([a-z][a-z0-9_]*)\s*\(\s*([a-z0-9_]+(?:\s*,\s*[a-z0-9_]+)*)\s*\)\s*")
"""`statistic(metric)` or `statistic(metric, metric)`."""
_LONGEST = 3000
MOST_FAULTS = 100
"""Nobody reads more of one file, and each costs a search for what may have been meant."""


def faults(rule: Table, stem: str) -> list[str]:
    """Name what is wrong with one rule file, as `key = value: what would be right`, up to `MOST_FAULTS`.

    `rule` is the parsed TOML, `stem` the file's name without `.toml`, which must be the rule's id.
    """
    patterns = _names(tables(rule, "pattern"), "name")
    sources = _names(tables(rule, "source"), "key")
    found = chain(
        shape_faults(rule),
        _id_faults(rule, stem),
        _duplicates(rule),
        *(_pattern_faults(p, f"pattern.{label(p, i)}.", rule) for i, p in enumerate(tables(rule, "pattern"))),
        _reference_faults(rule, "cause", "patterns", patterns),
        _reference_faults(rule, "remedy", "patterns", patterns),
        _reference_faults(rule, "remedy", "source", sources),
        *(_case_faults(c, f"test.{label(c, i)}.", patterns) for i, c in enumerate(tables(rule, "test"))),
        _coverage_faults(rule),
    )
    told = [_cut(fault) for fault in dict.fromkeys(islice(found, MOST_FAULTS))]
    return told if next(found, None) is None else [*told, "there are more faults: mend these first"]


def _cut(fault: str) -> str:
    """The sentence without the middle of a name that is as long as a file."""
    return fault if len(fault) <= _LONGEST else f"{fault[: _LONGEST // 2]} ... {fault[-_LONGEST // 2 :]}"


def signal_parts(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Split `statistic(metric, ...)` into the statistic's name and the metrics'; None where it has another form."""
    match = SIGNAL.fullmatch(text)
    return (match[1], tuple(name.strip() for name in match[2].split(","))) if match else None


def statistics() -> Mapping[str, int]:
    """Map each statistic that a signal may name to the number of metrics that it takes."""
    from gandoctor.statistics import STATISTICS  # a rule file is checked only where an engine is at hand

    return {name: statistic.arity for name, statistic in STATISTICS.items()}


def _names(rows: list[Table], key: str) -> dict[str, object]:
    return {row[key]: row for row in rows if isinstance(row.get(key), str)}


def _id_faults(rule: Table, stem: str) -> Iterator[str]:
    id_ = rule.get("id")
    if isinstance(id_, str) and not _ID.fullmatch(id_):
        yield f"id = {shown(id_)}: must be lower-case words joined by hyphens, as in late-collapse"
    elif isinstance(id_, str) and id_ != stem:
        yield f"id = {shown(id_)}: must be the file's name, {stem}; or rename the file to {id_}.toml"


def _duplicates(rule: Table) -> Iterator[str]:
    groups = [(rule, "pattern", "name"), (rule, "remedy", "id"), (rule, "source", "key"), (rule, "test", "name")]
    groups += [(pattern, "when", "name") for pattern in tables(rule, "pattern")]
    for table, name, key in groups:
        counts = Counter(row[key] for row in tables(table, name) if isinstance(row.get(key), str))
        inside = f"pattern.{table.get('name')}." if name == "when" else ""
        for word in (word for word, count in counts.items() if count > 1):
            yield f"{inside}{name}.{key} = {shown(word)}: used {counts[word]} times; each must have its own"


def _pattern_faults(pattern: Table, where: str, rule: Table) -> Iterator[str]:
    rows = tables(pattern, "when")
    certain = [row for row in rows if row.get("optional") is not True]
    yield from _template_faults(pattern.get("evidence"), _names(certain, "name"), where)
    if rows and (not certain or rows[0] is not certain[0]):
        yield f"{where}when.{rows[0].get('name')}.optional: the first row of a pattern dates it and cannot be optional"
    if pattern.get("weight") in ("verdict", "suspicion") and "verdict" not in rule:
        yield f"{where}weight = {shown(pattern['weight'])}: the rule has no verdict, so its patterns are remarks"
    for index, row in enumerate(rows):
        inside = f"{where}{label(row, index)}."
        yield from _name_faults(row, inside)
        yield from _signal_faults(row, inside)
        yield from _bound_faults(row, inside)
        yield from _basis_faults(row, inside, _names(tables(rule, "source"), "key"))


def _template_faults(template: object, rows: Mapping[str, object], where: str) -> Iterator[str]:
    """Only `{row}` and `{row:.2f}` are let through: no attribute, no index, no conversion, no nested field."""
    if not isinstance(template, str):
        return
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        yield f"{where}evidence = {shown(template)}: {error}; write {{name}} or {{name:.2f}}, and {{{{ for a brace"
        return
    for _, name, spec, conversion in parts:
        if name is None:
            continue
        if not _FIELD.fullmatch(name) or conversion or not SPEC.fullmatch(spec or ""):
            yield f"{where}evidence = {shown(template)}: only {{name}} and {{name:.2f}} are allowed, with a row's name"
        elif name not in rows:
            yield (
                f"{where}evidence = {shown(template)}: {{{name}}} names no row of this pattern{suggest(name, rows)}; "
                f"its rows are {', '.join(rows)}"
            )


def _name_faults(row: Table, where: str) -> Iterator[str]:
    name = row.get("name")
    if isinstance(name, str) and not _FIELD.fullmatch(name):
        yield f"{where}name = {shown(name)}: must be letters, digits and underscores, so that evidence can name it"


def _signal_faults(row: Table, where: str) -> Iterator[str]:
    text = row.get("signal")
    if not isinstance(text, str):
        return
    if (parts := signal_parts(text)) is None:
        yield f"{where}signal = {shown(text)}: write statistic(metric) or statistic(metric, metric)"
        return
    statistic, metrics = parts
    known = {**METRICS, **DERIVED}
    for name in (name for name in metrics if name not in known):
        yield f"{where}signal = {shown(text)}: no metric {name}{suggest(name, known)}; known are {', '.join(known)}"
    arities = statistics()
    if statistic not in arities:
        near = suggest(statistic, arities)
        yield f"{where}signal = {shown(text)}: no statistic {statistic}{near}; known are {', '.join(arities)}"
    elif arities[statistic] != len(metrics):
        yield f"{where}signal = {shown(text)}: {statistic} takes {arities[statistic]} metric(s), not {len(metrics)}"


def _bound_faults(row: Table, where: str) -> Iterator[str]:
    above, below, clear = (row.get(key) for key in ("above", "below", "clear"))
    if (above is None) == (below is None):
        yield f"{where}above, below: {'both' if above is not None else 'neither'} given; exactly one is needed"
    elif is_number(clear) and is_number(above) and clear > above:  # type: ignore[operator]  # both are numbers here
        yield f"{where}clear = {clear}: must not lie above the bound {above}; it is the value at which the row is over"
    elif is_number(clear) and is_number(below) and clear < below:  # type: ignore[operator]  # both are numbers here
        yield f"{where}clear = {clear}: must not lie below the bound {below}; it is the value at which the row is over"


def _basis_faults(row: Table, where: str, sources: Mapping[str, object]) -> Iterator[str]:
    source, basis = row.get("source"), row.get("basis")
    if source is None and basis in ("published", "documented"):
        yield f"{where}source: missing; a {basis} bound names the key of a [[source]]"
    elif isinstance(source, str) and source not in sources:
        yield f"{where}source = {shown(source)}: no such [[source]]{suggest(source, sources)}"


def _reference_faults(rule: Table, name: str, key: str, known: Mapping[str, object]) -> Iterator[str]:
    for index, row in enumerate(tables(rule, name)):
        words = row.get(key, [])
        for word in [words] if isinstance(words, str) else words if isinstance(words, list) else []:
            if isinstance(word, str) and word not in known:
                kind = key.removesuffix("s")
                yield f"{name}.{label(row, index)}.{key} = {shown(word)}: no such {kind}{suggest(word, known)}"


def _case_faults(case: Table, where: str, patterns: Mapping[str, object]) -> Iterator[str]:
    curves = case.get("curves")
    for metric, text in curves.items() if isinstance(curves, Mapping) else ():
        if metric.partition("@")[0] not in METRICS:
            near = suggest(metric, METRICS)
            yield f"{where}curves.{metric}: no metric of a log{near}; known are {', '.join(METRICS)}"
        try:
            parse(text if isinstance(text, str) else "0")
        except ValueError as error:
            yield f"{where}curves.{metric}: {error}"
    fires, since = case.get("fires"), case.get("since")
    if isinstance(fires, str) and fires not in patterns:
        yield f"{where}fires = {shown(fires)}: no such pattern{suggest(fires, patterns)}; leave it out for silence"
    if fires is None and ("by" in case or "since" in case):
        yield f"{where}fires: missing; by and since say when a pattern fires, so name it"
    if isinstance(since, list) and len(since) == 2 and all(map(is_number, since)) and since[0] > since[1]:
        yield f"{where}since = {since}: the first step lies after the last"


def _coverage_faults(rule: Table) -> Iterator[str]:
    cases = tables(rule, "test")
    if not any("fires" in case for case in cases):
        yield "test: no case fires; add a [[test]] with fires = a pattern's name"
    if not any("fires" not in case for case in cases):
        yield "test: no case demands silence; add a [[test]] without fires"
