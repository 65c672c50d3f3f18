"""Every log of the corpus, which lies beside the repository where it is present, is read with the right columns."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gandoctor.errors import NoGanCurve
from gandoctor.readers import read, read_all
from gandoctor.readers.options import ReadOptions
from gandoctor.readers.several import pick

if TYPE_CHECKING:
    from gandoctor.model import Run

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "corpus"
INDEX = CORPUS / "index.csv"
ROWS = list(csv.DictReader(INDEX.read_text().splitlines())) if INDEX.exists() else []

pytestmark = pytest.mark.skipif(not ROWS, reason="the corpus is not here")

NAMELESS = {
    "tb_ogan_measurell_mnist": "the likelihood of a trained GAN, no curve of its training",
}
"""Logs in which nothing says whose curve it is."""

EXPECTED = {
    "aboudib_": "d_loss=Discriminator loss; g_loss=Generator loss",
    "aloha_": "d_loss=loss; d_loss_real=loss_data; d_loss_fake=loss_gen",
    "biggan_": "fid=FID; inception_score=IS_mean",
    "ch_dcgan_aidiary": "d_loss=dis/loss; g_loss=gen/loss",
    "ch_dcgan_alok": "d_loss=loss; d_loss_real=loss_data; d_loss_fake=loss_gen",
    "ch_otm23": "d_loss=d_loss; g_loss=g_loss; d_accuracy=accuracy",
    "cmpt743": "d_loss=D_loss; g_loss=G_loss",
    "csv_anime": "d_loss=D_loss",
    "csv_anime_phase1": "d_score_real=D_real; d_score_fake=D_fake; g_loss=G_loss",
    "csv_anime_phase2_05": "g_loss=G_adv; g_loss_total=G_loss",
    "csv_anime_phase2_12": "d_score_real=D_real; d_score_fake=D_fake",
    "csv_anime_phase7": "d_score_real=D_real_aug; d_score_fake=D_fake_aug",
    "csv_cgan_photoz": "d_loss=losses_d; g_loss=losses; d_loss_validation=losses_test_d",
    "csv_mwj": "d_loss=Discriminator Loss; g_loss=Generator Loss",
    "csv_otm23": "d_loss=val_d_loss_test; g_loss=val_g_loss_test; d_accuracy=val_accuracy_test",
    "csv_srgan": "d_loss=Loss_D; g_loss=Loss_G; d_score_real=Score_D; d_score_fake=Score_G",
    "csv_wavegan": "d_loss=Disc Loss; g_loss=Gen Loss",
    "ex_bezier": "d_loss_real=D real; d_loss_fake=D fake; g_loss=G fake",
    "ex_roatienza": "d_loss=D loss; g_loss=A loss; d_accuracy=D acc; g_accuracy=A acc",
    "fchollet": "d_loss=discriminator loss; g_loss=adversarial loss",
    "gdl_camel_wgangp": "d_loss=D loss; d_loss_real=D loss R; d_loss_fake=D loss F; gradient_penalty=D loss G",
    "gdl_camel_gan": "d_loss=D loss; d_loss_real=D loss R; d_accuracy=D acc; g_accuracy=G acc",
    "joelpoah": "d_loss=D loss; g_loss=G loss; d_accuracy=acc.%",
    "juanecito": "d_loss=errorD; d_loss_real=errorD_real; d_loss_fake=errorD_fake; g_loss=loss_G",
    "krupa": "d_loss=critic loss; g_loss=Generator loss",
    "ll_combogan": "d_loss@0=D[0]; d_loss@3=D[3]; g_loss@0=G[0]; g_loss@3=G[3]",
    "ll_deblur": "d_loss=D_real+fake; g_loss=G_GAN",
    "ll_ganilla": "d_loss@A=D_A; g_loss@A=G_A; d_loss@B=D_B; g_loss@B=G_B",
    "ll_inpaint": "d_loss=dis_img; g_loss=gan_g",
    "ll_je": "d_loss=disc; g_loss=gen",
    "ll_liveness": "d_loss_real=D_real; d_loss_fake=D_fake; g_loss=G_GAN",
    "ll_pix2pixHD": "d_loss_real=D_real; d_loss_fake=D_fake; g_loss=G_GAN",
    "mcrespo": "d_loss=Loss_D; g_loss=Loss_G; d_score_real=D(x); d_score_fake=D(G(z))",
    "mwj_": "d_loss=Loss D; g_loss=Loss G",
    "npy_": "d_loss=d_loss; g_loss=g_loss",
    "pkl_capsgan": "d_loss=d_loss; g_loss=g_loss",
    "pkl_ttdcgan": "d_loss=d_loss; g_loss=g_loss",
    "sg2_rpgsprite": "d_loss=Loss/D/loss; g_loss=Loss/G/loss; d_sign_real=Loss/signs/real; r1_penalty=Loss/r1_penalty",
    "sg2fid": "fid=fid50k_full",
    "sg_cifar10_dcgan": "d_loss=Discriminator_loss; g_loss=Generator_loss; fid=FID score; recall=F_8 score",
    "sg_cifar10_stylegan2": "d_loss=Dis_loss; g_loss=Gen_loss; fid=FID score",
    "events.out.tfevents.tb_gender": "d_loss=loss_G_DIS; g_loss=loss_G_adv; g_loss_total=loss_G_GAN",
    "events.out.tfevents.tb_shiphull": "d_loss=D_loss_batch; g_loss=G_loss_batch",
    "udacity_": "d_loss=Discriminator Loss; g_loss=Generator Loss",
    "vdl_": "d_loss=损失/判别器/总损失; g_loss=损失/生成器/总损失",
    "xuhpan_cgan": "d_loss=Loss D; g_loss=Loss G",
    "xuhpan_wgan": "d_loss=Loss Critic; g_loss=Loss Generator",
}
"""Beginning of a file's name -> columns that it must be read with; checked by eye against the logs."""


def name_of(row: dict[str, str]) -> str:
    return Path(row["file"]).name


def nameless(row: dict[str, str]) -> bool:
    return any(part in row["file"] for part in NAMELESS)


READABLE = [row for row in ROWS if not nameless(row)]


@pytest.fixture(scope="module")
def every_run() -> dict[str, tuple[Run, ...]]:
    return {name_of(row): read_all(CORPUS / row["file"]) for row in READABLE}


@pytest.fixture(scope="module")
def runs(every_run: dict[str, tuple[Run, ...]]) -> dict[str, Run]:
    return {name: pick(found, ReadOptions()) for name, found in every_run.items()}


@pytest.mark.parametrize("row", READABLE, ids=name_of)
def test_the_log_has_a_curve_of_d_or_g_or_of_quality(row: dict[str, str], runs: dict[str, Run]) -> None:
    run = runs[name_of(row)]
    assert any(metric.startswith(("d_", "g_", "fid")) for metric in run.curves)
    assert all(len(curve) for curve in run.curves.values())


@pytest.mark.parametrize("row", [row for row in ROWS if nameless(row)], ids=name_of)
def test_a_log_that_names_no_network_is_refused_with_what_to_type(row: dict[str, str]) -> None:
    with pytest.raises(NoGanCurve, match="--map d_loss="):
        read(CORPUS / row["file"])


@pytest.mark.parametrize("start", EXPECTED)
def test_the_columns_are_the_right_ones(start: str, runs: dict[str, Run]) -> None:
    expected = dict(part.strip().split("=", 1) for part in EXPECTED[start].split(";"))
    found = {name: run for name, run in runs.items() if name.startswith(start)}
    assert found
    for name, run in found.items():
        assert {metric: run.columns.get(metric) for metric in expected} == expected, name


@pytest.mark.parametrize("row", READABLE, ids=name_of)
def test_no_point_is_lost_or_made(row: dict[str, str], every_run: dict[str, tuple[Run, ...]]) -> None:
    """The runs of a file have the points that were counted by hand, but for rows that a restart logged again."""
    counted = int(row["points"])
    losses = [
        max((len(c) for m, c in run.curves.items() if m.startswith(("d_", "g_", "fid"))), default=0)
        for run in every_run[name_of(row)]
    ]
    assert sum(losses) <= counted
    again = 0.35 if "tqdm" in row["file"] or "dra" in row["file"] else 0.02
    assert sum(losses) >= counted * (1 - again) - 1


@pytest.mark.parametrize("row", READABLE, ids=name_of)
def test_the_steps_rise_strictly(row: dict[str, str], runs: dict[str, Run]) -> None:
    for curve in runs[name_of(row)].curves.values():
        assert (curve.steps[1:] > curve.steps[:-1]).all()
