"""Many small multilayer perceptrons in one set of arrays: the first axis is the run, one call trains them all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[np.float32]
Parameters = list[Array]
"""Weights (runs, in, out) and biases (runs, 1, out) of three layers, alternating."""

SLOPE = np.float32(0.2)
"""Slope of the leaky rectifier below zero."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a forward pass leaves for the backward pass: the inputs of the layers and the slopes of the rectifiers."""

    inputs: tuple[Array, Array, Array]
    slopes: tuple[Array, Array]


def make(rng: np.random.Generator, inputs: Sequence[int], widths: Sequence[int], out: int) -> Parameters:
    """Fresh parameters, uniform within 1/sqrt(fan-in); a run narrower than the widest has units that stay zero.

    Zero weights into and out of a unit give zero output and zero gradients, so the padding never comes alive.
    """
    layers: Parameters = []
    sizes = [(list(inputs), list(widths)), (list(widths), list(widths)), (list(widths), [out] * len(widths))]
    for fan_in, fan_out in sizes:
        weight = np.zeros((len(widths), max(fan_in), max(fan_out)), np.float32)
        bias = np.zeros((len(widths), 1, max(fan_out)), np.float32)
        for run, (i, o) in enumerate(zip(fan_in, fan_out, strict=True)):
            weight[run, :i, :o] = rng.uniform(-1, 1, (i, o)) / np.sqrt(i)
        layers += [weight, bias]
    return layers


def forward(net: Parameters, x: Array) -> tuple[Array, Trace]:
    """The output (runs, batch, out) for inputs (runs, batch, in)."""
    w1, b1, w2, b2, w3, b3 = net
    a1: Array = x @ w1 + b1
    s1 = _slopes(a1)
    h1: Array = a1 * s1
    a2: Array = h1 @ w2 + b2
    s2 = _slopes(a2)
    h2: Array = a2 * s2
    return h2 @ w3 + b3, Trace((x, h1, h2), (s1, s2))


def _slopes(a: Array) -> Array:
    return np.asarray(np.where(a > 0, 1, SLOPE), np.float32)


def _transposed(a: Array) -> Array:
    return a.swapaxes(1, 2)


def backward(net: Parameters, trace: Trace, upstream: Array) -> tuple[Parameters, Array]:
    """Gradients of the parameters and of the input, from the gradient of the output."""
    w1, _, w2, _, w3, _ = net
    (x, h1, h2), (s1, s2) = trace.inputs, trace.slopes
    d2: Array = (upstream @ _transposed(w3)) * s2
    d1: Array = (d2 @ _transposed(w2)) * s1
    pairs = ((x, d1), (h1, d2), (h2, upstream))
    grads = [g for i, d in pairs for g in (_transposed(i) @ d, d.sum(axis=1, keepdims=True))]
    return grads, d1 @ _transposed(w1)


def slope_penalty(net: Parameters, trace: Trace, centre: float) -> tuple[Array, Parameters]:
    """A penalty on the input gradient: E (|grad| - centre)^2 a run, and its gradients.

    Centre 1 is WGAN-GP (Gulrajani et al. 2017), centre 0 is R1 without its factor (Mescheder et al. 2018). The
    network is linear between the kinks of its rectifiers, so the second derivative of the activations is zero.
    """
    w1, _, w2, b2, w3, b3 = net
    s1, s2 = trace.slopes
    u2 = s2 * _transposed(w3)
    u1 = s1 * (u2 @ _transposed(w2))
    slope = u1 @ _transposed(w1)
    norm = np.sqrt((slope**2).sum(axis=2, keepdims=True) + 1e-12)
    push = 2 * (norm - centre) / norm * slope / slope.shape[1]
    p1 = (push @ w1) * s1
    p2 = (p1 @ w2) * s2
    g1, g2 = _transposed(push) @ u1, _transposed(p1) @ u2
    g3 = p2.sum(axis=1)[:, :, None]
    grads = [g1, np.zeros_like(net[1]), g2, np.zeros_like(b2), g3, np.zeros_like(b3)]
    return ((norm - centre) ** 2).mean(axis=(1, 2)), grads


@dataclass(slots=True)
class Optimiser:
    """Adam, or plain SGD for the runs in `sgd`; every run has its own step size and first moment."""

    rate: Array
    beta1: Array
    sgd: NDArray[np.bool_]
    beta2: float = 0.999
    steps: int = 0
    first: Parameters = field(default_factory=list)
    second: Parameters = field(default_factory=list)

    def update(self, net: Parameters, grads: Parameters, scale: Array) -> None:
        """One step down in place; `scale` multiplies each run's rate, 0 leaves the run as it is."""
        if not self.first:
            self.first = [np.zeros_like(p) for p in net]
            self.second = [np.zeros_like(p) for p in net]
        self.steps += 1
        beta1 = self.beta1[:, None, None]
        rate = (self.rate * scale)[:, None, None]
        fix1, fix2 = 1 - beta1**self.steps, 1 - self.beta2**self.steps
        for p, g, m, v in zip(net, grads, self.first, self.second, strict=True):
            m += (1 - beta1) * (g - m)
            v += np.float32(1 - self.beta2) * (g * g - v)
            adam = (m / fix1) / (np.sqrt(v / fix2) + np.float32(1e-8))
            p -= np.where(scale[:, None, None] == 0, 0, rate * np.where(self.sgd[:, None, None], g, adam)).astype(
                np.float32
            )
