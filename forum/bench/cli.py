"""`forum bench`."""

from __future__ import annotations

import json
import os
import platform
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from forum.bench.notes import Figures, Notes, attempt
from forum.bench.parts import LONG_PARTS, PARTS


@click.command("bench")
@click.argument("parts", nargs=-1, type=click.Choice([*PARTS, *LONG_PARTS]))
@click.option("--json", "as_json", is_flag=True, help="One flat object instead of a table.")
def bench(parts: tuple[str, ...], as_json: bool) -> None:
    """Measure all PARTS, or some; each figure's name ends in its unit, null where it could not be measured.

    All but scan_growth, which takes minutes and gigabytes: only when it is asked for.

    Everything happens on temporary instances of its own, with the demonstration loaded: nothing of yours is touched.
    """
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))  # so that the servers end with us
    notes = Notes()
    figures: Figures = {}
    for name in parts or PARTS:
        notes.say(f"-- {name}")
        with attempt(notes):
            figures |= (PARTS | LONG_PARTS)[name](notes)
    rounded = {name: None if value is None else significant(value) for name, value in figures.items()}
    if as_json:
        click.echo(json.dumps(rounded, indent=2))
    else:
        print_table(rounded)


def significant(value: float) -> float:
    """Return a figure with as many digits as it deserves."""
    return round(value) if value >= 100 else float(f"{value:.3g}")


def print_table(figures: Figures) -> None:
    """Print the table of `docs/benchmarks.md`."""
    click.echo(f"{machine()}, {datetime.now(UTC):%Y-%m-%d}\n\n| figure | value |\n|---|---:|")
    for name, value in figures.items():
        click.echo(f"| `{name}` | {'—' if value is None else f'{value:g}'} |")


def machine() -> str:
    """Describe the machine in a line."""
    return f"{processor()}, {os.cpu_count()} cores, {memory()}, {platform.system()}, Python {platform.python_version()}"


def processor() -> str:
    """Return the processor's name, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def memory() -> str:
    """Return the machine's memory."""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
