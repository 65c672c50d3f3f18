"""Jupyter notebooks: the printed output of their cells, in the order of the cells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TEXT_TYPES = ("text/html", "text/plain")


def notebook_output(text: str) -> str | None:
    """What the cells of a notebook printed, tables as HTML; None where the text is no notebook."""
    if '"cells"' not in text and '"worksheets"' not in text:
        return None
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(parsed, dict) or "nbformat" not in parsed:
        return None
    sheets = [parsed, *_objects(parsed.get("worksheets"))]
    return "\n".join(part for sheet in sheets for cell in _objects(sheet.get("cells")) for part in _outputs(cell))


def _objects(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects in a list; nothing where the notebook is malformed."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _outputs(cell: Mapping[str, Any]) -> Iterator[str]:
    for output in _objects(cell.get("outputs")):
        if "text" in output:
            yield _joined(output["text"])
        data = output.get("data")
        data = data if isinstance(data, dict) else {}
        kind = next((kind for kind in _TEXT_TYPES if kind in data), None)
        if kind is not None:
            yield _joined(data[kind])


def _joined(text: Any) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text)
