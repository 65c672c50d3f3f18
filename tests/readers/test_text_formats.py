"""The line formats of the survey from 1 to 37, each with numbers of our own."""

from __future__ import annotations

import pytest
from logged_rows import Rows, rows_of

FORMATS: list[tuple[str, str, Rows]] = [
    (
        "01 Keras-GAN",
        "700 [D loss: 0.31, acc.: 88.28%] [G loss: 2.5]",
        [{"step": 700, "D loss": 0.31, "acc.%": 88.28, "G loss": 2.5}],
    ),
    (
        "02 DCGAN tutorial",
        "[3/20][50/400]\tLoss_D: 1.2\tLoss_G: 0.9\tD(x): 0.61\tD(G(z)): 0.33 / 0.42",
        [{"epoch": 3, "batch": 50, "Loss_D": 1.2, "Loss_G": 0.9, "D(x)": 0.61, "D(G(z))": 0.33, "D(G(z))[1]": 0.42}],
    ),
    (
        "03 DCGAN re-worded",
        "[0/8][77/99] DisLoss: 0.7 GenLoss: 5.5 D(x): 0.8 D(G(z)): 0.3 / 0.01",
        [{"epoch": 0, "batch": 77, "DisLoss": 0.7, "GenLoss": 5.5, "D(x)": 0.8, "D(G(z))": 0.3, "D(G(z))[1]": 0.01}],
    ),
    (
        "04 ACGAN brackets",
        "[2/9] [5/70] D(x): [0.51] D(G): [0.2/0.3] GLoss: [3.25] DLoss: [1.5] DLabel: [4.75]",
        [
            {
                "epoch": 2,
                "batch": 5,
                "D(x)": 0.51,
                "D(G)": 0.2,
                "D(G)[1]": 0.3,
                "GLoss": 3.25,
                "DLoss": 1.5,
                "DLabel": 4.75,
            }
        ],
    ),
    ("05 WGAN short", "[1/9][4/70] DLoss: -0.5 GLoss: 0.25", [{"epoch": 1, "batch": 4, "DLoss": -0.5, "GLoss": 0.25}]),
    (
        "06 WassersteinGAN, no colon on the last",
        "[10/90][20/60][33] Loss_D: -8.5 Loss_G: 1.5 Loss_D_real: -7.5 Loss_D_fake 1.25",
        [
            {
                "epoch": 10,
                "batch": 20,
                "step": 33,
                "Loss_D": -8.5,
                "Loss_G": 1.5,
                "Loss_D_real": -7.5,
                "Loss_D_fake": 1.25,
            }
        ],
    ),
    (
        "07 three dots after numbers",
        "Epoch 5/10... Discriminator Loss: 1.25... Generator Loss: 0.75",
        [{"Epoch": 5, "Discriminator Loss": 1.25, "Generator Loss": 0.75}],
    ),
    (
        "08 no colons",
        "Epoch 1/2 Discriminator loss 1.25 ... Generator loss 0.75 ...",
        [{"Epoch": 1, "Discriminator loss": 1.25, "Generator loss": 0.75}],
    ),
    (
        "09 padded, pipes",
        "Epoch [    7/   30] | d_loss: 0.5 | g_loss: 2.5",
        [{"Epoch": 7, "d_loss": 0.5, "g_loss": 2.5}],
    ),
    (
        "10 pipes with names, minus zero",
        "Epoch [   12/   30] | loss_critic: -0.0000 | loss_gen: 0.0125",
        [{"Epoch": 12, "loss_critic": 0.0, "loss_gen": 0.0125}],
    ),
    (
        "11 everything between pipes",
        "Epoch: 4 | Batch: 0 | d_loss: 0.75 | g_loss: 5.5 | D(x): 0.95 | D(G(z)): 0.4",
        [{"Epoch": 4, "Batch": 0, "d_loss": 0.75, "g_loss": 5.5, "D(x)": 0.95, "D(G(z))": 0.4}],
    ),
    (
        "12 value touches the colon",
        "Epoch:  5/99 Discriminator Loss:13.25 Generator Loss: 4.5",
        [{"Epoch": 5, "Discriminator Loss": 13.25, "Generator Loss": 4.5}],
    ),
    (
        "13 mixed case, run of spaces",
        "Epoch [3/50] Batch 40/469                   Loss D: 0.0000, loss G: 19.5",
        [{"Epoch": 3, "Batch": 40, "Loss D": 0, "loss G": 19.5}],
    ),
    (
        "14 batch in brackets",
        "Epoch [5/10] Batch [0/31] Loss D: 0.0625, Loss G: 4.5",
        [{"Epoch": 5, "Batch": 0, "Loss D": 0.0625, "Loss G": 4.5}],
    ),
    ("15 commas", "Epoch [6/30], D Loss: 0.5, G Loss: 3.5", [{"Epoch": 6, "D Loss": 0.5, "G Loss": 3.5}]),
    ("16 lone counter", "[6/30] Loss_D: 1.5 Loss_G: 3.25", [{"step": 6, "Loss_D": 1.5, "Loss_G": 3.25}]),
    (
        "17 long names",
        "Epoch [6/10]                        Batch 100/1563 Discriminator Loss: 0.75 Generator Loss: 1.25",
        [{"Epoch": 6, "Batch": 100, "Discriminator Loss": 0.75, "Generator Loss": 1.25}],
    ),
    (
        "18 PyTorch-GAN",
        "[Epoch 1/20] [Batch 0/157] [D loss: 0.125] [G loss: 1.75]",
        [{"Epoch": 1, "Batch": 0, "D loss": 0.125, "G loss": 1.75}],
    ),
    (
        "18b PyTorch-GAN with a fold before and a list behind",
        "[0] [Epoch 1/20] [Batch 3/157] [D loss: 0.125] [G loss: 1.75] [C loss: [0.5, 0.25]]",
        [
            {
                "index": 0,
                "Epoch": 1,
                "Batch": 3,
                "D loss": 0.125,
                "G loss": 1.75,
                "C loss[0]": 0.5,
                "C loss[1]": 0.25,
            }
        ],
    ),
    (
        "19 epoch in brackets",
        "[Epoch 100/200] [D loss: 0.625] [G loss: 0.75]",
        [{"Epoch": 100, "D loss": 0.625, "G loss": 0.75}],
    ),
    (
        "20 full floats",
        "Epoch 11/20, Batch 1/86 [D loss: 0.6791301965713501, acc.: 56.25%] [G loss: 0.7285463809967041]",
        [{"Epoch": 11, "Batch": 1, "D loss": 0.6791301965713501, "acc.%": 56.25, "G loss": 0.7285463809967041}],
    ),
    (
        "21 batch size that is a counter",
        "Epoch: 9/20  Batch Size: 0/173 [loss: 0.75, acc.: 50.00%] [G loss: 0.5]",
        [{"Epoch": 9, "batch": 0, "loss": 0.75, "acc.%": 50, "G loss": 0.5}],
    ),
    (
        "22 list, numbers in names",
        "Epoch 6/20, Batch 21/43 [D loss 1: 1.5, D loss 2: 0.75, G loss: [1.25, 0.5, 0.75]]",
        [
            {
                "Epoch": 6,
                "Batch": 21,
                "D loss 1": 1.5,
                "D loss 2": 0.75,
                "G loss[0]": 1.25,
                "G loss[1]": 0.5,
                "G loss[2]": 0.75,
            }
        ],
    ),
    (
        "23 real:fake",
        "50 [D1 loss: 0.625:1.125,  acc.: 62.50%] [G loss: 0.5]",
        [{"step": 50, "D1 loss": 0.625, "D1 loss[1]": 1.125, "acc.%": 62.5, "G loss": 0.5}],
    ),
    (
        "24 prompt sign, epoch and batch",
        ">4, 27/468, d1=0.625, d2=0.5 g=0.75",
        [{"epoch": 4, "batch": 27, "d1": 0.625, "d2": 0.5, "g": 0.75}],
    ),
    (
        "25 prompt sign, one D",
        ">90, 28/234, d=0.5, g=1.5",
        [{"epoch": 90, "batch": 28, "d": 0.5, "g": 1.5}],
    ),
    ("26 prompt sign, step", ">13, d=0.001, g=0.003, a=100", [{"step": 13, "d": 0.001, "g": 0.003, "a": 100}]),
    (
        "27 whole and parts in brackets",
        "13 [D loss: (0.5)(R 0.375, F 0.625)] [D acc: (0.75)(0.5, 1.0)] [G loss: 1.5] [G acc: 0.25]",
        [
            {
                "step": 13,
                "D loss": 0.5,
                "D loss R": 0.375,
                "D loss F": 0.625,
                "D acc": 0.75,
                "D acc[1]": 0.5,
                "D acc[2]": 1,
                "G loss": 1.5,
                "G acc": 0.25,
            }
        ],
    ),
    (
        "28 settings behind the step",
        "72 (5, 1) [D loss: (-0.5)(R -0.75, F 0.25)]  [G loss: -0.125]",
        [{"step": 72, "D loss": -0.5, "D loss R": -0.75, "D loss F": 0.25, "G loss": -0.125}],
    ),
    (
        "29 gradient penalty among the parts",
        "25 (5, 1) [D loss: (-22.5)(R -25.5, F -6.5, G 0.5)] [G loss: 6.25]",
        [{"step": 25, "D loss": -22.5, "D loss R": -25.5, "D loss F": -6.5, "D loss G": 0.5, "G loss": 6.25}],
    ),
    (
        "30 three without names",
        "10 (5, 1) [D loss: (-0.5, 0.0, -0.25)] [D acc: (0.5, 0.75, 0.625)] [G loss: 0.1] [G acc: 0.25]",
        [
            {
                "step": 10,
                "D loss[0]": -0.5,
                "D loss[1]": 0,
                "D loss[2]": -0.25,
                "D acc[0]": 0.5,
                "D acc[1]": 0.75,
                "D acc[2]": 0.625,
                "G loss": 0.1,
                "G acc": 0.25,
            }
        ],
    ),
    (
        "31 two lines a point",
        "discriminator loss at step 100: 0.75\nadversarial loss at step 100: 0.5\n"
        "discriminator loss at step 200: 0.625\nadversarial loss at step 200: 0.25\n",
        [
            {"step": 100, "discriminator loss": 0.75, "adversarial loss": 0.5},
            {"step": 200, "discriminator loss": 0.625, "adversarial loss": 0.25},
        ],
    ),
    (
        "32 step with a colon, indented",
        "    Step 490: Generator loss: 29.5, critic loss: -21.25",
        [{"Step": 490, "Generator loss": 29.5, "critic loss": -21.25}],
    ),
    (
        "33 description of a progress bar",
        "Epoch: 5, G_loss = 3.25, D_loss = 0.25: 100%|██████████| 600/600 [00:16<00:00, 37.03it/s]",
        [{"Epoch": 5, "batch": 600, "G_loss": 3.25, "D_loss": 0.25}],
    ),
    (
        "34 values behind a progress bar",
        "Training:  50%|████▉     | 117/234 [03:23<03:16, 59.77batch/s, Epoch=25/50, Loss D=0.375, Loss G=2.75]",
        [{"batch": 117, "Epoch": 25, "Loss D": 0.375, "Loss G": 2.75}],
    ),
    (
        "35 progress bar cut at the terminal's width",
        "Epoch 5:g_trn_l=1438.25,d_trn_l=-8.5: 100%|█| 2500/2500 [17:35<00:00, 2.3",
        [{"Epoch": 5, "batch": 2500, "g_trn_l": 1438.25, "d_trn_l": -8.5}],
    ),
    (
        "36 Keras 3 fit with colours, epoch on its own line",
        "Epoch 7/50\n\x1b[1m154/154\x1b[0m \x1b[32m━━━━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m9s\x1b[0m 59ms/step"
        " - d_loss: 0.3125 - g_loss: 3.5",
        [{"Epoch": 7, "batch": 154, "d_loss": 0.3125, "g_loss": 3.5}],
    ),
    (
        "37 comma separated values, CRLF",
        "Iteration,Generator Loss,Discriminator Loss\r\n1,2.5,0.75\r\n2,2.25,0.875\r\n",
        [
            {"Iteration": 1, "Generator Loss": 2.5, "Discriminator Loss": 0.75},
            {"Iteration": 2, "Generator Loss": 2.25, "Discriminator Loss": 0.875},
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in FORMATS], ids=[case[0] for case in FORMATS])
def test_a_format_gives_its_names_and_numbers(text: str, expected: Rows) -> None:
    found = rows_of(text)
    assert [list(row) for row in found] == [list(row) for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        assert row == pytest.approx(wanted, nan_ok=True)


def test_every_surveyed_format_has_a_case() -> None:
    numbered = {int(name[:2]) for name, _, _ in FORMATS if name[:2].isdigit()}
    assert numbered == set(range(1, 38))
