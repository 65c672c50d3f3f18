"""Lines whose numbers could go to the wrong name: the names that stand there are used, and nothing is guessed by order.

In all of them D's loss is 1.5 and G's is 0.75.
"""

from __future__ import annotations

import pytest
from logged_rows import Rows, rows_of

from gandoctor.errors import UnreadableLog
from gandoctor.readers.columns import map_columns
from gandoctor.readers.names import understand
from gandoctor.readers.text import read_text

BOTH = {"d_loss": 1.5, "g_loss": 0.75}

LISTS = [
    "step {n} g_loss: [[0.75]] d_loss: [[1.5]]",
    "step {n} g_loss: [[[0.75]]], d_loss: ([1.5])",
    "{n} [G loss: [[0.75]], acc: [[0.5]]] [D loss: [[1.5]]]",
    "step {n} {{'g_loss': [[0.75]], 'd_loss': [[1.5]]}}",
    "step {n} [g_loss, d_loss] = [0.75, 1.5]",
    "step {n} (g_loss, d_loss): (0.75, 1.5)",
    "step {n} ['g_loss', 'd_loss'] [0.75, 1.5]",
    "step {n} g_loss, d_loss = [0.75, 1.5]",
    "step {n} (lr, g_loss, d_loss) = (0.001, 0.75, 1.5)",
    "step {n} [step, g_loss, d_loss] = [{n}, 0.75, 1.5]",
    "step {n} loss [G, D]: [0.75, 1.5]",
    "step {n}: loss (G, D) = (0.75, 1.5)",
    "step {n}: losses (g, d): 0.75, 1.5",
    "step {n} loss_G / loss_D: 0.75 / 1.5",
    "step {n} G loss / D loss: 0.75 / 1.5",
    "step {n} G / D loss: 0.75 / 1.5",
    "step {n} loss G / D: 0.75 / 1.5",
    "step {n} loss (G / D): 0.75 / 1.5",
    "step {n} loss_G/loss_D: 0.75, 1.5",
    "step {n} G loss & D loss: 0.75 & 1.5",
    "step {n} the generator and discriminator losses are 0.75 and 1.5",
    "Iteration {n}: generator loss is 0.75, discriminator loss is 1.5",
    "After {n} iterations the generator loss is 0.75 and the discriminator loss is 1.5",
    "At step {n}, the G loss was 0.75, while the D loss was 1.5.",
    "step {n} loss_G(avg): 0.75 loss_D(avg): 1.5",
    "step {n} loss_G (mean): 0.75 loss_D (mean): 1.5",
    "step {n} G(loss): 0.75 D(loss): 1.5",
    "step {n} D(loss/real/fake): 1.5/0.25/0.5 G: 0.75",
]


@pytest.mark.parametrize("line", LISTS)
def test_each_loss_goes_to_the_network_that_is_named(line: str) -> None:
    log = read_text("".join(line.format(n=n) + "\n" for n in range(10, 16)), "log")
    columns = map_columns(log).metrics
    assert {metric: log.columns[columns[metric]].tolist() for metric in BOTH} == {m: [v] * 6 for m, v in BOTH.items()}
    assert not {"d_loss_real", "d_loss_fake"} & columns.keys()
    assert any(values.tolist() == list(range(10, 16)) for values in log.columns.values())


@pytest.mark.parametrize(
    "line", ["step {n} D loss and G loss ~ 0.5 ~ 0.75", "step {n} [d_loss, g_loss] = [1, 0.5, 0.75]"]
)
def test_numbers_are_not_shared_out_by_their_order_where_names_stand(line: str) -> None:
    with pytest.raises(UnreadableLog):
        read_text("".join(line.format(n=n) + "\n" for n in range(20)), "log")


FORMS: list[tuple[str, str, Rows]] = [
    (
        "whole numbers under a list of names",
        "step 3 [d_loss, g_loss] = [0, 16]",
        [{"step": 3, "d_loss": 0, "g_loss": 16}],
    ),
    (
        "a matrix goes on in one list",
        "step 3 losses: [[0.5, 0.75], [1.5, 2.5]]",
        [{"step": 3, "losses[0]": 0.5, "losses[1]": 0.75, "losses[2]": 1.5, "losses[3]": 2.5}],
    ),
    (
        "samples in a bracket behind the loss",
        "step 3 D loss (real, fake): 0.5, 0.75 G loss 1.5",
        [{"step": 3, "D loss real": 0.5, "D loss fake": 0.75, "G loss": 1.5}],
    ),
    (
        "values in brackets",
        "step 3 D (0.5) and G (0.75)",
        [{"step": 3, "D": 0.5, "G": 0.75}],
    ),
    (
        "a list of networks is no heading of one",
        "step 3 [Generator, Discriminator] d_loss 0.5 g_loss 0.75",
        [{"step": 3, "d_loss": 0.5, "g_loss": 0.75}],
    ),
    (
        "three names between slashes",
        "step 3 D real / D fake / G: 0.5 / 0.75 / 1.5",
        [{"step": 3, "D real": 0.5, "D fake": 0.75, "G": 1.5}],
    ),
    (
        "slashes between names with their numbers",
        "step 3 D loss: 0.5 / G loss: 0.75 / lr: 0.25",
        [{"step": 3, "D loss": 0.5, "G loss": 0.75, "lr": 0.25}],
    ),
    ("a missing value without a colon", "step 3 d_loss None g_loss 0.75", [{"step": 3, "g_loss": 0.75}]),
    ("a missing score before the losses", "step 3 fid N/A g_loss 0.75", [{"step": 3, "g_loss": 0.75}]),
    ("a number wider than its field", "step 3 d_loss ******* g_loss 0.75", [{"step": 3, "g_loss": 0.75}]),
    ("a number wider than its field, with colons", "step 3 g_loss: *** fid: 9.5", [{"step": 3, "fid": 9.5}]),
    ("dashes for a value", "step 3 d_loss -- g_loss 0.75", [{"step": 3, "g_loss": 0.75}]),
    ("asterisks around words", "** step 3 ** **d_loss**: 0.5 **", [{"step": 3, "d_loss": 0.5}]),
    (
        "a score that is called IS",
        "step 3 IS is 7.5 FID is 9.5 d_loss 0.5",
        [{"step": 3, "IS": 7.5, "FID": 9.5, "d_loss": 0.5}],
    ),
    (
        "a setting after so many epochs heads no rows",
        "lr is halved after 100 epochs\nstep 3 d_loss 0.5\n",
        [{"step": 3, "d_loss": 0.5}],
    ),
    (
        "losses after so many epochs",
        "D loss after 3 epochs: 0.5\nG loss after 3 epochs: 0.75\n",
        [{"epochs": 3, "D loss": 0.5, "G loss": 0.75}],
    ),
    (
        "values of the test on a line of their own",
        "epoch 3 train: d_loss: 0.5, g_loss: 0.75\n  test d_loss: 9.5, g_loss: 8.5\n",
        [{"epoch": 3, "d_loss": 0.5, "g_loss": 0.75, "test d_loss": 9.5, "test g_loss": 8.5}],
    ),
    (
        "the test in a cell of its own",
        "epoch 3 | Train | d_loss: 0.5 | g_loss: 0.75\nepoch 3 | Test | d_loss: 9.5 | g_loss: 8.5\n",
        [{"epoch": 3, "d_loss": 0.5, "g_loss": 0.75, "Test d_loss": 9.5, "Test g_loss": 8.5}],
    ),
    (
        "validation, then training",
        "epoch 3 val d_loss: 9.5, g_loss: 8.5, train d_loss: 0.5, g_loss: 0.75",
        [{"epoch": 3, "val d_loss": 9.5, "val g_loss": 8.5, "train d_loss": 0.5, "g_loss": 0.75}],
    ),
    (
        "a score of the test says nothing of the losses behind it",
        "epoch 3 val_fid: 9.5, d_loss: 0.5, g_loss: 0.75",
        [{"epoch": 3, "val_fid": 9.5, "d_loss": 0.5, "g_loss": 0.75}],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in FORMS], ids=[case[0] for case in FORMS])
def test_a_form_gives_its_names_and_numbers(text: str, expected: Rows) -> None:
    assert rows_of(text) == expected


@pytest.mark.parametrize(
    ("column", "what", "on", "smoothed"),
    [
        ("loss_D(avg)", "loss", "", True),
        ("loss_D (ema)", "loss", "", True),
        ("D(running mean)", "", "", True),
        ("loss_D(total)", "loss", "", False),
        ("loss_D(train)", "loss", "", False),
        ("loss_D(adv)", "loss", "", False),
        ("loss_D(std)", "other", "", False),
        ("loss_D(real)", "loss", "real", False),
        ("loss_D(G(z))", "loss", "fake", False),
        ("D(x)", "score", "real", False),
        ("D(val)", "score", "real", False),
        ("mean D(x)", "score", "real", True),
    ],
)
def test_brackets_behind_d_hold_its_input_or_say_more_of_the_number(
    column: str, what: str, on: str, *, smoothed: bool
) -> None:
    name = understand(column)
    assert (name.what, name.on, name.smoothed) == (what, on, smoothed)


def test_a_line_of_too_many_numbers_is_said_to_be_the_reason() -> None:
    text = " ".join(f"step {n} d_loss: 0.5 g_loss: 0.75" for n in range(2000))
    with pytest.raises(UnreadableLog, match="1 line of more than 5000 numbers was taken for data"):
        read_text(text, "log")
    log = read_text(f"{text}\nstep 1 d_loss: 0.5\nstep 2 d_loss: 0.25\n", "log")
    assert log.rows == 2
    assert log.notes == ("1 line of more than 5000 numbers was taken for data and not read",)
