"""The networks of the scenarios, one family a module; each makes a generator and a discriminator with a sigmoid."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gandoctor.trainer.scenario import Scenario

_MODULES = {
    "mnist-dcgan": "gandoctor.trainer.networks.mnist_dcgan",
    "dense": "gandoctor.trainer.networks.dense",
    "cifar-dcgan": "gandoctor.trainer.networks.cifar_dcgan",
    "cards": "gandoctor.trainer.networks.cards",
}


def build(scenario: Scenario) -> tuple[Any, Any]:
    """New (generator, discriminator) as uncompiled Keras models; weights are drawn from Keras' global seed."""
    module = import_module(_MODULES[scenario.networks])
    return module.generator(scenario), module.discriminator(scenario)
