"""Several runs on the command line: `gandoctor compare`, the page of `diagnose`, and which logs several paths mean."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gandoctor.cli import main
from gandoctor.commands.beside import samples
from gandoctor.commands.choice import chosen
from gandoctor.report.html.samples import MOST, pictures
from gandoctor.report.html.samples import chosen as spread

if TYPE_CHECKING:
    Captured = pytest.CaptureFixture[str]


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


def record(folder: Path, level: float, **context: object) -> Path:
    """A run's folder: D's loss around a level, and a recipe."""
    folder.mkdir(parents=True)
    noise = np.random.default_rng(0).standard_normal((2, 450))
    d, g = np.abs(level * (1 + 0.1 * noise[0])), np.abs(1.1 + 0.2 * noise[1])
    rows = "\n".join(f"{step},{one:.5g},{other:.5g}" for step, (one, other) in enumerate(zip(d, g, strict=True), 1))
    (folder / "run.csv").write_text(f"step,d_loss,g_loss\n{rows}\n")
    settings = "\n".join(f"{key} = {value!r}" for key, value in context.items())
    (folder / "recipe.toml").write_text(f'log = "run.csv"\n[context]\n{settings}\n')
    return folder


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    record(tmp_path / "runs" / "well", 1.2, d_lr=0.0002, batch_size=64)
    broken = record(tmp_path / "runs" / "deep" / "broken", 1.2, d_lr=0.01, batch_size=64)
    log = broken / "run.csv"
    lines = log.read_text().splitlines()
    log.write_text("\n".join([*lines[:300], *(f"{step},nan,nan" for step in range(300, 451))]) + "\n")
    return tmp_path / "runs"


# --- compare --------------------------------------------------------------------------------------------------------


def test_runs_below_a_folder_are_compared_the_ill_one_first(runs: Path, capsys: Captured) -> None:
    assert run("compare", runs) == 0
    out = capsys.readouterr().out
    assert out.startswith("2 runs: 1 failed, 1 stable")
    assert out.index("broken") < out.index("well")
    assert " ".join(out.split()).find("d_lr 0.01 (1 of 1 failed); 0.0002 (0 of 1 failed)") > 0
    assert "batch_size" not in out


def test_the_page_goes_to_a_file(runs: Path, tmp_path: Path, capsys: Captured) -> None:
    page = tmp_path / "page.html"
    assert run("compare", runs / "well", runs / "deep", "-o", page) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"wrote {page}\n"
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "2 runs: 1 failed, 1 stable" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(("exit_code", "status"), [([], 0), (["--exit-code"], 1)])
def test_the_exit_status_is_that_of_diagnose(runs: Path, capsys: Captured, exit_code: list[str], status: int) -> None:
    assert run("compare", runs, *exit_code) == status


def test_a_log_that_cannot_be_read_is_named_and_the_others_compared(runs: Path, capsys: Captured) -> None:
    (runs / "empty.csv").write_text("")
    assert run("compare", runs) == 2
    captured = capsys.readouterr()
    assert "empty.csv" in captured.err
    assert captured.out.startswith("2 runs")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "page.md"], "give a name that ends in .html"),
        (["-o", "page.xyz"], "the suffix says the format"),
    ],
)
def test_wrong_use_is_one_sentence(runs: Path, capsys: Captured, arguments: list[str], said: str) -> None:
    assert run("compare", runs, *arguments) == 2
    assert said in capsys.readouterr().err


def test_a_folder_without_a_log_is_said_to_have_none(tmp_path: Path, capsys: Captured) -> None:
    assert run("compare", tmp_path) == 2
    assert "there is no log below" in capsys.readouterr().err


# --- the page of diagnose -------------------------------------------------------------------------------------------


def test_one_run_has_a_page_of_its_own(runs: Path, tmp_path: Path, capsys: Captured) -> None:
    page = tmp_path / "report.html"
    assert run("diagnose", runs / "well", "-o", page) == 0
    assert capsys.readouterr().err == f"wrote {page}\n"
    assert 'id="evidence"' not in page.read_text(encoding="utf-8")
    assert 'id="reading"' in page.read_text(encoding="utf-8")


def test_a_page_goes_to_standard_output(runs: Path, capsys: Captured) -> None:
    assert run("diagnose", runs / "well", "--format", "html") == 0
    out = capsys.readouterr().out
    assert out.startswith("<!DOCTYPE html>")
    assert out.endswith("</html>\n")


def test_several_runs_have_one_page_which_is_that_of_compare(runs: Path, tmp_path: Path, capsys: Captured) -> None:
    one, other = tmp_path / "one.html", tmp_path / "other.html"
    broken, well = runs / "deep" / "broken", runs / "well"
    assert run("diagnose", well, broken, "-o", one) == 0
    assert run("compare", well, broken, "-o", other) == 0
    assert one.read_text(encoding="utf-8") == other.read_text(encoding="utf-8")


def test_what_a_shell_makes_of_two_stars_is_each_run_once(runs: Path, tmp_path: Path, capsys: Captured) -> None:
    everything = [runs, *sorted(runs.rglob("*"))]
    assert run("diagnose", *everything, "-o", tmp_path / "page.html") == 0
    assert "2 runs: 1 failed, 1 stable" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_pattern_that_the_shell_left_is_matched(runs: Path, capsys: Captured) -> None:
    assert run("diagnose", f"{runs}/**", "--format", "jsonl") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_log_itself_is_not_overwritten(runs: Path, tmp_path: Path, capsys: Captured) -> None:
    log = tmp_path / "log.html"
    log.write_bytes((runs / "well" / "run.csv").read_bytes())
    assert run("diagnose", log, "-o", log) == 2
    assert log.read_bytes() == (runs / "well" / "run.csv").read_bytes()


def test_a_page_beside_the_log_is_not_taken_for_the_log(runs: Path, tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "train.csv").write_bytes((runs / "well" / "run.csv").read_bytes())
    for _ in range(2):
        assert run("diagnose", folder, "-o", folder / "report.html") == 0
    assert "train.csv: 450 points" in (folder / "report.html").read_text(encoding="utf-8")
    capsys.readouterr()
    assert run("diagnose", folder / "report.html") == 2
    assert "is a page that gandoctor wrote" in capsys.readouterr().err


# --- which logs -----------------------------------------------------------------------------------------------------

TREE = ("a/run.csv", "a/recipe.toml", "a/samples/1.png", "b/run.csv", "b/recipe.toml", "c.csv", "notes.md")


@pytest.mark.parametrize(
    ("paths", "below", "logs"),
    [
        (["a"], False, ["a"]),
        (["."], False, ["."]),
        (["."], True, ["a", "b", "c.csv"]),
        (["a", "b"], False, ["a", "b"]),
        (["a", "a"], False, ["a", "a"]),
        (["a", "a"], True, ["a"]),
        (["a", "a/run.csv", "a/recipe.toml", "a/samples", "a/samples/1.png"], False, ["a"]),
        (["a", "c.csv"], True, ["a", "c.csv"]),
        (["*.csv"], False, ["c.csv"]),
        (["?"], False, ["a", "b"]),
        (["missing.csv"], False, ["missing.csv"]),
        (["mis*.csv"], False, ["mis*.csv"]),
        (["-"], False, ["-"]),
        (["c.csv", "a/run.csv"], False, ["c.csv", "a/run.csv"]),
    ],
)
def test_paths_stand_for_logs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: list[str], below: bool, logs: list[str]
) -> None:
    for name in TREE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    assert [Path(log) for log in chosen(paths, below)] == [Path(log) for log in logs]


# --- samples beside a log -------------------------------------------------------------------------------------------


def picture(path: Path, side: int = 64, kind: str = "PNG") -> Path:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(1).integers(0, 255, (side, side, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path, kind)
    return path


def test_samples_are_found_beside_the_log_in_the_order_of_their_steps(tmp_path: Path) -> None:
    names = ("step-10.png", "step-9.png", "step-100.jpg")
    for name in names:
        picture(tmp_path / "samples" / name, kind="JPEG" if name.endswith("jpg") else "PNG")
    (tmp_path / "samples" / "notes.txt").write_text("no picture")
    (tmp_path / "run.csv").write_text("step,d_loss,g_loss\n")
    for log in (tmp_path, tmp_path / "run.csv"):
        assert [path.name for path in samples(str(log))] == ["step-9.png", "step-10.png", "step-100.jpg"]
    assert samples("-") == []


def test_of_many_samples_the_first_the_last_and_some_between_are_shown() -> None:
    files = [Path(f"{place}.png") for place in range(100)]
    found = spread(files)
    assert len(found) == MOST
    assert (found[0], found[-1]) == (files[0], files[-1])
    assert spread(files[:3]) == files[:3]


@pytest.mark.parametrize("side", [1, 28, 256, 2000])
def test_a_picture_becomes_small(tmp_path: Path, side: int) -> None:
    (made,) = pictures([picture(tmp_path / 'a "quoted".png', side)])
    assert len(made.address) < 62_000
    assert max(made.width, made.height) == min(side, 320)
    assert made.address.startswith("data:image/")


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n", b"<svg onload='alert(1)'/>", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"]
)
def test_what_is_no_picture_is_left_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(content)
    assert pictures([path]) == ()


def test_a_picture_that_unpacks_to_a_giant_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    path = picture(tmp_path / "x.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert pictures([path]) == ()


def test_nothing_but_the_picture_comes_along(tmp_path: Path) -> None:
    path = picture(tmp_path / "x.png")
    path.write_bytes(path.read_bytes() + b"<script>alert(1)</script>")
    (made,) = pictures([path])
    import base64

    assert b"script" not in base64.b64decode(made.address.partition(",")[2])


def test_the_page_shows_the_samples(runs: Path, tmp_path: Path, capsys: Captured) -> None:
    picture(runs / "well" / "samples" / "step-000100.png")
    page = tmp_path / "page.html"
    assert run("diagnose", runs / "well", "-o", page) == 0
    assert 'alt="Generated samples, file step-000100.png"' in page.read_text(encoding="utf-8")


def test_a_terminal_report_loads_neither_templates_nor_pictures(runs: Path) -> None:
    import subprocess

    code = (
        "import sys\nfrom gandoctor.cli import main\n"
        f"try:\n    main(['diagnose', {str(runs / 'well')!r}])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('jinja2', 'PIL') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
