"""The report as SARIF 2.1.0 (OASIS), which code scanning reads: an alert a finding, at its line of the log.

A finding keeps its fingerprint for as long as the same rule fires on the same pair of networks in the same file and is
as certain as before, so that a server tracks it from run to run. Files are relative to the project's folder; nothing
names this machine.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from gandoctor.report import sentences
from gandoctor.report.json import plain
from gandoctor.report.location import as_uri
from gandoctor.report.notices import UNDECIDED, notices
from gandoctor.report.words import VERDICTS, clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gandoctor.model import Diagnosis, Rule
    from gandoctor.report.notices import Notice

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_LINK = re.compile(r"\[(?=[^\]]*\]\()")
"""What would begin a link in a message (section 3.11.6)."""

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_NO_VERDICT = "The log does not show whether the training works: no failure is proved and none excluded."


def render(diagnosis: Diagnosis, file: str) -> str:
    """Return the document for one run; `file` is relative to the project's folder, "" where the log is no file."""
    found = notices(diagnosis)
    run = {
        "tool": {"driver": _driver(_rules(diagnosis, found))},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(diagnosis, file)],
        "results": [_result(notice, diagnosis, file) for notice in found],
        "properties": {"rulebook": clean(diagnosis.rulebook), "rulebookHash": diagnosis.rulebook_hash},
    }
    return _text(run)


def merged(documents: Sequence[str]) -> str:
    """Return the documents of several runs as one with one tool, since servers take one a tool and category.

    The rulebook must be the same in all of them.
    """
    runs = [json.loads(document)["runs"][0] for document in documents]
    if not runs:
        return _text({"tool": {"driver": _driver([])}, "results": []})
    rules = {rule["id"]: rule for run in runs for rule in run["tool"]["driver"]["rules"]}
    return _text(
        {
            **runs[0],
            "tool": {"driver": _driver(list(rules.values()))},
            "invocations": [one for run in runs for one in run["invocations"]],
            "results": [result for run in runs for result in run["results"]],
        }
    )


def _text(run: dict[str, Any]) -> str:
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _driver(rules: list[dict[str, Any]]) -> dict[str, Any]:
    from gandoctor import __version__

    return {"name": "gandoctor", "version": __version__, "rules": rules}


def _rules(diagnosis: Diagnosis, found: Iterable[Notice]) -> list[dict[str, Any]]:
    """Return the descriptors of the rules that the notices name, each once."""
    known = {clean(rule.id): rule for rule in diagnosis.rules}
    made: dict[str, dict[str, Any]] = {}
    for notice in found:
        if notice.rule in known:
            made[notice.rule] = _rule(known[notice.rule])
        else:
            text = _NO_VERDICT if notice.rule == UNDECIDED else sentences.ended(notice.title)
            made[notice.rule] = {"id": notice.rule, "shortDescription": {"text": text}}
    return list(made.values())


def _rule(rule: Rule) -> dict[str, Any]:
    from gandoctor.explain import page, paragraphs
    from gandoctor.report.markdown import rule_page

    verdict = VERDICTS[rule.verdict] if rule.verdict else "A remark"
    summary = next(filter(None, paragraphs(rule.summary)), "")
    return {
        "id": clean(rule.id),
        "shortDescription": {"text": sentences.sentence(rule.title)},
        "fullDescription": {"text": summary or sentences.sentence(rule.title)},
        "help": {"text": page(rule), "markdown": rule_page(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["gan", verdict.lower()]},
    }


def _invocation(diagnosis: Diagnosis, file: str) -> dict[str, Any]:
    """Return what could not be judged as notifications: it is no alert, but neither may it be lost."""
    about = clean(file or diagnosis.run.name)
    said = [f"{about}: {sentence}" for sentence in sentences.unanswered(diagnosis)]
    notes = [{"level": "note", "message": {"text": text}} for text in said]
    return {"executionSuccessful": True, "toolExecutionNotifications": notes}


def _result(notice: Notice, diagnosis: Diagnosis, file: str) -> dict[str, Any]:
    mark = _fingerprint(file or diagnosis.run.name, notice)
    properties: dict[str, Any] = {"verdict": diagnosis.verdict, "unit": diagnosis.run.unit, "sort": notice.sort}
    result: dict[str, Any] = {
        "ruleId": notice.rule,
        "level": notice.level,
        "message": {"text": _LINK.sub(r"\\[", notice.text)},
        "partialFingerprints": {"gandoctorFinding/v1": mark, "primaryLocationLineHash": f"{mark}:1"},
        "properties": properties,
    }
    if notice.step is not None:
        properties["since"] = plain(notice.step)
    if file:
        result["locations"] = [_location(notice, diagnosis, file)]
    return result


def _location(notice: Notice, diagnosis: Diagnosis, file: str) -> dict[str, Any]:
    """Return the place; code scanning refuses results without a line, so that what has none is put on the first."""
    line = None if notice.step is None else diagnosis.run.line(notice.step)
    artifact = {"uri": as_uri(file), "uriBaseId": _ROOT}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": line or 1}}}


def _fingerprint(file: str, notice: Notice) -> str:
    """Return the same digits for the same kind of finding in the same file, whatever its step and its numbers."""
    parts = json.dumps([file, notice.rule, notice.pair, notice.sort])
    return hashlib.sha256(parts.encode()).hexdigest()[:16]
