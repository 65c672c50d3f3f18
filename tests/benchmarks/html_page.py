"""Size of the page of a run of 1,000,000 rows and 6 metrics, time to make it, and time until a browser shows it.

python tests/benchmarks/html_page.py [rows]: prints a table and exits with 1 where a budget is missed. The browser's
times need Chromium; without one only the size is judged.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "report"))

import browser as driver

import gandoctor
from gandoctor.model import Curve, Run
from gandoctor.report import html

MOST_BYTES, MOST_SECONDS = 1_500_000, 2.0
TIMES = 5
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
SHOWN = "performance.now()"


def million(rows: int) -> Run:
    """A run in which D begins to win at seven tenths."""
    noise = np.random.default_rng(0).standard_normal((6, rows))
    late = np.clip(np.linspace(0, 1, rows) - 0.7, 0, None) / 0.3
    levels = {
        "d_loss": (1.2 * (1 - 0.9 * late), 0.1),
        "d_loss_real": (0.6 * (1 - 0.9 * late), 0.1),
        "d_loss_fake": (0.6 * (1 - 0.9 * late), 0.1),
        "g_loss": (1 + 2 * late, 0.2),
        "d_accuracy_real": (0.7 + 0.2 * late, 0.02),
        "d_accuracy_fake": (0.7 + 0.2 * late, 0.02),
    }
    steps = np.arange(1.0, rows + 1)
    return Run(
        {
            name: Curve(steps, np.abs(level + sd * row))
            for row, (name, (level, sd)) in zip(noise, levels.items(), strict=True)
        },
        name=f"{rows} rows",
    )


def opened(page: str) -> tuple[list[float], list[float]]:
    """Seconds until the page has loaded and its script has run, and until it is seen two frames later."""
    loaded, shown = [], []
    with tempfile.TemporaryDirectory() as folder, driver.chromium() as browser:
        path = Path(folder) / "page.html"
        path.write_text(page, encoding="utf-8")
        browser.size(1200, 900)
        for _ in range(TIMES + 1):
            browser.open(path)
            shown.append(browser.run(SHOWN) / 1000)
            loaded.append(browser.run(LOADED) / 1000)
    return loaded[1:], shown[1:]


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    diagnosis = gandoctor.diagnose(million(rows))
    made = []
    for _ in range(3):
        began = perf_counter()
        page = html.render(diagnosis)
        made.append(perf_counter() - began)
    size = len(page.encode())
    good = size < MOST_BYTES
    print(f"{rows:,} rows, 6 metrics; medians of {TIMES}, seconds unless said")
    print(f"  size of the page   {size / 1e6:6.2f} MB   at most {MOST_BYTES / 1e6} MB")
    print(f"  to make the page   {statistics.median(made):6.2f}")
    if driver.program() is None:
        print("  no Chromium: not opened")
        return 0 if good else 1
    loaded, shown = opened(page)
    print(f"  loaded             {statistics.median(loaded):6.2f}")
    print(f"  seen               {statistics.median(shown):6.2f}      at most {MOST_SECONDS}")
    return 0 if good and statistics.median(shown) < MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
