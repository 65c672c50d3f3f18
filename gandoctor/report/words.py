"""How numbers, steps and probabilities are said, and how text from a log is made safe to print."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gandoctor.model import Basis, Unit, VerdictName

VERDICTS: dict[VerdictName, str] = {
    "stable": "Stable",
    "mode_collapse": "Mode collapse",
    "convergence_failure": "Convergence failure",
    "inconclusive": "Inconclusive",
}

BASES: dict[Basis, str] = {
    "derived": "can be proved",
    "published": "stated in a paper",
    "documented": "stated in a guide",
    "calibrated": "measured on runs whose outcome is known",
}
"""What kind of knowledge a bound rests on, for a reader who does not know our terms."""

GROUNDS: dict[Basis, str] = {
    "derived": "proved",
    "published": "from a paper",
    "documented": "from a guide",
    "calibrated": "from runs of known outcome",
}
"""The same in the few words that a line of a report has room for."""

STRENGTHS = {
    "A": "a theorem with replicated experiments, or a large comparison",
    "B": "one strong paper or several independent reports",
    "C": "advice of practitioners",
}
"""How much speaks for a remedy, by its letter."""

PHRASES = {
    "median": "median {}",
    "mean": "mean {}",
    "minimum": "lowest {}",
    "maximum": "highest {}",
    "low": "{} in all but the lowest tenth of rows",
    "high": "{} in all but the highest tenth of rows",
    "first": "first {}",
    "last": "last {}",
    "rise": "change of {} from the first to the last",
    "spread": "spread of {}",
    "wobble": "relative movement of {}",
    "extent": "usual size of {}",
    "count": "number of points of {}",
    "span": "range of {} as a share of its level",
    "distinct": "share of rows in which {} changes",
    "rounding": "last printed digit of {} relative to its value",
    "pinned": "share of {} on a cut-off constant",
    "lag1": "likeness of neighbouring values of {}",
    "smoothness": "likeness of neighbouring changes of {}",
    "trend": "steady change of {}",
    "climb": "steady change of {} in units of its noise",
    "worsening": "{}, relative to its best,",
    "loss_of": "share of the best {} that is lost",
    "worsening_error": "rise of {} from its best, in units of chance error,",
    "loss_error": "fall of {} from its best, in units of chance error,",
    "jump": "jump of {} in units of its usual scatter",
    "explosion": "{} in powers of ten above its usual size",
    "surge": "{} in powers of ten above its size at the beginning",
    "decay": "power of the row number by which changes of {} shrink",
    "swing": "swing of {} up and down",
    "nonfinite": "rows in succession without a finite {}",
    "common_period": "points to a common swing of {}",
    "drift": "steady change of {} in units of chance error",
    "hush": "noise of {} relative to before",
    "quieter": "noise of {} relative to before, the first over the second,",
    "outburst": "scatter of {} relative to before",
    "unrest": "scatter of {} relative to its quiet times",
    "memory": "likeness of neighbouring batches in {}",
    "answer": "common part of the rise of {}",
    "gain": "steady drifting apart of {}",
    "kept": "remaining likeness of neighbouring batches in {}",
}
"""A statistic of a metric, as a report says it."""

STATISTICS = {
    "low": "a tenth of the values lie below it",
    "high": "a tenth of the values lie above it",
    "first": "the first point, of a long run the mean of its first points",
    "last": "the median of the last three points",
    "rise": "the last point less the first",
    "spread": "how far the values usually lie from their median",
    "wobble": "how far the curve moves, as a share of its level",
    "extent": "the usual size, without the sign",
    "count": "how many points there are",
    "span": "the largest minus the smallest value, as a share of the level",
    "distinct": "the share of points that differ from the one before",
    "rounding": "the unit of the last printed digit, relative to the value",
    "pinned": "the share of points on a value at which the framework cuts the loss off",
    "lag1": "how alike neighbouring points are, 1 at most",
    "smoothness": "how alike neighbouring changes are, 1 at most",
    "trend": "the steady change over these points, 0 where it may be by chance",
    "climb": "the steady change over these points, in units of the curve's own noise",
    "worsening": "the present value over the best so far",
    "loss_of": "the share of the best value so far that was lost",
    "worsening_error": "the rise from the best so far, in units of the error that chance makes",
    "loss_error": "the fall from the best so far, in units of the error that chance makes",
    "jump": "how far the last tenth of the points lies from the rest, in units of the rest's noise",
    "explosion": "how many powers of ten above its usual size the curve is",
    "surge": "how many powers of ten above its size at the beginning the curve is",
    "decay": "how fast the changes of the curve shrink, -1 for a running mean",
    "swing": "half the distance between the lowest and the highest twentieth of the values",
    "nonfinite": "how many values in a row were NaN or infinite",
    "common_period": "after how many points both curves repeat, 0 for never",
    "drift": "the steady change, in units of the error that chance makes (standard error): within 2 is none",
    "hush": "the noise of the last fifth of the points over that of the fifths before",
    "quieter": "the share of its noise that the first curve has kept over the share that the second has kept",
    "outburst": "the scatter of the last tenth of the points over that of the tenths before",
    "unrest": "the scatter of the last fortieth of the points over that in the quietest quarter of the run",
    "memory": "how much one batch's loss tells of the next one's and of the other half's: 1 where weights stand still",
    "gain": "how far the first curve rises against the second, in units of the error that chance makes",
    "kept": "the largest share that may be left of what linked one batch with the next and with the other half before",
    "answer": "the largest share of the second curve's rise with which the first may have gone along",
}
"""What a statistic of a rule measures; those that everybody knows are not here."""

_SURE = (
    (0.95, "almost certain"),
    (0.85, "very likely"),
    (0.7, "likely"),
    (0.5, "more likely than not"),
    (0.0, "less likely than not"),
)


def number(value: float) -> str:
    """Return the value to three significant digits, without an exponent between 0.0001 and 10 million."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e7 or size < 1e-4:
        return f"{value:.2e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    if value.is_integer():
        return f"{value:,.0f}"
    return _trimmed(value, max(0, 2 - math.floor(math.log10(size))))


def _trimmed(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def place(value: float) -> str:
    """Return a step's number: whole where it is whole, and never rounded to three digits."""
    if not math.isfinite(value):
        return number(value)
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}".rstrip("0")


def step(unit: Unit, value: float) -> str:
    """One place in the run: "step 96", "epoch 12", "1.5 kimg" (thousands of images)."""
    return f"{place(value)} kimg" if unit == "kimg" else f"{unit} {place(value)}"


def span(unit: Unit, start: float, end: float) -> str:
    """Return a stretch of the run: "steps 96 to 450"."""
    if start == end:
        return step(unit, start)
    if unit == "kimg":
        return f"{place(start)} to {place(end)} kimg"
    return f"{unit}s {place(start)} to {place(end)}"


def percent(share: float) -> str:
    """Return a probability or a share as whole percent; never 0 % or 100 % for what is not exactly that."""
    if math.isnan(share):
        return "not estimated"
    if 0 < share < 0.01:
        return "less than 1 %"
    if 0.99 < share < 1:
        return "more than 99 %"
    return f"{100 * share:.0f} %"


def sureness(probability: float) -> str:
    """Return a probability in words and percent: "very likely (94 %)"."""
    if math.isnan(probability):
        return "how sure is not known"
    words = next(words for bound, words in _SURE if probability >= bound)
    return f"{words} ({percent(probability)})"


def count(number_: int, noun: str) -> str:
    """Return a count with its noun: "1 point", "450 points"."""
    return f"{number_:,} {noun}" if number_ == 1 else f"{number_:,} {noun}s"


def listed(items: list[str], most: int, separator: str = ", ") -> str:
    """Return the first `most` items with separators between, and how many more there are."""
    shown = separator.join(items[:most])
    return f"{shown} and {len(items) - most} more" if len(items) > most else shown


_COMMAND = re.compile(r"(?<!\S)(?::(?=:)|#(?=#\[))")
"""What begins a command of GitHub's and Azure's runners, on standard output and standard error alike."""


def clean(text: object) -> str:
    """Text that cannot steer a terminal: control and direction characters and lone surrogates become escapes.

    Line breaks and tabs become spaces, so that one name is one line. So does the first sign of a word that a CI server
    would take for a command if it came to stand at the beginning of a line.
    """
    plain = str(text)
    if not (plain.isascii() and plain.isprintable()):
        plain = "".join(_visible(character) for character in plain)
    if "::" in plain or "##[" in plain:
        return _COMMAND.sub(lambda found: f"\\x{ord(found[0]):02x}", plain)
    return plain


def _visible(character: str) -> str:
    if character in "\r\n\t":
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character.encode("unicode_escape").decode("ascii")
    return character
