"""What a log says about the training before it trains: a dictionary, JSON, options, arguments."""

from __future__ import annotations

import re
from typing import Any

_HEAD = 200_000
_PAIR = re.compile(
    r"""(?<![\w.'"])["']?(?P<key>[A-Za-z_]\w{0,40})["']?[ \t]{0,4}[:=][ \t]{0,4}
    (?P<value>"[^"\n]{0,60}"|'[^'\n]{0,60}'|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|[A-Za-z_][\w.+/-]{0,40})
    (?=[ \t]*(?:$|[,;})]|\[default))""",
    re.VERBOSE | re.MULTILINE,
)
_KNOWN = re.compile(
    r"""(?:adv_?loss|adversarial_?loss|gan_?(?:mode|loss|type)|loss_?(?:type|fn|function)|objective
    |(?:d_|g_|no_)?lsgan|(?:wgan|hinge)_?\w*|conditional_strategy|[gd]_cond_mtd|architecture|backbone|model
    |[gd]_(?:steps|updates|iters?)(?:_per_(?:iter|step))?|n_?critic(?:_iters?|_steps?)?|critic_iters?|d_iters?|(?:dis|disc)_steps
    |batch_?size|bs|z_?dim|nz|latent_?(?:dim|size)|noise_?dim|z_?size
    |[gd]_?lr|lr(?:_?[gd])?|learning_?rate(?:_[gd])?|beta_?[12]|b[12]|optimi[sz]er|type_
    |(?:apply_)?gp|gradient_penalty\w*|(?:gp|r1|lambda_gp|gp_lambda|r1_lambda|lambda_?gp|gp_weight)(?:_lambda|_weight)?
    |weight_clipping\w*|(?:apply_)?wc|wc_bound|clip(?:_value)?|apply_r1_reg|deep_regret_analysis_for_dis|(?:apply_)?dra
    |diff_?aug|apply_diffaug|ada|apply_ada|label_smooth(?:ing)?|smooth(?:ing)?|dataset(?:_name|_mode)?|num_classes|img_size
    |[gd]_spectral_norm|spectral_norm|apply_[gd]_sn|total_steps?|(?:n_|num_)?epochs|niter|pool_size)$""",
    re.VERBOSE | re.IGNORECASE,
)
_WORDS: dict[str, Any] = {"true": True, "false": False, "none": None, "null": None, "n/a": None, "nan": None, "": None}


def read_context(text: str) -> dict[str, Any]:
    """Settings in the head of a log by the key it prints; the first value of each key.

    Only keys that tell something about a GAN's loss, its schedule, its sizes or its regularisers; those that are not
    set ("N/A", None) are left out.
    """
    found: dict[str, Any] = {}
    for match in _PAIR.finditer(text[:_HEAD]):
        key = match["key"]
        if key not in found and is_setting(key):
            value = setting_of(match["value"])
            if value is not None:
                found[key] = value
    return found


def is_setting(key: str) -> bool:
    """Whether a key says something about a GAN's loss, its schedule, its sizes or its regularisers."""
    return _KNOWN.match(key) is not None


def setting_of(text: str) -> Any:
    """The number, truth value or word that a text holds; None where it says that nothing is set."""
    text = text.strip("\"' ")
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
