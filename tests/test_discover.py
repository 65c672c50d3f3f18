"""Which logs a folder of runs stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gandoctor.discover import logs

if TYPE_CHECKING:
    from pathlib import Path


def tree(root: Path, *files: str) -> Path:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("step,d_loss,g_loss\n")
    return root


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (("a/run.csv", "a/recipe.toml", "a/notes.txt"), ["a"]),
        (("a/events.out.tfevents.1.host", "b/stats.jsonl"), ["a", "b"]),
        (("a/metrics.csv", "a/sub/other.csv"), ["a"]),
        (
            ("a.csv", "b.log", "c.txt.gz", "d.py", "e.png", "README.txt", "requirements.txt"),
            ["a.csv", "b.log", "c.txt.gz"],
        ),
        ((".hidden/run.csv", ".secret.csv", "a.jsonl"), ["a.jsonl"]),
        (("deep/er/x.tsv",), ["deep/er/x.tsv"]),
        (("/".join("abcdefghi") + "/too-deep.csv", "ok.csv"), ["ok.csv"]),
    ],
)
def test_a_folder_stands_for_the_runs_and_logs_below_it(
    tmp_path: Path, files: tuple[str, ...], found: list[str]
) -> None:
    assert [log.relative_to(tmp_path).as_posix() for log in logs([tree(tmp_path, *files)])] == found


def test_a_file_stands_for_itself_even_before_it_exists(tmp_path: Path) -> None:
    assert logs([tmp_path / "later.csv", str(tmp_path / "later.csv")]) == (tmp_path / "later.csv",)


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    tree(tmp_path / "runs", "a.csv")
    (tmp_path / "runs" / "again").symlink_to(tmp_path / "runs", target_is_directory=True)
    assert len(logs([tmp_path / "runs"])) == 1
