"""Forms of lines that programs share: values before names, names in brackets, asides, an index without a name."""

from __future__ import annotations

import pytest
from logged_rows import Rows, rows_of

from gandoctor.readers.dialect import sniff

FORMS: list[tuple[str, str, Rows]] = [
    (
        "names in a bracket behind the name, values between slashes",
        "[2/9][5/70] Disc_Loss: 0.5 Gen_Loss (Content/Advers/Total): 0.125/1.5/0.25",
        [
            {
                "epoch": 2,
                "batch": 5,
                "Disc_Loss": 0.5,
                "Gen_Loss Content": 0.125,
                "Gen_Loss Advers": 1.5,
                "Gen_Loss Total": 0.25,
            }
        ],
    ),
    (
        "values before their names in a bracket",
        "Epoch 7: D (0.5 real_err, 0.75 fake_err) G (1.25 err); Dist ([3.9, 1.1])",
        [{"Epoch": 7, "D real_err": 0.5, "D fake_err": 0.75, "G err": 1.25, "Dist[0]": 3.9, "Dist[1]": 1.1}],
    ),
    (
        "a count in a bracket is no value",
        "Epoch 7 D: 0.5 (10000 generated images) G: 1.25",
        [{"Epoch": 7, "D": 0.5, "G": 1.25}],
    ),
    (
        "the time taken behind a comma is no part of a list",
        "Epoch 7, gen loss=1.25,disc loss=0.5, 3.75 elapsed",
        [{"Epoch": 7, "gen loss": 1.25, "disc loss": 0.5}],
    ),
    (
        "an average in a bracket, a metric a line",
        "--> STEP: 5/90 -- GLOBAL_STEP: 305\n | > D_loss: 0.5  (0.625)\n | > G_loss: 1.25  (1.5)\n",
        [{"GLOBAL_STEP": 305, "D_loss": 0.5, "D_loss (1)": 0.625, "G_loss": 1.25, "G_loss (1)": 1.5}],
    ),
    (
        "a printed data frame, its index without a name",
        "   epoch  d_loss  g_loss\n0      3     0.5    1.25\n1      4    0.75     1.5\n",
        [{"epoch": 3, "d_loss": 0.5, "g_loss": 1.25}, {"epoch": 4, "d_loss": 0.75, "g_loss": 1.5}],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in FORMS], ids=[case[0] for case in FORMS])
def test_a_form_gives_its_names_and_numbers(text: str, expected: Rows) -> None:
    assert rows_of(text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "{n}00 | adv/d_loss: 0.5{n} | adv/g_loss: 1.{n} | mel: 20.{n}",
        "it {n} lr 0.001 losses_d [0.{n}, 1.{n}, 2.5] g 1.{n}",
    ],
)
def test_lines_of_text_with_numbers_between_bars_or_commas_are_no_table(line: str) -> None:
    assert sniff("".join(line.format(n=n) + "\n" for n in range(10, 40))) is None


@pytest.mark.parametrize(
    "cell", ["03:04:05", "2024-01-05 03:04", "1 day, 3:04:05", "Fri Jan 05 03:04:05 2024", "[03:04]"]
)
def test_a_column_of_times_leaves_a_table_without_a_header_a_table(cell: str) -> None:
    table = sniff("".join(f"{n};{n / 64};{cell}\n" for n in range(10, 40)))
    assert table is not None
    assert table.width == 3
