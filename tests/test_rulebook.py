"""Loading of rulebooks: what ships is sound, what the user adds or changes is taken, and the hash says which it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from loud_rule import GOOD, write

from gandoctor import rulebook
from gandoctor.errors import BadOption, BadRule
from gandoctor.rulebook import bounds, load, names

# --- what ships ----------------------------------------------------------------------------------------------------

SHIPPED = [(book, rule) for book in map(load, names()) for rule in book.rules]
DESIGNED = {
    "convergence_failure": {
        "discriminator-dominance",
        "evaluation-mismatch",
        "generator-dominance",
        "dead-discriminator",
        "non-finite",
        "divergence",
        "sustained-oscillation",
        "late-collapse",
        "discriminator-overfitting",
        "poor-samples",
    },
    "mode_collapse": {"low-diversity", "implied-low-coverage", "mode-hopping", "quality-collapse"},
    "stable": {"stable"},
    None: {"running-mean", "smoothed-log", "stagnation", "warm-up"},
}


def test_the_default_rulebook_holds_the_failures_of_the_design_under_their_verdicts() -> None:
    found = {verdict: {r.id for r in load().rules if r.verdict == verdict} for verdict in DESIGNED}
    assert {verdict: DESIGNED[verdict] - found[verdict] for verdict in DESIGNED} == {key: set() for key in DESIGNED}


def test_two_rulebooks_ship() -> None:
    assert names() == ("default", "documented")


def test_every_failure_of_the_default_rulebook_names_causes_and_remedies_with_their_sources() -> None:
    for rule in load().rules:
        if rule.verdict in ("convergence_failure", "mode_collapse"):
            assert len(rule.causes) >= 3, rule.id
            assert len(rule.remedies) >= 3, rule.id
            assert rule.sources, rule.id


def test_addresses_of_sources_are_secure_ones() -> None:
    for _, rule in SHIPPED:
        assert [source.url for source in rule.sources if source.url and not source.url.startswith("https://")] == [], (
            rule.id
        )


def test_no_source_is_listed_twice_in_a_rule() -> None:
    for _, rule in SHIPPED:
        addresses = [source.url for source in rule.sources if source.url]
        assert len(addresses) == len(set(addresses)), rule.id


def test_a_rule_is_found_by_its_id() -> None:
    assert load().rule("evaluation-mismatch").verdict == "convergence_failure"
    with pytest.raises(KeyError):
        load().rule("no-such-rule")


def test_a_file_that_did_not_change_is_parsed_once() -> None:
    load()
    before = rulebook._parsed.cache_info().misses
    load()
    assert rulebook._parsed.cache_info().misses == before


# --- a good file ---------------------------------------------------------------------------------------------------


def test_a_file_becomes_the_rule_that_it_says(tmp_path: Path) -> None:
    rule = load(extra=[write(tmp_path)]).rule("loud")
    (pattern,) = rule.patterns
    (row,) = pattern.when
    assert rule.summary == "One paragraph of two lines.\n\nAnother one."
    assert rule.path == str(tmp_path / "loud.toml")
    assert (pattern.weight, pattern.families, pattern.warm) == ("verdict", (), True)
    assert (pattern.hold.points, pattern.hold.share) == (50, 0.05)
    assert (str(row.signal), row.above, row.below, row.bound, row.clear) == ("median(g_level)", 2.0, None, 2.0, 1.5)
    assert isinstance(row.above, float)
    assert dict(rule.causes[0].context) == {"framework": ("keras",), "batch_size": (1, 2)}
    assert rule.remedies[0].patterns == ("shouts",)
    loud, quiet = rule.cases
    assert (loud.fires, loud.by, loud.since) == ("shouts", 200, (1.0, 50.0))
    assert (quiet.fires, quiet.by, quiet.since) == ("", None, None)


def test_clear_is_the_bound_where_it_is_left_out(tmp_path: Path) -> None:
    rule = load(extra=[write(tmp_path, GOOD.replace("clear  = 1.5\n", ""))]).rule("loud")
    assert rule.patterns[0].when[0].clear == 2.0


def test_a_rule_without_a_verdict_makes_remarks(tmp_path: Path) -> None:
    text = GOOD.replace('verdict  = "convergence_failure"\n', "")
    rule = load(extra=[write(tmp_path, text)]).rule("loud")
    assert (rule.verdict, rule.patterns[0].weight) == (None, "remark")


def test_the_users_folders_are_added_to_the_rulebook(tmp_path: Path) -> None:
    assert len(load(extra=[write(tmp_path)]).rules) == len(load().rules) + 1


# --- options -------------------------------------------------------------------------------------------------------


def test_an_unknown_rulebook_is_refused_with_those_that_there_are() -> None:
    for name in ("documentd", "..", "/", "", "documented/../documented"):
        with pytest.raises(BadOption, match="there are default, documented"):
            load(name)


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="holds no rule files"):
        load(extra=[tmp_path])
    with pytest.raises(BadOption, match="no such folder"):
        load(extra=[tmp_path / "missing"])


KEY = "loud.shouts.level"
MOVED = [
    ("above  = 2\nclear  = 1.5", 4.0, 4.0, 3.0),
    ("above  = 2\nclear  = 1.5", -1.0, -1.0, -1.0),
    ("above  = 0\nclear  = -1", 2.0, 2.0, 2.0),
    ("above  = -2\nclear  = -3", -4.0, -4.0, -6.0),
    ("below  = 0.02\nclear  = 0.08", 0.01, 0.01, 0.04),
    ("below  = -2\nclear  = -1", 1.0, 1.0, 1.0),
    ("below  = 2", 3.0, 3.0, 3.0),
]


@pytest.mark.parametrize(("bound", "value", "moved", "clear"), MOVED)
def test_a_bound_is_replaced_and_clear_stays_on_its_side(
    bound: str, value: float, moved: float, clear: float, tmp_path: Path
) -> None:
    text = GOOD.replace("above  = 2\nclear  = 1.5", bound)
    row = load(extra=[write(tmp_path, text)], overrides={KEY: value}).rule("loud").patterns[0].when[0]
    assert (row.bound, row.clear) == pytest.approx((moved, clear))


def test_an_unknown_bound_is_refused_with_the_nearest_ones() -> None:
    with pytest.raises(BadOption, match=r"did you mean .*evaluation-mismatch\.impossible\.consistency"):
        load(overrides={"evaluation-mismatch.imposible.consistency": 1.1})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_bound_that_is_no_finite_number_is_refused(value: float) -> None:
    with pytest.raises(BadOption, match="a bound is a finite number"):
        load(overrides={next(iter(bounds(load().rules))): value})


# --- hash ----------------------------------------------------------------------------------------------------------


def test_the_hash_has_twelve_hex_digits_and_is_the_same_each_time() -> None:
    assert load().hash == load().hash
    assert len(load().hash) == 12
    assert int(load().hash, 16) >= 0


def test_the_hash_changes_with_the_rulebook_the_files_and_the_bounds(tmp_path: Path) -> None:
    write(tmp_path)
    hashes = {load().hash, load("documented").hash, load(extra=[tmp_path]).hash}
    hashes |= {load(extra=[tmp_path], overrides={KEY: value}).hash for value in (2.0, 3.0)}
    write(tmp_path, GOOD + "# a comment\n")
    hashes.add(load(extra=[tmp_path]).hash)
    assert len(hashes) == 6


def test_the_hash_depends_on_neither_the_folder_nor_the_line_ends(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = load(extra=[write(tmp_path / "a")]).hash
    (tmp_path / "b" / "loud.toml").write_bytes(GOOD.replace("\n", "\r\n").encode())
    assert load(extra=[tmp_path / "b"]).hash == first


def test_the_rules_are_found_inside_the_package_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "gandoctor"
    shutil.copytree(Path(load().rules[0].path).parent, package / "_rules")
    (tmp_path / "site-packages" / "rules").mkdir()
    write(tmp_path / "site-packages" / "rules")
    expected = load().hash
    monkeypatch.setattr(rulebook, "__file__", str(package / "rulebook.py"))
    book = load()
    assert book.hash == expected
    assert Path(book.rules[0].path).is_relative_to(package / "_rules")


def test_a_package_without_rules_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulebook, "__file__", str(tmp_path / "gandoctor" / "rulebook.py"))
    with pytest.raises(BadRule, match="installed without its rules"):
        load()
