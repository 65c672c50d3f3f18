"""Thousands of logs to one table: found, judged in several processes, and not judged again when nothing changed."""

from __future__ import annotations

from gandoctor.scanning.row import COLUMNS, Row
from gandoctor.scanning.scan import Job, scan

__all__ = ["COLUMNS", "Job", "Row", "scan"]
