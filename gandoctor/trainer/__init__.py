"""The trainer: GANs that documents describe, trained, recorded and diagnosed. Needs the extra `train` (TensorFlow)."""
