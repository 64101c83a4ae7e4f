"""A statement's lines as CSV. The same statement always gives the same bytes."""

from __future__ import annotations

import csv
import io

from services.contributions.adapters.papers.paper import COLUMNS, Paper


def csv_of(paper: Paper) -> bytes:
    """Semicolons and a byte order mark, as spreadsheets in French expect; amounts with a point, as in answers."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(paper.row(line) for line in paper.lines)
    return written.getvalue().encode("utf-8-sig")
