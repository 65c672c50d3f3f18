"""The exceptions that gandoctor raises on purpose; the command line turns each into one sentence and exit status 2."""

from __future__ import annotations


class GandoctorError(Exception):
    """Anything that the user can put right: the message names the file, the value and what to do."""


class UnreadableLog(GandoctorError):
    """The file is not a log that can be read: empty, binary, a pickle, no numbers, wrong encoding."""


class NoGanCurve(UnreadableLog):
    """The log was read and holds no discriminator, generator or quality curve; lists its columns and `--map`."""


class BadRule(GandoctorError):
    """A rule file breaks the format: names file, key, value and what would be right, all faults at once."""


class BadOption(GandoctorError):
    """A value given to a flag or an argument that cannot be used."""


class BadExpectation(GandoctorError):
    """A run folder whose expectation or recipe cannot be used: names file, key, value and what would be right."""


class BadReference(GandoctorError):
    """Reference runs that cannot be used or compared with: names file, key, value and what to do."""


class BadSamples(GandoctorError):
    """Samples that cannot be measured: too few, of two sizes, NaN, or a file that holds none."""
