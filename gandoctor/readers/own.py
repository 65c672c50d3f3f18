"""Recognises what gandoctor itself wrote: a report lies beside the log, is full of numbers, and is no log."""

from __future__ import annotations

import re

PART = 4096
"""Characters from the beginning of a file in which it shows."""

_REPORT = "is a report that gandoctor wrote; give the log that it was made from"
_PAGE = '<meta name="generator" content="gandoctor '
_VERDICT = "(?:Stable|Mode collapse|Convergence failure|Inconclusive)"
_SUBJECT = r"[^|]{1,300}?: (?:[\d,]+ points?, [^|]{1,80}?|no points)"
_MARKS = tuple(
    map(
        re.compile,
        (
            rf"{_SUBJECT} {_VERDICT}\b",
            rf"## {_VERDICT}\b[^|]{{0,600}}?{_SUBJECT}",
            r"## \d+ runs \| Log \| Verdict \|",
            r"run +expected +found +result\b",
            r'[\[{][\[{ ]*"schema_version": ?"[\d.]+", ?"gandoctor": ?"',
            r'<\?xml[^>]*> <testsuites name="gandoctor"',
            r'\{.{0,200}?"driver": \{ "name": "gandoctor"',
        ),
    )
)
"""How reports begin, white space being single spaces: text, Markdown, several runs, checks, JSON, JUnit, SARIF."""

_TABLE = ("log,verdict,kind,confidence,", '{"log": "')
_COLUMNS = ("stamp", "rulebook")
_PICTURE = ("<?xml", "<svg")


def refusal(start: str) -> str:
    """Why a file that begins so is not read, as the rest of a sentence that begins with its name; "" if it may be."""
    start = start[:PART].lstrip("\ufeff \t\r\n")
    if _PAGE in start:
        return "is a page that gandoctor wrote; give the log that it was made from"
    line = start.partition("\n")[0]
    if line.startswith(_TABLE) and all(name in line for name in _COLUMNS):
        return "is the table of a gandoctor scan; give the logs that it was made from"
    if start.startswith(_PICTURE) and "<svg" in start[:1000]:
        return "is a picture; give the numbers from which it was drawn"
    plain = " ".join(start[:1500].split())
    return _REPORT if any(mark.match(plain) for mark in _MARKS) else ""
