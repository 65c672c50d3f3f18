"""A discriminator with BatchNorm in its second layer; the first has none, as in DCGAN, or D would be blind to scale.

What is averaged over matters more than anything else here: a unit's mean and variance may be those of the real and
of the generated half of a batch, each by itself, or those of both together, and then the batch tells D which half is
which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from toy import networks
from toy.networks import SLOPE, Array, Parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

EPSILON = np.float32(1e-5)


@dataclass(frozen=True, slots=True)
class Trace:
    """What a forward pass leaves: the layers' inputs, the normalised units and their scale, slopes, who shares."""

    inputs: tuple[Array, Array, Array]
    units: Array
    scale: Array
    slopes: tuple[Array, Array]
    apart: NDArray[np.bool_] | None


def make(rng: np.random.Generator, inputs: Sequence[int], widths: Sequence[int], out: int) -> Parameters:
    """`networks.make`, and behind it a gain of 1 for each unit of the second layer, whose bias is the shift."""
    layers = networks.make(rng, inputs, widths, out)
    return [*layers, np.ones_like(layers[3])]


def forward(net: Parameters, x: Array, apart: NDArray[np.bool_] | None = None) -> tuple[Array, Trace]:
    """The output (runs, batch, out); in runs that are `apart` each half of the batch is normalised by itself."""
    w1, b1, w2, shift, w3, b3, gain = net
    a1 = x @ w1 + b1
    s1 = _slopes(a1)
    h1: Array = a1 * s1
    a2 = h1 @ w2
    a2 = a2 - _means(a2, apart)
    scale = np.sqrt(_means(a2 * a2, apart) + EPSILON)
    units: Array = a2 / scale
    out: Array = units * gain + shift
    s2 = _slopes(out)
    h2: Array = out * s2
    return h2 @ w3 + b3, Trace((x, h1, h2), units, scale, (s1, s2), apart)


def _slopes(a: Array) -> Array:
    return np.asarray(np.where(a > 0, 1, SLOPE), np.float32)


def _means(a: Array, apart: NDArray[np.bool_] | None) -> Array:
    """Means over the batch, or over each half of it in the runs that are `apart`; they broadcast against `a`."""
    whole: Array = a.mean(axis=1, keepdims=True)
    if apart is None:
        return whole
    runs, batch, width = a.shape
    halves = a.reshape(runs, 2, batch // 2, width).mean(axis=2)
    return np.where(apart[:, None, None], np.repeat(halves, batch // 2, axis=1), whole)


def backward(net: Parameters, trace: Trace, upstream: Array) -> tuple[Parameters, Array]:
    """Gradients of the parameters and of the input, from the gradient of the output; through the averages too."""
    w1, _, w2, _, w3, _, gain = net
    (x, h1, h2), units = trace.inputs, trace.units
    d2: Array = (upstream @ w3.swapaxes(1, 2)) * trace.slopes[1]
    d: Array = d2 * gain
    d = np.asarray((d - _means(d, trace.apart) - units * _means(d * units, trace.apart)) / trace.scale, np.float32)
    d1: Array = (d @ w2.swapaxes(1, 2)) * trace.slopes[0]
    pairs = ((x, d1, d1), (h1, d, d2), (h2, upstream, upstream))
    grads = [g for i, e, b in pairs for g in (i.swapaxes(1, 2) @ e, b.sum(axis=1, keepdims=True))]
    return [*grads, (d2 * units).sum(axis=1, keepdims=True)], d1 @ w1.swapaxes(1, 2)
