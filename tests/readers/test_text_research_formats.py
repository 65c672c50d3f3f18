"""The line formats of the survey from 38 to 63 and those of the source documents."""

from __future__ import annotations

from math import inf, nan

import pytest
from logged_rows import Rows, rows_of

FORMATS: list[tuple[str, str, Rows]] = [
    (
        "38 HTML table",
        "<table>\n<thead>\n<tr style='x'>\n<th>epoch</th>\n<th>train_loss</th>\n<th>gen_loss</th>\n</tr>\n</thead>\n"
        "<tbody>\n<tr>\n<th>16</th>\n    <th>-0.25</th>\n    <th>0.5</th>\n</tr>\n"
        "<tr><td>17</td><td>-0.5</td><td>0.75</td></tr></tbody></table>",
        [
            {"epoch": 16, "train_loss": -0.25, "gen_loss": 0.5},
            {"epoch": 17, "train_loss": -0.5, "gen_loss": 0.75},
        ],
    ),
    (
        "39 table that clears the screen",
        "epoch       loss        loss_gen    loss_data \n\x1b[J1           1.25        0.75        0.5     \n"
        "\x1b[J2           1.125       0.625       0.5     \n",
        [
            {"epoch": 1, "loss": 1.25, "loss_gen": 0.75, "loss_data": 0.5},
            {"epoch": 2, "loss": 1.125, "loss_gen": 0.625, "loss_data": 0.5},
        ],
    ),
    (
        "40 CycleGAN loss_log",
        "(epoch: 101, iters: 100, time: 0.867, data: 0.002) D_A: 0.125 G_A: 0.5 cycle_A: 0.375 idt_A: 0.25 D_B: 0.75 ",
        [
            {
                "epoch": 101,
                "iters": 100,
                "time": 0.867,
                "data": 0.002,
                "D_A": 0.125,
                "G_A": 0.5,
                "cycle_A": 0.375,
                "idt_A": 0.25,
                "D_B": 0.75,
            }
        ],
    ),
    (
        "41 pix2pixHD loss_log",
        "(epoch: 45, iters: 300, time: 0.148) G_GAN: 2.25 G_GAN_Feat: 7.5 G_VGG: 8.5 D_real: 0.125 D_fake: 0.5 ",
        [
            {
                "epoch": 45,
                "iters": 300,
                "time": 0.148,
                "G_GAN": 2.25,
                "G_GAN_Feat": 7.5,
                "G_VGG": 8.5,
                "D_real": 0.125,
                "D_fake": 0.5,
            }
        ],
    ),
    (
        "42 one value a domain",
        "(epoch: 29, iters: 900, time: 0.314) D: 0.5, 0.25 | G: 0.75, 0.125 | Cyc: 0.0, 0.5 | ",
        [
            {
                "epoch": 29,
                "iters": 900,
                "time": 0.314,
                "D[0]": 0.5,
                "D[1]": 0.25,
                "G[0]": 0.75,
                "G[1]": 0.125,
                "Cyc[0]": 0,
                "Cyc[1]": 0.5,
            }
        ],
    ),
    (
        "43 StudioGAN",
        "[INFO] 2021-01-02 15:59:23 > Step:  1001 Progress: 50.0% Elapsed: 2:35:24 temperature: no ada_p: No "
        "Discriminator_loss: 0.25 Generator_loss: 7.5 ",
        [{"Step": 1001, "Progress%": 50, "Discriminator_loss": 0.25, "Generator_loss": 7.5}],
    ),
    (
        "44 StudioGAN, values not available, a day elapsed",
        "[INFO] 2021-01-02 20:18:41 > Step: 1011 Progress: 25.5% Elapsed: 1 day, 4:16:33 Gen_loss: 1.5 Dis_loss: 0.75 "
        "Cls_loss: N/A Topk:  N/A ada_p: 0.125",
        [{"Step": 1011, "Progress%": 25.5, "Gen_loss": 1.5, "Dis_loss": 0.75, "ada_p": 0.125}],
    ),
    (
        "45 equals signs",
        "[500/1000] D_loss=-1.5 G_loss=-2.75 Total_loss = -4.25",
        [{"step": 500, "D_loss": -1.5, "G_loss": -2.75, "Total_loss": -4.25}],
    ),
    ("46 bare words", "Epoch 765 Dis 0.0625 Gen 6.25", [{"Epoch": 765, "Dis": 0.0625, "Gen": 6.25}]),
    (
        "47 telemetry on the line",
        "Epoch: 5, Loss D: 1.13e-12, Loss G: 26.5, MMD: 1.5, GPU Memory: 359/8192 MiB, GPU Utilization: 71%, "
        "GPU Temperature: 54°C",
        [{"Epoch": 5, "Loss D": 1.13e-12, "Loss G": 26.5, "MMD": 1.5, "GPU Utilization%": 71}],
    ),
    (
        "48 the same epoch in other words",
        "Epoch: 5, Loss D: 0.5, Loss G: 1.25, MMD: 0.125\nEpoch [6/10]  Loss D: 0.5, Loss G: 1.25\n"
        "Epoch: 6, Loss D: 0.5, Loss G: 1.5, MMD: 0.25\nEpoch [7/10]  Loss D: 0.5, Loss G: 1.5\n",
        [
            {"Epoch": 5, "Loss D": 0.5, "Loss G": 1.25, "MMD": 0.125},
            {"Epoch": 6, "Loss D": 0.5, "Loss G": 1.5, "MMD": 0.25},
        ],
    ),
    (
        "49 date and time before",
        "20/06/2017 07:39:32 PM Epoch: [ 6] [64/65] time: 10567.9, dis_loss: 0.25, gen_loss: 5.75",
        [{"Epoch": 6, "batch": 64, "time": 10567.9, "dis_loss": 0.25, "gen_loss": 5.75}],
    ),
    (
        "50 semicolons",
        "iteration:1067;errorD_real:7.5e-05;errorD_fake:9.25e-05;errorD:0.00016;loss_G:9.75",
        [{"iteration": 1067, "errorD_real": 7.5e-05, "errorD_fake": 9.25e-05, "errorD": 0.00016, "loss_G": 9.75}],
    ),
    (
        "51 DCGAN-tensorflow",
        "Epoch: [14/25] [   3/   4] time: 238.1187, d_loss: 6.5, g_loss: 0.25",
        [{"Epoch": 14, "batch": 3, "time": 238.1187, "d_loss": 6.5, "g_loss": 0.25}],
    ),
    (
        "52 dcgan.torch",
        "Epoch: [1][     102 /      237]\t Time: 5.215  DataTime: 0.000    Err_G: 3.75  Err_D: 0.875\t",
        [{"Epoch": 1, "batch": 102, "Time": 5.215, "DataTime": 0, "Err_G": 3.75, "Err_D": 0.875}],
    ),
    (
        "53 elapsed in brackets",
        "Elapsed [0:05:54.605321] batch: 279  d_loss: 0.000000  g_loss: 8.75",
        [{"batch": 279, "d_loss": 0, "g_loss": 8.75}],
    ),
    (
        "54 no names, counter resets",
        "5\t-3.5\t5.75\n7\t-3.25\t5.5\n0\t-3.0\t5.25\n",
        [
            {"step": 5, "value 1": -3.5, "value 2": 5.75},
            {"step": 7, "value 1": -3.25, "value 2": 5.5},
            {"step": 0, "value 1": -3, "value 2": 5.25},
        ],
    ),
    (
        "55 means beside values",
        "Epoch: 8 Step:   460  time: 0.595921 s d_loss: 65.5, g_loss: 1352.5 -- mean_d_loss: 15.5, mean_g_loss: 1132.5",
        [{"Epoch": 8, "Step": 460, "d_loss": 65.5, "g_loss": 1352.5, "mean_d_loss": 15.5, "mean_g_loss": 1132.5}],
    ),
    ("56 zero padded, nan", "Epoch: 0564 D loss: nan G loss: -2.5", [{"Epoch": 564, "D loss": nan, "G loss": -2.5}]),
    (
        "57 nan and inf",
        "Epoch 4, Loss G: nan, Loss D: -inf",
        [{"Epoch": 4, "Loss G": nan, "Loss D": -inf}],
    ),
    (
        "58 tensors on their own lines",
        "12 step 1200\ntensor(0.25, device='cuda:0', grad_fn=<SubBackward0>)\n"
        "tensor(6.5, device='cuda:0', grad_fn=<NegBackward>) None\n\nepoch\n12 step 1250\n"
        "tensor(0.125, device='cuda:0', grad_fn=<SubBackward0>)\ntensor(5.75, device='cuda:0',\n",
        [
            {"epoch": 12, "step": 1200, "value 1": 0.25, "value 2": 6.5},
            {"epoch": 12, "step": 1250, "value 1": 0.125, "value 2": 5.75},
        ],
    ),
    (
        "59 BasicSR",
        "2020-08-15 15:51:47,540 INFO: [My_ES..][epoch:209, iter:  20,300, lr:(1.000e-04,)] "
        "[eta: 1 day, 18:11:03, time (data): 0.390 (0.002)] l_g_pix: 3.5e-04 l_g_gan: 3.25e-02 out_d_real: 4.75e+01 ",
        [
            {
                "epoch": 209,
                "iter": 20300,
                "lr": 1e-4,
                "time (data)": 0.39,
                "time (data) (1)": 0.002,
                "l_g_pix": 3.5e-4,
                "l_g_gan": 3.25e-2,
                "out_d_real": 47.5,
            }
        ],
    ),
    (
        "60 names and values between slashes",
        "Train: 017400/200000, ldif/ldis/real:t(100):0.25/  +nan/-0.5, t(250): nan/+0.125/+0.75, lr:5.0e-05",
        [
            {
                "step": 17400,
                "ldif t(100)": 0.25,
                "ldis t(100)": nan,
                "real t(100)": -0.5,
                "ldif t(250)": nan,
                "ldis t(250)": 0.125,
                "real t(250)": 0.75,
                "lr": 5e-5,
            }
        ],
    ),
    (
        "61 sections",
        "227: [D] real 0.5 fake 0.25 q -0.625  [G] fake 1.5 reg 0.125 q -0.75",
        [{"step": 227, "D real": 0.5, "D fake": 0.25, "D q": -0.625, "G fake": 1.5, "G reg": 0.125, "G q": -0.75}],
    ),
    (
        "62 the same name in two groups",
        "55: [D loss: 7.75, acc: 0.500000]  [A loss: 0.25, acc: 1.000000]",
        [{"step": 55, "D loss": 7.75, "D acc": 0.5, "A loss": 0.25, "A acc": 1}],
    ),
    (
        "63 header over pipes",
        "D_loss       acc     G_loss\n0.5 | 100 | 6.25 | 2 days,   12:04:16.416641\n"
        "0.25 | 99 | 5.125 | 2 days, 12:04:35.1\n",
        [{"D_loss": 0.5, "acc": 100, "G_loss": 6.25}, {"D_loss": 0.25, "acc": 99, "G_loss": 5.125}],
    ),
    (
        "S1 the seeds' stable run",
        ">450, d1=0.550, d2=0.731 g=1.100, a1=76, a2=42",
        [{"step": 450, "d1": 0.55, "d2": 0.731, "g": 1.1, "a1": 76, "a2": 42}],
    ),
    ("S2 the seeds' dead run", ">450, d=0.000, g=0.001, a=100", [{"step": 450, "d": 0, "g": 0.001, "a": 100}]),
    (
        "S3 the seeds' epochs",
        "Epoch: 100/100 Discriminator Loss: 0.5693 Generator Loss: 2.3100",
        [{"Epoch": 100, "Discriminator Loss": 0.5693, "Generator Loss": 2.31}],
    ),
    (
        "S4 the seeds' progress report",
        "[Epoch 3, Step 20] d_loss = 0.0001 | gan_loss = 10.2",
        [{"Epoch": 3, "Step": 20, "d_loss": 0.0001, "gan_loss": 10.2}],
    ),
    (
        "S5 rows glued to one line",
        ">1, d1=0.75, d2=0.5 g=0.25, a1=54, a2=12 >2, d1=0.5, d2=4.5 g=0.125, a1=100, a2=0",
        [
            {"step": 1, "d1": 0.75, "d2": 0.5, "g": 0.25, "a1": 54, "a2": 12},
            {"step": 2, "d1": 0.5, "d2": 4.5, "g": 0.125, "a1": 100, "a2": 0},
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
    assert numbered == set(range(38, 64))
