"""The words of column names and what each can mean: data only, read by `tokens.py` and `names.py`.

A word stands here because many programs use it, never because one log does. Words are lower case.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DISCRIMINATOR = _words(
    "d dis disc discr discrim discriminator discriminators descriminator discriminador discriminateur "
    "discriminatore diskriminator critic critics crit netd dnet modeld opd дискриминатор дискриминатора дискриминатору"
)
GENERATOR = _words(
    "g gen gens gener generator generators generador generateur générateur gerador generatore netg gnet modelg opg "
    "генератор генератора генератору"
)
SHORT = frozenset({"d", "g", "dis", "gen"})
"""Names of the networks that are common words or letters: they count only beside a partner."""

LOSS = _words(
    "loss losses err errs error errors cost costs obj objective pérdida perdida pérdidas perdidas perte pertes perda "
    "perdas perdita verlust verluste потери потеря ошибка"
)
ACCURACY = _words("acc accs accu accur accuracy accuracies binaryaccuracy")
SCORE = _words(
    "score scores out output outputs prob probs probability logit logits pred preds prediction predictions confidence "
    "validity belief"
)
SIGN = frozenset({"sign", "signs"})

REAL = _words("real reals true authentic")
FAKE = _words("fake fakes generated synthetic synth")

ADVERSARIAL = _words("adv adver advers adversarial adversary")
GAN = _words("gan gans combined composite stacked")
TOTAL = _words("total all full overall tot")

HELD_OUT = _words("val valid validation dev test tst eval heldout holdout")
SMOOTHED = _words("mean avg average averaged running rolling smooth smoothed ema ewma moving epoch")
SPREAD = _words("std stdev stddev var variance num count counts min max minimum maximum sem ci best lowest highest")

CLASS_HEAD = _words("cls class classes classifier clf label labels aux auxiliary category categorical op")
TERMS = _words(
    "l1 l2 mse mae rmse huber rec recon reconst reconstruction reconstructed cyc cycle cycles consistency idt idn id "
    "ident identity vgg percep perceptual perc lpips feat feats feature features fm content style tv kl kld klg js "
    "pix pixel pixels mel dur duration pitch stft info infogan mi mutual latent q z emd mmd psnr ssim msssim dssim "
    "nll ppl perplexity bleu aux2 reg regularizer regularization wd diversity ds mask edge seg segmentation dice iou "
    "landmark ctc attention attn wavelet fft freq laplacian lap canny gram codebook commit vq nce patchnce encoder "
    "enc decoder dec autoencoder ae vae elbo prior r2 pl path embedding triplet contrastive orth"
)
"""Losses and measures that are not the adversarial loss, and networks that are neither D nor G."""

TELEMETRY = _words(
    "time times sec secs second seconds minute minutes hour hours days elapsed eta timestamp wall walltime stamp "
    "wallms gpu cpu ram memory mem utilization util utilisation temperature temp speed fps ips ms mib gib mb gb timing "
    "resources date snapshot lambda weight weights coef coefficient momentum beta decay size len length seed restart "
    "segment correct incorrect throttle power lrs duration_s ptime ptimes"
)

FILLER = _words(
    "train training trn tr batch minibatch step steps iter iters iteration iterations at of on in for the by and to "
    "value values net network model models scalar scalars metric metrics hist history log logs curve track tracking "
    "img imgs image images sample samples aug raw per update current last stage local global score item data s ls "
    "improved binary crossentropy bce hinge lsgan vanilla nonsaturating ns"
)
"""Words that change nothing about what a column is."""

GAN_NAMES = _words("wgan wgangp dcgan lsgan acgan cgan cyclegan sgan infogan progan biggan srgan pix2pix pix2pixhd")

AXIS_STEP = ("step", "steps", "iter", "iters", "iteration", "iterations", "itr", "it", "niter", "update", "updates")
AXIS_EPOCH = _words("epoch epochs ep epoche epochen epoca época épocas époque эпоха")
AXIS_BATCH = _words("batch batches minibatch batchidx bi")
AXIS_KIMG = frozenset({"kimg", "nimg", "cur_nimg", "tick", "ticks"})
AXIS_WORDS = (
    _words("global current cur n num number no idx index counter progress row line unnamed i id train training")
    | _words("total of count done size images seen")
    | AXIS_EPOCH
    | AXIS_BATCH
    | AXIS_KIMG
    | frozenset(AXIS_STEP)
)

_GLUED = DISCRIMINATOR | GENERATOR | LOSS | ACCURACY | REAL | FAKE | ADVERSARIAL | _words("gan gp lr total val")
GLUE = tuple(sorted(_GLUED, key=lambda word: (-len(word), word)))
"""Words that people write together: `dloss`, `errgfake`, `advloss`."""

GLUE_MEANING = LOSS | ACCURACY | REAL | FAKE | ADVERSARIAL | {"gp", "lr"}
"""At least one part of a word that was written together must be one of these."""

FOREIGN = (
    ("判别器", "discriminator"),
    ("鉴别器", "discriminator"),
    ("判別器", "discriminator"),
    ("識別器", "discriminator"),
    ("생성자", "generator"),
    ("생성기", "generator"),
    ("판별자", "discriminator"),
    ("판별기", "discriminator"),
    ("生成器", "generator"),
    ("生成对抗", "adversarial"),
    ("对抗", "adversarial"),
    ("敵対", "adversarial"),
    ("学习率", "lr"),
    ("学習率", "lr"),
    ("归一化", "norm"),
    ("梯度惩罚", "gp"),
    ("勾配", "gradient"),
    ("梯度", "gradient"),
    ("损失", "loss"),
    ("損失", "loss"),
    ("손실", "loss"),
    ("准确率", "accuracy"),
    ("正解率", "accuracy"),
    ("정확도", "accuracy"),
    ("真实", "real"),
    ("虚假", "fake"),
    ("总", "total"),
    ("总计", "total"),
    ("验证", "validation"),
    ("步", "step"),
    ("ステップ", "step"),
    ("스텝", "step"),
    ("轮", "epoch"),
    ("エポック", "epoch"),
    ("에포크", "epoch"),
    ("에폭", "epoch"),
)

PHRASES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("gradient", "penalty"), "gradient_penalty"),
    (("grad", "penalty"), "gradient_penalty"),
    (("grad", "pen"), "gradient_penalty"),
    (("gradpen",), "gradient_penalty"),
    (("gp",), "gradient_penalty"),
    (("r1",), "r1_penalty"),
    (("learning", "rate"), "learning_rate"),
    (("learningrate",), "learning_rate"),
    (("lr",), "learning_rate"),
    (("gradient", "norm"), "grad_norm"),
    (("grad", "norm"), "grad_norm"),
    (("gradnorm",), "grad_norm"),
    (("norm", "gradient"), "grad_norm"),
    (("norm", "discriminator", "gradient"), "grad_norm"),
    (("norm", "generator", "gradient"), "grad_norm"),
    (("frechet", "inception", "distance"), "fid"),
    (("fréchet", "inception", "distance"), "fid"),
    (("fid",), "fid"),
    (("kernel", "inception", "distance"), "kid"),
    (("kid",), "kid"),
    (("inception",), "inception_score"),
    (("is",), "inception_score"),
    (("precision",), "precision"),
    (("recall",), "recall"),
    (("f", "1", "8"), "precision"),
    (("f", "8"), "recall"),
    (("density",), "density"),
    (("coverage",), "coverage"),
    (("vendi",), "vendi"),
    (("pairwise", "distance"), "pairwise_distance"),
    (("duplicates",), "duplicates"),
    (("wasserstein",), "wasserstein"),
    (("w", "distance"), "wasserstein"),
    (("w", "dist"), "wasserstein"),
    (("wass",), "wasserstein"),
    (("wdist",), "wasserstein"),
    (("wdistance",), "wasserstein"),
    (("emdistance",), "wasserstein"),
    (("augment",), "augment_p"),
    (("augment", "p"), "augment_p"),
    (("aug", "p"), "augment_p"),
    (("ada", "p"), "augment_p"),
)
"""Words that name a metric by themselves. F_8 weighs recall, F_1/8 precision (Sajjadi et al. 2018, section 4)."""

KNOWN = (
    DISCRIMINATOR
    | GENERATOR
    | LOSS
    | ACCURACY
    | SCORE
    | SIGN
    | REAL
    | FAKE
    | ADVERSARIAL
    | GAN
    | TOTAL
    | HELD_OUT
    | SMOOTHED
    | SPREAD
    | CLASS_HEAD
    | TERMS
    | TELEMETRY
    | FILLER
    | GAN_NAMES
    | AXIS_WORDS
    | {word for phrase, _ in PHRASES for word in phrase}
)
"""Every word above: a word in it is never taken apart."""
