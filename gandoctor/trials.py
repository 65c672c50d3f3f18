"""Which remedies were tried on recorded runs, and whether they helped: pairs of runs, one before and one after."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gandoctor.demo import recorded
from gandoctor.errors import BadOption
from gandoctor.report.words import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gandoctor.demo import Recorded

_VERDICTS = {str(name): words.lower() for name, words in VERDICTS.items()}


@dataclass(frozen=True, slots=True)
class Trial:
    """One remedy applied to one recorded run, which was then trained again with nothing else changed.

    `before` and `after` are the verdicts on the two logs; `samples` is what the samples of the second run show, by the
    same names, and empty where nobody measured it.
    """

    rule: str
    remedy: str
    run: str
    before: str
    after: str
    samples: str = ""

    @property
    def helped(self) -> bool:
        """Whether the run was ill before, and neither its log nor its samples are afterwards."""
        return self.before != "stable" == self.after and self.samples in ("", "stable")


def trials(folders: Sequence[Recorded] | None = None) -> tuple[Trial, ...]:
    """The trials among recorded runs, by default those that ship; none where no runs were installed.

    A run made with a remedy says so in its recipe.toml: `rule`, `remedy`, and `before`, the run without it.
    """
    if folders is None:
        try:
            folders = recorded()
        except BadOption:
            return ()
    runs = {run.name: run for run in folders}
    return tuple(trial for run in folders if (trial := _trial(run, runs)) is not None)


def sentences(tried: Sequence[Trial], rule: str, remedy: str) -> tuple[str, ...]:
    """What the trials say of a remedy of a rule: one sentence for each pair of outcomes, what helped first."""
    mine = sorted((t for t in tried if (t.rule, t.remedy) == (rule, remedy)), key=lambda trial: not trial.helped)
    outcomes = Counter((t.helped, _scenario(t.run), t.before, t.after, t.samples) for t in mine)
    return tuple(_sentence(*outcome, runs=runs) for outcome, runs in outcomes.items())


def _sentence(helped: bool, scenario: str, before: str, after: str, samples: str, *, runs: int) -> str:
    times = f"{runs} runs" if runs > 1 else "1 run"
    change = f"{_VERDICTS[before]} before, {_VERDICTS[after]} after"
    if helped:
        return f"Verified here on {scenario} ({times}): {change}."
    seen = f", by the samples {_VERDICTS[samples]}" if samples and samples != after else ""
    return f"Tried here on {scenario} ({times}), it did not help: {change}{seen}."


def _trial(run: Recorded, runs: dict[str, Recorded]) -> Trial | None:
    recipe = _toml(run.log.parent / "recipe.toml")
    if "remedy" not in recipe or recipe.get("before") not in runs:
        return None
    before = runs[recipe["before"]]
    truth = str(_toml(run.log.parent / "expect.toml").get("truth", ""))
    return Trial(str(recipe.get("rule", "")), str(recipe["remedy"]), before.name, before.verdict, run.verdict, truth)


def _scenario(run: str) -> str:
    """Return the name of a recorded run without its seed."""
    scenario, _, seed = run.rpartition("-s")
    return scenario if seed.isdigit() else run


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
