"""A statement as a page: all that its PDF to be signed says, for who cannot read that file (RGAA 13.3)."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from starlette.responses import Response

from gateway.dashboard.api import together
from gateway.dashboard.visit import Visit

# As the PDF: beyond so many lines the detail is the CSV alone.
MAX_LINES: Final = 1_000
_SUMMED: Final = ("assiette", "cotisation", "part_employeur", "part_agent")


async def paper(visit: Visit) -> Response:
    """Its heading, totals, what is regularised, the lines, and the digest that a signature covers."""
    path = f"/v1/statements/{visit.request.path_params['statement']}"
    found, file = await together(visit.api.get(path), visit.api.download(f"{path}/file", format="csv"))
    lines = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    return visit.page(
        "statement_page.html",
        statement=found,
        regularised=regularised(lines),
        lines=lines if len(lines) <= MAX_LINES else [],
        most=MAX_LINES,
        digest=hashlib.sha256(file.content).hexdigest(),
    )


def regularised(lines: Sequence[Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """What each earlier month adds or takes back.

    >>> line = {"mois": "2026-01", "assiette": "10.00", "cotisation": "1.00", "part_employeur": "1.00"}
    >>> line |= {"part_agent": "0.00", "regularisation": "oui"}
    >>> regularised([line, line, line | {"regularisation": "non"}])["2026-01"]["cotisation"]
    '2.00'
    """
    sums: defaultdict[str, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(_SUMMED, Decimal()))
    for line in lines:
        if line["regularisation"] == "oui":
            month = sums[line["mois"]]
            for name in _SUMMED:
                month[name] += Decimal(line[name])
    return {month: {name: str(value) for name, value in sums[month].items()} for month in sorted(sums)}
