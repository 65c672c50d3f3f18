"""A rule file that is right in every way, for the tests that break it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
id       = "loud"
verdict  = "convergence_failure"
title    = "G is loud"
severity = "warning"
status   = "experimental"
summary  = '''
One paragraph
of two lines.

Another one.
'''
log_this = "g_loss"
false_positives = ["Another loss."]

[[pattern]]
name     = "shouts"
hold     = { points = 50, share = 0.05 }
evidence = "G's loss is {level:.1f}"

[[pattern.when]]
name   = "level"
signal = "median(g_level)"
window = { points = 50 }
above  = 2
clear  = 1.5
basis  = "published"
source = "smith"
why    = "Why not."

[[cause]]
text    = "A cause."
confirm = "A look."
context = { framework = "keras", batch_size = [1, 2] }

[[remedy]]
id       = "whisper"
do       = "Do."
why      = "Because."
expect   = "Less."
strength = "C"
patterns = ["shouts"]
source   = "smith"

[[source]]
key  = "smith"
cite = "Smith 2020"

[[test]]
name   = "loud"
curves = { d_loss = "0.7*300", g_loss = "5*300" }
fires  = "shouts"
by     = 200
since  = [1, 50]

[[test]]
name   = "quiet"
curves = { d_loss = "0.7*300", g_loss = "0.7*300" }
"""


def write(folder: Path, text: str = GOOD, name: str = "loud.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder
