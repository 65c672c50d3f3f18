"""Recorded runs held against what was written down about them: `expect.toml` beside each log."""
