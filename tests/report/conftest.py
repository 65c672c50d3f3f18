"""Fixtures of the report tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from situations import SITUATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from gandoctor.model import Diagnosis

GOLDEN = Path(__file__).parent.parent / "golden"
UPDATE = "GANDOCTOR_UPDATE_GOLDEN"
"""Set this variable to write the golden files anew; then read them before they are committed."""


@pytest.fixture(params=sorted(SITUATIONS))
def diagnosis(request: pytest.FixtureRequest) -> Diagnosis:
    """Each situation in turn."""
    return SITUATIONS[request.param]()


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with a golden file; written anew where the variable is set."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get(UPDATE):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{path} differs; {UPDATE}=1 writes it anew"

    return compare
