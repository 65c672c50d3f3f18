"""Formats that no survey listed: the scanner knows names, numbers and counters, not programs."""

from __future__ import annotations

from math import inf, nan

import pytest
from logged_rows import Rows, rows_of

from gandoctor.readers.text import read_text

OTHERS: list[tuple[str, str, Rows]] = [
    ("a dictionary", "{'loss': 0.25, 'g_loss': 1.5, 'epoch': 1.5}", [{"epoch": 1.5, "loss": 0.25, "g_loss": 1.5}]),
    ("JSON", '{"iter": 7, "d_loss": 2.5e-1, "g_loss": null}', [{"iter": 7, "d_loss": 0.25}]),
    (
        "nested dictionaries",
        "Epoch 5: {'D': {'real': 0.25, 'fake': 0.5}, 'G': 1.5}",
        [{"Epoch": 5, "D real": 0.25, "D fake": 0.5, "G": 1.5}],
    ),
    (
        "pairs in an ordered dictionary",
        "step 3 OrderedDict([('d_loss', 0.25), ('g_loss', 0.75)])",
        [{"step": 3, "d_loss": 0.25, "g_loss": 0.75}],
    ),
    ("pipes", "Iter 100 | D: 0.5 | G: 1.25", [{"Iter": 100, "D": 0.5, "G": 1.25}]),
    (
        "arrows behind a logging prefix",
        "2024-01-05 10:00:01,123 - INFO - train - step 5 D_loss -> 0.5 G_loss → 1.5",
        [{"step": 5, "D_loss": 0.5, "G_loss": 1.5}],
    ),
    (
        "the prefix of glog",
        "I0815 15:51:47.540123 12345 train.py:123] iter 100 d_loss = 0.5, g_loss = 0.75",
        [{"iter": 100, "d_loss": 0.5, "g_loss": 0.75}],
    ),
    ("the prefix of absl", "INFO:tensorflow:step 5 d_loss = 0.5 (3.2 sec)", [{"step": 5, "d_loss": 0.5}]),
    ("a total behind the step", "iter 100/5000: lossD 0.5 lossG 1.25", [{"iter": 100, "lossD": 0.5, "lossG": 1.25}]),
    (
        "steps in brackets",
        "Step [100/500], d_loss: 0.125, g_loss: 2, D(x): 0.875, D(G(z)): 0.25",
        [{"Step": 100, "d_loss": 0.125, "g_loss": 2, "D(x)": 0.875, "D(G(z))": 0.25}],
    ),
    (
        "Lightning's bar",
        "Epoch 3:  45%|████      | 45/100 [00:05<00:06,  8.5it/s, loss=0.5, v_num=0, d_loss=0.25, g_loss=1.25]",
        [{"Epoch": 3, "batch": 45, "loss": 0.5, "v_num": 0, "d_loss": 0.25, "g_loss": 1.25}],
    ),
    (
        "old Keras' bar under its epoch",
        "Epoch 2/5\n469/469 [==============================] - 9s 20ms/step - d_loss: 0.25 - g_loss: 0.75\n",
        [{"Epoch": 2, "batch": 469, "d_loss": 0.25, "g_loss": 0.75}],
    ),
    ("emoji", "🔥 Epoch 5 ✅ D loss 0.5 🚀 G loss 1.25", [{"Epoch": 5, "D loss": 0.5, "G loss": 1.25}]),
    (
        "epoch and batch in one bracket",
        "[1,  2000] lossD: 2.25 lossG: 1.5",
        [{"epoch": 1, "batch": 2000, "lossD": 2.25, "lossG": 1.5}],
    ),
    (
        "labels before names",
        "D: loss 0.5 acc 0.75 | G: loss 1.25 acc 0.125",
        [{"D loss": 0.5, "D acc": 0.75, "G loss": 1.25, "G acc": 0.125}],
    ),
    (
        "labels with a dash",
        "Discriminator - loss: 0.5, acc: 0.625; Generator - loss: 1.25",
        [{"Discriminator loss": 0.5, "Discriminator acc": 0.625, "Generator loss": 1.25}],
    ),
    (
        "brackets with names behind a name",
        "iter 4 Adversarial (D: 0.5, G: 1.25), Cycle (A: 0.125, B: 0.25)",
        [{"iter": 4, "Adversarial D": 0.5, "Adversarial G": 1.25, "Cycle A": 0.125, "Cycle B": 0.25}],
    ),
    ("names and values between slashes", "Epoch 5 D/G loss: 0.5/1.25", [{"Epoch": 5, "D loss": 0.5, "G loss": 1.25}]),
    ("names before one colon", "step 5, loss_d, loss_g: 0.5, 0.75", [{"step": 5, "loss_d": 0.5, "loss_g": 0.75}]),
    (
        "the second name is only its difference",
        ">Accuracy real: 100%, fake: 97%",
        [{"Accuracy real%": 100, "Accuracy fake%": 97}],
    ),
    (
        "parts in brackets behind the whole",
        "Epoch 1: D loss: 0.5 (real 0.25, fake 0.75), G loss: 0.125",
        [{"Epoch": 1, "D loss": 0.5, "D loss real": 0.25, "D loss fake": 0.75, "G loss": 0.125}],
    ),
    (
        "averages in brackets",
        "Loss_D 0.5 (0.625)\tLoss_G 1.25 (1.375)",
        [{"Loss_D": 0.5, "Loss_D (1)": 0.625, "Loss_G": 1.25, "Loss_G (1)": 1.375}],
    ),
    (
        "a deviation is not the value",
        "[Train] Epoch 3 D_loss 0.5 IS: 7.75 ± 0.125 FID: 30.5",
        [{"Epoch": 3, "D_loss": 0.5, "IS": 7.75, "FID": 30.5}],
    ),
    (
        "a number of samples in the name",
        "Epoch 3 FID-50k: 12.5 D loss: 1.5",
        [{"Epoch": 3, "FID-50k": 12.5, "D loss": 1.5}],
    ),
    (
        "a total of samples behind the epoch",
        "Train Epoch: 5 [1280/60000 (2%)]\tLoss D: 0.5\tLoss G: 0.75",
        [{"Epoch": 5, "batch": 1280, "Loss D": 0.5, "Loss G": 0.75}],
    ),
    (
        "StyleGAN's ticks",
        "tick 5     kimg 20.0     time 5m 20s    loss_g 0.75 loss_d 1.25",
        [{"tick": 5, "kimg": 20, "loss_g": 0.75, "loss_d": 1.25}],
    ),
    (
        "MMGeneration",
        "2021-07-01 12:00:00,123 - mmgen - INFO - Iter [100/150000]\tlr_generator: 2.000e-04, eta: 1 day, 3:24:05, "
        "memory: 2345, loss_disc_fake: 0.5, loss_disc_real: 0.25, loss_gen: 0.75",
        [
            {
                "Iter": 100,
                "lr_generator": 2e-4,
                "memory": 2345,
                "loss_disc_fake": 0.5,
                "loss_disc_real": 0.25,
                "loss_gen": 0.75,
            }
        ],
    ),
    (
        "one metric a line under a heading",
        "progress  epoch 1  step 50  image/sec 3.5  remaining 120m\ndiscrim_loss 0.5\ngen_loss_GAN 1.25\n"
        "progress  epoch 1  step 100  image/sec 3.5  remaining 119m\ndiscrim_loss 0.25\ngen_loss_GAN 1.5\n",
        [
            {"epoch": 1, "step": 50, "image/sec": 3.5, "discrim_loss": 0.5, "gen_loss_GAN": 1.25},
            {"epoch": 1, "step": 100, "image/sec": 3.5, "discrim_loss": 0.25, "gen_loss_GAN": 1.5},
        ],
    ),
    (
        "a summary in lines with bullets",
        "===== Epoch 5/9 =====\n  • D Loss: 0.5\n  • G Loss: 0.75\n"
        "===== Epoch 6/9 =====\n  • D Loss: 0.25\n  • G Loss: 1.5\n",
        [{"Epoch": 5, "D Loss": 0.5, "G Loss": 0.75}, {"Epoch": 6, "D Loss": 0.25, "G Loss": 1.5}],
    ),
    (
        "losses on the line below their counters",
        "Epoch [0/5] Batch 100/469\n   Loss D: 0.5, loss G: 0.75\n"
        "Epoch [0/5] Batch 200/469\n   Loss D: 0.25, loss G: 1.5\n",
        [
            {"Epoch": 0, "Batch": 100, "Loss D": 0.5, "loss G": 0.75},
            {"Epoch": 0, "Batch": 200, "Loss D": 0.25, "loss G": 1.5},
        ],
    ),
    (
        "the value on the line below its name",
        "step 1\nD loss:\n0.5\nG loss:\n0.75\nstep 2\nD loss:\n0.25\nG loss:\n1.5\n",
        [{"step": 1, "D loss": 0.5, "G loss": 0.75}, {"step": 2, "D loss": 0.25, "G loss": 1.5}],
    ),
    (
        "a Markdown table",
        "| step | d_loss | g_loss |\n|-----:|:-------|--------|\n| 100 | 0.5 | 1.25 |\n"
        "| 200 | nan | 1.5 |\n| 300 | - | 2 |",
        [
            {"step": 100, "d_loss": 0.5, "g_loss": 1.25},
            {"step": 200, "d_loss": nan, "g_loss": 1.5},
            {"step": 300, "g_loss": 2},
        ],
    ),
    (
        "a table of names and values",
        "| epoch | 3 |\n| train/d_loss | 0.5 |\n| train/g_loss | 0.75 |\n",
        [{"epoch": 3, "train/d_loss": 0.5, "train/g_loss": 0.75}],
    ),
    (
        "numpy and tensorflow values",
        "step 4 d_loss: <tf.Tensor: shape=(), dtype=float32, numpy=0.5> g_loss: np.float32(0.75)",
        [{"step": 4, "d_loss": 0.5, "g_loss": 0.75}],
    ),
    (
        "tensors behind names",
        "epoch 2 d: tensor(0.5, device='cuda:0', grad_fn=<AddBackward0>) g: tensor([1.25, 0.75], dtype=torch.float64)",
        [{"epoch": 2, "d": 0.5, "g[0]": 1.25, "g[1]": 0.75}],
    ),
    (
        "Chinese punctuation",
        "轮 5\uff0c损失 D\uff1a0.5\uff0c损失 G\uff1a1.25",
        [{"轮": 5, "损失 D": 0.5, "损失 G": 1.25}],
    ),
    ("thousands", "Iter: 1,234,000 D: 1,234.5 G: -2", [{"Iter": 1234000, "D": 1234.5, "G": -2}]),
    ("no leading zero", "Epoch [5/10] | D loss = .5 | G loss = -.75", [{"Epoch": 5, "D loss": 0.5, "G loss": -0.75}]),
    ("a typographic minus", "Epoch 5 D \u22120.5 G 1.25", [{"Epoch": 5, "D": -0.5, "G": 1.25}]),
    ("bold Markdown", "**Epoch 5** - **D loss**: 0.5, **G loss**: 0.75", [{"Epoch": 5, "D loss": 0.5, "G loss": 0.75}]),
    (
        "dashes as signs of equality",
        "Epoch 7 - D_loss - 0.5 - G_loss - 0.75",
        [{"Epoch": 7, "D_loss": 0.5, "G_loss": 0.75}],
    ),
    ("a number sign", "Epoch #7 D_loss 0.5 G_loss 0.75", [{"Epoch": 7, "D_loss": 0.5, "G_loss": 0.75}]),
    (
        "a held-out loss keeps its label",
        "Epoch 3 train: D loss 0.5 G loss 0.75 | val: D loss 0.625",
        [{"Epoch": 3, "D loss": 0.5, "G loss": 0.75, "val D loss": 0.625}],
    ),
    (
        "quality between the losses merges by step",
        "Step: 2 d: 0.5 g: 0.75\nFID score (Step: 2, Using test moments): 30.5\nF_1/8 score (Step: 2, 10 images): 0.5\n"
        "Best FID score (Step: 1, Using test moments): 20.5\nStep: 4 d: 0.25 g: 0.5\n",
        [
            {"Step": 2, "d": 0.5, "g": 0.75, "FID score": 30.5, "F_1/8 score": 0.5},
            {"Step": 4, "d": 0.25, "g": 0.5},
        ],
    ),
    (
        "BigGAN's progress",
        "  1/ 391 (  0.26%) | TE/ET1k: 0:01 / 10:05, itr: 1, G_loss : +0.5, D_loss_real : +0.75",
        [{"batch": 1, "itr": 1, "G_loss": 0.5, "D_loss_real": 0.75}],
    ),
    (
        "a counter of each network",
        "Elapsed [0:00:12.3], G_step [10/100], D_step[50/500], d_out_real: 0.5, d_out_fake: 0.25",
        [{"G_step": 10, "D_step": 50, "d_out_real": 0.5, "d_out_fake": 0.25}],
    ),
    (
        "abbreviations in the description of a bar",
        "Gen. (-0.50) | Discrim. (0.25):   1%|   | 3/300 [00:10<02:00, 2.1it/s]",
        [{"batch": 3, "Gen.": -0.5, "Discrim.": 0.25}],
    ),
    (
        "tensorpack: a month and day, a line of code, a metric a line",
        "[0105 10:11:11 @base.py:275] Start Epoch 1 ...\n[0105 10:11:12 @monitor.py:467] GAN_loss/discrim/loss: 0.5\n"
        "[0105 10:11:12 @monitor.py:467] GAN_loss/gen/loss: 0.75\n",
        [{"Epoch": 1, "GAN_loss/discrim/loss": 0.5, "GAN_loss/gen/loss": 0.75}],
    ),
    (
        "an epoch of many",
        "Epoch 1 of 200 took 12.3s\n  generator loss:\t\t0.5\n  discriminator loss:\t1.25\n",
        [{"Epoch": 1, "generator loss": 0.5, "discriminator loss": 1.25}],
    ),
    (
        "counters that touch their numbers",
        "Epoch5 iter_100 D 0.5 G 0.625",
        [{"Epoch": 5, "iter": 100, "D": 0.5, "G": 0.625}],
    ),
    (
        "the second name is only its difference, in one word",
        "Epoch: 3, D_loss_real: 0.25, fake: 0.5, G_loss: 0.75",
        [{"Epoch": 3, "D_loss_real": 0.25, "D_loss_fake": 0.5, "G_loss": 0.75}],
    ),
    (
        "the same names for training and held-out data",
        "Epoch 5: Train Loss D: 0.5, G: 0.75 | Val Loss D: 0.625, G: 0.875",
        [{"Epoch": 5, "Train Loss D": 0.5, "G": 0.75, "Val Loss D": 0.625, "Val G": 0.875}],
    ),
    (
        "counters at the end",
        "INFO:root:discriminator loss = 0.5, generator loss = 0.75, binary training acc = 0.875 at iter 0 epoch 3",
        [{"iter": 0, "epoch": 3, "discriminator loss": 0.5, "generator loss": 0.75, "binary training acc": 0.875}],
    ),
    (
        "a counter between name and value",
        "Generator loss after epoch 5: 0.75, discriminator loss: 0.5",
        [{"epoch": 5, "Generator loss": 0.75, "discriminator loss": 0.5}],
    ),
    (
        "the best so far in brackets",
        "Epoch 10 D 0.5 G 0.75 FID: 32.5 (best: 30.5 @ epoch 5)",
        [{"Epoch": 10, "D": 0.5, "G": 0.75, "FID": 32.5}],
    ),
    ("dates of syslog", "Jan 05 10:11:12 host prog: step 5 D 0.5 G 0.75", [{"step": 5, "D": 0.5, "G": 0.75}]),
    ("short dates", "INFO - 04/05/21 10:11:12 - 0:01:02 - epoch 1 - d_loss: 0.5", [{"epoch": 1, "d_loss": 0.5}]),
    ("not a number as C on Windows prints it", "step 1 D = -1.#IND G = -1.#INF", [{"step": 1, "D": nan, "G": -inf}]),
    (
        "lists that touch their names",
        ">1, c1[0.625,40], g[82.25]",
        [{"step": 1, "c1[0]": 0.625, "c1[1]": 40, "g": 82.25}],
    ),
    (
        "a number that the end of the file cut off",
        "step 1 D: 0.5 G: 0.75\nstep 2 D: 0.25 G: 0.",
        [
            {"step": 1, "D": 0.5, "G": 0.75},
            {"step": 2, "D": 0.25},
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in OTHERS], ids=[case[0] for case in OTHERS])
def test_an_unlisted_format_gives_its_names_and_numbers(text: str, expected: Rows) -> None:
    found = rows_of(text)
    assert [list(row) for row in found] == [list(row) for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        assert row == pytest.approx(wanted, nan_ok=True)


def test_totals_behind_slashes_are_kept_apart() -> None:
    log = read_text("Epoch [1/50] Batch 10/469 Loss D: 0.5\nEpoch [2/50] Batch 10/469 Loss D: 0.25\n", "log")
    assert log.totals == {"Epoch": 50, "Batch": 469}
    assert list(log.columns) == ["Epoch", "Batch", "Loss D"]


def test_lines_point_into_the_file() -> None:
    log = read_text("starting\n\nEpoch 1 D 0.5 G 0.25\nnoise\nEpoch 2 D 0.25 G 0.5\n", "log")
    assert log.lines is not None
    assert log.lines.tolist() == [3, 5]
