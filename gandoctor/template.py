"""A sentence with places for measurements: `{row}` with a number format, or one of three words for plain reading."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SPEC = re.compile(r"(size )?[-+ ]?0?\d{0,2},?(\.\d{1,2})?[fgeE%]?|side|factor")
"""What may stand behind a row's name: Python's formats for numbers, and the words of `fill`."""

_LARGEST = 7.0
"""Beyond this power of ten a factor is written as a power."""


def fill(template: str, values: Mapping[str, float]) -> str:
    """Return the template with its places filled: `{row}`, `{row:.2f}` and so on, as in `str.format`.

    `{row:size .2f}` leaves the sign out, `{row:side}` says it as "above" or "below", and `{row:factor}` is ten to the
    power of the value, to two digits: "200" for 2.3.
    """
    return _Template().vformat(template, (), values)


class _Template(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "side":
            return "above" if value > 0 else "below"
        if format_spec == "factor":
            return _factor(value)
        if format_spec.startswith("size "):
            return format(abs(value), format_spec.removeprefix("size "))
        return format(value, format_spec)


def _factor(power: float) -> str:
    """Return 10 to the power, to two digits; the power itself where the number would be longer than seven digits."""
    if not power <= _LARGEST:
        return f"10^{power:.0f}"
    rounded = float(f"{10.0**power:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"
