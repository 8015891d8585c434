"""A list that is published, as PDF: the same page as its HTML file, on A4."""

from collections.abc import Sequence

from zhupei_cli.printing.fonts import FontSet
from zhupei_cli.printing.typesetting import typeset


def print_notice(
    *,
    title: str,
    batch_name: str,
    lines: Sequence[str],
    columns: Sequence[tuple[str, float]],
    rows: Sequence[Sequence[str]],
    closing: Sequence[str],
    seal: str,
    fonts: FontSet,
) -> bytes:
    """Return the PDF; cells are texts. Raises E089 when typst cannot set it.

    `columns` are headings and how what is left over is shared out; 0 is as wide as the longest cell.
    """
    data = {
        "title": title,
        "batch_name": batch_name,
        "lines": list(lines),
        "columns": [heading for heading, _ in columns],
        "widths": [width for _, width in columns],
        "rows": [list(row) for row in rows],
        "closing": list(closing),
        "seal": seal,
    }
    return typeset("notice.typ", data, fonts=fonts)
