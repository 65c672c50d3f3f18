"""Which changes to the code no test notices: mutation testing of the three files that make a verdict.

    pip install mutmut
    python tests/benchmarks/mutants.py [convention] [verdict] [engine] [--children N]

mutmut changes one operator, constant, argument or word at a time in a copy of the tree and runs the tests that reach
it. Prints the counts of each file and every change that survived; status 1 where one survived that `ALIKE` does not
explain. mutmut leaves decorated functions and what stands outside of functions alone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = {
    "convention": ("test_derived", "test_convention"),
    "verdict": ("test_conclude", "test_confidence"),
    "engine": ("test_monitor", "test_engine"),
}
SURVIVED, UNREACHED = 0, 33
"""mutmut's exit codes of a change that the tests passed with, and of one that no test reached."""
ALIKE = {
    "convention.sign <= 0": "a sign is 1 or -1",
    "convention.sign < 1": "a sign is 1 or -1",
    "dtype=None": "the values are float64 already",
    "0, 1), )": "the values are float64 already",
    "0, 1)), None, 1)": "the inner bound is 0, and exp(0) - 1 is 0",
    "weight * d_fake, None, 1)": "the outer bound is 0",
    "weight * d_fake, 0, 2)": "the outer bound is 1; the inner one keeps exp from overflowing",
    'float("NAN")': "the same number",
    "return 1 if curve is None": "1 and 0 are both too few",
    "strict=None": "the views are those of these tracks",
    "strict=False": "the views are those of these tracks",
    "_with_rows(tracks), )": "the views are those of these tracks",
    "first = None": "the same rows, found the long way",
    "curve.steps is first and": "the same rows, found the long way",
    "np.array_equal(None, first)": "the same rows, found the long way",
    "np.array_equal(curve.steps, None)": "the same rows, found the long way",
    "(pair) or True": "no name of a run without pairs ends so",
    'if pair else "XXXX"': "no name of a run without pairs ends so",
    "self._waiting.get(pair, None)": "None waits as little as an empty list",
    "self._waiting.get(pair, ), []": "None waits as little as an empty list",
    "(here) or True": "what the other reading shows counts only where something was found",
}
"""Parts of a changed line that makes no difference, and why."""
CONFIGURATION = """
[tool.mutmut]
source_paths = ["gandoctor"]
only_mutate = ["gandoctor/{name}.py"]
also_copy = ["rules", "fixtures"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:gandoctor"]
timeout_multiplier = 4.0
"""


def copied(name: str, place: Path) -> None:
    """A copy of what the tests of a file need, with mutmut's settings in its pyproject.toml."""
    for part in ("gandoctor", "rules"):
        shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("tests", "fixtures"):
        (place / part).mkdir()
    for file in (ROOT / "tests").glob("*.py"):
        shutil.copy(file, place / "tests")
    tests = json.dumps([f"tests/{test}.py" for test in TESTS[name]])
    settings = (ROOT / "pyproject.toml").read_text() + CONFIGURATION.format(name=name, tests=tests)
    (place / "pyproject.toml").write_text(settings)


def mutmut(place: Path, *words: str) -> str:
    """What mutmut says, run in a copy."""
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *words], cwd=place, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"mutmut failed; is it installed?\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def survivors(name: str, place: Path, children: int) -> tuple[int, list[str]]:
    """How many changes there are, and the diffs of those that no test notices."""
    mutmut(place, "run", "--max-children", str(children))
    results = json.loads((place / "mutants" / "gandoctor" / f"{name}.py.meta").read_text())["exit_code_by_key"]
    alive = [mutant for mutant, code in results.items() if code in (SURVIVED, UNREACHED)]
    return len(results), [mutmut(place, "show", mutant) for mutant in alive]


def reason(diff: str) -> str:
    """Why a change makes no difference; "" where nothing explains it."""
    added = "\n".join(line for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++"))
    return next((why for part, why in ALIKE.items() if part in added), "")


def main() -> int:
    """Print the counts and the survivors; status 1 where one of them is not explained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", choices=[[], *TESTS], default=[])
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    bad = 0
    for name in args.files or TESTS:
        with tempfile.TemporaryDirectory() as folder:
            copied(name, Path(folder))
            count, diffs = survivors(name, Path(folder), args.children)
        open_ = [diff for diff in diffs if not reason(diff)]
        bad += len(open_)
        print(
            f"{name}: {count} changes, {count - len(diffs)} noticed, {len(diffs) - len(open_)} alike, {len(open_)} not"
        )
        for diff in diffs:
            print(f"  {reason(diff) or 'NOT EXPLAINED'}", *diff.splitlines(), sep="\n    ")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
