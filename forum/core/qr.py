"""A code as a QR symbol; the `qrcode` package lives here and nowhere else."""

from __future__ import annotations

import qrcode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q

QUIET_ZONE = 4
"""Modules of white around a symbol (ISO/IEC 18004)."""

Matrix = list[list[bool]]


def code_matrix(code: str) -> Matrix:
    """Return the symbol of a badge's code: alphanumeric, version 2, level Q, without its quiet zone."""
    return matrix(code, version=2, level=ERROR_CORRECT_Q)


def address_matrix(address: str) -> Matrix:
    """Return the symbol of an address (a gate's link on a poster), as small as it goes."""
    return matrix(address, version=None, level=ERROR_CORRECT_M)


def matrix(content: str, *, version: int | None, level: int) -> Matrix:
    """Return the modules of a symbol, rows of booleans, dark is True."""
    symbol = qrcode.QRCode(version=version, error_correction=level, border=0)
    symbol.add_data(content)
    symbol.make(fit=version is None)
    return [[bool(module) for module in row] for row in symbol.get_matrix()]


def svg_path(modules: Matrix) -> str:
    """Return the dark modules as one SVG path of horizontal runs, one unit a module."""
    parts = []
    for y, row in enumerate(modules):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            start = x
            while x < len(row) and row[x]:
                x += 1
            parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
    return "".join(parts)


def svg(modules: Matrix, *, title: str) -> str:
    """Return a symbol as an SVG picture with its quiet zone, black on white whatever the page's colours."""
    side = len(modules) + 2 * QUIET_ZONE
    from markupsafe import escape

    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-{QUIET_ZONE} -{QUIET_ZONE} {side} {side}" role="img" '
        f'shape-rendering="crispEdges"><title>{escape(title)}</title>'
        f'<path fill="#fff" d="M-{QUIET_ZONE}-{QUIET_ZONE}h{side}v{side}h-{side}z"/>'
        f'<path fill="#000" d="{svg_path(modules)}"/></svg>'
    )
