"""gandoctor: tells from its log whether a GAN is training, failing or dead, why, and what to do.

import gandoctor
print(gandoctor.diagnose("logs.csv"))
"""

from __future__ import annotations

from gandoctor.engine import Monitor, diagnose
from gandoctor.errors import GandoctorError
from gandoctor.model import Curve, Diagnosis, Finding, Run
from gandoctor.readers import read

__version__ = "0.1.0"
__all__ = ["Curve", "Diagnosis", "Finding", "GandoctorError", "Monitor", "Run", "diagnose", "read"]
