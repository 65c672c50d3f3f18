"""Which logs a folder of runs stands for."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from gandoctor.discover import logs
from gandoctor.engine import diagnose
from gandoctor.report import json as json_report

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


ROWS = [{"step": step, "d_loss": 1.2 + step % 7 / 50, "g_loss": 1.1 + step % 5 / 30} for step in range(60)]
CURVES = {name: [row[name] for row in ROWS] for name in ROWS[0]}


@pytest.mark.parametrize(
    ("content", "is_log"),
    [
        (json.dumps(ROWS), True),
        (json.dumps(CURVES), True),
        ("\n".join(map(json.dumps, ROWS)), True),
        (json.dumps(ROWS)[:1500], True),  # the training was killed while it wrote
        (json.dumps({"lr": 2e-4, "betas": [0.5, 0.999], "d_loss": "hinge", "g_loss": "hinge", "d_lr": 1e-4}), False),
        (json.dumps({"d_loss": 0.5, "g_loss": 1.5}), False),
        (json.dumps({"name": "web", "version": "1.0.0", "dependencies": {"left-pad": "1"}}), False),
        (json.dumps({"images": [{"id": i, "width": 64} for i in range(90)]}), False),
        (json.dumps([0.1, 0.2, 0.3]), False),
        ('{ // settings\n "strict": true }', False),
        ("{}", False),
        ("", False),
        ("\x00\x01", False),
    ],
)
@pytest.mark.parametrize("name", ["history.json", "package.JSON", "a.json.gz"])
def test_a_json_file_is_a_log_if_a_run_can_be_read_from_it(
    tmp_path: Path, name: str, content: str, is_log: bool
) -> None:
    written = content.encode()
    (tmp_path / name).write_bytes(gzip.compress(written) if name.endswith(".gz") else written)
    assert logs([tmp_path]) == ((tmp_path / name,) if is_log else ())
    assert logs([tmp_path / name]) == (tmp_path / name,)


def test_a_report_that_gandoctor_wrote_as_json_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps(ROWS))
    (tmp_path / "report.json").write_text(json_report.render(diagnose(tmp_path / "run.json"), "run.json"))
    assert logs([tmp_path]) == (tmp_path / "run.json",)


def test_settings_beside_event_files_do_not_make_a_run_of_several(tmp_path: Path) -> None:
    tree(tmp_path, "run/events.out.tfevents.1.host", *(f"run/{name}.json" for name in ("args", "data", "model", "env")))
    assert logs([tmp_path]) == (tmp_path / "run",)


def test_what_is_known_to_be_a_log_is_not_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run.json").write_text(json.dumps(ROWS))
    found = logs([tmp_path])
    (tmp_path / "run.json").write_text(json.dumps(ROWS[:-1]))
    monkeypatch.setattr("gandoctor.readers.read", None)
    assert logs([tmp_path], known=found) == found


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    tree(tmp_path / "runs", "a.csv")
    (tmp_path / "runs" / "again").symlink_to(tmp_path / "runs", target_is_directory=True)
    assert len(logs([tmp_path / "runs"])) == 1


def test_a_json_file_that_gandoctor_fails_on_is_left_to_who_judges_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path) -> None:
        raise RecursionError

    monkeypatch.setattr("gandoctor.readers.read", fail)
    (tmp_path / "deep.json").write_text("[" * 100_000)
    assert logs([tmp_path]) == (tmp_path / "deep.json",)
