"""`gandoctor rules` and `gandoctor explain`: what the rules are, and whether they do what they promise."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from gandoctor.commands.screen import complain, screen, show
from gandoctor.errors import BadOption
from gandoctor.report.words import VERDICTS, count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.ruletest import CaseResult


def explain(name: str, rulebook: str, folders: Sequence[Path]) -> int:
    """Print the page of one rule; BadOption with the nearest names where there is none."""
    from gandoctor.explain import page
    from gandoctor.rulebook import load
    from gandoctor.trials import trials

    rules = {rule.id: rule for rule in load(rulebook, folders).rules}
    if name not in rules:
        raise BadOption(f"there is no rule {name!r}; {_nearest(name, list(rules))}")
    now = screen()
    show(page(rules[name], now.colour, now.width, now.blocks, trials()), now.colour)
    return 0


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name.lower().replace("_", "-"), known, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"


def list_all(rulebook: str, folders: Sequence[Path]) -> int:
    """Print one line a rule: its id, the verdict that it gives, how tried it is, its title."""
    from gandoctor.report.terminal import table
    from gandoctor.rulebook import load

    book = load(rulebook, folders)
    rows = [(r.id, VERDICTS[r.verdict] if r.verdict else "a remark", r.status, r.title) for r in book.rules]
    now = screen()
    show(table(("rule", "verdict", "status", "what it is"), rows, now.colour, now.width, now.blocks), now.colour)
    show("\nstable: right on three runs of known outcome or more, wrong on no healthy one; experimental: not yet.\n")
    show(f"Rulebook {book.name}, hash {book.hash}. One of them: gandoctor explain RULE\n")
    return 0


def test(folder: Path | None, rulebook: str) -> int:
    """Run the cases of a rulebook, or of one's own folder of rules beside it; status 1 where one fails."""
    from gandoctor.rulebook import load
    from gandoctor.ruletest import run_cases

    book = load(rulebook, (folder,) if folder else ())
    chosen = [rule.id for rule in book.rules if folder is None or Path(rule.path).parent.resolve() == folder.resolve()]
    results = run_cases(book, chosen)
    for result in results:
        if not result.passed:
            complain(_failed(result))
    wrong = sum(not result.passed for result in results)
    tried = f"{count(len(results), 'case')} of {count(len(chosen), 'rule')}"
    show(f"{tried}: {len(results) - wrong} passed, {wrong} failed\n")
    return 1 if wrong else 0


def _failed(result: CaseResult) -> str:
    return "\n".join((f"{result.rule}: {result.case}", *(f"  {failure}" for failure in result.failures)))
