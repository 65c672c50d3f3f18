"""Column names as programs print them, and the metrics that they must become."""

from __future__ import annotations

import numpy as np
import pytest

from gandoctor.errors import BadOption, NoGanCurve
from gandoctor.readers.columns import ColumnMap, map_columns
from gandoctor.readers.raw import RawLog
from gandoctor.readers.tokens import tokenise


def raw_of(names: str, **values: np.ndarray) -> RawLog:
    """A log of 40 rows with the columns in `names`, separated by `|`; random in [0, 1) unless given."""
    rng = np.random.default_rng(7)
    return RawLog({name: values.get(name, rng.random(40)) for name in names.split("|")}, "log.csv")


def mapped(names: str, **values: np.ndarray) -> ColumnMap:
    return map_columns(raw_of(names, **values))


def pairs(text: str) -> dict[str, str]:
    """`d_loss=D loss; g_loss=G loss` as a dict."""
    return dict(part.strip().split("=", 1) for part in text.split(";"))


TOKENS = {
    "lossD": "loss d",
    "errD_real": "err d real",
    "Loss/D/loss": "loss d loss",
    "DisLoss": "dis loss",
    "GLoss": "g loss",
    "dloss": "d loss",
    "Dloss": "d loss",
    "ldis": "loss dis",
    "errgfake": "err g fake",
    "d1": "d 1",
    "D(G(z))": "d g z",
    "loss_G_A2B": "loss g a2b",
    "g_XtoY_loss": "g x2y loss",
    "R1_penalty": "r1 penalty",
    "G_L1": "g l1",
    "fid50k_full": "fid 50k full",
    "D_real+fake": "d real + fake",
    "acc.%": "acc %",
    "损失/判别器/总损失": "loss discriminator total loss",
    "wgan-gp/d_loss": "wgangp d loss",
    "discriminator": "discriminator",
    "Generated": "generated",
    "glossary": "glossary",
}


@pytest.mark.parametrize(("name", "words"), TOKENS.items())
def test_a_name_splits_into_known_words(name: str, words: str) -> None:
    assert " ".join(tokenise(name)) == words


CASES = {
    # one D loss, one G loss
    "D loss|G loss": "d_loss=D loss; g_loss=G loss",
    "Loss_D|Loss_G": "d_loss=Loss_D; g_loss=Loss_G",
    "DisLoss|GenLoss": "d_loss=DisLoss; g_loss=GenLoss",
    "GLoss|DLoss|DLabel": "d_loss=DLoss; g_loss=GLoss",
    "Discriminator Loss|Generator Loss": "d_loss=Discriminator Loss; g_loss=Generator Loss",
    "loss_critic|loss_gen": "d_loss=loss_critic; g_loss=loss_gen",
    "Epoch|Batch|Gen Loss|Disc Loss": "d_loss=Disc Loss; g_loss=Gen Loss",
    "Err_G|Err_D|Time|DataTime": "d_loss=Err_D; g_loss=Err_G",
    "errD|errG": "d_loss=errD; g_loss=errG",
    "train disc cost|train gen cost|time": "d_loss=train disc cost; g_loss=train gen cost",
    "Dis|Gen": "d_loss=Dis; g_loss=Gen",
    "d|g": "d_loss=d; g_loss=g",
    "dis/loss|gen/loss|epoch|iteration": "d_loss=dis/loss; g_loss=gen/loss",
    "losses/discriminator|losses/generator": "d_loss=losses/discriminator; g_loss=losses/generator",
    "损失/判别器/总损失|损失/生成器/总损失|学习率|归一化判别器梯度|归一化生成器梯度": (
        "d_loss=损失/判别器/总损失; g_loss=损失/生成器/总损失; learning_rate=学习率; "
        "d_grad_norm=归一化判别器梯度; g_grad_norm=归一化生成器梯度"
    ),
    "g_trn_l|d_trn_l|val_d_loss|val_g_loss": "d_loss=d_trn_l; g_loss=g_trn_l; d_loss_validation=val_d_loss",
    "discriminator loss|adversarial loss": "d_loss=discriminator loss; g_loss=adversarial loss",
    "epoch|d_loss|gan_loss": "d_loss=d_loss; g_loss=gan_loss",
    # a loss without an owner belongs to the network that is missing
    "loss|G loss": "d_loss=loss; g_loss=G loss",
    "|losses|losses_d|losses_test|losses_test_d|mse|mse_test": (
        "d_loss=losses_d; g_loss=losses; d_loss_validation=losses_test_d"
    ),
    "train_loss|valid_loss|gen_loss|disc_loss": "d_loss=disc_loss; g_loss=gen_loss",
    "D_loss|G_loss|Total_loss": "d_loss=D_loss; g_loss=G_loss",
    # real and fake: losses or outputs
    "G_GAN|G_L1|D_real|D_fake": "d_loss_real=D_real; d_loss_fake=D_fake; g_loss=G_GAN",
    "G_GAN|G_GAN_Feat|G_VGG|D_real|D_fake": "d_loss_real=D_real; d_loss_fake=D_fake; g_loss=G_GAN",
    "G_GAN|G_L1|D_real+fake": "d_loss=D_real+fake; g_loss=G_GAN",
    "epoch|D_loss|G_loss|D_real|D_fake": "d_loss=D_loss; g_loss=G_loss; d_score_real=D_real; d_score_fake=D_fake",
    "D_loss|G_loss|D_real_aug|D_fake_aug|D_real_raw|D_fake_raw": (
        "d_loss=D_loss; g_loss=G_loss; d_score_real=D_real_aug; d_score_fake=D_fake_aug"
    ),
    "Loss_D|Loss_G|Loss_D_real|Loss_D_fake": (
        "d_loss=Loss_D; g_loss=Loss_G; d_loss_real=Loss_D_real; d_loss_fake=Loss_D_fake"
    ),
    "iteration|errorD_real|errorD_fake|errorD|loss_G": (
        "d_loss=errorD; d_loss_real=errorD_real; d_loss_fake=errorD_fake; g_loss=loss_G"
    ),
    "g_losses|d_losses_real|d_losses_fake": "g_loss=g_losses; d_loss_real=d_losses_real; d_loss_fake=d_losses_fake",
    "real_loss|fake_loss|g_loss": "d_loss_real=real_loss; d_loss_fake=fake_loss; g_loss=g_loss",
    "d_loss (real)|d_loss (fake)|g_loss": "d_loss_real=d_loss (real); d_loss_fake=d_loss (fake); g_loss=g_loss",
    "D real|D fake|D q|G fake|G reg|G q": "d_loss_real=D real; d_loss_fake=D fake; g_loss=G fake",
    "l_g_pix|l_g_percep|l_g_gan|l_d_real|l_d_fake|out_d_real|out_d_fake|l_d_gp": (
        "g_loss=l_g_gan; d_loss_real=l_d_real; d_loss_fake=l_d_fake; d_score_real=out_d_real; "
        "d_score_fake=out_d_fake; gradient_penalty=l_d_gp"
    ),
    "loss_disc_real|loss_disc_fake|loss_disc_fake_g": (
        "d_loss_real=loss_disc_real; d_loss_fake=loss_disc_fake; g_loss=loss_disc_fake_g"
    ),
    "d1|d2|g": "d_loss_real=d1; d_loss_fake=d2; g_loss=g",
    "D loss 1|D loss 2|G loss": "d_loss_real=D loss 1; d_loss_fake=D loss 2; g_loss=G loss",
    "c1|c2|g": "d_loss_real=c1; d_loss_fake=c2; g_loss=g",
    "D1 loss|D1 loss[1]|G loss": "d_loss_real=D1 loss; d_loss_fake=D1 loss[1]; g_loss=G loss",
    "D loss|D loss R|D loss F|D loss G|G loss": (
        "d_loss=D loss; d_loss_real=D loss R; d_loss_fake=D loss F; gradient_penalty=D loss G; g_loss=G loss"
    ),
    # outputs of D
    "Loss_D|Loss_G|D(x)|D(G(z))|D(G(z))[1]": "d_loss=Loss_D; g_loss=Loss_G; d_score_real=D(x); d_score_fake=D(G(z))",
    "errD|errG|D_x|D_G_z1|D_G_z2": "d_loss=errD; g_loss=errG; d_score_real=D_x; d_score_fake=D_G_z1",
    "Epoch|Loss_D|Loss_G|Score_D|Score_G|PSNR|SSIM": (
        "d_loss=Loss_D; g_loss=Loss_G; d_score_real=Score_D; d_score_fake=Score_G"
    ),
    "Loss/D/loss|Loss/G/loss|Loss/scores/real|Loss/scores/fake|Loss/signs/real|Loss/signs/fake|Loss/r1_penalty|"
    "Loss/D/reg|Loss/G/reg|Loss/pl_penalty|Progress/tick|Progress/kimg|Progress/augment|Timing/Gmain": (
        "d_loss=Loss/D/loss; g_loss=Loss/G/loss; d_score_real=Loss/scores/real; d_score_fake=Loss/scores/fake; "
        "d_sign_real=Loss/signs/real; d_sign_fake=Loss/signs/fake; r1_penalty=Loss/r1_penalty; "
        "augment_p=Progress/augment"
    ),
    "lossD|lossG|D(real)|D(fake)": "d_loss=lossD; g_loss=lossG; d_score_real=D(real); d_score_fake=D(fake)",
    "ldif|ldis|llpips|real|fake": "d_loss=ldis; d_score_real=real; d_score_fake=fake",
    # accuracies
    "D loss|acc.|G loss": "d_loss=D loss; d_accuracy=acc.; g_loss=G loss",
    "d|g|a": "d_loss=d; g_loss=g; d_accuracy=a",
    "d1|d2|g|a1|a2": "d_loss_real=d1; d_loss_fake=d2; g_loss=g; d_accuracy_real=a1; d_accuracy_fake=a2",
    "D loss|D acc|A loss|A acc": "d_loss=D loss; d_accuracy=D acc; g_loss=A loss; g_accuracy=A acc",
    "D loss|acc|A loss|acc 2": "d_loss=D loss; d_accuracy=acc; g_loss=A loss; g_accuracy=acc 2",
    "D_loss|acc|G_loss": "d_loss=D_loss; d_accuracy=acc; g_loss=G_loss",
    "d_loss|g_loss|acc_real|acc_fake": (
        "d_loss=d_loss; g_loss=g_loss; d_accuracy_real=acc_real; d_accuracy_fake=acc_fake"
    ),
    "d_loss|g_loss|acc_real|acc_fake|class cost": "d_loss=d_loss; g_loss=g_loss",
    "|val_accuracy_test|val_accuracy_train|val_d_loss_test|val_g_loss_test|d_correct_test": (
        "d_accuracy=val_accuracy_test; d_loss=val_d_loss_test; g_loss=val_g_loss_test"
    ),
    # parts and totals of G's loss
    "epoch|D_loss|G_loss|G_adv|G_wavelet": "d_loss=D_loss; g_loss=G_adv; g_loss_total=G_loss",
    "loss_G_DIS|loss_G_adv|loss_G_GAN|loss_cycle|loss_identity": (
        "d_loss=loss_G_DIS; g_loss=loss_G_adv; g_loss_total=loss_G_GAN"
    ),
    "loss_G|loss_G_identity|loss_G_GAN|loss_G_cycle|loss_D": ("d_loss=loss_D; g_loss=loss_G_GAN; g_loss_total=loss_G"),
    "discrim_loss|gen_loss_GAN|gen_loss_L1": "d_loss=discrim_loss; g_loss=gen_loss_GAN",
    "gen_total_loss|gen_gan_loss|gen_l1_loss|disc_loss": (
        "d_loss=disc_loss; g_loss=gen_gan_loss; g_loss_total=gen_total_loss"
    ),
    "kl_g|l1_g|gan_g|ad_l2_g|gan_rec|dis_img|dis_img_rec": "d_loss=dis_img; g_loss=gan_g",
    "idt|disc|z_style|gen|z_cont|idt_aux|cycle_aux|transf": "d_loss=disc; g_loss=gen",
    "d_loss|g_loss|mean_d_loss|mean_g_loss": "d_loss=d_loss; g_loss=g_loss",
    "D_loss_batch|G_loss_batch|D_loss_epoch|G_loss_epoch": "d_loss=D_loss_batch; g_loss=G_loss_batch",
    "d_loss_epoch|g_loss_epoch": "d_loss=d_loss_epoch; g_loss=g_loss_epoch",
    "step|d_loss|g_loss|G_fix_losses": "d_loss=d_loss; g_loss=g_loss",
    "disc_loss|gen_loss|val_disc_loss|val_gen_loss": (
        "d_loss=disc_loss; g_loss=gen_loss; d_loss_validation=val_disc_loss"
    ),
    "loss/g/total|loss/d/total|learning_rate|grad_norm_d|grad_norm_g|loss/g/fm|loss/g/mel|loss/g/kl|loss/g/0|"
    "loss/g/1|loss/d_r/0|loss/d_r/1|loss/d_g/0|loss/d_g/1": (
        "d_loss=loss/d/total; g_loss=loss/g/total; learning_rate=learning_rate; d_grad_norm=grad_norm_d; "
        "g_grad_norm=grad_norm_g"
    ),
    # several pairs of networks
    "D_A|G_A|cycle_A|idt_A|D_B|G_B|cycle_B|idt_B": "d_loss@A=D_A; g_loss@A=G_A; d_loss@B=D_B; g_loss@B=G_B",
    "loss_G_A2B|loss_G_B2A|loss_D_A|loss_D_B": (
        "d_loss@A=loss_D_A; g_loss@A=loss_G_B2A; d_loss@B=loss_D_B; g_loss@B=loss_G_A2B"
    ),
    "G_loss|F_loss|D_X_loss|D_Y_loss": "d_loss@X=D_X_loss; g_loss@X=F_loss; d_loss@Y=D_Y_loss; g_loss@Y=G_loss",
    "D[0]|D[1]|D[2]|G[0]|G[1]|G[2]|Cyc[0]|Cyc[1]|Cyc[2]": (
        "d_loss@0=D[0]; d_loss@1=D[1]; d_loss@2=D[2]; g_loss@0=G[0]; g_loss@1=G[1]; g_loss@2=G[2]"
    ),
    "loss_D_A|loss_D_B|loss_G": "d_loss@A=loss_D_A; d_loss@B=loss_D_B; g_loss@A=loss_G; g_loss@B=loss_G",
    "disc_loss_1|disc_loss_2|disc_loss_3|gen_loss": (
        "d_loss@1=disc_loss_1; d_loss@2=disc_loss_2; d_loss@3=disc_loss_3; "
        "g_loss@1=gen_loss; g_loss@2=gen_loss; g_loss@3=gen_loss"
    ),
    # penalties, quality, schedules
    "critic_loss|gen_loss|gp|real_score|fake_score": (
        "d_loss=critic_loss; g_loss=gen_loss; gradient_penalty=gp; d_score_real=real_score; d_score_fake=fake_score"
    ),
    "D_cost|G_cost|Wasserstein_D": "d_loss=D_cost; g_loss=G_cost; wasserstein=Wasserstein_D",
    "Gen_loss|Dis_loss|Cls_loss|ada_p|FID score|F_8 score|F_1/8 score|Inception score": (
        "d_loss=Dis_loss; g_loss=Gen_loss; augment_p=ada_p; fid=FID score; recall=F_8 score; precision=F_1/8 score; "
        "inception_score=Inception score"
    ),
    "FID score|F_8 score|Improved Precision|Improved Recall|Density|Coverage": (
        "fid=FID score; precision=Improved Precision; recall=Improved Recall; density=Density; coverage=Coverage"
    ),
    "itr|IS_mean|IS_std|FID": "inception_score=IS_mean; fid=FID",
    "fid50k_full": "fid=fid50k_full",
    "Loss D|Loss G|MMD|EMD|GPU Memory|GPU Utilization": "d_loss=Loss D; g_loss=Loss G",
    "d_loss|d_loss_wgan|g_loss|dev disc cost|dev gen accuracy|train class cost": (
        "d_loss=d_loss; g_loss=g_loss; d_loss_validation=dev disc cost"
    ),
    "d_steps|n_critic|D|G": "d_loss=D; g_loss=G",
    # two letters in one, other languages, groups of losses
    "DR|DF|G|GP": "d_loss_real=DR; d_loss_fake=DF; g_loss=G; gradient_penalty=GP",
    "dr[0]|dr[1]|df[0]|df[1]|g[0]|g[1]": "d_loss_real=dr[0]; d_loss_fake=df[0]; g_loss=g[0]",
    "DL|GL": "d_loss=DL; g_loss=GL",
    "LD|LG": "d_loss=LD; g_loss=LG",
    "df|pr|g_loss|d_loss": "d_loss=d_loss; g_loss=g_loss",
    "Loss_DA|Loss_DB|Loss_GA|Loss_GB": "d_loss@A=Loss_DA; d_loss@B=Loss_DB; g_loss@A=Loss_GA; g_loss@B=Loss_GB",
    "loss_seg1|loss_seg2|loss_adv1|loss_adv2|loss_D1|loss_D2": (
        "d_loss@1=loss_D1; d_loss@2=loss_D2; g_loss@1=loss_adv1; g_loss@2=loss_adv2"
    ),
    "GAN|GAN_Feat|VGG|D_Fake|D_real": "d_loss_real=D_real; d_loss_fake=D_Fake; g_loss=GAN",
    "l_g_gan|l_d_real|l_d_fake|D_real|D_fake": (
        "d_loss_real=l_d_real; d_loss_fake=l_d_fake; g_loss=l_g_gan; d_score_real=D_real; d_score_fake=D_fake"
    ),
    "D/ref_real|D/ref_fake|D/ref_reg|G/ref_adv|G/ref_sty": (
        "d_loss_real=D/ref_real; d_loss_fake=D/ref_fake; g_loss=G/ref_adv"
    ),
    "d_l|g_l|gL1|gadv": "d_loss=d_l; g_loss=gadv; g_loss_total=g_l",
    "generator/total_loss|discriminator/total": "d_loss=discriminator/total; g_loss=generator/total_loss",
    "Pérdida D|Pérdida G": "d_loss=Pérdida D; g_loss=Pérdida G",
    "Perte discriminateur|Perte générateur": "d_loss=Perte discriminateur; g_loss=Perte générateur",
    "Diskriminator-Verlust|Generator-Verlust": "d_loss=Diskriminator-Verlust; g_loss=Generator-Verlust",
    "Эпоха|Потери дискриминатора|Потери генератора": "d_loss=Потери дискриминатора; g_loss=Потери генератора",
    "에폭|판별자 손실|생성자 손실": "d_loss=판별자 손실; g_loss=생성자 손실",
    "D_loss|D_loss (1)|G_loss|G_loss (1)": "d_loss=D_loss; g_loss=G_loss",
}


@pytest.mark.parametrize(("names", "expected"), CASES.items())
def test_the_columns_become_these_metrics(names: str, expected: str) -> None:
    assert dict(mapped(names).metrics) == pairs(expected)


NOTHING = ["a|b|c", "loss", "accuracy|loss", "epoch|step", "G", "d", "lr|time", "temperature|humidity", "Sem|Sem[1]"]


@pytest.mark.parametrize("names", NOTHING)
def test_columns_that_name_no_gan_are_refused(names: str) -> None:
    with pytest.raises(NoGanCurve, match=r"log\.csv"):
        mapped(names)


def test_the_refusal_lists_the_columns_and_what_to_type() -> None:
    with pytest.raises(NoGanCurve) as error:
        mapped("first thing|other thing|third")
    text = str(error.value)
    assert "'first thing', 'other thing', 'third'" in text
    assert "--map d_loss='first thing' --map g_loss='other thing'" in text


@pytest.mark.parametrize("g", ["G loss", "G loss[0]|G loss[1]"])
def test_shares_of_a_batch_behind_the_loss_are_its_accuracy(g: str) -> None:
    shares = np.random.default_rng(3).integers(20, 64, 40) / 64
    found = mapped(f"D loss[0]|D loss[1]|{g}", **{"D loss[1]": shares})
    assert found.metrics["d_loss"] == "D loss[0]"
    assert found.metrics["d_accuracy"] == "D loss[1]"
    assert found.metrics["g_loss"] == g.split("|")[0]


def test_two_losses_in_a_list_are_the_halves() -> None:
    found = mapped("D loss[0]|D loss[1]|G loss")
    assert found.metrics["d_loss_real"] == "D loss[0]"
    assert found.metrics["d_loss_fake"] == "D loss[1]"
    assert "d_accuracy" not in found.metrics


def test_halves_that_add_up_to_the_loss_are_losses_beside_it() -> None:
    rng = np.random.default_rng(1)
    real, fake = rng.random(40), rng.random(40)
    found = mapped("D_loss|D_real|D_fake|G_loss", D_loss=(real + fake) / 2, D_real=real, D_fake=fake)
    assert found.metrics["d_loss_real"] == "D_real"
    assert found.metrics["d_loss_fake"] == "D_fake"
    assert "d_score_real" not in found.metrics


def test_a_loss_that_is_made_of_two_others_is_the_loss_of_d() -> None:
    rng = np.random.default_rng(2)
    data, gen = rng.random(40), rng.random(40)
    found = mapped("loss|loss_gen|loss_data", loss=data + gen, loss_gen=gen, loss_data=data)
    assert dict(found.metrics) == {"d_loss": "loss", "d_loss_fake": "loss_gen", "d_loss_real": "loss_data"}


def test_a_list_of_g_losses_is_total_adversarial_and_class() -> None:
    rng = np.random.default_rng(3)
    adversarial, label = rng.random(40), rng.random(40)
    values = {"G loss[0]": adversarial + label, "G loss[1]": adversarial, "G loss[2]": label}
    found = mapped("D loss|G loss[0]|G loss[1]|G loss[2]", **values)
    assert found.metrics["g_loss"] == "G loss[1]"
    assert found.metrics["g_loss_total"] == "G loss[0]"
    assert found.unmapped == ("G loss[2]",)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_mean_in_a_list_of_accuracies_is_found_wherever_it_stands(place: int) -> None:
    rng = np.random.default_rng(4)
    real, fake = np.round(rng.random(40), 3), np.round(rng.random(40), 3)
    order = [real, fake]
    order.insert(place, np.round((real + fake) / 2, 3))
    values = {f"D acc[{i}]": column for i, column in enumerate(order)}
    zeros = {f"D loss[{i}]": np.zeros(40) for i in range(3)}
    found = mapped("D loss[0]|D loss[1]|D loss[2]|D acc[0]|D acc[1]|D acc[2]|G loss", **values, **zeros)
    left = [i for i in range(3) if i != place]
    assert found.metrics["d_accuracy"] == f"D acc[{place}]"
    assert found.metrics["d_accuracy_real"] == f"D acc[{left[0]}]"
    assert found.metrics["d_loss"] == f"D loss[{place}]"
    assert found.metrics["d_loss_fake"] == f"D loss[{left[1]}]"


def test_two_nameless_columns_are_taken_for_d_and_g_with_a_warning() -> None:
    found = mapped("0|1|2", **{"0": np.arange(40.0)})
    assert dict(found.metrics) == {"d_loss": "1", "g_loss": "2"}
    assert found.counter == "0"
    assert any("have no names" in note for note in found.notes)


def test_a_lone_curve_whose_tag_was_lost_is_taken_for_d_with_a_warning() -> None:
    found = mapped("Wall time|Step|export_3")
    assert found.metrics == {"d_loss": "export_3"}
    assert any("does not say which curve" in note for note in found.notes)


def test_three_nameless_columns_without_a_counter_are_refused() -> None:
    with pytest.raises(NoGanCurve):
        mapped("0|1|2")


def test_the_only_column_takes_its_name_from_the_file() -> None:
    log = RawLog({"Wall time": np.arange(9.0), "Step": np.arange(9.0), "Value": np.ones(9)}, "runs/critic_loss.csv")
    assert dict(map_columns(log).metrics) == {"d_loss": "Value"}


PERCENT = {
    "all above 1.5": ("acc", [50.0, 89.5, 100.0], 0.01),
    "fractions": ("acc", [0.5, 0.895, 1.0], 1.0),
    "low percents marked as such": ("acc.%", [0.5, 0.9, 1.0], 0.01),
}


@pytest.mark.parametrize(("column", "values", "scale"), PERCENT.values(), ids=PERCENT)
def test_percent_accuracies_are_scaled(column: str, values: list[float], scale: float) -> None:
    numbers = np.array(values)
    found = map_columns(RawLog({"D loss": numbers + 1, column: numbers, "G loss": numbers}, "log"))
    assert found.metrics["d_accuracy"] == column
    assert found.scales.get("d_accuracy", 1.0) == scale


def test_accuracies_of_one_log_share_their_unit() -> None:
    found = mapped("d1|d2|g|a1|a2", a1=np.linspace(0, 1, 40), a2=np.linspace(50, 100, 40))
    assert dict(found.scales) == {"d_accuracy_real": 0.01, "d_accuracy_fake": 0.01}


def test_an_accuracy_above_100_percent_is_none() -> None:
    found = mapped("D loss|acc|G loss", acc=np.linspace(60, 163, 40))
    assert "d_accuracy" not in found.metrics
    assert "acc" in found.unmapped
    assert any("'acc'" in note for note in found.notes)


def test_an_accuracy_that_is_a_loss_in_percent_is_none() -> None:
    loss = np.round(np.linspace(0.2, 0.9, 40), 3)
    found = mapped("D loss|acc|G loss", **{"D loss": loss, "acc": np.round(100 * loss, 2)})
    assert "d_accuracy" not in found.metrics


def test_overrides_go_before_the_names() -> None:
    found = map_columns(raw_of("D_loss|G_loss|G_other"), {"g_loss": "g_OTHER"})
    assert found.metrics["g_loss"] == "G_other"
    assert found.metrics["d_loss"] == "D_loss"
    assert "G_loss" in found.unmapped


def test_overrides_can_name_a_pair() -> None:
    found = map_columns(raw_of("first|second|third|fourth"), {"d_loss@A": "first", "g_loss@A": "second"})
    assert dict(found.metrics) == {"d_loss@A": "first", "g_loss@A": "second"}


def test_bad_overrides_are_all_named_with_the_good_ones() -> None:
    with pytest.raises(BadOption) as error:
        map_columns(raw_of("D_loss|G_loss"), {"d_los": "D_loss", "g_loss": "G_los"})
    text = str(error.value)
    assert "'d_los' is no metric" in text
    assert "did you mean 'd_loss'" in text
    assert "no column 'G_los'" in text
    assert "did you mean 'G_loss'" in text


def test_columns_never_logged_are_no_columns() -> None:
    never = np.zeros(40, np.bool_)
    log = raw_of("D_loss|G_loss|G_adv")
    found = map_columns(RawLog(log.columns, "log", {"G_adv": never}))
    assert found.metrics["g_loss"] == "G_loss"


def test_clocks_and_machines_are_not_reported_as_misunderstood() -> None:
    found = mapped("epoch|D_loss|G_loss|G_L1|time|GPU Memory|Timing/total_sec|restart")
    assert found.unmapped == ("G_L1",)


def test_many_foreign_columns_do_not_slow_the_mapping_down() -> None:
    names = "|".join(["d_loss", "g_loss", *(f"layer{i}.weight/grad_mean" for i in range(2000))])
    assert dict(mapped(names).metrics) == {"d_loss": "d_loss", "g_loss": "g_loss"}
