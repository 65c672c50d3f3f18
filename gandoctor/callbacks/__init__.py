"""Callbacks that sit in a training loop: one module a framework, none of which loads another framework."""
