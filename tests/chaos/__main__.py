"""`python -m tests.chaos --seconds 300 --seed 7 --database postgresql`: a long day, for docs/reliability.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from random import SystemRandom

from tests.chaos.day import Plan, run_day


def main() -> int:
    """Run one day and print its report; 1 where something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--phones", type=int, default=30)
    parser.add_argument("--browsers", type=int, default=2)
    parser.add_argument("--longest-stop", type=float, default=3)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forum-chaos-") as folder:
        report = run_day(Plan(**vars(wanted)), folder=Path(folder))
    print(report)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
